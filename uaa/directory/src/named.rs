//! Things that a path calls by a name instead of an identifier.

use crate::{Client, Token};
use uaa_authz::{Does, Duty};
use uaa_model::{Id, Reply};
use uaa_plugin::{Ctx, Need, NeedInfo};
use uaa_store::{Cond, Field, Granted, Stored};

/// A kind whose paths use a name.
pub trait Named: Stored {
    /// The column of the name.
    const COLUMN: &'static str;

    /// What finds the row of that name.
    fn named(name: String) -> Cond {
        Cond::In(Field::Text(Self::COLUMN), vec![name])
    }
}

impl Named for Client {
    const COLUMN: &'static str = "client_id";
}

impl Named for Token {
    const COLUMN: &'static str = "jti";

    /// UAA takes an opaque token itself for its name.
    fn named(name: String) -> Cond {
        let digest: String = uaa_token::digest(&name).iter().map(|byte| format!("{byte:02x}")).collect();
        let digest = Cond::In(Field::Text("digest"), vec![digest]);
        Cond::Any(vec![Cond::In(Field::Text(Self::COLUMN), vec![name]), digest])
    }
}

/// The proof about the thing that the path's first parameter names.
///
/// Whoever may not list such things can still own one, so the name is looked up under the duty of sign-in; the right is
/// asked for by the id. A name that nothing has is an id that nothing has.
#[derive(Debug)]
pub struct ByName<V, R>(pub Granted<V, R>);

impl<V, R> From<ByName<V, R>> for Granted<V, R> {
    fn from(named: ByName<V, R>) -> Self {
        named.0
    }
}

impl<V: Does, R: Named, I: Sync> Need<I> for ByName<V, R> {
    const INFO: NeedInfo = NeedInfo::Grant(V::VERB, R::KIND.name);

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let name = cx.params.text(0).to_owned();
        let me = cx.tx().assume(Duty::SignIn);
        let row = match cx.tx().visible::<R>().await {
            Ok(seen) => cx.tx().find(&seen, R::named(name)).await,
            Err(fault) => Err(fault),
        };
        cx.tx().resume(me);
        let id = Id::new(row?.map(|row| row.guid).unwrap_or_default());
        cx.tx().grant(id).await.map(ByName)
    }
}
