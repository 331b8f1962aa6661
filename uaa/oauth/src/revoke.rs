//! UAA's revocation: one stored token, all of a user, all of a client, all of the two together.

use axum::http::{Method, StatusCode};
use uaa_authz::{Delete, Duty, Resource, Update, Verb};
use uaa_directory::{
    ByName, Client, Token, User, client_for_right, end_kept, end_sessions, has_right, right_over_user,
};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Dialect, Need, NeedInfo, Route, Site};
use uaa_store::{Cond, Field, Granted, Set};

pub(crate) fn routes() -> Vec<Route> {
    let (site, get, oauth) = (Site::Uaa, Method::GET, Dialect::Oauth);
    vec![
        Route::on(site, Method::DELETE, "/oauth/token/revoke/{jti}", "token_revoke", oauth, one)
            .answers(DONE),
        Route::on(
            site,
            get.clone(),
            "/oauth/token/revoke/user/{id}/client/{client}",
            "user_client_tokens_revoke",
            oauth,
            pair,
        )
        .answers(DONE),
        Route::on(site, get.clone(), "/oauth/token/revoke/user/{id}", "user_tokens_revoke", oauth, user)
            .answers(DONE),
        Route::on(site, get, "/oauth/token/revoke/client/{id}", "client_tokens_revoke", oauth, client)
            .answers(DONE),
    ]
}

/// A stored token by its `jti` or its text: its own, or any for `tokens.revoke`.
async fn one(ByName(token): ByName<Delete, Token>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().announce(&token)?;
    cx.tx().delete(token).await?;
    Answer::status(StatusCode::OK)
}

/// The generation moves, and with it every token's `rev_sig`; stored ones go with it, and sessions.
async fn user(UserTokens(user): UserTokens, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&user).await?;
    cx.tx().update(&user, Set::default().put(User::generation, row.own.generation + 1)).await?;
    cx.tx().delete_of::<_, _, Token>(&user, "subject").await?;
    end_sessions(cx.tx(), user.id().uuid()).await?;
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
    let named = Cond::In(Field::Text("client_id"), vec![client]);
    // UAA ends none and says that it is done: whoever mistyped the name would think so too.
    if cx.tx().find(&clients, named.clone()).await?.is_none() {
        return Err(Fault::Denied(Denied::Hidden, Client::KIND.name));
    }
    end_kept(Cond::All(vec![Cond::Ids("subject", vec![user.id().uuid()]), named]), cx.tx()).await?;
    Answer::status(StatusCode::OK)
}

/// The right to end all tokens of a user: one's own, or another's with the role.
struct UserTokens(Granted<Update, User>);

/// The right to end all tokens of a client.
struct ClientTokens(Granted<Update, Client>);

impl<I: Sync> Need<I> for UserTokens {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Delete, USER_TOKENS);

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        right_over_user(USER_TOKENS, Verb::Delete, cx, input).await.map(UserTokens)
    }
}

impl<I: Sync> Need<I> for ClientTokens {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Delete, CLIENT_TOKENS);

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        let client = client_for_right(CLIENT_TOKENS, cx, input).await?;
        has_right(cx.tx(), &client, CLIENT_TOKENS, Verb::Delete).await?;
        Ok(ClientTokens(client))
    }
}

/// The kinds of the rights; no rows are any.
const USER_TOKENS: &str = "user_tokens";
const CLIENT_TOKENS: &str = "client_tokens";

const DONE: Answers = Answers::status(StatusCode::OK);
