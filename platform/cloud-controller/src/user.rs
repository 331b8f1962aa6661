//! Users as the platform knows them: people of the directory, and clients, whose guid on the wire is their client id.

mod account;

pub(crate) use account::Account;

use crate::body::Doc;
use crate::job;
use crate::list::{List, Listed};
use crate::metadata::Metadata;
use crate::view::{Looks, View};
use axum::http::Method;
use serde::Deserialize;
use serde_json::Value;
use uaa_authz::{Delete, Does, Duty, Read, Resource, Update, Zone};
use uaa_directory::{OrganizationRole, PlatformUser, PlatformUserOwn, SpaceRole};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::shape::{Shape, TEXT};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Need, NeedInfo, Route, Site::Api, Within};
use uaa_store::{Cond, Field, Fields, Granted, Query, Raw, Set, Slot, Visible};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Api, Method::GET, "/v3/users", "platform_user_list", Cc, list)
            .answers(Answers::ok(|| crate::list::page(looks()))),
        Route::on(Api, Method::POST, "/v3/users", "platform_user_create", Cc, create)
            .answers(Answers::created(looks)),
        Route::on(Api, Method::GET, "/v3/users/{guid}", "platform_user_show", Cc, show)
            .answers(Answers::ok(looks)),
        Route::on(Api, Method::PATCH, "/v3/users/{guid}", "platform_user_update", Cc, update)
            .answers(Answers::ok(looks)),
        Route::on(Api, Method::DELETE, "/v3/users/{guid}", "platform_user_delete", Cc, delete)
            .answers(Answers::job()),
    ]
}

impl Listed for PlatformUser {
    const FILTERS: &'static [(&'static str, Field)] =
        &[("usernames", Field::Folded("username_key")), ("origins", Field::Text("origin"))];
    const EXTRA: &'static [&'static str] = &["partial_usernames", "guids"];
    const LABELS: bool = true;
}

/// A user of the platform, by the guid in the path.
pub(crate) struct Person<V>(Granted<V, PlatformUser>);

