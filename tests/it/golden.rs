//! Files that a reviewer's eye goes over whenever they change.

use tests::golden;
use uaa_authz::Registry;
use uaa_model::{Barrier, Code, Denied, Fault};
use uaa_plugin::Dialect;

#[test]
fn golden_roles() {
    let registry = Registry::new(platform_server::compose::kinds()).expect("kinds and roles fit together");
    golden::hold("roles.txt", &uaa_authz::matrix(&registry));
}

/// Every fault in every dialect: status, name, number, words.
#[test]
fn golden_faults() {
    let mut text = String::from("# fault: dialect status name [number] words\n");
    for (name, fault) in faults() {
        text.push_str(&format!("\n{name}\n"));
        for dialect in [Dialect::Cc, Dialect::Oauth, Dialect::Scim, Dialect::Access] {
            let said = dialect.say(&fault);
            let number = if said.code.number == 0 { String::new() } else { said.code.number.to_string() };
            text.push_str(&format!(
                "  {:6} {} {:30} {number:6} {}\n",
                dialect.name(),
                said.code.status,
                said.code.name,
                said.details.join(" | ")
            ));
        }
    }
    golden::hold("faults.txt", &text);
}

fn faults() -> Vec<(&'static str, Fault)> {
    let denied = |denied| Fault::Denied(denied, "space");
    vec![
        ("denied anonymous", denied(Denied::Anonymous)),
        ("denied unauthenticated", denied(Denied::Unauthenticated)),
        ("denied hidden", denied(Denied::Hidden)),
        ("denied forbidden", denied(Denied::Forbidden)),
        ("denied scope", denied(Denied::Scope)),
        ("denied barred organization suspended", denied(Denied::Barred(Barrier::OrganizationSuspended))),
        ("denied barred space suspended", denied(Denied::Barred(Barrier::SpaceSuspended))),
        ("denied barred deleting", denied(Denied::Barred(Barrier::Deleting))),
        ("lacking", Fault::Lacking("update", "space")),
        ("not found", Fault::NotFound("the text".into())),
        ("method", Fault::Method),
        ("bad query", Fault::BadQuery("the text".into())),
        ("parse", Fault::Parse("the text".into())),
        ("invalid", Fault::Invalid(vec!["one text".into(), "another text".into()])),
        ("unique", Fault::Unique("the text".into())),
        ("conflict", Fault::Conflict("the text".into())),
        ("too large", Fault::TooLarge),
        ("too many", Fault::TooMany(5)),
        ("unavailable", Fault::Unavailable("for the log".into())),
        ("protocol", Fault::protocol(Code { status: 400, name: "its_name", number: 1 }, "the text")),
        ("retry", Fault::Retry),
        ("internal", Fault::Internal("for the log".into())),
    ]
}
