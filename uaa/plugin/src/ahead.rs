//! What must be done before a transaction writes: hashing a password takes a core for 20 ms, and the embedded database
//! has one writer.

use crate::ctx::Ctx;
use crate::input::{Input, Raw, Reads};
use crate::need::{Need, Within};
use crate::route::Route;
use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use uaa_authz::{Resource, Zone};
use uaa_model::{Fault, Id, Reply};

/// An `async fn` of a proof, an input and a borrowed context that makes something ready for a handler.
///
/// It runs in a transaction that only reads, with a proof of the same kind as the handler's: whoever lacks the right
/// makes nobody work. Before slow work it calls `cx.tx().release()`. It runs once, whatever becomes of the handler, which
/// asks for its proof again and must look again at every row that this one read.
pub trait Prepare<'c, P, I>: Send + Sync {
    /// What it makes ready.
    type Ready: Send + Sync + 'static;
    /// What it returns.
    type Future: Future<Output = Reply<Self::Ready>> + Send + 'c;
    /// Runs it.
    fn call(&self, proof: P, input: I, cx: &'c mut Ctx) -> Self::Future;
}

/// The input of a handler with something made [ready](Route::after).
#[derive(Debug)]
pub struct Ready<I, T> {
    /// What the request says.
    pub input: I,
    /// What was made ready.
    pub ready: Arc<T>,
}

/// What was made ready for a handler, on its way there. Nobody looks inside.
#[derive(Clone)]
pub(crate) struct Parcel(Arc<dyn Any + Send + Sync>);

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parcel")
    }
}

impl<I: Input, T: Send + Sync + 'static> Input for Ready<I, T> {
    const NAME: &'static str = I::NAME;
    fn read(raw: &Raw) -> Reply<Self> {
        let input = I::read(raw)?;
        let ready = raw.ahead.clone().and_then(|parcel| parcel.0.downcast().ok());
        let ready = ready.ok_or_else(|| Fault::Internal("nothing was made ready".into()))?;
        Ok(Ready { input, ready })
    }

    fn reads() -> Reads {
        I::reads()
    }
}

impl<R: Resource<Parent = Zone>, I: Within<R>, T> Within<R> for Ready<I, T> {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        self.input.parent(zone)
    }

    fn hidden(parent: Id<Zone>) -> Fault {
        I::hidden(parent)
    }
}

pub(crate) type Ahead = Arc<
    dyn for<'c> Fn(Raw, &'c mut Ctx) -> Pin<Box<dyn Future<Output = Reply<Parcel>> + Send + 'c>>
        + Send
        + Sync,
>;

impl Route {
    /// The same route, whose handler runs after `prepare` and takes [`Ready`] with what that made.
    #[must_use]
    pub fn after<P, I, T, H>(mut self, prepare: H) -> Route
    where
        P: Need<I> + Send + 'static,
        I: Input + Send + Sync + 'static,
        T: Send + Sync + 'static,
        H: for<'c> Prepare<'c, P, I, Ready = T> + 'static,
    {
        let prepare = Arc::new(prepare);
        self.ahead = Some(Arc::new(move |raw, cx| {
            let prepare = prepare.clone();
            Box::pin(async move {
                let input = I::read(&raw);
                let proof = P::obtain(cx, &input).await?;
                let ready = prepare.call(proof, input?, cx).await?;
                Ok(Parcel(Arc::new(ready)))
            })
        }));
        self
    }
}
