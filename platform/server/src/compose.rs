//! How the parts are put together. No logic of their own: what decides lives below.

use crate::fetch::{Networks, Outside};
use crate::mail::{MailSettings, Smtp};
use platform_cloud_controller::CloudController;
use scim::Scim;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use uaa_authz::{Kind, Registry};
use uaa_directory::lockout::LockoutPolicy;
use uaa_directory::password::{Cost, Hasher, Limits};
use uaa_directory::{
    AccessApi, Credentials, Factors, Keyring, Pages, Postman, ProviderSecrets, SessionLimits, Sessions,
    every_zones_own,
};
use uaa_login::LoginPages;
use uaa_look::Look;
use uaa_model::{Clock, Fault, Ids, Micros, Reply, Rng, Secret, UAA_ZONE};
use uaa_oauth::{Caches, Certificates, Engine, OauthServer, RegistrationPolicy, TokenForms};
use uaa_plugin::{
    Bodies, Dispatcher, Fetch, Links, Plugin, Post, Route, Runner, Shelf, Site, Work, ZoneConfig, Zones,
    router,
};
use uaa_store::{Access, Db, Feed};
use uaa_token::{Algorithm, DataKey};
use uuid::Uuid;

/// What the composition needs of the configuration.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where secrets and the embedded database live.
    pub data: PathBuf,
    /// The database.
    pub database: String,
    /// Connections to it at most.
    pub connections: u32,
    /// Where the product is reached.
    pub links: Links,
    /// How tokens are signed.
    pub algorithm: Algorithm,
    /// Seconds that access tokens are good for.
    pub access_seconds: i64,
    /// Seconds that refresh tokens are good for.
    pub refresh_seconds: i64,
    /// In which forms tokens are given out.
    pub forms: TokenForms,
    /// After how many days a signing key is followed by another; `None`: when an operator says so.
    pub key_days: Option<i64>,
    /// What clients that register themselves may be.
    pub registration: RegistrationPolicy,
    /// How long browsers stay signed in.
    pub sessions: SessionLimits,
    /// When accounts lock.
    pub lockout: LockoutPolicy,
    /// The largest request body in bytes.
    pub body_limit: usize,
    /// How long one may stand still, and how much longer than its bytes take.
    pub body_still: Duration,
    /// Days for which audit entries are kept; 0 for ever.
    pub audit_keep_days: i64,
    /// Secrets that may wait to be hashed.
    pub hash_queue: usize,
    /// What the first zone is like.
    pub first_zone: ZoneConfig,
    /// The mail server; without one no messages are sent.
    pub mail: Option<MailSettings>,
    /// Where the server connects to when others name an address.
    pub networks: Networks,
    /// Which certificates of clients come to be seen.
    pub certificates: Certificates,
}

impl Plan {
    /// What an installation is when nothing is said: its own database in the data directory, reached under that address.
    pub fn embedded(data: PathBuf, base: &str) -> Plan {
        let base = base.trim_end_matches('/');
        let uaa: Arc<str> = format!("{base}/uaa").into();
        Plan {
            database: format!("sqlite:{}", data.join("hallmark.db").display()),
            data,
            connections: 16,
            links: Links { api: base.into(), uaa: uaa.clone(), login: uaa },
            algorithm: Algorithm::Rs256,
            access_seconds: 43_200,
            refresh_seconds: 2_592_000,
            forms: TokenForms::default(),
            key_days: None,
            registration: RegistrationPolicy::default(),
            sessions: SessionLimits::default(),
            lockout: LockoutPolicy::default(),
            body_limit: 1 << 20,
            body_still: Duration::from_secs(30),
            audit_keep_days: 0,
            hash_queue: 512,
            first_zone: ZoneConfig::default(),
            mail: None,
            networks: Networks::default(),
            certificates: Certificates::None,
        }
    }
}

/// The opened installation, before it serves anybody.
pub struct Hall {
    /// Transactions.
    pub access: Access,
    /// Identifiers.
    pub ids: Ids,
    /// The queue of password hashing.
    pub hasher: Hasher,
    /// The zone `uaa`.
    pub zone: Uuid,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    data_key: Arc<DataKey>,
    caches: Caches,
    sessions: Arc<Sessions>,
    plan: Plan,
}

