use super::page;
use crate::{Proof, qr};

/// A new authenticator app: its key as a picture and as text. Posts `code`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SetUpApp {
    /// Where the form posts to.
    pub action: String,
    /// The proofs given so far.
    pub proofs: Vec<Proof>,
    /// What the app reads: `otpauth://totp/…`.
    pub uri: String,
    /// The key in Base32, as it is typed where nothing can be read.
    pub key: String,
    /// The key as the form carries it, for the server alone.
    pub pending: String,
    /// Where a passkey is set up instead.
    pub passkey: Option<String>,
    /// Whether it was asked for; else somebody came by oneself.
    pub asked: bool,
    /// Whether the code before this was wrong.
    pub wrong: bool,
}

impl SetUpApp {
    /// The picture's side and its path; `None` when the address is too long to be drawn: the key is there too.
    pub(crate) fn picture(&self) -> Option<(usize, String)> {
        qr::path(&self.uri)
    }

    /// In fours, to be typed.
    pub(crate) fn spaced_key(&self) -> String {
        let letters: Vec<char> = self.key.chars().filter(|c| !c.is_whitespace()).collect();
        letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}

page!(SetUpApp, "page/set_up_app.html", |_, x| x.text("set-up-app-title"));

crate::quiet::quiet!(SetUpApp);
