//! An account that somebody makes for themselves, or that waits for somebody who was invited: its address is its name.

use crate::{OWN_ORIGIN, User, UserOwn};
use serde_json::json;
use uaa_authz::Duty;
use uaa_model::{Id, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Annotation, Cond, Field, Fields, Query, Set};
use uuid::Uuid;

/// A user to be made.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// The provider whose person it is; `uaa` for our own.
    pub origin: &'a str,
    /// The address, checked.
    pub mail: &'a str,
    /// What they call themselves.
    pub name: Option<&'a str>,
    /// The hash of the password; none before they have chosen one.
    pub password: Option<String>,
    /// Whether the address is known to be theirs.
    pub verified: bool,
}

/// Our own user of that name, whether or not they may sign in.
pub async fn user_named(username: &str, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    user_of(OWN_ORIGIN, username, cx).await
}

/// The user of that name whom that provider knows.
pub async fn user_of(origin: &str, username: &str, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    let same = vec![
        Cond::In(Field::Folded("username_key"), vec![username.to_lowercase()]),
        Cond::In(Field::Text("origin"), vec![origin.to_owned()]),
    ];
    Ok(users(same, cx).await?.pop())
}

/// The users of that address whom that provider knows; two at most, which is too many.
pub async fn users_of_address(origin: &str, mail: &str, cx: &mut Ctx) -> Reply<Vec<Fields<UserOwn>>> {
    let same = vec![
        Cond::In(Field::Text("email"), vec![mail.to_owned()]),
        Cond::In(Field::Text("origin"), vec![origin.to_owned()]),
    ];
    users(same, cx).await
}

/// Under which name somebody signs in who types a name or an address: an address that is nobody's name is that of the one account
/// that has it. As much is asked whoever there is, or the time would tell.
pub async fn username_of(typed: &str, cx: &mut Ctx) -> Reply<String> {
    if !typed.contains('@') {
        return Ok(typed.to_owned());
    }
    let named = user_named(typed, cx).await?;
    let of_address = users_of_address(OWN_ORIGIN, typed, cx).await?;
    Ok(match (named, of_address.as_slice()) {
        (None, [one]) => one.own.username.clone(),
        (Some(_), _) | (None, _) => typed.to_owned(),
    })
}

async fn users(same: Vec<Cond>, cx: &mut Ctx) -> Reply<Vec<Fields<UserOwn>>> {
    let me = cx.tx().assume(Duty::SignIn);
    let found = match cx.tx().visible::<User>().await {
        Ok(seen) => cx.tx().list(&seen, &Query::<User>::first(2).when(Cond::All(same))).await,
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    Ok(found?.rows)
}

/// Makes it in the transaction at hand, which must be one that writes. `None`: the name is taken.
pub async fn make_user(new: NewUser<'_>, cx: &mut Ctx) -> Reply<Option<Uuid>> {
    if user_of(new.origin, new.mail, cx).await?.is_some() {
        return Ok(None);
    }
    let me = cx.tx().assume(Duty::SignIn);
    let made = write(new, cx).await;
    cx.tx().resume(me);
    made.map(Some)
}

async fn write(new: NewUser<'_>, cx: &mut Ctx) -> Reply<Uuid> {
    let (zone, now) = (Id::new(cx.zone()), cx.now());
    let tx = cx.tx();
    let slot = tx.slot::<User>(zone).await?;
    let id = tx.ids().uuid();
    let set = Set::default()
        .put(User::username, new.mail)
        .put(User::username_key, new.mail.to_lowercase())
        .put(User::origin, new.origin)
        .put(User::email, new.mail)
        .put(User::emails, emails(new.mail))
        .put(User::given_name, new.name.filter(|name| !name.is_empty()).map(str::to_owned))
        .put(User::active, true)
        .put(User::verified, new.verified)
        .put(User::password, new.password)
        .put(User::password_changed_at, now)
        .put(User::password_change_required, false)
        .put(User::generation, 0)
        .put(User::version, 0);
    let made = tx.insert_as(slot, Id::new(id), Some(id), set).await?;
    let (event, target_name) = ("UserCreatedEvent".to_owned(), new.mail.to_owned());
    tx.annotate(Annotation { event, target_name, ..Annotation::default() });
    tx.enroll(&made).await?;
    Ok(id)
}

/// One address as SCIM has them.
pub fn emails(mail: &str) -> String {
    json!([{"value": mail, "primary": true}]).to_string()
}
