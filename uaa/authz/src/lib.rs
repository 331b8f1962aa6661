//! Floor 1: who may do what, as pure functions.
//!
//! Verbs, kinds, places and roles are data; [`decide`] turns facts about one actor and one place into a [`Decision`]
//! with its reason. Nothing here reads a database, a clock or a request: `uaa-store` brings the facts, either from
//! committed rows or from the compiled [`Snapshot`], and both go through the same function.

mod actor;
mod decide;
mod kind;
mod matrix;
mod place;
mod registry;
mod role;
mod snapshot;
mod verb;

pub use actor::{Actor, Duty, ScopeKey, Subject};
pub use decide::{Ask, Decision, Fact, Judge, Reason, Via, decide, lacking};
pub use kind::{Kind, Level, Realm, Resource, Zone};
pub use matrix::matrix;
pub use place::Place;
pub use registry::{KindIx, Mask, Registry, UnknownName};
pub use role::{
    BUILT_IN, Role, RoleLevel, SCOPE_ROLES, ZONE_ADMIN, ZONE_READER, ZONE_SCOPES, built_in_id, role_of_scope,
    scopes_of_zone, zone_scope,
};
pub use snapshot::{Bound, Snapshot, SubjectFacts};
pub use verb::{Create, Delete, Does, Implies, Operate, Read, Secret, Update, Verb, Verbs, Writes};
