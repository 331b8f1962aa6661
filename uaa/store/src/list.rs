mod cursor;
mod write;

pub use cursor::After;
pub(crate) use cursor::key_of;
pub(crate) use write::columns;

use crate::schema::{Fields, Stored};
use std::marker::PhantomData;
use uaa_model::Micros;
use uuid::Uuid;

/// Table and columns of a resource, and what a list of it may be asked: a constant beside the resource.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The table.
    pub table: &'static str,
    /// The column that holds the organization by which it is visible.
    pub organization: Option<&'static str>,
    /// The column that holds the space by which it is visible.
    pub space: Option<&'static str>,
    /// Its own columns, in the order of `fields!`.
    pub columns: &'static [&'static str],
    /// Whether it has labels and annotations.
    pub metadata: bool,
    /// Whether its rows are visible at further places, by the table `shared`.
    pub shared: bool,
    /// Whether its number at each place is kept.
    pub tally: bool,
}

/// What a field of the API is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Text, compared as it is.
    Text(&'static str),
    /// Text whose column holds the lower case; the value is lowered before it is compared.
    Folded(&'static str),
    /// An identifier. A text that is none matches nothing.
    Id(&'static str),
    /// True or false.
    Bool(&'static str),
    /// Microseconds.
    Time(&'static str),
}

impl Field {
    /// The column.
    pub const fn column(self) -> &'static str {
        match self {
            Field::Text(c) | Field::Folded(c) | Field::Id(c) | Field::Bool(c) | Field::Time(c) => c,
        }
    }
}

/// How times and texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeOp {
    /// Before.
    Lt,
    /// Before or at.
    Lte,
    /// After.
    Gt,
    /// After or at.
    Gte,
}

/// One condition of a list.
#[derive(Clone, Debug)]
pub enum Cond {
    /// All of them.
    All(Vec<Cond>),
    /// One of them.
    Any(Vec<Cond>),
    /// Not this one.
    Not(Box<Cond>),
    /// The field is one of these texts.
    In(Field, Vec<String>),
    /// The field is one of these ids.
    Ids(&'static str, Vec<Uuid>),
    /// The text contains this.
    Contains(Field, String),
    /// The text starts with this.
    Starts(Field, String),
    /// The text lies there in the order of code points.
    Text(Field, TimeOp, String),
    /// True or false.
    Is(&'static str, bool),
    /// The time lies there.
    Time(&'static str, TimeOp, Micros),
    /// The column has a value.
    Present(&'static str),
    /// It holds a role at that place.
    Bound(Uuid),
    /// There is a label of that name, with one of these values if any are given.
    Label(String, Vec<String>),
    /// There is no label of that name, or none with these values.
    NoLabel(String, Vec<String>),
}

/// By which column, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The column; `guid` is the order of creation.
    pub column: &'static str,
    /// Largest first.
    pub descending: bool,
}

/// What is asked of a list.
#[derive(Clone, Debug)]
pub struct Query<R> {
    /// Conditions, all of which must hold.
    pub conds: Vec<Cond>,
    /// The order; the guid breaks ties.
    pub order: Order,
    /// Rows to pass over.
    pub offset: i64,
    /// Rows to give.
    pub limit: i64,
    /// Where the page before ended: spares passing over its rows.
    pub after: Option<After>,
    kind: PhantomData<fn() -> R>,
}

impl<R> Query<R> {
    /// Everything, oldest first, that many rows.
    pub fn first(limit: i64) -> Self {
        let order = Order { column: "guid", descending: false };
        Query { conds: vec![], order, offset: 0, limit, after: None, kind: PhantomData }
    }

    /// Whether nothing comes before what is asked for.
    pub(crate) fn begins(&self) -> bool {
        self.after.is_none() && self.offset == 0
    }

    /// With one more condition.
    #[must_use]
    pub fn when(mut self, cond: Cond) -> Self {
        self.conds.push(cond);
        self
    }

    /// In that order.
    #[must_use]
    pub fn by(mut self, column: &'static str, descending: bool) -> Self {
        self.order = Order { column, descending };
        self
    }
}

/// One page, and how many rows there are in all.
#[derive(Debug)]
pub struct Page<R: Stored> {
    /// The rows.
    pub rows: Vec<Fields<R::Own>>,
    /// The exact number of rows of all pages.
    pub total: i64,
    /// Where this page ends, for the next one.
    pub end: Option<After>,
}
