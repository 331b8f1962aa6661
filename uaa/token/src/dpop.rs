//! Proofs that whoever sends a request holds a private key (RFC 9449 section 4).

use crate::header::Present;
use crate::jwk::Material;
use crate::verify::{decode, object};
use crate::{Algorithm, MAX_TOKEN_BYTES, Rejected, digest, epoch_seconds};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use uaa_model::Micros;

/// The request that a proof must be made for.
#[derive(Clone, Copy, Debug)]
pub struct ProvedRequest<'a> {
    /// The request's time, in microseconds since the epoch.
    pub now: Micros,
    /// The method (`htm`).
    pub method: &'a str,
    /// The access token that comes along (`ath`). `None`: none does, as at the token endpoint.
    pub token: Option<&'a str>,
}

/// What a proof says that is good by itself. Whether its address is that of the request, whether it was seen before and whether
/// its nonce is one of ours is the caller's to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DpopProof {
    /// The thumbprint of the key (RFC 7638, SHA-256).
    pub jkt: String,
    /// How it was signed.
    pub algorithm: Algorithm,
    /// The proof's own name, to refuse it the second time.
    pub jti: String,
    /// The address (`htu`), as the client wrote it.
    pub url: String,
    /// The nonce that the server gave.
    pub nonce: Option<String>,
}

impl DpopProof {
    /// Verifies one. Everything of section 4.3 that can be told without memory, and the address.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify(text: &str, wanted: &ProvedRequest<'_>) -> Result<DpopProof, Rejected> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(Rejected::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Rejected::Malformed)?;
        let (head, payload) = signed.split_once('.').ok_or(Rejected::Malformed)?;
        if payload.contains('.') {
            return Err(Rejected::Malformed);
        }
        let head = object(head)?;
        let header: Header<'_> = serde_json::from_slice(&head).map_err(|_| Rejected::Malformed)?;
        // RFC 8725 section 3.11, or any token of the same key would be a proof.
        if header.crit.0 || header.typ != "dpop+jwt" {
            return Err(Rejected::Kind);
        }
        let algorithm: Algorithm = header.alg.parse().map_err(|()| Rejected::Algorithm)?;
        // Section 4.2: a private key in the header is one that everybody on the way has read.
        if PRIVATE.iter().any(|name| header.jwk.contains_key(*name)) {
            return Err(Rejected::Malformed);
        }
        let material = Material::read(&header.jwk).ok_or(Rejected::UnknownKey)?;
        let key = material.parse(algorithm).ok_or(Rejected::Algorithm)?;
        let signature = decode(signature)?;
        key.verify_sig(signed.as_bytes(), &signature).map_err(|_| Rejected::Signature)?;
        let claims: Claims = serde_json::from_slice(&object(payload)?).map_err(|_| Rejected::Malformed)?;
        claims.check(wanted)?;
        let Claims { jti, htu, nonce, .. } = claims;
        Ok(DpopProof { jkt: material.thumbprint(), algorithm, jti, url: htu, nonce })
    }
}

/// The members of its header that count. The key is in it: nobody has to be known to prove that they are the same as before.
#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    typ: Cow<'a, str>,
    #[serde(borrow)]
    alg: Cow<'a, str>,
    jwk: Map<String, Value>,
    #[serde(default)]
    crit: Present,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: f64,
    #[serde(default)]
    ath: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
}

impl Claims {
    fn check(&self, wanted: &ProvedRequest<'_>) -> Result<(), Rejected> {
        if self.jti.is_empty() || self.jti.len() > MOST_JTI {
            return Err(Rejected::Malformed);
        }
        if self.htm != wanted.method {
            return Err(Rejected::Audience);
        }
        let age = epoch_seconds(wanted.now) as f64 - self.iat;
        // Anything but a number is no age, either.
        if !(-SKEW_SECONDS..=DPOP_SECONDS as f64).contains(&age) {
            return Err(if age < 0.0 { Rejected::NotYet } else { Rejected::Expired });
        }
        let bound = wanted.token.map(|token| URL_SAFE_NO_PAD.encode(digest(token)));
        match (bound, &self.ath) {
            (Some(bound), Some(ath)) if bound == *ath => Ok(()),
            (Some(_), _) => Err(Rejected::Audience),
            (None, _) => Ok(()),
        }
    }
}

