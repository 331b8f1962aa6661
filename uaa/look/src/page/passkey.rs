use super::page;
use crate::Client;

/// Signs in with a passkey: the page that follows the button when no script pressed it. A script asks the browser and posts
/// `assertion`; without one a notice says what is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasskeySignIn {
    /// Where the form posts to.
    pub action: String,
    /// The application that sent them.
    pub client: Option<Client>,
    /// `PublicKeyCredentialRequestOptionsJSON` (WebAuthn Level 3 section 5.10.1), as text.
    pub options: String,
    /// The challenge in them as the form carries it, for the server alone.
    pub pending: String,
    /// Where the other ways are.
    pub other_way: String,
    /// Whether the passkey before this was refused.
    pub failed: bool,
}

/// Registers a passkey. A script asks the browser and posts `credential` beside `name`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasskeySetUp {
    /// Where the form posts to.
    pub action: String,
    /// `PublicKeyCredentialCreationOptionsJSON` (WebAuthn Level 3 section 5.10.1), as text.
    pub options: String,
    /// The challenge in them as the form carries it, for the server alone.
    pub pending: String,
    /// A name to begin with, such as the browser's and the system's.
    pub name: String,
    /// Where one goes who would rather not.
    pub back: String,
    /// Whether the passkey before this was refused.
    pub failed: bool,
}

page!(PasskeySignIn, "page/passkey_sign_in.html", |_, x| x.text("passkey-title"), script: |_| Some("passkey.js"));
page!(PasskeySetUp, "page/passkey_set_up.html", |_, x| x.text("passkey-set-up-title"), script: |_| Some("passkey.js"));
