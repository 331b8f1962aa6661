//! `PUT /oauth/clients/{id}/secret`: a new secret at once, or a second one for as long as everybody needs to change over.

use super::body::refused;
use super::note;
use crate::users::account;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Resource, Update, Verb};
use uaa_directory::password::Source;
use uaa_directory::{Client, Credentials, client_for_right, has_right};
use uaa_model::{Fault, Reply, Secret};
use uaa_plugin::{Answer, Ctx, Json, Need, NeedInfo, Ready};
use uaa_store::{Granted, Set};

/// The new secret, the old one when it is the caller's own, and what to do with them.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecretBody {
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    old_secret: Option<Secret>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    secret: Option<Secret>,
    #[serde(default)]
    change_mode: Mode,
}

/// What becomes of the secrets.
#[derive(Clone, Copy, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Mode {
    /// The new one beside the one there is.
    Add,
    /// The newer of two stays.
    Delete,
    /// The new one alone.
    #[default]
    Update,
}

/// The right to set that client's secret: one's own, with the old one, or another's with the role.
#[derive(Debug)]
pub(super) struct SecretChange {
    client: Granted<Update, Client>,
    proves: bool,
}

impl<I: Sync> Need<I> for SecretChange {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Update, KIND);

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        let client = client_for_right(KIND, cx, input).await?;
        let tx = cx.tx();
        has_right(tx, &client, KIND, Verb::Update).await?;
        let own = client.place().owner.is_some() && client.place().owner == tx.actor().subject.id();
        if !own {
            // Whoever sets the secret of another can be that other.
            tx.may_stand_in_for(&client).await?;
            return Ok(SecretChange { client, proves: false });
        }
        // UAA's `clients.admin` and `uaa.admin` prove nothing, not even about themselves.
        let proves = match has_right(tx, &client, Client::KIND.name, Verb::Secret).await {
            Ok(()) => false,
            Err(Fault::Lacking(..)) => true,
            Err(other) => return Err(other),
        };
        Ok(SecretChange { client, proves })
    }
}

/// A change that was found good, and against which stored hashes.
#[derive(Debug)]
pub(super) struct Proved {
    before: [Option<String>; 2],
    after: [Option<String>; 2],
}

/// Everything that hashes: the old secret where it is one's own, and the new one.
pub(super) async fn proved(
    credentials: Arc<Credentials>,
    SecretChange { client, proves }: SecretChange,
    Json(body): Json<SecretBody>,
    cx: &mut Ctx,
) -> Reply<Proved> {
    let row = cx.tx().get(&client).await?;
    let (account, address, now) = (account(cx), cx.caller.address.clone(), cx.now());
    let source = Source { account: &account, address: &address };
    cx.tx().release();
    let before = [row.own.secret, row.own.secret_two];
    if proves {
        let stored: Vec<String> = before.iter().flatten().cloned().collect();
        let none = Secret::default();
        let old = body.old_secret.as_ref().unwrap_or(&none);
        if !credentials
            .client_secret(Some((row.guid, &stored)), std::slice::from_ref(old), source, now)
            .await?
        {
            return Err(refused("Previous secret is required and must be valid"));
        }
    }
    let new = body.secret.as_ref().ok_or_else(|| refused("A new secret is required"));
    let after = match (body.change_mode, &before) {
        (Mode::Add, [_, Some(_)]) => {
            return Err(refused("client secret is either empty or client already has two secrets."));
        }
        (Mode::Delete, [_, None]) => {
            return Err(refused("client secret is either empty or client has only one secret."));
        }
        (Mode::Add, [Some(one), None]) => {
            [Some(one.clone()), Some(credentials.new_client_secret(new?, source).await?)]
        }
        (Mode::Delete, [_, Some(newer)]) => [Some(newer.clone()), None],
        (Mode::Add, [None, None]) | (Mode::Update, _) => {
            [Some(credentials.new_client_secret(new?, source).await?), None]
        }
    };
    Ok(Proved { before, after })
}

/// Sets it. Where a secret ends, so does every token of the client; a second one ends nothing.
pub(super) async fn change(
    credentials: Arc<Credentials>,
    SecretChange { client, .. }: SecretChange,
    Ready { input: Json(body), ready: proved }: Ready<Json<SecretBody>, Proved>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let tx = cx.tx();
    let row = tx.get(&client).await?;
    if [row.own.secret, row.own.secret_two] != proved.before {
        return Err(Fault::Conflict("The secret was changed by another request meanwhile".into()));
    }
    let (ends, said) = match body.change_mode {
        Mode::Add => (0, "Secret is added"),
        Mode::Delete => (1, "Secret is deleted"),
        Mode::Update => (1, "secret updated"),
    };
    let [one, two] = proved.after.clone();
    let set = Set::default()
        .put(Client::secret, one)
        .put(Client::secret_two, two)
        .put(Client::generation, row.own.generation + ends);
    tx.update(&client, set).await?;
    note(tx, "SecretChangeSuccess", &row.own.client_id);
    credentials.forget_client(row.guid);
    Answer::ok(&json!({"status": "ok", "message": said}))
}

/// The kind of the right; no row is one.
const KIND: &str = "client_secret";
