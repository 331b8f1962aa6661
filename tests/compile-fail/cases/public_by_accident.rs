//! A handler that needs nothing is no ordinary route: it has to say why.

use compile_fail::*;

async fn show(_: Public, _: (), _: &mut Ctx) -> Reply<Answer> {
    Answer::none()
}

fn main() {
    route(show);
}
