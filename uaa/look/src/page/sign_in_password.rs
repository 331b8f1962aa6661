use super::page;
use crate::{Client, Notice};

/// The second step: the password. Posts `username`, `password` and, if offered and ticked, `remember=yes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInPassword {
    /// Where the form posts to.
    pub action: String,
    /// The application that sent them.
    pub client: Option<Client>,
    /// Who they said they are.
    pub username: String,
    /// Where they say otherwise.
    pub change: String,
    /// Whether to offer to stay signed in.
    pub remember: bool,
    /// Where a forgotten password is reset, if it can be.
    pub forgot: Option<String>,
    /// Where the other ways are, if there are any.
    pub other_way: Option<String>,
    /// What happened before.
    pub notice: Option<Notice>,
}

impl SignInPassword {
    pub(crate) fn is_wrong(&self) -> bool {
        self.notice.as_ref().is_some_and(Notice::is_of_password)
    }
}

page!(SignInPassword, "page/sign_in_password.html", |_, x| x.text("password-title"));
