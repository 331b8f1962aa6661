//! What one party alone can read: encrypted for clients, and by them (OpenID Connect Core 1.0 section 10.2, JARM, RFC 9701, RFC 9101).
//! What others make of it: `openid_client::what_is_encrypted`.

use crate::authorize::{SHOP, sign_in};
use crate::client_auth::make;
use crate::keys::{header, published};
use crate::registration::initial;
use serde_json::{Value, json};
use tests::{Browser, Elsewhere, Hallmark, Signs, changed, now, said, unique};
use uaa_model::{Clock, SystemClock, SystemRng};
use uaa_token::{
    Accepted, Algorithm, ContentEncryption, DataKey, DecryptionKey, Encryption, EncryptionKey, Expect,
    IdClaims, KeyManagement, is_encrypted,
};

/// A key of a client.
fn own_key() -> DecryptionKey {
    DecryptionKey::derived(&DataKey::generate(&SystemRng), [0; 16], "own").unwrap()
}

/// What is in it, for the client that agreed upon that.
fn opened(key: &DecryptionKey, text: &str, (alg, enc): (KeyManagement, ContentEncryption)) -> String {
    let plain =
        key.decrypt(text, &Accepted { alg: &[alg], enc: &[enc] }).expect("it is encrypted to this key");
    String::from_utf8(plain.to_vec()).unwrap()
}

fn encrypted(jwk: &Value, alg: KeyManagement, enc: ContentEncryption, plain: &str) -> String {
    EncryptionKey::from_jwk(jwk)
        .unwrap()
        .encrypt(Encryption { alg, enc }, plain.as_bytes(), Some("JWT"))
        .unwrap()
}

/// What the ID token says, if the server signed it for that client.
async fn signed_for(server: &Hallmark, token: &str, client: &str) -> IdClaims<'static> {
    let issuer = format!("{}/oauth/token", server.uaa());
    let expect = Expect { now: SystemClock.now(), issuer: &issuer, audience: &[client], zone: Some("uaa") };
    published(server).await.verify::<IdClaims<'static>>(token, &expect).expect("it is signed")
}

async fn text(request: reqwest::RequestBuilder) -> (u16, String, String) {
    let response = request.send().await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (response.status().as_u16(), kind, response.text().await.unwrap())
}

/// By whichever door.
#[tokio::test]
async fn what_cannot_be_encrypted_is_not_registered() {
    let server = Hallmark::start().await;
    let (key, signs) = (own_key(), Signs::with(Algorithm::Rs256));
    let jwks = json!({"keys": [key.jwk()]});
    let token = initial(&server, json!({"uses": 50})).await;
    let register = async |more: &Value| {
        let usual = json!({"redirect_uris": ["https://shop.example/cb"], "scope": "openid"});
        let url = format!("{}/oauth/register", server.uaa());
        server.ask(&token, "POST", &url, Some(changed(&usual, more))).await
    };
    for member in ["id_token", "userinfo", "authorization", "introspection"] {
        let (alg, enc) =
            (format!("{member}_encrypted_response_alg"), format!("{member}_encrypted_response_enc"));
        for (more, why) in [
            (json!({&alg: "RSA1_5", "jwks": jwks}), "must be one of RSA-OAEP-256"),
            (json!({&alg: "dir", "jwks": jwks}), "must be one of"),
            (json!({&alg: "ECDH-ES", &enc: "A128CBC", "jwks": jwks}), "must be one of A128CBC-HS256"),
            (json!({&enc: "A128GCM", "jwks": jwks}), "needs `"),
            (json!({&alg: "ECDH-ES"}), "needs a key for ECDH-ES"),
            (json!({&alg: "RSA-OAEP-256", "jwks": jwks}), "needs a key for RSA-OAEP-256"),
            (json!({&alg: "RSA-OAEP-256", "jwks": signs.jwks()}), "needs a key for RSA-OAEP-256"),
        ] {
            let refused = register(&more).await;
            let said = refused.body["error_description"].as_str().unwrap_or_default();
            assert_eq!(
                (refused.status, &refused.body["error"]),
                (400, &json!("invalid_client_metadata")),
                "{more}"
            );
            assert!(said.contains(why) && said.contains(member), "{said}");
            let refused =
                make(&server, changed(&more, &json!({"client_id": "shop", "client_secret": "first"}))).await;
            let said = refused.body["error_description"].as_str().unwrap_or_default();
            assert!(refused.status == 400 && said.contains(why), "{refused:?}");
        }
    }
    for request in [
        json!({"request_object_encryption_alg": "RSA1_5"}),
        json!({"request_object_encryption_enc": "A128GCM"}),
    ] {
        assert_eq!(register(&request).await.status, 400, "{request}");
    }
    // What is left out is told (section 3.2).
    let made = register(&json!({"id_token_encrypted_response_alg": "ECDH-ES", "jwks": jwks})).await;
    assert_eq!(
        (made.status, &made.body["id_token_encrypted_response_enc"]),
        (201, &json!("A128CBC-HS256")),
        "{made:?}"
    );
    // A key that nothing is proved with.
    let proves = register(&json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks})).await;
    assert_eq!(proves.body["error"], "invalid_client_metadata", "{proves:?}");
}

