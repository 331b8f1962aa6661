//! UAA's `/invite_users`: accounts that wait for somebody, and links by which they choose a password. The caller sends the links;
//! with `send_mail=true`, which UAA does not know, this server does.

use crate::LoginPages;
use crate::invitation::PAGE;
use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_authz::{Duty, Subject, Zone};
use uaa_directory::{
    Errand, ExpiringCode, Invitation, Inviter, NewCode, NewUser, Purpose, is_address, make_user, queue,
    user_named, users_of_address,
};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::shape::{FLAG, ID, Shape, TEXT, list, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Json, Route, Site::Uaa, Within, field, pairs, with};
use uaa_store::Slot;
use uuid::Uuid;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let invite = with(login.clone(), invite);
    vec![
        Route::on(Uaa, Method::POST, "/invite_users", "invitation_create", Oauth, invite)
            .answers(Answers::ok(looks)),
    ]
}

/// Who is invited.
#[derive(Debug, Deserialize, JsonSchema)]
struct Invited {
    emails: Vec<String>,
}

impl Within<Invitation> for Invited {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

/// On whose behalf, and where the invited go on to.
struct Terms {
    client_id: String,
    redirect_uri: String,
    by: Inviter,
    send_mail: bool,
}

/// Why somebody is not invited: UAA's code and sentence.
struct Failed(&'static str, String);

async fn invite(
    login: Arc<LoginPages>,
    _: Slot<Invitation>,
    Json(invited): Json<Invited>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    if invited.emails.len() > MOST {
        return Err(Fault::invalid(format!("at most {MOST} addresses at once")));
    }
    let query = pairs(&cx.query)?;
    let actor = cx.tx().actor().clone();
    let redirect_uri = field(&query, "redirect_uri").map(str::to_owned);
    let terms = Terms {
        redirect_uri: redirect_uri.ok_or(Fault::BadQuery("`redirect_uri` is missing".into()))?,
        client_id: field(&query, "client_id").map_or_else(|| actor.client.to_string(), str::to_owned),
        by: by(cx).await?,
        send_mail: field(&query, "send_mail") == Some("true"),
    };
    if terms.send_mail && login.sender.is_none() {
        return Err(Fault::invalid("no mail server is set up: `mail.host`"));
    }
    let (mut new, mut failed) = (vec![], vec![]);
    for mail in &invited.emails {
        match one(mail, &terms, cx).await? {
            Ok(view) => new.push(view),
            Err(Failed(code, text)) => failed.push(json!({
                "email": mail, "userId": null, "origin": null, "success": false,
                "errorCode": code, "errorMessage": text, "inviteLink": null,
            })),
        }
    }
    Answer::ok(&json!({"new_invites": new, "failed_invites": failed}))
}

async fn one(typed: &str, terms: &Terms, cx: &mut Ctx) -> Reply<Result<Value, Failed>> {
    let mail = typed.trim().to_lowercase();
    if !is_address(&mail) {
        return Ok(Err(Failed("email.invalid", format!("{typed} is invalid email."))));
    }
    let user = match known(&mail, cx).await? {
        Ok(Some(user)) => user,
        Ok(None) => {
            let new = NewUser { mail: &mail, name: None, password: None, verified: false };
            match make_user(new, cx).await? {
                Some(user) => user,
                None => return Ok(Err(ambiguous())),
            }
        }
        Err(failed) => return Ok(Err(failed)),
    };
    let data = json!({"redirect_uri": terms.redirect_uri, "by": terms.by.name, "mail": mail});
    let new = NewCode {
        purpose: Purpose::Invite,
        subject: Some(user),
        client_id: &terms.client_id,
        data: data.to_string(),
        expires: cx.now() + Purpose::Invite.seconds() * 1_000_000,
    };
    let me = cx.tx().assume(Duty::SignIn);
    let code = ExpiringCode::make(new, cx.tx()).await;
    cx.tx().resume(me);
    let code = code?;
    if terms.send_mail {
        let (by, client_id) = (terms.by.clone(), terms.client_id.clone());
        let redirect_uri = Some(terms.redirect_uri.clone());
        queue(Errand::Invite { user, mail: mail.clone(), by, client_id, redirect_uri }, cx).await?;
    }
    let link = format!("{}{PAGE}?code={}", cx.links.login, code.expose());
    Ok(Ok(json!({
        "email": mail, "userId": user, "origin": "uaa", "success": true,
        "errorCode": null, "errorMessage": null, "inviteLink": link,
    })))
}

fn looks() -> Shape {
    let one = || {
        let texts = ["origin", "errorCode", "errorMessage", "inviteLink"];
        object([("email", TEXT), ("userId", ID.or_null()), ("success", FLAG)])
            .and(texts.map(|name| (name, TEXT.or_null())))
            .named("invited")
    };
    object([("new_invites", list(one())), ("failed_invites", list(one()))])
}

/// The account of that address, if there is one; by its name first.
async fn known(mail: &str, cx: &mut Ctx) -> Reply<Result<Option<Uuid>, Failed>> {
    if let Some(user) = user_named(mail, cx).await? {
        return Ok(Ok(Some(user.guid)));
    }
    let mut users = users_of_address(mail, cx).await?;
    let last = users.pop();
    Ok(if users.is_empty() { Ok(last.map(|user| user.guid)) } else { Err(ambiguous()) })
}

fn ambiguous() -> Failed {
    Failed("user.ambiguous", "Multiple users with the same origin matched to the email address.".into())
}

/// Who invites, as the message says it: a person by name and address, a client by its name.
async fn by(cx: &mut Ctx) -> Reply<Inviter> {
    let actor = cx.tx().actor().clone();
    let named = Inviter { name: actor.name.to_string(), mail: String::new() };
    let Subject::User(id) = actor.subject else { return Ok(named) };
    let row = crate::account::person(id, cx).await?;
    Ok(row.map_or(named, |row| Inviter { name: row.own.username, mail: row.own.email }))
}

/// At once.
const MOST: usize = 200;
