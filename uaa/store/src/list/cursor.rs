use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// The end of a page, opaque to clients: the order key and guid of its last row.
///
/// It says where a page begins, not who may see it: visibility is applied to every page anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The order key, when the order is not by guid.
    pub(crate) key: Option<Key>,
    pub(crate) guid: Uuid,
}

/// An order key, by the type of its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Text(String),
    Number(i64),
}

/// The order key of a time.
pub(crate) fn key_of(at: i64) -> Key {
    Key::Number(at)
}

impl After {
    /// Behind the row of that id, in a list by guid.
    pub const fn row(guid: Uuid) -> After {
        After { key: None, guid }
    }

    /// As a query parameter.
    pub fn encode(&self) -> String {
        let key = match &self.key {
            None => String::new(),
            Some(Key::Text(text)) => format!("t{text}"),
            Some(Key::Number(number)) => format!("n{number}"),
        };
        URL_SAFE_NO_PAD.encode(format!("{}{key}", self.guid.simple()))
    }

    /// Reads a query parameter; `None` when it is none of ours.
    pub fn decode(text: &str) -> Option<After> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let guid = Uuid::try_parse(plain.get(..32)?).ok()?;
        let rest = plain.get(32..)?;
        let key = match rest.get(..1) {
            None => None,
            Some("t") => Some(Key::Text(rest[1..].into())),
            Some("n") => Some(Key::Number(rest[1..].parse().ok()?)),
            Some(_) => return None,
        };
        Some(After { key, guid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for key in [None, Some(Key::Text("ä b".into())), Some(Key::Number(-7))] {
            let after = After { key, guid: Uuid::from_u128(9) };
            assert_eq!(After::decode(&after.encode()), Some(after));
        }
        assert_eq!(After::decode("é"), None);
        assert_eq!(After::decode("AAAA"), None);
    }
}
