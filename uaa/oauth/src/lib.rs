//! Floor 5: the authorization server.
//!
//! One grant, one file (`grant/`). What all of them share is the [`Engine`]: keys, cached clients, verified
//! tokens. The hot paths (client credentials, a token seen before, introspection) take no database.

mod actor;
mod answer;
mod client;
mod engine;
mod fault;
mod grant;
mod issue;
mod keys;
mod login;
mod noted;
mod person;
mod revoke;
mod scope;
mod state;
mod userinfo;
mod verified;

pub use engine::{Caches, Engine, Settings};
#[doc(hidden)]
pub use grant::fuzz_form;

use axum::http::Method;
use std::sync::Arc;
use uaa_authz::Kind;
use uaa_plugin::{Dialect::Oauth, Plugin, Route, Site::Uaa};

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
            Route::on(Uaa, Method::DELETE, "/oauth/token/revoke/{jti}", "token_revoke", Oauth, revoke::one),
            Route::on(
                Uaa,
                Method::GET,
                "/oauth/token/revoke/user/{id}",
                "user_tokens_revoke",
                Oauth,
                revoke::user,
            ),
            Route::on(
                Uaa,
                Method::GET,
                "/oauth/token/revoke/client/{id}",
                "client_tokens_revoke",
                Oauth,
                revoke::client,
            ),
        ];
        routes.extend(keys::routes(&self.0));
        routes.extend(login::routes(&self.0));
        routes.extend(userinfo::routes(&self.0));
        routes
    }
}
