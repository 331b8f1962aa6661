//! `/login/accounts`: as whom to go on, for an application that leaves it open (`prompt=select_account`, OpenID Connect Core 1.0 section
//! 3.1.2.1). Choosing signs nobody in: whoever is not, proves on the next page who they are.

use crate::LoginPages;
use crate::sign_in::{Again, Going, form, onward};
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::{Live, UsedAccount, cookie, this_page};
use uaa_look::{ChooseAccount, Known};
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Form, Public, Route, Site::Uaa, field, pairs, with};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "nobody has signed in yet, or as somebody else";
    vec![
        Route::public(Uaa, Method::GET, PATH, "account_list", Oauth, why, with(login.clone(), show)),
        Route::public(Uaa, Method::POST, PATH, "account_choose", Oauth, why, with(login.clone(), choose)),
    ]
}

/// What the page carries from the request to its answer.
struct Choice {
    going: Going,
    live: Option<Arc<Live>>,
    accounts: Vec<UsedAccount>,
}

impl Choice {
    async fn read(login: &LoginPages, cx: &mut Ctx) -> Reply<Choice> {
        let query = pairs(&cx.query)?;
        let going = Going::read(&query, cx).await?;
        let live = login.sessions.current(cx).await?;
        let mut accounts = login.sessions.accounts().known(cx);
        if let Some(live) = &live {
            accounts.retain(|one| one.username != live.username);
            accounts.insert(0, UsedAccount::of(live));
        }
        Ok(Choice { going, live, accounts })
    }

    fn is_live(&self, username: &str) -> bool {
        self.live.as_ref().is_some_and(|live| live.username == username)
    }

    /// Where somebody signs in, with a name filled in or without.
    fn sign_in(&self, username: Option<&str>) -> String {
        self.going.at_for("/login", Some(Again::SelectAccount), username)
    }
}

async fn show(login: Arc<LoginPages>, _: Public, _: Form, cx: &mut Ctx) -> Reply<Answer> {
    let choice = Choice::read(&login, cx).await?;
    if choice.accounts.is_empty() {
        return go(&choice.sign_in(choice.going.hint.as_deref()), cx);
    }
    let shown = |one: &UsedAccount| Known {
        id: one.username.clone(),
        name: one.name.clone(),
        mail: one.mail.clone(),
        signed_out: !choice.is_live(&one.username),
    };
    let here = choice.going.at(PATH);
    let page = ChooseAccount {
        action: here.clone(),
        client: choice.going.client(),
        accounts: choice.accounts.iter().map(shown).collect(),
        another: choice.sign_in(choice.going.hint.as_deref()),
        sign_out: "/logout.do".into(),
    };
    login.pages.show(&page, choice.going.shown(StatusCode::OK, &here), cx)
}

async fn choose(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &this_page(cx), cx);
    }
    let choice = Choice::read(&login, cx).await?;
    if let Some(username) = field(&fields, "forget") {
        let set = login.sessions.accounts().without(username, cx);
        return go(&choice.going.at(PATH), cx)?.cookie(&set);
    }
    let chosen = field(&fields, "account").unwrap_or_default();
    match choice.accounts.iter().find(|one| one.username == chosen) {
        // Even somebody who is signed in has to prove it again.
        Some(one) if choice.is_live(&one.username) && choice.going.again == Some(Again::Login) => {
            go(&choice.going.at_for("/login", Some(Again::Login), None), cx)
        }
        Some(one) if choice.is_live(&one.username) => {
            Answer::found(&onward(&choice.going, cx))?.with(header::CACHE_CONTROL, "no-store")
        }
        Some(one) => go(&choice.sign_in(Some(&one.username)), cx),
        // It was forgotten meanwhile, in another window.
        None => go(&choice.going.at(PATH), cx),
    }
}

fn go(path: &str, cx: &Ctx) -> Reply<Answer> {
    Answer::found(&format!("{}{path}", cx.links.login))?.with(header::CACHE_CONTROL, "no-store")
}

const PATH: &str = "/login/accounts";
