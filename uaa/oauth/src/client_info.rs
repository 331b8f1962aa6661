//! UAA's `/clientinfo`: a client reads what it is registered with, without its secret and without what UAA calls additional.

use crate::engine::Engine;
use crate::fault::invalid_client;
use axum::http::Method;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_authz::{Duty, Read};
use uaa_directory::{Client, ClientOwn};
use uaa_model::{Id, Reply};
use uaa_plugin::shape::{FLAG, NUMBER, Shape, TEXT, list, object};
use uaa_plugin::{Answer, Answers, Basic, Ctx, Dialect, Handler, Public, Route, Site};

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let why = "a client proves here who it is";
    [(Method::GET, "client_info_show"), (Method::POST, "client_info_ask")]
        .into_iter()
        .map(|(method, name)| {
            Route::public(Site::Uaa, method, "/clientinfo", name, Dialect::Oauth, why, Show(engine.clone()))
                .answers(Answers::ok(looks))
        })
        .collect()
}

struct Show(Arc<Engine>);

impl<'c> Handler<'c, Public, ()> for Show {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, (): (), cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move {
            if Basic::read(&cx.headers).is_none() {
                return Err(invalid_client());
            }
            let client = engine.authenticate_client(&[], cx).await?.client;
            let me = cx.tx().assume(Duty::SignIn);
            let granted = cx.tx().grant::<Read, Client>(Id::new(client.id)).await?;
            let row = cx.tx().get(&granted).await?;
            cx.tx().resume(me);
            Answer::ok(&view(&row.own))
        })
    }
}

fn view(own: &ClientOwn) -> Value {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let mut view = json!({
        "client_id": own.client_id,
        "scope": read(&own.scope),
        "resource_ids": ["none"],
        "authorized_grant_types": read(&own.grant_types),
        "redirect_uri": read(&own.redirect_uri),
        "autoapprove": read(&own.autoapprove),
        "authorities": read(&own.authorities),
    });
    for (name, seconds) in
        [("access_token_validity", own.access_validity), ("refresh_token_validity", own.refresh_validity)]
    {
        if let Some(seconds) = seconds {
            view[name] = seconds.into();
        }
    }
    view
}

fn looks() -> Shape {
    let lists = ["scope", "resource_ids", "authorized_grant_types", "redirect_uri", "authorities"];
    object([("client_id", TEXT), ("autoapprove", Shape::Either(vec![FLAG, list(TEXT)]))])
        .and(lists.map(|name| (name, list(TEXT))))
        .perhaps([("access_token_validity", NUMBER), ("refresh_token_validity", NUMBER)])
        .named("client_info")
}
