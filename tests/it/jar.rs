//! Requests and answers that are signed (RFC 9101, JWT Secured Authorization Response Mode), and FAPI 2.0 as one word.

use crate::authorize::{App, SHOP, VERIFIER, claims, sign_in};
use crate::par::named;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tests::{Browser, Hallmark, Said, Signs, changed, now, on_every_server, said, unique};
use tokio::task::JoinSet;
use uaa_token::Algorithm;

on_every_server!(a_signed_request_is_answered_once);

/// The claims of a signed request, with others instead of some.
fn object(server: &Hallmark, app: &App, more: &Value) -> Value {
    let parameters: serde_json::Map<String, Value> =
        app.parameters(&[]).into_iter().map(|(name, value)| (name, value.into())).collect();
    let usual = json!({"iss": app.id, "aud": format!("{}/oauth/token", server.uaa()), "exp": now() + 60,
        "nbf": now(), "jti": unique()});
    changed(&changed(&Value::Object(parameters), &usual), more)
}

fn asks(server: &Hallmark, name: &str, value: &str) -> String {
    let mut url = reqwest::Url::parse(&format!("{}/oauth/authorize", server.uaa())).unwrap();
    let outside = [("client_id", "shop"), ("redirect_uri", SHOP.redirect), ("state", "outside")];
    url.query_pairs_mut().extend_pairs(outside).append_pair(name, value);
    url.into()
}

async fn a_signed_request_is_answered_once(server: Hallmark) {
    let key = Signs::with(Algorithm::Es256);
    SHOP.register(&server, json!({"autoapprove": true, "jwks": key.jwks()})).await;
    let mut browser = Browser::at(&server.uaa());
    let text = key.typed("oauth-authz-req+jwt", &object(&server, &SHOP, &json!({"scope": "openid"})));
    let page = browser.open(&asks(&server, "request", &text)).await;
    let reloaded = browser.open(&asks(&server, "request", &text)).await;
    assert_eq!(reloaded.status, 200, "a page may be loaded again: {reloaded:?}");
    let back = sign_in(&server, &mut browser, &page).await;
    assert_eq!(
        back.given("state").as_deref(),
        Some("st at&e"),
        "what stands beside it does not count: {back:?}"
    );
    let given = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(given.body["scope"], "openid", "{given:?}");
    let again = browser.open(&asks(&server, "request", &text)).await;
    assert_eq!(again.given("error").as_deref(), Some("invalid_request_object"), "{again:?}");
    // Of many at once, one.
    let text = key.typed("JWT", &object(&server, &SHOP, &json!({})));
    let url = asks(&server, "request", &text);
    let session = format!("hallmark-session={}", browser.cookie("hallmark-session").unwrap());
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut sent = JoinSet::new();
    for _ in 0..10 {
        sent.spawn(client.get(&url).header("cookie", &session).send());
    }
    let has_code = |answer: &reqwest::Response| {
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        to.is_some_and(|to| to.contains("code="))
    };
    let all: Vec<_> = sent.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(all.iter().filter(|answer| has_code(answer)).count(), 1);
}

