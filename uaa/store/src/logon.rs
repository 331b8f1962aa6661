//! When people signed in last, and before that: no fact, and nothing rests on it.
//!
//! What opens a session writes it with the session. A grant that has nothing else to write leaves it in memory, which is written together
//! every few seconds: `docs/decisions/0021-when-somebody-signed-in.md`.

use crate::access::{Access, Want};
use crate::engine::Engine;
use crate::sql::Sql;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uaa_authz::{Actor, Duty};
use uaa_model::{Micros, Reply};
use uuid::Uuid;

/// When somebody signed in last, and before that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Logon {
    last: Micros,
    previous: Micros,
}

impl Logon {
    /// A sign-in at that moment, and none before.
    pub(crate) fn at(moment: Micros) -> Logon {
        Logon { last: moment, previous: 0 }
    }

    pub(crate) fn new(last: Micros, previous: Micros) -> Logon {
        Logon { last, previous }
    }

    /// The last sign-in, in milliseconds since the epoch as UAA says it; `None`: there was none.
    pub fn last(&self) -> Option<i64> {
        millis(self.last)
    }

    /// The one before, alike.
    pub fn previous(&self) -> Option<i64> {
        millis(self.previous)
    }

    /// The two latest of what either knows, in whatever order they come, and the same as often as they come.
    pub(crate) fn and(self, other: Logon) -> Logon {
        let (late, early) = if self.last >= other.last { (self, other) } else { (other, self) };
        let between = if late.last == early.last { 0 } else { early.last };
        Logon { last: late.last, previous: between.max(late.previous).max(early.previous) }
    }
}

fn millis(at: Micros) -> Option<i64> {
    (at > 0).then_some(at / 1_000)
}

/// The sign-ins that are not written yet, by person, each with its zone.
#[derive(Default)]
pub(crate) struct Logons(Mutex<HashMap<Uuid, (Uuid, Logon)>>);

impl Logons {
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, (Uuid, Logon)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the database knows of these people, and what it is still to learn.
    pub(crate) fn added_to(&self, mut known: HashMap<Uuid, Logon>, people: &[Uuid]) -> HashMap<Uuid, Logon> {
        let noted = self.lock();
        for (person, (_, logon)) in people.iter().filter_map(|person| noted.get_key_value(person)) {
            let both = known.entry(*person).or_default();
            *both = both.and(*logon);
        }
        known
    }
}

impl Access {
    /// Notes that somebody has signed in to that zone. In memory alone, at once, and bounded.
    pub fn logged_on(&self, zone: Uuid, person: Uuid, now: Micros) {
        let mut noted = self.0.logons.lock();
        if let Some((_, logon)) = noted.get_mut(&person) {
            *logon = logon.and(Logon::at(now));
        } else if noted.len() < MOST {
            noted.insert(person, (zone, Logon::at(now)));
        }
    }

    /// Writes what was noted since, zone by zone. Returns of how many people.
    ///
    /// # Errors
    /// When the database is away, or another transaction was first: what is not written yet stays noted.
    pub async fn write_logons(&self) -> Reply<usize> {
        let mut zones: BTreeMap<Uuid, Vec<(Uuid, Logon)>> = BTreeMap::new();
        for (person, (zone, logon)) in self.0.logons.lock().iter() {
            zones.entry(*zone).or_default().push((*person, *logon));
        }
        let mut written = 0;
        for (zone, mut people) in zones {
            // Several processes that write of the same people wait for each other, in this order.
            people.sort_unstable_by_key(|(person, _)| *person);
            let actor = Arc::new(Actor::system(self.registry(), Duty::Upkeep, zone));
            let mut tx = self.begin(actor, zone, Want::Write, "logon_write", "".into());
            tx.put_logons(&people).await?;
            tx.commit().await?;
            written += people.len();
            // Only now: whoever reads meanwhile finds it in the one place or in the other.
            let mut noted = self.0.logons.lock();
            for (person, logon) in people {
                if noted.get(&person).is_some_and(|(_, now)| *now == logon) {
                    noted.remove(&person);
                }
            }
        }
        Ok(written)
    }
}

