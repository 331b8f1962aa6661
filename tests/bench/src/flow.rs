//! `flow`: an application sends somebody who is signed in, gets a code and redeems it; and it refreshes what it got.

use crate::ask::Ask;
use crate::inside::Inside;
use crate::load::{Connection, Said};
use crate::measure::{Figure, micros, number, processor_time_of};
use crate::report::Line;
use crate::server::Server;
use crate::sign::{self, Key};
use crate::{Outcome, Setting};
use serde_json::json;
use std::time::{Duration, Instant};

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    let server = Server::fresh(&[]).await?;
    let mut at = At::Server(Connection::open(server.at).await?);
    register(&mut at, &server.client_token().await?).await?;
    let cookie = sign_in(&mut at, &server.password()?).await?;
    let mut refresh = flow(&mut at, &cookie).await?.refresh;
    let mut sign = sign::signer(Key::Rsa2048)?;
    let (mut signing, mut flows, mut refreshes) = (vec![], Rounds::default(), Rounds::default());
    for _ in 0..setting.rounds {
        signing.push(micros(processor_time_of(&mut sign, setting.round)));
        let (before, begin, mut done) = (server.processor_time()?, Instant::now(), 0u32);
        while begin.elapsed() < setting.round || done == 0 {
            flow(&mut at, &cookie).await?;
            done += 1;
        }
        flows.add(server.processor_time()? - before, begin.elapsed(), done);
        let (before, begin, mut done) = (server.processor_time()?, Instant::now(), 0u32);
        while begin.elapsed() < setting.round || done == 0 {
            refresh = refreshed(&mut at, &refresh).await?.refresh;
            done += 1;
        }
        refreshes.add(server.processor_time()? - before, begin.elapsed(), done);
    }
    let signing = Figure::of(signing);
    let (code, token, again) = statements().await?;
    Ok(vec![
        flows.line("code flow (authorize, code, token)", signing),
        Line::new("code flow, statements", format!("{code} to authorize, {token} to redeem")),
        refreshes.line("refresh", signing),
        Line::new("refresh, statements", again.to_string()),
    ])
}

/// Processor time and time of one thing, in microseconds, a round each.
#[derive(Default)]
struct Rounds {
    processor: Vec<f64>,
    clock: Vec<f64>,
}

impl Rounds {
    fn add(&mut self, processor: Duration, clock: Duration, done: u32) {
        self.processor.push(micros(processor) / f64::from(done));
        self.clock.push(micros(clock) / f64::from(done));
    }

    /// Beside the signing of what comes out: an access token and an ID token.
    fn line(self, what: &str, signing: Figure) -> Line {
        let (processor, clock) = (Figure::of(self.processor), Figure::of(self.clock));
        let rate = number(1e6 / processor.median);
        let figure = format!(
            "{processor} us of the server's processor: {rate}/s a core; {clock} us by the clock, one at a time"
        );
        Line::new(what, figure)
            .beside(format!("signing two tokens (RS256) alone: {} us", number(2.0 * signing.median)))
            .ratio(2.0 * signing.median / processor.median)
    }
}

/// What each step asks of the database, once everything is warm: to authorize, to redeem, to refresh.
pub(crate) async fn statements() -> Outcome<(u32, u32, u32)> {
    let inside = Inside::open().await?;
    let (token, password) = (inside.token().await?, inside.password().to_owned());
    let mut at = At::Inside(Box::new(inside), 0);
    register(&mut at, &token).await?;
    let cookie = sign_in(&mut at, &password).await?;
    flow(&mut at, &cookie).await?;
    let code = code(&mut at, &cookie).await?;
    let authorize = at.statements();
    let got = redeemed(&mut at, &code).await?;
    let redeem = at.statements();
    refreshed(&mut at, &got.refresh).await?;
    Ok((authorize, redeem, at.statements()))
}

/// Where requests go: over the wire, or to the product in this process, which says how many statements the last one took.
pub(crate) enum At {
    Server(Connection),
    Inside(Box<Inside>, u32),
}

