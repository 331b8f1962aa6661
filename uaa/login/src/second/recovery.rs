//! `/login/recovery`: a recovery code in the place of everything that was lost.

use super::{FACTOR, RECOVERY, Step, WHY};
use crate::LoginPages;
use axum::http::{Method, StatusCode};
use std::sync::Arc;
use uaa_look::RecoveryCode;
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};

pub(super) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    vec![
        Route::public(Uaa, Method::GET, RECOVERY, "recovery_code_show", Oauth, WHY, show),
        Route::public(Uaa, Method::POST, RECOVERY, "recovery_code_create", Oauth, WHY, create),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    match Step::read(&login, cx).await? {
        Ok(step) if step.mine.recovery().is_none() => step.go(FACTOR, cx),
        Ok(step) => page(&login, &step, false, cx),
        Err(answer) => Ok(answer),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let sent = match Step::sent(&login, &body, cx).await? {
        Ok(sent) => sent,
        Err(answer) => return Ok(answer),
    };
    let right = login.factors.try_code(&sent.step.mine, sent.field("code"), cx).await?;
    sent.step.settled(&login, right, "rec", page, cx).await
}

fn page(login: &LoginPages, step: &Step, wrong: bool, cx: &mut Ctx) -> Reply<Answer> {
    let here = step.at(RECOVERY);
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = RecoveryCode {
        action: here.clone(),
        proofs: step.proofs(),
        left: step.mine.left(),
        app: step.mine.apps().next().is_some().then(|| step.at(FACTOR)),
        lost: None,
        wrong,
    };
    login.pages.show(&page, step.going.shown(status, &here), cx)
}
