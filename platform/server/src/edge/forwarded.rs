use crate::config::Cidr;
use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// Whose word about a request counts.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<Cidr>);

/// What the peer, or the proxies that we trust, say about the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Client {
    pub(super) address: IpAddr,
    /// Whether the peer is one of our proxies.
    pub(super) proxied: bool,
}

impl Proxies {
    /// Trusts these networks.
    pub fn new(networks: Vec<Cidr>) -> Self {
        Proxies(networks)
    }

    /// Whether one of them is this address.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The client: the rightmost address that none of our proxies has. Whatever stands left of it anybody can write.
    pub(super) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> Client {
        let mut address = peer.ip().to_canonical();
        let proxied = self.trust(address);
        if !proxied {
            return Client { address, proxied };
        }
        for entry in entries(headers, "x-forwarded-for").rev() {
            // An entry that is no address was not written by a proxy of ours: nothing left of it counts.
            let Some(next) = address_of(entry) else { break };
            address = next;
            if !self.trust(address) {
                break;
            }
        }
        Client { address, proxied }
    }
}

/// The entries of a list header, over all its lines, in their order.
fn entries<'a>(headers: &'a HeaderMap, name: &str) -> impl DoubleEndedIterator<Item = &'a str> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    let texts = lines.into_iter().map(|line| line.to_str().unwrap_or("?"));
    texts.flat_map(|line| line.split(',')).map(str::trim)
}

/// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
fn address_of(text: &str) -> Option<IpAddr> {
    let inside = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let alone = text.parse::<IpAddr>().ok();
    let address = alone.or_else(|| text.parse::<SocketAddr>().ok().map(|a| a.ip())).or_else(inside)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[(&'static str, &str)]) -> String {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let client = proxies.client(peer.parse().unwrap(), &headers);
        client.address.to_string()
    }

    type Lines<'a> = &'a [(&'static str, &'a str)];

    #[test]
    fn the_rightmost_stranger_is_the_client() {
        const FOR: &str = "x-forwarded-for";
        let table: [(&str, Lines<'_>, &str); 12] = [
            ("192.0.2.1:1", &[(FOR, "203.0.113.9")], "192.0.2.1"),
            ("10.0.0.1:1", &[], "10.0.0.1"),
            ("10.0.0.1:1", &[(FOR, "203.0.113.9")], "203.0.113.9"),
            ("10.0.0.1:1", &[(FOR, "1.1.1.1, 203.0.113.9")], "203.0.113.9"),
            ("10.0.0.1:1", &[(FOR, "1.1.1.1, 203.0.113.9, 10.2.2.2")], "203.0.113.9"),
            ("10.0.0.1:1", &[(FOR, "1.1.1.1"), (FOR, "203.0.113.9")], "203.0.113.9"),
            ("10.0.0.1:1", &[(FOR, "10.3.3.3, 10.2.2.2")], "10.3.3.3"),
            ("10.0.0.1:1", &[(FOR, "203.0.113.9, unknown, 10.2.2.2")], "10.2.2.2"),
            ("10.0.0.1:1", &[(FOR, "203.0.113.9:4711")], "203.0.113.9"),
            ("[fd00::1]:1", &[(FOR, "[2001:db8::1]:4711")], "2001:db8::1"),
            ("[::ffff:10.0.0.1]:1", &[(FOR, "::ffff:203.0.113.9")], "203.0.113.9"),
            ("10.0.0.1:1", &[(FOR, "")], "10.0.0.1"),
        ];
        for (peer, lines, expected) in table {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
    }
}
