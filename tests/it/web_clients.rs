//! Applications that nobody here wrote sign people in: Authlib from PyPI, Spring Security from Maven, and Apache's module of Debian.

use crate::authorize::{App, sign_in};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tests::{Browser, Hallmark, java, python_with};

#[tokio::test]
async fn authlib() {
    let app = App { id: "authlib", redirect: "https://app.example/callback" };
    let python = python_with(&["Authlib==1.9.10", "requests==2.34.2"]);
    let server = Hallmark::start().await;
    let more = json!({"autoapprove": true, "scope": ["openid", "email", "profile"], "authorities": ["uaa.resource"]});
    app.register(&server, more).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/authlib_flow.py");
    let mut run = Command::new(python)
        .arg(script)
        .args([&discovery(&server), app.id, "open sesame", app.redirect])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(run.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("open ").expect("the address to open");
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(url).await;
    let back = sign_in(&server, &mut browser, &page).await.elsewhere.expect("back to the application");
    writeln!(run.stdin.take().unwrap(), "{back}").unwrap();
    let (ended, mut rest) = (run.wait().unwrap(), String::new());
    std::io::Read::read_to_string(&mut said, &mut rest).unwrap();
    assert!(ended.success() && rest.contains("flow: done"), "{rest}");
}

/// A page behind the module: signed in by the browser, known by name, and signed out at the provider as well.
#[tokio::test]
async fn mod_auth_openidc() {
    let server = Hallmark::start().await;
    let apache = Apache::start(&server).await;
    let (page, callback) = (format!("{}/app/", apache.home), format!("{}/app/callback", apache.home));
    let client = json!({
        "client_id": "apache", "client_secret": "open sesame", "scope": ["openid", "email"], "autoapprove": true,
        "authorized_grant_types": ["authorization_code"], "redirect_uri": [callback],
        "post_logout_redirect_uris": [format!("{}/out", apache.home)],
    });
    made(&server, client).await;

    let (mut there, mut here) = (Browser::at(&apache.home), Browser::at(&server.uaa()));
    let asked = there.open(&page).await.elsewhere.expect("to the provider");
    let asked = here.open(asked.as_str()).await;
    let back = sign_in(&server, &mut here, &asked).await.elsewhere.expect("back to the application");
    let shown = there.open(back.as_str()).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    let user = shown.headers.get("x-user").and_then(|user| user.to_str().ok()).unwrap_or_default();
    assert!(user.starts_with("admin"), "{shown:?}");

    // The second time nobody is asked.
    let mut other = Browser::at(&apache.home);
    let asked = other.open(&page).await.elsewhere.expect("to the provider");
    let back = here.open(asked.as_str()).await.elsewhere.expect("at once back");
    assert_eq!(other.open(back.as_str()).await.status, 200);

    let out = there.open(&format!("{callback}?logout={}/out", apache.home)).await;
    let back = here.open(out.elsewhere.expect("to the provider").as_str()).await;
    assert_eq!(back.elsewhere.map(String::from), Some(format!("{}/out", apache.home)));
    let asked = there.open(&page).await.elsewhere.expect("to the provider again");
    assert_eq!(here.open(asked.as_str()).await.text("h1"), "Sign in");
}

/// Pages behind a sign-in, with PKCE; signed out from the application, and from elsewhere by the back channel. An API behind bearer tokens.
#[tokio::test]
async fn spring_security() {
    let server = Hallmark::start_with("outbound: {allow_networks: [127.0.0.0/8]}\n").await;
    let app = Spring::start(&server).await;
    let client = json!({
        "client_id": "spring", "client_secret": "open sesame", "scope": ["openid", "email"], "autoapprove": true,
        "authorized_grant_types": ["authorization_code"],
        "redirect_uri": [format!("{}/login/oauth2/code/hallmark", app.home)],
        "post_logout_redirect_uris": [format!("{}/out", app.home)],
        "backchannel_logout_uri": format!("{}/logout/connect/back-channel/hallmark", app.home),
    });
    made(&server, client).await;

    let (mut there, mut here) = (Browser::at(&app.home), Browser::at(&server.uaa()));
    let asked = there.open("/").await.elsewhere.expect("to the provider");
    assert!(asked.query().unwrap_or_default().contains("code_challenge_method=S256"), "{asked}");
    let asked = here.open(asked.as_str()).await;
    let back = sign_in(&server, &mut here, &asked).await.elsewhere.expect("back to the application");
    let shown = there.open(back.as_str()).await;
    assert_eq!((shown.text("h1"), shown.text("p")), ("admin".into(), "admin".into()));

    let out = there.send(&shown, "_csrf", &[]).await.elsewhere.expect("to the provider");
    let back = here.open(out.as_str()).await.elsewhere.expect("back to the application");
    assert_eq!(there.open(back.as_str()).await.text("h1"), "Signed out");

    let asked = there.open("/").await.elsewhere.expect("to the provider again");
    let asked = here.open(asked.as_str()).await;
    let back = sign_in(&server, &mut here, &asked).await.elsewhere.expect("back to the application");
    assert_eq!(there.open(back.as_str()).await.text("h1"), "admin");
    let out = here.open("/uaa/logout.do").await;
    here.send(&out, "decision", &[("decision", "sign-out")]).await;
    let told = async {
        while there.open("/").await.elsewhere.is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told).await.expect("the application is told");

    let me = format!("{}/api/me", app.home);
    let form = [("grant_type", "password"), ("username", "admin"), ("password", &server.admin_password())];
    let good = server.token("cf", "", &form).await.body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(server.ask(&good, "GET", &me, None).await.body, json!({"user_name": "admin", "client": "cf"}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    for (token, status) in [(forged.as_str(), 401), ("", 401)] {
        assert_eq!(server.ask(token, "GET", &me, None).await.status, status);
    }
}

/// An application of Spring Boot, on a port of its own.
struct Spring {
    child: Child,
    home: String,
}

impl Spring {
    async fn start(server: &Hallmark) -> Spring {
        let (classes, port) = (java("spring"), free_port());
        let issuer = format!("{}/oauth/token", server.uaa());
        let mut command = Command::new("java");
        command.args(["-XX:TieredStopAtLevel=1", "-cp", &classes, "webapp.WebApp"]);
        command.args([
            "--server.address=127.0.0.1",
            "--logging.level.root=warn",
            "--spring.main.banner-mode=off",
        ]);
        command.arg(format!("--server.port={port}"));
        let registration = "--spring.security.oauth2.client.registration.hallmark";
        for (name, value) in [
            ("client-id", "spring"),
            ("client-secret", "open sesame"),
            ("scope", "openid,email"),
            ("authorization-grant-type", "authorization_code"),
            ("redirect-uri", "{baseUrl}/login/oauth2/code/{registrationId}"),
        ] {
            command.arg(format!("{registration}.{name}={value}"));
        }
        command.arg(format!("--spring.security.oauth2.client.provider.hallmark.issuer-uri={issuer}"));
        command.arg(format!("--spring.security.oauth2.resourceserver.jwt.issuer-uri={issuer}"));
        let child = command.spawn().expect("java starts");
        let mut app = Spring { child, home: format!("http://127.0.0.1:{port}") };
        assert!(listens(&mut app.child, port).await, "the application does not come up: it says above why");
        app
    }
}

impl Drop for Spring {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn made(server: &Hallmark, client: Value) {
    let token = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().expect("a token").to_owned();
    let made = server.ask(&token, "POST", &format!("{}/oauth/clients", server.uaa()), Some(client)).await;
    assert_eq!(made.status, 201, "{made:?}");
}

pub(crate) fn free_port() -> u16 {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    free.local_addr().expect("its address").port()
}

/// Waits until that program listens there, a minute at most.
pub(crate) async fn listens(child: &mut Child, port: u16) -> bool {
    for _ in 0..1_200 {
        if child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return false;
        }
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

fn discovery(server: &Hallmark) -> String {
    format!("{}/.well-known/openid-configuration", server.uaa())
}

/// Debian's Apache with its OpenID Connect module, in a directory and on a port of its own.
struct Apache {
    child: Child,
    home: String,
    files: tempfile::TempDir,
}

impl Apache {
    async fn start(server: &Hallmark) -> Apache {
        assert!(
            Path::new(MODULES).join("mod_auth_openidc.so").exists(),
            "Apache's module is missing: apt-get install apache2 libapache2-mod-auth-openidc"
        );
        let files = tempfile::tempdir().unwrap();
        let port = free_port();
        let home = format!("http://127.0.0.1:{port}");
        let dir = files.path();
        std::fs::create_dir_all(dir.join("www/app")).unwrap();
        std::fs::write(dir.join("www/app/index.html"), "<h1>Inside</h1>").unwrap();
        std::fs::write(dir.join("conf"), configuration(dir, &home, port, server)).unwrap();
        // It runs as Debian's user of the web when root starts it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir, open).unwrap();
        let mut command = Command::new("/usr/sbin/apache2");
        command.args(["-D", "FOREGROUND", "-f"]).arg(dir.join("conf"));
        let child = command.stderr(Stdio::inherit()).spawn().expect("apache2 starts");
        let mut apache = Apache { child, home, files };
        let up = listens(&mut apache.child, port).await;
        let log = std::fs::read_to_string(apache.files.path().join("error")).unwrap_or_default();
        assert!(up, "apache2 does not come up: {log}");
        apache
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        // By a signal that it hands on to its children.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn configuration(dir: &Path, home: &str, port: u16, server: &Hallmark) -> String {
    let modules =
        ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "dir", "mime", "auth_openidc"];
    let load: String =
        modules.iter().map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n")).collect();
    let (dir, provider) = (dir.display(), discovery(server));
    format!(
        "{load}\
        ServerRoot {dir}\nServerName 127.0.0.1\nPidFile {dir}/pid\nErrorLog {dir}/error\nListen 127.0.0.1:{port}\n\
        User www-data\nGroup www-data\nTypesConfig /etc/mime.types\nDocumentRoot {dir}/www\nDirectoryIndex index.html\n\
        Mutex file:{dir} default\n\
        OIDCProviderMetadataURL {provider}\nOIDCClientID apache\nOIDCClientSecret \"open sesame\"\n\
        OIDCRedirectURI {home}/app/callback\nOIDCCryptoPassphrase \"of this test alone\"\nOIDCScope \"openid email\"\n\
        OIDCRemoteUserClaim user_name\nOIDCPKCEMethod S256\n\
        <Location /app>\nAuthType openid-connect\nRequire valid-user\n\
        Header always set X-User \"expr=%{{REMOTE_USER}}\"\n</Location>\n"
    )
}

const MODULES: &str = "/usr/lib/apache2/modules";