#[tokio::test]
async fn the_key_that_things_are_encrypted_to_stays() {
    let server = Hallmark::start().await;
    let (key, next, signs) = (own_key(), own_key(), Signs::with(Algorithm::Es256));
    let client = json!({"client_id": "shop", "client_secret": "first", "id_token_encrypted_response_alg": "ECDH-ES",
        "jwks": {"keys": [key.jwk()]}});
    assert_eq!(make(&server, client).await.status, 201);
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let keys = async |body: Value| {
        server.ask(&root, "PUT", &format!("{}/oauth/clients/shop/clientjwt", server.uaa()), Some(body)).await
    };
    for bad in [
        json!({"changeMode": "DELETE", "kid": key.kid()}),
        json!({"changeMode": "UPDATE", "jwks": signs.jwks()}),
    ] {
        let refused = keys(bad).await;
        let text = refused.body["error_description"].as_str().unwrap_or_default();
        assert!(refused.status == 400 && text.contains("id_token_encrypted_response_alg"), "{refused:?}");
    }
    assert_eq!(keys(json!({"jwks": {"keys": [next.jwk()]}})).await.status, 200);
    assert_eq!(keys(json!({"changeMode": "DELETE", "kid": key.kid()})).await.status, 200);
}

#[tokio::test]
async fn each_answer_is_read_by_its_client_alone() {
    let server = Hallmark::start().await;
    let key = own_key();
    let client = json!({"client_id": "shop", "client_secret": "first", "scope": ["openid"],
        "authorities": ["uaa.resource"], "authorized_grant_types": ["password", "refresh_token"],
        "jwks": {"keys": [key.jwk()]}, "id_token_encrypted_response_alg": "ECDH-ES",
        "userinfo_encrypted_response_alg": "ECDH-ES+A128KW", "userinfo_encrypted_response_enc": "A256GCM",
        "introspection_encrypted_response_alg": "ECDH-ES+A256KW", "introspection_encrypted_response_enc": "A256CBC-HS512"});
    let made = make(&server, client).await;
    assert_eq!(made.status, 201, "{made:?}");
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let first = server.token("shop", "first", &form).await;
    let refresh = first.body["refresh_token"].as_str().unwrap();
    let second =
        server.token("shop", "first", &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
    for given in [&first, &second] {
        let token = given.body["id_token"].as_str().unwrap_or_else(|| panic!("{given:?}"));
        let head = header(token);
        assert_eq!((&head["alg"], &head["enc"]), (&json!("ECDH-ES"), &json!("A128CBC-HS256")));
        assert_eq!((&head["cty"], &head["kid"]), (&json!("JWT"), &json!(key.kid())));
        let inside = opened(&key, token, (KeyManagement::EcdhEs, ContentEncryption::A128CbcHs256));
        assert_eq!(signed_for(&server, &inside, "shop").await.user_name, "admin");
        // Encrypted to the client: nothing that the server could read, and no hint.
        let hint = Browser::at(&server.uaa())
            .open(&format!("{}/logout.do?id_token_hint={token}", server.uaa()))
            .await;
        assert!(hint.html.contains("invalid_id_token_hint"), "{}", hint.html);
    }
    let access = first.body["access_token"].as_str().unwrap();
    let url = format!("{}/userinfo", server.uaa());
    let (status, kind, sealed) = text(reqwest::Client::new().get(&url).bearer_auth(access)).await;
    assert_eq!((status, kind.as_str()), (200, "application/jwt"), "{sealed}");
    assert_eq!(header(&sealed).get("cty"), None, "nothing in it is signed");
    let inside = opened(&key, &sealed, (KeyManagement::EcdhEsA128Kw, ContentEncryption::A256Gcm));
    assert_eq!(serde_json::from_str::<Value>(&inside).unwrap()["user_name"], "admin");
    let ask = |accept: &str| {
        let request = reqwest::Client::new().post(format!("{}/introspect", server.uaa()));
        let request = request.basic_auth("shop", Some("first")).header("accept", accept);
        text(request.form(&[("token", access)]))
    };
    let (status, kind, sealed) = ask("application/token-introspection+jwt").await;
    assert_eq!((status, kind.as_str()), (200, "application/token-introspection+jwt"), "{sealed}");
    let inside = opened(&key, &sealed, (KeyManagement::EcdhEsA256Kw, ContentEncryption::A256CbcHs512));
    assert_eq!(
        (&header(&sealed)["cty"], &header(&inside)["typ"]),
        (&json!("JWT"), &json!("token-introspection+jwt"))
    );
    assert_eq!(ask("application/json").await.1, "application/json");
    for door in [&url, &format!("{}/v3/organizations", server.api())] {
        let token = first.body["id_token"].as_str().unwrap();
        assert_eq!(server.ask(token, "GET", door, None).await.status, 401, "it opens nothing");
    }
}

/// Keys that a client publishes, and cannot be had when they are needed.
#[tokio::test]
async fn without_a_key_nothing_is_given_away_and_nothing_is_used_up() {
    let mut server = Hallmark::start().await;
    let (site, key) = (Elsewhere::open().await, own_key());
    let more = json!({"autoapprove": true, "authorities": ["uaa.resource"], "jwks_uri": site.url("/keys"),
        "authorized_grant_types": ["authorization_code", "refresh_token", "implicit"],
        "id_token_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_alg": "ECDH-ES",
        "authorization_encrypted_response_alg": "ECDH-ES", "introspection_encrypted_response_alg": "ECDH-ES"});
    SHOP.register(&server, more).await;
    let mut browser = Browser::at(&server.uaa());
    // An answer that is to be encrypted cannot be given at all, and one beside it says so.
    let page = browser.open(&SHOP.ask(&server, &[("response_mode", "jwt")])).await;
    assert_eq!((page.status, page.elsewhere.is_none()), (503, true), "{page:?}");
    assert!(page.html.contains("temporarily_unavailable"), "{}", page.html);
    let page = browser
        .open(&SHOP.ask(&server, &[("response_type", "code id_token"), ("response_mode", "form_post")]))
        .await;
    assert!(
        page.html.contains("temporarily_unavailable") && !page.html.contains("name=\"code\""),
        "{}",
        page.html
    );
    // A code alone needs none, until it is redeemed.
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let code = sign_in(&server, &mut browser, &page).await.given("code").unwrap();
    let refused = SHOP.redeem(&server, &code, &[]).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_request")), "{refused:?}");
    let text = refused.body["error_description"].as_str().unwrap();
    assert!(text.contains("encrypted") && !text.contains("localhost"), "{text}");
    let without = browser.open(&SHOP.ask(&server, &[("scope", "cloud_controller.read")])).await;
    let given = SHOP.redeem(&server, &without.given("code").unwrap(), &[]).await;
    assert_eq!((given.status, given.body.get("id_token")), (200, None), "no ID token, no key: {given:?}");
    let good = server.token("shop", "open sesame", &[("grant_type", "refresh_token")]).await;
    assert_eq!(good.body["error"], "invalid_request", "{good:?}");
    let asked = reqwest::Client::new().post(format!("{}/introspect", server.uaa()));
    let asked = asked.basic_auth("shop", Some("open sesame")).form(&[("token", "x")]);
    let refused = said(asked.header("accept", "application/token-introspection+jwt")).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_request")), "{refused:?}");
    // The key is there now, and no memory of that it was not.
    site.publish("/keys", json!({"keys": [key.jwk()]}));
    server.restart_with("").await;
    let given = SHOP.redeem(&server, &code, &[]).await;
    assert_eq!(given.status, 200, "the code is as good as it was: {given:?}");
    let agreed = (KeyManagement::EcdhEs, ContentEncryption::A128CbcHs256);
    let inside = opened(&key, given.body["id_token"].as_str().unwrap(), agreed);
    assert_eq!(signed_for(&server, &inside, "shop").await.nonce.as_deref(), Some("once"));
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[("response_mode", "jwt")])).await;
    let back = sign_in(&server, &mut browser, &page).await;
    let answer = opened(&key, &back.given("response").unwrap(), agreed);
    assert!(crate::authorize::claims(&json!(answer))["code"].is_string());
    // Errors as well: nobody between learns what went wrong.
    let back =
        browser.open(&SHOP.ask(&server, &[("response_mode", "jwt"), ("response_type", "magic")])).await;
    let answer = opened(&key, &back.given("response").unwrap(), agreed);
    assert_eq!(crate::authorize::claims(&json!(answer))["error"], "unsupported_response_type");
    assert!(site.asked().iter().all(|path| path == "/keys"));
}

