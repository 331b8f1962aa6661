//! A client's authorities are role bindings of its own: what the list says is what it holds.

use uaa_directory::Client;
use uaa_directory::zone::Authority;
use uaa_model::Reply;
use uaa_store::{Granted, Tx};

/// Binds what is new in the list and takes away what is not in it any more. Nobody gives a client what he lacks.
pub(super) async fn rebind<V>(
    tx: &mut Tx,
    client: &Granted<V, Client>,
    before: &[String],
    after: &[String],
) -> Reply<()> {
    let id = client.id().uuid();
    let mut new = vec![];
    for name in after.iter().filter(|name| !before.contains(name)) {
        if let Some(authority) = Authority::of(name, tx)? {
            authority.may_be_given(tx, client).await?;
            new.push((authority, name));
        }
    }
    for name in before.iter().filter(|name| !after.contains(name)) {
        // A zone that is gone has taken its bindings with it.
        if let Ok(Some(authority)) = Authority::of(name, tx) {
            authority.unbind(tx, id, SOURCE).await?;
        }
    }
    for (authority, name) in new {
        authority.bind(tx, id, "client", SOURCE, name).await?;
    }
    Ok(())
}

/// Tells these bindings from those that somebody made for the client.
const SOURCE: &str = "authorities";
