//! What a provider has a sign-in ask for.

use super::Between;
use serde_json::{Value, json};
use tests::Hallmark;

/// What a command line asks for at a provider: UAA's `prompts` of it.
#[tokio::test]
async fn a_provider_says_what_a_sign_in_asks_for() {
    let asked = json!([{"name": "username", "type": "text", "text": "Acme number"},
        {"name": "password", "type": "password", "text": "Acme secret"}]);
    let all = Between::on(Hallmark::start().await, &json!({"prompts": asked})).await;
    let silent = all.register("silent", &all.idp.config(&json!({}))).await;
    assert_eq!(silent.status, 201, "{silent:?}");
    let prompts = async |path: &str| {
        let request = reqwest::Client::new().get(format!("{}{path}", all.server.uaa()));
        tests::said(request.header("accept", "application/json")).await.body["prompts"].clone()
    };
    let zone = prompts("/login").await;
    assert_eq!(zone["passcode"].as_array().map(Vec::len), Some(2), "{zone}");
    let theirs = json!({"username": ["text", "Acme number"], "password": ["password", "Acme secret"]});
    for path in ["/login", "/info"] {
        assert_eq!(prompts(&format!("{path}?origin=acme")).await, theirs, "{path}");
        for other in ["silent", "uaa", "nobody", ""] {
            assert_eq!(prompts(&format!("{path}?origin={other}")).await, zone, "{path} {other}");
        }
    }
    let config = all.idp.config(&json!({"prompts": asked}));
    let shut: Value = tests::changed(&super::provider("acme", &config), &json!({"active": false}));
    assert_eq!(all.ask("PUT", &format!("/identity-providers/{}", all.id), &shut).await.status, 200);
    assert_eq!(prompts("/login?origin=acme").await, zone, "one that is shut says nothing");
}
