//! What the platform's endpoints say to input that is wrong, and to whom they show what.

use serde_json::{Value, json};
use tests::Hallmark;

/// An organization with a space, a user with a role in both, and quotas, as an administrator made them.
struct Places {
    server: Hallmark,
    admin: String,
    organization: String,
    space: String,
    user: String,
    quota: String,
    space_quota: String,
}

impl Places {
    async fn make() -> Places {
        let server = Hallmark::start().await;
        let admin = server.admin().await;
        let nothing = String::new;
        let mut places = Places {
            server,
            admin,
            organization: nothing(),
            space: nothing(),
            user: nothing(),
            quota: nothing(),
            space_quota: nothing(),
        };
        places.organization = places.made("organizations", json!({"name": "acme"})).await;
        places.space =
            places.made("spaces", json!({"name": "dev", "relationships": places.in_organization()})).await;
        let new =
            json!({"userName": "bob", "password": "a-long-secret", "emails": [{"value": "b@example.com"}]});
        let uaa = format!("{}/Users", places.server.uaa());
        let account = places.server.ask(&places.admin, "POST", &uaa, Some(new)).await;
        places.user = account.body["id"].as_str().expect("an account").to_owned();
        places.made("roles", places.role("organization_user")).await;
        places.made("roles", places.role("space_developer")).await;
        places.quota = places.made("organization_quotas", json!({"name": "small"})).await;
        let new = json!({"name": "tight", "relationships": places.in_organization()});
        places.space_quota = places.made("space_quotas", new).await;
        places
    }

    fn in_organization(&self) -> Value {
        json!({"organization": {"data": {"guid": self.organization}}})
    }

    fn role(&self, kind: &str) -> Value {
        let (place, guid) = if kind.starts_with("space") {
            ("space", &self.space)
        } else {
            ("organization", &self.organization)
        };
        json!({"type": kind, "relationships": {"user": {"data": {"guid": self.user}}, place: {"data": {"guid": guid}}}})
    }

    async fn made(&self, plural: &str, body: Value) -> String {
        let url = format!("{}/v3/{plural}", self.server.api());
        let said = self.server.ask(&self.admin, "POST", &url, Some(body)).await;
        assert_eq!(said.status, 201, "{plural}: {said:?}");
        said.body["guid"].as_str().expect("a guid").to_owned()
    }

    /// `{…}` in a path is one of the fields.
    fn url(&self, path: &str) -> String {
        let path = path
            .replace("{organization}", &self.organization)
            .replace("{space}", &self.space)
            .replace("{user}", &self.user)
            .replace("{quota}", &self.quota)
            .replace("{space_quota}", &self.space_quota);
        format!("{}/v3/{path}", self.server.api())
    }

    /// As an administrator: method, path, body, and the status and words that it is refused with.
    async fn refuse(&self, cases: impl IntoIterator<Item = (&str, &str, Value, u16, &str)>) {
        for (method, path, body, status, text) in cases {
            let body = (!body.is_null()).then_some(body);
            let said = self.server.ask(&self.admin, method, &self.url(path), body.clone()).await;
            let detail = said.body["errors"][0]["detail"].as_str().unwrap_or_default();
            assert!(said.status == status && detail.contains(text), "{method} {path} {body:?}: {said:?}");
        }
    }

    async fn get(&self, token: &str, path: &str) -> tests::Said {
        self.server.ask(token, "GET", &self.url(path), None).await
    }
}

