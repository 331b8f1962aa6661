use crate::scene::Scene;
use crate::words::Said;

/// What a sign-in page says above its form about what happened before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Unknown account or wrong password: the same words for both.
    WrongPassword {
        /// How many attempts are left before a pause, if that is to be said.
        left: Option<u32>,
    },
    /// "Sign in with a passkey" was pressed and no script ran.
    PasskeyNeedsScript,
    /// The browser gave no passkey, or one that did not hold.
    PasskeyFailed,
    /// The session is over; what was asked goes on after signing in.
    SessionEnded,
    /// The form was older than its page's session.
    FormExpired,
    /// A new password is set.
    PasswordChanged,
    /// An address is confirmed.
    AddressConfirmed,
    /// An invitation is accepted: the account has a password.
    InvitationAccepted,
    /// The other identity provider said no, or nothing that could be understood.
    ProviderFailed {
        /// Its name.
        provider: String,
    },
    /// The account may not sign in; told only to somebody who proved who they are.
    AccountOff,
}

impl Notice {
    pub(crate) fn is_good(&self) -> bool {
        matches!(self, Notice::PasswordChanged | Notice::AddressConfirmed | Notice::InvitationAccepted)
    }

    /// Whether something went wrong, which is read out at once.
    pub(crate) fn is_bad(&self) -> bool {
        match self {
            Notice::WrongPassword { .. }
            | Notice::PasskeyFailed
            | Notice::ProviderFailed { .. }
            | Notice::AccountOff => true,
            Notice::PasskeyNeedsScript
            | Notice::SessionEnded
            | Notice::FormExpired
            | Notice::PasswordChanged
            | Notice::AddressConfirmed
            | Notice::InvitationAccepted => false,
        }
    }

    /// Whether the field below is what is wrong.
    pub(crate) fn is_of_password(&self) -> bool {
        matches!(self, Notice::WrongPassword { .. })
    }

    /// What happened.
    pub(crate) fn first<'a>(&'a self, x: &Scene<'a>) -> Said<'a, false> {
        match self {
            Notice::WrongPassword { .. } => x.text("wrong-password"),
            Notice::PasskeyNeedsScript => x.text("passkey-needs-script"),
            Notice::PasskeyFailed => x.text("passkey-failed"),
            Notice::SessionEnded => x.text("session-ended"),
            Notice::FormExpired => x.text("form-expired"),
            Notice::PasswordChanged => x.text("password-changed"),
            Notice::AddressConfirmed => x.text("address-confirmed"),
            Notice::InvitationAccepted => x.text("invitation-accepted"),
            Notice::ProviderFailed { provider } => x.text("provider-failed").with("provider", provider),
            Notice::AccountOff => x.text("account-off"),
        }
    }

    /// What it means, and the way on.
    pub(crate) fn second<'a>(&'a self, x: &Scene<'a>) -> Said<'a, false> {
        match self {
            Notice::WrongPassword { left: None } => x.text("wrong-password-then"),
            Notice::WrongPassword { left: Some(left) } => x.text("wrong-password-left").count("left", left),
            Notice::PasskeyNeedsScript => x.text("passkey-needs-script-then"),
            Notice::PasskeyFailed => x.text("passkey-failed-then"),
            Notice::SessionEnded => x.text("session-ended-then"),
            Notice::FormExpired => x.text("form-expired-then"),
            Notice::PasswordChanged => x.text("password-changed-then"),
            Notice::AddressConfirmed => x.text("address-confirmed-then"),
            Notice::InvitationAccepted => x.text("invitation-accepted-then"),
            Notice::ProviderFailed { .. } => x.text("provider-failed-then"),
            Notice::AccountOff => x.text("account-off-then"),
        }
    }
}
