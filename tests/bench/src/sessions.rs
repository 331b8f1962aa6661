//! `sessions`: 1,000,000 live sessions and as many refresh tokens of 100,000 people. What they take of memory, what a look-up among
//! them costs, and what others see of it when the product takes away the ones that have ended.

mod filled;
mod upkeep;

use crate::ask::Ask;
use crate::flow::{self, At, SECRET, SHOP};
use crate::inside::Inside;
use crate::load::{Answers, Source, load, same};
use crate::measure::number;
use crate::paths::turns;
use crate::report::Line;
use crate::server::Server;
use crate::sql::{Seed, id};
use crate::{Outcome, Setting};
use filled::{EACH, Filled, cookie, refresh};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    // A peer of the same make: what differs between the two is the number of rows.
    let (many, few) = (Filled::open(setting.rows).await?, Filled::open((setting.rows / 100).max(400)).await?);
    let (large, small) = (many.server().await?, few.server().await?);
    let mut lines = vec![idle(setting, [(&large, &many), (&small, &few)]).await?];
    lines.extend(pages(setting, &large, &many).await?);
    lines.extend(refreshes(setting, [(&large, &many), (&small, &few)]).await?);
    lines.push(lists(setting, [(&large, &many), (&small, &few)]).await?);
    drop((large, small));
    lines.extend(front(setting, &many).await?);
    lines.extend(upkeep::run(setting, &many).await?);
    Ok(lines)
}

/// What a server holds that nobody has asked yet.
async fn idle(setting: &Setting, [many, few]: [(&Server, &Filled); 2]) -> Outcome<Line> {
    tokio::time::sleep(Duration::from_secs(2).min(setting.round)).await;
    let [many, few] = [many, few].map(|(server, filled)| (server.own_memory(), f64::from(filled.rows)));
    Ok(Line::new(
        format!("memory, idle, {} live sessions and as many refresh tokens", number(many.1)),
        format!("{} MB", number(many.0?)),
    )
    .beside(format!("{} of each: {} MB", number(few.1), number(few.0?)))
    .target("150 MB"))
}

/// A page for somebody who is signed in: the first time that this process sees the session, and again.
async fn pages(setting: &Setting, server: &Server, filled: &Filled) -> Outcome<Vec<Line>> {
    let (bare, again) = (same(&Ask::get("/healthz")), same(&home(seen(0))));
    let first = counted(filled.rows / 2, |n| home(seen(n)));
    let after_a_minute = counted(filled.rows / 2, |n| home(unseen(n)));
    let peers = [("bare 200", server, &bare), ("", server, &again)];
    let mut lines = turns(setting, "page with a session, again", peers, "").await?;
    let peers = [("the same session again", server, &again), ("", server, &first)];
    lines.extend(turns(setting, "page with a session, its first", peers, "").await?);
    let peers = [("the same session again", server, &again), ("", server, &after_a_minute)];
    lines.extend(turns(setting, "page with a session, its first after a minute", peers, "").await?);
    let (first, again) = statements().await?;
    lines
        .push(Line::new("page with a session, statements", format!("{first} the first time, {again} again")));
    Ok(lines)
}

async fn refreshes(setting: &Setting, [many, few]: [(&Server, &Filled); 2]) -> Outcome<Vec<Line>> {
    let [large, small] = [many.1, few.1].map(|filled| counted(filled.rows, renewal));
    let beside = format!("{} of each", number(f64::from(few.1.rows)));
    let peers = [(beside.as_str(), few.0, &small), ("", many.0, &large)];
    let mut lines = turns(setting, "refresh", peers, "").await?;
    let (_, _, statements) = flow::statements().await?;
    lines.push(Line::new("refresh, statements", format!("{statements}, however many rows there are")));
    Ok(lines)
}

/// Where somebody is signed in.
async fn lists(setting: &Setting, both: [(&Server, &Filled); 2]) -> Outcome<Line> {
    let mut shown = vec![];
    for (server, filled) in both {
        let token = server.client_token().await?;
        let of_user = move |n| {
            let user = id(Seed::User, n);
            Ask::get(format!("/uaa/access/v1/sessions?user={user}")).bearer(&token)
        };
        let source = counted(filled.rows / EACH, of_user);
        load(server.at, 1, setting.round / 4, &source).await?;
        shown.push(quantiles(&load(server.at, 1, setting.round * 2, &source).await?));
    }
    let few = number(f64::from(both[1].1.rows));
    Ok(Line::new(format!("/access/v1/sessions of a user, who has {EACH}"), &*shown[0])
        .beside(format!("{few} of each: {}", shown[1]))
        .target("p99 < 10 ms"))
}

