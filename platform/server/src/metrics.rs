//! Figures for Prometheus. What a request counts is found by its route's name in a table that never changes, and is a few
//! atomic additions; what the process knows of itself is asked when somebody reads.

use crate::failure::Failure;
use futures::future::BoxFuture;
use http::StatusCode;
use prometheus::{
    Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use uaa_plugin::Handled;

/// The figures of the process. Clones share them.
#[derive(Clone)]
pub struct Figures(Arc<Inner>);

struct Inner {
    registry: Registry,
    routes: HashMap<&'static str, Meters>,
    in_flight: IntGauge,
    gauges: Gauges,
    probe: Probe,
}

/// What the process knows of itself at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vitals {
    /// Seconds since the compiled facts were last found to be up to date.
    pub facts_age: f64,
    /// The revision at which they stand.
    pub revision: i64,
    /// Audit rows that no block holds yet; `None` when the database does not say.
    pub unsealed: Option<i64>,
    /// Connections to the database.
    pub connections: i64,
    /// Those of them that nobody uses.
    pub idle_connections: i64,
    /// Secrets that are being hashed or wait for it.
    pub hashing: i64,
}

/// Asks for the [`Vitals`].
pub type Probe = Box<dyn Fn() -> BoxFuture<'static, Vitals> + Send + Sync>;

/// The name under which requests are counted that no route took.
pub const NO_ROUTE: &str = "none";

/// The figures of one route.
struct Meters {
    classes: [IntCounter; 5],
    seconds: Histogram,
    statements: IntCounter,
}

struct Gauges {
    facts_age: Gauge,
    revision: IntGauge,
    unsealed: IntGauge,
    connections: IntGauge,
    idle_connections: IntGauge,
    hashing: IntGauge,
}

impl Figures {
    /// Counts requests of these routes.
    ///
    /// # Errors
    /// None that an operator could cause: two figures of one name.
    pub fn new(routes: impl IntoIterator<Item = &'static str>, probe: Probe) -> Result<Self, Failure> {
        Figures::built(routes, probe)
            .map_err(|error| Failure::new(format!("figures cannot be kept: {error}")))
    }

    fn built(routes: impl IntoIterator<Item = &'static str>, probe: Probe) -> prometheus::Result<Self> {
        let registry = Registry::new();
        let text = "Requests by route and class of status.";
        let requests = IntCounterVec::new(Opts::new("hallmark_requests_total", text), &["route", "class"])?;
        let text = "Time from the head of the request to the head of the response.";
        let options = HistogramOpts::new("hallmark_request_seconds", text).buckets(BUCKETS.to_vec());
        let seconds = HistogramVec::new(options, &["route"])?;
        let text = "Statements that requests ran in the database.";
        let statements = IntCounterVec::new(Opts::new("hallmark_statements_total", text), &["route"])?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(statements.clone()))?;
        let meters = |route: &'static str| Meters {
            classes: CLASSES.map(|class| requests.with_label_values(&[route, class])),
            seconds: seconds.with_label_values(&[route]),
            statements: statements.with_label_values(&[route]),
        };
        let routes = routes.into_iter().chain([NO_ROUTE]).map(|route| (route, meters(route))).collect();
        let whole = |name: &str, text: &str| -> prometheus::Result<IntGauge> {
            let gauge = IntGauge::new(name, text)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let facts_age = Gauge::new(
            "hallmark_facts_age_seconds",
            "Since the compiled facts were last found to be up to date.",
        )?;
        registry.register(Box::new(facts_age.clone()))?;
        let gauges = Gauges {
            facts_age,
            revision: whole("hallmark_facts_revision", "The revision at which the compiled facts stand.")?,
            unsealed: whole("hallmark_audit_unsealed_rows", "Audit rows that no block holds yet.")?,
            connections: whole("hallmark_database_connections", "Open connections to the database.")?,
            idle_connections: whole(
                "hallmark_database_connections_idle",
                "Open connections that nobody uses.",
            )?,
            hashing: whole("hallmark_hash_queue", "Secrets that are being hashed or wait for it.")?,
        };
        let in_flight = whole("hallmark_requests_in_flight", "Requests that are being answered.")?;
        Ok(Figures(Arc::new(Inner { registry, routes, in_flight, gauges, probe })))
    }

    /// Everything in Prometheus' text format.
    pub async fn text(&self) -> String {
        let vitals = (self.0.probe)().await;
        let gauges = &self.0.gauges;
        gauges.facts_age.set(vitals.facts_age);
        gauges.revision.set(vitals.revision);
        // Better the last figure than a wrong one.
        if let Some(unsealed) = vitals.unsealed {
            gauges.unsealed.set(unsealed);
        }
        gauges.connections.set(vitals.connections);
        gauges.idle_connections.set(vitals.idle_connections);
        gauges.hashing.set(vitals.hashing);
        TextEncoder::new().encode_to_string(&self.0.registry.gather()).unwrap_or_default()
    }

    /// Counts a request. Route names are few and ours; a path would make a figure for each user.
    pub(crate) fn count(&self, handled: Handled, status: StatusCode, took: Duration) {
        let Some(meters) = self.0.routes.get(handled.route).or_else(|| self.0.routes.get(NO_ROUTE)) else {
            return;
        };
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        meters.classes[class].inc();
        meters.seconds.observe(took.as_secs_f64());
        meters.statements.inc_by(handled.statements.into());
    }

    /// Counts a request as in flight until what this gives is dropped, also when the client hangs up.
    pub(crate) fn in_flight(&self) -> InFlight<'_> {
        self.0.in_flight.inc();
        InFlight(&self.0.in_flight)
    }
}

/// A request that is being answered.
pub(crate) struct InFlight<'a>(&'a IntGauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// From an answer out of memory to a password hash behind a queue.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn requests_are_counted_by_route_and_class() {
        let vitals = Vitals { facts_age: 0.2, revision: 7, unsealed: Some(3), ..Vitals::default() };
        let figures =
            Figures::new(["space_create"], Box::new(move || async move { vitals }.boxed())).unwrap();
        let handled = Handled { route: "space_create", statements: 4 };
        figures.count(handled, StatusCode::CREATED, Duration::from_millis(3));
        figures.count(handled, StatusCode::FORBIDDEN, Duration::from_millis(300));
        figures.count(Handled { route: "unheard_of", statements: 0 }, StatusCode::OK, Duration::ZERO);
        let flight = figures.in_flight();
        let text = figures.text().await;
        drop(flight);
        for line in [
            "hallmark_requests_total{class=\"2xx\",route=\"space_create\"} 1",
            "hallmark_requests_total{class=\"4xx\",route=\"space_create\"} 1",
            "hallmark_requests_total{class=\"2xx\",route=\"none\"} 1",
            "hallmark_request_seconds_bucket{route=\"space_create\",le=\"0.005\"} 1",
            "hallmark_request_seconds_bucket{route=\"space_create\",le=\"+Inf\"} 2",
            "hallmark_statements_total{route=\"space_create\"} 8",
            "hallmark_requests_in_flight 1",
            "hallmark_facts_age_seconds 0.2",
            "hallmark_facts_revision 7",
            "hallmark_audit_unsealed_rows 3",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(figures.text().await.contains("hallmark_requests_in_flight 0"));
    }
}
