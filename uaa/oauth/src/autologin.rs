//! UAA's `/autologin`: a client that has a page of its own for passwords signs the browser in by a code. The client must show who it
//! is and the password must be right; a person of whom more is asked at a sign-in than a password signs in on our pages.
//!
//! A link with a code may be anybody's who wants a browser to go on as somebody else without its owner noticing (login CSRF): where it comes
//! from elsewhere, or would end somebody's session, a page asks.

use crate::authorize::Authorize;
use crate::client;
use crate::engine::Engine;
use crate::fault::{
    bad_credentials, invalid_client, invalid_request, locked, more_is_needed, stale, unverified,
};
use axum::http::{Method, StatusCode, header};
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use uaa_authz::{Duty, Read};
use uaa_directory::{
    Asking, Claimed, ExpiringCode, NewCode, Proved, Purpose, Shown, SignedIn, User, UserOwn, Whom,
    by_password, cookie, name_of,
};
use uaa_look::{ChooseAccount, Known};
use uaa_model::{Fault, Id, Reply, Secret};
use uaa_plugin::shape::{TEXT, object};
use uaa_plugin::{
    Answer, Answers, Basic, Body, Ctx, Dialect, Form, Handler, Proof, Public, Route, Site, field, pairs, with,
};
use uaa_store::{Fields, Want};
use url::form_urlencoded::Serializer;

pub(crate) fn routes(authorize: &Authorize) -> Vec<Route> {
    let by_secret = "clients and people prove here who they are";
    let by_code = "the code says who it is";
    let (site, path, dialect) = (Site::Uaa, "/autologin", Dialect::Oauth);
    let (create, redeem) = (Create(authorize.clone()), Redeem(authorize.clone()));
    let confirm = with(authorize.clone(), confirm);
    vec![
        Route::public(site, Method::POST, path, "autologin_create", dialect, by_secret, create)
            .proofs(&[Proof::Basic])
            .answers(Answers::ok(|| object([("code", TEXT), ("path", TEXT)]))),
        Route::public(site, Method::GET, path, "autologin_redeem", dialect, by_code, redeem)
            .answers(Answers::html())
            .answers(Answers::found()),
        Route::public(site, Method::POST, CONFIRM, "autologin_confirm", dialect, by_code, confirm)
            .answers(Answers::html())
            .answers(Answers::found()),
    ]
}

struct Create(Authorize);
struct Redeem(Authorize);

impl<'c> Handler<'c, Public, Body> for Create {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, body: Body, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.engine.clone();
        Box::pin(async move { create(&engine, &body, cx).await })
    }
}

impl<'c> Handler<'c, Public, Form> for Redeem {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, Form(query): Form, cx: &'c mut Ctx) -> Self::Future {
        let this = self.0.clone();
        Box::pin(async move {
            let text = |name: &str| field(&query, name).unwrap_or_default();
            if let Some(page) = this.asks(text("code"), text("client_id"), None, cx).await? {
                return Ok(page);
            }
            this.signed_on(text("code"), text("client_id"), None, cx).await
        })
    }
}

/// The page was answered: by the browser's owner, as its form says.
async fn confirm(this: Authorize, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let posted =
        pairs(std::str::from_utf8(&body.0).map_err(|_| Fault::Parse("the body is not UTF-8".into()))?)?;
    if let Err(why) = cookie::is_ours(cx, field(&posted, "csrf")) {
        return this.pages.refused(why, "/login", cx);
    }
    let query = pairs(&cx.query)?;
    let text = |name: &str| field(&query, name).unwrap_or_default();
    this.signed_on(text("code"), text("client_id"), field(&query, "request"), cx).await
}

async fn create(engine: &Engine, body: &Body, cx: &mut Ctx) -> Reply<Answer> {
    if Basic::read(&cx.headers).is_none() {
        return Err(invalid_client());
    }
    let shown = engine.authenticate_client(&[], cx).await?;
    // UAA takes whoever names a client, as `cf`: anybody could then make such links, with an account of their own behind them.
    if shown.by.is_by_name() {
        return Err(invalid_client());
    }
    let client = shown.client;
    let form = fields(body)?;
    let need = |name: &'static str| {
        field(&form, name).ok_or_else(|| invalid_request(format!("the parameter `{name}` is missing")))
    };
    let (username, password) = (need("username")?, Secret::new(need("password")?.to_owned()));
    let claimed = Claimed { origin: "uaa", username, client: &client.client_id };
    let user = match by_password(&engine.credentials, &claimed, &password, cx).await? {
        Proved::Right(user) => user,
        Proved::Stale(..) => return Err(stale()),
        Proved::Unverified(_) => return Err(unverified()),
        Proved::Half(..) => return Err(more_is_needed()),
        Proved::Wrong => return Err(bad_credentials()),
        Proved::Locked(_) => return Err(locked()),
    };
    cx.step(Want::Write).await?;
    let new = NewCode {
        purpose: Purpose::AutoLogin,
        subject: Some(user.guid),
        client_id: &client.client_id,
        data: json!({"generation": user.own.generation, "of_client": client.generation}).to_string(),
        expires: cx.now() + Purpose::AutoLogin.seconds() * 1_000_000,
    };
    let person = Whom::of(&user).actor(&client.client_id, cx);
    cx.tx().in_the_name_of(person);
    let me = cx.tx().assume(Duty::SignIn);
    let code = ExpiringCode::make(new, cx.tx()).await;
    cx.tx().resume(me);
    Answer::ok(&json!({"code": code?.expose(), "path": "/oauth/authorize"}))?
        .with(header::CACHE_CONTROL, "no-store")
}

