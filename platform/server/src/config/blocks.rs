use super::number::{Count, Seconds};
use super::text::{Address, Cidr, DatabaseUrl, Directives};
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use uaa_oauth::{GRANTS, RegistrationPolicy};

/// Where connections are accepted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// IP address and port. Port 0 takes any free one.
    pub address: Address,
    /// TLS. Without this block connections are not encrypted.
    pub tls: Option<Tls>,
    /// With TLS, ask clients for a certificate; they need not have one. For OAuth clients that show by it who they are, or whose
    /// tokens are bound to it (RFC 8705). A browser that has certificates may then ask its owner for one.
    pub client_certificates: bool,
    /// PEM file with the authorities that sign certificates of OAuth clients (`tls_client_auth`). Read at the start. Without it
    /// clients are known by certificates that they registered (`self_signed_tls_client_auth`).
    pub client_ca: Option<PathBuf>,
    /// Allow other machines in without TLS and without a proxy in front: everybody on the way reads the passwords.
    pub plain_http: bool,
    /// How long requests may go on after a signal to stop. What still runs then is cut off.
    pub drain_seconds: Seconds<0, 3600>,
    /// How long connections are still accepted after a signal to stop while `/readyz` already says no, so that a load
    /// balancer looks elsewhere first.
    pub linger_seconds: Seconds<0, 600>,
}

impl Default for Listen {
    fn default() -> Self {
        Listen {
            address: Address((Ipv4Addr::LOCALHOST, 8080).into()),
            tls: None,
            client_certificates: false,
            client_ca: None,
            plain_http: false,
            drain_seconds: Seconds::new(30),
            linger_seconds: Seconds::new(0),
        }
    }
}

/// Where the server's certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "TlsKeys")]
pub enum Tls {
    /// Two PEM files.
    Files {
        /// The chain, the server's certificate first.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// Made at the start and kept in the data folder.
    SelfSigned,
}

/// TLS: either `certificate` and `key`, or `self_signed`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct TlsKeys {
    /// PEM file with the server's certificate and the chain behind it. Read at the start.
    certificate: Option<PathBuf>,
    /// PEM file with the private key of the certificate.
    key: Option<PathBuf>,
    /// Make a certificate and keep it in the data folder, for trying out: clients must be told to trust it.
    self_signed: bool,
}

impl TryFrom<TlsKeys> for Tls {
    type Error = &'static str;

    fn try_from(keys: TlsKeys) -> Result<Self, &'static str> {
        match (keys.certificate, keys.key, keys.self_signed) {
            (Some(certificate), Some(key), false) => Ok(Tls::Files { certificate, key }),
            (None, None, true) => Ok(Tls::SelfSigned),
            (Some(_), None, false) => Err("has `certificate` and no `key`; name the file of its private key"),
            (None, Some(_), false) => Err("has `key` and no `certificate`; name the file of the certificate"),
            (None, None, false) => Err("is empty; write `certificate` and `key`, or `self_signed: true`"),
            (_, _, true) => Err("has `self_signed: true` beside files; keep one of the two"),
        }
    }
}

/// The database.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:FILE`, `postgres://…` or `mysql://…`. Without it an embedded database in the data folder. A password in
    /// it is never printed; `HALLMARK_DATABASE_URL` keeps it out of the file as well.
    pub url: Option<DatabaseUrl>,
    /// File with the URL, instead of `url`: for what mounts secrets as files. Read at the start.
    pub url_file: Option<PathBuf>,
    /// Most connections to the database at a time.
    pub connections: Count<1, 1000>,
}

impl Default for Database {
    fn default() -> Self {
        Database { url: None, url_file: None, connections: Count::new(16) }
    }
}

