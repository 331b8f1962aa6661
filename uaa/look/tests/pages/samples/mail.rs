//! Every message, in the words of the design's own samples.

use super::{Text, at};
use uaa_look::{ChangeOfAddress, Changed, Invite, Message, Reset, VerifyAddress};

/// A message and the name of its file.
pub(crate) type Sample = (&'static str, Box<dyn Message>);

pub(crate) fn samples(t: Text<'_>) -> Vec<Sample> {
    let until = at("2026-11-23T15:32:00+01:00");
    let from = Some(t("Hamburg, Germany, 203.0.113.24"));
    let invite = Invite {
        by: (t("Jonas Brandt"), t("jonas.brandt@acme.example")),
        organization: Some(t("Retail")),
        becomes: Some(t("space developer in production and staging")),
        mail: t("tomasz.wisniewski@partner.example"),
        link: t("https://login.acme.example/invitations/accept?code=Qb71xkLr0Z"),
        until: at("2026-11-30T12:00:00Z"),
    };
    vec![
        (
            "reset-password",
            Box::new(Reset {
                username: t("mira.okafor@acme.example"),
                link: t("https://login.acme.example/reset_password?code=9hVQm3xT2c"),
                until,
                from: from.clone(),
                with: Some(t("Firefox on Windows")),
            }),
        ),
        (
            "confirm-email",
            Box::new(VerifyAddress {
                username: Some(t("mira")),
                mail: t("mira.okafor@acme.example"),
                link: t("https://login.acme.example/verify_user?code=M2wd8Yt6pa"),
                until,
                from: from.clone(),
            }),
        ),
        (
            "verify-email",
            Box::new(VerifyAddress {
                username: None,
                mail: t("mira.okafor@acme.example"),
                link: t("https://login.acme.example/verify_user?code=M2wd8Yt6pa"),
                until,
                from: from.clone(),
            }),
        ),
        (
            "invitation-program",
            Box::new(Invite {
                by: (t("Portal"), String::new()),
                organization: None,
                becomes: None,
                ..invite.clone()
            }),
        ),
        ("invitation-zone", Box::new(Invite { organization: None, becomes: None, ..invite.clone() })),
        ("invitation", Box::new(invite)),
        (
            "password-changed",
            Box::new(Changed {
                username: t("mira.okafor@acme.example"),
                address: None,
                link: t("https://login.acme.example/profile"),
                at: until,
                from: from.clone(),
                with: Some(t("Firefox on Windows")),
            }),
        ),
        (
            "address-changed",
            Box::new(Changed {
                username: t("mira.okafor@acme.example"),
                address: Some(t("mira@okafor.example")),
                link: t("https://login.acme.example/profile"),
                at: until,
                from: from.clone(),
                with: None,
            }),
        ),
        (
            "change-email",
            Box::new(ChangeOfAddress {
                old: t("mira.okafor@acme.example"),
                new: t("mira@okafor.example"),
                link: t("https://login.acme.example/verify_email?code=77aB"),
                until,
                from,
            }),
        ),
    ]
}
