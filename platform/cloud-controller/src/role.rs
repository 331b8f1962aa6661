//! Roles: who is what in which organization or space.

use crate::body::One;
use crate::list::{List, Listed};
use crate::view::View;
use crate::{job, user};
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Duty, Read, Zone, built_in_id};
use uaa_directory::{BindingOwn, Organization, OrganizationRole, PlatformUser, Space, SpaceRole, User};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Dialect::Cc, Json, Need, NeedInfo, OneOf, Route, Site::Api};
use uaa_store::{Binding, Cond, Field, Fields, Granted, Raw, Set, Slot, Visible};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Api, Method::GET, "/v3/roles", "role_list", Cc, list),
        Route::on(Api, Method::POST, "/v3/roles", "role_create", Cc, create),
        Route::on(Api, Method::GET, "/v3/roles/{guid}", "role_show", Cc, show),
        Route::on(Api, Method::DELETE, "/v3/roles/{guid}", "role_delete", Cc, delete),
    ]
}

impl Listed for OrganizationRole {
    const FILTERS: &'static [(&'static str, Field)] = &[
        ("types", Field::Text("role_name")),
        ("user_guids", Field::Id("subject")),
        ("organization_guids", Field::Id("at_org")),
        ("space_guids", Field::Id("space_guid")),
    ];
    const ORDER: &'static [(&'static str, &'static str)] = &[];
    const INCLUDE: &'static [&'static str] = &["user", "organization", "space"];
}

/// What is asked for: a role of an organization or of a space, for somebody.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    #[serde(rename = "type")]
    kind: String,
    relationships: Ties,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ties {
    user: Who,
    organization: Option<One<Organization>>,
    space: Option<One<Space>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    data: Named,
}

/// By guid, or by name and origin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    guid: Option<Uuid>,
    username: Option<String>,
    origin: Option<String>,
}

/// The slot that the body names.
enum Place {
    Organization(Slot<OrganizationRole>),
    Space(Slot<SpaceRole>),
}

impl Need<Json<New>> for Place {
    const INFO: NeedInfo =
        NeedInfo::Either(&NeedInfo::Slot("organization_role"), &NeedInfo::Slot("space_role"));
    async fn obtain(cx: &mut Ctx, input: &Reply<Json<New>>) -> Reply<Self> {
        let new = &input.as_ref().map_err(Clone::clone)?.0;
        let known = TYPES.contains(&new.kind.as_str());
        let place =
            match (new.kind.split('_').next(), &new.relationships.organization, &new.relationships.space) {
                (Some("organization"), Some(at), None) if known => {
                    cx.tx().slot(at.data.guid).await.map(Place::Organization)
                }
                (Some("space"), None, Some(at)) if known => {
                    cx.tx().slot(at.data.guid).await.map(Place::Space)
                }
                _ if !known => {
                    return Err(Fault::invalid(format!(
                        "Role type must be one of the allowed types {TYPES:?}"
                    )));
                }
                _ => {
                    return Err(Fault::invalid(
                        "Role must be associated with an organization or space of its type.",
                    ));
                }
            };
        place.map_err(|fault| match fault {
            Fault::Denied(Denied::Hidden, kind) => Fault::invalid(format!(
                "Invalid {kind}. Ensure that the {kind} exists and you have access to it."
            )),
            other => other,
        })
    }
}

