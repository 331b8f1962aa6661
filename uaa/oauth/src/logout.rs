//! `/logout.do`: OpenID Connect RP-Initiated Logout 1.0, Front-Channel Logout 1.0, and UAA's sign-out.
//!
//! Who signs out is the person, by a form of ours, or an application that proves by an ID token of that person that they came
//! from it. Anything else is a question on a page (`docs/decisions`, "The end of a session").

mod front_channel;
mod request;

use crate::authorize::{Authorize, as_shown};
use crate::client::Known;
use crate::fields;
use axum::http::{Method, StatusCode, header};
use request::{Asked, Refused, Sent};
use std::sync::Arc;
use uaa_directory::{Live, Shown, account, cookie, error_here, error_page};
use uaa_look::{ErrorPage, Flaw, Onward, Reason, SignOut, SignedOut};
use uaa_model::Reply;
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};
use uaa_store::Want;

pub(crate) fn routes(authorize: &Authorize) -> Vec<Route> {
    let why = "whoever is signed in may sign out, and for whoever is not nothing happens";
    [(Method::GET, "session_end"), (Method::POST, "session_end_posted")]
        .into_iter()
        .map(|(method, name)| {
            Route::public(Uaa, method, PATH, name, Oauth, why, with(authorize.clone(), end))
                .fields(&[fields::LOGOUT])
                .answers(Answers::html())
                .answers(Answers::found())
        })
        .collect()
}

async fn end(this: Authorize, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let sent = Sent::read(&body.0, &cx.query)?;
    if let Some(csrf) = &sent.csrf
        && let Err(why) = cookie::is_ours(cx, Some(csrf))
    {
        return this.pages.refused(why, &format!("{PATH}?{}", sent.query()), cx);
    }
    let asked = match Asked::read(&this.engine, &sent.form, &cx.here()).await? {
        Ok(asked) => asked,
        Err(refused) => return this.not_signed_out(&refused, cx),
    };
    if sent.stays {
        return Answer::found(&format!("{}/home", cx.links.login));
    }
    let live = this.sessions.current(cx).await?;
    if live.is_none() && sent.csrf.is_none() && cx.method == Method::POST {
        return once_more(&sent, cx);
    }
    let mut frames = vec![];
    if let Some(live) = &live {
        if sent.csrf.is_none() && !asked.is_of(live) {
            return this.ask(&asked, live, cx);
        }
        frames = front_channel::frames(&this.engine, live, cx).await?;
    }
    cx.step(Want::Write).await?;
    let forget = this.sessions.end(cx).await?;
    // A redirect after a form goes where the form's page allows: the page that asked knew where, the others did not.
    let page = !frames.is_empty() || (sent.csrf.is_some() && !sent.decided);
    this.signed_out(asked, frames, page, cx)?.cookies(&forget)
}

/// Section 2 has applications post as well. The cookie of the session does not come along with a form of another site
/// (`SameSite=Lax`), but with the redirect after it.
fn once_more(sent: &Sent, cx: &Ctx) -> Reply<Answer> {
    Answer::found(&format!("{}{PATH}?{}", cx.links.login, sent.query()))?
        .with(header::CACHE_CONTROL, "no-store")?
        .with(header::REFERRER_POLICY, "no-referrer")
}

impl Authorize {
    /// Nothing shows that the person wants it: section 2 has them asked.
    fn ask(&self, asked: &Asked, live: &Live, cx: &mut Ctx) -> Reply<Answer> {
        let page = SignOut {
            action: PATH.into(),
            account: account(live),
            client: asked.client.as_deref().map(as_shown),
            fields: asked.fields(),
        };
        let shown = Shown {
            live: Some(live),
            sends_to: asked.to.as_deref(),
            ui_locales: asked.ui_locales.clone(),
            ..Shown::new(StatusCode::OK, PATH)
        };
        self.pages.show(&page, shown, cx)
    }

    /// It is done. `page`: whether something is to be seen before the browser goes on.
    fn signed_out(&self, asked: Asked, frames: Vec<String>, page: bool, cx: &mut Ctx) -> Reply<Answer> {
        let to = asked.onward();
        if let Some(to) = to.as_ref().filter(|_| !page) {
            return Answer::found(to)?
                .with(header::CACHE_CONTROL, "no-store")?
                .with(header::REFERRER_POLICY, "no-referrer");
        }
        let client = asked.client.as_deref().map(as_shown);
        let page = SignedOut {
            sign_in: "/login".into(),
            frames,
            onward: to.map(|to| Onward { client, to }),
            ..SignedOut::default()
        };
        let shown = Shown { ui_locales: asked.ui_locales, ..Shown::new(StatusCode::OK, "/login") };
        self.pages.show(&page, shown, cx)
    }

    /// The request cannot be meant, and nobody is signed out by it.
    fn not_signed_out(&self, refused: &Refused, cx: &mut Ctx) -> Reply<Answer> {
        let (flaw, code) = match refused {
            Refused::Malformed => (Flaw::Malformed, "invalid_request"),
            Refused::Hint => (Flaw::Hint, "invalid_id_token_hint"),
            Refused::ReturnAddress(Some(client)) => {
                (Flaw::ReturnAddress { client: client.name.clone() }, "invalid_redirect_uri")
            }
            Refused::ReturnAddress(None) => (Flaw::UnknownClient, "invalid_client"),
            Refused::NoHint => (Flaw::Hint, "invalid_request"),
        };
        let client = match refused {
            Refused::ReturnAddress(client) => client.as_ref(),
            Refused::Malformed | Refused::Hint | Refused::NoHint => None,
        };
        let client_id = client.map(|client: &Arc<Known>| client.client_id.clone());
        let page = ErrorPage { client_id, ..error_page(Reason::Request(flaw), code, cx) };
        self.pages.show(&page, Shown::new(StatusCode::BAD_REQUEST, &error_here(cx)), cx)
    }
}

const PATH: &str = "/logout.do";