#[tokio::test]
async fn what_is_not_signed_as_it_must_be_is_no_request() {
    let server = Hallmark::start().await;
    let (key, other) = (Signs::with(Algorithm::Es256), Signs::with(Algorithm::Es256));
    let more = json!({"autoapprove": true, "jwks": key.jwks(), "request_object_signing_alg": "ES256",
        "require_signed_request_object": true});
    SHOP.register(&server, more).await;
    let mut browser = Browser::at(&server.uaa());
    let good = object(&server, &SHOP, &json!({}));
    let header = |alg: &str| json!({"alg": alg, "typ": "oauth-authz-req+jwt", "kid": key.jwk()["kid"]});
    let signed = key.token(&header("ES256"), &good);
    let (head, rest) = signed.split_once('.').unwrap();
    let payload = rest.split_once('.').unwrap().0;
    let none = key.token(&header("none"), &good);
    let unsigned = format!("{}.{}.", none.split('.').next().unwrap(), payload);
    let mut refused = vec![
        (key.token(&header("none"), &good), "alg none"),
        (unsigned, "no signature"),
        (key.token(&header("HS256"), &good), "alg HS256"),
        (key.token(&header("ES384"), &good), "another algorithm"),
        (other.token(&header("ES256"), &good), "another key"),
        (format!("{head}.{payload}.AAAA"), "nonsense for a signature"),
        // A wrapping is not unwrapped: the rule about signatures holds (CVE-2026-9793).
        (format!("{head}.AAAA.AAAA.{payload}.AAAA"), "encrypted"),
        ("x.y.z".to_owned(), "nonsense"),
    ];
    for (member, value) in [
        ("iss", json!("admin")),
        ("aud", json!("https://elsewhere.example/")),
        ("aud", Value::Null),
        ("exp", json!(now() - 1)),
        ("exp", json!(now() + 1_000_000)),
        ("exp", Value::Null),
        ("nbf", json!(now() + 1_000)),
        ("client_id", json!("admin")),
        ("request", json!("x.y.z")),
        ("request_uri", json!("urn:x")),
        ("sub", json!("shop")),
    ] {
        let claims = changed(&good, &json!({"jti": unique(), member: value}));
        refused.push((key.token(&header("ES256"), &claims), member));
    }
    for (text, what) in refused {
        let page = browser.open(&asks(&server, "request", &text)).await;
        assert_eq!(page.given("error").as_deref(), Some("invalid_request_object"), "{what}: {page:?}");
        assert_eq!(page.given("state").as_deref(), Some("outside"));
        let handed = hand_in(&server, &[("request", &text)]).await;
        assert_eq!(handed.body["error"], "invalid_request_object", "{what}: {handed:?}");
    }
    // Signed, and asking for what it may not.
    let evil = key.token(
        &header("ES256"),
        &changed(&good, &json!({"jti": "e", "redirect_uri": "https://evil.example/"})),
    );
    let page = browser.open(&asks(&server, "request", &evil)).await;
    assert!(page.elsewhere.is_none() && page.html.contains("invalid_redirect_uri"), "{page:?}");
    // Where one must be signed, none without counts.
    let plain = browser.open(&SHOP.ask(&server, &[])).await;
    assert_eq!(plain.given("error").as_deref(), Some("invalid_request"));
    let plain: Vec<_> = SHOP.parameters(&[]);
    let plain: Vec<_> = plain.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(hand_in(&server, &plain).await.body["error"], "invalid_request");
    // A name is good once where requests are handed in, too.
    assert_eq!(hand_in(&server, &[("request", &signed)]).await.status, 201);
    assert_eq!(hand_in(&server, &[("request", &signed)]).await.body["error"], "invalid_request_object");
}

