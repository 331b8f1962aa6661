//! The way in, and access.

use super::{Sample, Text, account, at, client, payroll};
use uaa_look::{
    Asked, Consent, ErrorPage, Flaw, HandOver, Home, Link, Locked, Notice, Onward, Passcode, Proof, Provider,
    Reason, SignIn, SignInPassword, SignOut, SignedOut, Tile, Unverified,
};

pub(crate) fn samples(t: Text<'_>) -> Vec<Sample> {
    let mut all = sign_in(t);
    all.extend(errors(t));
    all.extend(access(t));
    all.extend(home(t));
    all
}

fn sign_in(t: Text<'_>) -> Vec<Sample> {
    let first = SignIn {
        action: t("/login"),
        client: payroll(t),
        username: String::new(),
        passkey: true,
        pending: t("AAAA"),
        passkey_options: Some(t(r#"{"challenge":"AAAA","rpId":"acme.example"}"#)),
        providers: providers(t, &["Contoso", "Acme LDAP"]),
        register: Some(t("/create_account")),
        notice: None,
    };
    let many = SignIn {
        providers: providers(
            t,
            &[
                "Contoso",
                "Aalto Logistics",
                "Berger & Söhne",
                "한국수자원공사",
                "Fabrikam",
                "Hanwha Solutions",
                "Iberia Power",
                "KT 클라우드 사업부문",
            ],
        ),
        username: t("mira"),
        ..first.clone()
    };
    let plain = SignIn {
        providers: Vec::new(),
        passkey: false,
        passkey_options: None,
        register: None,
        client: None,
        ..first.clone()
    };
    let mut all: Vec<Sample> = vec![
        ("sign-in", Box::new(first.clone())),
        ("sign-in-many", Box::new(many)),
        ("sign-in-plain", Box::new(plain)),
        ("sign-in-password", Box::new(password(t, None))),
        ("wrong-password", Box::new(password(t, Some(Notice::WrongPassword { left: Some(3) })))),
        ("wrong-password-last", Box::new(password(t, Some(Notice::WrongPassword { left: None })))),
    ];
    let notices = [
        ("notice-passkey-script", Notice::PasskeyNeedsScript),
        ("notice-passkey-failed", Notice::PasskeyFailed),
        ("notice-session-ended", Notice::SessionEnded),
        ("notice-form-expired", Notice::FormExpired),
        ("notice-password-changed", Notice::PasswordChanged),
        ("notice-address-confirmed", Notice::AddressConfirmed),
        ("notice-invitation-accepted", Notice::InvitationAccepted),
        ("notice-provider-failed", Notice::ProviderFailed { provider: t("Contoso") }),
        ("notice-account-off", Notice::AccountOff),
    ];
    for (name, notice) in notices {
        all.push((name, Box::new(SignIn { notice: Some(notice), ..first.clone() })));
    }
    all
}

fn password(t: Text<'_>, notice: Option<Notice>) -> SignInPassword {
    SignInPassword {
        action: t("/login.do"),
        client: payroll(t),
        username: t("mira.okafor@acme.example"),
        change: t("/login"),
        remember: true,
        forgot: Some(t("/forgot_password")),
        other_way: Some(t("/login")),
        notice,
    }
}

fn providers(t: Text<'_>, names: &[&str]) -> Vec<Provider> {
    let last = |index: usize| names.len() > 2 && index == 0;
    let logo = |index: usize| (index == 0).then(|| t("/resources/samples/contoso.svg"));
    let one = |(index, name): (usize, &&str)| Provider {
        name: t(name),
        logo: logo(index),
        href: t("/login/idp"),
        last: last(index),
    };
    names.iter().enumerate().map(one).collect()
}

fn errors(t: Text<'_>) -> Vec<Sample> {
    let locked = Locked {
        username: t("mira.okafor@acme.example"),
        change: t("/login"),
        until: at("2026-11-23T14:37:00+01:00"),
        forgot: Some(t("/forgot_password")),
        passkey: Some(t("/login")),
        contact: Some(t("platform@acme.example")),
        reference: Some(t("7K2M-Q4XA")),
    };
    let reasons = [
        ("error", Reason::Request(Flaw::ReturnAddress { client: t("Payroll Desk") })),
        ("error-unknown-client", Reason::Request(Flaw::UnknownClient)),
        ("error-hint", Reason::Request(Flaw::Hint)),
        ("error-request-uri", Reason::Request(Flaw::RequestUri)),
        ("error-malformed", Reason::Request(Flaw::Malformed)),
        ("error-expired", Reason::Expired),
        ("error-cookies", Reason::Cookies),
        ("error-not-found", Reason::NotFound),
        ("error-not-allowed", Reason::NotAllowed),
        ("error-busy", Reason::Busy),
        ("error-ours", Reason::Ours),
    ];
    let unverified =
        Unverified { username: t("mira"), change: t("/login"), send: Some(t("/resend_verification.do")) };
    let mut all: Vec<Sample> = vec![
        ("locked", Box::new(locked)),
        ("unverified-ask", Box::new(Unverified { send: None, ..unverified.clone() })),
        ("unverified", Box::new(unverified)),
    ];
    for (name, reason) in reasons {
        let page = ErrorPage {
            reason,
            code: t("invalid_redirect_uri"),
            client_id: Some(t("payroll-desk")),
            reference: t("4f1c-88b0-2d7e"),
            at: at("2026-11-23T13:21:07Z"),
            again: Some(t("/login")),
            home: Some(t("/")),
        };
        all.push((name, Box::new(page)));
    }
    all
}

fn access(t: Text<'_>) -> Vec<Sample> {
    vec![
        (
            "consent",
            Box::new(consent(
                t,
                &[
                    "openid",
                    "profile",
                    "email",
                    "cloud_controller.read",
                    "cloud_controller.write",
                    "offline_access",
                ],
            )),
        ),
        ("consent-all", Box::new(consent(t, EVERY_SCOPE))),
        (
            "hand-over",
            Box::new(HandOver {
                client: client(t),
                action: t("https://releases.acme.example/callback"),
                fields: vec![(t("code"), t("abc")), (t("state"), t("xyz"))],
            }),
        ),
        (
            "passcode",
            Box::new(Passcode {
                name: t("Mira Okafor"),
                passcode: t("tR7w-Kq2m-X9fD"),
                until: at("2026-11-23T14:37:00+01:00"),
                api: t("https://api.acme.example"),
                action: t("/passcode"),
            }),
        ),
    ]
}

fn consent(t: Text<'_>, scopes: &[&str]) -> Consent {
    let asked = |name: &&str| Asked {
        name: t(name),
        ticked: true,
        required: ["openid", "profile"].contains(name),
        about: (*name == "releases.approve").then(|| t("Approve a release")),
    };
    let link = |to: &str| Link { text: t("releases.acme.example"), href: t(to) };
    Consent {
        action: t("/oauth/authorize"),
        client: client(t),
        account: account(t),
        not_you: t("/login"),
        proofs: vec![
            Proof::Password,
            Proof::App,
            Proof::Passkey,
            Proof::Passcode,
            Proof::RecoveryCode,
            Proof::Provider(t("Contoso")),
        ]
        .into_iter()
        .take(if scopes.len() > 10 { 6 } else { 2 })
        .collect(),
        scopes: scopes.iter().map(asked).collect(),
        privacy: (scopes.len() > 3).then(|| link("https://releases.acme.example/privacy")),
        terms: (scopes.len() > 3).then(|| link("https://releases.acme.example/terms")),
        identifier_alone: scopes.len() == 1,
        redirect_uri: t("https://releases.acme.example/callback"),
    }
}

fn home(t: Text<'_>) -> Vec<Sample> {
    let tile = |(name, about): &(&str, &str)| Tile {
        name: t(name),
        about: Some(t(about)),
        logo: (*name == "Payroll Desk").then(|| t("/resources/samples/payroll-desk.svg")),
        href: t("https://apps.acme.example/"),
    };
    let tiles = [
        ("Payroll Desk", "Payslips, expenses, tax forms"),
        ("Platform console", "Organizations, spaces and applications"),
        ("Grafana", "Dashboards and alerts of your teams"),
        ("Wiki", "How we work, and who to ask"),
        ("Service catalogue", "Databases, queues and buckets for your applications"),
    ];
    vec![
        ("home", Box::new(Home { tiles: tiles.iter().map(tile).collect() })),
        ("home-empty", Box::new(Home::default())),
        (
            "sign-out",
            Box::new(SignOut {
                action: t("/logout.do"),
                account: account(t),
                client: payroll(t),
                fields: vec![(t("state"), t("s"))],
            }),
        ),
        (
            "sign-out-here",
            Box::new(SignOut {
                action: t("/logout.do"),
                account: account(t),
                client: None,
                fields: Vec::new(),
            }),
        ),
        (
            "signed-out",
            Box::new(SignedOut {
                confirmed: ["Payroll Desk", "Grafana", "Wiki"].map(t).into(),
                sign_in: t("/login"),
                ..SignedOut::default()
            }),
        ),
        (
            "signed-out-silent",
            Box::new(SignedOut { silent: vec![t("Wiki")], sign_in: t("/login"), ..SignedOut::default() }),
        ),
        (
            "signed-out-onward",
            Box::new(SignedOut {
                frames: vec![
                    t("https://payroll.acme.example/out?iss=i&sid=s"),
                    t("https://wiki.acme.example:8443/out"),
                ],
                onward: Some(Onward { client: payroll(t), to: t("https://payroll.acme.example/") }),
                sign_in: t("/login"),
                ..SignedOut::default()
            }),
        ),
    ]
}

const EVERY_SCOPE: &[&str] = &[
    "openid",
    "email",
    "phone",
    "address",
    "roles",
    "user_attributes",
    "uaa.offline_token",
    "cloud_controller.read",
    "cloud_controller.write",
    "cloud_controller.admin",
    "cloud_controller.admin_read_only",
    "cloud_controller.global_auditor",
    "cloud_controller_service_permissions.read",
    "doppler.firehose",
    "logs.admin",
    "routing.routes.read",
    "routing.routes.write",
    "routing.router_groups.read",
    "routing.router_groups.write",
    "network.write",
    "network.admin",
    "uaa.user",
    "password.write",
    "approvals.me",
    "scim.me",
    "scim.read",
    "scim.write",
    "scim.create",
    "scim.userids",
    "scim.invite",
    "groups.update",
    "uaa.admin",
    "uaa.resource",
    "clients.read",
    "clients.write",
    "clients.secret",
    "clients.admin",
    "zones.read",
    "zones.write",
    "idps.read",
    "idps.write",
    "scim.zones",
    "zones.acme.admin",
    "releases.approve",
    "releases.read",
];
