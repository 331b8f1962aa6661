//! The configuration: one YAML file, `HALLMARK_*` variables above it, arguments above those.
//!
//! Every value is checked when it is loaded, into types that cannot be wrong afterwards. The doc comments of the keys
//! are the descriptions in the JSON Schema and in the guide.

mod blocks;
mod branding;
mod guide;
mod header;
mod keys;
mod load;
mod locate;
mod number;
mod people;
mod text;

pub use blocks::{
    Audit, Database, Limits, Listen, Lockout, Log, LogFormat, Metrics, Outbound, Refresh, RefreshFormat,
    Registration, Session, SigningAlgorithm, Tls, Token,
};
pub use branding::{Branding, Palette};
pub use guide::guide;
pub use header::HeaderKey;
pub use keys::{Key, Shape, keys};
pub use load::{Origin, Problem, Problems, Sources};
pub use number::{Count, Seconds};
pub use people::{Home, Mail, MailTls, Mfa, MfaRule, Password, SelfService, SignOut};
pub use text::{Address, Cidr, DatabaseUrl, Directives, Domain, HostName, Sender, WebUrl, is_label};

use crate::failure::Failure;
use crate::mail::MailSettings;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use std::path::PathBuf;
use uaa_directory::brand;
use uaa_model::Secret;
use uaa_plugin::ZoneConfig;

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
    /// Networks of the proxies in front. `X-Forwarded-For` is believed from these alone, and their `X-Vcap-Request-Id` is
    /// taken as it is; what a client sends as its id gets a suffix. `X-Forwarded-Host` and `X-Forwarded-Proto` are never
    /// believed: `public_url` says it.
    pub trusted_proxies: Vec<Cidr>,
    /// The header in which these proxies write down the certificate that a client showed them: base64 of its DER
    /// (`X-Forwarded-Client-Cert`), PEM that may be percent-encoded, or RFC 9440's `Client-Cert`. They must take the header away
    /// where a client itself sends it. Without this key such a header means nothing.
    pub forwarded_client_certificate: Option<HeaderKey>,
    /// The database.
    pub database: Database,
    /// Tokens of the first zone. Clients may say otherwise for themselves.
    pub token: Token,
    /// What applications that register themselves may be.
    pub registration: Registration,
    /// How long browsers stay signed in.
    pub session: Session,
    /// When wrong passwords close an account of the first zone, and for how long.
    pub lockout: Lockout,
    /// What a new password must be like.
    pub password: Password,
    /// What people do without an administrator.
    pub self_service: SelfService,
    /// Where people who have signed in begin.
    pub home: Home,
    /// Where browsers go on after a sign-out.
    pub sign_out: SignOut,
    /// The mail server through which people get links.
    pub mail: Mail,
    /// What people prove who they are with besides a password.
    pub mfa: Mfa,
    /// How the pages of the first zone look. Other zones say it themselves.
    pub branding: Branding,
    /// Connections that the server makes because somebody named an address.
    pub outbound: Outbound,
    /// Bounds on what clients may use up.
    pub limits: Limits,
    /// The audit log.
    pub audit: Audit,
    /// What the process writes to standard error.
    pub log: Log,
    /// Figures for Prometheus.
    pub metrics: Metrics,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            data_dir: "data".into(),
            listen: Listen::default(),
            domain: None,
            public_url: None,
            trusted_proxies: Vec::new(),
            forwarded_client_certificate: None,
            database: Database::default(),
            token: Token::default(),
            registration: Registration::default(),
            session: Session::default(),
            lockout: Lockout::default(),
            password: Password::default(),
            self_service: SelfService::default(),
            home: Home::default(),
            sign_out: SignOut::default(),
            mail: Mail::default(),
            mfa: Mfa::default(),
            branding: Branding::default(),
            outbound: Outbound::default(),
            limits: Limits::default(),
            audit: Audit::default(),
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

    /// Where the database is: what the operator said, be it in a file of its own, else one file in the data folder.
    ///
    /// # Errors
    /// When the file that holds the URL cannot be read, or holds none. The text never repeats what is in it.
    pub fn database_url(&self) -> Result<DatabaseUrl, Failure> {
        if let Some(file) = &self.database.url_file {
            let shown = file.display();
            let text = std::fs::read_to_string(file).map_err(|error| {
                Failure::new(format!("`database.url_file`: `{shown}` cannot be read: {error}"))
            })?;
            let url = text.trim().parse();
            return url.map_err(|wrong: String| {
                Failure::new(format!("`database.url_file`: what is in `{shown}` {wrong}"))
            });
        }
        let embedded = || DatabaseUrl::sqlite(&self.embedded());
        Ok(self.database.url.clone().unwrap_or_else(embedded))
    }

    /// What the first zone is like, in the form in which other zones say it.
    ///
    /// # Errors
    /// When the logo cannot be read, or is none, or a colour is none or too faint.
    pub fn first_zone(&self) -> Result<ZoneConfig, Failure> {
        let own = &self.self_service;
        let mut branding = self.branding.as_of_zone()?;
        branding["consent"] = serde_json::json!({
            "text": own.agreement.as_deref().unwrap_or_default(),
            "link": own.agreement_url.as_ref().map(WebUrl::to_string),
        });
        let text = serde_json::json!({
            "passwordPolicy": self.password.policy(),
            "lockoutPolicy": self.lockout.policy(),
            "mfaConfig": {"policy": self.mfa.policy},
            "links": {
                "selfService": {"selfServiceLinksEnabled": own.enabled},
                "documentation": self.home.documentation.as_ref().map(WebUrl::to_string),
                "homeRedirect": self.home.url.as_ref().map(WebUrl::to_string),
                "logout": {
                    "redirectUrl": self.sign_out.url.as_ref().map(WebUrl::to_string),
                    "whitelist": self.sign_out.allow,
                },
            },
            "branding": branding,
        });
        let zone = ZoneConfig::lenient(&text.to_string());
        brand(&zone.branding, "").map_err(|said| Failure::new(format!("`branding`: {said}")))?;
        Ok(zone)
    }

    /// The mail server, if one is configured.
    ///
    /// # Errors
    /// When the file that holds the password cannot be read.
    pub fn mail_settings(&self) -> Result<Option<MailSettings>, Failure> {
        let mail = &self.mail;
        let (Some(host), Some(from)) = (&mail.host, &mail.from) else { return Ok(None) };
        let read = |key: &str, file: &PathBuf| {
            std::fs::read_to_string(file).map_err(|error| {
                Failure::new(format!("`{key}`: `{}` cannot be read: {error}", file.display()))
            })
        };
        let password = match &mail.password_file {
            Some(file) => Some(Secret::new(read("mail.password_file", file)?.trim().to_owned())),
            None => mail.password.clone(),
        };
        let authority = mail.ca_file.as_ref().map(|file| read("mail.ca_file", file)).transpose()?;
        Ok(Some(MailSettings {
            host: host.as_str().to_owned(),
            port: mail.port(),
            tls: mail.tls,
            authority,
            login: mail.user.clone().zip(password),
            from: from.clone(),
            contact: mail.contact.as_ref().map(Sender::address),
        }))
    }

    /// The file of the database, when no other is configured.
    pub fn embedded(&self) -> PathBuf {
        self.data_dir.join("hallmark.db")
    }

    /// What is allowed and probably not meant, for the log and `config check`.
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut found = Vec::new();
        let ip = self.listen.address.0.ip();
        if self.in_clear() {
            found.push("passwords and tokens travel in clear: `listen.plain_http` allows it");
        }
        if ip.is_unspecified() && self.public_url.is_none() && self.domain.is_none() {
            found.push("links point to this machine alone: set `public_url` or `domain`");
        }
        if self.mail.tls == MailTls::None && self.mail.host.as_ref().is_some_and(|host| !host.is_here()) {
            found.push("links to accounts travel to the mail server in clear: `mail.tls` is `none`");
        }
        if self.registration.open {
            found.push("anybody may register an application: `registration.open` allows it");
        }
        if self.metrics.allow.is_empty() {
            found.push("nobody may read `/metrics`: `metrics.allow` is empty");
        }
        if self.metrics.allow.iter().any(Cidr::is_everybody) {
            found.push("everybody may read `/metrics`: `metrics.allow` names all addresses");
        }
        found
    }

    /// Whether other machines reach this one without TLS, and no proxy that would speak it is named.
    fn in_clear(&self) -> bool {
        let open = !self.listen.address.0.ip().is_loopback();
        open && self.listen.tls.is_none() && self.trusted_proxies.is_empty()
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
        if self.database.url.is_some() && self.database.url_file.is_some() {
            return Err(("database.url_file", "stands beside `database.url`; keep one of the two".into()));
        }
        if self.listen.client_certificates && self.listen.tls.is_none() {
            let text = "needs `listen.tls`; where a proxy speaks TLS, use `forwarded_client_certificate`";
            return Err(("listen.client_certificates", text.into()));
        }
        if self.forwarded_client_certificate.is_some() && self.trusted_proxies.is_empty() {
            let text = "is believed from proxies alone; name them in `trusted_proxies`";
            return Err(("forwarded_client_certificate", text.into()));
        }
        if self.in_clear() && !self.listen.plain_http {
            let text = "lets other machines in without TLS, so that passwords travel in clear; set `listen.tls`, name the \
                        proxy in front in `trusted_proxies`, or ask for it with `listen.plain_http: true`";
            return Err(("listen.address", text.into()));
        }
        self.registration.check()?;
        self.mail.check()
    }
}

/// The JSON Schema (2020-12) of the configuration file, without references, so that every editor understands it.
pub fn schema() -> serde_json::Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<Config>().to_value()
}

#[cfg(test)]
mod tests;
