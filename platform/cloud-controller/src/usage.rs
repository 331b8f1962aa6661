//! What an organization or space has used of its quota, from the numbers that are kept with every write.

use crate::view::link;
use axum::http::Method;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use uaa_authz::Read;
use uaa_directory::{Organization, Space};
use uaa_model::Reply;
use uaa_plugin::shape::{NUMBER, Shape, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Route, Site::Api};
use uaa_store::{Granted, Proof, Raw};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    let organization = "/v3/organizations/{guid}/usage_summary";
    let space = "/v3/spaces/{guid}/usage_summary";
    vec![
        Route::on(Api, Method::GET, organization, "organization_usage_show", Cc, of_organization)
            .answers(Answers::ok(|| looks("organization"))),
        Route::on(Api, Method::GET, space, "space_usage_show", Cc, of_space)
            .answers(Answers::ok(|| looks("space"))),
    ]
}

async fn of_organization(it: Granted<Read, Organization>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&summary(&it, it.id().uuid(), "organization", cx).await?)
}

async fn of_space(it: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&summary(&it, it.id().uuid(), "space", cx).await?)
}

/// Kinds that nobody has made yet, or that no plugin of this installation owns, have no number: nothing is used.
async fn summary(proof: &impl Proof, id: Uuid, kind: &str, cx: &mut Ctx) -> Reply<Value> {
    let mut tallies = HashMap::new();
    for row in cx.tx().raw(proof, &TALLIES, vec![id.into()]).await? {
        let (kind, n): (String, i64) = (row.get(0)?, row.get(1)?);
        *tallies.entry(kind).or_insert(0) += n;
    }
    let used = COUNTED.iter().map(|(name, kind)| {
        let n = tallies.get(*kind).copied().unwrap_or(0);
        ((*name).to_owned(), Value::from(n))
    });
    let used: Map<String, Value> = used.collect();
    let me = format!("{}/v3/{kind}s/{id}", cx.links.api);
    Ok(json!({
        "usage_summary": used,
        "links": {"self": {"href": format!("{me}/usage_summary")}, kind: {"href": me}},
    }))
}

fn looks(kind: &'static str) -> Shape {
    let used = object(COUNTED.iter().map(|(name, _)| (*name, NUMBER)));
    object([
        ("usage_summary", used.named("usage_summary")),
        ("links", object([("self", link()), (kind, link())])),
    ])
}

static TALLIES: Raw = Raw {
    name: "tallies_of_place",
    text: "SELECT kind, n FROM tally WHERE place = ?",
    why: "numbers of several kinds at one place, which have no rows of their own",
};

/// Name in the summary, kind that is counted.
const COUNTED: &[(&str, &str)] = &[
    ("started_instances", "process_instance"),
    ("memory_in_mb", "process_memory"),
    ("routes", "route"),
    ("service_instances", "service_instance"),
    ("reserved_ports", "reserved_port"),
    ("domains", "domain"),
    ("per_app_tasks", "task"),
    ("service_keys", "service_key"),
];
