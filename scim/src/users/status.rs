//! `PATCH /Users/{id}/status`: lets a locked account be tried again, and has its owner choose another password.

use super::{OWN, note};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Update, Verb};
use uaa_directory::lockout::LockoutPolicy;
use uaa_directory::{Credentials, Tried, User, right_over_user};
use uaa_model::{Code, Fault, Reply};
use uaa_plugin::shape::{FLAG, Shape, object};
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

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        right_over_user(KIND, Verb::Update, cx, input).await.map(StatusChange)
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
            policy: LockoutPolicy::of(&cx.here()),
        });
    }
    Answer::ok(&json!({"locked": body.locked, "passwordChangeRequired": body.password_change_required}))
}

pub(super) fn looks() -> Shape {
    object([("locked", FLAG.or_null()), ("passwordChangeRequired", FLAG.or_null())])
}

/// The kind of the right; no row is one.
const KIND: &str = "user_status";
