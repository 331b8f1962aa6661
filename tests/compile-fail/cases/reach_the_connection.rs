//! There is no connection and no free statement above the store.

use compile_fail::*;

async fn show(space: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let _ = space;
    cx.tx().fetch("SELECT 1").await?;
    let _ = cx.tx().conn;
    Answer::none()
}

fn main() {
    route(show);
}
