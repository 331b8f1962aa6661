//! Giving a role.

use super::{ROLES_IN, TYPES, about, views};
use crate::body::{Doc, One};
use crate::event::requested;
use crate::user::Account;
use serde::Deserialize;
use serde_json::Value;
use uaa_authz::{Duty, Read, Zone, built_in_id};
use uaa_directory::{BindingOwn, Organization, OrganizationRole, PlatformUser, Space, SpaceRole};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Need, NeedInfo};
use uaa_store::{Binding, Fields, Set, Slot};
use uuid::Uuid;

/// What is asked for: a role of an organization or of a space, for somebody.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    #[serde(rename = "type")]
    kind: String,
    relationships: Ties,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ties {
    user: Who,
    organization: Option<One<Organization>>,
    space: Option<One<Space>>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Who {
    data: Named,
}

/// By guid, or by name and maybe origin.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    guid: Option<String>,
    username: Option<String>,
    origin: Option<String>,
}

impl New {
    /// What cannot be, in the field's words.
    fn mistake(&self) -> Option<String> {
        let (kind, ties, user) = (&self.kind, &self.relationships, &self.relationships.user.data);
        let said = |text: &str| Some(format!("Relationships {text}"));
        if !TYPES.contains(&kind.as_str()) {
            return Some(format!("Type must be one of the allowed types {TYPES:?}"));
        }
        match (&user.guid, &user.username, &user.origin) {
            (Some(_), Some(_), _) => {
                return said("Username cannot be specified when identifying user by guid");
            }
            (Some(_), None, Some(_)) => {
                return said("User origin cannot be specified when identifying user by guid");
            }
            (None, None, Some(_)) => {
                return said("User origin cannot be specified without specifying the username");
            }
            (None, None, None) => return said("User must have a username or guid specified"),
            (Some(_), None, None) | (None, Some(_), _) => {}
        }
        let of_space = kind.starts_with("space_");
        match (&ties.organization, &ties.space) {
            (None, None) => said("must specify either a space or an organization."),
            (Some(_), Some(_)) => said("cannot specify both an organization and a space."),
            (None, Some(_)) if !of_space => {
                said(&format!("Space cannot be provided with the organization role type: '{kind}'."))
            }
            (Some(_), None) if of_space => {
                said(&format!("Organization cannot be provided with the space role type: '{kind}'."))
            }
            (None, Some(_)) | (Some(_), None) => None,
        }
    }
}

/// The slot that the body names.
pub(super) enum Place {
    Organization(Slot<OrganizationRole>),
    Space(Slot<SpaceRole>),
}

impl Place {
    fn organization(&self) -> Uuid {
        let place = match self {
            Place::Organization(slot) => slot.place(),
            Place::Space(slot) => slot.place(),
        };
        place.organization.unwrap_or_default()
    }
}

impl Need<Doc<New>> for Place {
    const INFO: NeedInfo =
        NeedInfo::Either(&NeedInfo::Slot("organization_role"), &NeedInfo::Slot("space_role"));
    async fn obtain(cx: &mut Ctx, input: &Reply<Doc<New>>) -> Reply<Self> {
        let new = &input.as_ref().map_err(Clone::clone)?.it;
        if let Some(mistake) = new.mistake() {
            return Err(Fault::invalid(mistake));
        }
        let place = match (&new.relationships.organization, &new.relationships.space) {
            (Some(at), _) => cx.tx().slot(at.data.guid).await.map(Place::Organization),
            (None, Some(at)) => cx.tx().slot(at.data.guid).await.map(Place::Space),
            (None, None) => Err(Fault::Internal("a role without a place was taken for good".into())),
        };
        place.map_err(|fault| match fault {
            Fault::Denied(Denied::Hidden, kind) => Fault::invalid(format!(
                "Invalid {kind}. Ensure that the {kind} exists and you have access to it."
            )),
            other => other,
        })
    }
}

pub(super) async fn create(place: Place, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let Doc { it: new, sent } = new;
    // The caller may give roles here without being able to look accounts up, so the platform does that for it.
    let me = cx.tx().assume(Duty::Jobs);
    let entered = enter(&new.relationships.user.data, &place, cx).await;
    cx.tx().resume(me);
    let (account, name) = entered?;
    let binding = Binding {
        subject: account.id(),
        subject_kind: account.kind(),
        role: built_in_id(&new.kind),
        role_name: new.kind.clone(),
        scope: None,
        source: "direct",
        expires: 0,
    };
    let row = bind(place, binding, &name, cx).await?;
    let event = requested(&format!("audit.user.{}_add", new.kind), &name, &sent);
    cx.tx().annotate(about(account.kind(), account.id(), event));
    let body: Value = views(&[row], cx).await?.pop().unwrap_or_default();
    Answer::created(&body)
}

