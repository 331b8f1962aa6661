use super::*;
use crate::config::Sources;

fn sites(variables: &[(&str, &str)]) -> Sites {
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let config = Config::load(&Sources { file: None, variables, arguments: Vec::new() }).unwrap();
    let bound = config.listen.address.0;
    Sites::new(&config, bound)
}

fn domain() -> Sites {
    sites(&[("HALLMARK_DOMAIN", "sys.example.com"), ("HALLMARK_PUBLIC_URL", "https://sys.example.com")])
}

fn uaa(subdomain: Option<&str>) -> (Site, &str) {
    (Site::Uaa, subdomain.unwrap_or_default())
}

const API: (Site, &str) = (Site::Api, "");

#[test]
fn browsers_come_by_tls_alone_where_it_is_everywhere() {
    let strict = |variables: &[(&str, &str)]| sites(variables).by_tls_alone();
    assert!(domain().by_tls_alone());
    assert!(strict(&[("HALLMARK_PUBLIC_URL", "https://id.example.com:8443")]));
    assert!(!strict(&[("HALLMARK_PUBLIC_URL", "http://id.example.com")]));
    assert!(!strict(&[]));
    // The other ports of this machine are other people's.
    for here in ["https://localhost:8443", "https://hallmark.localhost"] {
        assert!(!strict(&[("HALLMARK_PUBLIC_URL", here)]), "{here}");
    }
}

#[test]
fn hosts_of_a_domain() {
    use Refused::{BadHost, UnknownHost};
    let sites = domain();
    let table = [
        ("api.sys.example.com", Ok(API)),
        ("uaa.sys.example.com", Ok(uaa(None))),
        ("login.sys.example.com", Ok(uaa(None))),
        ("acme.uaa.sys.example.com", Ok(uaa(Some("acme")))),
        ("acme.login.sys.example.com", Ok(uaa(Some("acme")))),
        // A zone may have the name of a site.
        ("uaa.uaa.sys.example.com", Ok(uaa(Some("uaa")))),
        // Ports, case and the dot at the end change nothing.
        ("uaa.sys.example.com:443", Ok(uaa(None))),
        ("uaa.sys.example.com:8080", Ok(uaa(None))),
        ("uaa.sys.example.com:", Ok(uaa(None))),
        ("UAA.Sys.Example.COM", Ok(uaa(None))),
        ("ACME.uaa.sys.example.com.", Ok(uaa(Some("acme")))),
        ("uaa.sys.example.com.:443", Ok(uaa(None))),
        // Nobody's.
        ("sys.example.com", Err(UnknownHost)),
        ("example.com", Err(UnknownHost)),
        ("www.sys.example.com", Err(UnknownHost)),
        ("acme.api.sys.example.com", Err(UnknownHost)),
        ("a.b.uaa.sys.example.com", Err(UnknownHost)),
        ("a_b.uaa.sys.example.com", Err(UnknownHost)),
        ("uaasys.example.com", Err(UnknownHost)),
        ("evil-uaa.sys.example.com", Err(UnknownHost)),
        ("uaa.sys.example.com.evil.org", Err(UnknownHost)),
        ("uaa.evilsys.example.com", Err(UnknownHost)),
        ("127.0.0.1.evil.org", Err(UnknownHost)),
        // A bare address needs no DNS, and goes by path.
        ("127.0.0.1", Ok(API)),
        ("[::1]:8080", Ok(API)),
        ("localhost", Ok(API)),
        // Tricks.
        ("", Err(BadHost)),
        ("uaa.sys.example.com..", Err(BadHost)),
        (".uaa.sys.example.com", Err(BadHost)),
        ("evil.org@uaa.sys.example.com", Err(BadHost)),
        ("uaa.sys.example.com@evil.org", Err(BadHost)),
        ("uaa.sys.example.com:443@evil.org", Err(BadHost)),
        ("uaa.sys.example.com:80:80", Err(BadHost)),
        ("uaa.sys.example.com:8o", Err(BadHost)),
        ("uaa.sys.example.com:123456", Err(BadHost)),
        ("uaa.sys.example.com/x", Err(BadHost)),
        ("uaa.sys.example.com, evil.org", Err(BadHost)),
        ("uaa.sys.example.com evil.org", Err(BadHost)),
        ("uaa%2esys.example.com", Err(BadHost)),
        ("[uaa.sys.example.com]", Err(BadHost)),
        ("-acme.uaa.sys.example.com", Err(BadHost)),
        ("\u{fc}aa.sys.example.com", Err(BadHost)),
    ];
    for (host, expected) in table {
        let found = route_of(host, "/x", &sites);
        let found = found.as_ref().map(|t| (t.site, t.subdomain.as_str())).map_err(|refused| *refused);
        assert_eq!(found, expected, "{host}");
    }
    assert_eq!(route_of("uaa.sys.example.com", "/uaa/x", &sites).unwrap().path, "/uaa/x");
}

