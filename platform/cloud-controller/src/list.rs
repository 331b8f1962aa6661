//! What the Cloud Controller's lists can be asked: once for every resource.

use crate::body::capital;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use std::marker::PhantomData;
use uaa_model::{Fault, Reply, parse_rfc3339};
use uaa_plugin::{Input, Raw, pairs};
use uaa_store::{After, Cond, Field, Page, Query, Stored, TimeOp};
use uuid::Uuid;

/// What a list of this resource understands beside what every list does.
pub(crate) trait Listed: Stored {
    /// Name of a filter and its column.
    const FILTERS: &'static [(&'static str, Field)];
    /// Names that `order_by` takes beside `created_at` and `updated_at`, and their columns.
    const ORDER: &'static [(&'static str, &'static str)];
    /// What `include` takes.
    const INCLUDE: &'static [&'static str] = &[];
    /// Filters that are no column: the handler makes conditions of their [`List::values`].
    const EXTRA: &'static [&'static str] = &[];
}

/// A parsed list request.
pub(crate) struct List<R> {
    pub(crate) conds: Vec<Cond>,
    pub(crate) include: Vec<&'static str>,
    order: (&'static str, bool),
    page: i64,
    per_page: i64,
    after: Option<After>,
    /// The parameters that links repeat.
    kept: Vec<(String, String)>,
    kind: PhantomData<fn() -> R>,
}

impl<R: Listed> Input for List<R> {
    const NAME: &'static str = "list";
    fn read(raw: &Raw) -> Reply<Self> {
        let mut list = List {
            conds: vec![],
            include: vec![],
            order: ("guid", false),
            page: 1,
            per_page: 50,
            after: None,
            kept: vec![],
            kind: PhantomData,
        };
        for (name, value) in pairs(&raw.query)? {
            list.take(&name, &value)?;
            if !["page", "after"].contains(&name.as_str()) {
                list.kept.push((name, value));
            }
        }
        Ok(list)
    }
}

impl<R: Listed> List<R> {
    fn take(&mut self, name: &str, value: &str) -> Reply<()> {
        match name {
            "page" => self.page = number(value, "Page must be a positive integer", i64::MAX / 5000)?,
            "per_page" => {
                self.per_page = number(value, "Per page must be between 1 and 5000", 5000)?;
            }
            "after" => {
                self.after = Some(After::decode(value).ok_or_else(|| bad("After is not one of ours"))?)
            }
            "order_by" => self.order = order::<R>(value)?,
            "include" => {
                for one in value.split(',') {
                    let known = R::INCLUDE.iter().find(|i| **i == one);
                    self.include.push(known.ok_or_else(|| {
                        bad(format!(
                            "Invalid included resource: '{one}'. Valid included resources are: '{}'",
                            R::INCLUDE.join("', '")
                        ))
                    })?);
                }
            }
            "guids" => self.conds.push(Cond::Ids("guid", ids(value))),
            "label_selector" => {
                self.conds.extend(labels(value).ok_or_else(|| bad("Invalid label_selector value"))?)
            }
            extra if R::EXTRA.contains(&extra) => {}
            _ => {
                let cond = times(name, value)?.or_else(|| filter::<R>(name, value));
                self.conds.push(cond.ok_or_else(|| bad(format!("Unknown query parameter(s): '{name}'")))?);
            }
        }
        Ok(())
    }

    /// As the store asks it.
    pub(crate) fn query(&self) -> Query<R> {
        self.query_of()
    }

    /// The same of another kind over the same table.
    pub(crate) fn query_of<S>(&self) -> Query<S> {
        let mut query = Query::first(self.per_page).by(self.order.0, self.order.1);
        query.conds.clone_from(&self.conds);
        query.offset = (self.page - 1) * self.per_page;
        query.after.clone_from(&self.after);
        query
    }

    /// The values of one of [`Listed::EXTRA`], when it is there.
    pub(crate) fn values(&self, name: &str) -> Option<Vec<String>> {
        let (_, value) = self.kept.iter().rev().find(|(n, _)| n == name)?;
        Some(value.split(',').map(unescaped).collect())
    }

    /// A page as every list answers it.
    pub(crate) fn body(&self, page: &Page<R>, url: &str, rows: Vec<Value>) -> Value {
        json!({"pagination": self.pagination(page, url), "resources": rows})
    }

    /// The `pagination` of a page, whose links repeat every filter.
    pub(crate) fn pagination(&self, page: &Page<R>, url: &str) -> Value {
        let last = ((page.total + self.per_page - 1) / self.per_page).max(1);
        let link = |number: i64, after: Option<&After>| {
            let mut href = format!("{url}?page={number}&per_page={}", self.per_page);
            for (name, value) in self.kept.iter().filter(|(n, _)| n != "per_page") {
                let (name, value) = (utf8_percent_encode(name, ENCODED), utf8_percent_encode(value, ENCODED));
                href.push_str(&format!("&{name}={value}"));
            }
            if let Some(after) = after {
                href.push_str(&format!("&after={}", after.encode()));
            }
            json!({ "href": href })
        };
        json!({
            "total_results": page.total,
            "total_pages": last,
            "first": link(1, None),
            "last": link(last, None),
            "next": if self.page < last { link(self.page + 1, page.end.as_ref()) } else { Value::Null },
            "previous": if self.page > 1 { link(self.page - 1, None) } else { Value::Null },
        })
    }
}

fn bad(text: impl Into<String>) -> Fault {
    Fault::BadQuery(text.into().into())
}

fn number(value: &str, text: &'static str, most: i64) -> Reply<i64> {
    value.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| bad(text))
}

