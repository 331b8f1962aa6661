//! Access tokens that are kept nowhere and have ended before their time: given back by their client (RFC 7009), come of a code or
//! refresh token that was used twice, taken back by their person, or got through a session that somebody has ended. A row says so until they
//! would have ended by themselves; their names are in memory.

use crate::client::Known;
use crate::engine::Engine;
use std::collections::{HashMap, HashSet};
use std::sync::RwLock;
use uaa_directory::{ENDED, EndedUpTo, Token, end_kept, end_unkept};
use uaa_model::{Fault, Micros, Reply};
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
    /// By [`EndedUpTo::pair`]: the last second of which all have ended.
    up_to: HashMap<u128, i64>,
    /// The zones whose rows are among them. What changes from then on is told.
    zones: HashSet<Uuid>,
    /// How many were told since the rows were read.
    told: usize,
    /// How often all was forgotten: what was read before says nothing after.
    turn: u64,
}

/// An access token that is kept nowhere, or an ID token, by what may say that it has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unkept {
    /// Its `jti`, if it is one of ours.
    pub(crate) name: Option<Uuid>,
    /// Whose it is, and the second in which it was made; `None` for a client's own.
    pub(crate) made: Option<EndedUpTo>,
    /// [`uaa_directory::name_of_session`] of the session that it ends with.
    pub(crate) session: Option<Uuid>,
}

impl Names {
    fn add(&mut self, name: Uuid) {
        self.all.insert(name);
        if let Some(EndedUpTo { pair, second }) = EndedUpTo::read(name) {
            let last = self.up_to.entry(pair).or_default();
            *last = second.max(*last);
        }
    }

    fn have(&self, token: Unkept) -> bool {
        let named = [token.name, token.session].into_iter().flatten().any(|name| self.all.contains(&name));
        named || token.made.is_some_and(|made| self.cover(made))
    }

    fn cover(&self, made: EndedUpTo) -> bool {
        self.up_to.get(&made.pair).is_some_and(|last| made.second <= *last)
    }

    fn forget(&mut self) {
        *self = Names { turn: self.turn + 1, ..Names::default() };
    }
}

