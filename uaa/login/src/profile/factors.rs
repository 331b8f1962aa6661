//! `/profile/factors`: what somebody proves who they are with is taken away, named, or, the recovery codes, made anew. All of it
//! after a fresh proof.

use super::PATH;
use crate::LoginPages;
use crate::second::{APP, KEPT, NEW_PASSKEY, is_fresh, shown_next};
use crate::sign_in::form;
use axum::http::Method;
use std::sync::Arc;
use uaa_directory::{Assurance, FactorOwn, Live, Mine, cookie, passkeys_work};
use uaa_look::{Act, Factor, Factors, Recovery};
use uaa_model::{Code, Fault, Reply};
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, MfaPolicy, Public, Route, Site::Uaa, field, with};
use uaa_store::{Fields, Want};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    let update = with(login.clone(), update);
    vec![Route::public(Uaa, Method::POST, FACTORS, "factor_update", Oauth, why, update)]
}

/// What the profile shows of them.
#[derive(Default)]
pub(super) struct OfProfile {
    pub(super) passkeys: Option<Factors>,
    pub(super) apps: Option<Factors>,
    pub(super) recovery: Option<Recovery>,
}

pub(super) async fn shown(live: &Live, cx: &mut Ctx) -> Reply<OfProfile> {
    let policy = cx.here().config.mfa.of(&live.origin);
    let mine = Mine::of(live.user, cx).await?;
    if policy == MfaPolicy::Off && mine.is_empty() {
        return Ok(OfProfile::default());
    }
    let may_go = policy != MfaPolicy::Required || mine.count() > 1;
    let may_come = policy != MfaPolicy::Off && mine.has_room();
    let of = |rows: Vec<&Fields<FactorOwn>>, page: Option<&str>| Factors {
        list: rows.into_iter().map(|row| factor(row, may_go)).collect(),
        add: page
            .filter(|_| may_come)
            .map(|page| Act { action: format!("{page}?up={}", Assurance::Two.name()), fields: vec![] }),
    };
    let work = passkeys_work(cx);
    let passkeys = of(mine.passkeys().collect(), work.then_some(NEW_PASSKEY));
    let apps = of(mine.apps().collect(), Some(APP));
    let recovery = mine.recovery().map(|row| Recovery {
        left: mine.left(),
        of: Recovery::COUNT,
        made: row.created_at,
        renew: act("renew", "yes"),
    });
    let passkeys = Some(passkeys).filter(|them| work || !them.list.is_empty());
    Ok(OfProfile { passkeys, apps: Some(apps), recovery })
}

fn factor(row: &Fields<FactorOwn>, may_go: bool) -> Factor {
    let id = row.guid.to_string();
    Factor {
        name: row.own.name.clone(),
        added: row.created_at,
        used: (row.own.used_at > 0).then_some(row.own.used_at),
        rename: Some(act("rename", &id)),
        remove: may_go.then(|| act("remove", &id)),
    }
}

async fn update(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, PATH, cx);
    }
    let Some(live) = login.sessions.current(cx).await? else {
        return login.pages.sign_in_first(PATH, cx);
    };
    cx.step(Want::Write).await?;
    let mine = Mine::of(live.user, cx).await?;
    let id = |name: &str| field(&fields, name).and_then(|id| id.parse().ok());
    if let (Some(id), Some(name)) = (id("rename"), field(&fields, "name")) {
        login.factors.rename(&mine, id, name, cx).await?;
        return Answer::found(&format!("{}{PATH}", cx.links.login));
    }
    if !is_fresh(&live, &mine, cx) {
        return login.pages.sign_in(PATH, &[("prompt", "login")], cx);
    }
    if field(&fields, "renew").is_some() && !mine.is_empty() {
        let codes = login.factors.make_codes(&mine, &live.username, cx).await?;
        return shown_next(&login, live.user, &codes, &format!("{KEPT}?up={}", Assurance::Two.name()), cx);
    }
    if let Some(id) = id("remove") {
        if mine.count() < 2 && cx.here().config.mfa.of(&live.origin) == MfaPolicy::Required {
            // CVE-2025-3910: nobody takes away what they must have.
            let code = Code::new(409, "factor_required");
            return login
                .pages
                .trouble(Fault::protocol(code, "this is the last factor, and one is required"), cx);
        }
        login.factors.remove(&mine, id, &live.username, cx).await?;
    }
    Answer::found(&format!("{}{PATH}", cx.links.login))
}

fn act(name: &str, value: &str) -> Act {
    Act { action: FACTORS.into(), fields: vec![(name.to_owned(), value.to_owned())] }
}

const FACTORS: &str = "/profile/factors";
