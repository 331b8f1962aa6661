use crate::{Actor, Duty, KindIx, Mask, Place, Realm, Registry, ScopeKey, Subject, Verb};
use uaa_model::{Barrier, Denied, Micros};
use uuid::Uuid;

/// One question: may this actor do this to a thing of this kind at this place, now?
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// What kind of thing.
    pub kind: KindIx,
    /// What with it.
    pub verb: Verb,
    /// Where it stands; for something new, where it would stand.
    pub place: &'a Place,
    /// The request's time: a binding that has expired by then does not count.
    pub now: Micros,
}

/// One binding that may speak for the actor: its own, or that of a group it is in.
#[derive(Clone, Copy, Debug)]
pub struct Fact<'a> {
    /// The binding.
    pub binding: Uuid,
    /// The actor, or the group through which it reaches the binding.
    pub through: Uuid,
    /// The role it gives.
    pub role: Uuid,
    /// What the role may do.
    pub mask: &'a Mask,
    /// Where it was bound.
    pub place: Uuid,
    /// The scope that a token must carry to use it.
    pub scope: Option<ScopeKey>,
    /// When it ends; 0 never.
    pub expires: Micros,
}

/// Through what something was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A role binding, the actor's own or that of a group.
    Binding {
        /// The binding.
        binding: Uuid,
        /// The role.
        role: Uuid,
        /// The actor itself or a group.
        through: Uuid,
        /// Where the role is bound.
        place: Uuid,
    },
    /// The thing belongs to the actor.
    Owner,
    /// The product's own work.
    Duty(Duty),
}

/// Why something was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Through what.
    pub via: Via,
    /// The barrier that it passed, if there was one.
    pub passed: Option<Barrier>,
}

/// The answer, always with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes, and why.
    Allowed(Reason),
    /// No, and why not.
    Denied(Denied),
}

impl Decision {
    /// Whether the answer is yes.
    pub fn is_allowed(self) -> bool {
        matches!(self, Decision::Allowed(_))
    }
}

/// Decides one question from the facts. The only place where anything is decided (house rule 7).
pub fn decide<'f>(registry: &Registry, ask: &Ask<'_>, facts: impl IntoIterator<Item = Fact<'f>>) -> Decision {
    let mut judge = Judge::new(registry, ask);
    for fact in facts {
        judge.hear(&fact);
    }
    judge.verdict()
}

/// The decision as it comes together, fact by fact: what both readers of facts feed, without collecting them first.
#[derive(Debug)]
pub struct Judge<'a> {
    registry: &'a Registry,
    ask: &'a Ask<'a>,
    /// Whether the token opens the verb on the kind for bindings without a scope of their own.
    open: bool,
    found: Option<Via>,
    readable: bool,
    /// A binding would do, if the token carried its scope.
    narrowed: bool,
    passes: [bool; 2],
}

