use super::page;
use crate::Client;

/// Several accounts on one device. Posts `account` with the id of the chosen one, or `forget` with the id of one that is signed out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChooseAccount {
    /// Where the form posts to.
    pub action: String,
    /// The application that sent them.
    pub client: Option<Client>,
    /// The accounts, the last used one first.
    pub accounts: Vec<Known>,
    /// Where another account signs in.
    pub another: String,
    /// Where all of them are signed out.
    pub sign_out: String,
}

/// An account that was used on this device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What the button posts.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The address or user name that tells it from others.
    pub mail: String,
    /// Whether it has to prove itself again.
    pub signed_out: bool,
}

page!(ChooseAccount, "page/choose_account.html", |_, x| x.text("choose-account-title"));
