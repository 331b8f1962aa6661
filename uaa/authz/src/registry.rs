use crate::role::{BUILT_IN, Role, built_in_id, role_of_scope, scope_of_role};
use crate::{Duty, Kind, Realm, Verb, Verbs};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// A kind's position in every mask of one [`Registry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindIx(usize);

/// A name in a role definition that no plugin declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName(pub String);

/// What a role, a duty or a token's scopes may do: a set of verbs for each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask(Arc<[Verbs]>);

impl Mask {
    /// Whether the verb on the kind is in it.
    pub fn allows(&self, kind: KindIx, verb: Verb) -> bool {
        self.0.get(kind.0).is_some_and(|v| v.has(verb))
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub fn beyond(&self, other: &Mask) -> Mask {
        Mask(self.0.iter().zip(other.0.iter()).map(|(mine, theirs)| mine.without(*theirs)).collect())
    }

    /// The verbs on that kind.
    pub fn verbs(&self, kind: KindIx) -> Verbs {
        self.0.get(kind.0).copied().unwrap_or_default()
    }
}

/// Every kind and built-in role of one installation, interned. Made once at start from what the plugins declare.
#[derive(Debug)]
pub struct Registry {
    kinds: Vec<Kind>,
    index: HashMap<&'static str, KindIx>,
    roles: HashMap<Uuid, (&'static Role, Mask)>,
    duties: Vec<Mask>,
    nothing: Mask,
    everything: Mask,
    /// Passing a suspended organization and a suspended space.
    pub(crate) pass: [KindIx; 2],
}

/// Kinds of the core itself: permissions that are not rows.
const CORE: &[Kind] = &[
    Kind::platform("suspended_organization", crate::Level::Leaf, &[]),
    Kind::platform("suspended_space", crate::Level::Leaf, &[("organization_manager", Verbs::of("o"))]),
];

impl Registry {
    /// Interns the kinds of all plugins. Two kinds of one name, or a grant to a role that does not exist, is a mistake of
    /// ours and named in the error.
    pub fn new(kinds: impl IntoIterator<Item = Kind>) -> Result<Registry, UnknownName> {
        let mut all: BTreeMap<&'static str, Kind> = CORE.iter().map(|k| (k.name, *k)).collect();
        for kind in kinds {
            if let Some((role, _)) = kind.grants.iter().find(|(r, _)| !BUILT_IN.iter().any(|b| b.name == *r))
            {
                return Err(UnknownName(format!("role `{role}` in kind `{}`", kind.name)));
            }
            if all.insert(kind.name, kind).is_some() {
                return Err(UnknownName(format!("kind `{}` is declared twice", kind.name)));
            }
        }
        let kinds: Vec<Kind> = all.into_values().collect();
        let index: HashMap<_, _> = kinds.iter().enumerate().map(|(i, k)| (k.name, KindIx(i))).collect();
        let roles =
            BUILT_IN.iter().map(|r| (built_in_id(r.name), (r, Mask(role_verbs(&kinds, r.name))))).collect();
        let duties = Duty::ALL.iter().map(|d| Mask(kinds.iter().map(|k| d.verbs(k)).collect())).collect();
        let pass = [index["suspended_organization"], index["suspended_space"]];
        let same = |verbs| Mask(vec![verbs; kinds.len()].into());
        let (nothing, everything) = (same(Verbs::NONE), same(Verbs::ALL));
        Ok(Registry { kinds, index, roles, duties, nothing, everything, pass })
    }

    /// The position of a kind.
    pub fn kind(&self, name: &str) -> Option<KindIx> {
        self.index.get(name).copied()
    }

    /// All kinds, by name.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The kind at a position.
    pub fn at(&self, kind: KindIx) -> &Kind {
        &self.kinds[kind.0]
    }

    /// A built-in role and its mask.
    pub fn role(&self, id: Uuid) -> Option<(&'static Role, &Mask)> {
        self.roles.get(&id).map(|(role, mask)| (*role, mask))
    }

    /// The mask of a duty.
    pub fn duty(&self, duty: Duty) -> &Mask {
        &self.duties[duty as usize]
    }

