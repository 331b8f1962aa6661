//! Who may read may not delete.

use compile_fail::*;

async fn end(space: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().delete(space).await?;
    Answer::none()
}

fn main() {
    route(end);
}
