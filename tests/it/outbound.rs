//! Addresses that clients name, and what stands there.

use crate::authorize::SHOP;
use crate::client_auth::{assert_to, make};
use crate::registration::initial;
use serde_json::json;
use tests::{Browser, Elsewhere, Hallmark, Signs, now, unique};
use uaa_token::Algorithm;

/// Nobody reaches through the server what they cannot reach themselves.
#[tokio::test]
async fn addresses_behind_the_firewall_are_not_asked() {
    let mut server = Hallmark::start_with("outbound: {allow_networks: []}").await;
    let (site, key) = (Elsewhere::open().await, Signs::with(Algorithm::Es256));
    let keys = site.publish("/keys", key.jwks());
    let redirects = site.publish("/redirects", json!(["https://shop.example/cb"]));
    let by_address = site.publish("/request", "x.y.z").replace("localhost", "127.0.0.1");
    let method = "private_key_jwt";
    let client = json!({"client_id": "signs", "jwks_uri": keys, "token_endpoint_auth_method": method});
    assert_eq!(make(&server, client).await.status, 201);
    SHOP.register(&server, json!({"request_uris": [by_address], "jwks": key.jwks()})).await;
    let signs = async |server: &Hallmark| {
        let aud = format!("{}/oauth/token", server.uaa());
        let claims = json!({"iss": "signs", "sub": "signs", "aud": aud, "jti": unique(), "exp": now() + 60});
        assert_to(server, &key.typed("JWT", &claims), &[]).await
    };
    let sector = async |server: &Hallmark| {
        let body = json!({"redirect_uris": ["https://shop.example/cb"], "subject_type": "pairwise",
            "sector_identifier_uri": redirects});
        let token = initial(server, json!({})).await;
        server.ask(&token, "POST", &format!("{}/oauth/register", server.uaa()), Some(body)).await
    };
    let refused = signs(&server).await;
    assert_eq!((refused.status, &refused.body["error"]), (401, &json!("invalid_client")));
    let refused = sector(&server).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_client_metadata")));
    let said = refused.body["error_description"].as_str().unwrap();
    assert!(said.contains("sector_identifier_uri") && !said.contains("127.0.0.1"), "{said}");
    let page = SHOP.ask(&server, &[("request_uri", &by_address)]);
    let back = Browser::at(&server.uaa()).open(&page).await;
    assert_eq!(back.given("error").as_deref(), Some("invalid_request_uri"), "{back:?}");
    assert_eq!(site.asked(), Vec::<String>::new());
    // Where the operator says so.
    server.restart_with("outbound: {allow_networks: [127.0.0.0/8, '::1']}").await;
    assert_eq!(signs(&server).await.status, 200);
    assert_eq!(sector(&server).await.status, 201);
    assert_eq!(site.asked(), ["/keys", "/redirects"]);
}
