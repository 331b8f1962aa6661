//! Floor 5: the pages by which people sign in and look after their account.
//!
//! One page, one file. Pages are drawn by `uaa-look`; who is signed in is `uaa-directory`'s business. They work without
//! JavaScript, and every form brings its proof of origin along.

mod account;
mod agent;
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
mod unverified;

use std::sync::Arc;
use uaa_authz::Kind;
use uaa_directory::{Credentials, Factors, Pages, Sessions};
use uaa_plugin::{Answers, Plugin, Route};

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
    /// Seconds that access tokens are good for, where neither client nor zone says so.
    pub access_seconds: i64,
}

impl Plugin for LoginPages {
    fn name(&self) -> &'static str {
        "login"
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![]
    }

    fn routes(self: Arc<Self>) -> Vec<Route> {
        let mut routes = pages(
            [
                sign_in::routes(&self),
                passkey::routes(&self),
                second::routes(&self),
                choose_account::routes(&self),
                passcode::routes(&self),
                home::routes(&self),
                profile::routes(&self),
                forgot::routes(&self),
                reset::routes(&self),
                register::routes(&self),
                unverified::routes(&self),
                email::routes(&self),
                own_password::routes(&self),
                invitation::routes(&self),
            ]
            .concat(),
        );
        routes.extend(invite_users::routes(&self));
        routes.extend(password_resets::routes(&self));
        routes.extend(email_changes::routes());
        routes.extend(codes::routes());
        routes.extend(pages(profile::factors::routes(&self)));
        routes.push(home::icon_route(&self));
        routes.extend(resources::routes(&self));
        routes.extend(prompts::routes());
        routes
    }
}

/// What people see: a page, or the way to the next one.
fn pages(routes: Vec<Route>) -> Vec<Route> {
    routes.into_iter().map(|route| route.answers(Answers::html()).answers(Answers::found())).collect()
}
