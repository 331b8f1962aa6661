//! One slot, one new thing.

use compile_fail::*;

async fn twice(slot: Slot<Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().insert(slot, Set::default()).await?;
    cx.tx().insert(slot, Set::default()).await?;
    Answer::none()
}

fn main() {
    let _ = twice;
}
