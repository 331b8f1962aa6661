//! How a zone looks: what its configuration says, checked when it is saved, and drawn with each page.

use crate::hex;
use crate::png::{LARGEST, Png, Unfit};
use uaa_look::{Brand, BrandFault, Colours, Link, Links, Wishes};
use uaa_plugin::{Branding, Palette, ZoneInfo};
use uaa_token::digest;

/// A zone's brand, for pages below that path of the host; `None` where it has our look.
///
/// # Errors
/// What is wrong with it, as sentences.
pub fn brand(config: &Branding, base: &str) -> Result<Option<Brand>, String> {
    let given = config.product_logo.as_deref().filter(|logo| !logo.is_empty());
    let size = given.map(|given| logo(given).map(|logo| width(&logo))).transpose()?;
    let wishes = Wishes {
        light: colours(&config.light),
        dark: colours(&config.dark),
        logo: given.map(|given| format!("{base}/resources/{}", logo_name(given))),
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
    let given = |address: &Option<String>| address.clone().filter(|address| !address.is_empty());
    Links {
        help: given(&own.help),
        privacy: given(&own.privacy),
        terms: given(&own.terms),
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
        let given = config.product_logo.as_deref()?;
        let (bytes, immutable) = (logo(given).ok()?.into_bytes(), logo_name(given) == name);
        return Some(BrandFile { bytes, content_type: "image/png", immutable });
    }
    let brand = name.starts_with("brand.").then(|| brand(config, base).ok().flatten())??;
    let (bytes, immutable) = (brand.sheet().as_bytes().to_vec(), brand.sheet_name() == name);
    Some(BrandFile { bytes, content_type: "text/css; charset=utf-8", immutable })
}

/// The picture, or what is wrong with it.
fn logo(text: &str) -> Result<Png, String> {
    Png::read(text).map_err(|unfit| match unfit {
        Unfit::TooLarge => format!("`productLogo` is larger than {} KiB.", LARGEST / 1024),
        Unfit::NotBase64 => "`productLogo` is not Base64.".into(),
        Unfit::NotPng => "`productLogo` is not a PNG.".into(),
    })
}

/// At the height of the place for it.
fn width(logo: &Png) -> u16 {
    let (wide, high) = logo.size();
    u16::try_from(u64::from(wide) * HEIGHT / u64::from(high.max(1))).unwrap_or(u16::MAX).clamp(16, 320)
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

/// Pixels, as the stylesheet has it.
const HEIGHT: u64 = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::png::sample;

    #[test]
    fn a_logo_is_as_wide_as_its_place_allows() {
        let width = |wide, high| logo(&sample(wide, high)).map(|logo| width(&logo));
        assert_eq!((width(64, 64), width(400, 100), width(1, 900)), (Ok(32), Ok(128), Ok(16)));
        assert_eq!(width(u32::MAX, 1), Ok(320));
        assert_eq!(logo("%").err().as_deref(), Some("`productLogo` is not Base64."));
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
        let config = Branding { product_logo: Some(sample(64, 64)), ..Branding::default() };
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