impl<'a> Judge<'a> {
    /// Begins with what needs no binding: duties and ownership.
    pub fn new(registry: &'a Registry, ask: &'a Ask<'a>) -> Judge<'a> {
        let mut judge = Judge {
            registry,
            ask,
            open: ask.actor.home == ask.place.zone && ask.actor.opened.allows(ask.kind, ask.verb),
            found: None,
            readable: false,
            narrowed: false,
            passes: [false; 2],
        };
        if let Subject::System(duty) = ask.actor.subject {
            let mask = registry.duty(duty);
            judge.readable = true;
            judge.passes = [true; 2];
            judge.found = mask.allows(ask.kind, ask.verb).then_some(Via::Duty(duty));
        }
        let owned = ask.place.owner.is_some() && ask.place.owner == ask.actor.subject.id();
        let owner = registry.at(ask.kind).owner;
        if owned {
            judge.readable |= owner.has(Verb::Read) && judge.opens(Verb::Read);
            if owner.has(ask.verb) {
                judge.narrowed |= !judge.open;
                judge.found = judge.open.then_some(Via::Owner);
            }
        }
        judge
    }

    /// Takes one fact into account. Facts that do not reach the place are heard and do not count.
    pub fn hear(&mut self, fact: &Fact<'_>) {
        if !self.ask.place.within(fact.place) || (fact.expires != 0 && fact.expires <= self.ask.now) {
            return;
        }
        let (kind, verb) = (self.ask.kind, self.ask.verb);
        if fact.mask.allows(kind, verb) {
            if self.usable(fact, kind, verb) {
                let Fact { binding, role, through, place, .. } = *fact;
                self.found.get_or_insert(Via::Binding { binding, role, through, place });
            } else {
                self.narrowed = true;
            }
        }
        self.readable |= fact.mask.allows(kind, Verb::Read) && self.usable(fact, kind, Verb::Read);
        if self.ask.place.barrier.is_some() {
            for (i, pass) in self.registry.pass.into_iter().enumerate() {
                self.passes[i] |=
                    fact.mask.allows(pass, Verb::Operate) && self.usable(fact, pass, Verb::Operate);
            }
        }
    }

    /// The answer, when all facts are heard.
    pub fn verdict(&self) -> Decision {
        let Some(via) = self.found else {
            return Decision::Denied(self.refusal());
        };
        let passed = match self.ask.place.barrier {
            Some(barrier) if !self.ask.verb.only_looks() => {
                if !self.passes_by(barrier) {
                    return Decision::Denied(Denied::Barred(barrier));
                }
                Some(barrier)
            }
            Some(_) | None => None,
        };
        Decision::Allowed(Reason { via, passed })
    }

    /// A binding of another zone counts only through a scope that names it (`zones.<id>.…`).
    fn usable(&self, fact: &Fact<'_>, kind: KindIx, verb: Verb) -> bool {
        match fact.scope {
            Some(scope) => self.ask.actor.has_scope(scope),
            None => self.ask.actor.home == self.ask.place.zone && self.ask.actor.opened.allows(kind, verb),
        }
    }

    fn opens(&self, verb: Verb) -> bool {
        self.ask.actor.home == self.ask.place.zone && self.ask.actor.opened.allows(self.ask.kind, verb)
    }

    fn passes_by(&self, barrier: Barrier) -> bool {
        let system = matches!(self.ask.actor.subject, Subject::System(_));
        match barrier {
            Barrier::OrganizationSuspended => self.passes[0],
            Barrier::SpaceSuspended => self.passes[1],
            // To delete it once more changes nothing, and the job that does it is no system.
            Barrier::Deleting => system || self.ask.verb == Verb::Delete,
        }
    }

    fn refusal(&self) -> Denied {
        let realm = self.registry.at(self.ask.kind).realm;
        match self.ask.actor.subject {
            Subject::Nobody => Denied::Anonymous,
            Subject::User(_) | Subject::Client(_) | Subject::System(_) => {
                let shut =
                    realm == Realm::Platform && !self.ask.actor.opened.allows(self.ask.kind, self.ask.verb);
                if shut || (self.narrowed && (self.readable || realm == Realm::Identity)) {
                    // A token that opens nothing of the kind is told so whatever it asks for, which tells nothing of the thing:
                    // as in the Cloud Controller, where scopes are looked at first.
                    Denied::Scope
                } else if self.readable || realm == Realm::Identity {
                    // The identity half says 403 to whoever may not look, whether the thing exists or not: as in UAA, and
                    // it tells nothing, because the answer is the same for every id.
                    Denied::Forbidden
                } else {
                    Denied::Hidden
                }
            }
        }
    }
}

/// What the actor lacks at a place to hand out a role of that mask: the first permission, by name. Nobody binds, makes or
/// edits a role with a permission they lack there.
pub fn lacking<'f, I>(
    registry: &Registry,
    ask: &Ask<'_>,
    mask: &Mask,
    facts: I,
) -> Option<(&'static str, Verb)>
where
    I: IntoIterator<Item = Fact<'f>> + Clone,
{
    registry.permissions(mask).find(|(name, verb)| {
        let Some(kind) = registry.kind(name) else { return true };
        let one = Ask { kind, verb: *verb, ..*ask };
        !decide(registry, &one, facts.clone()).is_allowed()
    })
}
