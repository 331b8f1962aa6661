//! Rights about a row that are none to change it: to set its password or secret, to end its tokens, to take its factors away.
//! Each is a kind of its own that no row is (`user_password`, `client_tokens`, …).

use crate::{ByName, Client, User};
use uaa_authz::{Decision, Duty, Read, Update, Verb};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::{Ctx, Need};
use uaa_store::{Granted, Stored, Tx};

/// The user that the path names, for a caller who has the right about it. What the right is about are columns of the row, and whoever
/// has it need not be one who may change users: so the proof that writes is the duty's, and it is the right that is asked for.
///
/// # Errors
/// What the caller lacks; whoever may not look at users is told that, not that there is no such user.
pub async fn right_over_user<I: Sync>(
    kind: &'static str,
    verb: Verb,
    cx: &mut Ctx,
    input: &Reply<I>,
) -> Reply<Granted<Update, User>> {
    let user =
        written_by_duty::<Granted<Update, User>, Granted<Read, User>, User, I>(kind, cx, input).await?;
    has_right(cx.tx(), &user, kind, verb).await?;
    Ok(user)
}

/// The client that the path names, to be written to by whoever has a right about it, which the caller of this asks next
/// ([`has_right`]).
///
/// # Errors
/// As of [`right_over_user`].
pub async fn client_for_right<I: Sync>(
    kind: &'static str,
    cx: &mut Ctx,
    input: &Reply<I>,
) -> Reply<Granted<Update, Client>> {
    written_by_duty::<ByName<Update, Client>, ByName<Read, Client>, Client, I>(kind, cx, input).await
}

/// Whether the caller has the right, which is about the row and is none to change it otherwise.
///
/// # Errors
/// [`Fault::Lacking`] with the right.
pub async fn has_right<R: Stored>(
    tx: &mut Tx,
    row: &Granted<Update, R>,
    kind: &str,
    verb: Verb,
) -> Reply<()> {
    let registry = tx.registry().clone();
    let right = registry.compile([(kind, verb.name())]);
    let right = right.map_err(|unknown| Fault::Internal(format!("{} is not registered", unknown.0)))?;
    tx.may_hand_out(row, &right).await
}

async fn written_by_duty<W, L, R, I>(
    kind: &'static str,
    cx: &mut Ctx,
    input: &Reply<I>,
) -> Reply<Granted<Update, R>>
where
    W: Need<I> + Into<Granted<Update, R>>,
    L: Need<I>,
    R: Stored,
    I: Sync,
{
    let me = cx.tx().assume(Duty::SignIn);
    let found = W::obtain(cx, input).await;
    cx.tx().resume(me);
    let row = match found {
        Ok(row) => row.into(),
        Err(Fault::Denied(Denied::Hidden, _)) => {
            return Err(L::obtain(cx, input).await.err().unwrap_or(Fault::Retry));
        }
        Err(other) => return Err(other),
    };
    let tx = cx.tx();
    // A subject that was deactivated holds what it held: only a decision says that it counts for nothing.
    let asked = tx.decision(&tx.actor().clone(), R::KIND.name, Verb::Read, row.id().uuid()).await?;
    if asked == Some(Decision::Denied(Denied::Unauthenticated)) {
        return Err(Fault::Denied(Denied::Unauthenticated, kind));
    }
    Ok(row)
}
