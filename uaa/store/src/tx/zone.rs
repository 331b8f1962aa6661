//! Zones as things: made and ended from the first one, and entered by what is made in them from there.

use super::{Lock, Tx};
use crate::facts::Change;
use crate::proof::{Granted, Proof};
use crate::schema::Stored;
use crate::sql::Sql;
use crate::zones::ZONE;
use uaa_authz::{Ask, Create, Decision, Delete, Level, Mask, Place, Verb, decide};
use uaa_model::{Fault, Reply, UAA_ZONE};
use uuid::Uuid;

impl Tx {
    /// Goes on in another zone. Gives the zone that it was in, for going back. Whoever acts stays who it is: what it may do
    /// there is asked there.
    pub fn enter(&mut self, zone: Uuid) -> Uuid {
        std::mem::replace(&mut self.zone, zone)
    }

    /// What a zone needs besides its row: the revision of its facts, and everybody in it as a subject, whose groups are its
    /// default groups.
    ///
    /// # Errors
    /// When what was made is no zone.
    pub async fn furnish<R: Stored>(&mut self, zone: &Granted<Create, R>) -> Reply<()> {
        self.mine(zone)?;
        a_zone::<R>()?;
        let id = zone.id.uuid();
        self.run(Sql::new("INSERT INTO zone_rev (zone, rev) VALUES (?, ?)").with(id).with(1i64)).await?;
        let everybody = Sql::new("INSERT INTO subject (guid, zone, kind, inactive) VALUES (?, ?, ?, ?)");
        self.run(everybody.with(id).with(id).with(ZONE).with(false)).await.map(drop)
    }

    /// Takes away everything that stands in a zone that is about to be deleted, and every role that somebody elsewhere holds in
    /// it. What was noted of it in the audit log stays.
    ///
    /// # Errors
    /// When it is no zone.
    pub async fn raze<R: Stored>(&mut self, zone: &Granted<Delete, R>) -> Reply<()> {
        self.mine(zone)?;
        a_zone::<R>()?;
        let id = zone.id.uuid();
        self.lock_zone(id, Lock::Exclusive).await?;
        for text in LEFTOVERS {
            let mut sql = Sql::new(text);
            for _ in 0..text.matches('?').count() {
                sql = sql.with(id);
            }
            self.run(sql).await?;
        }
        for table in OF_A_ZONE {
            let mut sql = Sql::new("DELETE FROM ");
            sql.push(table).push(" WHERE zone = ").bind(id);
            self.run(sql).await?;
        }
        // There is no log of the zone's own facts any more: everybody learns it from the first one's.
        self.changes.retain(|change| change.zone != id);
        self.changes.insert(Change { zone: UAA_ZONE, kind: ZONE.into(), id });
        Ok(())
    }

    /// May this actor hand out that permission set in another zone? Who manages the zone from the first one appoints its
    /// keepers; anybody else gives what he has there himself.
    ///
    /// # Errors
    /// [`Fault::Lacking`], with what he lacks.
    pub async fn may_hand_out_in(&mut self, proof: &impl Proof, zone: Uuid, mask: &Mask) -> Reply<()> {
        self.mine(proof)?;
        self.may_give(mask, &Place::zone(zone)).await
    }

    /// Whether the actor may change that zone, from the first one.
    pub(super) async fn manages(&mut self, zone: Uuid) -> Reply<bool> {
        let registry = self.inner.registry.clone();
        let Some(kind) = registry.kind(ZONE).filter(|_| self.zone == UAA_ZONE) else { return Ok(false) };
        let (actor, place) = (self.actor.clone(), Place { id: zone, ..Place::zone(UAA_ZONE) });
        let ask = Ask { actor: &actor, kind, verb: Verb::Update, place: &place, now: self.now };
        let facts = self.facts(&actor, &place).await?;
        let decision = decide(&registry, &ask, facts.bound.iter().map(|(through, b)| b.fact(*through)));
        Ok(matches!(decision, Decision::Allowed(_)))
    }

    /// A thing as it is seen from the zone that is spoken to: what stands in another is not there, whoever asks, but for zones
    /// themselves, which are things of the first one as well.
    pub(super) async fn seen_from_here(
        &mut self,
        kind: &str,
        (place, revision): (Place, i64),
    ) -> Reply<Option<(Place, i64)>> {
        if place.zone == self.zone {
            return Ok(Some((place, revision)));
        }
        if kind != ZONE || self.zone != UAA_ZONE {
            return Ok(None);
        }
        let sql = Sql::new("SELECT rev FROM zone_rev WHERE zone = ?").with(UAA_ZONE);
        let revision = self.fetch(sql).await?.first().map_or(Ok(0), |row| row.get(0))?;
        Ok(Some((Place { zone: UAA_ZONE, ..place }, revision)))
    }
}

fn a_zone<R: Stored>() -> Reply<()> {
    match R::KIND.level {
        Level::Zone => Ok(()),
        Level::Organization | Level::Space | Level::Leaf => {
            Err(Fault::Internal(format!("a `{}` is no zone", R::KIND.name)))
        }
    }
}

/// What speaks of things in a zone and names no zone.
const LEFTOVERS: &[&str] = &[
    "DELETE FROM logon WHERE subject IN (SELECT guid FROM users WHERE zone = ?)",
    "DELETE FROM tally WHERE place IN (SELECT id FROM place WHERE zone = ?)",
    "DELETE FROM label WHERE id IN (SELECT id FROM place WHERE zone = ?)",
    "DELETE FROM shared WHERE id IN (SELECT id FROM place WHERE zone = ?) \
     OR place IN (SELECT id FROM place WHERE zone = ?)",
];

/// Every table whose rows stand in a zone and end with it: all but `zone` itself, whose rows stand in the first one, and the
/// audit log. A test holds it against the schema.
const OF_A_ZONE: &[&str] = &[
    "mail",
    "expiring_code",
    "factor",
    "registration_token",
    "identity_provider",
    "participant",
    "logout_notice",
    "session",
    "approval",
    "token",
    "signing_key",
    "client",
    "member",
    "grp",
    "users",
    "job",
    "space_quota",
    "organization_quota",
    "platform_user",
    "space",
    "organization",
    "role_binding",
    "role",
    "subject",
    "place",
    "fact_change",
    "zone_rev",
];
