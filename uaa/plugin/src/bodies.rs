//! Bodies of requests on their way in. Whoever sends one slowly holds what has come of it, so both the time and the memory of all of them
//! together are bounded, and what one address may have of it.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::timeout;
use uaa_model::{Fault, Reply};

/// How much is read, and for how long.
#[derive(Debug)]
pub struct Bodies {
    limit: usize,
    still: Duration,
    /// Bytes that come in a second over a bad line.
    a_second: usize,
    held: Mutex<Held>,
}

/// Bytes of bodies that have not come whole.
#[derive(Debug, Default)]
struct Held {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

impl Bodies {
    /// Reads bodies up to that many bytes, each as a whole in `still` and a second more for each 16 KiB that it may have.
    pub fn new(limit: usize, still: Duration) -> Bodies {
        Bodies { limit, still, a_second: A_SECOND, held: Mutex::default() }
    }

    /// A whole body, for a route that is open to `anybody`, or to somebody who has shown who they are.
    pub(crate) async fn read(
        &self,
        body: Body,
        headers: &HeaderMap,
        anybody: bool,
        address: &str,
    ) -> Reply<Bytes> {
        let limit = if anybody { self.limit.min(FORM) } else { self.limit };
        let declared =
            headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|n| n > limit) {
            return Err(Fault::TooLarge);
        }
        let seconds = u64::try_from(limit / self.a_second).unwrap_or(u64::MAX);
        let whole = timeout(self.still + Duration::from_secs(seconds), self.whole(body, limit, address));
        whole.await.unwrap_or_else(|_| Err(Fault::Parse("the request body took too long".into())))
    }

    async fn whole(&self, mut body: Body, limit: usize, address: &str) -> Reply<Bytes> {
        let early = || Fault::Parse("the request body ended early".into());
        let mut share = Share { bodies: self, address: paced(address), bytes: 0 };
        let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| early())?.into_data() else { continue };
            if first.len() + rest.len() + data.len() > limit {
                return Err(Fault::TooLarge);
            }
            // Most come in one piece, which is nothing to keep.
            if first.is_empty() && rest.is_empty() && axum::body::HttpBody::is_end_stream(&body) {
                first = data;
                continue;
            }
            share.take(data.len() + first.len())?;
            // Copied: a piece of one byte would hold the whole buffer that it was read into.
            rest.extend_from_slice(&std::mem::take(&mut first));
            rest.extend_from_slice(&data);
        }
        Ok(if rest.is_empty() { first } else { rest.freeze() })
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one body has of the memory, given back at its end.
struct Share<'a> {
    bodies: &'a Bodies,
    address: Option<IpAddr>,
    bytes: usize,
}

impl Share<'_> {
    fn take(&mut self, bytes: usize) -> Reply<()> {
        let limit = self.bodies.limit;
        let (all, of_one) = (ALL.max(limit.saturating_mul(4)), OF_ONE.max(limit));
        let mut held = self.bodies.lock();
        let mine = self.address.and_then(|address| held.of.get(&address).copied()).unwrap_or_default();
        if held.all + bytes > all || (self.address.is_some() && mine + bytes > of_one) {
            return Err(Fault::TooMany(1));
        }
        held.all += bytes;
        if let Some(address) = self.address {
            *held.of.entry(address).or_default() += bytes;
        }
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        let mut held = self.bodies.lock();
        held.all = held.all.saturating_sub(self.bytes);
        let Some(address) = self.address else { return };
        if let Some(mine) = held.of.get_mut(&address) {
            *mine = mine.saturating_sub(self.bytes);
            if *mine == 0 {
                held.of.remove(&address);
            }
        }
    }
}

/// Behind a local proxy that vouches for nobody, everybody comes from the machine itself.
fn paced(address: &str) -> Option<IpAddr> {
    address.parse::<IpAddr>().ok().filter(|address| !address.to_canonical().is_loopback())
}

/// Bytes of a body where anybody may ask: forms, and tokens in them.
const FORM: usize = 64 * 1024;
const A_SECOND: usize = 16 * 1024;
/// Bytes of all bodies that have not come whole, where bodies are not allowed to be so large that four would not fit.
const ALL: usize = 256 * 1024 * 1024;
/// Of these from one address.
const OF_ONE: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};
    use std::io;

    /// A body that comes in pieces, and then no further.
    fn slow(pieces: usize, bytes: usize, goes_on: bool) -> Body {
        let some = stream::iter((0..pieces).map(move |_| io::Result::Ok(Bytes::from(vec![b'x'; bytes]))));
        match goes_on {
            true => Body::from_stream(some.chain(stream::pending())),
            false => Body::from_stream(some),
        }
    }

    #[tokio::test]
    async fn a_body_is_whole_in_time_and_within_bounds() {
        let bodies = Bodies { a_second: usize::MAX, ..Bodies::new(1 << 20, Duration::from_millis(200)) };
        let read = async |body, anybody| bodies.read(body, &HeaderMap::new(), anybody, "192.0.2.1").await;
        assert_eq!(read(Body::from("a=b"), true).await.unwrap(), "a=b");
        assert_eq!(read(slow(64, 1024, false), true).await.unwrap().len(), FORM);
        assert!(matches!(read(slow(65, 1024, false), true).await, Err(Fault::TooLarge)));
        assert_eq!(read(slow(65, 1024, false), false).await.unwrap().len(), 65 * 1024);
        assert!(matches!(read(Body::from(vec![0; FORM + 1]), true).await, Err(Fault::TooLarge)));
        assert!(matches!(read(slow(1, 1, true), true).await, Err(Fault::Parse(_))));
        // One byte now and then is no progress.
        let trickle = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(150)).await;
            Some((io::Result::Ok(Bytes::from_static(b"x")), ()))
        });
        assert!(matches!(read(Body::from_stream(trickle), true).await, Err(Fault::Parse(_))));
        assert_eq!(bodies.lock().all, 0);
    }

    #[tokio::test]
    async fn one_address_holds_its_share_and_all_together_no_more_than_all() {
        let bodies = Bodies::new(1 << 20, Duration::from_secs(30));
        let headers = HeaderMap::new();
        let mut open = vec![];
        let mut begin = async |address: &'static str| {
            let mut one = Box::pin(bodies.read(slow(15, 1 << 16, true), &headers, false, address));
            let answered = timeout(Duration::from_millis(1), &mut one).await;
            open.push(one);
            answered.is_ok_and(|answer| matches!(answer, Err(Fault::TooMany(_))))
        };
        let mut refused = 0;
        for _ in 0..30 {
            refused += usize::from(begin("192.0.2.1").await);
        }
        assert_eq!(refused, 13, "17 of 15 times 64 KiB are within 16 MiB");
        assert!(!begin("192.0.2.2").await, "of another address");
        for _ in 0..10 {
            assert!(!begin("127.0.0.1").await, "behind a proxy that vouches for nobody");
        }
        drop(open);
        assert!(bodies.lock().all == 0 && bodies.lock().of.is_empty(), "it is given back");
    }
}
