/// Whether a message can be sent there: RFC 5321 section 4.1.2 without quoted local parts and address literals, which nobody
/// has, and with letters beyond ASCII (RFC 6531). What is none never gets near a header.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let dotted = |part: &str, good: fn(char) -> bool| {
        part.split('.').all(|label| !label.is_empty() && label.chars().all(good))
    };
    text.len() <= LONGEST
        && local.len() <= LONGEST_LOCAL
        && dotted(local, in_local)
        && domain.contains('.')
        && dotted(domain, in_domain)
        && domain
            .split('.')
            .all(|label| label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-'))
}

/// `atext` of RFC 5322 section 3.2.3.
fn in_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || (!c.is_ascii() && c.is_alphanumeric())
}

fn in_domain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && c.is_alphanumeric())
}

/// RFC 5321 section 4.5.3.1.3, less the brackets.
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_and_what_looks_like_one() {
        for good in ["a@b.co", "mira.okafor+x@acme.example", "o'neil@x-y.example", "ünï@exämple.org"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "admin",
            "a@b",
            "@b.co",
            "a@",
            "a@@b.co",
            "a b@c.de",
            "a@b.co\r\nBcc: c@d.ef",
            "a@b.co,c@d.ef",
            "<a@b.co>",
            "\"a\"@b.co",
            "a..b@c.de",
            ".a@c.de",
            "a@-b.co",
            "a@b..co",
            "a@[127.0.0.1]",
            "a\u{2028}@b.co",
        ] {
            assert!(!is_address(bad), "{bad:?}");
        }
        assert!(!is_address(&format!("{}@b.co", "a".repeat(65))));
    }

    proptest! {
        #[test]
        fn nothing_that_ends_a_line_or_names_two(text in ".{0,40}@.{0,40}") {
            let odd = text.chars().any(|c| c.is_control() || c.is_whitespace() || ",;:<>()[]\\\"".contains(c));
            prop_assert!(!odd || !is_address(&text));
        }
    }
}
