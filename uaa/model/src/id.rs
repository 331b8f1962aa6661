use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use uuid::Uuid;

/// The identifier of one `K`: 16 bytes that cannot be taken for the identifier of another kind.
///
/// On the wire it is the hyphenated lower-case UUID that UAA and the Cloud Controller call `id` and `guid`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// Gives raw bytes a kind. The caller says what they identify; nothing is checked.
    pub const fn new(uuid: Uuid) -> Self {
        Id(uuid, PhantomData)
    }

    /// The bytes, for a statement or a hash.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K> FromStr for Id<K> {
    type Err = uuid::Error;

    /// Accepts the hyphenated form only: a UUID has one spelling on the wire.
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse::<uuid::fmt::Hyphenated>().map(|id| Id::new(id.into_uuid()))
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Id::new)
    }
}

/// The identity zone `uaa`, present in every installation; its `zid` on the wire is the text `uaa`.
pub const UAA_ZONE: Uuid = Uuid::from_u128(0x7561_6100_0000_8000_8000_0000_0000_0001);

#[cfg(test)]
mod tests {
    use super::*;

    struct Space;

    #[test]
    fn one_spelling() {
        let text = "018f3b5e-0000-7000-8000-000000000001";
        assert_eq!(text.parse::<Id<Space>>().unwrap().to_string(), text);
        assert!("018f3b5e000070008000000000000001".parse::<Id<Space>>().is_err());
        assert!("{018f3b5e-0000-7000-8000-000000000001}".parse::<Id<Space>>().is_err());
    }
}