#[tokio::test]
async fn organization_quotas_that_are_wrong() {
    let places = Places::make().await;
    let nobody = json!({"data": [{"guid": "00000000-0000-0000-0000-000000000000"}]});
    places
        .refuse([
            ("POST", "organization_quotas", json!({}), 422, "Name can't be blank"),
            (
                "POST",
                "organization_quotas",
                json!({"name": "a".repeat(251)}),
                422,
                "Name is too long (maximum is 250",
            ),
            (
                "POST",
                "organization_quotas",
                json!({"name": "SMALL"}),
                422,
                "Organization Quota 'SMALL' already exists.",
            ),
            ("POST", "organization_quotas", json!({"name": "a", "apps": 1}), 422, "Apps must be an object"),
            ("POST", "organization_quotas", json!({"name": "a", "x": 1}), 422, "Unknown field(s): 'x'"),
            (
                "POST",
                "organization_quotas",
                json!({"name": "a", "relationships": {"organizations": nobody}}),
                422,
                "Organizations with guids [\"00000000-0000-0000-0000-000000000000\"] do not exist",
            ),
            (
                "PATCH",
                "organization_quotas/{quota}",
                json!({"routes": {"total_routes": -1}}),
                422,
                "Routes Total routes must be greater than or equal to 0",
            ),
            ("PATCH", "organization_quotas/{quota}", json!({"name": "default"}), 422, "already exists."),
            ("PATCH", "organization_quotas/{space}", json!({}), 404, "Organization quota not found"),
            (
                "POST",
                "organization_quotas/{quota}/relationships/organizations",
                json!({}),
                422,
                "Data can't be blank",
            ),
            ("POST", "organization_quotas/{quota}/relationships/organizations", nobody, 422, "do not exist"),
        ])
        .await;
}

#[tokio::test]
async fn space_quotas_that_are_wrong() {
    let places = Places::make().await;
    let at = places.in_organization();
    let nobody = json!({"data": [{"guid": "00000000-0000-0000-0000-000000000000"}]});
    places
        .refuse([
            (
                "POST",
                "space_quotas/{space_quota}/relationships/spaces",
                json!({"data": []}),
                422,
                "Data can't be blank",
            ),
            ("POST", "space_quotas", json!({"name": "a"}), 422, "Relationships can't be blank"),
            (
                "POST",
                "space_quotas",
                json!({"name": "tight", "relationships": at}),
                422,
                "'tight' already exists.",
            ),
            (
                "POST",
                "space_quotas",
                json!({"name": "a", "relationships": {"organization": {"data": {"guid": places.space}}}}),
                422,
                "does not exist, or you do not have access to it.",
            ),
            (
                "POST",
                "space_quotas",
                json!({"name": "a", "domains": {}, "relationships": at}),
                422,
                "Unknown field(s): 'domains'",
            ),
            (
                "POST",
                "space_quotas/{space_quota}/relationships/spaces",
                nobody,
                422,
                "do not have access to them.",
            ),
            (
                "DELETE",
                "space_quotas/{space_quota}/relationships/spaces/{space}",
                Value::Null,
                422,
                "Ensure the space quota is applied to this space.",
            ),
        ])
        .await;
}

#[tokio::test]
async fn features_and_users_that_are_wrong() {
    let places = Places::make().await;
    places
        .refuse([
            ("PATCH", "spaces/{space}/features/ssh", json!({"enabled": 1}), 422, "expected a boolean"),
            ("PATCH", "spaces/{space}/features/x", json!({"enabled": true}), 404, "Feature not found"),
            ("GET", "spaces/{space}/features/x", Value::Null, 404, "Feature not found"),
            ("POST", "users", json!({}), 422, "Guid or 'username' and 'origin' must be provided"),
            ("POST", "users", json!({"guid": places.user}), 422, "already exists."),
            (
                "POST",
                "users",
                json!({"guid": "x", "username": "y"}),
                422,
                "Username cannot be provided with 'guid'",
            ),
            ("POST", "users", json!({"username": "y", "origin": "uaa"}), 422, "Origin cannot be 'uaa'"),
            ("POST", "users", json!({"guid": "x\u{0}"}), 422, "must not contain NUL"),
            (
                "PATCH",
                "users/{user}",
                json!({"metadata": {"labels": {"a b": "c"}}}),
                422,
                "Metadata label key error",
            ),
            ("PATCH", "users/nobody%00", json!({}), 400, "a control character"),
        ])
        .await;
}

