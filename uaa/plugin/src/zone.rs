//! The identity zone that a request speaks to, ready for use: no request reads the database or parses a configuration to
//! learn of it.

mod config;
mod switch;

pub use config::{
    Agreement, Branding, DEFAULT_GROUPS, DEFAULT_MFA_PROVIDERS, LogoutLinks, MfaConfig, MfaPolicy, Palette,
    Prompt, SelfService, TokenPolicy, UserConfig, ZoneConfig,
};

use crate::ctx::Links;
use arc_swap::ArcSwap;
use std::collections::HashMap;
use std::sync::Arc;
use uaa_model::UAA_ZONE;
use uaa_store::{Access, ZoneMap, ZoneRow};
use uuid::Uuid;

/// An identity zone: its names, its addresses, and what of its configuration is used.
#[derive(Clone, Debug)]
pub struct ZoneInfo {
    /// Its identifier in the database, by which transactions begin.
    pub guid: Uuid,
    /// Its `id` on the wire, `zid` in tokens; `uaa` for the first one.
    pub id: String,
    /// The label before `.uaa.DOMAIN`; empty for the first one.
    pub subdomain: String,
    /// Its name, for people.
    pub name: String,
    /// Whether anybody reaches it.
    pub active: bool,
    /// `iss` of its tokens.
    pub issuer: String,
    /// Where its UAA is reached, without a slash at the end.
    pub uaa: Arc<str>,
    /// Where its sign-in pages are reached.
    pub login: Arc<str>,
    /// What of its configuration is used.
    pub config: ZoneConfig,
}

impl ZoneInfo {
    fn new(row: &ZoneRow, links: &Links, installation: &ZoneConfig) -> ZoneInfo {
        // The first zone is what the installation's configuration says, and the others where they say nothing of passwords and locks.
        let mut config = match row.guid == UAA_ZONE {
            true => installation.clone(),
            false => ZoneConfig::lenient(&row.config),
        };
        if config.password_policy.is_none() {
            config.password_policy.clone_from(&installation.password_policy);
        }
        if config.lockout_policy.is_none() {
            config.lockout_policy.clone_from(&installation.lockout_policy);
        }
        config.document_as(installation);
        let (uaa, login) = (below(&row.subdomain, &links.uaa), below(&row.subdomain, &links.login));
        let base = config.issuer.as_deref().map_or(&*uaa, |issuer| issuer.trim_end_matches('/'));
        ZoneInfo {
            guid: row.guid,
            id: row.zid.clone(),
            subdomain: row.subdomain.clone(),
            name: row.name.clone(),
            active: row.active,
            issuer: format!("{base}/oauth/token"),
            uaa,
            login,
            config,
        }
    }

    /// Whether it is the zone `uaa`, which manages the others and to which the platform belongs.
    pub fn is_first(&self) -> bool {
        self.guid == UAA_ZONE
    }

    /// The product's addresses as this zone sees them.
    pub fn links(&self, links: &Links) -> Links {
        Links { api: links.api.clone(), uaa: self.uaa.clone(), login: self.login.clone() }
    }
}

/// The identity zones of this moment, compiled when first needed after one has changed.
pub struct Zones {
    access: Access,
    links: Links,
    installation: ZoneConfig,
    compiled: ArcSwap<Compiled>,
}

struct Compiled {
    from: Arc<ZoneMap>,
    all: HashMap<Uuid, (Arc<ZoneRow>, Arc<ZoneInfo>)>,
}

impl Zones {
    /// Those of the store, with the addresses and the configuration of the first one.
    pub fn new(access: Access, links: Links, installation: ZoneConfig) -> Zones {
        let compiled = Compiled { from: Arc::default(), all: HashMap::new() };
        Zones { access, links, installation, compiled: ArcSwap::from_pointee(compiled) }
    }

    /// The product's addresses in the first zone.
    pub fn first_links(&self) -> &Links {
        &self.links
    }

