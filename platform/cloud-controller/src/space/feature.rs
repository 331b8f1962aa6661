//! Features of a space: whether its apps may be reached by SSH.

use crate::body::Doc;
use crate::event::requested;
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Read, Update};
use uaa_directory::Space;
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{self, FLAG, Shape, TEXT, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Route, Site::Api};
use uaa_store::{Granted, Set};

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/v3/spaces/{guid}/features", "/v3/spaces/{guid}/features/{name}");
    vec![
        Route::on(Api, Method::GET, all, "space_feature_list", Cc, list)
            .answers(Answers::ok(|| object([("resources", shape::list(looks()))]))),
        Route::on(Api, Method::GET, one, "space_feature_show", Cc, show).answers(Answers::ok(looks)),
        Route::on(Api, Method::PATCH, one, "space_feature_update", Cc, update).answers(Answers::ok(looks)),
    ]
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Patch {
    enabled: bool,
}

async fn list(space: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let allowed = cx.tx().get(&space).await?.own.allow_ssh;
    Answer::ok(&json!({"resources": [view(allowed)]}))
}

async fn show(space: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    known(cx)?;
    let allowed = cx.tx().get(&space).await?.own.allow_ssh;
    Answer::ok(&view(allowed))
}

async fn update(space: Granted<Update, Space>, patch: Doc<Patch>, cx: &mut Ctx) -> Reply<Answer> {
    known(cx)?;
    let (allowed, name) = (patch.it.enabled, cx.tx().get(&space).await?.own.name);
    let set = Set::default().put(Space::allow_ssh, allowed);
    cx.tx().update(&space, set).await?;
    cx.tx().annotate(requested("audit.space.update", &name, &json!({ "allow_ssh": allowed })));
    Answer::ok(&view(allowed))
}

fn known(cx: &Ctx) -> Reply<()> {
    if cx.params.text(1) == "ssh" { Ok(()) } else { Err(Fault::Denied(Denied::Hidden, "feature")) }
}

fn view(allowed: bool) -> Value {
    json!({"name": "ssh", "description": "Enable SSHing into apps in the space.", "enabled": allowed})
}

fn looks() -> Shape {
    object([("name", TEXT), ("description", TEXT), ("enabled", FLAG)]).named("space_feature")
}
