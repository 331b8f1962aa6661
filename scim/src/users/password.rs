//! `PUT /Users/{id}/password`.

use super::{OWN, account, note};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Update, Verb};
use uaa_directory::lockout::{ACCOUNT_LOCKED, LockoutPolicy};
use uaa_directory::password::{PasswordPolicy, Source};
use uaa_directory::{
    Attempt, Credentials, Tried, User, end_sessions, former_passwords, right_over_user, with_password,
};
use uaa_model::{Code, Fault, Reply, Secret};
use uaa_plugin::{Answer, Ctx, Json, Need, NeedInfo, Ready};
use uaa_store::Granted;

/// The new password, and the old one when it is the caller's own.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasswordBody {
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    old_password: Option<Secret>,
    #[schemars(with = "String")]
    password: Secret,
}

/// The right to set that user's password: one's own with the scope `password.write`, another's with the role.
#[derive(Debug)]
pub(super) struct PasswordChange {
    user: Granted<Update, User>,
    own: bool,
}

impl<I: Sync> Need<I> for PasswordChange {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Update, KIND);

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        let user = right_over_user(KIND, Verb::Update, cx, input).await?;
        let own = user.place().owner.is_some() && user.place().owner == cx.tx().actor().subject.id();
        if !own {
            // Whoever sets the password of another can be that other.
            cx.tx().may_stand_in_for_person(&user).await?;
        }
        Ok(PasswordChange { user, own })
    }
}

/// A change that was found good, and against which stored hash.
#[derive(Debug)]
pub(super) struct Proved {
    before: Option<String>,
    hash: String,
}

/// Everything that hashes: the old password where it is one's own, that the new one is another, and the new one.
pub(super) async fn proved(
    credentials: Arc<Credentials>,
    PasswordChange { user, own }: PasswordChange,
    Json(body): Json<PasswordBody>,
    cx: &mut Ctx,
) -> Reply<Proved> {
    let row = cx.tx().get(&user).await?;
    if row.own.origin != OWN {
        return Err(Fault::protocol(
            Code::new(400, "invalid_scim_resource"),
            "The password of a user of another identity provider is not kept here",
        ));
    }
    let (account, address, now) = (account(cx), cx.caller.address.clone(), cx.now());
    let (policy, username) = (LockoutPolicy::of(&cx.here()), &row.own.username_key);
    let tried = Tried { zone: cx.zone(), origin: OWN, username, address: &address, policy };
    cx.tx().release();
    if own {
        let unauthorized = |text| Err(Fault::protocol(Code::new(401, "unauthorized"), text));
        let (none, stored) = (Secret::default(), row.own.password.as_deref());
        let old = body.old_password.as_ref().unwrap_or(&none);
        match credentials.password(tried, old, stored, now).await? {
            Attempt::Right => {}
            Attempt::Wrong => return unauthorized("Old password is incorrect"),
            Attempt::Locked(_) => return unauthorized(ACCOUNT_LOCKED),
        }
    }
    let source = Source { account: &account, address: &address };
    let (policy, former) = (PasswordPolicy::of(&cx.here()), former_passwords(&row.own));
    let hash = credentials.new_password(&body.password, &policy, &former, source, 422).await?;
    Ok(Proved { before: row.own.password, hash })
}

/// Sets it; every token and session of the user ends.
pub(super) async fn change(
    PasswordChange { user, .. }: PasswordChange,
    Ready { ready: proved, .. }: Ready<Json<PasswordBody>, Proved>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let now = cx.now();
    let tx = cx.tx();
    let row = tx.get(&user).await?;
    if row.own.password != proved.before {
        return Err(Fault::Conflict("The password was changed by another request meanwhile".into()));
    }
    tx.update(&user, with_password(&row.own, proved.hash.clone(), now)).await?;
    note(tx, "PasswordChangeSuccess", &row.own.username);
    end_sessions(tx, user.id().uuid()).await?;
    Answer::ok(&json!({"status": "ok", "message": "password updated"}))
}

/// The kind of the right; no row is one.
const KIND: &str = "user_password";
