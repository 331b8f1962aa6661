//! Floor 6: the process around the plugins.
//!
//! How the parts are put together, the front that turns the outside into facts, what a first start makes, and the command
//! line. No logic of the product.

pub mod bootstrap;
pub mod commands;
pub mod compose;
pub mod front;
