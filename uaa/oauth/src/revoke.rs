//! UAA's revocation: one stored token, all of a user, all of a client, all of the two together.

use crate::stored::end_all;
use axum::http::{Method, StatusCode};
use uaa_authz::{Decision, Delete, Duty, Read, Resource, Update, Verb};
use uaa_directory::{ByName, Client, Token, User};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::{Answer, Ctx, Dialect, Need, NeedInfo, Route, Site};
use uaa_store::{Cond, Field, Granted, Set, Stored};

pub(crate) fn routes() -> Vec<Route> {
    let (site, get, oauth) = (Site::Uaa, Method::GET, Dialect::Oauth);
    vec![
        Route::on(site, Method::DELETE, "/oauth/token/revoke/{jti}", "token_revoke", oauth, one),
        Route::on(
            site,
            get.clone(),
            "/oauth/token/revoke/user/{id}/client/{client}",
            "user_client_tokens_revoke",
            oauth,
            pair,
        ),
        Route::on(site, get.clone(), "/oauth/token/revoke/user/{id}", "user_tokens_revoke", oauth, user),
        Route::on(site, get, "/oauth/token/revoke/client/{id}", "client_tokens_revoke", oauth, client),
    ]
}

/// A stored token by its `jti` or its text: its own, or any for `tokens.revoke`.
async fn one(ByName(token): ByName<Delete, Token>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().announce(&token)?;
    cx.tx().delete(token).await?;
    Answer::status(StatusCode::OK)
}

/// The generation moves, and with it every token's `rev_sig`; stored ones go with it.
async fn user(UserTokens(user): UserTokens, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&user).await?;
    cx.tx().update(&user, Set::default().put(User::generation, row.own.generation + 1)).await?;
    cx.tx().delete_of::<_, _, Token>(&user, "subject").await?;
    Answer::status(StatusCode::OK)
}

/// The same for a client, by its `client_id`. Its stored tokens may be very many: they are good for nothing from here on, no
/// list shows them, and they go when they expire.
async fn client(ClientTokens(client): ClientTokens, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&client).await?;
    cx.tx().update(&client, Set::default().put(Client::generation, row.own.generation + 1)).await?;
    Answer::status(StatusCode::OK)
}

/// What a user's tokens of one client are, as far as they are stored: the next refresh fails, and a JWT that is kept nowhere is
/// good until it expires, as with UAA.
async fn pair(UserTokens(user): UserTokens, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let client = cx.params.text(1).to_owned();
    cx.tx().assume(Duty::SignIn);
    let clients = cx.tx().visible::<Client>().await?;
    let named = Cond::In(Field::Text("client_id"), vec![client.clone()]);
    if cx.tx().find(&clients, named.clone()).await?.is_none() {
        return Err(Fault::Denied(Denied::Hidden, Client::KIND.name));
    }
    end_all(Cond::All(vec![Cond::Ids("subject", vec![user.id().uuid()]), named]), cx).await?;
    Answer::status(StatusCode::OK)
}

/// The right to end all tokens of a user: one's own, or another's with the role.
struct UserTokens(Granted<Update, User>);

/// The right to end all tokens of a client.
struct ClientTokens(Granted<Update, Client>);

impl<I: Sync> Need<I> for UserTokens {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Delete, USER_TOKENS);

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let id = cx.id::<User>(0)?;
        let me = cx.tx().assume(Duty::SignIn);
        let found = cx.tx().grant::<Update, User>(id).await;
        cx.tx().resume(me);
        let user = match found {
            Ok(user) => user,
            Err(fault) => return Err(unfound(fault, cx.tx().grant::<Read, User>(id).await.err())),
        };
        may(cx, &user, USER_TOKENS).await?;
        Ok(UserTokens(user))
    }
}

impl<I: Sync> Need<I> for ClientTokens {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Delete, CLIENT_TOKENS);

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        let me = cx.tx().assume(Duty::SignIn);
        let found = <ByName<Update, Client> as Need<I>>::obtain(cx, input).await;
        cx.tx().resume(me);
        let client = match found {
            Ok(ByName(client)) => client,
            Err(fault) => {
                let looked = <ByName<Read, Client> as Need<I>>::obtain(cx, input).await;
                return Err(unfound(fault, looked.err()));
            }
        };
        may(cx, &client, CLIENT_TOKENS).await?;
        Ok(ClientTokens(client))
    }
}

/// Who may not look at such things is told that, not that there is none.
fn unfound(found: Fault, looked: Option<Fault>) -> Fault {
    match found {
        Fault::Denied(Denied::Hidden, _) => looked.unwrap_or(Fault::Retry),
        other => other,
    }
}

/// Whether the caller has the right, which is about the row and is none to change it otherwise.
async fn may<R: Stored>(cx: &mut Ctx, row: &Granted<Update, R>, kind: &'static str) -> Reply<()> {
    let tx = cx.tx();
    // A subject that was deactivated holds what it held: only a decision says that it counts for nothing.
    let asked = tx.decision(&tx.actor().clone(), R::KIND.name, Verb::Read, row.id().uuid()).await?;
    if asked == Some(Decision::Denied(Denied::Unauthenticated)) {
        return Err(Fault::Denied(Denied::Unauthenticated, kind));
    }
    let registry = tx.registry().clone();
    let right = registry.compile([(kind, Verb::Delete.name())]);
    let right = right.map_err(|unknown| Fault::Internal(format!("{} is not registered", unknown.0)))?;
    tx.may_hand_out(row, &right).await
}

/// The kinds of the rights; no rows are any.
const USER_TOKENS: &str = "user_tokens";
const CLIENT_TOKENS: &str = "client_tokens";
