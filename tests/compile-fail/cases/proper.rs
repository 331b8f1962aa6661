//! What must compile: proofs used as they are meant.

use compile_fail::*;

async fn show(space: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().get(&space).await?;
    Answer::none()
}

async fn edit(space: Granted<Update, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().get(&space).await?;
    cx.tx().update(&space, Set::default().put(Space::name, "x")).await?;
    Answer::none()
}

async fn end(space: Granted<Delete, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().delete(space).await?;
    Answer::none()
}

async fn fill(organization: Granted<Update, Organization>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let slot = cx.tx().slot::<Space>(organization.id()).await?;
    let made = cx.tx().insert(slot, Set::default().put(Space::name, "y")).await?;
    cx.tx().update(&made, Set::default().put(Space::name, "z")).await?;
    Answer::none()
}

fn main() {
    route(show);
    route(edit);
    route(end);
    route(fill);
}
