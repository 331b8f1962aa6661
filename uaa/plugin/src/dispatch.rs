use crate::answer::Answer;
use crate::answers::Answers;
use crate::authenticate::{Authenticator, Presented, contradictory, token};
use crate::bodies::Bodies;
use crate::ctx::{Caller, Ctx, Params};
use crate::dialect::Dialect;
use crate::input::Raw;
use crate::route::{Route, Site};
use crate::troubled::{Failed, OPENED, OPENED_OR_SENT, Troubled};
use crate::zone::{ZoneInfo, Zones};
use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, Response, header};
use axum::routing::{MethodFilter, on};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tower_http::cors::{Any, CorsLayer};
use uaa_authz::{Actor, Subject};
use uaa_model::{Clock, Denied, Fault, Reply};
use uaa_store::{Access, Noted, Ran, Want};

/// What every request passes through. Nothing else begins a transaction for a route.
pub struct Dispatcher {
    /// Transactions.
    pub access: Access,
    /// Bearer tokens.
    pub authenticator: Arc<dyn Authenticator>,
    /// The identity zones, and where the product is reached.
    pub zones: Arc<Zones>,
    /// The time, for tokens.
    pub clock: Arc<dyn Clock>,
    /// How bodies are read.
    pub bodies: Bodies,
    /// Whether what a request does is taken back at its end: for the sweep, which asks every route as everybody.
    pub rehearse: bool,
}

/// What became of a request, for the access log and metrics: an extension of the response. It never reaches the caller.
#[derive(Clone, Copy, Debug)]
pub struct Handled {
    /// The route's name.
    pub route: &'static str,
    /// How many statements were run for it: ahead, in every step and in tries that were lost, with the journal, in the transactions of
    /// the request and in those that a plugin begins for it alone. Not those that read what all requests share once it is in memory:
    /// compiled facts and places, clients, verified tokens, keys.
    pub statements: u32,
}

/// The routes of one site as a service. `page`: what shows a browser that there is no page at an address, or what became of one that there
/// is; everybody else is told so in the site's dialect.
pub fn router(dispatcher: &Arc<Dispatcher>, routes: &[Route], site: Site, page: Option<Route>) -> Router {
    let (mut router, mut of_any_origin) = (Router::new(), Router::new());
    let (troubled, nobody) = (Troubled::new(page), Troubled::new(None));
    for route in routes.iter().filter(|r| r.site == site) {
        let Ok(filter) = MethodFilter::try_from(route.method.clone()) else { continue };
        let (dispatcher, one) = (dispatcher.clone(), Arc::new(route.clone()));
        let for_browsers = route.answers.iter().any(Answers::is_for_browsers);
        let troubled = if for_browsers { troubled.clone() } else { nobody.clone() };
        let serve = move |params: RawPathParams, request: Request| {
            let (dispatcher, route) = (dispatcher.clone(), one.clone());
            let params = Params::new(params.iter().map(|(_, v)| v.to_owned()).collect());
            let again = troubled.again(&request, OPENED_OR_SENT, &dispatcher);
            async move {
                let response = dispatcher.serve(&route, params, request).await;
                again.instead_of(response, &dispatcher).await
            }
        };
        match route.any_origin {
            true => of_any_origin = of_any_origin.route(route.path, on(filter, serve)),
            false => router = router.route(route.path, on(filter, serve)),
        }
    }
    let no_route = |fault: Fault| {
        let (troubled, dispatcher, fault) = (troubled.clone(), dispatcher.clone(), Arc::new(fault));
        move |request: Request| {
            let (again, dispatcher) = (troubled.again(&request, OPENED, &dispatcher), dispatcher.clone());
            let fault = fault.clone();
            async move {
                let dialect = if site == Site::Api { Dialect::Cc } else { Dialect::Oauth };
                let response = rendered(dialect, &fault, &[], &caller(&request).request);
                again.instead_of(response, &dispatcher).await
            }
        }
    };
    let unknown = if site == Site::Api { "Unknown request" } else { "no such endpoint" };
    let (unknown, wrong) = (no_route(Fault::NotFound(unknown.into())), no_route(Fault::Method));
    // The question before a request comes with a method that no route has.
    let of_any_origin = of_any_origin.method_not_allowed_fallback(wrong.clone()).layer(any_origin());
    let router = router.method_not_allowed_fallback(wrong).merge(of_any_origin);
    // With its state, or each request would turn its handler into a service anew.
    router.fallback(unknown).with_state(())
}

