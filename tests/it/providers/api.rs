//! `/identity-providers`, as UAA shows and takes it.

use super::{Between, Idp, SECRET, provider, root};
use crate::client_auth::make;
use crate::zones::Site;
use serde_json::{Value, json};
use tests::{Hallmark, Said, changed, on_every_server};

on_every_server!(made_shown_changed_and_listed);

async fn made_shown_changed_and_listed(server: Hallmark) {
    let all = Between::on(server, &json!({})).await;
    let path = format!("/identity-providers/{}", all.id);
    let shown = all.ask("GET", &path, &Value::Null).await;
    for (name, value) in [
        ("type", json!("oidc1.0")),
        ("originKey", json!("acme")),
        ("name", json!("Acme")),
        ("active", json!(true)),
        ("version", json!(0)),
        ("identityZoneId", json!("uaa")),
        ("aliasId", Value::Null),
    ] {
        assert_eq!(shown.body[name], value, "{name}: {shown:?}");
    }
    assert!(shown.body["created"].is_i64() && shown.body["last_modified"].is_i64());
    let config: Value = serde_json::from_str(shown.body["config"].as_str().expect("a text")).unwrap();
    let raw = all.ask("GET", &format!("{path}?rawConfig=true"), &Value::Null).await;
    assert_eq!(raw.body["config"], config);
    for (name, value) in [
        ("issuer", json!(all.idp.issuer())),
        ("addShadowUserOnLogin", json!(true)),
        ("authMethod", json!("client_secret_basic")),
        ("relyingPartyId", json!("us")),
        ("scopes", Value::Null),
    ] {
        assert_eq!(config[name], value, "{name}");
    }
    // Changed as a whole, and what is sent back as it was read changes nothing.
    let body = changed(&provider("acme", &config), &json!({"name": "Acme & Co", "active": false}));
    let put = all.ask("PUT", &format!("{path}?rawConfig=true"), &body).await;
    assert_eq!((put.status, &put.body["version"], &put.body["config"]), (200, &json!(1), &config), "{put:?}");
    assert_eq!((&put.body["name"], &put.body["active"]), (&json!("Acme & Co"), &json!(false)));
    let listed = async |query: &str| {
        let said = all.ask("GET", &format!("/identity-providers?{query}"), &Value::Null).await;
        let rows = said.body.as_array().cloned().unwrap_or_default();
        let keys: Vec<_> = rows.iter().map(|row| row["originKey"].as_str().unwrap().to_owned()).collect();
        (said.status, keys)
    };
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    assert_eq!(listed("").await, (200, keys(&["uaa", "acme"])));
    assert_eq!(listed("active_only=true").await, (200, keys(&["uaa"])));
    assert_eq!(listed("originKey=acme").await, (200, keys(&["acme"])));
    assert_eq!(listed("originKey=nobody").await.0, 404);
}

/// Whoever reads a provider, or the database, learns no secret; and nobody sends it elsewhere.
#[tokio::test]
async fn the_secret_is_kept_and_never_shown() {
    let all = Between::open().await;
    let path = format!("/identity-providers/{}", all.id);
    let mut answers = vec![];
    let put = async |more: Value| {
        let body = provider("acme", &all.idp.config(&more));
        all.ask("PUT", &format!("{path}?rawConfig=true"), &body).await
    };
    let method = |said: &Said| said.body["config"]["authMethod"].as_str().unwrap_or_default().to_owned();
    let kept = put(json!({"relyingPartySecret": null})).await;
    assert_eq!((kept.status, method(&kept).as_str()), (200, "client_secret_basic"), "{kept:?}");
    let kept = put(json!({"relyingPartySecret": "", "clientAuthInBody": true})).await;
    assert_eq!((kept.status, method(&kept).as_str()), (200, "client_secret_post"), "{kept:?}");
    for more in [
        json!({"relyingPartySecret": null, "tokenUrl": "https://thief.example/token"}),
        json!({"relyingPartySecret": null, "discoveryUrl": "https://thief.example/x"}),
    ] {
        refused(&put(more).await, "must be given again");
    }
    let moved = put(json!({"tokenUrl": "https://new.acme.example/token"})).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    for query in ["", "?rawConfig=true"] {
        answers.push(all.ask("GET", &format!("{path}{query}"), &Value::Null).await);
        answers.push(all.ask("GET", &format!("/identity-providers{query}"), &Value::Null).await);
    }
    answers.extend([kept, moved]);
    let none = put(json!({"relyingPartySecret": null, "authMethod": "none", "tokenUrl": "https://new.acme.example/token"})).await;
    assert_eq!((none.status, method(&none).as_str()), (200, "none"), "{none:?}");
    refused(
        &put(json!({"relyingPartySecret": null, "authMethod": "client_secret_basic"})).await,
        "requirements for the secret",
    );
    put(json!({})).await;
    answers.push(all.ask("DELETE", &path, &Value::Null).await);
    for said in answers {
        assert_eq!(said.status, 200);
        assert!(!said.body.to_string().contains(SECRET), "{said:?}");
    }
    let mut server = all.server;
    server.kill();
    for file in std::fs::read_dir(server.data()).unwrap() {
        let path = file.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { vec![] };
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "{}", path.display());
    }
}

