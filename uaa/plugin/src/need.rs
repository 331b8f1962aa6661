use crate::Ctx;
use std::fmt;
use uaa_authz::{Does, Level, Resource, Verb, Zone};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_store::{Granted, Slot, Stored, Visible};

/// What a route needs, as data: a column of `routes.txt` and the questions of the sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NeedInfo {
    /// A verb on one thing.
    Grant(Verb, &'static str),
    /// The right to make one.
    Slot(&'static str),
    /// What may be seen.
    List(&'static str),
    /// Nothing: the route says why.
    Public,
    /// Any good token, for what concerns its holder alone.
    Own(&'static str),
    /// One or the other.
    Either(&'static NeedInfo, &'static NeedInfo),
    /// Both.
    Both(&'static NeedInfo, &'static NeedInfo),
}

impl NeedInfo {
    /// What it wants to do with things of that kind.
    pub(crate) fn verb_on(&self, wanted: &str) -> Option<Verb> {
        match self {
            NeedInfo::Grant(verb, kind) => (*kind == wanted).then_some(*verb),
            NeedInfo::Slot(kind) => (*kind == wanted).then_some(Verb::Create),
            NeedInfo::List(kind) => (*kind == wanted).then_some(Verb::Read),
            NeedInfo::Public | NeedInfo::Own(_) => None,
            NeedInfo::Either(a, b) | NeedInfo::Both(a, b) => a.verb_on(wanted).or_else(|| b.verb_on(wanted)),
        }
    }

    /// Whether the route may write.
    pub fn writes(&self) -> bool {
        match self {
            NeedInfo::Grant(verb, _) => !verb.only_looks(),
            NeedInfo::Slot(_) => true,
            NeedInfo::List(_) | NeedInfo::Public | NeedInfo::Own(_) => false,
            NeedInfo::Either(a, b) | NeedInfo::Both(a, b) => a.writes() || b.writes(),
        }
    }
}

impl fmt::Display for NeedInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NeedInfo::Grant(verb, kind) => write!(f, "{} {kind}", verb.name()),
            NeedInfo::Slot(kind) => write!(f, "create {kind}"),
            NeedInfo::List(kind) => write!(f, "list {kind}"),
            NeedInfo::Public => f.write_str("public"),
            NeedInfo::Own(what) => write!(f, "own {what}"),
            NeedInfo::Either(a, b) => write!(f, "{a} | {b}"),
            NeedInfo::Both(a, b) => write!(f, "{a} + {b}"),
        }
    }
}

/// A proof type as a check: from the path, from the input's parent, or for a list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a proof",
    note = "a handler's first argument is Granted<V, R>, Slot<R>, Visible<R>, OneOf of two of them, or a pair; a public route is made by Route::public, with a reason"
)]
pub trait Need<I>: Sized {
    /// As data.
    const INFO: NeedInfo;
    /// Asks the transaction for the proof. The input may have failed to parse: whoever lacks the right learns that first.
    fn obtain(cx: &mut Ctx, input: &Reply<I>) -> impl Future<Output = Reply<Self>> + Send;
}

impl<V: Does, R: Resource, I: Sync> Need<I> for Granted<V, R> {
    const INFO: NeedInfo = NeedInfo::Grant(V::VERB, R::KIND.name);
    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        // A thing of the zone itself has no parameter.
        let id = match R::KIND.level {
            Level::Zone => Id::new(cx.zone()),
            Level::Organization | Level::Space | Level::Leaf => cx.id::<R>(0)?,
        };
        cx.tx().grant(id).await
    }
}

/// Names the parent below which something is made.
pub trait Within<R: Resource> {
    /// The parent: from the body, or the request's zone.
    fn parent(&self, zone: Id<Zone>) -> Id<R::Parent>;

    /// What to say of a parent that the caller may not see: 422 in the Cloud Controller's words.
    fn hidden(parent: Id<R::Parent>) -> Fault {
        let (_, kind) = (parent, R::Parent::KIND.name);
        Fault::invalid(format!("Invalid {kind}. Ensure that the {kind} exists and you have access to it."))
    }
}

impl<R: Resource<Parent = Zone>> Within<R> for () {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

impl<R: Resource, T: Within<R>> Within<R> for crate::Json<T> {
    fn parent(&self, zone: Id<Zone>) -> Id<R::Parent> {
        self.0.parent(zone)
    }

    fn hidden(parent: Id<R::Parent>) -> Fault {
        T::hidden(parent)
    }
}

impl<R: Resource, I: Within<R> + Sync> Need<I> for Slot<R> {
    const INFO: NeedInfo = NeedInfo::Slot(R::KIND.name);
    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        let zone = Id::new(cx.zone());
        let parent = input.as_ref().map_err(Clone::clone)?.parent(zone);
        // A parent that is hidden, named in a body: here and nowhere else.
        cx.tx().slot(parent).await.map_err(|fault| match fault {
            Fault::Denied(Denied::Hidden, _) => I::hidden(parent),
            other => other,
        })
    }
}

impl<R: Stored, I: Sync> Need<I> for Visible<R> {
    const INFO: NeedInfo = NeedInfo::List(R::KIND.name);
    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        cx.tx().visible().await
    }
}

/// The one proof or the other: for an address that two kinds share.
#[derive(Debug)]
pub enum OneOf<A, B> {
    /// The first kind.
    First(A),
    /// The second.
    Second(B),
}

impl<A: Need<I> + Send, B: Need<I> + Send, I: Sync> Need<I> for OneOf<A, B> {
    const INFO: NeedInfo = NeedInfo::Either(&A::INFO, &B::INFO);
    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        match A::obtain(cx, input).await {
            Ok(first) => Ok(OneOf::First(first)),
            Err(Fault::Denied(Denied::Hidden, _)) => B::obtain(cx, input).await.map(OneOf::Second),
            Err(other) => Err(other),
        }
    }
}

impl<A: Need<I> + Send, B: Need<I> + Send, I: Sync> Need<I> for (A, B) {
    const INFO: NeedInfo = NeedInfo::Both(&A::INFO, &B::INFO);
    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        Ok((A::obtain(cx, input).await?, B::obtain(cx, input).await?))
    }
}

/// No proof at all, and so not a [`Need`]: only [`crate::Route::public`] takes a handler with it, and that wants a reason.
#[derive(Debug)]
pub struct Public(());

impl Public {
    pub(crate) fn new() -> Public {
        Public(())
    }
}
