//! RFC 9449: tokens that are good in one pair of hands.

use crate::authorize::{App, SECRET, SHOP, claims, sign_in};
use crate::par::{named, push};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Said, Signs, on_every_server, said};
use tokio::task::JoinSet;
use uaa_token::Algorithm;

on_every_server!(a_refresh_token_of_a_public_client_is_bound_to_its_key);

const PUBLIC: App = App { id: "public", redirect: "https://shop.example/cb" };

#[tokio::test]
async fn a_bound_token_is_good_with_its_key_alone() {
    let server = Hallmark::start().await;
    let (key, other) = (Signs::with(Algorithm::Es256), Signs::with(Algorithm::Ps256));
    let given = password(&server, &key.proof("POST", &token_url(&server), &json!({}))).await;
    assert_eq!((given.status, &given.body["token_type"]), (200, &json!("DPoP")), "{given:?}");
    let token = given.body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(claims(&given.body["access_token"])["cnf"], json!({"jkt": key.jkt()}));
    for url in [
        format!("{}/userinfo", server.uaa()),
        format!("{}/Users", server.uaa()),
        format!("{}/access/v1/explain?resource=zone:x&action=read", server.uaa()),
        format!("{}/v3/organizations", server.api()),
    ] {
        let plain = url.split('?').next().unwrap().to_owned();
        let ask = |proofs: &[String]| {
            let mut request =
                reqwest::Client::new().get(&url).header("authorization", format!("DPoP {token}"));
            for proof in proofs {
                request = request.header("dpop", proof);
            }
            request
        };
        let good = || key.proof_with("GET", &plain, &token);
        assert_eq!(said(ask(&[good()])).await.status, 200, "{url}");
        // In other hands, or sent otherwise.
        let stolen = said(reqwest::Client::new().get(&url).bearer_auth(&token)).await;
        assert_eq!(stolen.status, 401, "{url}: {stolen:?}");
        for (proofs, what) in [
            (vec![], "none"),
            (vec![good(), good()], "two"),
            (vec!["a.b.c".to_owned()], "nonsense"),
            (vec![other.proof_with("GET", &plain, &token)], "another key"),
            (vec![key.proof_with("POST", &plain, &token)], "another method"),
            (vec![key.proof_with("GET", &format!("{plain}x"), &token)], "another address"),
            (vec![key.proof_with("GET", &plain, "another token")], "another token"),
            (vec![key.proof("GET", &plain, &json!({}))], "no token"),
            (vec![key.proof("GET", &plain, &json!({"iat": 1}))], "old"),
        ] {
            let response = ask(&proofs).send().await.unwrap();
            let challenge = response.headers().get("www-authenticate").unwrap().to_str().unwrap();
            assert!(
                challenge.starts_with("DPoP error=") && challenge.contains("algs="),
                "{what}: {challenge}"
            );
            assert_eq!(response.status(), 401, "{what} at {url}");
        }
        // Once, of many at once as well.
        let (proof, mut sent) = (good(), JoinSet::new());
        for _ in 0..10 {
            sent.spawn(said(ask(std::slice::from_ref(&proof))));
        }
        assert_eq!(sent.join_all().await.iter().filter(|said| said.status == 200).count(), 1, "{url}");
    }
    // What is not bound is not to be presented as if it were, and what is bound not in a form.
    let plain = server.admin().await;
    let url = format!("{}/userinfo", server.uaa());
    let request = reqwest::Client::new().get(&url).header("authorization", format!("DPoP {plain}"));
    assert_eq!(said(request.header("dpop", key.proof_with("GET", &url, &plain))).await.status, 401);
    let form = reqwest::Client::new().post(&url).form(&[("access_token", &token)]);
    assert_eq!(said(form.header("dpop", key.proof_with("POST", &url, &token))).await.status, 401);
    // Whoever is asked about it learns of what it is bound to.
    let asked = server.ask_about(&token).await;
    assert_eq!(
        (&asked["token_type"], &asked["cnf"]),
        (&json!("DPoP"), &json!({"jkt": key.jkt()})),
        "{asked}"
    );
}

