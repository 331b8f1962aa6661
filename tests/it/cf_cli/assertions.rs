//! `cf auth --assertion`: a workload with the token of its platform, and people with ID tokens, of this house and of another.

use super::{Person, cf, not_run};
use crate::client_auth::{JOB, Platform, make};
use crate::providers::{Idp, provider, root};
use serde_json::json;
use tests::Hallmark;

/// On several threads: the platform answers while this one waits for the command.
#[tokio::test(flavor = "multi_thread")]
async fn a_workload_and_a_person_show_what_others_gave_them() {
    let Some(cf) = cf() else { return not_run() };
    let (server, platform) = (Hallmark::start().await, Platform::open().await);
    let vouchers = json!([{"iss": platform.issuer(), "sub": JOB, "aud": "hallmark"}]);
    let job = json!({"client_id": "job", "jwt_creds": vouchers, "authorities": ["cloud_controller.read"]});
    assert_eq!(make(&server, job).await.status, 201);
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    admin.does("create-org", &["acme"]);
    admin.does("set-org-role", &["--client", "job", "acme", "OrgAuditor"]);

    let workload = Person::at(&cf, &server.api());
    let token = platform.token(&json!({}));
    workload.does("auth", &["job", "--client-credentials", "--assertion", &token]);
    workload.reads("orgs", &[], &["acme"]);
    let other = platform.token(&json!({"sub": "system:serviceaccount:shop:other"}));
    let (code, said) =
        Person::at(&cf, &server.api()).tries("auth", &["job", "--client-credentials", "--assertion", &other]);
    assert_eq!(code, Some(1), "{said}");

    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let given = server.token("cf", "", &form).await;
    let person = Person::at(&cf, &server.api());
    person.does("auth", &["cf", "", "--assertion", given.body["id_token"].as_str().unwrap()]);
    person.does("create-org", &["second"]);
    person.reads("orgs", &[], &["acme", "second"]);

    // Somebody of another house, with the ID token that their own provider gave them.
    let idp = Idp::open().await;
    let url = format!("{}/identity-providers", server.uaa());
    let made =
        server.ask(&root(&server).await, "POST", &url, Some(provider("acme", &idp.config(&json!({}))))).await;
    assert_eq!(made.status, 201, "{made:?}");
    let foreign = Person::at(&cf, &server.api());
    foreign.does("auth", &["cf", "", "--assertion", &idp.token(&json!({}))]);
    foreign.does("orgs", &[]);
    let old = idp.token(&json!({"exp": tests::now() - 1}));
    let (code, said) = Person::at(&cf, &server.api()).tries("auth", &["cf", "", "--assertion", &old]);
    assert_eq!(code, Some(1), "{said}");
}
