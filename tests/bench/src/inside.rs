//! The product inside this process, to see what its database is asked.

use crate::Outcome;
use crate::ask::Ask;
use crate::load::Said;
use axum::body::Body;
use http_body_util::BodyExt as _;
use platform_server::bootstrap::bootstrap;
use platform_server::compose::{Hall, Plan, Served};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use tower::ServiceExt as _;
use uaa_model::{SystemClock, SystemRng};
use uaa_plugin::Handled;

/// An installation of its own on an embedded database.
pub(crate) struct Inside {
    hall: Hall,
    served: Served,
    secret: String,
    password: String,
    _data: tempfile::TempDir,
}

/// What one request asks of the database, once everything is warm.
pub(crate) struct Cost {
    /// Statements of the request.
    pub(crate) statements: u32,
    /// Whether the same request is answered when there is no database any more.
    pub(crate) without: bool,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let without = if self.without { "answers" } else { "does not answer" };
        write!(f, "{} statements; {without} with the database closed", self.statements)
    }
}

impl Inside {
    pub(crate) async fn open() -> Outcome<Inside> {
        let data = tempfile::tempdir()?;
        let plan = Plan::embedded(data.path().to_owned(), "http://127.0.0.1");
        let hall = Hall::open(plan, Arc::new(SystemClock), Arc::new(SystemRng)).await.map_err(fault)?;
        let first = bootstrap(&hall, data.path()).await.map_err(fault)?;
        let first = first.ok_or("not a first start")?;
        let (secret, password) = (first.client.expose().to_owned(), first.user.expose().to_owned());
        let served = hall.assemble(false).await.map_err(fault)?;
        hall.access.follow().await.map_err(fault)?;
        Ok(Inside { hall, served, secret, password, _data: data })
    }

    /// The secret of the client `admin`.
    pub(crate) fn client_secret(&self) -> &str {
        &self.secret
    }

    /// The password of the user `admin`.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    pub(crate) async fn token(&self) -> Outcome<String> {
        let said = self.ask(&self.client_credentials()).await?;
        Ok(said.1["access_token"].as_str().ok_or("no token")?.to_owned())
    }

    fn client_credentials(&self) -> Ask {
        Ask::form("/uaa/oauth/token", "grant_type=client_credentials").basic("admin", &self.secret)
    }

    pub(crate) async fn cost_of_token(self) -> Outcome<Cost> {
        let ask = self.client_credentials();
        self.cost(&ask).await
    }

    /// Asks twice, so that what can be remembered is, and then once more without a database.
    pub(crate) async fn cost(self, ask: &Ask) -> Outcome<Cost> {
        self.ask(ask).await?;
        self.hall.access.follow().await.map_err(fault)?;
        let statements = self.ask(ask).await?.0;
        self.hall.access.db().close().await;
        let without = self.ask(ask).await.is_ok();
        Ok(Cost { statements, without })
    }

    /// Statements and body of a good answer.
    async fn ask(&self, ask: &Ask) -> Outcome<(u32, Value)> {
        let (statements, said) = self.say(ask).await?;
        match said.status {
            200..300 => Ok((statements, said.body)),
            status => Err(format!("{} {}: {status}", ask.method, ask.path).into()),
        }
    }

    /// Statements and the answer, whatever it is.
    pub(crate) async fn say(&self, ask: &Ask) -> Outcome<(u32, Said)> {
        let (router, path) = match ask.path.strip_prefix("/uaa") {
            Some(path) => (&self.served.uaa, path),
            None => (&self.served.api, ask.path.as_str()),
        };
        let mut request = axum::http::Request::builder().method(ask.method).uri(path);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let response = router.clone().oneshot(request.body(Body::from(ask.body.clone()))?).await?;
        let statements = response.extensions().get::<Handled>().map_or(0, |h| h.statements);
        let status = response.status().as_u16();
        let value = |v: &axum::http::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(n, v)| (n.as_str().to_owned(), value(v))).collect();
        let body = response.into_body().collect().await?.to_bytes();
        let said = Said {
            status,
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
            text: String::from_utf8_lossy(&body).into_owned(),
            headers,
        };
        Ok((statements, said))
    }
}

/// A fault as something to print.
pub(crate) fn fault(fault: uaa_model::Fault) -> String {
    format!("{fault:?}")
}
