//! To which addresses answers may go (RFC 9700 section 2.1: compared as texts; RFC 8252 section 7.3: any port on loopback).

use url::{Host, Url};

/// The address to answer to: the one asked for, when it is registered; the only one registered, when none is asked for.
/// `None`: there is nowhere to send the browser.
pub(crate) fn bound(registered: &[String], wildcards: bool, asked: Option<&str>) -> Option<String> {
    let Some(asked) = asked else {
        let [only] = registered else { return None };
        return (is_plain(only) && !only.contains('*')).then(|| only.clone());
    };
    let url = Url::parse(asked).ok().filter(|_| is_plain(asked))?;
    let fits =
        |one: &String| one == asked || same_but_port(one, &url) || (wildcards && covers(one, &url, asked));
    registered.iter().any(fits).then(|| asked.to_owned())
}

/// Whether pages of that origin, as browsers write one, are the client's: it has an address there to which answers may go.
pub(crate) fn is_origin_of(registered: &[String], wildcards: bool, origin: &str) -> bool {
    let home = format!("{origin}/");
    let Some(url) = Url::parse(&home).ok().filter(|url| url.origin().ascii_serialization() == origin) else {
        return false;
    };
    let fits = |one: &String| {
        let Some((scheme, rest)) = one.split_once("://") else { return false };
        let one = format!("{scheme}://{}/", split(rest).0);
        let same = !one.contains('*') && Url::parse(&one).is_ok_and(|one| one.origin() == url.origin());
        same || same_but_port(&one, &url) || (wildcards && covers(&one, &url, &home))
    };
    is_plain(&home) && !origin.contains('*') && registered.iter().any(fits)
}

/// Whether a browser may be sent there at all: absolute, without fragment (RFC 6749 section 3.1.2), nothing that two readers
/// read differently, and no scheme that runs something.
fn is_plain(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    let odd = uri.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\' || c == '#');
    let runs = ["javascript", "data", "vbscript", "file", "blob", "about"].contains(&url.scheme());
    !odd && !runs && url.username().is_empty() && url.password().is_none()
}

/// RFC 8252 section 7.3: an application on the user's machine listens on whatever port is free.
fn same_but_port(registered: &str, asked: &Url) -> bool {
    let Ok(mut registered) = Url::parse(registered) else { return false };
    let loopback = match registered.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    loopback
        && registered.scheme() == "http"
        && registered.set_port(asked.port()).is_ok()
        && registered == *asked
}

/// UAA's patterns, for clients that asked for them by name: `*` stands for a part of one label of the host or one segment of
/// the path, `**` for any number of whole ones; a port may be `*` on localhost. Never for the scheme.
fn covers(pattern: &str, asked: &Url, text: &str) -> bool {
    let Some((scheme, rest)) = pattern.split_once("://") else { return false };
    let Some((_, said)) = text.split_once("://") else { return false };
    let (authority, path) = split(rest);
    let (_, said_path) = split(said);
    // A path that climbs, however it is written, is compared by nobody in the same way.
    let lower = said_path.to_ascii_lowercase();
    if scheme != asked.scheme() || lower.contains("..") || lower.contains("%2e") || lower.contains("//") {
        return false;
    }
    let (host, port) = authority.rsplit_once(':').map_or((authority, None), |(h, p)| (h, Some(p)));
    let asked_port = asked.port().map(|p| p.to_string());
    let ports = match port {
        Some("*") => host == "localhost",
        other => other == asked_port.as_deref(),
    };
    let asked_host = asked.host_str().unwrap_or_default();
    let labels = |host: &str| host.rsplit('.').map(str::to_owned).collect::<Vec<_>>();
    let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
    let segments = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    ports
        && fixed_domain(host)
        && parts(&labels(host), &labels(asked_host))
        && parts(&segments(path), &segments(asked.path()))
        && (query.is_none() || query == asked.query())
}

/// The last two labels stand as they are: `https://*.com` is everybody.
fn fixed_domain(host: &str) -> bool {
    let mut labels = host.rsplit('.');
    let (last, before) = (labels.next().unwrap_or_default(), labels.next());
    !last.contains('*') && before.is_none_or(|label| !label.contains('*'))
}

fn split(rest: &str) -> (&str, &str) {
    match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    }
}

fn parts(pattern: &[String], text: &[String]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((p, rest)), _) if p == "**" => (0..=text.len()).any(|n| parts(rest, &text[n..])),
        (Some((p, ps)), Some((t, ts))) => part(p, t) && parts(ps, ts),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// One label or segment, with `*` for any part of it.
