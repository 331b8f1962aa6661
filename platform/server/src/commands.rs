//! The command line.

use crate::bootstrap::bootstrap;
use crate::compose::{Hall, Plan};
use crate::front::Front;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use uaa_model::{Fault, Reply, SystemClock, SystemRng};
use uaa_store::Broken;

/// Identity and authorization for a whole platform, in one process.
#[derive(Debug, Parser)]
#[command(
    name = "hallmark",
    version,
    after_help = "Begin with:\n  hallmark up\nThen, in another terminal:\n  cf api http://127.0.0.1:8080\n  cf auth admin \"$(cat data/admin-password)\""
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server. The first start makes the user and the client `admin` and says where their secrets are.
    Up(Up),
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Look after the database.
    #[command(subcommand)]
    Db(Database),
}

#[derive(Debug, clap::Args)]
struct Up {
    #[command(flatten)]
    place: Place,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", env = "HALLMARK_LISTEN")]
    listen: SocketAddr,
    /// Where clients reach this server, when that is not `http://` and the address above.
    #[arg(long, env = "HALLMARK_PUBLIC_URL")]
    public_url: Option<String>,
    /// How tokens are signed: RS256 or ES256. Counts at the first start.
    #[arg(long, default_value = "RS256", env = "HALLMARK_SIGNING_ALGORITHM")]
    signing_algorithm: String,
}

#[derive(Debug, clap::Args)]
struct Place {
    /// The directory for secrets and the embedded database.
    #[arg(long, default_value = "data", env = "HALLMARK_DATA")]
    data: PathBuf,
    /// The database: sqlite:PATH, postgres://… or mysql://…; an embedded one in the data directory without it.
    #[arg(long, env = "HALLMARK_DATABASE_URL", hide_env_values = true)]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Walk the chain from its first block and name every row that was edited, removed or put elsewhere.
    Verify(Place),
}

#[derive(Debug, Subcommand)]
enum Database {
    /// Bring the schema forward.
    Migrate(Place),
    /// Say where the schema stands.
    Status(Place),
}

/// Runs what was asked for.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&Fault::Unavailable(format!("no runtime: {error}"))),
    };
    let done = runtime.block_on(async {
        match args.command {
            Command::Up(up) => serve(up).await,
            Command::Audit(Audit::Verify(place)) => verify(place).await,
            Command::Db(Database::Migrate(place)) => schema(place, true).await,
            Command::Db(Database::Status(place)) => schema(place, false).await,
        }
    });
    done.unwrap_or_else(|fault| failed(&fault))
}

async fn serve(up: Up) -> Reply<ExitCode> {
    let data = up.place.data.clone();
    let listener = tokio::net::TcpListener::bind(up.listen).await.map_err(|e| {
        Fault::Unavailable(format!(
            "cannot listen on {}: {e}; choose another address with --listen",
            up.listen
        ))
    })?;
    let address = listener.local_addr().map_err(|e| Fault::Unavailable(e.to_string()))?;
    let base = up.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let hall = open(plan(&up.place, &base, &up.signing_algorithm)?).await?;
    let first = bootstrap(&hall, &data).await?;
    let served = hall.serve().await?;
    let front = Front { api: served.api, uaa: served.uaa, ids: hall.ids.clone(), domain: None };
    say(&format!("Hallmark listens on {base}\n"));
    if let Some(secrets) = first {
        let data = data.display();
        say(&format!(
            "This was the first start. Shown once, and kept in {data}/admin-password and {data}/admin-client-secret:\n  \
             user admin    {}\n  client admin  {}\n\nNext:\n  cf api {base}\n  cf auth admin \"$(cat {data}/admin-password)\"\n  \
             cf create-org first\n",
            secrets.user.expose(),
            secrets.client.expose()
        ));
    }
    let service = front.into_router().into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(ended()).await;
    hall.access.write_noted().await?;
    hall.access.seal().await?;
    hall.access.db().close().await;
    served.map(|()| ExitCode::SUCCESS).map_err(|e| Fault::Unavailable(e.to_string()))
}

/// By the machine's clock and its randomness.
async fn open(plan: Plan) -> Reply<Hall> {
    Hall::open(plan, Arc::new(SystemClock), Arc::new(SystemRng)).await
}

async fn verify(place: Place) -> Reply<ExitCode> {
    let hall = open(plan(&place, "http://127.0.0.1", "RS256")?).await?;
    // What was committed before a crash and not sealed yet is sealed now.
    while hall.access.seal().await? > 0 {}
    let (verified, broken) = hall.access.verify().await?;
    for one in &verified {
        say(&format!("zone {}: sealed through {}, {} rows\n", one.zone, one.through, one.rows));
        if one.forgotten > 0 {
            say(&format!(
                "zone {}: rows of blocks up to {} were forgotten in due form\n",
                one.zone, one.forgotten
            ));
        }
    }
    for one in &broken {
        let text = match one {
            Broken::Block(zone, n) => {
                format!("zone {zone}: block {n} is missing, out of order or was changed")
            }
            Broken::Edited(zone, n, row) => format!("zone {zone}: row {row} of block {n} was edited"),
            Broken::Removed(zone, n, row) => format!("zone {zone}: row {row} of block {n} was removed"),
            Broken::Added(zone, row) => format!("zone {zone}: row {row} was added past the product"),
        };
        say(&format!("{text}\n"));
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn schema(place: Place, forward: bool) -> Reply<ExitCode> {
    let plan = plan(&place, "http://127.0.0.1", "RS256")?;
    std::fs::create_dir_all(&plan.data).map_err(|e| Fault::Unavailable(e.to_string()))?;
    let db = uaa_store::Db::open(&plan.database, 2).await?;
    let now = uaa_model::Clock::now(&SystemClock);
    let state = if forward { db.migrate(now).await? } else { db.schema().await? };
    say(&format!("schema {} of {}\n", state.applied, state.known));
    Ok(if state.applied == state.known { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn plan(place: &Place, base: &str, algorithm: &str) -> Reply<Plan> {
    let mut plan = Plan::embedded(place.data.clone(), base);
    if let Some(database) = &place.database {
        plan.database.clone_from(database);
    }
    plan.algorithm = algorithm.parse().map_err(|()| {
        Fault::invalid(format!("`{algorithm}` is not a signing algorithm; use RS256 or ES256"))
    })?;
    Ok(plan)
}

async fn ended() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}

/// The one place that writes to the terminal. A closed terminal ends nothing.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
    let _ = std::io::stdout().flush();
}

fn failed(fault: &Fault) -> ExitCode {
    let text = match fault {
        Fault::Invalid(texts) => texts.join("; "),
        Fault::Unavailable(text) | Fault::Internal(text) => text.clone(),
        other => format!("{other:?}"),
    };
    let _ = writeln!(std::io::stderr(), "hallmark: {text}");
    ExitCode::FAILURE
}
