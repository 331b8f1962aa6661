//! Floor 7: code that must not compile. Each case is an example; `cargo xtask compile-fail` holds what the compiler says of
//! it against `tests/golden/compile-fail.txt`, and `proper` must compile.

pub use serde_json;
pub use tokio;
pub use uaa_authz::{Delete, Place, Read, Update};
pub use uaa_directory::{Organization, Space};
pub use uaa_model::{Id, Reply, Secret};
pub use uaa_plugin::{Answer, Ctx, Public};
pub use uaa_store::{Granted, Query, Set, Slot};
pub use uuid::Uuid;

use axum::http::Method;
use uaa_plugin::{Dialect, Handler, Input, Need, Route, Site};

/// Makes a route of a handler, as a plugin does.
pub fn route<P, I, H>(handler: H) -> Route
where
    P: Need<I> + Send + 'static,
    I: Input + Send + Sync + 'static,
    H: for<'c> Handler<'c, P, I> + 'static,
{
    Route::on(Site::Api, Method::GET, "/", "case_show", Dialect::Cc, handler)
}
