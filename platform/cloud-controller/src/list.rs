//! What the Cloud Controller's lists can be asked: once for every resource.

mod conds;

use crate::view::link;
use conds::{labels, times};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use std::marker::PhantomData;
use uaa_directory::{Organization, Space};
use uaa_model::{Fault, Reply};
use uaa_plugin::shape::{NUMBER, Shape, list, object};
use uaa_plugin::{Ctx, Input, Raw, Reads, pairs};
use uaa_store::{After, Cond, Field, Fields, Page, Query, Stored};
use uuid::Uuid;

/// What a list of this resource understands beside what every list does.
pub(crate) trait Listed {
    /// Name of a filter and its column.
    const FILTERS: &'static [(&'static str, Field)] = &[];
    /// Names that `order_by` takes beside `created_at` and `updated_at`, and their columns.
    const ORDER: &'static [(&'static str, &'static str)] = &[];
    /// What `include` takes.
    const INCLUDE: &'static [&'static str] = &[];
    /// Filters that are no column: the handler makes conditions of their [`List::values`].
    const EXTRA: &'static [&'static str] = &[];
    /// Whether it has labels to select by.
    const LABELS: bool = false;
}

/// A parsed list request.
pub(crate) struct List<R> {
    conds: Vec<Cond>,
    include: Vec<&'static str>,
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
    fn reads() -> Reads {
        let every = ["page", "per_page", "after", "order_by", "guids", "created_ats", "updated_ats"];
        let include = (!R::INCLUDE.is_empty()).then_some("include");
        let labels = R::LABELS.then_some("label_selector");
        let filters = R::FILTERS.iter().map(|(name, _)| *name).chain(R::EXTRA.iter().copied());
        let mut names: Vec<&'static str> = every.into_iter().chain(include).chain(labels).collect();
        for name in filters {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Reads::query(names)
    }
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
            // A name that comes twice: the last one counts, as in the field.
            list.kept.retain(|(known, _)| *known != name);
            list.kept.push((name, value));
        }
        for (name, value) in list.kept.clone() {
            list.take(&name, &value)?;
        }
        list.kept.retain(|(name, _)| !["page", "per_page", "after"].contains(&name.as_str()));
        Ok(list)
    }
}

