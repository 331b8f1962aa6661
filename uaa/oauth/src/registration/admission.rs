//! Who may register a client.

use super::RegistrationPolicy;
use crate::engine::Engine;
use serde::Deserialize;
use uaa_authz::{Duty, Update};
use uaa_directory::{ClientRegistration, RegistrationToken, RegistrationTokenOwn, hex};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Fields, Set, Tx};
use uaa_token::digest;
use uuid::Uuid;

/// Somebody who may, and what may come of it.
pub(super) struct Admission {
    pub(super) policy: RegistrationPolicy,
    /// The only hosts of the client's addresses, now and after each change, where the initial access token says so.
    pub(super) hosts: Vec<String>,
    /// The initial access token that this uses up.
    token: Option<Uuid>,
}

/// What an initial access token says beside the policy.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wider {
    scopes: Vec<String>,
    grant_types: Vec<String>,
    redirect_hosts: Vec<String>,
}

/// By what was presented; without anything, if everybody may.
pub(super) async fn admit(engine: &Engine, cx: &mut Ctx) -> Reply<Admission> {
    let policy = engine.settings.registration.clone();
    let Some(held) = cx.presented().map(|presented| presented.token.to_owned()) else {
        return match policy.open {
            // As many as an address may, as each stays.
            true => engine.credentials.asks(&cx.caller.address, cx.now()).map(|()| Admission {
                policy,
                hosts: vec![],
                token: None,
            }),
            false => Err(Fault::Denied(Denied::Anonymous, "client_registration")),
        };
    };
    if let Some(row) = initial(&held, cx).await? {
        let wider: Wider = serde_json::from_str(&row.own.policy).unwrap_or_default();
        let mut policy = policy;
        policy.scopes.extend(wider.scopes);
        policy.grants.extend(wider.grant_types);
        let hosts = wider.redirect_hosts;
        if !hosts.is_empty() {
            policy.redirect_hosts.clone_from(&hosts);
        }
        return Ok(Admission { policy, hosts, token: Some(row.guid) });
    }
    // An access token of somebody who may: asked as that somebody.
    let presented = cx.presented().ok_or(Fault::Denied(Denied::Anonymous, "client_registration"))?;
    let good = engine.presented(&presented, &cx.here(), cx.now()).await?;
    let me = cx.tx().actor().clone();
    cx.tx().resume(good.actor.clone());
    let zone = Id::new(cx.zone());
    let slot = cx.tx().slot::<ClientRegistration>(zone).await;
    cx.tx().resume(me);
    slot.map(|_| Admission { policy, hosts: vec![], token: None })
}

/// The initial access token of that text, if it is good now.
async fn initial(held: &str, cx: &mut Ctx) -> Reply<Option<Fields<RegistrationTokenOwn>>> {
    let key = hex(&digest(held));
    let me = cx.tx().assume(Duty::Registration);
    let found = match cx.tx().visible::<RegistrationToken>().await {
        Ok(seen) => cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![key])).await,
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let now = cx.now();
    match found? {
        Some(row) if row.own.uses_left > 0 && row.own.expires > now => Ok(Some(row)),
        Some(_) => Err(Fault::Denied(Denied::Unauthenticated, "client_registration")),
        None => Ok(None),
    }
}

impl Admission {
    /// Counts the use, in the transaction that makes the client and keeps others out.
    pub(super) async fn use_up(&self, tx: &mut Tx) -> Reply<()> {
        let Some(token) = self.token else { return Ok(()) };
        let over = || Fault::Denied(Denied::Unauthenticated, "client_registration");
        let token = tx.grant::<Update, RegistrationToken>(Id::new(token)).await.map_err(|_| over())?;
        let left = tx.get(&token).await?.own.uses_left;
        if left <= 0 {
            return Err(over());
        }
        tx.update(&token, Set::default().put(RegistrationToken::uses_left, left - 1)).await
    }
}
