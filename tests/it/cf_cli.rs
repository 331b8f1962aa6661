//! The real cf CLI through everything that an operator and a user do with accounts, organizations, spaces and roles: as an
//! administrator, and as somebody without the right. Needs `cf` on the path or named by `CF_BIN`.

mod assertions;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::{Browser, Hallmark};

/// Somebody at a terminal: a home of one's own, so that nobody's target or token mixes with another's.
struct Person<'a> {
    cf: &'a Path,
    home: tempfile::TempDir,
}

impl<'a> Person<'a> {
    fn at(cf: &'a Path, api: &str) -> Person<'a> {
        let person = Person { cf, home: tempfile::tempdir().expect("a temporary directory") };
        person.does("api", &[api]);
        person
    }

    fn login(cf: &'a Path, api: &str, name: &str, password: &str) -> Person<'a> {
        let person = Person::at(cf, api);
        person.does("auth", &[name, password]);
        person
    }

    /// Runs a command that must succeed; what it printed.
    fn does(&self, command: &str, words: &[&str]) -> String {
        let (code, said) = self.tries(command, words);
        assert_eq!(code, Some(0), "cf {command} {words:?}: {said}");
        said
    }

    /// Runs a command whose output must have these lines, whatever its columns are padded with.
    fn reads(&self, command: &str, words: &[&str], lines: &[&str]) {
        let said = self.does(command, words);
        for line in lines {
            assert!(has_line(&said, line), "cf {command} {words:?} does not say `{line}`: {said}");
        }
    }

    /// Runs a command that must be refused with this text and the exit code 1.
    fn fails(&self, command: &str, words: &[&str], text: &str) {
        let (code, said) = self.tries(command, words);
        assert_eq!(code, Some(1), "cf {command} {words:?}: {said}");
        assert!(said.contains(text), "cf {command} {words:?} does not say `{text}`: {said}");
        assert!(said.contains("FAILED"), "cf {command} {words:?}: {said}");
    }

    /// Runs a command; its exit code and what it printed.
    fn tries(&self, command: &str, words: &[&str]) -> (Option<i32>, String) {
        self.run(command, words, "")
    }

    /// Runs a command that asks for something.
    fn types(&self, command: &str, answers: &str) -> (Option<i32>, String) {
        self.run(command, &[], answers)
    }

    fn run(&self, command: &str, words: &[&str], answers: &str) -> (Option<i32>, String) {
        let mut run = Command::new(self.cf)
            .arg(command)
            .args(words)
            .env("CF_HOME", self.home.path())
            .env("CF_COLOR", "false")
            .env("LANG", "C")
            .env_remove("https_proxy")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cf runs");
        let mut input = run.stdin.take().expect("it is piped");
        // A command that asks for nothing may have ended before.
        let _ = input.write_all(answers.as_bytes());
        drop(input);
        let run = run.wait_with_output().expect("cf ends");
        let said = [run.stdout, run.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
        (run.status.code(), said)
    }
}

#[tokio::test]
async fn organizations_and_spaces() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    admin.does("create-org", &["acme"]);
    assert!(admin.does("create-org", &["acme"]).contains("Organization 'acme' already exists."));
    admin.reads("orgs", &[], &["acme"]);
    admin.reads("org", &["acme"], &["name: acme", "quota: default"]);
    admin.does("create-space", &["dev", "-o", "acme"]);
    assert!(admin.does("create-space", &["dev", "-o", "acme"]).contains("Space 'dev' already exists."));
    admin.reads("target", &["-o", "acme", "-s", "dev"], &["org: acme", "space: dev"]);
    admin.reads("spaces", &[], &["dev"]);
    admin.reads("space", &["dev"], &["name: dev", "org: acme"]);
    admin.does("rename-space", &["dev", "work"]);
    admin.does("rename-org", &["acme", "apex"]);
    admin.reads("space", &["work"], &["name: work", "org: apex"]);

    admin.does("disallow-space-ssh", &["work"]);
    assert!(admin.does("space-ssh-allowed", &["work"]).contains("disabled in space 'work'"));
    assert!(admin.does("disallow-space-ssh", &["work"]).contains("already disabled"));
    admin.does("allow-space-ssh", &["work"]);
    assert!(admin.does("space-ssh-allowed", &["work"]).contains("enabled in space 'work'"));

    for (kind, name) in [("org", "apex"), ("space", "work")] {
        admin.does("set-label", &[kind, name, "env=prod", "tier=1"]);
        admin.reads("labels", &[kind, name], &["env prod", "tier 1"]);
        admin.does("unset-label", &[kind, name, "tier"]);
        assert!(!has_line(&admin.does("labels", &[kind, name]), "tier 1"));
        admin.fails("set-label", &[kind, name, "a b=c"], "Metadata label key error");
    }
    admin.reads("orgs", &["--labels", "env in (prod,test)"], &["apex"]);
    assert!(admin.does("orgs", &["--labels", "env!=prod"]).contains("No orgs found"));
    admin.reads("spaces", &["--labels", "env=prod"], &["work"]);
    let events = admin.does("curl", &["/v3/audit_events?types=audit.space.update&per_page=1"]);
    assert!(events.contains(r#""type":"audit.space.update""#), "{events}");
    admin.fails("events", &["nothing"], "App 'nothing' not found");

    admin.does("delete-space", &["-f", "work", "-o", "apex"]);
    admin.fails("space", &["work"], "Space 'work' not found");
    admin.does("delete-org", &["-f", "apex"]);
    assert!(admin.does("orgs", &[]).contains("No orgs found"));
    assert!(admin.does("delete-org", &["-f", "apex"]).contains("Org 'apex' does not exist."));
}

#[tokio::test]
async fn people_clients_and_roles() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    admin.does("create-org", &["acme"]);
    admin.does("create-space", &["dev", "-o", "acme"]);
    admin.does("create-user", &["bob", "bobs-long-secret"]);
    assert!(admin.does("create-user", &["bob", "bobs-long-secret"]).contains("already exists"));
    for (role, heading) in
        [("OrgManager", "ORG MANAGER"), ("BillingManager", "BILLING MANAGER"), ("OrgAuditor", "ORG AUDITOR")]
    {
        admin.does("set-org-role", &["bob", "acme", role]);
        assert!(admin.does("set-org-role", &["bob", "acme", role]).contains("already has role"));
        let users = admin.does("org-users", &["acme"]);
        assert!(users.contains(&format!("{heading}\n  bob (uaa)")), "{users}");
        admin.does("unset-org-role", &["bob", "acme", role]);
        assert!(!admin.does("org-users", &["acme"]).contains("bob"));
    }
    for (role, heading) in [
        ("SpaceManager", "SPACE MANAGER"),
        ("SpaceDeveloper", "SPACE DEVELOPER"),
        ("SpaceAuditor", "SPACE AUDITOR"),
        ("SpaceSupporter", "SPACE SUPPORTER"),
    ] {
        admin.does("set-space-role", &["bob", "acme", "dev", role]);
        let users = admin.does("space-users", &["acme", "dev"]);
        let below = users.split(heading).nth(1).and_then(|t| t.split("\n\n").next()).unwrap_or_default();
        assert!(below.contains("  bob (uaa)"), "{users}");
        admin.does("unset-space-role", &["bob", "acme", "dev", role]);
        assert!(!admin.does("space-users", &["acme", "dev"]).contains("bob"));
    }
    admin.reads("org-users", &["-a", "acme"], &["bob (uaa)"]);
    admin.fails(
        "set-org-role",
        &["nobody", "acme", "OrgManager"],
        "No user exists with the username 'nobody'",
    );

    // A client is called by its id.
    admin.does("set-org-role", &["--client", "cf_smoke_tests", "acme", "OrgAuditor"]);
    admin.reads("org-users", &["acme"], &["cf_smoke_tests (client)"]);
    admin.does("set-space-role", &["--client", "cf_smoke_tests", "acme", "dev", "SpaceAuditor"]);
    admin.reads("space-users", &["acme", "dev"], &["cf_smoke_tests (client)"]);
    admin.does("unset-space-role", &["--client", "cf_smoke_tests", "acme", "dev", "SpaceAuditor"]);
    admin.does("unset-org-role", &["--client", "cf_smoke_tests", "acme", "OrgAuditor"]);
    assert!(!admin.does("org-users", &["acme"]).contains("cf_smoke_tests"));

    admin.does("delete-user", &["-f", "bob"]);
    assert!(admin.does("delete-user", &["-f", "bob"]).contains("User 'bob' does not exist."));
    assert!(!admin.does("org-users", &["-a", "acme"]).contains("bob"));
}

#[tokio::test]
async fn quotas() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    let limits = ["-m", "1G", "-i", "512M", "-a", "10", "-s", "5", "-r", "10", "--reserved-route-ports", "2"];
    admin.does("create-org-quota", &[&["small"], &limits[..], &["--allow-paid-service-plans"]].concat());
    assert!(
        admin.does("create-org-quota", &["small"]).contains("Organization Quota 'small' already exists.")
    );
    admin.does("create-org", &["acme", "-q", "small"]);
    admin.reads("org-quotas", &[], &["small 1G 512M 10 5 allowed 10 2 unlimited"]);
    admin.reads(
        "org-quota",
        &["default"],
        &[
            "total memory: 100G",
            "routes: 1000",
            "service instances: unlimited",
            "paid service plans: allowed",
        ],
    );
    admin.reads("org", &["acme"], &["quota: small"]);
    admin.does("update-org-quota", &["small", "-m", "2G", "-a", "-1", "-n", "little"]);
    admin.reads("org-quota", &["little"], &["total memory: 2G", "app instances: unlimited", "routes: 10"]);
    admin.fails("update-org-quota", &["little", "-r", "1"], "must be less than or equal to total routes");
    admin.fails("delete-org-quota", &["-f", "little"], "This quota is applied to one or more organizations.");
    admin.does("set-org-quota", &["acme", "default"]);
    admin.does("delete-org-quota", &["-f", "little"]);
    admin.fails("org-quota", &["little"], "Organization quota with name 'little' not found");

    admin.does("target", &["-o", "acme"]);
    admin.does("create-space-quota", &["tight", "-m", "256M", "-s", "1"]);
    assert!(admin.does("create-space-quota", &["tight"]).contains("Space Quota 'tight' already exists."));
    admin.does("create-space", &["dev", "-q", "tight"]);
    admin.reads("space", &["dev"], &["quota: tight"]);
    admin.reads("space-quotas", &[], &["tight 256M unlimited 0 1 disallowed unlimited 0 unlimited"]);
    admin.does("update-space-quota", &["tight", "-s", "3", "--allow-paid-service-plans"]);
    admin.reads("space-quota", &["tight"], &["service instances: 3", "paid service plans: allowed"]);
    admin.fails("delete-space-quota", &["-f", "tight"], "This quota is applied to one or more spaces.");
    admin.does("unset-space-quota", &["dev", "tight"]);
    admin.does("set-space-quota", &["dev", "tight"]);
    admin.does("unset-space-quota", &["dev", "tight"]);
    admin.does("delete-space-quota", &["-f", "tight"]);
    assert!(admin.does("space-quotas", &[]).contains("No space quotas found."));
}

#[tokio::test]
async fn signing_in_by_a_browser() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/passcode").await;
    let page = browser.send(&page, "username", &[("username", "admin")]).await;
    let page = browser.send(&page, "password", &[("password", &server.admin_password())]).await;
    let passcode = page.text("#passcode");
    let admin = Person::at(&cf, &server.api());
    admin.does("login", &["--sso-passcode", &passcode]);
    admin.reads("target", &[], &["user: admin"]);
    let code = admin.does("ssh-code", &[]);
    assert_eq!(code.trim().len(), 64, "{code}");
    assert!(admin.does("oauth-token", &[]).starts_with("bearer "));
    admin.does("logout", &[]);
    admin.fails("login", &["--sso-passcode", &passcode], "Unable to authenticate");
}

/// Each of them refreshes, and writes what it got into the configuration that all share.
#[tokio::test]
async fn several_commands_at_once_share_a_sign_in() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let url = format!("{}/oauth/clients/cf", server.uaa());
    let short = serde_json::json!({"client_id": "cf", "access_token_validity": 1});
    assert_eq!(server.ask(&root, "PUT", &url, Some(short)).await.status, 200);
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    let expired = || std::thread::sleep(std::time::Duration::from_millis(1_500));
    for _ in 0..3 {
        expired();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| assert!(admin.does("oauth-token", &[]).starts_with("bearer ")));
            }
        });
        expired();
        admin.does("oauth-token", &[]);
    }
    // As when one has read what there was, and the other writes last.
    let other = Person { cf: &cf, home: tempfile::tempdir().unwrap() };
    std::fs::create_dir(other.home.path().join(".cf")).unwrap();
    let file = |of: &Person| of.home.path().join(".cf/config.json");
    std::fs::copy(file(&admin), file(&other)).unwrap();
    for person in [&admin, &other, &admin, &other] {
        expired();
        assert!(person.does("oauth-token", &[]).starts_with("bearer "));
    }
    other.does("orgs", &[]);
}

