//! One test a trick, on keys that are made once a test. What is signed by hand here is what an attacker could send.

mod properties;

use super::*;
use crate::{
    AccessClaims, Acr, Assertion, IdClaims, KeySet, PublicKeys, RefreshClaims, SigningKey, audience,
};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::signature::Signer;
use serde_json::{Value, json};

const NOW: Micros = 1_700_000_000_000_000;
const ISSUER: &str = "https://uaa.test/oauth/token";
const JKU: &str = "https://uaa.test/token_keys";

const MALFORMED: Result<(), Rejected> = Err(Rejected::Malformed);
const EXPECT: Expect<'static> =
    Expect { now: NOW, issuer: ISSUER, audience: &["cloud_controller"], zone: Some("uaa") };

fn claims() -> AccessClaims<'static> {
    AccessClaims {
        jti: "6f1e7a2b".into(),
        sub: "cf".into(),
        scope: vec!["cloud_controller.read".into()],
        client_id: "cf".into(),
        iat: 1_700_000_000,
        exp: 1_700_000_600,
        iss: ISSUER.into(),
        zid: "uaa".into(),
        aud: audience("cf", ["cloud_controller.read"]),
        ..AccessClaims::default()
    }
}

fn set() -> KeySet {
    KeySet::new(SigningKey::generate(Algorithm::Es256).unwrap())
}

fn access(set: &KeySet, token: &str) -> Result<(), Rejected> {
    set.verify::<AccessClaims<'_>>(token, &EXPECT).map(|_| ())
}

/// Signs whatever header and payload are given, with the set's own key.
fn signed(set: &KeySet, header: &str, payload: &str) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = set.active().sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header(set: &KeySet) -> Value {
    json!({"alg": "ES256", "kid": set.active().kid(), "typ": "JWT", "jku": JKU})
}

fn payload() -> Value {
    serde_json::to_value(claims()).unwrap()
}

fn with(mut object: Value, name: &str, value: Value) -> String {
    object[name] = value;
    object.to_string()
}

#[test]
fn a_good_token_is_good_with_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let set = KeySet::new(SigningKey::generate(algorithm).unwrap());
        let token = set.encoder(JKU).encode(&claims()).unwrap();
        assert_eq!(set.verify::<AccessClaims<'_>>(&token, &EXPECT), Ok(claims()), "{algorithm}");
    }
}

#[test]
fn the_library_reads_our_tokens() {
    for algorithm in Algorithm::ALL {
        let set = KeySet::new(SigningKey::generate(algorithm).unwrap());
        let token = set.encoder(JKU).encode(&claims()).unwrap();
        let Some(theirs) = algorithm.jwt() else { continue };
        let jwk = serde_json::from_value(set.public_jwk()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
        let mut rules = jsonwebtoken::Validation::new(theirs);
        rules.validate_exp = false;
        rules.set_audience(&["cloud_controller"]);
        rules.set_issuer(&[ISSUER]);
        let read = jsonwebtoken::decode::<Value>(&token, &key, &rules).unwrap();
        assert_eq!(read.claims, payload());
        assert_eq!(read.header.kid.as_deref(), Some(set.active().kid()));
        assert_eq!(read.header.jku.as_deref(), Some(JKU));
        assert_eq!(read.header.typ.as_deref(), Some("JWT"));
    }
}

#[test]
fn we_read_the_librarys_tokens() {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let rsa_der = AsDer::<Pkcs8V1Der<'_>>::as_der(&rsa).unwrap();
    let ec_der = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap().to_pkcs8v1().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
        STANDARD.encode(rsa_der.as_ref())
    );
    for (key, algorithm) in [
        (jsonwebtoken::EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(), jsonwebtoken::Algorithm::RS256),
        (jsonwebtoken::EncodingKey::from_ec_der(ec_der.as_ref()), jsonwebtoken::Algorithm::ES256),
    ] {
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::new(algorithm), &claims(), &key).unwrap();
        let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&key, algorithm).unwrap();
        let keys = PublicKeys::from_jwks(&json!({ "keys": [jwk] })).unwrap();
        assert_eq!(keys.verify::<AccessClaims<'_>>(&token, &EXPECT), Ok(claims()));
    }
}