    /// Compiles a custom role: `[(kind, verb)]` by name.
    pub fn compile<'a>(
        &self,
        permissions: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Mask, UnknownName> {
        let mut verbs = vec![Verbs::NONE; self.kinds.len()];
        for (kind, verb) in permissions {
            let ix = self.kind(kind).ok_or_else(|| UnknownName(format!("kind `{kind}`")))?;
            let verb = Verb::named(verb).ok_or_else(|| UnknownName(format!("verb `{verb}`")))?;
            verbs[ix.0] = verbs[ix.0].with(verb);
        }
        Ok(Mask(verbs.into()))
    }

    /// The permissions of a mask by name, sorted.
    pub fn permissions<'a>(&'a self, mask: &'a Mask) -> impl Iterator<Item = (&'static str, Verb)> + 'a {
        self.kinds.iter().zip(mask.0.iter()).flat_map(|(k, v)| v.iter().map(|verb| (k.name, verb)))
    }

    /// What scopes open for bindings that name no scope of their own: `cloud_controller.read` and `.write` the platform's
    /// kinds, a scope that stands for a role what that role may do, every token lets its
    /// owner look at and withdraw his own things of the identity half, where they are personal one that acts as him; to change them takes
    /// the scope.
    pub fn opened_by<'a>(&self, scopes: impl IntoIterator<Item = &'a str>) -> Mask {
        let mut open: Vec<Verbs> = self
            .kinds
            .iter()
            .map(|k| if k.realm == Realm::Identity && !k.personal { of_owner(k) } else { Verbs::NONE })
            .collect();
        for scope in scopes {
            let platform = match scope {
                "cloud_controller.read" => Verbs::of("rs"),
                "cloud_controller.write" => Verbs::of("cudo"),
                _ => Verbs::NONE,
            };
            let acts = scope == "uaa.user";
            let role = role_of_scope(scope).map(|name| &self.roles[&built_in_id(name)].1);
            for (i, kind) in self.kinds.iter().enumerate() {
                if kind.realm == Realm::Platform {
                    open[i] = open[i].or(platform);
                }
                if acts && kind.personal {
                    open[i] = open[i].or(of_owner(kind));
                }
                if let Some(mask) = role {
                    open[i] = open[i].or(mask.0[i]);
                }
            }
        }
        Mask(open.into())
    }

    /// The scopes that open that verb on that kind, as UAA names them where one is lacking: those written beside the kind, else the
    /// administrator's.
    pub fn scopes_for(&self, kind: &str, verb: Verb) -> Vec<&'static str> {
        let Some(kind) = self.kind(kind).map(|ix| self.at(ix)) else { return vec![] };
        let roles = kind.grants.iter().filter(|(_, verbs)| verbs.has(verb)).map(|(role, _)| *role);
        let scopes: Vec<_> = roles.filter_map(scope_of_role).collect();
        match (scopes.is_empty(), kind.realm) {
            (true, Realm::Identity) => vec!["uaa.admin"],
            (true | false, _) => scopes,
        }
    }

    pub(crate) fn everything(&self) -> Mask {
        self.everything.clone()
    }

    /// A mask in which nothing is.
    pub fn nothing(&self) -> Mask {
        self.nothing.clone()
    }
}

/// What the owner does to his own things by a token that need not say so.
fn of_owner(kind: &Kind) -> Verbs {
    kind.owner.and(Verbs::of("rd"))
}

/// Administrators reach every kind of their half without a line beside it; `uaa.admin` satisfies every check of the identity
/// half, as in UAA.
fn role_verbs(kinds: &[Kind], role: &str) -> Arc<[Verbs]> {
    kinds
        .iter()
        .map(|kind| {
            let line =
                kind.grants.iter().filter(|(r, _)| *r == role).fold(Verbs::NONE, |all, (_, v)| all.or(*v));
            let whole = match (role, kind.realm) {
                ("admin", Realm::Platform) | ("uaa.admin", Realm::Identity) => Verbs::ALL,
                // Whoever keeps a zone does there what its uaa.admin does, but makes no zones and touches no keys.
                (crate::role::ZONE_ADMIN, Realm::Identity)
                    if !["zone", "signing_key"].contains(&kind.name) =>
                {
                    Verbs::ALL
                }
                ("admin_read_only", Realm::Platform) => Verbs::of("rs"),
                ("global_auditor", Realm::Platform) => Verbs::of("r"),
                _ => Verbs::NONE,
            };
            line.or(whole)
        })
        .collect()
}
