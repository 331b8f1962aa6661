use super::agreement::{Curve, derive};
use super::content::Sealed;
use super::*;
use crate::{DataKey, PublicKeys};
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::key_wrap::{AES_128, AesKek, KeyWrap};
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::KeyPair;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uaa_model::SystemRng;

const ANY: Accepted<'static> = Accepted { alg: &KeyManagement::ALL, enc: &ContentEncryption::ALL };

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

/// A private key of each kind with the JWK of its public half: others for another number, but for RSA, which is new each time.
fn pairs(number: u8) -> Vec<(DecryptionKey, Value)> {
    let pkcs8 = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
    let pair = aws_lc_rs::rsa::KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let public = pair.public_key();
    let text = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
    let jwk = json!({"kty": "RSA", "kid": "rsa", "n": text(public.modulus().big_endian_without_leading_zero()),
        "e": text(public.exponent().big_endian_without_leading_zero())});
    let mut all = vec![(DecryptionKey::rsa("rsa", pkcs8.as_ref()).unwrap(), jwk)];
    for (curve, length) in [(Curve::P256, 32), (Curve::P384, 48), (Curve::P521, 66), (Curve::X25519, 32)] {
        let mut secret = vec![number; length];
        // Below the order of each curve.
        secret[0] = 0;
        let key = DecryptionKey::on(curve, &secret).unwrap();
        let jwk = key.jwk().clone();
        all.push((key, jwk));
    }
    all
}

fn fitting(jwk: &Value) -> Vec<KeyManagement> {
    let key = EncryptionKey::from_jwk(jwk).unwrap();
    let keys = [key];
    KeyManagement::ALL.into_iter().filter(|alg| EncryptionKey::choose(&keys, *alg).is_some()).collect()
}

fn encrypted(jwk: &Value, alg: KeyManagement, enc: ContentEncryption, plain: &[u8]) -> String {
    EncryptionKey::from_jwk(jwk).unwrap().encrypt(Encryption { alg, enc }, plain, Some("JWT")).unwrap()
}

#[test]
fn what_is_encrypted_to_a_key_it_alone_reads() {
    let (pairs, others) = (pairs(7), pairs(9));
    for ((key, jwk), (other, _)) in pairs.iter().zip(&others) {
        for alg in fitting(jwk) {
            for enc in ContentEncryption::ALL {
                for plain in [&b""[..], b"x", b"sixteen bytes ..", &[0; 1000]] {
                    let text = encrypted(jwk, alg, enc, plain);
                    assert_eq!(key.decrypt(&text, &ANY).unwrap().as_slice(), plain, "{alg} {enc}");
                    assert_ne!(text, encrypted(jwk, alg, enc, plain), "{alg} {enc}");
                    assert_eq!(other.decrypt(&text, &ANY), Err(Unreadable), "{alg} {enc}");
                    assert_eq!(DecryptionKey::named_by(&text).as_deref(), jwk["kid"].as_str());
                }
            }
        }
    }
    assert_eq!(fitting(&pairs[0].1), [KeyManagement::RsaOaep256, KeyManagement::RsaOaep]);
    for (_, jwk) in &pairs[1..] {
        assert_eq!(fitting(jwk), KeyManagement::AGREED);
    }
}

