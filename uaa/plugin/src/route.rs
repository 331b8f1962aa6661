use crate::ahead::{Ahead, Prepare};
use crate::answer::Answer;
use crate::answers::Answers;
use crate::ctx::Ctx;
use crate::dialect::Dialect;
use crate::input::{Input, Raw, Reads};
use crate::jobs::Work;
use crate::need::{Need, NeedInfo, Public};
use crate::shelf::Lying;
use axum::http::Method;
use std::pin::Pin;
use std::sync::Arc;
use uaa_authz::Kind;
use uaa_model::Reply;

/// One component of the product.
pub trait Plugin: Send + Sync {
    /// Its name in the log.
    fn name(&self) -> &'static str;
    /// The kinds it owns, with what built-in roles may do to them.
    fn kinds(&self) -> Vec<Kind>;
    /// Its routes.
    fn routes(self: Arc<Self>) -> Vec<Route>;
    /// What it does after requests.
    fn works(&self) -> Vec<Work> {
        vec![]
    }
}

/// Under which address a route stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// `api.DOMAIN`, or the root of a bare address.
    Api,
    /// `uaa.DOMAIN` and `login.DOMAIN`, or `/uaa` of a bare address.
    Uaa,
}

/// An `async fn` of a proof, an input and a borrowed context.
pub trait Handler<'c, P, I>: Send + Sync {
    /// What it returns.
    type Future: Future<Output = Reply<Answer>> + Send + 'c;
    /// Runs it.
    fn call(&self, proof: P, input: I, cx: &'c mut Ctx) -> Self::Future;
}

