//! What concerns the people of an installation: their passwords, what they do by themselves, and the mail that they get.

use super::number::Count;
use super::text::{HostName, Sender, WebUrl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use uaa_model::Secret;

/// What a new password must be like in the first zone, and in others that say nothing of it (`passwordPolicy`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Password {
    /// Fewest characters. 12 or more is a good number; 0 is UAA's, and takes whatever is not empty.
    pub min_length: Count<0, 1000>,
    /// Most characters.
    pub max_length: Count<1, 4096>,
    /// Fewest letters A to Z.
    pub upper_case: Count<0, 100>,
    /// Fewest letters a to z.
    pub lower_case: Count<0, 100>,
    /// Fewest digits.
    pub digits: Count<0, 100>,
    /// Fewest symbols.
    pub symbols: Count<0, 100>,
    /// Months after which a password must be changed; 0: never.
    pub expire_months: Count<0, 1200>,
    /// How many of the last passwords, the present one among them, a new one may not be.
    pub history: Count<1, 24>,
    /// Take the ten thousand most used passwords too.
    pub allow_common: bool,
}

impl Default for Password {
    fn default() -> Self {
        Password {
            min_length: Count::new(0),
            max_length: Count::new(255),
            upper_case: Count::new(0),
            lower_case: Count::new(0),
            digits: Count::new(0),
            symbols: Count::new(0),
            expire_months: Count::new(0),
            history: Count::new(1),
            allow_common: false,
        }
    }
}

impl Password {
    /// The same in UAA's form.
    pub fn policy(&self) -> serde_json::Value {
        serde_json::json!({
            "minLength": self.min_length,
            "maxLength": self.max_length,
            "requireUpperCaseCharacter": self.upper_case,
            "requireLowerCaseCharacter": self.lower_case,
            "requireDigit": self.digits,
            "requireSpecialCharacter": self.symbols,
            "expirePasswordInMonths": self.expire_months,
            "passwordHistory": self.history,
            "allowCommon": self.allow_common,
        })
    }
}

/// What people of the first zone prove who they are with besides a password. Other zones say it themselves (`mfaConfig`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mfa {
    /// Who is asked for a second factor.
    pub policy: MfaRule,
}

/// Who is asked for a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MfaRule {
    /// Nobody, and nobody can set one up.
    Off,
    /// Whoever has set one up.
    Optional,
    /// Everybody; whoever has none sets one up at the next sign-in. Passwords alone get no tokens any more.
    Required,
}

impl Default for Mfa {
    fn default() -> Self {
        Mfa { policy: MfaRule::Optional }
    }
}

/// What people do in the first zone without an administrator.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SelfService {
    /// Let people make accounts and reset their passwords, by links in mail.
    pub enabled: bool,
    /// What somebody agrees to who makes an account.
    pub agreement: Option<String>,
    /// Where all of it stands.
    pub agreement_url: Option<WebUrl>,
}

impl Default for SelfService {
    fn default() -> Self {
        SelfService { enabled: true, agreement: None, agreement_url: None }
    }
}

/// Where browsers go on after a sign-out from the first zone (UAA's `logout.redirect`).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SignOut {
    /// Where they go when no application says; without it to a page that says that it is done.
    pub url: Option<WebUrl>,
    /// Where applications may have them go on besides the addresses that each has registered. `*` stands for a part of a host's
    /// label or of a path's segment, `**` for any number of whole ones: `https://*.example.com/**`.
    pub allow: Vec<String>,
}

/// What people see who have signed in to the first zone and are on their way to no application (UAA's `links.homeRedirect`).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Home {
    /// Where they go; without it to a page with the applications that operators put there.
    pub url: Option<WebUrl>,
    /// Where makers of applications read about this installation, for `service_documentation` in its metadata, also of zones that
    /// say nothing of it (`links.documentation`); without it that is the home page.
    pub documentation: Option<WebUrl>,
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// It begins in clear and must be encrypted before anything is sent (RFC 3207). Port 587.
    Starttls,
    /// It is encrypted from the beginning (RFC 8314). Port 465.
    Implicit,
    /// It is not: everybody on the way reads the links. Port 25.
    None,
}

/// The mail server through which people get links: for new accounts, new passwords and invitations. Without `host` the pages say
/// that nothing is sent, and what to do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// Name of the mail server. Its certificate must be for that name.
    pub host: Option<HostName>,
    /// Its port. Without it the usual one for `tls`.
    pub port: Option<Count<1, 65_535>>,
    /// How the connection is encrypted.
    pub tls: MailTls,
    /// Name for signing in there.
    pub user: Option<String>,
    /// Password for signing in there. `HALLMARK_MAIL_PASSWORD` keeps it out of the file.
    #[schemars(with = "Option<String>", extend("writeOnly" = true))]
    pub password: Option<Secret>,
    /// File with the password, instead of `password`: for what mounts secrets as files. Read at the start.
    pub password_file: Option<PathBuf>,
    /// PEM file with the authority that signed the mail server's certificate, where the system does not know it. Read at the
    /// start.
    pub ca_file: Option<PathBuf>,
    /// Who sends, as `Acme <platform@acme.example>`. The mail server must let `user` send from it.
    pub from: Option<Sender>,
    /// The address for questions, named at the foot of each message and where a sign-in is paused.
    pub contact: Option<Sender>,
}

impl Default for Mail {
    fn default() -> Self {
        Mail {
            host: None,
            port: None,
            tls: MailTls::Starttls,
            user: None,
            password: None,
            password_file: None,
            ca_file: None,
            from: None,
            contact: None,
        }
    }
}

impl Mail {
    /// The port to connect to.
    pub fn port(&self) -> u16 {
        let usual = match self.tls {
            MailTls::Starttls => 587,
            MailTls::Implicit => 465,
            MailTls::None => 25,
        };
        self.port.map_or(usual, |port| u16::try_from(port.get()).unwrap_or(usual))
    }

    /// What no single key can know.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        if self.host.is_some() && self.from.is_none() {
            return Err(("mail.from", "is missing; name the address that messages come from".into()));
        }
        if self.host.is_none() && self.from.is_some() {
            return Err(("mail.host", "is missing beside `mail.from`; name the mail server".into()));
        }
        if self.password.is_some() && self.password_file.is_some() {
            return Err(("mail.password_file", "stands beside `mail.password`; keep one of the two".into()));
        }
        if self.user.is_some() != (self.password.is_some() || self.password_file.is_some()) {
            return Err(("mail.user", "and its password come together; write both or none".into()));
        }
        Ok(())
    }
}
