//! Committed rows, compiled facts and a naive third reader decide alike: random groups, bindings, custom roles, expiry, scopes,
//! and what is deleted or deactivated meanwhile.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use tests::{At, Engine, Makes, Store, on_every_engine};
use uaa_authz::{Actor, Delete, Mask, Update, Verb, built_in_id};
use uaa_directory::{Group, Organization, Space, User};
use uaa_model::{Id, UAA_ZONE};
use uaa_store::{Cond, Query, Tx, Want};
use uuid::Uuid;

/// Whose binding (0 and 1 people, others groups), which role, where (0 zone, 1 to 3 organizations, 4 to 6 a space of each),
/// whether its time is over, whether it takes a scope.
type Row = (usize, usize, usize, bool, bool);

#[derive(Clone, Debug)]
struct Case {
    rows: Vec<Row>,
    members: Vec<(usize, usize)>,
    scopes: usize,
    gone: usize,
    inactive: bool,
}

fn cases() -> impl Strategy<Value = Case> {
    let rows = prop::collection::vec(
        (0usize..8, 0usize..6, 0usize..7, prop::bool::weighted(0.2), any::<bool>()),
        0..14,
    );
    let members = prop::collection::vec((0usize..8, 2usize..8), 0..12);
    (rows, members, 0usize..4, 2usize..8, prop::bool::weighted(0.1))
        .prop_map(|(rows, members, scopes, gone, inactive)| Case { rows, members, scopes, gone, inactive })
}

const ROLES: [&str; 5] =
    ["admin", "organization_manager", "organization_user", "space_developer", "space_manager"];
const PERMISSIONS: &str = r#"[["space","update"],["organization","read"]]"#;
const SCOPE: &str = "cloud_controller.admin";
const SCOPES: [&[&str]; 4] =
    [&[], &["cloud_controller.read"], &["cloud_controller.read", "cloud_controller.write"], &[SCOPE]];

/// What a case has become in the database.
struct World {
    subjects: Vec<Uuid>,
    organizations: Vec<Id<Organization>>,
    spaces: Vec<Id<Space>>,
    custom: Uuid,
    rows: Vec<Row>,
    members: Vec<(usize, usize)>,
    inactive: bool,
}

on_every_engine! {
    async fn three_readers_agree(database: Database) {
        let count = if database.engine == Engine::Sqlite { 24 } else { 8 };
        let store = Store::open(database).await;
        store.access.follow().await.unwrap();
        let (mut runner, cases) = (TestRunner::default(), cases());
        // Of random cases most refuse everything: some more are taken until enough of them have allowed something.
        let (mut n, mut allowing) = (0, 0);
        while n < count || allowing < count / 4 {
            let case = cases.new_tree(&mut runner).unwrap().current();
            let mut world = made(&store, n, &case).await;
            let actor = store.actor(world.subjects[0], SCOPES[case.scopes]);
            let mut allowed = compare(&store, &world, &actor, "rows").await;
            store.access.follow().await.unwrap();
            compare(&store, &world, &actor, "memory").await;
            end(&store, &mut world, &case).await;
            allowed += compare(&store, &world, &actor, "rows after changes").await;
            store.access.follow().await.unwrap();
            compare(&store, &world, &actor, "memory after changes").await;
            allowing += usize::from(allowed > 0);
            n += 1;
            assert!(n < 20 * count, "of {n} cases {allowing} allowed something: too little was compared");
        }
    }
}

async fn made(store: &Store, n: usize, case: &Case) -> World {
    let mut tx = store.system();
    let (mut organizations, mut spaces, mut subjects) = (vec![], vec![], vec![]);
    for one in 0..3 {
        let organization = tx.organization(&format!("{n}-{one}")).await.unwrap().id();
        spaces.push(tx.space(organization, "s").await.unwrap().id());
        organizations.push(organization);
    }
    subjects.push(tx.person(&format!("{n}-0")).await.unwrap().id().uuid());
    subjects.push(tx.person(&format!("{n}-1")).await.unwrap().id().uuid());
    let mut groups = vec![];
    for one in 2..8 {
        groups.push(tx.group(&format!("{n}-{one}")).await.unwrap());
        subjects.push(groups[one - 2].id().uuid());
    }
    let mut members = vec![];
    for (member, group) in &case.members {
        // What would make a circle is refused, and what is known already changes nothing.
        if let Ok(true) = tx.join(&groups[*group - 2], subjects[*member], "uaa").await {
            members.push((*member, *group));
        }
    }
    let custom = tx.role(&format!("custom {n}"), PERMISSIONS).await.unwrap();
    let mut world = World { subjects, organizations, spaces, custom, rows: vec![], members, inactive: false };
    let mut known = BTreeSet::new();
    for row in &case.rows {
        let (subject, role, at, over, scoped) = *row;
        let at = fitting(role, at);
        if known.insert((subject, role, at)) {
            let expires = if over { tx.now() } else { 0 };
            let scope = scoped.then_some(SCOPE);
            let (who, what, place) = (world.subjects[subject], world.role(role), world.at(at));
            tx.give_role(who, what, place, expires, scope).await.unwrap();
            world.rows.push((subject, role, at, over, scoped));
        }
    }
    tx.commit().await.unwrap();
    world
}

