use super::page;
use crate::{Account, Client};

/// Asks before signing out: OpenID Connect RP-Initiated Logout 1.0 section 2, when there is no `id_token_hint` that says who
/// asks. Posts `decision=sign-out` or `decision=stay` and the fields given.
#[derive(Clone, PartialEq, Eq)]
pub struct SignOut {
    /// Where the form posts to.
    pub action: String,
    /// Who would be signed out.
    pub account: Account,
    /// The application that asks for it.
    pub client: Option<Client>,
    /// What the form carries along, such as `post_logout_redirect_uri` and `state`.
    pub fields: Vec<(String, String)>,
}

page!(SignOut, "page/sign_out.html", |_, x| x.text("sign-out-title"));

crate::quiet::quiet!(SignOut);
