use super::page;
use crate::{Link, PasswordFault, PasswordRules};
use uaa_model::Micros;

/// An invitation to an organization, or to the zone. Posts `name` and `password`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Invitation {
    /// Where the form posts to.
    pub action: String,
    /// What the form carries along, such as the code of the link.
    pub fields: Vec<(String, String)>,
    /// Who invites.
    pub by: Option<String>,
    /// To which organization; to the zone itself without one.
    pub organization: Option<String>,
    /// What they become, in words of their language.
    pub becomes: Option<String>,
    /// The address that was invited.
    pub mail: String,
    /// Until when it can be accepted.
    pub until: Micros,
    /// The name typed before.
    pub name: String,
    /// What is asked of a password.
    pub rules: PasswordRules,
    /// What was wrong with the one before.
    pub fault: Option<PasswordFault>,
    /// Where one accepts it who has an account, if they can.
    pub sign_in: Option<String>,
}

/// Makes an account of one's own. Posts `name`, `email`, `password` and, where terms are to be agreed to, `agreed=yes`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Register {
    /// Where the form posts to.
    pub action: String,
    /// What the form carries along.
    pub fields: Vec<(String, String)>,
    /// The name typed before.
    pub name: String,
    /// The address typed before.
    pub mail: String,
    /// Whether the address was not one.
    pub wrong_mail: bool,
    /// The name of the other provider whose people have such addresses.
    pub belongs_to: Option<String>,
    /// What is asked of a password.
    pub rules: PasswordRules,
    /// What was wrong with the one before.
    pub fault: Option<PasswordFault>,
    /// What is to be agreed to, in the zone's own words (UAA's `branding.consent`).
    pub agreement: Option<Link>,
    /// Where one signs in who has an account.
    pub sign_in: String,
}

impl Register {
    pub(crate) fn is_wrong_mail(&self) -> bool {
        self.wrong_mail || self.belongs_to.is_some()
    }
}

/// A link that was opened to confirm an address: a button does it, so that a mail program that looks ahead does not.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Verify {
    /// Where the form posts to.
    pub action: String,
    /// What the form carries along, such as the code of the link.
    pub fields: Vec<(String, String)>,
    /// The address to confirm.
    pub mail: String,
}

/// A link that is used or too old. Posts `email`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkExpired {
    /// Where the form posts to; `None` where another is not asked for by an address alone.
    pub action: Option<String>,
    /// Where one asks for another by more than an address; without it, and without a form, nobody but the sender can send one, as with
    /// an invitation.
    pub anew: Option<String>,
    /// The address to begin with; only where the reader gave it themselves.
    pub mail: String,
    /// For how long such links work, in seconds.
    pub valid: i64,
    /// Where signing in goes on.
    pub sign_in: String,
}

/// Mail would be sent, and no server is set up to send it through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailNotSetUp {
    /// What the operator types to set it up.
    pub command: String,
    /// Where signing in goes on.
    pub sign_in: String,
}

page!(Invitation, "page/invitation.html", |p, x| x
    .text("invitation-title")
    .with("place", p.organization.as_deref().unwrap_or(x.zone())));
page!(Register, "page/register.html", |_, x| x.text("register-title"));
page!(Verify, "page/verify.html", |_, x| x.text("verify-title"));
page!(LinkExpired, "page/link_expired.html", |_, x| x.text("link-expired-title"));
page!(MailNotSetUp, "page/mail_not_set_up.html", |_, x| x.text("mail-not-set-up-title"));

crate::quiet::quiet!(Invitation, Register, Verify);
