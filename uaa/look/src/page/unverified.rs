use super::page;

/// Somebody has shown who they are, and the address of the account is not confirmed. Posts `username`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unverified {
    /// Who they are.
    pub username: String,
    /// Where they say otherwise.
    pub change: String,
    /// Where the form posts to that has another link sent; `None` where they ask somebody.
    pub send: Option<String>,
}

page!(Unverified, "page/unverified.html", |_, x| x.text("unverified-title"));
