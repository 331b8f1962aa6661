//! Identity providers: who else knows a zone's people. Each has a key of its own, which is the origin of its people; `uaa` is the zone
//! itself. People of two origins are two people, whatever they are called.

mod domain;
mod oidc;
mod own;
mod person;

pub use domain::{OfDomain, allowed_providers, foreign_provider, providers_of_address, providers_of_domains};
pub use oidc::{AuthMethod, KeysAt, OidcConfig, fuzz_provider};
pub use own::every_zones_own;
pub(crate) use own::own;
pub use person::{Met, Told, meet};

use crate::{User, end_sessions, factors_end};
use std::sync::Arc;
use uaa_authz::{Delete, Duty, Kind, Resource, Verbs, Zone};
use uaa_model::{Id, Reply, Secret};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Query, Row, Spec, Stored, Tx, fields};
use uaa_token::DataKey;
use uuid::Uuid;

/// An identity provider of a zone. Tokens of its people rest on it: whoever may change one may be any of them.
#[derive(Debug)]
pub enum IdentityProvider {}

impl Resource for IdentityProvider {
    const KIND: Kind = Kind::identity(
        "identity_provider",
        &[("idps.read", Verbs::of("r")), ("idps.write", Verbs::of("rcud"))],
    )
    .fact();
    type Parent = Zone;
}

fields!(
    IdentityProvider,
    /// An identity provider's own columns.
    IdentityProviderOwn {
        /// The origin of its people, once in a zone.
        origin: String,
        /// `uaa` or `oidc1.0`.
        kind: String,
        /// For people.
        name: String,
        /// Whose tokens speak of its people; empty where its own document says it.
        issuer: String,
        /// Whether its people may sign in.
        active: bool,
        /// Its configuration without what is secret, a JSON object.
        config: String,
        /// The secret by which it knows us, sealed; empty: none.
        sealed: Vec<u8>,
        /// How often it was changed.
        version: i64,
    }
);

impl Stored for IdentityProvider {
    type Own = IdentityProviderOwn;
    const SPEC: Spec = Spec {
        table: "identity_provider",
        organization: None,
        space: None,
        columns: IdentityProvider::COLUMNS,
        metadata: false,
        shared: false,
        tally: false,
    };
    const UNIQUE: &'static [(&'static str, &'static str)] =
        &[("identity_provider_origin", TAKEN), ("identity_provider.zone", TAKEN)];
    fn own(row: &Row, at: usize) -> Reply<IdentityProviderOwn> {
        IdentityProviderOwn::read(row, at)
    }
}

const TAKEN: &str = "An identity provider of that origin key exists already.";
/// The origin of a zone's own people, and the type of the provider that stands for them.
pub const OWN_ORIGIN: &str = "uaa";
/// The type of a provider that speaks OpenID Connect 1.0.
pub const OIDC: &str = "oidc1.0";

/// Seals what is secret of providers, for a row and no other.
#[derive(Clone)]
pub struct ProviderSecrets(Arc<DataKey>);

impl ProviderSecrets {
    /// Under that key.
    pub fn new(data_key: Arc<DataKey>) -> ProviderSecrets {
        ProviderSecrets(data_key)
    }

    /// The secret of that provider, as it is stored.
    ///
    /// # Errors
    /// When the library refuses, which no input causes.
    pub fn seal(&self, provider: Uuid, secret: &Secret) -> Reply<Vec<u8>> {
        self.0.seal(&format!("identity-provider/{provider}"), secret.expose().as_bytes())
    }
}

/// The provider of people of that origin, as long as they may sign in by it. Of our own people there is none to ask. Under the duty of
/// sign-in.
///
/// # Errors
/// When the database is away.
pub async fn active_provider(origin: &str, tx: &mut Tx) -> Reply<Option<Uuid>> {
    let seen = tx.visible::<IdentityProvider>().await?;
    let which = vec![Cond::In(Field::Text("origin"), vec![origin.to_owned()]), Cond::Is("active", true)];
    Ok(tx.find(&seen, Cond::All(which)).await?.map(|row| row.guid))
}

/// What that provider has a sign-in ask for, if it is there and says so: name, type and label of each field.
///
/// # Errors
/// When the database is away.
pub async fn prompts_of(origin: &str, tx: &mut Tx) -> Reply<Option<Vec<[String; 3]>>> {
    let me = tx.assume(Duty::SignIn);
    let found = match tx.visible::<IdentityProvider>().await {
        Ok(seen) => {
            let text = |column, value: &str| Cond::In(Field::Text(column), vec![value.to_owned()]);
            let which = vec![text("origin", origin), text("kind", OIDC), Cond::Is("active", true)];
            tx.find(&seen, Cond::All(which)).await
        }
        Err(fault) => Err(fault),
    };
    tx.resume(me);
    Ok(found?.and_then(|row| OidcConfig::stored(&row.own.config).prompts()))
}

/// The active providers of that issuer, two at most, which is one too many; of an empty one those that say nothing of it themselves.
/// Under the duty of sign-in.
///
/// # Errors
/// When the database is away.
pub async fn providers_of_issuer(
    issuer: &str,
    most: i64,
    tx: &mut Tx,
) -> Reply<Vec<Fields<IdentityProviderOwn>>> {
    let seen = tx.visible::<IdentityProvider>().await?;
    let text = |column, value: &str| Cond::In(Field::Text(column), vec![value.to_owned()]);
    let which = vec![text("issuer", issuer), text("kind", OIDC), Cond::Is("active", true)];
    Ok(tx.list(&seen, &Query::first(most).when(Cond::All(which))).await?.rows)
}

/// Ends all people of a provider that is about to go, one after the other: nothing that comes later under its key is theirs.
///
/// # Errors
/// When the database is away, or another transaction was first.
pub async fn end_people(provider: &Granted<Delete, IdentityProvider>, tx: &mut Tx) -> Reply<()> {
    let origin = tx.get(provider).await?.own.origin;
    let me = tx.assume(Duty::Bootstrap);
    let ended = end_of_origin(&origin, tx).await;
    tx.resume(me);
    ended
}

async fn end_of_origin(origin: &str, tx: &mut Tx) -> Reply<()> {
    let seen = tx.visible::<User>().await?;
    let query = Query::first(PAGE).when(Cond::In(Field::Text("origin"), vec![origin.to_owned()]));
    loop {
        let some = tx.list(&seen, &query).await?.rows;
        if some.is_empty() {
            return Ok(());
        }
        for row in some {
            let user = tx.grant::<Delete, User>(Id::new(row.guid)).await?;
            end_user(user, &row.own.username, tx).await?;
        }
    }
}

/// Ends a person with all that is theirs: roles, memberships, factors, sessions.
///
/// # Errors
/// When the database is away, or another transaction was first.
pub async fn end_user(user: Granted<Delete, User>, username: &str, tx: &mut Tx) -> Reply<()> {
    tx.withdraw(&user).await?;
    tx.forget_logon(&user).await?;
    factors_end(user.id(), tx).await?;
    end_sessions(tx, user.id().uuid()).await?;
    tx.delete(user).await?;
    let (event, target_name) = ("UserDeletedEvent".to_owned(), username.to_owned());
    tx.annotate(Annotation { event, target_name, ..Annotation::default() });
    Ok(())
}

const PAGE: i64 = 500;
