use super::sealed::{Letter, Written};
use super::{Message, Writer, plain};
use uaa_model::Micros;

/// A link to set a new password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Reset {
    /// Whose password it is.
    pub username: String,
    /// Where the link leads.
    pub link: String,
    /// Until when it works.
    pub until: Micros,
    /// Where it was asked from: place, if known, and address.
    pub from: Option<String>,
    /// With which browser and system.
    pub with: Option<String>,
}

/// A link that confirms the address of an account, which is made by it or waits for it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VerifyAddress {
    /// The account that waits; without one it is to be made.
    pub username: Option<String>,
    /// The address.
    pub mail: String,
    /// Where the link leads.
    pub link: String,
    /// Until when it works.
    pub until: Micros,
    /// Where it was asked from: place, if known, and address.
    pub from: Option<String>,
}

/// An invitation.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Invite {
    /// Who invites: name and address; an empty one where there is none.
    pub by: (String, String),
    /// To which organization; to the zone itself without one.
    pub organization: Option<String>,
    /// What they become, in words of their language.
    pub becomes: Option<String>,
    /// The address that is invited.
    pub mail: String,
    /// Where the link leads.
    pub link: String,
    /// Until when it works.
    pub until: Micros,
}

/// A link that confirms the new address of an account; sent to the new one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ChangeOfAddress {
    /// The account's address so far.
    pub old: String,
    /// The new one.
    pub new: String,
    /// Where the link leads.
    pub link: String,
    /// Until when it works.
    pub until: Micros,
    /// Where it was asked from: place, if known, and address.
    pub from: Option<String>,
}

/// Something that its owner should know was changed in an account; sent to where they read it if it was not them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Whose account it is.
    pub username: String,
    /// The new address; without one it is the password that was changed.
    pub address: Option<String>,
    /// Where the account is looked after.
    pub link: String,
    /// When it was changed.
    pub at: Micros,
    /// From where: place, if known, and address.
    pub from: Option<String>,
    /// With which browser and system.
    pub with: Option<String>,
}

impl Message for Changed {}
impl Message for Reset {}
impl Message for VerifyAddress {}
impl Message for Invite {}
impl Message for ChangeOfAddress {}

impl Written for Reset {
    fn letter(&self, w: &Writer<'_>) -> Letter {
        let mut facts = vec![w.works(self.until)];
        facts.extend(w.asked(&self.from, &self.with));
        Letter {
            subject: w.text("mail-reset-subject").with("zone", w.zone()).to_string(),
            preview: w.preview(self.until),
            heading: w.text("mail-reset-title").to_string(),
            lead: w.rich("mail-reset-lead").with("username", plain(&self.username)).to_string(),
            button: w.text("mail-reset-button").to_string(),
            link: self.link.clone(),
            facts,
            not_you: w.text("mail-reset-not-you").to_string(),
            foot: w.text("mail-foot-account").with("zone", w.zone()).to_string(),
        }
    }
}

impl Written for VerifyAddress {
    fn letter(&self, w: &Writer<'_>) -> Letter {
        let mut facts = vec![w.works(self.until)];
        facts.extend(w.asked(&self.from, &None));
        let (lead, not_you, foot) = match &self.username {
            Some(username) => (
                w.rich("mail-confirm-lead").with("username", plain(username)),
                w.text("mail-confirm-not-you"),
                w.text("mail-foot-account"),
            ),
            None => (w.rich("mail-verify-lead"), w.text("mail-verify-not-you"), w.text("mail-foot-entered")),
        };
        Letter {
            subject: w.text("mail-verify-subject").with("zone", w.zone()).to_string(),
            preview: w.preview(self.until),
            heading: w.text("mail-verify-title").to_string(),
            lead: lead.with("zone", w.zone()).with("mail", plain(&self.mail)).to_string(),
            button: w.text("mail-verify-button").to_string(),
            link: self.link.clone(),
            facts,
            not_you: not_you.to_string(),
            foot: foot.with("zone", w.zone()).to_string(),
        }
    }
}

