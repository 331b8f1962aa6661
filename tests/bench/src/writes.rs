//! `writes`: new organizations and spaces, each with its audit rows in one synced transaction.

use crate::ask::Ask;
use crate::load::{Answers, Source, load, must};
use crate::measure::{Figure, number};
use crate::report::Line;
use crate::server::Server;
use crate::{Outcome, Setting};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    let server = Server::fresh(&[]).await?;
    let token = server.admin_token().await?;
    let first = Ask::post("/v3/organizations", &json!({"name": "home"})).bearer(&token);
    let home = must(server.at, &first).await?.body["guid"].clone();
    let organization = |n: u64| json!({"name": format!("org-{n}")});
    let space = move |n: u64| json!({"name": format!("space-{n}"), "relationships": {"organization": {"data": {"guid": home}}}});
    let kinds: [(&str, Source); 2] = [
        ("/v3/organizations", source("/v3/organizations", &token, organization)),
        ("/v3/spaces", source("/v3/spaces", &token, space)),
    ];
    let own = tempfile::tempdir()?;
    let mut raw = Raw::open(own.path()).await?;
    let mut lines = vec![];
    for (path, source) in &kinds {
        for connections in [1, 16] {
            let (mut bare, mut rounds) = (vec![], vec![]);
            for _ in 0..setting.rounds {
                bare.push(raw.per_second(setting.round / 2).await?);
                rounds.push(load(server.at, connections, setting.round / 2, source).await?);
            }
            let (bare, rate) = (Figure::of(bare), Figure::of(rounds.iter().map(Answers::per_second)));
            let all = Answers::all(&rounds)?;
            let [p50, p99] = [0.5, 0.99].map(|q| number(all.within(q)));
            let figure = format!("{rate}/s, p50 {p50} ms, p99 {p99} ms, refused {}", all.other);
            lines.push(
                Line::new(format!("POST {path}, {connections} at a time"), figure)
                    .beside(format!("one row in a synced SQLite transaction: {bare}/s"))
                    .ratio(rate.median / bare.median)
                    .target(if connections == 1 { "p50 < 5 ms" } else { "" }),
            );
        }
    }
    Ok(lines)
}

/// The n-th new one, numbered on over all rounds.
fn source(path: &'static str, token: &str, body: impl Fn(u64) -> Value + 'static) -> Source {
    let (token, next) = (token.to_owned(), Cell::new(0));
    Rc::new(move |_| {
        next.set(next.get() + 1);
        Ask::post(path, &body(next.get())).bearer(&token).wire()
    })
}

/// SQLite alone, opened as the product opens it.
struct Raw(SqliteConnection);

impl Raw {
    async fn open(dir: &std::path::Path) -> Outcome<Raw> {
        let options = SqliteConnectOptions::new()
            .filename(dir.join("raw.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut conn = options.connect().await?;
        conn.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL)").await?;
        Ok(Raw(conn))
    }

    async fn per_second(&mut self, during: Duration) -> Outcome<f64> {
        let (begin, mut n) = (Instant::now(), 0u32);
        while begin.elapsed() < during {
            let mut tx = self.0.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query("INSERT INTO t (text) VALUES (?)").bind("x".repeat(500)).execute(&mut *tx).await?;
            tx.commit().await?;
            n += 1;
        }
        Ok(f64::from(n) / begin.elapsed().as_secs_f64())
    }
}