#[test]
fn examples_of_the_rfcs_verify() {
    // RFC 7515 appendix A.3; the payload lacks what an assertion needs, so the signature is what is seen to hold.
    let keys = PublicKeys::from_jwks(&json!({"keys": [{"kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}));
    let token = concat!(
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290I",
        "jp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    assert_eq!(keys.as_ref().unwrap().verify::<Assertion>(token, &EXPECT), Err(Rejected::Malformed));
    let forged = token.replace("DtEhU3", "DtEhU4");
    assert_eq!(keys.unwrap().verify::<Assertion>(&forged, &EXPECT), Err(Rejected::Signature));
}

/// RFC 7517 section 4.4: `alg` is optional, and numbers of RSA are good for six.
#[test]
fn a_foreign_key_that_names_no_algorithm_is_for_each_that_it_can() {
    for algorithm in Algorithm::ALL {
        let set = KeySet::new(SigningKey::generate(algorithm).unwrap());
        let token = set.encoder(JKU).encode(&claims()).unwrap();
        let mut jwk = set.public_jwk();
        jwk.as_object_mut().unwrap().remove("alg");
        let keys = PublicKeys::from_jwks(&json!({ "keys": [jwk] })).unwrap();
        assert_eq!(keys.verify::<AccessClaims<'_>>(&token, &EXPECT), Ok(claims()), "{algorithm}");
        let other = if algorithm == Algorithm::Rs256 { "RS512" } else { "RS256" };
        jwk = set.public_jwk();
        jwk["alg"] = other.into();
        if let Ok(keys) = PublicKeys::from_jwks(&json!({ "keys": [jwk] })) {
            assert_eq!(
                keys.verify::<AccessClaims<'_>>(&token, &EXPECT),
                Err(Rejected::Algorithm),
                "{algorithm}"
            );
        }
    }
}

#[test]
fn no_algorithm_but_the_keys_own() {
    let set = set();
    let token = set.encoder(JKU).encode(&claims()).unwrap();
    let (_, rest) = token.split_once('.').unwrap();
    let (body, _) = rest.split_once('.').unwrap();
    for alg in
        ["none", "None", "NONE", "HS256", "HS512", "ES384", "RS256", "PS256", "EdDSA", "es256", "", "ES256 "]
    {
        let head = URL_SAFE_NO_PAD.encode(with(header(&set), "alg", alg.into()));
        assert_eq!(access(&set, &format!("{head}.{rest}")), Err(Rejected::Algorithm), "{alg}");
        assert_eq!(access(&set, &format!("{head}.{body}.")), Err(Rejected::Algorithm), "{alg}");
    }
    for alg in [json!(null), json!(1), json!(["ES256"]), json!({})] {
        assert_eq!(
            access(&set, &signed(&set, &with(header(&set), "alg", alg), &payload().to_string())),
            MALFORMED
        );
    }
}

#[test]
fn a_public_key_is_never_a_secret() {
    let set = KeySet::new(SigningKey::generate(Algorithm::Rs256).unwrap());
    let pem = set.public_jwk()["value"].as_str().unwrap().to_owned();
    let mut head = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    head.kid = Some(set.active().kid().to_owned());
    for secret in [pem.clone(), format!("{pem}\n")] {
        let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
        let token = jsonwebtoken::encode(&head, &claims(), &key).unwrap();
        assert_eq!(access(&set, &token), Err(Rejected::Algorithm));
    }
}

#[test]
fn the_kid_must_name_a_trusted_key() {
    let set = set();
    let (head, body) = (header(&set), payload().to_string());
    for kid in ["", "nobody", "../../dev/null", "' OR 1=1 --", "\u{0}", &"k".repeat(4000)] {
        let token = signed(&set, &with(head.clone(), "kid", kid.into()), &body);
        assert_eq!(access(&set, &token), Err(Rejected::UnknownKey), "{kid}");
    }
    let mut without = head.clone();
    without.as_object_mut().unwrap().remove("kid");
    assert_eq!(access(&set, &signed(&set, &without.to_string(), &body)), Err(Rejected::UnknownKey));
    assert_eq!(
        access(&set, &signed(&set, &with(head.clone(), "kid", json!(null)), &body)),
        Err(Rejected::UnknownKey)
    );
    assert_eq!(access(&set, &signed(&set, &with(head, "kid", json!(["a"])), &body)), MALFORMED);
}

#[test]
fn a_key_in_the_header_is_not_trusted() {
    let (ours, theirs) = (set(), set());
    let forged_head = json!({
        "alg": "ES256", "kid": ours.active().kid(), "typ": "JWT", "jwk": theirs.public_jwk(),
        "jku": "https://evil.test/keys", "x5u": "https://evil.test/cert", "x5c": ["AAAA"],
    });
    let token = signed(&theirs, &forged_head.to_string(), &payload().to_string());
    assert_eq!(access(&ours, &token), Err(Rejected::Signature));
    // Signed by us they are only ignored.
    let token = signed(&ours, &forged_head.to_string(), &payload().to_string());
    assert_eq!(access(&ours, &token), Ok(()));
}

#[test]
fn critical_extensions_are_refused() {
    let set = set();
    for crit in [json!(["exp"]), json!([]), json!(null), json!("b64")] {
        let token = signed(&set, &with(header(&set), "crit", crit), &payload().to_string());
        assert_eq!(access(&set, &token), MALFORMED);
    }
}

#[test]
fn doubled_members_are_refused() {
    let set = set();
    let (head, body) = (header(&set).to_string(), payload().to_string());
    let doubled = |text: &str, member: &str| format!("{{{member},{}", &text[1..]);
    for member in [r#""alg":"none""#, r#""kid":"other""#, r#""typ":"JWT""#] {
        assert_eq!(access(&set, &signed(&set, &doubled(&head, member), &body)), MALFORMED, "{member}");
    }
    for member in
        [r#""sub":"admin""#, r#""exp":9999999999"#, r#""aud":[]"#, r#""zid":"uaa""#, r#""typ":"a","typ":"b""#]
    {
        assert_eq!(access(&set, &signed(&set, &head, &doubled(&body, member))), MALFORMED, "{member}");
    }
    // Nobody reads these, so their doubling decides nothing.
    assert_eq!(access(&set, &signed(&set, &head, &doubled(&body, r#""x":1,"x":2"#))), Ok(()));
}

#[test]
fn times_are_those_of_the_callers_clock() {
    let set = set();
    let token = set.encoder(JKU).encode(&claims()).unwrap();
    let at = |now| set.verify::<AccessClaims<'_>>(&token, &Expect { now, ..EXPECT }).map(|_| ());
    assert_eq!(at(1_700_000_599_999_999), Ok(()));
    assert_eq!(at(1_700_000_600_000_000), Err(Rejected::Expired));
    assert_eq!(at(Micros::MAX), Err(Rejected::Expired));
    assert_eq!(at(1_699_999_940_000_000), Ok(()));
    assert_eq!(at(1_699_999_939_999_999), Err(Rejected::NotYet));
    assert_eq!(at(Micros::MIN), Err(Rejected::NotYet));
    let claim =
        |name, value| access(&set, &signed(&set, &header(&set).to_string(), &with(payload(), name, value)));
    assert_eq!(claim("nbf", json!(1_700_000_060)), Ok(()));
    assert_eq!(claim("nbf", json!(1_700_000_061)), Err(Rejected::NotYet));
    assert_eq!(claim("exp", json!(i64::MIN)), Err(Rejected::Expired));
    assert_eq!(claim("exp", json!(i64::MAX)), Ok(()));
    for wrong in [json!(u64::MAX), json!(1e300), json!("1700000600"), json!(null)] {
        assert_eq!(claim("exp", wrong), MALFORMED);
    }
    let mut without = payload();
    without.as_object_mut().unwrap().remove("exp");
    assert_eq!(access(&set, &signed(&set, &header(&set).to_string(), &without.to_string())), MALFORMED);
}

#[test]
fn issuer_zone_and_audience_must_match_to_the_letter() {
    let set = set();
    let claim =
        |name, value| access(&set, &signed(&set, &header(&set).to_string(), &with(payload(), name, value)));
    for iss in
        ["", "https://uaa.test/oauth/token/", "https://UAA.test/oauth/token", "https://evil.test/oauth/token"]
    {
        assert_eq!(claim("iss", iss.into()), Err(Rejected::Issuer), "{iss}");
    }
    for zid in ["", "other", "UAA"] {
        assert_eq!(claim("zid", zid.into()), Err(Rejected::Zone), "{zid}");
    }
    for aud in [json!([]), json!(["cf"]), json!(["cloud_controller.read"]), json!(["Cloud_controller"])] {
        assert_eq!(claim("aud", aud.clone()), Err(Rejected::Audience), "{aud}");
    }
    let token = set.encoder(JKU).encode(&claims()).unwrap();
    let any = Expect { audience: &[], ..EXPECT };
    assert!(set.verify::<AccessClaims<'_>>(&token, &any).is_ok());
    let several = Expect { audience: &["password", "cf"], ..EXPECT };
    assert!(set.verify::<AccessClaims<'_>>(&token, &several).is_ok());
}

#[test]
fn kinds_are_not_taken_for_each_other() {
    let set = set();
    let encoder = set.encoder(JKU);
    let refresh = RefreshClaims {
        jti: "6f1e-r".into(),
        iat: 1_700_000_000,
        exp: 1_700_000_600,
        iss: ISSUER.into(),
        zid: "uaa".into(),
        aud: vec!["cloud_controller".into()],
        ..RefreshClaims::default()
    };
    let id = IdClaims {
        jti: "6f1e".into(),
        iat: 1_700_000_000,
        exp: 1_700_000_600,
        iss: ISSUER.into(),
        zid: "uaa".into(),
        aud: vec!["cloud_controller".into()],
        ..IdClaims::default()
    };
    let refresh_token = encoder.encode(&refresh).unwrap();
    let id_token = encoder.encode(&id).unwrap();
    let access_token = encoder.encode(&claims()).unwrap();
    assert_eq!(set.verify::<RefreshClaims<'_>>(&refresh_token, &EXPECT), Ok(refresh));
    assert_eq!(set.verify::<IdClaims<'_>>(&id_token, &EXPECT), Ok(id));
    for other in [&refresh_token, &id_token] {
        assert_eq!(access(&set, other), Err(Rejected::Kind));
    }
    for other in [&access_token, &id_token] {
        assert_eq!(set.verify::<RefreshClaims<'_>>(other, &EXPECT), Err(Rejected::Kind));
    }
    for other in [&access_token, &refresh_token] {
        assert_eq!(set.verify::<IdClaims<'_>>(other, &EXPECT), Err(Rejected::Kind));
    }
    // Everything an access token has, but the name of a refresh token.
    let disguised = AccessClaims { jti: "6f1e7a2b-r".into(), ..claims() };
    assert_eq!(access(&set, &encoder.encode(&disguised).unwrap()), Err(Rejected::Kind));
    let logout = set.encoder_typed(JKU, "logout+jwt").encode(&claims()).unwrap();
    assert_eq!(access(&set, &logout), Err(Rejected::Kind));
}

#[test]
fn an_access_token_of_rfc_9068_is_one_and_nothing_else() {
    let set = set();
    let encoder = set.encoder_typed(JKU, crate::AT_JWT);
    let both = AccessClaims { acr: Some(Acr { values: vec!["aal2".into()] }), ..claims() };
    let written = both.rfc9068().unwrap();
    assert!(written["scope"].is_string() && written["acr"] == "aal2");
    let token = encoder.encode(&written).unwrap();
    assert_eq!(set.verify::<AccessClaims<'_>>(&token, &EXPECT), Ok(both));
    assert_eq!(set.verify::<IdClaims<'_>>(&token, &EXPECT), Err(Rejected::Kind));
    assert_eq!(set.verify::<RefreshClaims<'_>>(&token, &EXPECT), Err(Rejected::Kind));
    for (name, value) in [("jti", "6f1e-r"), ("typ", "ID"), ("typ", "x")] {
        let mut disguised = written.clone();
        disguised.insert(name.into(), value.into());
        let token = encoder.encode(&disguised).unwrap();
        assert_eq!(access(&set, &token), Err(Rejected::Kind), "{name} {value}");
    }
}

#[test]
fn an_expired_id_token_is_still_a_hint() {
    let set = set();
    let id = IdClaims {
        exp: 1,
        iss: ISSUER.into(),
        zid: "uaa".into(),
        aud: vec!["cf".into()],
        ..IdClaims::default()
    };
    let token = set.encoder(JKU).encode(&id).unwrap();
    let expect = Expect { audience: &[], ..EXPECT };
    assert_eq!(set.verify::<IdClaims<'_>>(&token, &expect), Err(Rejected::Expired));
    assert_eq!(set.verify_hint(&token, &expect), Ok(id));
    assert_eq!(set.verify_hint(&token, &Expect { issuer: "other", ..expect }), Err(Rejected::Issuer));
}

#[test]
fn size_is_looked_at_before_anything_else() {
    let set = set();
    let big = AccessClaims { user_name: Some("x".repeat(MAX_TOKEN_BYTES).into()), ..claims() };
    assert_eq!(access(&set, &set.encoder(JKU).encode(&big).unwrap()), MALFORMED);
    let fits = AccessClaims { user_name: Some("x".repeat(11_000).into()), ..claims() };
    assert_eq!(access(&set, &set.encoder(JKU).encode(&fits).unwrap()), Ok(()));
}

#[test]
fn garbage_is_malformed() {
    let set = set();
    let token = set.encoder(JKU).encode(&claims()).unwrap();
    let (head, rest) = token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let deep = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","x":{}"#, "[".repeat(5000)));
    let wrong = [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        head.into(),
        format!("{head}.{body}"),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!(".{body}.{signature}"),
        format!("{head}.{body}.{signature}="),
        format!("{head}.{body}. {signature}"),
        format!("{token}\n"),
        format!(" {token}"),
        format!("{head}.{body}.é{signature}"),
        format!("é{token}"),
        format!("{head}=.{body}.{signature}"),
        format!("{deep}.{body}.{signature}"),
        format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode(r#"["ES256"]"#)),
        format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode([b'{', 0xff, b'}'])),
    ];
    for token in wrong {
        assert_eq!(access(&set, &token), MALFORMED, "{token}");
    }
    let (head, body) = (header(&set).to_string(), payload().to_string());
    assert_eq!(access(&set, &signed(&set, &format!("{head} x"), &body)), MALFORMED);
    assert_eq!(access(&set, &signed(&set, &head, &format!("{body}{{}}"))), MALFORMED);
    assert_eq!(access(&set, &signed(&set, &head, "[]")), MALFORMED);
    assert_eq!(access(&set, &signed(&set, &head, "")), MALFORMED);
    assert_eq!(access(&set, &format!("{}.", token.rsplit_once('.').unwrap().0)), Err(Rejected::Signature));
}

#[test]
fn texts_are_in_house_style_and_name_nothing() {
    for rejected in [
        Rejected::Malformed,
        Rejected::Algorithm,
        Rejected::UnknownKey,
        Rejected::Signature,
        Rejected::Expired,
        Rejected::NotYet,
        Rejected::Issuer,
        Rejected::Audience,
        Rejected::Zone,
        Rejected::Kind,
    ] {
        let text = rejected.to_string();
        assert!(text.starts_with("the token") && !text.ends_with('.'), "{text}");
    }
}
