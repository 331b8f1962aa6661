//! What a new installation begins with: groups, clients, the first administrator.

use crate::compose::Hall;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use uaa_authz::{Actor, Duty, Zone};
use uaa_directory::password::Source;
use uaa_directory::zone::{Authority, group};
use uaa_directory::{Client, Group, OrganizationQuota, User};
use uaa_model::{Fault, Id, Reply, Secret};
use uaa_plugin::DEFAULT_GROUPS;
use uaa_store::{Cond, Field, Set, Tx, Want};
use uuid::Uuid;

/// The two secrets of the first start. Nothing else ever shows them.
pub struct FirstSecrets {
    /// Of the user `admin`.
    pub user: Secret,
    /// Of the client `admin`.
    pub client: Secret,
}

/// Makes what is missing, all of it or nothing. Returns the secrets when this was the first start.
///
/// The files are written before the rows: a crash in between leaves files that the next start writes anew, never an
/// administrator whose password nobody has.
pub async fn bootstrap(hall: &Hall, data: &Path) -> Reply<Option<FirstSecrets>> {
    let mut tx = begin(hall, Want::Read);
    let seen = tx.visible::<Client>().await?;
    if tx.find(&seen, Cond::In(Field::Text("client_id"), vec!["admin".into()])).await?.is_some() {
        return Ok(None);
    }
    drop(tx);
    let secrets = FirstSecrets { user: hall.ids.secret(), client: hall.ids.secret() };
    let ours = Source { account: "first-start", address: "" };
    let hash = |secret| hall.hasher.hash(secret, ours);
    let (user, client) = (hash(&secrets.user).await?, hash(&secrets.client).await?);
    let empty = hall.hasher.hash(&Secret::default(), ours).await?;
    keep(&data.join(ADMIN_PASSWORD), &secrets.user)?;
    keep(&data.join("admin-client-secret"), &secrets.client)?;
    let mut tx = begin(hall, Want::Write);
    // Whoever makes a group keeps everybody else out, and a process that started at the same moment may have been first.
    let _: uaa_store::Slot<Group> = tx.slot(Id::<Zone>::new(hall.zone)).await?;
    let seen = tx.visible::<Client>().await?;
    if tx.find(&seen, Cond::In(Field::Text("client_id"), vec!["admin".into()])).await?.is_some() {
        for name in [ADMIN_PASSWORD, "admin-client-secret"] {
            let _ = fs::remove_file(data.join(name));
        }
        return Ok(None);
    }
    let mut groups = vec![];
    for name in everybodys().chain(GROUPS.iter()) {
        groups.push((*name, group(&mut tx, name).await?));
    }
    let zone = tx.zone();
    for (name, made) in &groups {
        if everybodys().any(|of_all| of_all == name) {
            tx.join(made, zone, "uaa").await?;
        }
    }
    let admin = administrator(&mut tx, user).await?;
    for (name, made) in &groups {
        if ADMIN_GROUPS.contains(name) {
            tx.join(made, admin, "uaa").await?;
        }
    }
    let login = format!("{}/login", hall.links().uaa);
    for one in CLIENTS {
        let secret = match one.id {
            "admin" => Some(client.clone()),
            "cf" => Some(empty.clone()),
            // The others are turned on by giving them a secret.
            _ => None,
        };
        make_client(&mut tx, one, secret, &login).await?;
    }
    default_quota(&mut tx).await?;
    if tx.commit().await?.changed {
        hall.access.follow().await?;
    }
    Ok(Some(secrets))
}

fn everybodys() -> impl Iterator<Item = &'static &'static str> {
    DEFAULT_GROUPS.iter().chain(PLATFORM_GROUPS)
}

fn begin(hall: &Hall, want: Want) -> Tx {
    let actor = Actor::system(hall.access.registry(), Duty::Bootstrap, hall.zone);
    hall.access.begin(actor.into(), hall.zone, want, "bootstrap", "first-start".into())
}