impl At {
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Outcome<Said> {
        match self {
            At::Server(connection) => connection.ask(ask).await,
            At::Inside(inside, last) => {
                let (statements, said) = inside.say(ask).await?;
                *last = statements;
                Ok(said)
            }
        }
    }

    pub(crate) fn statements(&self) -> u32 {
        if let At::Inside(_, last) = self { *last } else { 0 }
    }
}

/// Makes the application, as the client `admin`.
pub(crate) async fn register(at: &mut At, token: &str) -> Outcome<()> {
    let client = json!({"client_id": SHOP, "client_secret": SECRET, "scope": ["openid"], "autoapprove": true,
        "redirect_uri": ["https://shop.example/cb"], "authorized_grant_types": ["authorization_code", "refresh_token"]});
    let said = at.ask(&Ask::post("/uaa/oauth/clients", &client).bearer(token)).await?;
    if said.status == 201 { Ok(()) } else { Err(format!("{said:?}").into()) }
}

/// Signs the user `admin` in as a browser does. Gives the session's cookie.
pub(crate) async fn sign_in(at: &mut At, password: &str) -> Outcome<String> {
    let page = at.ask(&Ask::get("/uaa/login")).await?;
    let csrf = page.text.split_once(r#"name="csrf" value=""#).and_then(|(_, rest)| rest.split_once('"'));
    let (csrf, _) = csrf.ok_or("no form to sign in by")?;
    let held = pair(page.header("set-cookie").ok_or("no cookie with the form")?);
    let form = format!("csrf={csrf}&username=admin&password={password}");
    let said = at.ask(&Ask::form("/uaa/login.do", form).with("cookie", held)).await?;
    let cookies = said.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| pair(value));
    let mut session = cookies.filter(|cookie| cookie.contains("session="));
    session.next().ok_or_else(|| format!("not signed in: {}", said.status).into())
}

/// What the application has in the end.
struct Got {
    refresh: String,
}

/// From the application's request to its tokens.
async fn flow(at: &mut At, cookie: &str) -> Outcome<Got> {
    let code = code(at, cookie).await?;
    redeemed(at, &code).await
}

async fn code(at: &mut At, cookie: &str) -> Outcome<String> {
    let path = format!(
        "/uaa/oauth/authorize?response_type=code&client_id={SHOP}&scope=openid&state=s&redirect_uri=https%3A%2F%2Fshop.example%2Fcb\
         &code_challenge_method=S256&code_challenge={CHALLENGE}"
    );
    let said = at.ask(&Ask::get(path).with("cookie", cookie.to_owned())).await?;
    let code = said.header("location").and_then(|to| to.split_once("code=")).map(|(_, rest)| rest);
    let code = code.and_then(|rest| rest.split('&').next());
    code.map(str::to_owned)
        .ok_or_else(|| format!("no code: {} {:?}", said.status, said.header("location")).into())
}

async fn redeemed(at: &mut At, code: &str) -> Outcome<Got> {
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&code_verifier={VERIFIER}"
    );
    tokens(at, form).await
}

async fn refreshed(at: &mut At, refresh: &str) -> Outcome<Got> {
    tokens(at, format!("grant_type=refresh_token&refresh_token={refresh}")).await
}

async fn tokens(at: &mut At, form: String) -> Outcome<Got> {
    let said = at.ask(&Ask::form("/uaa/oauth/token", form).basic(SHOP, SECRET)).await?;
    match said.body["refresh_token"].as_str() {
        Some(refresh) => Ok(Got { refresh: refresh.to_owned() }),
        None => Err(format!("no tokens: {} {}", said.status, said.text).into()),
    }
}

/// Name and value of a `Set-Cookie`.
fn pair(header: &str) -> String {
    header.split(';').next().unwrap_or_default().to_owned()
}

pub(crate) const SHOP: &str = "shop";
pub(crate) const SECRET: &str = "bench-secret";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
