//! `/info` and `/login` as JSON: which prompts a command line shows.

use crate::engine::Engine;
use crate::keys::Document;
use axum::http::Method;
use bytes::Bytes;
use serde_json::json;
use std::sync::Arc;
use uaa_plugin::{Dialect, Route, Site};

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let why = "a client asks before anybody has signed in";
    [("/info", "info_show"), ("/login", "login_show")]
        .into_iter()
        .map(|(path, name)| {
            let handler = Document { engine: engine.clone(), say: info };
            Route::public(Site::Uaa, Method::GET, path, name, Dialect::Oauth, why, handler)
        })
        .collect()
}

fn info(engine: &Engine) -> Bytes {
    let uaa = &engine.settings.uaa;
    let body = json!({
        // The version of UAA whose wire forms these are: the cf CLI compares it.
        "app": {"version": "77.18.0"},
        "links": {"uaa": uaa, "login": uaa, "passwd": format!("{uaa}/forgot_password"), "register": format!("{uaa}/create_account")},
        "zone_name": engine.settings.zone_id,
        "entityID": uaa,
        "commit_id": env!("CARGO_PKG_VERSION"),
        "timestamp": uaa_model::rfc3339(engine.clock.now()),
        "idpDefinitions": {},
        "prompts": {"username": ["text", "Email"], "password": ["password", "Password"]},
    });
    body.to_string().into()
}