async fn administrator(tx: &mut Tx, hash: String) -> Reply<Uuid> {
    let zone = Id::<Zone>::new(tx.zone());
    let slot = tx.slot::<User>(zone).await?;
    let (id, now) = (tx.ids().uuid(), tx.now());
    let set = Set::default()
        .put(User::username, "admin")
        .put(User::username_key, "admin")
        .put(User::origin, "uaa")
        .put(User::email, "admin")
        .put(User::emails, r#"[{"value":"admin","primary":true}]"#)
        .put(User::active, true)
        .put(User::verified, true)
        .put(User::password, Some(hash))
        .put(User::password_changed_at, now)
        .put(User::password_change_required, false)
        .put(User::generation, 0)
        .put(User::version, 0);
    let made = tx.insert_as(slot, Id::new(id), Some(id), set).await?;
    tx.enroll(&made).await?;
    Ok(id)
}

async fn make_client(tx: &mut Tx, new: &NewClient, secret: Option<String>, login: &str) -> Reply<()> {
    let zone = Id::<Zone>::new(tx.zone());
    let slot = tx.slot::<Client>(zone).await?;
    let list = |names: &[&str]| serde_json::to_string(names).unwrap_or_default();
    let id = tx.ids().uuid();
    let set = Set::default()
        .put(Client::client_id, new.id)
        .put(Client::name, new.id)
        .put(Client::secret, secret)
        .put(Client::scope, list(new.scope))
        .put(Client::authorities, list(new.authorities))
        .put(Client::grant_types, list(new.grants))
        .put(
            Client::redirect_uri,
            match new.id {
                // Nobody goes there: `cf ssh-code` reads the code from the redirect.
                "ssh-proxy" => list(&[login]),
                _ => list(&[]),
            },
        )
        .put(Client::autoapprove, if new.id == "ssh-proxy" { "true" } else { "[]" })
        .put(Client::access_validity, new.access_seconds)
        .put(Client::refresh_validity, new.refresh_seconds)
        .put(Client::allow_public, false)
        .put(Client::more, "{}")
        .put(Client::generation, tx.now());
    let made = tx.insert_as(slot, Id::new(id), Some(id), set).await?;
    tx.enroll(&made).await?;
    for authority in new.authorities {
        if let Some(stands_for) = Authority::at_home(authority, tx.zone()) {
            stands_for.bind(tx, id, "client", "authorities", authority).await?;
        }
    }
    Ok(())
}

/// The quota that every new organization gets until an operator gives it another.
async fn default_quota(tx: &mut Tx) -> Reply<()> {
    let zone = Id::<Zone>::new(tx.zone());
    let slot = tx.slot::<OrganizationQuota>(zone).await?;
    let set = Set::default()
        .put(OrganizationQuota::name, OrganizationQuota::DEFAULT)
        .put(OrganizationQuota::name_key, OrganizationQuota::DEFAULT)
        .put(OrganizationQuota::limits, OrganizationQuota::DEFAULT_LIMITS);
    tx.insert(slot, set).await.map(drop)
}

/// Writes a secret where only its owner reads it.
pub(crate) fn keep(path: &Path, secret: &Secret) -> Reply<()> {
    let failed =
        |e: std::io::Error| Fault::Unavailable(format!("`{}` cannot be written: {e}", path.display()));
    let _ = fs::remove_file(path);
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(format!("{}\n", secret.expose()).as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)
}

/// Of the user `admin`, in the data folder.
pub(crate) const ADMIN_PASSWORD: &str = "admin-password";

struct NewClient {
    id: &'static str,
    grants: &'static [&'static str],
    scope: &'static [&'static str],
    authorities: &'static [&'static str],
    access_seconds: Option<i64>,
    refresh_seconds: Option<i64>,
}

const fn service(id: &'static str, authorities: &'static [&'static str]) -> NewClient {
    NewClient {
        id,
        grants: &["client_credentials"],
        scope: &[],
        authorities,
        access_seconds: None,
        refresh_seconds: None,
    }
}

/// Groups that everybody in the first zone is in, beside those of every zone: the platform's.
const PLATFORM_GROUPS: &[&str] = &[
    "scim.me",
    "cloud_controller.read",
    "cloud_controller.write",
    "cloud_controller_service_permissions.read",
    "scim.userids",
    "oauth.approvals",
];

const GROUPS: &[&str] = &[
    "cloud_controller.admin",
    "cloud_controller.admin_read_only",
    "cloud_controller.global_auditor",
    "scim.read",
    "scim.write",
    "scim.create",
    "groups.update",
    "uaa.account_status.write",
    "clients.read",
    "clients.write",
    "clients.admin",
    "clients.secret",
    "idps.read",
    "idps.write",
    "uaa.admin",
    "uaa.resource",
    "tokens.list",
    "tokens.revoke",
    "zones.read",
    "zones.write",
    "access.read",
    "access.write",
    "doppler.firehose",
    "network.admin",
    "network.write",
    "routing.router_groups.read",
    "routing.router_groups.write",
    "perm.admin",
];

const ADMIN_GROUPS: &[&str] = &[
    "clients.read",
    "cloud_controller.admin",
    "doppler.firehose",
    "network.admin",
    "routing.router_groups.read",
    "routing.router_groups.write",
    "scim.read",
    "scim.write",
];

const CLIENTS: &[NewClient] = &[
    service(
        "admin",
        &[
            "clients.read",
            "clients.write",
            "clients.secret",
            "uaa.admin",
            "scim.read",
            "scim.write",
            "password.write",
            "uaa.resource",
        ],
    ),
    NewClient {
        id: "cf",
        grants: &["password", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
        scope: &[
            "network.admin",
            "network.write",
            "cloud_controller.read",
            "cloud_controller.write",
            "cloud_controller.admin",
            "cloud_controller.admin_read_only",
            "cloud_controller.global_auditor",
            "openid",
            "password.write",
            "scim.read",
            "scim.write",
            "doppler.firehose",
            "uaa.user",
            "routing.router_groups.read",
            "routing.router_groups.write",
            "perm.admin",
            "clients.read",
        ],
        authorities: &["uaa.none"],
        access_seconds: Some(1200),
        refresh_seconds: Some(2_592_000),
    },
    NewClient {
        id: "ssh-proxy",
        grants: &["authorization_code"],
        scope: &["openid", "cloud_controller.read", "cloud_controller.write", "cloud_controller.admin"],
        authorities: &["uaa.none"],
        access_seconds: None,
        refresh_seconds: None,
    },
    service("cc_routing", &["routing.router_groups.read"]),
    service("cc-service-dashboards", &["clients.read", "clients.write", "clients.admin"]),
    service("cc_service_key_client", &["credhub.read", "credhub.write"]),
    service("cloud_controller_username_lookup", &["scim.userids", "scim.read"]),
    service("cf_smoke_tests", &["cloud_controller.admin", "clients.read"]),
    service("credhub_admin_client", &["credhub.read", "credhub.write"]),
    service("doppler", &["uaa.resource"]),
    service("gorouter", &["routing.routes.read"]),
    service(
        "routing_api_client",
        &["routing.routes.write", "routing.routes.read", "routing.router_groups.read"],
    ),
    service("tcp_emitter", &["routing.routes.write", "routing.routes.read"]),
    service("tcp_router", &["routing.routes.read", "routing.router_groups.read"]),
    service("network-policy", &["uaa.resource", "cloud_controller.admin_read_only"]),
];