/// Where a role can be bound: a built-in one at places of its level, a custom one anywhere.
fn fitting(role: usize, at: usize) -> usize {
    match ROLES.get(role).and_then(|name| name.split('_').next()) {
        Some("organization") => 1 + at % 3,
        Some("space") => 4 + at % 3,
        Some(_) => 0,
        None => at,
    }
}

/// A group goes, and maybe the user may not act any more.
async fn end(store: &Store, world: &mut World, case: &Case) {
    let mut tx = store.system();
    let gone = tx.grant::<Delete, Group>(Id::new(world.subjects[case.gone])).await.unwrap();
    tx.withdraw(&gone).await.unwrap();
    tx.delete(gone).await.unwrap();
    if case.inactive {
        let it = tx.grant::<Update, User>(Id::new(world.subjects[0])).await.unwrap();
        tx.set_inactive(&it, true).await.unwrap();
    }
    tx.commit().await.unwrap();
    world.rows.retain(|row| row.0 != case.gone);
    world.members.retain(|(member, group)| ![*member, *group].contains(&case.gone));
    world.inactive = case.inactive;
}

/// Asks everything about every organization and space. Says how many answers were yes.
async fn compare(store: &Store, world: &World, actor: &Actor, reader: &str) -> usize {
    let mut tx = store.looking();
    let mut allowed = 0;
    for at in 1..7 {
        let (kind, id) = match world.at(at) {
            At::Zone => continue,
            At::Organization(id) => ("organization", id.uuid()),
            At::Space(id) => ("space", id.uuid()),
        };
        for verb in Verb::ALL {
            let decision = tx.decision(actor, kind, verb, id).await.unwrap().expect("it is there");
            let naive = world.naive(store, actor, kind, verb, at);
            assert_eq!(
                decision.is_allowed(),
                naive,
                "{reader}: {verb:?} {kind} {at}: {decision:?}, {:?} {:?}",
                world.rows,
                world.members
            );
            allowed += usize::from(naive);
        }
    }
    // A list holds what a single answer would allow.
    let readable = (1..4).filter(|at| world.naive(store, actor, "organization", Verb::Read, *at)).count();
    let ids = world.organizations.iter().map(|id| id.uuid()).collect();
    let tx = store.user(world.subjects[0], &[], Want::Read);
    assert_eq!(
        listed(tx, actor, ids).await,
        readable,
        "{reader}: the list, {:?} {:?}",
        world.rows,
        world.members
    );
    allowed
}

async fn listed(mut tx: Tx, actor: &Actor, ids: Vec<Uuid>) -> usize {
    tx.resume(std::sync::Arc::new(actor.clone()));
    match tx.visible::<Organization>().await {
        Ok(seen) => tx.list(&seen, &Query::first(9).when(Cond::Ids("guid", ids))).await.unwrap().rows.len(),
        Err(_) => 0,
    }
}

impl World {
    fn role(&self, role: usize) -> Uuid {
        ROLES.get(role).map_or(self.custom, |name| built_in_id(name))
    }

    fn at(&self, at: usize) -> At {
        match at {
            0 => At::Zone,
            1..=3 => At::Organization(self.organizations[at - 1]),
            _ => At::Space(self.spaces[at - 4]),
        }
    }

    /// Walks the groups and tries every binding.
    fn naive(&self, store: &Store, actor: &Actor, kind: &str, verb: Verb, at: usize) -> bool {
        let registry = store.access.registry();
        let kind = registry.kind(kind).expect("a kind");
        let custom = registry.compile([("space", "update"), ("organization", "read")]).expect("sound names");
        let mut mine = vec![0];
        while let Some((_, group)) = self.members.iter().find(|(m, g)| mine.contains(m) && !mine.contains(g))
        {
            mine.push(*group);
        }
        let above = if at > 3 { vec![at, at - 3, 0] } else { vec![at, 0] };
        let mask = |role: usize| -> Mask {
            registry.role(self.role(role)).map_or_else(|| custom.clone(), |(_, mask)| mask.clone())
        };
        assert_eq!(actor.home, UAA_ZONE);
        !self.inactive
            && self.rows.iter().any(|(subject, role, place, over, scoped)| {
                let usable = if *scoped {
                    actor.has_scope(uaa_authz::ScopeKey::of(SCOPE))
                } else {
                    actor.opened.allows(kind, verb)
                };
                mine.contains(subject)
                    && above.contains(place)
                    && !over
                    && usable
                    && mask(*role).allows(kind, verb)
            })
    }
}
