use super::{begin_in, installed};
use crate::compose::Hall;
use crate::config::Config;
use crate::failure::Failure;
use crate::output::Output;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uaa_directory::{NewKey, signing_key};
use uaa_model::{Clock, Micros, Reply, SystemClock};
use uaa_plugin::ZoneConfig;
use uaa_store::{Want, ZoneRow};
use uaa_token::{Algorithm, KeyState};

/// `hallmark keys list`: those of a zone.
pub(super) async fn list(config: &Config, zone: &str, out: &mut Output) -> Result<(), Failure> {
    let hall = installed(config).await?;
    let rows = match named(&hall, zone) {
        Ok(zone) => {
            let mut tx = begin_in(&hall, zone.guid, Want::Read, "signing_key_list");
            signing_key::rows(&mut tx).await.map_err(Failure::from)
        }
        Err(unknown) => Err(unknown),
    };
    hall.access.db().close().await;
    let now = SystemClock.now();
    for row in rows? {
        let state = match signing_key::state(&row.own) {
            KeyState::Active => "active".to_owned(),
            KeyState::Beside => "beside".to_owned(),
            KeyState::Next => "next".to_owned(),
            KeyState::Retiring { until } if until <= now => "retired".to_owned(),
            KeyState::Retiring { until } => format!("retiring until {}", day(until)),
        };
        out.line(&format!("{}  {}  made {}  {state}", row.own.kid, row.own.algorithm, day(row.created_at)));
    }
    Ok(())
}

/// `hallmark keys rotate`: a new key signs the zone's tokens, those before it retire when the last token that they signed has
/// expired, and those for which that is long past are forgotten.
pub(super) async fn rotate(
    config: &Config,
    zone: &str,
    algorithm: Option<Algorithm>,
    out: &mut Output,
) -> Result<(), Failure> {
    let hall = installed(config).await?;
    let done = match named(&hall, zone) {
        Ok(zone) => change_over(&hall, &zone, algorithm, config).await.map_err(Failure::from),
        Err(unknown) => Err(unknown),
    };
    hall.access.db().close().await;
    let (key, until) = done?;
    out.line(&format!(
        "{} signs from now on, with {}; what was signed before stays good until {}",
        key.kid,
        key.algorithm,
        day(until)
    ));
    Ok(())
}

fn named(hall: &Hall, zone: &str) -> Result<std::sync::Arc<ZoneRow>, Failure> {
    let known = hall.access.zones().named(zone).cloned();
    known.ok_or_else(|| Failure::new(format!("there is no identity zone `{zone}`")))
}

async fn change_over(
    hall: &Hall,
    zone: &ZoneRow,
    algorithm: Option<Algorithm>,
    config: &Config,
) -> Reply<(NewKey, Micros)> {
    let ring = hall.keyring();
    let key = ring.make(algorithm.unwrap_or(ring.algorithm()))?;
    let mut tx = begin_in(hall, zone.guid, Want::Write, "signing_key_rotate");
    let configured = config.token.access_seconds.get().max(config.token.refresh_seconds.get());
    let configured = i64::try_from(configured).unwrap_or(i64::MAX);
    let policy = ZoneConfig::read(&zone.config).unwrap_or_default().token_policy;
    let until = tx.now() + signing_key::longest(&mut tx, &policy, configured).await? * SECOND;
    signing_key::change_over(&mut tx, &key, until).await?;
    tx.commit().await?;
    Ok((key, until))
}

fn day(at: Micros) -> String {
    let time = OffsetDateTime::from_unix_timestamp(at / SECOND).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}

const SECOND: Micros = 1_000_000;
