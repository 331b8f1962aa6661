//! The listener: connections in, requests to one service, and a clean end.
//!
//! Every bound on what a client may hold without working for it is here: connections, time for a head, size and number
//! of headers, time without a request, bodies and readers that stand still.

mod activity;
mod drained;
mod patient;
mod shown;
mod tls;

use crate::certificates::ClientCertificates;
use crate::config::{Config, Limits, Tls};
use crate::edge::Peer;
use crate::failure::Failure;
use crate::health::{Health, STARTING};
use crate::stop::{Phase, Stop};
use activity::{Activity, Guarded};
use axum::body::Body;
use drained::Drained;
use futures::future::BoxFuture;
use http::{Request, Response, Version, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use patient::Patient;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::Service;

/// An open port, before it serves anybody.
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    fingerprint: Option<String>,
    certificates: ClientCertificates,
    bounds: Bounds,
}

/// What a client may hold, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For the TLS handshake, and for each head of a request.
    pub head: Duration,
    /// Without progress of a request's body, or of a response that is not read.
    pub body: Duration,
    /// Without a request.
    pub idle: Duration,
    /// Size of a request's head.
    pub head_bytes: usize,
    /// Headers of a request.
    pub head_count: usize,
    /// Connections at a time.
    pub connections: usize,
    /// Requests at a time on one HTTP/2 connection.
    pub streams: u32,
    /// After the signal to stop: still accepting, not ready any more.
    pub linger: Duration,
    /// After that: for the requests that still run.
    pub drain: Duration,
}

impl Bounds {
    /// As configured.
    pub fn new(config: &Config) -> Self {
        let Limits { header_seconds, body_seconds, idle_seconds, header_bytes, .. } = &config.limits;
        Bounds {
            head: header_seconds.duration(),
            body: body_seconds.duration(),
            idle: idle_seconds.duration(),
            head_bytes: header_bytes.size(),
            head_count: config.limits.header_count.size(),
            connections: config.limits.connections.size(),
            streams: u32::try_from(config.limits.streams.get()).unwrap_or(u32::MAX),
            linger: config.listen.linger_seconds.duration(),
            drain: config.listen.drain_seconds.duration(),
        }
    }
}

impl Listener {
    /// Reads the files that [`Listener::bind`] reads, and makes none.
    ///
    /// # Errors
    /// When a file is not what it should be; the text says what to do.
    pub fn check(config: &Config) -> Result<(), Failure> {
        if let Some(files @ Tls::Files { .. }) = &config.listen.tls {
            tls::acceptor(files, config)?;
        }
        ClientCertificates::new(config).map(drop)
    }

    /// Opens the configured port. TLS files are read, or a certificate is made, before.
    ///
    /// # Errors
    /// When the port is taken or not allowed, or a file is not what it should be; the text says what to do.
    pub async fn bind(config: &Config) -> Result<Self, Failure> {
        let (tls, fingerprint) = match &config.listen.tls {
            Some(tls) => tls::acceptor(tls, config).map(|(acceptor, made)| (Some(acceptor), made))?,
            None => (None, None),
        };
        let certificates = ClientCertificates::new(config)?;
        let wanted = config.listen.address.0;
        let refused = |error: io::Error| {
            Failure::new(format!(
                "cannot listen on {wanted}: {error}; choose another address with `--listen`"
            ))
        };
        let tcp = TcpListener::bind(wanted).await.map_err(refused)?;
        let address = tcp.local_addr().map_err(refused)?;
        Ok(Listener { tcp, address, tls, fingerprint, certificates, bounds: Bounds::new(config) })
    }

    /// The address that was bound; with port 0 in the configuration the one that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What reads the certificates of clients.
    pub fn certificates(&self) -> &ClientCertificates {
        &self.certificates
    }

    /// SHA-256 of the certificate, when it was made here.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// Serves until told to stop, then lets requests finish. Ready as soon as it begins, not ready from the signal on.
    ///
    /// Every request carries [`Peer`] in its extensions.
    pub async fn serve<S>(self, service: S, health: &Health, stop: Stop)
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        let (closer, closing) = Stop::by_hand();
        let host = Host {
            builder: builder(&self.bounds),
            tls: self.tls,
            certificates: self.certificates,
            bounds: self.bounds,
            service,
            closing,
        };
        let mut tasks = JoinSet::new();
        health.ready(STARTING);
        {
            let mut accepting = pin!(accept(&self.tcp, &host, &mut tasks));
            tokio::select! {
                () = &mut accepting => {}
                () = stop.draining() => health.not_ready(STARTING, "stopping"),
            }
            tokio::select! {
                () = &mut accepting => {}
                () = stop.at_once() => {}
                () = sleep(self.bounds.linger) => {}
            }
        }
        drop(self.tcp);
        closer.reach(Phase::Draining);
        tracing::info!(connections = tasks.len(), "waiting for requests to finish");
        let all = async { while tasks.join_next().await.is_some() {} };
        let left = tokio::select! {
            () = all => false,
            () = stop.at_once() => true,
            () = sleep(self.bounds.drain) => true,
        };
        if left {
            tracing::warn!(connections = tasks.len(), "cut off what still ran");
            tasks.shutdown().await;
        }
    }
}

