//! OAuth clients over the wire: made, used as service accounts, rotated, ended.

use serde_json::{Value, json};
use tests::{Hallmark, Said, on_every_server};

on_every_server!(
    a_client_is_a_service_account_from_its_birth_to_its_end,
    two_secrets_work_while_they_are_rotated,
    nobody_gives_a_client_what_they_lack,
    nobody_becomes_a_client_by_what_it_is_known_by,
    what_nobody_knows_is_kept_and_shown
);

async fn a_client_is_a_service_account_from_its_birth_to_its_end(server: Hallmark) {
    let (api, admin, root) = (server.api(), server.admin().await, root(&server).await);
    let made = ask(&server, &root, "POST", "", Some(service("deployer", json!(["scim.userids"])))).await;
    assert_eq!((made.status, made.body["client_id"].as_str()), (201, Some("deployer")), "{made:?}");
    assert!(!made.body.to_string().contains("secret"), "{made:?}");
    assert_eq!(made.body["scope"], json!(["uaa.none"]));
    let again = ask(&server, &root, "POST", "", Some(service("deployer", json!([])))).await;
    let said = (again.status, again.body["error"].as_str(), again.body["error_description"].as_str());
    assert_eq!(said, (409, Some("invalid_client"), Some("Client already exists: deployer")));
    // Its authority is a binding: nobody else has it.
    let who = format!("{}/ids/Users?filter=userName+eq+%22admin%22", server.uaa());
    let narrow = token(&server, "deployer", "first").await;
    assert_eq!(server.ask(&narrow, "GET", &who, None).await.status, 200);
    // Its right in the Cloud Controller is a role at a place, as a user's is.
    let wide = json!({"authorities": ["cloud_controller.read", "cloud_controller.write"]});
    assert_eq!(ask(&server, &root, "PUT", "/deployer", Some(wide)).await.status, 200);
    assert_eq!(server.ask(&narrow, "GET", &who, None).await.status, 401, "a token with a scope that is lost");
    let service = token(&server, "deployer", "first").await;
    let made = json!({"name": "acme"});
    let made = server.ask(&admin, "POST", &format!("{api}/v3/organizations"), Some(made)).await;
    let organization = json!({"data": {"guid": made.body["guid"]}});
    let made = json!({"name": "dev", "relationships": {"organization": organization}});
    let made = server.ask(&admin, "POST", &format!("{api}/v3/spaces"), Some(made)).await;
    let (space, user) = (made.body["guid"].clone(), json!({"data": {"guid": "deployer"}}));
    let one = format!("{api}/v3/spaces/{}", space.as_str().unwrap());
    assert_eq!(server.ask(&service, "GET", &one, None).await.status, 404);
    for role in [
        json!({"type": "organization_user", "relationships": {"user": user, "organization": organization}}),
        json!({"type": "space_developer", "relationships": {"user": user, "space": {"data": {"guid": space}}}}),
    ] {
        let bound = server.ask(&admin, "POST", &format!("{api}/v3/roles"), Some(role)).await;
        assert_eq!(bound.status, 201, "{bound:?}");
    }
    assert_eq!(server.ask(&service, "GET", &one, None).await.body["name"], "dev");
    let gone = ask(&server, &root, "DELETE", "/deployer", None).await;
    assert_eq!((gone.status, gone.body["client_id"].as_str()), (200, Some("deployer")), "{gone:?}");
    assert_eq!(server.ask(&service, "GET", &one, None).await.status, 401);
    assert_eq!(try_token(&server, "deployer", "first").await.status, 401);
    assert_eq!(ask(&server, &root, "GET", "/deployer", None).await.status, 404);
    let (whole, said) = server.verify();
    assert!(whole, "{said}");
}

