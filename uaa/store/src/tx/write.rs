use super::hand_out::ROLES;
use super::{Lock, Tx};
use crate::engine::{Engine, fault};
use crate::facts::{BARRIER, SUBJECT};
use crate::proof::{Granted, Proof, Slot};
use crate::schema::{Col, Set, Stored};
use crate::sql::{Sql, Statement};
use sea_query::{Expr, ExprTrait, Query as Build, Value};
use std::marker::PhantomData;
use uaa_authz::{Create, Delete, Level, Place, Resource, RoleLevel, Verb, Writes};
use uaa_model::{Barrier, Fault, Id, Micros, Reply};
use uuid::Uuid;

/// A role for a user, client or group, as `bind` writes it.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The user, client or group.
    pub subject: Uuid,
    /// `user`, `client` or `group`.
    pub subject_kind: &'static str,
    /// The role: built-in or custom.
    pub role: Uuid,
    /// The role's name at this moment, for lists.
    pub role_name: String,
    /// The scope that a token must carry to use it.
    pub scope: Option<String>,
    /// Where it comes from: `direct`, `group`, `authorities`, `scim`, `ldap`, `saml`, `oidc`.
    pub source: &'static str,
    /// When it ends; 0 never.
    pub expires: Micros,
}

impl Tx {
    /// Makes one, uses the slot up and gives the proof of what was made.
    pub async fn insert<R: Stored>(&mut self, slot: Slot<R>, set: Set<R>) -> Reply<Granted<Create, R>> {
        let id = self.ids().uuid();
        self.insert_as(slot, Id::new(id), None, set).await
    }

    /// Makes one under an identifier that exists already elsewhere, with an owner.
    pub async fn insert_as<R: Stored>(
        &mut self,
        slot: Slot<R>,
        id: Id<R>,
        owner: Option<Uuid>,
        set: Set<R>,
    ) -> Reply<Granted<Create, R>> {
        not_a_binding::<R>()?;
        if R::SPEC.table == ROLES {
            self.vet_role(&slot.place, None, &set).await?;
        }
        self.write_new(slot, id, owner, set).await
    }

    async fn write_new<R: Stored>(
        &mut self,
        slot: Slot<R>,
        id: Id<R>,
        owner: Option<Uuid>,
        set: Set<R>,
    ) -> Reply<Granted<Create, R>> {
        self.mine(&slot)?;
        let (uuid, now) = (id.uuid(), self.now);
        let mut place = Place { id: uuid, owner, ..slot.place };
        match R::KIND.level {
            Level::Organization => place.organization = Some(uuid),
            Level::Space => place.space = Some(uuid),
            Level::Zone | Level::Leaf => {}
        }
        // A zone is the root of its own places, and a thing of the zone it is made in.
        let root = if R::KIND.level == Level::Zone { uuid } else { place.zone };
        let row = Build::insert()
            .into_table("place")
            .columns(["id", "kind", "zone", "org_guid", "space_guid", "owner", "barrier"])
            .values_panic([
                uuid.into(),
                R::KIND.name.into(),
                root.into(),
                place.organization.into(),
                place.space.into(),
                owner.into(),
                0i16.into(),
            ])
            .to_owned();
        self.change::<R>(row).await?;
        let detail = named(&set);
        let mut columns: Vec<&'static str> =
            vec!["guid", "zone", "org_guid", "space_guid", "created_at", "updated_at"];
        let mut values: Vec<Expr> = vec![
            uuid.into(),
            place.zone.into(),
            place.organization.into(),
            place.space.into(),
            now.into(),
            now.into(),
        ];
        let metadata = set.metadata.clone();
        if R::SPEC.metadata {
            let (labels, annotations) = metadata.clone().unwrap_or_else(|| ("{}".into(), "{}".into()));
            columns.extend(["labels", "annotations"]);
            values.extend([labels.into(), annotations.into()]);
        }
        for (column, value) in set.columns {
            columns.push(column);
            values.push(Expr::val(value));
        }
        let row = Build::insert().into_table(R::SPEC.table).columns(columns).values_panic(values).to_owned();
        self.change::<R>(row).await?;
        if let Some((labels, _)) = &metadata {
            self.label::<R>(uuid, labels).await?;
        }
        self.tally::<R>(&place, 1).await?;
        self.touched::<R>(uuid);
        self.note(Verb::Create, &R::KIND, uuid, &place, detail, &slot.why);
        Ok(Granted { id, place, why: slot.why, brand: self.brand, verb: PhantomData })
    }

