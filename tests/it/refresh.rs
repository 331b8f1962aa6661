//! One refresh token sent many times at once (RFC 9700 section 4.14.2): one answer is a token, and all that came of it ends.

use crate::authorize::{SECRET, SHOP, claims};
use platform_server::compose::Plan;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tests::inside::Inside;
use tests::{Hallmark, Said, on_every_server, said};
use tokio::task::JoinSet;
use uaa_authz::Zone;
use uaa_directory::Token;
use uaa_model::{Id, UAA_ZONE};
use uaa_oauth::TokenForms;
use uaa_store::{Cond, Query, Set};

on_every_server!(one_of_many_at_once_is_answered, a_family_ends_from_all_its_ends_at_once);

async fn one_of_many_at_once_is_answered(server: Hallmark) {
    let server = Arc::new(server);
    let token = first(&server).await;
    let mut sent = JoinSet::new();
    for _ in 0..50 {
        let (server, token) = (server.clone(), token.clone());
        sent.spawn(async move { redeem(&server, &token).await });
    }
    let said = sent.join_all().await;
    let (good, bad): (Vec<Said>, Vec<Said>) = said.into_iter().partition(|said| said.status == 200);
    assert_eq!(good.len(), 1, "{good:?}");
    for said in bad {
        refused(&said);
    }
    // Who of them was the thief nobody knows: what the one got is as dead as what the others did not.
    refused(&redeem(&server, good[0].body["refresh_token"].as_str().unwrap()).await);
    refused(&redeem(&server, &token).await);
}

/// Everything of a long family that was used is sent at once: none waits for another in a circle, and the newest ends too.
async fn a_family_ends_from_all_its_ends_at_once(server: Hallmark) {
    let mut tokens = vec![first(&server).await];
    for _ in 0..20 {
        let said = redeem(&server, tokens.last().unwrap()).await;
        tokens.push(said.body["refresh_token"].as_str().unwrap_or_else(|| panic!("{said:?}")).to_owned());
    }
    let server = Arc::new(server);
    let mut sent = JoinSet::new();
    let newest = tokens.pop().unwrap();
    // The others were used: each of these requests ends the family, from another end of it.
    for token in tokens {
        let server = server.clone();
        sent.spawn(async move { redeem(&server, &token).await });
    }
    for said in sent.join_all().await {
        refused(&said);
    }
    refused(&redeem(&server, &newest).await);
}