async fn two_secrets_work_while_they_are_rotated(server: Hallmark) {
    let root = root(&server).await;
    let made =
        ask(&server, &root, "POST", "", Some(service("turner", json!(["clients.read", "clients.secret"]))))
            .await;
    assert_eq!(made.status, 201, "{made:?}");
    let me = token(&server, "turner", "first").await;
    let change = async |token: &str, body: Value| {
        let said = ask(&server, token, "PUT", "/turner/secret", Some(body)).await;
        let text = said.body["message"].as_str().or(said.body["error_description"].as_str());
        (said.status, text.unwrap_or_default().to_owned())
    };
    let previous = (400, "Previous secret is required and must be valid".to_owned());
    assert_eq!(change(&me, json!({"secret": "second", "changeMode": "ADD"})).await, previous);
    let wrong = json!({"oldSecret": "guess", "secret": "second", "changeMode": "ADD"});
    assert_eq!(change(&me, wrong).await, previous);
    let one = "client secret is either empty or client has only one secret.".to_owned();
    assert_eq!(change(&root, json!({"changeMode": "DELETE"})).await, (400, one));
    let add = json!({"oldSecret": "first", "secret": "second", "changeMode": "ADD"});
    assert_eq!(change(&me, add.clone()).await, (200, "Secret is added".into()));
    let two = "client secret is either empty or client already has two secrets.".to_owned();
    assert_eq!(change(&me, add).await, (400, two));
    // Both work, and what was given for the old one goes on.
    let read = async |token: &str| ask(&server, token, "GET", "/turner", None).await.status;
    assert_eq!(read(&me).await, 200);
    token(&server, "turner", "first").await;
    let newer = token(&server, "turner", "second").await;
    let delete = json!({"oldSecret": "second", "changeMode": "DELETE"});
    assert_eq!(change(&newer, delete).await, (200, "Secret is deleted".into()));
    assert_eq!(try_token(&server, "turner", "first").await.status, 401);
    assert_eq!(read(&me).await, 401);
    let newer = token(&server, "turner", "second").await;
    assert_eq!(read(&newer).await, 200);
    // An administrator needs no old one; every token ends.
    assert_eq!(change(&root, json!({"secret": "third"})).await, (200, "secret updated".into()));
    assert_eq!(read(&newer).await, 401);
    assert_eq!(try_token(&server, "turner", "second").await.status, 401);
    token(&server, "turner", "third").await;
}

