//! `/login/factor/passkey`: one of the passkeys of whoever stands here.

use super::{FACTOR, PASSKEY, RECOVERY, Step, WHY};
use crate::{LoginPages, passkey};
use axum::http::Method;
use std::sync::Arc;
use uaa_directory::failed;
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};

pub(super) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    vec![
        Route::public(Uaa, Method::GET, PASSKEY, "second_passkey_show", Oauth, WHY, show),
        Route::public(Uaa, Method::POST, PASSKEY, "second_passkey_create", Oauth, WHY, create),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    match Step::read(&login, cx).await? {
        Ok(step) => page(&login, &step, false, cx),
        Err(answer) => Ok(answer),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let sent = match Step::sent(&login, &body, cx).await? {
        Ok(sent) => sent,
        Err(answer) => return Ok(answer),
    };
    let step = sent.step;
    let Some(answered) = passkey::answered(&sent.fields) else { return page(&login, &step, true, cx) };
    match login.factors.try_passkey(answered, Some(&step.mine), cx).await? {
        Some(passed) => step.done(&login, &passed.amr, cx).await,
        None => {
            failed(Some(step.base.whom()), step.going.client_id(), "second_factor", cx);
            page(&login, &step, true, cx)
        }
    }
}

fn page(login: &LoginPages, step: &Step, failed: bool, cx: &mut Ctx) -> Reply<Answer> {
    if step.mine.passkeys().next().is_none() {
        return step.go(FACTOR, cx);
    }
    let other = if step.mine.apps().next().is_some() {
        step.at(FACTOR)
    } else if step.mine.left() > 0 {
        step.at(RECOVERY)
    } else {
        step.change()
    };
    passkey::ask(login, &step.going, Some(&step.mine), (step.at(PASSKEY), other), failed, cx)
}
