//! What a client wants encrypted (OpenID Connect Dynamic Client Registration 1.0 section 2, JWT Secured Authorization Response Mode
//! section 3, RFC 9701 section 6), and what it encrypts to us.

use super::Wrong;
use serde_json::{Map, Value};
use uaa_token::{ContentEncryption, KeyManagement, PublicKeys};

/// How the key of what is encrypted for a client may come along.
pub const ALGORITHMS: &[&str] = &names(KeyManagement::ALL);

/// The same of what a client encrypts to us: keys of ours are on a curve.
pub const TO_US: &[&str] = &names(KeyManagement::AGREED);

/// How contents may be encrypted.
pub const CONTENTS: &[&str] = &{
    let mut names = [""; ContentEncryption::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = ContentEncryption::ALL[at].name();
        at += 1;
    }
    names
};

/// The members with which a client asks for it: how the key comes along, and how the content is encrypted.
const ANSWERS: [(&str, &str); 4] = [
    ("id_token_encrypted_response_alg", "id_token_encrypted_response_enc"),
    ("userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc"),
    ("authorization_encrypted_response_alg", "authorization_encrypted_response_enc"),
    ("introspection_encrypted_response_alg", "introspection_encrypted_response_enc"),
];
const REQUESTS: (&str, &str) = ("request_object_encryption_alg", "request_object_encryption_enc");

/// Whether there is a key for what is to be encrypted. What stands at a `jwks_uri` is looked at when it is needed.
///
/// # Errors
/// Which member has nothing to go with it.
pub fn fits_keys(all: &Map<String, Value>) -> Result<(), Wrong> {
    for (alg, enc) in ANSWERS.into_iter().chain([REQUESTS]) {
        if all.contains_key(enc) && !all.contains_key(alg) {
            return Err(Wrong::new(format!("`{enc}` needs `{alg}`")));
        }
    }
    for (member, _) in ANSWERS {
        let Some(name) = all.get(member).and_then(Value::as_str) else { continue };
        let key = |alg| PublicKeys::from_jwks(all.get("jwks")?).ok()?.encryption(alg).map(drop);
        let known = name.parse().ok().and_then(key).is_some();
        if !known && !all.contains_key("jwks_uri") {
            return Err(Wrong::new(format!(
                "`{member}` needs a key for {name} (`use`: `enc`) in `jwks`, or `jwks_uri`"
            )));
        }
    }
    Ok(())
}

/// Says how contents are encrypted where only the other member is given.
pub fn complete(all: &mut Map<String, Value>) {
    for (alg, enc) in ANSWERS.into_iter().chain([REQUESTS]) {
        if all.contains_key(alg) && !all.contains_key(enc) {
            all.insert(enc.to_owned(), ContentEncryption::DEFAULT.name().into());
        }
    }
}

const fn names<const N: usize>(all: [KeyManagement; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = all[at].name();
        at += 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 7517 appendix A.1, for both uses.
    fn jwks(more: Value) -> Value {
        let mut key = json!({"kty": "EC", "crv": "P-256", "kid": "a", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"});
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "keys": [key] })
    }

    fn fits(all: Value) -> Result<(), Wrong> {
        fits_keys(all.as_object().unwrap())
    }

    #[test]
    fn a_key_that_fits_is_there() {
        for (alg, enc) in ANSWERS {
            for good in [
                json!({alg: "ECDH-ES", "jwks": jwks(json!({"use": "enc"}))}),
                json!({alg: "ECDH-ES+A128KW", enc: "A256GCM", "jwks": jwks(json!({}))}),
                json!({alg: "RSA-OAEP-256", "jwks_uri": "https://a.example/keys"}),
            ] {
                assert_eq!(fits(good.clone()), Ok(()), "{good}");
            }
            for bad in [
                json!({alg: "ECDH-ES"}),
                json!({alg: "ECDH-ES", "jwks": jwks(json!({"use": "sig"}))}),
                json!({alg: "ECDH-ES", "jwks": jwks(json!({"alg": "ES256"}))}),
                json!({alg: "ECDH-ES", "jwks": jwks(json!({"alg": "ECDH-ES+A256KW"}))}),
                json!({alg: "RSA-OAEP-256", "jwks": jwks(json!({}))}),
                json!({enc: "A128GCM", "jwks": jwks(json!({}))}),
            ] {
                assert!(fits(bad.clone()).is_err(), "{bad}");
            }
        }
        assert_eq!(fits(json!({"request_object_encryption_alg": "ECDH-ES"})), Ok(()), "that key is ours");
        assert!(fits(json!({"request_object_encryption_enc": "A128GCM"})).is_err());
    }

    #[test]
    fn what_is_left_out_is_said() {
        let mut all = json!({"id_token_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_alg": "ECDH-ES",
            "userinfo_encrypted_response_enc": "A256GCM"});
        let all = all.as_object_mut().unwrap();
        complete(all);
        assert_eq!(all["id_token_encrypted_response_enc"], "A128CBC-HS256");
        assert_eq!((all.len(), &all["userinfo_encrypted_response_enc"]), (4, &json!("A256GCM")));
    }
}