async fn what_nobody_knows_is_kept_and_shown(server: Hallmark) {
    let root = root(&server).await;
    let mut body = service("owned", json!([]));
    body["custom_thing"] = json!({"team": ["a", null], "n": 1});
    body["require_pushed_authorisation_requests"] = json!(true);
    // What only answers have, and what is called a secret, is not kept, also when somebody sends back what they read.
    for (name, value) in [("lastModified", json!(1)), ("warnings", json!(["x"])), ("token_salt", json!("s"))]
    {
        body[name] = value;
    }
    let made = ask(&server, &root, "POST", "", Some(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let seen = ask(&server, &root, "GET", "/owned", None).await.body;
    assert_eq!(
        (&seen["custom_thing"]["team"], seen.get("token_salt")),
        (&json!(["a", null]), None),
        "{seen}"
    );
    assert_eq!(seen["require_pushed_authorisation_requests"], true);
    let text = seen["warnings"].to_string();
    assert!(text.contains("is `require_pushed_authorization_requests` meant?") && !text.contains("custom"));
    // What is left out stays, and `null` takes it away.
    let change = json!({"custom_thing": null, "other": "x"});
    let after = ask(&server, &root, "PUT", "/owned", Some(change)).await;
    assert_eq!((after.status, after.body.get("custom_thing")), (200, None), "{after:?}");
    assert_eq!(
        (&after.body["other"], &after.body["require_pushed_authorisation_requests"]),
        (&json!("x"), &json!(true))
    );
    let again = ask(&server, &root, "PUT", "/owned", Some(after.body.clone())).await;
    assert_eq!((again.status, &again.body["warnings"]), (200, &after.body["warnings"]));
    let large = ask(&server, &root, "PUT", "/owned", Some(json!({"other": "x".repeat(3_000)}))).await;
    assert_eq!((large.status, &large.body["error"]), (400, &json!("invalid_client")));
}

async fn nobody_gives_a_client_what_they_lack(server: Hallmark) {
    let root = root(&server).await;
    let keeper = json!(["clients.read", "clients.write", "clients.secret"]);
    assert_eq!(ask(&server, &root, "POST", "", Some(service("keeper", keeper))).await.status, 201);
    let keeper = token(&server, "keeper", "first").await;
    let greedy = ask(&server, &keeper, "POST", "", Some(service("greedy", json!(["uaa.admin"])))).await;
    let text =
        "uaa.admin is not an allowed authority for caller=keeper. Must be one of: [uaa.none, uaa.resource]";
    assert_eq!((greedy.status, greedy.body["error_description"].as_str()), (400, Some(text)));
    assert_eq!(ask(&server, &root, "GET", "/greedy", None).await.status, 404);
    // UAA would let it make a resource server; what it may ask of tokens the keeper may not.
    let asks = ask(&server, &keeper, "POST", "", Some(service("asks", json!(["uaa.resource"])))).await;
    assert_eq!(asks.status, 403, "{asks:?}");
    let mut modest = service("modest", json!([]));
    modest["scope"] = json!(["keeper.read", "uaa.none"]);
    let modest = ask(&server, &keeper, "POST", "", Some(modest)).await;
    assert_eq!(modest.status, 201, "{modest:?}");
    for (change, text) in [
        (
            json!({"authorities": ["clients.read"]}),
            "clients.read is not an allowed authority for caller=keeper",
        ),
        (
            json!({"scope": ["openid"]}),
            "openid is not an allowed scope for caller=keeper. Must have prefix in [keeper.]",
        ),
        (
            json!({"authorized_grant_types": ["password"]}),
            "password is not an allowed grant type for non-admin",
        ),
        (
            json!({"authorized_grant_types": ["implicit", "authorization_code"], "redirect_uri": ["https://a.b/"]}),
            "Not allowed: implicit grant type is not allowed together with authorization_code",
        ),
    ] {
        let said = ask(&server, &keeper, "PUT", "/modest", Some(change)).await;
        assert_eq!(said.status, 400, "{said:?}");
        assert!(said.body["error_description"].as_str().unwrap().starts_with(text), "{said:?}");
    }
    let shown = ask(&server, &root, "GET", "/modest", None).await;
    assert_eq!(shown.body["authorities"], json!(["uaa.none"]));
    // Whoever sets a secret can be that client.
    let secret = json!({"secret": "mine now"});
    assert_eq!(ask(&server, &keeper, "PUT", "/admin/secret", Some(secret.clone())).await.status, 403);
    assert_eq!(ask(&server, &keeper, "PUT", "/modest/secret", Some(secret)).await.status, 200);
    let public = json!({"allowpublic": true});
    assert_eq!(ask(&server, &keeper, "PUT", "/admin", Some(public)).await.status, 400);
    // A client that is more than the keeper may make is none of its business, and what nobody names stays, the secret too.
    assert_eq!(ask(&server, &keeper, "PUT", "/admin", Some(json!({"name": "Root"}))).await.status, 400);
    let renamed = ask(&server, &root, "PUT", "/admin", Some(json!({"name": "Root"}))).await;
    assert_eq!((renamed.status, renamed.body["name"].as_str()), (200, Some("Root")), "{renamed:?}");
    let still = self::root(&server).await;
    assert_eq!(ask(&server, &still, "DELETE", "/modest", None).await.status, 200);
}

/// CVE-2026-4629 class: whoever says by which key or certificate a client is known can be it, whichever way that is written.
async fn nobody_becomes_a_client_by_what_it_is_known_by(server: Hallmark) {
    let root = root(&server).await;
    for (id, authorities) in
        [("keeper", json!(["clients.admin"])), ("strong", json!(["uaa.admin"])), ("weak", json!([]))]
    {
        assert_eq!(ask(&server, &root, "POST", "", Some(service(id, authorities))).await.status, 201);
    }
    let keeper = token(&server, "keeper", "first").await;
    let named = |member: &str, name: &str| {
        let mut all = json!({"token_endpoint_auth_method": "tls_client_auth"});
        all[member] = name.into();
        all
    };
    let ways = [
        named("tls_client_auth_subject_dn", "CN=mine"),
        named("tls_client_auth_san_dns", "mine.example"),
        named("tls_client_auth_san_uri", "spiffe://mine/x"),
        named("tls_client_auth_san_ip", "192.0.2.7"),
        named("tls_client_auth_san_email", "me@mine.example"),
        json!({"token_endpoint_auth_method": "none"}),
        json!({"token_endpoint_auth_method": "client_secret_post"}),
        json!({"allowpublic": true, "authorized_grant_types": ["password"]}),
        json!({"fapi_profile": "fapi2_security", "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_san_dns": "mine.example"}),
    ];
    let before = ask(&server, &root, "GET", "/strong", None).await.body;
    for way in &ways {
        let said = ask(&server, &keeper, "PUT", "/strong", Some(way.clone())).await;
        assert_eq!(
            (said.status, &said.body["error"]),
            (403, &json!("insufficient_scope")),
            "{way}: {said:?}"
        );
        let mut many = way.clone();
        many["client_id"] = "strong".into();
        let said = ask(&server, &keeper, "PUT", "/tx", Some(json!([many]))).await;
        assert_eq!(said.status, 403, "{way}: {said:?}");
        many["action"] = "update".into();
        let said = ask(&server, &keeper, "POST", "/tx/modify", Some(json!([many]))).await;
        assert_eq!(said.status, 403, "{way}: {said:?}");
    }
    // Keys have a path of their own, which asks the same.
    let keys = json!({"jwks_uri": "https://mine.example/keys"});
    ask(&server, &keeper, "PUT", "/strong", Some(keys.clone())).await;
    assert_eq!(ask(&server, &keeper, "PUT", "/strong/clientjwt", Some(keys)).await.status, 403);
    let after = ask(&server, &root, "GET", "/strong", None).await.body;
    assert_eq!((&after["token_endpoint_auth_method"], after.get("jwks_uri")), (&Value::Null, None));
    assert_eq!(after["authorities"], before["authorities"]);
    // What says nothing of that is the keeper's to change, and a client that holds no more than they do; its tokens end then.
    let renamed = ask(&server, &keeper, "PUT", "/strong", Some(json!({"name": "Strong"}))).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    let old = token(&server, "weak", "first").await;
    let whoami = format!("{}/oauth/token/list", server.uaa());
    assert_eq!(server.ask(&old, "GET", &whoami, None).await.status, 200);
    assert_eq!(ask(&server, &keeper, "PUT", "/weak", Some(ways[1].clone())).await.status, 200);
    assert_eq!(server.ask(&old, "GET", &whoami, None).await.status, 401);
}

/// RFC 9700 section 4.15: a resource server that reads `sub` alone would take the client for the person.
#[tokio::test]
async fn a_client_is_not_called_as_a_person_is() {
    let server = Hallmark::start().await;
    let (root, uaa) = (root(&server).await, server.uaa());
    let all = server.ask(&root, "GET", &format!("{uaa}/Users"), None).await;
    let person = all.body["resources"][0]["id"].as_str().unwrap().to_owned();
    for (client_id, status) in [
        (person.clone(), 409),
        (person.to_uppercase(), 409),
        (person.replace('-', ""), 409),
        ("0b1f6f3e-0000-4000-8000-000000000000".to_owned(), 201),
    ] {
        let client = json!({"client_id": client_id, "client_secret": "a secret of its own",
            "authorized_grant_types": ["client_credentials"]});
        let said = server.ask(&root, "POST", &format!("{uaa}/oauth/clients"), Some(client)).await;
        assert_eq!(said.status, status, "{client_id}: {said:?}");
    }
}

#[tokio::test]
async fn a_client_that_uaa_would_refuse_is_refused_in_its_words() {
    let server = Hallmark::start().await;
    let root = root(&server).await;
    for (change, text) in [
        (json!({"client_id": ""}), "The client_id is empty"),
        (json!({"client_id": "uaa"}), "Not allowed: uaa is a reserved client_id"),
        (json!({"client_id": "a/b"}), "Not allowed characters: a/b must not contain any of"),
        (
            json!({"authorized_grant_types": []}),
            "An authorized grant type must be provided. Must be one of: [",
        ),
        (
            json!({"authorized_grant_types": ["magic"]}),
            "magic is not an allowed grant type. Must be one of: [",
        ),
        (
            json!({"authorized_grant_types": "authorization_code"}),
            "authorization_code grant type requires at least one redirect URL.",
        ),
        (json!({"redirect_uri": ["nowhere"]}), "One of the redirect_uri is invalid: nowhere"),
        (json!({"redirect_uri": ["https://*.*/x"]}), "One of the redirect_uri is invalid: https://*.*/x"),
        (json!({"client_secret": ""}), "Client secret is required for client_credentials grant type"),
        (
            json!({"authorized_grant_types": ["implicit"], "redirect_uri": ["https://a.example.com/"]}),
            "Implicit grant should not have a client_secret",
        ),
        (
            json!({"client_secret": "x".repeat(256)}),
            "Client Secret must be no more than 255 characters in length.",
        ),
        (json!({"access_token_validity": 0}), "access_token_validity must be"),
        (json!({"refresh_token_validity": 2_147_483_648_u64}), "refresh_token_validity must be"),
        (json!({"allowpublic": true}), "client_credentials is not an allowed grant type for a public client"),
        (json!({"scope": ["a b"]}), "a b is no scope"),
    ] {
        let mut body = service("poor", json!([]));
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let said = ask(&server, &root, "POST", "", Some(body)).await;
        assert_eq!(
            (said.status, said.body["error"].as_str()),
            (400, Some("invalid_client")),
            "{change}: {said:?}"
        );
        assert!(said.body["error_description"].as_str().unwrap().starts_with(text), "{change}: {said:?}");
    }
    for body in [json!([]), json!({"scope": 1}), json!({"client_id": 1}), json!("x")] {
        assert_eq!(ask(&server, &root, "POST", "", Some(body.clone())).await.status, 400, "{body}");
    }
    let other = ask(&server, &root, "PUT", "/cf", Some(json!({"client_id": "fc"}))).await;
    assert_eq!(other.body["error_description"], "The client id (fc) does not match the URL (cf)");
    let mut known = service("known", json!([]));
    (known["createdwith"], known["token_salt"]) = (json!("a form"), json!("salt"));
    let known = ask(&server, &root, "POST", "", Some(known)).await;
    assert_eq!((known.body["createdwith"].as_str(), known.body.get("token_salt")), (Some("a form"), None));
}

/// A client with the secret `first`.
/// Patterns only by name, and whoever looks at the client is told; what is read can be sent back.
#[tokio::test]
async fn unsafe_return_addresses_are_warned_of() {
    let server = Hallmark::start().await;
    let root = root(&server).await;
    for (uri, patterns, warned) in [
        ("https://a.example/cb", false, None),
        ("https://*.a.example/cb", false, Some("stands for itself")),
        ("https://*.a.example/cb", true, Some("whoever gets a page below one")),
    ] {
        let id = format!("app-{patterns}-{}", warned.is_some());
        let mut client = service(&id, json!([]));
        client["authorized_grant_types"] = json!(["authorization_code"]);
        client["redirect_uri"] = json!([uri]);
        client["allow_unsafe_matching"] = patterns.into();
        let made = ask(&server, &root, "POST", "", Some(client)).await;
        assert_eq!(made.status, 201, "{made:?}");
        let shown = ask(&server, &root, "GET", &format!("/{id}"), None).await.body;
        let text = shown["warnings"][0].as_str();
        assert_eq!(text.is_some(), warned.is_some(), "{shown}");
        assert!(text.unwrap_or_default().contains(warned.unwrap_or_default()), "{shown}");
        let again = ask(&server, &root, "PUT", &format!("/{id}"), Some(shown.clone())).await;
        assert_eq!((again.status, &again.body["warnings"]), (200, &shown["warnings"]), "{again:?}");
    }
}

/// UAA's own command line sends numbers and flags as text, and everything that it has read with what it changes.
#[tokio::test]
async fn what_programs_send_as_text_is_what_it_spells() {
    let server = Hallmark::start().await;
    let root = root(&server).await;
    let mut body = service("ticker", json!([]));
    for (name, value) in [
        ("access_token_validity", json!("1200")),
        ("refresh_token_validity", json!("3600")),
        ("allowpublic", json!("false")),
        ("autoapprove", json!("true")),
    ] {
        body[name] = value;
    }
    let made = ask(&server, &root, "POST", "", Some(body)).await;
    let said = |said: &Said, names: [&str; 4]| names.map(|name| said.body[name].clone());
    let names = ["access_token_validity", "refresh_token_validity", "allowpublic", "autoapprove"];
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(said(&made, names), [json!(1200), json!(3600), json!(false), json!(true)]);
    let put = async |body: Value| ask(&server, &root, "PUT", "/ticker", Some(body)).await;
    let mut read = ask(&server, &root, "GET", "/ticker", None).await.body;
    read["access_token_validity"] = json!("60");
    let after = put(read).await;
    assert_eq!(
        (after.status, said(&after, names)),
        (200, [json!(60), json!(3600), json!(false), json!(true)])
    );
    // What is left out stays, as in UAA; `null` takes it away.
    let after = put(json!({"name": "Ticker"})).await;
    assert_eq!(after.body["access_token_validity"], 60, "{after:?}");
    let after = put(json!({"access_token_validity": null})).await;
    assert_eq!((after.status, after.body.get("access_token_validity")), (200, None), "{after:?}");
    assert_eq!(after.body["refresh_token_validity"], 3600);
    for bad in [json!({"access_token_validity": "an hour"}), json!({"allowpublic": "perhaps"})] {
        assert_eq!(put(bad.clone()).await.status, 400, "{bad}");
    }
}

/// UAA's `secondary_client_secret`: a new client has two from the start.
#[tokio::test]
async fn a_second_secret_comes_with_the_client() {
    let server = Hallmark::start().await;
    let root = root(&server).await;
    let mut body = service("turner", json!([]));
    body["secondary_client_secret"] = json!("second");
    let made = ask(&server, &root, "POST", "", Some(body.clone())).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert!(!made.body.to_string().contains("secret"), "{made:?}");
    for secret in ["first", "second"] {
        token(&server, "turner", secret).await;
    }
    let deleted = ask(&server, &root, "PUT", "/turner/secret", Some(json!({"changeMode": "DELETE"}))).await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    assert_eq!(try_token(&server, "turner", "first").await.status, 401);
    token(&server, "turner", "second").await;
    body["client_id"] = json!("other");
    body["client_secret"] = json!(null);
    body["authorized_grant_types"] = json!(["password"]);
    assert_eq!(ask(&server, &root, "POST", "", Some(body)).await.status, 400, "it is no first one");
}

fn service(client_id: &str, authorities: Value) -> Value {
    json!({"client_id": client_id, "client_secret": "first", "authorized_grant_types": ["client_credentials"],
        "authorities": authorities})
}

async fn root(server: &Hallmark) -> String {
    token(server, "admin", &server.client_secret()).await
}

async fn token(server: &Hallmark, client: &str, secret: &str) -> String {
    let said = try_token(server, client, secret).await;
    said.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {said:?}")).to_owned()
}

async fn try_token(server: &Hallmark, client: &str, secret: &str) -> Said {
    server.token(client, secret, &[("grant_type", "client_credentials")]).await
}

async fn ask(server: &Hallmark, token: &str, method: &str, path: &str, body: Option<Value>) -> Said {
    server.ask(token, method, &format!("{}/oauth/clients{path}", server.uaa()), body).await
}
