use super::page;
use crate::{Asked, Client, Proof};
use uaa_model::Micros;

/// The account: how somebody proves who they are, and where they did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The directory that the name comes from, if it is not ours.
    pub managed_by: Option<String>,
    /// The name to show.
    pub name: String,
    /// The address.
    pub mail: String,
    /// Whether the address was confirmed.
    pub mail_verified: bool,
    /// Changes the address, if that may be done here.
    pub change_mail: Option<Act>,
    /// The password, if it is one of ours.
    pub password: Option<OwnPassword>,
    /// Passkeys, where they are on.
    pub passkeys: Option<Factors>,
    /// Authenticator apps, where they are on.
    pub apps: Option<Factors>,
    /// Recovery codes, once there are any.
    pub recovery: Option<Recovery>,
    /// Where somebody is signed in, this device first.
    pub sessions: Vec<Session>,
    /// Ends all of them.
    pub end_all: Option<Act>,
    /// What was allowed to applications.
    pub applications: Vec<Connected>,
}

/// A form that is one button: where it posts to, and what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Act {
    /// Where it posts to.
    pub action: String,
    /// What it posts besides `csrf`.
    pub fields: Vec<(String, String)>,
}

/// A password of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnPassword {
    /// When it was set.
    pub changed: Micros,
    /// Changes it.
    pub change: Act,
}

/// Passkeys, or authenticator apps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// Those that are set up.
    pub list: Vec<Factor>,
    /// Sets up another, if one may.
    pub add: Option<Act>,
}

/// One passkey, or one authenticator app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factor {
    /// What it is called.
    pub name: String,
    /// When it was set up.
    pub added: Micros,
    /// When it was last used.
    pub used: Option<Micros>,
    /// Gives it another name. Posts `name` besides.
    pub rename: Option<Act>,
    /// Removes it, unless it is the last one where one is required.
    pub remove: Option<Act>,
}

/// Recovery codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// How many are left.
    pub left: u32,
    /// How many there were.
    pub of: u32,
    /// When they were made.
    pub made: Micros,
    /// Makes new ones.
    pub renew: Act,
}

impl Recovery {
    /// How many there are in a set.
    pub const COUNT: u32 = 10;
}

/// Where somebody is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Browser and system, or the client's name.
    pub agent: String,
    /// Place, if known, and address.
    pub from: String,
    /// When it was last used.
    pub active: Micros,
    /// When it began.
    pub since: Micros,
    /// How they proved who they are.
    pub proofs: Vec<Proof>,
    /// Ends it; `None` for the session of this page.
    pub end: Option<Act>,
}

/// What was allowed to an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connected {
    /// The application.
    pub client: Client,
    /// What it may do.
    pub scopes: Vec<Asked>,
    /// Whether the identifier is one that only this application has, and comes without anything else (pairwise subjects).
    pub identifier_alone: bool,
    /// Since when.
    pub since: Micros,
    /// Takes it back.
    pub take_back: Act,
}

impl Connected {
    pub(crate) fn may(&self, x: &crate::scene::Scene<'_>) -> String {
        crate::scope::lines(x, &self.scopes, self.identifier_alone).join(" · ")
    }
}

/// Another address. Posts `email`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeEmail {
    /// Where the form posts to.
    pub action: String,
    /// The address so far.
    pub current: String,
    /// What was typed before.
    pub mail: String,
    /// Whether that was no address.
    pub wrong: bool,
    /// Where one goes who would rather not.
    pub back: String,
}

page!(Profile, "page/profile.html", |_, x| x.text("profile-title"), tab: Profile);
page!(ChangeEmail, "page/change_email.html", |_, x| x.text("change-email-title"));
