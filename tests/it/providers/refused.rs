//! Tokens that stand for no sign-in here, however they came about.

use super::{Between, Idp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tests::inside::Inside;
use tests::{Hallmark, Signs, now};
use uaa_plugin::Site;
use uaa_token::Algorithm;

#[tokio::test]
async fn what_the_token_says_must_be_of_there_and_for_here() {
    let all = Between::open().await;
    let uaa = all.server.uaa();
    // What this server is called there, or is known by.
    for aud in [json!(["other", "us"]), json!(format!("{uaa}/oauth/token")), json!(uaa)] {
        all.come(&json!({ "aud": aud })).await;
    }
    for (more, why) in [
        (json!({"aud": "another"}), "another audience"),
        (json!({"aud": []}), "another audience"),
        (json!({"aud": null}), "malformed"),
        (json!({"exp": now() - 1}), "expired"),
        (json!({"exp": null}), "malformed"),
        (json!({"exp": now() + 90_000}), "more than a day"),
        (json!({"nbf": now() + 1_000}), "not valid yet"),
        (json!({"iat": now() + 1_000}), "not valid yet"),
        (json!({"iss": format!("{}/", all.idp.issuer())}), "No active identity provider"),
        (json!({"iss": all.idp.site.url("")}), "No active identity provider"),
        (json!({"sub": ""}), "`sub` of the assertion is empty"),
        (json!({"sub": "a\u{0}"}), "control characters"),
        (json!({"preferred_username": null}), "does not say the user's name"),
        // What an issuer signs for other purposes under the same key.
        (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}), "wrong kind"),
        (json!({"typ": "Refresh"}), "wrong kind"),
        (json!({"jti": "0123456789abcdef-r"}), "wrong kind"),
    ] {
        all.refuses(&all.idp.token(&more), why).await;
    }
    let claims = all.idp.claims(&json!({}));
    for typ in ["logout+jwt", "secevent+jwt", "oauth-authz-req+jwt", "dpop+jwt"] {
        all.refuses(&all.idp.key.typed(typ, &claims), "wrong kind").await;
    }
    assert_eq!(all.users("mira").await.len(), 1, "nobody else was made");
}

#[tokio::test]
async fn the_signature_is_the_providers_own() {
    let all = Between::open().await;
    let claims = all.idp.claims(&json!({}));
    let jwk = all.idp.key.jwk();
    let kid = jwk["kid"].as_str().unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    for alg in ["none", "None", "HS256"] {
        let unsigned = format!("{}.{}.", part(&json!({"alg": alg, "kid": kid})), part(&claims));
        all.refuses(&unsigned, "an algorithm that is not accepted").await;
    }
    // The public key as a secret that both know.
    let signed = format!("{}.{}", part(&json!({"alg": "HS256", "kid": kid})), part(&claims));
    let key =
        aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, jwk["value"].as_str().unwrap().as_bytes());
    let mac = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, signed.as_bytes()));
    all.refuses(&format!("{signed}.{mac}"), "an algorithm that is not accepted").await;
    let thief = Signs::with(Algorithm::Rs256);
    all.refuses(&thief.typed("JWT", &claims), "an unknown key").await;
    all.refuses(&thief.token(&json!({"alg": "RS256", "kid": kid}), &claims), "signature is wrong").await;
    let header =
        json!({"alg": "RS256", "kid": thief.jkt(), "jwk": thief.jwk(), "jku": all.idp.site.url("/thief")});
    all.idp.site.publish("/thief", thief.jwks());
    all.refuses(&thief.token(&header, &claims), "an unknown key").await;
    assert!(!all.idp.site.asked().contains(&"/thief".to_owned()), "a header leads nowhere");
    assert!(all.users("mira").await.is_empty());
    all.come(&json!({})).await;
    // An access token of ours that is bound to nobody's key, shown with the issuer of another.
    let (head, rest) =
        all.server.admin().await.split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    all.refuses(&format!("{head}.{}.{signature}", part(&claims)), "an unknown key").await;
}

