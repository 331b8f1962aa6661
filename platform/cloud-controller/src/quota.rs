//! Quotas: what organization quotas and space quotas have in common, which is nearly everything.

mod limits;
pub(crate) mod organization;
mod space;

use crate::body::{Doc, Many, capital, name};
use crate::event::{event, requested};
use crate::job;
use crate::list::{List, Listed};
use crate::view::{Looks, View, guids, guids_look, relationship, relationship_look};
use limits::{look, merged, shown};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use uaa_authz::{Delete, Duty, Implies, Read, Resource, Update};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::shape::{Shape, TEXT};
use uaa_plugin::{Answer, Ctx, Route};
use uaa_store::{Annotation, Cond, Fields, Granted, Query, Set, Slot, Stored, Visible};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    [organization::routes(), space::routes()].concat()
}

/// What tells one kind of quota from the other.
trait Quota: Stored + Listed {
    /// What it is applied to.
    type Holder: Stored;
    /// Its name at the head of a sentence that the cf CLI matches.
    const TITLE: &'static str;
    /// The groups of limits that it has.
    const GROUPS: &'static [&'static str];
    /// Why it cannot be deleted while somebody has it.
    const APPLIED: &'static str;
    /// What is wrong with holders that are not there, when it is made and when it is applied.
    const UNKNOWN: [&'static str; 2];
    fn name(own: &Self::Own) -> &str;
    fn limits(own: &Self::Own) -> &str;
    fn set(name: &str, limits: String) -> Set<Self>;
    /// The quota that a holder has, and the holder's name.
    fn of(holder: &<Self::Holder as Stored>::Own) -> (Option<Uuid>, &str);
    fn hold(quota: Option<Uuid>) -> Set<Self::Holder>;
    /// What a quota shows beside limits and holders.
    fn more<'a>(row: &Fields<Self::Own>, view: View<'a>) -> View<'a>;
    /// What that looks like.
    fn more_looks(looks: Looks) -> Looks;
}

/// The limits of a body, and whatever else it names.
type Groups = Map<String, Value>;

#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct Patch {
    name: Option<String>,
    #[serde(flatten)]
    groups: Groups,
}

async fn list<Q: Quota>(seen: Visible<Q>, list: List<Q>, cx: &mut Ctx) -> Reply<Answer> {
    let (mut query, holder) = (list.query(), Q::Holder::KIND.name);
    // Of the field's two filters for holders one is a column and one is not.
    if let Some(of) = list.values(&format!("{holder}_guids")) {
        let seen = cx.tx().visible::<Q::Holder>().await?;
        let of = of.iter().filter_map(|id| id.parse().ok()).collect();
        let quotas = cx.tx().related(&seen, of).await?;
        query.conds.push(Cond::Ids("guid", quotas.iter().filter_map(|row| Q::of(&row.own).0).collect()));
    }
    let page = cx.tx().list(&seen, &query).await?;
    let rows = views::<Q>(&page.rows, cx).await?;
    Answer::ok(&list.body(&page, cx, &format!("/v3/{}s", Q::KIND.name), rows))
}

async fn make<Q: Quota>(
    slot: Slot<Q>,
    called: &str,
    groups: &Groups,
    holders: &Many<Q::Holder>,
    sent: &Value,
    cx: &mut Ctx,
) -> Reply<Answer> {
    name(called, MOST)?;
    let set = Q::set(called, merged("{}", groups, Q::GROUPS)?);
    let quota = cx.tx().insert(slot, set).await.map_err(|fault| taken::<Q>(fault, called))?;
    cx.tx().annotate(requested(&format!("audit.{}.create", Q::KIND.name), called, sent));
    for holder in named::<Q>(holders, Q::UNKNOWN[0], cx).await? {
        if !is_inside(&quota, &holder) {
            return Err(unknown::<Q>(&[holder.id().to_string()], Q::UNKNOWN[0]));
        }
        give(&quota, &holder, cx).await?;
    }
    let row = cx.tx().get(&quota).await?;
    Answer::created(&one::<Q>(row, cx).await?)
}