#[tokio::test]
async fn bad_input_is_refused_with_what_is_wrong() {
    let all = Between::open().await;
    let good = all.idp.config(&json!({}));
    let create = async |body: Value| all.ask("POST", "/identity-providers", &body).await;
    let body = |more: Value| changed(&provider("other", &good), &more);
    for (more, why) in [
        (json!({"type": null}), "type must be oidc1.0"),
        (json!({"type": "x"}), "type must be oidc1.0"),
        (json!({"type": "uaa"}), "one identity provider of the type uaa"),
        (json!({"type": "saml"}), "not served yet"),
        (json!({"type": "ldap"}), "not served yet"),
        (json!({"type": "keystone"}), "not served yet"),
        (json!({"type": "oauth2.0"}), "not served yet"),
        (json!({"originKey": null}), "originKey must have"),
        (json!({"originKey": "a/b"}), "originKey must have"),
        (json!({"originKey": "x".repeat(37)}), "originKey must have"),
        (json!({"originKey": "ldap"}), "another kind"),
        (json!({"name": null}), "given a name"),
        (json!({"name": "a\u{0}"}), "given a name"),
        (json!({"aliasZid": "x"}), "Aliases"),
        (json!({"config": null}), "Relying Party Id"),
        (json!({"config": "{"}), "must be a JSON object"),
        (json!({"config": [1]}), "must be a JSON object"),
        (json!({"config": changed(&good, &json!({"pkce": 7}))}), "Invalid provider configuration"),
        (json!({"config": changed(&good, &json!({"linkText": null}))}), "Link Text must be specified"),
        (
            json!({"config": changed(&good, &json!({"tokenKey": "a secret"}))}),
            "`tokenKey` must be a public key",
        ),
        (
            json!({"config": changed(&good, &json!({"skipSslValidation": true}))}),
            "certificates are always looked at",
        ),
        (
            json!({"config": changed(&good, &json!({"discoveryUrl": "http://10.0.0.1/"}))}),
            "`discoveryUrl` must be",
        ),
        (
            json!({"config": changed(&good, &json!({"issuer": format!("{}/oauth/token", all.server.uaa())}))}),
            "this zone itself",
        ),
    ] {
        refused(&create(body(more.clone())).await, why);
    }
    for more in [json!({"name": 7}), json!({"active": "yes"})] {
        let said = create(body(more)).await;
        assert_eq!(
            (said.status, said.body["error"].as_str()),
            (400, Some("invalid_scim_resource")),
            "{said:?}"
        );
    }
    for taken in ["acme", "uaa"] {
        let said = create(body(json!({"originKey": taken}))).await;
        assert_eq!(
            (said.status, said.body["error"].as_str()),
            (409, Some("identity_provider_exists")),
            "{said:?}"
        );
    }
    let path = format!("/identity-providers/{}", all.id);
    for (more, why) in [
        (json!({}), "originKey of an identity provider cannot be changed"),
        (json!({"originKey": "acme", "type": "uaa"}), "type of an identity provider cannot be changed"),
        (json!({"originKey": null, "name": ""}), "given a name"),
    ] {
        refused(&all.ask("PUT", &path, &body(more)).await, why);
    }
    for id in ["nothing", "00000000-0000-0000-0000-000000000000"] {
        for method in ["GET", "PUT", "DELETE"] {
            let put = if method == "PUT" { body(json!({})) } else { Value::Null };
            let said = all.ask(method, &format!("/identity-providers/{id}"), &put).await;
            assert_eq!(said.status, 404, "{method} {id} {said:?}");
        }
    }
}

