//! Pictures that somebody gives as base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A PNG, as far as we look into it: its size stands at its beginning (PNG third edition, section 11.2.2). Browsers draw it as an image,
/// which runs nothing.
pub(crate) struct Png(Vec<u8>);

/// Why it is none.
#[derive(Debug)]
pub(crate) enum Unfit {
    TooLarge,
    NotBase64,
    NotPng,
}

impl Png {
    pub(crate) fn read(text: &str) -> Result<Png, Unfit> {
        if text.len() > LARGEST / 3 * 4 {
            return Err(Unfit::TooLarge);
        }
        // Some tools break the lines.
        let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let png = Png(STANDARD.decode(plain).map_err(|_| Unfit::NotBase64)?);
        let (wide, high) = png.size();
        if png.0.starts_with(START) && wide > 0 && high > 0 { Ok(png) } else { Err(Unfit::NotPng) }
    }

    /// Width and height in pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.side(16), self.side(20))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn side(&self, at: usize) -> u32 {
        let bytes = self.0.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    }
}

/// Bytes of a picture: it is loaded with the page.
pub(crate) const LARGEST: usize = 128 * 1024;
const START: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The beginning of one, in base64.
#[cfg(test)]
pub(crate) fn sample(wide: u32, high: u32) -> String {
    let mut bytes = START.to_vec();
    bytes.extend(b"\0\0\0\x0dIHDR");
    bytes.extend(wide.to_be_bytes());
    bytes.extend(high.to_be_bytes());
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_some_size() {
        let good = sample(64, 48);
        assert_eq!(Png::read(&good).unwrap().size(), (64, 48));
        assert!(Png::read(&format!("{}\n{}", &good[..12], &good[12..])).is_ok());
        for bad in ["", "%", "AAAA", &good[..20], &sample(0, 1), &sample(1, 0), &"A".repeat(200_000)] {
            assert!(Png::read(bad).is_err(), "{bad}");
        }
    }
}
