//! The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core 1.0 section 3.1.2): who is in front of the browser, what
//! may the application have, and how does it learn of it.
//!
//! Nothing is remembered between the steps but who is signed in and what was approved: each step has the whole request in its
//! address, and each checks all of it again.

mod approve;
mod claims;
mod code;
mod credentials;
mod object;
mod pages;
mod pushed;
mod redirect;
mod request;
mod respond;
mod session_state;
mod sign_in;
mod step_up;

pub(crate) use code::Kept;
pub(crate) use pages::{as_asked, as_shown};
pub(crate) use pushed::SECONDS as PUSHED_SECONDS;
pub(crate) use redirect::{bound, is_origin_of};
pub use request::fuzz_authorize;
pub(crate) use request::{Stop, parameters, some};

use crate::client::Known;
use crate::dpop::unproved;
use crate::engine::Engine;
use crate::fault::{insufficient_scope, invalid_scope, refused};
use crate::fields;
use crate::person::Authentication;
use crate::scope::{of_person, tells_nothing};
use approve::Decision;
use axum::http::Method;
use pages::to_a_program;
use pushed::{Request, Way};
use request::Asked;
use session_state::SessionState;
use sign_in::Missing;
use std::sync::Arc;
use uaa_authz::Duty;
use uaa_directory::{Assurance, Live, Pages, Sessions, cookie};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect, Handler, Public, Route, Site, field, is_of_a_browser};
use uaa_token::epoch_seconds;
use uuid::Uuid;

/// What the endpoint works with.
#[derive(Clone)]
pub(crate) struct Authorize {
    pub(crate) engine: Arc<Engine>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) pages: Pages,
}

pub(crate) fn routes(authorize: &Authorize) -> Vec<Route> {
    let why =
        "a browser's session says who it is, and the page it leads to is the answer to whoever has none";
    [(Method::GET, "authorization_show"), (Method::POST, "authorization_create")]
        .into_iter()
        .map(|(method, name)| {
            Route::public(Site::Uaa, method, "/oauth/authorize", name, Dialect::Oauth, why, authorize.clone())
                .fields(&[fields::BY_NAME, fields::AUTHORIZATION])
                .answers(Answers::html())
                .answers(Answers::found())
        })
        .collect()
}

impl<'c> Handler<'c, Public, Body> for Authorize {
    type Future = futures::future::BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, body: Body, cx: &'c mut Ctx) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            match this.answer(&body, cx).await {
                Ok(answer) => Ok(answer),
                Err(Stop::Fault(fault)) => Err(fault),
                Err(Stop::Page { error, .. }) if !is_of_a_browser(&cx.headers) => Err(to_a_program(error)),
                Err(Stop::Page { error, client }) => this.trouble(error, client.as_deref(), cx),
                Err(Stop::Back(mut back, error, text)) => {
                    back.named &= cx.presented().is_none();
                    let all = back.all(vec![("error", error.into()), ("error_description", text.into())]);
                    this.send(&back, &all, cx)
                }
            }
        })
    }
}

/// Checks a request that its client hands in, and puts it down. The name that it is found by.
/// `jkt`: the key that the client has proved to hold.
pub(crate) async fn push(
    engine: &Engine,
    client: &Known,
    mut form: Vec<(String, String)>,
    jkt: Option<String>,
    cx: &mut Ctx,
) -> Result<String, Stop> {
    let refused = |(error, text): object::Refusal| Stop::Fault(refused(error, text));
    let (mut jti, mut signed) = (engine.ids.hex32(), false);
    if let Some(place) = object::Place::of(&form) {
        let object = object::read(engine, client, place).await?.map_err(refused)?;
        (form, jti, signed) = (object.form, object.jti, true);
    }
    // RFC 9449 section 10.1: the proof itself, its thumbprint, or both.
    match (jkt, field(&form, "dpop_jkt")) {
        (Some(jkt), Some(said)) if jkt != said => {
            return Err(Stop::Fault(unproved("`dpop_jkt` is not the key of the proof")));
        }
        (Some(jkt), None) => form.push(("dpop_jkt".into(), jkt)),
        (Some(_) | None, _) => {}
    }
    let asked = request::read(engine, Request { form, way: Way::Client { signed } }, &cx.here()).await?;
    let kept = pushed::put_down(engine, client, asked.request.form, (&jti, &engine.ids.hex32()), cx).await?;
    let kept = kept.ok_or_else(|| refused(("invalid_request_object", "the request was used before")))?;
    Ok(kept.name().to_owned())
}

