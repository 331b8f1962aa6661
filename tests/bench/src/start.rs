//! `start`: from the process to its first answer, and what it holds in memory.

use crate::load::{load, same};
use crate::measure::{Figure, millis, number};
use crate::report::Line;
use crate::server::Server;
use crate::{Outcome, Setting};
use std::time::Duration;

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    let (mut fresh, mut again) = (vec![], vec![]);
    for _ in 0..setting.rounds {
        let data = tempfile::tempdir()?;
        let (server, took) = Server::on(data.path(), &[]).await?;
        fresh.push(millis(took));
        drop(server);
        again.push(millis(Server::on(data.path(), &[]).await?.1));
    }
    let server = Server::fresh(&[]).await?;
    // The first facts are compiled, and what the start alone needed is given back: the allocator keeps freed memory for a second.
    tokio::time::sleep(Duration::from_secs(3).min(setting.round * 3)).await;
    let (idle, _) = server.memory()?;
    for _ in 0..2 {
        load(server.at, 64, setting.round, &same(&server.client_credentials()?)).await?;
        let token = server.client_token().await?;
        let ask = crate::ask::Ask::form("/uaa/introspect", format!("token={token}")).bearer(&token);
        load(server.at, 64, setting.round, &same(&ask)).await?;
    }
    let (_, loaded) = server.memory()?;
    // Passwords: each hash takes 19 MiB while it runs.
    let password = crate::server::password_grant("nobody", "wrong");
    let _ = load(server.at, 64, setting.round, &same(&password)).await;
    let (_, hashing) = server.memory()?;
    let first = "300 ms to the first answer";
    Ok(vec![
        Line::new("start on an existing database", format!("{} ms", Figure::of(again))).target(first),
        Line::new("start of a new installation, keys and hashes made", format!("{} ms", Figure::of(fresh))),
        Line::new("memory, idle", format!("{} MB", number(idle))).target("80 MB"),
        Line::new("memory, most with 64 connections", format!("{} MB", number(loaded))).target("150 MB"),
        Line::new("memory, most with 64 logins at once beside", format!("{} MB", number(hashing)))
            .target("150 MB"),
    ])
}
