//! `revoke`: how long from taking a role, a user's tokens or one token away to being denied, and never a yes after the
//! taking away was acknowledged.

use crate::ask::Ask;
use crate::load::{Connection, must};
use crate::measure::{millis, number};
use crate::report::Line;
use crate::server::{Server, password_grant, token};
use crate::{Outcome, Setting};
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    let server = Server::fresh(&[]).await?;
    let (admin, client) = (server.admin_token().await?, server.client_token().await?);
    let turns = setting.rounds * 20;
    let user = server.person(&client, "somebody", "bench-password").await?;
    let made = Ask::post("/v3/organizations", &json!({"name": "bench"})).bearer(&admin);
    let organization = text(&must(server.at, &made).await?.body["guid"])?;
    let login = password_grant("somebody", "bench-password");

    let mut role = History::new("a role")?;
    let new = json!({"type": "organization_user", "relationships": {"user": {"data": {"guid": user}},
        "organization": {"data": {"guid": organization}}}});
    let mine = token(server.at, &login).await?;
    for _ in 0..turns {
        let given = must(server.at, &Ask::post("/v3/roles", &new).bearer(&admin)).await?;
        let role_id = text(&given.body["guid"])?;
        let probe = Ask::get(format!("/v3/organizations/{organization}")).bearer(&mine);
        let take = Ask::delete(format!("/v3/roles/{role_id}")).bearer(&admin);
        role.turn(&server, &probe, allowed, &take).await?;
    }
    let mut tokens = History::new("all tokens of a user")?;
    for _ in 0..turns.min(40) {
        let probe = Ask::get("/v3/organizations").bearer(&token(server.at, &login).await?);
        let take = Ask::get(format!("/uaa/oauth/token/revoke/user/{user}")).bearer(&client);
        tokens.turn(&server, &probe, allowed, &take).await?;
    }
    let mut one = History::new("one opaque token")?;
    for _ in 0..turns {
        let wanted = Ask::form("/uaa/oauth/token", "grant_type=client_credentials&token_format=opaque");
        let opaque = token(server.at, &wanted.basic("admin", &server.client_secret()?)).await?;
        let probe = Ask::form("/uaa/introspect", format!("token={opaque}")).bearer(&client);
        let take = Ask::delete(format!("/uaa/oauth/token/revoke/{opaque}")).bearer(&opaque);
        one.turn(&server, &probe, |_, body| body["active"] == true, &take).await?;
    }
    Ok(vec![role.line(), tokens.line(), one.line()])
}

fn allowed(status: u16, _: &Value) -> bool {
    (200..300).contains(&status)
}

fn text(value: &Value) -> Outcome<String> {
    Ok(value.as_str().ok_or("not a text")?.to_owned())
}

/// One answer to the probe.
#[derive(Clone, Copy)]
struct Seen {
    asked: Instant,
    answered: Instant,
    allowed: bool,
}

/// What was seen over many turns.
struct History {
    what: &'static str,
    denied_after: Histogram<u64>,
    probes: usize,
    wrong: usize,
}

impl History {
    fn new(what: &'static str) -> Outcome<History> {
        let denied_after = Histogram::new_with_bounds(1, 600_000_000_000, 3)?;
        Ok(History { what, denied_after, probes: 0, wrong: 0 })
    }

    /// Probes without pause on some connections, takes away, and looks at what the probes saw.
    async fn turn(
        &mut self,
        server: &Server,
        probe: &Ask,
        allows: fn(u16, &Value) -> bool,
        take: &Ask,
    ) -> Outcome<()> {
        let (seen, stop) = (Rc::new(RefCell::new(Vec::<Seen>::new())), Rc::new(Cell::new(false)));
        let mut probing = vec![];
        for _ in 0..PROBES {
            let mut connection = Connection::open(server.at).await?;
            let (seen, stop, probe) = (seen.clone(), stop.clone(), probe.clone());
            probing.push(tokio::task::spawn_local(async move {
                while !stop.get() {
                    let asked = Instant::now();
                    let said = connection.ask(&probe).await.map_err(|e| e.to_string())?;
                    let allowed = allows(said.status, &said.body);
                    seen.borrow_mut().push(Seen { asked, answered: Instant::now(), allowed });
                }
                Ok::<(), String>(())
            }));
        }
        let answers = |good: bool, after: Option<Instant>| {
            let seen = seen.borrow();
            seen.iter().filter(|s| s.allowed == good && after.is_none_or(|t| s.asked > t)).count()
        };
        until(|| answers(true, None) >= 2 * PROBES, "the probe is not allowed to begin with").await?;
        let began = Instant::now();
        must(server.at, take).await?;
        let acknowledged = Instant::now();
        until(|| answers(false, Some(acknowledged)) >= 2 * PROBES, "it is never denied").await?;
        stop.set(true);
        for task in probing {
            task.await??;
        }
        let seen = seen.borrow();
        // From here on everything is denied: the last yes bounds the time from above.
        let last = seen.iter().filter(|s| s.allowed).map(|s| s.answered).max().unwrap_or(began);
        let after = last.max(began) - began;
        self.denied_after.saturating_record(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX).max(1));
        self.probes += seen.len();
        self.wrong += seen.iter().filter(|s| s.allowed && s.asked > acknowledged).count();
        Ok(())
    }

    fn line(&self) -> Line {
        let at = |q| {
            let nanos = self.denied_after.value_at_quantile(q);
            number(millis(Duration::from_nanos(nanos)))
        };
        let (p50, p99) = (at(0.5), at(0.99));
        let turns = self.denied_after.len();
        let figure = format!(
            "last yes p50 {p50} ms, p99 {p99} ms after the request to revoke; {turns} turns, {} probes",
            self.probes
        );
        let wrong = format!("{} yes to questions asked after it was acknowledged", self.wrong);
        Line::new(format!("revoking {}", self.what), figure).beside(wrong).target("p99 < 100 ms; none")
    }
}

/// Lets the probes go on until that holds.
async fn until(holds: impl Fn() -> bool, otherwise: &'static str) -> Outcome<()> {
    let begin = Instant::now();
    while !holds() {
        if begin.elapsed() > PATIENCE {
            return Err(otherwise.into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(10);
const PROBES: usize = 4;
