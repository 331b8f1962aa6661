use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Line and column, from 1.
pub(super) type Place = (usize, usize);

/// One step from a block to what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Item(usize),
}

/// Where the value at that path stands in the YAML text, or its key when the value is a block.
///
/// The parser gives a place only for errors, so this reads the text again and fails on purpose at the right moment.
pub(super) fn locate(text: &str, path: &[Step]) -> Option<Place> {
    find(text, path, false).or_else(|| locate_key(text, path))
}

/// Where the last key of the path stands.
pub(super) fn locate_key(text: &str, path: &[Step]) -> Option<Place> {
    find(text, path, true)
}

fn find(text: &str, path: &[Step], at_key: bool) -> Option<Place> {
    let seek = Seek { path, at_key };
    let failed = seek.deserialize(serde_norway::Deserializer::from_str(text)).err()?;
    failed.to_string().contains(FOUND).then_some(())?;
    failed.location().map(|at| (at.line(), at.column()))
}

const FOUND: &str = "\u{1}found\u{1}";

/// Follows the path through the document.
#[derive(Clone, Copy)]
struct Seek<'a> {
    path: &'a [Step],
    at_key: bool,
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Seek<'_> {
    fn scalar<E: de::Error>(self) -> Result<(), E> {
        if self.path.is_empty() && !self.at_key { Err(E::custom(FOUND)) } else { Ok(()) }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        self.scalar()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        self.scalar()
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.scalar()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (want, rest) = match self.path.split_first() {
            Some((Step::Key(key), rest)) => (Some(key.as_str()), rest),
            Some((Step::Item(_), _)) | None => (None, self.path),
        };
        let stop = self.at_key && rest.is_empty();
        while let Some(matches) = map.next_key_seed(KeyIs { want, stop })? {
            if matches {
                map.next_value_seed(Seek { path: rest, at_key: self.at_key })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let want = match self.path.first() {
            Some(Step::Item(at)) => Some(*at),
            Some(Step::Key(_)) | None => None,
        };
        for at in 0.. {
            let more = if want == Some(at) {
                seq.next_element_seed(Seek { path: &self.path[1..], at_key: self.at_key })?
            } else {
                seq.next_element::<IgnoredAny>()?.map(|_| ())
            };
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Whether a key is the one that is looked for; fails there when it is the goal itself.
struct KeyIs<'a> {
    want: Option<&'a str>,
    stop: bool,
}

impl<'de> DeserializeSeed<'de> for KeyIs<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyIs<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<bool, E> {
        let matches = self.want == Some(key);
        if matches && self.stop { Err(E::custom(FOUND)) } else { Ok(matches) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<Step> {
        text.split('.').map(|s| s.parse().map_or_else(|_| Step::Key(s.into()), Step::Item)).collect()
    }

    #[test]
    fn places() {
        let text =
            "a: 1\nlisten:\n  # a comment\n  address: x\n  tls:\n    key: y\nlist:\n  - one\n  - two\n";
        assert_eq!(locate(text, &path("listen.address")), Some((4, 12)));
        assert_eq!(locate_key(text, &path("listen.address")), Some((4, 3)));
        assert_eq!(locate(text, &path("listen.tls")), Some((5, 3)));
        assert_eq!(locate(text, &path("listen.tls.key")), Some((6, 10)));
        assert_eq!(locate(text, &path("list.1")), Some((9, 5)));
        assert_eq!(locate(text, &path("nowhere")), None);
    }
}
