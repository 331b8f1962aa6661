//! A colour, and how well another one is read on it.

use std::fmt;

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

impl Colour {
    /// `#rgb` or `#rrggbb`.
    pub(super) fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let pair = |from: usize, to: usize| u8::from_str_radix(digits.get(from..to)?, 16).ok();
        match digits.len() {
            3 => Some(Colour(pair(0, 1)? * 17, pair(1, 2)? * 17, pair(2, 3)? * 17)),
            6 => Some(Colour(pair(0, 2)?, pair(2, 4)?, pair(4, 6)?)),
            _ => None,
        }
    }

    /// WCAG 2.2, definition of contrast ratio, in hundredths and rounded down.
    pub(super) fn contrast(self, other: Colour) -> u32 {
        let (a, b) = (self.luminance(), other.luminance());
        let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
        // From 1 to 21: neither is negative, nor does it fall out of the range.
        (ratio * 100.0).floor() as u32
    }

    /// WCAG 2.2, definition of relative luminance.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_as_the_design_measured_it() {
        let of = |a: &str, b: &str| Colour::parse(a).unwrap().contrast(Colour::parse(b).unwrap());
        assert_eq!(of("#fff", "#000"), 2100);
        assert_eq!(of("#7b560e", "#fff") / 10, 66);
        // 9.1 in the design, which rounds to the nearest.
        assert_eq!(of("#dcb565", "#17191c") / 10, 90);
    }

    #[test]
    fn what_is_no_colour() {
        for text in ["", "#", "#ab", "#abcd", "#ggg", "red", "#12345é", "#+12"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
