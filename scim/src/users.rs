//! `/Users`.

mod body;
mod ids;
mod password;
mod status;
mod verify;
mod view;

use crate::conds::USER;
use crate::listing::{Listing, page};
use crate::member::groups_of;
use crate::version::{optional, required, tagged};
use crate::{SCHEMA, done, route};
use axum::http::Method;
use body::UserBody;
use std::sync::Arc;
use uaa_authz::{Delete, Duty, Implies, Read, Update};
use uaa_directory::password::{PasswordPolicy, Source};
use uaa_directory::{Credentials, Errand, User, UserOwn, end_sessions, end_user, queue};
use uaa_model::{Code, Fault, Id, Reply, Secret};
use uaa_plugin::{Answer, Answers, Ctx, Form, Json, Ready, Route, with};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Set, Slot, Tx, Visible};
use uuid::Uuid;

/// The routes.
pub(crate) fn routes(credentials: &Arc<Credentials>, mails: bool) -> Vec<Route> {
    let (replace, update) = (with(mails, replace), with(mails, update));
    let change = route(Method::PUT, "/Users/{id}/password", "user_password_update", password::change);
    vec![
        route(Method::GET, "/Users", "user_list", list).answers(Answers::ok(|| page(view::looks()))),
        route(Method::POST, "/Users", "user_create", create)
            .answers(Answers::created(view::looks).tagged())
            .after(with(credentials.clone(), hashed)),
        route(Method::GET, "/Users/{id}", "user_show", read).answers(Answers::ok(view::looks).tagged()),
        route(Method::PUT, "/Users/{id}", "user_replace", replace).answers(Answers::ok(view::looks).tagged()),
        route(Method::PATCH, "/Users/{id}", "user_update", update).answers(Answers::ok(view::looks).tagged()),
        route(Method::DELETE, "/Users/{id}", "user_delete", delete)
            .answers(Answers::ok(view::looks).tagged()),
        change.answers(Answers::ok(done)).after(with(credentials.clone(), password::proved)),
        route(
            Method::PATCH,
            "/Users/{id}/status",
            "user_status_update",
            with(credentials.clone(), status::update),
        )
        .answers(Answers::ok(status::looks)),
        route(Method::GET, "/Users/{id}/verify", "user_verify", verify::verify)
            .answers(Answers::ok(view::looks).tagged()),
        route(Method::GET, "/Users/{id}/verify-link", "user_verify_link_create", verify::link)
            .answers(Answers::ok(verify::link_looks)),
        route(Method::GET, "/ids/Users", "user_id_list", ids::list)
            .answers(Answers::ok(|| page(ids::looks()))),
    ]
}

async fn list(seen: Visible<User>, Form(pairs): Form, cx: &mut Ctx) -> Reply<Answer> {
    let listing = Listing::read(&pairs)?;
    let page = cx.tx().list(&seen, &listing.query::<User>(USER)?).await?;
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.guid).collect();
    let mut groups = groups_of(cx.tx(), &seen, &ids).await?;
    let logons = cx.tx().logons(&seen, &ids).await?;
    let zone = cx.here().id.clone();
    let mut view = |row: &Fields<UserOwn>| {
        let (groups, logon) = (groups.remove(&row.guid).unwrap_or_default(), logons.get(&row.guid));
        view::user(row, &groups, logon, &zone)
    };
    let resources = page.rows.iter().map(&mut view).collect();
    Answer::ok(&listing.envelope(&page, resources, SCHEMA))
}

async fn read(granted: Granted<Read, User>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&granted).await?;
    show(cx, &granted, &row).await
}

/// The hash of a new user's password; none for a user of another provider.
async fn hashed(
    credentials: Arc<Credentials>,
    _: Slot<User>,
    Json(body): Json<UserBody>,
    cx: &mut Ctx,
) -> Reply<Option<String>> {
    let new = body.whole()?;
    let origin = body.origin().to_owned();
    free(cx.tx(), &new.username, &origin).await?;
    let Some(password) = secret_of(&body, &origin)? else { return Ok(None) };
    let account = account(cx);
    let source = Source { account: &account, address: &cx.caller.address.clone() };
    cx.tx().release();
    let policy = PasswordPolicy::of(&cx.here());
    credentials.new_password(password, &policy, &[], source, 400).await.map(Some)
}

async fn create(
    slot: Slot<User>,
    Ready { input: Json(body), ready: hash }: Ready<Json<UserBody>, Option<String>>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let new = body.whole()?;
    let origin = body.origin().to_owned();
    free(cx.tx(), &new.username, &origin).await?;
    let set = body
        .set(Set::default(), &new)
        .put(User::origin, origin.as_str())
        .put(User::active, body.active.unwrap_or(true))
        .put(User::verified, body.verified.unwrap_or(true))
        .put(User::password_changed_at, cx.now())
        .put(User::password_change_required, false)
        .put(User::generation, 0)
        .put(User::version, 0)
        .put(User::password, (*hash).clone());
    let tx = cx.tx();
    let id = tx.ids().uuid();
    let made = tx.insert_as(slot, Id::new(id), Some(id), set).await?;
    note(tx, "UserCreatedEvent", &new.username);
    tx.enroll(&made).await?;
    if body.active == Some(false) {
        tx.set_inactive(&made, true).await?;
    }
    let row = tx.get(&made).await?;
    let groups = groups_of(tx, &made, &[id]).await?.remove(&id).unwrap_or_default();
    tagged(Answer::created(&view::user(&row, &groups, None, &cx.here().id))?, 0)
}

