use crate::verify::{Age, check, parse_claims, parse_header};
use crate::{
    Accepted, AccessClaims, Assertion, Claims, ContentEncryption, DataKey, DecryptionKey, DpopProof,
    Encryption, Expect, IdClaims, KeyManagement, PersonAssertion, ProvedRequest, PublicKeys, RefreshClaims,
    RequestObject, Shape, claimed_algorithm, claimed_parties, names_one_audience,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use uaa_model::Secret;

/// Every parser of this crate on outside bytes, with fixed public keys. Returns always; what it returns does not matter.
///
/// A fuzzer cannot forge a signature, so claims are also parsed and checked as if one had held.
pub fn fuzz_decode(bytes: &[u8]) {
    let expect = Expect {
        now: 1_700_000_000_000_000,
        issuer: "https://uaa/oauth/token",
        audience: &["cf"],
        zone: Some("uaa"),
    };
    if let Ok(typed) = parse_header(bytes) {
        claims::<AccessClaims<'_>>(bytes, typed.typ.as_deref(), &expect);
    }
    claims::<AccessClaims<'_>>(bytes, None, &expect);
    claims::<RefreshClaims<'_>>(bytes, None, &expect);
    claims::<IdClaims<'_>>(bytes, None, &expect);
    claims::<Assertion>(bytes, None, &expect);
    claims::<PersonAssertion>(bytes, None, &expect);
    if let Ok(jwks) = serde_json::from_slice(bytes) {
        let _ = PublicKeys::from_jwks(&jwks);
        let _ = PublicKeys::from_jwks(&json!({ "keys": [jwks] }));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        tokens(text, &expect);
        let _ = PublicKeys::from_text(text);
        let _ = DataKey::from_text(&Secret::new(text.to_owned()));
    }
    if let Ok(key) = DataKey::from_text(&Secret::new(format!("{}=", "A".repeat(43)))) {
        let _ = key.open("fuzz", bytes);
    }
}

/// A proof of possession (RFC 9449), and what one says as if its signature had held.
pub fn fuzz_proof(bytes: &[u8]) {
    let now = 1_700_000_000_000_000;
    let text = String::from_utf8_lossy(bytes);
    for token in [None, Some("token")] {
        let _ = DpopProof::verify(&text, &ProvedRequest { now, method: "POST", token });
    }
    crate::dpop::fuzz_claims(bytes, now);
}

/// A signed request (RFC 9101), and what one says as if its signature had held.
pub fn fuzz_request_object(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = (claimed_algorithm(&text), names_one_audience(&text), claimed_parties(&text));
    let expect =
        Expect { now: 1_700_000_000_000_000, issuer: "client", audience: &["https://uaa"], zone: None };
    claims::<RequestObject>(bytes, Some("oauth-authz-req+jwt"), &expect);
}

/// Something encrypted (RFC 7516), as a whole and as a header that would lead on to the key; and keys to encrypt to.
///
/// # Panics
/// When something that was changed is read, or something encrypted cannot be.
pub fn fuzz_jwe(bytes: &[u8]) {
    let data = DataKey::from_text(&Secret::new(format!("{}=", "A".repeat(43))));
    let Some(key) = data.ok().and_then(|data| DecryptionKey::derived(&data, [0; 16], "fuzz").ok()) else {
        return;
    };
    let accepted = Accepted { alg: &KeyManagement::ALL, enc: &ContentEncryption::ALL };
    let text = String::from_utf8_lossy(bytes);
    assert!(key.decrypt(&text, &accepted).is_err(), "nobody encrypted this");
    let head = URL_SAFE_NO_PAD.encode(bytes);
    for rest in
        ["..AAAA.AAAA.AAAA", ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA..AAAAAAAAAAAAAAAAAAAAAA"]
    {
        let text = format!("{head}{rest}");
        let _ = DecryptionKey::named_by(&text);
        assert!(key.decrypt(&text, &accepted).is_err(), "nobody encrypted this");
    }
    let theirs = serde_json::from_slice(bytes).ok().and_then(|jwks| PublicKeys::from_jwks(&jwks).ok());
    for alg in KeyManagement::ALL {
        let Some(key) = theirs.as_ref().and_then(|keys| keys.encryption(alg)) else { continue };
        for enc in ContentEncryption::ALL {
            assert!(
                key.encrypt(Encryption { alg, enc }, bytes, None).is_ok(),
                "a key that was taken is good"
            );
        }
    }
}

fn claims<T: Claims>(bytes: &[u8], typ: Option<&str>, expect: &Expect<'_>) {
    if let Ok(claims) = parse_claims::<T>(bytes, typ) {
        let _ = check(claims.registered(), expect, Age::Checked);
    }
}

fn tokens(text: &str, expect: &Expect<'_>) {
    let _ = Shape::of(text);
    // RFC 7515 appendix A.3 and RFC 8037 appendix A.2.
    let jwks = json!({"keys": [
        {"kty": "EC", "crv": "P-256", "kid": "ec", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    ]});
    if let Ok(keys) = PublicKeys::from_jwks(&jwks) {
        let _ = keys.verify::<AccessClaims<'_>>(text, expect);
        let _ = keys.verify::<Assertion>(text, expect);
    }
}

/// For the fuzzer: a client's certificate, as TLS shows it or as a proxy writes it down, is read without a panic.
///
/// # Panics
/// When that does not hold.
#[doc(hidden)]
pub fn fuzz_certificate(bytes: &[u8]) {
    crate::certificate::fuzz(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "[{}\":,.a-zA-Z0-9_-]{0,200}") {
            fuzz_decode(&bytes);
            fuzz_decode(text.as_bytes());
            fuzz_proof(&bytes);
            fuzz_proof(text.as_bytes());
            fuzz_request_object(&bytes);
            fuzz_request_object(text.as_bytes());
            fuzz_jwe(&bytes);
            fuzz_jwe(text.as_bytes());
        }
    }
}