/// Longer than a page of what is read at once.
#[tokio::test]
async fn nothing_of_a_very_long_family_is_left() {
    let forms = TokenForms { refresh_rotate: Some(true), ..TokenForms::default() };
    let inside = Inside::open_as(|plan| Plan { forms, ..plan }).await;
    let heard = inside.answer_to("cf", "", &inside.login("admin")).await;
    let form =
        format!("grant_type=refresh_token&refresh_token={}", heard.body["refresh_token"].as_str().unwrap());
    let mut tx = inside.begin(UAA_ZONE);
    let seen = tx.visible::<Token>().await.unwrap();
    let first = tx.list(&seen, &Query::first(10)).await.unwrap().rows.remove(0).own;
    for n in 0..1001 {
        let slot = tx.slot::<Token>(Id::<Zone>::new(UAA_ZONE)).await.unwrap();
        let set = Set::default()
            .put(Token::jti, format!("more-{n}"))
            .put(Token::digest, format!("more-{n}"))
            .put(Token::kind, "refresh")
            .put(Token::client_id, "cf")
            .put(Token::subject, first.subject)
            .put(Token::family, first.family)
            .put(Token::used, true)
            .put(Token::claims, "{}")
            .put(Token::expires, first.expires);
        tx.insert(slot, set).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(inside.answer_to("cf", "", &form).await.status, 200);
    let again = inside.answer_to("cf", "", &form).await;
    assert_eq!((again.status, &again.body["error"]), (401, &json!("invalid_token")));
    let mut tx = inside.begin(UAA_ZONE);
    let seen = tx.visible::<Token>().await.unwrap();
    let family = Query::first(1).when(Cond::Ids("family", vec![first.family]));
    assert_eq!(tx.list(&seen, &family).await.unwrap().total, 0);
}

/// However often it is exchanged, a sign-in ends when its first refresh token would have.
#[tokio::test]
async fn the_next_one_ends_when_the_first_one_does() {
    let server = Hallmark::start_with("token: {refresh: {format: jwt}}\n").await;
    let more = json!({"authorized_grant_types": ["password", "refresh_token"], "refresh_token_validity": 3});
    SHOP.register(&server, more).await;
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let mut said = server.token("shop", "open sesame", &form).await;
    let end = claims(&said.body["refresh_token"])["exp"].clone();
    let mut times = 0;
    while said.status == 200 {
        assert!(times < 60, "it lives on");
        assert_eq!(claims(&said.body["refresh_token"])["exp"], end);
        times += 1;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let token = said.body["refresh_token"].as_str().unwrap().to_owned();
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        said = server.token("shop", "open sesame", &form).await;
    }
    refused(&said);
    assert_eq!(said.body["error_description"], "The refresh token has expired.");
    assert!(times > 1, "it was exchanged at least once");
}

/// Whose token it is tells how it is refreshed: a name alone needs the next token (RFC 9700 section 4.14.2), an empty secret is the cf CLI's,
/// which cannot keep up with several commands at once, and a secret is as the zone says.
#[tokio::test]
async fn who_gets_another_one() {
    let mut server = Hallmark::start().await;
    let public = json!({"authorized_grant_types": ["password", "refresh_token"], "allowpublic": true});
    SHOP.register(&server, public).await;
    let password = server.admin_password();
    let ask = async |server: &Hallmark, (client, secret): (&str, Option<&str>), form: &[(&str, &str)]| {
        let request = server.client().post(format!("{}/oauth/token", server.uaa()));
        let named = [&[("client_id", client)], form].concat();
        said(match secret {
            Some(secret) => request.basic_auth(client, Some(secret)).form(form),
            None => request.form(&named),
        })
        .await
    };
    // What the second use of the first token is answered, and whether the first use gave another.
    let twice = async |server: &Hallmark, who: (&str, Option<&str>)| {
        let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
        let first = ask(server, who, &form).await.body["refresh_token"].as_str().unwrap().to_owned();
        let form = [("grant_type", "refresh_token"), ("refresh_token", first.as_str())];
        let second = ask(server, who, &form).await;
        assert_eq!(second.status, 200, "{who:?}: {second:?}");
        let again = ask(server, who, &form).await;
        let error = again.body["error"].as_str().unwrap_or_default().to_owned();
        (second.body["refresh_token"] != *first, again.status, error)
    };
    let (named, secret, empty) = ((SHOP.id, None), (SHOP.id, Some(SECRET)), ("cf", Some("")));
    let once = |status, error: &str| (true, status, error.to_owned());
    let often = (false, 200, String::new());
    let all = async |server: &Hallmark| {
        [twice(server, named).await, twice(server, secret).await, twice(server, empty).await]
    };
    let dead = once(400, "invalid_grant");
    assert_eq!(all(&server).await, [dead.clone(), dead.clone(), often.clone()]);
    server.restart_with("token: {refresh: {rotate: true}}").await;
    assert_eq!(all(&server).await, [dead.clone(), dead.clone(), once(401, "invalid_token")]);
    server.restart_with("token: {refresh: {rotate: false}}").await;
    assert_eq!(all(&server).await, [dead, often.clone(), often]);
}

fn refused(said: &Said) {
    assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_grant")), "{said:?}");
}

async fn first(server: &Hallmark) -> String {
    SHOP.register(server, json!({"authorized_grant_types": ["password", "refresh_token"]})).await;
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", &password)];
    server.token(SHOP.id, SECRET, &form).await.body["refresh_token"].as_str().unwrap().to_owned()
}

async fn redeem(server: &Hallmark, token: &str) -> Said {
    server.token(SHOP.id, SECRET, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}
