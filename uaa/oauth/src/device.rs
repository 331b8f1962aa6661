//! RFC 8628: signing in on a device without a browser, by a code that is typed into one.

use crate::approvals::approval;
use crate::approved;
use crate::authorize::{Authorize, as_asked, as_shown};
use crate::client::Known;
use crate::engine::Engine;
use crate::fault::unauthorized_client;
use crate::fields;
use crate::grant::form;
use crate::person::Authentication;
use crate::scope;
use crate::stored::again;
use axum::http::{Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Duty, Update};
use uaa_directory::{Keep, Live, Shown, Token, TokenOwn, account, cookie, hex, keep};
use uaa_look::{Device, DeviceConfirm, DeviceDone};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::shape::{NUMBER, Shape, TEXT, object};
use uaa_plugin::{
    Answer, Answers, Body, Ctx, Dialect::Oauth, Form, Proof, Public, Route, Site::Uaa, field, with,
};
use uaa_store::{Cond, Field, Fields, Set, Want};
use uaa_token::{digest, epoch_seconds};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

/// The name of the grant.
pub(crate) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The column `kind` of a device code's row.
pub(crate) const KIND: &str = "device";

/// What is kept with a device code.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// What the device asks for.
    pub(crate) scope: Option<String>,
    /// From where it asked.
    from: String,
    /// Of the client, when it asked: a new secret ends it, and so does a new client of that name.
    #[serde(default)]
    pub(crate) generation: i64,
    pub(crate) answer: Answered,
}

/// What the person said.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answered {
    /// Nothing yet.
    Pending,
    Denied,
    /// Allowed, by whom and how they had proved who they are.
    Allowed {
        user: Uuid,
        authentication: Authentication,
    },
}

impl Kept {
    pub(crate) fn read(text: &str) -> Reply<Kept> {
        serde_json::from_str(text).map_err(|e| Fault::Internal(e.to_string()))
    }

    fn text(&self) -> Reply<String> {
        serde_json::to_string(self).map_err(|e| Fault::Internal(e.to_string()))
    }
}

pub(crate) fn routes(authorize: &Authorize) -> Vec<Route> {
    let client = "a client proves here who it is; a public one only says its name";
    let person = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    let (ask, engine) = ("/oauth/device_authorization", authorize.engine.clone());
    vec![
        Route::public(Uaa, Method::POST, ask, "device_create", Oauth, client, with(engine, create))
            .fields(&[fields::CLIENT, fields::DEVICE])
            .proofs(&[Proof::Basic, Proof::Otherwise])
            .answers(Answers::ok(looks))
            .from_any_origin(),
        Route::public(Uaa, Method::GET, PATH, "device_show", Oauth, person, with(authorize.clone(), show))
            .fields(&[fields::USER_CODE])
            .answers(Answers::html())
            .answers(Answers::found()),
        Route::public(
            Uaa,
            Method::POST,
            PATH,
            "device_update",
            Oauth,
            person,
            with(authorize.clone(), answer),
        )
        .answers(Answers::html())
        .answers(Answers::found()),
    ]
}

/// The device asks for a pair of codes (section 3.1).
async fn create(engine: Arc<Engine>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let form = form(&body, &cx.query)?;
    let shown = engine.authenticate_client(&form, cx).await?;
    if !shown.client.may(GRANT) {
        return Err(unauthorized_client(GRANT));
    }
    scope::may_ask(&shown.client, field(&form, "scope"))?;
    engine.may_open(shown.by, body.0.len() + cx.query.len(), cx)?;
    cx.step(Want::Write).await?;
    engine.in_name_of(None, &shown.client, cx);
    cx.tx().assume(Duty::SignIn);
    let (device_code, user_code) = (engine.ids.hex32(), user_code(&engine.ids.hex32()));
    let kept = Kept {
        scope: field(&form, "scope").map(str::to_owned),
        from: cx.caller.address.to_string(),
        generation: shown.client.generation,
        answer: Answered::Pending,
    };
    let row = Keep {
        jti: &name_of(&user_code),
        text: &device_code,
        kind: KIND,
        client_id: &shown.client.client_id,
        subject: shown.client.id,
        family: engine.ids.uuid(),
        claims: kept.text()?,
        expires: cx.now() + SECONDS * 1_000_000,
        session: None,
    };
    keep(cx, row).await?;
    if shown.by.is_by_name() {
        cx.tx().unsaid();
    }
    let at = format!("{}{PATH}", cx.links.login);
    let complete = Serializer::new(String::new()).append_pair("user_code", &user_code).finish();
    Answer::ok(&json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": at,
        "verification_uri_complete": format!("{at}?{complete}"),
        "expires_in": SECONDS,
        "interval": INTERVAL,
    }))?
    .with(header::CACHE_CONTROL, "no-store")
}

fn looks() -> Shape {
    let texts = ["device_code", "user_code", "verification_uri", "verification_uri_complete"];
    object(texts.map(|name| (name, TEXT))).and([("expires_in", NUMBER), ("interval", NUMBER)])
}

