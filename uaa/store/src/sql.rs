use crate::engine::Engine;
use sea_query::{MysqlQueryBuilder, PostgresQueryBuilder, SqliteQueryBuilder, Value, Values};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use uuid::Uuid;

/// A statement as text with `?` and its values: for lists and decisions, which a builder makes unreadable.
///
/// Text is only ever `&'static str` or a number; whatever else comes from outside is bound.
#[derive(Clone, Default)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(text: &'static str) -> Self {
        Sql { text: text.into(), values: vec![] }
    }

    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.text.push('?');
        self.values.push(value.into());
        self
    }

    /// A number as text, where it decides how the statement is best run.
    pub(crate) fn number(&mut self, number: i64) -> &mut Self {
        self.text.push_str(&number.to_string());
        self
    }

    /// Binds a `?` that already stands in the text.
    pub(crate) fn with(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// More text, by value.
    pub(crate) fn with_text(mut self, text: &'static str) -> Self {
        self.text.push_str(text);
        self
    }

    pub(crate) fn append(&mut self, other: Sql) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values);
        self
    }

    /// `(?, ?, …)`.
    pub(crate) fn list<T: Into<Value>>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Self {
        self.text.push('(');
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.text.push_str(", ");
            }
            self.bind(value);
        }
        self.text.push(')');
        self
    }

    /// `IN` a set of ids, in a text that does not depend on the size of the set: one prepared statement, no limit of
    /// parameters, and on PostgreSQL an index condition.
    pub(crate) fn among(&mut self, engine: Engine, ids: &[Uuid]) -> &mut Self {
        match engine {
            Engine::Postgres => {
                let all: Vec<String> = ids.iter().map(Uuid::to_string).collect();
                self.push(" = ANY(").bind(format!("{{{}}}", all.join(","))).push("::text::uuid[])")
            }
            Engine::Sqlite => {
                let all: Vec<String> = ids.iter().map(|id| format!("\"{}\"", id.simple())).collect();
                self.push(" IN (SELECT unhex(value) FROM json_each(")
                    .bind(format!("[{}]", all.join(",")))
                    .push("))")
            }
            Engine::Mysql if ids.is_empty() => self.push(" IN (NULL)"),
            Engine::Mysql => self.push(" IN ").list(ids.iter().copied()),
        }
    }

    fn finish(self, engine: Engine) -> (String, SqlxValues) {
        let text = if engine == Engine::Postgres { numbered(&self.text) } else { self.text };
        (text, SqlxValues(Values(self.values)))
    }
}

/// PostgreSQL numbers its parameters. No literal of ours holds a question mark.
fn numbered(text: &str) -> String {
    let (mut out, mut n) = (String::with_capacity(text.len() + 16), 0);
    for c in text.chars() {
        if c == '?' {
            n += 1;
            out.push('$');
            out.push_str(&n.to_string());
        } else {
            out.push(c);
        }
    }
    out
}

/// Any statement: written by hand or by the builder.
pub(crate) enum Statement {
    Text(Sql),
    Insert(sea_query::InsertStatement),
    Update(sea_query::UpdateStatement),
    Delete(sea_query::DeleteStatement),
}

impl From<Sql> for Statement {
    fn from(sql: Sql) -> Self {
        Statement::Text(sql)
    }
}

impl From<sea_query::InsertStatement> for Statement {
    fn from(insert: sea_query::InsertStatement) -> Self {
        Statement::Insert(insert)
    }
}

impl From<sea_query::UpdateStatement> for Statement {
    fn from(update: sea_query::UpdateStatement) -> Self {
        Statement::Update(update)
    }
}

impl From<sea_query::DeleteStatement> for Statement {
    fn from(delete: sea_query::DeleteStatement) -> Self {
        Statement::Delete(delete)
    }
}

impl Statement {
    pub(crate) fn build(self, engine: Engine) -> (String, SqlxValues) {
        macro_rules! by_engine {
            ($statement:expr) => {
                match engine {
                    Engine::Sqlite => $statement.build_sqlx(SqliteQueryBuilder),
                    Engine::Postgres => $statement.build_sqlx(PostgresQueryBuilder),
                    Engine::Mysql => $statement.build_sqlx(MysqlQueryBuilder),
                }
            };
        }
        match self {
            Statement::Text(sql) => sql.finish(engine),
            Statement::Insert(insert) => by_engine!(insert),
            Statement::Update(update) => by_engine!(update),
            Statement::Delete(delete) => by_engine!(delete),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_per_engine() {
        let mut sql = Sql::new("SELECT 1 FROM t WHERE a = ");
        sql.bind(1i64).push(" AND b").among(Engine::Postgres, &[Uuid::nil()]);
        let (text, _) = Statement::from(sql).build(Engine::Postgres);
        assert_eq!(text, "SELECT 1 FROM t WHERE a = $1 AND b = ANY($2::text::uuid[])");
    }
}
