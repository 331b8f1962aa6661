use crate::Verbs;

/// Where a thing stands in the tree, and whether it is a branch of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The root: an identity zone.
    Zone,
    /// A branch below a zone.
    Organization,
    /// A branch below an organization.
    Space,
    /// No branch: it stands at the place of its parent.
    Leaf,
}

/// Which half of the product a kind belongs to. It decides the scopes that open it and the roles that reach it by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Realm {
    /// Users, groups, clients, zones, keys: opened by `scim.*`, `clients.*`, `zones.*`, `uaa.admin`.
    Identity,
    /// Organizations and all that is in them: opened by `cloud_controller.read` and `cloud_controller.write`.
    Platform,
}

/// A kind of resource as data: a constant beside the resource it speaks of.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name in role definitions, audit events, AuthZEN's `resource.type` and golden files.
    pub name: &'static str,
    /// Which half of the product.
    pub realm: Realm,
    /// Whether it is a branch of the tree.
    pub level: Level,
    /// What its owner may do to it without any role.
    pub owner: Verbs,
    /// Whether its owner needs a token that may act as the person (`uaa.user`), as it speaks of more than of the client that holds the token.
    pub personal: bool,
    /// Whether decisions read it, so that a change moves the zone's revision.
    pub fact: bool,
    /// Whether it may be visible at further places than its own.
    pub shared: bool,
    /// Built-in roles and what they may do to it. Administrators need no line.
    pub grants: &'static [(&'static str, Verbs)],
}

impl Kind {
    /// A kind of the platform without owner's rights that no decision reads.
    pub const fn platform(
        name: &'static str,
        level: Level,
        grants: &'static [(&'static str, Verbs)],
    ) -> Kind {
        Kind {
            name,
            realm: Realm::Platform,
            level,
            owner: Verbs::NONE,
            personal: false,
            fact: false,
            shared: false,
            grants,
        }
    }

    /// A leaf of the identity half.
    pub const fn identity(name: &'static str, grants: &'static [(&'static str, Verbs)]) -> Kind {
        Kind {
            name,
            realm: Realm::Identity,
            level: Level::Leaf,
            owner: Verbs::NONE,
            personal: false,
            fact: false,
            shared: false,
            grants,
        }
    }

    /// The same kind, whose owner may do these.
    #[must_use]
    pub const fn owned(self, owner: Verbs) -> Kind {
        Kind { owner, ..self }
    }

    /// The same kind, which not any token of its owner reaches.
    #[must_use]
    pub const fn personal(self) -> Kind {
        Kind { personal: true, ..self }
    }

    /// The same kind, which can be shared with other places.
    #[must_use]
    pub const fn shared(self) -> Kind {
        Kind { shared: true, ..self }
    }

    /// The same kind, which decisions read.
    #[must_use]
    pub const fn fact(self) -> Kind {
        Kind { fact: true, ..self }
    }
}

/// Something that can be asked for, with proofs: `Granted<Read, Self>`.
pub trait Resource: Sized + Send + Sync + 'static {
    /// Its kind.
    const KIND: Kind;
    /// What it stands below, and where the right to make one is looked for.
    type Parent: Resource;
}

/// An identity zone, the root of every place. Seen from the first zone each of them is a thing there as well, so that a right to
/// zones that is held there reaches all of them; held in another zone it reaches that zone alone.
#[derive(Debug)]
pub enum Zone {}

impl Resource for Zone {
    const KIND: Kind = Kind {
        name: "zone",
        realm: Realm::Identity,
        level: Level::Zone,
        owner: Verbs::NONE,
        personal: false,
        fact: true,
        shared: false,
        grants: &[
            ("zones.read", Verbs::of("r")),
            ("zones.write", Verbs::of("rcud")),
            ("zone_admin", Verbs::of("rud")),
            ("zone_reader", Verbs::of("r")),
        ],
    };
    type Parent = Zone;
}
