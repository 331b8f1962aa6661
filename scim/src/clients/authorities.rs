//! A client's authorities are role bindings of its own: what the list says is what it holds.

use uaa_authz::{Duty, built_in_id, role_of_scope};
use uaa_directory::{Client, RoleBinding};
use uaa_model::{Fault, Id, Reply};
use uaa_store::{Binding, Cond, Field, Granted, Query, Set, Tx};
use uuid::Uuid;

/// Binds what is new in the list and takes away what is not in it any more.
///
/// Nobody gives a client what he lacks; the bindings themselves are the product's own work, because `clients.write` opens
/// none.
pub(super) async fn rebind<V>(
    tx: &mut Tx,
    client: &Granted<V, Client>,
    before: &[String],
    after: &[String],
) -> Reply<()> {
    let missing = |from: &[String], other: &[String]| -> Vec<String> {
        from.iter().filter(|name| !other.contains(name)).cloned().collect()
    };
    let (gone, new) = (missing(before, after), missing(after, before));
    let registry = tx.registry().clone();
    for role in new.iter().filter_map(|authority| role_of_scope(authority)) {
        let (_, mask) = registry
            .role(built_in_id(role))
            .ok_or_else(|| Fault::Internal(format!("role `{role}` is not registered")))?;
        tx.may_hand_out(client, mask).await?;
    }
    let me = tx.assume(Duty::Bootstrap);
    let done = swap(tx, client.id().uuid(), &gone, &new).await;
    tx.resume(me);
    done
}

async fn swap(tx: &mut Tx, client: Uuid, gone: &[String], new: &[String]) -> Reply<()> {
    let roles: Vec<Uuid> = gone.iter().filter_map(|name| role_of_scope(name)).map(built_in_id).collect();
    if !roles.is_empty() {
        let seen = tx.visible::<RoleBinding>().await?;
        // As many as there are authorities: each stands for one role, and is bound once.
        let query = Query::first(i64::try_from(roles.len()).unwrap_or(i64::MAX))
            .when(Cond::Ids("subject", vec![client]))
            .when(Cond::Ids("role", roles))
            .when(Cond::In(Field::Text("source"), vec![SOURCE.into()]));
        for row in tx.list::<RoleBinding>(&seen, &query).await?.rows {
            let binding = tx.grant(Id::new(row.guid)).await?;
            tx.unbind::<RoleBinding>(binding).await?;
        }
    }
    for authority in new {
        let Some(role) = role_of_scope(authority) else { continue };
        let slot = tx.slot::<RoleBinding>(Id::new(tx.zone())).await?;
        let binding = Binding {
            subject: client,
            subject_kind: "client",
            role: built_in_id(role),
            role_name: role.into(),
            scope: Some(authority.clone()),
            source: SOURCE,
            expires: 0,
        };
        tx.bind(slot, binding, Set::default()).await?;
    }
    Ok(())
}

/// Tells these bindings from those that somebody made for the client.
const SOURCE: &str = "authorities";
