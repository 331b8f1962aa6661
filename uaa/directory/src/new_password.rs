//! A password takes the place of another: the same columns and the same end of everything older, whoever sets it and how.

use crate::{Token, User, UserOwn, Whom, end_sessions};
use uaa_authz::{Duty, Subject, Update};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Annotation, Fields, Set};

/// The hashes of the present password and of those before, newest first.
pub fn former_passwords(user: &UserOwn) -> Vec<String> {
    let before = user.former_passwords.as_deref().map(serde_json::from_str::<Vec<String>>);
    let before = before.and_then(Result::ok).unwrap_or_default();
    user.password.iter().cloned().chain(before).collect()
}

/// What a new password changes: every session and token of the person ends with the generation.
pub fn with_password(user: &UserOwn, hash: String, now: Micros) -> Set<User> {
    let mut former = former_passwords(user);
    former.truncate(MOST);
    let former = serde_json::to_string(&former).unwrap_or_default();
    Set::default()
        .put(User::password, hash)
        .put(User::former_passwords, former)
        .put(User::password_changed_at, now)
        .put(User::password_change_required, false)
        .put(User::generation, user.generation + 1)
        .put(User::version, user.version + 1)
}

/// Sets the password of the person whose row was read before the new one was hashed, in the transaction at hand, which must be
/// one that writes. Their stored tokens and sessions go as well. `false`: the row is another meanwhile, and nothing was done.
pub async fn set_password(before: &Fields<UserOwn>, hash: String, cx: &mut Ctx) -> Reply<bool> {
    let me = cx.tx().assume(Duty::SignIn);
    if me.subject == Subject::Nobody {
        // What was shown, a link or the present password, is the person's own.
        let person = Whom::of(before).actor("", cx);
        cx.tx().in_the_name_of(person);
    }
    let done = set(before, hash, cx).await;
    cx.tx().resume(me);
    done
}

async fn set(before: &Fields<UserOwn>, hash: String, cx: &mut Ctx) -> Reply<bool> {
    let now = cx.now();
    let user = match cx.tx().grant::<Update, User>(Id::new(before.guid)).await {
        Ok(user) => user,
        Err(Fault::Denied(..)) => return Ok(false),
        Err(fault) => return Err(fault),
    };
    let row = cx.tx().get(&user).await?.own;
    if (row.generation, &row.password) != (before.own.generation, &before.own.password) {
        return Ok(false);
    }
    cx.tx().update(&user, with_password(&row, hash, now)).await?;
    let (event, target_name) = ("PasswordChangeSuccess".to_owned(), row.username);
    cx.tx().annotate(Annotation { event, target_name, ..Annotation::default() });
    cx.tx().delete_of::<_, _, Token>(&user, "subject").await?;
    end_sessions(cx.tx(), before.guid).await?;
    Ok(true)
}

/// Hashes of earlier passwords that are kept: as many as a policy may ask for, less the present one.
const MOST: usize = 23;
