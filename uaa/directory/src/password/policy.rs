use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use time::{Date, Month, OffsetDateTime};
use uaa_model::{Micros, Secret};
use uaa_plugin::ZoneInfo;

/// What a new password or client secret must look like. In JSON and in meaning as UAA's, where -1 is "not set".
///
/// Lengths count UTF-16 code units and the character classes are the English ones, as UAA does: whatever UAA accepts
/// is accepted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rules {
    /// Fewest characters; an empty text is never good enough.
    pub min_length: i32,
    /// Most characters; 0 and below: no limit but [`LONGEST`](super::LONGEST).
    pub max_length: i32,
    /// Fewest letters A to Z.
    pub require_upper_case_character: i32,
    /// Fewest letters a to z.
    pub require_lower_case_character: i32,
    /// Fewest digits 0 to 9.
    pub require_digit: i32,
    /// Fewest symbols of ASCII, Latin-1, typography and currency. A space is none.
    pub require_special_character: i32,
}

impl Rules {
    /// UAA's default for passwords and client secrets alike: 1 to 255 characters of any kind.
    pub const LENIENT: Rules = Rules {
        min_length: 0,
        max_length: 255,
        require_upper_case_character: 0,
        require_lower_case_character: 0,
        require_digit: 0,
        require_special_character: 0,
    };

    const UNSET: Rules = Rules {
        min_length: -1,
        max_length: -1,
        require_upper_case_character: -1,
        require_lower_case_character: -1,
        require_digit: -1,
        require_special_character: -1,
    };

    /// The sentences that a new text earns, each beginning with `what`; UAA refuses a policy with some fields missing.
    fn violations(&self, what: &'static str, text: &str) -> Violations {
        let mut list = vec![];
        let length = text.encode_utf16().count();
        let (least, most) = (at_least(self.min_length).max(1), at_least(self.max_length));
        if length < least {
            list.push(format!("{what} must be at least {least} characters in length."));
        } else if most > 0 && length > most {
            list.push(format!("{what} must be no more than {most} characters in length."));
        }
        let count = |belongs: fn(&char) -> bool| text.chars().filter(belongs).count();
        for (required, name, found) in [
            (self.require_upper_case_character, "uppercase", count(char::is_ascii_uppercase)),
            (self.require_lower_case_character, "lowercase", count(char::is_ascii_lowercase)),
            (self.require_digit, "digit", count(char::is_ascii_digit)),
            (self.require_special_character, "special", count(is_special)),
        ] {
            if found < at_least(required) {
                list.push(format!("{what} must contain at least {required} {name} characters."));
            }
        }
        Violations(list)
    }

    fn is_set(&self) -> bool {
        self.min_length >= 0
            && self.max_length >= 0
            && self.require_upper_case_character >= 0
            && self.require_lower_case_character >= 0
            && self.require_digit >= 0
            && self.require_special_character >= 0
    }
}

impl Default for Rules {
    fn default() -> Self {
        Rules::UNSET
    }
}

/// `passwordPolicy` of a zone's internal identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordPolicy {
    /// For new passwords.
    #[serde(flatten)]
    pub rules: Rules,
    /// Calendar months after which a password must be changed; 0 and below: never.
    pub expire_password_in_months: i32,
    /// Milliseconds since the epoch; older passwords must be changed at the next login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_newer_than: Option<i64>,
    /// How many of the last passwords, the present one among them, a new one may not be: 1 to 24. UAA knows the present one
    /// only, which is what 0 and below stand for as well.
    pub password_history: i32,
    /// Whether passwords are taken that very many people use. Not UAA's, which takes them all.
    pub allow_common: bool,
}

impl PasswordPolicy {
    /// UAA's default: any password of 1 to 255 characters, which never expires.
    pub const LENIENT: PasswordPolicy = PasswordPolicy {
        rules: Rules::LENIENT,
        expire_password_in_months: 0,
        password_newer_than: None,
        password_history: 1,
        allow_common: false,
    };

    /// The policy of a zone: what its configuration says, and [`PasswordPolicy::LENIENT`] where it says nothing.
    pub fn of(zone: &ZoneInfo) -> PasswordPolicy {
        let stored = zone.config.password_policy.as_ref();
        // It was checked when it was stored.
        stored.and_then(|stored| PasswordPolicy::read(stored).ok()).unwrap_or(PasswordPolicy::LENIENT)
    }

    /// Reads one in UAA's form.
    ///
    /// # Errors
    /// In serde's words, what is wrong with it.
    pub fn read(stored: &serde_json::Value) -> Result<PasswordPolicy, serde_json::Error> {
        PasswordPolicy::deserialize(stored)
    }

    /// How many of the last passwords a new one may not be.
    pub fn history(&self) -> usize {
        usize::try_from(self.password_history.clamp(1, 24)).unwrap_or(1)
    }

