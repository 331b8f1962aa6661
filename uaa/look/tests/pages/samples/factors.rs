//! Second proofs, devices, passwords and joining.

use super::{Sample, Text, account, at, client, payroll};
use uaa_look::{
    About, Asked, ChangeEmail, CheckMail, ChooseAccount, Client, Device, DeviceConfirm, DeviceDone,
    ForceChange, Forgot, Invitation, Known, Link, LinkExpired, MailNotSetUp, NewPassword, PasskeySetUp,
    PasskeySignIn, PasswordFault, PasswordRules, Proof, RecoveryCode, RecoveryCodes, Register, SecondFactor,
    SetUpApp, Verify,
};

pub(crate) fn samples(t: Text<'_>) -> Vec<Sample> {
    let mut all = factors(t);
    all.extend(passkeys(t));
    all.extend(devices(t));
    all.extend(passwords(t));
    all.extend(joining(t));
    all.extend(links(t));
    all
}

fn factors(t: Text<'_>) -> Vec<Sample> {
    let second = SecondFactor {
        action: t("/login/mfa"),
        username: t("mira.okafor@acme.example"),
        change: t("/login"),
        proofs: vec![Proof::Password],
        app: Some(t("Mira’s phone")),
        trust_days: Some(30),
        recovery: Some(t("/login/recovery")),
        passkey: Some(t("/login/passkey")),
        wrong: false,
    };
    let recovery = RecoveryCode {
        action: t("/login/recovery"),
        proofs: vec![Proof::Password],
        left: 7,
        app: Some(t("/login/mfa")),
        lost: Some(t("mailto:platform@acme.example")),
        wrong: false,
    };
    let codes = "k7d2m-x9qpa hw4tr-8bnzc 3vjfe-m6y2k q8sxd-t5grw b2nph-w7kcv z9mqa-4ejtx f6rty-d3hsb n5wgc-k8pvm x4bze-r2jqd t7hka-9yfnw";
    let set_up = SetUpApp {
        action: t("/login/mfa/new"),
        proofs: vec![Proof::Password],
        uri: "otpauth://totp/Acme%20Platform:mira.okafor@acme.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Acme%20Platform".into(),
        key: t("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
        asked: true,
        pending: t("AAAA"),
        passkey: Some(t("/login/passkey/new")),
        wrong: false,
    };
    let codes = RecoveryCodes { action: t("/login/codes"), codes: codes.split(' ').map(t).collect() };
    vec![
        ("second-factor-wrong", Box::new(SecondFactor { wrong: true, app: None, ..second.clone() })),
        ("second-factor", Box::new(second)),
        ("recovery-code-wrong", Box::new(RecoveryCode { wrong: true, left: 1, ..recovery.clone() })),
        ("recovery-code", Box::new(recovery)),
        ("recovery-codes", Box::new(codes)),
        ("set-up-app-wrong", Box::new(SetUpApp { wrong: true, ..set_up.clone() })),
        ("set-up-app", Box::new(set_up)),
    ]
}

fn passkeys(t: Text<'_>) -> Vec<Sample> {
    let sign_in = PasskeySignIn {
        action: t("/login/passkey"),
        client: payroll(t),
        pending: t("AAAA"),
        options: t(r#"{"challenge":"AAAA","rpId":"acme.example","allowCredentials":[]}"#),
        other_way: t("/login"),
        failed: false,
    };
    let set_up = PasskeySetUp {
        action: t("/profile/passkeys"),
        pending: t("AAAA"),
        options: t(r#"{"challenge":"AAAA","user":{"id":"AAAA"}}"#),
        name: t("Firefox, Windows"),
        back: t("/profile"),
        failed: false,
    };
    vec![
        ("passkey-failed", Box::new(PasskeySignIn { failed: true, ..sign_in.clone() })),
        ("passkey", Box::new(sign_in)),
        ("passkey-set-up-failed", Box::new(PasskeySetUp { failed: true, ..set_up.clone() })),
        ("passkey-set-up", Box::new(set_up)),
        (
            "choose-account",
            Box::new(ChooseAccount {
                action: t("/login/account"),
                client: payroll(t),
                accounts: vec![
                    Known {
                        id: t("1"),
                        name: t("Mira Okafor"),
                        mail: t("mira.okafor@acme.example"),
                        signed_out: false,
                    },
                    Known {
                        id: t("2"),
                        name: t("Mira Okafor"),
                        mail: t("mira@contoso.example"),
                        signed_out: true,
                    },
                ],
                another: t("/login"),
                sign_out: t("/logout.do"),
            }),
        ),
    ]
}

fn devices(t: Text<'_>) -> Vec<Sample> {
    let command_line = Client { name: t("Acme command line"), id: t("cf"), ..Client::default() };
    let done = DeviceDone {
        client: command_line.clone(),
        allowed: true,
        applications: Some(t("/profile#applications")),
    };
    let confirm = DeviceConfirm {
        action: t("/device/confirm"),
        user_code: t("WDJB-MJHT"),
        client: command_line,
        account: account(t),
        not_you: t("/login"),
        from: t("Hamburg, Germany, 203.0.113.24"),
        at: at("2026-11-23T14:31:20+01:00"),
        scopes: Vec::new(),
        identifier_alone: false,
    };
    let scopes = ["openid", "cloud_controller.read", "releases.approve"]
        .map(|name| Asked { name: t(name), ..Asked::default() });
    vec![
        ("device", Box::new(Device { action: t("/device"), ..Device::default() })),
        ("device-wrong", Box::new(Device { action: t("/device"), user_code: t("WDJB-MJHT"), wrong: true })),
        (
            "device-confirm-scopes",
            Box::new(DeviceConfirm { scopes: scopes.into(), client: client(t), ..confirm.clone() }),
        ),
        ("device-confirm", Box::new(confirm)),
        ("device-denied", Box::new(DeviceDone { allowed: false, ..done.clone() })),
        ("device-done", Box::new(done)),
    ]
}

const RULES: PasswordRules = PasswordRules { least: 12, not_last: 5, kinds: [0; 4] };

fn passwords(t: Text<'_>) -> Vec<Sample> {
    let new = NewPassword {
        action: t("/reset_password.do"),
        fields: vec![(t("code"), t("9hVQm3xT2c"))],
        username: t("mira.okafor@acme.example"),
        rules: RULES,
        fault: Some(PasswordFault::Common),
    };
    let strict = PasswordRules { least: 8, not_last: 1, kinds: [1, 1, 2, 1] };
    let forced = ForceChange {
        action: t("/force_password_change"),
        username: t("mira.okafor@acme.example"),
        rules: strict,
        own: false,
        expired: None,
        fault: None,
    };
    let mut all: Vec<Sample> = vec![
        (
            "forgot",
            Box::new(Forgot {
                action: t("/forgot_password.do"),
                username: String::new(),
                elsewhere: Some(Link { text: t("Acme LDAP"), href: t("https://it.acme.example/") }),
                sign_in: t("/login"),
            }),
        ),
        (
            "check-mail",
            Box::new(CheckMail {
                action: t("/forgot_password.do"),
                address: t("mira.okafor@acme.example"),
                from: t("platform@acme.example"),
                valid: 3600,
                another: t("/forgot_password"),
                fields: vec![("username".into(), t("mira.okafor@acme.example"))],
                about: About::Password,
            }),
        ),
        (
            "check-mail-confirm",
            Box::new(CheckMail {
                action: t("/resend_verification.do"),
                address: t("mira"),
                from: t("platform@acme.example"),
                valid: 3600,
                another: t("/login"),
                fields: vec![("username".into(), t("mira"))],
                about: About::Confirmation,
            }),
        ),
        (
            "check-mail-new",
            Box::new(CheckMail {
                action: String::new(),
                address: t("mira.okafor@acme.example"),
                from: t("platform@acme.example"),
                valid: 3600,
                another: t("/create_account"),
                fields: vec![],
                about: About::NewAccount,
            }),
        ),
        ("new-password", Box::new(new.clone())),
        ("force-change", Box::new(forced.clone())),
        (
            "force-change-expired",
            Box::new(ForceChange {
                expired: Some(at("2026-11-20T09:00:00Z")),
                fault: Some(PasswordFault::WrongOld),
                ..forced
            }),
        ),
    ];
    for (name, fault) in [
        ("new-password-simple", PasswordFault::AgainstRules),
        ("new-password-used", PasswordFault::UsedBefore),
        ("new-password-two", PasswordFault::NotTheSame),
    ] {
        all.push((name, Box::new(NewPassword { fault: Some(fault), ..new.clone() })));
    }
    all
}

fn joining(t: Text<'_>) -> Vec<Sample> {
    let rules = PasswordRules { not_last: 0, ..RULES };
    let invitation = Invitation {
        action: t("/invitations/accept.do"),
        fields: vec![(t("code"), t("Qb71xkLr0Z"))],
        by: Some(t("Jonas Brandt")),
        organization: Some(t("Retail")),
        becomes: Some(t("Space developer in production and staging")),
        mail: t("tomasz.wisniewski@partner.example"),
        until: at("2026-11-30T12:00:00Z"),
        name: String::new(),
        rules,
        fault: None,
        sign_in: Some(t("/login")),
    };
    let register = Register {
        action: t("/create_account.do"),
        fields: vec![(t("client_id"), t("payroll-desk"))],
        name: t("Mira Okafor"),
        mail: t("mira.okafor"),
        wrong_mail: false,
        belongs_to: None,
        rules,
        fault: None,
        agreement: None,
        sign_in: t("/login"),
    };
    vec![
        ("invitation-zone", Box::new(Invitation { organization: None, becomes: None, ..invitation.clone() })),
        (
            "invitation-nobody",
            Box::new(Invitation { organization: None, becomes: None, by: None, ..invitation.clone() }),
        ),
        ("invitation", Box::new(invitation)),
        ("register-of-provider", Box::new(Register { belongs_to: Some(t("Contoso")), ..register.clone() })),
        (
            "register-wrong",
            Box::new(Register {
                wrong_mail: true,
                fault: Some(PasswordFault::Common),
                agreement: Some(Link {
                    text: t("I agree to the terms of Acme."),
                    href: t("https://acme.example/terms"),
                }),
                ..register.clone()
            }),
        ),
        ("register", Box::new(register)),
    ]
}

fn links(t: Text<'_>) -> Vec<Sample> {
    let expired = LinkExpired {
        anew: None,
        action: Some(t("/forgot_password.do")),
        mail: t("mira.okafor@acme.example"),
        valid: 3600,
        sign_in: t("/login"),
    };
    vec![
        (
            "verify",
            Box::new(Verify {
                action: t("/verify_user"),
                fields: vec![(t("code"), t("M2wd8Yt6pa"))],
                mail: t("mira.okafor@acme.example"),
            }),
        ),
        (
            "link-expired-anew",
            Box::new(LinkExpired { action: None, anew: Some(t("/create_account")), ..expired.clone() }),
        ),
        ("link-expired-invitation", Box::new(LinkExpired { action: None, ..expired.clone() })),
        ("link-expired", Box::new(expired)),
        (
            "mail-not-set-up",
            Box::new(MailNotSetUp {
                command: t(
                    "hallmark mail set smtp://user@mail.acme.example:587 --from platform@acme.example\nhallmark mail test you@acme.example",
                ),
                sign_in: t("/login"),
            }),
        ),
        (
            "change-email",
            Box::new(ChangeEmail {
                action: t("/change_email.do"),
                current: t("mira.okafor@acme.example"),
                mail: t("mira"),
                wrong: true,
                back: t("/profile"),
            }),
        ),
    ]
}
