//! The one integration test binary: the product as its users meet it.

mod bad_input;
mod cf_cli;
mod decide;
mod golden;
mod jobs;
mod platform;
mod readme;
mod sweep;
mod tokens;
