use std::fmt;

/// What can be done to a thing. Six, for good: a new need is a new kind (house rule 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Verb {
    /// See it, and see it in lists.
    Read,
    /// Make one below a place.
    Create,
    /// Change it.
    Update,
    /// End it.
    Delete,
    /// See what must stay secret in it: credentials, environment.
    Secret,
    /// Set it in motion: start, stop, rotate, pass a barrier.
    Operate,
}

impl Verb {
    /// All of them, in the order of their letters `r c u d s o`.
    pub const ALL: [Verb; 6] =
        [Verb::Read, Verb::Create, Verb::Update, Verb::Delete, Verb::Secret, Verb::Operate];

    /// The name in role definitions, audit events and AuthZEN's `action.name`.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Read => "read",
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Delete => "delete",
            Verb::Secret => "secret",
            Verb::Operate => "operate",
        }
    }

    /// The verb of that name.
    pub fn named(name: &str) -> Option<Verb> {
        Verb::ALL.into_iter().find(|v| v.name() == name)
    }

    /// Whether it leaves everything as it is.
    pub const fn only_looks(self) -> bool {
        matches!(self, Verb::Read | Verb::Secret)
    }

    const fn letter(self) -> char {
        match self {
            Verb::Read => 'r',
            Verb::Create => 'c',
            Verb::Update => 'u',
            Verb::Delete => 'd',
            Verb::Secret => 's',
            Verb::Operate => 'o',
        }
    }
}

/// A set of verbs, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Verbs(u8);

impl Verbs {
    /// None of them.
    pub const NONE: Verbs = Verbs(0);
    /// All six.
    pub const ALL: Verbs = Verbs(0b11_1111);

    /// Reads letters, as in `"rcud"`. Compile-time only in practice: an unknown letter is a build failure.
    ///
    /// # Panics
    /// On a letter that is no verb.
    pub const fn of(letters: &str) -> Verbs {
        let (bytes, mut i, mut bits) = (letters.as_bytes(), 0, 0);
        while i < bytes.len() {
            bits |= match bytes[i] {
                b'r' => 1,
                b'c' => 2,
                b'u' => 4,
                b'd' => 8,
                b's' => 16,
                b'o' => 32,
                _ => panic!("a verb's letter is one of r c u d s o"),
            };
            i += 1;
        }
        Verbs(bits)
    }

    /// Whether the verb is in the set.
    pub const fn has(self, verb: Verb) -> bool {
        self.0 & (1 << verb as u8) != 0
    }

    /// The set with the verb in it.
    #[must_use]
    pub const fn with(self, verb: Verb) -> Verbs {
        Verbs(self.0 | 1 << verb as u8)
    }

    /// What is in either.
    #[must_use]
    pub const fn or(self, other: Verbs) -> Verbs {
        Verbs(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Verbs) -> Verbs {
        Verbs(self.0 & other.0)
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub const fn without(self, other: Verbs) -> Verbs {
        Verbs(self.0 & !other.0)
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The verbs in it.
    pub fn iter(self) -> impl Iterator<Item = Verb> {
        Verb::ALL.into_iter().filter(move |v| self.has(*v))
    }
}

impl fmt::Display for Verbs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("-");
        }
        self.iter().try_for_each(|v| write!(f, "{}", v.letter()))
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A verb as a type: the first parameter of a proof.
pub trait Does: sealed::Sealed + Send + Sync + 'static {
    /// The same verb as a value.
    const VERB: Verb;
}

/// A proof of `Self` may be used where a proof of `V` is asked for.
#[diagnostic::on_unimplemented(
    message = "a proof of `{Self}` does not allow `{V}`",
    note = "ask for the stronger proof in the handler's first argument"
)]
pub trait Implies<V: Does>: Does {}

/// Verbs under which a row may change.
#[diagnostic::on_unimplemented(
    message = "a proof of `{Self}` does not allow a write",
    note = "ask for Granted<Update, _> in the handler's first argument"
)]
pub trait Writes: Does {}

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident),*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl Does for $name {
            const VERB: Verb = Verb::$name;
        }
        impl Implies<Read> for $name {}
    )* };
}

verbs!(
    /// [`Verb::Read`] as a type.
    Read,
    /// [`Verb::Create`] as a type.
    Create,
    /// [`Verb::Update`] as a type.
    Update,
    /// [`Verb::Delete`] as a type.
    Delete,
    /// [`Verb::Secret`] as a type.
    Secret,
    /// [`Verb::Operate`] as a type.
    Operate
);

impl Implies<Secret> for Secret {}
impl Writes for Update {}
impl Writes for Operate {}
// Who has just made a thing may finish it in the same transaction.
impl Writes for Create {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_sets() {
        assert_eq!(Verbs::of("rud").to_string(), "rud");
        assert_eq!(Verbs::NONE.to_string(), "-");
        assert_eq!(Verbs::of("rcudso"), Verbs::ALL);
        assert!(Verb::ALL.into_iter().all(|v| Verb::named(v.name()) == Some(v)));
    }
}
