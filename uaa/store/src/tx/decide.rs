use super::{Lock, Tx};
use crate::access::Want;
use crate::engine::{Engine, Row};
use crate::facts::bound;
use crate::proof::{Granted, Reach, Slot, Visible};
use crate::sql::Sql;
use std::collections::HashMap;
use std::marker::PhantomData;
use uaa_authz::{
    Actor, Ask, Bound, Decision, Does, Kind, KindIx, Level, Place, Realm, Reason, Resource, RoleLevel,
    Subject, Verb, decide,
};
use uaa_model::{Barrier, Denied, Fault, Id, Reply};
use uuid::Uuid;

impl Tx {
    /// May this transaction's actor `V` this `R`?
    ///
    /// # Errors
    /// [`Fault::Denied`], hidden when the actor may not even see it.
    pub async fn grant<V: Does, R: Resource>(&mut self, id: Id<R>) -> Reply<Granted<V, R>> {
        self.prepare(&R::KIND, V::VERB).await?;
        let found = self.found_here(R::KIND.name, id.uuid()).await?;
        let Some((place, revision)) = found else {
            return Err(self.absent(&R::KIND, V::VERB).await?);
        };
        let why = self.judge(&R::KIND, V::VERB, &place, revision).await?;
        Ok(Granted { id, place, why, brand: self.brand, verb: PhantomData })
    }

    /// May this actor make an `R` below that parent?
    pub async fn slot<R: Resource>(&mut self, parent: Id<R::Parent>) -> Reply<Slot<R>> {
        self.prepare(&R::KIND, Verb::Create).await?;
        let above = R::Parent::KIND;
        let found = self.found_here(above.name, parent.uuid()).await?;
        let Some((mut place, revision)) = found else {
            return Err(match self.unseen(&R::KIND, Verb::Create) {
                Denied::Hidden => Fault::Denied(Denied::Hidden, above.name),
                other => Fault::Denied(other, R::KIND.name),
            });
        };
        place.owner = None;
        // Whoever may see the parent is told that he may not; to anybody else there is no such parent.
        match self.judge(&R::KIND, Verb::Create, &place, revision).await {
            Ok(why) => Ok(Slot { place, why, brand: self.brand, kind: PhantomData }),
            Err(Fault::Denied(Denied::Hidden, _)) if above.level != Level::Zone => {
                let seen = self.judge(&above, Verb::Read, &place, revision).await.is_ok();
                let denied = if seen { Denied::Forbidden } else { Denied::Hidden };
                Err(Fault::Denied(denied, if seen { R::KIND.name } else { above.name }))
            }
            Err(Fault::Denied(Denied::Hidden, _)) => Err(Fault::Denied(Denied::Forbidden, R::KIND.name)),
            Err(other) => Err(other),
        }
    }

    /// What may this actor see of all `R`?
    ///
    /// # Errors
    /// In the identity half, seeing nothing is being refused; in the platform it is an empty list, unless the token's scopes
    /// open nothing of it.
    pub async fn visible<R: Resource>(&mut self) -> Reply<Visible<R>> {
        let organizations = self.reach(&R::KIND).await?;
        Ok(Visible { zone: self.zone, reach: organizations, brand: self.brand, kind: PhantomData })
    }

    /// Decides without giving a proof: for questions about somebody. `None` when there is no such thing.
    pub async fn decision(
        &mut self,
        actor: &Actor,
        kind: &str,
        verb: Verb,
        id: Uuid,
    ) -> Reply<Option<Decision>> {
        let Some(ix) = self.inner.registry.kind(kind) else { return Ok(None) };
        let Some((place, revision)) = self.found_here(kind, id).await? else { return Ok(None) };
        self.verdict(actor, ix, verb, &place, revision).await.map(Some)
    }