/// What each connection needs.
#[derive(Clone)]
struct Host<S> {
    builder: Builder<TokioExecutor>,
    tls: Option<TlsAcceptor>,
    certificates: ClientCertificates,
    bounds: Bounds,
    service: S,
    closing: Stop,
}

/// Takes connections for ever, as many at a time as the bounds allow. Further ones wait in the system's queue.
async fn accept<S>(tcp: &TcpListener, host: &Host<S>, tasks: &mut JoinSet<()>)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let places = Arc::new(Semaphore::new(host.bounds.connections));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let accepted = loop {
            tokio::select! {
                accepted = tcp.accept() => break accepted,
                Some(_) = tasks.join_next() => {}
            }
        };
        match accepted {
            Ok((stream, address)) => drop(tasks.spawn(host.clone().connection(stream, address, place))),
            Err(error) => {
                // Most likely no descriptors are left: at once again would only burn the processor.
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

impl<S> Host<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    async fn connection(self, stream: TcpStream, address: SocketAddr, place: OwnedSemaphorePermit) {
        // Small answers must not wait for an acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let Some(acceptor) = self.tls.clone() else {
            return self.talk(stream, Peer { address, tls: false, certificate: None }, place).await;
        };
        match timeout(self.bounds.head, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => {
                let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
                let certificate = self.certificates.shown(chain);
                self.talk(stream, Peer { address, tls: true, certificate }, place).await;
            }
            Ok(Err(error)) => tracing::debug!(%address, %error, "no TLS"),
            Err(_) => tracing::debug!(%address, "the TLS handshake took too long"),
        }
    }

    async fn talk<T>(self, stream: T, peer: Peer, place: OwnedSemaphorePermit)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (activity, address) = (Arc::new(Activity::default()), peer.address);
        let io = TokioIo::new(Guarded::new(stream, activity.clone(), place));
        let requests =
            Requests { service: self.service, activity: activity.clone(), peer, body: self.bounds.body };
        let mut connection = pin!(self.builder.serve_connection_with_upgrades(io, requests));
        let ended = tokio::select! {
            ended = &mut connection => Some(ended),
            why = activity.overdue(&self.bounds) => {
                tracing::debug!(peer = %address, why, "closed a connection");
                None
            }
            () = self.closing.draining() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = &mut connection => Some(ended),
                    _ = activity.overdue(&self.bounds) => None,
                }
            }
        };
        if let Some(Err(error)) = ended {
            tracing::debug!(peer = %address, error, "a connection failed");
        }
    }
}

/// One connection's requests on their way to the service.
struct Requests<S> {
    service: S,
    activity: Arc<Activity>,
    peer: Peer,
    body: Duration,
}

impl<S> hyper::service::Service<Request<Incoming>> for Requests<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Patient<Body>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let flight = Activity::begin(&self.activity, request.version());
        // A client that waits for `100 Continue` has nothing under way.
        let waits = request.headers().contains_key(header::EXPECT);
        let drains = request.version() <= Version::HTTP_11 && !waits;
        let mut request = request.map(|body| {
            let whole = if drains { Body::new(Drained::new(body)) } else { Body::new(body) };
            Body::new(Patient::reading(whole, self.body))
        });
        request.extensions_mut().insert(self.peer.clone());
        let mut service = self.service.clone();
        Box::pin(async move {
            let ready = std::future::poll_fn(|cx| service.poll_ready(cx)).await;
            let response = match ready {
                Ok(()) => service.call(request).await?,
                Err(never) => match never {},
            };
            Ok(response.map(|body| Patient::holding(body, flight)))
        })
    }
}

fn builder(bounds: &Bounds) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let http1 = &mut builder.http1();
    // The time for a head is watched by `Activity`: hyper's own timer also runs between requests.
    http1.header_read_timeout(None).max_buf_size(bounds.head_bytes);
    if bounds.head_count != HYPER_HEADERS {
        http1.max_headers(bounds.head_count);
    }
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20))
        .max_concurrent_streams(bounds.streams)
        .max_header_list_size(u32::try_from(bounds.head_bytes).unwrap_or(u32::MAX));
    builder
}

/// What hyper allows by itself, without an allocation a request.
const HYPER_HEADERS: usize = 100;

#[cfg(test)]
mod tests;
