//! What a browser sees at an address that is nobody's.

use crate::LoginPages;
use axum::http::{Method, StatusCode};
use std::sync::Arc;
use uaa_directory::Shown;
use uaa_look::{ErrorPage, Reason};
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};

impl LoginPages {
    /// The answer to a browser wherever there is no page. UAA has pages of its own for it to be sent on to (`/error404`, `/error500`,
    /// `/oauth_error`, …): nothing leads there here, and whoever opens one is told so.
    pub fn nowhere(self: &Arc<Self>) -> Route {
        let why = "there is nothing to be protected";
        Route::public(Uaa, Method::GET, "", "page_missing", Oauth, why, with(self.clone(), show))
    }
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let page = ErrorPage {
        reason: Reason::NotFound,
        code: "not_found".into(),
        client_id: None,
        reference: cx.caller.request.to_string(),
        at: cx.now(),
        home: login.sessions.current(cx).await?.map(|_| format!("{}/home", cx.links.login)),
    };
    login.pages.show(&page, Shown::new(StatusCode::NOT_FOUND, "/home"), cx)
}
