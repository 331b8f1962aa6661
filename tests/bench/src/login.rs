//! `login`: a password login beside its hash alone, and what a flood of logins does to everybody else.

use crate::load::{Answers, load, same};
use crate::measure::{Figure, millis, number, processor_time_of};
use crate::report::Line;
use crate::server::{Server, password_grant};
use crate::{Outcome, Setting};
use std::hint::black_box;

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    let server = Server::fresh(&[]).await?;
    let client = server.client_token().await?;
    let mut people = vec![];
    // One account alone would be locked by its own failures, should any come.
    for n in 0..PEOPLE {
        let name = format!("person-{n}");
        server.person(&client, &name, "bench-password").await?;
        people.push(same(&password_grant(&name, "bench-password")));
    }
    let mut lines = vec![alone(setting, &server, &people[0]).await?];
    let token = same(&server.client_credentials()?);
    load(server.at, 1, setting.round / 4, &token).await?;
    let quiet = load(server.at, 1, setting.round * 2, &token).await?;
    let everybody: crate::load::Source = std::rc::Rc::new(move |n| people[n as usize % PEOPLE](n));
    let (flood, beside) = tokio::join!(
        load(server.at, FLOOD, setting.round * 3, &everybody),
        load(server.at, 1, setting.round * 2, &token),
    );
    let (flood, beside) = (flood?, beside?);
    let show = |a: &Answers| format!("p50 {} ms, p99 {} ms", number(a.within(0.5)), number(a.within(0.99)));
    lines.push(
        Line::new(format!("client_credentials while {FLOOD} password logins press"), show(&beside))
            .beside(format!("in quiet: {}", show(&quiet)))
            .target("other requests keep their latency"),
    );
    lines.push(Line::new(
        format!("the {FLOOD} logins"),
        format!(
            "{}/s in, p99 {} ms, {} told to come back later",
            number(flood.per_second()),
            number(flood.within(0.99)),
            flood.other
        ),
    ));
    Ok(lines)
}

/// The processor's time of the whole login in the server, and of the same hash here.
async fn alone(setting: &Setting, server: &Server, login: &crate::load::Source) -> Outcome<Line> {
    let hash = argon2id()?;
    let mut hash = move || {
        black_box(hash());
    };
    let (mut hashing, mut serving) = (vec![], vec![]);
    load(server.at, 1, setting.round / 2, login).await?;
    for _ in 0..setting.rounds {
        hashing.push(millis(processor_time_of(&mut hash, setting.round)));
        let before = server.processor_time()?;
        let round = load(server.at, 1, setting.round, login).await?;
        serving.push(millis(server.processor_time()? - before) / round.good as f64);
    }
    let (hashing, serving) = (Figure::of(hashing), Figure::of(serving));
    Ok(Line::new("password login, processor time of the server", format!("{serving} ms"))
        .beside(format!("Argon2id (19 MiB, 2 passes) alone: {hashing} ms"))
        .ratio(serving.median / hashing.median)
        .target("105 % of the hash"))
}

/// Argon2id at the product's cost, on this thread.
fn argon2id() -> Outcome<impl Fn() -> bool> {
    use argon2::{Algorithm, Argon2, Params, Version};
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| e.to_string())?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(move || {
        let mut out = [0; 32];
        argon.hash_password_into(b"bench-password", b"a salt of length", &mut out).is_ok()
    })
}

const PEOPLE: usize = 40;
const FLOOD: usize = 200;
