//! One decision and its reason, for people and for programs.

use crate::{Group, RoleBinding};
use serde_json::{Map, Value};
use std::sync::Arc;
use uaa_authz::{Actor, Decision, Duty, Reason, Resource, Subject, Verb, Via};
use uaa_model::{Barrier, Denied, Fault, Reply, rfc3339};
use uaa_plugin::shape::{Shape, TEXT, TIME};
use uaa_plugin::{Ctx, Need, NeedInfo};
use uaa_store::{Judged, Raw};
use uuid::Uuid;

/// A subject or resource: its kind and its identifier (AuthZEN 1.0 section 5).
#[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
pub(super) struct Thing {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) id: String,
}

/// Whose questions an input asks.
pub(super) trait Asks {
    fn subjects(&self) -> Vec<&Thing>;
}

/// About oneself anybody may ask; about others, whoever may see the zone's role bindings.
pub(super) enum Asker {
    /// What exists is told to somebody who could see it, as everywhere.
    Myself,
    /// Everything is told.
    Anybody,
}

impl<I: Asks + Sync> Need<I> for Asker {
    const INFO: NeedInfo = NeedInfo::Either(&NeedInfo::Own("decision"), &NeedInfo::List("role_binding"));

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        let me = cx.tx().actor().subject.id();
        let about_me = |thing: &Thing| me.is_some() && thing.id.parse::<Uuid>().ok() == me;
        // Any token may ask something, so a mistake in the question is told to any.
        if input.as_ref().map_err(Clone::clone)?.subjects().into_iter().all(about_me) {
            return Ok(Asker::Myself);
        }
        // Who asks about others asks often: from memory, and from rows only for who is not let in by that.
        let (actor, kind) = (cx.tx().actor().clone(), cx.tx().registry().kind(RoleBinding::KIND.name));
        if let Some(kind) = kind
            && let Ok(judged) = cx.judge(&actor, kind, Verb::Read, None, 0).await
            && judged.decision.is_some_and(Decision::is_allowed)
        {
            return Ok(Asker::Anybody);
        }
        if cx.tx().visible::<RoleBinding>().await?.is_whole() {
            Ok(Asker::Anybody)
        } else {
            Err(Fault::Denied(Denied::Forbidden, "role_binding"))
        }
    }
}

/// The decision itself; about oneself, within what the token opens. Its revision is 0 when nothing is compiled yet, and the facts may be newer.
///
/// # Errors
/// `Unavailable` when facts of the revision `at_least` are asked for and there are none.
pub(super) async fn decide(
    cx: &mut Ctx,
    subject: Option<&Thing>,
    action: &str,
    resource: &Thing,
    at_least: i64,
) -> Reply<Judged> {
    let verb = Verb::named(action).ok_or_else(|| {
        let known = Verb::ALL.map(Verb::name).join(", ");
        Fault::invalid(format!("unknown action `{action}`; it is one of {known}"))
    })?;
    let (me, zone) = (cx.tx().actor().clone(), cx.zone());
    let actor = match subject.map(who).transpose()? {
        None => me,
        Some(subject) if me.subject == subject => me,
        Some(subject) => Arc::new(Actor::unnarrowed(cx.tx().registry(), subject, zone, "")),
    };
    let registry = cx.tx().registry().clone();
    let unknown = || Fault::invalid(format!("unknown resource type `{}`", resource.kind));
    let kind = registry.kind(&resource.kind).ok_or_else(unknown)?;
    let Ok(id) = resource.id.parse() else { return Ok(Judged { decision: None, revision: 0 }) };
    // From memory, when it knows: compiled facts within their lease, and where the thing stands. What it has not seen may have
    // been made a moment ago, and what is shared is seen at further places: rows answer that.
    let mut revision = 0;
    match cx.judge(&actor, kind, verb, Some(id), at_least).await {
        Ok(judged) if judged.decision.is_some_and(|d| d.is_allowed() || !registry.at(kind).shared) => {
            return Ok(judged);
        }
        // Said of what is not there as well, or it would tell that from what is hidden.
        Ok(judged) => revision = judged.revision,
        Err(Fault::Unavailable(_)) if at_least == 0 => {}
        Err(fault) => return Err(fault),
    }
    let decision = cx.tx().decision(&actor, &resource.kind, verb, id).await?;
    Ok(Judged { decision, revision })
}

