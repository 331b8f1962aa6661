//! Custom roles and bindings, and the questions about them.

use serde_json::{Value, json};
use tests::inside::Inside;
use tests::{Hallmark, Said};
use uaa_authz::Verb;
use uaa_directory::AuditEvent;
use uaa_model::{Clock, UAA_ZONE, rfc3339};
use uaa_plugin::Site;
use uaa_store::{Cond, Field, Query};

/// A server with an organization and a space, and whoever asks it as the administrator.
struct World {
    server: Hallmark,
    admin: String,
    organization: String,
    space: String,
}

impl World {
    async fn start() -> World {
        let server = Hallmark::start().await;
        let (api, admin) = (server.api(), server.admin().await);
        let (url, body) = (format!("{api}/v3/organizations"), json!({"name": "acme"}));
        let organization = id(&server.ask(&admin, "POST", &url, Some(body)).await, "guid");
        let body =
            json!({"name": "dev", "relationships": {"organization": {"data": {"guid": organization}}}});
        let made = server.ask(&admin, "POST", &format!("{api}/v3/spaces"), Some(body)).await;
        let space = id(&made, "guid");
        World { server, admin, organization, space }
    }

    /// A new user with a token.
    async fn user(&self, name: &str) -> (String, String) {
        let body =
            json!({"userName": name, "password": "a-long-secret", "emails": [{"value": "x@example.com"}]});
        let made =
            self.server.ask(&self.admin, "POST", &format!("{}/Users", self.server.uaa()), Some(body)).await;
        (id(&made, "id"), self.server.user(name, "a-long-secret").await)
    }

