//! The escalation rule: nobody binds, makes or edits a role, or fills a group, with a permission they lack at that place.

use super::Tx;
use super::members::ABOVE;
use crate::facts::custom_mask;
use crate::proof::{Granted, Slot};
use crate::schema::{Set, Stored};
use crate::sql::Sql;
use sea_query::Value;
use uaa_authz::{Ask, Mask, Place, Resource, RoleLevel, Subject, Verb, Via, decide, lacking};
use uaa_model::{Denied, Fault, Reply};
use uuid::Uuid;

/// The table of custom roles.
pub(super) const ROLES: &str = "role";

impl Tx {
    /// A permission set as it would be saved: may this actor hand it out at that place?
    pub async fn may_hand_out<V, R: Resource>(&mut self, at: &Granted<V, R>, mask: &Mask) -> Reply<()> {
        self.mine(at)?;
        let place = at.place;
        self.may_give(mask, &place).await
    }

    /// May this actor be put in that subject's place, by setting its secret? Who is, has all that it holds, itself and
    /// through its groups.
    pub async fn may_stand_in_for<V, R: Resource>(&mut self, it: &Granted<V, R>) -> Reply<()> {
        self.mine(it)?;
        let holders = self.fetch(Sql::new(ABOVE).with(it.id.uuid())).await?;
        for row in holders {
            self.may_give_all_of(row.get(0)?).await?;
        }
        Ok(())
    }

    /// The same for a person, by setting their password or by what they are known by: all that they hold in the whole zone counts, but for
    /// what everybody there holds. Roles in an organization or a space are the platform's, and those who look after people need none of
    /// them: whoever looked after people could otherwise look after nobody who works there.
    pub async fn may_stand_in_for_person<V, R: Resource>(&mut self, it: &Granted<V, R>) -> Reply<()> {
        self.mine(it)?;
        let everybody = self.fetch(Sql::new(ABOVE).with(it.place.zone)).await?;
        let everybody = everybody.iter().map(|row| row.get(0)).collect::<Reply<Vec<Uuid>>>()?;
        for row in self.fetch(Sql::new(ABOVE).with(it.id.uuid())).await? {
            let holder = row.get(0)?;
            if !everybody.contains(&holder) {
                self.may_give_all(holder, true).await?;
            }
        }
        Ok(())
    }

    /// Whether the role may be bound there: at its own level, and by somebody who lacks nothing of it.
    pub(super) async fn may_bind<R: Stored>(
        &mut self,
        slot: &Slot<R>,
        role: Uuid,
        level: RoleLevel,
    ) -> Reply<()> {
        let registry = self.registry().clone();
        let mask = match registry.role(role) {
            Some((known, _)) if known.level != level => {
                let (name, its, here) = (known.name, known.level.name(), level.name());
                return Err(Fault::invalid(format!(
                    "the role `{name}` is bound at a {its}, not at a {here}"
                )));
            }
            Some((_, _)) if level != RoleLevel::Zone && self.by_the_field(slot).await? => return Ok(()),
            Some((_, mask)) => mask.clone(),
            None => self.custom_role(role).await?,
        };
        self.may_give(&mask, &slot.place).await
    }

