use super::page;
use crate::{Client, Notice};

/// The first step: who are you. Posts `username`, or `method=passkey`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// Where the form posts to.
    pub action: String,
    /// The application that sent them.
    pub client: Option<Client>,
    /// What was typed before, or came as `login_hint`.
    pub username: String,
    /// Whether passkeys are on.
    pub passkey: bool,
    /// `PublicKeyCredentialRequestOptionsJSON` (WebAuthn Level 3 section 5.10.1) for this page itself: a script then offers
    /// passkeys under the user name and posts `assertion`. Without, the button leads to [`PasskeySignIn`](crate::PasskeySignIn).
    pub passkey_options: Option<String>,
    /// The challenge in them as the form carries it, for the server alone.
    pub pending: String,
    /// Other identity providers; more than six go into a list of their own.
    pub providers: Vec<Provider>,
    /// Where one makes an account, if one may.
    pub register: Option<String>,
    /// What happened before.
    pub notice: Option<Notice>,
}

/// Another identity provider to sign in with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// Path of its logo, of this origin only.
    pub logo: Option<String>,
    /// Where its link leads.
    pub href: String,
    /// Whether it was used last on this device.
    pub last: bool,
}

impl SignIn {
    pub(crate) fn many(&self) -> bool {
        self.providers.len() > FEW
    }

    /// With many, those that stand outside the list: the ones used last.
    pub(crate) fn first_providers(&self) -> Vec<&Provider> {
        self.providers.iter().filter(|provider| !self.many() || provider.last).take(FEW).collect()
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.providers.len()).unwrap_or(u32::MAX)
    }
}

page!(SignIn, "page/sign_in.html", |_, x| x.text("sign-in-title"), script: |p| p.passkey_options.as_ref().map(|_| "passkey.js"));

const FEW: usize = 6;