/// The person opens the page, maybe by the link that holds the code.
async fn show(this: Authorize, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    let code = field(&query.0, "user_code").unwrap_or_default().to_owned();
    if this.sessions.current(cx).await?.is_none() {
        return this.pages.sign_in_first(&with_code(&code), cx);
    }
    type_it(&this, code, StatusCode::OK, cx)
}

/// The person has typed the code, or says whether the device is theirs.
async fn answer(this: Authorize, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let text = std::str::from_utf8(&body.0).map_err(|_| Fault::Parse("the body is not UTF-8".into()))?;
    let form = cookie::fields(text)?;
    let code = field(&form, "user_code").unwrap_or_default().to_owned();
    if let Err(why) = cookie::is_ours(cx, field(&form, "csrf")) {
        return this.pages.refused(why, &with_code(&code), cx);
    }
    let Some(live) = this.sessions.current(cx).await? else {
        return this.pages.sign_in_first(&with_code(&code), cx);
    };
    let decision = field(&form, "decision");
    if decision.is_some() {
        cx.step(Want::Write).await?;
    }
    let before = cx.tx().assume(Duty::SignIn);
    let row = pending(&code, cx).await;
    cx.tx().resume(before);
    let row = row?;
    // Section 5.1: a code is short, so that guessing has to be slow. Whoever guesses is signed in, and is counted.
    let whose = format!("{KIND}/{}", live.user);
    if let Err(paused) = this.engine.credentials.guessed(cx.zone(), &whose, row.is_some(), cx.now()) {
        let change = this.pages.somebody_else(PATH, cx);
        let page = this.pages.paused(&live.username, change, paused.until, cx);
        let shown = Shown { live: Some(&live), ..Shown::new(StatusCode::TOO_MANY_REQUESTS, PATH) };
        return this.pages.show(&page, shown, cx);
    }
    let Some(row) = row else { return type_it(&this, code, StatusCode::UNPROCESSABLE_ENTITY, cx) };
    let (client, kept) =
        (this.engine.client(cx.zone(), &row.own.client_id).await?, Kept::read(&row.own.claims)?);
    let client = client.filter(|client| client.generation == kept.generation);
    let client = client.ok_or_else(|| Fault::NotFound("the application is gone".into()))?;
    if live.assurance() < client.assurance {
        return this.pages.step_up(&with_code(&code), client.assurance, cx);
    }
    let asked = Asked { row: &row, client: &client, code };
    let done = match decision {
        None => confirm(&this, &asked, &live, cx).await,
        Some("allow") => allow(&this, &asked, &live, cx).await,
        Some(_) => deny(&this, &asked, &live, cx).await,
    };
    match done {
        // What would be refused to the device is refused to the person, who can do something about it.
        Err(fault @ Fault::Protocol(..)) => this.pages.trouble(fault, cx),
        other => other,
    }
}

/// What the person is asked.
struct Asked<'a> {
    row: &'a Fields<TokenOwn>,
    client: &'a Known,
    /// As it was typed.
    code: String,
}

fn type_it(this: &Authorize, user_code: String, status: StatusCode, cx: &mut Ctx) -> Reply<Answer> {
    let page = Device { action: PATH.into(), user_code, wrong: status != StatusCode::OK };
    let here = if page.user_code.is_empty() { PATH.to_owned() } else { with_code(&page.user_code) };
    this.pages.show(&page, Shown::new(status, &here), cx)
}

/// Section 5.4: the person sees which device asks for what, and from where, before anything is given.
async fn confirm(this: &Authorize, asked: &Asked<'_>, live: &Live, cx: &mut Ctx) -> Reply<Answer> {
    let kept = Kept::read(&asked.row.own.claims)?;
    let before = cx.tx().assume(Duty::SignIn);
    let scopes = given(asked, &kept, live, cx).await;
    cx.tx().resume(before);
    let page = DeviceConfirm {
        action: PATH.into(),
        user_code: spelled(&asked.code),
        client: as_shown(asked.client),
        account: account(live),
        not_you: this.pages.somebody_else(&with_code(&asked.code), cx),
        from: kept.from,
        at: asked.row.created_at,
        scopes: scopes?.iter().map(|scope| as_asked(scope)).collect(),
        identifier_alone: asked.client.sector.is_some(),
    };
    let here = with_code(&asked.code);
    this.pages.show(&page, Shown { live: Some(live), ..Shown::new(StatusCode::OK, &here) }, cx)
}

/// What the device would be given, as far as this person goes.
async fn given(asked: &Asked<'_>, kept: &Kept, live: &Live, cx: &mut Ctx) -> Reply<Vec<String>> {
    asked.client.is_open_to(&live.origin)?;
    scope::of_person(asked.client, kept.scope.as_deref(), live.user, cx).await
}

