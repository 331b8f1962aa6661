//! `/approvals`, as UAA has it: what somebody lets applications do in their name, by a token of theirs with `oauth.approvals`.

use crate::client::Known;
use crate::engine::Engine;
use crate::fault::insufficient_scope;
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use uaa_authz::{Delete, Duty, Zone};
use uaa_directory::{Approval, ApprovalOwn, end_tokens_of};
use uaa_model::{Code, Denied, Fault, Id, Micros, Reply, parse_rfc3339, rfc3339_millis};
use uaa_plugin::shape::{self, ID, Shape, TEXT, TIME, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Scim, Form, Json, Public, Route, Site::Uaa, field, with};
use uaa_store::{Annotation, Cond, Field, Fields, Query, Set, TimeOp, Want};
use uuid::Uuid;

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let why = "approvals are of the token's own person, and the scope `oauth.approvals` is asked for inside";
    let (all, of_client) = ("/approvals", "/approvals/{clientId}");
    let e = || engine.clone();
    vec![
        Route::public(Uaa, Method::GET, all, "approval_list", Scim, why, with(e(), list))
            .answers(Answers::ok(looks)),
        Route::public(Uaa, Method::PUT, all, "approval_replace", Scim, why, with(e(), replace))
            .answers(Answers::ok(looks)),
        Route::public(
            Uaa,
            Method::PUT,
            of_client,
            "approval_of_client_replace",
            Scim,
            why,
            with(e(), replace_of_client),
        )
        .answers(Answers::ok(looks)),
        Route::public(Uaa, Method::DELETE, all, "approval_delete", Scim, why, with(e(), delete))
            .answers(Answers::ok(|| object([("status", TEXT), ("message", TEXT)]).named("done"))),
    ]
}

/// One of them, as it is sent. `lastUpdatedAt` is read past: the time of a change is ours to say.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
struct ApprovalBody {
    user_id: Option<String>,
    client_id: Option<String>,
    scope: Option<String>,
    status: Status,
    expires_at: Option<Moment>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    #[default]
    Approved,
    Denied,
}

/// As UAA writes one, or milliseconds since the epoch, which it reads as well.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum Moment {
    Text(String),
    Millis(i64),
}

/// One of them that can be kept.
struct Good {
    client_id: String,
    scope: String,
    approved: bool,
    expires: Micros,
}

async fn list(engine: Arc<Engine>, _: Public, Form(pairs): Form, cx: &mut Ctx) -> Reply<Answer> {
    let user = person(&engine, cx).await?;
    let number = |name: &str, otherwise: usize| match field(&pairs, name) {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| bad(format!("`{name}` is no number from 0 on"))),
    };
    let (start, count) = (number("startIndex", 1)?.max(1), number("count", 100)?);
    let rows = in_force(user, None, cx).await?;
    let page = rows.into_iter().skip(start - 1).take(count).collect();
    Answer::ok(&shown(&engine, page, cx).await?)
}

async fn replace(
    engine: Arc<Engine>,
    _: Public,
    Json(sent): Json<Vec<ApprovalBody>>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let user = person(&engine, cx).await?;
    replaced(&engine, &sent, (user, None), cx).await
}

async fn replace_of_client(
    engine: Arc<Engine>,
    _: Public,
    Json(sent): Json<Vec<ApprovalBody>>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let user = person(&engine, cx).await?;
    let client_id = cx.params.text(0).to_owned();
    known(&engine, &client_id, cx).await?;
    replaced(&engine, &sent, (user, Some(&client_id)), cx).await
}

/// What was put, in the order in which it came.
async fn replaced(
    engine: &Engine,
    sent: &[ApprovalBody],
    (user, of): (Uuid, Option<&str>),
    cx: &mut Ctx,
) -> Reply<Answer> {
    let good = checked(engine, sent, (user, of), cx).await?;
    put(user, of, &good, cx).await?;
    let said = good.iter().map(|one| view(user, one, cx.now())).collect();
    Answer::ok(&Value::Array(said))
}