#[tokio::test]
async fn signing_in_and_out() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    admin.does("create-org", &["acme"]);
    admin.does("create-space", &["dev", "-o", "acme"]);
    admin.does("create-user", &["bob", "bobs-long-secret"]);
    admin.does("set-space-role", &["bob", "acme", "dev", "SpaceDeveloper"]);

    let bob = Person::at(&cf, &server.api());
    bob.fails("orgs", &[], "Not logged in. Use 'cf login' or 'cf login --sso' to log in.");
    bob.fails("auth", &["bob", "wrong"], "Credentials were rejected, please try again.");
    bob.reads(
        "login",
        &["-u", "bob", "-p", "bobs-long-secret", "-o", "acme", "-s", "dev"],
        &["user: bob", "org: acme", "space: dev"],
    );
    let (code, said) = bob.types("passwd", "wrong\nbobs-new-secret\nbobs-new-secret\n");
    assert!(code == Some(1) && said.contains("Old password is incorrect"), "{said}");
    let (code, said) = bob.types("passwd", "bobs-long-secret\nbobs-new-secret\nsomething-else\n");
    assert!(code == Some(1) && said.contains("Password verification does not match"), "{said}");
    let (code, said) = bob.types("passwd", "bobs-long-secret\nbobs-new-secret\nbobs-new-secret\n");
    assert!(code == Some(0) && said.contains("Please log in again."), "{said}");
    bob.fails("auth", &["bob", "bobs-long-secret"], "Credentials were rejected, please try again.");
    bob.does("auth", &["bob", "bobs-new-secret"]);
    bob.reads("target", &["-o", "acme", "-s", "dev"], &["user: bob", "org: acme", "space: dev"]);
    bob.does("logout", &[]);
    bob.fails("spaces", &[], "Not logged in.");

    // A client signs in as itself: this one has no scope of the platform, so its token is none for the Cloud Controller.
    let robot = Person::at(&cf, &server.api());
    robot.fails("auth", &["admin", "wrong", "--client-credentials"], "Credentials were rejected");
    robot.does("auth", &["admin", &server.client_secret(), "--client-credentials"]);
    robot.reads("target", &[], &["user: admin"]);
    robot.fails("orgs", &[], "Invalid Auth Token");
    robot.fails("create-org", &["mine"], "Invalid Auth Token");
}