/// The routes of both sites as services, and what must run beside them.
pub struct Served {
    /// `api.DOMAIN`.
    pub api: axum::Router,
    /// `uaa.DOMAIN`.
    pub uaa: axum::Router,
    /// What lies ready of both.
    pub shelf: Shelf,
    /// All routes, for documents and tests.
    pub routes: Vec<Route>,
    /// What goes on after requests.
    pub jobs: Arc<Runner>,
    /// What sends messages, if there is a mail server.
    pub postman: Option<Arc<Postman>>,
    /// What runs beside requests. It ends when this is dropped.
    pub beside: JoinSet<()>,
    engine: Arc<Engine>,
}

impl Served {
    /// Takes the step of key rotation that is due now. For tests, whose clock nobody else follows.
    pub async fn turn_keys(&self) {
        self.engine.turn_keys().await;
    }
}

impl Hall {
    /// Opens the database, brings its schema forward and makes the zone `uaa` if it is not there.
    pub async fn open(plan: Plan, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Reply<Hall> {
        fs::create_dir_all(&plan.data).map_err(|e| unwritable(&plan.data, &e))?;
        let db = Db::open(&plan.database, plan.connections).await?;
        db.migrate(clock.now()).await?;
        let data_key = Arc::new(data_key(&plan.data, db.founded().await?, rng.as_ref())?);
        let registry = Registry::new(kinds()).map_err(|e| Fault::Internal(format!("unknown {}", e.0)))?;
        let ids = Ids::new(clock.clone(), rng.clone());
        let settings = uaa_store::Settings {
            clock: clock.clone(),
            ids: ids.clone(),
            seal_key: data_key.to_text(),
            lease: LEASE,
        };
        let caches = Caches::default();
        let sessions = Arc::new(Sessions::new(plan.sessions, &data_key));
        let feeds: Vec<Arc<dyn Feed>> = vec![Arc::new(caches.clone()), sessions.clone()];
        let access = Access::new(db, Arc::new(registry), settings, feeds);
        access.found(UAA_ZONE, "uaa", "").await?;
        every_zones_own(&access).await?;
        let limits = Limits { waiting: plan.hash_queue, ..Limits::of_this_machine() };
        let hasher = Hasher::new(Cost::owasp(), limits, rng.clone());
        Ok(Hall { access, ids, hasher, zone: UAA_ZONE, clock, rng, data_key, caches, sessions, plan })
    }

    /// Puts the plugins together and starts what runs beside requests: the follower of facts and the sealer.
    pub async fn serve(&self) -> Reply<Served> {
        let mut served = self.assemble(false).await?;
        self.beside(&mut served);
        Ok(served)
    }

    /// What makes and opens signing keys.
    pub(crate) fn keyring(&self) -> Keyring {
        Keyring::new(self.data_key.clone(), self.plan.algorithm)
    }

    /// The plugins behind their routes. `rehearse`: whatever a request does is taken back at its end.
    pub async fn assemble(&self, rehearse: bool) -> Reply<Served> {
        let zones =
            Arc::new(Zones::new(self.access.clone(), self.plan.links.clone(), self.plan.first_zone.clone()));
        let settings = uaa_oauth::Settings {
            access_seconds: self.plan.access_seconds,
            refresh_seconds: self.plan.refresh_seconds,
            forms: self.plan.forms,
            key_days: self.plan.key_days,
            registration: self.plan.registration.clone(),
            certificates: self.plan.certificates,
        };
        let (hasher, rng) = (self.hasher.clone(), self.rng.as_ref());
        let credentials = Arc::new(Credentials::new(hasher, self.plan.lockout, rng));
        let engine = Engine::new(
            settings,
            self.access.clone(),
            zones.clone(),
            &self.caches,
            self.clock.clone(),
            self.ids.clone(),
            credentials.clone(),
            &self.data_key,
            self.keyring(),
        );
        let outside: Arc<dyn Fetch> = Arc::new(Outside::new(self.plan.networks.clone()));
        let engine = Arc::new(engine.reaching(outside.clone()));
        engine.make_ready().await?;
        let contact = self.plan.mail.as_ref().and_then(|mail| mail.contact.clone());
        let pages = Pages::new(Look::new(), contact);
        let mail = self.plan.mail.as_ref().map(|settings| Arc::new(Smtp::new(settings.clone())));
        let postman = mail.clone().map(|post| self.postman(&zones, &pages, post));
        let sender = mail.map(|post| post.from().to_owned());
        let login = Arc::new(LoginPages {
            sessions: self.sessions.clone(),
            credentials: credentials.clone(),
            factors: Factors::new(self.data_key.clone(), self.rng.clone()),
            pages: pages.clone(),
            sender,
            access_seconds: self.plan.access_seconds,
        });
        let nowhere = login.nowhere();
        let plugins = self.plugins(&engine, &credentials, login, outside);
        let works: Vec<Work> = plugins.iter().flat_map(|plugin| plugin.works()).collect();
        let jobs = Runner::new(self.access.clone(), zones.clone(), self.clock.clone(), works);
        let routes: Vec<Route> = plugins.into_iter().flat_map(Plugin::routes).collect();
        let shelf = Shelf::new(zones.clone(), &routes);
        let dispatcher = Arc::new(Dispatcher {
            access: self.access.clone(),
            authenticator: engine.clone(),
            zones,
            clock: self.clock.clone(),
            bodies: Bodies::new(self.plan.body_limit, self.plan.body_still),
            rehearse,
        });
        let api = router(&dispatcher, &routes, Site::Api, None);
        let uaa = router(&dispatcher, &routes, Site::Uaa, Some(nowhere));
        let (jobs, beside) = (Arc::new(jobs), JoinSet::new());
        Ok(Served { api, uaa, shelf, routes, jobs, postman, beside, engine })
    }

    fn postman(&self, zones: &Arc<Zones>, pages: &Pages, post: Arc<Smtp>) -> Arc<Postman> {
        let contact = self.plan.mail.as_ref().and_then(|mail| mail.contact.clone());
        Arc::new(Postman::new(self.access.clone(), zones.clone(), pages.clone(), post, contact))
    }

    fn plugins(
        &self,
        engine: &Arc<Engine>,
        credentials: &Arc<Credentials>,
        login: Arc<LoginPages>,
        outside: Arc<dyn Fetch>,
    ) -> Vec<Arc<dyn Plugin>> {
        let (sessions, pages) = (login.sessions.clone(), login.pages.clone());
        vec![
            Arc::new(OauthServer { engine: engine.clone(), sessions, pages }),
            login,
            Arc::new(AccessApi),
            Arc::new(Scim {
                credentials: credentials.clone(),
                outside,
                keys: Arc::new(self.keyring()),
                secrets: ProviderSecrets::new(self.data_key.clone()),
                mails: self.plan.mail.is_some(),
            }),
            Arc::new(CloudController),
        ]
    }

    /// Compiled facts start cold: decisions read rows until the first load is through.
    fn beside(&self, served: &mut Served) {
        let beside = &mut served.beside;
        let (engine, caches) = (served.engine.clone(), self.caches.clone());
        beside.spawn(async move { engine.follow_keys(caches).await });
        let (engine, caches) = (served.engine.clone(), self.caches.clone());
        beside.spawn(async move { engine.follow_clients(caches).await });
        let engine = served.engine.clone();
        every(beside, JOBS, "clients could not be told of sessions that ended", move || {
            let engine = engine.clone();
            async move { engine.tell_clients().await.map(drop) }
        });
        let engine = served.engine.clone();
        beside.spawn(async move {
            let mut turn = tokio::time::interval(UPKEEP);
            loop {
                turn.tick().await;
                engine.turn_keys().await;
            }
        });
        let jobs = served.jobs.clone();
        beside.spawn(async move {
            loop {
                match jobs.run().await {
                    Ok(0) => drop(tokio::time::timeout(JOBS, jobs.woken()).await),
                    Ok(_) => {}
                    Err(fault) => {
                        tracing::warn!(?fault, "jobs could not be run");
                        tokio::time::sleep(JOBS).await;
                    }
                }
            }
        });
        if let Some(postman) = served.postman.clone() {
            beside.spawn(async move {
                loop {
                    match postman.run().await {
                        Ok(0) => tokio::time::sleep(MAIL).await,
                        Ok(_) => {}
                        Err(fault) => {
                            tracing::warn!(?fault, "messages could not be sent");
                            tokio::time::sleep(MAIL).await;
                        }
                    }
                }
            });
        }
        let access = self.access.clone();
        every(beside, FOLLOW, "facts could not be followed", move || {
            let access = access.clone();
            async move { access.follow().await.map(drop) }
        });
        let access = self.access.clone();
        beside.spawn(async move {
            loop {
                let _ = tokio::time::timeout(SEAL, access.unsealed()).await;
                // Several requests a block: a seal a request would double the writes.
                tokio::time::sleep(GATHER).await;
                if let Err(fault) = access.seal().await {
                    tracing::warn!(?fault, "the audit log could not be sealed");
                }
            }
        });
        let access = self.access.clone();
        every(beside, NOTES, "what was noted could not be written", move || {
            let access = access.clone();
            async move {
                access.write_noted().await?;
                access.write_logons().await.map(drop)
            }
        });
        let (access, clock, days) = (self.access.clone(), self.clock.clone(), self.plan.audit_keep_days);
        beside.spawn(async move {
            let mut turn = tokio::time::interval(UPKEEP);
            loop {
                turn.tick().await;
                let before = (days > 0).then(|| clock.now() - days.saturating_mul(DAY));
                // Batch after batch, so that others get between them.
                while batch(&access, before).await.unwrap_or_else(|fault| {
                    tracing::warn!(?fault, "what has had its day could not be taken away");
                    0
                }) > 0
                {
                    tokio::task::yield_now().await;
                }
            }
        });
    }

    /// Where the product is reached.
    pub(crate) fn links(&self) -> &Links {
        &self.plan.links
    }
}

/// Does something again and again, and says when it could not be done.
fn every<F>(
    beside: &mut JoinSet<()>,
    pause: Duration,
    failed: &'static str,
    work: impl Fn() -> F + Send + 'static,
) where
    F: Future<Output = Reply<()>> + Send,
{
    beside.spawn(async move {
        let mut turn = tokio::time::interval(pause);
        loop {
            turn.tick().await;
            if let Err(fault) = work().await {
                tracing::warn!(?fault, "{failed}");
            }
        }
    });
}

/// One batch of what has had its day. Returns how many rows went.
async fn batch(access: &Access, audit_before: Option<Micros>) -> Reply<u64> {
    let forgotten = match audit_before {
        Some(before) => access.forget_before(before).await?,
        None => 0,
    };
    Ok(forgotten + access.upkeep().await?)
}

/// Every kind of this product.
pub fn kinds() -> Vec<Kind> {
    uaa_directory::kinds()
}

/// The key that seals private keys and signs the audit log. It lives beside the database, never in it. `founded`: that database is in
/// use, and opens with the key that it has always had.
fn data_key(data: &Path, founded: bool, rng: &dyn Rng) -> Reply<DataKey> {
    let path = data.join("data-key");
    match fs::read_to_string(&path) {
        Ok(text) => return DataKey::from_text(&Secret::new(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound && founded => {
            return Err(Fault::Unavailable(format!(
                "`{}` is missing, and without it nobody opens the keys in the database: put the file back, from a backup or from \
                 another process of this installation",
                path.display()
            )));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(Fault::Unavailable(format!("`{}` cannot be read: {error}", path.display())));
        }
    }
    let key = DataKey::generate(rng);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(|e| unwritable(&path, &e))?;
    file.write_all(key.to_text().expose().as_bytes()).map_err(|e| unwritable(&path, &e))?;
    file.sync_all().map_err(|e| unwritable(&path, &e))?;
    Ok(key)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::Unavailable(format!("`{}` cannot be written: {error}", path.display()))
}

/// How old compiled facts may be for answers without a database.
const LEASE: Micros = 1_000_000;
const FOLLOW: Duration = Duration::from_millis(200);
/// Another process's jobs, and those that wait for their time.
const JOBS: Duration = Duration::from_secs(1);
/// How soon a message goes out.
const MAIL: Duration = Duration::from_secs(1);
/// What was refused is in the audit log after this time at the latest.
const NOTES: Duration = Duration::from_secs(5);
const DAY: Micros = 86_400_000_000;
const UPKEEP: Duration = Duration::from_secs(60);
const SEAL: Duration = Duration::from_secs(5);
const GATHER: Duration = Duration::from_millis(50);
