//! UAA's `/authenticate`: whether a name and a password belong together, for a page that asks for them itself.

use crate::LoginPages;
use crate::sign_in::form;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_directory::{Claimed, Proved, Whom, by_password, succeeded};
use uaa_model::{Reply, Secret};
use uaa_plugin::shape::{TEXT, object};
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, with};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "the password says who it is";
    let check = with(login.clone(), check);
    vec![
        Route::public(Uaa, Method::POST, "/authenticate", "password_check", Oauth, why, check)
            .answers(Answers::ok(|| object([("username", TEXT), ("email", TEXT)]))),
    ]
}

/// The statuses and words are UAA's. It opens no session and gives no token.
async fn check(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    let username = field(&fields, "username").unwrap_or_default();
    let password = Secret::new(field(&fields, "password").unwrap_or_default().to_owned());
    let claimed = Claimed { origin: "uaa", username, client: "" };
    let said = |status, value: &Value| Answer::json(status, value);
    match by_password(&login.credentials, &claimed, &password, cx).await? {
        Proved::Right(user) if !user.own.verified => {
            said(StatusCode::FORBIDDEN, &json!({"error": "account not verified"}))
        }
        Proved::Right(user) => {
            cx.logged_on(user.guid);
            succeeded(Whom::of(&user), "", "pwd", cx);
            said(StatusCode::OK, &json!({"username": user.own.username, "email": user.own.email}))
        }
        Proved::Half(..) | Proved::Stale(..) | Proved::Wrong | Proved::Locked(_) => {
            said(StatusCode::UNAUTHORIZED, &json!({"error": "authentication failed"}))
        }
    }
}
