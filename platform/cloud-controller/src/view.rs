//! The envelope of every resource (cloud-controller v3, "resource base").

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use uaa_model::rfc3339;
use uaa_plugin::shape::{ID, Shape, TEXT, TIME, list, map, object};
use uaa_store::Fields;
use uuid::Uuid;

/// A resource as JSON in the making.
pub(crate) struct View<'a> {
    api: &'a str,
    me: String,
    body: Map<String, Value>,
    relations: Map<String, Value>,
    links: Map<String, Value>,
}

impl<'a> View<'a> {
    /// guid, times and the link to itself.
    pub(crate) fn of<T>(row: &Fields<T>, api: &'a str, plural: &str) -> View<'a> {
        View::shown(row, &row.guid.to_string(), api, plural)
    }

    /// The same under another identifier than the row's.
    pub(crate) fn shown<T>(row: &Fields<T>, guid: &str, api: &'a str, plural: &str) -> View<'a> {
        let me = format!("{api}/v3/{plural}/{}", segment(guid));
        let mut body = Map::new();
        body.insert("guid".into(), guid.into());
        body.insert("created_at".into(), rfc3339(row.created_at).into());
        body.insert("updated_at".into(), rfc3339(row.updated_at).into());
        let links = Map::from_iter([("self".to_owned(), json!({ "href": me }))]);
        View { api, me, body, relations: Map::new(), links }
    }

    pub(crate) fn own(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.into(), value.into());
        self
    }

    /// A to-one relationship, and its link when there is one.
    pub(crate) fn one(self, name: &str, plural: &str, id: Option<Uuid>) -> Self {
        self.named(name, plural, id.map(|id| id.to_string()))
    }

    /// The same when the other one has an identifier that is none of ours.
    pub(crate) fn named(mut self, name: &str, plural: &str, id: Option<String>) -> Self {
        if let Some(id) = &id {
            self.links
                .insert(name.into(), json!({"href": format!("{}/v3/{plural}/{}", self.api, segment(id))}));
        }
        self.relations.insert(name.into(), json!({"data": id.map(|id| json!({"guid": id}))}));
        self
    }

    /// A to-many relationship.
    pub(crate) fn many(mut self, name: &str, ids: impl Iterator<Item = Uuid>) -> Self {
        self.relations.insert(name.into(), json!({ "data": guids(ids) }));
        self
    }

    pub(crate) fn link(mut self, name: &str, path: &str) -> Self {
        let href = format!("{}/{path}", self.me);
        self.links.insert(name.into(), json!({ "href": href }));
        self
    }

    pub(crate) fn metadata<T>(self, row: &Fields<T>) -> Self {
        let object = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| json!({}));
        let value = json!({"labels": object(&row.labels), "annotations": object(&row.annotations)});
        self.own("metadata", value)
    }

    pub(crate) fn done(mut self) -> Value {
        if !self.relations.is_empty() {
            self.body.insert("relationships".into(), self.relations.into());
        }
        self.body.insert("links".into(), self.links.into());
        self.body.into()
    }
}

/// What a [`View`] looks like, said in the same words.
pub(crate) struct Looks {
    own: Shape,
    relations: Vec<(String, Shape)>,
    links: Shape,
}

impl Looks {
    /// Of [`View::of`].
    pub(crate) fn of() -> Looks {
        Looks::shown(ID)
    }

    /// Of [`View::shown`].
    pub(crate) fn shown(guid: Shape) -> Looks {
        let own = object([("guid", guid), ("created_at", TIME), ("updated_at", TIME)]);
        Looks { own, relations: vec![], links: object([("self", link())]) }
    }

    pub(crate) fn own(self, name: &str, shape: Shape) -> Looks {
        Looks { own: self.own.and([(name.to_owned(), shape)]), ..self }
    }

    pub(crate) fn one(self, name: &'static str) -> Looks {
        self.named(name, ID)
    }

    pub(crate) fn named(self, name: &'static str, guid: Shape) -> Looks {
        let data = object([("guid", guid)]).or_null();
        let looks = self.relation(name, data);
        Looks { links: looks.links.perhaps([(name, link())]), ..looks }
    }

    pub(crate) fn many(self, name: &str) -> Looks {
        self.relation(name, guids_look())
    }

    pub(crate) fn link(self, name: &'static str) -> Looks {
        Looks { links: self.links.and([(name, link())]), ..self }
    }

    pub(crate) fn metadata(self) -> Looks {
        self.own("metadata", object([("labels", map(TEXT)), ("annotations", map(TEXT))]))
    }

    pub(crate) fn done(self, name: &'static str) -> Shape {
        let own = match self.relations.is_empty() {
            true => self.own,
            false => self.own.and([("relationships", object(self.relations))]),
        };
        own.and([("links", self.links)]).named(name)
    }

    fn relation(mut self, name: &str, data: Shape) -> Looks {
        self.relations.push((name.to_owned(), object([("data", data)])));
        self
    }
}

/// What a link looks like.
pub(crate) fn link() -> Shape {
    object([("href", TEXT)])
}

/// What [`guids`] look like.
pub(crate) fn guids_look() -> Shape {
    list(object([("guid", ID)]))
}

/// What a [`relationship`] looks like.
pub(crate) fn relationship_look(data: Shape) -> Shape {
    object([("data", data), ("links", object([("self", link())]))])
}

/// An identifier in a path. A client id may hold any character.
fn segment(id: &str) -> String {
    utf8_percent_encode(id, SEGMENT).to_string()
}

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A relationship of its own: `data` and where it stands.
pub(crate) fn relationship(api: &str, path: &str, data: Value) -> Value {
    json!({"data": data, "links": {"self": {"href": format!("{api}/v3/{path}")}}})
}

/// The `data` of a to-many relationship.
pub(crate) fn guids(ids: impl Iterator<Item = Uuid>) -> Value {
    ids.map(|id| json!({ "guid": id })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope() {
        let (id, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let row = Fields {
            guid: id,
            created_at: 0,
            updated_at: 1_999_999,
            labels: r#"{"a":"b"}"#.into(),
            annotations: "{}".into(),
            organization: None,
            space: None,
            own: (),
        };
        let body = View::of(&row, "https://api.x", "things")
            .own("name", "n")
            .one("organization", "organizations", Some(other))
            .one("quota", "quotas", None)
            .many("spaces", [other].into_iter())
            .link("features", "features")
            .metadata(&row)
            .done();
        let me = format!("https://api.x/v3/things/{id}");
        let expected = json!({
            "guid": id,
            "created_at": "1970-01-01T00:00:00Z",
            "updated_at": "1970-01-01T00:00:01Z",
            "name": "n",
            "relationships": {
                "organization": {"data": {"guid": other}},
                "quota": {"data": null},
                "spaces": {"data": [{"guid": other}]},
            },
            "metadata": {"labels": {"a": "b"}, "annotations": {}},
            "links": {
                "self": {"href": me},
                "organization": {"href": format!("https://api.x/v3/organizations/{other}")},
                "features": {"href": format!("{me}/features")},
            },
        });
        assert_eq!(body, expected);
    }
}
