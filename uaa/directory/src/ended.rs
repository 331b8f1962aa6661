//! The end of tokens before their time. What is kept as a row is deleted; of an access token that is kept nowhere a row says that it
//! has ended, until it would have ended by itself. Either every process is told.

use crate::{Approval, Client, ClientOwn, Keep, LogoutNotice, Participant, Token, User, keep_as};
use uaa_authz::{Create, Delete, Does, Duty, Read};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_store::{Cond, Field, Fields, Granted, Query, Tx};
use uaa_token::digest;
use uuid::Uuid;

/// The column `kind` of a row that says that something has ended.
pub const ENDED: &str = "ended";

/// The access tokens that one client had of one person up to some second, under one name: of most of them nobody knows more.
///
/// Eighteen bits say that it is none of our other identifiers, 76 whose tokens they are, 34 in which second they were the last ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedUpTo {
    /// Whose tokens, and which client's.
    pub pair: u128,
    /// The second, since the epoch: what was made in it has ended, too.
    pub second: i64,
}

impl EndedUpTo {
    /// Those that were made in that second or before.
    pub fn new(person: Uuid, client_id: &str, second: i64) -> EndedUpTo {
        let hash = digest(&format!("{person} {client_id}"));
        let first = hash.iter().take(16).fold(0, |all, byte| all << 8 | u128::from(*byte));
        EndedUpTo { pair: first >> (128 - PAIR), second: second.clamp(0, LAST) }
    }

    /// The name.
    pub fn name(self) -> Uuid {
        let second = u128::from(self.second.unsigned_abs());
        Uuid::from_u128(TAG << (PAIR + SECOND) | self.pair << SECOND | second)
    }

    /// What a name says; `None` when it is another identifier's. One in 262144 of those that are random bits reads like one, and is of
    /// nobody.
    pub fn read(name: Uuid) -> Option<EndedUpTo> {
        let bits = name.as_u128();
        let second = i64::try_from(bits & ((1 << SECOND) - 1)).ok()?;
        let pair = bits >> SECOND & ((1 << PAIR) - 1);
        (bits >> (PAIR + SECOND) == TAG).then_some(EndedUpTo { pair, second })
    }
}

/// No moment of the next 6000 years begins an identifier of a row like this.
const TAG: u128 = 0x3_FFFF;
const PAIR: u32 = 76;
const SECOND: u32 = 34;
const LAST: i64 = (1 << SECOND) - 1;

/// The name that stands for all access tokens that end with that session and are kept nowhere: 128 bits that are no other row's name.
pub fn name_of_session(session: Uuid) -> Uuid {
    let hash = digest(&format!("the end of session {session}"));
    Uuid::from_u128(hash.iter().take(16).fold(0, |all, byte| all << 8 | u128::from(*byte)))
}

/// How long that name is kept. An access token that ends with a session and is good for longer is kept as a row.
pub const LASTS: Micros = 86_400 * MICROS;

/// Ends the access tokens that end with a session and are kept nowhere, in every process. The session is about to be deleted, which is what
/// each of them rests on where it is remembered. The transaction as of [`end_kept`].
pub(crate) async fn end_unkept_of_session(session: Uuid, tx: &mut Tx) -> Reply<()> {
    let name = name_of_session(session);
    let until = tx.now() + LASTS;
    // Once: of several that end a session one deletes it.
    let ended = keep_ended(&name.simple().to_string(), name, until, tx).await?;
    tx.announce_of::<_, _, Token>(&ended)
}

/// Ends all stored tokens for which the condition holds, at once and in every process. The transaction must be one that writes, under the
/// duty of sign-in.
///
/// Until there is none: one may be redeemed for the next while this goes on. In one order for all who do this: of many, one
/// passes the first row, and the others look again and find nothing left.
///
/// # Errors
/// When the database is away, or somebody else ended one at the same moment.
pub async fn end_kept(which: Cond, tx: &mut Tx) -> Reply<()> {
    let seen = tx.visible::<Token>().await?;
    let query = Query::first(PAGE).when(which);
    loop {
        let some = tx.list(&seen, &query).await?.rows;
        if some.is_empty() {
            return Ok(());
        }
        for row in some {
            let granted = match tx.grant::<Delete, Token>(Id::new(row.guid)).await {
                Ok(granted) => granted,
                // Another request has ended it, and this one looks again.
                Err(Fault::Denied(..)) => return Err(Fault::Retry),
                Err(fault) => return Err(fault),
            };
            if row.own.kind == "access" {
                tx.announce(&granted)?;
            }
            tx.delete(granted).await?;
        }
    }
}

