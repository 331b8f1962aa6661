//! Who is in which group: the statements that no scoped method says.

use std::collections::{BTreeMap, HashMap};
use uaa_model::Reply;
use uaa_store::{Proof, Raw, Row, Tx, Value};
use uuid::Uuid;

/// A group that a user is in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Membership {
    /// The group.
    pub group: Uuid,
    /// Its `displayName`.
    pub name: String,
    /// Not through another group.
    pub direct: bool,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// The user or group.
    pub id: Uuid,
    /// `user` or `group`.
    pub kind: String,
    /// The identity provider that the membership comes from.
    pub origin: String,
}

/// The groups of these users, by user, sorted by name. What everybody of the zone is in counts as direct.
pub(crate) async fn groups_of(
    tx: &mut Tx,
    proof: &impl Proof,
    users: &[Uuid],
) -> Reply<HashMap<Uuid, Vec<Membership>>> {
    let zone = tx.zone();
    let mut found: HashMap<Uuid, BTreeMap<String, Membership>> = HashMap::new();
    for some in users.chunks(MANY) {
        let raw = if some.len() == 1 { &GROUPS_OF_ONE } else { &GROUPS_OF_MANY };
        let mut values = vec![Value::from(zone)];
        values.extend(padded(some));
        for row in tx.raw(proof, raw, values).await? {
            let direct = row.get::<String>(3)? == "D";
            let one = Membership { group: row.get(1)?, name: row.get(2)?, direct };
            let holder: Uuid = row.get(0)?;
            let everybody = holder == zone;
            for user in some.iter().filter(|u| everybody || **u == holder) {
                let kept = found.entry(*user).or_default().entry(one.name.clone());
                kept.and_modify(|known| known.direct |= direct).or_insert_with(|| one.clone());
            }
        }
    }
    Ok(found.into_iter().map(|(user, all)| (user, all.into_values().collect())).collect())
}

/// The members of these groups, by group, in the order of their ids.
pub(crate) async fn members_of(
    tx: &mut Tx,
    proof: &impl Proof,
    groups: &[Uuid],
) -> Reply<HashMap<Uuid, Vec<Member>>> {
    let mut found: HashMap<Uuid, Vec<Member>> = HashMap::new();
    for some in groups.chunks(MANY) {
        let raw = if some.len() == 1 { &MEMBERS_OF_ONE } else { &MEMBERS_OF_MANY };
        for row in tx.raw(proof, raw, padded(some).collect()).await? {
            let member = Member { id: row.get(1)?, kind: row.get(2)?, origin: row.get(3)? };
            found.entry(row.get(0)?).or_default().push(member);
        }
    }
    Ok(found)
}

/// Of these ids the ones that are users or groups of the zone, with their kind.
pub(crate) async fn kinds_of(tx: &mut Tx, proof: &impl Proof, ids: &[Uuid]) -> Reply<HashMap<Uuid, String>> {
    let zone = tx.zone();
    let mut found = HashMap::new();
    for some in ids.chunks(MANY) {
        let raw = if some.len() == 1 { &KIND_OF_ONE } else { &KINDS_OF_MANY };
        let mut values = vec![Value::from(zone)];
        values.extend(padded(some));
        let pair = |row: &Row| Ok((row.get::<Uuid>(0)?, row.get::<String>(1)?));
        let rows = tx.raw(proof, raw, values).await?;
        found.extend(rows.iter().map(pair).collect::<Reply<Vec<_>>>()?);
    }
    Ok(found)
}

/// As many values as the statement has places: the last id again and again, which finds nothing twice.
fn padded(ids: &[Uuid]) -> impl Iterator<Item = Value> {
    let all = if ids.len() == 1 { 1 } else { MANY };
    let last = ids.last().copied().unwrap_or_default();
    (0..all).map(move |i| Value::from(ids.get(i).copied().unwrap_or(last)))
}

/// Ids of one statement: a page that names no number has as many rows.
const MANY: usize = 100;

macro_rules! ten {
    () => {
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    };
}

macro_rules! hundred {
    () => {
        concat!(
            ten!(),
            ", ",
            ten!(),
            ", ",
            ten!(),
            ", ",
            ten!(),
            ", ",
            ten!(),
            ", ",
            ten!(),
            ", ",
            ten!(),
            ", ",
            ten!(),
            ", ",
            ten!(),
            ", ",
            ten!()
        )
    };
}

macro_rules! groups {
    ($ids:expr) => {
        concat!(
            "WITH RECURSIVE g(holder, id, way) AS (",
            "SELECT m.member, m.grp, 'D' FROM member m WHERE m.member IN (?, ",
            $ids,
            ") ",
            "UNION SELECT g.holder, m.grp, 'I' FROM g JOIN member m ON m.member = g.id) ",
            "SELECT g.holder, g.id, r.name, g.way FROM g JOIN grp r ON r.guid = g.id"
        )
    };
}

macro_rules! members {
    ($ids:expr) => {
        concat!(
            "SELECT m.grp, m.member, s.kind, m.origin FROM member m JOIN subject s ON s.guid = m.member ",
            "WHERE m.grp IN (",
            $ids,
            ") AND s.kind IN ('user', 'group') ORDER BY m.grp, m.member"
        )
    };
}

macro_rules! subjects {
    ($ids:expr) => {
        concat!(
            "SELECT s.guid, s.kind FROM subject s WHERE s.zone = ? AND s.guid IN (",
            $ids,
            ") AND s.kind IN ('user', 'group')"
        )
    };
}

const WHY_GROUPS: &str = "the closure over nested groups, for a whole page of users at once";
const WHY_MEMBERS: &str = "members are no resource of their own; for a whole page of groups at once";
const WHY_KINDS: &str = "a member is a user or a group, and the caller does not say which";

static GROUPS_OF_ONE: Raw = Raw { name: "scim.groups_of_one", text: groups!("?"), why: WHY_GROUPS };
static GROUPS_OF_MANY: Raw = Raw { name: "scim.groups_of_many", text: groups!(hundred!()), why: WHY_GROUPS };
static MEMBERS_OF_ONE: Raw = Raw { name: "scim.members_of_one", text: members!("?"), why: WHY_MEMBERS };
static MEMBERS_OF_MANY: Raw =
    Raw { name: "scim.members_of_many", text: members!(hundred!()), why: WHY_MEMBERS };
static KIND_OF_ONE: Raw = Raw { name: "scim.kind_of_one", text: subjects!("?"), why: WHY_KINDS };
static KINDS_OF_MANY: Raw = Raw { name: "scim.kinds_of_many", text: subjects!(hundred!()), why: WHY_KINDS };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_gets_a_value() {
        let places = |raw: &Raw| raw.text.matches('?').count();
        assert_eq!(padded(&[Uuid::nil()]).count(), places(&MEMBERS_OF_ONE));
        assert_eq!(padded(&[Uuid::nil(); 2]).count(), places(&MEMBERS_OF_MANY));
        assert_eq!(padded(&[Uuid::nil(); MANY]).count() + 1, places(&GROUPS_OF_MANY));
        assert_eq!(padded(&[Uuid::nil()]).count() + 1, places(&GROUPS_OF_ONE));
        assert_eq!(padded(&[Uuid::nil(); 2]).count() + 1, places(&KINDS_OF_MANY));
    }
}