/// Header and claims as if the signature had held.
pub(crate) fn fuzz_claims(bytes: &[u8], now: Micros) {
    if let Ok(header) = serde_json::from_slice::<Header<'_>>(bytes) {
        let _ = Material::read(&header.jwk).map(|material| material.thumbprint());
    }
    if let Ok(claims) = serde_json::from_slice::<Claims>(bytes) {
        let _ = claims.check(&ProvedRequest { now, method: "POST", token: Some("token") });
    }
}

/// What a token is bound to (RFC 7800): whoever presents it must show that they hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The thumbprint of a key that signs proofs (RFC 9449 section 6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
    /// The SHA-256 of a client certificate (RFC 8705 section 3.1).
    #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
}

/// Seconds for which a proof is good. Within them it must be remembered.
pub const DPOP_SECONDS: i64 = 60;
/// How far a client's clock may be ahead.
const SKEW_SECONDS: f64 = 60.0;
const MOST_JTI: usize = 256;
/// RFC 7518 sections 6.2.2, 6.3.2 and 6.4, RFC 8037 section 2.
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;
    use jsonwebtoken::signature::Signer as _;
    use serde_json::json;

    const NOW: Micros = 1_790_000_000_000_000;

    fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn with(object: &Value, name: &str, value: Value) -> Value {
        let mut object = object.clone();
        object[name] = value;
        object
    }

    #[test]
    fn the_proof_of_the_rfc() {
        // RFC 9449 section 4.1, figure 2.
        let text = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0\
                    RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMj\
                    U2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva\
                    2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV3\
                    7xRZT3Lg";
        let wanted = ProvedRequest { now: 1_562_262_616_000_000, method: "POST", token: None };
        let proof = DpopProof::verify(text, &wanted).unwrap();
        assert_eq!(proof.jkt, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        assert_eq!((proof.url.as_str(), proof.nonce), ("https://server.example.com/token", None));
    }

    #[test]
    fn every_check_of_section_4_3() {
        for algorithm in Algorithm::ALL {
            let key = SigningKey::generate(algorithm).unwrap();
            let jwk = json!(key.public().jwk());
            let header = json!({"typ": "dpop+jwt", "alg": algorithm.name(), "jwk": jwk});
            let now = epoch_seconds(NOW);
            let ath = URL_SAFE_NO_PAD.encode(digest("token"));
            let claims = json!({"jti": "1", "htm": "GET", "htu": "https://x/y", "iat": now, "ath": ath});
            let wanted = ProvedRequest { now: NOW, method: "GET", token: Some("token") };
            let ask = |header: &Value, claims: &Value| {
                DpopProof::verify(&sign(&key, header, claims), &wanted).map(|proof| proof.jkt)
            };
            assert_eq!(ask(&header, &claims), Ok(key.public().thumbprint()));
            for (name, value, why) in [
                ("typ", json!("JWT"), Rejected::Kind),
                ("typ", json!("at+jwt"), Rejected::Kind),
                ("alg", json!("none"), Rejected::Algorithm),
                ("alg", json!("HS256"), Rejected::Algorithm),
                ("jwk", json!({"kty": "oct", "k": "AAAA"}), Rejected::Malformed),
                ("jwk", json!({"kty": "oct"}), Rejected::UnknownKey),
                ("jwk", with(&jwk, "d", json!("AAAA")), Rejected::Malformed),
                ("jwk", json!("x"), Rejected::Malformed),
                ("crit", json!(["b64"]), Rejected::Kind),
            ] {
                assert_eq!(ask(&with(&header, name, value.clone()), &claims), Err(why), "{name} {value}");
            }
            for (name, value, why) in [
                ("jti", json!(""), Rejected::Malformed),
                ("jti", json!("x".repeat(300)), Rejected::Malformed),
                ("jti", json!(7), Rejected::Malformed),
                ("htm", json!("get"), Rejected::Audience),
                ("iat", json!(now - 61), Rejected::Expired),
                ("iat", json!(now + 61), Rejected::NotYet),
                ("iat", json!("now"), Rejected::Malformed),
                ("ath", json!("x"), Rejected::Audience),
                ("ath", Value::Null, Rejected::Audience),
            ] {
                assert_eq!(ask(&header, &with(&claims, name, value.clone())), Err(why), "{name} {value}");
            }
            let other = SigningKey::generate(algorithm).unwrap();
            let forged = sign(&other, &header, &claims);
            assert_eq!(DpopProof::verify(&forged, &wanted), Err(Rejected::Signature));
        }
    }
}
