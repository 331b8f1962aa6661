use std::marker::PhantomData;
use uaa_authz::{Place, Reason};
use uaa_model::Id;
use uuid::Uuid;

/// The transaction's actor may `V` this `R`. Good in the transaction that made it, and nowhere else.
///
/// Private fields, no `Clone`, no serialization: only [`crate::Tx`] makes one.
#[derive(Debug)]
pub struct Granted<V, R> {
    pub(crate) id: Id<R>,
    pub(crate) place: Place,
    pub(crate) why: Reason,
    pub(crate) brand: u64,
    pub(crate) verb: PhantomData<fn() -> V>,
}

/// The transaction's actor may make one `R` below that place. Making it uses the slot up.
#[derive(Debug)]
pub struct Slot<R> {
    pub(crate) place: Place,
    pub(crate) why: Reason,
    pub(crate) brand: u64,
    pub(crate) kind: PhantomData<fn() -> R>,
}

/// What the transaction's actor may see of all `R`.
#[derive(Debug)]
pub struct Visible<R> {
    pub(crate) zone: Uuid,
    pub(crate) reach: Reach,
    pub(crate) brand: u64,
    pub(crate) kind: PhantomData<fn() -> R>,
}

/// Where the reading bindings stand.
#[derive(Debug)]
pub(crate) enum Reach {
    /// The whole zone.
    Zone,
    /// These organizations and spaces, and what the actor owns.
    Some { organizations: Vec<Uuid>, spaces: Vec<Uuid>, owner: Option<Uuid> },
}

impl<V, R> Granted<V, R> {
    /// Which one.
    pub fn id(&self) -> Id<R> {
        self.id
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Through which binding or rule.
    pub fn why(&self) -> &Reason {
        &self.why
    }
}

impl<R> Slot<R> {
    /// Below which place.
    pub fn place(&self) -> &Place {
        &self.place
    }
}

impl<R> Visible<R> {
    /// Whether the actor sees all of them.
    pub fn is_whole(&self) -> bool {
        matches!(self.reach, Reach::Zone)
    }
}

/// Any proof, for statements that ask only whether there is one.
pub trait Proof {
    /// The transaction that made it.
    #[doc(hidden)]
    fn brand(&self) -> u64;
}

impl<V, R> Proof for Granted<V, R> {
    fn brand(&self) -> u64 {
        self.brand
    }
}

impl<R> Proof for Slot<R> {
    fn brand(&self) -> u64 {
        self.brand
    }
}

impl<R> Proof for Visible<R> {
    fn brand(&self) -> u64 {
        self.brand
    }
}
