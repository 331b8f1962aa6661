//! Floor 5: the pages by which people sign in and look after their account.
//!
//! One page, one file. Pages are drawn by `uaa-look`; who is signed in is `uaa-directory`'s business. They work without
//! JavaScript, and every form brings its proof of origin along.

mod account;
mod agent;
mod authenticate;
mod choose_account;
mod codes;
mod email;
mod email_changes;
mod forgot;
mod home;
mod invitation;
mod invite_users;
mod nowhere;
mod own_password;
mod passcode;
mod passkey;
mod password_resets;
mod profile;
mod prompts;
mod register;
mod reset;
mod resources;
mod return_to;
mod second;
mod sign_in;

use std::sync::Arc;
use uaa_authz::Kind;
use uaa_directory::{Credentials, Factors, Pages, Sessions};
use uaa_plugin::{Plugin, Route};

/// The plugin.
#[derive(Clone)]
pub struct LoginPages {
    /// Who is signed in.
    pub sessions: Arc<Sessions>,
    /// Passwords.
    pub credentials: Arc<Credentials>,
    /// What they have besides.
    pub factors: Factors,
    /// How pages are drawn.
    pub pages: Pages,
    /// The address that messages come from; `None` when none are sent.
    pub sender: Option<String>,
}

impl Plugin for LoginPages {
    fn name(&self) -> &'static str {
        "login"
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![]
    }

    fn routes(self: Arc<Self>) -> Vec<Route> {
        let mut routes = sign_in::routes(&self);
        routes.extend(passkey::routes(&self));
        routes.extend(second::routes(&self));
        routes.extend(choose_account::routes(&self));
        routes.extend(passcode::routes(&self));
        routes.extend(home::routes(&self));
        routes.extend(profile::routes(&self));
        routes.extend(forgot::routes(&self));
        routes.extend(reset::routes(&self));
        routes.extend(register::routes(&self));
        routes.extend(email::routes(&self));
        routes.extend(own_password::routes(&self));
        routes.extend(invitation::routes(&self));
        routes.extend(invite_users::routes(&self));
        routes.extend(password_resets::routes(&self));
        routes.extend(email_changes::routes());
        routes.extend(codes::routes());
        routes.extend(authenticate::routes(&self));
        routes.extend(profile::factors::routes(&self));
        routes.extend(resources::routes(&self));
        routes.extend(prompts::routes());
        routes
    }
}
