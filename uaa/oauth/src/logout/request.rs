//! What comes to the logout endpoint, and where the browser may go on.

use crate::authorize::{bound, some};
use crate::client::Known;
use crate::engine::Engine;
use crate::grant::once;
use std::sync::Arc;
use uaa_directory::client_metadata::is_redirect;
use uaa_directory::{Live, cookie};
use uaa_model::{Fault, Reply};
use uaa_plugin::{ZoneInfo, field, pairs};
use url::Url;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

/// The parameters of a request, and what a form of ours says beside them.
pub(super) struct Sent {
    pub(super) form: Vec<(String, String)>,
    /// There: a form of ours, or of somebody who wants it to be taken for one.
    pub(super) csrf: Option<String>,
    /// The page that asks was answered.
    pub(super) decided: bool,
    /// With no.
    pub(super) stays: bool,
}

impl Sent {
    pub(super) fn read(body: &[u8], query: &str) -> Reply<Sent> {
        let text = std::str::from_utf8(body).map_err(|_| Fault::Parse("the body is not UTF-8".into()))?;
        let (mut form, mut posted) = (pairs(query)?, cookie::fields(text)?);
        let decision = field(&posted, "decision").map(str::to_owned);
        // Who decides without the secret is not us.
        let csrf = field(&posted, "csrf").or(decision.as_deref().map(|_| "")).map(str::to_owned);
        posted.retain(|(name, _)| name != "csrf" && name != "decision");
        form.append(&mut posted);
        let stays = decision.as_deref().is_some_and(|decision| decision != "sign-out");
        Ok(Sent { form, csrf, decided: decision.is_some(), stays })
    }

    pub(super) fn query(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.form).finish()
    }
}

/// A request that may be followed.
pub(super) struct Asked {
    /// The application that asks for it.
    pub(super) client: Option<Arc<Known>>,
    /// Where the browser goes on.
    pub(super) to: Option<String>,
    pub(super) ui_locales: Option<String>,
    /// Of whom an ID token that came with it speaks.
    person: Option<Uuid>,
    state: Option<String>,
    /// Whether an application says where, and not the zone.
    named: bool,
}

/// Why a request is not followed.
pub(super) enum Refused {
    /// It says something twice, or two things that do not go together.
    Malformed,
    /// The ID token is none of ours.
    Hint,
    /// An address to go on to, and neither an ID token nor a client that it would be registered for.
    NoHint,
    /// The address is registered by nobody, or not by that client.
    ReturnAddress(Option<Arc<Known>>),
}

impl Asked {
    pub(super) async fn read(
        engine: &Engine,
        form: &[(String, String)],
        here: &Arc<ZoneInfo>,
    ) -> Reply<Result<Asked, Refused>> {
        if once(form).is_err() || form.iter().map(|(n, v)| n.len() + v.len()).sum::<usize>() > LONGEST {
            return Ok(Err(Refused::Malformed));
        }
        let hint = match some(form, "id_token_hint") {
            None => None,
            Some(hint) => match engine.hint(hint, here).await? {
                Some(claims) => Some(claims),
                None => return Ok(Err(Refused::Hint)),
            },
        };
        let person = match &hint {
            Some(claims) => engine.subject_of(claims, here).await?,
            None => None,
        };
        let hinted = hint.as_ref().and_then(|claims| claims.aud.first()).map(|aud| &**aud);
        let client = match (some(form, "client_id"), hinted) {
            // RP-Initiated Logout 1.0 section 2: both name the same client.
            (Some(named), Some(hinted)) if named != hinted => return Ok(Err(Refused::Malformed)),
            (Some(id), _) | (None, Some(id)) => engine.client(here.guid, id).await?,
            (None, None) => None,
        };
        let allowed = |uri: &str| allowed(client.as_deref(), here, uri);
        let logout = here.config.logout();
        let (to, named) = match (some(form, NAME), some(form, logout.parameter())) {
            // Section 3: no redirect to what is not registered. OpenID's tests want the person to see why.
            (Some(uri), _) => match allowed(uri) {
                Some(uri) => (Some(uri), true),
                None if hint.is_none() && some(form, "client_id").is_none() => {
                    return Ok(Err(Refused::NoHint));
                }
                None => return Ok(Err(Refused::ReturnAddress(client))),
            },
            // As in UAA, its own parameter counts for nothing when it leads where it may not.
            (None, Some(uri)) if allowed(uri).is_some() => (Some(uri.to_owned()), true),
            (None, _) => (usual(here), false),
        };
        let text = |name: &str| some(form, name).map(str::to_owned);
        let (state, ui_locales) = (text("state"), text("ui_locales"));
        Ok(Ok(Asked { client, to, ui_locales, person, state, named }))
    }

