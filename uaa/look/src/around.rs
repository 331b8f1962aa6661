//! What stands around every page, whatever page it is.

use crate::Lang;
use std::fmt;
use uaa_model::Micros;

/// What a page knows of its request. Texts are plain: they are escaped where they are shown.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The language, from [`Lang::choose`].
    pub lang: Lang,
    /// The zone's name as people read it.
    pub zone_name: &'a str,
    /// Goes into every form of a page, under the name `csrf`, and under UAA's.
    pub csrf: &'a str,
    /// Stands before every path that begins with a slash: `""`, or `/uaa` where a prefix is not stripped.
    pub base: &'a str,
    /// The zone's own colours and logo.
    pub brand: Option<&'a crate::Brand>,
    /// Who is signed in; pages of the account need it, the others do without.
    pub account: Option<&'a Account>,
    /// Path and query of this page, without the base, for the links to its other languages.
    pub here: &'a str,
    /// Whether the browser was led here because a form of this page was refused.
    pub refused: bool,
    /// Where the foot and the head of a page lead.
    pub links: &'a Links,
    /// The time of the request, for "in about 5 minutes".
    pub now: Micros,
    /// How many minutes the reader's clock is ahead of UTC, if that is known; otherwise times are shown, and named, in UTC.
    pub offset_minutes: Option<i16>,
}

impl fmt::Debug for Around<'_> {
    /// Without the form's secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around")
            .field("lang", &self.lang)
            .field("zone_name", &self.zone_name)
            .finish_non_exhaustive()
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name to show; a user name, where there is nothing better.
    pub name: String,
    /// The address or user name that tells the account from others.
    pub mail: String,
}

/// An application that sent somebody here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// What people call it; the client id, where it has no name.
    pub name: String,
    /// The client id.
    pub id: String,
    /// Path of its logo, of this origin only: the pages' policy shows no other image.
    pub logo: Option<String>,
    /// The host that its answers go to, to tell two of one name apart.
    pub site: Option<String>,
}

/// A link whose text is the zone's own and not translated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Where it leads: a path, `https:`, `http:` or `mailto:`; anything else leads nowhere.
    pub href: String,
}

/// Where the foot and the head of a page lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// Help for people who cannot get in.
    pub help: Option<String>,
    /// How personal data are handled.
    pub privacy: Option<String>,
    /// The terms of use.
    pub terms: Option<String>,
    /// More links of the zone (UAA's `footerLinks`).
    pub more: Vec<Link>,
    /// The zone's own line at the foot (UAA's `footerLegalText`).
    pub legal: Option<String>,
    /// The page of one's applications.
    pub home: String,
    /// The page of one's profile.
    pub profile: String,
    /// The page of one's organizations and roles, if there is one.
    pub roles: Option<String>,
    /// Where the form "Sign out" posts to.
    pub sign_out: String,
}

impl Default for Links {
    fn default() -> Self {
        Links {
            help: None,
            privacy: None,
            terms: None,
            more: Vec::new(),
            legal: None,
            home: "/".into(),
            profile: "/profile".into(),
            roles: None,
            sign_out: "/logout.do".into(),
        }
    }
}

/// How somebody proved who they are; shown as a stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A password of ours.
    Password,
    /// A passkey.
    Passkey,
    /// A code of an authenticator app.
    App,
    /// A recovery code.
    RecoveryCode,
    /// A passcode, pasted into a command line.
    Passcode,
    /// Another identity provider said so; its name.
    Provider(String),
}