/// How the shop encrypts its requests.
const AGREED: (KeyManagement, ContentEncryption) = (KeyManagement::EcdhEsA256Kw, ContentEncryption::A256Gcm);

/// A shop that signs its requests with that key, and may encrypt them.
async fn shop_that_encrypts(server: &Hallmark, key: &Signs) {
    let more = json!({"autoapprove": true, "jwks": key.jwks(), "request_object_encryption_alg": AGREED.0.name(),
        "request_object_encryption_enc": AGREED.1.name()});
    SHOP.register(server, more).await;
}

/// The key that clients encrypt to.
async fn key_of(server: &Hallmark) -> Value {
    let all = server.ask("", "GET", &format!("{}/oauth/jwks", server.uaa()), None).await.body;
    let (enc, sig): (Vec<Value>, Vec<Value>) =
        all["keys"].as_array().unwrap().iter().cloned().partition(|key| key["use"] == "enc");
    assert!(!sig.is_empty() && enc.len() == 1 && enc[0].get("d").is_none(), "{all}");
    enc[0].clone()
}

/// A request as a client signs one.
fn object(server: &Hallmark, key: &Signs, claims: &Value) -> String {
    let parameters: Value = SHOP.parameters(&[]).into_iter().map(|(n, v)| (n, Value::from(v))).collect();
    let usual = json!({"iss": "shop", "aud": format!("{}/oauth/token", server.uaa()), "exp": now() + 60,
        "jti": unique()});
    key.typed("oauth-authz-req+jwt", &changed(&changed(&parameters, &usual), claims))
}