async fn allow(this: &Authorize, asked: &Asked<'_>, live: &Live, cx: &mut Ctx) -> Reply<Answer> {
    let authentication = Authentication {
        auth_time: epoch_seconds(live.auth_time),
        amr: live.amr.clone(),
        sid: Some(live.id.to_string()),
        ..Authentication::default()
    };
    let before = cx.tx().assume(Duty::SignIn);
    let allowed = allow_in(asked, authentication, live, cx).await;
    cx.tx().resume(before);
    allowed?;
    done(this, asked, true, live, cx)
}

/// It is an approval as on any other page, also of what the operator has approved for everybody: the person was asked, and finds the
/// device among what they can take back.
async fn allow_in(asked: &Asked<'_>, authentication: Authentication, live: &Live, cx: &mut Ctx) -> Reply<()> {
    let mut kept = Kept::read(&asked.row.own.claims)?;
    let scopes = given(asked, &kept, live, cx).await?;
    let answered: Vec<(&String, bool)> = scopes.iter().map(|scope| (scope, true)).collect();
    approved::keep(live.user, &asked.client.client_id, &answered, cx).await?;
    kept.answer = Answered::Allowed { user: live.user, authentication };
    // It is the person's from here on, and ends with what else they gave the client.
    answered_with(asked, &kept, Set::default().put(Token::subject, live.user), cx).await
}

async fn deny(this: &Authorize, asked: &Asked<'_>, live: &Live, cx: &mut Ctx) -> Reply<Answer> {
    let kept = Kept { answer: Answered::Denied, ..Kept::read(&asked.row.own.claims)? };
    let before = cx.tx().assume(Duty::SignIn);
    let denied = answered_with(asked, &kept, Set::default(), cx).await;
    cx.tx().annotate(approval(&asked.client.client_id, kept.scope.as_deref().unwrap_or_default(), false));
    cx.tx().resume(before);
    denied?;
    done(this, asked, false, live, cx)
}

async fn answered_with(asked: &Asked<'_>, kept: &Kept, more: Set<Token>, cx: &mut Ctx) -> Reply<()> {
    let granted = cx.tx().grant::<Update, Token>(Id::new(asked.row.guid)).await.map_err(again)?;
    cx.tx().update(&granted, more.put(Token::claims, kept.text()?)).await
}

fn done(this: &Authorize, asked: &Asked<'_>, allowed: bool, live: &Live, cx: &mut Ctx) -> Reply<Answer> {
    let page = DeviceDone { client: as_shown(asked.client), allowed, applications: Some("/profile".into()) };
    this.pages.show(&page, Shown { live: Some(live), ..Shown::new(StatusCode::OK, PATH) }, cx)
}

/// The row of a user code that is waiting for an answer.
async fn pending(user_code: &str, cx: &mut Ctx) -> Reply<Option<Fields<TokenOwn>>> {
    let seen = cx.tx().visible::<Token>().await?;
    let row = cx.tx().find(&seen, Cond::In(Field::Text("jti"), vec![name_of(user_code)])).await?;
    let now = cx.now();
    let row = row.filter(|row| row.own.kind == KIND && now < row.own.expires);
    let waits = |row: &Fields<TokenOwn>| {
        Kept::read(&row.own.claims).is_ok_and(|kept| matches!(kept.answer, Answered::Pending))
    };
    Ok(row.filter(waits))
}

/// This page with the code filled in.
fn with_code(user_code: &str) -> String {
    format!("{PATH}?{}", Serializer::new(String::new()).append_pair("user_code", user_code).finish())
}

/// Under what a user code is found.
fn name_of(user_code: &str) -> String {
    hex(&digest(&format!("{KIND} {}", letters(user_code))))
}

/// People type a code in small letters, with other signs between.
fn letters(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphabetic).take(64).collect::<String>().to_ascii_uppercase()
}

/// The code as the device shows it, however it was typed: the person compares the two.
fn spelled(typed: &str) -> String {
    let mut code = letters(typed);
    code.insert(code.len().min(4), '-');
    code
}

/// Eight letters that are not taken for each other and spell no word (section 6.1): 34 bits, for ten minutes.
fn user_code(random: &str) -> String {
    let mut rest = u128::from_str_radix(random, 16).unwrap_or_default();
    let mut out = String::new();
    for at in 0..8 {
        if at == 4 {
            out.push('-');
        }
        out.push(char::from(LETTERS[(rest % 20) as usize]));
        rest /= 20;
    }
    out
}

const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const PATH: &str = "/device";
/// How long a pair of codes is good for.
const SECONDS: i64 = 600;
/// How long a device waits between two questions.
pub(crate) const INTERVAL: i64 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = user_code("0123456789abcdef0123456789abcdef");
        assert_eq!((code.len(), code.as_bytes()[4]), (9, b'-'));
        let typed = format!(" {} ", code.to_lowercase().replace('-', "  "));
        assert_eq!((name_of(&typed), spelled(&typed)), (name_of(&code), code.clone()));
        assert_ne!(name_of(&code), name_of(&user_code("1123456789abcdef0123456789abcdee")));
    }
}