    async fn prepare(&mut self, kind: &Kind, verb: Verb) -> Reply<()> {
        if self.want == Want::Read {
            return Ok(());
        }
        // A branch that ends takes bindings with it; to ask for more of a lock later is how two of them get stuck.
        let branch = verb == Verb::Delete && matches!(kind.level, Level::Organization | Level::Space);
        let fact = kind.fact && !verb.only_looks();
        let lock = if fact || branch { Lock::Exclusive } else { Lock::Shared };
        self.lock(lock).await
    }

    /// The answer about a thing that is not there: whoever could not have seen it learns nothing.
    async fn absent(&mut self, kind: &Kind, verb: Verb) -> Reply<Fault> {
        if kind.realm == Realm::Platform {
            return Ok(Fault::Denied(self.unseen(kind, verb), kind.name));
        }
        let zone = Place::zone(self.zone);
        let Some((_, revision)) = self.place_of("zone", self.zone).await? else {
            return Ok(Fault::Denied(Denied::Hidden, kind.name));
        };
        Ok(match self.judge(kind, Verb::Read, &zone, revision).await {
            Ok(_) => Fault::Denied(Denied::Hidden, kind.name),
            Err(fault) => fault,
        })
    }

    /// Of something of the platform that cannot be seen: a token that opens nothing of its kind is told so first.
    fn unseen(&self, kind: &Kind, verb: Verb) -> Denied {
        let opened = self.registry().kind(kind.name).is_some_and(|ix| self.actor.opened.allows(ix, verb));
        if opened { Denied::Hidden } else { Denied::Scope }
    }

    async fn judge(&mut self, kind: &Kind, verb: Verb, place: &Place, revision: i64) -> Reply<Reason> {
        let unknown = || Fault::Internal(format!("kind `{}` is not registered", kind.name));
        let ix = self.inner.registry.kind(kind.name).ok_or_else(unknown)?;
        let actor = self.actor.clone();
        match self.verdict(&actor, ix, verb, place, revision).await? {
            Decision::Allowed(reason) => Ok(reason),
            Decision::Denied(denied) => Err(Fault::Denied(denied, kind.name)),
        }
    }

    /// The decision at the thing's own place, and for what is shared at the further ones.
    async fn verdict(
        &mut self,
        actor: &Actor,
        ix: KindIx,
        verb: Verb,
        place: &Place,
        revision: i64,
    ) -> Reply<Decision> {
        let decision = self.decide_at(actor, ix, verb, place, revision).await?;
        let kind = *self.inner.registry.at(ix);
        if decision != Decision::Denied(Denied::Hidden) || !kind.shared {
            return Ok(decision);
        }
        let seen = self.seen_elsewhere(actor, &kind, ix, place, revision).await?;
        Ok(match seen {
            Some(reason) if verb == Verb::Read => Decision::Allowed(reason),
            Some(_) => Decision::Denied(Denied::Forbidden),
            None => decision,
        })
    }

