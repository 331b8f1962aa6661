//! Who may do what, and why: custom roles and bindings to write it, questions to hear it.
//!
//! Lists answer `{"resources": […], "total": n, "next": url or null}`, oldest first; `limit` is at most 500.

mod authzen;
mod binding;
mod binding_list;
mod explain;
mod factor;
mod list;
mod logout_notice;
mod mail;
mod reason;
mod registration_token;
mod role;
mod session;
mod subject;

use axum::http::Method;
use list::page;
use std::sync::Arc;
use uaa_authz::Kind;
use uaa_plugin::{
    Answers,
    Dialect::Access,
    Plugin, Route,
    Site::{Api, Uaa},
};

/// The plugin.
#[derive(Debug)]
pub struct AccessApi;

impl Plugin for AccessApi {
    fn name(&self) -> &'static str {
        "access"
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![]
    }

    fn routes(self: Arc<Self>) -> Vec<Route> {
        let own = [sessions(), factors(), mails(), registration_tokens(), logout_notices()].concat();
        [questions(), roles(), bindings(), own].concat()
    }
}

fn questions() -> Vec<Route> {
    let why = "AuthZEN 1.0 section 9: a client reads it before it has a token";
    let (known, at_path) = (authzen::WELL_KNOWN, authzen::WELL_KNOWN_AT_A_PATH);
    vec![
        Route::on(Uaa, Method::GET, "/access/v1/explain", "access_explain", Access, explain::explain)
            .answers(Answers::ok(explain::looks)),
        Route::on(Uaa, Method::POST, "/access/v1/evaluation", "access_evaluate", Access, authzen::evaluation)
            .answers(Answers::ok(authzen::looks)),
        Route::on(
            Uaa,
            Method::POST,
            "/access/v1/evaluations",
            "access_evaluate_all",
            Access,
            authzen::evaluations,
        )
        .answers(Answers::ok(authzen::all_look)),
        Route::public(Uaa, Method::GET, known, "authzen_show", Access, why, authzen::discovery)
            .answers(Answers::ok(authzen::discovery_looks)),
        Route::public(Api, Method::GET, at_path, "authzen_of_path_show", Access, why, authzen::discovery)
            .answers(Answers::ok(authzen::discovery_looks)),
    ]
}

fn roles() -> Vec<Route> {
    let (all, one) = ("/access/v1/roles", "/access/v1/roles/{id}");
    let why = "the same in every installation, and in its documentation";
    let (built_in, permissions) = ("/access/v1/built-in-roles", "/access/v1/permissions");
    vec![
        Route::on(Uaa, Method::GET, all, "custom_role_list", Access, role::list)
            .answers(Answers::ok(|| page(role::looks()))),
        Route::on(Uaa, Method::POST, all, "custom_role_create", Access, role::create)
            .answers(Answers::created(role::looks).located()),
        Route::on(Uaa, Method::GET, one, "custom_role_show", Access, role::show)
            .answers(Answers::ok(role::looks)),
        Route::on(Uaa, Method::PATCH, one, "custom_role_update", Access, role::update)
            .answers(Answers::ok(role::looks)),
        Route::on(Uaa, Method::DELETE, one, "custom_role_delete", Access, role::delete)
            .answers(Answers::none()),
        Route::public(Uaa, Method::GET, built_in, "built_in_role_list", Access, why, role::built_in)
            .answers(Answers::ok(|| page(role::built_in_looks()))),
        Route::public(Uaa, Method::GET, permissions, "permission_list", Access, why, role::permissions)
            .answers(Answers::ok(|| page(role::kind_looks()))),
    ]
}

fn bindings() -> Vec<Route> {
    let (all, one) = ("/access/v1/bindings", "/access/v1/bindings/{id}");
    vec![
        Route::on(Uaa, Method::GET, all, "role_binding_list", Access, binding_list::list)
            .answers(Answers::ok(|| page(binding::looks()))),
        Route::on(Uaa, Method::POST, all, "role_binding_create", Access, binding::create)
            .answers(Answers::created(binding::looks).located()),
        Route::on(Uaa, Method::GET, one, "role_binding_show", Access, binding::show)
            .answers(Answers::ok(binding::looks)),
        Route::on(Uaa, Method::DELETE, one, "role_binding_delete", Access, binding::delete)
            .answers(Answers::none()),
    ]
}

fn sessions() -> Vec<Route> {
    let (all, one) = ("/access/v1/sessions", "/access/v1/sessions/{id}");
    vec![
        Route::on(Uaa, Method::GET, all, "session_list", Access, session::list)
            .answers(Answers::ok(|| page(session::looks()))),
        Route::on(Uaa, Method::DELETE, one, "session_delete", Access, session::delete)
            .answers(Answers::none()),
    ]
}

fn mails() -> Vec<Route> {
    vec![
        Route::on(Uaa, Method::GET, "/access/v1/mails", "mail_list", Access, mail::list)
            .answers(Answers::ok(|| page(mail::looks()))),
    ]
}

fn factors() -> Vec<Route> {
    let (all, one) = ("/access/v1/factors", "/access/v1/factors/{id}");
    let of_user = "/access/v1/users/{id}/factors";
    vec![
        Route::on(Uaa, Method::GET, all, "factor_list", Access, factor::list)
            .answers(Answers::ok(|| page(factor::looks()))),
        Route::on(Uaa, Method::DELETE, one, "factor_delete", Access, factor::delete).answers(Answers::none()),
        Route::on(Uaa, Method::DELETE, of_user, "user_factors_delete", Access, factor::reset)
            .answers(Answers::none()),
    ]
}

fn registration_tokens() -> Vec<Route> {
    use registration_token::{create, delete, list, looks, new_looks, show};
    let (all, one) = ("/access/v1/registration-tokens", "/access/v1/registration-tokens/{id}");
    vec![
        Route::on(Uaa, Method::GET, all, "registration_token_list", Access, list)
            .answers(Answers::ok(|| page(looks()))),
        Route::on(Uaa, Method::POST, all, "registration_token_create", Access, create)
            .answers(Answers::created(new_looks).located()),
        Route::on(Uaa, Method::GET, one, "registration_token_show", Access, show).answers(Answers::ok(looks)),
        Route::on(Uaa, Method::DELETE, one, "registration_token_delete", Access, delete)
            .answers(Answers::none()),
    ]
}

fn logout_notices() -> Vec<Route> {
    use logout_notice::{delete, list, looks};
    let (all, one) = ("/access/v1/logout-notices", "/access/v1/logout-notices/{id}");
    vec![
        Route::on(Uaa, Method::GET, all, "logout_notice_list", Access, list)
            .answers(Answers::ok(|| page(looks()))),
        Route::on(Uaa, Method::DELETE, one, "logout_notice_delete", Access, delete).answers(Answers::none()),
    ]
}
