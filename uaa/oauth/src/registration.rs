//! Dynamic client registration (RFC 7591, OpenID Connect Dynamic Client Registration 1.0) and its management (RFC 7592).
//!
//! Who may register: whoever holds an initial access token that an administrator gave out, or an access token with the scope
//! `clients.register`; everybody, where the operator opened it by name. What comes of it is bounded by the policy either way.

mod admission;
mod metadata;
mod policy;
mod view;

pub use policy::RegistrationPolicy;

use crate::engine::Engine;
use crate::fields;
use admission::admit;
use axum::http::{Method, StatusCode, header};
use metadata::{Metadata, refused};
use serde_json::{Map, Value};
use std::sync::Arc;
use uaa_authz::{Delete, Duty, Update, Zone};
use uaa_directory::client_metadata::known_otherwise;
use uaa_directory::password::Source;
use uaa_directory::{Client, ClientOwn, end_client, hex};
use uaa_model::{Denied, Fault, Id, Reply, Secret};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Document, Proof, Public, Route, Site::Uaa, with};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Set, Want};
use uaa_token::digest;

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let new =
        "the initial access token is looked at inside (RFC 7591 section 3); the operator may have opened it";
    let own = "the registration access token is the client's own (RFC 7592 section 2) and looked at inside";
    let (all, one) = ("/oauth/register", "/oauth/register/{client_id}");
    let e = || engine.clone();
    vec![
        Route::public(Uaa, Method::POST, all, "registration_create", Oauth, new, with(e(), create))
            .fields(&[fields::METADATA])
            .proofs(&[Proof::Bearer, Proof::Otherwise])
            .answers(Answers::created(view::looks)),
        Route::public(Uaa, Method::GET, one, "registration_show", Oauth, own, with(e(), show))
            .proofs(&[Proof::Bearer])
            .answers(Answers::ok(view::looks)),
        Route::public(Uaa, Method::PUT, one, "registration_replace", Oauth, own, with(e(), replace))
            .fields(&[fields::METADATA])
            .proofs(&[Proof::Bearer])
            .answers(Answers::ok(view::looks)),
        Route::public(Uaa, Method::DELETE, one, "registration_delete", Oauth, own, with(e(), delete))
            .proofs(&[Proof::Bearer])
            .answers(Answers::none()),
    ]
}

async fn create(engine: Arc<Engine>, _: Public, body: Document, cx: &mut Ctx) -> Reply<Answer> {
    let admission = admit(&engine, cx).await?;
    let new = Metadata::read(&object(&body)?, &admission.policy, None)?.within(admission.hosts.clone());
    new.of_one_sector(&engine).await?;
    let secret = new.needs_secret().then(|| Secret::new(engine.ids.hex32() + &engine.ids.hex32()));
    let hash = hashed(&engine, secret.as_ref(), cx).await?;
    cx.step(Want::Write).await?;
    // Nobody else counts uses meanwhile.
    cx.tx().insist();
    let me = cx.tx().assume(Duty::Registration);
    let made = make(&engine, &new, hash, &admission, cx).await;
    cx.tx().resume(me);
    let (row, held) = made?;
    let shown = view::registered(&row, &cx.here().uaa, secret.as_ref(), Some(&held));
    Answer::json(StatusCode::CREATED, &shown)?.with(header::CACHE_CONTROL, "no-store")
}

