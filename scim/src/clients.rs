//! `/oauth/clients`: OAuth clients as UAA shows and takes them, never showing a secret.

mod authorities;
mod batch;
mod body;
mod limits;
mod loose;
mod meta;
mod restricted;
mod secret;
mod sector;
mod trust;
mod write;

pub(crate) use body::ClientBody;
pub(crate) use write::{end, make};

use crate::conds::CLIENT;
use crate::listing::{Listing, page};
use crate::{done, route};
use axum::http::Method;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uaa_authz::Read;
use uaa_directory::client_metadata::{self, unknown};
use uaa_directory::{ByName, Client, ClientOwn, Credentials};
use uaa_model::Reply;
use uaa_plugin::shape::{self, FLAG, NUMBER, Shape, TEXT, object};
use uaa_plugin::{Answer, Answers, Ctx, Fetch, Form, Route, with};
use uaa_store::{Annotation, Fields, Tx, Visible};

/// What writing a client needs besides the transaction.
#[derive(Clone)]
pub(crate) struct Keeper {
    /// Hashing.
    pub(crate) credentials: Arc<Credentials>,
    /// The way to documents that clients name.
    pub(crate) outside: Arc<dyn Fetch>,
}

/// The routes.
pub(crate) fn routes(keeper: &Keeper) -> Vec<Route> {
    let Keeper { credentials, outside } = keeper;
    let create = route(Method::POST, "/oauth/clients", "client_create", write::create)
        .answers(Answers::created(looks));
    let replace = route(Method::PUT, "/oauth/clients/{id}", "client_replace", write::replace)
        .answers(Answers::ok(looks));
    let delete = with(credentials.clone(), write::delete);
    let change = with(credentials.clone(), secret::change);
    let change = route(Method::PUT, "/oauth/clients/{id}/secret", "client_secret_update", change)
        .answers(Answers::ok(done));
    let mut routes = vec![
        route(Method::GET, "/oauth/clients", "client_list", list).answers(Answers::ok(|| page(looks()))),
        create.after(with(keeper.clone(), write::hashed)),
        route(Method::GET, "/oauth/clients/{id}", "client_show", show).answers(Answers::ok(looks)),
        replace.after(with(outside.clone(), sector::of_change)),
        route(Method::DELETE, "/oauth/clients/{id}", "client_delete", delete)
            .answers(Answers::ok(gone_looks)),
        change.after(with(credentials.clone(), secret::proved)),
        route(Method::PUT, "/oauth/clients/{id}/clientjwt", "client_trust_update", trust::change)
            .answers(Answers::ok(done)),
        route(Method::GET, "/oauth/clients/meta", "client_tile_list", meta::list)
            .answers(Answers::ok(|| shape::list(meta::looks()))),
        route(Method::GET, "/oauth/clients/{id}/meta", "client_tile_show", meta::show)
            .answers(Answers::ok(meta::looks)),
        route(Method::PUT, "/oauth/clients/{id}/meta", "client_tile_replace", meta::replace)
            .answers(Answers::ok(meta::looks)),
    ];
    routes.extend(restricted_routes(keeper));
    routes.extend(batch_routes(keeper));
    routes
}

fn restricted_routes(keeper: &Keeper) -> Vec<Route> {
    let create = route(Method::POST, "/oauth/clients/restricted", "client_create_restricted", write::create)
        .answers(Answers::created(looks));
    let (one, name) = ("/oauth/clients/restricted/{id}", "client_replace_restricted");
    let replace = route(Method::PUT, one, name, restricted::replace).answers(Answers::ok(looks));
    vec![
        route(Method::GET, "/oauth/clients/restricted", "restricted_scope_list", restricted::list)
            .answers(Answers::ok(|| shape::list(TEXT))),
        create.after(with(keeper.clone(), restricted::hashed)),
        replace.after(with(keeper.outside.clone(), sector::of_change)),
    ]
}

fn batch_routes(keeper: &Keeper) -> Vec<Route> {
    let credentials = || keeper.credentials.clone();
    let create = route(Method::POST, "/oauth/clients/tx", "client_batch_create", batch::create)
        .answers(Answers::created(|| shape::list(looks())));
    let replace = route(Method::PUT, "/oauth/clients/tx", "client_batch_replace", batch::replace)
        .answers(Answers::ok(|| shape::list(looks())));
    let delete = with(credentials(), batch::delete);
    let modify = with(credentials(), batch::modify);
    let modify = route(Method::POST, "/oauth/clients/tx/modify", "client_batch_modify", modify)
        .answers(Answers::ok(|| shape::list(batch::modified_looks())));
    let secrets = with(credentials(), batch::change_secrets);
    let secrets = route(Method::POST, "/oauth/clients/tx/secret", "client_batch_secret_update", secrets)
        .answers(Answers::ok(|| shape::list(gone_looks())));
    vec![
        create.after(with(keeper.clone(), batch::hashed)),
        replace.after(with(keeper.outside.clone(), batch::vouched)),
        route(Method::POST, "/oauth/clients/tx/delete", "client_batch_delete", delete)
            .answers(Answers::ok(|| shape::list(gone_looks()))),
        modify.after(with(keeper.clone(), batch::modified)),
        secrets.after(with(credentials(), batch::secrets_hashed)),
    ]
}

async fn list(seen: Visible<Client>, Form(pairs): Form, cx: &mut Ctx) -> Reply<Answer> {
    let listing = Listing::read(&pairs)?;
    let page = cx.tx().list(&seen, &listing.query::<Client>(CLIENT)?).await?;
    let resources = page.rows.iter().map(view).collect();
    Answer::ok(&listing.envelope(&page, resources, SCHEMA))
}

