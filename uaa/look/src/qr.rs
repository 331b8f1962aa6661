//! A QR code as the path of an SVG: the pages' policy allows no image that lies in an address.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Side in modules, the quiet zone of four included (ISO/IEC 18004 section 9.1), and a path of one stroke a run of dark modules.
pub(crate) fn path(text: &str) -> Option<(usize, String)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|color| **color == Color::Dark).count();
            if run > 0 {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{} {}.5h{run}", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some((width + 2 * QUIET, path))
}

const QUIET: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_begins_with_a_finder() {
        let (side, path) = path("otpauth://totp/Acme:mira?secret=JBSWY3DPEHPK3PXP&issuer=Acme").unwrap();
        assert!(path.starts_with("M4 4.5h7"), "{path}");
        assert_eq!((side - 8 - 17) % 4, 0);
    }

    #[test]
    fn what_is_too_long_is_not_drawn() {
        assert_eq!(path(&"x".repeat(5000)), None);
    }
}