/// A fault in the words of a dialect, and what it was.
fn rendered(dialect: Dialect, fault: &Fault, needed: &[&str], request: &str) -> Response<Body> {
    let mut response = dialect.render(fault, needed, request);
    response.extensions_mut().insert(Failed(dialect.say(fault).code));
    response
}

/// Without credentials: a browser sends no cookie along, and lets nobody read an answer to one.
fn any_origin() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static("dpop")])
        .expose_headers(EXPOSED)
        .max_age(ASKED_AGAIN)
        // It is the same for everybody.
        .vary([])
}

impl Dispatcher {
    pub(crate) async fn serve(&self, route: &Route, params: Params, request: Request) -> Response<Body> {
        let caller = caller(&request);
        let asked = request.headers().get(X_REQUEST_ID).cloned();
        let ran = Ran::default();
        let mut response = match self.answer(route, params, request, &caller, &ran).await {
            Ok(answer) => answer.into_response(),
            Err(fault) => {
                let needed = self.scopes_for(route, &fault);
                rendered(route.dialect, &fault, &needed, &caller.request)
            }
        };
        // AuthZEN 1.0 section 10.1.3: whoever names a request reads the name in the answer.
        if let (Dialect::Access, Some(asked)) = (route.dialect, asked) {
            response.headers_mut().insert(X_REQUEST_ID, asked);
        }
        response.extensions_mut().insert(Handled { route: route.name, statements: ran.statements() });
        response
    }