/// `idps.read` looks, `idps.write` changes, and nothing else of the directory does either.
#[tokio::test]
async fn who_may_look_and_who_may_change() {
    let server = Hallmark::start().await;
    let idp = Idp::open().await;
    for (id, authorities) in
        [("reads", json!(["idps.read"])), ("writes", json!(["idps.write"])), ("users", json!(["scim.write"]))]
    {
        let client = json!({"client_id": id, "client_secret": "first", "authorities": authorities});
        assert_eq!(make(&server, client).await.status, 201);
    }
    let url = format!("{}/identity-providers", server.uaa());
    let token = async |id: &str| {
        let said = server.token(id, "first", &[("grant_type", "client_credentials")]).await;
        super::text(&said, "access_token")
    };
    for (id, reads, writes) in [("reads", 200, 403), ("writes", 200, 201), ("users", 403, 403)] {
        let token = token(id).await;
        assert_eq!(server.ask(&token, "GET", &url, None).await.status, reads, "{id}");
        let body = provider(id, &idp.config(&json!({})));
        assert_eq!(server.ask(&token, "POST", &url, Some(body)).await.status, writes, "{id}");
    }
    let root = root(&server).await;
    let own =
        server.ask(&root, "GET", &format!("{url}?originKey=uaa&rawConfig=true"), None).await.body[0].clone();
    let one = format!("{url}/{}", own["id"].as_str().unwrap());
    assert_eq!(own["config"]["lockoutPolicy"]["lockoutAfterFailures"], 5);
    assert_eq!(own["config"]["passwordPolicy"]["minLength"], 0);
    refused(&server.ask(&root, "DELETE", &one, None).await, "ends with its zone");
    // Read and sent back, and a name of its own.
    let named = changed(&own, &json!({"name": "Ours"}));
    let put = server.ask(&root, "PUT", &one, Some(named)).await;
    assert_eq!(
        (put.status, &put.body["name"], &put.body["version"]),
        (200, &json!("Ours"), &json!(1)),
        "{put:?}"
    );
    for (more, why) in [
        (json!({"active": false}), "cannot be shut"),
        (json!({"config": {"disableInternalUserManagement": true}}), "not served"),
        (json!({"config": {"lockoutPolicy": {"lockoutAfterFailures": 1}}}), "missing field"),
        (json!({"config": {"lockoutPolicy": locks(2, 60)}}), "installation's configuration"),
        (json!({"config": {"lockoutPolicy": locks(0, 60)}}), "from 1 to 1000"),
        (json!({"config": {"passwordPolicy": {"minLength": 8}}}), "leaves out"),
        (json!({"config": {"passwordPolicy": strict()}}), "installation's configuration"),
        (json!({"config": {"passwordPolicy": 7}}), "Invalid Password/Lockout policy"),
        (json!({"type": "oidc1.0"}), "type of an identity provider cannot be changed"),
    ] {
        refused(&server.ask(&root, "PUT", &one, Some(changed(&own, &more))).await, why);
    }
}

/// The rules for passwords of another zone than the first, set where UAA's clients set them.
#[tokio::test]
async fn a_zone_says_with_its_own_provider_what_passwords_are_like() {
    let site = Site::with(&["alpha"]).await;
    let keeper = site.furnished("alpha", "first-secret").await;
    let own =
        site.switched(&keeper, "alpha", ("GET", "/identity-providers?rawConfig=true"), &Value::Null).await;
    assert_eq!(own.body.as_array().map(Vec::len), Some(1), "it is there from the start: {own:?}");
    let path = format!("/identity-providers/{}", own.body[0]["id"].as_str().unwrap());
    let put = async |config: Value| {
        let body = json!({"type": "uaa", "originKey": "uaa", "name": "uaa", "config": config.to_string()});
        let said = site.switched(&keeper, "alpha", ("PUT", &path), &body).await;
        assert_eq!(said.status, 200, "{said:?}");
    };
    let made = async |name: &str| {
        let body = json!({"userName": name, "password": "a-long-one", "emails": [{"value": "a@b.example"}]});
        site.switched(&keeper, "alpha", ("POST", "/Users"), &body).await.status
    };
    put(json!({"passwordPolicy": strict()})).await;
    assert_eq!(made("one").await, 400);
    let shown =
        site.switched(&keeper, "alpha", ("GET", &format!("{path}?rawConfig=true")), &Value::Null).await;
    assert_eq!(shown.body["config"]["passwordPolicy"]["minLength"], 20, "{shown:?}");
    // Whoever changes the zone and says nothing of passwords leaves them alone, as in UAA.
    let zone = json!({"subdomain": "alpha", "name": "Alpha", "config": {"tokenPolicy": {"accessTokenValidity": 60}}});
    assert_eq!(site.manage("PUT", "/identity-zones/alpha", &zone).await.status, 200);
    assert_eq!(made("one").await, 400);
    put(json!({"passwordPolicy": null})).await;
    assert_eq!(made("one").await, 201);
}

