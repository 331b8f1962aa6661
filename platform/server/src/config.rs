//! The configuration: one YAML file, `HALLMARK_*` variables above it, arguments above those.
//!
//! Every value is checked when it is loaded, into types that cannot be wrong afterwards. The doc comments of the keys
//! are the descriptions in the JSON Schema and in the guide.

mod blocks;
mod guide;
mod keys;
mod load;
mod locate;
mod number;
mod text;

pub use blocks::{
    Audit, Database, Limits, Listen, Lockout, Log, LogFormat, Metrics, PasswordPolicy, SigningAlgorithm, Tls,
    Token,
};
pub use guide::guide;
pub use keys::{Key, Shape, keys};
pub use load::{Origin, Problem, Problems, Sources};
pub use number::{Count, Seconds};
pub use text::{Address, Cidr, DatabaseUrl, Directives, Domain, Engine, WebUrl, is_label};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use std::path::PathBuf;

/// Configuration of `hallmark`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "Hallmark configuration")]
pub struct Config {
    /// Folder for everything that this process keeps on disk: the embedded database and a certificate that it made
    /// itself. Made at the first start, readable by its owner alone.
    pub data_dir: PathBuf,
    /// Where connections are accepted.
    pub listen: Listen,
    /// The system domain. With it the server answers as `api.DOMAIN`, `uaa.DOMAIN`, `login.DOMAIN`, `ZONE.uaa.DOMAIN`
    /// and `ZONE.login.DOMAIN`, and for no other name. Without it one address serves everything, UAA under `/uaa`.
    pub domain: Option<Domain>,
    /// How clients reach the server when that is not the listening address, as behind a load balancer. Links, issuer
    /// and redirects are made from it, never from a request. With `domain` its host must be that domain, and its
    /// scheme and port apply to all hosts.
    pub public_url: Option<WebUrl>,
    /// Networks of the proxies in front. `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Vcap-Request-Id` are believed
    /// from these alone; `X-Forwarded-Host` is never believed.
    pub trusted_proxies: Vec<Cidr>,
    /// The database.
    pub database: Database,
    /// Tokens of the first zone. Other zones and clients may say otherwise for themselves.
    pub token: Token,
    /// What a password of the first zone must be.
    pub password: PasswordPolicy,
    /// When wrong passwords close an account of the first zone, and for how long.
    pub lockout: Lockout,
    /// The audit log.
    pub audit: Audit,
    /// Bounds on what clients may use up.
    pub limits: Limits,
    /// What the process writes to standard error.
    pub log: Log,
    /// Figures for Prometheus.
    pub metrics: Metrics,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            data_dir: "./data".into(),
            listen: Listen::default(),
            domain: None,
            public_url: None,
            trusted_proxies: Vec::new(),
            database: Database::default(),
            token: Token::default(),
            password: PasswordPolicy::default(),
            lockout: Lockout::default(),
            audit: Audit::default(),
            limits: Limits::default(),
            log: Log::default(),
            metrics: Metrics::default(),
        }
    }
}

impl Config {
    /// Reads, merges and checks.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place and what to do. Nothing of a half-right configuration is used.
    pub fn load(sources: &Sources) -> Result<Self, Problems> {
        load::load(sources)
    }

    /// Where the database is: what the operator said, else one file in the data folder.
    pub fn database_url(&self) -> DatabaseUrl {
        let embedded = || DatabaseUrl::sqlite(&self.data_dir.join("hallmark.db"));
        self.database.url.clone().unwrap_or_else(embedded)
    }

    /// What is allowed and probably not meant, for the log and `config check`.
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut found = Vec::new();
        let ip = self.listen.address.0.ip();
        if !ip.is_loopback() && self.listen.tls.is_none() && self.trusted_proxies.is_empty() {
            found.push(
                "passwords and tokens travel in clear: set `listen.tls`, or name the proxy in front that does it in \
                 `trusted_proxies`",
            );
        }
        if ip.is_unspecified() && self.public_url.is_none() && self.domain.is_none() {
            found.push("links point to this machine alone: set `public_url` or `domain`");
        }
        if self.metrics.allow.is_empty() {
            found.push("nobody may read `/metrics`: `metrics.allow` is empty");
        }
        found
    }

    /// What no single key can know.
    fn check(&self) -> Result<(), (&'static str, String)> {
        if let Some(url) = &self.public_url {
            if !url.is_root() {
                return Err(("public_url", "must not contain a path; everything is served from `/`".into()));
            }
            if let Some(domain) = &self.domain
                && url.url().host_str() != Some(domain.as_str())
            {
                let text =
                    format!("must have the host `{domain}`, as `domain` says; write `https://{domain}`");
                return Err(("public_url", text));
            }
        }
        if self.password.max_length.get() < self.password.min_length.get() {
            return Err(("password.max_length", "must not be below `password.min_length`".into()));
        }
        if self.token.issuer.as_ref().is_some_and(|url| url.to_string().ends_with("/oauth/token")) {
            return Err(("token.issuer", "must not end in `/oauth/token`: that is added".into()));
        }
        Ok(())
    }
}

/// The JSON Schema (2020-12) of the configuration file, without references, so that every editor understands it.
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<Config>().to_value()
}

#[cfg(test)]
mod tests;
