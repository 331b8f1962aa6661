use crate::{Ask, Decision, Fact, Judge, Mask, Registry, RoleLevel, ScopeKey};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use uaa_model::Micros;
use uuid::Uuid;

/// One role binding of one subject, compiled.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The binding.
    pub binding: Uuid,
    /// The role it gives.
    pub role: Uuid,
    /// What the role may do.
    pub mask: Mask,
    /// Where.
    pub place: Uuid,
    /// What kind of place that is.
    pub level: RoleLevel,
    /// The scope that a token must carry to use it.
    pub scope: Option<ScopeKey>,
    /// When it ends; 0 never.
    pub expires: Micros,
}

impl Bound {
    /// Whether this binding alone allows the question at its own place: the same function, one fact.
    pub fn reaches(&self, registry: &Registry, ask: &Ask<'_>, through: Uuid) -> bool {
        reaches(registry, ask, self.fact(through))
    }

    /// The binding as a fact about somebody who reaches it through that subject.
    pub fn fact(&self, through: Uuid) -> Fact<'_> {
        Fact {
            binding: self.binding,
            through,
            role: self.role,
            mask: &self.mask,
            place: self.place,
            scope: self.scope,
            expires: self.expires,
        }
    }
}

/// What decisions read about one user, client or group.
#[derive(Clone, Debug, Default)]
pub struct SubjectFacts {
    /// Deactivated subjects may do nothing.
    pub inactive: bool,
    /// Groups it is directly in.
    pub groups: Box<[Uuid]>,
    /// Its bindings.
    pub bindings: Box<[Bound]>,
}

/// The compiled facts of a revision: what committed rows say, interned, shared between the moments that differ little.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The revision of each zone that the facts stand for.
    pub revisions: HashMap<Uuid, i64>,
    /// When the facts were last known to be current, by the clock of this process.
    pub as_of: Micros,
    shards: Arc<[Arc<Shard>]>,
    given: Arc<Vec<Given>>,
}

/// What a binding gives, wherever it is: few things, told apart by a number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Given {
    role: Uuid,
    mask: Mask,
    level: RoleLevel,
    scope: Option<ScopeKey>,
}

/// A binding as it is kept: there may be millions.
#[derive(Clone, Copy, Debug)]
struct Held {
    binding: Uuid,
    place: Uuid,
    expires: Micros,
    given: u32,
}

type Shard = HashMap<Uuid, Compiled, BuildHasherDefault<IdHasher>>;

/// A subject's facts as decisions meet them: which of a few bindings is at a place is seen without a look at any of them, each
/// of which is likely to be far away in memory.
#[derive(Clone, Debug)]
struct Compiled {
    inactive: bool,
    /// Of the place of each binding, when there are few.
    tags: [u16; TAGS],
    groups: Box<[Uuid]>,
    /// Sorted by place.
    held: Box<[Held]>,
}

impl Compiled {
    fn new(facts: SubjectFacts, known: &mut Known) -> Compiled {
        let SubjectFacts { inactive, groups, bindings } = facts;
        let hold = |bound: Bound| {
            let Bound { binding, role, mask, place, level, scope, expires } = bound;
            Held { binding, place, expires, given: known.number(Given { role, mask, level, scope }) }
        };
        let mut held: Box<[Held]> = bindings.into_iter().map(hold).collect();
        held.sort_by_key(|one| one.place);
        let mut tags = [0; TAGS];
        tags.iter_mut().zip(&held).for_each(|(tag, one)| *tag = tag_of(one.place));
        Compiled { inactive, tags, groups, held }
    }

    /// The bindings at that place.
    fn at(&self, place: Uuid) -> impl Iterator<Item = &Held> {
        let all = &self.held;
        let first = match self.tags.get(..all.len()) {
            Some(tags) => {
                let tag = tag_of(place);
                let same = |i: &usize| tags[*i] == tag && all[*i].place == place;
                (0..all.len()).find(same).unwrap_or(all.len())
            }
            None => all.partition_point(|one| one.place < place),
        };
        all[first..].iter().take_while(move |one| one.place == place)
    }
}

/// The numbers of what is given, while facts are compiled.
struct Known {
    given: Vec<Given>,
    numbers: HashMap<(Uuid, RoleLevel, Option<ScopeKey>), u32>,
}

impl Known {
    fn new(given: &[Given]) -> Known {
        let key = |(n, one): (u32, &Given)| ((one.role, one.level, one.scope), n);
        Known { numbers: (0..).zip(given).map(key).collect(), given: given.to_vec() }
    }

    /// A role that was edited gets another number: facts that are compiled already keep what they were compiled with.
    fn number(&mut self, one: Given) -> u32 {
        let next = u32::try_from(self.given.len()).unwrap_or(u32::MAX);
        let number = self.numbers.entry((one.role, one.level, one.scope)).or_insert(next);
        if self.given.get(*number as usize) != Some(&one) {
            *number = next;
            self.given.push(one);
        }
        *number
    }
}

impl Default for Snapshot {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Arc::new(Shard::default())).collect();
        Snapshot { revisions: HashMap::new(), as_of: 0, shards, given: Arc::default() }
    }
}

