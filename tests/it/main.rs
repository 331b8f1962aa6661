//! The one integration test binary: the product as its users meet it.

mod audit;
mod bad_input;
mod cf_cli;
mod clients;
mod decide;
mod engines;
mod golden;
mod jobs;
mod platform;
mod readme;
mod store;
mod store_chain;
mod store_list;
mod sweep;
mod tokens;
