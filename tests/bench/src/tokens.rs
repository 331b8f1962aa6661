//! `token-rs256`, `token-es256`: the client credentials grant over HTTP, beside the signing library alone.

use crate::inside::Inside;
use crate::load::{Answers, load, same};
use crate::measure::{Figure, micros, number, processor_time_of};
use crate::report::Line;
use crate::server::Server;
use crate::sign::Key;
use crate::{Outcome, Setting, sign};

pub(crate) async fn run(setting: &Setting, key: Key) -> Outcome<Vec<Line>> {
    let name = key.algorithm();
    let server = Server::fresh(&[("HALLMARK_TOKEN_SIGNING_ALGORITHM", name)]).await?;
    let source = same(&server.client_credentials()?);
    let mut sign = sign::signer(key)?;
    load(server.at, CONNECTIONS, setting.round / 2, &source).await?;
    let (mut signing, mut serving, mut answers) = (vec![], vec![], vec![]);
    for _ in 0..setting.rounds {
        signing.push(micros(processor_time_of(&mut sign, setting.round)));
        let before = server.processor_time()?;
        let round = load(server.at, CONNECTIONS, setting.round, &source).await?;
        let spent = server.processor_time()? - before;
        serving.push(micros(spent) / round.good as f64);
        answers.push(round);
    }
    let (signing, serving) = (Figure::of(signing), Figure::of(serving));
    let rate = Figure::of(answers.iter().map(Answers::per_second));
    let all = Answers::all(&answers)?;
    let target = match key {
        Key::Rsa2048 => "85 % of signing",
        Key::P256 => "20,000/s a core",
    };
    let statements = Inside::open().await?.cost_of_token().await?;
    Ok(vec![
        Line::new(
            format!("client_credentials {name}, processor time of the server a token"),
            format!("{serving} us: {}/s a core", number(1e6 / serving.median)),
        )
        .beside(format!("signing alone {signing} us: {}/s a core", number(1e6 / signing.median)))
        .ratio(signing.median / serving.median)
        .target(target),
        Line::new(
            format!("client_credentials {name}, answered with {CONNECTIONS} connections"),
            format!("{rate}/s, p50 {} ms, p99 {} ms", number(all.within(0.5)), number(all.within(0.99))),
        )
        .beside("the load shares the cores"),
        Line::new(format!("client_credentials {name}, database"), statements.to_string()).target("none"),
    ])
}

const CONNECTIONS: usize = 16;
