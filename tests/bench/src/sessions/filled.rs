//! An installation with many live sessions and refresh tokens, ten of each a person, put past the product into its database.
//!
//! Each is known by the digest of a text that its number gives, so that the benchmark holds the cookie and the token of anybody.

use crate::Outcome;
use crate::flow::{At, SHOP, register};
use crate::load::Connection;
use crate::seed::PASSWORD;
use crate::server::Server;
use crate::sql::{Conn, Engine, Seed};
use aws_lc_rs::digest::{SHA256, digest};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;
use uaa_model::{Clock as _, Micros, SystemClock, UAA_ZONE};

pub(crate) struct Filled {
    data: PathBuf,
    pub(crate) url: String,
    /// How many sessions, and how many refresh tokens.
    pub(crate) rows: u32,
}

impl Filled {
    /// Founds and fills it below `target/`, or finds it filled by an earlier run.
    pub(crate) async fn open(rows: u32) -> Outcome<Filled> {
        let target = std::env::current_exe()?.ancestors().nth(2).ok_or("no target directory")?.to_owned();
        let data = target.join(format!("bench-sessions-{rows}"));
        let url = format!("sqlite:{}", data.join("hallmark.db").display());
        let filled = Filled { data, url, rows };
        if filled.data.join("filled").exists() {
            // The refresh tokens that an earlier run has used, and what it left when it was broken off.
            let mut conn = filled.past_the_product().await?;
            conn.run("UPDATE token SET used = 0 WHERE used = 1").await?;
        } else {
            filled.found().await?;
            std::fs::write(filled.data.join("filled"), "")?;
        }
        Ok(filled)
    }

    /// Starts the product on it.
    pub(crate) async fn server(&self) -> Outcome<Server> {
        Ok(Server::on(&self.data, &[]).await?.0)
    }

    async fn found(&self) -> Outcome<()> {
        let _ = std::fs::remove_dir_all(&self.data);
        std::fs::create_dir_all(&self.data)?;
        let server = self.server().await?;
        let client = server.client_token().await?;
        register(&mut At::Server(Connection::open(server.at).await?), &client).await?;
        for n in 0..PEOPLE {
            server.person(&client, &person(n), PASSWORD).await?;
        }
        drop(server);
        let mut conn = self.past_the_product().await?;
        begin(&mut conn, 0..self.rows).await?;
        for statement in Engine::Sqlite.users(&format!("n < {}", self.users())) {
            conn.run(&statement).await?;
        }
        self.fill(&mut conn, FAR).await?;
        conn.run("ANALYZE").await
    }

    /// Adds that many sessions and as many refresh tokens which ended a minute ago. The server must be down.
    pub(crate) async fn expire(&self, rows: u32) -> Outcome<()> {
        let mut conn = self.past_the_product().await?;
        begin(&mut conn, self.rows..self.rows + rows).await?;
        self.fill(&mut conn, SystemClock.now() - 60_000_000).await
    }

    /// Whether anything that has ended is still there.
    pub(crate) async fn has_expired(conn: &mut Conn) -> Outcome<bool> {
        let now = SystemClock.now();
        let [sessions, tokens] =
            ["session", "token"].map(|table| format!("EXISTS (SELECT 1 FROM {table} WHERE expires < {now})"));
        Ok(conn.number(&format!("SELECT {sessions} OR {tokens}")).await? != 0)
    }

