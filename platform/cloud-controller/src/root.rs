//! `/`, `/v3`, `/v3/info`: where everything is.

use axum::http::Method;
use serde_json::{Value, json};
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx, Dialect::Cc, Public, Route, Site::Api};

pub(crate) fn routes() -> Vec<Route> {
    let why = "a client looks here for where to sign in";
    vec![
        Route::public(Api, Method::GET, "/", "root_show", Cc, why, root),
        Route::public(Api, Method::GET, "/v3", "v3_show", Cc, why, v3),
        Route::public(Api, Method::GET, "/v3/info", "api_info_show", Cc, why, info),
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

async fn v3(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let api = &cx.links.api;
    let mut links = json!({"self": {"href": format!("{api}/v3")}});
    for name in
        ["organizations", "organization_quotas", "spaces", "space_quotas", "roles", "users", "audit_events"]
    {
        links[name] = json!({"href": format!("{api}/v3/{name}")});
    }
    Answer::ok(&json!({ "links": links }))
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
        "osbapi_version": "2.15",
        "rate_limits": {"enabled": false, "general_limit": "", "reset_interval_in_minutes": ""},
        "links": {"self": {"href": format!("{api}/v3/info")}, "support": {"href": ""}},
    }))
}

/// The version of the API whose forms these are.
const VERSION: &str = "3.228.0";
