//! Floor 6: the process around the plugins.
//!
//! How the parts are put together, the listener and the edge that turn the outside into facts, the configuration, what a
//! first start makes, and the command line. No logic of the product.

pub mod args;
pub mod bootstrap;
pub mod certificates;
pub mod commands;
pub mod compose;
pub mod config;
pub mod edge;
pub mod failure;
pub mod fetch;
pub mod health;
pub mod listener;
pub mod logs;
pub mod mail;
pub mod metrics;
pub mod output;
pub mod stop;

pub use commands::main;
