//! To which addresses the server connects when somebody else names one. Whoever may register a client could otherwise reach through
//! the server what stands behind its firewall: databases, metadata services, itself.

use crate::config::Cidr;
use futures::FutureExt;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// Public addresses, and those of the operator's own networks that the configuration names.
#[derive(Clone, Debug, Default)]
pub struct Networks(Arc<[Cidr]>);

impl Networks {
    /// Public addresses and these networks.
    pub fn with(allowed: &[Cidr]) -> Self {
        Networks(allowed.into())
    }

    /// Whether a connection to that address may be made.
    pub(super) fn reach(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address)) || is_public(address)
    }

    /// Whether a URL may be opened as far as it says itself: of the web, and of a host that is a name, which is looked up when the
    /// connection is made, or an address that may be reached.
    pub(super) fn open(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        let of_the_web = matches!(url.scheme(), "https" | "http");
        of_the_web
            && match url.host() {
                Some(Host::Domain(_)) => true,
                Some(Host::Ipv4(address)) => self.reach(address.into()),
                Some(Host::Ipv6(address)) => self.reach(address.into()),
                None => false,
            }
    }
}

/// The connection goes to what is found here and is not looked up a second time: a name that leads elsewhere a moment later gains
/// nothing.
impl Resolve for Networks {
    fn resolve(&self, name: Name) -> Resolving {
        let networks = self.clone();
        async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let (open, closed): (Vec<SocketAddr>, Vec<SocketAddr>) =
                found.partition(|address| networks.reach(address.ip()));
            if open.is_empty() {
                for address in closed {
                    tracing::warn!(
                        host = name.as_str(),
                        address = %address.ip(),
                        "not connected to: the address is not public, and `outbound.allow_networks` does not name its network"
                    );
                }
                return Err("no address that may be connected to".into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        }
        .boxed()
    }
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !NOT_PUBLIC_4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => match behind(address) {
            Some(address) => is_public(address.into()),
            None => {
                UNICAST.contains(&address) && !NOT_PUBLIC_6.iter().any(|network| network.contains(&address))
            }
        },
    }
}

/// The IPv4 address that a translator connects to (RFC 6052 section 2.1), as networks without IPv4 have it.
fn behind(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d] = [12, 13, 14, 15].map(|at| address.octets()[at]);
    TRANSLATED.contains(&address).then(|| Ipv4Addr::new(a, b, c, d))
}

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(a: u16, b: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), bits)
}

/// IANA's registry of special-purpose IPv4 addresses (RFC 6890), and what is no unicast.
const NOT_PUBLIC_4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    // Link-local: here machines in clouds find their credentials.
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];
/// All that is given out of IPv6 (RFC 4291 section 2.4): loopback, unique-local, link-local and multicast stand outside.
const UNICAST: Ipv6Net = v6(0x2000, 0, 3);
const TRANSLATED: Ipv6Net = v6(0x64, 0xff9b, 96);
/// IANA's registry of special-purpose IPv6 addresses: of protocols (Teredo among them), for documents, 6to4, which holds IPv4.
const NOT_PUBLIC_6: [Ipv6Net; 4] =
    [v6(0x2001, 0, 23), v6(0x2001, 0xdb8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];

/// This machine, for tests that play the world outside on it.
#[doc(hidden)]
pub fn this_machine() -> Vec<Cidr> {
    let v4: IpNet = v4(127, 0, 0, 0, 8).into();
    let v6: IpNet = Ipv6Net::from(Ipv6Addr::LOCALHOST).into();
    vec![v4.into(), v6.into()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(networks: &Networks, address: &str) -> bool {
        networks.reach(address.parse().unwrap())
    }

    #[test]
    fn public_addresses_alone() {
        let none = Networks::default();
        for public in [
            "1.1.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "2606:4700::1111",
            "64:ff9b::1.1.1.1",
            "::ffff:1.1.1.1",
        ] {
            assert!(reach(&none, public), "{public}");
        }
        for closed in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "100::1",
        ] {
            assert!(!reach(&none, closed), "{closed}");
        }
    }

    #[test]
    fn and_networks_that_the_operator_names() {
        let networks = Networks::with(&["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        for open in ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "1.1.1.1"] {
            assert!(reach(&networks, open), "{open}");
        }
        for closed in ["10.2.0.1", "127.0.0.1", "fc00::1", "64:ff9b::10.1.2.3"] {
            assert!(!reach(&networks, closed), "{closed}");
        }
    }

    #[test]
    fn addresses_of_any_spelling() {
        let none = Networks::default();
        for open in
            ["https://a.example/x", "http://localhost:1/", "https://1.1.1.1/", "https://[2606:4700::1111]/"]
        {
            assert!(none.open(open), "{open}");
        }
        for closed in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://①②⑦.0.0.1/",
            "file:///etc/passwd",
            "gopher://a.example/",
            "nowhere",
            "",
        ] {
            assert!(!none.open(closed), "{closed}");
        }
    }

    #[tokio::test]
    async fn what_a_name_leads_to_is_looked_at() {
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(Networks::default().resolve(name()).await.is_err());
        let here = Networks::with(&this_machine());
        assert!(here.resolve(name()).await.unwrap().all(|address| address.ip().is_loopback()));
    }
}
