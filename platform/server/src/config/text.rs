use ipnet::IpNet;
use lettre::message::Mailbox;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use tracing_subscriber::EnvFilter;
use uaa_model::Secret;
use uaa_store::Engine;
use url::{Host, Url};

/// Where to listen: an IP address and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub SocketAddr);

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Address).map_err(|_| {
            "is not an IP address and a port; write it as `127.0.0.1:8080`, `0.0.0.0:8080` or `[::1]:8080`".into()
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A DNS name in lower case, without a dot at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

impl Domain {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Domain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.to_ascii_lowercase();
        // 190 leaves room for a zone's label and `.login.` in front, within the 253 of RFC 1035 section 3.1.
        if name.len() <= 190 && name.split('.').all(is_label) && name.parse::<IpAddr>().is_err() {
            return Ok(Domain(name));
        }
        Err("is not a DNS name; write it without scheme, port or path, as `sys.example.com`".into())
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A label of a host name (RFC 1123 section 2.1): letters, digits, hyphens inside, at most 63 characters.
pub fn is_label(text: &str) -> bool {
    let hyphen = |at: Option<&u8>| at == Some(&b'-');
    let bytes = text.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
        && !hyphen(bytes.first())
        && !hyphen(bytes.last())
}

/// An `http` or `https` URL without user, query and fragment; no slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl(Url);

impl WebUrl {
    /// The parsed form.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether nothing follows the host and port.
    pub fn is_root(&self) -> bool {
        self.0.path() == "/"
    }
}

impl FromStr for WebUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = || "is not a URL of a web server; write it as `https://uaa.example.com`".to_owned();
        let url = Url::parse(text).map_err(|_| shape())?;
        let named = matches!(url.host(), Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)));
        if !matches!(url.scheme(), "http" | "https") || !named {
            return Err(shape());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user or password".into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must not contain `?` or `#`".into());
        }
        Ok(WebUrl(url))
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// A network: an address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr(IpNet);

impl Cidr {
    /// Whether it is all addresses there are.
    pub fn is_everybody(&self) -> bool {
        self.0.prefix_len() == 0
    }

    /// Whether the address is inside. An IPv4 address in IPv6 clothes counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl From<IpNet> for Cidr {
    fn from(net: IpNet) -> Self {
        Cidr(net.trunc())
    }
}

impl FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let alone = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse::<IpNet>()
            .or_else(|_| alone())
            .map(Cidr::from)
            .map_err(|_| "is not a network; write it as `10.0.0.0/8`, `192.0.2.7` or `fd00::/8`".into())
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the database is. It may hold a password: `Debug` and `Display` leave that out.
#[derive(Clone)]
pub struct DatabaseUrl {
    engine: Engine,
    shown: String,
    whole: Secret,
}

impl DatabaseUrl {
    /// An embedded database in one file.
    pub fn sqlite(file: &std::path::Path) -> Self {
        let text = format!("sqlite:{}", file.display());
        DatabaseUrl { engine: Engine::Sqlite, shown: text.clone(), whole: Secret::new(text) }
    }

    /// The engine to speak to.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The URL with its password, for the pool that connects.
    pub fn secret(&self) -> &Secret {
        &self.whole
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    /// The texts of errors never repeat the input: it may hold a password.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "is not the URL of a database; write it as `sqlite:data/hallmark.db`, \
             `postgres://user:password@host/name` or `mysql://user:password@host/name`"
                .to_owned()
        };
        let (scheme, rest) = text.split_once(':').ok_or_else(wrong)?;
        let engine = match scheme {
            "sqlite" if !rest.is_empty() => {
                return Ok(DatabaseUrl {
                    engine: Engine::Sqlite,
                    shown: text.to_owned(),
                    whole: Secret::new(text.to_owned()),
                });
            }
            "postgres" | "postgresql" => Engine::Postgres,
            "mysql" | "mariadb" => Engine::Mysql,
            _ => return Err(wrong()),
        };
        let mut url = Url::parse(text).map_err(|_| wrong())?;
        if url.path().trim_matches('/').is_empty() {
            return Err(
                "names no database; write its name behind the host, as in `postgres://host/name`".into()
            );
        }
        let whole = Secret::new(text.to_owned());
        let cut = url.set_password(None);
        // Options such as `sslpassword` stand in the query.
        url.set_query(None);
        if cut.is_err() {
            return Err(wrong());
        }
        Ok(DatabaseUrl { engine, shown: url.into(), whole })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({})", self.shown)
    }
}

