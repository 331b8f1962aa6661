use crate::sql::{Sql, Statement};
use futures::stream::{BoxStream, StreamExt};
use sqlx::pool::PoolConnection;
use sqlx::{
    AssertSqlSafe, ColumnIndex, Decode, MySql, MySqlPool, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    Type,
};
use uaa_model::{Fault, Reply};

mod open;

/// The three databases that hold the product's state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// PostgreSQL 12 or newer.
    Postgres,
    /// MySQL 8.0.17 or MariaDB 10.6 or newer.
    Mysql,
}

/// The pools of one database. Opened by the composition root, handed to `Access`, and to nobody else.
#[derive(Clone, Debug)]
pub struct Db(Pools);

#[derive(Clone, Debug)]
enum Pools {
    /// One writer: SQLite has one anyway, and waiting in a queue is fairer than waiting in a loop.
    Sqlite {
        writer: SqlitePool,
        reader: SqlitePool,
    },
    Postgres(PgPool),
    Mysql(MySqlPool),
}

/// One connection, with or without a transaction on it. Never leaves this crate.
pub(crate) enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
    Mysql(Transaction<'static, MySql>),
    /// For reads of a single proof: no round trips for BEGIN and COMMIT.
    SqliteAuto(PoolConnection<Sqlite>),
    PostgresAuto(PoolConnection<Postgres>),
    MysqlAuto(PoolConnection<MySql>),
}

/// One row of an answer.
#[derive(Debug)]
pub struct Row(Rows);

#[derive(Debug)]
enum Rows {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
    Mysql(sqlx::mysql::MySqlRow),
}

/// What every engine can decode. Times are BIGINT microseconds, ids 16 bytes, so that nothing differs between engines.
pub trait Val:
    Send
    + Unpin
    + 'static
    + for<'r> Decode<'r, Sqlite>
    + Type<Sqlite>
    + for<'r> Decode<'r, Postgres>
    + Type<Postgres>
    + for<'r> Decode<'r, MySql>
    + Type<MySql>
{
}

impl<T> Val for T where
    T: Send
        + Unpin
        + 'static
        + for<'r> Decode<'r, Sqlite>
        + Type<Sqlite>
        + for<'r> Decode<'r, Postgres>
        + Type<Postgres>
        + for<'r> Decode<'r, MySql>
        + Type<MySql>
{
}

impl Row {
    /// The column at a position, as the type that the schema gives it.
    pub fn get<T: Val>(&self, at: usize) -> Reply<T>
    where
        usize: ColumnIndex<sqlx::sqlite::SqliteRow>,
    {
        use sqlx::Row as _;
        match &self.0 {
            Rows::Sqlite(row) => row.try_get(at),
            Rows::Postgres(row) => row.try_get(at),
            Rows::Mysql(row) => row.try_get(at),
        }
        .map_err(fault)
    }
}

macro_rules! each {
    ($conn:expr, $c:ident, $wrap:ident => $body:expr) => {
        match $conn {
            Conn::Sqlite($c) => each!(@ $c, Sqlite, $wrap, $body),
            Conn::Postgres($c) => each!(@ $c, Postgres, $wrap, $body),
            Conn::Mysql($c) => each!(@ $c, Mysql, $wrap, $body),
            Conn::SqliteAuto($c) => each!(@ $c, Sqlite, $wrap, $body),
            Conn::PostgresAuto($c) => each!(@ $c, Postgres, $wrap, $body),
            Conn::MysqlAuto($c) => each!(@ $c, Mysql, $wrap, $body),
        }
    };
    (@ $c:ident, $variant:ident, $wrap:ident, $body:expr) => {{
        let $c = &mut **$c;
        let $wrap = Rows::$variant;
        $body
    }};
}

impl Conn {
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Conn::Sqlite(_) | Conn::SqliteAuto(_) => Engine::Sqlite,
            Conn::Postgres(_) | Conn::PostgresAuto(_) => Engine::Postgres,
            Conn::Mysql(_) | Conn::MysqlAuto(_) => Engine::Mysql,
        }
    }

    pub(crate) async fn fetch(&mut self, statement: impl Into<Statement>) -> Reply<Vec<Row>> {
        let (text, values) = statement.into().build(self.engine());
        each!(self, c, wrap => {
            let rows = sqlx::query_with(AssertSqlSafe(text), values).fetch_all(c).await.map_err(fault)?;
            Ok(rows.into_iter().map(|row| Row(wrap(row))).collect())
        })
    }

    /// The rows of a long answer as they come: it never lies in memory as a whole.
    pub(crate) fn rows(&mut self, statement: impl Into<Statement>) -> BoxStream<'_, Reply<Row>> {
        let (text, values) = statement.into().build(self.engine());
        each!(self, c, wrap => {
            let rows = sqlx::query_with(AssertSqlSafe(text), values).fetch(c);
            rows.map(move |row| row.map(|row| Row(wrap(row))).map_err(fault)).boxed()
        })
    }

    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn run(&mut self, statement: impl Into<Statement>) -> Result<u64, sqlx::Error> {
        let (text, values) = statement.into().build(self.engine());
        each!(self, c, wrap => {
            let _ = wrap;
            sqlx::query_with(AssertSqlSafe(text), values).execute(c).await.map(|done| done.rows_affected())
        })
    }

    /// Several statements of a migration, as text without values.
    pub(crate) async fn script(&mut self, text: String) -> Result<(), sqlx::Error> {
        each!(self, c, wrap => {
            let _ = wrap;
            sqlx::raw_sql(AssertSqlSafe(text)).execute(c).await.map(drop)
        })
    }

    pub(crate) async fn commit(self) -> Reply<()> {
        match self {
            Conn::Sqlite(t) => t.commit().await,
            Conn::Postgres(t) => t.commit().await,
            Conn::Mysql(t) => t.commit().await,
            Conn::SqliteAuto(_) | Conn::PostgresAuto(_) | Conn::MysqlAuto(_) => Ok(()),
        }
        .map_err(fault)
    }
}

