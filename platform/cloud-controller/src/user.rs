//! Users as the platform knows them.

use crate::job;
use crate::list::{List, Listed};
use crate::view::View;
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Duty, Read, Zone};
use uaa_directory::{OrganizationRole, PlatformUser, PlatformUserOwn, SpaceRole, User};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Dialect::Cc, Json, Route, Site::Api, Within};
use uaa_store::{Field, Fields, Granted, Raw, Set, Slot, Visible};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Api, Method::GET, "/v3/users", "platform_user_list", Cc, list),
        Route::on(Api, Method::POST, "/v3/users", "platform_user_create", Cc, create),
        Route::on(Api, Method::GET, "/v3/users/{guid}", "platform_user_show", Cc, show),
        Route::on(Api, Method::DELETE, "/v3/users/{guid}", "platform_user_delete", Cc, delete),
    ]
}

impl Listed for PlatformUser {
    const FILTERS: &'static [(&'static str, Field)] =
        &[("usernames", Field::Folded("username_key")), ("origins", Field::Text("origin"))];
    const ORDER: &'static [(&'static str, &'static str)] = &[];
    const INCLUDE: &'static [&'static str] = &[];
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    guid: Id<User>,
}

impl Within<PlatformUser> for New {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

async fn list(seen: Visible<PlatformUser>, list: List<PlatformUser>, cx: &mut Ctx) -> Reply<Answer> {
    let page = cx.tx().list(&seen, &list.query()).await?;
    let api = &cx.links.api;
    let rows: Vec<Value> = page.rows.iter().map(|row| view(row, api)).collect();
    Answer::ok(&json!({"pagination": list.pagination(&page, &format!("{api}/v3/users")), "resources": rows}))
}

async fn create(slot: Slot<PlatformUser>, new: Json<New>, cx: &mut Ctx) -> Reply<Answer> {
    let id = new.0.guid;
    let me = cx.tx().assume(Duty::Jobs);
    let known = cx.tx().grant::<Read, PlatformUser>(Id::new(id.uuid())).await.is_ok();
    let user = cx.tx().grant::<Read, User>(id).await;
    cx.tx().resume(me);
    if known {
        return Err(Fault::invalid(format!("User with guid '{id}' already exists.")));
    }
    let user = user.map_err(|_| Fault::invalid(format!("There is no user with guid '{id}'.")))?;
    let made = enter(slot, &user, cx).await?;
    let row = cx.tx().get(&made).await?;
    Answer::created(&view(&row, &cx.links.api))
}

/// Makes a person of the directory a user of the platform.
pub(crate) async fn enter(
    slot: Slot<PlatformUser>,
    user: &Granted<Read, User>,
    cx: &mut Ctx,
) -> Reply<Granted<uaa_authz::Create, PlatformUser>> {
    let (own, id) = (cx.tx().get(user).await?.own, user.id().uuid());
    let set = Set::default()
        .put(PlatformUser::username, Some(own.username))
        .put(PlatformUser::username_key, Some(own.username_key))
        .put(PlatformUser::origin, Some(own.origin));
    cx.tx().insert_as(slot, Id::new(id), Some(id), set).await
}

async fn show(user: Granted<Read, PlatformUser>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&user).await?;
    Answer::ok(&view(&row, &cx.links.api))
}

/// The user loses every role here and is not known to the platform any more; the account in the directory stays.
async fn delete(user: Granted<Delete, PlatformUser>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let target = user.id().uuid();
    let rows = cx.tx().raw(&user, &ROLES_OF, vec![target.into()]).await?;
    let me = cx.tx().assume(Duty::Jobs);
    for row in rows {
        let (id, level): (uuid::Uuid, i16) = (row.get(0)?, row.get(1)?);
        if level == 1 {
            let role = cx.tx().grant::<Delete, OrganizationRole>(Id::new(id)).await?;
            cx.tx().unbind(role).await?;
        } else {
            let role = cx.tx().grant::<Delete, SpaceRole>(Id::new(id)).await?;
            cx.tx().unbind(role).await?;
        }
    }
    cx.tx().resume(me);
    cx.tx().delete(user).await?;
    job::done(cx, "user.delete", target, "user").await
}

static ROLES_OF: Raw = Raw {
    name: "roles_of_user",
    text: "SELECT guid, level FROM role_binding WHERE subject = ? AND level > 0",
    why: "bindings stand at organizations and spaces, not below the user whose they are",
};

pub(crate) fn view(row: &Fields<PlatformUserOwn>, api: &str) -> Value {
    let own = &row.own;
    let shown =
        own.username.clone().or_else(|| own.client_id.clone()).unwrap_or_else(|| row.guid.to_string());
    View::of(row, api, "users")
        .own("username", own.username.clone())
        .own("presentation_name", shown)
        .own("origin", own.origin.clone())
        .metadata(row)
        .done()
}
