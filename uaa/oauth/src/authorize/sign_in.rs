//! What a session lacks of what an application asks of a sign-in, and the way to the pages where somebody makes up for it.

use super::Authorize;
use super::pushed::Way;
use super::request::{Asked, Stop};
use crate::person::Person;
use uaa_authz::Duty;
use uaa_directory::Live;
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Ctx};

/// Why somebody has to sign in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Missing {
    /// Nobody is signed in.
    Anybody,
    /// They have to prove it again.
    Proof,
    /// Somebody else is signed in.
    Them,
}

impl Asked {
    /// The page of the same request, below our own address.
    pub(super) fn page(&self) -> String {
        format!("/oauth/authorize?{}", self.request.query(&self.request.form))
    }

    /// Where the browser comes back to after a sign-in. What that fulfils is not asked for again.
    pub(super) fn again(&self) -> String {
        let rest = self.request.form.iter();
        let rest = rest.filter(|(name, value)| name != "prompt" && (name != "max_age" || value != "0"));
        let mut rest: Vec<(String, String)> = rest.cloned().collect();
        if self.prompt.consent {
            rest.push(("prompt".into(), "consent".into()));
        }
        format!("/oauth/authorize?{}", self.request.query(&rest))
    }
}

impl Authorize {
    /// What the session lacks of what the application asks of a sign-in. A decision that was just made says that the person was
    /// asked already.
    pub(super) async fn missing(
        &self,
        asked: &Asked,
        live: &Live,
        decided: bool,
        cx: &Ctx,
    ) -> Reply<Option<Missing>> {
        if !self.is_meant(asked, live, cx).await? {
            return Ok(Some(Missing::Them));
        }
        let age = (cx.now() - live.auth_time) / 1_000_000;
        let again = match &asked.request.way {
            Way::Browser | Way::Client { .. } => {
                (asked.prompt.login || asked.prompt.select_account) && !decided
            }
            // Its words stay as they are, so that the times tell what was done because of them.
            Way::Name(pushed) => match pushed.opened() {
                Some(opened) => asked.prompt.login && live.auth_time < opened,
                None => asked.prompt.login || asked.prompt.select_account,
            },
        };
        let old = again || asked.max_age.is_some_and(|most| age > most);
        Ok(old.then_some(Missing::Proof))
    }

    /// Whether the person is the one of whom the application speaks, if it speaks of one.
    async fn is_meant(&self, asked: &Asked, live: &Live, cx: &Ctx) -> Reply<bool> {
        let me = self.engine.called_by(&asked.client, live.user)?.to_string();
        if asked.told.subject.as_ref().is_some_and(|subject| *subject != me) {
            return Ok(false);
        }
        let Some(hint) = &asked.id_token_hint else { return Ok(true) };
        // One that cannot be read speaks of nobody. Without a person to ask it is safer to give nothing.
        let Some(claims) = self.engine.hint(hint, &cx.here()).await? else { return Ok(!asked.prompt.none) };
        Ok(self.engine.subject_of(&claims, &cx.here()).await? == Some(live.user))
    }

    /// Nobody is signed in, or not as the application wants it.
    pub(super) async fn sign_in_first(
        &self,
        asked: &Asked,
        missing: Missing,
        cx: &mut Ctx,
    ) -> Result<Answer, Stop> {
        if asked.prompt.none {
            return Err(Stop::Back(
                Box::new(asked.back.clone()),
                "login_required",
                "nobody is signed in".into(),
            ));
        }
        asked.request.open(cx).await?;
        let more = match missing {
            // Who only has to choose may go on as who is signed in.
            Missing::Proof if asked.prompt.login || asked.max_age.is_some() => Some(("prompt", "login")),
            Missing::Anybody | Missing::Proof => None,
            Missing::Them => Some(("prompt", "select_account")),
        };
        let expected = match missing {
            Missing::Them => self.expected(asked, cx).await?,
            Missing::Anybody | Missing::Proof => None,
        };
        let hint = expected.or_else(|| asked.login_hint.clone());
        let hint = hint.as_deref().map(|hint| ("login_hint", hint));
        let more: Vec<(&str, &str)> = more.into_iter().chain(hint).collect();
        let after = asked.again();
        match asked.prompt.select_account {
            true => Ok(self.pages.choose_account(&after, &more, cx)?),
            false => Ok(self.pages.sign_in(&after, &more, cx)?),
        }
    }

    /// The name of whom an ID token speaks that the application has, for whoever looks at the page to know who is meant.
    async fn expected(&self, asked: &Asked, cx: &mut Ctx) -> Reply<Option<String>> {
        let Some(hint) = &asked.id_token_hint else { return Ok(None) };
        let Some(claims) = self.engine.hint(hint, &cx.here()).await? else { return Ok(None) };
        let Some(user) = self.engine.subject_of(&claims, &cx.here()).await? else { return Ok(None) };
        let me = cx.tx().assume(Duty::SignIn);
        let person = Person::find(user, "", cx).await;
        cx.tx().resume(me);
        match person {
            Ok(person) => Ok(Some(person.username)),
            Err(Fault::Protocol(..)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
