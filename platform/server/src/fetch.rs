//! Reading what others publish, for the plugins.

mod networks;

pub use networks::{Networks, this_machine};

use futures::future::BoxFuture;
use reqwest::redirect::Policy;
use serde_json::Value;
use std::sync::OnceLock;
use std::time::Duration;
use uaa_model::{Fault, Reply};
use uaa_plugin::Fetch;

/// The world outside, over HTTP.
#[derive(Debug, Default)]
pub struct Outside {
    networks: Networks,
    /// Made when it is first needed: reading the system's certificates would delay the start.
    client: OnceLock<reqwest::Client>,
}

impl Outside {
    /// As far as those networks.
    pub fn new(networks: Networks) -> Self {
        Outside { networks, client: OnceLock::new() }
    }
}

impl Fetch for Outside {
    fn form<'a>(&'a self, url: &'a str, form: &'a [(String, String)]) -> BoxFuture<'a, Reply<()>> {
        Box::pin(async move {
            let request = self.client(url)?.post(url).form(form);
            let sent = request.send().await.map_err(|error| not_reached(url, &error))?;
            match sent.status().is_success() {
                true => Ok(()),
                false => Err(away(url, &sent.status())),
            }
        })
    }

    fn json<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Reply<Value>> {
        Box::pin(async move {
            let body = self.read(url).await?;
            serde_json::from_slice(&body).map_err(|error| away(url, &error))
        })
    }

    fn text<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Reply<String>> {
        Box::pin(async move { String::from_utf8(self.read(url).await?).map_err(|error| away(url, &error)) })
    }
}

/// What is not reached and what may not be are told alike: the difference would tell whoever named the address what stands behind
/// the firewall. The log has it.
fn not_reached(url: &str, error: &reqwest::Error) -> Fault {
    tracing::debug!(url, ?error, "not reached");
    away(url, &UNREACHED)
}

fn away(url: &str, why: &dyn std::fmt::Display) -> Fault {
    Fault::Unavailable(format!("`{url}`: {why}"))
}

impl Outside {
    async fn read(&self, url: &str) -> Reply<Vec<u8>> {
        let request = self.client(url)?.get(url);
        let mut response = request.send().await.map_err(|error| not_reached(url, &error))?;
        if !response.status().is_success() {
            return Err(away(url, &response.status()));
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| away(url, &error))? {
            if body.len() + part.len() > LONGEST {
                return Err(away(url, &"the document is too long"));
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }

    /// What opens that URL, if it may be opened.
    fn client(&self, url: &str) -> Reply<&reqwest::Client> {
        // An address is not looked up: the resolver would never see it.
        if !self.networks.open(url) {
            tracing::warn!(url, "not opened: `outbound.allow_networks` does not name its network");
            return Err(away(url, &UNREACHED));
        }
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = reqwest::Client::builder()
            // A redirect would lead where nobody has configured anything.
            .redirect(Policy::none())
            // A proxy would look the name up itself, and reach what may not be reached.
            .no_proxy()
            .dns_resolver(self.networks.clone())
            .timeout(PATIENCE)
            .build();
        let client = client.map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(self.client.get_or_init(|| client))
    }
}

const UNREACHED: &str = "it cannot be reached from the server: nothing answers there, or its address is not public and in no network \
                         that the operator allows (`outbound.allow_networks`)";
const LONGEST: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;
    use tokio::net::TcpListener;

    /// By name and by address, for reading and for telling.
    #[tokio::test]
    async fn nothing_is_sent_to_where_nothing_may_be_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let outside = Outside::default();
        for host in ["localhost", "127.0.0.1", "127.1", "[::ffff:127.0.0.1]", "u:p@localhost"] {
            let url = format!("http://{host}:{port}/");
            let said = |fault| match fault {
                Fault::Unavailable(text) => text,
                other => panic!("{other:?}"),
            };
            let unreached = format!("`{url}`: {UNREACHED}");
            assert_eq!(said(outside.json(&url).await.unwrap_err()), unreached);
            assert_eq!(said(outside.text(&url).await.unwrap_err()), unreached);
            assert_eq!(said(outside.form(&url, &[]).await.unwrap_err()), unreached);
        }
        // Nobody was at the door.
        let listener = listener.into_std().unwrap();
        assert_eq!(listener.accept().map(drop).map_err(|error| error.kind()), Err(ErrorKind::WouldBlock));
    }
}
