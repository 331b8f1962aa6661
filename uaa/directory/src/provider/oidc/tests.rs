use super::*;
use proptest::prelude::*;
use serde_json::json;
use uaa_token::{Algorithm, SigningKey};

/// With other members instead of some.
fn config(more: &Value) -> Map<String, Value> {
    let mut all = json!({"discoveryUrl": "https://idp.example/.well-known/openid-configuration",
        "relyingPartyId": "us", "linkText": "IdP", "relyingPartySecret": "secret"});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all.as_object().unwrap().clone()
}

fn checked(more: &Value) -> Result<(), Wrong> {
    let (read, secret) = OidcConfig::sent(config(more))?;
    read.check(secret.is_some())
}

#[test]
fn what_is_not_said_has_uaas_defaults() {
    let (read, secret) = OidcConfig::sent(config(&json!({"unknown": {"x": 1}, "scopes": null}))).unwrap();
    assert_eq!(secret.map(|secret| secret.expose().to_owned()).as_deref(), Some("secret"));
    let shown = read.shown(true);
    for (name, value) in [
        ("addShadowUserOnLogin", json!(true)),
        ("showLinkText", json!(true)),
        ("pkce", json!(true)),
        ("responseType", json!("code")),
        ("scopes", Value::Null),
        ("attributeMappings", json!({})),
        ("authMethod", json!("client_secret_basic")),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    for absent in ["unknown", "relyingPartySecret", "groupMappingMode", "prompts"] {
        assert!(shown.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn what_cannot_be_kept_is_refused() {
    assert_eq!(checked(&json!({})), Ok(()));
    for more in [
        json!({"discoveryUrl": 7}),
        json!({"discoveryUrl": "http://idp.example/"}),
        json!({"discoveryUrl": null}),
        json!({"relyingPartyId": null}),
        json!({"relyingPartyId": " "}),
        json!({"relyingPartySecret": 7}),
        json!({"linkText": null}),
        json!({"pkce": "yes"}),
        json!({"scopes": "openid"}),
        json!({"skipSslValidation": true}),
        json!({"tokenKey": "a shared secret"}),
        json!({"issuer": ""}),
        json!({"issuer": "a b"}),
        json!({"authMethod": "client_secret_jwt"}),
        json!({"authMethod": "none"}),
        json!({"authMethod": "private_key_jwt"}),
        json!({"authMethod": "client_secret_basic", "relyingPartySecret": null}),
        json!({"jwtClientAuthentication": true}),
        json!({"jwtClientAuthentication": {"key": "private"}, "relyingPartySecret": null}),
        json!({"additionalAuthzParameters": {"client_id": "x"}}),
        json!({"attributeMappings": {"user_name": 7}}),
        json!({"attributeMappings": {"user_name": ["a", "b"]}}),
        json!({"attributeMappings": []}),
        json!({"groupMappingMode": "SOMEHOW"}),
    ] {
        assert!(checked(&more).is_err(), "{more}");
    }
    for more in [
        json!({"discoveryUrl": "http://localhost:1/x"}),
        json!({"relyingPartySecret": null}),
        json!({"relyingPartySecret": null, "authMethod": "none"}),
        json!({"relyingPartySecret": null, "jwtClientAuthentication": true}),
        json!({"relyingPartySecret": null, "jwtClientAuthentication": {"kid": "a"}, "authMethod": "private_key_jwt"}),
        json!({"clientAuthInBody": true, "authMethod": "client_secret_post"}),
        json!({"attributeMappings": {"external_groups": ["a", "b"], "email": "mail", "user.attribute.x": "y"}}),
        json!({"showLinkText": false, "linkText": null}),
        json!({"groupMappingMode": "EXPLICITLY_MAPPED"}),
    ] {
        assert_eq!(checked(&more), Ok(()), "{more}");
    }
    let explicit = json!({"discoveryUrl": null, "authUrl": "https://a.example", "tokenUrl": "https://a.example",
        "tokenKeyUrl": "https://a.example", "issuer": "https://a.example"});
    assert_eq!(checked(&explicit), Ok(()));
}

#[test]
fn a_pinned_key_goes_before_all_others() {
    let key: Value = SigningKey::generate(Algorithm::Es256).unwrap().public().jwk().into();
    let of = |more: &Value| OidcConfig::sent(config(more)).unwrap().0;
    assert!(matches!(of(&json!({})).keys(), KeysAt::Document(_)));
    let url = json!({"tokenKeyUrl": "https://a.example/keys"});
    assert!(matches!(of(&url).keys(), KeysAt::Url("https://a.example/keys")));
    let pinned = json!({"tokenKeyUrl": "https://a.example/keys", "tokenKey": key.to_string()});
    assert!(matches!(of(&pinned).keys(), KeysAt::Here(_)));
    let rotten = json!({"tokenKeyUrl": "https://a.example/keys", "tokenKey": "x"});
    assert!(matches!(of(&rotten).keys(), KeysAt::Nowhere));
}

proptest! {
    #[test]
    fn any_configuration_is_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..100),
        members in prop::collection::btree_map(
            prop::sample::select(vec!["issuer", "tokenKey", "discoveryUrl", "scopes", "pkce", "authMethod", "prompts",
                "relyingPartySecret", "jwtClientAuthentication", "attributeMappings", "linkText"]),
            prop::sample::select(vec!["null", "true", "\"x\"", "[]", "{}", "7", "[\"a\"]", "{\"a\":\"b\"}"]),
            0..8
        )
    ) {
        fuzz_provider(&bytes);
        let more: Map<String, Value> = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), serde_json::from_str(value).unwrap()))
            .collect();
        fuzz_provider(Value::Object(config(&more.into())).to_string().as_bytes());
    }
}