#[tokio::test]
async fn a_proof_is_for_one_request_to_the_token_endpoint() {
    let server = Hallmark::start().await;
    let (key, url) = (Signs::with(Algorithm::EdDsa), token_url(&server));
    let good = key.proof("POST", &format!("{url}?x=y#z"), &json!({}));
    assert_eq!(password(&server, &good).await.body["token_type"], "DPoP");
    for (proof, what) in [
        (good, "used before"),
        (key.proof("GET", &url, &json!({})), "another method"),
        (key.proof("POST", &format!("{url}/"), &json!({})), "another address"),
        (key.proof("POST", "https://elsewhere.example/oauth/token", &json!({})), "another host"),
        (key.proof("POST", &url, &json!({"iat": tests::now() - 70})), "old"),
        (key.proof("POST", &url, &json!({"iat": tests::now() + 90})), "of the future"),
        (key.proof("POST", &url, &json!({"jti": null})), "without a name"),
        (key.typed("JWT", &json!({"jti": "1", "htm": "POST", "htu": url, "iat": tests::now()})), "no proof"),
        (String::new(), "nothing"),
    ] {
        let refused = password(&server, &proof).await;
        let error = (refused.status, refused.body["error"].as_str());
        assert_eq!(error, (400, Some("invalid_dpop_proof")), "{what}");
    }
    // Every grant, of many at once one.
    let (proof, mut sent) = (key.proof("POST", &url, &json!({})), JoinSet::new());
    let secret = server.client_secret();
    for _ in 0..10 {
        let form = [("grant_type", "client_credentials")];
        let request = reqwest::Client::new().post(&url).basic_auth("admin", Some(&secret)).form(&form);
        sent.spawn(said(request.header("dpop", &proof)));
    }
    let all = sent.join_all().await;
    let bound: Vec<_> = all.iter().filter(|said| said.body["token_type"] == "DPoP").collect();
    assert_eq!(bound.len(), 1, "{all:?}");
}

/// A bound token that was stolen does not become one that is not bound.
#[tokio::test]
async fn a_bound_token_is_exchanged_by_whoever_holds_its_key() {
    const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
    const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
    let server = Hallmark::start().await;
    let (key, other) = (Signs::with(Algorithm::Es256), Signs::with(Algorithm::Es256));
    let url = token_url(&server);
    SHOP.register(&server, json!({"authorized_grant_types": ["password", EXCHANGE]})).await;
    let given = async |proof: Option<String>, form: &[(&str, &str)]| {
        let request = reqwest::Client::new().post(&url).basic_auth(SHOP.id, Some(SECRET)).form(form);
        said(match proof {
            Some(proof) => request.header("dpop", proof),
            None => request,
        })
        .await
    };
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let proof = |key: &Signs| Some(key.proof("POST", &url, &json!({})));
    let text = |said: &Said| {
        said.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {said:?}")).to_owned()
    };
    let (bound, plain) = (text(&given(proof(&key), &form).await), text(&given(None, &form).await));
    for (subject, actor) in [(&bound, None), (&plain, Some(&bound))] {
        let mut form = vec![
            ("grant_type", EXCHANGE),
            ("subject_token", subject.as_str()),
            ("subject_token_type", ACCESS),
        ];
        form.extend(
            actor
                .into_iter()
                .flat_map(|actor| [("actor_token", actor.as_str()), ("actor_token_type", ACCESS)]),
        );
        for proof in [None, proof(&other)] {
            let said = given(proof, &form).await;
            assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_request")), "{said:?}");
        }
        let said = given(proof(&key), &form).await;
        assert_eq!(said.body["token_type"], "DPoP", "{said:?}");
        assert_eq!(claims(&said.body["access_token"])["cnf"], json!({"jkt": key.jkt()}));
    }
}

