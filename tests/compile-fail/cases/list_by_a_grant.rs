//! A list takes what its reader may see, not a proof about one thing.

use compile_fail::*;

async fn list(organization: Granted<Read, Organization>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().list(&organization, &Query::<Space>::first(1)).await?;
    Answer::none()
}

fn main() {
    route(list);
}
