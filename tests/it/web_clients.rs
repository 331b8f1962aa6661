//! Applications that nobody here wrote sign people in: Authlib from PyPI, and Apache's module of Debian.

use crate::authorize::{App, sign_in};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tests::{Browser, Hallmark, python_with};

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
    let token = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let client = json!({
        "client_id": "apache", "client_secret": "open sesame", "scope": ["openid", "email"], "autoapprove": true,
        "authorized_grant_types": ["authorization_code"], "redirect_uri": [callback],
        "post_logout_redirect_uris": [format!("{}/out", apache.home)],
    });
    let made = server.ask(&token, "POST", &format!("{}/oauth/clients", server.uaa()), Some(client)).await;
    assert_eq!(made.status, 201, "{made:?}");

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

fn discovery(server: &Hallmark) -> String {
    format!("{}/.well-known/openid-configuration", server.uaa())
}

/// Debian's Apache with its OpenID Connect module, in a directory and on a port of its own.
struct Apache {
    child: Child,
    home: String,
    _files: tempfile::TempDir,
}

impl Apache {
    async fn start(server: &Hallmark) -> Apache {
        assert!(
            Path::new(MODULES).join("mod_auth_openidc.so").exists(),
            "Apache's module is missing: apt-get install apache2 libapache2-mod-auth-openidc"
        );
        let files = tempfile::tempdir().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
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
        let apache = Apache { child, home, _files: files };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return apache;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = std::fs::read_to_string(apache._files.path().join("error")).unwrap_or_default();
        panic!("apache2 does not come up: {log}");
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
