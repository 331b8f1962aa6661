//! The account: profile and roles.

use super::{Sample, Text, at, client};
use uaa_look::{
    Access, Act, Asked, Client, Connected, Factor, Factors, Held, InOrganization, OwnPassword, Profile,
    Proof, Recovery, Session, Step, Why,
};

pub(crate) fn samples(t: Text<'_>) -> Vec<Sample> {
    let bare = Profile {
        name: t("Mira Okafor"),
        mail: t("mira.okafor@acme.example"),
        sessions: vec![session(t, "Firefox, Windows", "2026-11-23T14:31:00+01:00", vec![], false)],
        passkeys: Some(Factors { list: Vec::new(), add: Some(act(t, "/profile/passkeys/new")) }),
        apps: Some(Factors { list: Vec::new(), add: Some(act(t, "/profile/apps/new")) }),
        ..Profile::default()
    };
    let barred = Why {
        steps: vec![Step::Barred { place: t("Retail") }],
        permission: t("route.map"),
        entry: None,
        ask: None,
        ..denied(t)
    };
    vec![
        ("profile", Box::new(profile(t))),
        ("profile-bare", Box::new(bare)),
        ("access", Box::new(access(t, Some(allowed(t))))),
        ("access-denied", Box::new(access(t, Some(denied(t))))),
        ("access-barred", Box::new(access(t, Some(barred)))),
        ("access-plain", Box::new(access(t, None))),
        ("access-empty", Box::new(Access { who: t("Mira Okafor"), organizations: Vec::new(), why: None })),
    ]
}

fn act(t: Text<'_>, action: &str) -> Act {
    Act { action: t(action), fields: vec![(t("id"), t("42"))] }
}

fn profile(t: Text<'_>) -> Profile {
    let factor = |name: &str, added: &str, used: Option<&str>| Factor {
        name: t(name),
        added: at(added),
        used: used.map(at),
        rename: Some(act(t, "/profile/factors/rename")),
        remove: Some(act(t, "/profile/factors/remove")),
    };
    Profile {
        managed_by: Some(t("Acme LDAP")),
        name: t("Mira Okafor"),
        mail: t("mira.okafor@acme.example"),
        mail_verified: true,
        change_mail: Some(act(t, "/change_email")),
        password: Some(OwnPassword {
            changed: at("2026-01-12T10:00:00Z"),
            change: act(t, "/change_password"),
        }),
        passkeys: Some(Factors {
            list: vec![
                factor("MacBook of Mira", "2026-03-04T10:00:00Z", Some("2026-11-23T08:00:00Z")),
                factor("YubiKey 5C", "2025-06-09T10:00:00Z", None),
            ],
            add: Some(act(t, "/profile/passkeys/new")),
        }),
        apps: Some(Factors {
            list: vec![factor("Mira’s phone", "2026-03-04T10:00:00Z", Some("2026-11-22T08:00:00Z"))],
            add: None,
        }),
        recovery: Some(Recovery {
            left: 7,
            of: 10,
            made: at("2026-03-04T10:00:00Z"),
            renew: act(t, "/profile/codes"),
        }),
        sessions: vec![
            session(
                t,
                "Firefox, Windows",
                "2026-11-23T14:31:00+01:00",
                vec![Proof::Password, Proof::App],
                false,
            ),
            session(t, "Safari, iPhone", "2026-11-23T12:32:00+01:00", vec![Proof::Passkey], true),
            session(t, "cf, command line", "2026-11-22T17:04:00+01:00", vec![Proof::Passcode], true),
            session(
                t,
                "Chrome, Linux",
                "2026-11-03T09:04:00+01:00",
                vec![Proof::Provider(t("Contoso"))],
                true,
            ),
        ],
        end_all: Some(act(t, "/profile/sessions/end")),
        applications: vec![
            connected(t, client(t), &["openid", "email", "cloud_controller.read", "offline_access"]),
            connected(
                t,
                Client { name: t("Acme command line"), id: t("cf"), ..Client::default() },
                &["uaa.user"],
            ),
        ],
    }
}