#[tokio::test]
async fn a_request_stands_at_a_registered_address() {
    let server = Hallmark::start().await;
    let key = Signs::with(Algorithm::EdDsa);
    let served = Arc::new(Mutex::new(String::new()));
    let text = served.clone();
    let serve = move || {
        let text = text.lock().unwrap().clone();
        async move { text }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/request", listener.local_addr().unwrap().port());
    let router = axum::Router::new().route("/request", axum::routing::get(serve));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let more = json!({"autoapprove": true, "jwks": key.jwks(), "request_uris": [format!("{url}#as-it-was")]});
    SHOP.register(&server, more).await;
    let mut browser = Browser::at(&server.uaa());
    for (at, error) in [(url.clone(), "invalid_request_object"), (format!("{url}x"), "invalid_request_uri")] {
        let page = browser.open(&asks(&server, "request_uri", &at)).await;
        assert_eq!(page.given("error").as_deref(), Some(error), "{at}: {page:?}");
    }
    *served.lock().unwrap() = key.typed("JWT", &object(&server, &SHOP, &json!({})));
    let page = browser.open(&asks(&server, "request_uri", &format!("{url}#x"))).await;
    let back = sign_in(&server, &mut browser, &page).await;
    assert!(back.given("code").is_some(), "{back:?}");
    // What never ends stands there for everybody (OpenID Connect Core 1.0 section 6.1): it has no name that could be used up.
    let for_ever = json!({"exp": Value::Null, "nbf": Value::Null, "jti": Value::Null});
    *served.lock().unwrap() = key.typed("JWT", &object(&server, &SHOP, &for_ever));
    for _ in 0..2 {
        let page = browser.open(&asks(&server, "request_uri", &url)).await;
        assert!(page.given("code").is_some(), "{page:?}");
    }
    let both = format!("{}&request=x.y.z", asks(&server, "request_uri", &url));
    assert_eq!(browser.open(&both).await.status, 400);
}

#[tokio::test]
async fn answers_are_signed_when_they_are_to_be() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    for mode in ["jwt", "query.jwt", "fragment.jwt"] {
        let back = browser.open(&SHOP.ask(&server, &[("response_mode", mode)])).await;
        let response = back.given("response").unwrap_or_else(|| panic!("{mode}: {back:?}"));
        assert!(back.given("code").is_none() && back.given("state").is_none(), "{back:?}");
        assert_eq!(back.elsewhere.as_ref().unwrap().fragment().is_some(), mode == "fragment.jwt", "{mode}");
        let said = claims(&response.into());
        assert_eq!((&said["aud"], &said["state"]), (&json!("shop"), &json!("st at&e")));
        assert_eq!(said["iss"], format!("{}/oauth/token", server.uaa()));
        assert!(said["exp"].as_i64().unwrap() <= now() + 600);
        assert_eq!(SHOP.redeem(&server, said["code"].as_str().unwrap(), &[]).await.status, 200);
    }
    let posted = browser.open(&SHOP.ask(&server, &[("response_mode", "form_post.jwt")])).await;
    let (_, _, fields) = posted.form("response", &[]);
    assert_eq!(fields.len(), 1, "{fields:?}");
    // An error, too.
    let silent = [("response_mode", "jwt"), ("scope", "scim.write")];
    let back = browser.open(&SHOP.ask(&server, &silent)).await;
    assert_eq!(claims(&back.given("response").unwrap().into())["error"], "invalid_scope");
}

