//! `/oauth/clients/tx`: many clients at once, all or none of them.

use super::body::{ClientBody, Whole, refused};
use super::write::{alter, check_new, end, make, renew};
use super::{Keeper, looks, sector, view};
use crate::users::account;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use uaa_authz::{Delete, Does, Duty, Update, Zone};
use uaa_directory::password::Source;
use uaa_directory::{Client, ClientBatch, ClientOwn, Credentials, Named, end_approvals};
use uaa_model::{Fault, Id, Reply, Secret};
use uaa_plugin::shape::{FLAG, Shape, TEXT};
use uaa_plugin::{Answer, Ctx, Fetch, Json, Ready, Within};
use uaa_store::{Fields, Granted, Slot, Tx};

/// An array in a body.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub(super) struct Many<T>(Vec<T>);

impl<T> Within<ClientBatch> for Many<T> {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

impl<T> Many<T> {
    fn some(&self) -> Reply<&[T]> {
        match self.0.as_slice() {
            [] => Err(refused("No clients specified for update.")),
            all if all.len() > MOST => Err(refused(format!("more than {MOST} clients at once"))),
            all => Ok(all),
        }
    }
}

/// A client, and what to do with it.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
pub(super) struct Modification {
    #[serde(default)]
    action: Option<String>,
    #[serde(flatten)]
    client: ClientBody,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Add,
    Update,
    UpdateSecret,
    Delete,
    Secret,
}

impl Modification {
    fn action(&self) -> Reply<Action> {
        match self.action.as_deref() {
            Some("add") => Ok(Action::Add),
            Some("update") => Ok(Action::Update),
            Some("update,secret") => Ok(Action::UpdateSecret),
            Some("delete") => Ok(Action::Delete),
            Some("secret") => Ok(Action::Secret),
            Some(_) | None => Err(refused("Invalid action.")),
        }
    }
}

/// A new secret for a client.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewSecret {
    #[serde(alias = "client_id")]
    client_id: String,
    #[schemars(with = "String")]
    secret: Secret,
}

/// The hashes of new secrets, in the order of the array.
type Hashes = Vec<Option<String>>;

/// Everything that hashes, after everything that can be wrong without a hash.
pub(super) async fn hashed(
    Keeper { credentials, outside }: Keeper,
    _: Slot<ClientBatch>,
    Json(many): Json<Many<ClientBody>>,
    cx: &mut Ctx,
) -> Reply<Hashes> {
    let mut new = vec![];
    for body in many.some()? {
        new.push(check_new(cx.tx(), body).await?);
    }
    cx.tx().release();
    sector::vouches(&*outside, &new).await?;
    hash(&credentials, many.0.iter().map(|body| body.secret().map(Wanted::anyhow)), cx).await
}

pub(super) async fn create(
    _: Slot<ClientBatch>,
    Ready { input: Json(many), ready: hashes }: Ready<Json<Many<ClientBody>>, Hashes>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let mut made = vec![];
    for (body, hash) in many.some()?.iter().zip(hashes.iter()) {
        let row = add(cx.tx(), body, hash.clone()).await?;
        made.push(view(&row));
    }
    Answer::created(&Value::Array(made))
}

/// The documents of sectors, where they have to be read for what is changed.
pub(super) async fn vouched(
    outside: Arc<dyn Fetch>,
    _: Slot<ClientBatch>,
    Json(many): Json<Many<ClientBody>>,
    cx: &mut Ctx,
) -> Reply<()> {
    let mut after = vec![];
    for body in many.some()? {
        after.extend(changing(body, cx).await?);
    }
    cx.tx().release();
    sector::vouches(&*outside, &after).await
}

