//! Nobody climbs: whatever people who may hand out some rights do with bindings, custom roles and groups, in whatever order,
//! nobody comes to a right at a place by the hand of somebody who lacks it there.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use tests::{At, Makes, Store, on_every_engine};
use uaa_authz::{Update, built_in_id};
use uaa_directory::{CustomRole, Group, Organization, Space};
use uaa_model::{Fault, Id, Reply};
use uaa_store::{Set, Want};
use uuid::Uuid;

/// A verb on a kind, by number.
type Right = (usize, usize);

#[derive(Clone, Debug)]
enum Move {
    Bind { subject: usize, role: usize, at: usize },
    Make { rights: Vec<Right> },
    Edit { role: usize, rights: Vec<Right> },
    Join { member: usize, group: usize },
}

#[derive(Clone, Debug)]
struct Case {
    /// What each custom role of the beginning allows.
    roles: Vec<Vec<Right>>,
    /// Who has which of them where.
    bound: Vec<(usize, usize, usize)>,
    /// Who does what.
    moves: Vec<(usize, Move)>,
}

const PEOPLE: usize = 4;
const SUBJECTS: usize = 7;
const PLACES: usize = 6;
/// Built-in roles that give no right to hand out others; by those that do, the field lets people give what they lack.
const BUILT_IN: [&str; 3] = ["organization_auditor", "organization_user", "space_auditor"];
const KINDS: [&str; 7] =
    ["role", "role_binding", "organization_role", "space_role", "group", "space", "organization"];
const VERBS: [&str; 4] = ["create", "update", "read", "delete"];
const SCOPES: &[&str] =
    &["cloud_controller.read", "cloud_controller.write", "scim.read", "scim.write", "access.write"];

fn cases() -> impl Strategy<Value = Case> {
    // Small numbers are the rights to hand out rights: without them nothing happens.
    let right = || prop_oneof![3 => (0usize..5, 0usize..2), 1 => (0usize..KINDS.len(), 0usize..VERBS.len())];
    let rights = || prop::collection::vec(right(), 1..7);
    let moves = prop_oneof![
        3 => (0..SUBJECTS, 0usize..12, 0..PLACES).prop_map(|(subject, role, at)| Move::Bind { subject, role, at }),
        1 => rights().prop_map(|rights| Move::Make { rights }),
        2 => (0usize..12, rights()).prop_map(|(role, rights)| Move::Edit { role, rights }),
        2 => (0..SUBJECTS, PEOPLE..SUBJECTS).prop_map(|(member, group)| Move::Join { member, group }),
    ];
    let bound = prop::collection::vec((0..SUBJECTS, 0usize..5, prop_oneof![Just(0), 0..PLACES]), 4..12);
    let moves = prop::collection::vec((0..PEOPLE, moves), 20..40);
    (prop::collection::vec(rights(), 5), bound, moves).prop_map(|(mut roles, mut bound, moves)| {
        // Somebody may hand out much everywhere, and somebody in one organization.
        roles[0].extend((0..5).flat_map(|kind| [(kind, 0), (kind, 1)]));
        bound.extend([(0, 0, 0), (1, 0, 1)]);
        Case { roles, bound, moves }
    })
}

/// What stands in the database, as this test keeps the books.
struct World {
    subjects: Vec<Uuid>,
    organizations: Vec<Id<Organization>>,
    spaces: Vec<Id<Space>>,
    roles: Vec<(Uuid, BTreeSet<Right>)>,
    bound: BTreeSet<(usize, usize, usize)>,
    members: BTreeSet<(usize, usize)>,
}

on_every_engine! {
    async fn nobody_comes_to_what_the_giver_lacks(database: Database) {
        let count = if database.engine == tests::Engine::Sqlite { 24 } else { 6 };
        let store = Store::open(database).await;
        let (mut runner, cases) = (TestRunner::default(), cases());
        let (mut done, mut lacking) = (0, 0);
        for n in 0..count {
            let case = cases.new_tree(&mut runner).unwrap().current();
            let mut world = founded(&store, n, &case).await;
            for (step, (by, what)) in case.moves.iter().enumerate() {
                let before: Vec<BTreeSet<Right>> = world.everything();
                match tried(&store, &world, *by, what, &format!("{n}-{step}")).await {
                    Ok(made) => {
                        world.note(what, made);
                        world.hold(*by, &before, what);
                        done += 1;
                    }
                    Err(Fault::Lacking(..)) => lacking += 1,
                    Err(Fault::Denied(..) | Fault::Unique(_) | Fault::Invalid(_)) => {}
                    Err(other) => panic!("{what:?}: {other:?}"),
                }
            }
        }
        assert!(done > count, "{done} moves were possible: nothing was held");
        assert!(lacking > count, "{lacking} moves were refused for what their maker lacks: nothing was tried");
    }
}

