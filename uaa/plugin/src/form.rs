use percent_encoding::percent_decode_str;
use uaa_model::{Fault, Reply};

/// The pairs of a query or form (`application/x-www-form-urlencoded`), decoded strictly.
///
/// # Errors
/// Invalid UTF-8 and NUL bytes are refused, as UAA's UTF-8 filter does, and more than [`MOST_PAIRS`].
pub fn pairs(text: &str) -> Reply<Vec<(String, String)>> {
    let decode = |part: &str| -> Reply<String> {
        // A token in a form is long, and most of the time as it is.
        if !part.bytes().any(|byte| matches!(byte, b'%' | b'+' | 0)) {
            return Ok(part.to_owned());
        }
        let spaced = part.replace('+', " ");
        let text =
            percent_decode_str(&spaced).decode_utf8().map_err(|_| Fault::BadQuery("invalid UTF-8".into()))?;
        if text.contains('\0') {
            return Err(Fault::BadQuery("a parameter holds a NUL character".into()));
        }
        Ok(text.into_owned())
    };
    let parts = text.split('&').filter(|part| !part.is_empty());
    if parts.clone().nth(MOST_PAIRS).is_some() {
        return Err(Fault::BadQuery("too many parameters".into()));
    }
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Parameters of a query or form. The longest form that a page of ours posts has a field for each scope that a client asks for.
pub const MOST_PAIRS: usize = 500;

/// The value of the first pair of that name.
pub fn field<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict() {
        let some = pairs("a=1+2&b=%C3%A4&c&d==").unwrap();
        let some: Vec<_> = some.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(some, [("a", "1 2"), ("b", "ä"), ("c", ""), ("d", "=")]);
        assert!(pairs("a=%ff").is_err());
        assert!(pairs("a=%00").is_err());
        assert!(pairs(&"a&".repeat(MOST_PAIRS)).is_ok());
        assert!(pairs(&"a&".repeat(MOST_PAIRS + 1)).is_err());
    }
}
