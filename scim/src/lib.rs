//! Floor 5: SCIM 1.1 as UAA speaks it: users, groups and their members, and the read half of OAuth clients.

mod clients;
mod conds;
mod filter;
mod groups;
mod listing;
mod member;
mod users;
mod version;

pub use filter::{Filter, Op, Unreadable, Value, fuzz_filter};

use axum::http::Method;
use futures::future::BoxFuture;
use std::sync::Arc;
use uaa_authz::Kind;
use uaa_model::{Reply, Secret};
use uaa_plugin::{Answer, Ctx, Dialect, Handler, Plugin, Route, Site};

/// What this plugin asks of whoever keeps passwords.
pub trait Passwords: Send + Sync {
    /// The hash to store.
    fn hash<'a>(&'a self, password: &'a Secret) -> BoxFuture<'a, Reply<String>>;
    /// Whether the password is the one of that hash. `source` is the client's address, for the queue.
    fn verify<'a>(
        &'a self,
        password: &'a Secret,
        stored: &'a str,
        source: &'a str,
    ) -> BoxFuture<'a, Reply<bool>>;
    /// What the password policy has against it, one sentence each.
    fn faults(&self, password: &str) -> Vec<String>;
}

/// The plugin.
pub struct Scim {
    /// Hashing and the password policy.
    pub passwords: Arc<dyn Passwords>,
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
        let mut routes = users::routes(&self.passwords);
        routes.extend(groups::routes());
        routes.extend(clients::routes());
        routes
    }
}

/// A handler that also needs the port to passwords.
struct WithPasswords<H>(Arc<dyn Passwords>, H);

impl<'c, P, I, H, Fut> Handler<'c, P, I> for WithPasswords<H>
where
    H: Fn(Arc<dyn Passwords>, P, I, &'c mut Ctx) -> Fut + Send + Sync,
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
