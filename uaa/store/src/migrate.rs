use crate::engine::{Db, Engine};
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
        let known = MIGRATIONS.last().map_or(0, |(n, _)| *n);
        let mut conn = self.auto().await?;
        // An empty database has no such table; every engine says so in its own way.
        let rows = conn.fetch(Sql::new("SELECT COALESCE(MAX(version), 0) FROM schema_version")).await;
        let applied = match rows {
            Ok(rows) => rows.first().map_or(Ok(0), |row| row.get(0))?,
            Err(Fault::Internal(_)) => 0,
            Err(other) => return Err(other),
        };
        Ok(SchemaState { applied, known })
    }

    /// Brings the schema forward, one migration a transaction. Refuses a database that a newer program has written.
    pub async fn migrate(&self, now: Micros) -> Reply<SchemaState> {
        let state = self.schema().await?;
        if state.applied > state.known {
            return Err(Fault::invalid(format!(
                "the database has schema {}, this program knows up to {}; start the newer program, or restore the backup \
                 made before it ran",
                state.applied, state.known
            )));
        }
        for (number, text) in MIGRATIONS.iter().filter(|(n, _)| *n > state.applied) {
            let mut conn = self.write().await?;
            let done = conn.script(spelled(self.engine(), text)).await;
            done.map_err(|e| Fault::Internal(format!("migration {number}: {e}")))?;
            let sql = Sql::new("INSERT INTO schema_version (version, applied_at) VALUES (?, ?)");
            conn.run(sql.with(*number).with(now)).await.map_err(crate::engine::fault)?;
            conn.commit().await?;
        }
        self.schema().await
    }
}

/// One text for all engines: the few types whose names differ are written in braces.
fn spelled(engine: Engine, text: &str) -> String {
    let words: [(&str, &str); 6] = match engine {
        Engine::Sqlite => [
            ("{uuid}", "BLOB"),
            ("{bytes}", "BLOB"),
            ("{text}", "TEXT"),
            ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
            ("{bool}", "BOOLEAN"),
            ("{options}", ""),
        ],
        Engine::Postgres => [
            ("{uuid}", "UUID"),
            ("{bytes}", "BYTEA"),
            ("{text}", "TEXT"),
            ("{serial}", "BIGSERIAL PRIMARY KEY"),
            ("{bool}", "BOOLEAN"),
            ("{options}", ""),
        ],
        Engine::Mysql => [
            ("{uuid}", "BINARY(16)"),
            ("{bytes}", "LONGBLOB"),
            ("{text}", "MEDIUMTEXT"),
            ("{serial}", "BIGINT AUTO_INCREMENT PRIMARY KEY"),
            ("{bool}", "BOOLEAN"),
            ("{options}", " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"),
        ],
    };
    words.iter().fold(text.to_owned(), |text, (word, spelling)| text.replace(word, spelling))
}

const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../../../migrations/0001_centre.sql")),
    (2, include_str!("../../../migrations/0002_directory.sql")),
    (3, include_str!("../../../migrations/0003_platform.sql")),
    (4, include_str!("../../../migrations/0004_jobs.sql")),
];
