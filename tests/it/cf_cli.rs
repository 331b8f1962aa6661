//! The real cf CLI, from login to the last thing deleted. Needs `cf` on the path or named by `CF_BIN`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::Hallmark;

/// Somebody at a terminal: a home of one's own, so that nobody's target or token mixes with another's.
struct Person<'a> {
    cf: &'a Path,
    home: tempfile::TempDir,
}

impl<'a> Person<'a> {
    fn login(cf: &'a Path, api: &str, name: &str, password: &str) -> Person<'a> {
        let person = Person { cf, home: tempfile::tempdir().expect("a temporary directory") };
        person.does(&["api", api]);
        person.does(&["auth", name, password]);
        person
    }

    /// Runs a command that must succeed; what it printed.
    fn does(&self, words: &[&str]) -> String {
        let (code, said) = self.tries(words);
        assert_eq!(code, Some(0), "cf {}: {said}", words[0]);
        said
    }

    /// Runs a command; its exit code and what it printed.
    fn tries(&self, words: &[&str]) -> (Option<i32>, String) {
        let run = Command::new(self.cf)
            .args(words)
            .env("CF_HOME", self.home.path())
            .env("CF_COLOR", "false")
            .env("LANG", "C")
            .env_remove("https_proxy")
            .stdin(Stdio::null())
            .output()
            .expect("cf runs");
        let said = [run.stdout, run.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
        (run.status.code(), said)
    }
}

#[tokio::test]
async fn a_working_day() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    admin.does(&["create-org", "acme"]);
    admin.does(&["create-space", "dev", "-o", "acme"]);
    let target = admin.does(&["target", "-o", "acme", "-s", "dev"]);
    assert!(has_line(&target, "org: acme") && has_line(&target, "space: dev"), "{target}");
    assert!(has_line(&admin.does(&["orgs"]), "acme"));
    assert!(has_line(&admin.does(&["spaces"]), "dev"));
    admin.does(&["create-user", "bob", "bobs-long-secret"]);

    admin.does(&["set-org-role", "bob", "acme", "OrgManager"]);
    admin.does(&["set-space-role", "bob", "acme", "dev", "SpaceAuditor"]);
    assert!(has_line(&admin.does(&["org-users", "acme"]), "bob (uaa)"));
    let users = admin.does(&["space-users", "acme", "dev"]);
    assert!(users.contains("SPACE AUDITOR\n  bob (uaa)"), "{users}");
    admin.does(&["unset-space-role", "bob", "acme", "dev", "SpaceAuditor"]);
    admin.does(&["unset-org-role", "bob", "acme", "OrgManager"]);
    assert!(!has_line(&admin.does(&["org-users", "acme"]), "bob (uaa)"));
    assert!(!has_line(&admin.does(&["space-users", "acme", "dev"]), "bob (uaa)"));

    admin.does(&["delete-space", "-f", "dev", "-o", "acme"]);
    admin.does(&["delete-org", "-f", "acme"]);
    admin.does(&["delete-user", "-f", "bob"]);
    let orgs = admin.does(&["orgs"]);
    assert!(orgs.contains("No orgs found"), "{orgs}");
}

#[tokio::test]
async fn without_a_role_there_is_nothing_to_see_or_make() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    admin.does(&["create-org", "acme"]);
    admin.does(&["create-user", "bob", "bobs-long-secret"]);
    let bob = Person::login(&cf, &server.api(), "bob", "bobs-long-secret");
    let orgs = bob.does(&["orgs"]);
    assert!(orgs.contains("No orgs found"), "{orgs}");
    let (code, said) = bob.tries(&["create-org", "mine"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("You are not authorized to perform the requested action"), "{said}");
    let (code, said) = bob.tries(&["target", "-o", "acme"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Organization 'acme' not found"), "{said}");
    let (code, said) = bob.tries(&["auth", "bob", "wrong"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Credentials were rejected"), "{said}");
}

/// Whether a line of a table says this, whatever the columns are padded with.
fn has_line(text: &str, line: &str) -> bool {
    text.lines().any(|l| l.split_whitespace().collect::<Vec<_>>().join(" ") == line)
}

/// The CLI: `CF_BIN`, or the first one on the path.
fn cf() -> Option<PathBuf> {
    let named = std::env::var_os("CF_BIN").map(PathBuf::from);
    if let Some(path) = &named {
        assert!(path.exists(), "CF_BIN names {}, which is not there", path.display());
    }
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join("cf")).find(|file| file.is_file())
    };
    named.or_else(on_path)
}

/// Says so past the capture of the test runner: a part that did not run must not look like one that passed.
fn not_run() {
    let said =
        std::io::stderr().write_all(b"NOT RUN: cf_cli, as no cf CLI is on the path and no CF_BIN is set\n");
    said.expect("a standard error");
}
