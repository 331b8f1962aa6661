use super::*;
use crate::{AccessClaims, PublicKeys};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::signature::Signer;
use std::collections::BTreeSet;

const NOW: Micros = 1_700_000_000_000_000;
const EXPECT: Expect<'static> = Expect { now: NOW, issuer: "i", audience: &[], zone: Some("z") };

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::Es256).unwrap()
}

fn token(set: &KeySet) -> String {
    let claims = AccessClaims {
        iss: "i".into(),
        zid: "z".into(),
        exp: 1_800_000_000,
        iat: 1_700_000_000,
        ..AccessClaims::default()
    };
    set.encoder("").encode(&claims).unwrap()
}

fn good(set: &KeySet, token: &str, now: Micros) -> Result<(), Rejected> {
    set.verify::<AccessClaims<'_>>(token, &Expect { now, ..EXPECT }).map(|_| ())
}

#[test]
fn a_rotation_loses_no_token_until_the_old_key_retires() {
    let first = KeySet::new(key());
    let old = token(&first);
    let both = first.with_next(key()).unwrap();
    assert_eq!(both.active().kid(), first.active().kid());
    let next = both.states()[1].clone();
    assert_eq!(next.state, KeyState::Next);
    let until = NOW + 1_000_000;
    let rotated = both.with_active(&next.kid, until).unwrap();
    assert_eq!(rotated.active().kid(), next.kid);
    let retiring = KeyStatus {
        kid: first.active().kid().to_owned(),
        algorithm: Algorithm::Es256,
        state: KeyState::Retiring { until },
    };
    assert_eq!(rotated.states()[1], retiring);
    let new = token(&rotated);
    // A process that has not changed over yet knows the new key already.
    assert_eq!(good(&both, &new, NOW), Ok(()));
    assert_eq!(good(&first, &new, NOW), Err(Rejected::UnknownKey));
    assert_eq!(good(&rotated, &old, until - 1), Ok(()));
    assert_eq!(good(&rotated, &old, until), Err(Rejected::UnknownKey));
    assert_eq!(good(&rotated, &new, until), Ok(()));
    assert_eq!(rotated.without_retired(until - 1).states().len(), 2);
    assert_eq!(rotated.without_retired(until).states().len(), 1);
}

#[test]
fn choosing_the_active_key_again_retires_nothing() {
    let set = KeySet::new(key()).with_next(key()).unwrap();
    let same = set.with_active(set.active().kid(), NOW).unwrap();
    assert_eq!(same.states(), set.states());
    assert!(set.with_active("nobody", NOW).is_err());
}

#[test]
fn a_key_beside_signs_for_those_who_ask_for_it() {
    let other = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
    let set = KeySet::new(key());
    let keys = set.keys.iter().cloned().chain([(other.clone(), KeyState::Beside)]);
    let set = KeySet::from_keys(keys).unwrap();
    assert_eq!(set.active().algorithm(), Algorithm::Es256);
    assert_eq!(set.signs_with(Algorithm::EdDsa).unwrap().kid(), other.kid());
    assert!(set.encoder_with(Algorithm::Ps256, "", "JWT").is_none());
    let claims = AccessClaims {
        iss: "i".into(),
        zid: "z".into(),
        exp: 1_800_000_000,
        iat: 1_700_000_000,
        ..AccessClaims::default()
    };
    let signed = set.encoder_with(Algorithm::EdDsa, "", "JWT").unwrap().encode(&claims).unwrap();
    assert_eq!(good(&set, &signed, NOW), Ok(()));
    assert_eq!(set.public_jwks()["keys"].as_array().unwrap().len(), 2);
}

#[test]
fn a_set_has_one_active_key_and_no_name_twice() {
    let (one, two) = (Arc::new(key()), Arc::new(key()));
    assert!(KeySet::from_keys([]).is_err());
    assert!(KeySet::from_keys([(one.clone(), KeyState::Next)]).is_err());
    let both_active = [(one.clone(), KeyState::Active), (two.clone(), KeyState::Active)];
    assert!(KeySet::from_keys(both_active).is_err());
    assert!(KeySet::from_keys([(one.clone(), KeyState::Active), (one.clone(), KeyState::Next)]).is_err());
    let set = KeySet::from_keys([(one, KeyState::Next), (two.clone(), KeyState::Active)]).unwrap();
    assert_eq!(set.active().kid(), two.kid());
}

/// CVE-2026-40965: the private members of an EC key stood on UAA's public page. Each key has exactly its public ones.
#[test]
fn the_jwks_has_public_members_and_no_other() {
    for algorithm in Algorithm::ALL {
        let set = KeySet::new(SigningKey::generate(algorithm).unwrap()).with_next(key()).unwrap();
        let jwks = set.public_jwks();
        assert_eq!(jwks.as_object().unwrap().keys().collect::<Vec<_>>(), ["keys"]);
        let keys = jwks["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0], set.public_jwk());
        for jwk in keys {
            let members: BTreeSet<&str> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
            let own: &[&str] = match jwk["kty"].as_str().unwrap() {
                "RSA" => &["n", "e"],
                "EC" => &["crv", "x", "y"],
                "OKP" => &["crv", "x"],
                other => panic!("{other}"),
            };
            let all: BTreeSet<&str> =
                ["kty", "alg", "use", "kid", "value"].iter().chain(own).copied().collect();
            assert_eq!(members, all, "{algorithm}");
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(jwk.get(private).is_none(), "{algorithm} shows {private}");
            }
            assert_eq!(jwk["use"], "sig");
            assert!(jwk.as_object().unwrap().values().all(Value::is_string));
        }
    }
}