async fn delete(engine: Arc<Engine>, _: Public, Form(pairs): Form, cx: &mut Ctx) -> Reply<Answer> {
    let user = person(&engine, cx).await?;
    let client_id = field(&pairs, "clientId").ok_or_else(|| bad("the parameter `clientId` is missing"))?;
    let client = known(&engine, client_id, cx).await?;
    put(user, Some(client_id), &[], cx).await?;
    // Nothing is left of what they allowed, and nothing of what came of it.
    let seconds = client.access_seconds.unwrap_or(engine.settings.access_seconds);
    end_tokens_of(user, client_id, seconds, cx.tx()).await?;
    let message = format!("Approvals of user {user} and client {client_id} revoked");
    Answer::ok(&json!({"status": "ok", "message": message}))
}

/// How the audit log tells of one.
pub(crate) fn approval(client: &str, scope: &str, approved: bool) -> Annotation {
    let status = if approved { "APPROVED" } else { "DENIED" };
    let data = json!({"client": client, "scope": scope, "status": status});
    Annotation { event: "ApprovalModifiedEvent".into(), data, ..Annotation::default() }
}

/// Whose token it is: what is written is done in their name.
async fn person(engine: &Engine, cx: &mut Ctx) -> Reply<Uuid> {
    let presented = cx.presented().ok_or(Fault::Denied(Denied::Anonymous, "approval"))?;
    let good = engine.presented(&presented, &cx.here(), cx.now()).await?;
    if !good.has_scope("oauth.approvals") {
        return Err(insufficient_scope("oauth.approvals", "Insufficient scope for this resource"));
    }
    cx.tx().in_the_name_of(good.actor.clone());
    good.user().ok_or_else(|| {
        Fault::protocol(Code::new(403, "access_denied"), "Approvals can only be managed by a user")
    })
}

async fn known(engine: &Engine, client_id: &str, cx: &Ctx) -> Reply<Arc<Known>> {
    engine.client(cx.zone(), client_id).await?.ok_or_else(|| {
        let text = format!("No client with requested id: {client_id}");
        Fault::protocol(Code::new(404, "not_found"), text)
    })
}

/// What was sent, as it will be kept; of several about one scope the last.
async fn checked(
    engine: &Engine,
    sent: &[ApprovalBody],
    (user, of): (Uuid, Option<&str>),
    cx: &Ctx,
) -> Reply<Vec<Good>> {
    if sent.len() > MOST {
        return Err(bad(format!("more than {MOST} approvals at once")));
    }
    let mut good: Vec<Good> = vec![];
    for one in sent {
        let whose = one.user_id.as_deref().filter(|id| !id.trim().is_empty());
        if whose.is_some_and(|id| id != user.to_string()) {
            return Err(Fault::protocol(
                Code::new(401, "unauthorized_operation"),
                "Cannot update approvals for another user. Set user_id to null to update for existing user.",
            ));
        }
        let client_id = one.client_id.as_deref().filter(|id| !id.is_empty()).or(of);
        let client_id = client_id.ok_or_else(|| bad("an approval has no `clientId`"))?;
        if of.is_some_and(|of| of != client_id) {
            return Err(bad("the `clientId` of an approval is not the one of the path"));
        }
        known(engine, client_id, cx).await?;
        let scope = one.scope.as_deref().unwrap_or_default();
        let odd = |c: char| c.is_whitespace() || c.is_control();
        if scope.is_empty() || scope.chars().count() > LONGEST || scope.contains(odd) {
            return Err(bad("the `scope` of an approval is none"));
        }
        let expires = match &one.expires_at {
            None => Some(cx.now() + USUAL),
            Some(Moment::Millis(millis)) => millis.checked_mul(1_000),
            Some(Moment::Text(text)) => parse_rfc3339(text),
        };
        let expires = expires.ok_or_else(|| bad("the `expiresAt` of an approval is no moment"))?;
        good.retain(|had| (had.client_id.as_str(), had.scope.as_str()) != (client_id, scope));
        let (client_id, scope) = (client_id.to_owned(), scope.to_owned());
        good.push(Good { client_id, scope, approved: one.status == Status::Approved, expires });
    }
    Ok(good)
}

/// Puts these in the place of all that the person has, or has of one client.
async fn put(user: Uuid, of: Option<&str>, good: &[Good], cx: &mut Ctx) -> Reply<()> {
    cx.step(Want::Write).await?;
    let me = cx.tx().assume(Duty::SignIn);
    let done = put_in(user, of, good, cx).await;
    cx.tx().resume(me);
    done
}

