use crate::config::{Config, Domain, is_label};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use uaa_plugin::{Links, Site};

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// The Cloud Controller, or UAA with its sign-in pages.
    pub site: Site,
    /// The label before `.uaa.DOMAIN` or `.login.DOMAIN`, in lower case: a zone's. Empty for the first zone.
    pub subdomain: String,
    /// The path within the site.
    pub path: &'a str,
    /// Whether the host is UAA's own, and not that of its sign-in pages.
    pub beside_login: bool,
}

/// Why no site takes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The host is none, twice there, or carries a user: 400.
    BadHost,
    /// The path would mean different things to different readers: 400.
    BadPath,
    /// No site has this host: 404.
    UnknownHost,
}

/// The hosts that this server answers for.
#[derive(Clone, Debug)]
pub struct Sites {
    /// With a domain each site is a host; without, UAA is a path.
    domain: Option<Domain>,
    /// The host of the public URL, known to be ours where no domain is.
    public: Option<String>,
    links: Links,
    strict: bool,
}

impl Sites {
    /// The sites of a configuration, given the address that was really bound.
    pub fn new(config: &Config, bound: SocketAddr) -> Self {
        let url = config.public_url.as_ref().map(|url| url.url());
        let scheme = url.map_or(if config.listen.tls.is_some() { "https" } else { "http" }, |u| u.scheme());
        let port = url.map_or(Some(bound.port()), |u| u.port());
        let usual = if scheme == "https" { 443 } else { 80 };
        let port = port.filter(|port| *port != usual).map(|port| format!(":{port}")).unwrap_or_default();
        let public = url.and_then(|u| u.host_str()).map(str::to_owned);
        let links = match &config.domain {
            Some(domain) => {
                let site = |name: &str| format!("{scheme}://{name}.{domain}{port}").into();
                Links { api: site("api"), uaa: site("uaa"), login: site("login") }
            }
            None => {
                let host = public.clone().unwrap_or_else(|| reachable(bound.ip()));
                let api = format!("{scheme}://{host}{port}");
                let uaa: Arc<str> = format!("{api}{UAA}").into();
                Links { api: api.into(), login: uaa.clone(), uaa }
            }
        };
        // With a domain the public URL only says scheme and port: the name alone is no site.
        let public = public.filter(|_| config.domain.is_none());
        let name = config.domain.as_ref().map(|domain| domain.as_str()).or(public.as_deref());
        let strict = scheme == "https" && name.is_some_and(is_elsewhere);
        Sites { domain: config.domain.clone(), public, links, strict }
    }

    /// Whether browsers are to come by TLS alone (RFC 6797). Not to this machine itself: its other ports are other people's.
    pub fn by_tls_alone(&self) -> bool {
        self.strict
    }

    /// Where the first zone is reached.
    pub fn links(&self) -> &Links {
        &self.links
    }
}

fn is_elsewhere(name: &str) -> bool {
    name != "localhost" && !name.ends_with(".localhost")
}

/// The site that a host and path mean, and the path within it. The host is a `Host` header or an authority.
///
/// # Errors
/// [`Refused`]; nothing is mended, because a mended request may be another one to the next reader.
pub fn route_of<'a>(host: &str, path: &'a str, sites: &Sites) -> Result<Target<'a>, Refused> {
    let host = host_of(host).ok_or(Refused::BadHost)?;
    if !is_plain(path) {
        return Err(Refused::BadPath);
    }
    if let (Some(domain), Host::Name(name)) = (&sites.domain, &host)
        && let Some((site, subdomain, beside_login)) = site_of(name, domain.as_str())
    {
        return Ok(Target { site, subdomain, path, beside_login });
    }
    let bare = match &host {
        Host::Ip => true,
        Host::Name(name) => name == "localhost" || sites.public.as_ref() == Some(name),
    };
    if !bare {
        return Err(Refused::UnknownHost);
    }
    let (site, path) = match path.strip_prefix(UAA) {
        Some("") => (Site::Uaa, "/"),
        Some(rest) if rest.starts_with('/') => (Site::Uaa, rest),
        Some(_) | None => (Site::Api, path),
    };
    Ok(Target { site, subdomain: String::new(), path, beside_login: false })
}

/// Where UAA is when it has no host of its own.
const UAA: &str = "/uaa";

enum Host {
    Ip,
    Name(String),
}

/// The host without its port, in lower case, without the dot at its end (RFC 3986 section 3.2).
fn host_of(text: &str) -> Option<Host> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        address.parse::<Ipv6Addr>().ok()?;
        return is_port(port).then_some(Host::Ip);
    }
    let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
    if !is_port(port) {
        return None;
    }
    if name.parse::<Ipv4Addr>().is_ok() {
        return Some(Host::Ip);
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    let sound = name.len() <= 253 && name.split('.').all(|label| is_label(&label.replace('_', "x")));
    sound.then(|| Host::Name(name.to_ascii_lowercase()))
}

/// Nothing, or a colon with at most five digits behind it.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|p| p.len() <= 5 && p.bytes().all(|b| b.is_ascii_digit()))
}

fn site_of(name: &str, domain: &str) -> Option<(Site, String, bool)> {
    let before = name.strip_suffix(domain)?.strip_suffix('.')?;
    // Only a subdomain of one label is a zone's; `a.b.uaa` is nobody's.
    let (zone, site) = before.rsplit_once('.').map_or((None, before), |(zone, site)| (Some(zone), site));
    match (site, zone) {
        ("api", None) => Some((Site::Api, String::new(), false)),
        ("uaa" | "login", None) => Some((Site::Uaa, String::new(), site == "uaa")),
        ("uaa" | "login", Some(zone)) if is_label(zone) => Some((Site::Uaa, zone.to_owned(), site == "uaa")),
        _ => None,
    }
}

/// Whether every reader splits the path alike: no dot segments, no empty ones, no slashes, backslashes or control
/// characters in disguise, and text.
fn is_plain(path: &str) -> bool {
    let Some(inner) = path.strip_prefix('/') else { return false };
    let last = inner.split('/').count() - 1;
    inner
        .split('/')
        .enumerate()
        .all(|(at, segment)| (at == last || !segment.is_empty()) && is_segment(segment))
}

fn is_segment(segment: &str) -> bool {
    let mut dots = !segment.is_empty();
    let mut rest = segment.as_bytes();
    // Most have nothing to be decoded.
    let (spelled, mut decoded) = (segment.contains('%'), Vec::new());
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        let mut byte = *first;
        if byte == b'%' {
            let Some((hex, behind)) = rest.split_at_checked(2) else { return false };
            let digits = str::from_utf8(hex).ok().filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
            let Some(value) = digits.and_then(|h| u8::from_str_radix(h, 16).ok()) else { return false };
            (byte, rest) = (value, behind);
            if byte == b'/' {
                return false;
            }
        }
        if byte == b'\\' || byte.is_ascii_control() {
            return false;
        }
        dots &= byte == b'.';
        if spelled {
            decoded.push(byte);
        }
    }
    if str::from_utf8(&decoded).is_err() {
        return false;
    }
    // `...` is a name; `.` and `..` are steps, also when each dot is spelled `%2e`.
    !dots || segment.replace("%2e", ".").replace("%2E", ".").len() > 2
}

/// An address that a client on this machine can use where all addresses are listened on.
fn reachable(ip: IpAddr) -> String {
    match ip {
        _ if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

#[cfg(test)]
mod tests;
