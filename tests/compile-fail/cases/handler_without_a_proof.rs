//! A route's handler begins with a proof.

use compile_fail::*;

async fn show(_: (), _: (), _: &mut Ctx) -> Reply<Answer> {
    Answer::none()
}

fn main() {
    route(show);
}
