//! What every template sees as `x`: the words, the addresses and what stands around the page.

use crate::around::{Account, Around, Links, Proof};
use crate::when::{self, When};
use crate::words::{Said, Words};
use crate::{Brand, Lang, Look, Notice, PasswordFault, href};
use uaa_model::Micros;

/// A page's surroundings while it is drawn.
pub struct Scene<'a> {
    pub(crate) around: &'a Around<'a>,
    pub(crate) look: &'a Look,
    pub(crate) words: &'a Words,
}

impl<'a> Scene<'a> {
    /// A message without markup.
    pub(crate) fn text(&self, id: &'a str) -> Said<'a, false> {
        self.words.text(id)
    }

    /// A message with markup of its own; what is filled in is escaped.
    pub(crate) fn rich(&self, id: &'a str) -> Said<'a, true> {
        self.words.rich(id)
    }

    /// A message about a moment: its forms are `iso`, `clock`, `date`, `day`, `ago`, `span` and `spanWords`.
    pub(crate) fn rich_at(&self, id: &'a str, at: &Micros) -> Said<'a, true> {
        self.when(*at).fill(self.rich(id))
    }

    /// The same without markup.
    pub(crate) fn text_at(&self, id: &'a str, at: &Micros) -> Said<'a, false> {
        self.when(*at).fill(self.text(id))
    }

    /// For how long something holds: `one hour`.
    pub(crate) fn length(&self, seconds: &i64) -> String {
        when::span_words(self.words, *seconds)
    }

    pub(crate) fn date(&self, at: &Micros) -> String {
        self.when(*at).date()
    }

    pub(crate) fn seconds(&self, at: &Micros) -> String {
        self.when(*at).clock_seconds()
    }

    /// A space's name, or that it is the organization itself.
    pub(crate) fn place(&self, space: &Option<String>) -> String {
        space.clone().unwrap_or_else(|| self.text("access-organization").to_string())
    }

    pub(crate) fn when(&self, at: Micros) -> When<'a> {
        When::new(at, self.around.now, self.around.offset_minutes, self.words)
    }

    /// A moment in UTC, whatever the reader's clock.
    pub(crate) fn utc(&self, at: Micros) -> When<'a> {
        When::new(at, self.around.now, None, self.words)
    }

    pub(crate) fn href(&self, to: &str) -> String {
        href::href(self.around.base, to)
    }

    /// An address that an application has registered to be gone on to: its own scheme counts as well.
    pub(crate) fn onward(&self, to: &str) -> String {
        href::onward(self.around.base, to)
    }

    pub(crate) fn image(&self, to: &Option<String>) -> Option<String> {
        to.as_deref().and_then(|to| href::image(self.around.base, to))
    }

    pub(crate) fn asset(&self, name: &str) -> String {
        self.href(&format!("/resources/{}", self.look.assets.hashed(name)))
    }

    pub(crate) fn brand_sheet(&self) -> Option<String> {
        self.around.brand.map(|brand| self.href(&format!("/resources/{}", Brand::sheet_name(brand))))
    }

    pub(crate) fn lang(&self) -> &'static str {
        self.around.lang.tag()
    }

    pub(crate) fn zone(&self) -> &'a str {
        self.around.zone_name
    }

    pub(crate) fn csrf(&self) -> &'a str {
        self.around.csrf
    }

    /// What stands above the page because of what happened before, whatever page it is.
    pub(crate) fn refused(&self) -> Option<Notice> {
        self.around.refused.then_some(Notice::FormExpired)
    }

    pub(crate) fn links(&self) -> &'a Links {
        self.around.links
    }

    /// Whether there is any link at the foot: an empty list would be read out as one.
    pub(crate) fn has_foot(&self) -> bool {
        let links = self.links();
        links.help.is_some() || links.privacy.is_some() || links.terms.is_some() || !links.more.is_empty()
    }

    pub(crate) fn account(&self) -> Option<&'a Account> {
        self.around.account
    }

    /// The other languages: tag, own name and address of this page in it.
    pub(crate) fn languages(&self) -> Vec<(&'static str, &'static str, String)> {
        // A page that is the answer to a form cannot be opened again.
        let here = !self.around.here.is_empty();
        let others = Lang::ALL.into_iter().filter(|lang| here && *lang != self.around.lang);
        others
            .map(|lang| (lang.tag(), lang.own_name(), self.href(&in_language(self.around.here, lang))))
            .collect()
    }

    /// What is wrong with a new password; nothing, if nothing is.
    pub(crate) fn fault(&self, fault: &Option<PasswordFault>) -> String {
        fault.map(|fault| self.text(fault.says()).to_string()).unwrap_or_default()
    }

    pub(crate) fn is_new(&self, fault: &Option<PasswordFault>) -> bool {
        fault.is_some_and(PasswordFault::is_new)
    }

    pub(crate) fn is_confirmation(&self, fault: &Option<PasswordFault>) -> bool {
        fault.is_some_and(PasswordFault::is_confirmation)
    }

    pub(crate) fn is_old(&self, fault: &Option<PasswordFault>) -> bool {
        fault.is_some_and(PasswordFault::is_old)
    }

    pub(crate) fn proof(&self, proof: &Proof) -> String {
        match proof {
            Proof::Password => self.text("proof-password").to_string(),
            Proof::Passkey => self.text("proof-passkey").to_string(),
            Proof::App => self.text("proof-app").to_string(),
            Proof::RecoveryCode => self.text("proof-recovery-code").to_string(),
            Proof::Passcode => self.text("proof-passcode").to_string(),
            Proof::Provider(name) => name.clone(),
        }
    }

    /// What a seal shows where there is no logo.
    pub(crate) fn initial(&self, name: &str) -> String {
        name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
    }
}

fn in_language(here: &str, lang: Lang) -> String {
    let here = here.split('#').next().unwrap_or_default();
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("lang"));
    let mut pairs: Vec<&str> = kept.collect();
    let chosen = format!("lang={}", lang.tag());
    pairs.push(&chosen);
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_replaces_the_one_before() {
        assert_eq!(in_language("/login", Lang::Ko), "/login?lang=ko");
        assert_eq!(
            in_language("/login?lang=ko&client_id=a%26b&lang=xx#f", Lang::En),
            "/login?client_id=a%26b&lang=en"
        );
    }
}