async fn replace(
    mails: bool,
    granted: Granted<Update, User>,
    Json(body): Json<UserBody>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let row = cx.tx().get(&granted).await?;
    required(&cx.headers, row.own.version)?;
    let new = body.whole()?;
    let set = body.set(Set::default(), &new);
    save(mails, cx, &granted, row, &body, set).await
}

async fn update(
    mails: bool,
    granted: Granted<Update, User>,
    Json(body): Json<UserBody>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let row = cx.tx().get(&granted).await?;
    required(&cx.headers, row.own.version)?;
    let set = body.some(Set::default())?;
    save(mails, cx, &granted, row, &body, set).await
}

/// What a change by PUT and one by PATCH have in common. Without `active` and `verified` both stay as they are.
async fn save(
    mails: bool,
    cx: &mut Ctx,
    granted: &Granted<Update, User>,
    before: Fields<UserOwn>,
    body: &UserBody,
    set: Set<User>,
) -> Reply<Answer> {
    let set = set
        .maybe(User::active, body.active)
        .maybe(User::verified, body.verified)
        .put(User::version, before.own.version + 1);
    let tx = cx.tx();
    tx.update(granted, set).await?;
    note(tx, "UserModifiedEvent", &before.own.username);
    if let Some(active) = body.active.filter(|active| *active != before.own.active) {
        tx.set_inactive(granted, !active).await?;
        if !active {
            end_sessions(tx, granted.id().uuid()).await?;
        }
    }
    let row = tx.get(granted).await?;
    let known_by = |row: &UserOwn| (row.username_key.clone(), row.email.clone(), row.external_id.clone());
    if granted.place().owner != tx.actor().subject.id() && known_by(&row.own) != known_by(&before.own) {
        // A link for a new password goes to the address, and a provider's people are found by the rest.
        tx.may_stand_in_for_person(granted).await?;
    }
    if mails && row.own.email != before.own.email {
        let (mail, address) = (before.own.email, Some(row.own.email.clone()));
        queue(Errand::Changed { user: row.guid, mail, address }, cx).await?;
    }
    show(cx, granted, &row).await
}

async fn delete(granted: Granted<Delete, User>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&granted).await?;
    optional(&cx.headers, row.own.version)?;
    let answer = show(cx, &granted, &row).await?;
    end_user(granted, &row.own.username, cx.tx()).await?;
    Ok(answer)
}

async fn show<V: Implies<Read>>(
    cx: &mut Ctx,
    granted: &Granted<V, User>,
    row: &Fields<UserOwn>,
) -> Reply<Answer> {
    let groups = groups_of(cx.tx(), granted, &[row.guid]).await?.remove(&row.guid).unwrap_or_default();
    let logon = cx.tx().logons(granted, &[row.guid]).await?.remove(&row.guid);
    tagged(Answer::ok(&view::user(row, &groups, logon.as_ref(), &cx.here().id))?, row.own.version)
}

/// Before the insert: a statement that breaks a constraint ends the transaction on PostgreSQL, and the answer names the
/// user that is in the way. Whoever may create users need not be one who may read them, hence the duty.
async fn free(tx: &mut Tx, username: &str, origin: &str) -> Reply<()> {
    let actor = tx.assume(Duty::SignIn);
    let known = find(tx, username, origin).await;
    tx.resume(actor);
    match known? {
        None => Ok(()),
        Some(row) => Err(Fault::Protocol(
            Code::new(409, "scim_resource_already_exists"),
            format!("Username already in use: {username}").into(),
            vec![
                ("user_id", row.guid.to_string()),
                ("active", row.own.active.to_string()),
                ("verified", row.own.verified.to_string()),
            ],
        )),
    }
}

async fn find(tx: &mut Tx, username: &str, origin: &str) -> Reply<Option<Fields<UserOwn>>> {
    let seen = tx.visible::<User>().await?;
    let same = Cond::All(vec![
        Cond::In(Field::Folded("username_key"), vec![username.to_owned()]),
        Cond::In(Field::Text("origin"), vec![origin.to_owned()]),
    ]);
    tx.find(&seen, same).await
}

/// The password of a new user. A user of another provider has none here, whatever the request says.
fn secret_of<'a>(body: &'a UserBody, origin: &str) -> Reply<Option<&'a Secret>> {
    if origin != OWN {
        return Ok(None);
    }
    match body.password.as_ref().filter(|p| !p.is_empty()) {
        Some(password) => Ok(Some(password)),
        None => Err(Fault::protocol(Code::new(400, "invalid_password"), "A password must be specified")),
    }
}

/// Whose share of the hashing queue a new secret takes: the one of whoever sets it.
pub(crate) fn account(cx: &mut Ctx) -> String {
    cx.tx().actor().subject.id().unwrap_or_default().to_string()
}

fn note(tx: &mut Tx, event: &str, name: &str) {
    let (event, target_name) = (event.to_owned(), name.to_owned());
    tx.annotate(Annotation { event, target_name, ..Annotation::default() });
}

/// The origin of users whose passwords are kept here.
const OWN: &str = "uaa";