#[test]
fn the_pem_form_is_the_same_key() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let set = KeySet::new(SigningKey::generate(algorithm).unwrap());
        let value = set.public_jwk()["value"].as_str().unwrap().to_owned();
        assert!(
            value.starts_with("-----BEGIN PUBLIC KEY-----\n")
                && value.ends_with("\n-----END PUBLIC KEY-----")
        );
        assert!(value.lines().all(|line| line.len() <= 64));
        let read = match algorithm {
            Algorithm::EdDsa => jsonwebtoken::DecodingKey::from_ed_pem(value.as_bytes()),
            Algorithm::Es256 => jsonwebtoken::DecodingKey::from_ec_pem(value.as_bytes()),
            _ => jsonwebtoken::DecodingKey::from_rsa_pem(value.as_bytes()),
        };
        let mut rules = jsonwebtoken::Validation::new(algorithm.jwt().unwrap());
        rules.validate_aud = false;
        assert!(jsonwebtoken::decode::<Value>(token(&set), &read.unwrap(), &rules).is_ok());
    }
}

#[test]
fn others_verify_with_what_we_publish() {
    let set = KeySet::new(key()).with_next(key()).unwrap();
    let theirs = PublicKeys::from_jwks(&set.public_jwks()).unwrap();
    assert_eq!(theirs.keys().len(), 2);
    assert!(theirs.verify::<AccessClaims<'_>>(&token(&set), &EXPECT).is_ok());
}

#[test]
fn foreign_sets_are_read_with_care() {
    let jwk = KeySet::new(key()).public_jwk();
    let with = |name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        PublicKeys::from_jwks(&json!({ "keys": [jwk] }))
    };
    assert!(with("kid", json!("another")).is_ok());
    for (name, value) in [
        ("use", json!("enc")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("none")),
        ("alg", json!(1)),
        ("kty", json!("oct")),
        ("crv", json!("P-384")),
        ("x", json!("AAAA")),
        ("kid", json!("")),
        ("kid", json!("k".repeat(300))),
    ] {
        assert!(with(name, value.clone()).is_err(), "{name} {value}");
    }
    assert!(PublicKeys::from_jwks(&json!({ "keys": vec![jwk.clone(); 65] })).is_err());
    assert!(PublicKeys::from_jwks(&json!({ "keys": [] })).is_err());
    assert!(PublicKeys::from_jwks(&json!([])).is_err());
    let mixed = PublicKeys::from_jwks(&json!({ "keys": [{"kty": "new"}, jwk, 7] })).unwrap();
    assert_eq!(mixed.keys().len(), 1);
}

#[test]
fn a_missing_kid_is_fine_with_a_single_foreign_key_only() {
    let (one, other) = (KeySet::new(key()), KeySet::new(key()));
    let claims =
        AccessClaims { iss: "i".into(), zid: "z".into(), exp: 1_800_000_000, ..AccessClaims::default() };
    let alone = json!({"keys": [one.public_jwk()]});
    let both = json!({"keys": [one.public_jwk(), other.public_jwk()]});
    let token = signed_without_kid(&one, &claims);
    let verify =
        |jwks: &Value| PublicKeys::from_jwks(jwks).unwrap().verify::<AccessClaims<'_>>(&token, &EXPECT);
    assert!(verify(&alone).is_ok());
    assert_eq!(verify(&both), Err(Rejected::UnknownKey));
    assert_eq!(good(&one, &token, NOW), Err(Rejected::UnknownKey));
}

fn signed_without_kid(set: &KeySet, claims: &AccessClaims<'_>) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::signature::Signer;
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256"}"#);
    let text = format!("{head}.{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap()));
    let signature = set.active().sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn what_an_operator_writes_down_of_a_key() {
    for algorithm in Algorithm::ALL {
        let set = KeySet::new(SigningKey::generate(algorithm).unwrap());
        let jwk = set.public_jwk();
        let pem = jwk["value"].as_str().unwrap();
        let token = token(&set);
        for text in [pem, &format!("  {pem}\n"), &jwk.to_string(), &set.public_jwks().to_string()] {
            let keys = PublicKeys::from_text(text).unwrap();
            assert!(keys.verify::<AccessClaims<'_>>(&token, &EXPECT).is_ok(), "{algorithm} {text}");
        }
    }
    for text in ["", "secret", "{}", "[]", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
        assert!(PublicKeys::from_text(text).is_err(), "{text}");
    }
}

/// A key without a name is taken for whatever name a header says, as long as it is the only one.
#[test]
fn a_key_without_a_name_stands_for_any() {
    let [one, other] = [KeySet::new(key()), KeySet::new(key())];
    let nameless = |set: &KeySet| {
        let mut jwk = set.public_jwk();
        jwk.as_object_mut().unwrap().remove("kid");
        jwk
    };
    let verified = |keys: Value| {
        let keys = PublicKeys::from_jwks(&json!({ "keys": keys })).unwrap();
        keys.verify::<AccessClaims<'_>>(&renamed(&one), &EXPECT).map(drop)
    };
    assert_eq!(verified(json!([nameless(&one)])), Ok(()));
    assert_eq!(verified(json!([nameless(&other)])), Err(Rejected::Signature));
    assert_eq!(verified(json!([nameless(&one), nameless(&other)])), Err(Rejected::UnknownKey));
    assert_eq!(verified(json!([one.public_jwk()])), Err(Rejected::UnknownKey));
    assert_eq!(verified(json!([one.public_jwk(), nameless(&one)])), Ok(()));
}

/// A token whose header names a key that nobody has.
fn renamed(set: &KeySet) -> String {
    let token = token(set);
    let body = token.split('.').nth(1).unwrap();
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"another"}"#);
    let signed = format!("{head}.{body}");
    let signature = set.active().try_sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
