//! Whoever signs: a client with a key of its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::signature::Signer as _;
use serde_json::{Map, Value, json};
use uaa_model::{Clock, SystemClock, SystemRng};
use uaa_token::{Algorithm, SigningKey, digest, epoch_seconds};

/// A key, and what is signed with it.
pub struct Signs(SigningKey);

impl Signs {
    /// A new key.
    ///
    /// # Panics
    /// When none can be made.
    pub fn with(algorithm: Algorithm) -> Signs {
        Signs(SigningKey::generate(algorithm).expect("a key"))
    }

    /// The set of its public half.
    pub fn jwks(&self) -> Value {
        json!({"keys": [self.jwk()]})
    }

    /// Its public half.
    pub fn jwk(&self) -> Value {
        self.0.public().jwk().into()
    }

    /// Its thumbprint.
    pub fn jkt(&self) -> String {
        self.0.public().thumbprint()
    }

    /// A JWT with that header and those claims, whatever they say.
    ///
    /// # Panics
    /// When the key cannot sign.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.0.try_sign(signed.as_bytes()).expect("it signs");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A JWT of that type with those claims.
    pub fn typed(&self, typ: &str, claims: &Value) -> String {
        let header = json!({"typ": typ, "alg": self.0.algorithm().name(), "kid": self.0.kid()});
        self.token(&header, claims)
    }

    /// A proof for a request (RFC 9449 section 4), with other claims instead of some: `null` takes one away.
    pub fn proof(&self, method: &str, url: &str, more: &Value) -> String {
        let header = json!({"typ": "dpop+jwt", "alg": self.0.algorithm().name(), "jwk": self.jwk()});
        let claims = json!({"jti": unique(), "htm": method, "htu": url, "iat": now()});
        self.token(&header, &changed(&claims, more))
    }

    /// A proof for a request that brings that token along.
    pub fn proof_with(&self, method: &str, url: &str, token: &str) -> String {
        self.proof(method, url, &json!({"ath": URL_SAFE_NO_PAD.encode(digest(token))}))
    }
}

/// An object with other members instead of some: `null` takes one away.
pub fn changed(object: &Value, more: &Value) -> Value {
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut all: Map<String, Value> = members(object);
    all.extend(members(more));
    all.retain(|_, value| !value.is_null());
    all.into()
}

/// A text that nobody has used.
pub fn unique() -> String {
    uaa_model::Ids::new(std::sync::Arc::new(SystemClock), std::sync::Arc::new(SystemRng)).hex32()
}

/// In whole seconds.
pub fn now() -> i64 {
    epoch_seconds(SystemClock.now())
}
