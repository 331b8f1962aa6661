//! What UAA allows to a caller who holds `clients.write` and not `clients.admin`.

use super::body::{Whole, refused};
use uaa_authz::Duty;
use uaa_directory::{Client, ClientBatch};
use uaa_model::{Fault, Id, Reply};
use uaa_store::{Cond, Field, Tx};

/// Whether the caller may have a client like this one: made so, or left so by a change.
///
/// All of it counts, also what a change leaves as it was: whoever could set the redirects of a client that is more than they
/// may make would have what it has.
///
/// # Errors
/// `invalid_client` in UAA's words.
pub(super) async fn hold(tx: &mut Tx, client: &Whole) -> Reply<()> {
    match tx.slot::<ClientBatch>(Id::new(tx.zone())).await {
        Ok(_) => return Ok(()),
        Err(Fault::Denied(..)) => {}
        Err(other) => return Err(other),
    }
    if client.has("password") {
        return Err(refused("password is not an allowed grant type for non-admin caller."));
    }
    if client.has("implicit") && client.has("authorization_code") {
        return Err(refused(
            "Not allowed: implicit grant type is not allowed together with authorization_code",
        ));
    }
    let caller = tx.actor().client.to_string();
    let own = scopes_of(tx, &caller).await?;
    let prefix = format!("{caller}.");
    let allowed = |scope: &&String| scope.starts_with(&prefix) || own.contains(scope) || *scope == NONE;
    if let Some(scope) = client.scope.iter().find(|scope| !allowed(scope)) {
        let own = own.join(", ");
        return Err(refused(format!(
            "{scope} is not an allowed scope for caller={caller}. Must have prefix in [{prefix}] or be one of: [{own}]"
        )));
    }
    // A client of its own may be a resource server.
    let may: &[&str] = if client.has("client_credentials") { &[NONE, "uaa.resource"] } else { &[NONE] };
    if let Some(authority) = client.authorities.iter().find(|authority| !may.contains(&authority.as_str())) {
        let may = may.join(", ");
        return Err(refused(format!(
            "{authority} is not an allowed authority for caller={caller}. Must be one of: [{may}]"
        )));
    }
    Ok(())
}

/// The scopes of the caller's client: none when it is not one of this zone.
async fn scopes_of(tx: &mut Tx, client_id: &str) -> Reply<Vec<String>> {
    let me = tx.assume(Duty::SignIn);
    let known = match tx.visible::<Client>().await {
        Ok(seen) => tx.find(&seen, Cond::In(Field::Text("client_id"), vec![client_id.to_owned()])).await,
        Err(fault) => Err(fault),
    };
    tx.resume(me);
    Ok(known?.and_then(|row| serde_json::from_str(&row.own.scope).ok()).unwrap_or_default())
}

const NONE: &str = "uaa.none";
