//! Statements past the product, as only a benchmark may ask them, and identifiers that a number stands for.

use crate::Outcome;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection, Row, SqliteConnection};
use uuid::Uuid;

/// One connection.
pub(crate) enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
    Mysql(MySqlConnection),
}

impl Conn {
    pub(crate) async fn open(url: &str) -> Outcome<Conn> {
        Ok(match url.split(':').next().unwrap_or_default() {
            "sqlite" => Conn::Sqlite(SqliteConnection::connect(url).await?),
            "mysql" | "mariadb" => {
                Conn::Mysql(MySqlConnection::connect(&url.replacen("mariadb:", "mysql:", 1)).await?)
            }
            _ => Conn::Postgres(PgConnection::connect(url).await?),
        })
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Conn::Sqlite(_) => Engine::Sqlite,
            Conn::Postgres(_) => Engine::Postgres,
            Conn::Mysql(_) => Engine::Mysql,
        }
    }

    pub(crate) async fn run(&mut self, statement: &str) -> Outcome<()> {
        let text = AssertSqlSafe(statement.to_owned());
        match self {
            Conn::Sqlite(conn) => conn.execute(text).await.map(drop),
            Conn::Postgres(conn) => conn.execute(text).await.map(drop),
            Conn::Mysql(conn) => conn.execute(text).await.map(drop),
        }
        .map_err(|error| format!("{error}: {statement}").into())
    }

    pub(crate) async fn number(&mut self, statement: &str) -> Outcome<i64> {
        let statement = AssertSqlSafe(statement.to_owned());
        Ok(match self {
            Conn::Sqlite(conn) => conn.fetch_one(statement).await?.try_get(0)?,
            Conn::Postgres(conn) => conn.fetch_one(statement).await?.try_get(0)?,
            Conn::Mysql(conn) => conn.fetch_one(statement).await?.try_get(0)?,
        })
    }
}

/// What of the seed a number stands for.
#[derive(Clone, Copy)]
pub(crate) enum Seed {
    Organization = 1,
    User = 2,
    Binding = 3,
    Session = 4,
    Token = 5,
    Family = 6,
}

/// The identifier that the n-th has: in the order of the numbers, as those of the product are in the order of time.
pub(crate) fn id(what: Seed, n: u32) -> Uuid {
    Uuid::from_u128(
        (0x0194_0000_0000_7000_8000_0000_0000_0000 | u128::from(what as u8) << 96) + u128::from(n),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    Mysql,
}

impl Engine {
    /// The id of that number, as [`id`] has it.
    pub(crate) fn id(self, what: Seed, n: &str) -> String {
        let head = &id(what, 0).simple().to_string()[..20];
        match self {
            Engine::Sqlite => format!("unhex(printf('{head}%012x', {n}))"),
            Engine::Postgres => format!("('{head}' || lpad(to_hex({n}), 12, '0'))::uuid"),
            Engine::Mysql => format!("UNHEX(CONCAT('{head}', LPAD(HEX({n}), 12, '0')))"),
        }
    }

    pub(crate) fn fixed(self, id: Uuid) -> String {
        let hex = id.simple();
        match self {
            Engine::Postgres => format!("'{hex}'::uuid"),
            Engine::Sqlite | Engine::Mysql => format!("x'{hex}'"),
        }
    }

    pub(crate) fn name(self, prefix: &str) -> String {
        match self {
            Engine::Sqlite => format!("printf('{prefix}-%07d', n)"),
            Engine::Postgres => format!("'{prefix}-' || lpad(n::text, 7, '0')"),
            Engine::Mysql => format!("CONCAT('{prefix}-', LPAD(n, 7, '0'))"),
        }
    }

    pub(crate) fn none(self) -> &'static str {
        match self {
            Engine::Postgres => "NULL::uuid",
            Engine::Sqlite | Engine::Mysql => "NULL",
        }
    }
}

/// The numbers below `rows`, from digits alone: no engine needs telling how deep it may recurse.
pub(crate) fn numbers(rows: u32) -> String {
    let digits = (0..10).map(|d| format!("SELECT {d} AS d")).collect::<Vec<_>>().join(" UNION ALL ");
    let places = ["a", "b", "c", "d", "e", "f"];
    let from = places.map(|p| format!("({digits}) {p}")).join(" CROSS JOIN ");
    let sum = "a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d";
    format!("INSERT INTO bench_n SELECT {sum} FROM {from} WHERE {sum} < {rows} ORDER BY 1")
}
