//! Whom a role is given to.

use crate::{Client, Group, Organization, PlatformUser, User};
use serde::Deserialize;
use uaa_authz::{Duty, Read, Zone};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Granted, Set};
use uuid::Uuid;

/// A user, client or group by its id; a client also by its `client_id`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    #[serde(rename = "type")]
    kind: SubjectKind,
    id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
enum SubjectKind {
    User,
    Client,
    Group,
}

impl SubjectKind {
    const fn name(self) -> &'static str {
        match self {
            SubjectKind::User => "user",
            SubjectKind::Client => "client",
            SubjectKind::Group => "group",
        }
    }
}

/// One that is there.
pub(super) struct Found {
    pub(super) id: Uuid,
    /// `user`, `client` or `group`.
    pub(super) kind: &'static str,
    /// What it is called.
    pub(super) name: String,
}

/// Looks the subject up. Whoever may give a role somewhere need not be able to look people up, so the platform does.
///
/// With an organization, a user or client becomes a user of the platform that is visible there, as when the Cloud
/// Controller gives the role.
pub(super) async fn find(cx: &mut Ctx, named: &Named, organization: Option<Uuid>) -> Reply<Found> {
    let me = cx.tx().assume(Duty::Jobs);
    let found = match look(cx, named).await {
        Ok((found, set)) => match (organization, set) {
            (Some(organization), Some(set)) => enter(cx, found.id, set, organization).await.map(|()| found),
            (Some(_) | None, _) => Ok(found),
        },
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    found
}

async fn look(cx: &mut Ctx, named: &Named) -> Reply<(Found, Option<Set<PlatformUser>>)> {
    let kind = named.kind.name();
    let unknown = || Fault::invalid(format!("there is no {kind} `{}`", named.id));
    let id = named.id.parse::<Uuid>().ok();
    match named.kind {
        SubjectKind::User => {
            let user: Granted<Read, User> =
                cx.tx().grant(Id::new(id.ok_or_else(unknown)?)).await.map_err(|_| unknown())?;
            let own = cx.tx().get(&user).await?.own;
            let set = Set::default()
                .put(PlatformUser::username, Some(own.username.clone()))
                .put(PlatformUser::username_key, Some(own.username_key))
                .put(PlatformUser::origin, Some(own.origin));
            Ok((Found { id: user.id().uuid(), kind, name: own.username }, Some(set)))
        }
        SubjectKind::Client => {
            let seen = cx.tx().visible::<Client>().await?;
            let by_name = Cond::In(Field::Text("client_id"), vec![named.id.clone()]);
            let either =
                Cond::Any(id.map(|id| Cond::Ids("guid", vec![id])).into_iter().chain([by_name]).collect());
            let row = cx.tx().find(&seen, either).await?.ok_or_else(unknown)?;
            let set = Set::default().put(PlatformUser::client_id, Some(row.own.client_id.clone()));
            Ok((Found { id: row.guid, kind, name: row.own.client_id }, Some(set)))
        }
        SubjectKind::Group => {
            let group: Granted<Read, Group> =
                cx.tx().grant(Id::new(id.ok_or_else(unknown)?)).await.map_err(|_| unknown())?;
            let name = cx.tx().get(&group).await?.own.name;
            Ok((Found { id: group.id().uuid(), kind, name }, None))
        }
    }
}

async fn enter(cx: &mut Ctx, id: Uuid, set: Set<PlatformUser>, organization: Uuid) -> Reply<()> {
    let organization = cx.tx().grant::<Read, Organization>(Id::new(organization)).await?;
    if let Ok(known) = cx.tx().grant::<Read, PlatformUser>(Id::new(id)).await {
        return cx.tx().share(&known, &organization).await;
    }
    let zone = Id::<Zone>::new(cx.zone());
    let slot = cx.tx().slot::<PlatformUser>(zone).await?;
    let made = cx.tx().insert_as(slot, Id::new(id), Some(id), set).await?;
    cx.tx().share(&made, &organization).await
}
