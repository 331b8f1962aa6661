//! The one integration test binary: the product as its users meet it.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends at the first surprise, also in what several tests share"
)]

mod access;
mod accounts;
mod approvals;
mod audit;
mod authorize;
mod bad_input;
mod branding;
mod browser;
mod cf_cli;
mod check_session;
mod client_auth;
mod clients;
mod clients_api;
mod clients_many;
mod command_line;
mod contract;
mod cross_origin;
mod decide;
mod dpop;
mod encrypted;
mod engines;
mod escalation;
mod factors;
mod forged;
mod golden;
mod grants;
mod hardened;
mod home;
mod id_token;
mod jar;
mod jobs;
mod keys;
mod kill;
mod logon;
mod logout;
mod mail;
mod mtls;
mod openid_client;
mod outbound;
mod pages;
mod pairwise;
mod par;
mod platform;
mod platform_inputs;
mod providers;
mod race;
mod readers;
mod readme;
mod refresh;
mod registration;
mod security;
mod server;
mod sign_in;
mod signed_answers;
mod single_use;
mod step_up;
mod store;
mod store_chain;
mod store_list;
mod store_zone;
mod sweep;
mod taken_back;
mod token_forms;
mod tokens;
mod uaa_forms;
mod upkeep;
mod userinfo;
mod web_clients;
mod zones;
