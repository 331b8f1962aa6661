//! Figures for Prometheus. Everybody counts with the macros of the crate `metrics`; this keeps and prints.

use crate::config::Cidr;
use crate::failure::Failure;
use http::StatusCode;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The figures of the process. Clones share them.
#[derive(Clone)]
pub struct Figures(Arc<Inner>);

struct Inner {
    recorder: Arc<PrometheusRecorder>,
    handle: PrometheusHandle,
    allow: Vec<Cidr>,
    in_flight: Gauge,
    routes: RwLock<HashMap<&'static str, Arc<Meters>>>,
}

/// The figures of one route, looked up once: a lookup by labels costs more than the counting.
struct Meters {
    classes: [Counter; 5],
    seconds: Histogram,
}

impl Figures {
    /// Keeps figures for those who read from these networks.
    ///
    /// # Errors
    /// None that an operator could cause.
    pub fn new(allow: Vec<Cidr>) -> Result<Self, Failure> {
        let builder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)
            .map_err(|error| Failure::new(format!("figures cannot be kept: {error}")))?;
        let recorder = Arc::new(builder.build_recorder());
        recorder.describe_counter(KeyName::from(REQUESTS), None, "Requests by route and class of status.".into());
        let text = "Time from the request's head to the response's head.";
        recorder.describe_histogram(KeyName::from(SECONDS), Some(Unit::Seconds), text.into());
        recorder.describe_gauge(KeyName::from(IN_FLIGHT), None, "Requests that are being answered.".into());
        let in_flight = recorder.register_gauge(&Key::from_static_name(IN_FLIGHT), &METADATA);
        let handle = recorder.handle();
        Ok(Figures(Arc::new(Inner { recorder, handle, allow, in_flight, routes: RwLock::default() })))
    }

    /// Makes the macros of `metrics` count here, and keeps histograms small even when nobody reads. Once in a process,
    /// inside the runtime.
    ///
    /// # Errors
    /// When something else counts already.
    pub fn install(&self) -> Result<(), Failure> {
        metrics::set_global_recorder(self.0.recorder.clone())
            .map_err(|_| Failure::new("figures were started twice"))?;
        let handle = self.0.handle.clone();
        tokio::spawn(async move {
            let mut turn = tokio::time::interval(UPKEEP);
            loop {
                turn.tick().await;
                handle.run_upkeep();
            }
        });
        Ok(())
    }

    /// Everything in Prometheus' text format.
    pub fn text(&self) -> String {
        self.0.handle.render()
    }

    /// Whether that address may read them.
    pub fn may_read(&self, client: IpAddr) -> bool {
        self.0.allow.iter().any(|network| network.contains(client))
    }

    /// Counts a request. Route names are few and ours; a path would make a figure for each user.
    pub fn count(&self, route: &'static str, status: StatusCode, took: Duration) {
        let meters = self.meters(route);
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        meters.classes[class].increment(1);
        meters.seconds.record(took.as_secs_f64());
    }

    /// Counts as in flight while the work goes on, also when the client hangs up.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        struct Flight<'a>(&'a Gauge);

        impl Drop for Flight<'_> {
            fn drop(&mut self) {
                self.0.decrement(1);
            }
        }

        self.0.in_flight.increment(1);
        let _flight = Flight(&self.0.in_flight);
        work.await
    }

    fn meters(&self, route: &'static str) -> Arc<Meters> {
        let known = self.0.routes.read().unwrap_or_else(PoisonError::into_inner).get(route).cloned();
        known.unwrap_or_else(|| {
            let mut routes = self.0.routes.write().unwrap_or_else(PoisonError::into_inner);
            routes.entry(route).or_insert_with(|| Arc::new(self.register(route))).clone()
        })
    }

    fn register(&self, route: &'static str) -> Meters {
        let label = || Label::from_static_parts("route", route);
        let counter = |class| {
            let labels = vec![label(), Label::from_static_parts("class", class)];
            self.0.recorder.register_counter(&Key::from_parts(REQUESTS, labels), &METADATA)
        };
        let seconds = Key::from_parts(SECONDS, vec![label()]);
        Meters {
            classes: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(counter),
            seconds: self.0.recorder.register_histogram(&seconds, &METADATA),
        }
    }
}

const REQUESTS: &str = "hallmark_requests_total";
const SECONDS: &str = "hallmark_request_seconds";
const IN_FLIGHT: &str = "hallmark_requests_in_flight";
const METADATA: Metadata<'static> = Metadata::new("hallmark", Level::INFO, None);
const UPKEEP: Duration = Duration::from_secs(5);
/// From an answer out of memory to a password hash behind a queue.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_are_counted_by_route_and_class() {
        let figures = Figures::new(vec!["127.0.0.0/8".parse().unwrap()]).unwrap();
        figures.count("space_create", StatusCode::CREATED, Duration::from_millis(3));
        figures.count("space_create", StatusCode::FORBIDDEN, Duration::from_millis(300));
        let text = figures.during(async { figures.text() }).await;
        for line in [
            "hallmark_requests_total{route=\"space_create\",class=\"2xx\"} 1",
            "hallmark_requests_total{route=\"space_create\",class=\"4xx\"} 1",
            "hallmark_request_seconds_bucket{route=\"space_create\",le=\"0.005\"} 1",
            "hallmark_request_seconds_bucket{route=\"space_create\",le=\"+Inf\"} 2",
            "hallmark_requests_in_flight 1",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(figures.text().contains("hallmark_requests_in_flight 0"));
        assert!(figures.may_read("127.0.0.1".parse().unwrap()));
        assert!(!figures.may_read("192.0.2.1".parse().unwrap()));
    }
}