async fn show<Q: Quota>(quota: Granted<Read, Q>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&quota).await?;
    Answer::ok(&one::<Q>(row, cx).await?)
}

async fn update<Q: Quota>(quota: Granted<Update, Q>, patch: Doc<Patch>, cx: &mut Ctx) -> Reply<Answer> {
    let (Doc { it: patch, sent }, row) = (patch, cx.tx().get(&quota).await?);
    let limits = merged(Q::limits(&row.own), &patch.groups, Q::GROUPS)?;
    let called = patch.name.as_deref().unwrap_or(Q::name(&row.own));
    name(called, MOST)?;
    let set = Q::set(called, limits);
    cx.tx().update(&quota, set).await.map_err(|fault| taken::<Q>(fault, called))?;
    cx.tx().annotate(requested(&format!("audit.{}.update", Q::KIND.name), called, &sent));
    let row = cx.tx().get(&quota).await?;
    Answer::ok(&one::<Q>(row, cx).await?)
}

async fn delete<Q: Quota>(quota: Granted<Delete, Q>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let (row, kind) = (cx.tx().get(&quota).await?, Q::KIND.name);
    if is_applied::<Q>(row.guid, cx).await? {
        return Err(Fault::invalid(Q::APPLIED));
    }
    cx.tx().delete(quota).await?;
    cx.tx().annotate(event(&format!("audit.{kind}.delete"), Q::name(&row.own)));
    job::done(cx, &format!("{kind}.delete"), row.guid, kind).await
}

async fn apply<Q: Quota>(quota: Granted<Update, Q>, to: Doc<Many<Q::Holder>>, cx: &mut Ctx) -> Reply<Answer> {
    if to.it.ids().is_empty() {
        return Err(Fault::invalid("Data can't be blank"));
    }
    for holder in named::<Q>(&to.it, Q::UNKNOWN[1], cx).await? {
        if !is_inside(&quota, &holder) {
            return Err(Fault::invalid(
                "Space quotas cannot be applied outside of their owning organization.",
            ));
        }
        give(&quota, &holder, cx).await?;
    }
    let id = quota.id().uuid();
    let all = holders::<Q>(vec![id], cx).await?.remove(&id).unwrap_or_default();
    let path = format!("{}s/{id}/relationships/{}s", Q::KIND.name, Q::Holder::KIND.name);
    Answer::ok(&relationship(&cx.links.api, &path, guids(all.into_iter())))
}

/// The organizations or spaces that a body names, to be changed.
async fn named<Q: Quota>(
    named: &Many<Q::Holder>,
    why: &str,
    cx: &mut Ctx,
) -> Reply<Vec<Granted<Update, Q::Holder>>> {
    let (mut found, mut absent) = (vec![], vec![]);
    for id in named.ids() {
        match cx.tx().grant(id).await {
            Ok(holder) => found.push(holder),
            Err(Fault::Denied(Denied::Hidden, _)) => absent.push(id.to_string()),
            Err(other) => return Err(other),
        }
    }
    if absent.is_empty() { Ok(found) } else { Err(unknown::<Q>(&absent, why)) }
}

fn unknown<Q: Quota>(guids: &[String], why: &str) -> Fault {
    let plural = capital(Q::Holder::KIND.name);
    Fault::invalid(format!("{plural}s with guids {guids:?} {why}"))
}

/// A quota of an organization is for its spaces alone.
fn is_inside<V, W, Q, H>(quota: &Granted<V, Q>, holder: &Granted<W, H>) -> bool {
    quota.place().organization.is_none() || quota.place().organization == holder.place().organization
}

