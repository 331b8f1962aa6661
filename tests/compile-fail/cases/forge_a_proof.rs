//! Nobody outside the store writes a proof down.

use compile_fail::*;

fn main() {
    let _: Granted<Update, Space> = Granted {
        id: Id::new(Uuid::nil()),
        place: Place::zone(Uuid::nil()),
        why: unreachable!(),
        brand: 0,
        verb: Default::default(),
    };
}