    /// Changes columns of the proof's row: the id in the statement is the proof's, there is no way to name another.
    pub async fn update<V: Writes, R: Stored>(&mut self, granted: &Granted<V, R>, set: Set<R>) -> Reply<()> {
        self.mine(granted)?;
        not_a_binding::<R>()?;
        let (id, detail) = (granted.id.uuid(), named(&set));
        if R::SPEC.table == ROLES {
            self.vet_role(&granted.place, Some(id), &set).await?;
        }
        let mut row = Build::update();
        row.table(R::SPEC.table).value("updated_at", self.now);
        for (column, value) in set.columns {
            row.value(column, value);
        }
        if let Some((labels, annotations)) = &set.metadata {
            row.value("labels", labels.clone()).value("annotations", annotations.clone());
        }
        row.and_where(Expr::col("guid").eq(id));
        self.change::<R>(row).await?;
        if let Some((labels, _)) = &set.metadata {
            self.run(Sql::new("DELETE FROM label WHERE id = ?").with(id)).await?;
            self.label::<R>(id, labels).await?;
        }
        self.touched::<R>(id);
        self.note(V::VERB, &R::KIND, id, &granted.place, detail, &granted.why);
        Ok(())
    }

    /// Sets a flag that is not set yet. Of several transactions that try, at the same time or later, exactly one is told that it
    /// was the one: what can be used once is used once, on every engine.
    pub async fn claim<V: Writes, R: Stored>(
        &mut self,
        granted: &Granted<V, R>,
        flag: Col<R, bool>,
    ) -> Reply<bool> {
        self.exchange(granted, flag.name, false.into(), true.into()).await
    }

    /// Sets a number that is still what it was when it was read. Of several transactions that read the same, exactly one is told
    /// that it was the one: a step of a clock, a counter or a mark in a list goes forward once, on every engine.
    pub async fn swap<V: Writes, R: Stored>(
        &mut self,
        granted: &Granted<V, R>,
        column: Col<R, i64>,
        from: i64,
        to: i64,
    ) -> Reply<bool> {
        self.exchange(granted, column.name, from.into(), to.into()).await
    }

    async fn exchange<V: Writes, R: Stored>(
        &mut self,
        granted: &Granted<V, R>,
        column: &'static str,
        from: Value,
        to: Value,
    ) -> Reply<bool> {
        self.mine(granted)?;
        let id = granted.id.uuid();
        let row = Build::update()
            .table(R::SPEC.table)
            .value("updated_at", self.now)
            .value(column, to)
            .and_where(Expr::col("guid").eq(id))
            // A second writer waits for the first one's row and then looks at it again: this is what tells them apart.
            .and_where(Expr::col(column).eq(from))
            .to_owned();
        let won = self.change::<R>(row).await? == 1;
        if won {
            self.touched::<R>(id);
            self.note(V::VERB, &R::KIND, id, &granted.place, column.into(), &granted.why);
        }
        Ok(won)
    }

    /// Ends it and takes the proof: what is deleted cannot be touched again.
    ///
    /// # Errors
    /// `Retry` when another transaction has deleted it since the proof: it is counted out once.
    pub async fn delete<R: Stored>(&mut self, granted: Granted<Delete, R>) -> Reply<()> {
        not_a_binding::<R>()?;
        if R::SPEC.table == ROLES {
            self.unused_role(granted.id.uuid()).await?;
        }
        self.erase(granted).await
    }

    async fn erase<R: Stored>(&mut self, granted: Granted<Delete, R>) -> Reply<()> {
        self.mine(&granted)?;
        let (id, kind) = (granted.id.uuid(), R::KIND.name);
        let mut row = Sql::new("DELETE FROM ");
        row.push(R::SPEC.table).push(" WHERE guid = ").bind(id);
        if self.change::<R>(row).await? == 0 {
            return Err(Fault::Retry);
        }
        self.run(Sql::new("DELETE FROM place WHERE id = ? AND kind = ?").with(id).with(kind)).await?;
        if R::SPEC.metadata {
            self.run(Sql::new("DELETE FROM label WHERE id = ?").with(id)).await?;
        }
        if R::SPEC.shared {
            self.run(Sql::new("DELETE FROM shared WHERE id = ? AND kind = ?").with(id).with(kind)).await?;
        }
        self.tally::<R>(&granted.place, -1).await?;
        self.touched::<R>(id);
        self.note(Verb::Delete, &R::KIND, id, &granted.place, String::new(), &granted.why);
        Ok(())
    }

    /// Tells every cache that the thing is about to go, although no decision reads it: a token that is revoked.
    pub fn announce<R: Stored>(&mut self, granted: &Granted<Delete, R>) -> Reply<()> {
        self.mine(granted)?;
        self.changed(R::KIND.name, granted.id.uuid());
        Ok(())
    }