impl Db {
    /// Which database this is.
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
            Pools::Mysql(_) => Engine::Mysql,
        }
    }

    /// A transaction that will write. SQLite takes its one writer at BEGIN: a deferred transaction that writes later fails
    /// at once, in spite of any busy timeout.
    pub(crate) async fn write(&self) -> Reply<Conn> {
        Ok(match &self.0 {
            Pools::Sqlite { writer, .. } => {
                Conn::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?)
            }
            Pools::Postgres(pool) => Conn::Postgres(pool.begin().await.map_err(fault)?),
            Pools::Mysql(pool) => Conn::Mysql(pool.begin().await.map_err(fault)?),
        })
    }

    /// A transaction that sees one state of the database from its first statement to its last.
    pub(crate) async fn consistent(&self) -> Reply<Conn> {
        Ok(match &self.0 {
            Pools::Sqlite { reader, .. } => Conn::Sqlite(reader.begin().await.map_err(fault)?),
            Pools::Postgres(pool) => Conn::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(fault)?,
            ),
            Pools::Mysql(pool) => Conn::Mysql(
                // The session is READ COMMITTED; this transaction alone is not.
                pool.begin_with("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
                    .await
                    .map_err(fault)?,
            ),
        })
    }

    /// A connection without a transaction.
    pub(crate) async fn auto(&self) -> Reply<Conn> {
        Ok(match &self.0 {
            Pools::Sqlite { reader, .. } => Conn::SqliteAuto(reader.acquire().await.map_err(fault)?),
            Pools::Postgres(pool) => Conn::PostgresAuto(pool.acquire().await.map_err(fault)?),
            Pools::Mysql(pool) => Conn::MysqlAuto(pool.acquire().await.map_err(fault)?),
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Reply<()> {
        self.auto().await?.fetch(Sql::new("SELECT 1")).await.map(drop)
    }

    /// How many connections are open, and how many of them nobody uses.
    pub fn connections(&self) -> (u32, usize) {
        match &self.0 {
            Pools::Sqlite { writer, reader } => {
                (writer.size() + reader.size(), writer.num_idle() + reader.num_idle())
            }
            Pools::Postgres(pool) => (pool.size(), pool.num_idle()),
            Pools::Mysql(pool) => (pool.size(), pool.num_idle()),
        }
    }

    /// Waits for what is under way and closes the pools.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
            Pools::Mysql(pool) => pool.close().await,
        }
    }
}

/// What an error of the driver means to a request: lost a race, database away, or a mistake of ours.
pub(crate) fn fault(error: sqlx::Error) -> Fault {
    match &error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::WorkerCrashed => Fault::Unavailable(error.to_string()),
        sqlx::Error::Database(d) if d.code().is_some_and(|c| RETRY.contains(&c.as_ref())) => Fault::Retry,
        sqlx::Error::Database(d) if d.code().is_some_and(|c| AWAY.contains(&c.as_ref())) => {
            Fault::Unavailable(error.to_string())
        }
        sqlx::Error::Database(d) => match d.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
            Some(mysql) if WAITED.contains(&mysql.number()) => Fault::Retry,
            Some(_) | None => Fault::Internal(error.to_string()),
        },
        _ => Fault::Internal(error.to_string()),
    }
}

/// PostgreSQL: serialization failure, deadlock (MySQL's deadlock has the same SQLSTATE), lock not had in time. SQLite: busy,
/// busy snapshot.
const RETRY: &[&str] = &["40001", "40P01", "55P03", "5", "517"];
/// PostgreSQL: it shuts down or starts, too many connections. MySQL: the same.
const AWAY: &[&str] = &["57P01", "57P02", "57P03", "53300", "08004"];
/// MySQL and MariaDB: waited too long for a lock, or would have had to wait.
const WAITED: &[u16] = &[1205, 3572];
