use super::cursor::Key;
use super::{Cond, Field, Query, TimeOp};
use crate::engine::Engine;
use crate::proof::{Reach, Visible};
use crate::schema::Stored;
use crate::sql::Sql;
use uuid::Uuid;

impl<R: Stored> Query<R> {
    /// How many rows match: from the tally when everything of the zone is asked for, counted otherwise.
    pub(crate) fn count(&self, engine: Engine, seen: &Visible<R>) -> Sql {
        if self.conds.is_empty() && R::SPEC.tally && matches!(seen.reach, Reach::Zone) {
            return Sql::new("SELECT CAST(COALESCE(SUM(n), 0) AS ")
                .with_text(if engine == Engine::Mysql { "SIGNED" } else { "BIGINT" })
                .with_text(") FROM tally WHERE place = ? AND kind = ?")
                .with(seen.zone)
                .with(R::KIND.name);
        }
        let mut sql = Sql::new("SELECT COUNT(*)");
        self.body(engine, seen, false, &mut sql);
        sql
    }

    /// One page. Order and cut on the ids alone, then the rows of those ids: a deferred join.
    pub(crate) fn page(&self, engine: Engine, seen: &Visible<R>) -> Sql {
        let by_key = self.order.column != "guid";
        let mut sql = Sql::new("SELECT ");
        columns::<R>(&mut sql);
        sql.push(" FROM (SELECT t.guid AS id");
        if by_key {
            sql.push(", t.").push(self.order.column).push(" AS k");
        }
        self.body(engine, seen, !by_key, &mut sql);
        self.beyond(&mut sql);
        sql.push(" ORDER BY ");
        if by_key {
            sql.push("t.").push(self.order.column).push(self.way()).push(", ");
        }
        sql.push("t.guid").push(self.way()).push(" LIMIT ");
        match engine {
            // SQLite plans by what a limit is: a bound one has the statement prepared anew each time.
            Engine::Sqlite => sql.number(self.limit),
            Engine::Postgres | Engine::Mysql => sql.bind(self.limit),
        };
        if self.after.is_none() && self.offset > 0 {
            sql.push(" OFFSET ").bind(self.offset);
        }
        // SQLite does not know that the page is short, and with statistics may walk the table to look each row up among the
        // ids: there CROSS JOIN means that the left side comes first, and nothing else.
        sql.push(if engine == Engine::Sqlite { ") ids CROSS JOIN " } else { ") ids JOIN " });
        sql.push(R::SPEC.table).push(" t ON t.guid = ids.id ORDER BY ");
        if by_key {
            sql.push("ids.k").push(self.way()).push(", ");
        }
        sql.push("t.guid").push(self.way());
        sql
    }

    fn way(&self) -> &'static str {
        if self.order.descending { " DESC" } else { "" }
    }

    /// Rows behind the end of the page before, instead of an OFFSET that is read and thrown away.
    fn beyond(&self, sql: &mut Sql) {
        let Some(after) = &self.after else { return };
        let sign = if self.order.descending { " < " } else { " > " };
        sql.push(" AND (");
        if let (Some(key), true) = (&after.key, self.order.column != "guid") {
            let value = || match key {
                Key::Text(text) => sea_query::Value::from(text.clone()),
                Key::Number(number) => sea_query::Value::from(*number),
            };
            // One bound that an index can start from, then the rows of that moment that are behind us already.
            let from = if self.order.descending { " <= " } else { " >= " };
            sql.push("t.").push(self.order.column).push(from).bind(value());
            sql.push(" AND (t.").push(self.order.column).push(sign).bind(value());
            sql.push(" OR t.guid").push(sign).bind(after.guid).push(")");
        } else {
            sql.push("t.guid").push(sign).bind(after.guid);
        }
        sql.push(")");
    }

    /// `in_order`: the rows are wanted in the order of the guid, and a few of them are enough.
    fn body(&self, engine: Engine, seen: &Visible<R>, in_order: bool, sql: &mut Sql) {
        sql.push(" FROM ").push(R::SPEC.table).push(" t");
        // Without statistics SQLite takes a zone for a small part of the table: the plus keeps it from collecting and sorting all of
        // it, where the order of the guid, or the ids that are visible, lead there at once.
        let whole = matches!(seen.reach, Reach::Zone);
        let lead = !whole || (in_order && self.conds.is_empty());
        // With statistics of older indexes alone it takes a newer one, of another order, for the shorter way: `likely` says that
        // none of them is.
        let zone = match engine {
            Engine::Sqlite if lead => [" WHERE +t.zone = ", ""],
            Engine::Sqlite if !in_order => [" WHERE likely(t.zone = ", ")"],
            Engine::Sqlite | Engine::Postgres | Engine::Mysql => [" WHERE t.zone = ", ""],
        };
        reach(engine, seen, zone, sql);
        for cond in &self.conds {
            sql.push(" AND ");
            write::<R>(engine, cond, sql);
        }
    }
}

