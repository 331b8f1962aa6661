//! `introspect`, `check-token`, `evaluate`, `keys`: what is answered from memory, beside a bare 200 of the same server.

use crate::ask::Ask;
use crate::inside::Inside;
use crate::load::{Answers, Source, load, must, same};
use crate::measure::{Figure, micros, number};
use crate::report::Line;
use crate::server::Server;
use crate::{Outcome, Setting};
use serde_json::json;

pub(crate) async fn introspect(setting: &Setting) -> Outcome<Vec<Line>> {
    let server = Server::fresh(&[]).await?;
    let ask = |token: &str| Ask::form("/uaa/introspect", format!("token={token}")).bearer(token);
    let mut lines =
        compare(setting, &server, "introspection", &ask(&server.client_token().await?), HOT).await?;
    let inside = Inside::open().await?;
    let ask = ask(&inside.token().await?);
    lines.push(Line::new("introspection, database", inside.cost(&ask).await?.to_string()).target("none"));
    Ok(lines)
}

pub(crate) async fn check_token(setting: &Setting) -> Outcome<Vec<Line>> {
    let server = Server::fresh(&[]).await?;
    let ask = |token: &str, secret: &str| {
        Ask::form("/uaa/check_token", format!("token={token}")).basic("admin", secret)
    };
    let good = ask(&server.client_token().await?, &server.client_secret()?);
    let mut lines = compare(setting, &server, "check_token", &good, HOT).await?;
    let inside = Inside::open().await?;
    let ask = ask(&inside.token().await?, inside.client_secret());
    lines.push(Line::new("check_token, database", inside.cost(&ask).await?.to_string()).target("none"));
    Ok(lines)
}

pub(crate) async fn evaluate(setting: &Setting) -> Outcome<Vec<Line>> {
    let server = Server::fresh(&[]).await?;
    let token = server.admin_token().await?;
    let new = Ask::post("/v3/organizations", &json!({"name": "bench"})).bearer(&token);
    let organization = must(server.at, &new).await?.body["guid"].as_str().ok_or("no guid")?.to_owned();
    let client = server.client_token().await?;
    let user = server.person(&client, "somebody", "bench-password").await?;
    let body = json!({"subject": {"type": "user", "id": user}, "action": {"name": "read"},
        "resource": {"type": "organization", "id": organization}});
    let ask = Ask::post("/uaa/access/v1/evaluation", &body).bearer(&client);
    let mut lines = compare(setting, &server, "AuthZEN evaluation", &ask, HOT).await?;
    let inside = Inside::open().await?;
    let body = json!({"subject": {"type": "user", "id": user}, "action": {"name": "read"},
        "resource": {"type": "zone", "id": uaa_model::UAA_ZONE}});
    let ask = Ask::post("/uaa/access/v1/evaluation", &body).bearer(&inside.token().await?);
    lines
        .push(Line::new("AuthZEN evaluation, database", inside.cost(&ask).await?.to_string()).target("none"));
    Ok(lines)
}

pub(crate) async fn keys(setting: &Setting) -> Outcome<Vec<Line>> {
    let server = Server::fresh(&[]).await?;
    let mut lines = vec![];
    for (what, path) in [("JWKS", "/uaa/token_keys"), ("discovery", "/uaa/.well-known/openid-configuration")]
    {
        lines.extend(compare(setting, &server, what, &Ask::get(path), "85 % of a bare 200").await?);
    }
    Ok(lines)
}

/// The edge of the server itself.
pub(crate) async fn bare(setting: &Setting) -> Outcome<Vec<Line>> {
    let (library, server) = (Server::bare().await?, Server::fresh(&[]).await?);
    let one = same(&Ask::get("/healthz"));
    let peers = [("the HTTP library alone", &library, &one), ("", &server, &one)];
    turns(setting, "bare 200", peers, "").await
}

/// Takes turns with a bare 200, and holds the server's processor time a request against it.
async fn compare(
    setting: &Setting,
    server: &Server,
    what: &str,
    ask: &Ask,
    target: &'static str,
) -> Outcome<Vec<Line>> {
    must(server.at, ask).await?;
    let (bare, ours) = (same(&Ask::get("/healthz")), same(ask));
    turns(setting, what, [("bare 200", server, &bare), ("", server, &ours)], target).await
}

/// The first beside the second, which is what is measured. Fails when a request was refused.
pub(crate) async fn turns(
    setting: &Setting,
    what: &str,
    peers: [(&str, &Server, &Source); 2],
    target: &'static str,
) -> Outcome<Vec<Line>> {
    let (mut times, mut answers) = ([vec![], vec![]], [vec![], vec![]]);
    for (_, server, source) in peers {
        load(server.at, CONNECTIONS, setting.round / 2, source).await?;
    }
    for _ in 0..setting.rounds {
        for (i, (_, server, source)) in peers.into_iter().enumerate() {
            let before = server.processor_time()?;
            let round = load(server.at, CONNECTIONS, setting.round, source).await?;
            if round.other > 0 {
                return Err(format!("{what}: {} answers were not good", round.other).into());
            }
            times[i].push(micros(server.processor_time()? - before) / round.good as f64);
            answers[i].push(round);
        }
    }
    let [bare, ours] = times.map(Figure::of);
    let beside = peers[0].0;
    let rates = answers.each_ref().map(|rounds| Figure::of(rounds.iter().map(Answers::per_second)));
    let all = Answers::all(&answers[1])?;
    let bare_all = Answers::all(&answers[0])?;
    let quantiles =
        |a: &Answers| format!("p50 {} ms, p99 {} ms", number(a.within(0.5)), number(a.within(0.99)));
    Ok(vec![
        Line::new(
            format!("{what}, processor time of the server a request"),
            format!("{ours} us: {}/s a core", number(1e6 / ours.median)),
        )
        .beside(format!("{beside}: {bare} us: {}/s a core", number(1e6 / bare.median)))
        .ratio(bare.median / ours.median)
        .target(target),
        Line::new(
            format!("{what}, answered with {CONNECTIONS} connections"),
            format!("{}/s, {}", rates[1], quantiles(&all)),
        )
        .beside(format!("{beside}: {}/s, {}", rates[0], quantiles(&bare_all)))
        .ratio(rates[1].median / rates[0].median),
    ])
}

const CONNECTIONS: usize = 16;
const HOT: &str = "30,000/s a core, p99 < 2 ms";
