//! A proof for a space sets no column of an organization.

use compile_fail::*;

async fn edit(space: Granted<Update, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().update(&space, Set::default().put(Organization::suspended, true)).await?;
    Answer::none()
}

fn main() {
    route(edit);
}
