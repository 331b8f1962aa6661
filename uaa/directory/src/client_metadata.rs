//! What a client says of itself beyond its columns, by the names that RFC 7591 and its companions registered. Checked wherever a
//! client is written, so that whoever reads a client may rely on it.

use serde_json::{Map, Value};

/// Whether a client may have a member of that name.
pub fn is_client_metadata(name: &str) -> bool {
    MEMBERS.iter().any(|member| member.name == name)
}

/// Whether those members are what they should be, each and together. Others are not looked at.
///
/// # Errors
/// What is wrong with the first one that is.
pub fn check_client_metadata(all: &Map<String, Value>) -> Result<(), String> {
    for member in MEMBERS {
        if all.get(member.name).is_some_and(|value| !(member.fits)(value)) {
            return Err(format!("{} must be {}", member.name, member.must));
        }
    }
    Ok(())
}

struct Member {
    name: &'static str,
    must: &'static str,
    fits: fn(&Value) -> bool,
}

const fn flag(name: &'static str) -> Member {
    Member { name, must: "true or false", fits: Value::is_boolean }
}

const MEMBERS: &[Member] = &[
    // RFC 9126 section 6.
    flag("require_pushed_authorization_requests"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(all: Value) -> Result<(), String> {
        check_client_metadata(all.as_object().unwrap())
    }

    #[test]
    fn each_member_is_of_its_kind() {
        assert_eq!(check(json!({"require_pushed_authorization_requests": true, "other": 7})), Ok(()));
        for wrong in [json!("true"), json!(1), json!(null), json!([true])] {
            assert!(check(json!({"require_pushed_authorization_requests": wrong})).is_err(), "{wrong}");
        }
        assert!(is_client_metadata("require_pushed_authorization_requests") && !is_client_metadata("other"));
    }
}
