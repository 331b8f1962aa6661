//! A real mail server that delivers nothing and shows what it was given.

use crate::python::python_with;
use platform_server::config::MailTls;
use platform_server::mail::MailSettings;
use serde::Deserialize;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A running one. It ends with this.
pub struct MailSink {
    port: u16,
    kind: &'static str,
    keys: tempfile::TempDir,
    running: Option<(Child, ChildStdin, Lines<BufReader<ChildStdout>>)>,
}

/// A message that it was given.
#[derive(Debug, Deserialize)]
pub struct Caught {
    /// Who sends, as the servers among themselves say it.
    pub sender: String,
    /// To whom, likewise.
    pub to: Vec<String>,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// The message as text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl MailSink {
    /// Starts one.
    ///
    /// # Panics
    /// With what to do, when it does not start.
    pub async fn start() -> MailSink {
        let mut sink = MailSink::absent();
        sink.begin().await;
        sink
    }

    /// A port at which nobody answers yet.
    ///
    /// # Panics
    /// When there is none.
    pub fn absent() -> MailSink {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        let keys = tempfile::tempdir().expect("a temporary directory");
        MailSink { port, kind: "plain", keys, running: None }
    }

    /// Starts one that speaks TLS, `starttls` or `implicit`, and wants a user and a password.
    ///
    /// # Panics
    /// With what to do, when it does not start.
    pub async fn secured(kind: &'static str) -> MailSink {
        let mut sink = MailSink { kind, ..MailSink::absent() };
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
        let certificate = params.self_signed(&key).expect("a certificate").pem();
        for (name, text) in [("certificate", certificate), ("key", key.serialize_pem())] {
            std::fs::write(sink.file(name), text).expect("it can be written");
        }
        sink.begin().await;
        sink
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.keys.path().join(format!("{name}.pem"))
    }

    /// Starts it at its port.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn begin(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/mail_sink.py");
        let mut command = Command::new(python_with(&[PACKAGE]));
        command.arg(script).arg(self.port.to_string()).arg(self.kind).kill_on_drop(true);
        if self.kind != "plain" {
            command.args([self.file("certificate"), self.file("key")]);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (stdin, stdout) = (stdin.expect("a pipe"), stdout.expect("a pipe"));
        self.running = Some((child, stdin, BufReader::new(stdout).lines()));
        assert_eq!(self.line().await, "ready");
    }

    /// What `hallmark.yml` says to send through it.
    pub fn config(&self) -> String {
        let how = match self.kind {
            "plain" => "tls: none".to_owned(),
            kind => format!(
                "tls: {kind}\n  user: hallmark\n  password: open sesame\n  ca_file: {}",
                self.file("certificate").display()
            ),
        };
        format!(
            "mail:\n  host: 127.0.0.1\n  port: {}\n  {how}\n  from: Acme <platform@acme.example>\n  \
             contact: help@acme.example\n",
            self.port
        )
    }

    /// The same for an installation inside the test. For one that is not secured.
    ///
    /// # Panics
    /// When its sender is none.
    pub fn settings(&self) -> MailSettings {
        MailSettings {
            host: "127.0.0.1".into(),
            port: self.port,
            tls: MailTls::None,
            authority: None,
            login: None,
            from: "platform@acme.example".parse().expect("an address"),
            contact: None,
        }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The next message, when it comes.
    ///
    /// # Panics
    /// When none comes within half a minute.
    pub async fn caught(&mut self) -> Caught {
        serde_json::from_str(&self.line().await).expect("the sink writes JSON")
    }

    async fn line(&mut self) -> String {
        let (_, _, lines) = self.running.as_mut().expect("it was started");
        let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await;
        line.expect("a message within half a minute").expect("it can be read").expect("the sink runs")
    }
}

impl Caught {
    /// The address in it that leads back to us.
    ///
    /// # Panics
    /// When there is none, or text and HTML differ.
    pub fn link(&self) -> String {
        let link = self.text.split_whitespace().find(|word| word.contains("code="));
        let link = link.unwrap_or_else(|| panic!("no link in {}", self.text)).to_owned();
        assert!(self.html.contains(&link.replace('&', "&amp;")), "{}", self.html);
        link
    }

    /// The code in that address.
    ///
    /// # Panics
    /// When there is none.
    pub fn code(&self) -> String {
        let link: reqwest::Url = self.link().parse().expect("an address");
        let code = link.query_pairs().find(|(name, _)| name == "code").map(|(_, value)| value.into_owned());
        code.expect("a code")
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Of PyPI.
const PACKAGE: &str = "aiosmtpd==1.4.6";
