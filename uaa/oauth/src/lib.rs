//! Floor 5: the authorization server.
//!
//! One grant, one file (`grant/`). What all of them share is the [`Engine`]: keys, cached clients, verified
//! tokens. The hot paths (client credentials, a token seen before, introspection) take no database.

mod actor;
mod answer;
mod approvals;
mod approved;
mod authenticate;
mod authorize;
mod autologin;
mod back_channel;
mod check_session;
mod client;
mod client_assertion;
mod client_info;
mod device;
mod dpop;
mod encrypted;
mod ended;
mod engine;
mod fault;
mod fields;
mod forms;
mod grant;
mod issue;
mod keychain;
mod keys;
mod list;
mod logout;
mod noted;
mod par;
mod person;
mod polls;
mod published;
mod registration;
mod revocation;
mod revoke;
mod rotation;
mod scope;
mod state;
mod stored;
mod subject;
mod upstream;
mod userinfo;
mod verified;

#[doc(hidden)]
pub use authorize::fuzz_authorize;
pub use engine::{Caches, Certificates, Engine, Settings};
pub use forms::TokenForms;
pub use grant::GRANTS;
#[doc(hidden)]
pub use grant::fuzz_form;
pub use registration::RegistrationPolicy;

use std::sync::Arc;
use uaa_authz::Kind;
use uaa_directory::{Pages, Sessions};
use uaa_plugin::{Plugin, Route};

/// The plugin.
pub struct OauthServer {
    /// Keys, clients, tokens.
    pub engine: Arc<Engine>,
    /// Who is signed in with a browser.
    pub sessions: Arc<Sessions>,
    /// How pages are drawn.
    pub pages: Pages,
}

impl Plugin for OauthServer {
    fn name(&self) -> &'static str {
        "oauth"
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![]
    }

    fn routes(self: Arc<Self>) -> Vec<Route> {
        let mut routes = vec![
            grant::route(self.engine.clone()),
            par::route(&self.engine),
            state::check_token(self.engine.clone()),
            state::introspect(self.engine.clone()),
        ];
        routes.extend(list::routes(&self.engine));
        routes.extend(revoke::routes());
        routes.push(revocation::route(&self.engine));
        routes.extend(keys::routes(&self.engine));
        let authorize = authorize::Authorize {
            engine: self.engine.clone(),
            sessions: self.sessions.clone(),
            pages: self.pages.clone(),
        };
        routes.extend(authorize::routes(&authorize));
        routes.extend(logout::routes(&authorize));
        routes.extend(check_session::routes(&authorize));
        routes.extend(approvals::routes(&self.engine));
        routes.extend(device::routes(&authorize));
        routes.extend(autologin::routes(&authorize));
        routes.extend(authenticate::routes(&self.engine));
        routes.extend(client_info::routes(&self.engine));
        routes.extend(userinfo::routes(&self.engine));
        routes.extend(registration::routes(&self.engine));
        routes
    }
}