/// What signs tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SigningAlgorithm {
    /// RSA with SHA-256 (RFC 7518 section 3.3): every client understands it.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA with SHA-384.
    #[serde(rename = "RS384")]
    Rs384,
    /// RSA with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
    /// RSA-PSS with SHA-256 (RFC 7518 section 3.5): what FAPI takes of RSA.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSA-PSS with SHA-384.
    #[serde(rename = "PS384")]
    Ps384,
    /// RSA-PSS with SHA-512.
    #[serde(rename = "PS512")]
    Ps512,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4): shorter tokens, far faster to sign.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// ECDSA on P-521 with SHA-512.
    #[serde(rename = "ES512")]
    Es512,
    /// Ed25519 (RFC 8037 section 3.1).
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// Tokens of the first zone.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Token {
    /// Algorithm of the keys that are made from now on. Keys that exist keep theirs.
    pub signing_algorithm: SigningAlgorithm,
    /// After how many days a signing key is followed by another by itself, in every zone; 0: when `hallmark keys rotate` says
    /// so. The next key is published a day before it signs, the one before is kept until its last token has expired.
    pub key_days: Count<0, 3_650>,
    /// How long an access token is valid, unless its client says otherwise.
    pub access_seconds: Seconds<1, 2_147_483_647>,
    /// How long a refresh token is valid, unless its client says otherwise.
    pub refresh_seconds: Seconds<1, 2_147_483_647>,
    /// Keep every access token, also one that is a JWT, so that it can be listed and ended alone. Each costs a write. Opaque
    /// ones are kept in any case. A zone can say otherwise (`jwtRevocable`).
    pub revocable: bool,
    /// Refresh tokens. A zone can say otherwise.
    pub refresh: Refresh,
}

/// The form of refresh tokens. They are kept in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RefreshFormat {
    /// 32 hexadecimal characters and `-r`.
    Opaque,
    /// Signed, for clients that want to read when it ends.
    Jwt,
}

/// What refresh tokens are like.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Refresh {
    /// Their form.
    pub format: RefreshFormat,
    /// Each is good once and gives another one; one that comes back ends all that came of it (RFC 9700 section 4.14). Off, it
    /// is good until it expires; a client without a secret gets another one all the same. Left out, all but those of clients with
    /// an empty secret are good once: several commands of the `cf` CLI at once share one.
    pub rotate: Option<bool>,
    /// A new sign-in ends the refresh tokens that the same user and client had.
    pub unique: bool,
    /// Only sign-ins with the scope `uaa.offline_token` get one.
    pub restrict_grant: bool,
}

impl Default for Refresh {
    fn default() -> Self {
        Refresh { format: RefreshFormat::Opaque, rotate: None, unique: false, restrict_grant: false }
    }
}

impl Default for Token {
    fn default() -> Self {
        Token {
            signing_algorithm: SigningAlgorithm::Rs256,
            key_days: Count::new(90),
            access_seconds: Seconds::new(43_200),
            refresh_seconds: Seconds::new(2_592_000),
            revocable: false,
            refresh: Refresh::default(),
        }
    }
}

/// Applications that register themselves (RFC 7591), with an initial access token (`/access/v1/registration-tokens`) or a token
/// with the scope `clients.register`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Registration {
    /// Let anybody register an application, without a token.
    pub open: bool,
    /// Scopes that people may give them. One that ends in `.*` stands for all below it.
    pub scopes: Vec<String>,
    /// Grant types that they may have.
    pub grant_types: Vec<String>,
    /// Hosts to which they may have people sent; `*.example.com` stands for all below that one. Empty: any.
    pub redirect_hosts: Vec<String>,
}

impl Registration {
    /// Whether every grant is one that there is.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let known: Vec<&str> = GRANTS.iter().copied().chain(["implicit"]).collect();
        match self.grant_types.iter().find(|grant| !known.contains(&grant.as_str())) {
            None => Ok(()),
            Some(grant) => {
                let known = known.join(", ");
                Err((
                    "registration.grant_types",
                    format!("names `{grant}`, which is no grant type; there are {known}"),
                ))
            }
        }
    }
}

impl Default for Registration {
    fn default() -> Self {
        let policy = RegistrationPolicy::default();
        Registration {
            open: policy.open,
            scopes: policy.scopes,
            grant_types: policy.grants,
            redirect_hosts: policy.redirect_hosts,
        }
    }
}

/// How long a browser stays signed in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// How long a session lasts that nobody uses.
    pub idle_seconds: Seconds<60, 31_536_000>,
    /// How long a session lasts in all.
    pub absolute_seconds: Seconds<60, 31_536_000>,
    /// How long it lasts for whoever asked to stay signed in on a device, used or not.
    pub remember_seconds: Seconds<60, 31_536_000>,
}

