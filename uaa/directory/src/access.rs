//! "May X do V on R, and why": for people, and for programs by AuthZEN 1.0.

use crate::RoleBinding;
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uaa_authz::{Actor, Decision, Kind, Reason, Subject, Verb, Via};
use uaa_model::{Barrier, Denied, Fault, Reply};
use uaa_plugin::{
    Answer, Ctx, Dialect::Access, Form, Input, Json, Need, NeedInfo, Plugin, Public, Route, Site::Uaa,
};
use uuid::Uuid;

/// The plugin.
#[derive(Debug)]
pub struct AccessApi;

impl Plugin for AccessApi {
    fn name(&self) -> &'static str {
        "access"
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![]
    }

    fn routes(self: Arc<Self>) -> Vec<Route> {
        let why = "AuthZEN 1.0 section 9: a client reads it before it has a token";
        vec![
            Route::on(Uaa, Method::GET, "/access/v1/explain", "access_explain", Access, explain),
            Route::on(Uaa, Method::POST, "/access/v1/evaluation", "access_evaluate", Access, evaluation),
            Route::on(
                Uaa,
                Method::POST,
                "/access/v1/evaluations",
                "access_evaluate_all",
                Access,
                evaluations,
            ),
            Route::public(
                Uaa,
                Method::GET,
                "/.well-known/authzen-configuration",
                "authzen_show",
                Access,
                why,
                discovery,
            ),
        ]
    }
}

/// One question, as AuthZEN 1.0 section 5 puts it.
#[derive(Clone, Debug, Deserialize)]
struct Question {
    subject: Thing,
    action: Action,
    resource: Thing,
}

/// A subject or resource: its kind and its identifier.
#[derive(Clone, Debug, Deserialize)]
struct Thing {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Action {
    name: String,
}

/// Several questions, with what they have in common beside them (AuthZEN 1.0 section 7).
#[derive(Debug, Deserialize)]
struct Questions {
    subject: Option<Thing>,
    action: Option<Action>,
    resource: Option<Thing>,
    evaluations: Vec<Part>,
}

#[derive(Clone, Debug, Deserialize)]
struct Part {
    subject: Option<Thing>,
    action: Option<Action>,
    resource: Option<Thing>,
}

/// Whose questions an input asks.
trait Asks {
    fn subjects(&self) -> Vec<&Thing>;
}

impl Asks for Json<Question> {
    fn subjects(&self) -> Vec<&Thing> {
        vec![&self.0.subject]
    }
}

impl Asks for Json<Questions> {
    fn subjects(&self) -> Vec<&Thing> {
        self.0.subject.iter().chain(self.0.evaluations.iter().filter_map(|e| e.subject.as_ref())).collect()
    }
}

impl Asks for Explain {
    fn subjects(&self) -> Vec<&Thing> {
        self.subject.iter().collect()
    }
}

/// About oneself anybody may ask; about others, whoever may see the zone's role bindings.
struct Asker;

impl<I: Asks + Sync> Need<I> for Asker {
    const INFO: NeedInfo = NeedInfo::Either(&NeedInfo::Own("decision"), &NeedInfo::List("role_binding"));
    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        let me = cx.tx().actor().subject.id();
        let about_me = |thing: &Thing| me.is_some() && thing.id.parse::<Uuid>().ok() == me;
        let only_me = input.as_ref().is_ok_and(|i| i.subjects().into_iter().all(about_me));
        if !only_me && !cx.tx().visible::<RoleBinding>().await?.is_whole() {
            return Err(Fault::Denied(Denied::Forbidden, "role_binding"));
        }
        Ok(Asker)
    }
}

/// `?resource=space:GUID&action=update[&subject=user:GUID]`.
struct Explain {
    subject: Option<Thing>,
    action: Action,
    resource: Thing,
}

impl Input for Explain {
    const NAME: &'static str = "query";
    fn read(raw: &uaa_plugin::Raw) -> Reply<Self> {
        let Form(pairs) = Form::read(raw)?;
        let (mut subject, mut action, mut resource) = (None, None, None);
        for (name, value) in pairs {
            match name.as_str() {
                "subject" => subject = Some(thing(&value)?),
                "action" => action = Some(Action { name: value }),
                "resource" => resource = Some(thing(&value)?),
                other => return Err(Fault::BadQuery(format!("unknown parameter `{other}`").into())),
            }
        }
        let missing =
            |name| Fault::BadQuery(format!("the parameter `{name}` is missing, as in {EXAMPLE}").into());
        Ok(Explain {
            subject,
            action: action.ok_or_else(|| missing("action"))?,
            resource: resource.ok_or_else(|| missing("resource"))?,
        })
    }
}

fn thing(text: &str) -> Reply<Thing> {
    let wrong = || Fault::BadQuery(format!("`{text}` is not of the form kind:id, as in {EXAMPLE}").into());
    let (kind, id) = text.split_once(':').ok_or_else(wrong)?;
    Ok(Thing { kind: kind.into(), id: id.into() })
}

const EXAMPLE: &str = "?resource=space:GUID&action=update&subject=user:GUID";

async fn explain(_: Asker, ask: Explain, cx: &mut Ctx) -> Reply<Answer> {
    let decision = decide(cx, ask.subject.as_ref(), &ask.action, &ask.resource).await?;
    let mut body = Map::new();
    body.insert("allowed".into(), matches!(decision, Some(Decision::Allowed(_))).into());
    body.insert("action".into(), ask.action.name.into());
    body.insert("resource".into(), format!("{}:{}", ask.resource.kind, ask.resource.id).into());
    body.extend(why(cx, decision).await?);
    Answer::ok(&Value::Object(body))
}

