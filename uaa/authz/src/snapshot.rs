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
        let here = crate::Place { organization: Some(self.place), ..*ask.place };
        crate::decide(registry, &Ask { place: &here, ..*ask }, [self.fact(through)]).is_allowed()
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
    /// Its bindings, sorted by place.
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
}

type Shard = HashMap<Uuid, SubjectFacts, BuildHasherDefault<IdHasher>>;

impl Default for Snapshot {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Arc::new(Shard::default())).collect();
        Snapshot { revisions: HashMap::new(), as_of: 0, shards }
    }
}

impl Snapshot {
    /// The same facts with some subjects replaced; `None` removes one. Copies only the shards it touches.
    #[must_use]
    pub fn with(&self, changed: impl IntoIterator<Item = (Uuid, Option<SubjectFacts>)>) -> Snapshot {
        let mut shards: Vec<Arc<Shard>> = self.shards.to_vec();
        for (subject, facts) in changed {
            let shard = Arc::make_mut(&mut shards[shard_of(subject)]);
            match facts {
                Some(facts) => shard.insert(subject, facts),
                None => shard.remove(&subject),
            };
        }
        Snapshot { revisions: self.revisions.clone(), as_of: self.as_of, shards: shards.into() }
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
                let first = facts.bindings.partition_point(|b| b.place < place);
                for bound in facts.bindings[first..].iter().take_while(|b| b.place == place) {
                    judge.hear(&bound.fact(through));
                }
            }
        });
        if active { judge.verdict() } else { Decision::Denied(uaa_model::Denied::Unauthenticated) }
    }

    /// The places at which the actor's bindings allow the verb on the kind.
    pub fn places(&self, registry: &Registry, ask: &Ask<'_>) -> Vec<(RoleLevel, Uuid)> {
        let mut places = vec![];
        let active = self.each_subject(ask, |through, facts| {
            for bound in &facts.bindings {
                if bound.reaches(registry, ask, through) {
                    places.push((bound.level, bound.place));
                }
            }
        });
        places.sort_unstable();
        places.dedup();
        if active { places } else { vec![] }
    }

    /// Whether the subject is known and active, visiting it, everybody of its zone, and every group above either.
    fn each_subject<'s>(&'s self, ask: &Ask<'_>, mut visit: impl FnMut(Uuid, &'s SubjectFacts)) -> bool {
        let Some(subject) = ask.actor.subject.id() else { return true };
        if self.facts(subject).is_some_and(|f| f.inactive) {
            return false;
        }
        let everybody = matches!(ask.actor.subject, crate::Subject::User(_)).then_some(ask.actor.home);
        let mut seen = Seen::new(subject);
        everybody.into_iter().for_each(|zone| seen.add(zone));
        let mut next = 0;
        while let Some(one) = seen.get(next) {
            next += 1;
            if let Some(facts) = self.facts(one) {
                visit(one, facts);
                facts.groups.iter().for_each(|g| seen.add(*g));
            }
        }
        true
    }

    fn facts(&self, subject: Uuid) -> Option<&SubjectFacts> {
        self.shards[shard_of(subject)].get(&subject)
    }
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
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

fn shard_of(subject: Uuid) -> usize {
    let bytes = subject.as_bytes();
    usize::from(u16::from_le_bytes([bytes[15], bytes[14]])) % SHARDS
}

const SHARDS: usize = 1024;
const NEAR: usize = 64;