    /// The escalation rule for what is written to a custom role. What is added must be the actor's own where the role
    /// stands, which is the zone: what somebody has there he has wherever the role is bound. Taking away is free.
    pub(super) async fn vet_role<R>(&mut self, place: &Place, role: Option<Uuid>, set: &Set<R>) -> Reply<()> {
        let text = |column: &str| {
            let found = set.columns.iter().find(|(name, _)| *name == column);
            found.and_then(
                |(_, value)| if let Value::String(Some(text)) = value { Some(text.clone()) } else { None },
            )
        };
        if let Some(permissions) = text("permissions") {
            let registry = self.registry().clone();
            let before = match role {
                Some(role) => self.custom_role(role).await?,
                None => registry.nothing(),
            };
            // A name that nothing knows today may mean something tomorrow, when nobody looks.
            let pairs: Vec<(String, String)> = serde_json::from_str(&permissions)
                .map_err(|_| Fault::Internal("permissions of a role are pairs".into()))?;
            let after = registry.compile(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())));
            let added = after.map_err(|e| Fault::invalid(format!("unknown {}", e.0)))?.beyond(&before);
            self.may_give(&added, place).await?;
        }
        // Lists of bindings show the name without reading the role.
        if let (Some(role), Some(name)) = (role, text("name")) {
            let sql = Sql::new("UPDATE role_binding SET role_name = ? WHERE role = ?");
            self.run(sql.with(name).with(role)).await?;
        }
        Ok(())
    }

    /// A role that somebody has stays: taking access from many is a decision about each of them, with an entry in the
    /// audit log for each.
    pub(super) async fn unused_role(&mut self, role: Uuid) -> Reply<()> {
        let sql = Sql::new("SELECT COUNT(*) FROM role_binding WHERE role = ?").with(role);
        let bound: i64 = self.fetch(sql).await?.first().map_or(Ok(0), |row| row.get(0))?;
        if bound == 0 {
            return Ok(());
        }
        Err(Fault::Conflict(format!("the role is bound {bound} times; delete its bindings first").into()))
    }

    /// Everything that a user, client or group holds, at each place where it holds it.
    pub(super) async fn may_give_all_of(&mut self, holder: Uuid) -> Reply<()> {
        self.may_give_all(holder, false).await
    }

    async fn may_give_all(&mut self, holder: Uuid, of_zone: bool) -> Reply<()> {
        let sql = Sql::new(
            "SELECT b.role, b.place, p.org_guid, p.space_guid, p.zone FROM role_binding b \
            JOIN place p ON p.id = b.guid WHERE b.subject = ?",
        );
        for row in self.fetch(sql.with(holder)).await? {
            let place = Place {
                id: row.get(1)?,
                zone: row.get(4)?,
                organization: row.get(2)?,
                space: row.get(3)?,
                owner: None,
                barrier: None,
            };
            if of_zone && (place.organization.is_some() || place.space.is_some()) {
                continue;
            }
            let role: Uuid = row.get(0)?;
            let registry = self.registry().clone();
            let mask = match registry.role(role) {
                Some((_, mask)) => mask.clone(),
                None => self.custom_role(role).await?,
            };
            self.may_give(&mask, &place).await?;
        }
        Ok(())
    }

    /// The field's rule belongs to the field's roles: an organization manager makes auditors although he is none. Whoever
    /// may bind through a custom role alone gives what he has and nothing else.
    async fn by_the_field<R: Stored>(&mut self, slot: &Slot<R>) -> Reply<bool> {
        let registry = self.registry().clone();
        match slot.why.via {
            Via::Duty(_) => return Ok(true),
            Via::Binding { role, .. } if registry.role(role).is_some() => return Ok(true),
            Via::Binding { .. } | Via::Owner => {}
        }
        let Some(kind) = registry.kind(R::KIND.name) else { return Ok(false) };
        let (actor, place, now) = (self.actor().clone(), slot.place, self.now());
        let facts = self.facts(&actor, &place).await?;
        let ask = Ask { actor: &actor, kind, verb: Verb::Create, place: &place, now };
        let built_in = facts.bound.iter().filter(|(_, b)| registry.role(b.role).is_some());
        Ok(decide(&registry, &ask, built_in.map(|(through, b)| b.fact(*through))).is_allowed())
    }

    pub(super) async fn may_give(&mut self, mask: &Mask, place: &Place) -> Reply<()> {
        let actor = self.actor().clone();
        if matches!(actor.subject, Subject::System(_)) {
            return Ok(());
        }
        if place.zone != self.zone() && self.manages(place.zone).await? {
            return Ok(());
        }
        let registry = self.registry().clone();
        let Some(kind) = registry.kinds().first().and_then(|k| registry.kind(k.name)) else { return Ok(()) };
        let facts = self.facts(&actor, place).await?;
        let ask = Ask { actor: &actor, kind, verb: Verb::Read, place, now: self.now() };
        // Whoever holds `authority` may hand out anything: UAA's uaa.admin.
        let all = registry.kind("authority").is_some_and(|kind| {
            let ask = Ask { kind, verb: Verb::Operate, ..ask };
            decide(&registry, &ask, facts.bound.iter().map(|(t, b)| b.fact(*t))).is_allowed()
        });
        if all {
            return Ok(());
        }
        match lacking(&registry, &ask, mask, facts.bound.iter().map(|(t, b)| b.fact(*t))) {
            None => Ok(()),
            Some((kind, verb)) => Err(Fault::Lacking(verb.name(), kind)),
        }
    }

    /// The mask of a custom role.
    async fn custom_role(&mut self, role: Uuid) -> Reply<Mask> {
        let sql =
            Sql::new("SELECT permissions FROM role WHERE guid = ? AND zone = ?").with(role).with(self.zone());
        let rows = self.fetch(sql).await?;
        let row = rows.first().ok_or(Fault::Denied(Denied::Hidden, "role"))?;
        Ok(custom_mask(&self.registry().clone(), &row.get::<String>(0)?))
    }
}
