use super::{Db, Engine, Pools};
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, MySqlConnection, PgConnection};
use std::io::ErrorKind;
use std::str::FromStr;
use std::time::Duration;
use uaa_model::{Fault, Reply};

impl Db {
    /// Opens `sqlite:PATH`, `postgres://…` or `mysql://…` with at most so many connections.
    ///
    /// Refuses an engine that is too old with a sentence that names the version needed.
    pub async fn open(url: &str, connections: u32) -> Reply<Db> {
        let db = if let Some(path) = url.strip_prefix("sqlite:") {
            sqlite(path, connections).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            postgres(url, connections).await?
        } else if url.starts_with("mysql:") || url.starts_with("mariadb:") {
            mysql(url, connections).await?
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            return Err(Fault::invalid(format!(
                "database.url begins with `{scheme}`; use sqlite:PATH, postgres://… or mysql://…"
            )));
        };
        db.refuse_old().await?;
        Ok(db)
    }

    async fn refuse_old(&self) -> Reply<()> {
        let statement = match self.engine() {
            Engine::Sqlite => return Ok(()), // Compiled in.
            Engine::Postgres => "SHOW server_version",
            Engine::Mysql => "SELECT VERSION()",
        };
        let row = self.auto().await?.fetch(crate::sql::Sql::new(statement)).await?;
        let version: String = row.first().ok_or(Fault::Internal("no version".into()))?.get(0)?;
        match too_old(self.engine(), &version) {
            None => Ok(()),
            Some(sentence) => Err(Fault::invalid(sentence)),
        }
    }
}

/// What is wrong with an engine of that version, as it names it itself.
fn too_old(engine: Engine, version: &str) -> Option<String> {
    let (name, least) = match engine {
        Engine::Sqlite => return None,
        Engine::Postgres => ("PostgreSQL", [12, 0, 0]),
        Engine::Mysql if version.contains("MariaDB") => ("MariaDB", [10, 6, 0]),
        // The first with a collation that compares by bytes and counts spaces at the end.
        Engine::Mysql => ("MySQL", [8, 0, 17]),
    };
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(|n| n.parse::<u32>().unwrap_or(0));
    let found: [u32; 3] = std::array::from_fn(|_| numbers.next().unwrap_or(0));
    let [major, minor, patch] = least;
    (found < least)
        .then(|| format!("the database is {name} {version}; it must be {major}.{minor}.{patch} or newer"))
}

async fn sqlite(path: &str, connections: u32) -> Reply<Db> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what was acknowledged survives a power failure, not only a crash of the process.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .foreign_keys(true)
        .pragma("cache_size", "-32768")
        .pragma("mmap_size", "1073741824")
        // As on the other engines: LIKE tells letters of another case apart.
        .pragma("case_sensitive_like", "ON")
        .statement_cache_capacity(512)
        // More than a page has: who finds the rows need not wait for who reads them.
        .row_buffer_size(1024)
        .disable_statement_logging();
    let unopened = |error| unopened(&format!("`{path}`"), &error);
    let writer = sqlite_pool(1, &options).await.map_err(unopened)?;
    let reader = sqlite_pool(connections.clamp(1, 8), &options.read_only(true)).await.map_err(unopened)?;
    Ok(Db(Pools::Sqlite { writer, reader }))
}

/// Of processes that open a new file at the same moment one writes down that it has a write-ahead log. SQLite tells the
/// others at once that it is busy, whatever `busy_timeout` says: they ask again.
async fn sqlite_pool(
    connections: u32,
    options: &SqliteConnectOptions,
) -> Result<sqlx::SqlitePool, sqlx::Error> {
    let pool = || {
        SqlitePoolOptions::new()
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .max_connections(connections)
    };
    let mut tries = 0;
    loop {
        match pool().connect_with(options.clone()).await {
            Err(error) if tries < 1000 && is_busy(&error) => {
                tokio::time::sleep(Duration::from_millis(10)).await
            }
            done => return done,
        }
        tries += 1;
    }
}

