use crate::{Database, Engine};
use uaa_model::UAA_ZONE;
use uuid::Uuid;

impl Database {
    /// Puts that many organizations, `org-1` and so on, into a migrated database by a few statements: for lists and benchmarks
    /// among very many rows. A million takes some ten seconds.
    ///
    /// # Panics
    /// When the database does not take them.
    pub async fn seed_organizations(&self, rows: u32) {
        let zone = |zone: Uuid| match self.engine {
            Engine::Postgres => format!("'{zone}'::uuid"),
            Engine::Sqlite | Engine::Mariadb => format!("x'{}'", zone.simple()),
        };
        let zone = zone(UAA_ZONE);
        let (id, no, name) = match self.engine {
            Engine::Sqlite => ("unhex(printf('%032x', n))", "0", "'org-' || n"),
            Engine::Postgres => ("lpad(to_hex(n), 32, '0')::uuid", "FALSE", "'org-' || n"),
            Engine::Mariadb => ("UNHEX(LPAD(HEX(n), 32, '0'))", "FALSE", "CONCAT('org-', n)"),
        };
        let numbers = match self.engine {
            Engine::Sqlite => format!(
                "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) SELECT n FROM s) s"
            ),
            Engine::Postgres => format!("generate_series(1, {rows}) s(n)"),
            Engine::Mariadb => format!("(SELECT seq AS n FROM seq_1_to_{rows}) s"),
        };
        self.tamper(&format!(
            "INSERT INTO organization (guid, zone, org_guid, created_at, updated_at, labels, annotations, name, name_key, \
             suspended) SELECT {id}, {zone}, {id}, n, n, '{{}}', '{{}}', {name}, {name}, {no} FROM {numbers}"
        ))
        .await;
        self.tamper(&format!(
            "INSERT INTO place (id, kind, zone, org_guid, barrier) SELECT {id}, 'organization', {zone}, {id}, 0 FROM {numbers}"
        ))
        .await;
        // A part of the tally that no writer keeps; totals are the sum of all parts.
        self.tamper(&format!(
            "INSERT INTO tally (place, kind, part, n) VALUES ({zone}, 'organization', 99, {rows})"
        ))
        .await;
        let statistics = match self.engine {
            Engine::Sqlite | Engine::Postgres => "ANALYZE",
            Engine::Mariadb => "ANALYZE TABLE organization, place",
        };
        self.tamper(statistics).await;
    }
}

/// The identifier of a seeded organization, from 1 on.
pub fn seeded(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number))
}
