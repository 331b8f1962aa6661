//! Who may read may not change.

use compile_fail::*;

async fn edit(space: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().update(&space, Set::default().put(Space::name, "x")).await?;
    Answer::none()
}

fn main() {
    route(edit);
}