/// For whom something is given, and when and how they proved who they are.
struct Who {
    user: Uuid,
    authentication: Authentication,
}

impl Who {
    fn of_session(asked: &Asked, live: &Live) -> Who {
        let authentication = Authentication {
            auth_time: epoch_seconds(live.auth_time),
            amr: live.amr.clone(),
            acr: vec![asked.acr(live.assurance())],
            nonce: asked.nonce.clone(),
            told: asked.told.in_id_token.clone(),
            sid: Some(live.id.to_string()),
            ..Authentication::default()
        };
        Who { user: live.user, authentication }
    }
}

impl Authorize {
    async fn answer(&self, body: &Body, cx: &mut Ctx) -> Result<Answer, Stop> {
        let (form, answered) = parameters(&body.0, &cx.query)?;
        let request = request::resolved(&self.engine, form, cx).await?;
        // A client's keys may be elsewhere: no connection is held meanwhile.
        cx.tx().release();
        let mut asked = request::read(&self.engine, request, &cx.here()).await?;
        if let Some(credentials) = credentials::posted(body)? {
            return self.by_credentials(&asked, &credentials, cx).await;
        }
        if cx.presented().is_some() {
            asked.back.named = false;
            return self.by_token(&asked, cx).await;
        }
        let decision = match answered {
            None => None,
            Some(answered) => {
                if let Err(why) = cookie::is_ours(cx, field(&answered, "csrf")) {
                    return Ok(self.pages.refused(why, &asked.page(), cx)?);
                }
                Some(Decision::read(&answered))
            }
        };
        if let Some(again) = self.by_code(&asked.client.client_id, body, cx).await? {
            return Ok(again);
        }
        let live = self.sessions.current(cx).await?;
        asked.back.session = SessionState::of(&self.engine, &asked, live.as_deref(), cx);
        let missing = match &live {
            Some(live) => self.missing(&asked, live, decision.is_some(), cx).await?,
            None => Some(Missing::Anybody),
        };
        let live = match (live, missing) {
            (Some(live), None) => live,
            (_, missing) => return self.sign_in_first(&asked, missing.unwrap_or(Missing::Anybody), cx).await,
        };
        if !asked.prompt.none && asked.client.is_open_to(&live.origin).is_err() {
            return Ok(self.not_for_them(&asked, &live, cx)?);
        }
        if let Some(answer) = self.step_up(&asked, &live, cx).await? {
            return Ok(answer);
        }
        let known = self.sessions.accounts().with(&live, cx);
        let answer = self.go_on(&asked, decision, live, cx).await?;
        match known {
            Some(set) => Ok(answer.cookie(&set)?),
            None => Ok(answer),
        }
    }

    async fn go_on(
        &self,
        asked: &Asked,
        decision: Option<Decision>,
        live: Arc<Live>,
        cx: &mut Ctx,
    ) -> Result<Answer, Stop> {
        let me = cx.tx().assume(Duty::SignIn);
        let scopes = of_person(&asked.client, asked.scope.as_deref(), live.user, cx).await;
        cx.tx().resume(me);
        let mut scopes = scopes.map_err(|fault| told(asked, fault))?;
        scopes.retain(|scope| asked.client.auto_approve.covers(scope) || !tells_nothing(scope));
        if !asked.wanted.code {
            // OpenID Connect Core 1.0 section 11: it is about refresh tokens alone, and no way without a code gives one.
            scopes.retain(|scope| scope != "offline_access");
        }
        if scopes.is_empty() {
            return Err(told(asked, invalid_scope("Nothing comes of the requested scopes.")));
        }
        let scopes = match approve::ask(asked, &scopes, decision, &live, cx).await? {
            approve::Outcome::Approved(scopes) => scopes,
            approve::Outcome::Denied => {
                asked.request.spend(cx).await?;
                let text = "the person did not allow it".into();
                return Err(Stop::Back(Box::new(asked.back.clone()), "access_denied", text));
            }
            approve::Outcome::Open(open) if asked.prompt.none => {
                let text = format!("the person was not asked about {} yet", open.join(" "));
                return Err(Stop::Back(Box::new(asked.back.clone()), "consent_required", text.into()));
            }
            approve::Outcome::Open(_) => {
                asked.request.open(cx).await?;
                return Ok(self.consent(asked, &scopes, &live, cx)?);
            }
        };
        self.give(asked, scopes, &Who::of_session(asked, &live), cx).await
    }

