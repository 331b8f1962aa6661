//! The compiled facts and a naive third reader decide alike, whatever the facts are.

use proptest::prelude::*;
use uaa_authz::{
    Actor, Ask, Bound, Decision, Place, Registry, RoleLevel, ScopeKey, Snapshot, Subject, SubjectFacts, Verb,
};
use uuid::Uuid;

const ROLES: [(&str, RoleLevel); 5] = [
    ("admin", RoleLevel::Zone),
    ("organization_manager", RoleLevel::Organization),
    ("organization_user", RoleLevel::Organization),
    ("space_developer", RoleLevel::Space),
    ("space_manager", RoleLevel::Space),
];

/// A binding: whose, which role, where, expired or not, behind a scope or not.
type Row = (u8, usize, u8, bool, bool);

fn id(group: u8, n: u8) -> Uuid {
    Uuid::from_u128((u128::from(group) << 64) | u128::from(n))
}

/// Places 0: zone, 1..3: organizations, 4..6: spaces of those.
fn place(n: u8) -> Place {
    let zone = id(9, 0);
    let organization = (n > 0).then(|| id(9, (n - 1) % 3 + 1));
    let space = (n > 3).then(|| id(9, n));
    Place {
        id: space.or(organization).unwrap_or(zone),
        zone,
        organization,
        space,
        owner: None,
        barrier: None,
    }
}

fn bound(registry: &Registry, (i, row): (usize, &Row)) -> Bound {
    let (_, role, at, expired, scoped) = *row;
    let role = uaa_authz::built_in_id(ROLES[role].0);
    Bound {
        binding: Uuid::from_u128(i as u128 + 1),
        role,
        mask: registry.role(role).expect("a built-in role").1.clone(),
        place: place(at).id,
        level: RoleLevel::Space,
        scope: scoped.then(|| ScopeKey::of("cloud_controller.admin")),
        expires: if expired { 1 } else { 0 },
    }
}

/// Everything the naive reader knows: walk the groups, try every binding.
fn naive(registry: &Registry, ask: &Ask<'_>, rows: &[Row], members: &[(u8, u8)], me: u8) -> bool {
    let mut mine = vec![me];
    while let Some((_, group)) = members.iter().find(|(m, g)| mine.contains(m) && !mine.contains(g)) {
        mine.push(*group);
    }
    rows.iter().enumerate().any(|(i, row)| {
        let b = bound(registry, (i, row));
        let there = ask.place.chain().contains(&Some(b.place));
        let usable = match b.scope {
            Some(scope) => ask.actor.has_scope(scope),
            None => ask.actor.opened.allows(ask.kind, ask.verb),
        };
        mine.contains(&row.0) && there && b.expires == 0 && usable && b.mask.allows(ask.kind, ask.verb)
    })
}

proptest! {
    #[test]
    fn three_readers_agree(
        rows in prop::collection::vec((0u8..8, 0usize..5, 0u8..7, any::<bool>(), any::<bool>()), 0..12),
        members in prop::collection::vec((0u8..8, 2u8..8), 0..10),
        at in 0u8..7, verb in 0usize..6, kind in 0usize..4, scopes in 0usize..4,
    ) {
        let registry = Registry::new(uaa_directory::kinds()).unwrap();
        let kind = registry.kind(["organization", "space", "space_role", "organization_role"][kind]).unwrap();
        let scopes = [vec![], vec!["cloud_controller.read"], vec!["cloud_controller.read", "cloud_controller.write"], vec!["cloud_controller.admin"]][scopes].clone();
        let actor = Actor::with_scopes(&registry, Subject::User(id(1, 0)), id(9, 0), "u", "cf", scopes);
        let place = place(at);
        let ask = Ask { actor: &actor, kind, verb: Verb::ALL[verb], place: &place, now: 10 };
        let facts: Vec<(Uuid, SubjectFacts)> = (0..8u8).map(|s| {
            let mut bindings: Vec<Bound> = rows.iter().enumerate().filter(|(_, r)| r.0 == s).map(|r| bound(&registry, r)).collect();
            bindings.sort_by_key(|b| b.place);
            let groups = members.iter().filter(|(m, _)| *m == s).map(|(_, g)| id(1, *g)).collect();
            (id(1, s), SubjectFacts { inactive: false, groups, bindings: bindings.into() })
        }).collect();
        let snapshot = Snapshot::default().with(facts.iter().map(|(i, f)| (*i, Some(f.clone()))));
        let compiled = snapshot.decide(&registry, &ask);
        prop_assert_eq!(compiled.is_allowed(), naive(&registry, &ask, &rows, &members, 0));
        // The list agrees with the single answer: a place is visible when reading there is allowed.
        if Verb::ALL[verb] == Verb::Read {
            let seen = snapshot.places(&registry, &ask);
            let listed = place.chain().into_iter().flatten().any(|p| seen.iter().any(|(_, s)| *s == p));
            prop_assert_eq!(listed, compiled.is_allowed());
        }
        // A deactivated subject may do nothing, whatever it holds.
        let off = snapshot.with([(id(1, 0), Some(SubjectFacts { inactive: true, ..facts[0].1.clone() }))]);
        prop_assert!(matches!(off.decide(&registry, &ask), Decision::Denied(_)));
    }
}
