use super::{Lock, Tx};
use crate::facts::SUBJECT;
use crate::proof::Granted;
use crate::schema::Stored;
use crate::sql::Sql;
use sea_query::Query as Build;
use uaa_authz::{Delete, Writes};
use uaa_model::{Fault, Reply};
use uuid::Uuid;

impl Tx {
    /// Makes a user, client, group or zone known to decisions. `kind` is `user`, `client`, `group` or `zone`.
    pub async fn enroll<V: Writes, R: Stored>(&mut self, it: &Granted<V, R>) -> Reply<()> {
        self.mine(it)?;
        let sql = Sql::new("INSERT INTO subject (guid, zone, kind, inactive) VALUES (?, ?, ?, ?)");
        let sql = sql.with(it.id.uuid()).with(it.place.zone).with(R::KIND.name).with(false);
        self.run(sql).await?;
        Ok(())
    }

    /// Deactivates a subject or lets it act again. Whatever it holds stays, and counts for nothing meanwhile.
    pub async fn set_inactive<V: Writes, R: Stored>(
        &mut self,
        it: &Granted<V, R>,
        inactive: bool,
    ) -> Reply<()> {
        self.mine(it)?;
        self.lock(Lock::Exclusive).await?;
        let sql = Sql::new("UPDATE subject SET inactive = ? WHERE guid = ?");
        self.run(sql.with(inactive).with(it.id.uuid())).await?;
        self.changed(SUBJECT, it.id.uuid());
        Ok(())
    }

    /// Takes all bindings and memberships from a subject that is about to be deleted.
    pub async fn withdraw<R: Stored>(&mut self, it: &Granted<Delete, R>) -> Reply<()> {
        self.mine(it)?;
        self.lock(Lock::Exclusive).await?;
        let id = it.id.uuid();
        self.changed(SUBJECT, id);
        let members = self.fetch(Sql::new("SELECT member FROM member WHERE grp = ?").with(id)).await?;
        for row in members {
            let member = row.get(0)?;
            self.changed(SUBJECT, member);
        }
        let places = "DELETE FROM place WHERE id IN (SELECT guid FROM role_binding WHERE subject = ?)";
        self.run(Sql::new(places).with(id)).await?;
        self.run(Sql::new("DELETE FROM role_binding WHERE subject = ?").with(id)).await?;
        self.run(Sql::new("DELETE FROM member WHERE member = ? OR grp = ?").with(id).with(id)).await?;
        self.run(Sql::new("DELETE FROM subject WHERE guid = ?").with(id)).await?;
        Ok(())
    }

    /// Takes all bindings away that stand at an organization or space that is about to be deleted.
    pub async fn unbind_all<R: Stored>(&mut self, place: &Granted<Delete, R>) -> Reply<()> {
        self.mine(place)?;
        self.lock(Lock::Exclusive).await?;
        let id = place.id.uuid();
        for row in
            self.fetch(Sql::new("SELECT DISTINCT subject FROM role_binding WHERE place = ?").with(id)).await?
        {
            let subject = row.get(0)?;
            self.changed(SUBJECT, subject);
        }
        let places = "DELETE FROM place WHERE id IN (SELECT guid FROM role_binding WHERE place = ?)";
        self.run(Sql::new(places).with(id)).await?;
        self.run(Sql::new("DELETE FROM role_binding WHERE place = ?").with(id)).await?;
        self.run(Sql::new("DELETE FROM shared WHERE place = ?").with(id)).await?;
        self.run(Sql::new("DELETE FROM tally WHERE place = ?").with(id)).await?;
        Ok(())
    }

    /// Puts a subject into a group. Nobody puts anybody into a group whose roles they lack; a group may not end up in itself.
    pub async fn join<V: Writes, R: Stored>(
        &mut self,
        group: &Granted<V, R>,
        member: Uuid,
        origin: &str,
    ) -> Reply<bool> {
        self.mine(group)?;
        self.lock(Lock::Exclusive).await?;
        let id = group.id.uuid();
        let above = self.fetch(Sql::new(ABOVE).with(id)).await?;
        let above: Vec<Uuid> = above.iter().map(|row| row.get(0)).collect::<Reply<_>>()?;
        if above.contains(&member) {
            return Err(Fault::invalid("a group cannot be a member of itself"));
        }
        for holder in &above {
            self.may_give_all_of(*holder).await?;
        }
        let known = Sql::new("SELECT 1 FROM member WHERE member = ? AND grp = ?").with(member).with(id);
        if !self.fetch(known).await?.is_empty() {
            return Ok(false);
        }
        let row = Build::insert()
            .into_table("member")
            .columns(["member", "grp", "zone", "origin", "created_at"])
            .values_panic([member.into(), id.into(), group.place.zone.into(), origin.into(), self.now.into()])
            .to_owned();
        self.run(row).await?;
        self.changed(SUBJECT, member);
        Ok(true)
    }

    /// Takes a subject out of a group. Returns whether it was in it.
    pub async fn leave<V: Writes, R: Stored>(&mut self, group: &Granted<V, R>, member: Uuid) -> Reply<bool> {
        self.mine(group)?;
        self.lock(Lock::Exclusive).await?;
        let sql =
            Sql::new("DELETE FROM member WHERE member = ? AND grp = ?").with(member).with(group.id.uuid());
        let gone = self.run(sql).await? > 0;
        if gone {
            self.changed(SUBJECT, member);
        }
        Ok(gone)
    }
}

/// A subject and every group that it is in, directly or not.
pub(super) const ABOVE: &str = "WITH RECURSIVE g(id) AS (SELECT guid FROM subject WHERE guid = ? \
    UNION SELECT m.grp FROM member m JOIN g ON m.member = g.id) SELECT id FROM g";