impl<R: Listed> List<R> {
    fn take(&mut self, name: &str, value: &str) -> Reply<()> {
        match name {
            extra if R::EXTRA.contains(&extra) => {}
            "page" => self.page = number(value, "Page must be a positive integer", i64::MAX / 5000)?,
            "per_page" => {
                self.per_page = number(value, "Per page must be between 1 and 5000", 5000)?;
            }
            "after" => {
                self.after = Some(After::decode(value).ok_or_else(|| bad("After is not one of ours"))?)
            }
            "order_by" => self.order = order::<R>(value)?,
            "include" if !R::INCLUDE.is_empty() => self.include = include::<R>(value)?,
            "guids" => self.conds.push(Cond::Ids("guid", ids(value))),
            "label_selector" if R::LABELS => {
                self.conds.extend(labels(value).ok_or_else(|| bad("Invalid label_selector value"))?)
            }
            _ => {
                let cond = times(name, value)?.or_else(|| filter::<R>(name, value));
                self.conds.push(cond.ok_or_else(|| unknown::<R>(name))?);
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

    /// Whether that one is to be included.
    pub(crate) fn includes(&self, name: &str) -> bool {
        self.include.contains(&name)
    }

    /// The values of one of [`Listed::EXTRA`], when it is there.
    pub(crate) fn values(&self, name: &str) -> Option<Vec<String>> {
        let (_, value) = self.kept.iter().find(|(n, _)| n == name)?;
        Some(value.split(',').map(unescaped).collect())
    }

    /// The value of a filter as it was given, when it is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.kept.iter().any(|(n, _)| n == name)
    }

    /// A page as every list answers it. `path` is that of the list, without the address.
    pub(crate) fn body<S: Stored>(&self, page: &Page<S>, cx: &Ctx, path: &str, rows: Vec<Value>) -> Value {
        let pagination = self.pagination(page.total, page.end.as_ref(), &format!("{}{path}", cx.links.api));
        json!({"pagination": pagination, "resources": rows})
    }

    /// A list of nothing.
    pub(crate) fn nothing(&self, cx: &Ctx, path: &str) -> Value {
        json!({"pagination": self.pagination(0, None, &format!("{}{path}", cx.links.api)), "resources": []})
    }

    /// The `pagination` of a page, whose links repeat every filter.
    fn pagination(&self, total: i64, end: Option<&After>, url: &str) -> Value {
        let last = ((total + self.per_page - 1) / self.per_page).max(1);
        let link = |number: i64, after: Option<&After>| {
            let mut href = format!("{url}?page={number}&per_page={}", self.per_page);
            for (name, value) in &self.kept {
                let (name, value) = (utf8_percent_encode(name, ENCODED), utf8_percent_encode(value, ENCODED));
                href.push_str(&format!("&{name}={value}"));
            }
            if let Some(after) = after {
                href.push_str(&format!("&after={}", after.encode()));
            }
            json!({ "href": href })
        };
        json!({
            "total_results": total,
            "total_pages": last,
            "first": link(1, None),
            "last": link(last, None),
            "next": if self.page < last { link(self.page + 1, end) } else { Value::Null },
            "previous": if self.page > 1 { link(self.page - 1, None) } else { Value::Null },
        })
    }
}

/// What [`List::body`] looks like.
pub(crate) fn page(of: Shape) -> Shape {
    let pagination = object([
        ("total_results", NUMBER),
        ("total_pages", NUMBER),
        ("first", link()),
        ("last", link()),
        ("next", link().or_null()),
        ("previous", link().or_null()),
    ]);
    object([("pagination", pagination.named("pagination")), ("resources", list(of))])
}

/// What an answer with an `included` looks like.
pub(crate) fn including(of: Shape, included: impl IntoIterator<Item = (&'static str, Shape)>) -> Shape {
    let included = included.into_iter().map(|(name, shape)| (name, list(shape)));
    of.perhaps([("included", object::<&str>([]).perhaps(included))])
}

/// What `include` asks of a single resource.
pub(crate) struct Shown<R> {
    include: Vec<&'static str>,
    kind: PhantomData<fn() -> R>,
}

impl<R: Listed> Input for Shown<R> {
    const NAME: &'static str = "query";
    fn reads() -> Reads {
        Reads::query(["include"])
    }
    fn read(raw: &Raw) -> Reply<Self> {
        let mut shown = Shown { include: vec![], kind: PhantomData };
        for (name, value) in pairs(&raw.query)? {
            match name.as_str() {
                "include" => shown.include = include::<R>(&value)?,
                other => {
                    return Err(bad(format!(
                        "Unknown query parameter(s): '{other}'. Valid parameters are: 'include'"
                    )));
                }
            }
        }
        Ok(shown)
    }
}

impl<R> Shown<R> {
    /// Whether that one is to be included.
    pub(crate) fn includes(&self, name: &str) -> bool {
        self.include.contains(&name)
    }
}

/// The resources of an `included`, among those that the caller may see.
pub(crate) async fn included<R: Stored>(
    ids: Vec<Uuid>,
    view: fn(&Fields<R::Own>, &str) -> Value,
    cx: &mut Ctx,
) -> Reply<Value> {
    let api = cx.links.api.clone();
    let seen = cx.tx().visible::<R>().await?;
    Ok(cx.tx().related(&seen, ids).await?.iter().map(|row| view(row, &api)).collect())
}

fn bad(text: impl Into<String>) -> Fault {
    Fault::BadQuery(text.into().into())
}

fn unknown<R: Listed>(name: &str) -> Fault {
    let mut known = vec!["page", "per_page", "order_by", "created_ats", "updated_ats", "guids"];
    known.extend(R::LABELS.then_some("label_selector"));
    let own = R::FILTERS.iter().map(|(name, _)| *name).chain(R::EXTRA.iter().copied());
    known.extend(own.filter(|name| *name != "guids"));
    known.extend((!R::INCLUDE.is_empty()).then_some("include"));
    bad(format!("Unknown query parameter(s): '{name}'. Valid parameters are: '{}'", known.join("', '")))
}

fn number(value: &str, text: &'static str, most: i64) -> Reply<i64> {
    value.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| bad(text))
}

fn include<R: Listed>(value: &str) -> Reply<Vec<&'static str>> {
    let mut all = vec![];
    for one in value.split(',') {
        let known = R::INCLUDE.iter().find(|i| **i == one).ok_or_else(|| {
            let known = R::INCLUDE.join("', '");
            bad(format!("Invalid included resource: '{one}'. Valid included resources are: '{known}'"))
        })?;
        if all.contains(known) {
            return Err(bad(format!("Duplicate included resource: '{one}'")));
        }
        all.push(*known);
    }
    Ok(all)
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

/// For the fuzzer: any query is read without a panic, and the links of its answer are queries that are read alike.
///
/// # Panics
/// When that does not hold.
#[doc(hidden)]
pub fn fuzz_list(bytes: &[u8]) {
    let query = String::from_utf8_lossy(bytes);
    read_twice::<Organization>(&query);
    read_twice::<Space>(&query);
}

fn read_twice<R: Listed>(query: &str) {
    let Ok(list) = List::<R>::read(&Raw::new(query, "")) else { return };
    let _ = list.query();
    let pagination = list.pagination(i64::from(u32::MAX), None, "x");
    let href = pagination["last"]["href"].as_str().unwrap_or_default();
    let link = href.strip_prefix("x?").unwrap_or_default();
    let again = List::<R>::read(&Raw::new(link, ""));
    let again = again.unwrap_or_else(|fault| panic!("the link {href} is not read: {fault:?}"));
    assert_eq!((again.per_page, again.order, again.kept), (list.per_page, list.order, list.kept), "{href}");
    assert_eq!(format!("{:?}", again.conds), format!("{:?}", list.conds), "{href}");
}

const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'&').add(b'#').add(b'+').add(b'%').add(b'=').add(b'"').add(b'<').add(b'>');

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            fuzz_list(&bytes);
        }

        #[test]
        fn so_is_anything_that_looks_like_a_query(
            words in prop::collection::vec(prop::sample::select(vec![
                "names=", "guids=", "order_by=", "page=", "per_page=", "include=", "after=", "label_selector=",
                "created_ats[gt]=", "updated_ats=", "organization_guids=", "2026-01-01T00:00:00Z", "organization", "&", "&",
                "&", "-name", "+", " ", "%", "%2C", "%252C", "%00", "1", "0", "-", "a", "!", "(", ")", " in ", "=", ",", "ä",
            ]), 0..30)
        ) {
            fuzz_list(words.concat().as_bytes());
        }
    }

    fn read<R: Listed>(query: &str) -> Reply<List<R>> {
        List::read(&Raw::new(query, ""))
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (query, text) in [
            ("page=0", "Page must be a positive integer"),
            ("per_page=5001", "Per page must be between 1 and 5000"),
            ("nope=1", "Unknown query parameter(s): 'nope'. Valid parameters are: 'page', "),
            ("created_ats=x", "Created ats has an invalid timestamp format"),
            ("label_selector=a%20b", "Invalid label_selector value"),
            ("order_by=x", "Order by can only be: 'created_at', 'updated_at', 'name'"),
            ("include=app", "Invalid included resource: 'app'. Valid included resources are: 'organization'"),
            ("include=organization,organization", "Duplicate included resource: 'organization'"),
        ] {
            let Err(Fault::BadQuery(said)) = read::<Space>(query) else { panic!("{query} was taken") };
            assert!(said.contains(text), "{query}: {said}");
        }
    }

    #[test]
    fn selectors() {
        let Ok(list) = read::<Organization>("label_selector=a,!b,c=d,e!=f,g%20in%20(h,i),j%20notin%20(k)")
        else {
            panic!("refused")
        };
        assert_eq!(list.conds.len(), 6);
        assert!(matches!(&list.conds[4], Cond::Label(k, v) if k == "g" && v == &["h", "i"]));
    }

    #[test]
    fn links_repeat_every_filter_and_the_last_of_two_counts() {
        let list = read::<Organization>("names=a&names=b%2C&page=2&per_page=1").expect("good");
        let said = list.pagination(3, None, "x");
        assert_eq!(said["next"]["href"], "x?page=3&per_page=1&names=b,");
        assert_eq!(said["previous"]["href"], "x?page=1&per_page=1&names=b,");
        assert_eq!(list.conds.len(), 1);
    }
}