/// Writes these down beside what is known. Of people who are gone nothing is written.
pub(crate) fn upsert(engine: Engine, people: &[(Uuid, Logon)]) -> Sql {
    let mut sql = Sql::new("INSERT INTO logon (subject, last_at, previous_at) ");
    for (i, (person, logon)) in people.iter().enumerate() {
        sql.push(if i > 0 { " UNION ALL " } else { "" });
        let row = Sql::new(match engine {
            // Parameters in a select list have no type of their own there.
            Engine::Postgres => "SELECT guid, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM users WHERE guid = ?",
            Engine::Sqlite | Engine::Mysql => "SELECT guid, ?, ? FROM users WHERE guid = ?",
        });
        sql.append(row.with(logon.last).with(logon.previous).with(*person));
    }
    sql.push(match engine {
        Engine::Sqlite => {
            " ON CONFLICT (subject) DO UPDATE SET \
             previous_at = CASE WHEN excluded.last_at > logon.last_at THEN MAX(logon.last_at, excluded.previous_at) \
             WHEN excluded.last_at = logon.last_at THEN MAX(logon.previous_at, excluded.previous_at) \
             ELSE MAX(logon.previous_at, excluded.last_at) END, last_at = MAX(logon.last_at, excluded.last_at)"
        }
        Engine::Postgres => {
            " ON CONFLICT (subject) DO UPDATE SET previous_at = CASE \
             WHEN excluded.last_at > logon.last_at THEN GREATEST(logon.last_at, excluded.previous_at) \
             WHEN excluded.last_at = logon.last_at THEN GREATEST(logon.previous_at, excluded.previous_at) \
             ELSE GREATEST(logon.previous_at, excluded.last_at) END, last_at = GREATEST(logon.last_at, excluded.last_at)"
        }
        // It assigns from left to right: the last one comes last.
        Engine::Mysql => {
            " ON DUPLICATE KEY UPDATE logon.previous_at = CASE \
             WHEN VALUES(last_at) > logon.last_at THEN GREATEST(logon.last_at, VALUES(previous_at)) \
             WHEN VALUES(last_at) = logon.last_at THEN GREATEST(logon.previous_at, VALUES(previous_at)) \
             ELSE GREATEST(logon.previous_at, VALUES(last_at)) END, logon.last_at = GREATEST(logon.last_at, VALUES(last_at))"
        }
    });
    sql
}

/// People whose sign-ins are noted until they are written.
const MOST: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every order of up to four of these moments, in two parts that are put together, and once more what is known.
    #[test]
    fn the_two_latest_whatever_the_order() {
        let of = |times: &[i64]| times.iter().fold(Logon::default(), |all, at| all.and(Logon::at(*at)));
        for n in 0..5i64.pow(4) {
            let times: Vec<i64> = (0..4).map(|i| n / 5i64.pow(i) % 5).filter(|at| *at > 0).collect();
            let mut sorted = times.clone();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            sorted.dedup();
            let at = |i: usize| sorted.get(i).copied().unwrap_or_default();
            let expected = Logon::new(at(0), at(1));
            for split in 0..=times.len() {
                let (some, rest) = times.split_at(split);
                assert_eq!(of(some).and(of(rest)), expected, "{times:?} {split}");
                assert_eq!(expected.and(of(rest)), expected, "{times:?} {split}");
            }
        }
    }

    #[test]
    fn in_milliseconds_and_nothing_for_never() {
        assert_eq!((Logon::default().last(), Logon::default().previous()), (None, None));
        let logon = Logon::at(7_999).and(Logon::at(3_000));
        assert_eq!((logon.last(), logon.previous()), (Some(7), Some(3)));
    }
}
