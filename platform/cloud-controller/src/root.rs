//! `/`, `/v3`, `/v3/info`, `/v2/info`: where everything is.

use crate::view::link;
use axum::http::Method;
use serde_json::{Value, json};
use uaa_model::Reply;
use uaa_plugin::shape::{ANY, FLAG, NUMBER, Shape, TEXT, map, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Public, Route, Site::Api};

pub(crate) fn routes() -> Vec<Route> {
    let why = "a client looks here for where to sign in";
    vec![
        Route::public(Api, Method::GET, "/", "root_show", Cc, why, root).answers(Answers::ok(root_looks)),
        Route::public(Api, Method::GET, "/v3", "v3_show", Cc, why, v3).answers(Answers::ok(v3_looks)),
        Route::public(Api, Method::GET, "/v3/info", "api_info_show", Cc, why, info)
            .answers(Answers::ok(info_looks)),
        Route::public(Api, Method::GET, "/v2/info", "api_v2_info_show", Cc, why, v2_info)
            .answers(Answers::ok(v2_info_looks)),
    ]
}

async fn root(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let api = &cx.links.api;
    // What is not there is null: the cf CLI then says so instead of failing in the middle.
    Answer::ok(&json!({"links": {
        "self": {"href": &**api},
        "cloud_controller_v2": Value::Null,
        "cloud_controller_v3": {"href": format!("{api}/v3"), "meta": {"version": VERSION}},
        "network_policy_v0": Value::Null,
        "network_policy_v1": Value::Null,
        "login": {"href": &*cx.links.login},
        "uaa": {"href": &*cx.links.uaa},
        "credhub": Value::Null,
        "routing": Value::Null,
        "logging": Value::Null,
        "log_cache": Value::Null,
        "log_stream": Value::Null,
        "app_ssh": Value::Null,
    }}))
}

fn root_looks() -> Shape {
    let v3 = object([("href", TEXT), ("meta", object([("version", TEXT)]))]);
    let there = [("self", link()), ("cloud_controller_v3", v3), ("login", link()), ("uaa", link())];
    let absent = [
        "cloud_controller_v2",
        "network_policy_v0",
        "network_policy_v1",
        "credhub",
        "routing",
        "logging",
        "log_cache",
        "log_stream",
        "app_ssh",
    ];
    object([("links", object(there).and(absent.map(|name| (name, link().or_null()))))])
}

async fn v3(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let api = &cx.links.api;
    let mut links = json!({"self": {"href": format!("{api}/v3")}});
    for name in LISTS {
        links[name] = json!({"href": format!("{api}/v3/{name}")});
    }
    Answer::ok(&json!({ "links": links }))
}

fn v3_looks() -> Shape {
    object([("links", object([("self", link())]).and(LISTS.map(|name| (name, link()))))])
}

async fn info(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let api = &cx.links.api;
    Answer::ok(&json!({
        "build": env!("CARGO_PKG_VERSION"),
        "cli_version": {"minimum": "", "recommended": ""},
        "custom": {},
        "description": "Hallmark",
        "name": "Hallmark",
        "version": 0,
        "osbapi_version": OSBAPI_VERSION,
        "rate_limits": {"enabled": false, "general_limit": "", "reset_interval_in_minutes": ""},
        "links": {"self": {"href": format!("{api}/v3/info")}, "support": {"href": ""}},
    }))
}

fn info_looks() -> Shape {
    let limits = object([("enabled", FLAG), ("general_limit", TEXT), ("reset_interval_in_minutes", TEXT)]);
    object([
        ("build", TEXT),
        ("cli_version", object([("minimum", TEXT), ("recommended", TEXT)])),
        ("custom", map(ANY)),
        ("description", TEXT),
        ("name", TEXT),
        ("version", NUMBER),
        ("osbapi_version", TEXT),
        ("rate_limits", limits),
        ("links", object([("self", link()), ("support", link())])),
    ])
}

/// The one thing of the old API that stays when it is off, as in the Cloud Controller: clients written in those days, the Java
/// client among them, ask here alone for where to sign in.
async fn v2_info(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&json!({
        "name": "Hallmark",
        "build": env!("CARGO_PKG_VERSION"),
        "support": "CF API v2 is disabled",
        "version": 0,
        "description": "Hallmark",
        "authorization_endpoint": &*cx.links.login,
        "token_endpoint": &*cx.links.uaa,
        "min_cli_version": Value::Null,
        "min_recommended_cli_version": Value::Null,
        "app_ssh_endpoint": Value::Null,
        "app_ssh_host_key_fingerprint": Value::Null,
        "app_ssh_oauth_client": Value::Null,
        "doppler_logging_endpoint": Value::Null,
        "api_version": "",
        "osbapi_version": OSBAPI_VERSION,
    }))
}

fn v2_info_looks() -> Shape {
    let texts = ["name", "build", "support", "description", "authorization_endpoint", "token_endpoint"];
    let absent = [
        "min_cli_version",
        "min_recommended_cli_version",
        "app_ssh_endpoint",
        "app_ssh_host_key_fingerprint",
        "app_ssh_oauth_client",
        "doppler_logging_endpoint",
    ];
    object([("version", NUMBER), ("api_version", TEXT), ("osbapi_version", TEXT)])
        .and(texts.map(|name| (name, TEXT)))
        .and(absent.map(|name| (name, TEXT.or_null())))
}

/// Lists of [`v3`].
const LISTS: [&str; 7] =
    ["organizations", "organization_quotas", "spaces", "space_quotas", "roles", "users", "audit_events"];

/// Of the Open Service Broker API.
const OSBAPI_VERSION: &str = "2.15";

/// The version of the API whose forms these are.
const VERSION: &str = "3.228.0";
