//! What people let applications do in their name: written down when they answer, and asked for again whenever more is to be given
//! because of it. It may have been taken back, denied, or have run out since (UAA asks at each refresh, too).

use crate::approvals::approval;
use crate::client::Known;
use std::collections::HashSet;
use uaa_authz::{Delete, Zone};
use uaa_directory::{Approval, ApprovalOwn};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Fields, Query, Set};
use uuid::Uuid;

/// What is lacking of these scopes, in UAA's words; `None` when all of them are approved. `grant`: how the first token was got: a person
/// is asked on a page or not at all. Under the duty of sign-in.
pub(crate) async fn lacking(
    client: &Known,
    person: Uuid,
    (grant, scopes): (&str, &[String]),
    cx: &mut Ctx,
) -> Reply<Option<String>> {
    let asked_for: Vec<&String> = scopes.iter().filter(|scope| !client.auto_approve.covers(scope)).collect();
    if asked_for.is_empty() || !ASKED.contains(&grant) {
        return Ok(None);
    }
    let mut rows = answers(person, &client.client_id, cx).await?;
    rows.retain(|row| row.own.approved && asked_for.contains(&&row.own.scope));
    if rows.iter().any(|row| row.own.expires <= cx.now()) {
        return Ok(Some("Invalid token (approvals expired)".into()));
    }
    let approved: HashSet<&str> = rows.iter().map(|row| row.own.scope.as_str()).collect();
    let open: Vec<&str> =
        asked_for.into_iter().map(String::as_str).filter(|scope| !approved.contains(scope)).collect();
    let text = || format!("Invalid token (some requested scopes are not approved): [{}]", open.join(", "));
    Ok((!open.is_empty()).then(text))
}

/// All that a person has answered about one client. Under the duty of sign-in.
pub(crate) async fn answers(person: Uuid, client_id: &str, cx: &mut Ctx) -> Reply<Vec<Fields<ApprovalOwn>>> {
    let seen = cx.tx().visible::<Approval>().await?;
    let query = Query::<Approval>::first(MOST)
        .when(Cond::Ids("subject", vec![person]))
        .when(Cond::In(Field::Text("client_id"), vec![client_id.to_owned()]));
    Ok(cx.tx().list(&seen, &query).await?.rows)
}

/// Writes down what was just answered about these scopes, in the place of earlier answers. In a transaction that writes, under the duty of
/// sign-in.
pub(crate) async fn keep(
    person: Uuid,
    client_id: &str,
    answered: &[(&String, bool)],
    cx: &mut Ctx,
) -> Reply<()> {
    let rows = answers(person, client_id, cx).await?;
    for row in rows.iter().filter(|row| answered.iter().any(|(scope, _)| **scope == row.own.scope)) {
        match cx.tx().grant::<Delete, Approval>(Id::new(row.guid)).await {
            Ok(old) => cx.tx().delete(old).await?,
            Err(Fault::Denied(..)) => return Err(Fault::Retry),
            Err(fault) => return Err(fault),
        }
    }
    for (scope, yes) in answered {
        let set = Set::default()
            .put(Approval::subject, person)
            .put(Approval::client_id, client_id)
            .put(Approval::scope, scope.as_str())
            .put(Approval::approved, *yes)
            .put(Approval::expires, cx.now() + MONTH);
        let zone = Id::<Zone>::new(cx.zone());
        let slot = cx.tx().slot::<Approval>(zone).await?;
        let id = cx.tx().ids().uuid();
        cx.tx().insert_as(slot, Id::new(id), Some(person), set).await?;
        cx.tx().annotate(approval(client_id, scope, *yes));
    }
    Ok(())
}

/// The grants in which the person is asked on a page.
const ASKED: &[&str] = &["authorization_code", crate::device::GRANT];
const MONTH: Micros = 30 * 86_400_000_000;
/// Scopes of one client that somebody can have answered about.
const MOST: i64 = 1_000;
