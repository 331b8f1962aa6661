use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many statements were run by the transactions that are [counted](crate::Tx::counted_in) in it: those of one request.
#[derive(Clone, Debug, Default)]
pub struct Ran(Arc<AtomicU32>);

impl Ran {
    /// So far.
    pub fn statements(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn one_more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