async fn put_in(user: Uuid, of: Option<&str>, good: &[Good], cx: &mut Ctx) -> Reply<()> {
    for row in rows(user, of, None, cx).await? {
        match cx.tx().grant::<Delete, Approval>(Id::new(row.guid)).await {
            Ok(old) => {
                cx.tx().delete(old).await?;
                if good.is_empty() {
                    cx.tx().annotate(approval(&row.own.client_id, &row.own.scope, false));
                }
            }
            // Another request at the same moment: look again.
            Err(Fault::Denied(..)) => return Err(Fault::Retry),
            Err(fault) => return Err(fault),
        }
    }
    for Good { client_id, scope, approved, expires } in good {
        let set = Set::default()
            .put(Approval::subject, user)
            .put(Approval::client_id, client_id.as_str())
            .put(Approval::scope, scope.as_str())
            .put(Approval::approved, *approved)
            .put(Approval::expires, *expires);
        let zone = Id::<Zone>::new(cx.zone());
        let slot = cx.tx().slot::<Approval>(zone).await?;
        let id = cx.tx().ids().uuid();
        match cx.tx().insert_as(slot, Id::new(id), Some(user), set).await {
            Ok(_) => cx.tx().annotate(approval(client_id, scope, *approved)),
            Err(Fault::Unique(_)) => return Err(Fault::Retry),
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// What holds now.
async fn in_force(user: Uuid, of: Option<&str>, cx: &mut Ctx) -> Reply<Vec<Fields<ApprovalOwn>>> {
    let me = cx.tx().assume(Duty::SignIn);
    let now = cx.now();
    let found = rows(user, of, Some(now), cx).await;
    cx.tx().resume(me);
    found
}

async fn rows(
    user: Uuid,
    of: Option<&str>,
    after: Option<Micros>,
    cx: &mut Ctx,
) -> Reply<Vec<Fields<ApprovalOwn>>> {
    let seen = cx.tx().visible::<Approval>().await?;
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let mut query = Query::<Approval>::first(most).when(Cond::Ids("subject", vec![user]));
    if let Some(client) = of {
        query = query.when(Cond::In(Field::Text("client_id"), vec![client.to_owned()]));
    }
    if let Some(after) = after {
        query = query.when(Cond::Time("expires", TimeOp::Gt, after));
    }
    Ok(cx.tx().list(&seen, &query).await?.rows)
}

/// A page, without what nobody is asked about, as UAA shows it.
async fn shown(engine: &Engine, page: Vec<Fields<ApprovalOwn>>, cx: &Ctx) -> Reply<Value> {
    let mut clients = HashMap::new();
    let mut all = vec![];
    for row in page {
        let own = row.own;
        if !clients.contains_key(&own.client_id) {
            clients.insert(own.client_id.clone(), engine.client(cx.zone(), &own.client_id).await?);
        }
        // What was said about a client that is gone is said about nobody.
        let Some(Some(client)) = clients.get(&own.client_id) else { continue };
        if client.auto_approve.covers(&own.scope) {
            continue;
        }
        let ApprovalOwn { subject, client_id, scope, approved, expires } = own;
        all.push(view(subject, &Good { client_id, scope, approved, expires }, row.updated_at));
    }
    Ok(Value::Array(all))
}

fn view(user: Uuid, one: &Good, at: Micros) -> Value {
    json!({
        "userId": user,
        "clientId": one.client_id,
        "scope": one.scope,
        "status": if one.approved { "APPROVED" } else { "DENIED" },
        "lastUpdatedAt": rfc3339_millis(at),
        "expiresAt": rfc3339_millis(one.expires),
    })
}

fn looks() -> Shape {
    let one = object([
        ("userId", ID),
        ("clientId", TEXT),
        ("scope", TEXT),
        ("status", Shape::Word(&["APPROVED", "DENIED"])),
        ("lastUpdatedAt", TIME),
        ("expiresAt", TIME),
    ]);
    shape::list(one.named("approval"))
}

fn bad(text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "invalid_request"), text)
}

/// Of one person, at once.
const MOST: usize = 1_000;
const LONGEST: usize = 255;
/// UAA's life of an approval that says nothing of it; one that is given on the page of an application holds for a month.
const USUAL: Micros = 1_800_000_000;
