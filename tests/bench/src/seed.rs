//! Big tables: a million organizations, users and role bindings, put past the product into a database that it has founded.
//!
//! Each is one statement that the database fills from numbers, so that the rows are there in seconds on all three engines.

use crate::Outcome;
use crate::load::must;
use crate::server::Server;
use crate::sql::{Conn, Engine, Seed, numbers};
use serde_json::json;
use std::path::PathBuf;
use uaa_authz::built_in_id;
use uaa_model::UAA_ZONE;
use uuid::Uuid;

/// A founded and filled installation.
pub(crate) struct Seeded {
    /// Its data directory.
    pub(crate) data: PathBuf,
    /// `database.url`.
    pub(crate) url: String,
    /// How many organizations, users and bindings there are.
    pub(crate) rows: u32,
}

/// The person who sees [`SEES`] organizations.
pub(crate) const SOMEBODY: &str = "somebody";
pub(crate) const PASSWORD: &str = "bench-password";
pub(crate) const SEES: u32 = 100;
/// One user in so many has bindings, and that many of them.
const EACH: u32 = 10;

impl Seeded {
    /// Founds and fills it, or finds it filled by an earlier run: below `target/`, or in the given database.
    pub(crate) async fn open(rows: u32, database: Option<&str>) -> Outcome<Seeded> {
        let engine = database.and_then(|url| url.split(':').next()).unwrap_or("sqlite");
        let target = std::env::current_exe()?.ancestors().nth(2).ok_or("no target directory")?.to_owned();
        let data = target.join(format!("bench-{engine}-{rows}"));
        let url = match database {
            Some(url) => url.to_owned(),
            None => format!("sqlite:{}", data.join("hallmark.db").display()),
        };
        let seeded = Seeded { data, url, rows };
        if !seeded.data.join("filled").exists() {
            seeded.found().await?;
            std::fs::write(seeded.data.join("filled"), "")?;
        }
        Ok(seeded)
    }

    /// Starts the product on it.
    pub(crate) async fn server(&self) -> Outcome<Server> {
        Ok(Server::on(&self.data, &[("HALLMARK_DATABASE_URL", &self.url)]).await?.0)
    }

    async fn found(&self) -> Outcome<()> {
        // Half of an earlier run is worth nothing.
        let _ = std::fs::remove_dir_all(&self.data);
        std::fs::create_dir_all(&self.data)?;
        let server = self.server().await?;
        let admin = server.admin_token().await?;
        let user = server.person(&server.client_token().await?, SOMEBODY, PASSWORD).await?;
        let first = json!({"name": "first"});
        must(server.at, &crate::ask::Ask::post("/v3/organizations", &first).bearer(&admin)).await?;
        drop(server);
        self.fill(user.parse()?).await
    }

    async fn fill(&self, somebody: Uuid) -> Outcome<()> {
        let mut conn = Conn::open(&self.url).await?;
        let engine = conn.engine();
        if engine == Engine::Sqlite {
            for pragma in ["synchronous = OFF", "cache_size = -262144", "temp_store = MEMORY"] {
                conn.run(&format!("PRAGMA {pragma}")).await?;
            }
        }
        conn.run("CREATE TABLE bench_n (n BIGINT NOT NULL PRIMARY KEY)").await?;
        conn.run(&numbers(self.rows)).await?;
        for statement in engine.statements(self.rows, somebody) {
            conn.run(&statement).await?;
        }
        conn.run("DROP TABLE bench_n").await?;
        conn.run(match engine {
            Engine::Mysql => "ANALYZE TABLE organization, users, role_binding, place",
            Engine::Sqlite | Engine::Postgres => "ANALYZE",
        })
        .await?;
        let bindings = conn.number("SELECT COUNT(*) FROM role_binding WHERE level = 1").await?;
        if bindings < i64::from(self.rows) { Err("the bindings are not there".into()) } else { Ok(()) }
    }
}

/// The user that holds the n-th binding, which is at the n-th organization.
pub(crate) fn holder(n: u32, rows: u32) -> u32 {
    n % (rows / EACH).max(1)
}

/// The role that it gives there.
pub(crate) const ROLES: [&str; 3] = ["organization_user", "organization_auditor", "organization_manager"];

/// When everything was made, in microseconds: the first of January 2026.
const NOW: u64 = 1_767_225_600_000_000;

