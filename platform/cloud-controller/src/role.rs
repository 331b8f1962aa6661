//! Roles: who is what in which organization or space.

mod create;

use crate::event::event;
use crate::list::{List, Listed, Shown, included, including, page};
use crate::view::{Looks, View};
use crate::{job, organization, space, user};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use uaa_authz::{Delete, Duty, Read};
use uaa_directory::{BindingOwn, Organization, OrganizationRole, PlatformUser, Space, SpaceRole};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::shape::{Shape, TEXT};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, OneOf, Route, Site::Api};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Query, Raw, Visible};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Api, Method::GET, "/v3/roles", "role_list", Cc, list)
            .answers(Answers::ok(|| including(page(looks()), related_looks()))),
        Route::on(Api, Method::POST, "/v3/roles", "role_create", Cc, create::create)
            .answers(Answers::created(looks)),
        Route::on(Api, Method::GET, "/v3/roles/{guid}", "role_show", Cc, show)
            .answers(Answers::ok(|| including(looks(), related_looks()))),
        Route::on(Api, Method::DELETE, "/v3/roles/{guid}", "role_delete", Cc, delete).answers(Answers::job()),
    ]
}

impl Listed for OrganizationRole {
    const FILTERS: &'static [(&'static str, Field)] = &[
        ("types", Field::Text("role_name")),
        // As in the field: organization roles alone, and space roles alone.
        ("organization_guids", Field::Id("at_org")),
        ("space_guids", Field::Id("space_guid")),
    ];
    const INCLUDE: &'static [&'static str] = &["user", "organization", "space"];
    const EXTRA: &'static [&'static str] = &["user_guids"];
}

/// Two kinds with one address, in one order.
async fn list(
    seen: (Visible<OrganizationRole>, Visible<SpaceRole>),
    list: List<OrganizationRole>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let mut conds = vec![of_the_field()];
    if let Some(users) = list.values("user_guids") {
        conds.push(Cond::Ids("subject", user::ids(&users, cx).await?));
    }
    let page = if seen.0.is_whole() && seen.1.is_whole() {
        let below = Cond::Any(vec![Cond::Present("at_org"), Cond::Present("in_org")]);
        cx.tx().list(&seen.0, &with(list.query(), conds).when(below)).await?
    } else {
        merged(&seen, &list, conds, cx).await?
    };
    let rows = views(&page.rows, cx).await?;
    let mut body = list.body(&page, cx, "/v3/roles", rows);
    if RELATED.iter().any(|name| list.includes(name)) {
        body["included"] = related(|name| list.includes(name), &page.rows, cx).await?;
    }
    Answer::ok(&body)
}

/// Both kinds up to the end of the page, merged. Whoever does not see everything sees few.
async fn merged(
    seen: &(Visible<OrganizationRole>, Visible<SpaceRole>),
    list: &List<OrganizationRole>,
    conds: Vec<Cond>,
    cx: &mut Ctx,
) -> Reply<uaa_store::Page<OrganizationRole>> {
    let mut first = with(list.query(), conds.clone()).when(Cond::Present("at_org"));
    let mut second = with(list.query_of::<SpaceRole>(), conds).when(Cond::Present("in_org"));
    let (skip, take, order) = (first.offset, first.limit, first.order);
    (first.offset, first.limit, first.after) = (0, skip.saturating_add(take), None);
    (second.offset, second.limit, second.after) = (0, skip.saturating_add(take), None);
    let mut page = cx.tx().list(&seen.0, &first).await?;
    let spaces = cx.tx().list(&seen.1, &second).await?;
    page.total += spaces.total;
    page.end = None;
    page.rows.extend(spaces.rows);
    page.rows.sort_by_key(|row| match order.column {
        "created_at" => (row.created_at, row.guid),
        "updated_at" => (row.updated_at, row.guid),
        _ => (0, row.guid),
    });
    if order.descending {
        page.rows.reverse();
    }
    let skip = usize::try_from(skip).unwrap_or(usize::MAX).min(page.rows.len());
    page.rows.drain(..skip);
    page.rows.truncate(usize::try_from(take).unwrap_or(usize::MAX));
    Ok(page)
}

