use super::{data_folder, open, patiently};
use crate::bootstrap::{FirstSecrets, bootstrap};
use crate::certificates::ClientCertificates;
use crate::compose::{Hall, Served};
use crate::config::Config;
use crate::edge::{Edge, Proxies, Sites};
use crate::failure::Failure;
use crate::health::Health;
use crate::listener::Listener;
use crate::metrics::{Figures, Probe, Vitals};
use crate::output::Output;
use crate::stop::Stop;
use futures::FutureExt;
use std::fs::{File, OpenOptions, TryLockError};
use std::time::Duration;
use tokio::time::{interval, timeout};
use uaa_model::{Clock, SystemClock};
use uaa_plugin::Links;
use uaa_store::{Access, Engine};

/// `hallmark up`: runs until a signal says stop and the last request is answered.
pub(super) async fn up(config: &Config, out: &mut Output) -> Result<(), Failure> {
    let stop = Stop::on_signals()?;
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    data_folder(config)?;
    let _alone = alone(config)?;
    let listener = Listener::bind(config).await?;
    let sites = Sites::new(config, listener.address());
    let links = sites.links().clone();
    let hall = patiently("opening the database", open(config, links.clone())).await?;
    let first = bootstrap(&hall, &config.data_dir).await?;
    let mut served = hall.serve().await?;
    let mut beside = std::mem::take(&mut served.beside);
    let health = Health::default();
    watch(&health, &hall.access);
    out.line(&format!("Hallmark listens on {}: {}, {}", listener.address(), links.api, links.uaa));
    out.line(&next_steps(config, &links, listener.fingerprint(), first.as_ref()));
    let edge = edge(config, sites, &hall, served, (&health, listener.certificates()))?;
    listener.serve(edge.into_service(), &health, stop).await;
    // Before the database closes under it.
    beside.shutdown().await;
    hall.access.write_noted().await?;
    hall.access.write_logons().await?;
    while hall.access.seal().await? > 0 {}
    hall.access.db().close().await;
    Ok(())
}

fn edge(
    config: &Config,
    sites: Sites,
    hall: &Hall,
    served: Served,
    (health, certificates): (&Health, &ClientCertificates),
) -> Result<Edge, Failure> {
    let names = served.routes.iter().map(|route| route.name);
    Ok(Edge {
        sites,
        proxies: Proxies::new(config.trusted_proxies.clone()),
        certificates: certificates.clone(),
        header_count: config.limits.header_count.size(),
        ids: hall.ids.clone(),
        health: health.clone(),
        figures: Figures::new(names, probe(hall))?,
        readers: config.metrics.allow.clone(),
        api: served.api,
        uaa: served.uaa,
        shelf: served.shelf,
    })
}

/// One process an embedded database: two would keep caches that know nothing of each other's writers, and wait for each
/// other at every write. The lock ends with the process, however that ends.
fn alone(config: &Config) -> Result<Option<File>, Failure> {
    if config.database_url()?.engine() != Engine::Sqlite {
        return Ok(None);
    }
    let (path, folder) = (config.data_dir.join("lock"), config.data_dir.display());
    let unwritable = |error| Failure::new(format!("`{}` cannot be written: {error}", path.display()));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Failure::new(format!(
            "another `hallmark up` works on `{folder}`; stop it, or name another folder with `--data`"
        ))),
        Err(TryLockError::Error(error)) => Err(unwritable(error)),
    }
}

/// `/readyz` says no while the database is away or the compiled facts are too old to answer from.
fn watch(health: &Health, access: &Access) {
    let (health, access) = (health.clone(), access.clone());
    tokio::spawn(async move {
        let mut turn = interval(WATCH);
        loop {
            turn.tick().await;
            match timeout(WATCH, access.db().ping()).await {
                Ok(Ok(())) => health.ready("database"),
                Ok(Err(_)) | Err(_) => health.not_ready("database", "it does not answer"),
            }
            match access.fresh() {
                Some(_) => health.ready("facts"),
                None => health.not_ready("facts", "the compiled facts are older than their lease"),
            }
        }
    });
}

fn probe(hall: &Hall) -> Probe {
    let (access, hasher, zone) = (hall.access.clone(), hall.hasher.clone(), hall.zone);
    Box::new(move || {
        let (access, hasher) = (access.clone(), hasher.clone());
        async move {
            let (as_of, revision) = access.facts_at(zone);
            let (open, idle) = access.db().connections();
            let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            Vitals {
                facts_age: Duration::from_micros((SystemClock.now() - as_of).unsigned_abs()).as_secs_f64(),
                revision,
                unsealed: access.unsealed_rows().await.ok(),
                connections: open.into(),
                idle_connections: count(idle),
                hashing: count(hasher.pending()),
            }
        }
        .boxed()
    })
}

fn next_steps(
    config: &Config,
    links: &Links,
    fingerprint: Option<&str>,
    first: Option<&FirstSecrets>,
) -> String {
    let data = config.data_dir.display();
    let mut text = String::new();
    let mut ca = "";
    if let Some(fingerprint) = fingerprint {
        text.push_str(&format!(
            "It made its certificate itself; clients trust {data}/tls/certificate.pem, SHA-256\n  {fingerprint}\n"
        ));
        ca = " --skip-ssl-validation";
    }
    if let Some(secrets) = first {
        let (user, client, api) = (secrets.user.expose(), secrets.client.expose(), &links.api);
        text.push_str(&format!(
            "This was the first start. Shown once, and kept in {data}/admin-password and {data}/admin-client-secret:\n  \
             user admin    {user}\n  client admin  {client}\n\nNext:\n  cf api {api}{ca}\n  \
             cf auth admin \"$(cat {data}/admin-password)\"\n  cf create-org first\n"
        ));
    }
    text
}

const WATCH: Duration = Duration::from_secs(1);