fn order<R: Listed>(value: &str) -> Reply<(&'static str, bool)> {
    let (name, descending) = match value.as_bytes().first() {
        Some(b'-') => (&value[1..], true),
        Some(b'+') => (&value[1..], false),
        // A plus sign that was not encoded arrives as a space.
        _ => (value.trim_start(), false),
    };
    let times = [("created_at", "created_at"), ("updated_at", "updated_at")];
    let known = R::ORDER.iter().chain(&times).find(|(n, _)| *n == name);
    known.map(|(_, column)| (*column, descending)).ok_or_else(|| {
        let names: Vec<String> = times.iter().chain(R::ORDER).map(|(n, _)| format!("'{n}'")).collect();
        bad(format!("Order by can only be: {}", names.join(", ")))
    })
}

fn filter<R: Listed>(name: &str, value: &str) -> Option<Cond> {
    let (_, field) = R::FILTERS.iter().find(|(n, _)| *n == name)?;
    Some(match field {
        Field::Id(column) => Cond::Ids(column, ids(value)),
        Field::Bool(column) => Cond::Is(column, value == "true"),
        Field::Text(_) | Field::Folded(_) | Field::Time(_) => {
            Cond::In(*field, value.split(',').map(unescaped).collect())
        }
    })
}

/// A comma inside a value is percent-encoded twice.
fn unescaped(value: &str) -> String {
    value.replace("%2C", ",").replace("%2c", ",")
}

fn ids(value: &str) -> Vec<Uuid> {
    value.split(',').filter_map(|id| id.parse().ok()).collect()
}

fn times(name: &str, value: &str) -> Reply<Option<Cond>> {
    let (name, op) = name.split_once('[').map_or((name, ""), |(n, op)| (n, op.trim_end_matches(']')));
    let column = match name {
        "created_ats" => "created_at",
        "updated_ats" => "updated_at",
        _ => return Ok(None),
    };
    let wrong = || {
        bad(format!(
            "{} has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'",
            capital(name)
        ))
    };
    let at = |text: &str| parse_rfc3339(text).ok_or_else(wrong);
    let second = 1_000_000;
    let one = |op: TimeOp, at| Cond::Time(column, op, at);
    Ok(Some(match op {
        // Times are shown in whole seconds and kept in microseconds.
        "lt" => one(TimeOp::Lt, at(value)?),
        "lte" => one(TimeOp::Lt, at(value)? + second),
        "gt" => one(TimeOp::Gte, at(value)? + second),
        "gte" => one(TimeOp::Gte, at(value)?),
        "" => {
            let each = value.split(',').map(|text| {
                at(text).map(|t| Cond::All(vec![one(TimeOp::Gte, t), one(TimeOp::Lt, t + second)]))
            });
            Cond::Any(each.collect::<Reply<_>>()?)
        }
        other => return Err(bad(format!("Invalid relational operator: '{other}'"))),
    }))
}

/// `k`, `!k`, `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, all of which must hold.
fn labels(text: &str) -> Option<Vec<Cond>> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for c in text.chars() {
        inside = if c == '(' {
            true
        } else if c == ')' {
            false
        } else {
            inside
        };
        if c == ',' && !inside {
            parts.push(String::new());
        } else {
            parts.last_mut()?.push(c);
        }
    }
    parts.iter().map(|part| label(part.trim())).collect()
}

fn label(part: &str) -> Option<Cond> {
    let set = |values: &str| {
        let inner = values.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(inner.split(',').map(|v| v.trim().to_owned()).collect::<Vec<_>>())
    };
    let key = |k: &str| {
        let k = k.trim();
        (!k.is_empty() && !k.contains([' ', '!', '=', '(', ')'])).then(|| k.to_owned())
    };
    if let Some((k, values)) = part.split_once(" notin ") {
        return Some(Cond::NoLabel(key(k)?, set(values)?));
    }
    if let Some((k, values)) = part.split_once(" in ") {
        return Some(Cond::Label(key(k)?, set(values)?));
    }
    if let Some((k, value)) = part.split_once("!=") {
        return Some(Cond::NoLabel(key(k)?, vec![value.trim().into()]));
    }
    if let Some((k, value)) = part.split_once('=') {
        return Some(Cond::Label(key(k)?, vec![value.trim_start_matches('=').trim().into()]));
    }
    match part.strip_prefix('!') {
        Some(k) => Some(Cond::NoLabel(key(k)?, vec![])),
        None => Some(Cond::Label(key(part)?, vec![])),
    }
}

const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'&').add(b'#').add(b'+').add(b'%').add(b'=').add(b'"').add(b'<').add(b'>');

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_directory::Organization;

    fn read(query: &str) -> Reply<List<Organization>> {
        List::read(&Raw { query: query.into(), body: Default::default() })
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (query, text) in [
            ("page=0", "Page must be a positive integer"),
            ("per_page=5001", "Per page must be between 1 and 5000"),
            ("nope=1", "Unknown query parameter(s): 'nope'"),
            ("created_ats=x", "Created ats has an invalid timestamp format"),
            ("label_selector=a%20b", "Invalid label_selector value"),
            ("order_by=x", "Order by can only be"),
        ] {
            let Err(Fault::BadQuery(said)) = read(query) else { panic!("{query} was taken") };
            assert!(said.contains(text), "{query}: {said}");
        }
    }

    #[test]
    fn selectors() {
        let Ok(list) = read("label_selector=a,!b,c=d,e!=f,g%20in%20(h,i),j%20notin%20(k)") else {
            panic!("refused")
        };
        assert_eq!(list.conds.len(), 6);
        assert!(matches!(&list.conds[4], Cond::Label(k, v) if k == "g" && v == &["h", "i"]));
    }
}