#[tokio::test]
async fn a_client_may_insist_on_proofs_and_nonces() {
    let server = Hallmark::start().await;
    let more = json!({"dpop_bound_access_tokens": true, "require_dpop_nonce": true,
        "authorized_grant_types": ["client_credentials"], "authorities": ["uaa.resource"]});
    SHOP.register(&server, more).await;
    let (key, url) = (Signs::with(Algorithm::Es256), token_url(&server));
    let ask = async |proof: Option<String>| {
        let form = [("grant_type", "client_credentials")];
        let mut request =
            reqwest::Client::new().post(&url).basic_auth("shop", Some("open sesame")).form(&form);
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        answered(request).await
    };
    let (without, _) = ask(None).await;
    assert_eq!(without.body["error"], "invalid_dpop_proof", "{without:?}");
    let (first, nonce) = ask(Some(key.proof("POST", &url, &json!({})))).await;
    assert_eq!((first.status, first.body["error"].as_str()), (400, Some("use_dpop_nonce")));
    let (guessed, _) = ask(Some(key.proof("POST", &url, &json!({"nonce": "guessed"})))).await;
    assert_eq!(guessed.body["error"], "use_dpop_nonce");
    let nonce = json!({"nonce": nonce.unwrap()});
    let (given, next) = ask(Some(key.proof("POST", &url, &nonce))).await;
    assert_eq!(given.body["token_type"], "DPoP", "{given:?}");
    assert!(next.is_some(), "what the next request needs comes along");
    // Where it brings its token, too.
    let token = given.body["access_token"].as_str().unwrap();
    let url = format!("{}/introspect", server.uaa());
    let ask = async |nonce: Option<String>| {
        let ath = json!({"ath": ath(token), "nonce": nonce});
        let request = reqwest::Client::new().post(&url).header("authorization", format!("DPoP {token}"));
        answered(request.header("dpop", key.proof("POST", &url, &ath)).form(&[("token", token)])).await
    };
    let (refused, nonce) = ask(None).await;
    assert_eq!((refused.status, refused.body["error"].as_str()), (401, Some("use_dpop_nonce")));
    let (asked, _) = ask(nonce).await;
    assert_eq!((asked.status, &asked.body["active"]), (200, &json!(true)), "{asked:?}");
}

