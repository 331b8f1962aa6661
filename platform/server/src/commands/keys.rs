use super::{begin, installed};
use crate::compose::Hall;
use crate::config::{Config, SigningAlgorithm};
use crate::failure::Failure;
use crate::output::Output;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uaa_authz::{Create, Delete, Update, Zone};
use uaa_directory::{Client, SigningKey as KeyRow, SigningKeyOwn};
use uaa_model::{Clock, Id, Micros, Reply, SystemClock};
use uaa_store::{Cond, Fields, Granted, Query, Set, Tx, Want};
use uaa_token::{Algorithm, SigningKey};

/// `hallmark keys list`.
pub(super) async fn list(config: &Config, out: &mut Output) -> Result<(), Failure> {
    let hall = installed(config).await?;
    let mut tx = begin(&hall, Want::Read, "signing_key_list");
    let rows = rows(&mut tx).await?;
    drop(tx);
    hall.access.db().close().await;
    let now = SystemClock.now();
    for row in rows {
        let state = match row.own.active {
            true => "active".to_owned(),
            false if row.own.retires_at <= now => "retired".to_owned(),
            false => format!("retiring until {}", day(row.own.retires_at)),
        };
        out.line(&format!("{}  {}  made {}  {state}", row.own.kid, row.own.algorithm, day(row.created_at)));
    }
    Ok(())
}

/// `hallmark keys rotate`: a new key signs, those before it retire when the last token that they signed has expired, and
/// those for which that is long past are forgotten.
pub(super) async fn rotate(config: &Config, out: &mut Output) -> Result<(), Failure> {
    let hall = installed(config).await?;
    let key = SigningKey::generate(match config.token.signing_algorithm {
        SigningAlgorithm::Rs256 => Algorithm::Rs256,
        SigningAlgorithm::Es256 => Algorithm::Es256,
    })?;
    let until = change_over(&hall, &key, config).await;
    hall.access.db().close().await;
    out.line(&format!(
        "{} signs from now on, with {}; what was signed before stays good until {}",
        key.kid(),
        key.algorithm(),
        day(until?)
    ));
    Ok(())
}

/// One transaction: at no moment no key signs, or two.
async fn change_over(hall: &Hall, key: &SigningKey, config: &Config) -> Reply<Micros> {
    let sealed = key.seal(hall.data_key())?;
    let mut tx = begin(hall, Want::Write, "signing_key_rotate");
    let now = tx.now();
    let until = now + longest(&mut tx, config).await? * SECOND;
    for row in rows(&mut tx).await? {
        let id = Id::<KeyRow>::new(row.guid);
        if row.own.active {
            let old = tx.grant::<Update, KeyRow>(id).await?;
            tx.update(&old, Set::default().put(KeyRow::active, false).put(KeyRow::retires_at, until)).await?;
        } else if row.own.retires_at <= now {
            let old = tx.grant::<Delete, KeyRow>(id).await?;
            tx.delete(old).await?;
        }
    }
    let slot = tx.slot::<KeyRow>(Id::<Zone>::new(hall.zone)).await?;
    let set = Set::default()
        .put(KeyRow::kid, key.kid())
        .put(KeyRow::algorithm, key.algorithm().to_string())
        .put(KeyRow::sealed, sealed)
        .put(KeyRow::active, true)
        .put(KeyRow::retires_at, 0);
    let _: Granted<Create, KeyRow> = tx.insert(slot, set).await?;
    tx.commit().await?;
    Ok(until)
}

/// The longest life of a token in seconds: the configured one, or a client's own.
async fn longest(tx: &mut Tx, config: &Config) -> Reply<i64> {
    let configured = config.token.access_seconds.get().max(config.token.refresh_seconds.get());
    let mut longest = i64::try_from(configured).unwrap_or(i64::MAX);
    let seen = tx.visible::<Client>().await?;
    for column in ["access_validity", "refresh_validity"] {
        let query = Query::first(1).when(Cond::Present(column)).by(column, true);
        for row in tx.list(&seen, &query).await?.rows {
            let own = [row.own.access_validity, row.own.refresh_validity];
            longest = own.into_iter().flatten().fold(longest, i64::max);
        }
    }
    Ok(longest.min(LONGEST))
}

async fn rows(tx: &mut Tx) -> Reply<Vec<Fields<SigningKeyOwn>>> {
    let seen = tx.visible::<KeyRow>().await?;
    Ok(tx.list(&seen, &Query::first(100)).await?.rows)
}

fn day(at: Micros) -> String {
    let time = OffsetDateTime::from_unix_timestamp(at / SECOND).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}

const SECOND: Micros = 1_000_000;
/// Thirty years: what a client may claim beyond that is no life of a token.
const LONGEST: i64 = 946_080_000;
