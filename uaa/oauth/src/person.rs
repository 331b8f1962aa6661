//! The person that tokens speak of, and how they proved who they are.

use crate::fault::invalid_grant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use uaa_authz::Read;
use uaa_directory::{OWN_ORIGIN, User, UserOwn, Whom, active_provider};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::Fields;
use uaa_token::{AccessClaims, epoch_seconds};
use uuid::Uuid;

/// A person as tokens and `/userinfo` need one.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) verified: bool,
    pub(crate) origin: String,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) generation: i64,
}

impl Person {
    pub(crate) fn new(row: Fields<UserOwn>) -> Person {
        let own = row.own;
        Person {
            id: row.guid,
            username: own.username,
            email: own.email,
            verified: own.verified,
            origin: own.origin,
            given_name: own.given_name,
            family_name: own.family_name,
            phone: own.phone,
            generation: own.generation,
        }
    }

    /// As the audit log names them.
    pub(crate) fn whom(&self) -> Whom<'_> {
        Whom { user: self.id, username: &self.username, origin: &self.origin }
    }

    /// Both names, as one writes them; `None` when there is neither.
    pub(crate) fn name(&self) -> Option<String> {
        let both = [self.given_name.as_deref(), self.family_name.as_deref()];
        Some(both.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
    }

    /// The person of that identifier, as long as they and whoever sent them may sign in. Under the duty of sign-in.
    ///
    /// # Errors
    /// `invalid_grant` in those words when there is none, or none that may.
    pub(crate) async fn find(id: Uuid, gone: &'static str, cx: &mut Ctx) -> Reply<Person> {
        let granted = cx.tx().grant::<Read, User>(Id::new(id)).await.map_err(|fault| match fault {
            Fault::Denied(..) => invalid_grant(gone),
            other => other,
        })?;
        let row = cx.tx().get(&granted).await?;
        let origin = &row.own.origin;
        let known = origin == OWN_ORIGIN || active_provider(origin, cx.tx()).await?.is_some();
        if row.own.active && known { Ok(Person::new(row)) } else { Err(invalid_grant(gone)) }
    }
}

/// How, when and in which session a person proved who they are. A refresh keeps it (OpenID Connect Core 1.0 section 12.2),
/// except for the nonce.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authentication {
    /// In whole seconds since the epoch.
    pub(crate) auth_time: i64,
    /// By what means (RFC 8176): `pwd`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) amr: Vec<String>,
    /// The context classes of the proof, when somebody named them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) acr: Vec<String>,
    /// What came with the authorization request: for the first ID token and no later one.
    #[serde(default, skip_serializing)]
    pub(crate) nonce: Option<String>,
    /// What an ID token shall say beside the usual, because the application asked for it by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) told: Vec<String>,
    /// The browser's session, for logout; a sign-in without a browser has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    /// What the client has its tokens say besides (`Asked::with_attributes`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) az_attr: Option<Map<String, Value>>,
}

impl Authentication {
    /// The browser's session, if there was one.
    pub(crate) fn session(&self) -> Reply<Option<Uuid>> {
        let session = self.sid.as_deref().map(str::parse).transpose();
        session.map_err(|_| Fault::Internal("a session has no identifier".into()))
    }

    /// As a token says of its user.
    pub(crate) fn of_token(claims: &AccessClaims<'_>) -> Authentication {
        let texts = |texts: &[Cow<'_, str>]| texts.iter().map(|text| text.to_string()).collect();
        Authentication {
            auth_time: claims.auth_time.unwrap_or(claims.iat),
            amr: texts(&claims.amr),
            acr: claims.acr.as_ref().map(|acr| texts(&acr.values)).unwrap_or_default(),
            ..Authentication::default()
        }
    }

    /// By a password, at that moment.
    pub(crate) fn by_password(now: Micros) -> Authentication {
        Authentication { auth_time: epoch_seconds(now), amr: vec!["pwd".into()], ..Authentication::default() }
    }
}
