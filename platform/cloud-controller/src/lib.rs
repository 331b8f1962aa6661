//! Floor 5: the Cloud Controller's API, version 3.
//!
//! One noun, one file: its routes, handlers, inputs and view. What lists and envelopes have in common is in `list` and
//! `view`, once.

mod absent;
mod audit_event;
mod body;
mod event;
mod job;
mod list;
mod metadata;
mod organization;
mod quota;
mod role;
mod root;
mod space;
mod usage;
mod user;
mod view;

#[doc(hidden)]
pub use list::fuzz_list;

use std::sync::Arc;
use uaa_authz::Kind;
use uaa_plugin::{Plugin, Route, Work};

/// The plugin.
#[derive(Debug)]
pub struct CloudController;

impl Plugin for CloudController {
    fn name(&self) -> &'static str {
        "cloud-controller"
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![]
    }

    fn routes(self: Arc<Self>) -> Vec<Route> {
        [
            root::routes(),
            organization::routes(),
            space::routes(),
            role::routes(),
            user::routes(),
            quota::routes(),
            usage::routes(),
            audit_event::routes(),
            job::routes(),
            absent::routes(),
        ]
        .concat()
    }

    fn works(&self) -> Vec<Work> {
        vec![organization::work(), space::work()]
    }
}
