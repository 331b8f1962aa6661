use super::page;
use uaa_model::Micros;

/// A one-time passcode for a command line.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Passcode {
    /// Whom it signs in.
    pub name: String,
    /// The passcode.
    pub passcode: String,
    /// Until when it works.
    pub until: Micros,
    /// The address that the command line speaks to: `https://api.acme.example`.
    pub api: String,
    /// Where the form for a new one posts to.
    pub action: String,
}

page!(Passcode, "page/passcode.html", |_, x| x.text("passcode-title"));

crate::quiet::quiet!(Passcode);