#[tokio::test]
async fn fapi_by_one_word() {
    let server = Hallmark::start().await;
    let key = Signs::with(Algorithm::Ps256);
    let more = json!({"autoapprove": true, "jwks": key.jwks(), "fapi_profile": "fapi2_message_signing",
        "authorized_grant_types": ["authorization_code", "refresh_token", "password", "implicit"]});
    SHOP.register(&server, more).await;
    let (par, token) = (format!("{}/oauth/par", server.uaa()), format!("{}/oauth/token", server.uaa()));
    let proof = |url: &str| key.proof("POST", url, &json!({}));
    let shows = |more: &Value| {
        let usual = json!({"iss": "shop", "sub": "shop", "aud": token, "jti": unique(), "exp": now() + 60, "iat": now()});
        let assertion = key.typed("JWT", &changed(&usual, more));
        [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned()),
            ("client_assertion", assertion),
        ]
    };
    let ask = async |url: &str, form: &[(&str, String)], proof: Option<String>| {
        let mut request = reqwest::Client::new().post(url).form(form);
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        said(request).await
    };
    let signed =
        || key.typed("oauth-authz-req+jwt", &object(&server, &SHOP, &json!({"response_mode": "jwt"})));
    let with = |shown: [(&'static str, String); 2], more: Vec<(&'static str, String)>| {
        [shown.to_vec(), more].concat()
    };

    // Not by secret, nor for another audience, nor for several.
    let secret = reqwest::Client::new().post(&par).basic_auth("shop", Some("open sesame"));
    assert_eq!(said(secret.form(&[("request", signed())])).await.body["error"], "invalid_client");
    for aud in [json!(par), json!([token]), json!([token, "x"]), json!(server.uaa())] {
        let form = with(shows(&json!({"aud": aud})), vec![("request", signed())]);
        assert_eq!(ask(&par, &form, None).await.body["error"], "invalid_client", "{aud}");
    }
    // Not with the browser, not unsigned, not without a challenge, nothing but a code, nothing for long.
    let mut browser = Browser::at(&server.uaa());
    let plain = browser.open(&SHOP.ask(&server, &[])).await;
    assert_eq!(claims(&plain.given("response").unwrap().into())["error"], "invalid_request");
    let usual: Vec<(&'static str, String)> =
        [("response_type", "code"), ("redirect_uri", SHOP.redirect)].map(|(n, v)| (n, v.to_owned())).to_vec();
    assert_eq!(ask(&par, &with(shows(&json!({})), usual), None).await.body["error"], "invalid_request");
    for (more, error) in [
        (json!({"code_challenge": null, "code_challenge_method": null}), "invalid_request"),
        (json!({"response_type": "code id_token"}), "unauthorized_client"),
        (json!({"redirect_uri": null}), "invalid_request"),
        (json!({"exp": now() + 4_000}), "invalid_request_object"),
        (json!({"nbf": null}), "invalid_request_object"),
        (json!({"nbf": now() - 4_000}), "invalid_request_object"),
        (json!({"aud": server.uaa()}), "invalid_request_object"),
    ] {
        let text = key.typed("oauth-authz-req+jwt", &object(&server, &SHOP, &more));
        let handed = ask(&par, &with(shows(&json!({})), vec![("request", text)]), None).await;
        assert_eq!(handed.body["error"].as_str(), Some(error), "{more}: {handed:?}");
    }
    // As it has to be.
    let pushed = ask(&par, &with(shows(&json!({})), vec![("request", signed())]), Some(proof(&par))).await;
    assert_eq!(pushed.status, 201, "{pushed:?}");
    let page = browser.open(&named(&server, "shop", &pushed)).await;
    let back = sign_in(&server, &mut browser, &page).await;
    let response = claims(&back.given("response").unwrap_or_else(|| panic!("{back:?}")).into());
    let redeem = |code: &str| {
        vec![
            ("grant_type", "authorization_code".into()),
            ("code", code.to_owned()),
            ("redirect_uri", SHOP.redirect.into()),
            ("code_verifier", VERIFIER.into()),
        ]
    };
    let code = response["code"].as_str().unwrap();
    let bare = ask(&token, &with(shows(&json!({})), redeem(code)), None).await;
    assert_eq!(bare.body["error"], "invalid_dpop_proof", "no token without a proof: {bare:?}");
    let given = ask(&token, &with(shows(&json!({})), redeem(code)), Some(proof(&token))).await;
    assert_eq!((given.status, &given.body["token_type"]), (200, &json!("DPoP")), "{given:?}");
    let refresh = vec![
        ("grant_type", "refresh_token".into()),
        ("refresh_token", given.body["refresh_token"].as_str().unwrap().to_owned()),
    ];
    let next = ask(&token, &with(shows(&json!({})), refresh), Some(proof(&token))).await;
    assert_eq!(next.body["refresh_token"], given.body["refresh_token"], "no rotation: {next:?}");
    let password = vec![
        ("grant_type", "password".into()),
        ("username", "admin".into()),
        ("password", server.admin_password()),
    ];
    let password = ask(&token, &with(shows(&json!({})), password), Some(proof(&token))).await;
    assert_eq!(password.body["error"], "unauthorized_client");
}

async fn hand_in(server: &Hallmark, form: &[(&str, &str)]) -> Said {
    let url = format!("{}/oauth/par", server.uaa());
    said(reqwest::Client::new().post(url).basic_auth("shop", Some("open sesame")).form(form)).await
}
