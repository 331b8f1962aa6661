use super::page;
use crate::Client;

/// Signed out, and of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedOut {
    /// Applications that confirmed it.
    pub confirmed: Vec<String>,
    /// Applications that did not answer, where somebody may still be signed in.
    pub silent: Vec<String>,
    /// Where one signs in again.
    pub sign_in: String,
    /// Addresses of applications that learn of it in a hidden frame (OpenID Connect Front-Channel Logout 1.0 section 3).
    pub frames: Vec<String>,
    /// Where it goes on: by a script when the frames have been loaded, or by a link.
    pub onward: Option<Onward>,
}

/// Where a browser goes on after a sign-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onward {
    /// The application, if one sent them.
    pub client: Option<Client>,
    /// Its address.
    pub to: String,
}

impl SignedOut {
    pub(crate) fn confirmed_count(&self) -> u32 {
        u32::try_from(self.confirmed.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn silent_count(&self) -> u32 {
        u32::try_from(self.silent.len()).unwrap_or(u32::MAX)
    }
}

page!(SignedOut, "page/signed_out.html", |_, x| x.text("signed-out-title"), script: |p| p.onward.as_ref().map(|_| "signed-out.js"), frames: |p| &p.frames);
