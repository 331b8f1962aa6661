use crate::Row;
use crate::list::Spec;
use sea_query::Value;
use std::marker::PhantomData;
use uaa_authz::Resource;
use uaa_model::{Micros, Reply};
use uuid::Uuid;

/// A column of `R`'s table that holds a `T`: a proof for a space cannot set a column of an app.
pub struct Col<R, T> {
    pub(crate) name: &'static str,
    kind: PhantomData<fn() -> (R, T)>,
}

impl<R, T> Col<R, T> {
    /// Names a column. Made by `fields!`.
    pub const fn new(name: &'static str) -> Self {
        Col { name, kind: PhantomData }
    }
}

/// New values for columns of `R`.
pub struct Set<R> {
    pub(crate) columns: Vec<(&'static str, Value)>,
    pub(crate) metadata: Option<(String, String)>,
    kind: PhantomData<fn() -> R>,
}

impl<R> Default for Set<R> {
    fn default() -> Self {
        Set { columns: vec![], metadata: None, kind: PhantomData }
    }
}

impl<R> Set<R> {
    /// Sets a column.
    #[must_use]
    pub fn put<T: Into<Value>>(mut self, column: Col<R, T>, value: impl Into<T>) -> Self {
        self.columns.push((column.name, value.into().into()));
        self
    }

    /// Sets a column when there is a value.
    #[must_use]
    pub fn maybe<T: Into<Value>>(self, column: Col<R, T>, value: Option<impl Into<T>>) -> Self {
        match value {
            Some(value) => self.put(column, value),
            None => self,
        }
    }

    /// Sets labels and annotations, as JSON objects of texts.
    #[must_use]
    pub fn metadata(mut self, labels: String, annotations: String) -> Self {
        self.metadata = Some((labels, annotations));
        self
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.metadata.is_none()
    }
}

/// One row: what every table has, and the resource's own columns.
#[derive(Clone, Debug)]
pub struct Fields<T> {
    /// Its identifier.
    pub guid: Uuid,
    /// When it was made.
    pub created_at: Micros,
    /// When it last changed.
    pub updated_at: Micros,
    /// Labels, a JSON object.
    pub labels: String,
    /// Annotations, a JSON object.
    pub annotations: String,
    /// The organization it stands in.
    pub organization: Option<Uuid>,
    /// The space it stands in.
    pub space: Option<Uuid>,
    /// Its own columns.
    pub own: T,
}

/// A resource with a table.
pub trait Stored: Resource {
    /// Its own columns, decoded.
    type Own: Send + Sync;
    /// Table, filters, order.
    const SPEC: Spec;
    /// Fragments of constraint names and what to say when they are broken.
    const UNIQUE: &'static [(&'static str, &'static str)];
    /// Decodes its own columns from that position on.
    fn own(row: &Row, at: usize) -> Reply<Self::Own>;
}

/// `fields!(Space, SpaceOwn { name: String })`: the struct, the typed columns and the decoder of a resource.
#[macro_export]
macro_rules! fields {
    ($resource:ident, $(#[$doc:meta])* $own:ident { $($(#[$fdoc:meta])* $field:ident : $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $own { $($(#[$fdoc])* pub $field: $type),* }

        #[expect(non_upper_case_globals, reason = "a column is written as its field is: Space::name")]
        impl $resource {
            $($(#[$fdoc])* pub const $field: $crate::Col<$resource, $type> = $crate::Col::new(stringify!($field));)*
            pub(crate) const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];
        }

        impl $own {
            #[expect(unused_assignments, reason = "the position behind the last column is not read")]
            fn read(row: &$crate::Row, mut at: usize) -> ::uaa_model::Reply<Self> {
                Ok($own { $($field: { let value = row.get(at)?; at += 1; value }),* })
            }
        }
    };
}
