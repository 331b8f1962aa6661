//! The same questions for programs: AuthZEN 1.0. What a request holds beside what is named here is passed over (section 10).

use super::reason::{Asker, Asks, Thing, decide, reasoned, why};
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::Decision;
use uaa_model::{Fault, Reply};
use uaa_plugin::shape::{FLAG, NUMBER, Shape, TEXT, list, object};
use uaa_plugin::{Answer, Ctx, Json, Public};

/// Where the metadata stands (AuthZEN 1.0 section 9.2): `/.well-known/…` is inserted before the path of the decision point.
pub(super) const WELL_KNOWN: &str = "/.well-known/authzen-configuration";
/// The same for a bare address, where the decision point has the path `/uaa`.
pub(super) const WELL_KNOWN_AT_A_PATH: &str = "/.well-known/authzen-configuration/uaa";

/// One question (section 6.1).
#[derive(Debug, Deserialize, schemars::JsonSchema)]
pub(super) struct Question {
    subject: Thing,
    action: Action,
    resource: Thing,
    #[serde(default)]
    context: Context,
}

/// What a question says beside itself (section 5.4).
#[derive(Clone, Copy, Debug, Default, Deserialize, schemars::JsonSchema)]
struct Context {
    /// The revision that the facts must have reached: `X-Access-Revision` of the change that the asker knows of.
    #[serde(default)]
    at_least: i64,
}

#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
struct Action {
    name: String,
}

/// Several questions, with what they have in common beside them (section 7.1).
#[derive(Debug, Deserialize, schemars::JsonSchema)]
pub(super) struct Questions {
    #[serde(flatten)]
    common: Part,
    #[serde(default)]
    evaluations: Vec<Part>,
    #[serde(default)]
    options: Options,
}

#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
struct Part {
    subject: Option<Thing>,
    action: Option<Action>,
    resource: Option<Thing>,
    context: Option<Context>,
}

#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
struct Options {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// When a batch ends (section 7.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    #[default]
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

impl Semantic {
    fn ends_with(self, allowed: bool) -> bool {
        match self {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !allowed,
            Semantic::PermitOnFirstPermit => allowed,
        }
    }
}

impl Asks for Json<Question> {
    fn subjects(&self) -> Vec<&Thing> {
        vec![&self.0.subject]
    }
}

impl Asks for Json<Questions> {
    fn subjects(&self) -> Vec<&Thing> {
        let parts = [&self.0.common].into_iter().chain(&self.0.evaluations);
        parts.filter_map(|part| part.subject.as_ref()).collect()
    }
}

pub(super) async fn evaluation(asker: Asker, ask: Json<Question>, cx: &mut Ctx) -> Reply<Answer> {
    let (_, body) = answer(cx, &asker, &ask.0).await?;
    Answer::ok(&body)
}

pub(super) async fn evaluations(asker: Asker, ask: Json<Questions>, cx: &mut Ctx) -> Reply<Answer> {
    let Questions { common, evaluations, options } = ask.0;
    if evaluations.len() > MOST {
        return Err(Fault::invalid(format!("at most {MOST} evaluations at once")));
    }
    // Section 7.1: without any it is a single question, and is answered like one.
    if evaluations.is_empty() {
        let (_, body) = answer(cx, &asker, &common.clone().over(&common)?).await?;
        return Answer::ok(&body);
    }
    let mut answers = vec![];
    for part in evaluations {
        let answered = match part.over(&common) {
            Ok(question) => answer(cx, &asker, &question).await,
            Err(fault) => Err(fault),
        };
        let (allowed, body) = match answered {
            // Section 7.2.1: what is wrong with one question is said in its place, and decides no.
            Err(Fault::Invalid(texts)) => {
                let error = json!({"status": 400, "message": texts.join(" ")});
                (false, json!({"decision": false, "context": {"error": error}}))
            }
            other => other?,
        };
        answers.push(body);
        if options.evaluations_semantic.ends_with(allowed) {
            break;
        }
    }
    Answer::ok(&json!({ "evaluations": answers }))
}

impl Part {
    /// The question, with what is common where it says nothing itself.
    fn over(self, common: &Part) -> Reply<Question> {
        let lacks = |what| Fault::invalid(format!("an evaluation lacks `{what}`"));
        Ok(Question {
            subject: self.subject.or_else(|| common.subject.clone()).ok_or_else(|| lacks("subject"))?,
            action: self.action.or_else(|| common.action.clone()).ok_or_else(|| lacks("action"))?,
            resource: self.resource.or_else(|| common.resource.clone()).ok_or_else(|| lacks("resource"))?,
            context: self.context.or(common.context).unwrap_or_default(),
        })
    }
}

async fn answer(cx: &mut Ctx, asker: &Asker, ask: &Question) -> Reply<(bool, Value)> {
    let Context { at_least } = ask.context;
    let judged = decide(cx, Some(&ask.subject), &ask.action.name, &ask.resource, at_least).await?;
    let allowed = judged.decision.is_some_and(Decision::is_allowed);
    let mut context = why(cx, asker, judged.decision);
    if judged.revision > 0 {
        context.insert("revision".into(), judged.revision.into());
    }
    Ok((allowed, json!({"decision": allowed, "context": context})))
}

pub(super) fn looks() -> Shape {
    decided(context()).named("evaluation")
}

/// Of several questions, or of one after all.
pub(super) fn all_look() -> Shape {
    let error = object([("status", NUMBER), ("message", TEXT)]);
    let one = decided(context().perhaps([("error", error)])).named("evaluation_of_many");
    Shape::Either(vec![object([("evaluations", list(one))]), looks()])
}

fn decided(context: Shape) -> Shape {
    object([("decision", FLAG), ("context", context)])
}

fn context() -> Shape {
    reasoned(object::<&str>([])).perhaps([("revision", NUMBER)])
}

pub(super) async fn discovery(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let uaa = cx.links.uaa.clone();
    Answer::ok(&json!({
        "policy_decision_point": &*uaa,
        "access_evaluation_endpoint": format!("{uaa}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{uaa}/access/v1/evaluations"),
    }))
}

pub(super) fn discovery_looks() -> Shape {
    let names = ["policy_decision_point", "access_evaluation_endpoint", "access_evaluations_endpoint"];
    object(names.map(|name| (name, TEXT)))
}

/// Questions in one request.
const MOST: usize = 100;