fn with<R>(mut query: Query<R>, conds: Vec<Cond>) -> Query<R> {
    query.conds.extend(conds);
    query
}

/// Custom roles and roles of groups are not in the field's vocabulary: `/access/v1` shows them.
fn of_the_field() -> Cond {
    let texts = |texts: &[&str]| texts.iter().map(|&t| t.to_owned()).collect();
    Cond::All(vec![
        Cond::In(Field::Text("role_name"), texts(TYPES)),
        Cond::In(Field::Text("subject_kind"), texts(&["user", "client"])),
    ])
}

async fn related(wanted: impl Fn(&str) -> bool, rows: &[Fields<BindingOwn>], cx: &mut Ctx) -> Reply<Value> {
    let mut body = json!({});
    if wanted("user") {
        let ids = rows.iter().map(|row| row.own.subject).collect();
        body["users"] = included::<PlatformUser>(ids, user::view, cx).await?;
    }
    if wanted("organization") {
        let ids = rows.iter().filter(|row| row.space.is_none()).filter_map(|row| row.organization).collect();
        body["organizations"] = included::<Organization>(ids, organization::view, cx).await?;
    }
    if wanted("space") {
        let ids = rows.iter().filter_map(|row| row.space).collect();
        body["spaces"] = included::<Space>(ids, space::view, cx).await?;
    }
    Ok(body)
}