fn who(thing: &Thing) -> Reply<Subject> {
    let id: Uuid = thing.id.parse().map_err(|_| Fault::invalid("the subject's id is not a UUID"))?;
    match thing.kind.as_str() {
        "user" => Ok(Subject::User(id)),
        "client" => Ok(Subject::Client(id)),
        other => Err(Fault::invalid(format!("unknown subject type `{other}`; it is user or client"))),
    }
}

/// Which binding, through which group, at which place; or what was missing. By ids, from what the decision knows.
pub(super) fn why(cx: &mut Ctx, asker: &Asker, decision: Option<Decision>) -> Map<String, Value> {
    let mut out = Map::new();
    let mut say = |name: &str, text: String| drop(out.insert(name.into(), text.into()));
    match (decision, asker) {
        (None, Asker::Anybody) => say("missing", "there is no such resource".into()),
        (None | Some(Decision::Denied(Denied::Hidden)), Asker::Myself) => {
            say("missing", "there is no such resource, or no role binding lets the subject see it".into());
        }
        (Some(Decision::Denied(denied)), _) => say("missing", missing(denied).into()),
        (Some(Decision::Allowed(Reason { via, passed })), _) => {
            match via {
                Via::Owner => say("rule", "it belongs to the subject".into()),
                Via::Duty(duty) => say("rule", format!("duty {}", duty.name())),
                Via::Binding { binding, role, through, place } => {
                    let known = cx.tx().registry().role(role).map(|(r, _)| r.name.to_owned());
                    say("binding", binding.to_string());
                    say("role", known.unwrap_or_else(|| role.to_string()));
                    say("through", through.to_string());
                    say("place", place.to_string());
                }
            }
            if let Some(barrier) = passed {
                say("passed", barred(barrier).into());
            }
        }
    }
    out
}

/// What [`why`] and [`names`] add to an answer.
pub(super) fn reasoned(of: Shape) -> Shape {
    let words = ["missing", "rule", "binding", "role", "through", "place", "passed", "source", "group"];
    of.perhaps(words.map(|name| (name, TEXT))).perhaps([("expires_at", TIME)])
}

/// The names of what [`why`] names by id: the custom role, the group, and where the binding comes from. One statement more,
/// which people are worth and programs need not pay.
pub(super) async fn names(
    cx: &mut Ctx,
    decision: Option<Decision>,
    out: &mut Map<String, Value>,
) -> Reply<()> {
    let Some(Decision::Allowed(Reason { via: Via::Binding { binding, through, .. }, .. })) = decision else {
        return Ok(());
    };
    // Whoever hears that a group gave it hears its name, whether or not he may look groups up.
    let me = cx.tx().assume(Duty::Jobs);
    let seen = cx.tx().visible::<Group>().await;
    cx.tx().resume(me);
    let rows = cx.tx().raw(&seen?, &REASON, vec![through.into(), binding.into()]).await?;
    let Some(row) = rows.first() else { return Ok(()) };
    let expires: i64 = row.get(2)?;
    out.insert("role".into(), row.get::<String>(0)?.into());
    out.insert("source".into(), row.get::<String>(1)?.into());
    if expires != 0 {
        out.insert("expires_at".into(), rfc3339(expires).into());
    }
    if let Some(group) = row.get::<Option<String>>(3)? {
        out.insert("group".into(), group.into());
    }
    Ok(())
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

static REASON: Raw = Raw {
    name: "names_in_a_reason",
    text: "SELECT b.role_name, b.source, b.expires, g.name FROM role_binding b \
        LEFT JOIN grp g ON g.guid = ? WHERE b.guid = ?",
    why: "the names in a reason are told to whoever may hear the reason",
};