fn session(t: Text<'_>, agent: &str, active: &str, proofs: Vec<Proof>, other: bool) -> Session {
    Session {
        agent: t(agent),
        from: t("Hamburg, Germany, 203.0.113.24"),
        active: at(active),
        since: at("2026-11-02T09:00:00+01:00"),
        proofs,
        end: other.then(|| act(t, "/profile/sessions/end")),
    }
}

fn connected(t: Text<'_>, client: Client, scopes: &[&str]) -> Connected {
    let scopes = scopes.iter().map(|name| Asked { name: t(name), ..Asked::default() }).collect();
    Connected {
        client,
        scopes,
        identifier_alone: false,
        since: at("2026-03-04T10:00:00Z"),
        take_back: act(t, "/profile/applications/remove"),
    }
}

fn access(t: Text<'_>, why: Option<Why>) -> Access {
    let to = if why.is_some() { "#why" } else { "/roles/why" };
    let held = |space: Option<&str>, role: &str, group: Option<&str>| Held {
        space: space.map(t),
        role: t(role),
        group: group.map(t),
        since: Some(at("2026-03-04T10:00:00Z")),
        // A place on this page stays one, whatever is given.
        why: if to.starts_with('#') { to.into() } else { t(to) },
        ..Held::default()
    };
    let approver = Held {
        custom: true,
        until: Some(at("2026-12-31T12:00:00Z")),
        ..held(Some("tracking"), "Release approver", None)
    };
    Access {
        who: t("Mira Okafor"),
        organizations: vec![
            InOrganization {
                name: t("Retail"),
                held: vec![
                    Held {
                        explained: why.is_some(),
                        ..held(Some("production"), "Space developer", Some("platform-devs"))
                    },
                    held(Some("staging"), "Space developer", Some("platform-devs")),
                    held(Some("staging"), "Space auditor", None),
                ],
            },
            InOrganization {
                name: t("Logistics"),
                held: vec![held(None, "Organization auditor", Some("all-staff")), approver],
            },
        ],
        why,
    }
}

fn allowed(t: Text<'_>) -> Why {
    let given = |until| Step::GivenHere {
        place: t("production of Retail"),
        by: t("Jonas Brandt"),
        at: at("2026-03-04T10:00:00Z"),
        until,
    };
    Why {
        allowed: true,
        who: t("Mira Okafor"),
        permission: "app.push".into(),
        place: t("Retail / production"),
        steps: vec![
            Step::RoleAllows { role: t("Space developer"), permission: t("app.push"), of: 14 },
            Step::GroupHasRole {
                group: t("platform-devs"),
                source: Some((t("Acme LDAP"), t("cn=platform-devs,ou=groups,dc=acme"))),
            },
            Step::GroupHasRole { group: t("all-staff"), source: None },
            given(None),
            given(Some(at("2026-12-31T12:00:00Z"))),
            Step::InTheGroup { who: t("Mira"), seen: at("2026-11-23T14:20:00+01:00") },
        ],
        decision: t("d-01JD8Q4M7T"),
        at: at("2026-11-23T14:21:07+01:00"),
        entry: Some(t("88 412")),
        ask: None,
    }
}

fn denied(t: Text<'_>) -> Why {
    Why {
        allowed: false,
        permission: "space.delete".into(),
        steps: vec![
            Step::Needs { permission: t("space.delete") },
            Step::NoRole { looked: t("Space developer in production, through platform-devs") },
            Step::Would { role: t("Organization manager"), place: t("Retail"), by: Some(t("Jonas Brandt")) },
            Step::Would { role: t("Space manager"), place: t("Retail / production"), by: None },
        ],
        ask: Some(act(t, "/roles/ask")),
        ..allowed(t)
    }
}