impl Ended {
    /// These have ended, or something of theirs has: a name too many is nobody's.
    pub(crate) fn note(&self, names: impl Iterator<Item = Uuid>) {
        let Ok(mut known) = self.0.write() else { return };
        let before = known.all.len();
        names.for_each(|name| known.add(name));
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

    /// Whether it is told that all of that second have ended: what is made now must be kept. It was told a moment ago, or not at all.
    pub(crate) fn covers(&self, made: EndedUpTo) -> bool {
        self.0.read().is_ok_and(|known| known.cover(made))
    }

    /// Whether that one has ended; the turn in which the rows of the zone are to be read, when they were not.
    fn has(&self, token: Unkept, zone: Uuid) -> Reply<Result<bool, u64>> {
        let known = self.0.read().map_err(|_| broken())?;
        Ok(if known.zones.contains(&zone) { Ok(known.have(token)) } else { Err(known.turn) })
    }

    /// The rows of a zone, as they were read in that turn.
    fn learn(&self, zone: Uuid, turn: u64, rows: Vec<Uuid>) -> Reply<()> {
        let mut known = self.0.write().map_err(|_| broken())?;
        if known.turn == turn {
            rows.into_iter().for_each(|name| known.add(name));
            known.zones.insert(zone);
        }
        Ok(())
    }
}

fn broken() -> Fault {
    Fault::Internal("a lock is broken".into())
}

impl Engine {
    /// Whether that access token was ended.
    pub(crate) async fn has_ended(&self, token: Unkept, zone: Uuid, now: Micros) -> Reply<bool> {
        loop {
            match self.ended.has(token, zone)? {
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
            .when(Cond::In(Field::Text("kind"), vec![ENDED.into()]))
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

/// Ends all that came of one sign-in of a client: the rows of the family, and its access tokens that are kept nowhere (RFC 6749 section
/// 4.1.2, RFC 7009 section 2.1, RFC 9700 section 4.14.2). The transaction must be one that writes, under the duty of sign-in.
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
    end_kept(of_family, cx.tx()).await?;
    end_unkept(&names, cx.now() + lives, cx.tx()).await
}

const PAGE: i64 = 1_000;
/// Refreshes of one sign-in whose access tokens are ended with it.
const LATELY: i64 = 100;
/// Names that are told; beyond it all are read anew, without those whose time is over.
const MOST: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_directory::name_of_session;

    fn id(n: usize) -> Uuid {
        Uuid::from_u128(n as u128)
    }

    fn named(n: usize) -> Unkept {
        Unkept { name: Some(id(n)), made: None, session: None }
    }

    #[test]
    fn nobody_is_told_before_the_rows_are_there() {
        let (ended, zone, other) = (Ended::default(), id(1), id(2));
        assert_eq!(ended.has(named(7), zone), Ok(Err(0)));
        // Told while another is still reading: it counts, and the zone is still to be read.
        ended.note([id(8)].into_iter());
        assert_eq!(ended.has(named(8), zone), Ok(Err(0)));
        ended.learn(zone, 0, vec![id(7)]).unwrap();
        assert_eq!([7, 8, 9].map(|n| ended.has(named(n), zone)), [Ok(Ok(true)), Ok(Ok(true)), Ok(Ok(false))]);
        assert_eq!(ended.has(named(7), other), Ok(Err(0)));
    }

    #[test]
    fn what_was_read_before_all_was_forgotten_says_nothing() {
        let (ended, zone) = (Ended::default(), id(1));
        ended.forget();
        ended.learn(zone, 0, vec![]).unwrap();
        assert_eq!(ended.has(named(7), zone), Ok(Err(1)));
        ended.learn(zone, 1, vec![]).unwrap();
        assert_eq!(ended.has(named(7), zone), Ok(Ok(false)));
    }

    #[test]
    fn a_session_ends_all_that_ends_with_it() {
        let (ended, zone) = (Ended::default(), id(1));
        ended.learn(zone, 0, vec![]).unwrap();
        let of = |n: usize| Unkept { name: Some(id(9)), made: None, session: Some(name_of_session(id(n))) };
        ended.note([name_of_session(id(7))].into_iter());
        assert_eq!([7, 8].map(|n| ended.has(of(n), zone)), [Ok(Ok(true)), Ok(Ok(false))]);
        assert_eq!(ended.has(named(9), zone), Ok(Ok(false)));
    }

    #[test]
    fn it_is_bounded_and_never_says_no_for_that() {
        let (ended, zone) = (Ended::default(), id(1));
        ended.learn(zone, 0, vec![]).unwrap();
        ended.note((0..MOST).map(id));
        assert_eq!(ended.has(named(5), zone), Ok(Ok(true)));
        ended.note([id(MOST)].into_iter());
        assert_eq!(ended.has(named(5), zone), Ok(Err(1)));
    }

    #[test]
    fn of_a_person_and_a_client_up_to_a_second() {
        let (ended, zone) = (Ended::default(), id(1));
        let made = |person, second| {
            let made = Some(EndedUpTo::new(id(person), "shop", second));
            Unkept { name: None, made, session: None }
        };
        ended.learn(zone, 0, vec![EndedUpTo::new(id(2), "shop", 50).name()]).unwrap();
        ended.note([EndedUpTo::new(id(2), "shop", 40).name()].into_iter());
        let all = [(2, 49), (2, 50), (2, 51), (3, 49)].map(|(person, at)| ended.has(made(person, at), zone));
        assert_eq!(all, [Ok(Ok(true)), Ok(Ok(true)), Ok(Ok(false)), Ok(Ok(false))]);
        ended.note([EndedUpTo::new(id(2), "shop", 60).name()].into_iter());
        assert_eq!(ended.has(made(2, 51), zone), Ok(Ok(true)));
    }
}
