//! UAA's `/authenticate`: whether a name and a password belong together, for a page that asks for them itself.

use crate::engine::Engine;
use crate::fault::insufficient_scope;
use crate::fields;
use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uaa_directory::{Claimed, Proved, Whom, by_password, succeeded};
use uaa_model::{Fault, Reply, Secret};
use uaa_plugin::shape::{ID, TEXT, object};
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, pairs, with};

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let why = "the password says who it is; a token that comes along is looked at inside";
    let check = with(engine.clone(), check);
    let looks = || object([("username", TEXT), ("email", TEXT)]).perhaps([("user_id", ID), ("origin", TEXT)]);
    vec![
        Route::public(Uaa, Method::POST, "/authenticate", "password_check", Oauth, why, check)
            .fields(&[fields::PASSWORD])
            .answers(Answers::ok(looks)),
    ]
}

/// The statuses and words are UAA's. It opens no session and gives no token.
async fn check(engine: Arc<Engine>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let login_server = login_server(&engine, cx).await?;
    let text = std::str::from_utf8(&body.0).map_err(|_| Fault::Parse("the body is not UTF-8".into()))?;
    let fields = pairs(text)?;
    let username = field(&fields, "username").unwrap_or_default();
    let password = Secret::new(field(&fields, "password").unwrap_or_default().to_owned());
    let client = login_server.as_deref().unwrap_or_default();
    let claimed = Claimed { origin: "uaa", username, client };
    let failed = |status, error: &str| Answer::json(status, &json!({ "error": error }));
    match by_password(&engine.credentials, &claimed, &password, cx).await? {
        Proved::Unverified(_) => failed(StatusCode::FORBIDDEN, "account not verified"),
        Proved::Right(user) => {
            cx.logged_on(user.guid);
            succeeded(Whom::of(&user), client, "pwd", cx);
            let mut said = Map::new();
            said.insert("username".into(), user.own.username.into());
            said.insert("email".into(), user.own.email.into());
            if login_server.is_some() {
                said.insert("user_id".into(), user.guid.to_string().into());
                said.insert("origin".into(), user.own.origin.into());
            }
            Answer::ok(&Value::Object(said))
        }
        Proved::Half(..) | Proved::Stale(..) | Proved::Wrong | Proved::Locked(_) => {
            failed(StatusCode::UNAUTHORIZED, "authentication failed")
        }
    }
}

/// The client that asks by a token of its own with `oauth.login`; `None` without a token.
///
/// # Errors
/// `invalid_token` and `insufficient_scope`: whoever shows a token is not taken for somebody without one.
async fn login_server(engine: &Engine, cx: &Ctx) -> Reply<Option<String>> {
    let Some(presented) = cx.presented() else { return Ok(None) };
    let good = engine.presented(&presented, &cx.here(), cx.now()).await?;
    if good.user().is_some() || !good.has_scope("oauth.login") {
        let text = "Insufficient scope for this resource: a client's token with oauth.login is needed";
        return Err(insufficient_scope("oauth.login", text));
    }
    Ok(Some(good.actor.client.to_string()))
}
