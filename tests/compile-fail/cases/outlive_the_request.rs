//! Work that goes on after the answer has no transaction.

use compile_fail::*;

async fn edit(space: Granted<Update, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    tokio::spawn(async move {
        let _ = cx.tx().update(&space, Set::default().put(Space::name, "x")).await;
    });
    Answer::none()
}

fn main() {
    route(edit);
}
