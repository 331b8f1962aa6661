//! Many rows that belong to one thing and go with it, some hundred in three statements. For kinds that no decision reads, and whose caches
//! follow the thing itself.

use super::Tx;
use crate::proof::Granted;
use crate::schema::Stored;
use crate::sql::Sql;
use uaa_authz::{Does, Verb};
use uaa_model::{Fault, Reply};
use uuid::Uuid;

impl Tx {
    /// Ends all `C` that name the proof's thing in that column, until there is none.
    pub async fn delete_of<V: Does, R: Stored, C: Stored>(
        &mut self,
        of: &Granted<V, R>,
        column: &'static str,
    ) -> Reply<u64> {
        self.mine(of)?;
        deletes_many::<V, C>()?;
        let (id, mut gone) = (of.id.uuid(), 0);
        loop {
            // By their identifiers: MySQL looks at every place there is for those of a query.
            let mut some = Sql::new("SELECT guid FROM ");
            some.push(C::SPEC.table).push(" WHERE ").push(column).push(" = ").bind(id);
            some.push(AT_ONCE);
            let ids = self.fetch(some).await?.iter().map(|row| row.get(0)).collect::<Reply<Vec<Uuid>>>()?;
            if ids.is_empty() {
                break;
            }
            gone += self.delete_these::<C>(&ids).await?;
        }
        if gone > 0 {
            self.note(Verb::Delete, &C::KIND, id, &of.place, column.into(), &of.why);
        }
        Ok(gone)
    }

    /// Ends all `C` of the zone that call the thing by that name in that column. There may be no index: each row is looked at once.
    pub async fn delete_named<V: Does, R: Stored, C: Stored>(
        &mut self,
        of: &Granted<V, R>,
        (column, name): (&'static str, &str),
    ) -> Reply<u64> {
        self.mine(of)?;
        deletes_many::<V, C>()?;
        let (mut after, mut gone) = (Uuid::nil(), 0);
        loop {
            let mut some = Sql::new("SELECT guid FROM ");
            some.push(C::SPEC.table).push(" WHERE zone = ").bind(of.place.zone).push(" AND ").push(column);
            some.push(" = ").bind(name.to_owned()).push(" AND guid > ").bind(after);
            some.push(" ORDER BY guid").push(AT_ONCE);
            let ids = self.fetch(some).await?.iter().map(|row| row.get(0)).collect::<Reply<Vec<Uuid>>>()?;
            let Some(last) = ids.last() else { break };
            after = *last;
            gone += self.delete_these::<C>(&ids).await?;
            if ids.len() < SOME {
                break;
            }
        }
        if gone > 0 {
            self.note(Verb::Delete, &C::KIND, of.id.uuid(), &of.place, column.into(), &of.why);
        }
        Ok(gone)
    }

    async fn delete_these<C: Stored>(&mut self, ids: &[Uuid]) -> Reply<u64> {
        let engine = self.engine();
        let (mut rows, mut places) = (Sql::new("DELETE FROM "), Sql::new("DELETE FROM place WHERE kind = "));
        rows.push(C::SPEC.table).push(" WHERE guid").among(engine, ids);
        places.bind(C::KIND.name).push(" AND id").among(engine, ids);
        let gone = self.run(rows).await?;
        self.run(places).await?;
        Ok(gone)
    }
}

const AT_ONCE: &str = " LIMIT 500";
const SOME: usize = 500;

fn deletes_many<V: Does, C: Stored>() -> Reply<()> {
    if V::VERB.only_looks() {
        return Err(Fault::Internal("deleting is a change".into()));
    }
    if C::KIND.fact || C::SPEC.tally || C::SPEC.metadata || C::SPEC.shared {
        return Err(Fault::Internal(format!("`{}` is deleted one by one", C::KIND.name)));
    }
    Ok(())
}
