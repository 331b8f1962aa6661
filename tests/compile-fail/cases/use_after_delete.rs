//! What is deleted cannot be touched again.

use compile_fail::*;

async fn end(space: Granted<Delete, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().delete(space).await?;
    cx.tx().get(&space).await?;
    Answer::none()
}

fn main() {
    route(end);
}
