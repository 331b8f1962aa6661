use super::page;
use crate::Link;
use uaa_model::Micros;

/// Asks for a link to set a new password. Posts `username`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgot {
    /// Where the form posts to.
    pub action: String,
    /// What was typed on the page before.
    pub username: String,
    /// Where passwords are reset that another directory keeps: its name and address.
    pub elsewhere: Option<Link>,
    /// Where signing in goes on.
    pub sign_in: String,
}

/// A message is on its way, if there is an account: the page does not tell. Its form asks for it once more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckMail {
    /// Where the form posts to; without one it is asked for on the page before, which knows what this one must not carry.
    pub action: String,
    /// What the form carries along: what was asked for.
    pub fields: Vec<(String, String)>,
    /// The address that was entered; of a confirmation, the name.
    pub address: String,
    /// What the message is about.
    pub about: About,
    /// Who sends the message.
    pub from: String,
    /// For how long the link works, in seconds.
    pub valid: i64,
    /// Where another address is entered; of a confirmation, where signing in goes on.
    pub another: String,
}

/// What a message is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum About {
    /// A new password, if there is such an account.
    #[default]
    Password,
    /// An account that is to be made.
    NewAccount,
    /// Another address of one's account.
    NewAddress,
    /// The address of an account that waits for it to be confirmed, if there is such an account.
    Confirmation,
}

impl About {
    pub(crate) fn is_confirmation(self) -> bool {
        self == About::Confirmation
    }
}

impl CheckMail {
    pub(crate) fn says<'a>(&'a self, x: &crate::scene::Scene<'a>) -> crate::words::Said<'a, true> {
        let said = match self.about {
            About::Password => x.rich("check-mail-if"),
            About::NewAccount => x.rich("check-mail-new"),
            About::NewAddress => x.rich("check-mail-address"),
            About::Confirmation => x.rich("check-mail-confirm"),
        };
        said.with("address", &self.address)
    }
}

/// A new password, by a link. Posts `username`, `password` and `password_confirmation`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPassword {
    /// Where the form posts to.
    pub action: String,
    /// What the form carries along, such as the code of the link.
    pub fields: Vec<(String, String)>,
    /// Whose password it is.
    pub username: String,
    /// What is asked of a password.
    pub rules: PasswordRules,
    /// What was wrong with the one before.
    pub fault: Option<PasswordFault>,
}

/// A password that must be changed before anything else. Posts `password`, `new_password` and `new_password_confirmation`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForceChange {
    /// Where the form posts to.
    pub action: String,
    /// Whose password it is.
    pub username: String,
    /// What is asked of a password.
    pub rules: PasswordRules,
    /// Whether its owner wants the change; otherwise the zone does.
    pub own: bool,
    /// When the old one ran out; `None` when somebody asked for the change.
    pub expired: Option<Micros>,
    /// What was wrong with the one before.
    pub fault: Option<PasswordFault>,
}

/// What a zone asks of a password, as it is told before one is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PasswordRules {
    /// How many characters it has at least.
    pub least: u32,
    /// How many of the last passwords it may not be.
    pub not_last: u32,
    /// How many capital letters, small letters, digits and other characters it has at least.
    pub kinds: [u32; 4],
}

/// What is wrong with a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Too short, or lacking what the rules ask for.
    AgainstRules,
    /// On the list of the most used ones.
    Common,
    /// One of the last.
    UsedBefore,
    /// The two are not the same.
    NotTheSame,
    /// The present password is not right.
    WrongOld,
}

impl PasswordFault {
    pub(crate) fn says(self) -> &'static str {
        use crate::words::key;
        match self {
            PasswordFault::AgainstRules => key("password-against-rules"),
            PasswordFault::Common => key("password-common"),
            PasswordFault::UsedBefore => key("password-used-before"),
            PasswordFault::NotTheSame => key("password-not-the-same"),
            PasswordFault::WrongOld => key("password-wrong-old"),
        }
    }

    pub(crate) fn is_old(self) -> bool {
        self == PasswordFault::WrongOld
    }

    pub(crate) fn is_confirmation(self) -> bool {
        self == PasswordFault::NotTheSame
    }

    pub(crate) fn is_new(self) -> bool {
        !self.is_old() && !self.is_confirmation()
    }
}

impl PasswordRules {
    pub(crate) fn says(&self, x: &crate::scene::Scene<'_>) -> String {
        let mut parts = Vec::new();
        if self.least > 0 {
            parts.push(x.text("rule-least").count("count", self.least).to_string());
        }
        if self.not_last > 0 {
            parts.push(x.text("rule-not-last").count("count", self.not_last).to_string());
        }
        let ids = [
            crate::words::key("rule-capitals"),
            crate::words::key("rule-small"),
            crate::words::key("rule-digits"),
            crate::words::key("rule-others"),
        ];
        for (id, count) in ids.into_iter().zip(self.kinds).filter(|(_, count)| *count > 0) {
            parts.push(x.text(id).count("count", count).to_string());
        }
        if self.kinds == [0; 4] && self.not_last == 0 {
            parts.push(x.text("rule-sentence").to_string());
        }
        parts.join(" ")
    }
}

page!(Forgot, "page/forgot.html", |_, x| x.text("forgot-title"));
page!(CheckMail, "page/check_mail.html", |_, x| x.text("check-mail-title"));
page!(NewPassword, "page/new_password.html", |_, x| x.text("new-password-title"));
page!(ForceChange, "page/force_change.html", |_, x| x.text("force-change-title"));

crate::quiet::quiet!(NewPassword);
