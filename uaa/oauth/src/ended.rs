//! Access tokens that are kept nowhere and have ended before their time: given back by their client (RFC 7009), or come of a code or
//! refresh token that was used twice. A row says so until they would have ended by themselves; their names are in memory.

use crate::client::Known;
use crate::engine::Engine;
use crate::stored::end_all;
use std::collections::HashSet;
use std::sync::RwLock;
use uaa_authz::Delete;
use uaa_directory::{Keep, Token, keep_as};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field, Query, TimeOp};
use uaa_token::REFRESH_SUFFIX;
use uuid::Uuid;

/// The names, in memory. A token that is seen for the first time is looked for here, and nowhere else.
#[derive(Debug, Default)]
pub(crate) struct Ended(RwLock<Names>);

#[derive(Debug, Default)]
struct Names {
    all: HashSet<Uuid>,
    /// The zones whose rows are among them. What changes from then on is told.
    zones: HashSet<Uuid>,
    /// How many were told since the rows were read.
    told: usize,
    /// How often all was forgotten: what was read before says nothing after.
    turn: u64,
}

impl Names {
    fn forget(&mut self) {
        *self = Names { turn: self.turn + 1, ..Names::default() };
    }
}

impl Ended {
    /// These have ended, or something of theirs has: a name too many is nobody's.
    pub(crate) fn note(&self, names: impl Iterator<Item = Uuid>) {
        let Ok(mut known) = self.0.write() else { return };
        let before = known.all.len();
        known.all.extend(names);
        known.told += known.all.len() - before;
        if known.told > MOST {
            // Most of them would be refused by now for their time alone.
            known.forget();
        }
    }

    /// Something may have been missed: the rows are read again.
    pub(crate) fn forget(&self) {
        if let Ok(mut known) = self.0.write() {
            known.forget();
        }
    }

    /// Whether that one has ended; the turn in which the rows of the zone are to be read, when they were not.
    fn has(&self, name: Uuid, zone: Uuid) -> Reply<Result<bool, u64>> {
        let known = self.0.read().map_err(|_| broken())?;
        Ok(if known.zones.contains(&zone) { Ok(known.all.contains(&name)) } else { Err(known.turn) })
    }

    /// The rows of a zone, as they were read in that turn.
    fn learn(&self, zone: Uuid, turn: u64, rows: Vec<Uuid>) -> Reply<()> {
        let mut known = self.0.write().map_err(|_| broken())?;
        if known.turn == turn {
            known.all.extend(rows);
            known.zones.insert(zone);
        }
        Ok(())
    }
}

fn broken() -> Fault {
    Fault::Internal("a lock is broken".into())
}

impl Engine {
    /// Whether that access token was ended, by its name.
    pub(crate) async fn has_ended(&self, name: Uuid, zone: Uuid, now: Micros) -> Reply<bool> {
        loop {
            match self.ended.has(name, zone)? {
                Ok(ended) => return Ok(ended),
                // Nobody is told that it has not before all rows are there.
                Err(turn) => self.ended.learn(zone, turn, self.read_ended(zone, now).await?)?,
            }
        }
    }

    async fn read_ended(&self, zone: Uuid, now: Micros) -> Reply<Vec<Uuid>> {
        let mut tx = self.begin("ended_tokens", zone);
        let seen = tx.visible::<Token>().await?;
        // They are nobody's, and nothing else is.
        let mut query = Query::first(PAGE)
            .when(Cond::Ids("subject", vec![Uuid::nil()]))
            .when(Cond::In(Field::Text("kind"), vec![KIND.into()]))
            .when(Cond::Time("expires", TimeOp::Gt, now));
        let mut all = vec![];
        loop {
            let page = tx.list(&seen, &query).await?;
            all.extend(page.rows.iter().map(|row| row.guid));
            query.after = page.end;
            if query.after.is_none() || page.rows.is_empty() {
                return Ok(all);
            }
        }
    }
}