impl Engine {
    fn statements(self, rows: u32, somebody: Uuid) -> Vec<String> {
        let zone = self.fixed(UAA_ZONE);
        let none = self.none();
        let (org, org_name, now) = (self.id(Seed::Organization, "n"), self.name("org"), NOW);
        let mut all = vec![
            format!(
                "INSERT INTO place (id, kind, zone, org_guid, space_guid, owner, barrier) \
                 SELECT {org}, 'organization', {zone}, {org}, {none}, {none}, 0 FROM bench_n ORDER BY n"
            ),
            format!(
                "INSERT INTO organization (guid, zone, org_guid, created_at, updated_at, labels, annotations, name, \
                 name_key, suspended) SELECT {org}, {zone}, {org}, {now} + n, {now} + n, '{{}}', '{{}}', {org_name}, \
                 {org_name}, 1 = 0 FROM bench_n ORDER BY n"
            ),
        ];
        all.extend(self.users("1 = 1"));
        let users = (rows / EACH).max(1);
        for (i, role) in ROLES.iter().enumerate() {
            let which = format!("n % {} = {i}", ROLES.len());
            let holder = self.id(Seed::User, &format!("(n % {users})"));
            all.push(self.bindings(&self.id(Seed::Binding, "n"), &holder, role, &which));
        }
        let step = (rows / SEES).max(1);
        let more = self.id(Seed::Binding, &format!("(n + {rows})"));
        let which = format!("n % {step} = 0 AND n < {}", step * SEES);
        all.push(self.bindings(&more, &self.fixed(somebody), ROLES[0], &which));
        for (kind, table) in [("organization", "organization"), ("user", "users")] {
            all.push(format!("UPDATE tally SET n = 0 WHERE place = {zone} AND kind = '{kind}'"));
            // One row a kind at least was written by the product, in whichever part.
            let part = format!("SELECT MIN(part) FROM tally WHERE place = {zone} AND kind = '{kind}'");
            all.push(format!(
                "UPDATE tally SET n = (SELECT COUNT(*) FROM {table}) WHERE place = {zone} AND kind = '{kind}' \
                 AND part = (SELECT * FROM ({part}) least)"
            ));
        }
        all
    }

    /// A user for every number that the condition names.
    pub(crate) fn users(self, which: &str) -> [String; 3] {
        let (zone, none, now) = (self.fixed(UAA_ZONE), self.none(), NOW);
        let (user, user_name) = (self.id(Seed::User, "n"), self.name("user"));
        [
            format!(
                "INSERT INTO place (id, kind, zone, org_guid, space_guid, owner, barrier) \
                 SELECT {user}, 'user', {zone}, {none}, {none}, {user}, 0 FROM bench_n WHERE {which} ORDER BY n"
            ),
            format!(
                "INSERT INTO subject (guid, zone, kind, inactive) SELECT {user}, {zone}, 'user', 1 = 0 FROM bench_n WHERE {which} ORDER BY n"
            ),
            format!(
                "INSERT INTO users (guid, zone, created_at, updated_at, username, username_key, origin, given_name, \
                 family_name, email, emails, active, verified, password_changed_at, password_change_required, generation, \
                 version) SELECT {user}, {zone}, {now} + n, {now} + n, {user_name}, {user_name}, 'uaa', 'Given', 'Family', \
                 {user_name}, '[]', 1 = 1, 1 = 1, {now}, 1 = 0, 0, 0 FROM bench_n WHERE {which} ORDER BY n"
            ),
        ]
    }

    /// A role at the organization of the same number, for every number that the condition names.
    fn bindings(self, binding: &str, subject: &str, role: &str, which: &str) -> String {
        let zone = self.fixed(UAA_ZONE);
        let role_id = self.fixed(built_in_id(role));
        let org = self.id(Seed::Organization, "n");
        format!(
            "INSERT INTO role_binding (guid, zone, org_guid, created_at, updated_at, subject, subject_kind, role, role_name, \
             level, place, scope, source, expires, at_org) SELECT {binding}, {zone}, {org}, n, n, {subject}, 'user', \
             {role_id}, '{role}', 1, {org}, NULL, 'direct', 0, {org} FROM bench_n WHERE {which} ORDER BY n"
        )
    }
}
