//! Making, changing and deleting a client.

use super::body::{ClientBody, Whole};
use super::{Keeper, authorities, limits, note, sector, view};
use crate::users::account;
use serde_json::Value;
use std::sync::Arc;
use uaa_authz::{Delete, Duty, Update};
use uaa_directory::password::Source;
use uaa_directory::{ByName, Client, ClientOwn, Credentials, User, end_client};
use uaa_model::{Code, Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Json, Ready};
use uaa_store::{Cond, Field, Fields, Granted, Set, Slot, Tx};

/// Of a new client's secret and of its second one, as far as it has them.
pub(super) type Hashes = [Option<String>; 2];

/// The hashes of a new client's secrets.
pub(super) async fn hashed(
    Keeper { credentials, outside }: Keeper,
    _: Slot<Client>,
    Json(body): Json<ClientBody>,
    cx: &mut Ctx,
) -> Reply<Hashes> {
    let new = check_new(cx.tx(), &body).await?;
    let account = account(cx);
    let source = Source { account: &account, address: &cx.caller.address.clone() };
    cx.tx().release();
    sector::vouches(&*outside, &[new]).await?;
    let mut hashes = [None, None];
    for (hash, secret) in hashes.iter_mut().zip([body.secret(), body.second_secret()]) {
        if let Some(secret) = secret {
            *hash = Some(credentials.new_client_secret(secret, source).await?);
        }
    }
    Ok(hashes)
}

pub(super) async fn create(
    slot: Slot<Client>,
    Ready { input: Json(body), ready: hashes }: Ready<Json<ClientBody>, Hashes>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let row = make(cx.tx(), slot, &body, (*hashes).clone()).await?;
    Answer::created(&view(&row))
}

/// Everything but the secret, which has a path of its own.
pub(super) async fn replace(
    ByName(client): ByName<Update, Client>,
    Ready { input: Json(body), .. }: Ready<Json<ClientBody>, ()>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let row = alter(cx.tx(), &client, &body).await?;
    Answer::ok(&view(&row))
}

pub(super) async fn delete(
    credentials: Arc<Credentials>,
    ByName(client): ByName<Delete, Client>,
    (): (),
    cx: &mut Ctx,
) -> Reply<Answer> {
    let row = end(cx.tx(), client, &credentials).await?;
    let mut shown = view(&row);
    if let Value::Object(all) = &mut shown {
        all.insert("approvals_deleted".into(), true.into());
    }
    Answer::ok(&shown)
}

/// What can be wrong with a new client without its secret being hashed.
pub(super) async fn check_new(tx: &mut Tx, body: &ClientBody) -> Reply<Whole> {
    let new = body.new_client()?;
    limits::hold(tx, &new).await?;
    free(tx, &new.client_id).await?;
    Ok(new)
}

/// Makes one, with the hashes of its secrets.
pub(crate) async fn make(
    tx: &mut Tx,
    slot: Slot<Client>,
    body: &ClientBody,
    [hash, second]: Hashes,
) -> Reply<Fields<ClientOwn>> {
    let new = body.new_client()?;
    limits::hold(tx, &new).await?;
    free(tx, &new.client_id).await?;
    let set = new
        .set()
        .put(Client::client_id, new.client_id.as_str())
        .put(Client::secret, hash)
        .put(Client::generation, tx.now());
    let id = tx.ids().uuid();
    let set = set.maybe(Client::secret_two, second.map(Some));
    let made = tx.insert_as(slot, Id::new(id), Some(id), set).await?;
    note(tx, "ClientCreateSuccess", &new.client_id);
    tx.enroll(&made).await?;
    authorities::rebind(tx, &made, &[], &new.authorities).await?;
    tx.get(&made).await
}

/// Changes one. What the request leaves out stays; where it is known otherwise than before, all its tokens end.
pub(super) async fn alter(
    tx: &mut Tx,
    client: &Granted<Update, Client>,
    body: &ClientBody,
) -> Reply<Fields<ClientOwn>> {
    let before = tx.get(client).await?.own;
    let after = body.changed(&before)?;
    limits::hold(tx, &after).await?;
    let (mut set, otherwise) = (after.set(), after.is_known_otherwise(&before));
    // Whoever says by what a client is known can be that client, as with a secret.
    if otherwise || after.becomes_public(&before) {
        tx.may_stand_in_for(client).await?;
    }
    if otherwise {
        set = set.put(Client::generation, before.generation + 1);
    }
    tx.update(client, set).await?;
    note(tx, "ClientUpdateSuccess", &before.client_id);
    let had: Vec<String> = serde_json::from_str(&before.authorities).unwrap_or_default();
    authorities::rebind(tx, client, &had, &after.authorities).await?;
    tx.get(client).await
}

/// Sets its one secret, by whoever may be that client. All its tokens end.
pub(super) async fn renew(
    tx: &mut Tx,
    client: &Granted<Update, Client>,
    hash: String,
    credentials: &Credentials,
) -> Reply<()> {
    tx.may_stand_in_for(client).await?;
    let own = tx.get(client).await?.own;
    let none: Option<String> = None;
    let set = Set::default()
        .put(Client::secret, Some(hash))
        .put(Client::secret_two, none)
        .put(Client::generation, own.generation + 1);
    tx.update(client, set).await?;
    note(tx, "SecretChangeSuccess", &own.client_id);
    credentials.forget_client(client.id().uuid());
    Ok(())
}

/// Ends one, with all that is of it.
pub(crate) async fn end(
    tx: &mut Tx,
    client: Granted<Delete, Client>,
    credentials: &Credentials,
) -> Reply<Fields<ClientOwn>> {
    let row = end_client(tx, client).await?;
    note(tx, "ClientDeleteSuccess", &row.own.client_id);
    credentials.forget_client(row.guid);
    Ok(row)
}

/// Before the insert: a statement that breaks a constraint ends the transaction on PostgreSQL.
async fn free(tx: &mut Tx, client_id: &str) -> Reply<()> {
    let me = tx.assume(Duty::SignIn);
    let known = match tx.visible::<Client>().await {
        Ok(seen) => tx.find(&seen, Cond::In(Field::Text("client_id"), vec![client_id.to_owned()])).await,
        Err(fault) => Err(fault),
    };
    // RFC 9700 section 4.15: `sub` of its own tokens would be a person's.
    let person = match (client_id.parse(), tx.visible::<User>().await) {
        (Ok(id), Ok(seen)) => tx.find(&seen, Cond::Ids("guid", vec![id])).await.map(|row| row.is_some()),
        (_, seen) => seen.map(|_| false),
    };
    tx.resume(me);
    if known?.is_some() || person? {
        let text = format!("Client already exists: {client_id}");
        return Err(Fault::protocol(Code::new(409, "invalid_client"), text));
    }
    Ok(())
}
