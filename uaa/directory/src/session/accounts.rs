//! The accounts that a browser has been used with: names that its owner chooses from, and no right in any of them.
//!
//! They stand in a cookie. It is signed, so that nobody who can set one shows somebody words of their own on our page; for
//! one zone, so that accounts of another are never offered.

use super::{Live, cookie};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uaa_plugin::Ctx;
use uaa_token::{DataKey, DigestKey};
use uuid::Uuid;

/// Reads and writes them.
#[derive(Debug)]
pub struct Accounts(DigestKey);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedAccount {
    /// What its person signs in with.
    #[serde(rename = "u")]
    pub username: String,
    /// What to show.
    #[serde(rename = "n")]
    pub name: String,
    /// The address that tells it from others.
    #[serde(rename = "m")]
    pub mail: String,
}

impl UsedAccount {
    /// The one that is signed in.
    pub fn of(live: &Live) -> UsedAccount {
        let shown = |text: &str| text.chars().take(SHOWN).collect();
        UsedAccount { username: live.username.clone(), name: shown(&live.name), mail: shown(&live.email) }
    }
}

impl Accounts {
    pub(super) fn new(key: &DataKey) -> Accounts {
        Accounts(DigestKey::derived(key, "accounts"))
    }

    /// Those that the browser knows, the last used one first. None, when anything about them is not ours.
    pub fn known(&self, cx: &Ctx) -> Vec<UsedAccount> {
        cookie::accounts(cx).and_then(|held| self.read(cx.zone(), &held)).unwrap_or_default()
    }

    /// The header that has the browser remember whoever is signed in; `None` when it does already.
    pub fn with(&self, live: &Live, cx: &Ctx) -> Option<String> {
        let mut known = self.known(cx);
        let this = UsedAccount::of(live);
        if known.first() == Some(&this) {
            return None;
        }
        known.retain(|one| one.username != this.username);
        known.insert(0, this);
        Some(cookie::set_accounts(cx, &self.written(cx.zone(), known)))
    }

    /// The header that has it forget one.
    pub fn without(&self, username: &str, cx: &Ctx) -> String {
        let mut known = self.known(cx);
        known.retain(|one| one.username != username);
        match known.is_empty() {
            true => cookie::forget_accounts(cx),
            false => cookie::set_accounts(cx, &self.written(cx.zone(), known)),
        }
    }

    fn read(&self, zone: Uuid, held: &str) -> Option<Vec<UsedAccount>> {
        let (text, tag) = held.split_once('.').filter(|_| held.len() <= LONGEST)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        if !self.0.is(&[&zone.to_string(), text], &tag) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }

    /// As many as a cookie holds, and a person looks through.
    fn written(&self, zone: Uuid, mut known: Vec<UsedAccount>) -> String {
        known.truncate(MOST);
        loop {
            let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&known).unwrap_or_default());
            let tag = URL_SAFE_NO_PAD.encode(self.0.of(&[&zone.to_string(), &text]));
            let held = format!("{text}.{tag}");
            if held.len() <= LONGEST || known.pop().is_none() {
                return held;
            }
        }
    }
}

const MOST: usize = 5;
/// Characters of a name and an address.
const SHOWN: usize = 80;
/// RFC 6265 section 6.1 has browsers keep 4096 bytes with name and attributes.
const LONGEST: usize = 3_500;

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_model::SystemRng;

    fn account(name: &str) -> UsedAccount {
        UsedAccount {
            username: name.into(),
            name: format!("{name}'s name"),
            mail: format!("{name}@a.example"),
        }
    }

    #[test]
    fn only_what_we_wrote_for_this_zone() {
        let accounts = Accounts::new(&DataKey::generate(&SystemRng));
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let two = vec![account("a"), account("<b>")];
        let held = accounts.written(here, two.clone());
        assert_eq!(accounts.read(here, &held), Some(two));
        assert_eq!(accounts.read(there, &held), None);
        let (text, tag) = held.split_once('.').unwrap();
        let forged = URL_SAFE_NO_PAD.encode(br#"[{"u":"x","n":"call 555","m":"x"}]"#);
        let other = Accounts::new(&DataKey::generate(&SystemRng)).written(here, vec![account("a")]);
        for bad in
            ["", ".", text, tag, &format!("{forged}.{tag}"), &format!("{text}."), &format!("{held}x"), &other]
        {
            assert_eq!(accounts.read(here, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_handful_that_fits_a_cookie() {
        let accounts = Accounts::new(&DataKey::generate(&SystemRng));
        let zone = Uuid::from_u128(1);
        let many = (0..9).map(|n| account(&n.to_string())).collect();
        let kept = accounts.read(zone, &accounts.written(zone, many)).unwrap();
        assert_eq!(
            kept.iter().map(|one| one.username.as_str()).collect::<Vec<_>>(),
            ["0", "1", "2", "3", "4"]
        );
        let long = (0..5).map(|n| account(&format!("{n}{}", "\u{ac00}".repeat(250)))).collect();
        let held = accounts.written(zone, long);
        assert!(held.len() <= LONGEST && !accounts.read(zone, &held).unwrap().is_empty());
    }
}
