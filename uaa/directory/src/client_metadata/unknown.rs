//! Members of a client that nobody here knows: UAA keeps them and shows them again (`additionalInformation`), for whoever looks after
//! clients by a program of their own.

use super::{LONGEST, LONGEST_NAME, MEMBERS, MOST, Wrong, is_known};
use serde_json::{Map, Value};

/// A member as it is kept; `None` when none of that name is, or it is known.
///
/// # Errors
/// When it is too large.
pub fn unknown(name: &str, value: &Value) -> Result<Option<Value>, Wrong> {
    if is_known(name) || is_ours(name) {
        return Ok(None);
    }
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Wrong::new(format!("the name of a member is at most {LONGEST_NAME} bytes of text")));
    }
    if value.to_string().len() > LONGEST {
        return Err(Wrong::new(format!("`{name}` is larger than {LONGEST} bytes")));
    }
    Ok(Some(value.clone()))
}

/// Whether there are no more of them than are kept.
///
/// # Errors
/// When there are.
pub fn not_too_many(all: &Map<String, Value>) -> Result<(), Wrong> {
    if all.keys().filter(|name| !is_known(name) && !is_ours(name)).count() > MOST {
        return Err(Wrong::new(format!("there are more than {MOST} members that are not known here")));
    }
    Ok(())
}

/// Whether a member that is kept is shown to whoever may read the client.
pub fn is_shown(name: &str) -> bool {
    is_known(name) || !is_ours(name)
}

/// The member that one of an unknown name may have been meant for: nothing tells whoever misspelt it otherwise.
pub fn meant(name: &str) -> Option<&'static str> {
    if is_known(name) || is_ours(name) {
        return None;
    }
    let plain = plain(name);
    let known = MEMBERS.iter().map(|(known, _)| *known).chain(COLUMNS.iter().copied());
    known.filter(|known| known.len() >= SHORTEST).find(|known| are_near(&plain, &self::plain(known)))
}

/// What has a meaning of its own, and what is called a secret: nothing of that is kept in clear.
fn is_ours(name: &str) -> bool {
    let lower = name.to_lowercase();
    OURS.contains(&name) || ["secret", "password"].iter().any(|part| lower.contains(part))
}

/// Without what tells the spellings `a_b`, `a-b` and `aB` apart.
fn plain(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether two names differ in two letters at most (Levenshtein).
fn are_near(one: &[char], other: &[char]) -> bool {
    if one.len().abs_diff(other.len()) > NEAR {
        return false;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let same = before + usize::from(a != b);
            before = row[j + 1];
            row[j + 1] = same.min(row[j] + 1).min(before + 1);
        }
    }
    row[other.len()] <= NEAR
}

/// Members with a column, by the names of UAA's API.
const COLUMNS: &[&str] = &[
    "authorities",
    "authorized_grant_types",
    "redirect_uri",
    "autoapprove",
    "access_token_validity",
    "refresh_token_validity",
    "allowpublic",
];

/// Names that answers have, or that are kept beside the members.
const OURS: &[&str] = &[
    "action",
    "approvals_deleted",
    "generation",
    "home_page_tile",
    "lastModified",
    "registration",
    "registration_access_token",
    "registration_hosts",
    "resource_ids",
    "token_salt",
    "warnings",
];

const NEAR: usize = 2;
/// Of shorter names too many others are near.
const SHORTEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_nobody_knows_is_kept_within_limits_and_no_secret_is() {
        for value in [json!("x"), json!({"a": [1, null]}), json!(false)] {
            assert_eq!(unknown("custom_thing", &value), Ok(Some(value.clone())));
        }
        for name in ["jwks", "token_salt", "client_secret", "myPassword", "home_page_tile", "lastModified"] {
            assert_eq!(unknown(name, &json!("x")), Ok(None), "{name}");
        }
        assert!(unknown("custom_thing", &json!("x".repeat(LONGEST))).is_err());
        assert!(unknown(&"x".repeat(LONGEST_NAME + 1), &json!(1)).is_err());
        let many: Map<String, Value> = (0..=MOST).map(|i| (format!("x{i}"), json!(i))).collect();
        assert!(not_too_many(&many).is_err());
        assert!(!is_shown("token_salt") && is_shown("jwks") && is_shown("custom_thing"));
    }

    #[test]
    fn a_misspelt_name_is_recognized_and_another_one_is_not() {
        for (name, known) in [
            ("require_pushed_authorisation_requests", Some("require_pushed_authorization_requests")),
            ("requirePushedAuthorizationRequests", Some("require_pushed_authorization_requests")),
            ("redirect_uris", Some("redirect_uri")),
            ("allowed_providers", Some("allowedproviders")),
            ("custom_thing", None),
            ("owner", None),
            ("scopes", None),
            ("jwks_uri", None),
        ] {
            assert_eq!(meant(name), known, "{name}");
        }
    }
}