async fn a_refresh_token_of_a_public_client_is_bound_to_its_key(server: Hallmark) {
    let (key, other) = (Signs::with(Algorithm::Es256), Signs::with(Algorithm::Es256));
    let url = token_url(&server);
    let given = password(&server, &key.proof("POST", &url, &json!({}))).await;
    let refresh = given.body["refresh_token"].as_str().unwrap().to_owned();
    let ask = async |client: &str, secret: Option<&str>, refresh: &str, proof: Option<String>| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let mut request = reqwest::Client::new().post(&url).form(&[("client_id", client)]);
        request = match secret {
            Some(secret) => request.basic_auth(client, Some(secret)).form(&form),
            None => request.form(&[&form[..], &[("client_id", client)]].concat()),
        };
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        said(request).await
    };
    // `cf` shows an empty secret, which anybody has: its key is all that tells it from a thief.
    let confidential = ask("cf", Some(""), &refresh, None).await;
    assert_eq!(confidential.body["error"], "invalid_grant", "{confidential:?}");
    let turned = ask("cf", Some(""), &refresh, Some(other.proof("POST", &url, &json!({})))).await;
    assert_eq!(turned.body["error"], "invalid_grant", "{turned:?}");
    let fresh = ask("cf", Some(""), &refresh, Some(key.proof("POST", &url, &json!({})))).await;
    assert_eq!(fresh.body["token_type"], "DPoP", "{fresh:?}");

    PUBLIC.register(&server, json!({"allowpublic": true, "autoapprove": true, "client_secret": null})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&PUBLIC.ask(&server, &[])).await;
    let back = sign_in(&server, &mut browser, &page).await;
    let redeem = async |code: String, proof: Option<String>| {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", PUBLIC.id),
            ("code", &code),
            ("redirect_uri", PUBLIC.redirect),
            ("code_verifier", crate::authorize::VERIFIER),
        ];
        let mut request = reqwest::Client::new().post(&url).form(&form);
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        said(request).await
    };
    let given = redeem(back.given("code").unwrap(), Some(key.proof("POST", &url, &json!({})))).await;
    let refresh = given.body["refresh_token"].as_str().unwrap_or_else(|| panic!("{given:?}")).to_owned();
    for proof in [None, Some(other.proof("POST", &url, &json!({})))] {
        let stolen = ask(PUBLIC.id, None, &refresh, proof).await;
        assert_eq!((stolen.status, stolen.body["error"].as_str()), (400, Some("invalid_grant")));
    }
    let fresh = ask(PUBLIC.id, None, &refresh, Some(key.proof("POST", &url, &json!({})))).await;
    assert_eq!(fresh.body["token_type"], "DPoP", "{fresh:?}");
    // RFC 9449 section 10: a code that its request bound to a key.
    for bound in [true, false] {
        let jkt = if bound { key.jkt() } else { other.jkt() };
        let back = browser.open(&PUBLIC.ask(&server, &[("dpop_jkt", &jkt)])).await;
        let given = redeem(back.given("code").unwrap(), Some(key.proof("POST", &url, &json!({})))).await;
        assert_eq!(given.status == 200, bound, "{given:?}");
    }
    let back = browser.open(&PUBLIC.ask(&server, &[("dpop_jkt", &key.jkt())])).await;
    assert_eq!(redeem(back.given("code").unwrap(), None).await.body["error"], "invalid_grant");
    let wrong = browser.open(&PUBLIC.ask(&server, &[("dpop_jkt", "short")])).await;
    assert_eq!(wrong.given("error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_request_that_is_handed_in_brings_its_proof() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let (key, other) = (Signs::with(Algorithm::Es256), Signs::with(Algorithm::Es256));
    let url = format!("{}/oauth/par", server.uaa());
    let hand_in = async |more: &[(&str, &str)]| {
        let request = reqwest::Client::new().post(&url).basic_auth("shop", Some("open sesame"));
        said(request.header("dpop", key.proof("POST", &url, &json!({}))).form(&SHOP.parameters(more))).await
    };
    let refused = hand_in(&[("dpop_jkt", &other.jkt())]).await;
    assert_eq!(refused.body["error"], "invalid_dpop_proof", "{refused:?}");
    let pushed = hand_in(&[]).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&named(&server, "shop", &pushed)).await;
    let code = sign_in(&server, &mut browser, &page).await.given("code").unwrap();
    assert_eq!(SHOP.redeem(&server, &code, &[]).await.body["error"], "invalid_grant", "without the proof");
    let pushed = push(&server, &SHOP, &[("dpop_jkt", "x")]).await;
    assert_eq!(pushed.body["error"], "invalid_request");
}

fn token_url(server: &Hallmark) -> String {
    format!("{}/oauth/token", server.uaa())
}

/// A token of the administrator, with a proof.
async fn password(server: &Hallmark, proof: &str) -> Said {
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let request = reqwest::Client::new().post(token_url(server)).basic_auth("cf", Some("")).form(&form);
    said(request.header("dpop", proof)).await
}

/// What came back, and the nonce that came along.
async fn answered(request: RequestBuilder) -> (Said, Option<String>) {
    let response = request.send().await.unwrap();
    let nonce = response.headers().get("dpop-nonce").map(|nonce| nonce.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body = response.json().await.unwrap_or(Value::Null);
    (Said { status, body, location: None }, nonce)
}

fn ath(token: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(uaa_token::digest(token))
}
