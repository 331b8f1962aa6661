//! `/Groups/{id}/members`.

use super::body::MemberBody;
use super::view;
use crate::member::{Member, kinds_of, members_of};
use serde_json::Value;
use std::collections::HashMap;
use uaa_authz::{Read, Update, Writes};
use uaa_directory::Group;
use uaa_model::{Code, Fault, Reply};
use uaa_plugin::{Answer, Ctx, Json};
use uaa_store::{Granted, Proof, Tx};
use uuid::Uuid;

pub(super) async fn list(granted: Granted<Read, Group>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let members = present(cx.tx(), &granted, granted.id().uuid()).await?;
    Answer::ok(&Value::from(members.iter().map(view::member).collect::<Vec<_>>()))
}

pub(super) async fn read(granted: Granted<Read, Group>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let member = one(cx, &granted, granted.id().uuid()).await?;
    Answer::ok(&view::member(&member))
}

pub(super) async fn create(
    granted: Granted<Update, Group>,
    Json(body): Json<MemberBody>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let tx = cx.tx();
    let kinds = kinds_of(tx, &granted, &[body.id]).await?;
    let Some(kind) = kinds.get(&body.id).filter(|kind| body.is_of(kind)) else {
        return Err(missing(body.id));
    };
    let origin = body.origin()?.to_owned();
    if !tx.join(&granted, body.id, &origin).await? {
        return Err(Fault::protocol(
            Code::new(409, "member_already_exists"),
            format!("Member already exists: {}", body.id),
        ));
    }
    Answer::created(&view::member(&Member { id: body.id, kind: kind.clone(), origin }))
}

pub(super) async fn delete(granted: Granted<Update, Group>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let member = one(cx, &granted, granted.id().uuid()).await?;
    cx.tx().leave(&granted, member.id).await?;
    Answer::ok(&view::member(&member))
}

/// Puts all of them into the group; whoever is in it already stays as he is.
pub(super) async fn join_all<V: Writes>(
    tx: &mut Tx,
    group: &Granted<V, Group>,
    members: &[MemberBody],
) -> Reply<()> {
    let ids: Vec<Uuid> = members.iter().map(|m| m.id).collect();
    let kinds = kinds_of(tx, group, &ids).await?;
    for member in members {
        if !kinds.get(&member.id).is_some_and(|kind| member.is_of(kind)) {
            return Err(Fault::invalid(format!("Invalid group member: {}", member.id)));
        }
        let origin = member.origin()?;
        tx.join(group, member.id, origin).await?;
    }
    Ok(())
}

async fn one(cx: &mut Ctx, proof: &impl Proof, group: Uuid) -> Reply<Member> {
    let id: Option<uaa_model::Id<Group>> = cx.params.id(1);
    let absent = || Fault::NotFound("member not found".into());
    let id = id.ok_or_else(absent)?.uuid();
    present(cx.tx(), proof, group).await?.into_iter().find(|m| m.id == id).ok_or_else(|| missing(id))
}

async fn present(tx: &mut Tx, proof: &impl Proof, group: Uuid) -> Reply<Vec<Member>> {
    let mut all: HashMap<Uuid, Vec<Member>> = members_of(tx, proof, &[group]).await?;
    Ok(all.remove(&group).unwrap_or_default())
}

fn missing(id: Uuid) -> Fault {
    Fault::protocol(Code::new(404, "scim_resource_not_found"), format!("Member {id} does not exist"))
}
