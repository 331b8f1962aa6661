use super::Bounds;
use http::Version;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until};

/// What happens on one connection, as times since it began.
#[derive(Debug)]
pub(super) struct Activity {
    begun: Instant,
    in_flight: AtomicUsize,
    /// Whether a request came through yet.
    used: AtomicBool,
    http2: AtomicBool,
    /// Since when no request runs.
    quiet: AtomicU64,
    /// Since when a head is being read; 0 means none.
    head: AtomicU64,
    /// Since when the client does not read; 0 means that it does.
    blocked: AtomicU64,
}

impl Default for Activity {
    fn default() -> Self {
        Activity {
            begun: Instant::now(),
            in_flight: AtomicUsize::default(),
            used: AtomicBool::default(),
            http2: AtomicBool::default(),
            quiet: AtomicU64::default(),
            head: AtomicU64::default(),
            blocked: AtomicU64::default(),
        }
    }
}

/// A request that runs until this is dropped, with the body of its response.
#[derive(Debug)]
pub(super) struct Flight(Arc<Activity>);

impl Activity {
    /// The head of a request is through.
    pub(super) fn begin(activity: &Arc<Activity>, version: Version) -> Flight {
        activity.in_flight.fetch_add(1, Ordering::Relaxed);
        activity.head.store(0, Ordering::Relaxed);
        activity.used.store(true, Ordering::Relaxed);
        activity.http2.store(version == Version::HTTP_2, Ordering::Relaxed);
        Flight(activity.clone())
    }

    /// Waits until the client has used up its patience, and says how.
    pub(super) async fn overdue(&self, bounds: &Bounds) -> &'static str {
        loop {
            let (deadline, why) = self.deadline(bounds);
            let now = self.now();
            if deadline.is_some_and(|at| at <= now) {
                return why;
            }
            // A head or a stop that begins while this sleeps is seen in time: nothing is due sooner than this.
            let soonest = now + millis(bounds.head.min(bounds.body));
            let next = deadline.map_or(soonest, |at| at.min(soonest));
            sleep_until(self.begun + Duration::from_millis(next)).await;
        }
    }

    fn deadline(&self, bounds: &Bounds) -> (Option<u64>, &'static str) {
        let read = |time: &AtomicU64| time.load(Ordering::Relaxed);
        let (head, blocked) = (read(&self.head), read(&self.blocked));
        if blocked > 0 {
            return (Some(blocked + millis(bounds.body)), "the client does not read");
        }
        if self.in_flight.load(Ordering::Relaxed) > 0 {
            return (None, "");
        }
        if !self.used.load(Ordering::Relaxed) {
            return (Some(millis(bounds.head)), "no request came");
        }
        // Between the requests of HTTP/2 other frames come and go.
        if head > 0 && !self.http2.load(Ordering::Relaxed) {
            return (Some(head + millis(bounds.head)), "a request's head took too long");
        }
        (Some(read(&self.quiet) + millis(bounds.idle)), "no further request came")
    }

    fn heard(&self) {
        if self.in_flight.load(Ordering::Relaxed) == 0 && self.head.load(Ordering::Relaxed) == 0 {
            self.head.store(self.now(), Ordering::Relaxed);
        }
    }

    fn wrote(&self, done: bool) {
        if done {
            self.blocked.store(0, Ordering::Relaxed);
        } else if self.blocked.load(Ordering::Relaxed) == 0 {
            self.blocked.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Milliseconds since the connection began, from 1: 0 means never.
    fn now(&self) -> u64 {
        millis(self.begun.elapsed()).max(1)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.quiet.store(self.0.now(), Ordering::Relaxed);
        self.0.head.store(0, Ordering::Relaxed);
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2)
}

/// A connection that tells its [`Activity`], and that holds its place as long as it is open.
pub(super) struct Guarded<T> {
    stream: T,
    activity: Arc<Activity>,
    _place: OwnedSemaphorePermit,
}

impl<T> Guarded<T> {
    pub(super) fn new(stream: T, activity: Arc<Activity>, place: OwnedSemaphorePermit) -> Self {
        Guarded { stream, activity, _place: place }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Guarded<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.heard();
        }
        polled
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Guarded<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.activity.wrote(polled.is_ready());
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.activity.wrote(polled.is_ready());
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.activity.wrote(polled.is_ready());
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.activity.wrote(polled.is_ready());
        polled
    }
}