/// Applies a quota to a holder, whose members see it from then on instead of the one before.
async fn give<V: Implies<Read>, Q: Quota>(
    quota: &Granted<V, Q>,
    holder: &Granted<Update, Q::Holder>,
    cx: &mut Ctx,
) -> Reply<()> {
    let (row, own) = (cx.tx().get(quota).await?, cx.tx().get(holder).await?.own);
    let (before, name) = Q::of(&own);
    if let Some(before) = before {
        let before = cx.tx().grant::<Read, Q>(Id::new(before)).await?;
        cx.tx().unshare(&before, holder).await?;
    }
    cx.tx().update(holder, Q::hold(Some(row.guid))).await?;
    cx.tx().annotate(about::<Q>(&row, holder.id(), name, "apply"));
    cx.tx().share(quota, holder).await
}

/// The event of a holder is one of its quota.
fn about<Q: Quota>(row: &Fields<Q::Own>, holder: Id<Q::Holder>, name: &str, what: &str) -> Annotation {
    let (kind, of) = (Q::KIND.name, Q::Holder::KIND.name);
    let data = json!({format!("{of}_guid"): holder, format!("{of}_name"): name});
    let event = event(&format!("audit.{kind}.{what}"), Q::name(&row.own));
    Annotation { target: Some((row.guid, kind)), data, ..event }
}

fn taken<Q: Quota>(fault: Fault, name: &str) -> Fault {
    match fault {
        Fault::Unique(_) => Fault::invalid(format!("{} '{name}' already exists.", Q::TITLE)),
        other => other,
    }
}

/// To whom each of these quotas is applied, among those that the caller may see.
async fn holders<Q: Quota>(quotas: Vec<Uuid>, cx: &mut Ctx) -> Reply<HashMap<Uuid, Vec<Uuid>>> {
    let seen = cx.tx().visible::<Q::Holder>().await?;
    // The field names all of them, whatever their number.
    let all = Query::<Q::Holder>::first(i64::MAX).when(Cond::Ids("quota", quotas));
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in cx.tx().list(&seen, &all).await?.rows {
        if let (Some(quota), _) = Q::of(&row.own) {
            found.entry(quota).or_default().push(row.guid);
        }
    }
    Ok(found)
}

/// Whether anybody has the quota, also somebody whom the caller does not see.
async fn is_applied<Q: Quota>(quota: Uuid, cx: &mut Ctx) -> Reply<bool> {
    let me = cx.tx().assume(Duty::Jobs);
    let seen = cx.tx().visible::<Q::Holder>().await;
    let found = match &seen {
        Ok(seen) => cx.tx().find(seen, Cond::Ids("quota", vec![quota])).await,
        Err(fault) => Err(fault.clone()),
    };
    cx.tx().resume(me);
    Ok(found?.is_some())
}

async fn one<Q: Quota>(row: Fields<Q::Own>, cx: &mut Ctx) -> Reply<Value> {
    Ok(views::<Q>(&[row], cx).await?.pop().unwrap_or_default())
}

async fn views<Q: Quota>(rows: &[Fields<Q::Own>], cx: &mut Ctx) -> Reply<Vec<Value>> {
    let mut holders = holders::<Q>(rows.iter().map(|row| row.guid).collect(), cx).await?;
    let (plural, held) = (format!("{}s", Q::KIND.name), format!("{}s", Q::Holder::KIND.name));
    let view = |row: &Fields<Q::Own>| {
        let own = View::of(row, &cx.links.api, &plural).own("name", Q::name(&row.own));
        let limits = Q::limits(&row.own);
        let own = Q::GROUPS.iter().fold(own, |view, group| view.own(group, shown(limits, group)));
        let applied = holders.remove(&row.guid).unwrap_or_default();
        Q::more(row, own).many(&held, applied.into_iter()).done()
    };
    Ok(rows.iter().map(view).collect())
}

fn looks<Q: Quota>() -> Shape {
    let own = Looks::of().own("name", TEXT);
    let own = Q::GROUPS.iter().fold(own, |looks, group| looks.own(group, look(group)));
    Q::more_looks(own).many(&format!("{}s", Q::Holder::KIND.name)).done(Q::KIND.name)
}

/// What [`apply`] answers.
fn applied() -> Shape {
    relationship_look(guids_look())
}

/// The most characters of a quota's name.
const MOST: usize = 250;
