//! What others see while the product takes away what has ended: the same load on the same rows, with and without.

use super::filled::{Filled, PEOPLE, person};
use super::{counted, renewal};
use crate::ask::Ask;
use crate::inside::fault;
use crate::load::{Answers, Source, load, same};
use crate::measure::{Figure, millis, number};
use crate::report::Line;
use crate::seed::PASSWORD;
use crate::server::{Server, password_grant};
use crate::sql::Conn;
use crate::{Outcome, Setting, decide};
use serde_json::json;
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};
use uaa_model::{Clock as _, SystemClock};

pub(crate) async fn run(setting: &Setting, filled: &Filled) -> Outcome<Vec<Line>> {
    let each = filled.rows / 10;
    filled.expire(each).await?;
    let with = watch(setting, filled, None).await?;
    let without = watch(setting, filled, Some(with.took)).await?;
    let total = 2.0 * f64::from(each);
    let mut lines = vec![
        batches(filled, each / 20).await?,
        Line::new(
            format!("{} ended sessions and tokens taken away beside the load below", number(total)),
            format!("{}/s, {} s", number(total / with.took.as_secs_f64()), number(with.took.as_secs_f64())),
        ),
    ];
    for ((what, with), (_, without)) in with.seen.iter().zip(&without.seen) {
        lines.push(
            Line::new(format!("{what}, while they are taken away"), show(with))
                .beside(format!("without: {}", show(without)))
                .target("nothing periodic locks"),
        );
    }
    Ok(lines)
}

/// What one turn of the product's upkeep takes when nobody else is there.
async fn batches(filled: &Filled, each: u32) -> Outcome<Line> {
    filled.expire(each).await?;
    let access = decide::open(&filled.url).await?;
    let (mut rows, mut took) = (vec![], vec![]);
    loop {
        let begin = Instant::now();
        let gone = access.upkeep().await.map_err(fault)?;
        if gone == 0 {
            break;
        }
        rows.push(gone as f64);
        took.push(millis(begin.elapsed()));
    }
    access.db().close().await;
    let figure = format!("{} ms for {} rows", Figure::of(took), Figure::of(rows));
    Ok(Line::new("one turn of taking away what has ended, alone", figure))
}

/// What each part of the load saw, and for how long.
struct Watched {
    took: Duration,
    seen: Vec<(&'static str, Answers)>,
}

/// From the start of the server, which begins by taking away what has ended: until there is nothing left of that, or for a time.
async fn watch(setting: &Setting, filled: &Filled, time: Option<Duration>) -> Outcome<Watched> {
    // The turns before this used the first ones; each refresh token is good once.
    let (half, rest) = (filled.rows / 2, filled.rows / 4);
    let tokens = if time.is_none() { half..half + rest } else { half + rest..filled.rows };
    let begin = Instant::now();
    let server = filled.server().await?;
    let over = Rc::new(Cell::new(false));
    let mut tasks = vec![];
    for (what, connections, source) in sources(&server, tokens).await? {
        let (over, at, slice) = (over.clone(), server.at, setting.round);
        tasks.push(tokio::task::spawn_local(async move {
            let mut rounds = vec![];
            while !over.get() || rounds.is_empty() {
                rounds.push(load(at, connections, slice, &source).await.map_err(|e| format!("{what}: {e}"))?);
            }
            Answers::all(&rounds).map(|all| (what, all)).map_err(|e| e.to_string())
        }));
    }
    match time {
        Some(time) => tokio::time::sleep(time.saturating_sub(begin.elapsed())).await,
        None => {
            let mut conn = Conn::open(&filled.url).await?;
            while Filled::has_expired(&mut conn).await? {
                if begin.elapsed() > PATIENCE {
                    return Err("what has ended is not taken away".into());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    let took = begin.elapsed();
    over.set(true);
    let mut seen = vec![];
    for task in tasks {
        let (what, all) = task.await??;
        if all.other > 0 {
            return Err(format!("{what}: {} answers were not good", all.other).into());
        }
        seen.push((what, all));
    }
    Ok(Watched { took, seen })
}

/// Writers of several kinds, with these of the refresh tokens, and one who writes nothing.
async fn sources(server: &Server, tokens: Range<u32>) -> Outcome<[(&'static str, usize, Source); 4]> {
    let (token, run) = (server.admin_token().await?, SystemClock.now());
    let (from, count) = (tokens.start, tokens.end - tokens.start);
    let organization =
        move |n| Ask::post("/v3/organizations", &json!({"name": format!("org-{run}-{n}")})).bearer(&token);
    Ok([
        ("POST /v3/organizations, 4 at a time", 4, counted(u32::MAX, organization)),
        ("refresh", 1, counted(count, move |n| renewal(from + n))),
        ("sign-in by password", 1, counted(PEOPLE, |n| password_grant(&person(n), PASSWORD))),
        ("client_credentials", 1, same(&server.client_credentials()?)),
    ])
}

fn show(answers: &Answers) -> String {
    let [p50, p99, most] = [0.5, 0.99, 1.0].map(|q| number(answers.within(q)));
    format!("{}/s, p50 {p50} ms, p99 {p99} ms, longest {most} ms", number(answers.per_second()))
}

const PATIENCE: Duration = Duration::from_secs(600);
