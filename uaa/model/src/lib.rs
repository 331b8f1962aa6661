//! Floor 0: the words every other crate speaks.
//!
//! Typed ids, the clock and the source of randomness, secrets that cannot be printed, and faults in nobody's dialect.
//! No async, no I/O.

mod clock;
mod fault;
mod id;
mod secret;
mod stamp;

pub use clock::{Clock, Ids, Micros, Rng, SystemClock, SystemRng, TestClock, TestRng};
pub use fault::{Barrier, Code, Denied, Fault, Reply, Unproved};
pub use id::{Id, UAA_ZONE};
pub use secret::Secret;
pub use stamp::{parse_rfc3339, rfc3339, rfc3339_millis};