/// Name and password: JSON, or a form.
fn fields(body: &Body) -> Reply<Vec<(String, String)>> {
    if let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&body.0) {
        let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
        return Ok(members.into_iter().filter_map(text).collect());
    }
    pairs(std::str::from_utf8(&body.0).map_err(|_| Fault::Parse("the body is not UTF-8".into()))?)
}

impl Authorize {
    /// An authorization request that brings a code of this client along, which stands for a sign-in: it goes on without the code.
    pub(crate) async fn by_code(&self, client_id: &str, body: &Body, cx: &mut Ctx) -> Reply<Option<Answer>> {
        if !body.0.is_empty() || !cx.query.contains("code=") {
            return Ok(None);
        }
        let query = pairs(&cx.query)?;
        let Some(code) = field(&query, "code") else { return Ok(None) };
        let rest = query.iter().filter(|(name, _)| name != "code");
        let rest = Serializer::new(String::new()).extend_pairs(rest).finish();
        if let Some(page) = self.asks(code, client_id, Some(&rest), cx).await? {
            return Ok(Some(page));
        }
        let set = self.autologin(code, client_id, cx).await?;
        let again = Answer::found(&format!("{}/oauth/authorize?{rest}", cx.links.login))?;
        Ok(Some(match set {
            Some(set) => again.cookies(&set)?,
            None => again,
        }))
    }

    /// The page that asks first, where a good code comes from another site or would end somebody else's session. `request`: the
    /// authorization request that goes on afterwards.
    async fn asks(
        &self,
        code: &str,
        client_id: &str,
        request: Option<&str>,
        cx: &mut Ctx,
    ) -> Reply<Option<Answer>> {
        let Some(client) = self.engine.client(cx.zone(), client_id).await? else { return Ok(None) };
        let me = cx.tx().assume(Duty::SignIn);
        let found = meant(code, &client, cx).await;
        cx.tx().resume(me);
        let Some(user) = found? else { return Ok(None) };
        let live = self.sessions.current(cx).await?;
        let same = live.as_ref().is_none_or(|live| live.user == user.guid);
        if same && !cookie::is_from_elsewhere(cx) {
            return Ok(None);
        }
        let asked = pairs(request.unwrap_or_default())?;
        let asking = Asking::find(client_id, field(&asked, "redirect_uri"), cx).await?;
        let one = Known {
            id: user.own.username.clone(),
            name: name_of(&user.own),
            mail: user.own.email.clone(),
            signed_out: false,
        };
        let page = ChooseAccount {
            action: confirmed_at(code, client_id, request),
            client: asking.as_ref().map(Asking::client),
            accounts: vec![one],
            another: "/login?prompt=select_account".into(),
            sign_out: "/logout.do".into(),
        };
        let sends_to = asking.as_ref().and_then(|asking| asking.sends_to.as_deref());
        let shown = Shown { sends_to, ..Shown::new(StatusCode::OK, "/login") };
        self.pages.show(&page, shown, cx).map(Some)
    }

    async fn signed_on(
        &self,
        code: &str,
        client_id: &str,
        request: Option<&str>,
        cx: &mut Ctx,
    ) -> Reply<Answer> {
        let Some(set) = self.autologin(code, client_id, cx).await? else {
            return Err(invalid_request("the code is used, too old, or another client's"));
        };
        let to = match request {
            Some(request) => format!("{}/oauth/authorize?{request}", cx.links.login),
            None => format!("{}/home", cx.links.login),
        };
        Answer::found(&to)?.cookies(&set)?.with(header::CACHE_CONTROL, "no-store")
    }

    /// Begins a session by a code that this client was given. Gives the headers that tell the browser; `None` for a code that is
    /// not good, or another client's.
    pub(crate) async fn autologin(
        &self,
        code: &str,
        client_id: &str,
        cx: &mut Ctx,
    ) -> Reply<Option<Vec<String>>> {
        let Some(client) = self.engine.client(cx.zone(), client_id).await? else { return Ok(None) };
        cx.step(Want::Write).await?;
        let me = cx.tx().assume(Duty::SignIn);
        let person = redeemed(code, &client, cx).await;
        cx.tx().resume(me);
        let Some(user) = person? else { return Ok(None) };
        let client = client_id;
        let signed_in = SignedIn { user: &user, amr: &["pwd"], second_at: 0, remember: false, client };
        self.sessions.begin(&signed_in, cx).await.map(Some)
    }
}

async fn redeemed(code: &str, client: &client::Known, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    // Another client's attempt uses nothing up, and nobody's who may not sign in.
    let Some(user) = meant(code, client, cx).await? else { return Ok(None) };
    let redeemed = ExpiringCode::redeem(Purpose::AutoLogin, code, cx.tx()).await?;
    Ok(redeemed.map(|_| user))
}

/// Whom a code of that client is about, as long as it is good.
async fn meant(code: &str, client: &client::Known, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    let row = ExpiringCode::look(Purpose::AutoLogin, code, cx.tx()).await?;
    let Some(row) = row.filter(|row| row.own.client_id == client.client_id) else { return Ok(None) };
    let Some(id) = row.own.subject else { return Ok(None) };
    let user = match cx.tx().grant::<Read, User>(Id::new(id)).await {
        Ok(granted) => cx.tx().get(&granted).await?,
        Err(Fault::Denied(..)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let data: Value = serde_json::from_str(&row.own.data).unwrap_or_default();
    let same = data["generation"] == user.own.generation && data["of_client"] == client.generation;
    Ok((same && user.own.active).then_some(user))
}

/// Where the page that asks posts to.
fn confirmed_at(code: &str, client_id: &str, request: Option<&str>) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("code", code).append_pair("client_id", client_id);
    query.extend_pairs(request.map(|request| ("request", request)));
    format!("{CONFIRM}?{}", query.finish())
}

const CONFIRM: &str = "/autologin.do";