async fn founded(store: &Store, n: usize, case: &Case) -> World {
    let mut tx = store.system();
    let (mut organizations, mut spaces, mut subjects, mut roles) = (vec![], vec![], vec![], vec![]);
    for one in 0..2 {
        organizations.push(tx.organization(&format!("{n}-{one}")).await.unwrap().id());
    }
    for (one, of) in [0, 0, 1].into_iter().enumerate() {
        spaces.push(tx.space(organizations[of], &format!("s{one}")).await.unwrap().id());
    }
    for one in 0..PEOPLE {
        subjects.push(tx.person(&format!("{n}-{one}")).await.unwrap().id().uuid());
    }
    for one in PEOPLE..SUBJECTS {
        subjects.push(tx.group(&format!("{n}-{one}")).await.unwrap().id().uuid());
    }
    for (one, rights) in case.roles.iter().enumerate() {
        let id = tx.role(&format!("{n} of the beginning {one}"), &text(rights)).await.unwrap();
        roles.push((id, rights.iter().copied().collect()));
    }
    let mut world =
        World { subjects, organizations, spaces, roles, bound: BTreeSet::new(), members: BTreeSet::new() };
    for (subject, role, at) in &case.bound {
        if world.bound.insert((*subject, *role, *at)) {
            let (who, what) = (world.subjects[*subject], world.roles[*role].0);
            tx.give_role(who, what, world.at(*at), 0, None).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    world
}

/// Does it as that person. Gives the id of a role that was made.
async fn tried(store: &Store, world: &World, by: usize, what: &Move, name: &str) -> Reply<Option<Uuid>> {
    let mut tx = store.user(world.subjects[by], SCOPES, Want::Write);
    tx.insist();
    let mut made = None;
    match what {
        Move::Bind { subject, role, at } => {
            let role = world.role(*role);
            tx.give_role(world.subjects[*subject], role, world.at(*at), 0, None).await?;
        }
        Move::Make { rights } => made = Some(tx.role(name, &text(rights)).await?),
        Move::Edit { role, rights } => {
            let id = Id::<CustomRole>::new(world.roles[role % world.roles.len()].0);
            let role = tx.grant::<Update, CustomRole>(id).await?;
            tx.update(&role, Set::default().put(CustomRole::permissions, text(rights))).await?;
        }
        Move::Join { member, group } => {
            let group = tx.grant::<Update, Group>(Id::new(world.subjects[*group])).await?;
            tx.join(&group, world.subjects[*member], "uaa").await?;
        }
    }
    tx.commit().await?;
    Ok(made)
}

impl World {
    fn at(&self, at: usize) -> At {
        match at {
            0 => At::Zone,
            1 | 2 => At::Organization(self.organizations[at - 1]),
            _ => At::Space(self.spaces[at - 3]),
        }
    }

    /// The places whose bindings count there.
    fn above(at: usize) -> Vec<usize> {
        match at {
            0 => vec![0],
            1 | 2 => vec![at, 0],
            3 | 4 => vec![at, 1, 0],
            _ => vec![at, 2, 0],
        }
    }

    fn role(&self, role: usize) -> Uuid {
        self.roles.get(role).map_or_else(|| built_in_id(BUILT_IN[role % 3]), |(id, _)| *id)
    }

    /// Writes down what was done.
    fn note(&mut self, what: &Move, made: Option<Uuid>) {
        match what {
            Move::Bind { subject, role, at } => {
                // Built-in roles give nothing that this test counts.
                if *role < self.roles.len() {
                    self.bound.insert((*subject, *role, *at));
                }
            }
            Move::Make { rights } => {
                self.roles.push((made.expect("its id"), rights.iter().copied().collect()));
            }
            Move::Edit { role, rights } => {
                let role = role % self.roles.len();
                self.roles[role].1 = rights.iter().copied().collect();
            }
            Move::Join { member, group } => {
                self.members.insert((*member, *group));
            }
        }
    }

    /// What a subject may do at a place, by custom roles.
    fn rights(&self, subject: usize, at: usize) -> BTreeSet<Right> {
        let mut mine = BTreeSet::from([subject]);
        while let Some((_, group)) = self.members.iter().find(|(m, g)| mine.contains(m) && !mine.contains(g))
        {
            mine.insert(*group);
        }
        let above = World::above(at);
        let counts = |(who, _, place): &&(usize, usize, usize)| mine.contains(who) && above.contains(place);
        self.bound.iter().filter(counts).flat_map(|(_, role, _)| self.roles[*role].1.clone()).collect()
    }

    /// The same of everybody everywhere, subject by subject.
    fn everything(&self) -> Vec<BTreeSet<Right>> {
        (0..SUBJECTS).flat_map(|subject| (0..PLACES).map(move |at| self.rights(subject, at))).collect()
    }

    /// What anybody has now and had not before, the one who did it had.
    fn hold(&self, by: usize, before: &[BTreeSet<Right>], what: &Move) {
        for (n, now) in self.everything().into_iter().enumerate() {
            let (subject, at) = (n / PLACES, n % PLACES);
            let his = &before[by * PLACES + at];
            let more: Vec<&Right> = now.difference(&before[n]).filter(|right| !his.contains(right)).collect();
            assert!(
                more.is_empty(),
                "{what:?} by {by} gave {subject} at {at} {}, which {by} lacks there: {:?} {:?}",
                text(&more.into_iter().copied().collect::<Vec<_>>()),
                self.bound,
                self.members
            );
        }
    }
}

fn text(rights: &[Right]) -> String {
    let pairs: BTreeSet<[&str; 2]> = rights.iter().map(|(kind, verb)| [KINDS[*kind], VERBS[*verb]]).collect();
    serde_json::to_string(&pairs).unwrap()
}
