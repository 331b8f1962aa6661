//! Which identity zones there are, in memory: no request reads the database to learn which zone it speaks to.

use crate::access::Access;
use crate::engine::Conn;
use crate::sql::Sql;
use std::collections::HashMap;
use std::sync::Arc;
use uaa_model::Reply;
use uuid::Uuid;

/// The row of one identity zone, as it was when the facts were last followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneRow {
    /// Its identifier in the database.
    pub guid: Uuid,
    /// Its `id` on the wire, `zid` in tokens: a text that whoever made the zone may have chosen.
    pub zid: String,
    /// The label before `.uaa.DOMAIN`; empty for the first zone.
    pub subdomain: String,
    /// Its name, for people.
    pub name: String,
    /// Whether anybody reaches it.
    pub active: bool,
    /// Its configuration, a JSON object.
    pub config: String,
}

/// All identity zones. A change makes another one: whoever holds this one holds one moment.
#[derive(Debug, Default)]
pub struct ZoneMap {
    by_guid: HashMap<Uuid, Arc<ZoneRow>>,
    by_zid: HashMap<String, Arc<ZoneRow>>,
    by_subdomain: HashMap<String, Arc<ZoneRow>>,
}

impl ZoneMap {
    /// The zone of that identifier.
    pub fn get(&self, guid: Uuid) -> Option<&Arc<ZoneRow>> {
        self.by_guid.get(&guid)
    }

    /// The zone of that `zid`.
    pub fn named(&self, zid: &str) -> Option<&Arc<ZoneRow>> {
        self.by_zid.get(zid)
    }

    /// The zone of that subdomain, in lower case.
    pub fn at(&self, subdomain: &str) -> Option<&Arc<ZoneRow>> {
        self.by_subdomain.get(subdomain)
    }

    /// All of them, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Arc<ZoneRow>> {
        self.by_guid.values()
    }

    /// Reads every zone; rows that are as they were in `before` are shared with it.
    pub(crate) async fn read(conn: &mut Conn, before: &ZoneMap) -> Reply<ZoneMap> {
        let mut map = ZoneMap::default();
        for row in conn.fetch(Sql::new(ALL)).await? {
            let new = ZoneRow {
                guid: row.get(0)?,
                zid: row.get(1)?,
                subdomain: row.get(2)?,
                name: row.get(3)?,
                active: row.get(4)?,
                config: row.get(5)?,
            };
            let same = before.get(new.guid).filter(|old| ***old == new).cloned();
            let zone = same.unwrap_or_else(|| Arc::new(new));
            map.by_zid.insert(zone.zid.clone(), zone.clone());
            map.by_subdomain.insert(zone.subdomain.clone(), zone.clone());
            map.by_guid.insert(zone.guid, zone);
        }
        Ok(map)
    }
}

impl Access {
    /// The identity zones of this moment.
    pub fn zones(&self) -> Arc<ZoneMap> {
        self.0.zones.load_full()
    }

    /// Reads them before the facts are followed; from then on [`Access::follow`] does so whenever one has changed.
    pub(crate) async fn read_zones(&self) -> Reply<()> {
        let map = ZoneMap::read(&mut self.0.db.auto().await?, &self.zones()).await?;
        self.0.zones.store(Arc::new(map));
        Ok(())
    }
}

/// The kind under which a made, changed or deleted zone is logged.
pub(crate) const ZONE: &str = "zone";

const ALL: &str = "SELECT guid, zid, subdomain, name, active, config FROM zone";
