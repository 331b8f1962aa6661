//! Floor 7: starts the product as its users do, on a free port and in a directory of its own, and ends it afterwards.

mod authenticator;
mod browser;
pub mod contract;
mod elsewhere;
mod engines;
pub mod golden;
pub mod inside;
mod java;
mod mail_sink;
mod node;
mod python;
mod said;
mod seed;
mod signed;
mod store;
mod watched;

pub use authenticator::Authenticator;
pub use browser::{Browser, Page};
pub use elsewhere::Elsewhere;
pub use engines::{Database, Engine};
pub use java::java;
pub use mail_sink::{Caught, MailSink};
pub use node::node;
pub use python::{output, python_with};
pub use said::{Said, said};
pub use seed::seeded;
pub use signed::{Signs, changed, now, unique};
pub use store::{At, Makes, PLATFORM, Store, named, space};
pub use watched::{Seen, Watched};

use said::{ask_with, token_with};
use serde_json::Value;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server.
pub struct Hallmark {
    child: Child,
    data: tempfile::TempDir,
    database: Option<Database>,
    port: u16,
    scheme: &'static str,
    host: &'static str,
}

impl Hallmark {
    /// Starts one on the embedded database and waits until it answers.
    ///
    /// # Panics
    /// With what to do, when there is no binary or it does not come up.
    pub async fn start() -> Hallmark {
        Hallmark::start_on(Engine::Sqlite).await
    }

    /// Starts one on a fresh database of that engine and waits until it answers.
    ///
    /// # Panics
    /// With what to do, when there is no binary or no such engine, or it does not come up.
    pub async fn start_on(engine: Engine) -> Hallmark {
        Hallmark::begin(engine, None).await
    }

    /// Starts one on the embedded database with that configuration file and waits until it answers.
    ///
    /// # Panics
    /// With what to do, when there is no binary or it does not come up.
    pub async fn start_with(yaml: &str) -> Hallmark {
        Hallmark::begin(Engine::Sqlite, Some(yaml)).await
    }

    /// Starts one on a fresh database of that engine, which is reached by a name, as browsers want for passkeys.
    ///
    /// # Panics
    /// With what to do, when there is no binary or no such engine, or it does not come up.
    pub async fn start_named(engine: Engine) -> Hallmark {
        Hallmark::begin(engine, Some("public_url: http://localhost:{port}")).await
    }