#[tokio::test]
async fn roles_and_spaces_that_are_wrong() {
    let places = Places::make().await;
    let at = places.in_organization();
    let someone = json!({"data": {"guid": places.user}});
    places
        .refuse([
                (
                    "POST",
                    "roles",
                    json!({"type": "king", "relationships": {"user": someone, "organization": at["organization"]}}),
                    422,
                    "Type must be one of the allowed types [\"organization_auditor\", ",
                ),
                (
                    "POST",
                    "roles",
                    json!({"type": "space_auditor", "relationships": {"user": someone}}),
                    422,
                    "Relationships must specify either a space or an organization.",
                ),
                (
                    "POST",
                    "roles",
                    places.role("space_developer"),
                    422,
                    "User 'bob' already has 'space_developer' role in space 'dev'.",
                ),
                (
                    "POST",
                    "roles",
                    json!({"type": "organization_user", "relationships": {
                        "user": {"data": {"username": "eve", "origin": "ldap"}}, "organization": at["organization"]}}),
                    422,
                    "No user exists with the username 'eve' and origin 'ldap'.",
                ),
                (
                    "POST",
                    "roles",
                    json!({"type": "space_auditor", "relationships": {
                        "user": {"data": {"username": "admin"}}, "space": {"data": {"guid": places.space}}}}),
                    422,
                    "Users cannot be assigned roles in a space if they do not have a role in that space's organization.",
                ),
                (
                    "POST",
                    "spaces",
                    json!({"name": "a", "relationships": {"organization": {"data": {"guid": places.user}}}}),
                    422,
                    "Invalid organization. Ensure the organization exists and you have access to it.",
                ),
                (
                    "POST",
                    "spaces",
                    json!({"name": "DEV", "relationships": at}),
                    422,
                    "Name must be unique per organization",
                ),
        ])
        .await;
}

#[tokio::test]
async fn queries_that_are_wrong_are_refused() {
    let places = Places::make().await;
    for (path, text) in [
        (
            "roles?include=app",
            "Invalid included resource: 'app'. Valid included resources are: 'user', 'organization'",
        ),
        ("roles?label_selector=a", "Unknown query parameter(s): 'label_selector'"),
        ("spaces/{space}?x=1", "Unknown query parameter(s): 'x'"),
        ("spaces/{space}/users?x=1", "Unknown query parameter(s): 'x'"),
        ("users?origins=uaa", "Origins filter cannot be provided without usernames"),
        ("users?usernames=a&partial_usernames=b", "Usernames filter cannot be provided with both"),
        ("organization_quotas?order_by=x", "Order by can only be: 'created_at', 'updated_at', 'name'"),
        ("space_quotas?per_page=0", "Per page must be between 1 and 5000"),
        ("audit_events?target_guids%5Bx%5D=1", "Unknown query parameter(s): 'target_guids[x]'"),
        ("audit_events?created_ats%5Bgt%5D=x", "invalid timestamp format"),
        ("apps?nope=1", "Unknown query parameter(s): 'nope'"),
    ] {
        let said = places.get(&places.admin, path).await;
        let detail = said.body["errors"][0]["detail"].as_str().unwrap_or_default();
        assert!(said.status == 400 && detail.contains(text), "{path}: {said:?}");
    }
    for path in ["audit_events/x", "audit_events/{space}", "space_quotas/{quota}", "roles/x", "users/x"] {
        let said = places.get(&places.admin, path).await;
        assert_eq!((said.status, &said.body["errors"][0]["code"]), (404, &json!(10010)), "{path}: {said:?}");
    }
}

#[tokio::test]
async fn lists_filter_and_page() {
    let places = Places::make().await;
    let names = |said: &tests::Said, field: &str| -> Vec<String> {
        let rows = said.body["resources"].as_array().expect("a list");
        rows.iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
    };
    let none: [String; 0] = [];
    for (path, field, wanted) in [
        ("users?usernames=BOB", "username", &["bob"][..]),
        ("users?partial_usernames=o&origins=uaa", "username", &["bob"]),
        ("users?guids={user}", "username", &["bob"]),
        ("organizations/{organization}/users", "username", &["bob"]),
        ("spaces/{space}/users?usernames=eve", "username", &[]),
        ("roles?user_guids={user}&order_by=-created_at", "type", &["space_developer", "organization_user"]),
        ("roles?organization_guids={organization}", "type", &["organization_user"]),
        ("roles?space_guids={space}&types=space_developer,space_manager", "type", &["space_developer"]),
        ("organization_quotas?organization_guids={organization}", "name", &["default"]),
        ("organization_quotas?names=SMALL", "name", &["small"]),
        ("space_quotas?organization_guids={organization}", "name", &["tight"]),
        ("space_quotas?space_guids={space}", "name", &[]),
        (
            "audit_events?types=audit.space.create,audit.organization.create",
            "type",
            &["audit.organization.create", "audit.space.create"],
        ),
        ("audit_events?target_guids={space}", "type", &["audit.space.create"]),
        (
            "audit_events?organization_guids={organization}&target_guids%5Bnot%5D={user},{space}",
            "type",
            &["audit.organization.create", "audit.space_quota.create"],
        ),
    ] {
        let said = places.get(&places.admin, path).await;
        assert_eq!(names(&said, field), wanted, "{path}: {said:?}");
    }
    // As somebody who does not see everything: two kinds of roles in one order, page by page.
    let bob = places.server.user("bob", "a-long-secret").await;
    let first = places.get(&bob, "roles?per_page=1").await;
    assert_eq!(
        (names(&first, "type"), &first.body["pagination"]["total_pages"]),
        (vec!["organization_user".into()], &json!(2))
    );
    let next = first.body["pagination"]["next"]["href"].as_str().expect("a second page");
    let second = places.server.ask(&bob, "GET", next, None).await;
    assert_eq!(names(&second, "type"), ["space_developer"]);
    assert_eq!(names(&places.get(&bob, "organization_quotas").await, "name"), ["default"]);
    assert_eq!(names(&places.get(&bob, "space_quotas").await, "name"), none);
    // Events: of the spaces in which one works, and no others.
    let seen = names(&places.get(&bob, "audit_events").await, "type");
    assert_eq!(seen, ["audit.space.create", "audit.user.space_developer_add"]);
}