fn part(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| part(after, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ok(registered: &[&str], wildcards: bool, asked: &str) -> bool {
        let registered: Vec<String> = registered.iter().map(|r| (*r).to_owned()).collect();
        bound(&registered, wildcards, Some(asked)).is_some()
    }

    #[test]
    fn as_they_are_registered_and_no_other() {
        let one = ["https://app.example/cb?x=1"];
        assert!(ok(&one, false, "https://app.example/cb?x=1"));
        for other in [
            "https://app.example/cb",
            "https://app.example/cb?x=1&y=2",
            "https://app.example/cb?x=1#f",
            "https://app.example/cb/?x=1",
            "https://app.example:443/cb?x=1",
            "https://APP.example/cb?x=1",
            "https://app.example.evil/cb?x=1",
            "https://app.example@evil/cb?x=1",
            "http://app.example/cb?x=1",
            "//app.example/cb?x=1",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!ok(&one, false, other), "{other}");
        }
        assert!(ok(&["com.example.app:/cb"], false, "com.example.app:/cb"));
        assert!(!ok(&["javascript:alert(1)"], false, "javascript:alert(1)"));
    }

    #[test]
    fn any_port_on_loopback_and_nowhere_else() {
        assert!(ok(&["http://127.0.0.1/cb"], false, "http://127.0.0.1:5001/cb"));
        assert!(ok(&["http://[::1]:80/cb"], false, "http://[::1]:5001/cb"));
        assert!(ok(&["http://localhost:8080/cb"], false, "http://localhost/cb"));
        assert!(!ok(&["http://127.0.0.1/cb"], false, "http://127.0.0.1:5001/other"));
        assert!(!ok(&["http://127.0.0.1/cb"], false, "http://localhost:5001/cb"));
        assert!(!ok(&["https://127.0.0.1/cb"], false, "https://127.0.0.1:5001/cb"));
        assert!(!ok(&["http://app.example/cb"], false, "http://app.example:5001/cb"));
    }

    #[test]
    fn whose_origin_it_is() {
        let is = |registered: &str, origin: &str| is_origin_of(&[registered.to_owned()], true, origin);
        for (registered, origin) in [
            ("https://app.example/cb?x", "https://app.example"),
            ("https://app.example", "https://app.example"),
            ("https://app.example:443/cb", "https://app.example"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5001"),
            ("https://*.apps.example/cb/**", "https://x.apps.example"),
        ] {
            assert!(is(registered, origin), "{origin}");
        }
        for (registered, origin) in [
            ("https://app.example/cb", "https://app.example/"),
            ("https://app.example/cb", "https://app.example:443"),
            ("https://app.example/cb", "https://APP.example"),
            ("https://app.example/cb", "http://app.example"),
            ("https://app.example/cb", "https://app.example.evil"),
            ("https://app.example/cb", "https://app.example@evil"),
            ("https://*.apps.example/cb", "https://apps.example"),
            ("https://*.apps.example/cb", "https://*.apps.example"),
            ("com.example.app:/cb", "null"),
            ("com.example.app://host/cb", "com.example.app://host"),
            ("file:///x", "file://"),
            ("https://app.example/cb", ""),
        ] {
            assert!(!is(registered, origin), "{origin}");
        }
        assert!(!is_origin_of(&["https://*.apps.example/cb".into()], false, "https://x.apps.example"));
    }

    #[test]
    fn none_asked_for() {
        let texts = |some: &[&str]| some.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(bound(&texts(&["https://a/"]), false, None).as_deref(), Some("https://a/"));
        assert_eq!(bound(&texts(&["https://a/", "https://b/"]), false, None), None);
        assert_eq!(bound(&[], false, None), None);
        assert_eq!(bound(&texts(&["https://a/*"]), true, None), None);
    }

    #[test]
    fn patterns_only_for_those_who_asked() {
        let pattern = ["https://*.apps.example/cb/**"];
        assert!(!ok(&pattern, false, "https://x.apps.example/cb/1"));
        assert!(ok(&pattern, true, "https://x.apps.example/cb/1/2"));
        for other in [
            "https://apps.example/cb/1",
            "https://x.y.apps.example/cb/1",
            "https://evil/x.apps.example/cb/1",
            "https://x.apps.example.evil/cb/1",
            "https://x.apps.example:444/cb/1",
            "http://x.apps.example/cb/1",
            "https://x.apps.example/other",
            "https://x.apps.example/cb/../other",
            "https://x.apps.example/cb/%2e%2e/other",
            "https://x.apps.example\\@evil/cb/1",
            "https://x.apps.example@evil/cb/1",
        ] {
            assert!(!ok(&pattern, true, other), "{other}");
        }
        assert!(ok(&["http://localhost:*/cb"], true, "http://localhost:99/cb"));
        assert!(!ok(&["http://app:*/cb"], true, "http://app:99/cb"));
        assert!(!ok(&["https://*.com/**"], true, "https://evil.com/x"));
        assert!(!ok(&["https://**"], true, "https://evil.com/x"));
    }

    proptest! {
        #[test]
        fn whatever_is_asked_goes_to_a_registered_host(asked in "(https?|javascript|app)://?[a-z.@:\\\\/%#?*0-9]{0,40}", wildcards: bool) {
            let registered = vec!["https://one.example/cb".to_owned(), "https://*.two.example/cb/*".to_owned()];
            if let Some(to) = bound(&registered, wildcards, Some(&asked)) {
                let url = Url::parse(&to).unwrap();
                let host = url.host_str().unwrap();
                prop_assert!(url.scheme() == "https" && (host == "one.example" || host.ends_with(".two.example")));
                prop_assert!(url.username().is_empty() && url.fragment().is_none());
            }
        }

        #[test]
        fn without_wildcards_only_what_is_registered(text in "https://[a-z*./]{1,20}", asked in "https://[a-z*./]{1,20}") {
            let registered = vec![text.clone()];
            prop_assert_eq!(bound(&registered, false, Some(&asked)).is_some(), text == asked && Url::parse(&asked).is_ok());
        }
    }
}
