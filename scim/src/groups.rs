//! `/Groups`.

mod body;
mod members;
mod view;

use crate::conds::GROUP;
use crate::listing::{Listing, page};
use crate::member::members_of;
use crate::version::{optional, required, tagged};
use crate::{SCHEMA, route};
use axum::http::Method;
use body::GroupBody;
use uaa_authz::{Create, Delete, Duty, Implies, Read, Update};
use uaa_directory::zone::Authority;
use uaa_directory::{Group, GroupOwn};
use uaa_model::{Code, Fault, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Form, Json, Route, shape};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Set, Slot, Tx, Visible};
use uuid::Uuid;

/// The routes.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        route(Method::GET, "/Groups", "group_list", list).answers(Answers::ok(|| page(view::looks()))),
        route(Method::POST, "/Groups", "group_create", create)
            .answers(Answers::created(view::looks).tagged()),
        route(Method::GET, "/Groups/{id}", "group_show", read).answers(Answers::ok(view::looks).tagged()),
        route(Method::PUT, "/Groups/{id}", "group_replace", replace)
            .answers(Answers::ok(view::looks).tagged()),
        route(Method::PATCH, "/Groups/{id}", "group_update", update)
            .answers(Answers::ok(view::looks).tagged()),
        route(Method::DELETE, "/Groups/{id}", "group_delete", delete)
            .answers(Answers::ok(view::looks).tagged()),
        route(Method::GET, "/Groups/{id}/members", "group_member_list", members::list)
            .answers(Answers::ok(|| shape::list(view::member_looks()))),
        route(Method::POST, "/Groups/{id}/members", "group_member_create", members::create)
            .answers(Answers::created(view::member_looks)),
        route(Method::GET, "/Groups/{id}/members/{mid}", "group_member_show", members::read)
            .answers(Answers::ok(view::member_looks)),
        route(Method::DELETE, "/Groups/{id}/members/{mid}", "group_member_delete", members::delete)
            .answers(Answers::ok(view::member_looks)),
    ]
}

async fn list(seen: Visible<Group>, Form(pairs): Form, cx: &mut Ctx) -> Reply<Answer> {
    let listing = Listing::read(&pairs)?;
    let page = cx.tx().list(&seen, &listing.query::<Group>(GROUP)?).await?;
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.guid).collect();
    let mut members = members_of(cx.tx(), &seen, &ids).await?;
    let zone = cx.here().id.clone();
    let resources = page
        .rows
        .iter()
        .map(|row| view::group(row, &members.remove(&row.guid).unwrap_or_default(), &zone))
        .collect();
    Answer::ok(&listing.envelope(&page, resources, SCHEMA))
}

async fn read(granted: Granted<Read, Group>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&granted).await?;
    show(cx, &granted, &row).await
}

async fn create(slot: Slot<Group>, Json(body): Json<GroupBody>, cx: &mut Ctx) -> Reply<Answer> {
    let name = body.name()?;
    let role = role(cx.tx(), name)?;
    let zone = cx.here().id.clone();
    let tx = cx.tx();
    free(tx, name).await?;
    let set = Set::default()
        .put(Group::name, name)
        .put(Group::name_key, name.to_lowercase())
        .put(Group::description, body.description())
        .put(Group::version, 0);
    let made = tx.insert(slot, set).await?;
    note(tx, "GroupCreatedEvent", name);
    tx.enroll(&made).await?;
    empower(tx, &made, name, role).await?;
    members::join_all(tx, &made, &body.joining()).await?;
    let row = tx.get(&made).await?;
    let members = members_of(tx, &made, &[row.guid]).await?.remove(&row.guid).unwrap_or_default();
    tagged(Answer::created(&view::group(&row, &members, &zone))?, 0)
}

async fn replace(
    granted: Granted<Update, Group>,
    Json(body): Json<GroupBody>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let row = cx.tx().get(&granted).await?;
    required(&cx.headers, row.own.version)?;
    let name = body.name()?.to_owned();
    let set = Set::default().put(Group::description, body.description());
    save(cx, &granted, &row, set, Some(&name)).await?;
    let tx = cx.tx();
    let wanted = body.joining();
    let present = members_of(tx, &granted, &[row.guid]).await?.remove(&row.guid).unwrap_or_default();
    for gone in present.iter().filter(|m| !wanted.iter().any(|w| w.id == m.id)) {
        tx.leave(&granted, gone.id).await?;
    }
    members::join_all(tx, &granted, &wanted).await?;
    let row = tx.get(&granted).await?;
    show(cx, &granted, &row).await
}