/// RFC 8725 section 3.1: the header chooses nothing.
#[test]
fn nothing_but_what_was_agreed_upon() {
    let (key, jwk) = pairs(7).swap_remove(1);
    let text = encrypted(&jwk, KeyManagement::EcdhEsA128Kw, ContentEncryption::A128Gcm, b"x");
    let read =
        |alg: &[KeyManagement], enc: &[ContentEncryption]| key.decrypt(&text, &Accepted { alg, enc }).is_ok();
    assert!(read(&[KeyManagement::EcdhEsA128Kw], &[ContentEncryption::A128Gcm]));
    assert!(!read(&[KeyManagement::EcdhEs, KeyManagement::EcdhEsA256Kw], &ContentEncryption::ALL));
    assert!(!read(&KeyManagement::ALL, &[ContentEncryption::A256Gcm, ContentEncryption::A128CbcHs256]));
    assert!(!read(&[], &[]));
    let rsa = EncryptionKey::from_jwk(&pairs(7).swap_remove(0).1).unwrap();
    let how = Encryption { alg: KeyManagement::EcdhEs, enc: ContentEncryption::A128Gcm };
    assert!(rsa.encrypt(how, b"x", None).is_err(), "an RSA key agrees upon nothing");
    for none in ["RSA1_5", "dir", "A128KW", "PBES2-HS256+A128KW", "ECDH-ES+A192KW", "ecdh-es", "none", ""] {
        assert_eq!(none.parse::<KeyManagement>(), Err(()), "{none}");
    }
    for none in ["A192GCM", "A192CBC-HS384", "a128gcm", ""] {
        assert_eq!(none.parse::<ContentEncryption>(), Err(()), "{none}");
    }
}

#[test]
fn whatever_is_changed_fails_alike() {
    for (key, jwk) in pairs(7) {
        for alg in fitting(&jwk) {
            let text = encrypted(&jwk, alg, ContentEncryption::A128CbcHs256, b"who may read this");
            let gcm = encrypted(&jwk, alg, ContentEncryption::A256Gcm, b"who may read this");
            for text in [text, gcm] {
                for (at, old) in text.bytes().enumerate().step_by(5) {
                    for new in [b'A', b'Q', b'.', b'=', b'-'].into_iter().filter(|new| *new != old) {
                        let mut changed = text.clone().into_bytes();
                        changed[at] = new;
                        let changed = String::from_utf8(changed).unwrap();
                        assert_eq!(key.decrypt(&changed, &ANY), Err(Unreadable), "{at} {changed}");
                    }
                    assert_eq!(key.decrypt(&text[..at], &ANY), Err(Unreadable), "cut at {at}");
                }
                assert_eq!(key.decrypt(&format!("{text}."), &ANY), Err(Unreadable));
                assert_eq!(key.decrypt(&format!("{text}A"), &ANY), Err(Unreadable));
            }
        }
    }
}

