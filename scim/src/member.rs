//! Who is in which group: the statements that no scoped method says.

use std::collections::{BTreeMap, HashMap};
use uaa_model::Reply;
use uaa_store::{Proof, Raw, Tx, Value};
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
    let holders: Vec<Uuid> = users.iter().copied().chain([zone]).collect();
    for row in tx.raw_among(proof, &GROUPS, vec![], &holders).await? {
        let direct = row.get::<String>(3)? == "D";
        let one = Membership { group: row.get(1)?, name: row.get(2)?, direct };
        let holder: Uuid = row.get(0)?;
        let everybody = holder == zone;
        for user in users.iter().filter(|u| everybody || **u == holder) {
            let kept = found.entry(*user).or_default().entry(one.name.clone());
            kept.and_modify(|known| known.direct |= direct).or_insert_with(|| one.clone());
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
    for row in tx.raw_among(proof, &MEMBERS, vec![], groups).await? {
        let member = Member { id: row.get(1)?, kind: row.get(2)?, origin: row.get(3)? };
        found.entry(row.get(0)?).or_default().push(member);
    }
    Ok(found)
}

/// Of these ids the ones that are users or groups of the zone, with their kind.
pub(crate) async fn kinds_of(tx: &mut Tx, proof: &impl Proof, ids: &[Uuid]) -> Reply<HashMap<Uuid, String>> {
    let zone = Value::from(tx.zone());
    let rows = tx.raw_among(proof, &KINDS, vec![zone], ids).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

static GROUPS: Raw = Raw {
    name: "scim.groups",
    text: "WITH RECURSIVE g(holder, id, way) AS (\
           SELECT m.member, m.grp, 'D' FROM member m WHERE m.member {among} \
           UNION SELECT g.holder, m.grp, 'I' FROM g JOIN member m ON m.member = g.id) \
           SELECT g.holder, g.id, r.name, g.way FROM g JOIN grp r ON r.guid = g.id",
    why: "the closure over nested groups, for a whole page of users at once",
};

static MEMBERS: Raw = Raw {
    name: "scim.members",
    text: "SELECT m.grp, m.member, s.kind, m.origin FROM member m JOIN subject s ON s.guid = m.member \
           WHERE m.grp {among} AND s.kind IN ('user', 'group') ORDER BY m.grp, m.member",
    why: "members are no resource of their own; for a whole page of groups at once",
};

static KINDS: Raw = Raw {
    name: "scim.kinds",
    text: "SELECT s.guid, s.kind FROM subject s WHERE s.zone = ? AND s.guid {among} \
           AND s.kind IN ('user', 'group')",
    why: "a member is a user or a group, and the caller does not say which",
};