impl Written for Invite {
    fn letter(&self, w: &Writer<'_>) -> Letter {
        let (by, by_mail) = (plain(&self.by.0), plain(&self.by.1));
        let until = w.when(self.until).date();
        let place = self.organization.as_deref().map_or_else(|| w.zone(), plain);
        let (subject, lead) = match &self.organization {
            Some(_) => (w.text("mail-invite-subject-to"), w.rich("mail-invite-lead-to")),
            // A program invites, which has no address.
            None if by_mail.is_empty() => (w.text("mail-invite-subject"), w.rich("mail-invite-lead-plain")),
            None => (w.text("mail-invite-subject"), w.rich("mail-invite-lead")),
        };
        let becomes = self.becomes.as_deref().map(plain);
        let become_line = becomes.iter().map(|role| (w.text("invitation-become").to_string(), role.clone()));
        let facts = [
            (w.text("invitation-as").to_string(), plain(&self.mail)),
            (w.text("invitation-until").to_string(), until.clone()),
        ];
        Letter {
            subject: subject.with("by", &by).with("organization", &place).with("zone", w.zone()).to_string(),
            preview: match &becomes {
                Some(role) => w.text("mail-invite-preview-role").with("role", role).to_string(),
                None => w.text("mail-invite-preview").with("date", until).to_string(),
            },
            heading: w.text("invitation-title").with("place", &place).to_string(),
            lead: lead
                .with("by", &by)
                .with("mail", by_mail)
                .with("organization", &place)
                .with("zone", w.zone())
                .to_string(),
            button: w.text("accept-invitation").to_string(),
            link: self.link.clone(),
            facts: become_line.chain(facts).collect(),
            not_you: w.text("mail-invite-not-you").to_string(),
            foot: w.text("mail-foot-entered").with("zone", w.zone()).to_string(),
        }
    }
}

impl Written for ChangeOfAddress {
    fn letter(&self, w: &Writer<'_>) -> Letter {
        let mut facts = vec![w.works(self.until)];
        facts.extend(w.asked(&self.from, &None));
        let lead = w.rich("mail-change-lead").with("zone", w.zone());
        Letter {
            subject: w.text("mail-change-subject").with("zone", w.zone()).to_string(),
            preview: w.preview(self.until),
            heading: w.text("mail-change-title").to_string(),
            lead: lead.with("old", plain(&self.old)).with("new", plain(&self.new)).to_string(),
            button: w.text("mail-verify-button").to_string(),
            link: self.link.clone(),
            facts,
            not_you: w.text("mail-change-not-you").to_string(),
            foot: w.text("mail-foot-entered").with("zone", w.zone()).to_string(),
        }
    }
}

impl Written for Changed {
    fn letter(&self, w: &Writer<'_>) -> Letter {
        let mut facts = vec![(w.text("mail-changed-at").to_string(), w.when(self.at).date_and_clock())];
        facts.extend(w.asked(&self.from, &self.with));
        let (subject, heading, lead) = match &self.address {
            Some(mail) => (
                w.text("mail-new-address-subject"),
                w.text("mail-new-address-title"),
                w.rich("mail-new-address-lead").with("mail", plain(mail)),
            ),
            None => (
                w.text("mail-new-password-subject"),
                w.text("mail-new-password-title"),
                w.rich("mail-new-password-lead"),
            ),
        };
        Letter {
            subject: subject.with("zone", w.zone()).to_string(),
            preview: w.text("mail-changed-preview").to_string(),
            heading: heading.to_string(),
            lead: lead.with("username", plain(&self.username)).to_string(),
            button: w.text("mail-changed-button").to_string(),
            link: self.link.clone(),
            facts,
            not_you: w.text("mail-changed-not-you").to_string(),
            foot: w.text("mail-foot-account").with("zone", w.zone()).to_string(),
        }
    }
}

crate::quiet::quiet!(Reset, VerifyAddress, Invite, ChangeOfAddress, Changed);
