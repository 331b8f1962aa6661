//! The query of a SCIM list and the envelope of its answer.

use crate::conds::{Attribute, cond, named, refused};
use crate::filter::Filter;
use serde_json::{Map, Value, json};
use uaa_model::Reply;
use uaa_plugin::shape::{NUMBER, Shape, TEXT, list, object};
use uaa_store::{Page, Query, Stored};

/// What a list was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Listing {
    filter: Option<String>,
    sort: Option<String>,
    descending: bool,
    start: i64,
    count: i64,
    attributes: Vec<String>,
}

impl Listing {
    /// Reads the query's pairs. Names that mean nothing here are passed over, as UAA does.
    pub(crate) fn read(pairs: &[(String, String)]) -> Reply<Listing> {
        let mut listing = Listing {
            filter: None,
            sort: None,
            descending: false,
            start: 1,
            count: PAGE,
            attributes: vec![],
        };
        let number = |name: &str, text: &str| {
            text.parse::<i64>().map_err(|_| refused(format!("`{name}` is not a number")))
        };
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "filter" => listing.filter = Some(value.clone()),
                "sortBy" => listing.sort = Some(value.clone()),
                "sortOrder" => listing.descending = value.to_ascii_lowercase().starts_with("desc"),
                "startIndex" => listing.start = number(name, value)?.max(1),
                "count" => listing.count = number(name, value)?.clamp(0, LARGEST),
                "attributes" => {
                    listing.attributes =
                        value.split(',').map(|a| a.trim().to_owned()).filter(|a| !a.is_empty()).collect();
                }
                _ => {}
            }
        }
        Ok(listing)
    }

    /// As a query of the store, with the attributes that this list knows.
    pub(crate) fn query<R: Stored>(&self, known: &[Attribute]) -> Reply<Query<R>> {
        let mut query = Query::<R>::first(self.count);
        query.offset = self.start - 1;
        query.order.descending = self.descending;
        if let Some(text) = &self.filter {
            let filter = Filter::parse(text).map_err(|_| Filter::invalid(text, self.sort.as_deref()))?;
            query = query.when(cond(&filter, known)?);
        }
        if let Some(sort) = self.sort.as_deref().filter(|s| !s.eq_ignore_ascii_case("created")) {
            // Creation order is the order of the ids, which needs no further index.
            let column = named(sort, known)?.column();
            query = query.by(if column == "created_at" { "guid" } else { column }, self.descending);
        }
        Ok(query)
    }

    /// The envelope around a page.
    pub(crate) fn envelope<R: Stored>(&self, page: &Page<R>, resources: Vec<Value>, schema: &str) -> Value {
        let resources: Vec<Value> = resources.into_iter().map(|r| self.narrowed(r)).collect();
        json!({
            "resources": resources,
            "startIndex": self.start,
            "itemsPerPage": self.count,
            "totalResults": page.total,
            "schemas": [schema],
        })
    }

    /// Only the attributes that were asked for, all of them when none were.
    fn narrowed(&self, resource: Value) -> Value {
        match resource {
            Value::Object(all) if !self.attributes.is_empty() => {
                let asked = |name: &str| {
                    self.attributes
                        .iter()
                        .any(|a| a.split('.').next().is_some_and(|a| a.eq_ignore_ascii_case(name)))
                };
                Value::Object(all.into_iter().filter(|(name, _)| asked(name)).collect::<Map<_, _>>())
            }
            other => other,
        }
    }
}

/// What [`Listing::envelope`] looks like.
pub(crate) fn page(of: Shape) -> Shape {
    object([
        ("resources", list(of.part())),
        ("startIndex", NUMBER),
        ("itemsPerPage", NUMBER),
        ("totalResults", NUMBER),
        ("schemas", list(TEXT)),
    ])
}

/// Rows of a page that names no number.
const PAGE: i64 = 100;
/// The most rows of a page.
const LARGEST: i64 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Reply<Listing> {
        Listing::read(&pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect::<Vec<_>>())
    }

    #[test]
    fn numbers_are_kept_within_bounds() {
        let one = read(&[("startIndex", "0"), ("count", "9000"), ("sortOrder", "descending")]).unwrap();
        assert_eq!((one.start, one.count, one.descending), (1, 500, true));
        assert_eq!(read(&[]).unwrap().count, 100);
        assert!(read(&[("count", "many")]).is_err());
    }

    #[test]
    fn attributes_narrow_each_resource() {
        let one = read(&[("attributes", "id, username,emails.value")]).unwrap();
        let all = json!({"id": 1, "userName": "a", "emails": [], "groups": []});
        assert_eq!(one.narrowed(all.clone()), json!({"id": 1, "userName": "a", "emails": []}));
        assert_eq!(read(&[]).unwrap().narrowed(all.clone()), all);
    }
}