/// When accounts of another zone than the first lock; the first one's go on to as before.
#[tokio::test]
async fn a_zone_says_with_its_own_provider_when_accounts_lock() {
    let site = Site::with(&["alpha"]).await;
    let keeper = site.furnished("alpha", "first-secret").await;
    let one = ("GET", "/identity-providers?rawConfig=true");
    let own = site.switched(&keeper, "alpha", one, &Value::Null).await.body[0].clone();
    assert_eq!(own["config"]["lockoutPolicy"], locks(5, 300));
    let path = format!("/identity-providers/{}", own["id"].as_str().unwrap());
    let put = async |config: Value| {
        let body = json!({"type": "uaa", "originKey": "uaa", "name": "uaa", "config": config});
        let said = site.switched(&keeper, "alpha", ("PUT", &format!("{path}?rawConfig=true")), &body).await;
        assert_eq!(said.status, 200, "{said:?}");
        said.body["config"].clone()
    };
    // The answer says what holds from now on.
    let after = put(json!({"lockoutPolicy": locks(2, 3600), "passwordPolicy": strict()})).await;
    assert_eq!(
        (&after["lockoutPolicy"], &after["passwordPolicy"]["minLength"]),
        (&locks(2, 3600), &json!(20))
    );
    let shown =
        site.switched(&keeper, "alpha", ("GET", &format!("{path}?rawConfig=true")), &Value::Null).await;
    assert_eq!(shown.body["config"], after);
    let locked = async |zone: &str, name: &str, wrong: usize| {
        let wrong_password = format!("grant_type=password&username={name}&password=wrong");
        let mut texts = vec![];
        for _ in 0..=wrong {
            // Failures are told apart by their time.
            site.later(1);
            let said = site.form(zone, "/oauth/token", ("shell", "first-secret"), &wrong_password).await;
            texts.push(said.body["error_description"].as_str().unwrap_or_default().contains("locked"));
        }
        texts
    };
    let shell = json!({"client_id": "shell", "client_secret": "first-secret", "scope": ["openid"],
        "authorized_grant_types": ["password"]});
    assert_eq!(site.switched(&keeper, "alpha", ("POST", "/oauth/clients"), &shell).await.status, 201);
    assert_eq!(site.manage("POST", "/oauth/clients", &shell).await.status, 201);
    assert_eq!(locked("alpha", "mira", 2).await, [false, false, true]);
    assert_eq!(locked("", "mira", 5).await, [false, false, false, false, false, true]);
    // Whoever changes the zone and says nothing of it leaves it alone; none is the installation's again.
    let zone = json!({"subdomain": "alpha", "name": "Alpha", "config": {}});
    assert_eq!(site.manage("PUT", "/identity-zones/alpha", &zone).await.status, 200);
    assert_eq!(locked("alpha", "noa", 2).await, [false, false, true]);
    let zone = json!({"subdomain": "alpha", "name": "Alpha", "config": {"lockoutPolicy": {"lockoutAfterFailures": 2}}});
    assert_eq!(site.manage("PUT", "/identity-zones/alpha", &zone).await.status, 422);
    assert_eq!(put(json!({})).await["lockoutPolicy"], locks(5, 300));
    assert_eq!(locked("alpha", "ada", 2).await, [false, false, false]);
}

fn locks(failures: u32, seconds: u32) -> Value {
    json!({"lockoutAfterFailures": failures, "countFailuresWithin": 1200, "lockoutPeriodSeconds": seconds})
}

fn strict() -> Value {
    json!({"minLength": 20, "maxLength": 200, "requireUpperCaseCharacter": 0, "requireLowerCaseCharacter": 0,
        "requireDigit": 0, "requireSpecialCharacter": 0, "expirePasswordInMonths": 0})
}

fn refused(said: &Said, why: &str) {
    let text = said.body["error_description"].as_str().unwrap_or_default();
    assert_eq!(
        (said.status, said.body["error"].as_str()),
        (422, Some("invalid_identity_provider")),
        "{why}: {said:?}"
    );
    assert!(text.contains(why), "{why}: {said:?}");
}
