use crate::engine::{Conn, Db, Engine};
use crate::sql::Sql;
use uaa_model::{Fault, Micros, Reply};

/// How the schema of a database compares with this program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaState {
    /// The migration that was applied last; 0 in an empty database.
    pub applied: i64,
    /// The last migration that this program knows.
    pub known: i64,
}

impl Db {
    /// Where the schema stands. Changes nothing.
    pub async fn schema(&self) -> Reply<SchemaState> {
        state(&mut self.auto().await?).await
    }

    /// Brings the schema forward, one migration a transaction. Processes that start at the same time take turns. Refuses a
    /// database that a newer program has written.
    pub async fn migrate(&self, now: Micros) -> Reply<SchemaState> {
        loop {
            let before = self.schema().await?;
            refuse_newer(before)?;
            if before.applied == before.known {
                return Ok(before);
            }
            let mut conn = self.write().await?;
            let turn = take_turn(&mut conn).await;
            let done = match turn {
                Ok(()) => step(&mut conn, now).await,
                Err(fault) => Err(fault),
            };
            if self.engine() == Engine::Mysql {
                // MySQL's lock belongs to the connection, which goes back to the pool.
                conn.fetch(Sql::new("SELECT RELEASE_LOCK(CONCAT('hallmark ', MD5(DATABASE())))")).await?;
            }
            done?;
            conn.commit().await?;
        }
    }
}

/// Applies the next migration, if nobody else did in the meantime.
async fn step(conn: &mut Conn, now: Micros) -> Reply<()> {
    let state = state(conn).await?;
    refuse_newer(state)?;
    let Some((number, text)) = MIGRATIONS.iter().find(|(n, _)| *n > state.applied) else { return Ok(()) };
    let text = spelled(conn.engine(), collation(conn).await?, text);
    for statement in text.split_inclusive(";\n") {
        match conn.script(statement.to_owned()).await {
            Err(error) if !is_there(conn.engine(), &error) => {
                return Err(Fault::Internal(format!("migration {number}: {error}")));
            }
            Ok(()) | Err(_) => {}
        }
    }
    let sql = Sql::new("INSERT INTO schema_version (version, applied_at) VALUES (?, ?)");
    conn.run(sql.with(*number).with(now)).await.map(drop).map_err(crate::engine::fault)
}

/// MySQL commits after each statement that changes the schema: a migration that was cut off goes on where it stopped.
/// There 1050, 1060 and 1061 say that the table, column or index is there.
fn is_there(engine: Engine, error: &sqlx::Error) -> bool {
    let number = error
        .as_database_error()
        .and_then(|e| e.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>())
        .map(sqlx::mysql::MySqlDatabaseError::number);
    engine == Engine::Mysql && number.is_some_and(|n| [1050, 1060, 1061].contains(&n))
}

/// Waits until no other process migrates this database.
async fn take_turn(conn: &mut Conn) -> Reply<()> {
    let sql = match conn.engine() {
        Engine::Sqlite => return Ok(()), // BEGIN IMMEDIATE was it.
        Engine::Postgres => Sql::new("SELECT pg_advisory_xact_lock(hashtext('hallmark migrate'))::text"),
        Engine::Mysql => Sql::new("SELECT GET_LOCK(CONCAT('hallmark ', MD5(DATABASE())), 60)"),
    };
    conn.fetch(sql).await.map(drop)
}

async fn state(conn: &mut Conn) -> Reply<SchemaState> {
    let known = MIGRATIONS.last().map_or(0, |(n, _)| *n);
    let there = match conn.engine() {
        Engine::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
        Engine::Postgres => "SELECT 1 FROM pg_class WHERE oid = to_regclass('schema_version')",
        Engine::Mysql => {
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'schema_version'"
        }
    };
    if conn.fetch(Sql::new(there)).await?.is_empty() {
        return Ok(SchemaState { applied: 0, known });
    }
    let rows = conn.fetch(Sql::new("SELECT COALESCE(MAX(version), 0) FROM schema_version")).await?;
    let applied = rows.first().map_or(Ok(0), |row| row.get(0))?;
    Ok(SchemaState { applied, known })
}

