//! `PATCH /Users/{id}/status`: lets a locked account be tried again, and has its owner choose another password.

use super::{OWN, note};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Decision, Duty, Read, Resource, Update, Verb};
use uaa_directory::{Credentials, Tried, User};
use uaa_model::{Code, Denied, Fault, Reply};
use uaa_plugin::{Answer, Ctx, Json, Need, NeedInfo};
use uaa_store::{Granted, Set};

/// What UAA takes: `locked: false` and `passwordChangeRequired: true`, and no other values.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StatusBody {
    #[serde(default)]
    locked: Option<bool>,
    #[serde(default)]
    password_change_required: Option<bool>,
}

/// The right to that user's status, which is none to change users otherwise.
#[derive(Debug)]
pub(super) struct StatusChange(Granted<Update, User>);

impl<I: Sync> Need<I> for StatusChange {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Update, KIND);

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let id = cx.id::<User>(0)?;
        let tx = cx.tx();
        // As with passwords: the proof that writes is the duty's, and the question who may is asked of the caller below.
        let actor = tx.assume(Duty::SignIn);
        let user = tx.grant::<Update, User>(id).await;
        tx.resume(actor);
        let user = match user {
            Ok(user) => user,
            Err(Fault::Denied(Denied::Hidden, _)) => {
                let looked = tx.grant::<Read, User>(id).await;
                return Err(looked.err().unwrap_or(Fault::Retry));
            }
            Err(other) => return Err(other),
        };
        let asked = tx.decision(&tx.actor().clone(), User::KIND.name, Verb::Read, id.uuid()).await?;
        if asked == Some(Decision::Denied(Denied::Unauthenticated)) {
            return Err(Fault::Denied(Denied::Unauthenticated, KIND));
        }
        let registry = tx.registry().clone();
        let right = registry.compile([(KIND, "update")]);
        let right = right.map_err(|unknown| Fault::Internal(format!("{} is not registered", unknown.0)))?;
        tx.may_hand_out(&user, &right).await?;
        Ok(StatusChange(user))
    }
}

pub(super) async fn update(
    credentials: Arc<Credentials>,
    StatusChange(user): StatusChange,
    Json(body): Json<StatusBody>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let row = cx.tx().get(&user).await?;
    let bad = |text| Fault::protocol(Code::new(400, "invalid_scim_resource"), text);
    if row.own.origin != OWN {
        return Err(bad("the account is kept by another identity provider"));
    }
    if body.locked == Some(true) {
        return Err(bad("an account locks by itself; here it is only unlocked"));
    }
    if body.password_change_required == Some(false) {
        return Err(bad("a change of the password can be asked for here, and not be taken back"));
    }
    if body.password_change_required == Some(true) {
        let set = Set::default().put(User::password_change_required, true);
        let tx = cx.tx();
        tx.update(&user, set).await?;
        note(tx, "PasswordChangeRequiredEvent", &row.own.username);
    }
    if body.locked == Some(false) {
        let address = cx.caller.address.clone();
        credentials.unlock(Tried {
            zone: cx.zone(),
            origin: OWN,
            username: &row.own.username_key,
            address: &address,
        });
    }
    Answer::ok(&json!({"locked": body.locked, "passwordChangeRequired": body.password_change_required}))
}

/// The kind of the right; no row is one.
const KIND: &str = "user_status";
