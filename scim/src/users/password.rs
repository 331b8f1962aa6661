//! `PUT /Users/{id}/password`.

use super::{OWN, account, note};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Decision, Duty, Read, Resource, Update, Verb};
use uaa_directory::lockout::ACCOUNT_LOCKED;
use uaa_directory::password::{PasswordPolicy, Source};
use uaa_directory::{Attempt, Credentials, Tried, User, former_passwords, with_password};
use uaa_model::{Code, Denied, Fault, Reply, Secret};
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

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let id = cx.id::<User>(0)?;
        let tx = cx.tx();
        // A password is a column of the user, and whoever may change it need not be one who may change users: the proof
        // that writes is the duty's, and the question who may is asked of the caller below.
        let actor = tx.assume(Duty::SignIn);
        let user = tx.grant::<Update, User>(id).await;
        tx.resume(actor);
        let user = match user {
            Ok(user) => user,
            // Who may not look at users is told that, not that there is no such user.
            Err(Fault::Denied(Denied::Hidden, _)) => {
                let looked = tx.grant::<Read, User>(id).await;
                return Err(looked.err().unwrap_or(Fault::Retry));
            }
            Err(other) => return Err(other),
        };
        // A subject that was deactivated holds what it held: only a decision says that it counts for nothing.
        let asked = tx.decision(&tx.actor().clone(), User::KIND.name, Verb::Read, id.uuid()).await?;
        if asked == Some(Decision::Denied(Denied::Unauthenticated)) {
            return Err(Fault::Denied(Denied::Unauthenticated, KIND));
        }
        let registry = tx.registry().clone();
        let right = registry.compile([(KIND, "update")]);
        let right = right.map_err(|unknown| Fault::Internal(format!("{} is not registered", unknown.0)))?;
        tx.may_hand_out(&user, &right).await?;
        let own = user.place().owner.is_some() && user.place().owner == tx.actor().subject.id();
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
    let tried = Tried { zone: cx.zone(), origin: OWN, username: &row.own.username_key, address: &address };
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

/// Sets it; every token of the user ends.
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
    Answer::ok(&json!({"status": "ok", "message": "password updated"}))
}

/// The kind of the right; no row is one.
const KIND: &str = "user_password";