async fn evaluation(_: Asker, ask: Json<Question>, cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&answer(cx, &ask.0).await?)
}

async fn evaluations(_: Asker, ask: Json<Questions>, cx: &mut Ctx) -> Reply<Answer> {
    let ask = ask.0;
    if ask.evaluations.len() > MOST {
        return Err(Fault::invalid(format!("at most {MOST} evaluations at once")));
    }
    let mut answers = vec![];
    for part in ask.evaluations {
        let lacks = |what| Fault::invalid(format!("an evaluation lacks `{what}`"));
        let question = Question {
            subject: part.subject.or_else(|| ask.subject.clone()).ok_or_else(|| lacks("subject"))?,
            action: part.action.or_else(|| ask.action.clone()).ok_or_else(|| lacks("action"))?,
            resource: part.resource.or_else(|| ask.resource.clone()).ok_or_else(|| lacks("resource"))?,
        };
        answers.push(answer(cx, &question).await?);
    }
    Answer::ok(&json!({ "evaluations": answers }))
}

const MOST: usize = 100;

async fn answer(cx: &mut Ctx, ask: &Question) -> Reply<Value> {
    let decision = decide(cx, Some(&ask.subject), &ask.action, &ask.resource).await?;
    let allowed = matches!(decision, Some(Decision::Allowed(_)));
    Ok(json!({"decision": allowed, "context": why(cx, decision).await?}))
}

/// The decision itself; `None` when there is no such thing. About oneself, within what the token opens.
async fn decide(
    cx: &mut Ctx,
    subject: Option<&Thing>,
    action: &Action,
    resource: &Thing,
) -> Reply<Option<Decision>> {
    let verb = Verb::named(&action.name).ok_or_else(|| {
        let known = Verb::ALL.map(Verb::name).join(", ");
        Fault::invalid(format!("unknown action `{}`; it is one of {known}", action.name))
    })?;
    let (me, zone) = (cx.tx().actor().clone(), cx.zone());
    let actor = match subject {
        None => me,
        Some(thing) => {
            let id: Uuid = thing.id.parse().map_err(|_| Fault::invalid("the subject's id is not a UUID"))?;
            let subject = match thing.kind.as_str() {
                "user" => Subject::User(id),
                "client" => Subject::Client(id),
                other => {
                    return Err(Fault::invalid(format!(
                        "unknown subject type `{other}`; it is user or client"
                    )));
                }
            };
            if me.subject == subject {
                me
            } else {
                Arc::new(Actor::unnarrowed(cx.tx().registry(), subject, zone, ""))
            }
        }
    };
    if cx.tx().registry().kind(&resource.kind).is_none() {
        return Err(Fault::invalid(format!("unknown resource type `{}`", resource.kind)));
    }
    let Ok(id) = resource.id.parse() else { return Ok(None) };
    cx.tx().decision(&actor, &resource.kind, verb, id).await
}

/// Which binding, through which group, at which place; or what was missing.
async fn why(cx: &mut Ctx, decision: Option<Decision>) -> Reply<Map<String, Value>> {
    let mut out = Map::new();
    match decision {
        None => drop(out.insert("missing".into(), "there is no such resource".into())),
        Some(Decision::Denied(denied)) => drop(out.insert("missing".into(), missing(denied).into())),
        Some(Decision::Allowed(Reason { via, passed })) => {
            match via {
                Via::Owner => drop(out.insert("rule".into(), "it belongs to the subject".into())),
                Via::Duty(duty) => drop(out.insert("rule".into(), format!("duty {}", duty.name()).into())),
                Via::Binding { binding, role, through, place } => {
                    let name = cx
                        .tx()
                        .registry()
                        .role(role)
                        .map_or_else(|| role.to_string(), |(r, _)| r.name.to_owned());
                    out.insert("binding".into(), binding.to_string().into());
                    out.insert("role".into(), name.into());
                    out.insert("through".into(), through.to_string().into());
                    out.insert("place".into(), place.to_string().into());
                }
            }
            if let Some(barrier) = passed {
                out.insert("passed".into(), barred(barrier).into());
            }
        }
    }
    Ok(out)
}

fn missing(denied: Denied) -> &'static str {
    match denied {
        Denied::Anonymous => "nobody has signed in",
        Denied::Unauthenticated => "the subject is deactivated",
        Denied::Hidden => "no role binding lets the subject see it",
        Denied::Forbidden => "a role binding lets the subject see it, none allows this",
        Denied::Scope => "a role binding allows this, the scopes of the token do not",
        Denied::Barred(barrier) => barred(barrier),
    }
}

fn barred(barrier: Barrier) -> &'static str {
    match barrier {
        Barrier::OrganizationSuspended => "the organization is suspended",
        Barrier::SpaceSuspended => "the space is suspended",
        Barrier::Deleting => "it is being deleted",
    }
}

async fn discovery(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let uaa = cx.links.uaa.clone();
    Answer::ok(&json!({
        "policy_decision_point": &*uaa,
        "access_evaluation_endpoint": format!("{uaa}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{uaa}/access/v1/evaluations"),
    }))
}