async fn postgres(url: &str, connections: u32) -> Reply<Db> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| {
            Fault::invalid("database.url is not a PostgreSQL url: postgres://user:password@host:5432/name")
        })?
        .application_name("hallmark")
        .statement_cache_capacity(512)
        .disable_statement_logging();
    let place = format!(
        "{} at {}:{}",
        options.get_database().unwrap_or("PostgreSQL"),
        options.get_host(),
        options.get_port()
    );
    reached::<PgConnection>(&options, &place).await?;
    let pool = PgPoolOptions::new().max_connections(connections).test_before_acquire(false).after_connect(
        |conn, _| {
            Box::pin(async move {
                // Waiting for a lock ends in another try, not in a connection that is lost to everybody.
                conn.execute("SET lock_timeout = '10s'").await?;
                // What a page needs lies in memory or on disks without heads: an index is nearly always the way.
                conn.execute("SET random_page_cost = 1.1").await?;
                Ok(())
            })
        },
    );
    let opened = pool.connect_with(options).await.map_err(|error| unopened(&place, &error))?;
    Ok(Db(Pools::Postgres(opened)))
}

async fn mysql(url: &str, connections: u32) -> Reply<Db> {
    let url = url.replacen("mariadb:", "mysql:", 1);
    let options = MySqlConnectOptions::from_str(&url)
        .map_err(|_| Fault::invalid("database.url is not a MySQL url: mysql://user:password@host:3306/name"))?
        .charset("utf8mb4")
        .collation("utf8mb4_bin")
        .statement_cache_capacity(512)
        .disable_statement_logging();
    let place = format!(
        "{} at {}:{}",
        options.get_database().unwrap_or("MySQL"),
        options.get_host(),
        options.get_port()
    );
    reached::<MySqlConnection>(&options, &place).await?;
    // REPEATABLE READ, the default, would let a decision read facts older than its locks.
    let pool = MySqlPoolOptions::new().max_connections(connections).test_before_acquire(false).after_connect(
        move |conn, _| {
            Box::pin(async move {
                conn.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
                conn.execute(
                    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT'",
                )
                .await?;
                conn.execute("SET SESSION innodb_lock_wait_timeout = 10").await?;
                Ok(())
            })
        },
    );
    let opened = pool.connect_with(options).await.map_err(|error| unopened(&place, &error))?;
    Ok(Db(Pools::Mysql(opened)))
}

/// One connection before the pool, which does not say why it has none. A server that is just starting is waited for.
async fn reached<C: Connection>(options: &<C as Connection>::Options, place: &str) -> Reply<()> {
    let mut tries = 0;
    loop {
        match C::connect_with(options).await {
            Ok(connection) => return connection.close().await.map_err(|error| unopened(place, &error)),
            Err(error) if tries < STARTING && is_starting(&error) => {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            Err(error) => return Err(unopened(place, &error)),
        }
        tries += 1;
    }
}

/// At opening, every failure is the operator's to mend: say what the engine said, and where to look.
fn unopened(place: &str, error: &sqlx::Error) -> Fault {
    Fault::Unavailable(format!(
        "the database {place} cannot be opened: {error}; is it there, and does `database.url` name it?"
    ))
}

fn is_busy(error: &sqlx::Error) -> bool {
    let busy = |code: &str| ["5", "517"].contains(&code);
    matches!(error, sqlx::Error::Database(error) if error.code().is_some_and(|code| busy(&code)))
}

/// Nobody listens there yet, or says that it is starting.
fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}

/// Half seconds that a starting server is waited for.
const STARTING: u32 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_engines_are_refused_by_name() {
        let good = [
            (Engine::Postgres, "15.8 (Debian 15.8-0+deb12u1)"),
            (Engine::Postgres, "12.0"),
            (Engine::Mysql, "10.11.19-MariaDB-0+deb12u1"),
            (Engine::Mysql, "8.0.17"),
            (Engine::Mysql, "9.1.0"),
        ];
        for (engine, version) in good {
            assert_eq!(too_old(engine, version), None, "{version}");
        }
        let old = too_old(Engine::Postgres, "11.22").unwrap();
        assert_eq!(old, "the database is PostgreSQL 11.22; it must be 12.0.0 or newer");
        assert!(too_old(Engine::Mysql, "10.5.9-MariaDB").unwrap().contains("MariaDB 10.5.9"));
        assert!(too_old(Engine::Mysql, "8.0.16").unwrap().contains("8.0.17"));
    }
}