#[tokio::test]
async fn without_a_role_there_is_nothing_to_see_or_make() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    admin.does("create-org", &["acme"]);
    admin.does("create-space", &["dev", "-o", "acme"]);
    admin.does("create-user", &["bob", "bobs-long-secret"]);
    let bob = Person::login(&cf, &server.api(), "bob", "bobs-long-secret");
    for (command, text) in [("orgs", "No orgs found"), ("org-quotas", "No organization quotas found")] {
        let said = bob.does(command, &[]);
        assert!(said.contains(text), "cf {command}: {said}");
    }
    let unseen: [(&str, &[&str]); 9] = [
        ("target", &["-o", "acme"]),
        ("org", &["acme"]),
        ("org-users", &["acme"]),
        ("space-users", &["acme", "dev"]),
        ("create-space", &["mine", "-o", "acme"]),
        ("rename-org", &["acme", "mine"]),
        ("set-org-role", &["bob", "acme", "OrgManager"]),
        ("set-space-role", &["bob", "acme", "dev", "SpaceManager"]),
        ("set-label", &["org", "acme", "a=b"]),
    ];
    for (command, words) in unseen {
        bob.fails(command, words, "Organization 'acme' not found");
    }
    bob.fails("create-org", &["mine"], REFUSED);
    bob.fails("create-org-quota", &["mine"], REFUSED);
    bob.fails("create-user", &["eve", "eves-long-secret"], REFUSED);
}

