use crate::Micros;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Whole seconds, UTC: `2026-11-24T00:10:03Z`, the form of the Cloud Controller's `created_at`.
pub fn rfc3339(at: Micros) -> String {
    at_utc(at)
        .format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
        .unwrap_or_default()
}

/// Milliseconds, UTC: `2026-11-24T00:10:03.000Z`, the form of UAA's `meta.created`.
pub fn rfc3339_millis(at: Micros) -> String {
    at_utc(at)
        .format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"))
        .unwrap_or_default()
}

/// Reads an RFC 3339 time with any offset; `None` when it is not one.
pub fn parse_rfc3339(text: &str) -> Option<Micros> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Micros::try_from(at.unix_timestamp_nanos() / 1000).ok()
}

fn at_utc(at: Micros) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let at = parse_rfc3339("2026-11-24T02:10:03.5+02:00").unwrap();
        assert_eq!(rfc3339(at), "2026-11-24T00:10:03Z");
        assert_eq!(rfc3339_millis(at), "2026-11-24T00:10:03.500Z");
        assert_eq!(parse_rfc3339("yesterday"), None);
    }
}
