//! Log lines on standard error, for people or as JSON, each with the id of its request.
//!
//! What is logged of a request is method, path, route, status and time: never its query (codes, tokens), headers
//! (`Authorization`, cookies) or body.

use crate::config::{Log, LogFormat};
use crate::failure::Failure;
use std::io;
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Begins to log. Once in a process.
pub fn start(log: &Log) -> Result<(), Failure> {
    tracing::subscriber::set_global_default(subscriber(log, io::stderr))
        .map_err(|_| Failure::new("logs were started twice"))
}

/// What writes the lines, for tests with a writer of their own.
pub fn subscriber<W>(log: &Log, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(filter(log)).with_writer(writer);
    match log.format {
        LogFormat::Human => Box::new(lines.with_ansi(false).finish()),
        LogFormat::Json => {
            Box::new(lines.json().flatten_event(true).with_current_span(true).with_span_list(false).finish())
        }
    }
}

/// The operator's filter. Libraries that print headers or rows stay quiet unless it names a module inside them.
fn filter(log: &Log) -> EnvFilter {
    let mut filter = EnvFilter::new(log.filter.as_str());
    for directive in QUIET.iter().filter_map(|text| text.parse().ok()) {
        filter = filter.add_directive(directive);
    }
    filter
}

const QUIET: [&str; 9] = [
    "h2=info",
    "hyper=info",
    "hyper_util=info",
    "reqwest=info",
    "rustls=info",
    "sqlx=warn",
    "tokio_rustls=info",
    "tower=info",
    // It calls every odd answer of a browser an error of ours.
    "webauthn_rs_core=off",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, filter: &str, work: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = Log { format, filter: filter.parse().unwrap() };
        tracing::subscriber::with_default(subscriber(&log, move || writer.clone()), work);
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    fn one_request() {
        let span = tracing::info_span!("request", id = "abc-1");
        span.in_scope(|| tracing::warn!(route = "space_create", "slow"));
    }

    #[test]
    fn each_line_has_the_request() {
        let human = written(LogFormat::Human, "info", one_request);
        assert!(human.contains("request{id=\"abc-1\"}") && human.contains("slow"), "{human}");
        let json: serde_json::Value =
            serde_json::from_str(&written(LogFormat::Json, "info", one_request)).unwrap();
        assert_eq!(json["span"]["id"], "abc-1");
        assert_eq!(json["message"], "slow");
        assert_eq!(json["route"], "space_create");
    }

    #[test]
    fn libraries_that_print_headers_stay_quiet() {
        let text = written(LogFormat::Human, "trace", || {
            tracing::trace!(target: "h2::hpack", "authorization: Bearer x");
            tracing::debug!(target: "sqlx::query", "select 'x'");
            tracing::trace!(target: "platform_server", "ours");
        });
        assert!(text.contains("ours"));
        assert!(!text.contains("Bearer"), "{text}");
        assert!(!text.contains("select"), "{text}");
    }
}