    /// Whether a new password is good enough; with all that is wrong with it when not.
    ///
    /// # Errors
    /// The sentences of UAA's `messages.properties`.
    pub fn check(&self, new: &Secret) -> Result<(), Violations> {
        self.rules.violations("Password", new.expose()).unless_empty()
    }

    /// Whether a password set at that time must be changed before the next login succeeds.
    pub fn expired(&self, changed: Micros, now: Micros) -> bool {
        self.ended(changed, now).is_some()
    }

    /// Since when a password set at that time must be changed, if it must.
    pub fn ended(&self, changed: Micros, now: Micros) -> Option<Micros> {
        let than = self.password_newer_than.map(|than| than.saturating_mul(1000));
        let months = months_later(changed, self.expire_password_in_months).filter(|end| *end < now);
        than.filter(|than| changed < *than).or(months)
    }

    /// Whether every field holds a value; UAA answers 422 to an identity provider where only some do.
    pub fn is_set(&self) -> bool {
        self.rules.is_set() && self.expire_password_in_months >= 0
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        PasswordPolicy {
            rules: Rules::UNSET,
            expire_password_in_months: -1,
            password_newer_than: None,
            password_history: -1,
            allow_common: false,
        }
    }
}

/// `clientSecretPolicy` of a zone's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientSecretPolicy {
    /// For new secrets.
    #[serde(flatten)]
    pub rules: Rules,
    /// Calendar months after which a secret no longer works; 0 and below: never.
    pub expire_secret_in_months: i32,
}

impl ClientSecretPolicy {
    /// UAA's default: any secret up to 255 characters, which never expires.
    pub const LENIENT: ClientSecretPolicy =
        ClientSecretPolicy { rules: Rules::LENIENT, expire_secret_in_months: 0 };

    /// Whether a new secret is good enough. One without any text always is: public clients and `cf` have it.
    ///
    /// # Errors
    /// The sentences of UAA's `clientsecret-messages.properties`.
    pub fn check(&self, new: &Secret) -> Result<(), Violations> {
        if new.expose().trim().is_empty() {
            return Ok(());
        }
        self.rules.violations("Client Secret", new.expose()).unless_empty()
    }

    /// Whether a secret set at that time has ended.
    pub fn expired(&self, changed: Micros, now: Micros) -> bool {
        months_later(changed, self.expire_secret_in_months).is_some_and(|end| end < now)
    }

    /// The zone's policy where it has one, else the installation's: a `minLength` of -1 says that it has none.
    pub fn or(self, installation: ClientSecretPolicy) -> ClientSecretPolicy {
        if self.rules.min_length == -1 { installation } else { self }
    }

    /// Whether every field holds a value.
    pub fn is_set(&self) -> bool {
        self.rules.is_set() && self.expire_secret_in_months >= 0
    }
}

impl Default for ClientSecretPolicy {
    fn default() -> Self {
        ClientSecretPolicy { rules: Rules::UNSET, expire_secret_in_months: -1 }
    }
}

/// All that is wrong with a new password or secret. `Display` is UAA's one text: the sentences in alphabetical order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations(Vec<String>);

impl Violations {
    /// The sentences, in the order of the rules.
    pub fn texts(&self) -> &[String] {
        &self.0
    }

    /// For `Fault::Invalid`.
    pub fn into_texts(self) -> Vec<Cow<'static, str>> {
        self.0.into_iter().map(Cow::Owned).collect()
    }

    fn unless_empty(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted: Vec<_> = self.0.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        f.write_str(&sorted.join(" "))
    }
}

impl std::error::Error for Violations {}

/// The same day and time so many months later, or the month's last day where it has no such day.
fn months_later(at: Micros, months: i32) -> Option<Micros> {
    if months <= 0 {
        return None;
    }
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1000).ok()?;
    let number = i64::from(at.year()) * 12 + i64::from(u8::from(at.month())) - 1 + i64::from(months);
    let year = i32::try_from(number.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(number.rem_euclid(12) + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, at.day().min(month.length(year))).ok()?;
    Micros::try_from(at.replace_date(date).unix_timestamp_nanos() / 1000).ok()
}

fn at_least(number: i32) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// The symbols that UAA counts: ASCII without the space, Latin-1 without letters and the no-break space, and of the
/// general punctuation and the currency signs those listed there.
fn is_special(c: &char) -> bool {
    match *c {
        c if c.is_ascii() => c.is_ascii_punctuation(),
        '\u{a1}'..='\u{bf}' | '\u{d7}' | '\u{f7}' => true,
        '\u{2013}'..='\u{2015}' | '\u{2017}'..='\u{201e}' | '\u{2020}'..='\u{2022}' => true,
        '\u{2026}' | '\u{2030}' | '\u{2032}' | '\u{2033}' | '\u{2039}' | '\u{203a}' | '\u{203c}' => true,
        '\u{203e}' | '\u{2044}' | '\u{204a}' | '\u{20a0}'..='\u{20be}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
