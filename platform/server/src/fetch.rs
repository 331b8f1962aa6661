//! Reading what others publish, for the plugins.

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
    /// Made when it is first needed: reading the system's certificates would delay the start.
    client: OnceLock<reqwest::Client>,
}

impl Fetch for Outside {
    fn form<'a>(&'a self, url: &'a str, form: &'a [(String, String)]) -> BoxFuture<'a, Reply<()>> {
        Box::pin(async move {
            let sent = self.client()?.post(url).form(form).send().await.map_err(|error| away(url, &error))?;
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

fn away(url: &str, why: &dyn std::fmt::Display) -> Fault {
    Fault::Unavailable(format!("`{url}`: {why}"))
}

impl Outside {
    async fn read(&self, url: &str) -> Reply<Vec<u8>> {
        let mut response = self.client()?.get(url).send().await.map_err(|error| away(url, &error))?;
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

    fn client(&self) -> Reply<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // A redirect would lead where nobody has configured anything.
        let client = reqwest::Client::builder().redirect(Policy::none()).timeout(PATIENCE).build();
        let client = client.map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(self.client.get_or_init(|| client))
    }
}

const LONGEST: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);
