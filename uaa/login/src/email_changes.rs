//! UAA's `/email_verifications` and `/email_changes`: a client that holds `oauth.login` sends the links itself.

use crate::account::person;
use crate::email;
use crate::password_resets::Text;
use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Duty, Zone};
use uaa_directory::{Client, ExpiringCode, NewCode, Purpose, is_address, user_named};
use uaa_model::{Code, Fault, Id, Reply};
use uaa_plugin::shape::{ID, Shape, TEXT, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Json, Route, Site::Uaa, Within};
use uaa_store::{Cond, Field, Slot};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Uaa, Method::POST, "/email_verifications", "email_verification_create", Oauth, create)
            .answers(Answers::media(StatusCode::CREATED, PLAIN)),
        Route::on(Uaa, Method::POST, "/email_changes", "email_change_redeem", Oauth, redeem)
            .answers(Answers::ok(changed_looks)),
    ]
}

/// Whose address, and which.
#[derive(Debug, Deserialize, JsonSchema)]
struct New {
    #[serde(rename = "userId")]
    user: Uuid,
    email: String,
    #[serde(default)]
    client_id: Option<String>,
}

impl Within<ExpiringCode> for New {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

async fn create(slot: Slot<ExpiringCode>, Json(new): Json<New>, cx: &mut Ctx) -> Reply<Answer> {
    if !is_address(&new.email) {
        return Err(Fault::invalid("`email` is no address"));
    }
    let user = person(new.user, cx).await?.ok_or(Fault::NotFound("no such user".into()))?;
    let named_so = user.own.username == user.own.email;
    if named_so && user_named(&new.email, cx).await?.is_some_and(|other| other.guid != user.guid) {
        return Answer::status(StatusCode::CONFLICT);
    }
    let data = json!({"mail": new.email, "generation": user.own.generation, "redirect_uri": null});
    let new = NewCode {
        purpose: Purpose::Change,
        subject: Some(user.guid),
        client_id: new.client_id.as_deref().unwrap_or_default(),
        data: data.to_string(),
        expires: cx.now() + Purpose::Change.seconds() * 1_000_000,
    };
    let code = ExpiringCode::make_in(slot, new, cx.tx()).await?;
    Answer::text(StatusCode::CREATED, PLAIN, code.expose().to_owned())
}

/// Whoever may make such codes may use them up.
async fn redeem(_: Slot<ExpiringCode>, Text(code): Text, cx: &mut Ctx) -> Reply<Answer> {
    let changed = email::redeem(&code, cx).await?.ok_or_else(no_code)?;
    let own = &changed.user.own;
    Answer::ok(&json!({
        "userId": changed.user.guid,
        "username": own.username,
        "email": own.email,
        "redirect_url": goes_to(&changed.client_id, cx).await?,
    }))
}

fn changed_looks() -> Shape {
    object([("userId", ID), ("username", TEXT), ("email", TEXT), ("redirect_url", TEXT.or_null())])
}

/// `change_email_redirect_url` of the client, which its administrator has set.
async fn goes_to(client_id: &str, cx: &mut Ctx) -> Reply<Value> {
    let me = cx.tx().assume(Duty::SignIn);
    let row = match cx.tx().visible::<Client>().await {
        Ok(seen) => {
            let named = Cond::In(Field::Text("client_id"), vec![client_id.to_owned()]);
            cx.tx().find(&seen, named).await
        }
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let more = row?.and_then(|row| serde_json::from_str::<Value>(&row.own.more).ok()).unwrap_or_default();
    Ok(more["change_email_redirect_url"].clone())
}

fn no_code() -> Fault {
    Fault::protocol(Code::new(422, "invalid_code"), "the code is used, too old, or not one of ours")
}

const PLAIN: &str = "text/plain;charset=UTF-8";