/// Who sends messages: an address, with a name before it if wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// The parsed form.
    pub fn mailbox(&self) -> &Mailbox {
        &self.0
    }

    /// The address alone.
    pub fn address(&self) -> String {
        self.0.email.to_string()
    }
}

impl FromStr for Sender {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = "is no address to send from; write it as `platform@acme.example` or `Acme <platform@acme.example>`";
        let one_line = !text.chars().any(char::is_control);
        text.parse().ok().filter(|_| one_line).map(Sender).ok_or_else(|| wrong.into())
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name or address of another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this machine.
    pub fn is_here(&self) -> bool {
        self.0 == "localhost" || self.0.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for HostName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.to_ascii_lowercase();
        if name.parse::<IpAddr>().is_ok() || (name.len() <= 253 && name.split('.').all(is_label)) {
            return Ok(HostName(name));
        }
        Err("is no name of a machine; write it without scheme and port, as `mail.example.com`".into())
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Directives of `tracing`: a level, or `target=level` pairs with commas between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directives(String);

impl Directives {
    /// What is written unless the operator says otherwise.
    pub fn info() -> Self {
        Directives("info".into())
    }

    /// The text, known to parse.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Directives {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        EnvFilter::builder().parse(text).map(|_| Directives(text.to_owned())).map_err(|_| {
            "is not a log filter; write a level (`error`, `warn`, `info`, `debug`, `trace`) or pairs as \
             `info,hallmark::access=debug`"
                .into()
        })
    }
}

impl fmt::Display for Directives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads from a string with the text of `FromStr`, and describes itself in the schema.
macro_rules! from_text {
    ($type:ident, $schema:tt) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

/// What stands in the schema as the default. Not for what may hold a secret.
macro_rules! shown_as_text {
    ($($type:ident),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

from_text!(Address, { "type": "string", "examples": ["127.0.0.1:8080", "[::]:8443"] });
from_text!(Domain, { "type": "string", "format": "hostname", "examples": ["sys.example.com"] });
from_text!(WebUrl, { "type": "string", "format": "uri", "examples": ["https://uaa.example.com"] });
from_text!(Cidr, { "type": "string", "examples": ["10.0.0.0/8", "192.0.2.7"] });
from_text!(DatabaseUrl, {
    "type": "string",
    "examples": ["sqlite:data/hallmark.db", "postgres://hallmark:PASSWORD@db.example.com/hallmark"],
    "writeOnly": true
});
from_text!(Directives, { "type": "string", "examples": ["info", "info,hallmark::access=debug"] });
from_text!(Sender, { "type": "string", "examples": ["platform@acme.example", "Acme <platform@acme.example>"] });
from_text!(HostName, { "type": "string", "examples": ["mail.example.com"] });
shown_as_text!(Address, Domain, WebUrl, Cidr, Directives, Sender, HostName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_shown() {
        let url: DatabaseUrl = "postgres://hallmark:hunter2@db/name?sslpassword=hunter2".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://hallmark@db/name");
        assert!(!format!("{url:?}").contains("hunter2"));
        assert!(url.secret().expose().contains("hunter2"));
        for wrong in ["oracle://hunter2@db/x", "postgres://u:hunter2@", "hunter2", "postgres://u:hunter2@db/"]
        {
            assert!(!wrong.parse::<DatabaseUrl>().unwrap_err().contains("hunter2"), "{wrong}");
        }
    }

    #[test]
    fn names_and_networks() {
        assert_eq!("SYS.Example.com".parse::<Domain>().unwrap().as_str(), "sys.example.com");
        for wrong in ["", "a..b", "https://x", "x:1", "-a.b", "a_b", "127.0.0.1", "x.", &"a".repeat(64)] {
            assert!(wrong.parse::<Domain>().is_err(), "{wrong}");
        }
        let net: Cidr = "10.1.2.3/8".parse().unwrap();
        assert!(net.contains("::ffff:10.9.9.9".parse().unwrap()));
        assert!(!net.contains("11.0.0.1".parse().unwrap()));
        assert!("10.0.0.0/33".parse::<Cidr>().is_err());
    }

    #[test]
    fn web_urls() {
        assert_eq!("https://Example.com:443/".parse::<WebUrl>().unwrap().to_string(), "https://example.com");
        for wrong in ["ftp://x", "x", "https://u@x", "https://x/?a", "https://x/#", "http://"] {
            assert!(wrong.parse::<WebUrl>().is_err(), "{wrong}");
        }
    }
}