/// What the memory in front of the table holds when more sessions are used than have a place in it.
async fn front(setting: &Setting, filled: &Filled) -> Outcome<Vec<Line>> {
    let server = filled.server().await?;
    let (once, more) = (filled.rows / 10, filled.rows / 5);
    tokio::time::sleep(Duration::from_secs(2).min(setting.round)).await;
    let idle = server.own_memory()?;
    use_each(&server, 0..once).await?;
    let some = server.own_memory()?;
    use_each(&server, once..more).await?;
    let all = server.own_memory()?;
    // They are used again, in an order that no memory that is too small for them can be of use to.
    use_each(&server, 0..more).await?;
    let again = server.own_memory()?;
    let (resident, _) = server.memory()?;
    let mb = |memory: f64| number(memory - idle);
    let (first, newest) = (same(&home(seen(0))), same(&home(seen(more))));
    let peers = [("the first session", &server, &first), ("", &server, &newest)];
    let [once, more] = [once, more].map(|n| number(f64::from(n)));
    let mut lines = vec![
        Line::new(format!("memory for {once} sessions that were used"), format!("{} MB", mb(some)))
            .beside(format!("{more} used: {} MB; each twice: {} MB", mb(all), mb(again)))
            .target("does not grow"),
        Line::new(
            "memory after that",
            format!(
                "{} MB, resident with what is mapped of the database {} MB",
                number(again),
                number(resident)
            ),
        )
        .target("150 MB"),
    ];
    lines.extend(
        turns(setting, "page with a session again, begun when the memory was full", peers, "").await?,
    );
    Ok(lines)
}

/// Uses these of the sessions that need not be written down, once each.
async fn use_each(server: &Server, numbers: std::ops::Range<u32>) -> Outcome<()> {
    let next = Rc::new(Cell::new(numbers.start));
    let mut tasks = vec![];
    for _ in 0..16 {
        let (next, end) = (next.clone(), numbers.end);
        let mut connection = crate::load::Connection::open(server.at).await?;
        tasks.push(tokio::task::spawn_local(async move {
            while next.get() < end {
                let n = next.replace(next.get() + 1);
                let said = connection.ask(&home(seen(n))).await.map_err(|e| e.to_string())?;
                if said.status != 200 {
                    return Err(format!("session {n}: {}", said.status));
                }
            }
            Ok(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(())
}

/// Statements of a page: the first with a session, and the next one.
async fn statements() -> Outcome<(u32, u32)> {
    let inside = Inside::open().await?;
    let password = inside.password().to_owned();
    let mut at = At::Inside(Box::new(inside), 0);
    let page = Ask::get("/uaa/home").with("cookie", flow::sign_in(&mut at, &password).await?);
    let mut counted = [0; 2];
    for statements in &mut counted {
        let said = at.ask(&page).await?;
        if said.status != 200 {
            return Err(format!("no page for a session: {}", said.status).into());
        }
        *statements = at.statements();
    }
    let [first, again] = counted;
    Ok((first, again))
}

/// The n-th of the sessions that count as just used: what uses them writes nothing.
fn seen(n: u32) -> u32 {
    2 * n
}

/// The n-th of those that were last used long ago.
fn unseen(n: u32) -> u32 {
    2 * n + 1
}

/// The page of somebody who is signed in, with the n-th session.
fn home(n: u32) -> Ask {
    Ask::get("/uaa/home").with("cookie", format!("hallmark-session={}", cookie(n)))
}

/// A refresh with the n-th token, which is good once.
fn renewal(n: u32) -> Ask {
    let form = format!("grant_type=refresh_token&refresh_token={}", refresh(n));
    Ask::form("/uaa/oauth/token", form).basic(SHOP, SECRET)
}

/// One after the other, numbered on over all rounds.
fn counted(rows: u32, ask: impl Fn(u32) -> Ask + 'static) -> Source {
    let next = Cell::new(0);
    Rc::new(move |_| {
        let n = next.replace((next.get() + 1) % rows);
        ask(n).wire()
    })
}

fn quantiles(answers: &Answers) -> String {
    let [p50, p99] = [0.5, 0.99].map(|q| number(answers.within(q)));
    format!("p50 {p50} ms, p99 {p99} ms")
}
