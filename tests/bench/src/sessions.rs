//! `sessions`: 1,000,000 live sessions and refresh tokens. What they take of memory, and how one of them is found.

use crate::ask::Ask;
use crate::flow::{self, At, SHOP};
use crate::load::{Answers, Connection, Source, load, same};
use crate::measure::{millis, number};
use crate::report::Line;
use crate::server::Server;
use crate::{Outcome, Setting};
use sqlx::{Connection as _, Executor, Row, SqliteConnection};
use std::path::Path;
use std::rc::Rc;
use uaa_token::digest;
use uuid::Uuid;

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    let data = tempfile::tempdir_in(std::env::current_exe()?.parent().ok_or("no directory")?)?;
    let (server, _) = Server::on(data.path(), &[]).await?;
    let mut at = At::Server(Connection::open(server.at).await?);
    flow::register(&mut at, &server.client_token().await?).await?;
    let cookie = flow::sign_in(&mut at, &server.password()?).await?;
    flow::flow(&mut at, &cookie).await?;
    drop((at, server));
    fill(data.path(), setting.rows).await?;
    let (server, took) = Server::on(data.path(), &[]).await?;
    tokio::time::sleep(setting.round).await;
    let (idle, _) = server.memory()?;
    let rows = setting.rows;
    let name = cookie.split('=').next().unwrap_or_default().to_owned();
    let page = move |n: u32| Ask::get("/uaa/home").with("cookie", format!("{name}={}", held(n)));
    let known = load(server.at, 1, setting.round * 2, &same(&page(0))).await?;
    // Far apart, so that no two requests read the same page of the database.
    let far = move |n: u64| u32::try_from(n * 7_919 % u64::from(rows)).unwrap_or_default();
    let one = page.clone();
    let source: Source = Rc::new(move |n| one(far(n)).wire());
    let found = load(server.at, 1, setting.round * 2, &source).await?;
    load(server.at, 16, setting.round * 4, &source).await?;
    let (after, most) = server.memory()?;
    let secret = "bench-secret";
    let source: Source = Rc::new(move |n| {
        let form = format!("grant_type=refresh_token&refresh_token={}", refresh(far(n)));
        Ask::form("/uaa/oauth/token", form).basic(SHOP, secret).wire()
    });
    let refreshed = load(server.at, 1, setting.round * 2, &source).await?;
    let show = |a: &Answers| format!("p50 {} ms, p99 {} ms", number(a.within(0.5)), number(a.within(0.99)));
    Ok(vec![
        Line::new(
            format!("memory, idle, with {} live sessions and refresh tokens", number(f64::from(rows))),
            format!("{} MB", number(idle)),
        )
        .target("80 MB"),
        Line::new(
            "memory after many of them were in use",
            format!("{} MB, most {} MB", number(after), number(most)),
        )
        .target("150 MB"),
        Line::new("start with them", format!("{} ms", number(millis(took))))
            .target("300 ms to the first answer"),
        Line::new("a page of a session that is not in memory", show(&found))
            .beside(format!("of one that is: {}", show(&known)))
            .ratio(found.within(0.5) / known.within(0.5)),
        Line::new("refreshing one of the tokens, RS256", show(&refreshed)),
    ])
}

/// What the browser of the n-th session holds.
fn held(n: u32) -> String {
    format!("{n:064x}")
}

/// The n-th refresh token.
fn refresh(n: u32) -> String {
    format!("{n:032x}-r")
}

/// Copies the session and the refresh token that there are, past the product.
async fn fill(data: &Path, rows: u32) -> Outcome<()> {
    let mut conn =
        SqliteConnection::connect(&format!("sqlite:{}", data.join("hallmark.db").display())).await?;
    conn.execute("PRAGMA synchronous = OFF").await?;
    conn.execute("PRAGMA cache_size = -262144").await?;
    let session: Uuid = conn.fetch_one("SELECT guid FROM session").await?.try_get(0)?;
    let token = "SELECT guid FROM token WHERE kind = 'refresh'";
    let token: Uuid = conn.fetch_one(token).await?.try_get(0)?;
    let hex = |text: &str| digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut all = conn.begin().await?;
    for n in 0..rows {
        for (kind, template, text, statement) in
            [("session", session, held(n), SESSION), ("token", token, refresh(n), TOKEN)]
        {
            let of = if kind == "session" { 1u128 << 96 } else { 2u128 << 96 };
            let id = Uuid::from_u128(0x0194_0000_0000_7000_8000_0000_0000_0000 + of + u128::from(n));
            sqlx::query(PLACE).bind(id).bind(template).bind(kind).execute(&mut *all).await?;
            let copy = sqlx::query(statement).bind(id).bind(template).bind(hex(&text));
            copy.execute(&mut *all).await?;
        }
    }
    all.commit().await?;
    conn.execute("ANALYZE").await?;
    Ok(())
}

const PLACE: &str = "INSERT INTO place (id, kind, zone, org_guid, space_guid, owner, barrier) \
                     SELECT ?1, kind, zone, org_guid, space_guid, owner, barrier FROM place WHERE id = ?2 AND kind = ?3";
/// Seen a while from now: that it is in use is written down once a minute, and is not what is measured.
const SESSION: &str = "INSERT INTO session (guid, zone, created_at, updated_at, digest, subject, generation, auth_time, amr, \
                       remembered, seen, expires, agent, address, second_at) SELECT ?1, zone, created_at, updated_at, ?3, subject, \
                       generation, auth_time, amr, remembered, seen + 600000000, expires, agent, address, second_at FROM session WHERE guid = ?2";
const TOKEN: &str = "INSERT INTO token (guid, zone, created_at, updated_at, jti, digest, kind, client_id, subject, family, used, \
                     claims, expires) SELECT ?1, zone, created_at, updated_at, ?3, ?3, kind, client_id, subject, ?1, used, claims, \
                     expires FROM token WHERE guid = ?2";