fn refuse_newer(state: SchemaState) -> Reply<()> {
    if state.applied > state.known {
        return Err(Fault::invalid(format!(
            "the database has schema {}, this program knows up to {}; start the newer program, or restore the backup \
             made before it ran",
            state.applied, state.known
        )));
    }
    Ok(())
}

/// Texts compare by their bytes on every engine. MySQL and MariaDB have different names for that; what they call `utf8mb4_bin`
/// overlooks spaces at the end.
async fn collation(conn: &mut Conn) -> Reply<&'static str> {
    if conn.engine() != Engine::Mysql {
        return Ok("");
    }
    let rows = conn.fetch(Sql::new("SELECT VERSION()")).await?;
    let version: String = rows.first().map_or(Ok(String::new()), |row| row.get(0))?;
    Ok(if version.contains("MariaDB") { "utf8mb4_nopad_bin" } else { "utf8mb4_0900_bin" })
}

/// One text for all engines: the few types whose names differ are written in braces.
fn spelled(engine: Engine, collation: &str, text: &str) -> String {
    let words: [(&str, &str); 7] = match engine {
        Engine::Sqlite => [
            ("{uuid}", "BLOB"),
            ("{bytes}", "BLOB"),
            ("{text}", "TEXT"),
            ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
            ("{bool}", "BOOLEAN"),
            ("{options}", ""),
            ("{collate}", ""),
        ],
        Engine::Postgres => [
            ("{uuid}", "UUID"),
            ("{bytes}", "BYTEA"),
            ("{text}", "TEXT COLLATE \"C\""),
            ("{serial}", "BIGSERIAL PRIMARY KEY"),
            ("{bool}", "BOOLEAN"),
            ("{options}", ""),
            ("{collate}", " COLLATE \"C\""),
        ],
        Engine::Mysql => [
            ("{uuid}", "BINARY(16)"),
            ("{bytes}", "LONGBLOB"),
            ("{text}", "MEDIUMTEXT"),
            ("{serial}", "BIGINT AUTO_INCREMENT PRIMARY KEY"),
            ("{bool}", "BOOLEAN"),
            ("{options}", " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collate}"),
            ("{collate}", collation),
        ],
    };
    let text = if engine == Engine::Postgres { collated(text) } else { text.to_owned() };
    words.iter().fold(text, |text, (word, spelling)| text.replace(word, spelling))
}

/// PostgreSQL takes a collation a column, and its default is that of a language.
fn collated(text: &str) -> String {
    let mut parts = text.split("VARCHAR(");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (size, rest) = part.split_once(')').unwrap_or((part, ""));
        out.push_str("VARCHAR(");
        out.push_str(size);
        out.push_str("){collate}");
        out.push_str(rest);
    }
    out
}

const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../../../migrations/0001_centre.sql")),
    (2, include_str!("../../../migrations/0002_directory.sql")),
    (3, include_str!("../../../migrations/0003_platform.sql")),
    (4, include_str!("../../../migrations/0004_jobs.sql")),
    (5, include_str!("../../../migrations/0005_list_orders.sql")),
    (6, include_str!("../../../migrations/0006_token_lists.sql")),
    (7, include_str!("../../../migrations/0007_zones.sql")),
    (8, include_str!("../../../migrations/0008_sessions.sql")),
    (9, include_str!("../../../migrations/0009_names_in_order.sql")),
    (10, include_str!("../../../migrations/0010_mail.sql")),
    (11, include_str!("../../../migrations/0011_more_keys.sql")),
    (12, include_str!("../../../migrations/0012_factors.sql")),
    (13, include_str!("../../../migrations/0013_registration.sql")),
    (14, include_str!("../../../migrations/0014_logout.sql")),
    (15, include_str!("../../../migrations/0015_identity_providers.sql")),
    (16, include_str!("../../../migrations/0016_logon.sql")),
    (17, include_str!("../../../migrations/0017_session_tokens.sql")),
];
