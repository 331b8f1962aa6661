//! More proofs for an application that asks for them (OpenID Connect Core 1.0 section 3.1.2.1, `acr_values`; RFC 9470): whoever has a
//! session is asked for what is missing and for nothing else.

use super::Authorize;
use super::request::{Asked, Stop};
use uaa_directory::{Assurance, Live};
use uaa_plugin::{Answer, Ctx, MfaPolicy, ZoneInfo};

impl Asked {
    /// How sure it has to be who the person is: what the client must have, and what this request would like. The easiest of several
    /// classes is enough; a class that nobody here knows asks for nothing. Where the zone has no second factors, only what must be
    /// is asked for.
    pub(super) fn assurance(&self, here: &ZoneInfo) -> Assurance {
        let wanted = self.acr_values.iter().filter_map(|name| Assurance::named(name)).min();
        let wanted = wanted.filter(|_| here.config.mfa.policy != Some(MfaPolicy::Off));
        let must = self.must().unwrap_or(Assurance::One);
        wanted.unwrap_or(Assurance::One).max(must).max(self.client.assurance)
    }

    /// Whether somebody can reach here what the application must have (OpenID Connect Core 1.0 section 5.5.1.1).
    pub(super) fn can_be_met(&self, here: &ZoneInfo) -> bool {
        let off = here.config.mfa.policy == Some(MfaPolicy::Off);
        match self.must() {
            Some(Assurance::One) => true,
            Some(Assurance::Two) => !off,
            None => self.told.essential_acr.is_empty(),
        }
    }

    /// The easiest of the classes without one of which the sign-in counts as failed.
    fn must(&self) -> Option<Assurance> {
        self.told.essential_acr.iter().filter_map(|name| Assurance::named(name)).min()
    }

    /// The class that tokens speak of.
    pub(super) fn acr(&self, reached: Assurance) -> String {
        let asked = self.told.essential_acr.iter().chain(&self.acr_values);
        acr(asked.map(String::as_str), reached).to_owned()
    }
}

impl Authorize {
    /// Where the person proves the rest, if there is a rest.
    pub(super) async fn step_up(
        &self,
        asked: &Asked,
        live: &Live,
        cx: &mut Ctx,
    ) -> Result<Option<Answer>, Stop> {
        let wanted = asked.assurance(&cx.here());
        if live.assurance() >= wanted {
            return Ok(None);
        }
        if asked.prompt.none {
            let text = "the person has not proved enough";
            return Err(Stop::Back(Box::new(asked.back.clone()), "login_required", text.into()));
        }
        // A sign-in that was asked for has just been: it led here.
        let rest = asked.request.form.iter().filter(|(name, _)| name != "prompt");
        let mut rest: Vec<(String, String)> = rest.cloned().collect();
        if asked.prompt.consent {
            rest.push(("prompt".into(), "consent".into()));
        }
        asked.request.open(cx).await?;
        let after = format!("/oauth/authorize?{}", asked.request.query(&rest));
        Ok(Some(self.pages.step_up(&after, wanted, cx)?))
    }
}

/// The first of the classes asked for that was reached, as the application compares texts; else what was reached.
fn acr<'a>(asked: impl Iterator<Item = &'a str>, reached: Assurance) -> &'static str {
    asked.filter_map(Assurance::named).find(|class| *class <= reached).unwrap_or(reached).name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_that_was_reached_is_named() {
        let of = |values: &[&'static str], reached| acr(values.iter().copied(), reached);
        assert_eq!(of(&["phr", "mfa"], Assurance::Two), "mfa");
        assert_eq!(of(&["pwd"], Assurance::Two), "pwd");
        assert_eq!(of(&["urn:x"], Assurance::One), "pwd");
        assert_eq!(of(&["mfa"], Assurance::One), "pwd");
    }
}
