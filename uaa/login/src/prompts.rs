//! `/info`, and `/login` as JSON: which prompts a command line shows, and where it finds what.

use axum::http::Method;
use serde_json::{Map, Value, json};
use uaa_directory::prompts_of;
use uaa_model::Reply;
use uaa_plugin::shape::{ANY, Shape, TEXT, TIME, list, map, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Form, Public, Route, Site::Uaa, ZoneInfo, field};

pub(crate) fn routes() -> Vec<Route> {
    let why = "a client asks before anybody has signed in";
    vec![Route::public(Uaa, Method::GET, "/info", "info_show", Oauth, why, info).answers(Answers::ok(looks))]
}

async fn info(_: Public, Form(query): Form, cx: &mut Ctx) -> Reply<Answer> {
    answer(&query, cx).await
}

pub(crate) async fn answer(query: &[(String, String)], cx: &mut Ctx) -> Reply<Answer> {
    let here = cx.here();
    // Whoever names a provider is told what that one asks for; of one that says nothing, what the zone does (UAA).
    let theirs = match field(query, "origin").filter(|origin| !origin.is_empty()) {
        Some(origin) => prompts_of(origin, cx.tx()).await?,
        None => None,
    };
    let prompts = theirs.map_or_else(|| prompts(&here), written);
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
        "prompts": prompts,
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
    written(own.iter().map(|p| [p.name.clone(), p.kind.clone(), p.text.clone()]).collect())
}

fn written(prompts: Vec<[String; 3]>) -> Value {
    prompts.into_iter().map(|[name, kind, text]| (name, json!([kind, text]))).collect::<Map<_, _>>().into()
}