impl Snapshot {
    /// The same facts with some subjects replaced; `None` removes one. Copies only the shards it touches.
    #[must_use]
    pub fn with(&self, changed: impl IntoIterator<Item = (Uuid, Option<SubjectFacts>)>) -> Snapshot {
        let mut shards: Vec<Arc<Shard>> = self.shards.to_vec();
        let mut known = Known::new(&self.given);
        for (subject, facts) in changed {
            let shard = Arc::make_mut(&mut shards[shard_of(subject)]);
            match facts {
                Some(facts) => shard.insert(subject, Compiled::new(facts, &mut known)),
                None => shard.remove(&subject),
            };
        }
        let (shards, given) = (shards.into(), Arc::new(known.given));
        Snapshot { revisions: self.revisions.clone(), as_of: self.as_of, shards, given }
    }

    /// Whether these facts are those of that revision.
    pub fn is_at(&self, zone: Uuid, revision: i64) -> bool {
        self.revisions.get(&zone) == Some(&revision)
    }

    /// The revision of a zone; 0 for one that it does not know.
    pub fn revision(&self, zone: Uuid) -> i64 {
        self.revisions.get(&zone).copied().unwrap_or(0)
    }

    /// How many subjects have facts.
    pub fn subjects(&self) -> usize {
        self.shards.iter().map(|s| s.len()).sum()
    }

    /// Decides one question from the compiled facts. No allocation up to 64 groups a subject.
    pub fn decide(&self, registry: &Registry, ask: &Ask<'_>) -> Decision {
        let mut judge = Judge::new(registry, ask);
        let active = self.each_subject(ask, |through, facts| {
            for place in ask.place.chain().into_iter().flatten() {
                facts.at(place).for_each(|held| judge.hear(&self.fact(held, through)));
            }
        });
        if active { judge.verdict() } else { Decision::Denied(uaa_model::Denied::Unauthenticated) }
    }

    /// The places at which the actor's bindings allow the verb on the kind.
    pub fn places(&self, registry: &Registry, ask: &Ask<'_>) -> Vec<(RoleLevel, Uuid)> {
        let mut places = vec![];
        let active = self.each_subject(ask, |through, facts| {
            for held in &facts.held {
                if reaches(registry, ask, self.fact(held, through)) {
                    places.push((self.given[held.given as usize].level, held.place));
                }
            }
        });
        places.sort_unstable();
        places.dedup();
        if active { places } else { vec![] }
    }

    /// Whether the subject is known and active, visiting it, everybody of its zone, and every group above either.
    fn each_subject<'s>(&'s self, ask: &Ask<'_>, mut visit: impl FnMut(Uuid, &'s Compiled)) -> bool {
        let Some(subject) = ask.actor.subject.id() else { return true };
        let own = self.facts(subject);
        if own.is_some_and(|f| f.inactive) {
            return false;
        }
        let everybody = matches!(ask.actor.subject, crate::Subject::User(_)).then_some(ask.actor.home);
        let mut seen = Seen::new(subject);
        everybody.into_iter().for_each(|zone| seen.add(zone));
        let mut next = 0;
        while let Some(one) = seen.get(next) {
            let facts = if next == 0 { own } else { self.facts(one) };
            next += 1;
            if let Some(facts) = facts {
                visit(one, facts);
                facts.groups.iter().for_each(|g| seen.add(*g));
            }
        }
        true
    }

    fn fact(&self, held: &Held, through: Uuid) -> Fact<'_> {
        let Held { binding, place, expires, given } = *held;
        let Given { role, ref mask, scope, .. } = self.given[given as usize];
        Fact { binding, through, role, mask, place, scope, expires }
    }

    fn facts(&self, subject: Uuid) -> Option<&Compiled> {
        self.shards[shard_of(subject)].get(&subject)
    }
}

/// Whether that fact alone allows the question at its own place.
fn reaches(registry: &Registry, ask: &Ask<'_>, fact: Fact<'_>) -> bool {
    let here = crate::Place { organization: Some(fact.place), ..*ask.place };
    crate::decide(registry, &Ask { place: &here, ..*ask }, [fact]).is_allowed()
}

/// The subjects visited so far: in place up to 64, on the heap beyond.
struct Seen {
    near: [Uuid; NEAR],
    count: usize,
    far: Vec<Uuid>,
}

impl Seen {
    fn new(first: Uuid) -> Seen {
        let mut near = [Uuid::nil(); NEAR];
        near[0] = first;
        Seen { near, count: 1, far: vec![] }
    }

    fn get(&self, at: usize) -> Option<Uuid> {
        if at < self.count { Some(self.near[at]) } else { self.far.get(at - self.count.min(at)).copied() }
    }

    fn add(&mut self, subject: Uuid) {
        if self.near[..self.count].contains(&subject) || self.far.contains(&subject) {
            return;
        }
        if self.count < NEAR {
            self.near[self.count] = subject;
            self.count += 1;
        } else {
            self.far.push(subject);
        }
    }
}

/// Ids are random or time-ordered already: mixing their two halves is hash enough. Nobody outside chooses them.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        // Both halves of the product: a table takes its places from the low bits, which the high bits of a factor alone never
        // reach, and ids that were made in turn differ in those only.
        let product = u128::from(self.0.rotate_left(5) ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}

fn shard_of(subject: Uuid) -> usize {
    usize::from(tag_of(subject)) % SHARDS
}

/// The half of the id that differs between those made one after the other.
fn tag_of(place: Uuid) -> u16 {
    let bytes = place.as_bytes();
    u16::from_le_bytes([bytes[15], bytes[14]])
}

/// Bindings whose places are told apart by tags; more of them are searched by halves.
const TAGS: usize = 16;
const SHARDS: usize = 1024;
const NEAR: usize = 64;