/// Header and parts that nobody encrypts like that, each sealed as a good one is.
#[test]
fn headers_that_are_not_understood_and_parts_that_do_not_belong() {
    let key = DecryptionKey::on(Curve::P256, &[7; 32]).unwrap();
    let own = PrivateKey::generate(Curve::P256.algorithm()).unwrap();
    let point = bytes(key.jwk()["x"].as_str().unwrap());
    let point = [vec![4], point, bytes(key.jwk()["y"].as_str().unwrap())].concat();
    let how = Encryption { alg: KeyManagement::EcdhEs, enc: ContentEncryption::A128Gcm };
    let theirs = UnparsedPublicKey::new(Curve::P256.algorithm(), point);
    let cek = agree(&own, theirs, (), |shared| derive(shared, how, (b"", b"")).ok_or(())).unwrap();
    let epk = Curve::P256.jwk(own.compute_public_key().unwrap().as_ref());
    let text = |header: &str, wrapped: &str, tag: usize| {
        let head = URL_SAFE_NO_PAD.encode(header);
        let Sealed { iv, text, tag: whole } = how.enc.seal(&cek, head.as_bytes(), b"x").unwrap();
        let parts = [iv, text, whole[..tag].to_vec()].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{head}.{wrapped}.{}", parts.join("."))
    };
    let good = format!(r#""alg":"ECDH-ES","enc":"A128GCM","epk":{epk}"#);
    let read = |text: String| key.decrypt(&text, &ANY).is_ok();
    assert!(read(text(&format!("{{{good}}}"), "", 16)));
    assert!(read(text(&format!(r#"{{{good},"typ":"JWT","apu":"","more":[1]}}"#), "", 16)));
    for more in [
        r#","crit":["exp"]"#,
        r#","crit":null"#,
        r#","zip":"DEF""#,
        r#","alg":"ECDH-ES""#,
        r#","apu":"QWxpY2U""#,
        r#","apv":"not base64url!""#,
    ] {
        assert!(!read(text(&format!("{{{good}{more}}}"), "", 16)), "{more}");
    }
    let other = |name: &str, value: Value| {
        let mut header: Value = serde_json::from_str(&format!("{{{good}}}")).unwrap();
        header["epk"][name] = value;
        text(&header.to_string(), "", 16)
    };
    assert!(!read(other("x", epk["y"].clone())), "a point beside the curve");
    assert!(!read(other("crv", json!("P-384"))));
    assert!(!read(other("kty", json!("OKP"))));
    assert!(!read(other("y", Value::Null)));
    assert!(!read(text(&format!("{{{good}}}"), "AAAA", 16)), "a key that is not needed");
    assert!(!read(text(&format!("{{{good}}}"), "", 12)), "a tag that is too short");
    assert!(!read(text(&format!("[{{{good}}}]"), "", 16)));
    assert!(
        !read(text(&format!(r#"{{{good},"pad":"{}"}}"#, "x".repeat(4_000)), "", 16)),
        "a header without end"
    );
    let long = encrypted(key.jwk(), KeyManagement::EcdhEs, ContentEncryption::A128Gcm, &[0; 24_000]);
    assert!(!read(long), "longer than any token");
    // RFC 7748 section 6.1: points of small order give a number that everybody knows.
    let key = DecryptionKey::on(Curve::X25519, &[7; 32]).unwrap();
    let epk = json!({"kty": "OKP", "crv": "X25519", "x": URL_SAFE_NO_PAD.encode([0; 32])});
    let cek = derive(&[0; 32], how, (b"", b"")).unwrap();
    let head = URL_SAFE_NO_PAD.encode(json!({"alg": "ECDH-ES", "enc": "A128GCM", "epk": epk}).to_string());
    let Sealed { iv, text, tag } = how.enc.seal(&cek, head.as_bytes(), b"x").unwrap();
    let parts = [iv, text, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    assert_eq!(key.decrypt(&format!("{head}..{}", parts.join(".")), &ANY), Err(Unreadable));
}

#[test]
fn keys_that_are_none_or_too_weak() {
    let (rsa, ec) = (pairs(7).swap_remove(0).1, pairs(7).swap_remove(1).1);
    let mut even = bytes(rsa["n"].as_str().unwrap());
    even[255] &= 0xfe;
    let even = URL_SAFE_NO_PAD.encode(even);
    let with = |jwk: &Value, name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        EncryptionKey::from_jwk(&jwk).is_some()
    };
    assert!(with(&rsa, "use", json!("enc")) && with(&rsa, "alg", json!("RSA-OAEP")));
    for (jwk, name, value) in [
        (&rsa, "use", json!("sig")),
        (&rsa, "alg", json!("RS256")),
        (&rsa, "alg", json!("RSA1_5")),
        (&rsa, "alg", json!("ECDH-ES")),
        (&rsa, "n", json!("AQAB")),
        (&rsa, "e", json!("")),
        (&rsa, "e", json!("AQ")),
        (&rsa, "e", json!("Ag")),
        (&rsa, "n", json!(even)),
        (&rsa, "kid", json!(7)),
        (&ec, "alg", json!("RSA-OAEP-256")),
        (&ec, "alg", json!("ES256")),
        (&ec, "x", ec["y"].clone()),
        (&ec, "crv", json!("P-384")),
        (&ec, "crv", json!("secp256k1")),
        (&ec, "crv", json!("Ed25519")),
        (&ec, "kty", json!("oct")),
        (&ec, "y", Value::Null),
    ] {
        assert!(!with(jwk, name, value.clone()), "{name} {value}");
    }
    for none in [json!(null), json!([]), json!({}), json!({"kty": "oct", "k": "AAAA"})] {
        assert!(EncryptionKey::from_jwk(&none).is_none(), "{none}");
    }
}

#[test]
fn of_several_keys_the_one_that_is_meant() {
    let jwk = pairs(7).swap_remove(1).1;
    let key = |kid: &str, more: Value| {
        let mut jwk = json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": jwk["x"], "y": jwk["y"]});
        jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        jwk
    };
    let chosen = |keys: &[Value], alg: KeyManagement| {
        let keys = PublicKeys::from_jwks(&json!({ "keys": keys })).unwrap();
        let text =
            keys.encryption(alg)?.encrypt(Encryption { alg, enc: ContentEncryption::DEFAULT }, b"x", None);
        DecryptionKey::named_by(&text.unwrap())
    };
    let [plain, sig] = [key("plain", json!({})), key("sig", json!({"use": "sig"}))];
    let [old, new] = ["old", "new"].map(|kid| key(kid, json!({"use": "enc"})));
    let own = key("own", json!({"use": "enc", "alg": "ECDH-ES+A256KW"}));
    let (direct, wrapped) = (KeyManagement::EcdhEs, KeyManagement::EcdhEsA256Kw);
    let all = [plain.clone(), own, old.clone(), new, sig.clone()];
    assert_eq!(chosen(&all, direct).as_deref(), Some("new"));
    assert_eq!(chosen(&all, wrapped).as_deref(), Some("own"));
    assert_eq!(chosen(&[old, plain.clone()], direct).as_deref(), Some("old"));
    assert_eq!(chosen(&[plain, sig.clone()], direct).as_deref(), Some("plain"));
    assert_eq!(chosen(std::slice::from_ref(&sig), direct), None);
    assert_eq!(chosen(&all, KeyManagement::RsaOaep256), None);
    let marked = PublicKeys::from_jwks(&json!({"keys": [key("enc", json!({"use": "enc"}))]})).unwrap();
    assert!(marked.keys().is_empty(), "it verifies nothing");
}

#[test]
fn a_derived_key_is_that_of_its_zone_and_name() {
    let data = DataKey::generate(&SystemRng);
    let key = DecryptionKey::derived(&data, [1; 16], "a").unwrap();
    assert_eq!(DecryptionKey::derived(&data, [1; 16], "a").unwrap().kid(), key.kid());
    for other in [
        DecryptionKey::derived(&data, [2; 16], "a").unwrap(),
        DecryptionKey::derived(&data, [1; 16], "b").unwrap(),
        DecryptionKey::derived(&DataKey::generate(&SystemRng), [1; 16], "a").unwrap(),
    ] {
        assert_ne!(other.kid(), key.kid());
    }
    let shown = key.jwk();
    assert_eq!((&shown["use"], &shown["kid"], shown.get("d")), (&json!("enc"), &json!(key.kid()), None));
    assert_eq!(format!("{key:?}"), format!("DecryptionKey({})", key.kid()));
    let text = encrypted(shown, KeyManagement::EcdhEs, ContentEncryption::A256Gcm, b"x");
    assert_eq!(key.decrypt(&text, &ANY).unwrap().as_slice(), b"x");
}

#[test]
fn registered_members() {
    let how = |alg, enc| Encryption::registered(alg, enc).map(|how| format!("{} {}", how.alg, how.enc));
    assert_eq!(how(Some("RSA-OAEP-256"), None).as_deref(), Some("RSA-OAEP-256 A128CBC-HS256"));
    assert_eq!(how(Some("ECDH-ES"), Some("A256GCM")).as_deref(), Some("ECDH-ES A256GCM"));
    for none in
        [(None, None), (None, Some("A256GCM")), (Some("RSA1_5"), None), (Some("ECDH-ES"), Some("A192GCM"))]
    {
        assert_eq!(how(none.0, none.1), None);
    }
}

/// The whole of RFC 7516 appendix A.1.
#[test]
fn rsa_oaep_and_gcm_of_the_rfc() {
    let key = DecryptionKey::rsa("a1", &STANDARD.decode(RFC_7516_A_1).unwrap()).unwrap();
    let text = concat!(
        "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.",
        "OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGe",
        "ipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDb",
        "Sv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaV",
        "mqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je8",
        "1860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi",
        "6UklfCpIMfIjf7iGdXKHzg.",
        "48V1_ALb6US04U3b.",
        "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji",
        "SdiwkIr3ajwQzaBtQD_A.",
        "XFBoMYUZodetZdvTiFvSkQ"
    );
    let plain = key.decrypt(text, &ANY).unwrap();
    assert_eq!(plain.as_slice(), b"The true sign of intelligence is not knowledge but imagination.");
}

/// RFC 7516 appendix A.3: a wrapped key and CBC. The way its key comes along (A128KW) is none of ours, its parts are.
#[test]
fn key_wrap_and_cbc_of_the_rfc() {
    let mut cek = vec![0; 32];
    let wrapped = bytes("6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ");
    AesKek::new(&AES_128, &bytes("GawgguFyGrWKav7AX4VKUg")).unwrap().unwrap(&wrapped, &mut cek).unwrap();
    let head = b"eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0";
    let sealed = Sealed {
        iv: bytes("AxY8DCtDaGlsbGljb3RoZQ"),
        text: bytes("KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY"),
        tag: bytes("U0m_YmjN04DJvceFICbCVQ"),
    };
    let plain = ContentEncryption::A128CbcHs256.open(&cek, head, &sealed).unwrap();
    assert_eq!(plain.as_slice(), b"Live long and prosper.");
}

/// RFC 7518 appendices B.1 and B.3, both ways.
#[test]
fn cbc_of_the_rfc() {
    let plain = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the \
        enemy without inconvenience";
    let aad = b"The second principle of Auguste Kerckhoffs";
    let iv: [u8; 16] = hex("1af38c2dc2b96ffdd86694092341bc04").try_into().unwrap();
    for (enc, text, tag) in [
        (
            ContentEncryption::A128CbcHs256,
            concat!(
                "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9a94ac9b47ad2655c5f10f9aef71427e2",
                "fc6f9b3f399a221489f16362c703233609d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b",
                "384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade54b8851ffb598f7f80074b9473c82e2db"
            ),
            "652c3fa36b0a7c5b3219fab3a30bc1c4",
        ),
        (
            ContentEncryption::A256CbcHs512,
            concat!(
                "4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd822c301dd67c373bccb584ad3e9279c2",
                "e6d12a1374b77f077553df829410446b36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3",
                "a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950bbe2638d09dd7a4930930806d0703b1f6"
            ),
            "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5",
        ),
    ] {
        let key: Vec<u8> = (0..64).take(enc.key_len()).collect();
        let sealed = enc.cbc(&key, aad, iv, plain).unwrap();
        assert_eq!((&sealed.text, &sealed.tag), (&hex(text), &hex(tag)), "{enc}");
        assert_eq!(enc.open(&key, aad, &sealed).unwrap().as_slice(), plain, "{enc}");
    }
}

/// RFC 7518 appendix C.
#[test]
fn agreement_of_the_rfc() {
    let alice = PrivateKey::from_private_key(
        Curve::P256.algorithm(),
        &bytes("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"),
    );
    let bob = json!({"kty": "EC", "crv": "P-256", "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
        "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"});
    let (curve, point) = Curve::read(bob.as_object().unwrap()).unwrap();
    let how = Encryption { alg: KeyManagement::EcdhEs, enc: ContentEncryption::A128Gcm };
    let key = agree(&alice.unwrap(), UnparsedPublicKey::new(curve.algorithm(), point), (), |shared| {
        derive(shared, how, (b"Alice", b"Bob")).ok_or(())
    });
    assert_eq!(key.unwrap().as_slice(), bytes("VqqN6vgjbSBcIijNcacQGg"));
}

/// The key of RFC 7516 appendix A.1.3 in PKCS#8.
const RFC_7516_A_1: &str = concat!(
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQChqFQihbDQrS6wo245HofjCR/igFRcdPFG+BvjwT4FW/GR4M2N",
    "sLiF7ytRZwmhmZ2zaHszvSKYRWFFTl2Mg1e2qWVcjgMWpwjUOCNP0t7A0PwxbYqt/dKmyT9mSgWeKVqQbKBPClne56wf48UAE0hR",
    "ik6I3Xl2xBGSCvS8SHE33aLZqxs56dJl7JrHOIrvZTDGusqgTG/qRzm3BdOriH5AKEs6WfT+a1RnB+xFoxK0+zqZLpeuDGfFtaGi",
    "N/rre24RC54YL4UIx+trfoL2ScMUbMqw1rstkrZ2NiDIPclH8wH/g1Qlb9Oo5C3AdhvF6+gkCub4vlK2jCPMbL79urobAgMBAAEC",
    "ggEBAJC3bSI+hmw5LPwKQkk2ELXpXDbbZSojsj8zK1x3iPspNRe/pKQ8WOPlmOTVleSp7WhHl0tY/NhN++ccYVjB18r42HnD0/X6",
    "cEfzPYFfJ/R64dmp06Uw/dw7etsqVt8g7CcwZ0562LtYsFkYASqxGGOOqgGSKwNsQMJ5tl+7hkdYYIZKg6dFao95G0gs9V8nwrOv",
    "y3oQcLcRyMofEYqcuNKduJqDgG4MVcN68U/75bd1FXuFjtyZCTs5aVH/ik1SNj7YJvnQEcUxLRPonfuDia9IfivlRbN1Up3VUyM5",
    "0sX8q4/CCy+jBv1L/GALu1SC0gd5TltPOfuKhNw84K044MkCgYEA1r52Xk46c+LsfB5P442p7atdPUrxQSy4mti/tZI3Mgf2EuFV",
    "bUoDBvaRQ+SWxkbkmoEzL7JXroSBjSrK3YIQgYdMgyAEPTPjXv/hI2/1eTSPVZfzL0lffNn03IXqWF5MDFuoUYE0hzb2vhrlN/rK",
    "rbfDIwUbTrjjgieRbwC6Cl0CgYEAwLb35x7hmQWZsWJmB/vle87ihgZ19S8lBEROLIsZG4ayZVe9Hi9gDVCOBmUDdaDYVTSNx/8F",
    "yw1YYa9XGrGnDew00J28cRUoeBB/jKI1oma0Orv1T9aXIWxKwd4gvxFImOWr3QRL9KEBRzk2RatUBnmDZJTIAfwTs0g68UZHvtcC",
    "gYBkr5jATt2JSHSpHW1HvDxYe2iUPHcxn85OjCIW+B95DdKKt6xeOb2BnkouExe+j67P4pQlYPFLmkVD8zR692jV0qJFONXD/Hg3",
    "KrJc8zmdQs+RylTzbuuelnMAkql2FYCCqtcYoAQJAfRe3i1rOeOd3/NWkCZlmrrRY8wEx8py4QKBgA6tIH4CdQ3RRl4i70BGZ7ih",
    "DdFFJrCQcZI8nXN4+GWHQYjEQMvOsdLxwo8sHDJWGIOMqAuGGWvYTVXLI6gNxXoi9fa5PIOkJ9vU7dHI/Kqshac/bzQwVHwgIiVX",
    "hEjoyQ2T2B3R2PL9W/qPmdl+bby8fkwnpH+6Mcnig1Kilo4rAoGAVIMpMYbPf47dT1w/zDUXfPimsSegnMOA1zTaX7aGk/8urY6R",
    "8+ZW1FxU7AlWAyLWybqq6t16VFd7hQd0y6flUK4SlOydB61gwanOsXGOAOv82cHq0E3eL4HrtZkUuKvnPrMnsUUFlfUdybVzxyjz",
    "9JF/XyaY14ardLSjf4L/FNY=",
);
