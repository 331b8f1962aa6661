use super::page;
use crate::Proof;

/// A code of an authenticator app, after another proof. Posts `code` and, if offered and ticked, `trust=yes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondFactor {
    /// Where the form posts to.
    pub action: String,
    /// Whose code it is.
    pub username: String,
    /// Where they say otherwise.
    pub change: String,
    /// The proofs given so far.
    pub proofs: Vec<Proof>,
    /// What the app was called when it was set up.
    pub app: Option<String>,
    /// For how many days this device may be trusted, if it may.
    pub trust_days: Option<u32>,
    /// Where a recovery code is entered.
    pub recovery: Option<String>,
    /// Where a passkey is used instead.
    pub passkey: Option<String>,
    /// Whether the code before this was wrong.
    pub wrong: bool,
}

page!(SecondFactor, "page/second_factor.html", |_, x| x.text("second-factor-title"));