/// Ends access tokens that are kept nowhere, in every process, by their `jti`. `until`: when they end by themselves. The transaction as
/// above.
///
/// # Errors
/// When the database is away, or somebody else did the same at the same moment.
pub async fn end_unkept(names: &[String], until: Micros, tx: &mut Tx) -> Reply<()> {
    let seen = tx.visible::<Token>().await?;
    let known = Query::first(PAGE).when(Cond::In(Field::Text("jti"), names.to_vec()));
    let known = tx.list(&seen, &known).await?.rows;
    for jti in names.iter().filter(|jti| known.iter().all(|row| row.own.jti != **jti)) {
        let Some(name) = as_name(jti) else { continue };
        let kept = keep_ended(jti, name, until, tx).await;
        // Somebody else has just done the same.
        kept.map_err(|fault| if matches!(fault, Fault::Unique(_)) { Fault::Retry } else { fault })?;
        let ended = tx.grant::<Delete, Token>(Id::new(name)).await?;
        tx.announce(&ended)?;
    }
    Ok(())
}

/// The row that says that what is called that has ended.
async fn keep_ended(jti: &str, name: Uuid, until: Micros, tx: &mut Tx) -> Reply<Granted<Create, Token>> {
    // Nobody's: what ends a user's or a client's tokens must not take this one away, and bring the token back.
    let row = Keep {
        jti,
        text: &format!("{ENDED} {jti}"),
        kind: ENDED,
        client_id: "",
        subject: Uuid::nil(),
        family: Uuid::nil(),
        claims: "{}".into(),
        expires: until,
        session: None,
    };
    keep_as(tx, name, row).await
}

/// Ends all tokens that a client has of a person, because they take back what they allowed it: those that are kept, and the others.
/// `seconds`: how long its access tokens are good for. In a transaction that writes.
///
/// # Errors
/// As of [`end_kept`].
pub async fn end_tokens_of(person: Uuid, client_id: &str, seconds: i64, tx: &mut Tx) -> Reply<()> {
    let me = tx.assume(Duty::SignIn);
    let ended = end_tokens(person, client_id, seconds, tx).await;
    tx.resume(me);
    ended
}

async fn end_tokens(person: Uuid, client_id: &str, seconds: i64, tx: &mut Tx) -> Reply<()> {
    let which = Cond::All(vec![
        Cond::Ids("subject", vec![person]),
        Cond::In(Field::Text("client_id"), vec![client_id.to_owned()]),
        // What was used is good for nothing as it is.
        Cond::Is("used", false),
    ]);
    end_kept(which, tx).await?;
    let now = tx.now();
    let name = EndedUpTo::new(person, client_id, now / MICROS).name().simple().to_string();
    end_unkept(&[name], now + (seconds + 1) * MICROS, tx).await?;
    // What is remembered of any of their tokens is found out again.
    let person = tx.grant::<Read, User>(Id::new(person)).await?;
    tx.announce_of::<_, _, Token>(&person)
}

/// Ends a client. Its tokens and codes are good for nothing from here on: they are of its generation, and no other client has that. What
/// calls it by its name goes with it, or a new one of that name would find it.
///
/// # Errors
/// When the database is away, or somebody else ended it at the same moment.
pub async fn end_client(tx: &mut Tx, client: Granted<Delete, Client>) -> Reply<Fields<ClientOwn>> {
    let row = tx.get(&client).await?;
    let name = ("client_id", row.own.client_id.as_str());
    end_approvals(tx, &client, name.1).await?;
    tx.delete_named::<_, _, Participant>(&client, name).await?;
    tx.delete_named::<_, _, LogoutNotice>(&client, name).await?;
    tx.withdraw(&client).await?;
    tx.delete(client).await?;
    Ok(row)
}

/// Ends all that people let a client do in their name.
///
/// # Errors
/// When the database is away.
pub async fn end_approvals<V: Does>(tx: &mut Tx, client: &Granted<V, Client>, client_id: &str) -> Reply<()> {
    tx.delete_named::<_, _, Approval>(client, ("client_id", client_id)).await.map(drop)
}

/// The `jti` of our access tokens is 128 bits in hexadecimal digits.
pub fn as_name(jti: &str) -> Option<Uuid> {
    Uuid::try_parse(jti).ok().filter(|_| jti.len() == 32)
}

const MICROS: Micros = 1_000_000;
const PAGE: i64 = 500;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_name_says_whose_tokens_and_until_when(person: u128, client in ".{0,20}", second in 0..LAST) {
            let ended = EndedUpTo::new(Uuid::from_u128(person), &client, second);
            prop_assert_eq!(EndedUpTo::read(ended.name()), Some(ended));
            let other = EndedUpTo::new(Uuid::from_u128(person), &(client + "x"), second);
            prop_assert_ne!(other.pair, ended.pair);
        }
    }

    #[test]
    fn other_identifiers_say_nothing() {
        for other in [0, u128::MAX >> 1, 0x019a_bc12_3456_7abc_8def_0123_4567_89ab] {
            assert_eq!(EndedUpTo::read(Uuid::from_u128(other)), None);
        }
        // A clock that is wrong ends nothing wrongly, and nothing panics.
        assert_eq!(EndedUpTo::new(Uuid::nil(), "", -1).second, 0);
        assert_eq!(EndedUpTo::new(Uuid::nil(), "", i64::MAX).second, LAST);
    }
}