async fn bind(place: Place, binding: Binding, name: &str, cx: &mut Ctx) -> Reply<Fields<BindingOwn>> {
    let (kind, subject) = (binding.role_name.clone(), binding.subject);
    // The cf CLI takes this sentence for success.
    let again = |fault: Fault, place: String| match fault {
        Fault::Unique(_) => Fault::invalid(format!("User '{name}' already has '{kind}' role in {place}.")),
        other => other,
    };
    match place {
        Place::Organization(slot) => {
            let at = Id::<Organization>::new(slot.place().organization.unwrap_or_default());
            let at = cx.tx().grant::<Read, _>(at).await?;
            let at = format!("organization '{}'", cx.tx().get(&at).await?.own.name);
            let made = cx.tx().bind(slot, binding, Set::default()).await.map_err(|fault| again(fault, at))?;
            cx.tx().get(&made).await
        }
        Place::Space(slot) => {
            let organization = slot.place().organization.unwrap_or_default();
            if cx.tx().raw(&slot, &ROLES_IN, vec![subject.into(), organization.into()]).await?.is_empty() {
                return Err(Fault::invalid(STRANGER));
            }
            let at =
                cx.tx().grant::<Read, _>(Id::<Space>::new(slot.place().space.unwrap_or_default())).await?;
            let at = format!("space '{}'", cx.tx().get(&at).await?.own.name);
            let made = cx.tx().bind(slot, binding, Set::default()).await.map_err(|fault| again(fault, at))?;
            cx.tx().get(&made).await
        }
    }
}

/// The account that the body means, a user of the platform from now on, visible in the organization.
async fn enter(named: &Named, place: &Place, cx: &mut Ctx) -> Reply<(Account, String)> {
    let account = account(named, matches!(place, Place::Space(_)), cx).await?;
    let (id, name) = (account.id(), account.name(cx).await?);
    let organization = cx.tx().grant::<Read, Organization>(Id::new(place.organization())).await?;
    match cx.tx().grant::<Read, PlatformUser>(Id::new(id)).await {
        Ok(user) => cx.tx().share(&user, &organization).await?,
        Err(_) => {
            let zone = Id::<Zone>::new(cx.zone());
            let slot = cx.tx().slot::<PlatformUser>(zone).await?;
            let user = account.enter(slot, Set::default(), cx).await?;
            cx.tx().share(&user, &organization).await?;
        }
    }
    Ok((account, name))
}

async fn account(named: &Named, of_space: bool, cx: &mut Ctx) -> Reply<Account> {
    if let Some(guid) = &named.guid {
        return Account::by_guid(guid, cx).await?.ok_or_else(|| {
            Fault::invalid("Invalid user. Ensure that the user exists and you have access to it.")
        });
    }
    let name = named.username.as_deref().unwrap_or_default();
    let mut origin = named.origin.clone();
    if origin.is_none() {
        let mut known = Account::origins(name, cx).await?;
        if known.len() > 1 {
            return Err(Fault::invalid(format!(
                "Ambiguous user. User with username '{name}' exists in the following origins: {}. Specify an origin to disambiguate.",
                known.join(", ")
            )));
        }
        origin = known.pop();
    }
    let found = match &origin {
        Some(origin) => Account::by_name(name, origin, cx).await?,
        None => None,
    };
    found.ok_or_else(|| match &named.origin {
        _ if of_space => Fault::invalid(STRANGER),
        Some(origin) => {
            Fault::invalid(format!("No user exists with the username '{name}' and origin '{origin}'."))
        }
        None => Fault::invalid(format!("No user exists with the username '{name}'.")),
    })
}

const STRANGER: &str =
    "Users cannot be assigned roles in a space if they do not have a role in that space's organization.";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_is_said_in_the_fields_words() {
        let at = json!({"data": {"guid": Uuid::nil()}});
        let user = json!({"data": {"username": "a"}});
        for (kind, ties, text) in [
            ("king", json!({"user": user, "space": at}), "Type must be one of the allowed types [\"organ"),
            (
                "space_auditor",
                json!({ "user": user }),
                "Relationships must specify either a space or an organi",
            ),
            (
                "space_auditor",
                json!({"user": user, "organization": at}),
                "Relationships Organization cannot be provided with the space role type: 'space_auditor'.",
            ),
            (
                "organization_user",
                json!({"user": {"data": {}}, "organization": at}),
                "Relationships User must have a username or guid specified",
            ),
        ] {
            let new: New =
                serde_json::from_value(json!({"type": kind, "relationships": ties})).expect("a body");
            let said = new.mistake().expect("a mistake");
            assert!(said.starts_with(text), "{said}");
        }
    }
}
