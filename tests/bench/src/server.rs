//! The product as its users run it: the release binary in a process of its own.

use crate::Outcome;
use crate::ask::Ask;
use crate::load::{ask, must};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server. Ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) at: SocketAddr,
    data: PathBuf,
    _own: Option<tempfile::TempDir>,
}

impl Server {
    /// A fresh installation on its embedded database, which goes away with it.
    pub(crate) async fn fresh(more: &[(&str, &str)]) -> Outcome<Server> {
        let own = tempfile::tempdir()?;
        let (mut server, _) = Server::on(own.path(), more).await?;
        server._own = Some(own);
        Ok(server)
    }

    /// One on that data directory, with further `HALLMARK_*` variables, and how long it took to its first answer.
    pub(crate) async fn on(data: &Path, more: &[(&str, &str)]) -> Outcome<(Server, Duration)> {
        let at = free_address()?;
        let begin = Instant::now();
        let child = Command::new(binary()?)
            .args(["up", "--listen", &at.to_string(), "--data"])
            .arg(data)
            .envs(more.iter().copied())
            .env_remove("HALLMARK_BIN")
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Server { child, at, data: data.to_owned(), _own: None };
        while ask(at, &Ask::get("/v3/info")).await.is_err() {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended early: {status}").into());
            }
            if begin.elapsed() > Duration::from_secs(60) {
                return Err("the server does not answer".into());
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        Ok((server, begin.elapsed()))
    }

    /// The HTTP library alone, which answers everything with `ok`.
    pub(crate) async fn bare() -> Outcome<Server> {
        let at = free_address()?;
        let child = Command::new(beside("bare")?).arg(at.to_string()).spawn()?;
        let server = Server { child, at, data: PathBuf::new(), _own: None };
        let begin = Instant::now();
        while tokio::net::TcpStream::connect(at).await.is_err() {
            if begin.elapsed() > Duration::from_secs(10) {
                return Err("the bare server does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(server)
    }

    /// What the process has had of the processor so far, all threads together. In steps of 10 ms.
    pub(crate) fn processor_time(&self) -> Outcome<Duration> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let rest = text.rsplit_once(") ").ok_or("no such process")?.1;
        // proc(5): utime and stime are fields 14 and 15 of the line; the name ends before the third.
        let ticks: u64 = rest.split(' ').skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Resident memory in MB: now, and the most so far.
    pub(crate) fn memory(&self) -> Outcome<(f64, f64)> {
        Ok((self.status("VmRSS:")?, self.status("VmHWM:")?))
    }

    /// Resident memory in MB that is the process's own, without what it sees of files: the embedded database is mapped.
    pub(crate) fn own_memory(&self) -> Outcome<f64> {
        self.status("RssAnon:")
    }

    /// A size that Linux knows of the process, in MB.
    fn status(&self, name: &str) -> Outcome<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find(|line| line.starts_with(name)).ok_or("no such size")?;
        let kib: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    /// The secret of the client `admin`.
    pub(crate) fn client_secret(&self) -> Outcome<String> {
        Ok(std::fs::read_to_string(self.data.join("admin-client-secret"))?.trim().to_owned())
    }

    /// The client credentials grant of `admin`, as it is asked for.
    pub(crate) fn client_credentials(&self) -> Outcome<Ask> {
        let ask = Ask::form("/uaa/oauth/token", "grant_type=client_credentials");
        Ok(ask.basic("admin", &self.client_secret()?))
    }

    /// A token of the client `admin`.
    pub(crate) async fn client_token(&self) -> Outcome<String> {
        token(self.at, &self.client_credentials()?).await
    }

    /// The password of the user `admin`.
    pub(crate) fn password(&self) -> Outcome<String> {
        Ok(std::fs::read_to_string(self.data.join("admin-password"))?.trim().to_owned())
    }

    /// A token of the user `admin`.
    pub(crate) async fn admin_token(&self) -> Outcome<String> {
        token(self.at, &password_grant("admin", &self.password()?)).await
    }

    /// Makes a person and gives its id.
    pub(crate) async fn person(&self, client_token: &str, name: &str, password: &str) -> Outcome<String> {
        let mail = format!("{name}@example.com");
        let body = serde_json::json!({"userName": name, "password": password, "emails": [{"value": mail}],
            "name": {"givenName": name, "familyName": "Bench"}});
        let said = must(self.at, &Ask::post("/uaa/Users", &body).bearer(client_token)).await?;
        Ok(said.body["id"].as_str().ok_or("no id")?.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The password grant of the client `cf`.
pub(crate) fn password_grant(name: &str, password: &str) -> Ask {
    let form = format!("grant_type=password&username={name}&password={password}");
    Ask::form("/uaa/oauth/token", form).basic("cf", "")
}

/// Asks for a token.
pub(crate) async fn token(at: SocketAddr, ask: &Ask) -> Outcome<String> {
    let said = must(at, ask).await?;
    Ok(said.body["access_token"].as_str().ok_or("no token")?.to_owned())
}

/// `HALLMARK_BIN`, or the binary that was built beside this one.
fn binary() -> Outcome<PathBuf> {
    let path = match std::env::var_os("HALLMARK_BIN") {
        Some(path) => PathBuf::from(path),
        None => return beside("hallmark"),
    };
    there(path)
}

/// The binary of that name that was built with this one.
fn beside(name: &str) -> Outcome<PathBuf> {
    there(std::env::current_exe()?.with_file_name(name))
}

fn there(path: PathBuf) -> Outcome<PathBuf> {
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("no binary at {}: run bin/bench", path.display()).into())
    }
}

fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
