//! Licence expressions, as far as crates write them: `(MIT OR Apache-2.0) AND Unicode-3.0`, and the old `MIT/Apache-2.0`.

/// Whether a licensee can meet an expression with the licences of `allowed` alone.
///
/// SPDX 2.3 annex D: AND binds tighter than OR, WITH tighter than both. An expression that cannot be read is not met.
pub(crate) fn allows(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    let met = reader.any();
    met && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a [String],
}

impl Reader<'_> {
    fn any(&mut self) -> bool {
        let mut met = self.all();
        while self.next_is("OR") {
            met |= self.all();
        }
        met
    }

    fn all(&mut self) -> bool {
        let mut met = self.one();
        while self.next_is("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.next_is("(") {
            let met = self.any();
            return self.next_is(")") && met;
        }
        let Some((name, rest)) = self.words.split_first() else {
            // Something is missing: what stays unread makes the whole expression unmet.
            self.words = &[""];
            return false;
        };
        self.words = rest;
        let name = if self.next_is("WITH") {
            let Some((exception, rest)) = self.words.split_first() else { return false };
            self.words = rest;
            format!("{name} WITH {exception}")
        } else {
            (*name).to_owned()
        };
        self.allowed.contains(&name)
    }

    fn next_is(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.words = &self.words[1..];
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(expression: &str) -> bool {
        let allowed = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        allows(expression, &allowed)
    }

    #[test]
    fn one_licence_of_several_is_enough() {
        assert!(met("MIT") && met("GPL-3.0 OR MIT") && met("GPL-3.0/MIT"));
        assert!(!met("GPL-3.0") && !met("Apache-2.0"));
    }

    #[test]
    fn all_of_an_and_are_needed() {
        assert!(met("(GPL-3.0 OR MIT) AND Unicode-3.0"));
        assert!(!met("MIT AND GPL-3.0") && !met("MIT AND (GPL-3.0 OR BSD-2-Clause)"));
        assert!(met("GPL-3.0 AND BSD-2-Clause OR MIT"));
    }

    #[test]
    fn an_exception_belongs_to_its_licence() {
        assert!(met("Apache-2.0 WITH LLVM-exception"));
        assert!(!met("MIT WITH LLVM-exception"));
    }

    #[test]
    fn what_cannot_be_read_is_not_met() {
        for expression in ["", "MIT OR", "(MIT", "MIT MIT", "AND MIT", "MIT)"] {
            assert!(!met(expression), "{expression}");
        }
    }
}