fn asks(server: &Hallmark, client: &str, request: &str) -> String {
    let mut url = reqwest::Url::parse(&format!("{}/oauth/authorize", server.uaa())).unwrap();
    let outside = [("client_id", client), ("redirect_uri", SHOP.redirect), ("request", request)];
    url.query_pairs_mut().extend_pairs(outside);
    url.into()
}

/// RFC 9101 section 6.1.
#[tokio::test]
async fn requests_are_encrypted_to_the_zone_and_signed_all_the_same() {
    let server = Hallmark::start().await;
    let (key, (alg, enc)) = (Signs::with(Algorithm::Es256), AGREED);
    shop_that_encrypts(&server, &key).await;
    let mut browser = Browser::at(&server.uaa());
    let ours = key_of(&server).await;
    let old = server.ask("", "GET", &format!("{}/token_keys", server.uaa()), None).await.body;
    let signs = |key: &Value| key["use"] == "sig" && key["value"].is_string();
    assert!(
        old["keys"].as_array().unwrap().iter().all(signs),
        "who reads these knows of signatures alone: {old}"
    );
    let object = |claims: Value| object(&server, &key, &claims);
    let page = browser.open(&asks(&server, "shop", &encrypted(&ours, alg, enc, &object(json!({}))))).await;
    let back = sign_in(&server, &mut browser, &page).await;
    assert_eq!(back.given("state").as_deref(), Some("st at&e"));
    // Once, however it is wrapped.
    let once = object(json!({}));
    let page = browser.open(&asks(&server, "shop", &encrypted(&ours, alg, enc, &once))).await;
    assert!(page.given("code").is_some(), "{page:?}");
    let unsigned = format!("{}.e30.", once.split('.').next().unwrap());
    let nested = encrypted(&ours, alg, enc, &object(json!({})));
    for (bad, what) in [
        (encrypted(&ours, alg, enc, &once), "once more"),
        (encrypted(&ours, KeyManagement::EcdhEs, enc, &object(json!({}))), "another alg"),
        (encrypted(&ours, alg, ContentEncryption::A128Gcm, &object(json!({}))), "another enc"),
        (encrypted(own_key().jwk(), alg, enc, &object(json!({}))), "another key"),
        (encrypted(&ours, alg, enc, &unsigned), "not signed"),
        (encrypted(&ours, alg, enc, &json!({"client_id": "shop"}).to_string()), "no token in it"),
        (encrypted(&ours, alg, enc, &nested), "twice encrypted"),
        (encrypted(&ours, alg, enc, &object(json!({"exp": now() - 1}))), "too old"),
        ("a.b.c.d.e".to_owned(), "nonsense"),
    ] {
        let page = browser.open(&asks(&server, "shop", &bad)).await;
        assert_eq!(page.given("error").as_deref(), Some("invalid_request_object"), "{what}: {page:?}");
    }
    // Whoever did not register for it encrypts nothing.
    let body = json!({"client_id": "till", "client_secret": "first", "redirect_uri": [SHOP.redirect],
        "authorized_grant_types": ["authorization_code"], "jwks": key.jwks()});
    assert_eq!(make(&server, body).await.status, 201);
    let plain = object(json!({"iss": "till", "client_id": "till", "scope": null}));
    let page = browser.open(&asks(&server, "till", &encrypted(&ours, alg, enc, &plain))).await;
    assert_eq!(page.given("error").as_deref(), Some("invalid_request_object"), "{page:?}");
    let page = browser.open(&asks(&server, "till", &plain)).await;
    assert_ne!(page.given("error").as_deref(), Some("invalid_request_object"), "{page:?}");
}

