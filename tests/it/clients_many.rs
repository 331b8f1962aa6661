//! Clients beyond one at a time: batches, restricted ones, tiles, keys.

use serde_json::{Value, json};
use tests::{Hallmark, Said, on_every_server};

on_every_server!(all_or_none_of_them, keys_and_tiles_of_a_client);

async fn all_or_none_of_them(server: Hallmark) {
    let root = root(&server).await;
    let both = json!([service("one"), service("two")]);
    let made = ask(&server, &root, "POST", "/tx", both.clone()).await;
    assert_eq!((made.status, made.body[1]["client_id"].as_str()), (201, Some("two")), "{made:?}");
    assert!(!made.body.to_string().contains("first"));
    // One that is there already, one that is no client, the same one twice: nothing of it is made.
    for wrong in [service("one"), json!({"client_id": "four"}), service("three")] {
        let said = ask(&server, &root, "POST", "/tx", json!([service("three"), wrong])).await;
        assert!(matches!(said.status, 400 | 409) && said.body["error"] == "invalid_client", "{said:?}");
        assert_eq!(ask(&server, &root, "GET", "/three", Value::Null).await.status, 404);
    }
    let renamed = json!([{"client_id": "one", "name": "Uno"}, {"client_id": "two", "name": "Due"}]);
    let said = ask(&server, &root, "PUT", "/tx", renamed).await;
    assert_eq!((said.status, said.body[0]["name"].as_str()), (200, Some("Uno")), "{said:?}");
    let renamed = json!([{"client_id": "one", "name": "Un"}, {"client_id": "nobody"}]);
    assert_eq!(ask(&server, &root, "PUT", "/tx", renamed).await.status, 404);
    assert_eq!(ask(&server, &root, "GET", "/one", Value::Null).await.body["name"], "Uno");
    // As the Cloud Controller does for service dashboards.
    let mut add = service("three");
    add["action"] = "add".into();
    let mixed = json!([
        add,
        {"client_id": "one", "action": "update,secret", "client_secret": "second", "name": "Ein"},
        {"client_id": "two", "action": "secret", "client_secret": "first"},
        {"client_id": "two", "action": "delete"},
    ]);
    let old = token(&server, "one", "first").await;
    let said = ask(&server, &root, "POST", "/tx/modify", mixed).await;
    assert_eq!(said.status, 200, "{said:?}");
    let told = |at: usize, name: &str| said.body[at][name].clone();
    assert_eq!(
        (told(0, "action"), told(1, "name"), told(3, "action")),
        (json!("add"), json!("Ein"), json!("delete"))
    );
    // Approvals end with a secret that is another one.
    let ended: Vec<Value> = (1..4).map(|at| told(at, "approvals_deleted")).collect();
    assert_eq!(ended, [json!(true), json!(false), json!(true)]);
    token(&server, "one", "second").await;
    token(&server, "three", "first").await;
    assert_eq!(
        server.ask(&old, "GET", &format!("{}/oauth/token/list", server.uaa()), None).await.status,
        401
    );
    assert_eq!(ask(&server, &root, "GET", "/two", Value::Null).await.status, 404);
    let action = json!([{"client_id": "one", "action": "explode"}]);
    assert_eq!(
        ask(&server, &root, "POST", "/tx/modify", action).await.body["error_description"],
        "Invalid action."
    );
    let secrets = json!([{"clientId": "one", "secret": "third"}, {"clientId": "nobody", "secret": "x"}]);
    assert_eq!(ask(&server, &root, "POST", "/tx/secret", secrets).await.status, 404);
    token(&server, "one", "second").await;
    let secrets = json!([{"clientId": "one", "oldSecret": "whatever", "secret": "third"}]);
    assert_eq!(ask(&server, &root, "POST", "/tx/secret", secrets).await.status, 200);
    token(&server, "one", "third").await;
    let gone = json!([{"client_id": "one"}, {"client_id": "nobody"}]);
    assert_eq!(ask(&server, &root, "POST", "/tx/delete", gone).await.status, 404);
    let gone = json!([{"client_id": "one"}, {"client_id": "three"}]);
    let said = ask(&server, &root, "POST", "/tx/delete", gone).await;
    assert_eq!((said.status, &said.body[1]["approvals_deleted"]), (200, &json!(true)));
    for bad in [json!([]), json!({}), json!([1]), json!(vec![service("x"); 101])] {
        assert_eq!(ask(&server, &root, "POST", "/tx", bad.clone()).await.status, 400, "{bad}");
    }
    // Restricted ones manage nothing of UAA.
    let listed = ask(&server, &root, "GET", "/restricted", Value::Null).await;
    assert!(listed.body.as_array().unwrap().contains(&json!("uaa.admin")));
    let mut wild = service("wild");
    for (name, value) in [("scope", "scim.*"), ("authorities", "zones.x.admin")] {
        wild[name] = json!([value]);
        let said = ask(&server, &root, "POST", "/restricted", wild.clone()).await;
        assert!(
            said.status == 400
                && said.body["error_description"].as_str().unwrap().contains("is a restricted")
        );
        wild[name] = json!(["app.read"]);
    }
    wild["authorities"] = json!([]);
    assert_eq!(ask(&server, &root, "POST", "/restricted", wild).await.status, 201);
    assert_eq!(
        ask(&server, &root, "PUT", "/restricted/wild", json!({"scope": ["uaa.admin"]})).await.status,
        400
    );
    assert_eq!(
        ask(&server, &root, "PUT", "/restricted/wild", json!({"scope": ["app.write"]})).await.status,
        200
    );
}

