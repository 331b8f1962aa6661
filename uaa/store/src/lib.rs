//! Floor 2: the database, and the only way to it.
//!
//! A [`Tx`] belongs to one actor and offers statements scoped by proofs; the proofs are made here, beside the only code that
//! reads the facts. Whoever has no proof has no statement, and there is no connection above this crate.

mod access;
mod audit;
mod due;
mod engine;
mod facts;
mod found;
mod jobs;
mod list;
mod logon;
mod migrate;
mod noted;
mod places;
mod proof;
mod ran;
mod raw;
mod schema;
mod seal;
mod sql;
mod tx;
mod upkeep;
mod zones;

pub use access::{Access, Settings, Want};
pub use audit::AuditRow;
pub use due::DueRow;
pub use engine::{Db, Engine, Row, Val};
pub use facts::{Change, Feed};
pub use jobs::{Due, Ended, TRIES, passing};
pub use list::{After, Cond, Field, Order, Page, Query, Spec, TimeOp};
pub use logon::Logon;
pub use migrate::SchemaState;
pub use noted::Noted;
pub use places::Judged;
pub use proof::{Granted, Proof, Slot, Visible};
pub use ran::Ran;
pub use raw::Raw;
pub use schema::{Col, Fields, Set, Stored};
pub use sea_query::Value;
pub use seal::{Broken, Verified};
pub use tx::{Annotation, Binding, Done, Tx};
pub use zones::{ZoneMap, ZoneRow};
