//! Floor 5: the authorization server.
//!
//! One grant, one file (`grant/`). What all of them share is the [`Engine`]: keys, cached clients, verified
//! tokens. The hot paths (client credentials, a token seen before, introspection) take no database.

mod actor;
mod answer;
mod client;
mod client_assertion;
mod engine;
mod fault;
mod forms;
mod grant;
mod issue;
mod keychain;
mod keys;
mod list;
mod login;
mod noted;
mod person;
mod published;
mod revocation;
mod revoke;
mod scope;
mod state;
mod stored;
mod userinfo;
mod verified;

pub use engine::{Caches, Engine, Settings};
pub use forms::TokenForms;
#[doc(hidden)]
pub use grant::fuzz_form;

use std::sync::Arc;
use uaa_authz::Kind;
use uaa_plugin::{Plugin, Route};

/// The plugin.
pub struct OauthServer(pub Arc<Engine>);

impl Plugin for OauthServer {
    fn name(&self) -> &'static str {
        "oauth"
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![]
    }

    fn routes(self: Arc<Self>) -> Vec<Route> {
        let mut routes = vec![
            grant::route(self.0.clone()),
            state::check_token(self.0.clone()),
            state::introspect(self.0.clone()),
        ];
        routes.extend(list::routes(&self.0));
        routes.extend(revoke::routes());
        routes.push(revocation::route(&self.0));
        routes.extend(keys::routes(&self.0));
        routes.extend(login::routes(&self.0));
        routes.extend(userinfo::routes(&self.0));
        routes
    }
}
