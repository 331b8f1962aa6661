//! Jobs: what a client polls after 202.

use crate::view::{Looks, View};
use axum::http::Method;
use serde_json::Value;
use uaa_authz::{Delete, Duty, Read, Zone};
use uaa_directory::Job;
use uaa_model::{Barrier, Id, Reply};
use uaa_plugin::shape::{ANY, NUMBER, Shape, TEXT, list, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Route, Site::Api};
use uaa_store::{Annotation, Granted, Set, Stored};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::on(Api, Method::GET, "/v3/jobs/{guid}", "job_show", Cc, show).answers(Answers::ok(looks))]
}

async fn show(job: Granted<Read, Job>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&job).await?;
    let list = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let body = View::of(&row, &cx.links.api, "jobs")
        .own("operation", row.own.operation.as_str())
        .own("state", row.own.state.as_str())
        .own("errors", list(&row.own.errors))
        .own("warnings", list(&row.own.warnings))
        .done();
    Answer::ok(&body)
}

fn looks() -> Shape {
    let error = object([("code", NUMBER), ("title", TEXT), ("detail", TEXT)]);
    Looks::of()
        .own("operation", TEXT)
        .own("state", TEXT)
        .own("errors", list(error))
        .own("warnings", list(ANY))
        .done("job")
}

/// Answers 202 and hands the deletion over to a job. Until then nothing may be added to what is being deleted.
pub(crate) async fn begin<R: Stored>(
    cx: &mut Ctx,
    it: &Granted<Delete, R>,
    operation: &'static str,
    event: Annotation,
) -> Reply<Answer> {
    cx.tx().bar(it, Some(Barrier::Deleting)).await?;
    let id = cx.tx().hand_over(it, operation).await?;
    cx.tx().annotate(event);
    Answer::job(&format!("{}/v3/jobs/{id}", cx.links.api))
}

/// Answers 202 with a job that is complete: the work was done in this transaction, and the field's clients poll.
pub(crate) async fn done(cx: &mut Ctx, operation: &str, target: Uuid, kind: &str) -> Reply<Answer> {
    let owner = cx.tx().actor().subject.id();
    let me = cx.tx().assume(Duty::Jobs);
    let zone = Id::<Zone>::new(cx.zone());
    let slot = cx.tx().slot::<Job>(zone).await?;
    let set = Set::default()
        .put(Job::operation, operation)
        .put(Job::state, "COMPLETE")
        .put(Job::errors, "[]")
        .put(Job::warnings, "[]")
        .put(Job::target, target)
        .put(Job::target_kind, kind);
    let id = cx.tx().ids().uuid();
    cx.tx().insert_as(slot, Id::new(id), owner, set).await?;
    cx.tx().resume(me);
    Answer::job(&format!("{}/v3/jobs/{id}", cx.links.api))
}
