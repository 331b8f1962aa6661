//! Only the dispatcher begins transactions: a handler's context does not lend it.

use compile_fail::*;

async fn show(space: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let _ = (space, &cx.access);
    Answer::none()
}

fn main() {
    route(show);
}
