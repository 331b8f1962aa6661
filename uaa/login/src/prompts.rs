//! `/info`, and `/login` as JSON: which prompts a command line shows, and where it finds what.

use axum::http::Method;
use serde_json::{Map, Value, json};
use uaa_model::Reply;
use uaa_plugin::shape::{ANY, Shape, TEXT, TIME, list, map, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, ZoneInfo};

pub(crate) fn routes() -> Vec<Route> {
    let why = "a client asks before anybody has signed in";
    vec![Route::public(Uaa, Method::GET, "/info", "info_show", Oauth, why, info).answers(Answers::ok(looks))]
}

async fn info(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    answer(cx)
}

pub(crate) fn answer(cx: &Ctx) -> Reply<Answer> {
    let here = cx.here();
    let (uaa, login, own) = (&here.uaa, &here.login, here.config.self_service());
    // An address of the zone's own, as its pages have it; a path is below ours.
    let elsewhere = |own: Option<&String>| match own?.as_str() {
        "" => None,
        path if path.starts_with('/') => Some(format!("{login}{path}")),
        address => Some(address.to_owned()),
    };
    Answer::ok(&json!({
        // The version of UAA whose wire forms these are: the cf CLI compares it.
        "app": {"version": "77.18.0"},
        "links": {
            "uaa": &**uaa,
            "login": &**login,
            "passwd": elsewhere(own.passwd.as_ref()).unwrap_or_else(|| format!("{login}/forgot_password")),
            "register": elsewhere(own.signup.as_ref()).unwrap_or_else(|| format!("{login}/create_account")),
        },
        "zone_name": here.id,
        "entityID": &**uaa,
        "commit_id": env!("CARGO_PKG_VERSION"),
        "timestamp": uaa_model::rfc3339(cx.now()),
        "idpDefinitions": {},
        "prompts": prompts(&here),
    }))
}

pub(crate) fn looks() -> Shape {
    let links = ["uaa", "login", "passwd", "register"];
    let texts = ["zone_name", "entityID", "commit_id"];
    object([("app", object([("version", TEXT)])), ("links", object(links.map(|name| (name, TEXT))))])
        .and(texts.map(|name| (name, TEXT)))
        .and([("timestamp", TIME), ("idpDefinitions", map(ANY)), ("prompts", map(list(TEXT)))])
        .named("info")
}

/// What a sign-in asks for, with where to get a passcode, which the cf CLI shows for `--sso` only.
fn prompts(here: &ZoneInfo) -> Value {
    let passcode = format!("Temporary Authentication Code ( Get one at {}/passcode )", here.login);
    let Some(own) = &here.config.prompts else {
        return json!({
            "username": ["text", "Email"],
            "password": ["password", "Password"],
            "passcode": ["password", passcode],
        });
    };
    Value::Object(own.iter().map(|p| (p.name.clone(), json!([p.kind, p.text]))).collect::<Map<_, _>>())
}
