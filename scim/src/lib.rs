//! Floor 5: SCIM 1.1 as UAA speaks it: users, groups and their members, OAuth clients, and identity zones.

mod clients;
mod conds;
mod filter;
mod groups;
mod listing;
mod member;
mod users;
mod version;
mod zones;

pub use filter::{Filter, Op, Unreadable, Value, fuzz_filter};

use axum::http::Method;
use std::sync::Arc;
use uaa_authz::Kind;
use uaa_directory::{Credentials, Keyring};
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx, Dialect, Handler, Plugin, Prepare, Route, Site};

/// The plugin.
pub struct Scim {
    /// Hashing, lockout and the password policy.
    pub credentials: Arc<Credentials>,
    /// Makes the signing keys of new zones.
    pub keys: Arc<Keyring>,
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
        let mut routes = users::routes(&self.credentials);
        routes.extend(groups::routes());
        routes.extend(clients::routes(&self.credentials));
        routes.extend(zones::routes(&self.keys, &self.credentials));
        routes
    }
}

/// A handler, or a step before one, that needs the keeper of passwords.
struct With<F>(Arc<Credentials>, F);

impl<'c, P, I, F, Fut, T> Prepare<'c, P, I> for With<F>
where
    F: Fn(Arc<Credentials>, P, I, &'c mut Ctx) -> Fut + Send + Sync,
    Fut: Future<Output = Reply<T>> + Send + 'c,
    T: Send + Sync + 'static,
{
    type Ready = T;
    type Future = Fut;
    fn call(&self, proof: P, input: I, cx: &'c mut Ctx) -> Fut {
        (self.1)(self.0.clone(), proof, input, cx)
    }
}

impl<'c, P, I, F, Fut> Handler<'c, P, I> for With<F>
where
    F: Fn(Arc<Credentials>, P, I, &'c mut Ctx) -> Fut + Send + Sync,
    Fut: Future<Output = Reply<Answer>> + Send + 'c,
{
    type Future = Fut;
    fn call(&self, proof: P, input: I, cx: &'c mut Ctx) -> Fut {
        (self.1)(self.0.clone(), proof, input, cx)
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

/// The schema of every answer about users and groups.
const SCHEMA: &str = "urn:scim:schemas:core:1.0";
