//! Whom a client lets vouch for it (UAA's `jwt_creds`): issuers of another house, and what they call the client.

use super::{Wrong, is_over_tls};
use serde_json::{Map, Value};

/// A list of vouchers as it is kept: `iss`, `sub` and, where one is named, `aud`. Comes as a list or as its text. The first of several
/// with the same issuer and subject counts.
///
/// # Errors
/// In UAA's words.
pub fn vouchers(given: &Value) -> Result<Value, Wrong> {
    let parsed: Value = match given {
        Value::String(text) => {
            serde_json::from_str(text).map_err(|_| Wrong::new("Invalid jwt_creds format"))?
        }
        other => other.clone(),
    };
    let Value::Array(all) = parsed else { return Err(Wrong::new("Invalid jwt_creds format")) };
    let mut kept = vec![];
    for one in &all {
        let text = |name: &str| match &one[name] {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.as_str())),
            _ => Err(Wrong::new("Invalid jwt_creds format")),
        };
        if one.get("sub_pattern").is_some() {
            return Err(Wrong::new(
                "Invalid federated jwt credentials: sub_pattern is not known here; name each subject",
            ));
        }
        let (iss, sub) = (text("iss")?.unwrap_or_default(), text("sub")?.unwrap_or_default());
        add(&mut kept, voucher(iss, sub, text("aud")?)?);
    }
    checked(kept)
}

/// One of them.
///
/// # Errors
/// In UAA's words.
pub fn voucher(iss: &str, sub: &str, aud: Option<&str>) -> Result<Value, Wrong> {
    let long = |text: &str| text.len() > LONGEST || text.chars().any(char::is_control);
    if iss.trim().is_empty()
        || sub.trim().is_empty()
        || [iss, sub, aud.unwrap_or_default()].into_iter().any(long)
    {
        return Err(Wrong::new("Invalid federated jwt credentials"));
    }
    // OpenID Connect Discovery 1.0 section 3: where its keys are is found below it.
    if !is_over_tls(iss) || iss.contains('?') {
        return Err(Wrong::new(
            "Invalid federated jwt credentials: iss must be an https address without a query",
        ));
    }
    let members = [("iss", Some(iss)), ("sub", Some(sub)), ("aud", aud.filter(|aud| !aud.is_empty()))];
    let members = members.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
    Ok(Value::Object(members.collect::<Map<_, _>>()))
}

/// Puts one beside others, unless issuer and subject are there.
pub fn add(all: &mut Vec<Value>, one: Value) {
    if !all.iter().any(|other| same(other, &one)) {
        all.push(one);
    }
}

/// Whether two are of the same issuer and subject.
pub fn same(one: &Value, other: &Value) -> bool {
    (&one["iss"], &one["sub"]) == (&other["iss"], &other["sub"])
}

/// A list of these, each of which has been read.
///
/// # Errors
/// None, or too many.
pub fn checked(all: Vec<Value>) -> Result<Value, Wrong> {
    if all.is_empty() || all.len() > MOST {
        return Err(Wrong::new(format!(
            "Invalid private_key_jwt: federated JWT credentials are empty or exceed the maximum number of keys. max: {MOST}"
        )));
    }
    Ok(Value::Array(all))
}

const MOST: usize = 10;
const LONGEST: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_kept_is_what_counts() {
        let one = json!({"iss": "https://a.example/", "sub": "s", "aud": "x", "more": 1});
        let again = json!({"iss": "https://a.example/", "sub": "s"});
        let other = json!({"iss": "http://localhost:8080", "sub": "s", "aud": null});
        let all = json!([one, again, other]);
        let kept = json!([
            {"iss": "https://a.example/", "sub": "s", "aud": "x"},
            {"iss": "http://localhost:8080", "sub": "s"},
        ]);
        assert_eq!(vouchers(&all), Ok(kept.clone()));
        assert_eq!(vouchers(&json!(all.to_string())), Ok(kept));
        for bad in [
            json!([]),
            json!({}),
            json!("x"),
            json!([1]),
            json!([{"iss": "https://a.example"}]),
            json!([{"iss": "https://a.example", "sub": ""}]),
            json!([{"iss": "https://a.example", "sub": 7}]),
            json!([{"iss": "http://a.example", "sub": "s"}]),
            json!([{"iss": "https://a.example/?x", "sub": "s"}]),
            json!([{"iss": "https://a.example/", "sub": "s", "sub_pattern": "*"}]),
            json!(
                (0..11)
                    .map(|n| json!({"iss": "https://a.example", "sub": n.to_string()}))
                    .collect::<Vec<_>>()
            ),
        ] {
            assert!(vouchers(&bad).is_err(), "{bad}");
        }
    }
}
