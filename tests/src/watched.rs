//! The product inside the test's own process, where browsers reach it, and what each of their requests cost.

use crate::inside::Inside;
use crate::said::{Said, ask_with, token_with};
use axum::body::Body;
use axum::http::uri::PathAndQuery;
use axum::http::{Request, Response};
use platform_server::compose::Plan;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use uaa_plugin::{Handled, Links, Site};

/// One on a free port of this machine. It ends with this.
pub struct Watched {
    /// The installation.
    pub inside: Arc<Inside>,
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    _serving: JoinSet<()>,
}

/// A request that was answered.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The route's name.
    pub route: &'static str,
    /// HTTP status.
    pub status: u16,
    /// How many statements the request ran.
    pub statements: u32,
}

impl Watched {
    /// Opens one, which is reached by a name, as browsers want for passkeys.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn open(configured: impl FnOnce(Plan) -> Plan) -> Watched {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let inside = Inside::open_as(|plan| {
            let api = format!("http://localhost:{port}");
            let uaa: Arc<str> = format!("{api}/uaa").into();
            configured(Plan { links: Links { api: api.into(), login: uaa.clone(), uaa }, ..plan })
        });
        let (inside, seen) = (Arc::new(inside.await), Arc::<Mutex<Vec<Seen>>>::default());
        let (answering, written) = (inside.clone(), seen.clone());
        let router = axum::Router::new().fallback(move |request: Request<Body>| {
            let (inside, seen) = (answering.clone(), written.clone());
            async move { answer(&inside, &seen, request).await }
        });
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Watched { inside, port, seen, _serving: serving }
    }

    /// Where the Cloud Controller answers.
    pub fn api(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Where UAA answers.
    pub fn uaa(&self) -> String {
        format!("{}/uaa", self.api())
    }

    /// The requests since this was asked last.
    ///
    /// # Panics
    /// When a request has.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().expect("nobody panicked"))
    }

    /// Asks the token endpoint as a client, with further form fields.
    pub async fn token(&self, client: &str, secret: &str, form: &[(&str, &str)]) -> Said {
        token_with(&reqwest::Client::new(), &self.uaa(), (client, secret), form).await
    }

    /// A request to UAA with a bearer token and maybe a JSON body.
    pub async fn ask(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Said {
        ask_with(&reqwest::Client::new(), token, method, &format!("{}{path}", self.uaa()), body).await
    }
}

async fn answer(inside: &Inside, seen: &Mutex<Vec<Seen>>, mut request: Request<Body>) -> Response<Body> {
    let whole = request.uri().path_and_query().map_or("/", PathAndQuery::as_str).to_owned();
    let (site, path) =
        match whole.strip_prefix("/uaa").filter(|rest| !rest.starts_with(char::is_alphanumeric)) {
            Some(rest) if rest.starts_with('/') => (Site::Uaa, rest.to_owned()),
            Some(rest) => (Site::Uaa, format!("/{rest}")),
            None => (Site::Api, whole),
        };
    *request.uri_mut() = path.parse().expect("a path");
    let response = inside.answer("", site, request).await;
    let Handled { route, statements } =
        response.extensions().get::<Handled>().copied().unwrap_or(Handled { route: "", statements: 0 });
    let status = response.status().as_u16();
    seen.lock().expect("nobody panicked").push(Seen { route, status, statements });
    response
}
