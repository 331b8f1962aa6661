//! The groups that a person is in, directly or not, and by which way.

use crate::client::Known;
use std::collections::HashMap;
use uaa_directory::User;
use uaa_model::Reply;
use uaa_store::{Raw, Tx};
use uuid::Uuid;

/// The groups of a person, with those of everybody in the zone.
#[derive(Debug)]
pub(crate) struct Groups {
    person: Uuid,
    zone: Uuid,
    /// Of each group its name, and a member of it that leads to the person or the zone.
    all: HashMap<Uuid, (String, Uuid)>,
}

/// The rows on which it rests that somebody is in some groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ways {
    /// The groups on the ways from the person.
    pub(crate) own: Vec<Uuid>,
    /// Those that everybody in the zone is in, with the zone.
    pub(crate) everybodys: Vec<Uuid>,
}

impl Groups {
    /// As they are now. In a transaction of the zone, under the duty of sign-in.
    pub(crate) async fn of(person: Uuid, tx: &mut Tx) -> Reply<Groups> {
        let (zone, seen) = (tx.zone(), tx.visible::<User>().await?);
        let mut all = HashMap::new();
        for row in tx.raw(&seen, &GROUPS_OF, vec![person.into(), zone.into()]).await? {
            all.insert(row.get(1)?, (row.get(2)?, row.get(0)?));
        }
        Ok(Groups { person, zone, all })
    }

    /// What they are called.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.values().map(|(name, _)| name.as_str())
    }

    /// Whether the person is in all groups that the client insists on.
    pub(crate) fn are_enough_for(&self, client: &Known) -> bool {
        client.required_groups.iter().all(|group| self.names().any(|name| name == group))
    }

    /// How the person comes to be in the groups of those names.
    pub(crate) fn ways<'a>(&self, names: impl Iterator<Item = &'a str>) -> Ways {
        let ids: HashMap<&str, Uuid> = self.all.iter().map(|(id, (name, _))| (name.as_str(), *id)).collect();
        let mut ways = Ways::default();
        for name in names {
            let mut way = vec![];
            let mut at = ids.get(name).copied();
            while let Some(group) = at.filter(|group| !way.contains(group)) {
                way.push(group);
                at = self.all.get(&group).map(|(_, member)| *member);
            }
            match way.last() {
                Some(last) if *last == self.zone => ways.everybodys.extend(way),
                // What changes about the person themselves is followed anyhow.
                Some(_) => ways.own.extend(way.into_iter().filter(|one| *one != self.person)),
                None => {}
            }
        }
        for some in [&mut ways.own, &mut ways.everybodys] {
            some.sort_unstable();
            some.dedup();
        }
        ways
    }
}

static GROUPS_OF: Raw = Raw {
    name: "groups_of_user",
    text: "WITH RECURSIVE g(member, id) AS (SELECT m.member, m.grp FROM member m WHERE m.member IN (?, ?) \
           UNION SELECT m.member, m.grp FROM member m JOIN g ON m.member = g.id) \
           SELECT g.member, g.id, t.name FROM g JOIN grp t ON t.guid = g.id",
    why: "the scopes of a token are the user's groups, also those above them and those of everybody in the zone: one \
          recursive statement instead of one a group, which says by which way, too",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_as_long_as_it_must_be() {
        let id = Uuid::from_u128;
        let (person, zone) = (id(1), id(2));
        // The person is in `a`, which is in `b`; everybody is in `c`, which is in `d`.
        let all = [(3, "a", 1), (4, "b", 3), (5, "c", 2), (6, "d", 5)];
        let all = all.map(|(group, name, member)| (id(group), (name.to_owned(), id(member)))).into();
        let groups = Groups { person, zone, all };
        let ways = |names: &[&str]| groups.ways(names.iter().copied());
        let of = |own: &[u128], everybodys: &[u128]| Ways {
            own: own.iter().copied().map(id).collect(),
            everybodys: everybodys.iter().copied().map(id).collect(),
        };
        assert_eq!(ways(&["a"]), of(&[3], &[]));
        assert_eq!(ways(&["b", "a", "profile"]), of(&[3, 4], &[]));
        assert_eq!(ways(&["d"]), of(&[], &[2, 5, 6]));
        assert_eq!(ways(&["a", "c"]), of(&[3], &[2, 5]));
    }
}
