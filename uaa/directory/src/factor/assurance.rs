/// How sure it is that somebody is who they say, in the order of strength. Its name is the `acr` of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assurance {
    /// One proof.
    One,
    /// Two of them, of different kinds.
    Two,
}

impl Assurance {
    /// All of them: `acr_values_supported`.
    pub const ALL: [Assurance; 2] = [Assurance::One, Assurance::Two];

    /// The name in `acr` and `acr_values`.
    pub const fn name(self) -> &'static str {
        match self {
            Assurance::One => "pwd",
            Assurance::Two => "mfa",
        }
    }

    /// The level of that name.
    pub fn named(name: &str) -> Option<Assurance> {
        Assurance::ALL.into_iter().find(|level| level.name() == name)
    }

    /// What those proofs (RFC 8176 names) come to.
    pub fn of<T: AsRef<str>>(amr: &[T]) -> Assurance {
        if amr.iter().any(|proof| proof.as_ref() == "mfa") { Assurance::Two } else { Assurance::One }
    }
}

/// Proofs that were given before with those just given. Two kinds together are `mfa` as well.
pub fn joined<T: AsRef<str>>(before: &[T], more: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    let given = before.iter().map(AsRef::as_ref).chain(more.iter().copied());
    for proof in given.filter(|proof| *proof != "mfa") {
        if !all.iter().any(|known| known == proof) {
            all.push(proof.to_owned());
        }
    }
    let said = before.iter().any(|proof| proof.as_ref() == "mfa") || more.contains(&"mfa");
    if said || all.len() > 1 {
        all.push("mfa".into());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_kinds_are_more_than_one_twice() {
        assert_eq!(joined(&["pwd"], &["otp"]), ["pwd", "otp", "mfa"]);
        assert_eq!(joined(&["pwd"], &["pwd"]), ["pwd"]);
        assert_eq!(joined(&["pwd", "otp", "mfa"], &["hwk"]), ["pwd", "otp", "hwk", "mfa"]);
        assert_eq!(joined::<&str>(&[], &["swk", "mfa"]), ["swk", "mfa"]);
    }

    #[test]
    fn levels_are_ordered_and_named() {
        let of = |amr: &[&str]| Assurance::of(amr);
        assert_eq!(of(&["pwd"]), Assurance::One);
        assert_eq!(of(&["pwd", "rec", "mfa"]), Assurance::Two);
        assert!(Assurance::One < Assurance::Two);
        assert_eq!(Assurance::named("mfa"), Some(Assurance::Two));
        assert_eq!(Assurance::named("phr"), None);
    }
}
