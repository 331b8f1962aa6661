//! The pages of the authorization endpoint: what cannot be sent back, what the person is asked, and the hand-over by a form.

use super::Authorize;
use super::approve::goes_along;
use super::pushed;
use super::request::{Asked, NO_KEY};
use super::respond::Mode;
use crate::client::Known;
use axum::http::StatusCode;
use uaa_directory::{Live, Shown, account, error_here, error_page, proofs};
use uaa_look::{Asked as Scope, Client, Consent, ErrorPage, Flaw, HandOver, Link, Reason};
use uaa_model::{Code, Fault, Reply};
use uaa_plugin::{Answer, Ctx, field};
use url::Url;

impl Authorize {
    /// A request that cannot be answered to whoever sent it.
    pub(super) fn trouble(&self, error: &'static str, client: Option<&Known>, cx: &mut Ctx) -> Reply<Answer> {
        let reason = match (error, client) {
            ("invalid_client", _) => Reason::Request(Flaw::UnknownClient),
            ("invalid_redirect_uri", Some(client)) => {
                Reason::Request(Flaw::ReturnAddress { client: client.name.clone() })
            }
            (pushed::NOT_GOOD, _) => Reason::Request(Flaw::RequestUri),
            (NO_KEY, _) => Reason::Ours,
            _ => Reason::Request(Flaw::Malformed),
        };
        let client_id = client.map(|client| client.client_id.clone());
        let page = ErrorPage { client_id, ..error_page(reason, error, cx) };
        let query = uaa_plugin::pairs(&cx.query).unwrap_or_default();
        let ui_locales = field(&query, "ui_locales").map(str::to_owned);
        let here = error_here(cx);
        self.pages.show(&page, Shown { ui_locales, ..Shown::new(status_of(error), &here) }, cx)
    }

    /// The application is not for people of this one's identity provider (`allowedproviders`). UAA's status; the person may have another
    /// account.
    pub(super) fn not_for_them(&self, asked: &Asked, live: &Live, cx: &mut Ctx) -> Reply<Answer> {
        let page = ErrorPage {
            client_id: Some(asked.client.client_id.clone()),
            home: Some("/home".into()),
            ..error_page(Reason::NotAllowed, "unauthorized_client", cx)
        };
        let here = error_here(cx);
        let shown = Shown {
            live: Some(live),
            ui_locales: asked.ui_locales.clone(),
            ..Shown::new(StatusCode::UNAUTHORIZED, &here)
        };
        self.pages.show(&page, shown, cx)
    }

    /// Asks the person what the application may do.
    pub(super) fn consent(
        &self,
        asked: &Asked,
        scopes: &[String],
        live: &Live,
        cx: &mut Ctx,
    ) -> Reply<Answer> {
        // The same request again, with the answer in its body: nothing of it is remembered here.
        let here = asked.page();
        let page = Consent {
            action: here.clone(),
            client: answered_at(&asked.client, &asked.back.uri),
            account: account(live),
            not_you: self.pages.somebody_else(&asked.again(), cx),
            proofs: proofs(live.amr.iter().map(String::as_str)),
            scopes: scopes
                .iter()
                .filter(|scope| !asked.client.auto_approve.covers(scope))
                .map(|scope| Scope { required: goes_along(scope, scopes, &asked.client), ..as_asked(scope) })
                .collect(),
            identifier_alone: asked.client.sector.is_some(),
            privacy: asked.client.privacy.as_deref().and_then(as_link),
            terms: asked.client.terms.as_deref().and_then(as_link),
            redirect_uri: asked.back.uri.clone(),
        };
        let shown = Shown {
            live: Some(live),
            sends_to: Some(&asked.back.uri),
            ui_locales: asked.ui_locales.clone(),
            ..Shown::new(StatusCode::OK, &here)
        };
        self.pages.show(&page, shown, cx)
    }

    /// The answer, by whatever way was asked for.
    pub(super) fn send(
        &self,
        back: &super::respond::Back,
        parameters: &[(&'static str, String)],
        cx: &mut Ctx,
    ) -> Reply<Answer> {
        let parameters = back.sealed(&self.engine, parameters)?;
        let answer = match back.mode {
            Mode::Query | Mode::Fragment => back.redirect(&parameters)?,
            Mode::FormPost => {
                let page = HandOver {
                    client: answered_at(&back.client, &back.uri),
                    action: back.uri.clone(),
                    fields: parameters
                        .iter()
                        .map(|(name, value)| ((*name).to_owned(), value.clone()))
                        .collect(),
                };
                let shown = Shown { sends_to: Some(&back.uri), ..Shown::new(StatusCode::OK, "") };
                self.pages.show(&page, shown, cx)?
            }
        };
        match back.session.as_ref().and_then(|session| session.cookie.as_ref()) {
            Some(set) => answer.cookie(set),
            None => Ok(answer),
        }
    }
}

/// The same to whoever looks at no page.
pub(super) fn to_a_program(error: &'static str) -> Fault {
    let text = match error {
        "invalid_client" => "no client of that name is known here",
        "invalid_redirect_uri" => "the redirect_uri is none of the client's",
        pushed::NOT_GOOD => "the request_uri is not good: unknown, used, expired, or another client's",
        NO_KEY => "the answer has to be encrypted, and the client's key cannot be read",
        _ => "the request cannot be answered to whoever sent it",
    };
    Fault::protocol(Code::new(status_of(error).as_u16(), error), text)
}

fn status_of(error: &str) -> StatusCode {
    match error {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        NO_KEY => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A client as pages show it.
pub(crate) fn as_shown(client: &Known) -> Client {
    Client { name: client.name.clone(), id: client.client_id.clone(), ..Client::default() }
}

/// The same, and where its answers go: that it has registered, whatever it calls itself.
fn answered_at(client: &Known, uri: &str) -> Client {
    let host = Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    Client { site: host, ..as_shown(client) }
}

/// An address of the client's own choice, with the host that it leads to.
fn as_link(url: &str) -> Option<Link> {
    let host = Url::parse(url).ok()?.host_str()?.to_owned();
    Some(Link { text: host, href: url.to_owned() })
}

/// A scope as pages ask about it.
pub(crate) fn as_asked(scope: &str) -> Scope {
    Scope { name: scope.to_owned(), ticked: true, required: false, about: None }
}
