//! What a browser sees at an address that is nobody's, and where there is nothing but a fault for it.

use crate::LoginPages;
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::{Shown, error_here, error_page, this_page};
use uaa_look::{ErrorPage, Flaw, Reason};
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};

impl LoginPages {
    /// The answer to a browser wherever there is no page; the parameters say why. UAA has pages of its own for it to be sent on to (`/error404`, `/error500`,
    /// `/oauth_error`, …): nothing leads there here, and whoever opens one is told so.
    pub fn nowhere(self: &Arc<Self>) -> Route {
        let why = "there is nothing to be protected";
        Route::public(Uaa, Method::GET, "", "page_missing", Oauth, why, with(self.clone(), show))
    }
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let status = StatusCode::from_bytes(cx.params.text(0).as_bytes()).unwrap_or(StatusCode::NOT_FOUND);
    // The page that a form of UAA's leads to was opened by its address, or loaded again: the page of that form is the way there.
    if status == StatusCode::METHOD_NOT_ALLOWED && cx.path.ends_with(".do") {
        return Answer::found(&format!("{}{}", cx.links.login, this_page(cx)))?
            .with(header::CACHE_CONTROL, "no-store");
    }
    let (reason, ours) = match status.as_u16() {
        404 | 405 => (Reason::NotFound, false),
        401 | 403 => (Reason::NotAllowed, false),
        429 => (Reason::Busy, true),
        500.. => (Reason::Ours, true),
        _ => (Reason::Request(Flaw::Malformed), false),
    };
    // Who is signed in may be just what cannot be found out.
    let live = if ours { None } else { login.sessions.current(cx).await? };
    let home = live.map(|_| format!("{}/home", cx.links.login));
    let again = (reason == Reason::Busy).then(|| this_page(cx));
    let page = ErrorPage { again, home, ..error_page(reason, cx.params.text(1), cx) };
    // What a form led to looks here as if it had been opened, and is not there to be.
    let here = if status == StatusCode::NOT_FOUND { error_here(cx) } else { String::new() };
    login.pages.show(&page, Shown::new(status, &here), cx)
}