#[test]
fn a_bare_address_has_uaa_below_a_path() {
    let sites = sites(&[("HALLMARK_PUBLIC_URL", "http://box.example:8080")]);
    let table = [
        ("/", API, "/"),
        ("/v3/info", API, "/v3/info"),
        ("/uaa", uaa(None), "/"),
        ("/uaa/", uaa(None), "/"),
        ("/uaa/oauth/token", uaa(None), "/oauth/token"),
        ("/uaa/uaa", uaa(None), "/uaa"),
        ("/uaax", API, "/uaax"),
        ("/UAA/x", API, "/UAA/x"),
        ("/x/uaa/y", API, "/x/uaa/y"),
        ("/%75aa/x", API, "/%75aa/x"),
    ];
    for (path, site, rest) in table {
        for host in ["127.0.0.1:8080", "[::1]:8080", "192.0.2.7", "localhost", "LOCALHOST.", "box.example"] {
            let found = route_of(host, path, &sites).unwrap();
            assert_eq!(((found.site, found.subdomain.as_str()), found.path), (site, rest), "{host} {path}");
        }
    }
    for host in ["evil.org", "localhost.evil.org", "uaa.localhost", "127.0.0.1.evil.org"] {
        assert_eq!(route_of(host, "/", &sites), Err(Refused::UnknownHost), "{host}");
    }
    for host in ["[::1", "[::1]x", "::1", "[127.0.0.1]", "u@127.0.0.1"] {
        assert_eq!(route_of(host, "/", &sites), Err(Refused::BadHost), "{host}");
    }
}

#[test]
fn paths_that_readers_split_differently_are_refused() {
    let sites = domain();
    let bad = [
        "",
        "*",
        "x",
        "//",
        "//evil.org",
        "/a//b",
        "/uaa//evil.org",
        "/.",
        "/..",
        "/../x",
        "/a/../b",
        "/a/./b",
        "/a/..",
        "/%2e",
        "/%2e%2e/x",
        "/.%2e/x",
        "/%2E./x",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a\\b",
        "/a%00",
        "/a%0d%0ab",
        "/%",
        "/%2",
        "/%zz",
        "/a%7f",
        "/%+1",
        "/%ff",
        "/a%c3/b",
    ];
    for path in bad {
        assert_eq!(route_of("api.sys.example.com", path, &sites), Err(Refused::BadPath), "{path}");
    }
    let good = [
        "/",
        "/a/",
        "/a.b",
        "/...",
        "/.well-known/x",
        "/a%20b",
        "/a%2520b",
        "/a;b=c",
        "/%ED%99%94",
        "/a%2eb",
        "/a,b=c",
    ];
    for path in good {
        assert_eq!(route_of("api.sys.example.com", path, &sites).unwrap().path, path);
    }
}

#[test]
fn links_come_from_the_configuration() {
    let shown = |sites: &Sites| {
        let links = sites.links();
        format!("{} {} {}", links.api, links.uaa, links.login)
    };
    let plain = sites(&[]);
    assert_eq!(shown(&plain), "http://127.0.0.1:8080 http://127.0.0.1:8080/uaa http://127.0.0.1:8080/uaa");
    let tls = sites(&[("HALLMARK_LISTEN_TLS_SELF_SIGNED", "true"), ("HALLMARK_LISTEN_ADDRESS", "[::1]:443")]);
    assert_eq!(shown(&tls), "https://[::1] https://[::1]/uaa https://[::1]/uaa");
    let any = sites(&[("HALLMARK_LISTEN_ADDRESS", "0.0.0.0:80"), ("HALLMARK_LISTEN_PLAIN_HTTP", "true")]);
    assert_eq!(&*any.links().api, "http://127.0.0.1");
    let proxied = sites(&[("HALLMARK_PUBLIC_URL", "https://id.example.com/")]);
    assert_eq!(&*proxied.links().uaa, "https://id.example.com/uaa");

    let domain = domain();
    let expected = "https://api.sys.example.com https://uaa.sys.example.com https://login.sys.example.com";
    assert_eq!(shown(&domain), expected);
    let laptop = sites(&[("HALLMARK_DOMAIN", "localhost")]);
    assert_eq!(&*laptop.links().uaa, "http://uaa.localhost:8080");
}