    async fn access(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Said {
        self.server.ask(token, method, &format!("{}/access/v1/{path}", self.server.uaa()), body).await
    }

    async fn role(&self, token: &str, name: &str, permissions: &[(&str, &str)]) -> Said {
        self.access(token, "POST", "roles", Some(json!({"name": name, "permissions": pairs(permissions)})))
            .await
    }

    async fn bind(&self, token: &str, who: (&str, &str), role: &str, place: (&str, &str)) -> Said {
        let at =
            if place.0 == "zone" { json!({"type": "zone"}) } else { json!({"type": place.0, "id": place.1}) };
        let body = json!({"subject": {"type": who.0, "id": who.1}, "role": role, "place": at});
        self.access(token, "POST", "bindings", Some(body)).await
    }

    async fn explain(&self, token: &str, verb: Verb, resource: (&str, &str)) -> Value {
        let path = format!("explain?action={}&resource={}:{}", verb.name(), resource.0, resource.1);
        self.access(token, "GET", &path, None).await.body
    }

    /// Renames the space, which is to update it.
    async fn rename(&self, token: &str, name: &str) -> u16 {
        let url = format!("{}/v3/spaces/{}", self.server.api(), self.space);
        self.server.ask(token, "PATCH", &url, Some(json!({"name": name}))).await.status
    }
}

fn id(made: &Said, name: &str) -> String {
    made.body[name].as_str().unwrap_or_else(|| panic!("{made:?}")).to_owned()
}

fn pairs(permissions: &[(&str, &str)]) -> Value {
    permissions.iter().map(|(kind, verb)| json!({"kind": kind, "verb": verb})).collect()
}

const RENAMER: &[(&str, &str)] = &[("space", "read"), ("space", "update")];

#[tokio::test]
async fn a_custom_role_lives_and_dies_between_two_requests() {
    let world = World::start().await;
    let admin = world.admin.clone();
    let (dev_id, dev) = world.user("dev").await;
    let role = world.role(&admin, "space-renamer", RENAMER).await;
    assert_eq!((role.status, &role.body["built_in"]), (201, &json!(false)), "{role:?}");
    let role = id(&role, "id");
    assert_eq!(world.rename(&dev, "a").await, 404);
    let bound = world.bind(&admin, ("user", &dev_id), "space-renamer", ("space", &world.space)).await;
    assert_eq!((bound.status, bound.body["source"].as_str()), (201, Some("direct")), "{bound:?}");
    assert_eq!(world.rename(&dev, "a").await, 200);
    let why = world.explain(&dev, Verb::Update, ("space", &world.space)).await;
    assert_eq!(
        (&why["role"], &why["binding"], &why["source"], &why["place"]),
        (&json!("space-renamer"), &bound.body["id"], &json!("direct"), &json!(world.space))
    );
    // Taking a permission away, under a new name.
    let less = json!({"name": "space-reader", "permissions": pairs(&RENAMER[..1])});
    let patched = world.access(&admin, "PATCH", &format!("roles/{role}"), Some(less)).await;
    assert_eq!((patched.status, patched.body["permissions"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(world.rename(&dev, "b").await, 403);
    let url = format!("bindings/{}", id(&bound, "id"));
    assert_eq!(world.access(&admin, "GET", &url, None).await.body["role"]["name"], "space-reader");
    // What the field's clients read knows nothing of it.
    let cc = format!("{}/v3/roles?user_guids={dev_id}", world.server.api());
    assert_eq!(world.server.ask(&admin, "GET", &cc, None).await.body["pagination"]["total_results"], 0);
    let kept = world.access(&admin, "DELETE", &format!("roles/{role}"), None).await;
    assert_eq!((kept.status, kept.body["error"].as_str()), (409, Some("conflict")), "{kept:?}");
    assert_eq!(world.access(&admin, "DELETE", &url, None).await.status, 204);
    assert_eq!(world.rename(&dev, "b").await, 404);
    assert_eq!(world.access(&admin, "DELETE", &format!("roles/{role}"), None).await.status, 204);
    assert_eq!(world.access(&admin, "GET", &format!("roles/{role}"), None).await.status, 404);
}

#[tokio::test]
async fn a_role_of_a_group_reaches_those_in_groups_below_it() {
    let world = World::start().await;
    let admin = world.admin.clone();
    let (dev_id, dev) = world.user("dev").await;
    let groups = format!("{}/Groups", world.server.uaa());
    let mut ids = vec![];
    for name in ["outer", "inner"] {
        let made = world.server.ask(&admin, "POST", &groups, Some(json!({"displayName": name}))).await;
        ids.push(id(&made, "id"));
    }
    for (kind, member, group) in [("GROUP", &ids[1], &ids[0]), ("USER", &dev_id, &ids[1])] {
        let body = json!({"origin": "uaa", "type": kind, "value": member});
        let said = world.server.ask(&admin, "POST", &format!("{groups}/{group}/members"), Some(body)).await;
        assert_eq!(said.status, 201, "{said:?}");
    }
    world.role(&admin, "space-renamer", RENAMER).await;
    let at = ("organization", world.organization.as_str());
    let bound = world.bind(&admin, ("group", &ids[0]), "space-renamer", at).await;
    assert_eq!(bound.status, 201, "{bound:?}");
    assert_eq!(world.rename(&dev, "a").await, 200);
    let why = world.explain(&dev, Verb::Update, ("space", &world.space)).await;
    assert_eq!((&why["group"], &why["through"]), (&json!("outer"), &json!(ids[0])), "{why}");
    // A built-in space role needs a role in the organization, here the group's, and then it is the group's too.
    let early = world.bind(&admin, ("group", &ids[1]), "space_developer", ("space", &world.space)).await;
    assert_eq!(early.status, 201, "a role through the group above counts: {early:?}");
    let leave = format!("{groups}/{}/members/{dev_id}", ids[1]);
    assert_eq!(world.server.ask(&admin, "DELETE", &leave, None).await.status, 200);
    assert_eq!(world.rename(&dev, "b").await, 404);
}

#[tokio::test]
async fn nobody_hands_out_what_they_lack() {
    let world = World::start().await;
    let admin = world.admin.clone();
    let (dev_id, _) = world.user("dev").await;
    let (boss_id, boss) = world.user("boss").await;
    let at = ("organization", world.organization.as_str());
    assert_eq!(world.bind(&admin, ("user", &boss_id), "organization_manager", at).await.status, 201);
    world.role(&admin, "space-renamer", RENAMER).await;
    world.role(&admin, "closer", &[("organization", "delete")]).await;
    // A manager gives what a manager has, and by the field's rule the field's roles.
    let dev = ("user", dev_id.as_str());
    assert_eq!(world.bind(&boss, dev, "space-renamer", at).await.status, 201);
    let refused = world.bind(&boss, dev, "closer", at).await;
    let text = "you cannot hand out `delete` on `organization`, which you lack there";
    assert_eq!((refused.status, refused.body["error_description"].as_str()), (403, Some(text)));
    let early = world.bind(&boss, ("user", &boss_id), "organization_manager", ("zone", "")).await;
    assert_eq!(early.status, 403, "a manager binds nothing at the zone: {early:?}");
    let space = ("space", world.space.as_str());
    let (other_id, _) = world.user("other").await;
    let early = world.bind(&boss, ("user", &other_id), "space_developer", space).await;
    let said = early.body["error_description"].as_str().unwrap_or_default();
    assert!(
        early.status == 400 && said.starts_with("Users cannot be assigned roles in a space if"),
        "{early:?}"
    );
    assert_eq!(world.bind(&boss, dev, "organization_auditor", at).await.status, 201);
    assert_eq!(world.bind(&boss, dev, "space_developer", space).await.status, 201);
    // Whoever may bind by a custom role alone has no part in the field's rule.
    let (binder_id, binder) = world.user("binder").await;
    let binds = [("organization", "read"), ("organization_role", "create"), ("organization_role", "read")];
    world.role(&admin, "binder", &binds).await;
    assert_eq!(world.bind(&admin, ("user", &binder_id), "binder", at).await.status, 201);
    assert_eq!(world.bind(&binder, dev, "organization_manager", at).await.status, 403);
    assert_eq!(world.bind(&binder, ("user", &other_id), "binder", at).await.status, 201);
}

#[tokio::test]
async fn a_role_is_edited_upward_by_those_who_have_what_is_added() {
    let world = World::start().await;
    let admin = world.admin.clone();
    let (keeper_id, keeper) = world.user("keeper").await;
    let keeper_at = ("user", keeper_id.as_str());
    assert_eq!(world.bind(&admin, keeper_at, "access.write", ("zone", "")).await.status, 201);
    assert_eq!(world.role(&keeper, "own", &[("role", "read"), ("role", "update")]).await.status, 201);
    assert_eq!(world.role(&keeper, "more", RENAMER).await.status, 403);
    let role = id(&world.role(&admin, "space-renamer", RENAMER).await, "id");
    assert_eq!(
        world.bind(&admin, keeper_at, "space-renamer", ("space", &world.space)).await.status,
        201,
        "at one space, which is not where the role stands"
    );
    let url = format!("roles/{role}");
    let patch = |permissions: &[(&str, &str)]| Some(json!({"permissions": pairs(permissions)}));
    let up = [RENAMER, &[("space", "delete")]].concat();
    assert_eq!(world.access(&keeper, "PATCH", &url, patch(&up)).await.status, 403);
    assert_eq!(world.rename(&keeper, "a").await, 200);
    assert_eq!(
        world.access(&keeper, "PATCH", &url, patch(&RENAMER[..1])).await.status,
        200,
        "taking is free"
    );
    assert_eq!(world.rename(&keeper, "b").await, 403);
    assert_eq!(world.access(&keeper, "PATCH", &url, patch(RENAMER)).await.status, 403, "giving back is not");
    // The right to bind at the zone makes nobody manager of everything.
    for role in ["organization_manager", "space_developer"] {
        assert_eq!(world.bind(&keeper, keeper_at, role, ("zone", "")).await.status, 400, "{role}");
    }
    for role in ["admin", "uaa.admin", "space-renamer"] {
        assert_eq!(world.bind(&keeper, keeper_at, role, ("zone", "")).await.status, 403, "{role}");
    }
}

#[tokio::test]
async fn lists_are_exact_and_come_in_pages() {
    let world = World::start().await;
    let admin = world.admin.clone();
    let (dev_id, dev) = world.user("dev").await;
    for name in ["one", "two", "three"] {
        assert_eq!(world.role(&admin, name, RENAMER).await.status, 201);
    }
    let who = ("user", dev_id.as_str());
    let places = [("space", &world.space), ("zone", &String::new()), ("organization", &world.organization)];
    for (place, id) in places {
        assert_eq!(world.bind(&admin, who, "two", (place, id)).await.status, 201);
    }
    let filtered = format!("bindings?limit=1&subject={dev_id}&role=two&source=direct");
    for (path, field, expected) in [
        ("roles?limit=1".to_owned(), "/name", ["one", "two", "three"]),
        (filtered, "/place/type", ["space", "zone", "organization"]),
    ] {
        let (mut url, mut found) = (format!("{}/access/v1/{path}", world.server.uaa()), vec![]);
        loop {
            let page = world.server.ask(&admin, "GET", &url, None).await.body;
            assert_eq!(page["total"], 3, "{url}: {page}");
            found.push(page["resources"][0].pointer(field).cloned().unwrap_or_default());
            let Some(next) = page["next"].as_str() else { break };
            next.clone_into(&mut url);
        }
        assert_eq!(found, expected);
    }
    let one = world.access(&admin, "GET", &format!("bindings?place={}", world.space), None).await;
    assert_eq!(one.body["total"], 1);
    // What the caller may not see is not counted.
    assert_eq!(world.access(&dev, "GET", "roles", None).await.body["total"], 0);
    let built_in = world.access("", "GET", "built-in-roles", None).await.body;
    assert!(built_in["resources"].as_array().unwrap().iter().any(|r| r["name"] == "space_developer"));
    let kinds = world.access("", "GET", "permissions", None).await.body;
    assert!(kinds["resources"].as_array().unwrap().iter().any(|k| k["kind"] == "space"));
}

#[tokio::test]
async fn bad_roles_and_bindings_are_refused() {
    let world = World::start().await;
    let admin = world.admin.clone();
    let role = |name: &str, kind: &str, verb: &str| json!({"name": name, "permissions": [{"kind": kind, "verb": verb}]});
    for (body, text) in [
        (json!({}), "name"),
        (json!({"name": "x", "permissions": [], "more": 1}), "more"),
        (role("", "space", "read"), "empty"),
        (role(" x", "space", "read"), "space"),
        (role("a\u{0}b", "space", "read"), "control character"),
        (role(&"x".repeat(251), "space", "read"), "250"),
        (role("admin", "space", "read"), "role of the product"),
        (role("x", "spaces", "read"), "unknown kind `spaces`; known are"),
        (role("x", "space", "rename"), "unknown verb `rename`; known are read, create"),
    ] {
        let said = world.access(&admin, "POST", "roles", Some(body.clone())).await;
        let description = said.body["error_description"].as_str().unwrap_or_default();
        assert!(said.status == 400 && description.contains(text), "{body}: {said:?}");
    }
    assert_eq!(world.role(&admin, "twice", RENAMER).await.status, 201);
    assert_eq!(world.role(&admin, "twice", RENAMER).await.status, 400);
    let (who, zone) = (json!({"type": "client", "id": "doppler"}), json!({"type": "zone"}));
    let far = uuid::Uuid::from_u128(7);
    for (body, status, text) in [
        (json!({"subject": who, "role": "access.read"}), 400, "place"),
        (json!({"subject": who, "role": "access.read", "place": {"type": "planet"}}), 400, "planet"),
        (
            json!({"subject": who, "role": "access.read", "place": {"type": "space", "id": far}}),
            404,
            "not found",
        ),
        (json!({"subject": who, "role": "nobody", "place": zone}), 400, "there is no role `nobody`"),
        (
            json!({"subject": {"type": "user", "id": far}, "role": "admin", "place": zone}),
            400,
            "there is no user",
        ),
        (json!({"subject": {"type": "robot", "id": "x"}, "role": "admin", "place": zone}), 400, "robot"),
        (
            json!({"subject": who, "role": "admin", "place": zone, "expires_at": "soon"}),
            400,
            "is a time as in",
        ),
        (
            json!({"subject": who, "role": "admin", "place": zone, "expires_at": "2020-01-01T00:00:00Z"}),
            400,
            "in the future",
        ),
    ] {
        let said = world.access(&admin, "POST", "bindings", Some(body.clone())).await;
        let description = said.body["error_description"].as_str().unwrap_or_default();
        assert!(said.status == status && description.contains(text), "{body}: {said:?}");
    }
    assert_eq!(world.bind(&admin, ("client", "doppler"), "admin_read_only", ("zone", "")).await.status, 201);
    assert_eq!(world.bind(&admin, ("client", "doppler"), "admin_read_only", ("zone", "")).await.status, 400);
    for query in ["limit=0", "limit=501", "after=x", "level=planet", "subject=x", "nope=1", "role=a&role=b"] {
        let said = world.access(&admin, "GET", &format!("bindings?{query}"), None).await;
        assert_eq!((said.status, said.body["error"].as_str()), (400, Some("invalid_request")), "{query}");
    }
}

#[tokio::test]
async fn authzen_asks_and_is_answered() {
    let world = World::start().await;
    let uaa = world.server.uaa();
    let (dev_id, dev) = world.user("dev").await;
    let known = format!("{}/.well-known/authzen-configuration/uaa", world.server.api());
    let metadata = world.server.ask("", "GET", &known, None).await.body;
    assert_eq!(metadata["policy_decision_point"], uaa);
    let one = metadata["access_evaluation_endpoint"].as_str().unwrap().to_owned();
    let many = metadata["access_evaluations_endpoint"].as_str().unwrap().to_owned();
    let at = ("organization", world.organization.as_str());
    world.bind(&world.admin, ("user", &dev_id), "organization_user", at).await;
    let me = json!({"type": "user", "id": dev_id, "properties": {"passed": "over"}});
    let organization = json!({"type": "organization", "id": world.organization});
    let read =
        json!({"subject": me, "action": {"name": "read"}, "resource": organization, "context": {"more": 1}});
    let request =
        reqwest::Client::new().post(&one).bearer_auth(&dev).header("X-Request-ID", "abc-1").json(&read);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "abc-1");
    let body: Value = response.json().await.unwrap();
    assert_eq!((&body["decision"], &body["context"]["role"]), (&json!(true), &json!("organization_user")));
    // A change says at which revision it is known, and a question can ask for one.
    let change = json!({"subject": {"type": "user", "id": dev_id}, "role": "organization_auditor",
        "place": {"type": "organization", "id": world.organization}});
    let bindings = format!("{uaa}/access/v1/bindings");
    let changed =
        reqwest::Client::new().post(&bindings).bearer_auth(&world.admin).json(&change).send().await.unwrap();
    assert_eq!(changed.status(), 201, "{changed:?}");
    let revision: i64 = changed.headers()["x-access-revision"].to_str().unwrap().parse().unwrap();
    let asked = |at_least: i64| {
        let mut ask = read.clone();
        ask["context"] = json!({ "at_least": at_least });
        ask
    };
    let known = world.server.ask(&dev, "POST", &one, Some(asked(revision))).await;
    assert!(
        known.body["decision"] == true && known.body["context"]["revision"].as_i64() >= Some(revision),
        "{known:?}"
    );
    let future = world.server.ask(&dev, "POST", &one, Some(asked(revision + 1000))).await;
    assert_eq!(
        (future.status, &future.body["error"]),
        (503, &json!("temporarily_unavailable")),
        "{future:?}"
    );
    // Of what he cannot see, nobody learns whether it is there.
    let space = |id: &str| json!({"subject": me, "action": {"name": "read"}, "resource": {"type": "space", "id": id}});
    let hidden = world.server.ask(&dev, "POST", &one, Some(space(&world.space))).await.body;
    let absent = world.server.ask(&dev, "POST", &one, Some(space(&uuid::Uuid::nil().to_string()))).await.body;
    assert_eq!((&hidden["decision"], &hidden), (&json!(false), &absent));
    let others = json!({"subject": {"type": "user", "id": uuid::Uuid::nil()}, "action": {"name": "read"},
        "resource": organization});
    assert_eq!(world.server.ask(&dev, "POST", &one, Some(others)).await.status, 403);
    // What is common stands beside the questions; `options` says when to stop.
    let batch = |semantic: &str| {
        json!({"subject": me, "resource": organization, "options": {"evaluations_semantic": semantic},
            "evaluations": [{"action": {"name": "read"}}, {"action": {"name": "delete"}}, {"action": {"name": "dance"}},
                {"action": {"name": "read"}}]})
    };
    for (semantic, expected) in [
        ("execute_all", vec![true, false, false, true]),
        ("deny_on_first_deny", vec![true, false]),
        ("permit_on_first_permit", vec![true]),
    ] {
        let said = world.server.ask(&dev, "POST", &many, Some(batch(semantic))).await.body;
        let all = said["evaluations"].as_array().unwrap();
        let decisions: Vec<bool> = all.iter().map(|e| e["decision"].as_bool().unwrap()).collect();
        assert_eq!(decisions, expected, "{semantic}");
        if let Some(wrong) = all.get(2) {
            assert_eq!(wrong["context"]["error"]["status"], 400);
        }
    }
    assert_eq!(world.server.ask(&dev, "POST", &many, Some(read)).await.body["decision"], true);
    for body in [batch("dance"), json!({"subject": me}), json!({"evaluations": [], "subject": me})] {
        assert_eq!(world.server.ask(&dev, "POST", &many, Some(body)).await.status, 400);
    }
}

#[tokio::test]
async fn a_binding_ends_when_it_says_and_everything_is_in_the_audit_log() {
    let inside = Inside::open(false).await;
    let admin = inside.token("cf", "", &inside.login("admin")).await;
    let made = inside
        .ask(Site::Api, "POST", "/v3/organizations", Some(&admin), Some(&json!({"name": "acme"})))
        .await;
    let organization = made.body["guid"].as_str().unwrap().to_owned();
    let new = json!({"userName": "dev", "password": "a-long-secret", "emails": [{"value": "x@example.com"}]});
    let dev_id = inside.ask(Site::Uaa, "POST", "/Users", Some(&admin), Some(&new)).await.body["id"].clone();
    let dev = inside.token("cf", "", "grant_type=password&username=dev&password=a-long-secret").await;
    let role = json!({"name": "reader", "permissions": [{"kind": "organization", "verb": "read"}]});
    let made = inside.ask(Site::Uaa, "POST", "/access/v1/roles", Some(&admin), Some(&role)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let ends = rfc3339(inside.clock.now() + 600 * 1_000_000);
    let body = json!({"subject": {"type": "user", "id": dev_id}, "role": made.body["id"],
        "place": {"type": "organization", "id": organization}, "expires_at": ends});
    let bound = inside.ask(Site::Uaa, "POST", "/access/v1/bindings", Some(&admin), Some(&body)).await;
    assert_eq!((bound.status, &bound.body["expires_at"]), (201, &json!(ends)), "{bound:?}");
    let path = format!("/v3/organizations/{organization}");
    // Once from committed rows and once from the compiled facts.
    assert_eq!(inside.ask(Site::Api, "GET", &path, Some(&dev), None).await.status, 200);
    inside.hall.access.follow().await.expect("facts are followed");
    assert_eq!(inside.ask(Site::Api, "GET", &path, Some(&dev), None).await.status, 200);
    inside.clock.advance(601);
    assert_eq!(inside.ask(Site::Api, "GET", &path, Some(&dev), None).await.status, 404);
    let mut tx = inside.begin(UAA_ZONE);
    let seen = tx.visible::<AuditEvent>().await.expect("all of it");
    for (op, name) in [("custom_role_create", "reader"), ("role_binding_create", "reader")] {
        let one = Query::first(10).when(Cond::In(Field::Text("op"), vec![op.into()]));
        let rows = tx.list(&seen, &one).await.expect("a list").rows;
        assert!(rows.iter().any(|r| r.own.target_name == name), "{op}: {rows:?}");
    }
}
