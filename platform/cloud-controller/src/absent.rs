//! What clients ask of every installation and this one has none of: the true answer is an empty list.
//!
//! Apps, service instances, domains, isolation segments and security groups move to their own folders as they come.

use crate::list::{List, Listed, page};
use crate::view::{relationship, relationship_look};
use axum::http::Method;
use serde_json::Value;
use uaa_authz::Read;
use uaa_directory::{Organization, Space};
use uaa_model::Reply;
use uaa_plugin::shape::{ANY, ID, Shape, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Route, Site::Api};
use uaa_store::{Granted, Visible};

pub(crate) fn routes() -> Vec<Route> {
    let get = Method::GET;
    let domains = "/v3/organizations/{guid}/domains";
    let of_organization = "/v3/organizations/{guid}/relationships/default_isolation_segment";
    let of_space = "/v3/spaces/{guid}/relationships/isolation_segment";
    let running = "/v3/spaces/{guid}/running_security_groups";
    let staging = "/v3/spaces/{guid}/staging_security_groups";
    vec![
        Route::on(Api, get.clone(), "/v3/apps", "app_list", Cc, apps).answers(Answers::ok(nothing)),
        Route::on(Api, get.clone(), "/v3/service_instances", "service_instance_list", Cc, service_instances)
            .answers(Answers::ok(nothing)),
        Route::on(Api, get.clone(), "/v3/isolation_segments", "isolation_segment_list", Cc, segments)
            .answers(Answers::ok(nothing)),
        Route::on(Api, get.clone(), domains, "organization_domain_list", Cc, organization_domains)
            .answers(Answers::ok(nothing)),
        Route::on(
            Api,
            get.clone(),
            of_organization,
            "organization_isolation_segment_show",
            Cc,
            default_segment,
        )
        .answers(Answers::ok(segment)),
        Route::on(Api, get.clone(), of_space, "space_isolation_segment_show", Cc, space_segment)
            .answers(Answers::ok(segment)),
        Route::on(Api, get.clone(), running, "space_running_group_list", Cc, running_groups)
            .answers(Answers::ok(nothing)),
        Route::on(Api, get, staging, "space_staging_group_list", Cc, staging_groups)
            .answers(Answers::ok(nothing)),
    ]
}

/// A list of nothing.
fn nothing() -> Shape {
    page(ANY)
}

fn segment() -> Shape {
    relationship_look(object([("guid", ID)]).or_null())
}

/// Kinds that nobody owns yet, with what their lists can be asked.
macro_rules! asked {
    ($($name:ident: $($filter:literal),*;)*) => { $(
        enum $name {}
        impl Listed for $name {
            const EXTRA: &'static [&'static str] = &[$($filter),*];
            const LABELS: bool = true;
        }
    )* };
}

asked!(
    App: "names", "space_guids", "organization_guids", "stacks", "lifecycle_type", "include";
    ServiceInstance: "type", "names", "space_guids", "organization_guids", "service_plan_guids", "service_plan_names",
        "fields[space]", "fields[space.organization]", "fields[service_plan]", "fields[service_plan.service_offering]",
        "fields[service_plan.service_offering.service_broker]";
    Domain: "names", "organization_guids";
    IsolationSegment: "names", "organization_guids";
    SecurityGroup: "names";
);

async fn apps(_: Visible<Space>, list: List<App>, cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&list.nothing(cx, "/v3/apps"))
}

async fn service_instances(_: Visible<Space>, list: List<ServiceInstance>, cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&list.nothing(cx, "/v3/service_instances"))
}

async fn segments(_: Visible<Organization>, list: List<IsolationSegment>, cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&list.nothing(cx, "/v3/isolation_segments"))
}

async fn organization_domains(
    it: Granted<Read, Organization>,
    list: List<Domain>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    Answer::ok(&list.nothing(cx, &format!("/v3/organizations/{}/domains", it.id())))
}

async fn default_segment(it: Granted<Read, Organization>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let path = format!("organizations/{}/relationships/default_isolation_segment", it.id());
    Answer::ok(&relationship(&cx.links.api, &path, Value::Null))
}

async fn space_segment(it: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let path = format!("spaces/{}/relationships/isolation_segment", it.id());
    Answer::ok(&relationship(&cx.links.api, &path, Value::Null))
}

async fn running_groups(it: Granted<Read, Space>, list: List<SecurityGroup>, cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&list.nothing(cx, &format!("/v3/spaces/{}/running_security_groups", it.id())))
}

async fn staging_groups(it: Granted<Read, Space>, list: List<SecurityGroup>, cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&list.nothing(cx, &format!("/v3/spaces/{}/staging_security_groups", it.id())))
}