/// An issuer's document that speaks of another issuer says nothing of either.
#[tokio::test]
async fn an_issuer_speaks_for_itself() {
    let all = Between::open().await;
    let other = Idp::open().await;
    let lying = json!({"issuer": other.issuer(), "discoveryUrl": all.idp.site.url("/.well-known/openid-configuration")});
    let made = all.register("lying", &all.idp.config(&lying)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let claims = other.claims(&json!({}));
    all.refuses(&all.idp.key.typed("JWT", &claims), "keys of the identity provider").await;
    all.refuses(&other.token(&json!({})), "keys of the identity provider").await;
    // Nobody there.
    let away = json!({"issuer": "https://nobody.example", "discoveryUrl": all.idp.site.url("/nothing")});
    assert_eq!(all.register("away", &all.idp.config(&away)).await.status, 201);
    let token = all.idp.token(&json!({"iss": "https://nobody.example"}));
    all.refuses(&token, "keys of the identity provider").await;
}

#[tokio::test]
async fn two_providers_of_one_issuer_are_none() {
    let all = Between::open().await;
    let second = all.register("second", &all.idp.config(&json!({"relyingPartyId": "others"}))).await;
    assert_eq!(second.status, 201, "{second:?}");
    all.refuses(&all.idp.token(&json!({})), "Several identity providers").await;
    all.refuses(&all.idp.token(&json!({"aud": "others"})), "Several identity providers").await;
    let path = format!("/identity-providers/{}", second.body["id"].as_str().unwrap());
    let mut body = super::provider("second", &all.idp.config(&json!({"relyingPartyId": "others"})));
    body["active"] = false.into();
    assert_eq!(all.ask("PUT", &path, &body).await.status, 200);
    all.come(&json!({})).await;
    all.refuses(&all.idp.token(&json!({"aud": "others"})), "another audience").await;
}

/// A provider that leaves its issuer to its document. One that names it goes before.
#[tokio::test]
async fn a_document_says_whose_tokens_speak_for_it() {
    let all = Between::on(Hallmark::start().await, &json!({"issuer": null})).await;
    let away = json!({"issuer": null, "discoveryUrl": all.idp.site.url("/nothing")});
    assert_eq!(all.register("away", &all.idp.config(&away)).await.status, 201);
    let first = crate::id_token::payload(&super::text(&all.come(&json!({})).await, "access_token"));
    assert_eq!(first["origin"], "acme");
    all.refuses(&all.idp.token(&json!({"iss": "https://other.example"})), "No active identity provider")
        .await;
    let twin = all.register("twin", &all.idp.config(&json!({"issuer": null}))).await;
    assert_eq!(twin.status, 201);
    all.refuses(&all.idp.token(&json!({})), "Several identity providers").await;
    assert_eq!(all.register("named", &all.idp.config(&json!({}))).await.status, 201);
    let named = crate::id_token::payload(&super::text(&all.come(&json!({})).await, "access_token"));
    assert_eq!(named["origin"], "named");
}

/// Keys in the configuration, and keys that change at the provider.
#[tokio::test]
async fn keys_are_pinned_or_followed() {
    let inside = Inside::open(false).await;
    let idp = Idp::open().await;
    let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
    let root = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    let client = json!({"client_id": "shell", "client_secret": "first", "scope": ["openid", "uaa.user"],
        "authorized_grant_types": [super::JWT_BEARER]});
    let made = inside.ask(Site::Uaa, "POST", "/oauth/clients", Some(&root), Some(&client)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let body = super::provider("acme", &idp.config(&json!({})));
    let made = inside.ask(Site::Uaa, "POST", "/identity-providers", Some(&root), Some(&body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/identity-providers/{}", made.body["id"].as_str().unwrap());
    let show = async |key: &Signs| {
        let claims = idp.claims(&json!({"exp": now() + 3_600}));
        let form = format!("grant_type={}&assertion={}", super::JWT_BEARER, key.typed("JWT", &claims));
        inside.answer_to("shell", "first", &form).await.status
    };
    assert_eq!((show(&idp.key).await, show(&idp.key).await), (200, 200));
    let asked = ["/.well-known/openid-configuration", "/keys"];
    assert_eq!(idp.site.asked(), asked, "they are kept in memory");
    let next = Signs::with(Algorithm::Es256);
    idp.publish(&next);
    assert_eq!(show(&next).await, 400, "an address is asked seldom");
    inside.clock.advance(31);
    assert_eq!((show(&next).await, show(&idp.key).await), (200, 400), "a key that is gone signs nothing");
    // Pinned, as PEM, which has no name: nobody is asked any more.
    let asked = idp.site.asked().len();
    let pem = idp.key.jwk()["value"].clone();
    let body = super::provider("acme", &idp.config(&json!({"tokenKey": pem})));
    let put = inside.ask(Site::Uaa, "PUT", &path, Some(&root), Some(&body)).await;
    assert_eq!(put.status, 200, "{put:?}");
    assert_eq!((show(&idp.key).await, show(&next).await), (200, 400));
    assert_eq!(idp.site.asked().len(), asked);
    // At an address of their own; one key alone, as UAA's `/token_key` has it.
    let mut one = next.jwk();
    one.as_object_mut().unwrap().remove("kid");
    let url = idp.site.publish("/token_key", &one);
    let body = super::provider("acme", &idp.config(&json!({"tokenKeyUrl": url})));
    assert_eq!(inside.ask(Site::Uaa, "PUT", &path, Some(&root), Some(&body)).await.status, 200);
    assert_eq!((show(&next).await, show(&idp.key).await), (200, 400));
    // One without a name is followed by another.
    let mut one = idp.key.jwk();
    one.as_object_mut().unwrap().remove("kid");
    idp.site.publish("/token_key", &one);
    inside.clock.advance(31);
    assert_eq!((show(&idp.key).await, show(&next).await), (200, 400));
}
