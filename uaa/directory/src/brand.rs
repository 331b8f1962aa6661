//! How a zone looks: what its configuration says, checked when it is saved, and drawn with each page.

use crate::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uaa_look::{Brand, BrandFault, Colours, Link, Links, Wishes};
use uaa_plugin::{Branding, Palette, ZoneInfo};
use uaa_token::digest;

/// A zone's brand, for pages below that path of the host; `None` where it has our look.
///
/// # Errors
/// What is wrong with it, as sentences.
pub fn brand(config: &Branding, base: &str) -> Result<Option<Brand>, String> {
    let logo = config.product_logo.as_deref().filter(|logo| !logo.is_empty());
    let size = logo.map(|logo| Logo::read(logo).map(|logo| logo.width())).transpose()?;
    let wishes = Wishes {
        light: colours(&config.light),
        dark: colours(&config.dark),
        logo: logo.map(|logo| format!("{base}/resources/{}", logo_name(logo))),
        logo_width: size,
        ..Wishes::default()
    };
    if wishes == Wishes::default() {
        return Ok(None);
    }
    let said = |faults: Vec<BrandFault>| faults.iter().map(sentence).collect::<Vec<_>>().join(" ");
    Brand::parse(&wishes).map(Some).map_err(said)
}

/// What stands at the foot of a zone's pages.
pub(crate) fn links(here: &ZoneInfo) -> Links {
    let own = &here.config.branding;
    let more = own.footer_links.iter().flatten();
    Links {
        legal: own.footer_legal_text.clone().filter(|text| !text.is_empty()),
        more: more.map(|(text, href)| Link { text: text.clone(), href: href.clone() }).collect(),
        ..Links::default()
    }
}

/// A file of a zone's brand.
pub struct BrandFile {
    /// The body.
    pub bytes: Vec<u8>,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// Whether the name that was asked for is this content's own, so that it may be kept for ever.
    pub immutable: bool,
}

/// The file of that name, if the zone has such a one. Another version's name is answered with this one.
pub fn brand_file(config: &Branding, base: &str, name: &str) -> Option<BrandFile> {
    if name.starts_with("logo.") {
        let logo = config.product_logo.as_deref()?;
        let (bytes, immutable) = (Logo::read(logo).ok()?.0, logo_name(logo) == name);
        return Some(BrandFile { bytes, content_type: "image/png", immutable });
    }
    let brand = name.starts_with("brand.").then(|| brand(config, base).ok().flatten())??;
    let (bytes, immutable) = (brand.sheet().as_bytes().to_vec(), brand.sheet_name() == name);
    Some(BrandFile { bytes, content_type: "text/css; charset=utf-8", immutable })
}

/// A PNG, as far as we look into it: its size stands at its beginning (PNG third edition, section 11.2.2). Browsers draw it as an image
/// of a stylesheet, which runs nothing.
struct Logo(Vec<u8>);

impl Logo {
    fn read(text: &str) -> Result<Logo, String> {
        if text.len() > LARGEST / 3 * 4 {
            return Err(format!("`productLogo` is larger than {} KiB.", LARGEST / 1024));
        }
        // Some tools break the lines.
        let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(plain).map_err(|_| "`productLogo` is not Base64.".to_owned())?;
        let logo = Logo(bytes);
        match logo.0.starts_with(PNG) && logo.side(16) > 0 && logo.side(20) > 0 {
            true => Ok(logo),
            false => Err("`productLogo` is not a PNG.".into()),
        }
    }

    /// At the height of the place for it.
    fn width(&self) -> u16 {
        let (wide, high) = (self.side(16), self.side(20).max(1));
        u16::try_from(u64::from(wide) * HEIGHT / u64::from(high)).unwrap_or(u16::MAX).clamp(16, 320)
    }

    fn side(&self, at: usize) -> u32 {
        let bytes = self.0.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    }
}

fn logo_name(logo: &str) -> String {
    format!("logo.{}.png", &hex(&digest(logo))[..16])
}

fn colours(palette: &Palette) -> Colours {
    let given = |colour: &Option<String>| colour.clone().filter(|colour| !colour.is_empty());
    Colours {
        accent: given(&palette.accent),
        action: given(&palette.action),
        on_action: given(&palette.on_action),
        ground: given(&palette.ground),
    }
}

fn sentence(fault: &BrandFault) -> String {
    match fault {
        BrandFault::NotAColour { name, given } => {
            format!("`{name}` is `{given}`; a colour is #rgb or #rrggbb.")
        }
        BrandFault::TooFaint { name, hundredths } => format!(
            "`{name}` is too faint to be read: its contrast is {}.{:02}, and 4.50 is needed.",
            hundredths / 100,
            hundredths % 100
        ),
        BrandFault::NotAPath { name, .. } | BrandFault::OutOfRange { name } => {
            format!("`{name}` is not taken.")
        }
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Bytes of a logo: it is loaded before the page is seen.
const LARGEST: usize = 128 * 1024;
/// Pixels, as the stylesheet has it.
const HEIGHT: u64 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn png(wide: u32, high: u32) -> String {
        let mut bytes = PNG.to_vec();
        bytes.extend(b"\0\0\0\x0dIHDR");
        bytes.extend(wide.to_be_bytes());
        bytes.extend(high.to_be_bytes());
        STANDARD.encode(bytes)
    }

    #[test]
    fn a_logo_is_a_png_of_some_size() {
        let width = |wide, high| Logo::read(&png(wide, high)).map(|logo| logo.width());
        assert_eq!((width(64, 64), width(400, 100), width(1, 900)), (Ok(32), Ok(128), Ok(16)));
        assert_eq!(width(u32::MAX, 1), Ok(320));
        let broken = png(64, 64);
        for bad in ["%", "AAAA", &broken[..20], &png(0, 1), &png(1, 0), &"A".repeat(200_000)] {
            assert!(Logo::read(bad).is_err(), "{bad}");
        }
        assert!(Logo::read(&format!("{}\n{}", &broken[..12], &broken[12..])).is_ok());
    }

    #[test]
    fn what_is_wrong_is_said_in_sentences() {
        let dark = Palette { accent: Some("red".into()), ..Palette::default() };
        let light = Palette { accent: Some("#eee".into()), ..Palette::default() };
        let config = Branding { light, dark, ..Branding::default() };
        let said = brand(&config, "").unwrap_err();
        assert!(
            said.contains("`light.accent` is too faint") && said.contains("`dark.accent` is `red`"),
            "{said}"
        );
        assert_eq!(brand(&Branding::default(), ""), Ok(None));
    }

    #[test]
    fn files_have_the_names_that_pages_ask_for() {
        let config = Branding { product_logo: Some(png(64, 64)), ..Branding::default() };
        let sheet = brand(&config, "/uaa").unwrap().unwrap();
        let logo = logo_name(config.product_logo.as_deref().unwrap());
        assert!(
            sheet.sheet().contains(&format!("--logo:url(\"/uaa/resources/{logo}\")")),
            "{}",
            sheet.sheet()
        );
        assert!(brand_file(&config, "/uaa", &sheet.sheet_name()).unwrap().immutable);
        assert!(brand_file(&config, "/uaa", &logo).unwrap().immutable);
        assert!(!brand_file(&config, "/uaa", "logo.0.png").unwrap().immutable);
        assert!(brand_file(&config, "/uaa", "mark.svg").is_none());
        assert!(brand_file(&Branding::default(), "", "logo.0.png").is_none());
    }
}
