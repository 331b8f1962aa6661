//! Names of subjects, compared part by part: the same name is spelled in many ways (RFC 4514).

use x509_parser::x509::X509Name;

/// A subject's name: from the most particular part to the most general, each of one or more types and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName(Vec<Vec<(String, String)>>);

impl DistinguishedName {
    /// As a certificate has it; `None` when it has none, or a value that is no text.
    pub(super) fn of(name: &X509Name<'_>) -> Option<DistinguishedName> {
        let mut parts = vec![];
        for part in name.iter() {
            let mut all = vec![];
            for one in part.iter() {
                all.push((one.attr_type().to_id_string(), one.as_str().ok()?.to_owned()));
            }
            all.sort();
            parts.push(all);
        }
        // RFC 4514 section 2.1: the last comes first.
        parts.reverse();
        (!parts.is_empty()).then_some(DistinguishedName(parts))
    }

    /// Reads the spelling of RFC 4514; `None` when it is none. A value in hexadecimal (`#04…`) is not taken, as it says how a
    /// certificate is encoded and not what it says.
    pub fn parse(text: &str) -> Option<DistinguishedName> {
        let (mut parts, mut part, mut rest) = (vec![], vec![], text);
        loop {
            let (kind, after) = rest.split_once('=')?;
            let (value, end, after) = value(after)?;
            part.push((oid(kind.trim())?, value));
            if end != Some('+') {
                part.sort();
                parts.push(std::mem::take(&mut part));
            }
            match end {
                None => return Some(DistinguishedName(parts)),
                Some(_) => rest = after,
            }
        }
    }
}

/// A value, what ends it, and what stands behind that (RFC 4514 section 3).
fn value(text: &str) -> Option<(String, Option<char>, &str)> {
    let text = text.trim_start_matches(' ');
    if text.starts_with('#') {
        return None;
    }
    let (mut bytes, mut kept, mut chars) = (Vec::new(), 0, text.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            ',' | '+' => return Some((finished(bytes, kept)?, Some(c), &text[at + 1..])),
            '\\' => {
                let (_, next) = chars.next()?;
                match next.to_digit(16) {
                    Some(high) => {
                        let (_, low) = chars.next()?;
                        bytes.push(u8::try_from(high * 16 + low.to_digit(16)?).ok()?);
                    }
                    None if ESCAPED.contains(next) => bytes.push(u8::try_from(next).ok()?),
                    None => return None,
                }
                kept = bytes.len();
            }
            '"' | ';' | '<' | '>' | '\0' => return None,
            c => bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Some((finished(bytes, kept)?, None, ""))
}

/// Spaces at the end are not part of it, but for those that were escaped.
fn finished(mut bytes: Vec<u8>, kept: usize) -> Option<String> {
    while bytes.len() > kept && bytes.last() == Some(&b' ') {
        bytes.pop();
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

/// The type of a value: a name of RFC 4514 section 3 or RFC 4519, in any case, or numbers.
fn oid(kind: &str) -> Option<String> {
    if let Some((_, oid)) = TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind)) {
        return Some((*oid).to_owned());
    }
    let numbers = kind.split('.');
    let good = |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    (kind.contains('.') && numbers.into_iter().all(good)).then(|| kind.to_owned())
}

const ESCAPED: &str = " \"#+,;<=>\\";
const TYPES: &[(&str, &str)] = &[
    ("CN", "2.5.4.3"),
    ("SN", "2.5.4.4"),
    ("serialNumber", "2.5.4.5"),
    ("C", "2.5.4.6"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("STREET", "2.5.4.9"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("title", "2.5.4.12"),
    ("businessCategory", "2.5.4.15"),
    ("GN", "2.5.4.42"),
    ("organizationIdentifier", "2.5.4.97"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("emailAddress", "1.2.840.113549.1.9.1"),
    ("jurisdictionC", "1.3.6.1.4.1.311.60.2.1.3"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<Vec<Vec<(String, String)>>> {
        DistinguishedName::parse(text).map(|name| name.0)
    }

    #[test]
    fn one_name_in_many_spellings() {
        let name = parts("CN=shop,OU=a+L=b,O=Acme\\, Inc.,C=DE").unwrap();
        for same in [
            "cn=shop, ou=a+l=b, o=Acme\\, Inc., c=DE",
            "CN = shop,L=b + OU=a,O=Acme\\2c Inc.,C=DE ",
            "2.5.4.3=shop,2.5.4.11=a+2.5.4.7=b,2.5.4.10=Acme\\, Inc.,2.5.4.6=DE",
        ] {
            assert_eq!(parts(same).as_ref(), Some(&name), "{same}");
        }
        for other in
            ["C=DE,O=Acme\\, Inc.,OU=a+L=b,CN=shop", "CN=Shop,OU=a+L=b,O=Acme\\, Inc.,C=DE", "CN=shop"]
        {
            assert_ne!(parts(other).as_ref(), Some(&name), "{other}");
        }
        assert_eq!(parts("CN=L\\C4\\8D").unwrap()[0][0].1, "L\u{10d}");
        assert_eq!(parts("CN=a\\ ").unwrap()[0][0].1, "a ");
        assert_eq!(parts("CN=a=b").unwrap()[0][0].1, "a=b");
    }

    #[test]
    fn what_is_none() {
        for none in [
            "",
            "CN",
            "CN=",
            "CN= ",
            "=x",
            "X=y",
            "CN=a,",
            "CN=a+",
            "CN=#0403616263",
            "CN=\"a\"",
            "CN=a\\",
            "CN=a\\x",
            "CN=\\C4",
            "1..2=a",
            "CN=a;OU=b",
        ] {
            assert_eq!(parts(none), None, "{none}");
        }
    }
}