/// Ends access tokens that are kept nowhere, in every process, by their `jti`. `until`: when they end by themselves. The transaction
/// must be one that writes, under the duty of sign-in.
pub(crate) async fn end_unkept(names: &[String], until: Micros, cx: &mut Ctx) -> Reply<()> {
    let seen = cx.tx().visible::<Token>().await?;
    let known = Query::first(PAGE).when(Cond::In(Field::Text("jti"), names.to_vec()));
    let known = cx.tx().list(&seen, &known).await?.rows;
    for jti in names.iter().filter(|jti| known.iter().all(|row| row.own.jti != **jti)) {
        let Some(name) = as_name(jti) else { continue };
        // Nobody's: what ends a user's or a client's tokens must not take this one away, and bring the token back.
        let row = Keep {
            jti,
            text: &format!("{KIND} {jti}"),
            kind: KIND,
            client_id: "",
            subject: Uuid::nil(),
            family: Uuid::nil(),
            claims: "{}".into(),
            expires: until,
        };
        let kept = keep_as(cx.tx(), name, row).await;
        // Somebody else has just done the same.
        kept.map_err(|fault| if matches!(fault, Fault::Unique(_)) { Fault::Retry } else { fault })?;
        let ended = cx.tx().grant::<Delete, Token>(Id::new(name)).await?;
        cx.tx().announce(&ended)?;
    }
    Ok(())
}

/// Ends all that came of one sign-in of a client: the rows of the family, and its access tokens that are kept nowhere (RFC 6749 section
/// 4.1.2, RFC 7009 section 2.1, RFC 9700 section 4.14.2). The transaction as above.
pub(crate) async fn end_family(engine: &Engine, client: &Known, family: Uuid, cx: &mut Ctx) -> Reply<()> {
    let seconds = client.access_seconds.unwrap_or(engine.settings.access_seconds);
    let lives = (seconds + 1) * 1_000_000;
    let of_family = Cond::Ids("family", vec![family]);
    let seen = cx.tx().visible::<Token>().await?;
    // One row a refresh, newest first, as far back as an access token can be good.
    let lately = Query::first(LATELY)
        .when(of_family.clone())
        .when(Cond::In(Field::Text("kind"), vec!["refresh".into()]))
        .when(Cond::Time("created_at", TimeOp::Gt, cx.now() - lives))
        .by("guid", true);
    let renewed = cx.tx().list(&seen, &lately).await?.rows;
    let beside = renewed.iter().filter_map(|row| row.own.jti.strip_suffix(REFRESH_SUFFIX));
    // The first of them has the family's own name.
    let mut names: Vec<String> = beside.map(str::to_owned).collect();
    names.push(family.simple().to_string());
    names.sort_unstable();
    names.dedup();
    end_all(of_family, cx).await?;
    end_unkept(&names, cx.now() + lives, cx).await
}

/// The `jti` of our access tokens is 128 bits in hexadecimal digits.
pub(crate) fn as_name(jti: &str) -> Option<Uuid> {
    Uuid::try_parse(jti).ok().filter(|_| jti.len() == 32)
}

/// The kind of the rows.
const KIND: &str = "ended";
const PAGE: i64 = 1_000;
/// Refreshes of one sign-in whose access tokens are ended with it.
const LATELY: i64 = 100;
/// Names that are told; beyond it all are read anew, without those whose time is over.
const MOST: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> Uuid {
        Uuid::from_u128(n as u128)
    }

    #[test]
    fn nobody_is_told_before_the_rows_are_there() {
        let (ended, zone, other) = (Ended::default(), id(1), id(2));
        assert_eq!(ended.has(id(7), zone), Ok(Err(0)));
        // Told while another is still reading: it counts, and the zone is still to be read.
        ended.note([id(8)].into_iter());
        assert_eq!(ended.has(id(8), zone), Ok(Err(0)));
        ended.learn(zone, 0, vec![id(7)]).unwrap();
        assert_eq!([7, 8, 9].map(|n| ended.has(id(n), zone)), [Ok(Ok(true)), Ok(Ok(true)), Ok(Ok(false))]);
        assert_eq!(ended.has(id(7), other), Ok(Err(0)));
    }

    #[test]
    fn what_was_read_before_all_was_forgotten_says_nothing() {
        let (ended, zone) = (Ended::default(), id(1));
        ended.forget();
        ended.learn(zone, 0, vec![]).unwrap();
        assert_eq!(ended.has(id(7), zone), Ok(Err(1)));
        ended.learn(zone, 1, vec![]).unwrap();
        assert_eq!(ended.has(id(7), zone), Ok(Ok(false)));
    }

    #[test]
    fn it_is_bounded_and_never_says_no_for_that() {
        let (ended, zone) = (Ended::default(), id(1));
        ended.learn(zone, 0, vec![]).unwrap();
        ended.note((0..MOST).map(id));
        assert_eq!(ended.has(id(5), zone), Ok(Ok(true)));
        ended.note([id(MOST)].into_iter());
        assert_eq!(ended.has(id(5), zone), Ok(Err(1)));
    }
}
