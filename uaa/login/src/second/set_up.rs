//! `/login/app`: an authenticator app is set up, at a sign-in that wants one or from the profile; `/login/kept`: the recovery codes
//! that came of it are kept.

use super::{APP, Base, FACTOR, KEPT, NEW_PASSKEY, Step, WHY, is_fresh};
use crate::LoginPages;
use crate::sign_in::form;
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::{NewApp, cookie, passkeys_work, this_page, zone_called};
use uaa_look::{RecoveryCodes, SetUpApp};
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, with};
use uaa_store::Want;
use uuid::Uuid;

pub(super) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    let (codes, kept) = (with(login.clone(), codes), with(login.clone(), kept));
    vec![
        Route::public(Uaa, Method::GET, APP, "app_set_up_show", Oauth, WHY, show),
        Route::public(Uaa, Method::POST, APP, "app_set_up_create", Oauth, WHY, create),
        Route::public(Uaa, Method::GET, KEPT, "recovery_codes_show", Oauth, WHY, codes),
        Route::public(Uaa, Method::POST, KEPT, "recovery_codes_keep", Oauth, WHY, kept),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    match allowed(&login, APP, cx).await? {
        Ok(step) => begin(&login, &step, cx),
        Err(answer) => Ok(answer),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &this_page(cx), cx);
    }
    let step = match allowed(&login, APP, cx).await? {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    let here = cx.here();
    let of = step.app_of(zone_called(&here));
    let app = login.factors.carried(field(&fields, "pending").unwrap_or_default(), of, cx)?;
    let (Some(app), Some(code)) = (app, field(&fields, "code")) else { return begin(&login, &step, cx) };
    cx.step(Want::Write).await?;
    if !login.factors.keep_app(&app, of, &step.mine, code, cx).await? {
        return page(&login, &step, app, true, cx);
    }
    added(&login, step, &["otp"], cx).await
}

/// Another factor is there, and was just shown to work. With the first one come the recovery codes.
pub(super) async fn added(login: &LoginPages, step: Step, proof: &[&str], cx: &mut Ctx) -> Reply<Answer> {
    if step.mine.recovery().is_some() {
        return step.done(login, proof, cx).await;
    }
    let codes = login.factors.make_codes(&step.mine, step.username(), cx).await?;
    match &step.base {
        Base::Half(half) => half.add(proof, cx).await?,
        Base::Live(live) => login.sessions.raise(live, proof, cx).await?,
    }
    shown_next(login, step.base.user(), &codes, &step.at(KEPT), cx)
}

/// New codes are shown by the page that they are kept on, so that it can be loaded again, and in another language.
pub(crate) fn shown_next(
    login: &LoginPages,
    user: Uuid,
    codes: &[String],
    page: &str,
    cx: &Ctx,
) -> Reply<Answer> {
    let sealed = login.factors.carry_codes(user, codes, cx)?;
    Answer::found(&format!("{}{page}", cx.links.login))?
        .cookie(&cookie::set_codes(cx, &sealed))?
        .with(header::CACHE_CONTROL, "no-store")
}

/// The codes that were just made. Afterwards there is nothing to be seen here.
async fn codes(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let step = match Step::read(&login, cx).await? {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    let carried = cookie::codes(cx).unwrap_or_default();
    let codes = login.factors.carried_codes(&carried, step.base.user(), cx);
    if codes.is_empty() {
        return match step.base {
            Base::Half(_) => step.go(FACTOR, cx),
            Base::Live(_) => Answer::found(&step.onward(cx))?.with(header::CACHE_CONTROL, "no-store"),
        };
    }
    let here = step.at(KEPT);
    let page = RecoveryCodes { action: here.clone(), codes };
    login.pages.show(&page, step.going.shown(StatusCode::OK, &here), cx)
}

/// The codes were seen: the sign-in comes to its end, if it was one.
async fn kept(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &this_page(cx), cx);
    }
    let step = match Step::read(&login, cx).await? {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    if matches!(&step.base, Base::Half(half) if !half.is_whole()) {
        return step.go(FACTOR, cx);
    }
    if field(&fields, "kept").is_none() {
        return step.go(KEPT, cx);
    }
    cx.step(Want::Write).await?;
    let answer = match &step.base {
        Base::Half(_) => step.done(&login, &[], cx).await?,
        Base::Live(live) => {
            let set = login.sessions.renew(live, cx).await?;
            Answer::found(&step.onward(cx))?.cookies(&set)?.with(header::CACHE_CONTROL, "no-store")?
        }
    };
    answer.cookie(&cookie::forget_codes(cx))
}

/// Who may set one up: at a sign-in whoever has none yet, since a password alone must not add to what there is; else whoever has
/// just proved who they are.
pub(super) async fn allowed(login: &LoginPages, path: &str, cx: &mut Ctx) -> Reply<Result<Step, Answer>> {
    let step = match Step::read(login, cx).await? {
        Ok(step) => step,
        Err(answer) => return Ok(Err(answer)),
    };
    match &step.base {
        Base::Half(half) if step.mine.is_empty() && !half.is_whole() => Ok(Ok(step)),
        Base::Half(_) => step.go(FACTOR, cx).map(Err),
        Base::Live(live) if is_fresh(live, &step.mine, cx) => Ok(Ok(step)),
        Base::Live(_) => login.pages.sign_in(&step.at(path), &[("prompt", "login")], cx).map(Err),
    }
}

fn begin(login: &LoginPages, step: &Step, cx: &mut Ctx) -> Reply<Answer> {
    let here = cx.here();
    let app = login.factors.new_app(step.app_of(zone_called(&here)), cx)?;
    page(login, step, app, false, cx)
}

fn page(login: &LoginPages, step: &Step, app: NewApp, wrong: bool, cx: &mut Ctx) -> Reply<Answer> {
    let here = step.at(APP);
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SetUpApp {
        action: here.clone(),
        proofs: step.proofs(),
        uri: app.uri,
        key: app.key,
        pending: app.pending,
        passkey: passkeys_work(cx).then(|| step.at(NEW_PASSKEY)),
        asked: matches!(step.base, Base::Half(_)),
        wrong,
    };
    login.pages.show(&page, step.going.shown(status, &here), cx)
}