impl Default for Session {
    fn default() -> Self {
        Session {
            idle_seconds: Seconds::new(1_800),
            absolute_seconds: Seconds::new(43_200),
            remember_seconds: Seconds::new(2_592_000),
        }
    }
}

/// Connections that the server makes because somebody named an address: where a client or an issuer publishes keys, where a
/// signed request or a sector document stands, where a client is told that a session has ended.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Outbound {
    /// Networks that are not public and may be connected to all the same. All other addresses of this machine, of private and
    /// link-local networks and the like are refused, whatever name leads there: whoever may register a client could otherwise
    /// reach through the server what they cannot reach themselves. Name your application network here, and never
    /// `169.254.0.0/16`, where clouds keep a machine's credentials.
    pub allow_networks: Vec<Cidr>,
}

/// When wrong passwords close an account, and for how long.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lockout {
    /// Wrong passwords that close the account.
    pub after_failures: Count<1, 1000>,
    /// How far back they are counted.
    pub within_seconds: Seconds<1, 31_536_000>,
    /// How long it stays closed.
    pub for_seconds: Seconds<1, 31_536_000>,
}

impl Lockout {
    /// The same in UAA's form.
    pub fn policy(&self) -> serde_json::Value {
        serde_json::json!({
            "lockoutAfterFailures": self.after_failures,
            "countFailuresWithin": self.within_seconds,
            "lockoutPeriodSeconds": self.for_seconds,
        })
    }
}

impl Default for Lockout {
    fn default() -> Self {
        Lockout {
            after_failures: Count::new(5),
            within_seconds: Seconds::new(1200),
            for_seconds: Seconds::new(300),
        }
    }
}

/// Bounds on what clients may use up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest request body in bytes, where a route has no bound of its own. Where nobody has to sign in before it is 64 KiB at most.
    pub body_bytes: Count<1024, 1_073_741_824>,
    /// Largest head of a request (its line and headers) in bytes.
    pub header_bytes: Count<8192, 1_048_576>,
    /// Most headers of a request.
    pub header_count: Count<16, 1000>,
    /// How long a connection may take for the TLS handshake, and for each head of a request.
    pub header_seconds: Seconds<1, 600>,
    /// How long the body of a request may stand still; the whole may take as long, and a second for each 16 KiB of its limit.
    pub body_seconds: Seconds<1, 3600>,
    /// How long a connection may stay open without a request.
    pub idle_seconds: Seconds<1, 3600>,
    /// Most connections at a time. Further ones wait in the system's queue.
    pub connections: Count<1, 1_000_000>,
    /// Most requests at a time on one HTTP/2 connection.
    pub streams: Count<1, 10_000>,
    /// Passwords that wait to be hashed. Beyond it sign-ins are answered with 429 at once.
    pub hash_queue: Count<1, 100_000>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: Count::new(1_048_576),
            header_bytes: Count::new(32_768),
            header_count: Count::new(100),
            header_seconds: Seconds::new(10),
            body_seconds: Seconds::new(30),
            idle_seconds: Seconds::new(90),
            connections: Count::new(10_000),
            streams: Count::new(200),
            hash_queue: Count::new(512),
        }
    }
}

/// The audit log.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// How many days its entries are kept; 0 keeps them for ever. What goes is said in the log itself, so that
    /// `hallmark audit verify` can tell it from what somebody took away.
    pub keep_days: Count<0, 36_500>,
}

impl Default for Audit {
    fn default() -> Self {
        Audit { keep_days: Count::new(0) }
    }
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// What the process writes to standard error.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// The form of its lines.
    pub format: LogFormat,
    /// A level, or pairs of target and level. `info,hallmark::access=debug` writes one line for each request.
    pub filter: Directives,
}

impl Default for Log {
    fn default() -> Self {
        Log { format: LogFormat::Human, filter: Directives::info() }
    }
}

/// Figures for Prometheus.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Networks that may read `/metrics`.
    pub allow: Vec<Cidr>,
}

impl Default for Metrics {
    fn default() -> Self {
        let loopback: [IpNet; 2] = [
            IpNet::new_assert(Ipv4Addr::new(127, 0, 0, 0).into(), 8),
            IpNet::new_assert(Ipv6Addr::LOCALHOST.into(), 128),
        ];
        Metrics { allow: loopback.map(Cidr::from).to_vec() }
    }
}
