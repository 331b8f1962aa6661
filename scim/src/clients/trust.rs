//! `PUT /oauth/clients/{id}/clientjwt`: the keys of a client that proves who it is by what it signs.

use super::body::{refused, wrong};
use super::note;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uaa_authz::{Update, Verb};
use uaa_directory::client_metadata::{encryption, keys, vouchers};
use uaa_directory::{Client, client_for_right, has_right};
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx, Json, Need, NeedInfo};
use uaa_store::{Granted, Set};

/// Keys, or where they are, or the name of one; and what to do with them.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
pub(super) struct TrustBody {
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    jwks_uri: Option<String>,
    #[serde(default)]
    jwks: Option<Value>,
    /// With `sub`, instead of keys: who vouches for the client.
    #[serde(default)]
    iss: Option<String>,
    /// What they call it.
    #[serde(default)]
    sub: Option<String>,
    /// Whom their tokens are for.
    #[serde(default)]
    aud: Option<String>,
    #[serde(default, rename = "changeMode")]
    change_mode: Mode,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Mode {
    /// These beside the ones there are.
    #[default]
    Add,
    /// These go.
    Delete,
    /// These alone.
    Update,
}

/// The right to say by which keys that client is known: one's own, or another's with the role.
#[derive(Debug)]
pub(super) struct Trust(Granted<Update, Client>);

impl<I: Sync> Need<I> for Trust {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Update, KIND);

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        let client = client_for_right(KIND, cx, input).await?;
        let tx = cx.tx();
        has_right(tx, &client, KIND, Verb::Update).await?;
        let own = client.place().owner.is_some() && client.place().owner == tx.actor().subject.id();
        if !own {
            // Whoever sets the keys of another can be that other.
            tx.may_stand_in_for(&client).await?;
        }
        Ok(Trust(client))
    }
}

/// Sets them. Where a key ends, so does every token of the client.
pub(super) async fn change(Trust(client): Trust, Json(body): Json<TrustBody>, cx: &mut Ctx) -> Reply<Answer> {
    let tx = cx.tx();
    let row = tx.get(&client).await?;
    let mut more: Map<String, Value> = serde_json::from_str(&row.own.more).unwrap_or_default();
    let ends = match body.change_mode {
        Mode::Add => 0,
        Mode::Delete | Mode::Update => 1,
    };
    let said = match (&body.iss, &body.sub) {
        (Some(iss), Some(sub)) => vouched(&body, (iss, sub), &mut more)?,
        _ => match body.change_mode {
            Mode::Add => add(&body, &mut more)?,
            Mode::Delete => remove(&body, &mut more)?,
            Mode::Update => replace(&body, &mut more)?,
        },
    };
    encryption::fits_keys(&more).map_err(wrong)?;
    let set = Set::default()
        .put(Client::more, Value::Object(more).to_string())
        .put(Client::generation, row.own.generation + ends);
    tx.update(&client, set).await?;
    note(tx, "ClientJwtChangeSuccess", &row.own.client_id);
    Answer::ok(&json!({"status": "ok", "message": said}))
}

/// Who vouches for the client. Whoever has keys may have vouchers beside them.
fn vouched(body: &TrustBody, (iss, sub): (&str, &str), more: &mut Map<String, Value>) -> Reply<&'static str> {
    let mut all = more.get(VOUCHERS).and_then(|all| all.as_array().cloned()).unwrap_or_default();
    if let Mode::Delete = body.change_mode {
        // UAA's way to say all of them.
        let every = (iss, sub) == ("*", "*");
        all.retain(|one| !every && (one["iss"] != iss || one["sub"] != sub));
        match all.is_empty() {
            true => more.remove(VOUCHERS),
            false => more.insert(VOUCHERS.into(), vouchers::checked(all).map_err(wrong)?),
        };
        return Ok("Federated client jwt configuration is deleted");
    }
    let one = vouchers::voucher(iss, sub, body.aud.as_deref()).map_err(wrong)?;
    let said = match body.change_mode {
        Mode::Update => {
            all.clear();
            "Client jwt configuration updated"
        }
        Mode::Add | Mode::Delete => "Federated client jwt configuration is added",
    };
    vouchers::add(&mut all, one);
    more.insert(VOUCHERS.into(), vouchers::checked(all).map_err(wrong)?);
    Ok(said)
}

/// Beside keys go keys alone, and an address beside nothing.
fn add(body: &TrustBody, more: &mut Map<String, Value>) -> Reply<&'static str> {
    match (&body.jwks_uri, &body.jwks) {
        (None, None) => return Ok("No key added"),
        (Some(uri), _) if more.get(JWKS).is_none() && more.get(JWKS_URI).is_none() => {
            more.insert(JWKS_URI.into(), keys::jwks_uri(uri).map_err(wrong)?.into());
        }
        (Some(_), _) => return Err(refused("the client has keys already; use changeMode UPDATE")),
        (None, Some(_)) if more.contains_key(JWKS_URI) => {
            return Err(refused("the client has a jwks_uri already; use changeMode UPDATE"));
        }
        (None, Some(jwks)) => {
            let mut all = listed(more);
            for key in keys::jwks(jwks).map_err(wrong)?["keys"].as_array().into_iter().flatten() {
                all.retain(|other| other["kid"] != key["kid"]);
                all.push(key.clone());
            }
            more.insert(JWKS.into(), keys::checked(all).map_err(wrong)?);
        }
    }
    Ok("Client jwt configuration is added")
}

fn remove(body: &TrustBody, more: &mut Map<String, Value>) -> Reply<&'static str> {
    let named: Vec<Value> = match (&body.kid, &body.jwks) {
        (Some(kid), _) => vec![kid.as_str().into()],
        (None, Some(jwks)) => keys::jwks(jwks).map_err(wrong)?["keys"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|k| k["kid"].clone())
            .collect(),
        (None, None) => vec![],
    };
    let uri = body.jwks_uri.as_deref().or(body.kid.as_deref());
    let had = more.get(JWKS_URI).and_then(Value::as_str);
    if had.is_some() && (uri == had || uri == Some("*")) {
        more.remove(JWKS_URI);
        return Ok("Client jwt configuration is deleted");
    }
    let (before, mut all) = (listed(more).len(), listed(more));
    all.retain(|key| !named.contains(&key["kid"]));
    if all.len() == before {
        return Ok("No key deleted");
    }
    if all.is_empty() {
        more.remove(JWKS)
    } else {
        more.insert(JWKS.into(), keys::checked(all).map_err(wrong)?)
    };
    Ok("Client jwt configuration is deleted")
}

fn replace(body: &TrustBody, more: &mut Map<String, Value>) -> Reply<&'static str> {
    let (name, value) = match (&body.jwks_uri, &body.jwks) {
        (Some(uri), _) => (JWKS_URI, Value::from(keys::jwks_uri(uri).map_err(wrong)?)),
        (None, Some(jwks)) => (JWKS, keys::jwks(jwks).map_err(wrong)?),
        (None, None) => return Err(refused("jwks or jwks_uri is required")),
    };
    more.remove(JWKS);
    more.remove(JWKS_URI);
    more.insert(name.into(), value);
    Ok("Client jwt configuration updated")
}

fn listed(more: &Map<String, Value>) -> Vec<Value> {
    more.get(JWKS).and_then(|set| set["keys"].as_array().cloned()).unwrap_or_default()
}

/// The kind of the right; no row is one.
const KIND: &str = "client_trust";
const JWKS: &str = "jwks";
const JWKS_URI: &str = "jwks_uri";
const VOUCHERS: &str = "jwt_creds";
