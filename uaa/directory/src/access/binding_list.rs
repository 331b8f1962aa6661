//! All bindings that the caller may see: three kinds, one list.

use super::binding::view;
use super::list::{Paging, bad, id};
use crate::{BindingOwn, OrganizationRole, RoleBinding, SpaceRole};
use uaa_authz::RoleLevel;
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::{Answer, Ctx, Input, Need, NeedInfo, Raw, Reads};
use uaa_store::{Cond, Field, Fields, Stored, Visible};

/// `?subject=&role=&place=&level=&source=`.
#[derive(Debug)]
pub(super) struct Bindings {
    paging: Paging,
    level: Option<RoleLevel>,
    conds: Vec<Cond>,
}

impl Input for Bindings {
    const NAME: &'static str = "list";

    fn read(raw: &Raw) -> Reply<Self> {
        let paging = Paging::read(&raw.query, FILTERS)?;
        let (mut level, mut conds) = (None, vec![]);
        for (name, value) in &paging.filters {
            match name.as_str() {
                "subject" => conds.push(Cond::Ids("subject", vec![id(name, value)?])),
                "place" => conds.push(Cond::Ids("place", vec![id(name, value)?])),
                "source" => conds.push(Cond::In(Field::Text("source"), vec![value.clone()])),
                "role" => conds.push(match value.parse() {
                    Ok(id) => Cond::Ids("role", vec![id]),
                    Err(_) => Cond::In(Field::Text("role_name"), vec![value.clone()]),
                }),
                _ => {
                    let known = LEVELS.into_iter().find(|l| l.name() == value);
                    let wrong = || bad("the parameter `level` is one of zone, organization, space");
                    level = Some(known.ok_or_else(wrong)?);
                }
            }
        }
        Ok(Bindings { paging, level, conds })
    }

    fn reads() -> Reads {
        Paging::reads(FILTERS)
    }
}

const FILTERS: &[&str] = &["subject", "role", "place", "level", "source"];
const LEVELS: [RoleLevel; 3] = [RoleLevel::Zone, RoleLevel::Organization, RoleLevel::Space];

/// What may be seen of each level. Of one that is asked for by name, being refused is the answer; of all three, what the
/// token does not open is left out.
pub(super) struct Seen {
    zone: Option<Visible<RoleBinding>>,
    organization: Option<Visible<OrganizationRole>>,
    space: Option<Visible<SpaceRole>>,
}

impl Need<Bindings> for Seen {
    const INFO: NeedInfo = NeedInfo::Either(
        &NeedInfo::List("role_binding"),
        &NeedInfo::Either(&NeedInfo::List("organization_role"), &NeedInfo::List("space_role")),
    );

    async fn obtain(cx: &mut Ctx, input: &Reply<Bindings>) -> Reply<Self> {
        let level = input.as_ref().ok().and_then(|ask| ask.level);
        let seen = Seen {
            zone: visible(cx, level, RoleLevel::Zone).await?,
            organization: visible(cx, level, RoleLevel::Organization).await?,
            space: visible(cx, level, RoleLevel::Space).await?,
        };
        if seen.zone.is_none() && seen.organization.is_none() && seen.space.is_none() {
            return Err(Fault::Denied(Denied::Scope, "role_binding"));
        }
        Ok(seen)
    }
}

async fn visible<R: Stored>(
    cx: &mut Ctx,
    wanted: Option<RoleLevel>,
    level: RoleLevel,
) -> Reply<Option<Visible<R>>> {
    if wanted.is_some_and(|wanted| wanted != level) {
        return Ok(None);
    }
    match cx.tx().visible().await {
        Ok(seen) => Ok(Some(seen)),
        Err(Fault::Denied(Denied::Scope, _)) if wanted.is_none() => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Each level gives its first rows behind `after`; the oldest of all are the page. So a page costs three lists at most,
/// however many there are.
pub(super) async fn list(seen: Seen, ask: Bindings, cx: &mut Ctx) -> Reply<Answer> {
    let mut all = All { rows: vec![], total: 0 };
    if let Some(seen) = &seen.zone {
        // The table holds all three; at the zone stand those whose place it is.
        let here = Cond::Ids("place", vec![cx.zone()]);
        all.add(cx, &ask, seen, here).await?;
    }
    if let Some(seen) = &seen.organization {
        all.add(cx, &ask, seen, Cond::Present("at_org")).await?;
    }
    if let Some(seen) = &seen.space {
        all.add(cx, &ask, seen, Cond::Present("in_org")).await?;
    }
    all.rows.sort_unstable_by_key(|row| row.guid);
    let url = format!("{}/access/v1/bindings", cx.links.uaa);
    Answer::ok(&ask.paging.answer(all.rows, all.total, &url, |row| row.guid, view))
}

struct All {
    rows: Vec<Fields<BindingOwn>>,
    total: i64,
}

impl All {
    async fn add<R>(&mut self, cx: &mut Ctx, ask: &Bindings, seen: &Visible<R>, kind: Cond) -> Reply<()>
    where
        R: Stored<Own = BindingOwn>,
    {
        let mut query = ask.paging.query();
        query.conds.clone_from(&ask.conds);
        let page = cx.tx().list(seen, &query.when(kind)).await?;
        self.total += page.total;
        self.rows.extend(page.rows);
        Ok(())
    }
}