async fn show(ByName(client): ByName<Read, Client>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&client).await?;
    Answer::ok(&view(&row))
}

/// A client as UAA shows one. There is no secret in it.
pub(crate) fn view(row: &Fields<ClientOwn>) -> Value {
    let own = &row.own;
    let more: Map<String, Value> = serde_json::from_str(&own.more).unwrap_or_default();
    let mut all: Map<String, Value> = more.into_iter().filter(|(name, _)| unknown::is_shown(name)).collect();
    let mut warnings: Vec<String> = all.keys().filter_map(|name| misspelt(name)).collect();
    let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
    put("client_id", own.client_id.as_str().into());
    put("name", own.name.as_str().into());
    put("resource_ids", json!(["none"]));
    put("scope", texts(&own.scope));
    put("authorities", texts(&own.authorities));
    put("authorized_grant_types", texts(&own.grant_types));
    put("redirect_uri", texts(&own.redirect_uri));
    put(
        "autoapprove",
        match serde_json::from_str(&own.autoapprove) {
            Ok(Value::Bool(true)) => Value::Bool(true),
            Ok(Value::Array(some)) => Value::Array(some),
            _ => json!([]),
        },
    );
    put("allowpublic", own.allow_public.into());
    if let Some(seconds) = own.access_validity {
        put("access_token_validity", seconds.into());
    }
    if let Some(seconds) = own.refresh_validity {
        put("refresh_token_validity", seconds.into());
    }
    put("lastModified", (row.updated_at / 1000).into());
    let patterns = all.get("allow_unsafe_matching") == Some(&Value::Bool(true));
    warnings.extend(warning(patterns, &own.redirect_uri).map(str::to_owned));
    if !warnings.is_empty() {
        all.insert("warnings".into(), json!(warnings));
    }
    Value::Object(all)
}

/// A member that means nothing here, and may have been meant to.
fn misspelt(name: &str) -> Option<String> {
    let known = unknown::meant(name)?;
    Some(format!("`{name}` is kept and means nothing here: is `{known}` meant?"))
}

/// What whoever looks after the client had better change (RFC 9700 section 4.1.3). UAA's patterns are matched where the client asks for it
/// by name, and nowhere else.
fn warning(patterns: bool, redirect_uris: &str) -> Option<&'static str> {
    match (patterns, redirect_uris.contains('*')) {
        (true, _) => Some(
            "redirect URIs are patterns (allow_unsafe_matching): whoever gets a page below one gets the codes of all who sign in; \
             name whole addresses",
        ),
        (false, true) => Some(
            "`*` in a redirect URI stands for itself: name whole addresses, or ask for patterns by allow_unsafe_matching",
        ),
        (false, false) => None,
    }
}

/// What [`view`] looks like.
pub(crate) fn looks() -> Shape {
    client_metadata::looks(object([
        ("client_id", TEXT),
        ("name", TEXT),
        ("resource_ids", shape::list(TEXT)),
        ("scope", shape::list(TEXT)),
        ("authorities", shape::list(TEXT)),
        ("authorized_grant_types", shape::list(TEXT)),
        ("redirect_uri", shape::list(TEXT)),
        ("autoapprove", Shape::Either(vec![FLAG, shape::list(TEXT)])),
        ("allowpublic", FLAG),
        ("lastModified", NUMBER),
    ]))
    .perhaps([("access_token_validity", NUMBER), ("refresh_token_validity", NUMBER)])
    .perhaps([("warnings", shape::list(TEXT))])
    // What nobody here knows.
    .starting([(String::new(), shape::ANY)])
    .named("client")
}

/// One whose tokens have ended.
fn gone_looks() -> Shape {
    looks().and([("approvals_deleted", FLAG)]).named("client.ended")
}

/// A column that holds an array, or nothing.
fn texts(column: &str) -> Value {
    serde_json::from_str(column).ok().filter(Value::is_array).unwrap_or_else(|| json!([]))
}

fn note(tx: &mut Tx, event: &str, client_id: &str) {
    let (event, target_name) = (event.to_owned(), client_id.to_owned());
    tx.annotate(Annotation { event, target_name, ..Annotation::default() });
}

const SCHEMA: &str = "http://cloudfoundry.org/schema/scim/oauth-clients-1.0";

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn never_a_secret() {
        let own = ClientOwn {
            client_id: "cf".into(),
            name: "cf".into(),
            secret: Some("$argon2id$one".into()),
            secret_two: Some("$argon2id$two".into()),
            scope: r#"["openid"]"#.into(),
            authorities: "[]".into(),
            grant_types: r#"["password"]"#.into(),
            redirect_uri: "".into(),
            autoapprove: "true".into(),
            access_validity: Some(1200),
            refresh_validity: None,
            allow_public: false,
            more: r#"{"createdwith": "x", "client_secret": "argon2 again", "token_salt": "s"}"#.into(),
            registration: Some("argon2 no, sha".into()),
            generation: 0,
        };
        let row = Fields {
            guid: Uuid::from_u128(1),
            created_at: 0,
            updated_at: 5_000,
            labels: "{}".into(),
            annotations: "{}".into(),
            organization: None,
            space: None,
            own,
        };
        let shown = view(&row);
        assert!(!shown.to_string().contains("argon2"));
        assert!(shown.get("token_salt").is_none());
        assert_eq!(shown["scope"], json!(["openid"]));
        assert_eq!(shown["redirect_uri"], json!([]));
        assert_eq!(shown["autoapprove"], true);
        assert_eq!(shown["access_token_validity"], 1200);
        assert_eq!(shown["lastModified"], 5);
        assert_eq!(shown["createdwith"], "x");
        assert!(shown.get("warnings").is_none());
    }
}
