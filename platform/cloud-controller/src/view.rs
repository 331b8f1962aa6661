//! The envelope of every resource (cloud-controller v3, "resource base").

use serde_json::{Map, Value, json};
use uaa_model::rfc3339;
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
        let me = format!("{api}/v3/{plural}/{}", row.guid);
        let mut body = Map::new();
        body.insert("guid".into(), json!(row.guid));
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
    pub(crate) fn one(mut self, name: &str, plural: &str, id: Option<Uuid>) -> Self {
        if let Some(id) = id {
            self.links.insert(name.into(), json!({"href": format!("{}/v3/{plural}/{id}", self.api)}));
        }
        self.relations.insert(name.into(), json!({"data": id.map(|id| json!({"guid": id}))}));
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