/// OpenID Connect Core 1.0 sections 10.2.1, and 3.1.2.1 of a hint.
#[tokio::test]
async fn the_key_of_a_zone_changes_with_the_one_that_signs() {
    let server = Hallmark::start().await;
    let (key, (alg, enc)) = (Signs::with(Algorithm::Es256), AGREED);
    shop_that_encrypts(&server, &key).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let back = sign_in(&server, &mut browser, &page).await;
    let given = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    let id_token = given.body["id_token"].as_str().unwrap_or_else(|| panic!("{given:?}")).to_owned();
    let before = key_of(&server).await;
    let rotated = server.command(&["keys", "rotate"]);
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    let mut after = key_of(&server).await;
    for _ in 0..500 {
        if after["kid"] != before["kid"] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        after = key_of(&server).await;
    }
    assert_ne!(after["kid"], before["kid"]);
    let hint = |jwk: &Value| encrypted(jwk, KeyManagement::EcdhEs, ContentEncryption::A128Gcm, &id_token);
    for known in [&before, &after] {
        let sealed = encrypted(known, alg, enc, &object(&server, &key, &json!({})));
        let page = browser.open(&asks(&server, "shop", &sealed)).await;
        assert!(page.given("code").is_some(), "{page:?}");
        assert!(is_encrypted(&hint(known)));
        let page =
            browser.open(&SHOP.ask(&server, &[("prompt", "none"), ("id_token_hint", &hint(known))])).await;
        assert!(page.given("code").is_some(), "{page:?}");
    }
    let other = hint(own_key().jwk());
    let page = browser.open(&SHOP.ask(&server, &[("prompt", "none"), ("id_token_hint", &other)])).await;
    assert_eq!(page.given("error").as_deref(), Some("login_required"), "{page:?}");
}
