//! When a device asked last. In memory alone: what is forgotten lets a device ask once too often.

use std::collections::HashMap;
use std::sync::Mutex;
use uaa_directory::Digest;
use uaa_model::Micros;

/// The last question for each code, of so many codes at most.
#[derive(Debug, Default)]
pub(crate) struct Polls(Mutex<HashMap<Digest, Micros>>);

impl Polls {
    /// Whether the question before this one was less than so long ago. This one counts from now on.
    pub(crate) fn too_soon(&self, code: Digest, apart: Micros, now: Micros) -> bool {
        let Ok(mut last) = self.0.lock() else { return false };
        if last.len() >= MOST {
            last.retain(|_, at| now - *at < apart);
        }
        if last.len() >= MOST {
            return false;
        }
        last.insert(code, now).is_some_and(|before| now - before < apart)
    }
}

const MOST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_a_clock_of_its_own() {
        let polls = Polls::default();
        assert!(!polls.too_soon([1; 32], 5, 100));
        assert!(!polls.too_soon([2; 32], 5, 101));
        assert!(polls.too_soon([1; 32], 5, 104));
        assert!(!polls.too_soon([1; 32], 5, 109));
    }
}
