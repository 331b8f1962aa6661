use super::page;
use uaa_model::Micros;

/// Too many attempts: a pause, its end and the ways around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locked {
    /// Who they said they are; whether the account exists is not told.
    pub username: String,
    /// Where they say otherwise.
    pub change: String,
    /// When the pause ends.
    pub until: Micros,
    /// Where a password is reset, if it can be.
    pub forgot: Option<String>,
    /// Where one signs in with a passkey, if passkeys are on.
    pub passkey: Option<String>,
    /// The address of who can help.
    pub contact: Option<String>,
    /// What they tell them.
    pub reference: Option<String>,
}

page!(Locked, "page/locked.html", |_, x| x.text("locked-title"));
