//! The whole product inside the test's own process: for what must look at its parts, as the sweep does.

use crate::contract::{Answered, Contract};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Request, Response, header};
use platform_server::bootstrap::bootstrap;
use platform_server::compose::{Hall, Plan, Served};
use platform_server::fetch::{Networks, this_machine};
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt as _;
use uaa_authz::{Actor, Duty};
use uaa_model::{Clock, SystemClock, SystemRng, TestClock};
use uaa_plugin::{Caller, Handled, Site};
use uaa_store::{Tx, Want};

/// An installation on its embedded database, with a clock that the test moves.
pub struct Inside {
    /// The parts.
    pub hall: Hall,
    /// The routes.
    pub served: Served,
    /// The time.
    pub clock: Arc<TestClock>,
    /// What the routes declare: every answer that succeeds is held against it.
    pub contract: Contract,
    data: tempfile::TempDir,
}

/// What a request came back with.
#[derive(Debug)]
pub struct Heard {
    /// HTTP status.
    pub status: u16,
    /// The body, `null` when it is no JSON.
    pub body: Value,
    /// The body as it is.
    pub text: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// How many statements the request ran.
    pub statements: u32,
}

impl Inside {
    /// Opens one. `rehearse`: whatever a request does is taken back at its end.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn open(rehearse: bool) -> Inside {
        Inside::on(tempfile::tempdir().expect("a temporary directory"), rehearse, |plan| plan).await
    }

    /// Opens one that is configured in another way.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn open_as(configured: impl FnOnce(Plan) -> Plan) -> Inside {
        Inside::on(tempfile::tempdir().expect("a temporary directory"), false, configured).await
    }

    /// Ends it, as a process ends, and opens it again on the same data.
    pub async fn reopen(self) -> Inside {
        self.hall.access.db().close().await;
        Inside::on(self.data, false, |plan| plan).await
    }

    async fn on(data: tempfile::TempDir, rehearse: bool, configured: impl FnOnce(Plan) -> Plan) -> Inside {
        let clock = TestClock::at(SystemClock.now());
        let mut plan = Plan::embedded(data.path().to_owned(), "http://hallmark.test");
        plan.networks = Networks::with(&this_machine());
        let plan = configured(plan);
        let hall = Hall::open(plan, clock.clone(), Arc::new(SystemRng)).await.expect("it opens");
        bootstrap(&hall, data.path()).await.expect("the first start");
        let served = hall.assemble(rehearse).await.expect("it fits together");
        let contract = Contract::of(&served.routes);
        Inside { hall, served, clock, contract, data }
    }

    /// The form by which the administrator signs in.
    ///
    /// # Panics
    /// When the first start wrote no password.
    pub fn login(&self, name: &str) -> String {
        let file = self.data.path().join(format!("{name}-password"));
        let password = std::fs::read_to_string(file).expect("the first start wrote it");
        format!("grant_type=password&username={name}&password={}", password.trim())
    }

    /// Its data directory.
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// A transaction of the product itself, in that zone, that may do anything.
    pub fn begin(&self, zone: uuid::Uuid) -> Tx {
        let actor = Actor::system(self.hall.access.registry(), Duty::Bootstrap, zone);
        self.hall.access.begin(Arc::new(actor), zone, Want::Write, "test", "test".into())
    }

    /// A request with a bearer token and maybe a JSON body.
    ///
    /// # Panics
    /// When the request cannot be written.
    pub async fn ask(
        &self,
        site: Site,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Heard {
        // SCIM changes nothing without a version; elsewhere it means nothing.
        let mut request = Request::builder().method(method).uri(path).header(header::IF_MATCH, "0");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("bearer {token}"));
        }
        let body = body.map_or_else(Body::empty, |b| Body::from(b.to_string()));
        self.send(site, request.body(body).expect("a request")).await
    }

    /// A request to UAA at the host of a zone's subdomain, with these headers.
    ///
    /// # Panics
    /// When the request cannot be written.
    pub async fn ask_zone(
        &self,
        subdomain: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> Heard {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        self.send_to(subdomain, Site::Uaa, request).await
    }

    /// A token, asked for as a client does.
    ///
    /// # Panics
    /// When there is none.
    pub async fn token(&self, client: &str, secret: &str, form: &str) -> String {
        let heard = self.answer_to(client, secret, form).await;
        let token = heard.body["access_token"].as_str();
        token.unwrap_or_else(|| panic!("{client} {form}: {heard:?}")).to_owned()
    }

    /// What the token endpoint answers to a client.
    ///
    /// # Panics
    /// When the request cannot be written.
    pub async fn answer_to(&self, client: &str, secret: &str, form: &str) -> Heard {
        let basic =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{client}:{secret}"));
        let request = Request::builder()
            .method("POST")
            .uri("/oauth/token")
            .header(header::AUTHORIZATION, format!("Basic {basic}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.send(Site::Uaa, request.expect("a request")).await
    }

    /// A form from somebody without a header that says who.
    ///
    /// # Panics
    /// When the request cannot be written.
    pub async fn form(&self, path: &str, form: &str) -> Heard {
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.send(Site::Uaa, request.expect("a request")).await
    }

    async fn send(&self, site: Site, request: Request<Body>) -> Heard {
        self.send_to("", site, request).await
    }

    /// What the site answers under the host of a zone's subdomain.
    ///
    /// # Panics
    /// When a service does, which answers whatever happens.
    pub async fn answer(&self, subdomain: &str, site: Site, mut request: Request<Body>) -> Response<Body> {
        let router: Router = match site {
            Site::Api => self.served.api.clone(),
            Site::Uaa => self.served.uaa.clone(),
        };
        request.extensions_mut().insert(Caller {
            request: "test".into(),
            address: "127.0.0.1".into(),
            subdomain: subdomain.into(),
            ..Caller::default()
        });
        router.oneshot(request).await.expect("it answers")
    }

    async fn send_to(&self, subdomain: &str, site: Site, request: Request<Body>) -> Heard {
        let response = self.answer(subdomain, site, request).await;
        let status = response.status().as_u16();
        let handled = response.extensions().get::<Handled>().copied();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
        if let Some(Handled { route, .. }) = handled.filter(|_| status < 400) {
            let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let headers = parts.headers.keys().map(HeaderName::as_str).collect();
            self.contract.hold(route, &Answered { status, media, headers: &headers, body: &body });
        }
        let statements = handled.map_or(0, |handled| handled.statements);
        let text = String::from_utf8_lossy(&body).into_owned();
        let (headers, body) = (parts.headers, serde_json::from_slice(&body).unwrap_or(Value::Null));
        Heard { status, statements, body, headers, text }
    }
}