async fn keys_and_tiles_of_a_client(server: Hallmark) {
    let root = root(&server).await;
    let mut signs = service("signs");
    signs["jwks"] = json!({"keys": [key("a")]}).to_string().into();
    let made = ask(&server, &root, "POST", "", signs).await;
    assert_eq!((made.status, made.body["jwks"]["keys"][0].get("d")), (201, None), "{made:?}");
    let change = |body: Value| ask(&server, &root, "PUT", "/signs/clientjwt", body);
    let said = change(json!({"jwks": {"keys": [key("b")]}})).await;
    assert_eq!(
        (said.status, said.body["message"].as_str()),
        (200, Some("Client jwt configuration is added"))
    );
    let kids = async || {
        let shown = ask(&server, &root, "GET", "/signs", Value::Null).await.body["jwks"]["keys"].clone();
        shown
            .as_array()
            .into_iter()
            .flatten()
            .map(|k| k["kid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(kids().await, ["a", "b"]);
    assert_eq!(change(json!({"kid": "a", "changeMode": "DELETE"})).await.status, 200);
    assert_eq!(kids().await, ["b"]);
    assert_eq!(change(json!({"kid": "a", "changeMode": "DELETE"})).await.body["message"], "No key deleted");
    assert_eq!(change(json!({})).await.body["message"], "No key added");
    for bad in [
        json!({"jwks_uri": "http://keys.example.com/", "changeMode": "UPDATE"}),
        json!({"jwks": "nonsense"}),
        json!({"jwks": {"keys": [{"kty": "oct", "k": "AA", "kid": "x"}]}}),
        json!({"changeMode": "UPDATE"}),
        json!({"jwks_uri": "https://keys.example.com/"}),
    ] {
        assert_eq!(change(bad.clone()).await.body["error"], "invalid_client", "{bad}");
    }
    let uri = json!({"jwks_uri": "https://keys.example.com/", "changeMode": "UPDATE"});
    assert_eq!(change(uri).await.body["message"], "Client jwt configuration updated");
    assert!(kids().await.is_empty());
    // Not beside its other fields: whoever writes clients would be all of them.
    let replaced = ask(&server, &root, "PUT", "/signs", json!({"jwks": {"keys": [key("c")]}})).await;
    assert_eq!((replaced.status, replaced.body.get("jwks")), (200, None));
    // Its own keys a client may set; another's, who may be that other.
    let own = token(&server, "signs", "first").await;
    let mine = json!({"jwks": {"keys": [key("d")]}, "changeMode": "UPDATE"});
    let said = ask(&server, &own, "PUT", "/signs/clientjwt", mine.clone()).await;
    assert_eq!(said.status, 403, "without the scope: {said:?}");
    let mut trusted = service("trusted");
    trusted["authorities"] = json!(["clients.trust"]);
    assert_eq!(ask(&server, &root, "POST", "", trusted).await.status, 201);
    let trusted = token(&server, "trusted", "first").await;
    assert_eq!(ask(&server, &trusted, "PUT", "/trusted/clientjwt", mine.clone()).await.status, 200);
    let trusted = token(&server, "trusted", "first").await;
    assert_eq!(ask(&server, &trusted, "PUT", "/admin/clientjwt", mine).await.status, 403);
    // Tiles.
    let tile = json!({"showOnHomePage": true, "appLaunchUrl": "https://app.example.com/", "appIcon": "aWNvbg==",
        "clientName": "App"});
    let said = ask(&server, &root, "PUT", "/signs/meta", tile.clone()).await;
    assert_eq!((said.status, said.body["clientId"].as_str()), (200, Some("signs")), "{said:?}");
    // UAA's readers need all of it, also where there is no picture; who described it first is said by nobody else.
    let other = json!({"showOnHomePage": false, "createdBy": "somebody"});
    assert_eq!(ask(&server, &root, "POST", "", service("plain")).await.status, 201);
    let other = ask(&server, &root, "PUT", "/plain/meta", other).await;
    assert_eq!(
        (&other.body["appIcon"], &other.body["createdBy"]),
        (&json!(""), &json!("admin")),
        "{other:?}"
    );
    let again = ask(&server, &root, "PUT", "/signs/meta", tile).await;
    assert_eq!((again.status, &again.body["createdBy"]), (200, &json!("admin")), "{again:?}");
    for bad in [
        json!({"clientId": "other"}),
        json!({"appLaunchUrl": "javascript:alert(1)"}),
        json!({"appIcon": "<svg>"}),
        json!({"showOnHomePage": "yes"}),
    ] {
        assert_eq!(ask(&server, &root, "PUT", "/signs/meta", bad.clone()).await.status, 400, "{bad}");
    }
    let anybody = token(&server, "trusted", "first").await;
    let shown = ask(&server, &anybody, "GET", "/signs/meta", Value::Null).await;
    assert_eq!(
        (&shown.body["appLaunchUrl"], &shown.body["clientName"]),
        (&json!("https://app.example.com/"), &json!("App"))
    );
    let all = ask(&server, &anybody, "GET", "/meta", Value::Null).await;
    assert_eq!(all.body.as_array().map(Vec::len), Some(2));
    assert_eq!(ask(&server, &anybody, "GET", "/nobody/meta", Value::Null).await.status, 404);
    assert_eq!(ask(&server, &anybody, "PUT", "/signs/meta", json!({})).await.status, 403);
    assert_eq!(ask(&server, "", "GET", "/meta", Value::Null).await.status, 401);
    let shown = ask(&server, &root, "GET", "/signs", Value::Null).await;
    assert!(!shown.body.to_string().contains("home_page_tile"));
}

fn service(client_id: &str) -> Value {
    json!({"client_id": client_id, "client_secret": "first", "authorized_grant_types": ["client_credentials"]})
}

/// RFC 7517 appendix A.2, with the private part.
fn key(kid: &str) -> Value {
    json!({"kty": "EC", "crv": "P-256", "kid": kid, "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})
}

async fn root(server: &Hallmark) -> String {
    token(server, "admin", &server.client_secret()).await
}

async fn token(server: &Hallmark, client: &str, secret: &str) -> String {
    let said = server.token(client, secret, &[("grant_type", "client_credentials")]).await;
    said.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {said:?}")).to_owned()
}

async fn ask(server: &Hallmark, token: &str, method: &str, path: &str, body: Value) -> Said {
    let body = Some(body).filter(|body| !body.is_null());
    server.ask(token, method, &format!("{}/oauth/clients{path}", server.uaa()), body).await
}