    /// The scopes that would open what a route needs, where it was refused for want of that.
    fn scopes_for(&self, route: &Route, fault: &Fault) -> Vec<&'static str> {
        let Fault::Denied(Denied::Scope | Denied::Forbidden, kind) = fault else { return vec![] };
        let verb = route.need.verb_on(kind);
        verb.map(|verb| self.access.registry().scopes_for(kind, verb)).unwrap_or_default()
    }

    /// Authenticate, then the rest as whoever that is. What is refused is noted.
    async fn answer(
        &self,
        route: &Route,
        params: Params,
        request: Request,
        caller: &Caller,
        ran: &Ran,
    ) -> Reply<Answer> {
        let (parts, body) = request.into_parts();
        let here = self.spoken_to(route, caller)?;
        let zone = here.guid;
        let (actor, answered) = match self.actor(route, &parts, &here).await {
            Ok(actor) => match self.zones.switched(route, &parts.headers, &actor, here) {
                Ok(here) => {
                    (actor.clone(), self.run(route, params, parts, body, caller, actor, here, ran).await)
                }
                Err(fault) => (actor, Err(fault)),
            },
            Err(fault) => (Arc::new(Actor::nobody(self.access.registry(), zone)), Err(fault)),
        };
        if let Err(Fault::Denied(denied, _)) = &answered {
            self.access.note(&Noted {
                actor: &actor,
                zone,
                op: route.name,
                event: "",
                outcome: "denied",
                detail: denied.name(),
                more: &[],
                request: &caller.request,
                address: &caller.address,
            });
        }
        answered
    }

    /// The zone that the host names. Never another one in its stead: tokens and users are those of one zone.
    fn spoken_to(&self, route: &Route, caller: &Caller) -> Reply<Arc<ZoneInfo>> {
        if caller.subdomain.is_empty() {
            return Ok(self.zones.first());
        }
        let otherwise = || route.anywhere.then(|| self.zones.first());
        self.zones.at(&caller.subdomain).or_else(otherwise).ok_or_else(|| {
            // UAA's words, also for a zone that is not active.
            let text = format!("Cannot find identity zone for subdomain {}", caller.subdomain);
            Fault::NotFound(text.into())
        })
    }

    /// Read the whole body, begin, parse, prove, run, commit.
    #[expect(clippy::too_many_arguments, reason = "one call; each is a part of the request")]
    async fn run(
        &self,
        route: &Route,
        params: Params,
        parts: Parts,
        body: Body,
        caller: &Caller,
        actor: Arc<Actor>,
        here: Arc<ZoneInfo>,
        ran: &Ran,
    ) -> Reply<Answer> {
        // Before the transaction begins: a slow client must not hold the one writer.
        let anybody = route.public.is_some();
        let body = self.bodies.read(body, &parts.headers, anybody, &caller.address).await?;
        let mut raw = Raw::new(parts.uri.query().unwrap_or_default(), body);
        let headers = Arc::new(parts.headers);
        let want = if route.public.is_some() || !route.need.writes() { Want::Read } else { Want::Write };
        let query = raw.query.clone();
        let path: Arc<str> = parts.uri.path().into();
        let context = |want| Ctx {
            tx: self
                .access
                .begin(actor.clone(), here.guid, want, route.name, caller.request.clone())
                .counted_in(ran)
                .asked_from(&caller.address),
            ran: ran.clone(),
            access: self.access.clone(),
            op: route.name,
            public: route.public.is_some(),
            site: route.site,
            method: parts.method.clone(),
            path: path.clone(),
            links: here.links(self.zones.first_links()),
            zones: self.zones.clone(),
            here: here.clone(),
            params: params.clone(),
            caller: caller.clone(),
            headers: headers.clone(),
            query: query.clone(),
        };
        if let Some(ahead) = &route.ahead {
            raw.ahead = Some(ahead(raw.clone(), &mut context(Want::Read)).await?);
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let mut cx = context(want);
            if tries > 1 {
                cx.tx.insist();
            }
            match self.attempt(route, raw.clone(), cx, want).await {
                // Lost against another transaction: the same request again, a few times.
                Err(Fault::Retry) if tries < TRIES => {}
                other => return other,
            }
        }
    }

    /// One try. A writing one that must wait goes on in a task of its own, so that a client that hangs up cancels nothing
    /// half-way.
    async fn attempt(&self, route: &Route, raw: Raw, mut cx: Ctx, want: Want) -> Reply<Answer> {
        let (run, access, rehearse) = (route.run.clone(), self.access.clone(), self.rehearse);
        let zone = cx.zone();
        let work = async move {
            let answer = run(raw, &mut cx).await?;
            let done = if rehearse { cx.tx.rehearse().await? } else { cx.tx.commit().await? };
            if !done.changed {
                return Ok(answer);
            }
            access.follow().await?;
            let (_, revision) = access.facts_at(zone);
            answer.with(REVISION, &revision.to_string())
        };
        // A public route may go on to write; one that is got does not.
        if want == Want::Read && (route.public.is_none() || route.method == Method::GET) {
            return work.await;
        }
        let ended =
            |why: &dyn std::fmt::Display| Fault::Internal(format!("`{}` ended early: {why}", route.name));
        // What never waits, as the hot paths, is through before anybody could hang up, and needs no task.
        let mut work = Box::pin(work);
        let at_once = poll_fn(|cx| Poll::Ready(catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)))));
        match at_once.await {
            Ok(Poll::Ready(done)) => done,
            Ok(Poll::Pending) => tokio::spawn(work).await.unwrap_or_else(|error| Err(ended(&error))),
            Err(_) => Err(ended(&"it panicked")),
        }
    }

    async fn actor(&self, route: &Route, parts: &Parts, here: &Arc<ZoneInfo>) -> Reply<Arc<Actor>> {
        let headers = &parts.headers;
        if route.public.is_some() {
            return Ok(Arc::new(Actor::nobody(self.access.registry(), here.guid)));
        }
        if contradictory(headers) {
            return Err(Fault::Denied(Denied::Unauthenticated, route.name));
        }
        let Some((scheme, token)) = token(headers) else {
            return Err(Fault::Denied(Denied::Anonymous, route.name));
        };
        let audience: &[&str] = match route.site {
            Site::Api => PLATFORM,
            Site::Uaa => &[],
        };
        let (method, site, path) = (&parts.method, route.site, parts.uri.path());
        let certificate = parts.extensions.get::<Caller>().and_then(|caller| caller.certificate.as_deref());
        let presented = Presented { token, scheme, method, site, path, headers, certificate };
        let actor = self.authenticator.authenticate(&presented, here, self.clock.now(), audience).await?;
        if actor.subject == Subject::Nobody {
            return Err(Fault::Denied(Denied::Unauthenticated, route.name));
        }
        Ok(actor)
    }
}

fn caller(request: &Request) -> Caller {
    request.extensions().get::<Caller>().cloned().unwrap_or_default()
}

const TRIES: u32 = 8;
/// How long a browser may remember that it may ask.
const ASKED_AGAIN: Duration = Duration::from_secs(7_200);

/// Whom a token for the platform's API must be meant for, one of these: what the Cloud Controller is configured with
/// (`uaa.resource_id`). UAA's own paths do not look, as with UAA.
const PLATFORM: &[&str] = &["cloud_controller", "cloud_controller_service_permissions"];

/// On the answer to whatever changed a fact: the revision at which it is known. Whoever asks for a decision may ask for one on
/// facts of that revision at least.
const REVISION: HeaderName = HeaderName::from_static("x-access-revision");
const X_REQUEST_ID: &str = "x-request-id";
/// What a script of any site may read of an answer.
pub(crate) const EXPOSED: [HeaderName; 3] =
    [header::WWW_AUTHENTICATE, header::ETAG, HeaderName::from_static("dpop-nonce")];