fn related_looks() -> [(&'static str, Shape); 3] {
    [("users", user::looks()), ("organizations", organization::looks()), ("spaces", space::looks())]
}

type Either<V> = OneOf<Granted<V, OrganizationRole>, Granted<V, SpaceRole>>;

async fn show(role: Either<Read>, shown: Shown<OrganizationRole>, cx: &mut Ctx) -> Reply<Answer> {
    let row = match role {
        OneOf::First(role) => cx.tx().get(&role).await?,
        OneOf::Second(role) => cx.tx().get(&role).await?,
    };
    if !is_of_the_field(&row.own) {
        return Err(Fault::Denied(Denied::Hidden, "role"));
    }
    let rows = [row];
    let mut body = views(&rows, cx).await?.pop().unwrap_or_default();
    if RELATED.iter().any(|name| shown.includes(name)) {
        body["included"] = related(|name| shown.includes(name), &rows, cx).await?;
    }
    Answer::ok(&body)
}

fn is_of_the_field(own: &BindingOwn) -> bool {
    TYPES.contains(&own.role_name.as_str()) && ["user", "client"].contains(&own.subject_kind.as_str())
}

async fn delete(role: Either<Delete>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let (id, row) = match role {
        OneOf::First(role) => {
            let row = cx.tx().get(&role).await?;
            let organization = row.organization.unwrap_or_default();
            let values = vec![row.own.subject.into(), organization.into()];
            let below = cx.tx().raw(&role, &SPACE_ROLES_IN, values.clone()).await?;
            if row.own.role_name == "organization_user" && !below.is_empty() {
                return Err(Fault::invalid(
                    "Cannot delete organization_user role while user has roles in spaces in that organization.",
                ));
            }
            // This one is still there. After the last one its holder is not visible here any more.
            if below.is_empty() && cx.tx().raw(&role, &ROLES_IN, values).await?.len() == 1 {
                leave(row.own.subject, organization, cx).await?;
            }
            let id = role.id().uuid();
            cx.tx().unbind(role).await?;
            (id, row)
        }
        OneOf::Second(role) => {
            let (id, row) = (role.id().uuid(), cx.tx().get(&role).await?);
            cx.tx().unbind(role).await?;
            (id, row)
        }
    };
    let name = name_of(row.own.subject, cx).await?;
    let what = format!("audit.user.{}_remove", row.own.role_name);
    cx.tx().annotate(about(&row.own.subject_kind, row.own.subject, event(&what, &name)));
    job::done(cx, "role.delete", id, "role").await
}

/// The event of a role is one of its holder.
fn about(kind: &str, subject: Uuid, event: Annotation) -> Annotation {
    let kind = if kind == "client" { "client" } else { "user" };
    Annotation { target: Some((subject, kind)), ..event }
}

/// Ends the visibility of a user in an organization.
async fn leave(subject: Uuid, organization: Uuid, cx: &mut Ctx) -> Reply<()> {
    let me = cx.tx().assume(Duty::Jobs);
    let organization = cx.tx().grant::<Read, Organization>(Id::new(organization)).await;
    let left = match (organization, cx.tx().grant::<Read, PlatformUser>(Id::new(subject)).await) {
        (Ok(organization), Ok(user)) => cx.tx().unshare(&user, &organization).await,
        // Who is not known to the platform any more is visible nowhere.
        (_, Err(Fault::Denied(..))) => Ok(()),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    };
    cx.tx().resume(me);
    left
}

/// The name of a role's holder, for the event.
async fn name_of(subject: Uuid, cx: &mut Ctx) -> Reply<String> {
    let me = cx.tx().assume(Duty::Jobs);
    let seen = cx.tx().visible::<PlatformUser>().await;
    let found = match &seen {
        Ok(seen) => cx.tx().find(seen, Cond::Ids("guid", vec![subject])).await,
        Err(fault) => Err(fault.clone()),
    };
    cx.tx().resume(me);
    Ok(found?.and_then(|row| row.own.username.or(row.own.client_id)).unwrap_or_default())
}

async fn views(rows: &[Fields<BindingOwn>], cx: &mut Ctx) -> Reply<Vec<Value>> {
    let mut clients = HashMap::new();
    if rows.iter().any(|row| row.own.subject_kind == "client") {
        let me = cx.tx().assume(Duty::Jobs);
        let subjects = rows.iter().map(|row| row.own.subject).collect();
        let seen = cx.tx().visible::<PlatformUser>().await;
        let found = match &seen {
            Ok(seen) => cx.tx().related(seen, subjects).await,
            Err(fault) => Err(fault.clone()),
        };
        cx.tx().resume(me);
        clients.extend(found?.iter().map(|row| (row.guid, user::guid(row))));
    }
    Ok(rows.iter().map(|row| view(row, clients.get(&row.own.subject), &cx.links.api)).collect())
}

fn view(row: &Fields<BindingOwn>, client: Option<&String>, api: &str) -> Value {
    let space = row.space;
    let organization = row.organization.filter(|_| space.is_none());
    let user = client.cloned().unwrap_or_else(|| row.own.subject.to_string());
    View::of(row, api, "roles")
        .own("type", row.own.role_name.as_str())
        .named("user", "users", Some(user))
        .one("organization", "organizations", organization)
        .one("space", "spaces", space)
        .done()
}

fn looks() -> Shape {
    Looks::of()
        .own("type", Shape::Word(TYPES))
        .named("user", TEXT)
        .one("organization")
        .one("space")
        .done("role")
}

static ROLES_IN: Raw = Raw {
    name: "roles_in_organization",
    text: "SELECT 1 FROM role_binding WHERE subject = ? AND place = ?",
    why: "the field's rule: a space role needs a role in the organization",
};

static SPACE_ROLES_IN: Raw = Raw {
    name: "space_roles_in_organization",
    text: "SELECT 1 FROM role_binding WHERE subject = ? AND in_org = ?",
    why: "the field's rule: organization_user stays while space roles do",
};

const RELATED: &[&str] = <OrganizationRole as Listed>::INCLUDE;

/// The field's roles, in the order in which its error names them.
const TYPES: &[&str] = &[
    "organization_auditor",
    "organization_manager",
    "organization_billing_manager",
    "organization_user",
    "space_auditor",
    "space_manager",
    "space_developer",
    "space_supporter",
];
