//! A person whom a provider has sent: found by what the provider calls them for ever, made when they come for the first time, and
//! never taken for somebody of another origin, whatever name or address they have in common.

use super::{IdentityProvider, IdentityProviderOwn};
use crate::{User, UserOwn, emails};
use uaa_authz::{Read, Update, Zone};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Annotation, Cond, Field, Fields, Query, Set, Slot, Want};

/// What a provider says of a person. What it leaves out it says nothing of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What it calls them, and nobody else ever: `sub`.
    pub external_id: String,
    /// Their name, which may be another one tomorrow.
    pub username: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether it knows that the address is theirs.
    pub email_verified: bool,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

/// Who that is here.
#[derive(Debug)]
pub enum Met {
    /// This person.
    Person(Box<Fields<UserOwn>>),
    /// A person who may not sign in.
    Inactive,
    /// Nobody, and nobody is made.
    Unknown,
    /// The name is of another person of that provider.
    Taken,
    /// Several people have that identifier.
    Several,
}

/// Finds the person, with what the provider says of them now, or makes them. Under the duty of sign-in, for public routes: when
/// something is to be written and the transaction at hand only reads, it goes on in one that writes.
///
/// # Errors
/// `Retry` when provider or person change at the same moment.
pub async fn meet(
    provider: &Fields<IdentityProviderOwn>,
    told: &Told,
    make: bool,
    cx: &mut Ctx,
) -> Reply<Met> {
    loop {
        let step = next(provider, told, make, cx).await?;
        let done = match step {
            Step::Done(met) => return Ok(met),
            Step::Make | Step::Change(..) if cx.tx().want() == Want::Read => {
                cx.step(Want::Write).await?;
                still_so(provider, cx).await?;
                continue;
            }
            Step::Make => create(provider, told, cx).await,
            Step::Change(row, set) => change(&row, *set, cx).await,
        };
        done.map_err(|fault| match fault {
            // Somebody else of that name, or the same person, at the same moment.
            Fault::Unique(_) => Fault::Retry,
            other => other,
        })?;
    }
}

enum Step {
    Done(Met),
    Make,
    Change(Box<Fields<UserOwn>>, Box<Set<User>>),
}

async fn next(provider: &Fields<IdentityProviderOwn>, told: &Told, make: bool, cx: &mut Ctx) -> Reply<Step> {
    let origin = &provider.own.origin;
    let known = Cond::In(Field::Text("external_id"), vec![told.external_id.clone()]);
    let mut rows = of_origin(origin, known, cx).await?;
    if rows.len() > 1 {
        return Ok(Step::Done(Met::Several));
    }
    if let Some(row) = rows.pop_if(|row| row.own.username == told.username) {
        return Ok(met(row, told, true));
    }
    let name = Cond::In(Field::Folded("username_key"), vec![told.username.to_lowercase()]);
    let namesake = of_origin(origin, name, cx).await?.pop();
    let row = match (rows.pop(), namesake) {
        (Some(row), namesake) => {
            // A name that another person still has stays theirs.
            let free = namesake.is_none_or(|other| other.guid == row.guid);
            return Ok(met(row, told, free));
        }
        (None, Some(row)) => row,
        (None, None) if make => return Ok(Step::Make),
        (None, None) => return Ok(Step::Done(Met::Unknown)),
    };
    // Made beforehand, by whoever knew no more than the name. A name that somebody had before is not who they were.
    match row.own.external_id.as_deref() {
        None | Some("") => Ok(met(row, told, true)),
        // Made between the one look and the other.
        Some(id) if id == told.external_id => Ok(met(row, told, true)),
        Some(_) => Ok(Step::Done(Met::Taken)),
    }
}

async fn of_origin(origin: &str, which: Cond, cx: &mut Ctx) -> Reply<Vec<Fields<UserOwn>>> {
    let seen = cx.tx().visible::<User>().await?;
    let there = Cond::In(Field::Text("origin"), vec![origin.to_owned()]);
    Ok(cx.tx().list(&seen, &Query::first(2).when(Cond::All(vec![there, which]))).await?.rows)
}

fn met(row: Fields<UserOwn>, told: &Told, free: bool) -> Step {
    if !row.own.active {
        return Step::Done(Met::Inactive);
    }
    let set = changes(&row.own, told, free);
    match set.is_empty() {
        true => Step::Done(Met::Person(Box::new(row))),
        false => {
            let set = set.put(User::version, row.own.version + 1);
            Step::Change(Box::new(row), Box::new(set))
        }
    }
}

/// What the provider says otherwise than it stands here.
fn changes(own: &UserOwn, told: &Told, free: bool) -> Set<User> {
    let mut set = Set::default();
    if own.external_id.as_ref() != Some(&told.external_id) {
        set = set.put(User::external_id, Some(told.external_id.clone()));
    }
    if own.username != told.username && free {
        set = set
            .put(User::username, told.username.as_str())
            .put(User::username_key, told.username.to_lowercase());
    }
    match told.email.as_deref() {
        Some(email) if email != own.email => {
            set = set
                .put(User::email, email)
                .put(User::emails, emails(email))
                .put(User::verified, told.email_verified);
        }
        Some(_) if told.email_verified && !own.verified => set = set.put(User::verified, true),
        Some(_) | None => {}
    }
    let another =
        |had: &Option<String>, told: &Option<String>| told.clone().filter(|_| had != told).map(Some);
    set.maybe(User::given_name, another(&own.given_name, &told.given_name))
        .maybe(User::family_name, another(&own.family_name, &told.family_name))
        .maybe(User::phone, another(&own.phone, &told.phone))
}

