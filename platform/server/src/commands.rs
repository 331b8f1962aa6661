//! What the commands do. Each opens what it needs, says what came of it, and gives back what it opened.

mod admin;
mod audit;
mod database;
mod keys;
mod mail;
mod up;

use crate::args::{
    AdminCommand, Args, AuditCommand, Command, Common, ConfigCommand, DbCommand, KeysCommand, MailCommand,
};
use crate::certificates::promised;
use crate::compose::{Hall, Plan};
use crate::config::{self, Config, RefreshFormat, SigningAlgorithm};
use crate::edge::Sites;
use crate::failure::Failure;
use crate::fetch::Networks;
use crate::listener::Listener;
use crate::logs;
use crate::output::Output;
use clap::Parser;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use uaa_authz::{Actor, Duty};
use uaa_directory::SessionLimits;
use uaa_directory::lockout::LockoutPolicy;
use uaa_model::{SystemClock, SystemRng};
use uaa_oauth::{RegistrationPolicy, TokenForms};
use uaa_plugin::Links;
use uaa_store::{Db, Engine, Tx, Want};
use uaa_token::Algorithm;
use uuid::Uuid;

/// The whole program: reads the command line, does it, and says how it went.
///
/// The code is 0 when it is done, 1 when it is not, and 2 when the command line or the configuration is wrong.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let done = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(args, &mut Output::stdout())),
        Err(error) => Err(Failure::new(format!("the system gives no threads: {error}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            Output::stderr().line(&format!("hallmark: {failure}"));
            ExitCode::from(failure.code)
        }
    }
}

async fn run(args: Args, out: &mut Output) -> Result<(), Failure> {
    match args.command {
        Command::Up { common, listen } => {
            let mut sources = common.sources();
            sources.arguments.extend(listen.map(|address| ("listen.address", "--listen", address)));
            let config = Config::load(&sources)?;
            logs::start(&config.log)?;
            up::up(&config, out).await
        }
        Command::Config(ConfigCommand::Check { common }) => {
            out.line(&summary(&Config::load(&common.sources())?)?);
            Ok(())
        }
        Command::Config(ConfigCommand::Schema) => {
            out.line(&format!("{:#}", config::schema()));
            Ok(())
        }
        Command::Config(ConfigCommand::Guide) => {
            out.line(&config::guide());
            Ok(())
        }
        Command::Audit(AuditCommand::Verify { common }) => audit::verify(&ready(&common)?, out).await,
        Command::Audit(AuditCommand::Export { common, after }) => {
            audit::export(&ready(&common)?, after, out).await
        }
        Command::Keys(KeysCommand::List { common, zone }) => keys::list(&ready(&common)?, &zone, out).await,
        Command::Keys(KeysCommand::Rotate { common, zone, algorithm }) => {
            keys::rotate(&ready(&common)?, &zone, algorithm, out).await
        }
        Command::Admin(AdminCommand::PasswordReset { common, user }) => {
            admin::password_reset(&ready(&common)?, &user, out).await
        }
        Command::Mail(MailCommand::Test { common, to }) => mail::test(&ready(&common)?, &to, out).await,
        Command::Db(DbCommand::Migrate { common }) => database::migrate(&ready(&common)?, out).await,
        Command::Db(DbCommand::Status { common }) => database::status(&ready(&common)?, out).await,
    }
}

fn ready(common: &Common) -> Result<Config, Failure> {
    let config = Config::load(&common.sources())?;
    logs::start(&config.log)?;
    Ok(config)
}

/// What came out of the configuration. No secrets.
fn summary(config: &Config) -> Result<String, Failure> {
    // What stands in files of its own is read as a start reads it.
    config.first_zone()?;
    config.mail_settings()?;
    Listener::check(config)?;
    let links = Sites::new(config, config.listen.address.0).links().clone();
    let mut lines = vec![
        "the configuration is good".to_owned(),
        format!("  listens on   {}", config.listen.address),
        format!("  api          {}", links.api),
        format!("  uaa          {}", links.uaa),
        format!("  login        {}", links.login),
        format!("  data folder  {}", config.data_dir.display()),
        format!("  database     {}", config.database_url()?),
    ];
    lines.extend(config.warnings().iter().map(|text| format!("warning: {text}")));
    Ok(lines.join("\n"))
}

