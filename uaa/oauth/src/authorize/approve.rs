//! What people let applications do in their name: asked once, remembered for a month (UAA's rule), taken back at any time.

use super::request::{Asked, Stop};
use crate::approved;
use crate::client::Known;
use uaa_authz::Duty;
use uaa_directory::Live;
use uaa_model::Reply;
use uaa_plugin::{Ctx, field};
use uaa_store::Want;

/// What the person has just answered.
#[derive(Debug)]
pub(super) enum Decision {
    /// Allowed, these of the scopes.
    Allow(Vec<String>),
    /// Not allowed.
    Deny,
}

impl Decision {
    /// Whether a form is the answer of the consent page: of ours, or as UAA's sends it.
    pub(super) fn is_in(form: &[(String, String)]) -> bool {
        field(form, "decision").is_some() || field(form, UAAS).is_some()
    }

    /// The answer of the consent page. In UAA's each scope that is ticked is a field of its own: `scope.0=scope.openid`.
    pub(super) fn read(form: &[(String, String)]) -> Decision {
        let ticked = |(name, value): &(String, String)| match name.strip_prefix("scope") {
            Some("") => Some(value.clone()),
            Some(number) if number.starts_with('.') => value.strip_prefix("scope.").map(str::to_owned),
            Some(_) | None => None,
        };
        let allowed = match field(form, "decision") {
            Some(decision) => decision == "allow",
            None => field(form, UAAS) == Some("true"),
        };
        if allowed { Decision::Allow(form.iter().filter_map(ticked).collect()) } else { Decision::Deny }
    }
}

/// What becomes of the scopes.
#[derive(Debug)]
pub(super) enum Outcome {
    /// These may be given.
    Approved(Vec<String>),
    /// None of them.
    Denied,
    /// The person has to be asked about these.
    Open(Vec<String>),
}

/// Holds the scopes against the operator's approval, the person's earlier ones, and the answer just given.
pub(super) async fn ask(
    asked: &Asked,
    scopes: &[String],
    decision: Option<Decision>,
    live: &Live,
    cx: &mut Ctx,
) -> Result<Outcome, Stop> {
    let (auto, by_person): (Vec<String>, Vec<String>) =
        scopes.iter().cloned().partition(|scope| asked.client.auto_approve.covers(scope));
    if by_person.is_empty() {
        return Ok(Outcome::Approved(auto));
    }
    let me = cx.tx().assume(Duty::SignIn);
    let outcome = match decision {
        Some(decision) => decided(asked, auto, &by_person, decision, live, cx).await,
        None => earlier(asked, auto, &by_person, live, cx).await,
    };
    cx.tx().resume(me);
    Ok(outcome?)
}

async fn earlier(
    asked: &Asked,
    mut approved: Vec<String>,
    by_person: &[String],
    live: &Live,
    cx: &mut Ctx,
) -> Reply<Outcome> {
    if asked.prompt.consent {
        return Ok(Outcome::Open(by_person.to_vec()));
    }
    let now = cx.now();
    let rows = approved::answers(live.user, &asked.client.client_id, cx).await?;
    let known = |scope: &String| rows.iter().find(|r| r.own.scope == *scope && r.own.expires > now);
    let open: Vec<String> = by_person.iter().filter(|scope| known(scope).is_none()).cloned().collect();
    if !open.is_empty() {
        return Ok(Outcome::Open(open));
    }
    approved.extend(by_person.iter().filter(|scope| known(scope).is_some_and(|r| r.own.approved)).cloned());
    Ok(if approved.is_empty() { Outcome::Denied } else { Outcome::Approved(approved) })
}

/// Writes down what was just answered: what is not ticked is denied, as long as the answer holds.
async fn decided(
    asked: &Asked,
    mut approved: Vec<String>,
    by_person: &[String],
    decision: Decision,
    live: &Live,
    cx: &mut Ctx,
) -> Reply<Outcome> {
    let client = &asked.client.client_id;
    let Decision::Allow(ticked) = decision else {
        let person = live.whom().actor(client, cx);
        let more = [("origin", live.origin.as_str())];
        cx.note(&person, "ApprovalModifiedEvent", "denied", "consent", &more);
        return Ok(Outcome::Denied);
    };
    cx.step(Want::Write).await?;
    let person = live.whom().actor(client, cx);
    cx.tx().in_the_name_of(person);
    // `step` ended the transaction that the duty was assumed in; the actor goes on with the next one.
    let yes = |scope: &String| ticked.contains(scope) || goes_along(scope, by_person, &asked.client);
    let answered: Vec<(&String, bool)> = by_person.iter().map(|scope| (scope, yes(scope))).collect();
    approved::keep(live.user, client, &answered, cx).await?;
    approved.extend(by_person.iter().filter(|scope| yes(scope)).cloned());
    Ok(if approved.is_empty() { Outcome::Denied } else { Outcome::Approved(approved) })
}

/// What nobody can leave out of a sign-in: the sign-in itself, and what comes with it as in UAA, whatever is ticked.
pub(super) fn goes_along(scope: &str, scopes: &[String], client: &Known) -> bool {
    let signs_in = scopes.iter().any(|one| one == "openid") || client.auto_approve.covers("openid");
    let comes_with_it = ["profile", "email", "phone"].contains(&scope) && client.sector.is_none();
    scope == "openid" || (signs_in && comes_with_it)
}

/// UAA's name of the decision.
const UAAS: &str = "user_oauth_approval";