    /// UAA's authorization by token (`cf ssh-code`): a user's token with `uaa.user` stands for the session, for clients that the
    /// operator approved.
    async fn by_token(&self, asked: &Asked, cx: &mut Ctx) -> Result<Answer, Stop> {
        let presented = cx.presented().ok_or(Fault::Denied(Denied::Anonymous, "token"))?;
        let good = self.engine.presented(&presented, &cx.here(), cx.now()).await?;
        let Some(user) = good.user() else {
            return Err(Fault::Denied(Denied::Unauthenticated, "token").into());
        };
        if !good.has_scope("uaa.user") {
            return Err(insufficient_scope("uaa.user", "uaa.user is needed here").into());
        }
        let said = good.said()?;
        // A token says when its person signed in, and nothing makes that later.
        let auth_time = said.auth_time.unwrap_or_default();
        let age = epoch_seconds(cx.now()) - auth_time;
        if asked.prompt.login || asked.prompt.select_account || asked.max_age.is_some_and(|most| age > most) {
            let text = "the application wants a sign-in, and nobody is there to be asked";
            return Err(Stop::Back(Box::new(asked.back.clone()), "login_required", text.into()));
        }
        let reached = Assurance::of(&said.amr);
        if reached < asked.assurance(&cx.here()) {
            let text = "the application wants more proofs than the token speaks of";
            return Err(Stop::Back(Box::new(asked.back.clone()), "login_required", text.into()));
        }
        let authentication = Authentication {
            auth_time,
            amr: said.amr.iter().map(|amr| amr.to_string()).collect(),
            acr: vec![asked.acr(reached)],
            nonce: asked.nonce.clone(),
            ..Authentication::default()
        };
        let me = cx.tx().assume(Duty::SignIn);
        let scopes = of_person(&asked.client, asked.scope.as_deref(), user, cx).await;
        cx.tx().resume(me);
        let scopes = scopes.map_err(|fault| told(asked, fault))?;
        if !scopes.iter().all(|scope| asked.client.auto_approve.covers(scope)) {
            let text = "the client is not approved by the operator, and nobody is there to be asked";
            return Err(Stop::Back(Box::new(asked.back.clone()), "access_denied", text.into()));
        }
        self.give(asked, scopes, &Who { user, authentication }, cx).await
    }

    /// The code, the tokens, or both.
    async fn give(
        &self,
        asked: &Asked,
        scopes: Vec<String>,
        who: &Who,
        cx: &mut Ctx,
    ) -> Result<Answer, Stop> {
        asked.request.spend(cx).await?;
        takes_part(asked, who, cx).await?;
        let code = if asked.wanted.code {
            cx.step_to_write().await?;
            Some(code::keep(&self.engine, asked, &scopes, who, cx).await?)
        } else {
            None
        };
        let front = code::front_channel(&self.engine, asked, &scopes, who, code.as_deref(), cx).await?;
        let code = code.map(|code| ("code", code));
        let all = asked.back.all(code.into_iter().chain(front).collect());
        Ok(self.send(&asked.back, &all, cx)?)
    }
}

/// An OAuth error of the steps that are shared with the token endpoint travels back like the others.
fn told(asked: &Asked, fault: Fault) -> Stop {
    match fault {
        Fault::Protocol(code, text, _) if code.status == 400 => {
            Stop::Back(Box::new(asked.back.clone()), code.name, text)
        }
        other => Stop::Fault(other),
    }
}

/// A client that wants to know when the session ends is written down (OpenID Connect Back-Channel Logout 1.0, Front-Channel
/// Logout 1.0).
async fn takes_part(asked: &Asked, who: &Who, cx: &mut Ctx) -> Reply<()> {
    let session = who.authentication.sid.as_deref().and_then(|sid| sid.parse().ok());
    let told = asked.client.backchannel_logout_uri.as_ref().or(asked.client.frontchannel_logout_uri.as_ref());
    let (Some(session), Some(_)) = (session, told) else { return Ok(()) };
    cx.step_to_write().await?;
    let me = cx.tx().assume(Duty::SignIn);
    let done = uaa_directory::takes_part(cx.tx(), session, &asked.client.client_id, who.user).await;
    cx.tx().resume(me);
    done
}
