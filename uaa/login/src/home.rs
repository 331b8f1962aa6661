//! `/` and `/home`: what somebody can open with their account.

use crate::LoginPages;
use axum::http::{Method, StatusCode};
use std::sync::Arc;
use uaa_directory::Shown;
use uaa_look::Home;
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    vec![
        Route::public(Uaa, Method::GET, "/", "front_show", Oauth, why, with(login.clone(), show)),
        Route::public(Uaa, Method::GET, "/home", "home_show", Oauth, why, with(login.clone(), show)),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    match login.sessions.current(cx).await? {
        Some(live) => {
            let shown = Shown { live: Some(&live), ..Shown::new(StatusCode::OK, "/home") };
            let answer = login.pages.show(&Home::default(), shown, cx)?;
            match login.sessions.accounts().with(&live, cx) {
                Some(set) => answer.cookie(&set),
                None => Ok(answer),
            }
        }
        None => login.pages.sign_in_first("/home", cx),
    }
}