    /// Sessions and tokens of all numbers that [`begin`] has written down.
    async fn fill(&self, conn: &mut Conn, expires: Micros) -> Outcome<()> {
        let (zone, shop) = (Engine::Sqlite.fixed(UAA_ZONE), SHOP);
        let id = |what, n: &str| Engine::Sqlite.id(what, n);
        let user = id(Seed::User, &format!("(n % {})", self.users()));
        let (session, token, family) = (id(Seed::Session, "n"), id(Seed::Token, "n"), id(Seed::Family, "n"));
        let kept = format!(
            "'{{\"scopes\":[\"openid\"],\"grant\":\"authorization_code\",\"auth_time\":{},\"amr\":[\"pwd\"],\
             \"generations\":[0,0],\"format\":\"opaque\",\"public\":false,\"bound\":{{}}}}'",
            MADE / 1_000_000
        );
        for (place, kind) in [(&session, "session"), (&token, "token")] {
            conn.run(&format!(
                "INSERT INTO place (id, kind, zone, org_guid, space_guid, owner, barrier) \
                 SELECT {place}, '{kind}', {zone}, NULL, NULL, {user}, 0 FROM bench_n ORDER BY n"
            ))
            .await?;
        }
        // Half of them as if they had been used just now, whenever a run finds them: their first use writes nothing down.
        conn.run(&format!(
            "INSERT INTO session (guid, zone, created_at, updated_at, digest, subject, generation, auth_time, amr, second_at, \
             remembered, seen, expires, agent, address) SELECT {session}, {zone}, {MADE}, {MADE}, cookie, {user}, 0, {MADE}, \
             'pwd', 0, 1, CASE n % 2 WHEN 0 THEN {FAR} ELSE {MADE} END, {expires}, '{AGENT}', '192.0.2.17' \
             FROM bench_n ORDER BY n"
        ))
        .await?;
        conn.run(&format!(
            "INSERT INTO token (guid, zone, created_at, updated_at, jti, digest, kind, client_id, subject, family, used, claims, \
             expires) SELECT {token}, {zone}, {MADE}, {MADE}, substr(refresh, 1, 32) || '-r', refresh, 'refresh', '{shop}', \
             {user}, {family}, 0, {kept}, {expires} FROM bench_n ORDER BY n"
        ))
        .await?;
        conn.run("DROP TABLE bench_n").await?;
        conn.run("COMMIT").await
    }

    /// A connection for many rows at once: nothing of them has to survive a crash.
    async fn past_the_product(&self) -> Outcome<Conn> {
        let mut conn = Conn::open(&self.url).await?;
        for pragma in
            ["journal_mode = OFF", "synchronous = OFF", "cache_size = -524288", "temp_store = MEMORY"]
        {
            conn.run(&format!("PRAGMA {pragma}")).await?;
        }
        Ok(conn)
    }

    fn users(&self) -> u32 {
        (self.rows / EACH).max(1)
    }
}

/// The numbers with their digests, in a table from which all others are filled, in a transaction that stays open.
async fn begin(conn: &mut Conn, numbers: Range<u32>) -> Outcome<()> {
    conn.run("DROP TABLE IF EXISTS bench_n").await?;
    conn.run("BEGIN").await?;
    conn.run(
        "CREATE TABLE bench_n (n BIGINT NOT NULL PRIMARY KEY, cookie TEXT NOT NULL, refresh TEXT NOT NULL)",
    )
    .await?;
    let all: Vec<u32> = numbers.collect();
    for some in all.chunks(1_000) {
        let mut rows = String::with_capacity(some.len() * 160);
        for n in some {
            let (comma, cookie, refresh) = (if rows.is_empty() { "" } else { "," }, cookie(*n), refresh(*n));
            let _ = write!(rows, "{comma}({n},'{}','{}')", sha256(&cookie), sha256(&refresh));
        }
        conn.run(&format!("INSERT INTO bench_n VALUES {rows}")).await?;
    }
    Ok(())
}

/// What the browser of the n-th session holds.
pub(crate) fn cookie(n: u32) -> String {
    format!("bench-session-{n}")
}

/// What the application holds of the n-th refresh token.
pub(crate) fn refresh(n: u32) -> String {
    format!("bench-refresh-{n}")
}

/// The name of one of [`PEOPLE`], who have passwords.
pub(crate) fn person(n: u32) -> String {
    format!("person-{n}")
}

fn sha256(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Who can sign in.
pub(crate) const PEOPLE: u32 = 20;
/// Sessions and refresh tokens of one person.
pub(crate) const EACH: u32 = 10;
/// When they were made, in microseconds: the first of January 2026.
const MADE: Micros = 1_767_225_600_000_000;
/// When they end, in the year 2100: a later run finds them live.
const FAR: Micros = 4_102_444_800_000_000;
const AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
