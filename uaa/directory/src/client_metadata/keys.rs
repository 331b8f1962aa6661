//! The keys by which a client proves who it is (`private_key_jwt`), what UAA takes as such, and those that things are encrypted to.

use super::Wrong;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use uaa_token::{Certificate, EncryptionKey, PublicKey, PublicKeys};

/// A key set as it is kept: public members only. Comes as an object or as its text; one key alone is a set of one.
///
/// # Errors
/// In UAA's words.
pub fn jwks(given: &Value) -> Result<Value, Wrong> {
    let parsed: Value = match given {
        Value::String(text) => {
            serde_json::from_str(text).map_err(|_| Wrong::new("Client jwt configuration cannot be parsed"))?
        }
        other => other.clone(),
    };
    let keys = match parsed {
        Value::Object(mut set) => match set.remove("keys") {
            Some(Value::Array(keys)) => keys,
            Some(_) => return Err(Wrong::new("Client jwt configuration cannot be parsed")),
            None => vec![Value::Object(set)],
        },
        _ => return Err(Wrong::new("Client jwt configuration cannot be parsed")),
    };
    let keys: Vec<Value> = keys.into_iter().map(public).collect::<Result<_, Wrong>>()?;
    checked(keys)
}

/// A key set of these keys, which have been read each.
///
/// # Errors
/// None, too many, or a name that is there twice.
pub fn checked(keys: Vec<Value>) -> Result<Value, Wrong> {
    if keys.is_empty() || keys.len() > MOST {
        return Err(Wrong::new(format!(
            "Invalid private_key_jwt: jwk set is empty of exceeds to maximum of keys. max: + {MOST}"
        )));
    }
    for (at, key) in keys.iter().enumerate() {
        if keys[..at].iter().any(|other| other["kid"].is_string() && other["kid"] == key["kid"]) {
            return Err(Wrong::new("Invalid private_key_jwt: duplicate kid in JWKSet not allowed"));
        }
    }
    let mut set = Map::new();
    set.insert("keys".into(), Value::Array(keys));
    Ok(Value::Object(set))
}

/// Whether one of the keys is for signatures: the others prove nothing.
pub fn verify_something(jwks: &Value) -> bool {
    PublicKeys::from_jwks(jwks).is_ok_and(|keys| !keys.keys().is_empty())
}

/// Where a client publishes its keys.
///
/// # Errors
/// In UAA's words.
pub fn jwks_uri(given: &str) -> Result<String, Wrong> {
    let wrong = |text: &'static str| Wrong::new(text);
    let (scheme, rest) = given
        .split_once("://")
        .ok_or_else(|| wrong("Invalid private_key_jwt: jwks_uri must be an absolute URL"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if host.is_empty() || host.contains('@') || given.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(wrong("Invalid private_key_jwt: jwks_uri must be URI complaint"));
    }
    match scheme {
        "https" => Ok(given.to_owned()),
        "http" if name == "localhost" || name.ends_with(".localhost") => Ok(given.to_owned()),
        "http" => Err(wrong("Invalid private_key_jwt: jwks_uri with http is not on localhost")),
        _ => Err(wrong("Invalid private_key_jwt: jwks_uri must be either using https or http")),
    }
}

/// A key without what is nobody's business. It need not have a name (RFC 7517 section 4.5): UAA wants one, the registration of OpenID
/// Connect does not.
fn public(key: Value) -> Result<Value, Wrong> {
    if key.get("kid").is_some_and(|kid| kid.as_str().is_none_or(|kid| kid.trim().is_empty())) {
        return Err(Wrong::new("Invalid private_key_jwt: kid is required attribute"));
    }
    if PublicKey::from_jwk(&key).is_err() && EncryptionKey::from_jwk(&key).is_none() {
        return Err(Wrong::new("Invalid private_key_jwt: a key is no public key that is accepted here"));
    }
    // RFC 7517 section 4.7; a certificate that cannot be read is nobody's.
    let der = |text: &Value| text.as_str().and_then(|text| STANDARD.decode(text).ok());
    if key.get("x5c").is_some_and(|all| der(&all[0]).and_then(|der| Certificate::read(&der)).is_none()) {
        return Err(Wrong::new("Invalid private_key_jwt: x5c is no certificate in base64"));
    }
    match key {
        Value::Object(members) => Ok(Value::Object(
            members.into_iter().filter(|(name, _)| !PRIVATE.contains(&name.as_str())).collect(),
        )),
        other => Ok(other),
    }
}

const MOST: usize = 10;
/// RFC 7518 sections 6.2.2, 6.3.2 and 6.4.
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 7517 appendix A.1 and A.2: with the private part.
    fn key(kid: &str) -> Value {
        json!({"kty": "EC", "crv": "P-256", "kid": kid, "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})
    }

    #[test]
    fn a_private_key_is_never_kept() {
        for given in [json!({"keys": [key("a")]}), key("a"), json!(key("a").to_string())] {
            let kept = jwks(&given).unwrap();
            assert_eq!(kept["keys"][0]["kid"], "a");
            assert_eq!(kept["keys"][0].get("d"), None);
        }
    }

    #[test]
    fn a_key_needs_no_name() {
        let nameless = || {
            let mut key = key("a");
            key.as_object_mut().unwrap().remove("kid");
            key
        };
        assert!(jwks(&json!({"keys": [nameless()]})).is_ok());
        assert!(jwks(&json!({"keys": [nameless(), key("b"), nameless()]})).is_ok());
    }

    #[test]
    fn a_key_to_encrypt_to_proves_nothing() {
        let mut enc = key("enc");
        enc["use"] = "enc".into();
        let kept = jwks(&json!({ "keys": [enc.clone()] })).unwrap();
        assert!(!verify_something(&kept) && kept["keys"][0].get("d").is_none());
        assert!(verify_something(&jwks(&json!({"keys": [enc.clone(), key("sig")]})).unwrap()));
        enc["alg"] = "RSA1_5".into();
        assert!(jwks(&enc).is_err());
    }

    #[test]
    fn what_is_no_set_of_public_keys_is_refused() {
        for given in [
            json!("nonsense"),
            json!([]),
            json!({"keys": 1}),
            json!({"keys": []}),
            json!({"keys": [key("a"), key("a")]}),
            json!({"keys": [key("")]}),
            json!({"keys": [{"kty": "oct", "k": "AA", "kid": "a"}]}),
            json!({"keys": (0..11).map(|n| key(&n.to_string())).collect::<Vec<_>>()}),
        ] {
            assert!(jwks(&given).is_err(), "{given}");
        }
    }

    #[test]
    fn keys_come_over_tls() {
        for good in ["https://a.example.com/keys", "http://localhost:8080/keys", "http://a.localhost/"] {
            assert!(jwks_uri(good).is_ok(), "{good}");
        }
        for bad in
            ["nowhere", "http://a.example.com/", "ftp://a/", "https://", "https://u@h/", "http://xlocalhost/"]
        {
            assert!(jwks_uri(bad).is_err(), "{bad}");
        }
    }
}
