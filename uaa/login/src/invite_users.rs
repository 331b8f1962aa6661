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
    Client, Errand, ExpiringCode, Invitation, Inviter, Named, NewCode, NewUser, OfDomain, Purpose,
    allowed_providers, is_address, make_user, providers_of_address, providers_of_domains, queue, user_of,
    users_of_address,
};
use uaa_model::{Code, Fault, Id, Reply};
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
    /// The active providers of the zone.
    providers: Vec<OfDomain>,
    /// The origins whose people the client takes; `None`: all.
    allowed: Option<Vec<String>>,
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
    let redirect_uri = redirect_uri.ok_or(Fault::BadQuery("`redirect_uri` is missing".into()))?;
    let client_id = field(&query, "client_id").map_or_else(|| actor.client.to_string(), str::to_owned);
    // UAA looks for no client where somebody of the first zone speaks to another.
    let allowed = match actor.home == cx.zone() {
        true => taken_by(&client_id, cx).await?,
        false => None,
    };
    let terms = Terms {
        providers: providers_of_domains(cx).await?,
        allowed,
        redirect_uri,
        client_id,
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
    let origin = match providers_of_address(&terms.providers, terms.allowed.as_deref(), &mail).as_slice() {
        [one] => one.origin.as_str(),
        [] => return Ok(Err(Failed("provider.non-existent", "No authentication provider found.".into()))),
        _ => {
            let text = "Multiple authentication providers found.";
            return Ok(Err(Failed("provider.ambiguous", text.into())));
        }
    };
    let user = match known(origin, &mail, cx).await? {
        Ok(Some(user)) => user,
        Ok(None) => {
            let new = NewUser { origin, mail: &mail, name: None, password: None, verified: false };
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
        "email": mail, "userId": user, "origin": origin, "success": true,
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

/// The origins whose people that client takes.
///
/// # Errors
/// When the zone has no such client.
async fn taken_by(client_id: &str, cx: &mut Ctx) -> Reply<Option<Vec<String>>> {
    let me = cx.tx().assume(Duty::SignIn);
    let row = match cx.tx().visible::<Client>().await {
        Ok(seen) => cx.tx().find(&seen, Client::named(client_id.to_owned())).await,
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let row = row?.ok_or_else(|| {
        let text = format!("No client with requested id: {client_id}");
        Fault::protocol(Code::new(400, "invalid_client"), text)
    })?;
    let more: Value = serde_json::from_str(&row.own.more).unwrap_or_default();
    Ok(more.get("allowedproviders").and_then(allowed_providers))
}

/// The account of that address whom that provider knows, if there is one; by its name first.
async fn known(origin: &str, mail: &str, cx: &mut Ctx) -> Reply<Result<Option<Uuid>, Failed>> {
    if let Some(user) = user_of(origin, mail, cx).await? {
        return Ok(Ok(Some(user.guid)));
    }
    let mut users = users_of_address(origin, mail, cx).await?;
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
