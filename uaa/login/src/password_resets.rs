//! UAA's `/password_resets` and `/password_change`: a client that holds `oauth.login` sends the links itself.

use crate::LoginPages;
use crate::account::{confirm, person};
use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_authz::{Duty, Zone};
use uaa_directory::password::{PasswordPolicy, Source};
use uaa_directory::{
    ExpiringCode, NewCode, Purpose, User, UserOwn, former_passwords, set_password, user_named,
};
use uaa_model::{Code, Fault, Id, Reply, Secret};
use uaa_plugin::shape::{ID, Shape, TEXT, object};
use uaa_plugin::{
    Answer, Answers, Ctx, Dialect::Oauth, Input, Json, Raw, Ready, Route, Site::Uaa, Within, field, pairs,
    with,
};
use uaa_store::{Cond, Field, Fields, Slot};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    vec![
        Route::on(Uaa, Method::POST, "/password_resets", "password_reset_create", Oauth, create)
            .answers(Answers::created(|| object([("code", TEXT), ("user_id", ID)]))),
        Route::on(Uaa, Method::POST, "/password_change", "password_reset_redeem", Oauth, redeem)
            .answers(Answers::ok(changed_looks))
            .after(with(login.clone(), hashed)),
    ]
}

/// One text: a JSON string, or the body itself.
#[derive(Debug)]
pub(crate) struct Text(pub(crate) String);

impl Input for Text {
    const NAME: &'static str = "text";

    fn read(raw: &Raw) -> Reply<Self> {
        if let Ok(text) = serde_json::from_slice::<String>(&raw.body) {
            return Ok(Text(text));
        }
        let text =
            std::str::from_utf8(&raw.body).map_err(|_| Fault::Parse("the body is not UTF-8".into()))?;
        match text.trim() {
            "" => Err(Fault::Parse("the body is empty".into())),
            text => Ok(Text(text.to_owned())),
        }
    }
}

impl Within<ExpiringCode> for Text {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

async fn create(slot: Slot<ExpiringCode>, Text(username): Text, cx: &mut Ctx) -> Reply<Answer> {
    let Some(user) = user_named(&username, cx).await?.filter(|user| user.own.active) else {
        return match elsewhere(&username, cx).await? {
            // UAA: the password of somebody of another provider is not kept here.
            Some(user) => Answer::json(StatusCode::CONFLICT, &json!({"user_id": user.guid})),
            None => Answer::status(StatusCode::NOT_FOUND),
        };
    };
    let query = pairs(&cx.query)?;
    let client = field(&query, "client_id").map_or_else(|| cx.tx().actor().client.to_string(), str::to_owned);
    let redirect_uri = field(&query, "redirect_uri");
    let data =
        json!({"generation": user.own.generation, "redirect_uri": redirect_uri, "mail": user.own.email});
    let new = NewCode {
        purpose: Purpose::Reset,
        subject: Some(user.guid),
        client_id: &client,
        data: data.to_string(),
        expires: cx.now() + Purpose::Reset.seconds() * 1_000_000,
    };
    let code = ExpiringCode::make_in(slot, new, cx.tx()).await?;
    Answer::created(&json!({"code": code.expose(), "user_id": user.guid}))
}

async fn elsewhere(username: &str, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    let me = cx.tx().assume(Duty::SignIn);
    let found = match cx.tx().visible::<User>().await {
        Ok(seen) => {
            let named = Cond::In(Field::Folded("username_key"), vec![username.to_lowercase()]);
            let theirs = Cond::Not(Box::new(Cond::In(Field::Text("origin"), vec!["uaa".to_owned()])));
            cx.tx().find(&seen, Cond::All(vec![named, theirs])).await
        }
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    found
}

/// A code of `/password_resets`, and the password that it sets.
#[derive(Debug, Deserialize, JsonSchema)]
struct Change {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    #[schemars(with = "String")]
    new_password: Secret,
}

impl Within<ExpiringCode> for Change {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

/// Whose password it is, and the hash of the new one.
struct Vetted {
    user: Fields<UserOwn>,
    client_id: String,
    hash: String,
    /// The address that the link was for.
    mail: Option<String>,
}

async fn hashed(
    login: Arc<LoginPages>,
    _: Slot<ExpiringCode>,
    Json(change): Json<Change>,
    cx: &mut Ctx,
) -> Reply<Vetted> {
    let code = change.code.ok_or_else(|| Fault::Parse("`code` is missing".into()))?;
    let me = cx.tx().assume(Duty::SignIn);
    let row = ExpiringCode::look(Purpose::Reset, &code, cx.tx()).await;
    cx.tx().resume(me);
    let row = row?.ok_or_else(no_code)?;
    let data: Value = serde_json::from_str(&row.own.data).unwrap_or_default();
    let user = match row.own.subject {
        Some(user) => person(user, cx).await?,
        None => None,
    };
    let same = |user: &Fields<UserOwn>| data["generation"] == user.own.generation;
    let user = user.filter(same).ok_or_else(no_code)?;
    let (policy, former) = (PasswordPolicy::of(&cx.here()), former_passwords(&user.own));
    let (account, address) = (user.guid.to_string(), cx.caller.address.clone());
    cx.tx().release();
    let source = Source { account: &account, address: &address };
    let hash = login.credentials.new_password(&change.new_password, &policy, &former, source, 422).await?;
    let mail = data["mail"].as_str().map(str::to_owned);
    Ok(Vetted { user, client_id: row.own.client_id, hash, mail })
}

async fn redeem(
    slot: Slot<ExpiringCode>,
    Ready { input: Json(change), ready: vetted }: Ready<Json<Change>, Vetted>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let me = cx.tx().assume(Duty::SignIn);
    let row = ExpiringCode::redeem(Purpose::Reset, change.code.as_deref().unwrap_or_default(), cx.tx()).await;
    cx.tx().resume(me);
    let user = &vetted.user;
    if row?.is_none() || !set_password(user, vetted.hash.clone(), cx).await? {
        return Err(no_code());
    }
    // The client has sent the code where it was told that the account reads its messages.
    if !user.own.verified {
        confirm(user, vetted.mail.as_deref(), cx).await?;
    }
    let new = NewCode {
        purpose: Purpose::AutoLogin,
        subject: Some(user.guid),
        client_id: &vetted.client_id,
        // The one after the change.
        data: json!({"generation": user.own.generation + 1}).to_string(),
        expires: cx.now() + Purpose::AutoLogin.seconds() * 1_000_000,
    };
    let code = ExpiringCode::make_in(slot, new, cx.tx()).await?;
    let own = &user.own;
    Answer::ok(&json!({
        "code": code.expose(), "user_id": user.guid, "username": own.username, "email": own.email,
    }))
}

fn changed_looks() -> Shape {
    object([("code", TEXT), ("user_id", ID), ("username", TEXT), ("email", TEXT)])
}

/// UAA's words.
fn no_code() -> Fault {
    let text = "Sorry, your reset password link is no longer valid. Please request a new one";
    Fault::protocol(Code::new(422, "invalid_code"), text)
}