impl<V: Does, I: Sync> Need<I> for Person<V> {
    const INFO: NeedInfo = NeedInfo::Grant(V::VERB, PlatformUser::KIND.name);
    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let named = [cx.params.text(0).to_owned()];
        let mut hidden = Fault::Denied(Denied::Hidden, PlatformUser::KIND.name);
        for id in ids(&named, cx).await? {
            match cx.tx().grant(Id::new(id)).await {
                Ok(granted) => return Ok(Person(granted)),
                Err(fault) => hidden = fault,
            }
        }
        Err(hidden)
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct New {
    guid: Option<String>,
    username: Option<String>,
    origin: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

impl Within<PlatformUser> for New {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Patch {
    metadata: Option<Metadata>,
}

async fn list(seen: Visible<PlatformUser>, list: List<PlatformUser>, cx: &mut Ctx) -> Reply<Answer> {
    let query = asked(&list, cx).await?;
    page(&seen, &list, &query, "/v3/users", cx).await
}

/// Whoever has a role at that organization or space, among those that the caller may see.
pub(crate) async fn members(
    list: List<PlatformUser>,
    place: Uuid,
    path: &str,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let query = asked(&list, cx).await?.when(Cond::Bound(place));
    let seen = cx.tx().visible().await?;
    page(&seen, &list, &query, path, cx).await
}

async fn page(
    seen: &Visible<PlatformUser>,
    list: &List<PlatformUser>,
    query: &Query<PlatformUser>,
    path: &str,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let page = cx.tx().list(seen, query).await?;
    let rows = page.rows.iter().map(|row| view(row, &cx.links.api)).collect();
    Answer::ok(&list.body(&page, cx, path, rows))
}

async fn asked(list: &List<PlatformUser>, cx: &mut Ctx) -> Reply<Query<PlatformUser>> {
    let (whole, part) = (list.has("usernames"), list.values("partial_usernames"));
    if list.has("origins") && !whole && part.is_none() {
        let text = "Origins filter cannot be provided without usernames or partial_usernames filter.";
        return Err(Fault::BadQuery(text.into()));
    }
    if whole && part.is_some() {
        let text = "Usernames filter cannot be provided with both usernames and partial_usernames filter.";
        return Err(Fault::BadQuery(text.into()));
    }
    let mut query = list.query();
    if let Some(parts) = part {
        let name = Field::Folded("username_key");
        query.conds.push(Cond::Any(parts.into_iter().map(|part| Cond::Contains(name, part)).collect()));
    }
    if let Some(guids) = list.values("guids") {
        query.conds.push(Cond::Ids("guid", ids(&guids, cx).await?));
    }
    Ok(query)
}

/// The identifiers that these guids of the wire stand for: a user's own, a client's by its client id.
pub(crate) async fn ids(guids: &[String], cx: &mut Ctx) -> Reply<Vec<Uuid>> {
    let mut found: Vec<Uuid> =
        guids.iter().filter_map(|guid| guid.parse::<Id<PlatformUser>>().ok()).map(Id::uuid).collect();
    if found.len() == guids.len() {
        return Ok(found);
    }
    let me = cx.tx().assume(Duty::Jobs);
    let seen = cx.tx().visible::<PlatformUser>().await;
    // No client is called so, and PostgreSQL does not even compare with it.
    let names = guids.iter().filter(|guid| !guid.contains('\0')).cloned();
    let named = Cond::In(Field::Text("client_id"), names.collect());
    let clients = match &seen {
        Ok(seen) => cx.tx().list(seen, &Query::first(i64::MAX).when(named)).await,
        Err(fault) => Err(fault.clone()),
    };
    cx.tx().resume(me);
    found.extend(clients?.rows.iter().map(|row| row.guid));
    Ok(found)
}

async fn create(slot: Slot<PlatformUser>, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let new = new.it;
    let me = cx.tx().assume(Duty::Jobs);
    let account = match (&new.guid, &new.username, &new.origin) {
        (Some(guid), None, None) => Account::by_guid(guid, cx).await.and_then(|found| {
            found.ok_or_else(|| Fault::invalid(format!("There is no user with guid '{guid}'.")))
        }),
        (None, Some(_), Some(origin)) if origin == "uaa" => {
            Err(Fault::invalid("Origin cannot be 'uaa' when creating a user by username"))
        }
        (None, Some(name), Some(origin)) => Account::by_name(name, origin, cx).await.and_then(|found| {
            found.ok_or_else(|| {
                Fault::invalid(format!("No user exists with the username '{name}' and origin '{origin}'."))
            })
        }),
        (Some(_), Some(_), _) => Err(Fault::invalid("Username cannot be provided with 'guid'")),
        (Some(_), None, Some(_)) => Err(Fault::invalid("Origin cannot be provided with 'guid'")),
        (None, Some(_), None) => Err(Fault::invalid("Username can only be provided together with 'origin'")),
        (None, None, Some(_)) => Err(Fault::invalid("Origin can only be provided together with 'username'")),
        (None, None, None) => Err(Fault::invalid("Guid or 'username' and 'origin' must be provided")),
    };
    let known = match &account {
        Ok(account) => cx.tx().grant::<Read, PlatformUser>(Id::new(account.id())).await.is_ok(),
        Err(_) => false,
    };
    cx.tx().resume(me);
    let account = account?;
    if known {
        return Err(Fault::invalid(match (new.guid, new.username, new.origin) {
            (None, Some(name), Some(origin)) => {
                format!("User with username '{name}' and origin '{origin}' already exists.")
            }
            (guid, _, _) => format!("User with guid '{}' already exists.", guid.unwrap_or_default()),
        }));
    }
    let (labels, annotations) = new.metadata.onto("{}", "{}")?;
    let made = account.enter(slot, Set::default().metadata(labels, annotations), cx).await?;
    let row = cx.tx().get(&made).await?;
    Answer::created(&view(&row, &cx.links.api))
}

async fn show(Person(user): Person<Read>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&user).await?;
    Answer::ok(&view(&row, &cx.links.api))
}

async fn update(Person(user): Person<Update>, patch: Doc<Patch>, cx: &mut Ctx) -> Reply<Answer> {
    if let Some(metadata) = patch.it.metadata {
        let row = cx.tx().get(&user).await?;
        let (labels, annotations) = metadata.onto(&row.labels, &row.annotations)?;
        cx.tx().update(&user, Set::default().metadata(labels, annotations)).await?;
    }
    let row = cx.tx().get(&user).await?;
    Answer::ok(&view(&row, &cx.links.api))
}

/// The user loses every role here and is not known to the platform any more; the account in the directory stays.
async fn delete(Person(user): Person<Delete>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let target = user.id().uuid();
    let rows = cx.tx().raw(&user, &ROLES_OF, vec![target.into()]).await?;
    let me = cx.tx().assume(Duty::Jobs);
    for row in rows {
        let (id, level): (Uuid, i16) = (row.get(0)?, row.get(1)?);
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

/// The guid that clients know: a client's is its client id.
pub(crate) fn guid(row: &Fields<PlatformUserOwn>) -> String {
    row.own.client_id.clone().unwrap_or_else(|| row.guid.to_string())
}

pub(crate) fn view(row: &Fields<PlatformUserOwn>, api: &str) -> Value {
    let (own, guid) = (&row.own, guid(row));
    View::shown(row, &guid, api, "users")
        .own("username", own.username.clone())
        .own("presentation_name", own.username.as_ref().unwrap_or(&guid).as_str())
        .own("origin", own.origin.clone())
        .metadata(row)
        .done()
}

pub(crate) fn looks() -> Shape {
    Looks::shown(TEXT)
        .own("username", TEXT.or_null())
        .own("presentation_name", TEXT)
        .own("origin", TEXT.or_null())
        .metadata()
        .done("platform_user")
}
