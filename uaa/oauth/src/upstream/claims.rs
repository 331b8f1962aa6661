//! What a provider's token says, in our words.

use crate::fault::invalid_grant;
use crate::person::Authentication;
use serde_json::Value;
use uaa_directory::{OidcConfig, Told};
use uaa_model::{Fault, Micros, Reply};
use uaa_token::{PersonAssertion, Said, epoch_seconds};

/// Who the person is, by the claims that the configuration names, as UAA reads them.
pub(super) fn told(said: &PersonAssertion, config: &OidcConfig) -> Reply<Told> {
    let subject = fitting("sub", &said.0.sub)?;
    let attribute = |name: &str| text(said, config.claim(name).unwrap_or(name));
    let username = match config.claim("user_name") {
        Some(claim) => text(said, claim)?.ok_or_else(|| {
            invalid_grant(format!("The assertion does not say the user's name in `{claim}`."))
        })?,
        None => subject.clone(),
    };
    Ok(Told {
        external_id: subject,
        username,
        email: attribute("email")?,
        // A text is no answer to yes or no.
        email_verified: said.said(config.claim("email_verified").unwrap_or("email_verified"))
            == Some(Said::Other(&Value::Bool(true))),
        given_name: attribute("given_name")?,
        family_name: attribute("family_name")?,
        phone: attribute("phone_number")?,
    })
}

/// How and when the person signed in there. UAA adds that it was elsewhere.
pub(super) fn authentication(said: &PersonAssertion, now: Micros) -> Authentication {
    let other = |name: &str| match said.said(name) {
        Some(Said::Other(value)) => value.clone(),
        Some(Said::Subject(_)) | None => Value::Null,
    };
    let mut amr = names(&other("amr"));
    for ours in ["ext", "oauth"] {
        if !amr.iter().any(|one| one == ours) {
            amr.push(ours.to_owned());
        }
    }
    let acr = match other("acr") {
        Value::String(class) => names(&Value::Array(vec![class.into()])),
        classes => names(&classes["values"]),
    };
    let now = epoch_seconds(now);
    let at = other("auth_time").as_i64().or(said.0.iat).unwrap_or(now);
    Authentication { auth_time: at.clamp(0, now), amr, acr, ..Authentication::default() }
}

/// The texts of a list that are no longer than names are; what is none is passed over, as in UAA.
fn names(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts
        .filter(|text| !text.is_empty() && text.len() <= LONGEST_NAME)
        .take(MOST_NAMES)
        .map(str::to_owned)
        .collect()
}

/// A claim that is a text, or a list of one.
fn text(said: &PersonAssertion, claim: &str) -> Reply<Option<String>> {
    let value = match said.said(claim) {
        None => return Ok(None),
        Some(Said::Subject(subject)) => return fitting(claim, subject).map(Some),
        Some(Said::Other(value)) => value,
    };
    let text = match value {
        Value::String(text) => text,
        Value::Array(all) => match all.as_slice() {
            [] => return Ok(None),
            [Value::String(text)] => text,
            [_, ..] => return Err(odd(claim)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return Err(odd(claim)),
    };
    if text.trim().is_empty() { Ok(None) } else { fitting(claim, text).map(Some) }
}

/// What the columns hold.
fn fitting(claim: &str, text: &str) -> Reply<String> {
    let long = text.chars().count() > LONGEST_TEXT;
    if long || text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(invalid_grant(format!(
            "The claim `{claim}` of the assertion is empty, longer than {LONGEST_TEXT} characters, or has control characters."
        )));
    }
    Ok(text.to_owned())
}

fn odd(claim: &str) -> Fault {
    invalid_grant(format!("The claim `{claim}` of the assertion is not one text."))
}

const LONGEST_TEXT: usize = 255;
const LONGEST_NAME: usize = 100;
const MOST_NAMES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(more: &Value) -> PersonAssertion {
        let mut all = json!({"iss": "https://a.example", "sub": "1", "aud": "us", "exp": 1, "iat": 5});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    fn config(mappings: &Value) -> OidcConfig {
        let config = json!({"attributeMappings": mappings});
        OidcConfig::sent(config.as_object().unwrap().clone()).unwrap().0
    }

    #[test]
    fn the_configuration_names_the_claims() {
        let plain =
            said(&json!({"email": "a@b.example", "email_verified": true, "given_name": "A", "name": "n"}));
        let read = told(&plain, &config(&json!({}))).unwrap();
        assert_eq!((read.external_id.as_str(), read.username.as_str()), ("1", "1"));
        assert_eq!((read.email.as_deref(), read.email_verified), (Some("a@b.example"), true));
        assert_eq!((read.given_name.as_deref(), read.family_name), (Some("A"), None));
        let named = config(&json!({"user_name": "name", "email": "mail", "phone_number": "tel"}));
        let other = said(&json!({"name": ["n"], "mail": "m@b.example", "email": "a@b.example", "tel": []}));
        let read = told(&other, &named).unwrap();
        assert_eq!((read.external_id.as_str(), read.username.as_str()), ("1", "n"));
        assert_eq!((read.email.as_deref(), read.phone), (Some("m@b.example"), None));
        let by_subject = told(&said(&json!({})), &config(&json!({"user_name": "sub"}))).unwrap();
        assert_eq!(by_subject.username, "1");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let named = config(&json!({"user_name": "name"}));
        for more in [
            json!({}),
            json!({"name": null}),
            json!({"name": ""}),
            json!({"name": 7}),
            json!({"name": ["a", "b"]}),
            json!({"name": [7]}),
            json!({"name": "a\u{0}"}),
            json!({"name": "a".repeat(256)}),
            json!({"name": "a", "sub": " "}),
            json!({"name": "a", "email": {"value": "a@b.example"}}),
        ] {
            assert!(told(&said(&more), &named).is_err(), "{more}");
        }
        let verified = told(&said(&json!({"email_verified": "true"})), &config(&json!({}))).unwrap();
        assert!(!verified.email_verified);
    }

    #[test]
    fn how_somebody_signed_in_is_told_on() {
        let now = 10_000_000;
        let of = |more: &Value| authentication(&said(more), now);
        let read = of(&json!({"amr": ["pwd", "otp", 7, "ext"], "acr": "gold", "auth_time": 3}));
        assert_eq!(read.amr, ["pwd", "otp", "ext", "oauth"]);
        assert_eq!((read.acr, read.auth_time), (vec!["gold".to_owned()], 3));
        let read = of(&json!({"amr": "pwd", "acr": {"values": ["a", "b"]}, "auth_time": "x"}));
        assert_eq!(read.amr, ["ext", "oauth"]);
        assert_eq!((read.acr, read.auth_time), (vec!["a".to_owned(), "b".to_owned()], 5));
        assert_eq!(of(&json!({"auth_time": 1_000})).auth_time, 10, "nobody signs in tomorrow");
        assert_eq!(of(&json!({"acr": 7, "amr": {}})).acr, Vec::<String>::new());
    }
}
