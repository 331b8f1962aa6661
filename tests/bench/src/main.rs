//! Floor 7: measures the product, each figure beside the limit or peer that ran in the same run.
//!
//! `bin/bench` lists what there is. Nothing here is ever asserted about time: a shared machine drifts, so that only ratios
//! say something, and those are for people to read.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]

mod ask;
mod decide;
mod flow;
mod inside;
mod lists;
mod load;
mod login;
mod measure;
mod paths;
mod report;
mod revoke;
mod seed;
mod server;
mod sessions;
mod sign;
mod sql;
mod start;
mod tokens;
mod writes;

use clap::{Parser, ValueEnum};
use report::{Line, Report};
use sign::Key;
use std::process::ExitCode;
use std::time::Duration;

/// Whatever ends a benchmark early.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Measures the product beside its limits.
#[derive(Parser)]
struct Args {
    /// What to measure; `all` for everything.
    #[arg(required = true, value_enum)]
    names: Vec<Name>,
    /// Write the figures into docs/reference/benchmarks.md.
    #[arg(long)]
    markdown: bool,
    /// A fraction of a second each: shows that they still run, and no figure worth reading.
    #[arg(long)]
    smoke: bool,
    /// Where `lists` and `decide` keep their rows, instead of an embedded database: postgres://… or mysql://…, empty or
    /// filled by an earlier run.
    #[arg(long)]
    database: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Everything below, in turn.
    All,
    /// client_credentials over HTTP, signed with RSA-2048, beside the signing library alone.
    TokenRs256,
    /// The same with P-256.
    TokenEs256,
    /// A bare 200 beside one of the HTTP library alone.
    Bare,
    /// RFC 7662 introspection beside a bare 200 of the same server.
    Introspect,
    /// UAA's /check_token beside a bare 200.
    CheckToken,
    /// AuthZEN evaluation beside a bare 200.
    Evaluate,
    /// Public keys and discovery beside a bare 200.
    Keys,
    /// Decisions in process at 1,000,000 role bindings, held against SQL.
    Decide,
    /// First pages among 1,000,000 rows.
    Lists,
    /// Writes with the audit chain on, beside bare synced transactions of SQLite.
    Writes,
    /// A password login beside its hash alone; what a flood of logins does to others.
    Login,
    /// The code flow of somebody who is signed in, from the application's request to its tokens, and refreshing them.
    Flow,
    /// 1,000,000 live sessions and 1,000,000 refresh tokens: memory, look-ups, and what is periodic beside writers.
    Sessions,
    /// From revoking to denied.
    Revoke,
    /// Cold start and memory.
    Start,
}

/// How long and how much.
struct Setting {
    /// One turn of one thing.
    round: Duration,
    /// Turns of each; what is compared takes turns, so that a drift of the machine meets all alike.
    rounds: usize,
    /// Rows of the big tables.
    rows: u32,
    database: Option<String>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    // One thread for the load: the server has the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => tokio::task::LocalSet::new().block_on(&runtime, all(&args)),
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            report::say(&format!("bench: {why}\n"));
            ExitCode::FAILURE
        }
    }
}

async fn all(args: &Args) -> Outcome<()> {
    let setting = Setting {
        round: Duration::from_millis(if args.smoke { 60 } else { 1200 }),
        rounds: if args.smoke { 1 } else { 5 },
        rows: if args.smoke { 1000 } else { 1_000_000 },
        database: args.database.clone(),
    };
    let named: Vec<Name> = match args.names.contains(&Name::All) {
        true => Name::value_variants()[1..].to_vec(),
        false => args.names.clone(),
    };
    let mut report = Report::new();
    for name in named {
        let title = name.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default();
        report.add(&title, run(name, &setting).await?);
    }
    if args.markdown { report.keep() } else { Ok(()) }
}

async fn run(name: Name, setting: &Setting) -> Outcome<Vec<Line>> {
    match name {
        Name::All => Ok(vec![]),
        Name::TokenRs256 => tokens::run(setting, Key::Rsa2048).await,
        Name::TokenEs256 => tokens::run(setting, Key::P256).await,
        Name::Bare => paths::bare(setting).await,
        Name::Introspect => paths::introspect(setting).await,
        Name::CheckToken => paths::check_token(setting).await,
        Name::Evaluate => paths::evaluate(setting).await,
        Name::Keys => paths::keys(setting).await,
        Name::Decide => decide::run(setting).await,
        Name::Lists => lists::run(setting).await,
        Name::Writes => writes::run(setting).await,
        Name::Login => login::run(setting).await,
        Name::Flow => flow::run(setting).await,
        Name::Sessions => sessions::run(setting).await,
        Name::Revoke => revoke::run(setting).await,
        Name::Start => start::run(setting).await,
    }
}