    /// Tells every cache, as of a `C`, that something has ended which rests on the thing, although the thing itself has not changed: what a
    /// person let an application do.
    pub fn announce_of<V, R: Stored, C: Stored>(&mut self, of: &Granted<V, R>) -> Reply<()> {
        self.mine(of)?;
        self.changed(C::KIND.name, of.id.uuid());
        Ok(())
    }

    /// Suspends an organization or space or lets it go on (`None`), or marks it as being deleted, which only a failed job
    /// takes back.
    pub async fn bar<V, R: Stored>(&mut self, granted: &Granted<V, R>, barrier: Option<Barrier>) -> Reply<()>
    where
        Granted<V, R>: Proof,
        V: uaa_authz::Does,
    {
        self.mine(granted)?;
        if V::VERB.only_looks() {
            return Err(Fault::Internal("a barrier is a change".into()));
        }
        self.lock(Lock::Exclusive).await?;
        // Bits: suspended 1, being deleted 2.
        let sql = Sql::new(match barrier {
            None => "UPDATE place SET barrier = barrier & 2 WHERE id = ? AND kind = ?",
            Some(Barrier::OrganizationSuspended | Barrier::SpaceSuspended) => {
                "UPDATE place SET barrier = barrier | 1 WHERE id = ? AND kind = ?"
            }
            Some(Barrier::Deleting) => "UPDATE place SET barrier = barrier | 2 WHERE id = ? AND kind = ?",
        });
        self.run(sql.with(granted.id.uuid()).with(R::KIND.name)).await?;
        self.changed(BARRIER, granted.id.uuid());
        Ok(())
    }

    /// What was to be deleted is not: the job has failed.
    pub(crate) async fn unmark(&mut self, id: Uuid, kind: &str) -> Reply<()> {
        self.lock(Lock::Exclusive).await?;
        let sql = Sql::new("UPDATE place SET barrier = barrier & 1 WHERE id = ? AND kind = ?");
        self.changed(BARRIER, id);
        self.run(sql.with(id).with(kind)).await.map(drop)
    }

    /// Gives a role at the slot's place. Nobody gives what they lack there; built-in organization and space roles follow the
    /// field's rule instead, which is the right to make such a binding.
    ///
    /// # Errors
    /// A built-in role is bound at places of its own level and nowhere else: a manager of the whole zone is nothing that
    /// the right to bind at the zone gives.
    pub async fn bind<R: Stored>(
        &mut self,
        slot: Slot<R>,
        new: Binding,
        set: Set<R>,
    ) -> Reply<Granted<Create, R>> {
        self.lock(Lock::Exclusive).await?;
        let place = slot.place;
        let level = match (place.space, place.organization) {
            (Some(_), _) => RoleLevel::Space,
            (None, Some(_)) => RoleLevel::Organization,
            (None, None) => RoleLevel::Zone,
        };
        self.may_bind(&slot, new.role, level).await?;
        let set = set.named([
            ("subject", new.subject.into()),
            ("subject_kind", new.subject_kind.into()),
            ("role", new.role.into()),
            ("role_name", new.role_name.into()),
            ("level", level.number().into()),
            ("place", place.space.or(place.organization).unwrap_or(place.zone).into()),
            ("scope", new.scope.into()),
            ("source", new.source.into()),
            ("expires", new.expires.into()),
            ("at_org", place.organization.filter(|_| level == RoleLevel::Organization).into()),
            ("in_org", place.organization.filter(|_| level == RoleLevel::Space).into()),
        ]);
        let id = Id::new(self.ids().uuid());
        let made = self.write_new(slot, id, None, set).await?;
        self.changed(SUBJECT, new.subject);
        Ok(made)
    }

    /// Takes a role away.
    pub async fn unbind<R: Stored>(&mut self, granted: Granted<Delete, R>) -> Reply<()> {
        self.lock(Lock::Exclusive).await?;
        let sql = Sql::new("SELECT subject FROM role_binding WHERE guid = ?").with(granted.id.uuid());
        if let Some(row) = self.fetch(sql).await?.first() {
            let subject = row.get(0)?;
            self.changed(SUBJECT, subject);
        }
        self.erase(granted).await
    }

    /// Makes it visible at a further place, for reading.
    pub async fn share<V, R: Stored, P: Resource>(
        &mut self,
        it: &Granted<V, R>,
        with: &impl ProofOf<P>,
    ) -> Reply<()> {
        self.mine(it)?;
        let (id, place) = (it.id.uuid(), with.place_id());
        let known = Sql::new("SELECT 1 FROM shared WHERE kind = ? AND id = ? AND place = ?");
        if self.fetch(known.with(R::KIND.name).with(id).with(place)).await?.is_empty() {
            let sql = Sql::new("INSERT INTO shared (kind, id, place) VALUES (?, ?, ?)");
            self.run(sql.with(R::KIND.name).with(id).with(place)).await?;
        }
        Ok(())
    }

