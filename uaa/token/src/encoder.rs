use crate::{Algorithm, SigningKey, header};
use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::signature::Signer;
use serde::Serialize;
use std::sync::Arc;
use uaa_model::Fault;

/// Makes tokens with one key: what does not change from token to token is done already.
///
/// Keep one a zone and throw it away when the [`crate::KeySet`] changes. Signing blocks (about 0.25 ms for RSA-2048).
#[derive(Clone, Debug)]
pub struct Encoder {
    key: Arc<SigningKey>,
    /// The encoded header with the dot behind it.
    head: Arc<str>,
}

impl Encoder {
    pub(crate) fn new(key: Arc<SigningKey>, jku: &str, typ: &str) -> Self {
        let mut head = URL_SAFE_NO_PAD.encode(header::text(key.algorithm(), key.kid(), typ, jku));
        head.push('.');
        Encoder { key, head: head.into() }
    }

    /// The signed token. The claims are serialized once; besides their text and the token's only the signature is
    /// allocated.
    ///
    /// # Errors
    /// `Internal` when the claims are no JSON object or the library fails.
    pub fn encode<C: Serialize>(&self, claims: &C) -> Result<String, Fault> {
        let mut json = Vec::with_capacity(CLAIMS_BYTES);
        serde_json::to_writer(&mut json, claims).map_err(|why| Fault::Internal(format!("claims: {why}")))?;
        if json.first() != Some(&b'{') {
            return Err(Fault::Internal("claims are not an object".into()));
        }
        let mut token = String::with_capacity(self.head.len() + json.len() * 4 / 3 + SIGNATURE_CHARS);
        token.push_str(&self.head);
        URL_SAFE_NO_PAD.encode_string(&json, &mut token);
        let signature =
            self.key.try_sign(token.as_bytes()).map_err(|_| Fault::Internal("signing failed".into()))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }

    /// Half of a text's digest by the hash of the key's algorithm, as `at_hash` and `c_hash` of an ID token that this signs
    /// (OpenID Connect Core 1.0 section 3.1.3.6).
    pub fn half_hash(&self, text: &str) -> String {
        let hash = match self.key.algorithm() {
            Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &SHA256,
            Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => &SHA384,
            // RFC 8032 section 5.1: the hash inside Ed25519.
            Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::Es512 | Algorithm::EdDsa => &SHA512,
        };
        let whole = digest(hash, text.as_bytes());
        URL_SAFE_NO_PAD.encode(&whole.as_ref()[..whole.as_ref().len() / 2])
    }

    /// The name of the key.
    pub fn kid(&self) -> &str {
        self.key.kid()
    }
}

/// Enough for a user token with some twenty scopes; more costs one more allocation.
const CLAIMS_BYTES: usize = 1536;
/// An RSA-2048 signature, the dots and rounding.
const SIGNATURE_CHARS: usize = 352;