async fn create(place: Place, new: Json<New>, cx: &mut Ctx) -> Reply<Answer> {
    let new = new.0;
    // The caller may give roles here without being able to look users up, so the platform does that for it.
    let me = cx.tx().assume(Duty::Jobs);
    let person = person(&new.relationships.user.data, cx).await;
    let entered = match person {
        Ok(person) => enter(person, &place, cx).await,
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let (subject, shown) = entered?;
    let binding = Binding {
        subject,
        subject_kind: "user",
        role: built_in_id(&new.kind),
        role_name: new.kind.clone(),
        scope: None,
        source: "direct",
        expires: 0,
    };
    let row = match place {
        Place::Organization(slot) => {
            let name = place_name(cx, slot.place().organization, true).await?;
            let made = cx.tx().bind(slot, binding, Set::default()).await;
            let made =
                made.map_err(|fault| again(fault, &shown, &new.kind, &format!("organization '{name}'")))?;
            cx.tx().get(&made).await?
        }
        Place::Space(slot) => {
            let organization = slot.place().organization.unwrap_or_default();
            let member = cx.tx().raw(&slot, &ROLES_IN, vec![subject.into(), organization.into()]).await?;
            if member.is_empty() {
                return Err(Fault::invalid(
                    "Users cannot be assigned roles in a space if they do not have a role in that space's organization.",
                ));
            }
            let name = place_name(cx, slot.place().space, false).await?;
            let made = cx.tx().bind(slot, binding, Set::default()).await;
            let made = made.map_err(|fault| again(fault, &shown, &new.kind, &format!("space '{name}'")))?;
            cx.tx().get(&made).await?
        }
    };
    Answer::created(&view(&row, &cx.links.api))
}

/// The cf CLI takes this sentence for success.
fn again(fault: Fault, user: &str, kind: &str, place: &str) -> Fault {
    match fault {
        Fault::Unique(_) => Fault::invalid(format!("User '{user}' already has '{kind}' role in {place}.")),
        other => other,
    }
}

/// The user of the directory that the body means.
async fn person(named: &Named, cx: &mut Ctx) -> Reply<Granted<Read, User>> {
    if let Some(guid) = named.guid {
        let unknown =
            || Fault::invalid("Invalid user. Ensure that the user exists and you have access to it.");
        return cx.tx().grant::<Read, User>(Id::new(guid)).await.map_err(|_| unknown());
    }
    let username = named.username.as_deref().unwrap_or_default();
    let origin = named.origin.as_deref().unwrap_or("uaa");
    let unknown =
        || Fault::invalid(format!("No user exists with the username '{username}' and origin '{origin}'."));
    let seen = cx.tx().visible::<User>().await?;
    let name = Cond::In(Field::Folded("username_key"), vec![username.to_owned()]);
    let both = Cond::All(vec![name, Cond::In(Field::Text("origin"), vec![origin.to_owned()])]);
    let row = cx.tx().find(&seen, both).await?.ok_or_else(unknown)?;
    cx.tx().grant(Id::new(row.guid)).await
}

/// Makes the person a user of the platform if need be, visible in the organization.
async fn enter(person: Granted<Read, User>, place: &Place, cx: &mut Ctx) -> Reply<(Uuid, String)> {
    let id = person.id().uuid();
    let organization = match place {
        Place::Organization(slot) => slot.place().organization,
        Place::Space(slot) => slot.place().organization,
    };
    let organization = cx.tx().grant::<Read, Organization>(Id::new(organization.unwrap_or_default())).await?;
    let shown = cx.tx().get(&person).await?.own.username;
    match cx.tx().grant::<Read, PlatformUser>(Id::new(id)).await {
        Ok(user) => cx.tx().share(&user, &organization).await?,
        Err(_) => {
            let zone = Id::<Zone>::new(cx.zone());
            let slot = cx.tx().slot::<PlatformUser>(zone).await?;
            let user = user::enter(slot, &person, cx).await?;
            cx.tx().share(&user, &organization).await?;
        }
    }
    Ok((id, shown))
}

async fn place_name(cx: &mut Ctx, id: Option<Uuid>, organization: bool) -> Reply<String> {
    let id = id.unwrap_or_default();
    if organization {
        let it = cx.tx().grant::<Read, Organization>(Id::new(id)).await?;
        return Ok(cx.tx().get(&it).await?.own.name);
    }
    let it = cx.tx().grant::<Read, Space>(Id::new(id)).await?;
    Ok(cx.tx().get(&it).await?.own.name)
}

/// Organization roles first, then space roles: two kinds with one address, each page complete in itself.
async fn list(
    seen: (Visible<OrganizationRole>, Visible<SpaceRole>),
    list: List<OrganizationRole>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let query = list.query().when(Cond::Present("at_org"));
    let mut page = cx.tx().list(&seen.0, &query).await?;
    let mut more =
        uaa_store::Query::first(query.limit - page.rows.len() as i64).when(Cond::Present("in_org"));
    // The filter by organization means organization roles alone, as in the field.
    more.conds.append(&mut query.conds.into_iter().filter(|c| !matches!(c, Cond::Present(_))).collect());
    more.offset = (query.offset - page.total).max(0);
    let spaces = cx.tx().list(&seen.1, &more).await?;
    page.total += spaces.total;
    page.end = None;
    page.rows.extend(spaces.rows);
    let api = cx.links.api.clone();
    let rows: Vec<Value> = page.rows.iter().map(|row| view(row, &api)).collect();
    let mut body =
        json!({"pagination": list.pagination(&page, &format!("{api}/v3/roles")), "resources": rows});
    if !list.include.is_empty() {
        body["included"] = included(&list.include, &page.rows, &api, cx).await?;
    }
    Answer::ok(&body)
}

async fn included(wanted: &[&str], rows: &[Fields<BindingOwn>], api: &str, cx: &mut Ctx) -> Reply<Value> {
    let mut body = json!({});
    if wanted.contains(&"user") {
        let seen = cx.tx().visible::<PlatformUser>().await?;
        let found = cx.tx().related(&seen, rows.iter().map(|r| r.own.subject).collect()).await?;
        body["users"] = found.iter().map(|row| user::view(row, api)).collect();
    }
    if wanted.contains(&"organization") {
        let seen = cx.tx().visible::<Organization>().await?;
        let found = cx.tx().related(&seen, rows.iter().filter_map(|r| r.organization).collect()).await?;
        body["organizations"] = found.iter().map(|row| crate::organization::view(row, api)).collect();
    }
    if wanted.contains(&"space") {
        let seen = cx.tx().visible::<Space>().await?;
        let found = cx.tx().related(&seen, rows.iter().filter_map(|r| r.space).collect()).await?;
        body["spaces"] = found.iter().map(|row| crate::space::view(row, api)).collect();
    }
    Ok(body)
}

type Either<V> = OneOf<Granted<V, OrganizationRole>, Granted<V, SpaceRole>>;

async fn show(role: Either<Read>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = match role {
        OneOf::First(role) => cx.tx().get(&role).await?,
        OneOf::Second(role) => cx.tx().get(&role).await?,
    };
    Answer::ok(&view(&row, &cx.links.api))
}

async fn delete(role: Either<Delete>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let target = match role {
        OneOf::First(role) => {
            let row = cx.tx().get(&role).await?;
            let organization = row.organization.unwrap_or_default();
            let values = vec![row.own.subject.into(), organization.into()];
            let left = cx.tx().raw(&role, &SPACE_ROLES_IN, values).await?;
            if row.own.role_name == "organization_user" && !left.is_empty() {
                return Err(Fault::invalid(
                    "Cannot delete organization_user role while user has roles in spaces in that organization.",
                ));
            }
            let id = role.id().uuid();
            cx.tx().unbind(role).await?;
            id
        }
        OneOf::Second(role) => {
            let id = role.id().uuid();
            cx.tx().unbind(role).await?;
            id
        }
    };
    job::done(cx, "role.delete", target, "role").await
}

fn view(row: &Fields<BindingOwn>, api: &str) -> Value {
    let space = row.space;
    let organization = row.organization.filter(|_| space.is_none());
    View::of(row, api, "roles")
        .own("type", row.own.role_name.as_str())
        .one("user", "users", Some(row.own.subject))
        .one("organization", "organizations", organization)
        .one("space", "spaces", space)
        .done()
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

const TYPES: &[&str] = &[
    "organization_user",
    "organization_auditor",
    "organization_manager",
    "organization_billing_manager",
    "space_auditor",
    "space_developer",
    "space_manager",
    "space_supporter",
];
