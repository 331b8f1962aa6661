use super::Tx;
use crate::engine::Row;
use crate::list::{After, Cond, Page, Query};
use crate::list::{columns, key_of};
use crate::proof::{Granted, Proof, Visible};
use crate::raw::Raw;
use crate::schema::{Fields, Stored};
use crate::sql::Sql;
use sea_query::Value;
use uaa_authz::{Implies, Level, Read};
use uaa_model::{Denied, Fault, Id, Reply};
use uuid::Uuid;

impl Tx {
    /// The row of a proof.
    pub async fn get<V: Implies<Read>, R: Stored>(
        &mut self,
        granted: &Granted<V, R>,
    ) -> Reply<Fields<R::Own>> {
        self.mine(granted)?;
        let mut sql = Sql::new("SELECT ");
        columns::<R>(&mut sql);
        sql.push(" FROM ").push(R::SPEC.table).push(" t WHERE t.guid = ").bind(granted.id.uuid());
        let rows = self.fetch(sql).await?;
        row_fields::<R>(rows.first().ok_or(Fault::Denied(Denied::Hidden, R::KIND.name))?)
    }

    /// One page of what the actor may see: two statements at most, whatever the resource.
    pub async fn list<R: Stored>(&mut self, seen: &Visible<R>, query: &Query<R>) -> Reply<Page<R>> {
        self.mine(seen)?;
        let engine = self.engine();
        let rows = if query.limit > 0 { self.fetch(query.page(engine, seen)).await? } else { vec![] };
        let rows: Vec<Fields<R::Own>> = rows.iter().map(row_fields::<R>).collect::<Reply<_>>()?;
        let here = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let total = if query.begins() && here < query.limit {
            // A first page with room left is all there is.
            here
        } else {
            let total = self.fetch(query.count(engine, seen)).await?;
            total.first().map_or(Ok(0), |row| row.get::<i64>(0))?
        };
        let end = match rows.last() {
            Some(last) => end(query, last),
            None => None,
        };
        Ok(Page { rows, total, end })
    }

    /// How SQLite would find a page: the number of each step's parent and the step in its words. For tests that guard indexes.
    #[doc(hidden)]
    pub async fn plan<R: Stored>(
        &mut self,
        seen: &Visible<R>,
        query: &Query<R>,
    ) -> Reply<Vec<(i64, String)>> {
        self.mine(seen)?;
        let mut sql = Sql::new("EXPLAIN QUERY PLAN ");
        sql.append(query.page(self.engine(), seen));
        self.fetch(sql).await?.iter().map(|row| Ok((row.get(1)?, row.get(3)?))).collect()
    }

    /// The rows of these ids that the actor may see: `include=`.
    pub async fn related<R: Stored>(
        &mut self,
        seen: &Visible<R>,
        ids: Vec<Uuid>,
    ) -> Reply<Vec<Fields<R::Own>>> {
        self.mine(seen)?;
        let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let query = Query::<R>::first(limit).when(Cond::Ids("guid", ids));
        let engine = self.engine();
        self.fetch(query.page(engine, seen)).await?.iter().map(row_fields::<R>).collect()
    }

    /// The first row that matches, among those that the actor may see.
    pub async fn find<R: Stored>(&mut self, seen: &Visible<R>, cond: Cond) -> Reply<Option<Fields<R::Own>>> {
        self.mine(seen)?;
        let engine = self.engine();
        let rows = self.fetch(Query::<R>::first(1).when(cond).page(engine, seen)).await?;
        rows.first().map(row_fields::<R>).transpose()
    }

    /// The ids of all `C` that stand inside an organization or space.
    pub async fn children<V: Implies<Read>, R: Stored, C: Stored>(
        &mut self,
        parent: &Granted<V, R>,
    ) -> Reply<Vec<Id<C>>> {
        self.mine(parent)?;
        let column = match R::KIND.level {
            Level::Organization => "org_guid",
            Level::Space => "space_guid",
            Level::Zone => "zone",
            Level::Leaf => return Ok(vec![]),
        };
        let mut sql = Sql::new("SELECT guid FROM ");
        sql.push(C::SPEC.table).push(" WHERE ").push(column).push(" = ").bind(parent.id.uuid());
        sql.push(" ORDER BY guid");
        self.fetch(sql).await?.iter().map(|row| row.get(0).map(Id::new)).collect()
    }

    /// A statement that stands with its reason in `golden/raw-sql.txt`. It reads, and needs some proof of this transaction.
    pub async fn raw(
        &mut self,
        proof: &impl Proof,
        raw: &'static Raw,
        values: Vec<Value>,
    ) -> Reply<Vec<Row>> {
        self.mine(proof)?;
        let sql = values.into_iter().fold(Sql::new(raw.text), Sql::with);
        self.fetch(sql).await
    }

    /// The same for a set of ids, where the text says [`Raw::AMONG`]: one statement for a whole page. `values` are those of
    /// the places before it.
    ///
    /// # Errors
    /// `Internal` when the text does not say where.
    pub async fn raw_among(
        &mut self,
        proof: &impl Proof,
        raw: &'static Raw,
        values: Vec<Value>,
        ids: &[Uuid],
    ) -> Reply<Vec<Row>> {
        self.mine(proof)?;
        let (before, after) = raw
            .text
            .split_once(Raw::AMONG)
            .ok_or_else(|| Fault::Internal(format!("{} has no place for ids", raw.name)))?;
        let mut sql = values.into_iter().fold(Sql::new(before), Sql::with);
        sql.among(self.engine(), ids).push(after);
        self.fetch(sql).await
    }
}

/// Where a page ends. For an order by another column there is none: the next page is then found by its number.
fn end<R: Stored>(query: &Query<R>, last: &Fields<R::Own>) -> Option<After> {
    let key = match query.order.column {
        "guid" => None,
        "created_at" => Some(key_of(last.created_at)),
        "updated_at" => Some(key_of(last.updated_at)),
        _ => return None,
    };
    Some(After { key, guid: last.guid })
}

pub(super) fn row_fields<R: Stored>(row: &Row) -> Reply<Fields<R::Own>> {
    Ok(Fields {
        guid: row.get(0)?,
        created_at: row.get(1)?,
        updated_at: row.get(2)?,
        labels: row.get(3)?,
        annotations: row.get(4)?,
        organization: row.get(5)?,
        space: row.get(6)?,
        own: R::own(row, 7)?,
    })
}
