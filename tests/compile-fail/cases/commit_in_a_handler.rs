//! A handler borrows its transaction and cannot end it.

use compile_fail::*;

async fn edit(space: Granted<Update, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let _ = space;
    let tx = *cx.tx();
    tx.commit().await?;
    Answer::none()
}

fn main() {
    route(edit);
}