async fn update(granted: Granted<Update, Group>, Json(body): Json<GroupBody>, cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&granted).await?;
    required(&cx.headers, row.own.version)?;
    let name = body.given_name()?.map(str::to_owned);
    let set = Set::default().maybe(Group::description, body.given_description());
    save(cx, &granted, &row, set, name.as_deref()).await?;
    let tx = cx.tx();
    let everybody = body.clears("members");
    if everybody {
        let present = members_of(tx, &granted, &[row.guid]).await?.remove(&row.guid).unwrap_or_default();
        for gone in present {
            tx.leave(&granted, gone.id).await?;
        }
    }
    for gone in body.leaving() {
        tx.leave(&granted, gone).await?;
    }
    members::join_all(tx, &granted, &body.joining()).await?;
    let row = tx.get(&granted).await?;
    show(cx, &granted, &row).await
}

async fn delete(granted: Granted<Delete, Group>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&granted).await?;
    optional(&cx.headers, row.own.version)?;
    let answer = show(cx, &granted, &row).await?;
    let tx = cx.tx();
    tx.withdraw(&granted).await?;
    tx.delete(granted).await?;
    note(tx, "GroupDeletedEvent", &row.own.name);
    Ok(answer)
}

/// The group's own columns. A name that stands for a role is given once, at birth: by a new name a group would lose its
/// binding, or be taken for one that it does not have.
async fn save(
    cx: &mut Ctx,
    granted: &Granted<Update, Group>,
    before: &Fields<GroupOwn>,
    set: Set<Group>,
    name: Option<&str>,
) -> Reply<()> {
    let mut set = set.put(Group::version, before.own.version + 1);
    if let Some(name) = name.filter(|name| *name != before.own.name) {
        if stands_for_one(cx.tx(), &before.own.name) || stands_for_one(cx.tx(), name) {
            return Err(Fault::invalid(
                "A group that stands for a role cannot be renamed, nor a name of one taken.",
            ));
        }
        if name.to_lowercase() != before.own.name_key {
            free(cx.tx(), name).await?;
        }
        set = set.put(Group::name, name).put(Group::name_key, name.to_lowercase());
    }
    let tx = cx.tx();
    tx.update(granted, set).await?;
    note(tx, "GroupModifiedEvent", &before.own.name);
    Ok(())
}

/// Binds a new group to the role that its name stands for. Nobody makes a group that gives what he lacks.
async fn empower(
    tx: &mut Tx,
    made: &Granted<Create, Group>,
    name: &str,
    role: Option<Authority>,
) -> Reply<()> {
    let Some(role) = role else { return Ok(()) };
    role.may_be_given(tx, made).await?;
    role.bind(tx, made.id().uuid(), "group", "group", name).await
}

/// The role that a group of that name gives. `password.write` is everybody's scope for one's own password: as a role it
/// would be one for everybody's.
fn role(tx: &Tx, name: &str) -> Reply<Option<Authority>> {
    let authority = Authority::of(name, tx)?;
    Ok(authority.filter(|authority| authority.role() != "password.write"))
}

/// Whether a group of that name gives a role, or would if there were the zone that it speaks of.
fn stands_for_one(tx: &Tx, name: &str) -> bool {
    !matches!(role(tx, name), Ok(None))
}

/// Before the insert: a statement that breaks a constraint ends the transaction on PostgreSQL.
async fn free(tx: &mut Tx, name: &str) -> Reply<()> {
    let actor = tx.assume(Duty::SignIn);
    let known = find(tx, name).await;
    tx.resume(actor);
    match known? {
        None => Ok(()),
        Some(_) => Err(Fault::protocol(
            Code::new(409, "scim_resource_already_exists"),
            format!("A group with displayName: {name} already exists."),
        )),
    }
}

async fn find(tx: &mut Tx, name: &str) -> Reply<Option<Fields<GroupOwn>>> {
    let seen = tx.visible::<Group>().await?;
    tx.find(&seen, Cond::In(Field::Folded("name_key"), vec![name.to_owned()])).await
}

async fn show<V: Implies<Read>>(
    cx: &mut Ctx,
    granted: &Granted<V, Group>,
    row: &Fields<GroupOwn>,
) -> Reply<Answer> {
    let members = members_of(cx.tx(), granted, &[row.guid]).await?.remove(&row.guid).unwrap_or_default();
    tagged(Answer::ok(&view::group(row, &members, &cx.here().id))?, row.own.version)
}

fn note(tx: &mut Tx, event: &str, name: &str) {
    let (event, target_name) = (event.to_owned(), name.to_owned());
    tx.annotate(Annotation { event, target_name, ..Annotation::default() });
}
