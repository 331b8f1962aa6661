//! The load: some connections, each of which asks again as soon as it has its answer.
//!
//! Written by hand over a socket, for it shares the machine with the server: what it costs is missing there.

use crate::Outcome;
use crate::ask::Ask;
use hdrhistogram::Histogram;
use serde_json::Value;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    /// The body, where it is JSON.
    pub(crate) body: Value,
    pub(crate) text: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
}

impl Said {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl Connection {
    pub(crate) async fn open(to: SocketAddr) -> Outcome<Connection> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads its answer to the end. Returns the status; head and body stay in the buffer.
    async fn exchange(&mut self, request: &[u8]) -> Outcome<(u16, usize)> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            let mut headers = [httparse::EMPTY_HEADER; 48];
            let mut head = httparse::Response::new(&mut headers);
            let httparse::Status::Complete(start) = head.parse(&self.buffer)? else { continue };
            let length = head.headers.iter().find(|h| h.name.eq_ignore_ascii_case("content-length"));
            let length: usize = match length {
                Some(header) => std::str::from_utf8(header.value)?.parse()?,
                None => 0,
            };
            let status = head.code.unwrap_or_default();
            while self.buffer.len() < start + length {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Err("the server broke off an answer".into());
                }
            }
            return Ok((status, start));
        }
    }

    /// One request, and what came back.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Outcome<Said> {
        let (status, start) = self.exchange(&ask.wire()).await?;
        let body = serde_json::from_slice(&self.buffer[start..]).unwrap_or(Value::Null);
        let text = String::from_utf8_lossy(&self.buffer[start..]).into_owned();
        let head = String::from_utf8_lossy(&self.buffer[..start]).into_owned();
        let headers = head.lines().filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Ok(Said { status, body, text, headers })
    }
}

/// Asks once, on a connection of its own.
pub(crate) async fn ask(to: SocketAddr, ask: &Ask) -> Outcome<Said> {
    Connection::open(to).await?.ask(ask).await
}

/// Asks once and takes nothing but success.
pub(crate) async fn must(to: SocketAddr, wanted: &Ask) -> Outcome<Said> {
    let said = ask(to, wanted).await?;
    match said.status {
        200..300 => Ok(said),
        _ => Err(format!("{} {}: {said:?}", wanted.method, wanted.path).into()),
    }
}

/// What some connections got in some time.
pub(crate) struct Answers {
    /// Good ones.
    pub(crate) good: u64,
    /// Others: refused or wrong.
    pub(crate) other: u64,
    /// Of good ones, in nanoseconds.
    pub(crate) latency: Histogram<u64>,
    pub(crate) during: Duration,
}

impl Answers {
    fn new() -> Outcome<Answers> {
        let latency = Histogram::new_with_bounds(1, 600_000_000_000, 3)?;
        Ok(Answers { good: 0, other: 0, latency, during: Duration::ZERO })
    }

    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "no run answers 2^52 requests")]
        let good = self.good as f64;
        good / self.during.as_secs_f64()
    }

    /// Milliseconds within which that part of the answers came.
    pub(crate) fn within(&self, part: f64) -> f64 {
        Duration::from_nanos(self.latency.value_at_quantile(part)).as_secs_f64() * 1e3
    }

    /// Takes the answers of another round in.
    pub(crate) fn add(&mut self, other: &Answers) {
        self.good += other.good;
        self.other += other.other;
        self.during += other.during;
        // Both have the same bounds.
        let _ = self.latency.add(&other.latency);
    }

    /// The answers of several rounds together.
    pub(crate) fn all(rounds: &[Answers]) -> Outcome<Answers> {
        let mut all = Answers::new()?;
        rounds.iter().for_each(|one| all.add(one));
        Ok(all)
    }
}

/// Makes the n-th request.
pub(crate) type Source = Rc<dyn Fn(u64) -> Arc<[u8]>>;

/// The same request every time.
pub(crate) fn same(ask: &Ask) -> Source {
    let wire = ask.wire();
    Rc::new(move |_| wire.clone())
}

/// So many connections ask for that long, each one thing after the other. Fails when no answer at all was good.
pub(crate) async fn load(
    to: SocketAddr,
    connections: usize,
    during: Duration,
    source: &Source,
) -> Outcome<Answers> {
    let all = Rc::new(RefCell::new(Answers::new()?));
    let next = Rc::new(RefCell::new(0u64));
    let mut open = vec![];
    for _ in 0..connections {
        open.push(Connection::open(to).await?);
    }
    let begin = Instant::now();
    let tasks: Vec<_> = open
        .into_iter()
        .map(|mut connection| {
            let (all, next, source) = (all.clone(), next.clone(), source.clone());
            tokio::task::spawn_local(async move {
                while begin.elapsed() < during {
                    let n = next.replace_with(|n| *n + 1);
                    let request = source(n);
                    let sent = Instant::now();
                    let status = connection.exchange(&request).await.map_err(|e| e.to_string())?.0;
                    let took = sent.elapsed();
                    let mut all = all.borrow_mut();
                    if (200..300).contains(&status) {
                        all.good += 1;
                        all.latency.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
                    } else {
                        all.other += 1;
                    }
                }
                Ok::<(), String>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let mut answers = std::mem::replace(&mut *all.borrow_mut(), Answers::new()?);
    answers.during = begin.elapsed();
    if answers.good == 0 {
        return Err(format!("not one good answer, {} others", answers.other).into());
    }
    Ok(answers)
}
