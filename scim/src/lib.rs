//! Floor 5: SCIM 1.1 as UAA speaks it: users, groups and their members, OAuth clients, identity zones, and identity providers.

mod clients;
mod conds;
mod filter;
mod groups;
mod listing;
mod member;
mod providers;
mod users;
mod version;
mod zones;

pub use filter::{Filter, Op, Unreadable, Value, fuzz_filter};

use axum::http::Method;
use std::sync::Arc;
use uaa_authz::Kind;
use uaa_directory::{Credentials, Keyring, ProviderSecrets};
use uaa_plugin::shape::{Shape, TEXT, object};
use uaa_plugin::{Dialect, Fetch, Handler, Plugin, Route, Site};

/// The plugin.
pub struct Scim {
    /// Hashing, lockout and the password policy.
    pub credentials: Arc<Credentials>,
    /// The way to documents that clients name.
    pub outside: Arc<dyn Fetch>,
    /// Makes the signing keys of new zones.
    pub keys: Arc<Keyring>,
    /// Seals what is secret of identity providers.
    pub secrets: ProviderSecrets,
    /// Whether messages are sent.
    pub mails: bool,
}

impl Plugin for Scim {
    fn name(&self) -> &'static str {
        "scim"
    }

    /// The directory registers its own.
    fn kinds(&self) -> Vec<Kind> {
        vec![]
    }

    fn routes(self: Arc<Self>) -> Vec<Route> {
        let mut routes = users::routes(&self.credentials, self.mails);
        routes.extend(groups::routes());
        let keeper = clients::Keeper { credentials: self.credentials.clone(), outside: self.outside.clone() };
        routes.extend(clients::routes(&keeper));
        routes.extend(zones::routes(&self.keys, &self.credentials));
        let keeper = providers::Keeper { secrets: self.secrets.clone() };
        routes.extend(providers::routes(&keeper));
        routes
    }
}

/// A route of UAA's site in SCIM's dialect.
fn route<P, I, H>(method: Method, path: &'static str, name: &'static str, handler: H) -> Route
where
    P: uaa_plugin::Need<I> + Send + 'static,
    I: uaa_plugin::Input + Send + Sync + 'static,
    H: for<'c> Handler<'c, P, I> + 'static,
{
    Route::on(Site::Uaa, method, path, name, Dialect::Scim, handler)
}

/// UAA's way to say that something is done.
fn done() -> Shape {
    object([("status", TEXT), ("message", TEXT)]).named("done")
}

/// The schema of every answer about users and groups.
const SCHEMA: &str = "urn:scim:schemas:core:1.0";