/// What was verified rests on the provider as it was: nobody comes in by one that was shut, changed or ended meanwhile.
async fn still_so(provider: &Fields<IdentityProviderOwn>, cx: &mut Ctx) -> Reply<()> {
    let zone = Id::<Zone>::new(cx.zone());
    // Whoever may make people keeps everybody else out who writes such things, from here to the end.
    let _: Slot<User> = cx.tx().slot(zone).await?;
    let granted = cx.tx().grant::<Read, IdentityProvider>(Id::new(provider.guid)).await;
    let now = match granted {
        Ok(granted) => cx.tx().get(&granted).await?.own,
        Err(Fault::Denied(..)) => return Err(Fault::Retry),
        Err(fault) => return Err(fault),
    };
    match now.active && now.version == provider.own.version {
        true => Ok(()),
        false => Err(Fault::Retry),
    }
}

async fn change(row: &Fields<UserOwn>, set: Set<User>, cx: &mut Ctx) -> Reply<()> {
    let user = cx.tx().grant::<Update, User>(Id::new(row.guid)).await.map_err(|fault| match fault {
        Fault::Denied(..) => Fault::Retry,
        other => other,
    })?;
    cx.tx().update(&user, set).await?;
    note("UserModifiedEvent", &row.own.username, cx);
    Ok(())
}

async fn create(provider: &Fields<IdentityProviderOwn>, told: &Told, cx: &mut Ctx) -> Reply<()> {
    let (zone, now) = (Id::new(cx.zone()), cx.now());
    let origin = &provider.own.origin;
    let email = told.email.clone().unwrap_or_else(|| made_up(&told.username, origin));
    let tx = cx.tx();
    let slot = tx.slot::<User>(zone).await?;
    let id = tx.ids().uuid();
    let none: Option<String> = None;
    let set = Set::default()
        .put(User::username, told.username.as_str())
        .put(User::username_key, told.username.to_lowercase())
        .put(User::origin, origin.as_str())
        .put(User::external_id, Some(told.external_id.clone()))
        .put(User::email, email.as_str())
        .put(User::emails, emails(&email))
        .put(User::given_name, told.given_name.clone())
        .put(User::family_name, told.family_name.clone())
        .put(User::phone, told.phone.clone())
        .put(User::active, true)
        .put(User::verified, told.email.is_some() && told.email_verified)
        .put(User::password, none)
        .put(User::password_changed_at, now)
        .put(User::password_change_required, false)
        .put(User::generation, 0)
        .put(User::version, 0);
    let made = tx.insert_as(slot, Id::new(id), Some(id), set).await?;
    note("UserCreatedEvent", &told.username, cx);
    cx.tx().enroll(&made).await
}

/// An address for somebody of whom none is known, as UAA makes one up: in no domain that anybody could have.
fn made_up(username: &str, origin: &str) -> String {
    let whole = username
        .split_once('@')
        .is_some_and(|(name, rest)| !name.is_empty() && !rest.is_empty() && !rest.contains('@'));
    let name: String = username.chars().filter(|c| *c != '@').take(LONGEST_NAME).collect();
    if whole { username.to_owned() } else { format!("{name}@user.from.{origin}.cf") }
}

fn note(event: &str, name: &str, cx: &mut Ctx) {
    let (event, target_name) = (event.to_owned(), name.to_owned());
    cx.tx().annotate(Annotation { event, target_name, ..Annotation::default() });
}

/// With the rest of the address within the column.
const LONGEST_NAME: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> UserOwn {
        UserOwn {
            username: "Ada".into(),
            username_key: "ada".into(),
            origin: "okta".into(),
            external_id: Some("1".into()),
            given_name: Some("Ada".into()),
            family_name: None,
            email: "ada@acme.example".into(),
            emails: "[]".into(),
            phone: None,
            active: true,
            verified: true,
            password: None,
            former_passwords: None,
            password_changed_at: 0,
            password_change_required: false,
            generation: 0,
            version: 0,
        }
    }

    fn told() -> Told {
        Told { external_id: "1".into(), username: "Ada".into(), ..Told::default() }
    }

    #[test]
    fn what_is_not_said_stays() {
        assert!(changes(&own(), &told(), true).is_empty());
        let same = Told { email: Some("ada@acme.example".into()), given_name: Some("Ada".into()), ..told() };
        assert!(changes(&own(), &same, true).is_empty(), "an address that was verified stays so");
        for other in [
            Told { external_id: "2".into(), ..told() },
            Told { username: "ada".into(), ..told() },
            Told { email: Some("a@b.example".into()), ..told() },
            Told { given_name: Some("A".into()), ..told() },
            Told { family_name: Some("L".into()), ..told() },
            Told { phone: Some("1".into()), ..told() },
        ] {
            assert!(!changes(&own(), &other, true).is_empty(), "{other:?}");
        }
        let renamed = Told { username: "Eve".into(), ..told() };
        assert!(changes(&own(), &renamed, false).is_empty(), "a name that somebody has stays theirs");
    }

    #[test]
    fn an_address_is_made_up_in_nobodys_domain() {
        assert_eq!(made_up("ada", "okta"), "ada@user.from.okta.cf");
        assert_eq!(made_up("ada@acme.example", "okta"), "ada@acme.example");
        for odd in ["@ada", "ada@", "a@d@a"] {
            assert_eq!(made_up(odd, "okta"), "ada@user.from.okta.cf", "{odd}");
        }
        assert!(made_up(&"ä".repeat(255), &"o".repeat(36)).chars().count() <= 255);
    }
}
