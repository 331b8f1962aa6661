//! What an application asks to be told by name (OpenID Connect Core 1.0 section 5.5).

use serde_json::{Map, Value};

/// The parameter `claims`, as far as it changes anything: `/userinfo` says all it may anyway.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// What the ID token shall say.
    pub(crate) in_id_token: Vec<String>,
    /// Of whom alone (section 5.5.1).
    pub(crate) subject: Option<String>,
    /// The context classes without one of which the sign-in counts as failed (section 5.5.1.1).
    pub(crate) essential_acr: Vec<String>,
}

impl Told {
    /// Reads it; `None` when it is none.
    pub(super) fn read(text: Option<&str>) -> Option<Told> {
        let Some(text) = text else { return Some(Told::default()) };
        let Ok(Value::Object(all)) = serde_json::from_str(text) else { return None };
        let (id_token, userinfo) = (part(&all, "id_token")?, part(&all, "userinfo")?);
        let subject = |part: &Map<String, Value>| {
            part.get("sub").and_then(|sub| sub["value"].as_str()).map(str::to_owned)
        };
        let acr = id_token.get("acr").filter(|acr| acr["essential"] == true);
        let listed = acr.and_then(|acr| acr["values"].as_array()).into_iter().flatten();
        let values = listed.chain(acr.map(|acr| &acr["value"]));
        Some(Told {
            in_id_token: id_token.keys().filter(|name| KNOWN.contains(&name.as_str())).cloned().collect(),
            subject: subject(&id_token).or_else(|| subject(&userinfo)),
            essential_acr: values.filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }
}

/// Each member is `null` or an object (section 5.5.1).
fn part(all: &Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    match all.get(name) {
        None | Some(Value::Null) => Some(Map::new()),
        Some(Value::Object(part)) if part.values().all(|v| v.is_null() || v.is_object()) => {
            Some(part.clone())
        }
        Some(_) => None,
    }
}

/// What an ID token can say that it does not say anyway.
const KNOWN: &[&str] = &["name", "given_name", "family_name", "phone_number"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_null_or_objects() {
        let text = r#"{"id_token":{"given_name":null,"email":{"essential":true},"sub":{"value":"x"},
            "acr":{"essential":true,"values":["mfa","phr"]}},"userinfo":null}"#;
        let told = Told::read(Some(text)).unwrap();
        assert_eq!(told.in_id_token, ["given_name"]);
        assert_eq!((told.subject.as_deref(), told.essential_acr.len()), (Some("x"), 2));
        assert_eq!(Told::read(None), Some(Told::default()));
        assert_eq!(Told::read(Some("{}")), Some(Told::default()));
        let wish = r#"{"id_token":{"acr":{"values":["mfa"]}}}"#;
        assert!(Told::read(Some(wish)).unwrap().essential_acr.is_empty(), "a wish is no condition");
        for wrong in
            ["", "[]", "7", "{", r#"{"id_token":[]}"#, r#"{"id_token":{"email":true}}"#, r#"{"userinfo":7}"#]
        {
            assert_eq!(Told::read(Some(wrong)), None, "{wrong}");
        }
    }
}
