use crate::access::Access;
use crate::engine::Db;
use crate::sql::Sql;
use sea_query::Query as Build;
use uaa_model::{Reply, UAA_ZONE};
use uuid::Uuid;

impl Db {
    /// Whether an installation works with this database: its first zone is there. The schema must be.
    pub async fn founded(&self) -> Reply<bool> {
        let sql = Sql::new("SELECT 1 FROM zone_rev WHERE zone = ?").with(UAA_ZONE);
        Ok(!self.auto().await?.fetch(sql).await?.is_empty())
    }
}

impl Access {
    /// Makes a zone, reached under that subdomain (none for the first): its row, its place, its revision, and everybody in it as a subject, whose groups are the zone's default
    /// groups. Returns whether it was not there before. Everything else needs a proof, and every proof needs a zone.
    pub async fn found(&self, zone: Uuid, zid: &str, subdomain: &str) -> Reply<bool> {
        let new = self.write_zone(zone, zid, subdomain).await?;
        // Requests may come before the facts are followed for the first time.
        self.read_zones().await?;
        Ok(new)
    }

    async fn write_zone(&self, zone: Uuid, zid: &str, subdomain: &str) -> Reply<bool> {
        let now = self.0.settings.clock.now();
        let mut conn = self.0.db.write().await?;
        if !conn.fetch(Sql::new("SELECT 1 FROM zone WHERE guid = ?").with(zone)).await?.is_empty() {
            return Ok(false);
        }
        let none: Option<Uuid> = None;
        let rows = [
            Build::insert()
                .into_table("zone_rev")
                .columns(["zone", "rev"])
                .values_panic([zone.into(), 1i64.into()])
                .to_owned(),
            Build::insert()
                .into_table("place")
                .columns(["id", "kind", "zone", "org_guid", "space_guid", "owner", "barrier"])
                .values_panic([
                    zone.into(),
                    "zone".into(),
                    zone.into(),
                    none.into(),
                    none.into(),
                    none.into(),
                    0i16.into(),
                ])
                .to_owned(),
            Build::insert()
                .into_table("subject")
                .columns(["guid", "zone", "kind", "inactive"])
                .values_panic([zone.into(), zone.into(), "zone".into(), false.into()])
                .to_owned(),
            Build::insert()
                .into_table("zone")
                .columns([
                    "guid",
                    "zone",
                    "org_guid",
                    "space_guid",
                    "created_at",
                    "updated_at",
                    "zid",
                    "subdomain",
                    "name",
                    "active",
                    "config",
                ])
                .values_panic([
                    zone.into(),
                    // Every zone is a thing of the first one, from which zones are managed.
                    UAA_ZONE.into(),
                    none.into(),
                    none.into(),
                    now.into(),
                    now.into(),
                    zid.into(),
                    subdomain.into(),
                    zid.into(),
                    true.into(),
                    "{}".into(),
                ])
                .to_owned(),
        ];
        for row in rows {
            match conn.run(row).await {
                // Another process that starts at this moment was faster.
                Err(sqlx::Error::Database(d)) if d.is_unique_violation() => return Ok(false),
                done => drop(done.map_err(crate::engine::fault)?),
            }
        }
        conn.commit().await?;
        Ok(true)
    }
}