async fn changing(body: &ClientBody, cx: &mut Ctx) -> Reply<Option<Whole>> {
    let client = match named::<Update>(cx.tx(), body.client_id()?).await {
        Ok(client) => client,
        // It may be made in the same batch, and whoever may not is told so when it is its turn.
        Err(Fault::Denied(..)) if body.given("sector_identifier_uri").is_none() => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let before = cx.tx().get(&client).await?.own;
    sector::changed(body, &before)
}

pub(super) async fn replace(
    _: Slot<ClientBatch>,
    Ready { input: Json(many), .. }: Ready<Json<Many<ClientBody>>, ()>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let mut after = vec![];
    for body in many.some()? {
        let client = named::<Update>(cx.tx(), body.client_id()?).await?;
        after.push(view(&alter(cx.tx(), &client, body).await?));
    }
    Answer::ok(&Value::Array(after))
}

pub(super) async fn delete(
    credentials: Arc<Credentials>,
    _: Slot<ClientBatch>,
    Json(many): Json<Many<ClientBody>>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let mut gone = vec![];
    for body in many.some()? {
        let client = named::<Delete>(cx.tx(), body.client_id()?).await?;
        let row = end(cx.tx(), client, &credentials).await?;
        gone.push(with(view(&row), "approvals_deleted", true));
    }
    Answer::ok(&Value::Array(gone))
}

pub(super) async fn modified(
    Keeper { credentials, outside }: Keeper,
    _: Slot<ClientBatch>,
    Json(many): Json<Many<Modification>>,
    cx: &mut Ctx,
) -> Reply<Hashes> {
    let (mut secrets, mut written) = (vec![], vec![]);
    for one in many.some()? {
        let mut unless = vec![];
        if matches!(one.action()?, Action::Update | Action::UpdateSecret) {
            written.extend(changing(&one.client, cx).await?);
        }
        let secret = match one.action()? {
            Action::Add => {
                written.push(check_new(cx.tx(), &one.client).await?);
                one.client.secret()
            }
            Action::UpdateSecret | Action::Secret => {
                let secret = one.client.secret().ok_or_else(|| refused("A new secret is required"))?;
                let client = named::<Update>(cx.tx(), one.client.client_id()?).await?;
                let row = cx.tx().get(&client).await?;
                unless = [row.own.secret, row.own.secret_two].into_iter().flatten().collect();
                Some(secret)
            }
            Action::Update | Action::Delete => None,
        };
        secrets.push(secret.map(|secret| Wanted { secret, unless }));
    }
    cx.tx().release();
    sector::vouches(&*outside, &written).await?;
    hash(&credentials, secrets.into_iter(), cx).await
}

pub(super) async fn modify(
    credentials: Arc<Credentials>,
    _: Slot<ClientBatch>,
    Ready { input: Json(many), ready: hashes }: Ready<Json<Many<Modification>>, Hashes>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let mut all = vec![];
    for (one, hash) in many.some()?.iter().zip(hashes.iter()) {
        let action = one.action()?;
        let tx = cx.tx();
        let mut shown = match action {
            Action::Add => view(&add(tx, &one.client, hash.clone()).await?),
            Action::Delete => {
                let client = named::<Delete>(tx, one.client.client_id()?).await?;
                with(view(&end(tx, client, &credentials).await?), "approvals_deleted", true)
            }
            Action::Update | Action::UpdateSecret | Action::Secret => {
                let client = named::<Update>(tx, one.client.client_id()?).await?;
                if let Some(hash) = hash {
                    renew(tx, &client, hash.clone(), &credentials).await?;
                    end_approvals(tx, &client, one.client.client_id()?).await?;
                }
                let row = match action {
                    Action::Secret => tx.get(&client).await?,
                    _ => alter(tx, &client, &one.client).await?,
                };
                with(view(&row), "approvals_deleted", hash.is_some())
            }
        };
        if let (Value::Object(members), Some(action)) = (&mut shown, &one.action) {
            members.insert("action".into(), action.as_str().into());
        }
        all.push(shown);
    }
    Answer::ok(&Value::Array(all))
}

pub(super) fn modified_looks() -> Shape {
    looks().and([("action", TEXT)]).perhaps([("approvals_deleted", FLAG)]).named("client.modified")
}

pub(super) async fn secrets_hashed(
    credentials: Arc<Credentials>,
    _: Slot<ClientBatch>,
    Json(many): Json<Many<NewSecret>>,
    cx: &mut Ctx,
) -> Reply<Hashes> {
    for one in many.some()? {
        named::<Update>(cx.tx(), &one.client_id).await?;
    }
    hash(&credentials, many.0.iter().map(|one| Some(Wanted::anyhow(&one.secret))), cx).await
}

pub(super) async fn change_secrets(
    credentials: Arc<Credentials>,
    _: Slot<ClientBatch>,
    Ready { input: Json(many), ready: hashes }: Ready<Json<Many<NewSecret>>, Hashes>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let mut all = vec![];
    for (one, hash) in many.some()?.iter().zip(hashes.iter()) {
        let client = named::<Update>(cx.tx(), &one.client_id).await?;
        if let Some(hash) = hash {
            renew(cx.tx(), &client, hash.clone(), &credentials).await?;
            end_approvals(cx.tx(), &client, &one.client_id).await?;
        }
        let row = cx.tx().get(&client).await?;
        all.push(with(view(&row), "approvals_deleted", true));
    }
    Answer::ok(&Value::Array(all))
}

async fn add(tx: &mut Tx, body: &ClientBody, hash: Option<String>) -> Reply<Fields<ClientOwn>> {
    let slot = tx.slot::<Client>(Id::new(tx.zone())).await?;
    make(tx, slot, body, [hash, None]).await
}

/// The right about the client of that name, as whoever asks.
async fn named<V: Does>(tx: &mut Tx, client_id: &str) -> Reply<Granted<V, Client>> {
    let me = tx.assume(Duty::SignIn);
    let known = match tx.visible::<Client>().await {
        Ok(seen) => tx.find(&seen, Client::named(client_id.to_owned())).await,
        Err(fault) => Err(fault),
    };
    tx.resume(me);
    tx.grant(Id::new(known?.map(|row| row.guid).unwrap_or_default())).await
}

/// A secret to be hashed, unless it is one of those that are stored: then nothing changes, and nothing ends.
struct Wanted<'a> {
    secret: &'a Secret,
    unless: Vec<String>,
}

impl Wanted<'_> {
    fn anyhow(secret: &Secret) -> Wanted<'_> {
        Wanted { secret, unless: vec![] }
    }
}

async fn hash<'a>(
    credentials: &Credentials,
    secrets: impl Iterator<Item = Option<Wanted<'a>>>,
    cx: &mut Ctx,
) -> Reply<Hashes> {
    let (account, address) = (account(cx), cx.caller.address.clone());
    let source = Source { account: &account, address: &address };
    cx.tx().release();
    let mut hashes = vec![];
    for secret in secrets {
        let Some(Wanted { secret, unless }) = secret else {
            hashes.push(None);
            continue;
        };
        let mut same = false;
        for stored in &unless {
            same |= credentials.is_same(secret, stored, source).await?;
        }
        hashes.push(if same { None } else { Some(credentials.new_client_secret(secret, source).await?) });
    }
    Ok(hashes)
}

fn with(mut shown: Value, name: &str, value: bool) -> Value {
    if let Value::Object(members) = &mut shown {
        members.insert(name.to_owned(), value.into());
    }
    shown
}

/// More at once would hash for minutes, and hold the writer of the embedded database for long.
const MOST: usize = 100;