    async fn begin(engine: Engine, yaml: Option<&str>) -> Hallmark {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres | Engine::Mariadb => Some(Database::fresh(engine).await),
        };
        let data = tempfile::tempdir().expect("a temporary directory");
        let port = free_port();
        if let Some(yaml) = yaml {
            let yaml = yaml.replace("{port}", &port.to_string());
            std::fs::write(data.path().join(CONFIG), yaml).expect("the configuration can be written");
        }
        let has = |text: &str| yaml.is_some_and(|yaml| yaml.contains(text));
        let scheme = if has("listen:") && has("tls:") { "https" } else { "http" };
        let host = if has("public_url: http://localhost") { "localhost" } else { "127.0.0.1" };
        let child = run(data.path(), database.as_ref(), port);
        let mut server = Hallmark { child, data, database, port, scheme, host };
        server.ready().await;
        server
    }

    /// Ends it at once, as a power failure would, and starts it again on the same data.
    pub async fn restart_after_kill(&mut self) {
        self.kill();
        self.restart().await;
    }

    /// Ends it at once: SIGKILL, nothing is finished.
    pub fn kill(&mut self) {
        self.child.kill().expect("the server was running");
        self.child.wait().expect("it has ended");
    }

    /// Ends it at once and starts it again on the same data with that configuration file.
    ///
    /// # Panics
    /// When the file cannot be written, or the server does not come up.
    pub async fn restart_with(&mut self, yaml: &str) {
        self.kill();
        std::fs::write(self.data.path().join(CONFIG), yaml).expect("the configuration can be written");
        self.restart().await;
    }

    /// Asks it to end: SIGTERM.
    pub fn terminate(&self) {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(done.expect("there is a `kill`").success(), "the server was not running");
    }

    /// Its exit code, when it has ended by itself. Waits ten seconds at most.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn exit_code(&mut self) -> Option<i32> {
        for _ in 0..1000 {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server does not end");
    }

    /// A command of the program on its data, beside it.
    pub fn command(&self, arguments: &[&str]) -> Ended {
        let mut command = hallmark();
        command.args(arguments).arg("--data").arg(self.data.path());
        if let Some(database) = &self.database {
            command.args(["--database", &database.url]);
        }
        Ended::of(&mut command)
    }

    /// Starts it again on the same data and waits until it answers.
    ///
    /// # Panics
    /// When it still runs: that one would answer, and outlive the test.
    pub async fn restart(&mut self) {
        assert!(matches!(self.child.try_wait(), Ok(Some(_))), "it still runs");
        self.child = run(self.data.path(), self.database.as_ref(), self.port);
        self.ready().await;
    }

    /// Changes its database behind its back, as an intruder or the passing of time would. Statements without values.
    ///
    /// # Panics
    /// When the database does not take it.
    pub async fn tamper(&self, sql: &str) {
        match &self.database {
            Some(database) => database.tamper(sql).await,
            None => Database::of_file(&self.data.path().join("hallmark.db")).tamper(sql).await,
        }
    }

    /// What `hallmark audit verify` says, and whether it is content.
    pub fn verify(&self) -> (bool, String) {
        let Ended { code, out, err } = self.command(&["audit", "verify"]);
        (code == Some(0), out + &err)
    }

    /// Where the Cloud Controller answers.
    pub fn api(&self) -> String {
        format!("{}://{}:{}", self.scheme, self.host, self.port)
    }

    /// Where UAA answers.
    pub fn uaa(&self) -> String {
        format!("{}/uaa", self.api())
    }

    /// The address and port that it listens on.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A client that trusts the certificate that the server made, if it made one, and nobody else's.
    pub fn client(&self) -> reqwest::Client {
        let mut client = reqwest::Client::builder();
        if let Ok(pem) = std::fs::read(self.data.path().join("tls/certificate.pem")) {
            client = client.tls_certs_only(reqwest::Certificate::from_pem(&pem));
        }
        client.build().expect("a client")
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The password of the user `admin`.
    pub fn admin_password(&self) -> String {
        self.secret("admin-password")
    }

    /// The secret of the client `admin`.
    pub fn client_secret(&self) -> String {
        self.secret("admin-client-secret")
    }

    fn secret(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.data.path().join(name)).expect("the first start wrote it");
        text.trim().to_owned()
    }

    /// Asks the token endpoint as a client, with further form fields.
    pub async fn token(&self, client: &str, secret: &str, form: &[(&str, &str)]) -> Said {
        token_with(&self.client(), &self.uaa(), (client, secret), form).await
    }

    /// A token of the administrator, by password.
    pub async fn admin(&self) -> String {
        let password = self.admin_password();
        self.user("admin", &password).await
    }

    /// A token of a user, by password.
    pub async fn user(&self, name: &str, password: &str) -> String {
        let said = self
            .token("cf", "", &[("grant_type", "password"), ("username", name), ("password", password)])
            .await;
        said.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {said:?}")).to_owned()
    }

    /// A request with a bearer token and maybe a JSON body.
    pub async fn ask(&self, token: &str, method: &str, url: &str, body: Option<Value>) -> Said {
        ask_with(&self.client(), token, method, url, body).await
    }

    /// Polls a job, as a client does, until it has ended. Gives its body.
    ///
    /// # Panics
    /// When it does not end within ten seconds.
    pub async fn ended(&self, token: &str, location: &str) -> Value {
        for _ in 0..500 {
            let job = self.ask(token, "GET", location, None).await;
            if job.body["state"] != "PROCESSING" {
                return job.body;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the job {location} does not end");
    }

    /// What the server says of a token, to the client `admin`.
    pub async fn ask_about(&self, token: &str) -> Value {
        let url = format!("{}/introspect", self.uaa());
        let request = self.client().post(url).basic_auth("admin", Some(self.client_secret()));
        said(request.form(&[("token", token)])).await.body
    }

    /// Another process on the same data, which must not be the embedded database, and where its UAA answers. It ends with what this gives.
    ///
    /// # Panics
    /// When it does not come up within ten seconds.
    pub async fn another(&self) -> (Another, String) {
        let port = free_port();
        let another = Another(run(self.data.path(), self.database.as_ref(), port));
        let uaa = format!("{}://{}:{port}/uaa", self.scheme, self.host);
        for _ in 0..1000 {
            if self.client().get(format!("{uaa}/token_keys")).send().await.is_ok() {
                return (another, uaa);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the other process does not answer at {uaa}");
    }

    async fn ready(&mut self) {
        let url = format!("{}/healthz", self.api());
        for _ in 0..1000 {
            if self.client().get(&url).send().await.is_ok_and(|r| r.status().is_success()) {
                return;
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the server ended early: {status}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server does not answer at {url}");
    }
}

impl Drop for Hallmark {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that runs as long as this is held.
pub struct Another(Child);

impl Drop for Another {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How a command of the program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub out: String,
    /// What it wrote to standard error.
    pub err: String,
}

impl Ended {
    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn of(command: &mut Command) -> Ended {
        let ended = command.output().expect("the binary starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended { code: ended.status.code(), out: text(&ended.stdout), err: text(&ended.stderr) }
    }
}

/// The program as a command, with none of the caller's settings: `HALLMARK_BIN` itself looks like one.
pub fn hallmark() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HALLMARK_") {
            command.env_remove(name);
        }
    }
    command
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    free.local_addr().expect("an address").port()
}

/// The binary under test.
pub fn binary() -> PathBuf {
    let named = std::env::var_os("HALLMARK_BIN").map(PathBuf::from);
    let beside = || {
        let test = std::env::current_exe().ok()?;
        Some(test.parent()?.parent()?.join("hallmark"))
    };
    let path = named.or_else(beside).unwrap_or_default();
    assert!(
        path.exists(),
        "no binary at {}: run cargo build -p platform-server first, or bin/test",
        path.display()
    );
    path
}

fn run(data: &Path, database: Option<&Database>, port: u16) -> Child {
    let mut command = hallmark();
    command.args(["up", "--listen", &format!("127.0.0.1:{port}"), "--data"]).arg(data);
    if let Some(database) = database {
        command.args(["--database", &database.url]);
    }
    let yaml = std::fs::read_to_string(data.join(CONFIG)).unwrap_or_default();
    if !yaml.contains("outbound:") {
        // Tests play the world outside on this machine.
        command.env("HALLMARK_OUTBOUND_ALLOW_NETWORKS", "127.0.0.0/8,::1");
    }
    if data.join(CONFIG).exists() {
        command.arg("--config").arg(data.join(CONFIG));
    }
    command.stdout(Stdio::null()).spawn().expect("the binary starts")
}

const CONFIG: &str = "hallmark.yml";
