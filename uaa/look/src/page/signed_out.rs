use super::page;

/// Signed out, and of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedOut {
    /// Applications that confirmed it.
    pub confirmed: Vec<String>,
    /// Applications that did not answer, where somebody may still be signed in.
    pub silent: Vec<String>,
    /// Where one signs in again.
    pub sign_in: String,
}

impl SignedOut {
    pub(crate) fn confirmed_count(&self) -> u32 {
        u32::try_from(self.confirmed.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn silent_count(&self) -> u32 {
        u32::try_from(self.silent.len()).unwrap_or(u32::MAX)
    }
}

page!(SignedOut, "page/signed_out.html", |_, x| x.text("signed-out-title"));