/// The composition's part of the configuration.
fn plan(config: &Config, links: Links) -> Result<Plan, Failure> {
    let seconds = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    let narrow = |number| u32::try_from(number).unwrap_or(u32::MAX);
    let lockout = LockoutPolicy {
        lockout_after_failures: narrow(config.lockout.after_failures.get()),
        count_failures_within_seconds: narrow(config.lockout.within_seconds.get()),
        lockout_period_seconds: narrow(config.lockout.for_seconds.get()),
    };
    let sessions = SessionLimits {
        idle: seconds(config.session.idle_seconds.get()),
        absolute: seconds(config.session.absolute_seconds.get()),
        remembered: seconds(config.session.remember_seconds.get()),
    };
    Ok(Plan {
        sessions,
        database: config.database_url()?.secret().expose().to_owned(),
        connections: u32::try_from(config.database.connections.get()).unwrap_or(u32::MAX),
        algorithm: match config.token.signing_algorithm {
            SigningAlgorithm::Rs256 => Algorithm::Rs256,
            SigningAlgorithm::Rs384 => Algorithm::Rs384,
            SigningAlgorithm::Rs512 => Algorithm::Rs512,
            SigningAlgorithm::Ps256 => Algorithm::Ps256,
            SigningAlgorithm::Ps384 => Algorithm::Ps384,
            SigningAlgorithm::Ps512 => Algorithm::Ps512,
            SigningAlgorithm::Es256 => Algorithm::Es256,
            SigningAlgorithm::Es384 => Algorithm::Es384,
            SigningAlgorithm::Es512 => Algorithm::Es512,
            SigningAlgorithm::EdDsa => Algorithm::EdDsa,
        },
        access_seconds: seconds(config.token.access_seconds.get()),
        refresh_seconds: seconds(config.token.refresh_seconds.get()),
        forms: TokenForms {
            revocable: config.token.revocable,
            refresh_jwt: config.token.refresh.format == RefreshFormat::Jwt,
            refresh_rotate: config.token.refresh.rotate,
            refresh_unique: config.token.refresh.unique,
            refresh_restricted: config.token.refresh.restrict_grant,
        },
        key_days: match i64::try_from(config.token.key_days.get()) {
            Ok(days @ 1..) => Some(days),
            Ok(_) | Err(_) => None,
        },
        registration: RegistrationPolicy {
            open: config.registration.open,
            scopes: config.registration.scopes.clone(),
            grants: config.registration.grant_types.clone(),
            redirect_hosts: config.registration.redirect_hosts.clone(),
        },
        lockout,
        body_limit: config.limits.body_bytes.size(),
        body_still: config.limits.body_seconds.duration(),
        audit_keep_days: i64::try_from(config.audit.keep_days.get()).unwrap_or(0),
        hash_queue: config.limits.hash_queue.size(),
        first_zone: config.first_zone()?,
        mail: config.mail_settings()?,
        networks: Networks::with(&config.outbound.allow_networks),
        certificates: promised(config),
        ..Plan::embedded(config.data_dir.clone(), &links.api)
    })
    .map(|plan| Plan { links, ..plan })
}

async fn open(config: &Config, links: Links) -> Result<Hall, Failure> {
    data_folder(config)?;
    Ok(Hall::open(plan(config, links)?, Arc::new(SystemClock), Arc::new(SystemRng)).await?)
}

/// An installation that is there already, for a command beside or instead of a running server. It changes no schema:
/// that server may be of another version.
async fn installed(config: &Config) -> Result<Hall, Failure> {
    let nothing = || {
        let folder = config.data_dir.display();
        Failure::new(format!(
            "nothing is installed in `{folder}` yet; `hallmark up` does it, `--data` or `--config` name another place"
        ))
    };
    let db = database(config)?.ok_or_else(nothing)?;
    let db = Db::open(&db, 1).await?;
    let state = db.schema().await;
    db.close().await;
    let state = state?;
    if state.applied == 0 {
        return Err(nothing());
    }
    if state.applied < state.known {
        let (applied, known) = (state.applied, state.known);
        return Err(Failure::new(format!(
            "the database has schema {applied} and this program needs {known}; stop the servers and run \
             `hallmark db migrate`"
        )));
    }
    open(config, Sites::new(config, config.listen.address.0).links().clone()).await
}

/// The database, unless it is a file that is not there: opening it would make it.
fn database(config: &Config) -> Result<Option<String>, Failure> {
    let url = config.database_url()?;
    let whole = url.secret().expose().to_owned();
    let file = whole.strip_prefix("sqlite:").filter(|_| url.engine() == Engine::Sqlite);
    let missing = file.is_some_and(|file| !std::path::Path::new(file).exists());
    Ok((!missing).then_some(whole))
}

/// Makes the data folder and the embedded database in it, for its owner alone: the folder may have been made by somebody
/// else, who lets others look into it.
fn data_folder(config: &Config) -> Result<(), Failure> {
    let folder = &config.data_dir;
    let unmade = |error| {
        let shown = folder.display();
        Failure::new(format!("`{shown}` cannot be made: {error}; choose another folder with `--data`"))
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unmade)?;
    if config.database.url.is_none() && config.database.url_file.is_none() {
        let file = config.embedded();
        let opened = fs::OpenOptions::new().create(true).append(true).mode(0o600).open(&file);
        let shown = file.display();
        opened.map_err(|error| Failure::new(format!("`{shown}` cannot be written: {error}")))?;
    }
    Ok(())
}

/// A transaction of the operator at this machine, in the first zone.
fn begin(hall: &Hall, want: Want, op: &'static str) -> Tx {
    begin_in(hall, hall.zone, want, op)
}

/// The same in any zone.
fn begin_in(hall: &Hall, zone: Uuid, want: Want, op: &'static str) -> Tx {
    let actor = Actor::system(hall.access.registry(), Duty::Operator, zone);
    hall.access.begin(actor.into(), zone, want, op, hall.ids.uuid().to_string().into())
}

/// Waits for long work, and says now and then that it goes on.
async fn patiently<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    let mut turn = tokio::time::interval(SAY);
    turn.tick().await;
    for seconds in (SAY.as_secs()..).step_by(5) {
        tokio::select! {
            done = &mut work => return done,
            _ = turn.tick() => Output::stderr().line(&format!("{what}: {seconds} s so far")),
        }
    }
    work.await
}

const SAY: Duration = Duration::from_secs(5);