    /// The zone `uaa`.
    pub fn first(&self) -> Arc<ZoneInfo> {
        self.of(UAA_ZONE).unwrap_or_else(|| {
            let row = ZoneRow {
                guid: UAA_ZONE,
                zid: "uaa".into(),
                subdomain: String::new(),
                name: "uaa".into(),
                active: true,
                config: "{}".into(),
            };
            self.compile(&row)
        })
    }

    /// The zone of that identifier.
    pub fn of(&self, guid: Uuid) -> Option<Arc<ZoneInfo>> {
        self.now().all.get(&guid).map(|(_, info)| info.clone())
    }

    /// The zone of that subdomain, in lower case, if it is active.
    pub fn at(&self, subdomain: &str) -> Option<Arc<ZoneInfo>> {
        let now = self.now();
        let guid = now.from.at(subdomain)?.guid;
        now.all.get(&guid).map(|(_, info)| info.clone()).filter(|info| info.active)
    }

    /// The zone of that `id` on the wire, active or not.
    pub fn named(&self, id: &str) -> Option<Arc<ZoneInfo>> {
        let now = self.now();
        let guid = now.from.named(id)?.guid;
        now.all.get(&guid).map(|(_, info)| info.clone())
    }

    /// All of them, in no order.
    pub fn all(&self) -> Vec<Arc<ZoneInfo>> {
        self.now().all.values().map(|(_, info)| info.clone()).collect()
    }

    fn compile(&self, row: &ZoneRow) -> Arc<ZoneInfo> {
        Arc::new(ZoneInfo::new(row, &self.links, &self.installation))
    }

    fn now(&self) -> Arc<Compiled> {
        let (from, old) = (self.access.zones(), self.compiled.load_full());
        if Arc::ptr_eq(&from, &old.from) {
            return old;
        }
        let all = from.all().map(|row| {
            let same = old.all.get(&row.guid).filter(|(before, _)| Arc::ptr_eq(before, row));
            let info = same.map(|(_, info)| info.clone());
            (row.guid, (row.clone(), info.unwrap_or_else(|| self.compile(row))))
        });
        let all = all.collect();
        let new = Arc::new(Compiled { from, all });
        self.compiled.store(new.clone());
        new
    }
}

/// The address with that label before its host: `https://x.uaa.DOMAIN`.
fn below(subdomain: &str, link: &Arc<str>) -> Arc<str> {
    match link.split_once("://") {
        Some((scheme, rest)) if !subdomain.is_empty() => format!("{scheme}://{subdomain}.{rest}").into(),
        Some(_) | None => link.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(subdomain: &str, config: &str) -> ZoneInfo {
        let links = Links {
            api: "https://api.example.com".into(),
            uaa: "https://uaa.example.com:8443".into(),
            login: "https://login.example.com:8443".into(),
        };
        let row = ZoneRow {
            guid: Uuid::from_u128(1),
            zid: "z".into(),
            subdomain: subdomain.into(),
            name: "Z".into(),
            active: true,
            config: config.into(),
        };
        ZoneInfo::new(&row, &links, &ZoneConfig::default())
    }

    #[test]
    fn a_zone_is_reached_below_the_first_one() {
        let zone = info("x", "{}");
        assert_eq!(&*zone.uaa, "https://x.uaa.example.com:8443");
        assert_eq!(&*zone.login, "https://x.login.example.com:8443");
        assert_eq!(zone.issuer, "https://x.uaa.example.com:8443/oauth/token");
        assert_eq!(info("", "{}").issuer, "https://uaa.example.com:8443/oauth/token");
    }

    #[test]
    fn an_issuer_of_its_own() {
        let zone = info("x", r#"{"issuer": "https://id.example.org/"}"#);
        assert_eq!(zone.issuer, "https://id.example.org/oauth/token");
        assert_eq!(&*zone.uaa, "https://x.uaa.example.com:8443");
    }
}