/// One way in which rows are visible.
enum Arm<'a> {
    /// By a column: the organization's or the space's.
    Column(&'static str, &'a [Uuid]),
    /// What is shared with those places.
    Shared(&'a [Uuid]),
    /// What belongs to the actor.
    Owned(Uuid),
}

/// Only what the actor's bindings reach, what is shared with those places, and what is its own.
///
/// Several ways are a union of ids, found each by its index. As `OR` they make every engine walk the table: PostgreSQL in the
/// order of the page until enough rows are found, SQLite along the zone.
fn reach<R: Stored>(engine: Engine, seen: &Visible<R>, [zone, end]: [&'static str; 2], sql: &mut Sql) {
    let Reach::Some { organizations, spaces, owner } = &seen.reach else {
        sql.push(zone).bind(seen.zone).push(end);
        return;
    };
    let mut arms = vec![];
    arms.extend(R::SPEC.organization.map(|column| Arm::Column(column, organizations)));
    arms.extend(R::SPEC.space.map(|column| Arm::Column(column, spaces)));
    if R::SPEC.shared {
        arms.extend([Arm::Shared(organizations), Arm::Shared(spaces)]);
    }
    arms.retain(|arm| matches!(arm, Arm::Column(_, ids) | Arm::Shared(ids) if !ids.is_empty()));
    arms.extend(owner.map(Arm::Owned));
    match arms.as_slice() {
        [] => drop(sql.push(" WHERE 1 = 0")),
        [Arm::Column(column, ids)] => {
            sql.push(zone).bind(seen.zone).push(end).push(" AND t.").push(column).among(engine, ids);
        }
        _ if engine == Engine::Sqlite => {
            sql.push(zone).bind(seen.zone).push(end).push(" AND t.guid IN (");
            union::<R>(engine, &arms, sql);
            sql.push(")");
        }
        _ => {
            sql.push(" JOIN (");
            union::<R>(engine, &arms, sql);
            sql.push(") reach ON reach.id = t.guid").push(zone).bind(seen.zone).push(end);
        }
    }
}

fn union<R: Stored>(engine: Engine, arms: &[Arm<'_>], sql: &mut Sql) {
    for (i, arm) in arms.iter().enumerate() {
        sql.push(if i > 0 { " UNION " } else { "" });
        match arm {
            Arm::Column(column, ids) => {
                sql.push("SELECT r.guid AS id FROM ").push(R::SPEC.table).push(" r WHERE r.").push(column);
                sql.among(engine, ids);
            }
            Arm::Shared(places) => {
                sql.push("SELECT s.id AS id FROM shared s WHERE s.kind = ").bind(R::KIND.name);
                sql.push(" AND s.place").among(engine, places);
            }
            Arm::Owned(owner) => {
                sql.push("SELECT p.id AS id FROM place p WHERE p.owner = ").bind(*owner);
                sql.push(" AND p.kind = ").bind(R::KIND.name);
            }
        }
    }
}

fn write<R: Stored>(engine: Engine, cond: &Cond, sql: &mut Sql) {
    match cond {
        Cond::All(all) => several::<R>(engine, all, " AND ", "1 = 1", sql),
        Cond::Any(any) => several::<R>(engine, any, " OR ", "1 = 0", sql),
        Cond::Not(cond) => {
            sql.push("NOT (");
            write::<R>(engine, cond, sql);
            sql.push(")");
        }
        Cond::In(_, texts) if texts.is_empty() => drop(sql.push("1 = 0")),
        Cond::In(field, texts) => {
            sql.push("t.").push(field.column()).push(" IN ").list(texts.iter().map(|t| folded(*field, t)));
        }
        Cond::Ids(_, ids) if ids.is_empty() => drop(sql.push("1 = 0")),
        Cond::Ids(column, ids) => drop(sql.push("t.").push(column).among(engine, ids)),
        Cond::Contains(field, text) => like(*field, format!("%{}%", escaped(&folded(*field, text))), sql),
        Cond::Starts(field, text) => like(*field, format!("{}%", escaped(&folded(*field, text))), sql),
        Cond::Text(field, op, text) => {
            sql.push("t.").push(field.column()).push(sign(*op)).bind(folded(*field, text));
        }
        Cond::Is(column, value) => drop(sql.push("t.").push(column).push(" = ").bind(*value)),
        Cond::Time(column, op, at) => drop(sql.push("t.").push(column).push(sign(*op)).bind(*at)),
        Cond::Present(column) => drop(sql.push("t.").push(column).push(" IS NOT NULL")),
        Cond::Bound(place) => {
            sql.push("t.guid IN (SELECT b.subject FROM role_binding b WHERE b.place = ")
                .bind(*place)
                .push(")");
        }
        Cond::Label(name, values) => label::<R>("EXISTS", name, values, sql),
        Cond::NoLabel(name, values) => label::<R>("NOT EXISTS", name, values, sql),
    }
}

fn several<R: Stored>(
    engine: Engine,
    conds: &[Cond],
    joint: &'static str,
    none: &'static str,
    sql: &mut Sql,
) {
    sql.push("(");
    for (i, cond) in conds.iter().enumerate() {
        if i > 0 {
            sql.push(joint);
        }
        write::<R>(engine, cond, sql);
    }
    if conds.is_empty() {
        sql.push(none);
    }
    sql.push(")");
}

fn label<R: Stored>(exists: &'static str, name: &str, values: &[String], sql: &mut Sql) {
    sql.push(exists).push(" (SELECT 1 FROM label l WHERE l.id = t.guid AND l.kind = ").bind(R::KIND.name);
    sql.push(" AND l.name = ").bind(name);
    if !values.is_empty() {
        sql.push(" AND l.val IN ").list(values.iter().cloned());
    }
    sql.push(")");
}

fn like(field: Field, pattern: String, sql: &mut Sql) {
    sql.push("t.").push(field.column()).push(" LIKE ").bind(pattern).push(" ESCAPE '!'");
}

fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn folded(field: Field, text: &str) -> String {
    match field {
        Field::Folded(_) => text.to_lowercase(),
        Field::Text(_) | Field::Id(_) | Field::Bool(_) | Field::Time(_) => text.to_owned(),
    }
}

fn sign(op: TimeOp) -> &'static str {
    match op {
        TimeOp::Lt => " < ",
        TimeOp::Lte => " <= ",
        TimeOp::Gt => " > ",
        TimeOp::Gte => " >= ",
    }
}

/// The columns of a row, as `fields` decodes them.
pub(crate) fn columns<R: Stored>(sql: &mut Sql) {
    sql.push("t.guid, t.created_at, t.updated_at, ");
    sql.push(if R::SPEC.metadata { "t.labels, t.annotations, " } else { "'{}', '{}', " });
    sql.push("t.org_guid, t.space_guid");
    for column in R::SPEC.columns {
        sql.push(", t.").push(column);
    }
}
