//! Which language a page speaks.

/// A language that every message exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English, also for whoever speaks none of ours.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl Lang {
    /// Every language, in the order in which a page offers them.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Ko];

    /// The language of an answer: what was chosen (`?lang=`, or kept in a cookie), else the first known one of `ui_locales`
    /// (OpenID Connect Core section 3.1.2.1), else the best of `Accept-Language` (RFC 9110 section 12.5.4), else English.
    pub fn choose(explicit: Option<&str>, ui_locales: Option<&str>, accept_language: Option<&str>) -> Lang {
        explicit
            .and_then(Lang::of_tag)
            .or_else(|| ui_locales.and_then(|tags| tags.split(' ').find_map(Lang::of_tag)))
            .or_else(|| accept_language.and_then(Lang::of_header))
            .unwrap_or_default()
    }

    /// The language's own tag: `lang`, `hreflang` and `?lang=`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
        }
    }

    /// What its speakers call it.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::Ko => "한국어",
        }
    }

    /// RFC 4647 section 3.4: `ko-KR` is looked up as `ko`.
    fn of_tag(tag: &str) -> Option<Lang> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Lang::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    fn of_header(header: &str) -> Option<Lang> {
        let mut best: Option<(u16, Lang)> = None;
        for part in header.split(',').take(MANY_TAGS) {
            let (tag, parameter) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight(parameter);
            let Some(lang) = Lang::of_tag(tag) else { continue };
            // The first one wins among equals, as its sender wrote it first.
            if weight > 0 && best.is_none_or(|(other, _)| weight > other) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// RFC 9110 section 12.4.2, in thousandths; what cannot be read counts as unwanted.
fn weight(parameter: &str) -> u16 {
    let Some(value) = parameter.trim().strip_prefix("q=") else {
        return if parameter.trim().is_empty() { 1000 } else { 0 };
    };
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = |text: &str| text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "1" => 1000,
        "0" if digits(fraction) => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// No browser sends more, and a header of thousands is no reason to read on.
const MANY_TAGS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_wish_counts() {
        assert_eq!(Lang::choose(Some("ko"), Some("en"), Some("en")), Lang::Ko);
        assert_eq!(Lang::choose(Some("xx"), Some("fr ko-KR en"), Some("en")), Lang::Ko);
        assert_eq!(Lang::choose(None, None, Some("fr;q=1, ko;q=0.8, en;q=0.9")), Lang::En);
        assert_eq!(Lang::choose(None, None, Some("ko-KR,ko;q=0.9,en-US;q=0.8")), Lang::Ko);
        assert_eq!(Lang::choose(None, None, None), Lang::En);
    }

    #[test]
    fn what_cannot_be_read_is_no_wish() {
        for header in ["", ";;;,,,", "ko;q=2", "ko;q=0", "ko;q=0.0005", "ko;x=1", "é;q=1", "*"] {
            assert_eq!(Lang::choose(None, None, Some(header)), Lang::En, "{header}");
        }
    }
}
