//! The lists of `/access/v1`: a bounded page, the exact number of all rows, and where the next page is.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uaa_authz::{Duty, Resource, Verb};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{NUMBER, Shape, TEXT, list, object};
use uaa_plugin::{Ctx, Input, Need, NeedInfo, Raw, Reads, pairs};
use uaa_store::{After, Query, Visible};
use uuid::Uuid;

/// What every list understands, and the filters that are left for the list itself.
#[derive(Debug)]
pub(super) struct Paging {
    limit: i64,
    after: Option<After>,
    /// Filters, in their order: the link to the next page repeats them.
    pub(super) filters: Vec<(String, String)>,
}

impl Paging {
    /// Reads a query; filters beside the known ones are refused.
    pub(super) fn read(query: &str, known: &[&str]) -> Reply<Paging> {
        let mut paging = Paging { limit: 50, after: None, filters: vec![] };
        for (name, value) in pairs(query)? {
            match name.as_str() {
                "limit" => {
                    let limit = value.parse().ok().filter(|n| (1..=MOST).contains(n));
                    paging.limit =
                        limit.ok_or_else(|| bad(format!("`limit` is a number from 1 to {MOST}")))?;
                }
                "after" => {
                    let after = After::decode(&value);
                    paging.after = Some(after.ok_or_else(|| bad("`after` is taken from a link `next`"))?);
                }
                filter if known.contains(&filter) => {
                    if paging.filters.iter().any(|(n, _)| n == filter) {
                        return Err(bad(format!("the parameter `{filter}` is given twice")));
                    }
                    paging.filters.push((name, value));
                }
                other => {
                    let known =
                        ["limit", "after"].iter().chain(known).copied().collect::<Vec<_>>().join(", ");
                    return Err(bad(format!("unknown parameter `{other}`; known are {known}")));
                }
            }
        }
        Ok(paging)
    }

    /// What the list can be asked, for `openapi.json`.
    pub(super) fn reads(known: &[&'static str]) -> Reads {
        Reads::query(["limit", "after"].into_iter().chain(known.iter().copied()))
    }

    /// One row more than the page holds: whether there is a next page is then known, not guessed.
    pub(super) fn query<R>(&self) -> Query<R> {
        let mut query = Query::first(self.limit + 1);
        query.after.clone_from(&self.after);
        query
    }

    /// The page as it is answered. `rows` are what [`Paging::query`] found, oldest first.
    pub(super) fn answer<T>(
        &self,
        mut rows: Vec<T>,
        total: i64,
        url: &str,
        id: impl Fn(&T) -> Uuid,
        view: impl Fn(&T) -> Value,
    ) -> Value {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| self.link(url, &After::row(id(last))));
        let resources: Vec<Value> = rows.iter().map(view).collect();
        json!({"resources": resources, "total": total, "next": next})
    }

    fn link(&self, url: &str, after: &After) -> String {
        let mut link = format!("{url}?limit={}&after={}", self.limit, after.encode());
        for (name, value) in &self.filters {
            link.push_str(&format!("&{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        }
        link
    }
}

/// What [`Paging::answer`] looks like.
pub(super) fn page(of: Shape) -> Shape {
    object([("resources", list(of)), ("total", NUMBER), ("next", TEXT.or_null())])
}

/// `?user=`; without it one's own.
#[derive(Debug)]
pub(super) struct OfUser {
    pub(super) paging: Paging,
    user: Option<Uuid>,
}

impl Input for OfUser {
    const NAME: &'static str = "list";

    fn read(raw: &Raw) -> Reply<Self> {
        let paging = Paging::read(&raw.query, USER)?;
        let user = paging.filters.iter().map(|(name, value)| id(name, value)).next_back().transpose()?;
        Ok(OfUser { paging, user })
    }

    fn reads() -> Reads {
        Paging::reads(USER)
    }
}

const USER: &[&str] = &["user"];

/// What is of one person: one's own with a token that acts as the person, another's for whoever may list such things.
pub(super) struct Of<R> {
    pub(super) seen: Visible<R>,
    pub(super) user: Uuid,
}

impl<R: Resource> Of<R> {
    const OWN: NeedInfo = NeedInfo::Own(R::KIND.name);
    const LIST: NeedInfo = NeedInfo::List(R::KIND.name);
}

impl<R: Resource> Need<OfUser> for Of<R> {
    const INFO: NeedInfo = NeedInfo::Either(&Of::<R>::OWN, &Of::<R>::LIST);

    async fn obtain(cx: &mut Ctx, input: &Reply<OfUser>) -> Reply<Self> {
        let asked = input.as_ref().ok().and_then(|ask| ask.user);
        let me = cx.tx().actor().subject.id().unwrap_or_default();
        match asked.filter(|user| *user != me) {
            Some(user) => Ok(Of { seen: cx.tx().visible().await?, user }),
            None => {
                let kind = cx.tx().registry().kind(R::KIND.name);
                // It is about the person, so the scope is asked for as it is for one of them by its id.
                if !kind.is_some_and(|kind| cx.tx().actor().opened.allows(kind, Verb::Read)) {
                    return Err(Fault::Denied(Denied::Scope, R::KIND.name));
                }
                let before = cx.tx().assume(Duty::SignIn);
                let seen = cx.tx().visible().await;
                cx.tx().resume(before);
                Ok(Of { seen: seen?, user: me })
            }
        }
    }
}

/// A filter by identifier.
pub(super) fn id(name: &str, value: &str) -> Reply<Uuid> {
    value.parse().map_err(|_| bad(format!("the parameter `{name}` is an id, and `{value}` is none")))
}

pub(super) fn bad(text: impl Into<String>) -> Fault {
    Fault::BadQuery(text.into().into())
}

/// The largest page.
const MOST: i64 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said() {
        for (query, text) in [
            ("limit=0", "from 1 to 500"),
            ("limit=501", "from 1 to 500"),
            ("after=x", "from a link"),
            ("nope=1", "unknown parameter `nope`; known are limit, after, role"),
            ("role=a&role=b", "given twice"),
        ] {
            let Err(Fault::BadQuery(said)) = Paging::read(query, &["role"]) else { panic!("{query}") };
            assert!(said.contains(text), "{query}: {said}");
        }
    }

    #[test]
    fn the_next_page_begins_behind_this_one() {
        let paging = Paging::read("limit=2&role=a%20b", &["role"]).unwrap();
        let rows: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
        let page = paging.answer(rows.clone(), 3, "u", |r| *r, |r| json!(r));
        assert_eq!(page["resources"].as_array().map(Vec::len), Some(2));
        let next = page["next"].as_str().unwrap();
        assert_eq!(next, format!("u?limit=2&after={}&role=a%20b", After::row(rows[1]).encode()));
        let last = paging.answer(rows[..2].to_vec(), 3, "u", |r| *r, |r| json!(r));
        assert_eq!(last["next"], Value::Null);
    }
}
