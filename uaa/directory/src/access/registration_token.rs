//! `/access/v1/registration-tokens`: initial access tokens (RFC 7591 section 3), by which applications register themselves.

use super::list::Paging;
use crate::{RegistrationToken, RegistrationTokenOwn, hex};
use axum::http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Read, Zone};
use uaa_model::{Fault, Id, Micros, Reply, rfc3339};
use uaa_plugin::shape::{self, ID, NUMBER, Shape, TEXT, TIME, object};
use uaa_plugin::{Answer, Ctx, Input, Json, Raw, Reads, Within};
use uaa_store::{Annotation, Fields, Granted, Set, Slot, Visible};
use uaa_token::digest;

/// A token to be made. What it names comes on top of the installation's policy, or in its hosts' place.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    /// For people.
    #[serde(default)]
    description: String,
    /// How many clients may come of it.
    #[serde(default = "once")]
    uses: i64,
    /// Seconds that it is good for.
    #[serde(default = "a_day")]
    expires_in: i64,
    /// Further scopes that people may give those clients.
    #[serde(default)]
    scopes: Vec<String>,
    /// Further grant types.
    #[serde(default)]
    grant_types: Vec<String>,
    /// The only hosts to which they may have people sent.
    #[serde(default)]
    redirect_hosts: Vec<String>,
}

fn once() -> i64 {
    1
}

fn a_day() -> i64 {
    86_400
}

impl Within<RegistrationToken> for New {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

/// No filters.
#[derive(Debug)]
pub(super) struct All(Paging);

impl Input for All {
    const NAME: &'static str = "list";
    fn read(raw: &Raw) -> Reply<Self> {
        Paging::read(&raw.query, &[]).map(All)
    }
    fn reads() -> Reads {
        Paging::reads(&[])
    }
}

pub(super) async fn list(seen: Visible<RegistrationToken>, ask: All, cx: &mut Ctx) -> Reply<Answer> {
    let page = cx.tx().list(&seen, &ask.0.query()).await?;
    let url = format!("{}/access/v1/registration-tokens", cx.links.uaa);
    Answer::ok(&ask.0.answer(page.rows, page.total, &url, |row| row.guid, view))
}

/// The token itself is in this answer and never again.
pub(super) async fn create(slot: Slot<RegistrationToken>, new: Json<New>, cx: &mut Ctx) -> Reply<Answer> {
    let new = new.0;
    if !(1..=MOST_USES).contains(&new.uses) || !(1..=LONGEST).contains(&new.expires_in) {
        return Err(Fault::invalid(format!(
            "`uses` is a number from 1 to {MOST_USES}, `expires_in` one of seconds from 1 to {LONGEST}"
        )));
    }
    if new.description.chars().count() > 250 || new.description.contains('\0') {
        return Err(Fault::invalid("the description is longer than 250 characters or has a NUL character"));
    }
    let all = [&new.scopes, &new.grant_types, &new.redirect_hosts];
    let odd = |text: &String| text.is_empty() || text.len() > 250 || text.contains(char::is_whitespace);
    if all.iter().any(|list| list.len() > 50 || list.iter().any(odd)) {
        return Err(Fault::invalid("a list has more than 50 names, or one that is none"));
    }
    // Whoever may only make clients gives no more away than the scopes that such a client gets by a person's consent.
    if new.grant_types.iter().any(|grant| grant == "password") {
        return Err(Fault::invalid("`password` is not for clients that register themselves"));
    }
    let ids = cx.tx().ids().clone();
    let held = ids.hex32() + &ids.hex32();
    let policy = json!({
        "scopes": new.scopes, "grant_types": new.grant_types, "redirect_hosts": new.redirect_hosts,
    });
    let set = Set::default()
        .put(RegistrationToken::digest, hex(&digest(&held)))
        .put(RegistrationToken::description, new.description.as_str())
        .put(RegistrationToken::uses_left, new.uses)
        .put(RegistrationToken::expires, cx.now() + new.expires_in * SECOND)
        .put(RegistrationToken::policy, policy.to_string());
    let made = cx.tx().insert(slot, set).await?;
    cx.tx().annotate(Annotation { target_name: new.description, ..Annotation::default() });
    let row = cx.tx().get(&made).await?;
    let place = format!("{}/access/v1/registration-tokens/{}", cx.links.uaa, row.guid);
    let mut shown = view(&row);
    shown["token"] = held.into();
    Answer::json(StatusCode::CREATED, &shown)?
        .with(header::LOCATION, &place)?
        .with(header::CACHE_CONTROL, "no-store")
}

pub(super) async fn show(token: Granted<Read, RegistrationToken>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&view(&cx.tx().get(&token).await?))
}

/// The clients that came of it stay.
pub(super) async fn delete(token: Granted<Delete, RegistrationToken>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().delete(token).await?;
    Answer::none()
}

fn view(row: &Fields<RegistrationTokenOwn>) -> Value {
    let policy: Value = serde_json::from_str(&row.own.policy).unwrap_or_default();
    json!({
        "id": row.guid,
        "description": row.own.description,
        "uses_left": row.own.uses_left,
        "scopes": policy["scopes"],
        "grant_types": policy["grant_types"],
        "redirect_hosts": policy["redirect_hosts"],
        "created_at": rfc3339(row.created_at),
        "expires_at": rfc3339(row.own.expires),
    })
}

pub(super) fn looks() -> Shape {
    object([
        ("id", ID),
        ("description", TEXT),
        ("uses_left", NUMBER),
        ("scopes", shape::list(TEXT)),
        ("grant_types", shape::list(TEXT)),
        ("redirect_hosts", shape::list(TEXT)),
        ("created_at", TIME),
        ("expires_at", TIME),
    ])
    .named("registration_token")
}

/// With the token itself.
pub(super) fn new_looks() -> Shape {
    looks().and([("token", TEXT)]).named("registration_token.new")
}

const SECOND: Micros = 1_000_000;
const MOST_USES: i64 = 100_000;
/// A year.
const LONGEST: i64 = 31_536_000;
