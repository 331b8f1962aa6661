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

page!(SignIn, "page/sign_in.html", |_, x| x.text("sign-in-title"));

const FEW: usize = 6;
