//! Who calls a token endpoint.

use super::refusal::{Refusal, Why};
use super::{ClientAuth, Known, Method, Shown};
use crate::client_assertion;
use crate::engine::Engine;
use crate::fault::invalid_request;
use axum::http::header::AUTHORIZATION;
use std::sync::Arc;
use uaa_directory::Attempt;
use uaa_directory::password::Source;
use uaa_model::{Fault, Reply, Secret};
use uaa_plugin::{Basic, Ctx, field};
use uaa_token::claimed_parties;

/// Who showed itself, or why not, with the client that was named where there is such a one.
type Found = Result<Shown, (Option<Arc<Known>>, Refusal)>;

impl Engine {
    /// Who calls: by Basic, by `client_id` and `client_secret` in the form (RFC 6749 section 2.3.1), by `client_assertion`, or by its
    /// certificate and `client_id`; not by several of them at once. Who is refused is noted.
    ///
    /// # Errors
    /// `invalid_client`; `invalid_request` for several ways at once.
    pub(crate) async fn authenticate_client(&self, form: &[(String, String)], cx: &Ctx) -> Reply<Shown> {
        let found = match field(form, "client_assertion") {
            Some(assertion) => Box::pin(self.by_assertion(assertion, form, cx)).await,
            None => self.by_secret(form, cx).await,
        };
        found.map_err(|(client, refusal)| self.refused(client.as_ref(), refusal, cx))
    }

    /// Whether a client may have something put down that waits for a person: one that has only said its name, as anybody can, has less room
    /// and fewer of them.
    ///
    /// # Errors
    /// [`Fault::TooLarge`]; [`Fault::TooMany`].
    pub(crate) fn may_open(&self, by: ClientAuth, bytes: usize, cx: &Ctx) -> Reply<()> {
        match by.is_by_name() {
            true if bytes > LONGEST_BY_NAME => Err(Fault::TooLarge),
            true => self.credentials.opens(&cx.caller.address, cx.now()),
            false => Ok(()),
        }
    }

    async fn by_secret(&self, form: &[(String, String)], cx: &Ctx) -> Found {
        let (id, secrets) = match Basic::read(&cx.headers) {
            // RFC 6749 section 2.3: one way a request. The name may stand beside it, and UAA's programs send the secret again.
            Some(Basic { id, secret, or }) => {
                let secrets = [vec![secret], or].concat();
                let another = field(form, "client_id").is_some_and(|named| named != id);
                let other = field(form, "client_secret").filter(|other| !other.is_empty());
                if another || other.is_some_and(|other| !secrets.iter().any(|secret| secret.same(other))) {
                    return Err((None, invalid_request(SEVERAL).into()));
                }
                (id, secrets)
            }
            None => {
                let secret = field(form, "client_secret").map(|secret| Secret::new(secret.to_owned()));
                let id = field(form, "client_id").ok_or((None, Why::Unknown.into()))?;
                (id.to_owned(), secret.into_iter().collect())
            }
        };
        let client = self.client(cx.zone(), &id).await.map_err(|fault| (None, fault.into()))?;
        let Some(secret) = secrets.first() else {
            return self.without_secret(client, cx).await;
        };
        let known = client.as_ref().map(|client| (client.id, client.secrets.as_slice()));
        let source = Source { account: &id, address: &cx.caller.address };
        let tried = self.credentials.client_shows(cx.zone(), known, &secrets, source, self.clock.now()).await;
        let why = match (tried, &client) {
            (Err(fault), _) => return Err((client, fault.into())),
            (Ok(_), None) => Why::Unknown,
            (Ok(Attempt::Locked(_)), Some(_)) => Why::Locked,
            (Ok(Attempt::Wrong), Some(_)) => Why::Secret,
            (Ok(Attempt::Right), Some(client)) if !client.policy.shows(Method::Secret) => Why::Method,
            (Ok(Attempt::Right), Some(client)) => {
                let by = if secret.expose().is_empty() { ClientAuth::Empty } else { ClientAuth::Secret };
                return Ok(Shown { client: client.clone(), by });
            }
        };
        Err((client, why.into()))
    }

    async fn without_secret(&self, client: Option<Arc<Known>>, cx: &Ctx) -> Found {
        let Some(client) = client else { return Err((None, Why::Unknown.into())) };
        if client.policy.shows(Method::Certificate) {
            let by = Box::pin(self.by_certificate(&client, cx.caller.certificate.as_deref())).await;
            return match by {
                Ok(by) => Ok(Shown { client, by }),
                Err(refusal) => Err((Some(client), refusal)),
            };
        }
        // A public client names itself; what it may do then is each grant's business.
        match client.public && client.policy.shows(Method::None) {
            true => Ok(Shown { client, by: ClientAuth::Name }),
            false => Err((Some(client), Why::Method.into())),
        }
    }

    async fn by_assertion(&self, assertion: &str, form: &[(String, String)], cx: &Ctx) -> Found {
        let bad = |text: String| Err((None, invalid_request(text).into()));
        // RFC 6749 section 2.3: one way a request.
        if cx.headers.contains_key(AUTHORIZATION) || field(form, "client_secret").is_some() {
            return bad(SEVERAL.into());
        }
        if field(form, "client_assertion_type") != Some(client_assertion::TYPE) {
            return bad(format!("client_assertion_type must be {}", client_assertion::TYPE));
        }
        let (iss, sub) = claimed_parties(assertion).ok_or((None, Why::Assertion.into()))?;
        // RFC 7521 section 4.2: the name beside it may be left out, as what the client itself signs says it.
        let id = field(form, "client_id").unwrap_or(&sub);
        let client = self.client(cx.zone(), id).await.map_err(|fault| (None, fault.into()))?;
        let Some(client) = client else { return Err((None, Why::Unknown.into())) };
        let shown = if !client.policy.shows(Method::Assertion) {
            Err(Why::Method.into())
        } else if iss == id && sub == id {
            self.client_assertion(&client, assertion, cx.ran()).await
        } else {
            self.vouched_for(&client, assertion, (&iss, &sub)).await
        };
        match shown {
            Ok(()) => Ok(Shown { client, by: ClientAuth::Assertion }),
            Err(refusal) => Err((Some(client), refusal)),
        }
    }
}

const SEVERAL: &str = "the client shows who it is in several ways at once";
/// Bytes of a request of a client that has only said its name: addresses, scopes and a challenge.
const LONGEST_BY_NAME: usize = 8 * 1024;
