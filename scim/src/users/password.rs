//! `PUT /Users/{id}/password`.

use super::{OWN, lawful, note};
use crate::Passwords;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Decision, Duty, Read, Resource, Update, Verb};
use uaa_directory::User;
use uaa_model::{Code, Denied, Fault, Reply, Secret};
use uaa_plugin::{Answer, Ctx, Json, Need, NeedInfo};
use uaa_store::{Granted, Set};

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

/// Sets it; every token of the user ends.
pub(super) async fn change(
    passwords: Arc<dyn Passwords>,
    PasswordChange { user, own }: PasswordChange,
    Json(body): Json<PasswordBody>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let (source, now) = (cx.caller.address.clone(), cx.now());
    let tx = cx.tx();
    let row = tx.get(&user).await?;
    if row.own.origin != OWN {
        return Err(Fault::protocol(
            Code::new(400, "invalid_scim_resource"),
            "The password of a user of another identity provider is not kept here",
        ));
    }
    let stored = row.own.password.as_deref().unwrap_or_default();
    if own {
        let old = body.old_password.as_ref();
        let known = match old {
            Some(old) if !stored.is_empty() => passwords.verify(old, stored, &source).await?,
            _ => false,
        };
        if !known {
            return Err(Fault::protocol(Code::new(401, "unauthorized"), "Old password is incorrect"));
        }
    }
    lawful(&*passwords, &body.password, 422)?;
    if !stored.is_empty() && passwords.verify(&body.password, stored, &source).await? {
        return Err(Fault::protocol(
            Code::new(422, "invalid_password"),
            "Your new password cannot be the same as the old password.",
        ));
    }
    let hash = passwords.hash(&body.password).await?;
    let set = Set::default()
        .put(User::password, hash)
        .put(User::password_changed_at, now)
        .put(User::password_change_required, false)
        .put(User::generation, row.own.generation + 1)
        .put(User::version, row.own.version + 1);
    tx.update(&user, set).await?;
    note(tx, "PasswordChangeSuccess", &row.own.username);
    Answer::ok(&json!({"status": "ok", "message": "password updated"}))
}

/// The kind of the right; no row is one.
const KIND: &str = "user_password";