#[tokio::test]
async fn a_role_that_is_not_enough() {
    let Some(cf) = cf() else { return not_run() };
    let server = Hallmark::start().await;
    let admin = Person::login(&cf, &server.api(), "admin", &server.admin_password());
    admin.does("create-org", &["acme"]);
    admin.does("create-space", &["dev", "-o", "acme"]);
    admin.does("create-user", &["bob", "bobs-long-secret"]);
    admin.does("set-space-role", &["bob", "acme", "dev", "SpaceDeveloper"]);
    let bob = Person::login(&cf, &server.api(), "bob", "bobs-long-secret");
    bob.reads("target", &["-o", "acme", "-s", "dev"], &["org: acme", "space: dev"]);
    bob.reads("org", &["acme"], &["quota: default"]);
    bob.reads("space", &["dev"], &["name: dev"]);
    bob.reads("org-users", &["-a", "acme"], &["bob (uaa)"]);
    let refused: [(&str, &[&str]); 14] = [
        ("create-space", &["mine", "-o", "acme"]),
        ("rename-org", &["acme", "mine"]),
        ("rename-space", &["dev", "mine"]),
        ("delete-org", &["-f", "acme"]),
        ("delete-space", &["-f", "dev"]),
        ("disallow-space-ssh", &["dev"]),
        ("set-label", &["org", "acme", "a=b"]),
        ("set-label", &["space", "dev", "a=b"]),
        ("set-org-role", &["bob", "acme", "OrgManager"]),
        ("set-space-role", &["bob", "acme", "dev", "SpaceManager"]),
        ("unset-space-role", &["admin", "acme", "dev", "SpaceManager"]),
        ("set-org-quota", &["acme", "default"]),
        ("update-org-quota", &["default", "-m", "1M"]),
        ("create-space-quota", &["mine"]),
    ];
    for (command, words) in refused {
        bob.fails(command, words, REFUSED);
    }
    bob.fails("delete-user", &["-f", "admin"], REFUSED);

    // A manager may in the own organization, and there only.
    admin.does("set-org-role", &["bob", "acme", "OrgManager"]);
    bob.does("create-space", &["mine"]);
    bob.does("create-space-quota", &["tight", "-m", "1G"]);
    bob.does("set-space-quota", &["mine", "tight"]);
    bob.does("set-space-role", &["admin", "acme", "mine", "SpaceAuditor"]);
    bob.does("delete-space", &["-f", "mine"]);
    bob.fails("delete-org", &["-f", "acme"], REFUSED);
    admin.does("create-org", &["other"]);
    bob.fails("create-space", &["mine", "-o", "other"], "Organization 'other' not found");
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

const REFUSED: &str = "You are not authorized to perform the requested action";
