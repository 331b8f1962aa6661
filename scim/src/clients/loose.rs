//! Numbers and flags that may stand there as text: UAA's readers take them so, and its own command line sends them so.

use super::body::Given;
use serde::{Deserialize, Deserializer, de};

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose<T> {
    As(T),
    Text(String),
    Nothing(()),
}

/// Seconds; an empty text is none given, `null` is none wanted.
pub(super) fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Given<i64>, D::Error> {
    match Loose::<i64>::deserialize(from).map_err(|_| wrong("a number of seconds"))? {
        Loose::As(seconds) => Ok(Some(Some(seconds))),
        Loose::Nothing(()) => Ok(Some(None)),
        Loose::Text(text) if text.trim().is_empty() => Ok(None),
        Loose::Text(text) => {
            text.trim().parse().map(|n| Some(Some(n))).map_err(|_| wrong("a number of seconds"))
        }
    }
}

/// Yes or no; none for `null` and an empty text.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    match Loose::<bool>::deserialize(from).map_err(|_| wrong("true or false"))? {
        Loose::As(flag) => Ok(Some(flag)),
        Loose::Nothing(()) => Ok(None),
        Loose::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(wrong("true or false")),
        },
    }
}

fn wrong<E: de::Error>(what: &str) -> E {
    E::custom(format!("expected {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Both {
        #[serde(deserialize_with = "seconds")]
        s: Given<i64>,
        #[serde(deserialize_with = "flag")]
        f: Option<bool>,
    }

    fn read(value: Value) -> Option<(Given<i64>, Option<bool>)> {
        serde_json::from_value::<Both>(value).ok().map(|both| (both.s, both.f))
    }

    #[test]
    fn text_counts_as_what_it_spells() {
        assert_eq!(read(json!({"s": "1200", "f": "True"})), Some((Some(Some(1200)), Some(true))));
        assert_eq!(read(json!({"s": 1200, "f": false})), Some((Some(Some(1200)), Some(false))));
        assert_eq!(read(json!({"s": null, "f": null})), Some((Some(None), None)));
        assert_eq!(read(json!({"s": "", "f": ""})), Some((None, None)));
        assert_eq!(read(json!({})), Some((None, None)));
        for bad in [
            json!({"s": "an hour"}),
            json!({"s": 1.5}),
            json!({"s": []}),
            json!({"f": "yes"}),
            json!({"f": 1}),
        ] {
            assert_eq!(read(bad.clone()), None, "{bad}");
        }
    }
}