    /// Whether the actor may see it at one of the further places that it is shared with.
    async fn seen_elsewhere(
        &mut self,
        actor: &Actor,
        kind: &Kind,
        ix: KindIx,
        place: &Place,
        revision: i64,
    ) -> Reply<Option<Reason>> {
        let sql = Sql::new("SELECT place FROM shared WHERE kind = ? AND id = ?");
        for row in self.fetch(sql.with(kind.name).with(place.id)).await? {
            let there = Place { organization: Some(row.get(0)?), space: None, ..*place };
            if let Decision::Allowed(reason) = self.decide_at(actor, ix, Verb::Read, &there, revision).await?
            {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// The compiled facts when they are of the revision that this transaction sees, the committed rows otherwise.
    async fn decide_at(
        &mut self,
        actor: &Actor,
        kind: KindIx,
        verb: Verb,
        place: &Place,
        revision: i64,
    ) -> Reply<Decision> {
        let registry = self.inner.registry.clone();
        let ask = Ask { actor, kind, verb, place, now: self.now };
        if actor.subject.id().is_none() {
            return Ok(decide(&registry, &ask, []));
        }
        // Somebody of another zone is judged by facts of both, and that revision speaks of one.
        if actor.home == place.zone && self.snapshot.is_at(place.zone, revision) {
            return Ok(self.snapshot.decide(&registry, &ask));
        }
        let facts = self.facts(actor, place).await?;
        if facts.inactive {
            return Ok(Decision::Denied(Denied::Unauthenticated));
        }
        Ok(decide(&registry, &ask, facts.bound.iter().map(|(through, b)| b.fact(*through))))
    }

    async fn reach(&mut self, kind: &Kind) -> Reply<Reach> {
        let registry = self.inner.registry.clone();
        let ix = registry.kind(kind.name).ok_or_else(|| Fault::Internal(format!("kind `{}`", kind.name)))?;
        let actor = self.actor.clone();
        if let Subject::System(duty) = actor.subject {
            return if registry.duty(duty).allows(ix, Verb::Read) {
                Ok(Reach::Zone)
            } else {
                Err(Fault::Denied(Denied::Forbidden, kind.name))
            };
        }
        let zone = Place::zone(self.zone);
        let ask = Ask { actor: &actor, kind: ix, verb: Verb::Read, place: &zone, now: self.now };
        let mut places = self.places(&ask).await?;
        // A role that is held at another zone's place says nothing here.
        places.retain(|(level, place)| *level != RoleLevel::Zone || *place == self.zone);
        if places.contains(&(RoleLevel::Zone, self.zone)) {
            return Ok(Reach::Zone);
        }
        let at = |level| places.iter().filter(|(l, _)| *l == level).map(|(_, p)| *p).collect::<Vec<_>>();
        let open = actor.home == self.zone && actor.opened.allows(ix, Verb::Read);
        if actor.subject == Subject::Nobody {
            return Err(Fault::Denied(Denied::Anonymous, kind.name));
        }
        if places.is_empty() && (kind.realm == Realm::Identity || !open) {
            return Err(Fault::Denied(if open { Denied::Forbidden } else { Denied::Scope }, kind.name));
        }
        let owner = actor.subject.id().filter(|_| open && kind.owner.has(Verb::Read));
        Ok(Reach::Some { organizations: at(RoleLevel::Organization), spaces: at(RoleLevel::Space), owner })
    }

    async fn places(&mut self, ask: &Ask<'_>) -> Reply<Vec<(RoleLevel, Uuid)>> {
        let sql = Sql::new("SELECT rev FROM zone_rev WHERE zone = ?").with(self.zone);
        let revision: Option<i64> = self.fetch(sql).await?.first().map(|row| row.get(0)).transpose()?;
        let at_home = ask.actor.home == self.zone;
        if at_home && revision.is_some_and(|r| self.snapshot.is_at(self.zone, r)) {
            return Ok(self.snapshot.places(&self.inner.registry, ask));
        }
        let facts = self.all_facts(ask.actor).await?;
        if facts.inactive {
            return Ok(vec![]);
        }
        let registry = self.inner.registry.clone();
        let there = facts.bound.iter().filter(|(through, b)| b.reaches(&registry, ask, *through));
        Ok(there.map(|(_, b)| (b.level, b.place)).collect())
    }

    /// Where a thing stands, the barriers above it and the revision of its zone, in one statement.
    async fn place_of(&mut self, kind: &str, id: Uuid) -> Reply<Option<(Place, i64)>> {
        let rows = self.fetch(Sql::new(PLACE).with(id).with(kind)).await?;
        rows.first().map(|row| place_of(row, id, kind)).transpose()
    }

    async fn found_here(&mut self, kind: &str, id: Uuid) -> Reply<Option<(Place, i64)>> {
        match self.place_of(kind, id).await? {
            Some(found) => self.seen_from_here(kind, found).await,
            None => Ok(None),
        }
    }

    /// The bindings that speak for the actor at that place.
    pub(super) async fn facts(&mut self, actor: &Actor, place: &Place) -> Reply<Facts> {
        let [space, organization, zone] = place.chain();
        let or_zone = |id: Option<Uuid>| id.unwrap_or(place.zone);
        let mut sql = subjects(self.engine(), actor);
        sql.push(" AND b.place IN ").list([or_zone(space), or_zone(organization), or_zone(zone)]);
        sql.push(" LEFT JOIN role r ON r.guid = b.role");
        self.read_facts(sql).await
    }

    /// All bindings that speak for the actor.
    async fn all_facts(&mut self, actor: &Actor) -> Reply<Facts> {
        let mut sql = subjects(self.engine(), actor);
        sql.push(" LEFT JOIN role r ON r.guid = b.role");
        self.read_facts(sql).await
    }

    async fn read_facts(&mut self, sql: Sql) -> Reply<Facts> {
        let registry = self.inner.registry.clone();
        let (mut custom, mut facts) = (HashMap::new(), Facts::default());
        for row in self.fetch(sql).await? {
            facts.inactive |= row.get::<Option<bool>>(8)?.unwrap_or(false);
            if row.get::<Option<Uuid>>(0)?.is_some() {
                facts.bound.push((row.get(1)?, bound(&row, &registry, &mut custom)?));
            }
        }
        Ok(facts)
    }
}

/// What committed rows say about one actor.
#[derive(Default)]
pub(super) struct Facts {
    inactive: bool,
    /// The bindings, each with the actor or the group that holds it.
    pub(super) bound: Vec<(Uuid, Bound)>,
}

/// The actor, everybody of its zone, and every group above either, joined with their bindings.
fn subjects(engine: Engine, actor: &Actor) -> Sql {
    let own = actor.subject.id().unwrap_or_default();
    let everybody = if matches!(actor.subject, Subject::User(_)) { actor.home } else { own };
    let _ = engine;
    let mut sql = Sql::new("WITH RECURSIVE g(id) AS (SELECT guid FROM subject WHERE guid IN ");
    sql.list([own, everybody]);
    sql.push(" UNION SELECT m.grp FROM member m JOIN g ON m.member = g.id) ");
    sql.push("SELECT b.guid, g.id, b.role, b.place, b.level, b.scope, b.expires, r.permissions, ");
    sql.push("(SELECT s.inactive FROM subject s WHERE s.guid = ").bind(own);
    sql.push(") FROM g LEFT JOIN role_binding b ON b.subject = g.id");
    sql
}

/// A row of [`PLACE`].
pub(crate) fn place_of(row: &Row, id: Uuid, kind: &str) -> Reply<(Place, i64)> {
    let barrier = barrier(row.get(4)?, row.get(5)?, row.get(6)?, kind);
    let place = Place {
        id,
        zone: row.get(0)?,
        organization: row.get(1)?,
        space: row.get(2)?,
        owner: row.get(3)?,
        barrier,
    };
    Ok((place, row.get(7)?))
}

/// The strongest barrier: its own, its organization's, its space's.
fn barrier(own: i16, organization: Option<i16>, space: Option<i16>, kind: &str) -> Option<Barrier> {
    let (organization, space) = (organization.unwrap_or(0), space.unwrap_or(0));
    let is = |state: i16, bit: i16| state & bit != 0;
    if is(own | organization | space, DELETING) {
        Some(Barrier::Deleting)
    } else if is(organization, SUSPENDED) || (is(own, SUSPENDED) && kind == "organization") {
        Some(Barrier::OrganizationSuspended)
    } else if is(space | own, SUSPENDED) {
        Some(Barrier::SpaceSuspended)
    } else {
        None
    }
}

/// States of a place, a bit each: what is suspended can be deleted, and is suspended still when that fails.
const SUSPENDED: i16 = 1;
const DELETING: i16 = 2;

pub(crate) const PLACE: &str = "SELECT p.zone, p.org_guid, p.space_guid, p.owner, p.barrier, o.barrier, s.barrier, z.rev \
    FROM place p JOIN zone_rev z ON z.zone = p.zone \
    LEFT JOIN place o ON o.id = p.org_guid AND o.kind = 'organization' \
    LEFT JOIN place s ON s.id = p.space_guid AND s.kind = 'space' \
    WHERE p.id = ? AND p.kind = ?";