impl<'c, P, I, F, Fut> Handler<'c, P, I> for F
where
    F: Fn(P, I, &'c mut Ctx) -> Fut + Send + Sync,
    Fut: Future<Output = Reply<Answer>> + Send + 'c,
{
    type Future = Fut;
    fn call(&self, proof: P, input: I, cx: &'c mut Ctx) -> Fut {
        self(proof, input, cx)
    }
}

/// A handler, or a step [before one](Prepare), with something that it works with: `with(state, handler)`, where the handler is an
/// `async fn` of the state, a proof, an input and a borrowed context.
pub fn with<S, F>(state: S, handler: F) -> With<S, F> {
    With { state, handler }
}

/// Made by [`with`].
#[derive(Clone, Debug)]
pub struct With<S, F> {
    state: S,
    handler: F,
}

impl<'c, S, F, P, I, Fut> Handler<'c, P, I> for With<S, F>
where
    S: Clone + Send + Sync,
    F: Fn(S, P, I, &'c mut Ctx) -> Fut + Send + Sync,
    Fut: Future<Output = Reply<Answer>> + Send + 'c,
{
    type Future = Fut;
    fn call(&self, proof: P, input: I, cx: &'c mut Ctx) -> Fut {
        (self.handler)(self.state.clone(), proof, input, cx)
    }
}

impl<'c, S, F, P, I, Fut, T> Prepare<'c, P, I> for With<S, F>
where
    S: Clone + Send + Sync,
    F: Fn(S, P, I, &'c mut Ctx) -> Fut + Send + Sync,
    Fut: Future<Output = Reply<T>> + Send + 'c,
    T: Send + Sync + 'static,
{
    type Ready = T;
    type Future = Fut;
    fn call(&self, proof: P, input: I, cx: &'c mut Ctx) -> Fut {
        (self.handler)(self.state.clone(), proof, input, cx)
    }
}

/// How a caller proves who it is, as `openapi.json` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// An access token.
    Bearer,
    /// A client's name and secret by Basic (RFC 6749 section 2.3.1).
    Basic,
    /// Something in the query or the form, a certificate, a cookie; or nothing at all.
    Otherwise,
}

type Run = Arc<
    dyn for<'c> Fn(Raw, &'c mut Ctx) -> Pin<Box<dyn Future<Output = Reply<Answer>> + Send + 'c>>
        + Send
        + Sync,
>;

/// One line of `routes.txt`, one row of the sweep, and the code that runs.
#[derive(Clone)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path, with parameters in braces.
    pub path: &'static str,
    /// The operation's name in log, metrics and audit: noun, then verb.
    pub name: &'static str,
    /// Where it stands.
    pub site: Site,
    /// How it says what went wrong.
    pub dialect: Dialect,
    /// What it needs.
    pub need: NeedInfo,
    /// What it reads.
    pub input: &'static str,
    /// Why nobody is asked for a token.
    pub public: Option<&'static str>,
    /// Whether scripts of any site may read its answers.
    pub any_origin: bool,
    pub(crate) anywhere: bool,
    pub(crate) reads: fn() -> Reads,
    /// What is said of its query or form, by name; empty where [`Input::reads`] says it.
    pub(crate) fields: &'static [&'static [&'static str]],
    /// How callers prove who they are where the route looks at that itself.
    pub(crate) proofs: &'static [Proof],
    pub(crate) answers: Vec<Answers>,
    pub(crate) run: Run,
    pub(crate) ahead: Option<Ahead>,
    pub(crate) lying: Option<Lying>,
}

impl Route {
    /// A route whose handler has a proof.
    pub fn on<P, I, H>(
        site: Site,
        method: Method,
        path: &'static str,
        name: &'static str,
        dialect: Dialect,
        handler: H,
    ) -> Route
    where
        P: Need<I> + Send + 'static,
        I: Input + Send + Sync + 'static,
        H: for<'c> Handler<'c, P, I> + 'static,
    {
        let handler = Arc::new(handler);
        let run: Run = Arc::new(move |raw, cx| {
            let handler = handler.clone();
            Box::pin(async move {
                let input = I::read(&raw);
                let proof = P::obtain(cx, &input).await?;
                handler.call(proof, input?, cx).await
            })
        });
        Route { need: P::INFO, ..Route::new::<I>((site, dialect), (method, path), name, run) }
    }

    /// A route that asks for no bearer token, and why.
    pub fn public<I, H>(
        site: Site,
        method: Method,
        path: &'static str,
        name: &'static str,
        dialect: Dialect,
        why: &'static str,
        handler: H,
    ) -> Route
    where
        I: Input + Send + Sync + 'static,
        H: for<'c> Handler<'c, Public, I> + 'static,
    {
        let handler = Arc::new(handler);
        let run: Run = Arc::new(move |raw, cx| {
            let handler = handler.clone();
            Box::pin(async move { handler.call(Public::new(), I::read(&raw)?, cx).await })
        });
        Route { public: Some(why), ..Route::new::<I>((site, dialect), (method, path), name, run) }
    }

    fn new<I: Input>(
        (site, dialect): (Site, Dialect),
        (method, path): (Method, &'static str),
        name: &'static str,
        run: Run,
    ) -> Route {
        Route {
            method,
            path,
            name,
            site,
            dialect,
            need: NeedInfo::Public,
            input: I::NAME,
            reads: I::reads,
            fields: &[],
            proofs: &[],
            answers: vec![],
            public: None,
            any_origin: false,
            anywhere: false,
            run,
            ahead: None,
            lying: None,
        }
    }

    /// What its query or its form may say, list after list, for `openapi.json`; what else comes is not looked at, or is the caller's own.
    #[must_use]
    pub fn fields(self, fields: &'static [&'static [&'static str]]) -> Route {
        Route { fields, ..self }
    }

    /// How callers prove who they are, for `openapi.json`: one of these. For a route that looks at that itself.
    #[must_use]
    pub fn proofs(self, proofs: &'static [Proof]) -> Route {
        Route { proofs, ..self }
    }

    /// How a request that succeeds is answered; said again, that it may also be answered so.
    #[must_use]
    pub fn answers(mut self, answers: Answers) -> Route {
        self.answers.push(answers);
        self
    }

    /// A document that lies ready where it is known already: then nothing else of the request is looked at.
    #[must_use]
    pub fn lying(self, lying: Lying) -> Route {
        Route { lying: Some(lying), ..self }
    }

    /// The same for scripts of any site: an application that runs in the browser reads the answers (RFC 9700 section 2.6). What counts there
    /// is what the script sends along, a token or the secret of a code, and never a cookie.
    #[must_use]
    pub fn from_any_origin(self) -> Route {
        Route { any_origin: true, ..self }
    }

    /// The same also under the host of a zone that is not there: nothing in it is of a zone.
    #[must_use]
    pub fn anywhere(self) -> Route {
        Route { anywhere: true, ..self }
    }

    /// As a line of `routes.txt`, with what a request costs.
    pub fn line(&self, statements: &str) -> String {
        let site = match self.site {
            Site::Api => "api",
            Site::Uaa => "uaa",
        };
        let need = match self.public {
            Some(why) => format!("public: {why}"),
            None => self.need.to_string(),
        };
        let origin = if self.any_origin { "; scripts of any site" } else { "" };
        format!(
            "{site} {:6} {:52} {:28} {:6} {:6} {statements:>6}  {need}{origin}",
            self.method.as_str(),
            self.path,
            self.name,
            self.dialect.name(),
            self.input
        )
    }
}