#[tokio::test]
async fn whoever_loses_the_last_role_is_not_visible_any_more() {
    let places = Places::make().await;
    places
        .made(
            "roles",
            json!({"type": "organization_manager", "relationships": {
        "user": {"data": {"username": "admin"}}, "organization": places.in_organization()["organization"]}}),
        )
        .await;
    let bob = places.server.user("bob", "a-long-secret").await;
    let members = |said: &tests::Said| said.body["pagination"]["total_results"].clone();
    assert_eq!(members(&places.get(&bob, "users").await), json!(2));
    for kind in ["space_developer", "organization_user"] {
        let found = places.get(&places.admin, &format!("roles?user_guids={{user}}&types={kind}")).await;
        let url =
            places.url(&format!("roles/{}", found.body["resources"][0]["guid"].as_str().expect("a role")));
        assert_eq!(places.server.ask(&places.admin, "DELETE", &url, None).await.status, 202);
    }
    let event = places.get(&places.admin, "audit_events?types=audit.user.organization_user_remove").await;
    let event = &event.body["resources"][0];
    assert_eq!(
        (&event["target"], &event["organization"]["guid"], &event["actor"]["name"]),
        (
            &json!({"guid": places.user, "type": "user", "name": "bob"}),
            &json!(places.organization),
            &json!("admin")
        )
    );
    assert_eq!(members(&places.get(&places.admin, "organizations/{organization}/users").await), json!(1));
    // Oneself is always there, the others were there through the organization.
    assert_eq!(members(&places.get(&bob, "users").await), json!(1));
}

#[tokio::test]
async fn a_client_is_a_user_whose_guid_is_its_client_id() {
    let places = Places::make().await;
    let of = |kind: &str, place: &str, guid: &str| {
        json!({"type": kind, "relationships": {
            "user": {"data": {"guid": "cf_smoke_tests"}}, place: {"data": {"guid": guid}}}})
    };
    places.made("roles", of("organization_auditor", "organization", &places.organization)).await;
    places.made("roles", of("space_auditor", "space", &places.space)).await;
    let roles = places.get(&places.admin, "roles?user_guids=cf_smoke_tests&include=user").await;
    let (role, included) = (&roles.body["resources"][0], &roles.body["included"]["users"][0]);
    assert_eq!(roles.body["pagination"]["total_results"], 2);
    assert_eq!(role["relationships"]["user"]["data"]["guid"], "cf_smoke_tests");
    assert_eq!((&included["guid"], &included["username"]), (&json!("cf_smoke_tests"), &Value::Null));
    let one = places.get(&places.admin, "users/cf_smoke_tests").await;
    assert_eq!((one.status, one.body["presentation_name"].as_str()), (200, Some("cf_smoke_tests")));
    let event = places.get(&places.admin, "audit_events?target_guids=cf_smoke_tests&per_page=1").await;
    assert_eq!(event.body["resources"][0]["target"]["guid"], "cf_smoke_tests");
}
