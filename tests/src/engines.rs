//! The three databases: PostgreSQL and MariaDB are started once a test binary, and every test gets a database of its own.

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Which database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// A file in a temporary directory.
    Sqlite,
    /// PostgreSQL of this machine.
    Postgres,
    /// MariaDB of this machine.
    Mariadb,
}

/// An empty database that nobody else uses.
#[derive(Debug)]
pub struct Database {
    /// Which one.
    pub engine: Engine,
    /// As `database.url` takes it.
    pub url: String,
    file: Option<tempfile::TempDir>,
}

impl Database {
    /// Makes one, and starts its server if no test did before.
    ///
    /// # Panics
    /// With what to install, when the server is missing.
    pub async fn fresh(engine: Engine) -> Database {
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        let (url, file) = match engine {
            Engine::Sqlite => {
                let dir = tempfile::tempdir().expect("a temporary directory");
                (format!("sqlite:{}", dir.path().join("hallmark.db").display()), Some(dir))
            }
            Engine::Postgres => {
                let url = |name: &str| {
                    format!("postgres://hallmark@localhost/{name}?host={}", postgres().dir.display())
                };
                let mut conn = PgConnection::connect(&url("postgres")).await.expect("PostgreSQL answers");
                conn.execute(create).await.expect("a database");
                (url(&name), None)
            }
            Engine::Mariadb => {
                let url = |name: &str| {
                    format!("mysql://root@localhost/{name}?socket={}/socket", mariadb().dir.display())
                };
                let mut conn = MySqlConnection::connect(&url("mysql")).await.expect("MariaDB answers");
                conn.execute(create).await.expect("a database");
                (url(&name), None)
            }
        };
        Database { engine, url, file }
    }

    /// An embedded one that is there already.
    pub fn of_file(file: &std::path::Path) -> Database {
        Database { engine: Engine::Sqlite, url: format!("sqlite:{}", file.display()), file: None }
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<PathBuf> {
        self.file.as_ref().map(|dir| dir.path().join("hallmark.db"))
    }

    /// Changes the database behind the product's back, as an intruder or a newer version would. Statements without values.
    ///
    /// # Panics
    /// When the database does not take it.
    pub async fn tamper(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        let done = match self.engine {
            Engine::Sqlite => {
                let mut conn = sqlx::SqliteConnection::connect(&self.url).await.expect("the file opens");
                conn.execute(sql).await.map(drop)
            }
            Engine::Postgres => {
                let mut conn = PgConnection::connect(&self.url).await.expect("PostgreSQL answers");
                conn.execute(sql).await.map(drop)
            }
            Engine::Mariadb => {
                let mut conn = MySqlConnection::connect(&self.url).await.expect("MariaDB answers");
                conn.execute(sql).await.map(drop)
            }
        };
        done.expect("the statement is good");
    }
}

/// The same test on all three databases: `on_every_engine! { async fn name(database: Database) { … } }`.
#[macro_export]
macro_rules! on_every_engine {
    ($($(#[$doc:meta])* async fn $name:ident($database:ident: Database) $body:block)*) => { $(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn test($database: $crate::Database) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                test($crate::Database::fresh($crate::Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                test($crate::Database::fresh($crate::Engine::Postgres).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mariadb() {
                test($crate::Database::fresh($crate::Engine::Mariadb).await).await;
            }
        }
    )* };
}

/// The same scenario against the running product on all three databases: `on_every_server!(name)` for
/// `async fn name(server: Hallmark)`, or `on_every_server!(start_named: name)` for one that is started so.
#[macro_export]
macro_rules! on_every_server {
    ($($name:ident),*) => { $crate::on_every_server!(start_on: $($name),*); };
    ($start:ident: $($name:ident),*) => { $(
        mod $name {
            use $crate::{Engine, Hallmark};

            #[tokio::test]
            async fn sqlite() {
                super::$name(Hallmark::$start(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$name(Hallmark::$start(Engine::Postgres).await).await;
            }

            #[tokio::test]
            async fn mariadb() {
                super::$name(Hallmark::$start(Engine::Mariadb).await).await;
            }
        }
    )* };
}

/// A server of this test binary. A shell watches over it: it ends the server and removes its directory when our end of the pipe
/// closes, whether we end well, panic or are killed.
struct Peer {
    dir: PathBuf,
    _watch: Child,
}

fn postgres() -> &'static Peer {
    static PEER: OnceLock<Peer> = OnceLock::new();
    PEER.get_or_init(|| start(include_str!("engines/postgres.sh")))
}

fn mariadb() -> &'static Peer {
    static PEER: OnceLock<Peer> = OnceLock::new();
    PEER.get_or_init(|| start(include_str!("engines/mariadb.sh")))
}

fn start(script: &str) -> Peer {
    let dir = tempfile::Builder::new().prefix("hallmark-").tempdir().expect("a temporary directory").keep();
    let mut shell = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(&dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Ctrl-C in the terminal reaches us, not the shell that has yet to clean up.
        .process_group(0)
        .spawn()
        .expect("there is a shell");
    let mut said = BufReader::new(shell.stdout.take().expect("its output is ours"));
    let mut line = String::new();
    said.read_line(&mut line).expect("it says something");
    if line != "ready\n" {
        said.read_to_string(&mut line).expect("it says why");
        panic!("{line}");
    }
    Peer { dir, _watch: shell }
}

static NEXT: AtomicU32 = AtomicU32::new(1);
