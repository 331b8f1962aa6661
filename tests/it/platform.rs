//! Organizations, spaces and roles, as the platform's clients use them.

use serde_json::json;
use tests::{Hallmark, on_every_server};

on_every_server!(
    a_role_opens_a_place_and_taking_it_closes_it_at_once,
    a_suspended_organization_stops_changes_but_not_administrators
);

async fn a_role_opens_a_place_and_taking_it_closes_it_at_once(server: Hallmark) {
    let (api, uaa, admin) = (server.api(), server.uaa(), server.admin().await);
    let organizations = format!("{api}/v3/organizations");
    let made = server.ask(&admin, "POST", &organizations, Some(json!({"name": "acme"}))).await;
    assert_eq!(made.status, 201, "{made:?}");
    let organization = made.body["guid"].as_str().unwrap().to_owned();
    let again = server.ask(&admin, "POST", &organizations, Some(json!({"name": "ACME"}))).await;
    assert_eq!(
        (again.status, again.body["errors"][0]["detail"].as_str()),
        (422, Some("Organization 'ACME' already exists."))
    );
    let new =
        json!({"userName": "dev", "password": "a-long-secret", "emails": [{"value": "dev@example.com"}]});
    let user = server.ask(&admin, "POST", &format!("{uaa}/Users"), Some(new)).await;
    assert_eq!(user.status, 201, "{user:?}");
    let dev = server.user("dev", "a-long-secret").await;
    let one = format!("{organizations}/{organization}");
    // Nothing is visible, and what is hidden is not there.
    assert_eq!(server.ask(&dev, "GET", &organizations, None).await.body["pagination"]["total_results"], 0);
    assert_eq!(server.ask(&dev, "GET", &one, None).await.status, 404);
    let denied = server.ask(&dev, "POST", &organizations, Some(json!({"name": "mine"}))).await;
    assert_eq!((denied.status, denied.body["errors"][0]["code"].as_u64()), (403, Some(10003)));
    assert_eq!(server.ask("", "GET", &organizations, None).await.body["errors"][0]["code"], 10002);
    let role = json!({"type": "organization_manager", "relationships": {
        "user": {"data": {"username": "dev"}}, "organization": {"data": {"guid": organization}}}});
    let bound = server.ask(&admin, "POST", &format!("{api}/v3/roles"), Some(role.clone())).await;
    assert_eq!(bound.status, 201, "{bound:?}");
    let twice = server.ask(&admin, "POST", &format!("{api}/v3/roles"), Some(role)).await;
    assert!(twice.body["errors"][0]["detail"].as_str().unwrap().starts_with("User 'dev' already has"));
    assert_eq!(server.ask(&dev, "GET", &one, None).await.body["name"], "acme");
    assert_eq!(server.ask(&dev, "DELETE", &one, None).await.status, 403);
    let space = json!({"name": "dev", "relationships": {"organization": {"data": {"guid": organization}}}});
    assert_eq!(server.ask(&dev, "POST", &format!("{api}/v3/spaces"), Some(space)).await.status, 201);
    // Why, for oneself.
    let why = format!("{uaa}/access/v1/explain?resource=organization:{organization}&action=update");
    assert_eq!(server.ask(&dev, "GET", &why, None).await.body["role"], "organization_manager");
    let url = format!("{api}/v3/roles/{}", bound.body["guid"].as_str().unwrap());
    let gone = server.ask(&admin, "DELETE", &url, None).await;
    let job = server.ask(&admin, "GET", &gone.location.unwrap(), None).await;
    assert_eq!((gone.status, job.body["state"].as_str()), (202, Some("COMPLETE")));
    assert_eq!(server.ask(&dev, "GET", &one, None).await.status, 404);
    assert_eq!(server.ask(&dev, "GET", &why, None).await.body["allowed"], false);
    let gone = server.ask(&admin, "DELETE", &one, None).await;
    assert_eq!(server.ended(&admin, &gone.location.unwrap()).await["state"], "COMPLETE");
    let spaces = server.ask(&admin, "GET", &format!("{api}/v3/spaces"), None).await;
    assert_eq!(spaces.body["pagination"]["total_results"], 0);
}

async fn a_suspended_organization_stops_changes_but_not_administrators(server: Hallmark) {
    let (api, admin) = (server.api(), server.admin().await);
    let organizations = format!("{api}/v3/organizations");
    let made = server.ask(&admin, "POST", &organizations, Some(json!({"name": "acme"}))).await;
    let one = format!("{organizations}/{}", made.body["guid"].as_str().unwrap());
    let patch = server.ask(&admin, "PATCH", &one, Some(json!({"suspended": true}))).await;
    assert_eq!((patch.status, &patch.body["suspended"]), (200, &json!(true)));
    let rename = server.ask(&admin, "PATCH", &one, Some(json!({"name": "other"}))).await;
    assert_eq!(rename.status, 200);
}

#[tokio::test]
async fn bad_lists_and_bodies_are_refused_in_the_cloud_controllers_words() {
    let server = Hallmark::start().await;
    let (api, admin) = (server.api(), server.admin().await);
    for query in [
        "page=0",
        "per_page=5001",
        "nope=1",
        "order_by=x",
        "created_ats=x",
        "label_selector=a%20b",
        "names=%ff",
    ] {
        let said = server.ask(&admin, "GET", &format!("{api}/v3/organizations?{query}"), None).await;
        assert_eq!((said.status, said.body["errors"][0]["code"].as_u64()), (400, Some(10005)), "{query}");
    }
    for body in
        [json!({}), json!({"name": 1}), json!({"name": ""}), json!({"name": "x", "more": 1}), json!([])]
    {
        let said = server.ask(&admin, "POST", &format!("{api}/v3/organizations"), Some(body.clone())).await;
        assert_eq!((said.status, said.body["errors"][0]["code"].as_u64()), (422, Some(10008)), "{body}");
    }
    let hurt = server
        .ask(
            &admin,
            "GET",
            &format!("{api}/v3/organizations?names=%27%3B%20DROP%20TABLE%20organization%3B--"),
            None,
        )
        .await;
    assert_eq!(hurt.body["pagination"]["total_results"], 0);
    assert_eq!(
        server.ask(&admin, "GET", &format!("{api}/v3/organizations/not-a-guid"), None).await.status,
        404
    );
}