    /// Ends its visibility at a further place.
    pub async fn unshare<V, R: Stored, P: Resource>(
        &mut self,
        it: &Granted<V, R>,
        with: &impl ProofOf<P>,
    ) -> Reply<()> {
        self.mine(it)?;
        let sql = Sql::new("DELETE FROM shared WHERE kind = ? AND id = ? AND place = ?");
        self.run(sql.with(R::KIND.name).with(it.id.uuid()).with(with.place_id())).await?;
        Ok(())
    }

    pub(super) async fn change<R: Stored>(&mut self, statement: impl Into<Statement>) -> Reply<u64> {
        self.count();
        if self.want == crate::Want::Read {
            return Err(Fault::Internal(format!("`{}` reads and tried to write", self.op)));
        }
        let done = self.conn().await?.run(statement).await;
        done.map_err(|error| match &error {
            sqlx::Error::Database(d) if d.is_unique_violation() => {
                let text = format!("{} {}", d.constraint().unwrap_or_default(), d.message());
                let known = R::UNIQUE.iter().find(|(part, _)| text.contains(part));
                Fault::Unique(known.map_or("it exists already", |(_, say)| say).into())
            }
            _ => fault(error),
        })
    }

    fn touched<R: Stored>(&mut self, id: Uuid) {
        if R::KIND.fact {
            self.changed(R::KIND.name, id);
        }
    }

    async fn label<R: Stored>(&mut self, id: Uuid, labels: &str) -> Reply<()> {
        let labels: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(labels).unwrap_or_default();
        if labels.is_empty() {
            return Ok(());
        }
        let mut rows = Build::insert();
        rows.into_table("label").columns(["kind", "id", "name", "val"]);
        for (name, value) in labels {
            let value = value.as_str().unwrap_or_default().to_owned();
            rows.values_panic([R::KIND.name.into(), id.into(), name.into(), value.into()]);
        }
        self.run(rows).await.map(drop)
    }

    /// Keeps the number of these at every place above. At the zone the number is kept in parts, so that makers do not wait
    /// for each other's row.
    async fn tally<R: Stored>(&mut self, place: &Place, by: i64) -> Reply<()> {
        if !R::SPEC.tally {
            return Ok(());
        }
        let part = if self.engine() == Engine::Sqlite { 0 } else { (self.brand % 16) as i16 };
        let own = place.id;
        let places = [(Some(place.zone), part), (place.organization, 0), (place.space, 0)];
        let mut sql = Sql::new("INSERT INTO tally (place, kind, part, n) VALUES ");
        let mut first = true;
        for (at, part) in
            places.into_iter().filter_map(|(p, part)| p.filter(|p| *p != own).map(|p| (p, part)))
        {
            sql.push(if first { "" } else { ", " });
            first = false;
            sql.list([Value::from(at), R::KIND.name.into(), part.into(), by.into()]);
        }
        sql.push(match self.engine() {
            Engine::Mysql => " ON DUPLICATE KEY UPDATE n = n + VALUES(n)",
            Engine::Sqlite | Engine::Postgres => {
                " ON CONFLICT (place, kind, part) DO UPDATE SET n = tally.n + excluded.n"
            }
        });
        self.run(sql).await.map(drop)
    }
}

/// Bindings come and go by [`Tx::bind`] and [`Tx::unbind`] alone, which know the escalation rule and tell every cache.
fn not_a_binding<R: Stored>() -> Reply<()> {
    if R::SPEC.table == "role_binding" {
        return Err(Fault::Internal(format!("a `{}` is bound and unbound", R::KIND.name)));
    }
    Ok(())
}

/// A proof of something that is a place.
pub trait ProofOf<P>: Proof {
    /// The place.
    #[doc(hidden)]
    fn place_id(&self) -> Uuid;
}

impl<V, P: Resource> ProofOf<P> for Granted<V, P> {
    fn place_id(&self) -> Uuid {
        self.id.uuid()
    }
}

impl<R> Set<R> {
    pub(crate) fn named<const N: usize>(mut self, columns: [(&'static str, Value); N]) -> Self {
        self.columns.extend(columns);
        self
    }
}

/// The names of the columns that change, never their values: an audit log holds no secrets.
fn named<R>(set: &Set<R>) -> String {
    let mut names: Vec<&str> = set.columns.iter().map(|(c, _)| *c).collect();
    if set.metadata.is_some() {
        names.push("metadata");
    }
    names.join(",")
}