async fn make(
    engine: &Engine,
    new: &Metadata,
    hash: Option<String>,
    admission: &admission::Admission,
    cx: &mut Ctx,
) -> Reply<(Fields<ClientOwn>, Secret)> {
    let held = Secret::new(engine.ids.hex32() + &engine.ids.hex32());
    let tx = cx.tx();
    let slot = tx.slot::<Client>(Id::<Zone>::new(tx.zone())).await?;
    admission.use_up(tx).await?;
    let (id, name) = (tx.ids().uuid(), engine.ids.hex32());
    let set = new
        .set(&name)
        .put(Client::client_id, name.as_str())
        .put(Client::secret, hash)
        .put(Client::authorities, r#"["uaa.none"]"#)
        .put(Client::autoapprove, "[]")
        .put(Client::registration, Some(hex(&digest(held.expose()))))
        .put(Client::generation, tx.now());
    let made = tx.insert_as(slot, Id::new(id), Some(id), set).await?;
    tx.enroll(&made).await?;
    tx.annotate(event("ClientCreateSuccess", &name));
    Ok((tx.get(&made).await?, held))
}

async fn show(engine: Arc<Engine>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let _ = engine;
    let row = own(cx).await?;
    let shown = view::registered(&row, &cx.here().uaa, None, None);
    Answer::ok(&shown)?.with(header::CACHE_CONTROL, "no-store")
}

/// RFC 7592 section 2.2: all of it anew. What is left out is gone; scopes stay, as a default of the server's.
async fn replace(engine: Arc<Engine>, _: Public, body: Document, cx: &mut Ctx) -> Reply<Answer> {
    let row = own(cx).await?;
    let asked = object(&body)?;
    same(&engine, &row, &asked, cx).await?;
    let policy = engine.settings.registration.with_what_it_has(&row.own);
    let new = Metadata::read(&asked, &policy, Some(&row.own))?.within(policy::hosts_of(&row.own));
    new.of_one_sector(&engine).await?;
    let had = row.own.secret.is_some();
    let secret = (new.needs_secret() && !had).then(|| Secret::new(engine.ids.hex32() + &engine.ids.hex32()));
    let hash = match hashed(&engine, secret.as_ref(), cx).await? {
        Some(hash) => Some(hash),
        None => row.own.secret.clone().filter(|_| new.needs_secret()),
    };
    cx.step(Want::Write).await?;
    let me = cx.tx().assume(Duty::Registration);
    let after = change(&row, &new, hash, cx).await;
    cx.tx().resume(me);
    engine.credentials.forget_client(row.guid);
    let shown = view::registered(&after?, &cx.here().uaa, secret.as_ref(), None);
    Answer::ok(&shown)?.with(header::CACHE_CONTROL, "no-store")
}

async fn change(
    row: &Fields<ClientOwn>,
    new: &Metadata,
    hash: Option<String>,
    cx: &mut Ctx,
) -> Reply<Fields<ClientOwn>> {
    let tx = cx.tx();
    let client: Granted<Update, Client> = tx.grant(Id::new(row.guid)).await?;
    // What it was known by is another: whatever was given to whoever knew it ends.
    let members = |more: &str| serde_json::from_str(more).unwrap_or_default();
    let ends = row.own.secret != hash || known_otherwise(&members(&row.own.more), &members(&new.more()));
    let none: Option<String> = None;
    let set: Set<Client> = new
        .set(&row.own.client_id)
        .put(Client::secret, hash)
        .put(Client::secret_two, none)
        .put(Client::generation, row.own.generation + i64::from(ends));
    tx.update(&client, set).await?;
    tx.annotate(event("ClientUpdateSuccess", &row.own.client_id));
    tx.get(&client).await
}

async fn delete(engine: Arc<Engine>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = own(cx).await?;
    cx.step(Want::Write).await?;
    let me = cx.tx().assume(Duty::Registration);
    let done = end(&row, cx).await;
    cx.tx().resume(me);
    done?;
    engine.credentials.forget_client(row.guid);
    Answer::none()
}

async fn end(row: &Fields<ClientOwn>, cx: &mut Ctx) -> Reply<()> {
    let tx = cx.tx();
    let client = tx.grant::<Delete, Client>(Id::new(row.guid)).await?;
    end_client(tx, client).await?;
    tx.annotate(event("ClientDeleteSuccess", &row.own.client_id));
    Ok(())
}

/// The client of the path, if the token is the one that it was registered with. Whether there is no such client or another
/// token, the answer is the same (RFC 7592 section 2.1).
async fn own(cx: &mut Ctx) -> Reply<Fields<ClientOwn>> {
    let held = cx.presented().ok_or(Fault::Denied(Denied::Anonymous, "client"))?.token;
    let held = hex(&digest(held));
    let name = cx.params.text(0).to_owned();
    let me = cx.tx().assume(Duty::Registration);
    let found = match cx.tx().visible::<Client>().await {
        Ok(seen) => cx.tx().find(&seen, Cond::In(Field::Text("client_id"), vec![name])).await,
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let row = found?.filter(|row| row.own.registration.as_deref() == Some(held.as_str()));
    row.ok_or(Fault::Denied(Denied::Unauthenticated, "client"))
}

/// RFC 7592 section 2.2: who it is stands in the body as well, and nothing that only the server says.
async fn same(
    engine: &Engine,
    row: &Fields<ClientOwn>,
    asked: &Map<String, Value>,
    cx: &mut Ctx,
) -> Reply<()> {
    for name in SERVERS {
        if asked.contains_key(*name) {
            return Err(refused(format!("`{name}` is not the client's to say")));
        }
    }
    if asked.get("client_id").and_then(Value::as_str) != Some(&row.own.client_id) {
        return Err(refused("`client_id` is not the one of the path"));
    }
    let Some(secret) = asked.get("client_secret") else { return Ok(()) };
    let secret = Secret::new(secret.as_str().unwrap_or_default().to_owned());
    let stored: Vec<String> = row.own.secret.iter().cloned().collect();
    let (address, now) = (cx.caller.address.clone(), cx.now());
    let source = Source { account: &row.own.client_id, address: &address };
    cx.tx().release();
    match engine.credentials.client_secret(Some((row.guid, &stored)), &[secret], source, now).await? {
        true => Ok(()),
        false => Err(refused("`client_secret` is not the client's")),
    }
}

/// The hash of a secret, computed while no connection is held.
async fn hashed(engine: &Engine, secret: Option<&Secret>, cx: &mut Ctx) -> Reply<Option<String>> {
    let Some(secret) = secret else { return Ok(None) };
    let address = cx.caller.address.clone();
    let source = Source { account: "registration", address: &address };
    cx.tx().release();
    engine.credentials.new_client_secret(secret, source).await.map(Some)
}

fn object(body: &Document) -> Reply<Map<String, Value>> {
    serde_json::from_slice(&body.0).map_err(|_| refused("the body is no JSON object"))
}

fn event(event: &str, client_id: &str) -> Annotation {
    Annotation { event: event.into(), target_name: client_id.into(), ..Annotation::default() }
}

/// RFC 7592 section 2.2.
const SERVERS: &[&str] = &[
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];
