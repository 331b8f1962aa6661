//! Whose person somebody is by their address.

use super::Between;
use crate::mail::accounts::client;
use serde_json::json;
use tests::{Browser, Hallmark, MailSink};

/// UAA's `DomainFilter`.
#[tokio::test]
async fn who_is_invited_is_the_providers_whose_domain_it_is() {
    let all =
        Between::on(Hallmark::start().await, &json!({"emailDomain": ["corp.example", "*.corp.example"]}))
            .await;
    let twin = json!({"emailDomain": ["west.corp.example"], "issuer": "https://twin.example"});
    let twin = all.register("twin", &all.idp.config(&twin)).await;
    assert_eq!(twin.status, 201, "{twin:?}");
    client(&all.server, "inviter", &["scim.invite"]).await;
    let mut strict = json!({"client_id": "strict", "client_secret": "first", "scope": ["openid"],
        "authorized_grant_types": ["authorization_code"], "redirect_uri": ["https://shop.example/cb"]});
    strict["allowedproviders"] = json!(["acme"]);
    assert_eq!(all.ask("POST", "/oauth/clients", &strict).await.status, 201);
    let to = "redirect_uri=https%3A%2F%2Fshop.example%2Fcb";
    let invite = async |mail: &str, more: &str| {
        let inviter =
            all.server.token("inviter", "open sesame", &[("grant_type", "client_credentials")]).await;
        let url = format!("{}/invite_users?{to}{more}", all.server.uaa());
        let body = Some(json!({"emails": [mail]}));
        all.server.ask(&super::text(&inviter, "access_token"), "POST", &url, body).await
    };
    for (mail, more, origin) in [
        ("ann@acme.example", "", "uaa"),
        ("bob@corp.example", "", "acme"),
        ("bob@Corp.example", "", "acme"),
        ("eve@east.corp.example", "&client_id=strict", "acme"),
        ("kim@west.corp.example", "&client_id=strict", "acme"),
    ] {
        let said = invite(mail, more).await;
        assert_eq!(said.body["new_invites"][0]["origin"], origin, "{mail} {more} {said:?}");
    }
    for (mail, more, code) in [
        ("ann@acme.example", "&client_id=strict", "provider.non-existent"),
        ("lea@west.corp.example", "", "provider.ambiguous"),
    ] {
        let said = invite(mail, more).await;
        assert_eq!(said.body["failed_invites"][0]["errorCode"], code, "{mail} {more} {said:?}");
    }
    let nosuch = invite("nobody@acme.example", "&client_id=nosuch").await;
    assert_eq!((nosuch.status, &nosuch.body["error"]), (400, &json!("invalid_client")), "{nosuch:?}");
    assert!(all.users("nobody@acme.example").await.is_empty());
    assert_eq!(all.users("bob@corp.example").await.len(), 1, "invited twice, and made once");
    // The provider signs its people in: the link leads on, and is no way to a password of our own.
    let said = invite("bob@corp.example", "&client_id=strict").await;
    let link = said.body["new_invites"][0]["inviteLink"].as_str().unwrap().to_owned();
    let mut browser = Browser::at(&all.server.uaa());
    for _ in 0..2 {
        let page = browser.open(&link).await;
        assert_eq!(page.elsewhere.map(String::from).as_deref(), Some("https://shop.example/cb"));
    }
    let bob = all.users("bob@corp.example").await;
    assert_eq!((&bob[0]["origin"], &bob[0]["verified"]), (&json!("acme"), &json!(false)));
    // Who was expected by name is the one who comes.
    all.come(&json!({"preferred_username": "bob@corp.example", "email": "bob@corp.example", "sub": "77"}))
        .await;
    let bob = all.users("bob@corp.example").await;
    assert_eq!((bob.len(), &bob[0]["externalId"]), (1, &json!("77")));
}

#[tokio::test]
async fn whoever_is_another_providers_makes_no_account_of_their_own() {
    let sink = MailSink::start().await;
    let server = Hallmark::start_with(&sink.config()).await;
    let all = Between::on(server, &json!({"emailDomain": ["corp.example"]})).await;
    let mut browser = Browser::at(&all.server.uaa());
    let page = browser.open("/uaa/create_account").await;
    let form = [("name", "Mira"), ("email", "mira@corp.example"), ("password", "a new long secret")];
    let told = browser.send(&page, "email", &form).await;
    assert_eq!(told.status, 422);
    assert!(told.text("#wrong-mail").contains("belong to Acme"), "{}", told.html);
    let form = [form[0], ("email", "mira@other.example"), form[2]];
    assert_eq!(browser.send(&page, "email", &form).await.text("h1"), "Check your mail");
    // A provider that is shut has nobody's addresses.
    let path = format!("/identity-providers/{}", all.id);
    let body = super::provider("acme", &all.idp.config(&json!({"emailDomain": ["corp.example"]})));
    let shut = tests::changed(&body, &json!({"active": false}));
    assert_eq!(all.ask("PUT", &path, &shut).await.status, 200);
    let form = [form[0], ("email", "mira@corp.example"), form[2]];
    assert_eq!(browser.send(&page, "email", &form).await.text("h1"), "Check your mail");
}
