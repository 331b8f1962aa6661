//! `/login/passkey`: signing in with a passkey, and with nothing else. The page of the user name offers it too.

use crate::LoginPages;
use crate::sign_in::{Going, form, onward};
use crate::unverified;
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::{Answered, ByPasskey, Mine, SignedIn, by_passkey, cookie, this_page};
use uaa_look::PasskeySignIn;
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Form, Public, Route, Site::Uaa, field, pairs, with};
use uaa_store::Want;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "nobody has signed in yet";
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    vec![
        Route::public(Uaa, Method::GET, PATH, "passkey_show", Oauth, why, show),
        Route::public(Uaa, Method::POST, PATH, "passkey_create", Oauth, why, create),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    let going = Going::read(&query.0, cx).await?;
    page(&login, &going, false, cx)
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &this_page(cx), cx);
    }
    let going = Going::read(&pairs(&cx.query)?, cx).await?;
    match answered(&fields) {
        Some(sent) => tried(&login, &going, sent, cx).await,
        None => page(&login, &going, true, cx),
    }
}

/// What a browser answered; `None` when it gave no passkey.
pub(crate) fn answered(fields: &[(String, String)]) -> Option<Answered<'_>> {
    let text = |name: &str| field(fields, name).unwrap_or_default();
    let sent = Answered { pending: text("pending"), credential: text("assertion") };
    (!sent.credential.is_empty()).then_some(sent)
}

/// Whoever is named by it is signed in.
pub(crate) async fn tried(
    login: &LoginPages,
    going: &Going,
    sent: Answered<'_>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    cx.step(Want::Write).await?;
    let (user, amr) = match by_passkey(&login.factors, sent, going.client_id(), cx).await? {
        ByPasskey::Right(user, amr) => (user, amr),
        ByPasskey::Unverified(user) => return unverified::instead(login, going, &user, cx),
        ByPasskey::Wrong => return page(login, going, true, cx),
    };
    let client = going.client_id();
    let signed_in = SignedIn { user: &user, amr: &amr, second_at: cx.now(), remember: false, client };
    let set = login.sessions.begin(&signed_in, cx).await?;
    Answer::found(&onward(going, cx))?.cookies(&set)?.with(header::CACHE_CONTROL, "no-store")
}

fn page(login: &LoginPages, going: &Going, failed: bool, cx: &mut Ctx) -> Reply<Answer> {
    ask(login, going, None, (going.at(PATH), going.at("/login")), failed, cx)
}

/// The page that asks for one: of these, or any. `here` is where it stands, `other_way` where the other ways are.
pub(crate) fn ask(
    login: &LoginPages,
    going: &Going,
    mine: Option<&Mine>,
    (here, other_way): (String, String),
    failed: bool,
    cx: &mut Ctx,
) -> Reply<Answer> {
    // Browsers have none here, under this address: what else there is, is asked for.
    let Some(asked) = login.factors.ask_passkey(mine, cx)? else {
        return Answer::found(&format!("{}{other_way}", cx.links.login));
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = PasskeySignIn {
        action: here.clone(),
        client: going.client(),
        options: asked.options,
        pending: asked.pending,
        other_way,
        failed,
    };
    login.pages.show(&page, going.shown(status, &here), cx)
}

pub(crate) const PATH: &str = "/login/passkey";
