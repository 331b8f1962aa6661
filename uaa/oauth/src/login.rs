//! `/info` and `/login` as JSON: which prompts a command line shows.

use crate::engine::Engine;
use crate::keychain::ZoneKeys;
use crate::keys::Document;
use axum::http::Method;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uaa_plugin::{Dialect, Route, Site, ZoneInfo};

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

fn info(engine: &Engine, here: &ZoneInfo, _: &ZoneKeys) -> Bytes {
    let uaa = &*here.uaa;
    let body = json!({
        // The version of UAA whose wire forms these are: the cf CLI compares it.
        "app": {"version": "77.18.0"},
        "links": {"uaa": uaa, "login": uaa, "passwd": format!("{uaa}/forgot_password"), "register": format!("{uaa}/create_account")},
        "zone_name": here.id,
        "entityID": uaa,
        "commit_id": env!("CARGO_PKG_VERSION"),
        "timestamp": uaa_model::rfc3339(engine.clock.now()),
        "idpDefinitions": {},
        "prompts": prompts(here),
    });
    body.to_string().into()
}

/// What a sign-in asks for. A passcode is asked for when there is a way to get one.
fn prompts(here: &ZoneInfo) -> Value {
    let Some(own) = &here.config.prompts else {
        return json!({"username": ["text", "Email"], "password": ["password", "Password"]});
    };
    let shown = own.iter().filter(|prompt| prompt.name != "passcode");
    Value::Object(shown.map(|p| (p.name.clone(), json!([p.kind, p.text]))).collect::<Map<_, _>>())
}
