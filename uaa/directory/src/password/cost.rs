use argon2::Params;
use uaa_model::{Fault, Reply};

/// What one hash costs: memory, passes over it, lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost(Params);

impl Cost {
    /// The first choice of OWASP's password storage cheat sheet for Argon2id: 19 MiB, two passes, one lane.
    pub fn owasp() -> Self {
        Cost(Params::DEFAULT)
    }

    /// So little that a test may hash a thousand times. Worthless as protection, hence the name.
    pub fn cheap_for_tests() -> Self {
        Cost(Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or_default())
    }

    /// An operator's own choice: KiB of memory, passes, lanes.
    ///
    /// # Errors
    /// [`Fault::Invalid`] below what Argon2 allows, or above 128 MiB, 16 passes or 16 lanes: every worker would need
    /// that much, and a tampered hash in the database could ask for it.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Reply<Self> {
        let within = memory_kib <= MOST_MEMORY_KIB && passes <= MOST_PASSES && lanes <= MOST_LANES;
        let params = Params::new(memory_kib, passes, lanes, None).ok().filter(|_| within);
        params.map(Cost).ok_or_else(|| Fault::invalid(UNUSABLE))
    }

    pub(super) fn params(&self) -> &Params {
        &self.0
    }
}

impl Default for Cost {
    fn default() -> Self {
        Cost::owasp()
    }
}

const MOST_MEMORY_KIB: u32 = 128 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;
const UNUSABLE: &str = "argon2 cost must be at least 8 KiB a lane, one pass, one lane, and at most 131072 KiB, \
     16 passes, 16 lanes";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owasp_is_the_default_and_absurd_costs_are_refused() {
        assert_eq!(Cost::new(19_456, 2, 1).unwrap(), Cost::default());
        for (memory, passes, lanes) in
            [(7, 1, 1), (19_456, 0, 1), (19_456, 2, 0), (u32::MAX, 2, 1), (8, 17, 1), (4096, 1, 17)]
        {
            assert!(matches!(Cost::new(memory, passes, lanes), Err(Fault::Invalid(_))));
        }
    }
}