    /// Whether the application proves that it speaks of who is signed in. Of which of their sessions does not matter.
    pub(super) fn is_of(&self, live: &Live) -> bool {
        self.person == Some(live.user)
    }

    /// The whole address to go on to.
    pub(super) fn onward(&self) -> Option<String> {
        let to = self.to.clone()?;
        let Some(state) = self.state.as_ref().filter(|_| self.named) else { return Some(to) };
        let separator = if to.contains('?') { '&' } else { '?' };
        let text = Serializer::new(String::new()).append_pair("state", state).finish();
        Some(format!("{to}{separator}{text}"))
    }

    /// What the page that asks carries along: the same again, but for an ID token, which may be another person's.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let client = self.client.as_ref().map(|client| ("client_id", client.client_id.clone()));
        let to = self.to.clone().filter(|_| self.named).map(|to| (NAME, to));
        let state = self.state.clone().map(|state| ("state", state));
        let locales = self.ui_locales.clone().map(|locales| ("ui_locales", locales));
        [client, to, state, locales]
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// An address that the client has registered, for this or, as UAA has it, for its answers; one of the zone's list; one of our own.
/// Nowhere else: an open redirect at the end of a session is as good for phishing as one at its beginning.
fn allowed(client: Option<&Known>, here: &ZoneInfo, uri: &str) -> Option<String> {
    let of_client = client.and_then(|client| {
        bound(&client.logout_uris, false, Some(uri))
            .or_else(|| bound(&client.redirect_uris, client.wildcards, Some(uri)))
    });
    let ours = || [&here.login, &here.uaa].into_iter().any(|base| is_below(base, uri));
    of_client
        .or_else(|| bound(here.config.logout().allowed(), true, Some(uri)))
        .or_else(|| ours().then(|| uri.to_owned()))
}

/// Where the zone has people go on: a page of ours, or an address of its own.
fn usual(here: &ZoneInfo) -> Option<String> {
    let to = here.config.logout().usual()?;
    let whole = if to.starts_with('/') { format!("{}{to}", here.login) } else { to.to_owned() };
    is_redirect(&whole).then_some(whole)
}

fn is_below(base: &str, uri: &str) -> bool {
    let (Ok(base), Ok(url)) = (Url::parse(base), Url::parse(uri)) else { return false };
    let home = base.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(home);
    is_redirect(uri)
        && url.origin() == base.origin()
        && rest.is_some_and(|rest| rest.starts_with('/') && !rest.starts_with("//"))
}

const NAME: &str = "post_logout_redirect_uri";
/// Bytes of a request: an ID token and a few addresses.
const LONGEST: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_us() {
        for (base, uri, below) in [
            ("https://login.example/uaa", "https://login.example/uaa/profile?x", true),
            ("https://login.example", "https://login.example/", true),
            ("https://login.example/uaa", "https://login.example/uaaevil/", false),
            ("https://login.example/uaa", "https://login.example/uaa//evil", false),
            ("https://login.example/uaa", "https://login.example/uaa/../other", false),
            ("https://login.example", "https://login.example.evil/", false),
            ("https://login.example", "https://login.example@evil/", false),
            ("https://login.example", "http://login.example/", false),
            ("https://login.example", "/profile", false),
            ("https://login.example", "javascript:alert(1)", false),
        ] {
            assert_eq!(is_below(base, uri), below, "{uri}");
        }
    }

    #[test]
    fn only_a_form_of_ours_decides() {
        let sent = |body: &str| {
            let sent = Sent::read(body.as_bytes(), "client_id=a").unwrap();
            (sent.csrf, sent.decided, sent.stays, sent.form.len())
        };
        assert_eq!(sent("state=s"), (None, false, false, 2));
        assert_eq!(sent("csrf=x"), (Some("x".into()), false, false, 1));
        assert_eq!(sent("decision=sign-out"), (Some(String::new()), true, false, 1));
        assert_eq!(sent("csrf=x&decision=stay&state=s"), (Some("x".into()), true, true, 2));
        assert!(Sent::read(b"\xff", "").is_err());
    }
}
