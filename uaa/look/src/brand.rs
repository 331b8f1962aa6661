//! A zone's own colours and logo: read once when they are saved, then a stylesheet of names and values.

mod colour;

use crate::asset;
use colour::Colour;
use std::fmt::Write;

/// What a zone asks for, as it was typed. What is `None` stays ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// In daylight.
    pub light: Colours,
    /// At night.
    pub dark: Colours,
    /// Path of the logo, of this origin.
    pub logo: Option<String>,
    /// Width of the logo in pixels, 16 to 320; its height is 32.
    pub logo_width: Option<u16>,
    /// Radius of corners in pixels, 0 to 16.
    pub corner: Option<u16>,
    /// Path of the image on the margin, or `none`.
    pub backdrop: Option<String>,
}

/// Colours of one scheme, as `#rgb` or `#rrggbb`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colours {
    /// Links, focus and what is current.
    pub accent: Option<String>,
    /// The primary button.
    pub action: Option<String>,
    /// Text on the primary button.
    pub on_action: Option<String>,
    /// The page behind the sheet.
    pub ground: Option<String>,
}

/// What was checked. Its stylesheet holds nothing that came from outside but digits and safe paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    sheet: String,
    hash: String,
}

/// What is wrong with a wish, and with which one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrandFault {
    /// Not `#rgb` or `#rrggbb`.
    NotAColour {
        /// The name in [`Wishes`], such as `light.accent`.
        name: &'static str,
        /// What was given.
        given: String,
    },
    /// Too faint to be read: WCAG 2.2 success criterion 1.4.3.
    TooFaint {
        /// The two that stand on each other, such as `light.accent`.
        name: &'static str,
        /// The contrast in hundredths; at least 450 is needed.
        hundredths: u32,
    },
    /// Not a path of this origin made of plain characters.
    NotAPath {
        /// `logo` or `backdrop`.
        name: &'static str,
        /// What was given.
        given: String,
    },
    /// A measure outside its limits.
    OutOfRange {
        /// `logo_width` or `corner`.
        name: &'static str,
    },
}

impl Brand {
    /// Checks every wish; all that is wrong is told at once. Contrast is measured as it will be: with our colours where the zone
    /// gives none.
    pub fn parse(wishes: &Wishes) -> Result<Brand, Vec<BrandFault>> {
        let mut faults = Vec::new();
        let light = scheme(&wishes.light, &LIGHT, &mut faults);
        let dark = scheme(&wishes.dark, &DARK, &mut faults);
        let mut sheet = String::from(":root{");
        colours(&light, &mut sheet);
        if let Some(backdrop) = path(&wishes.backdrop, "backdrop", &mut faults) {
            declare(&mut sheet, "--backdrop", &backdrop);
        }
        if let Some(logo) = path(&wishes.logo, "logo", &mut faults) {
            declare(&mut sheet, "--logo", &logo);
        }
        if let Some(width) = within(wishes.logo_width, 16, 320, "logo_width", &mut faults) {
            declare(&mut sheet, "--logo-width", &format!("{width}px"));
        }
        if let Some(corner) = within(wishes.corner, 0, 16, "corner", &mut faults) {
            declare(&mut sheet, "--corner", &format!("{corner}px"));
        }
        // Without a dark block the light colours, which come later than ours, would win at night too.
        sheet.push_str("}@media (prefers-color-scheme:dark){:root{");
        colours(&night(&light, dark), &mut sheet);
        sheet.push_str("}}");
        if !faults.is_empty() {
            return Err(faults);
        }
        let hash = asset::hash(sheet.as_bytes());
        Ok(Brand { sheet, hash })
    }

    /// The stylesheet, to be served as `text/css` at `/resources/` and [`Brand::sheet_name`], for ever.
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The file's name, which changes with its content: `brand.0123456789abcdef.css`.
    pub fn sheet_name(&self) -> String {
        format!("brand.{}.css", self.hash)
    }
}

/// The colours of a scheme that a zone changed.
struct Scheme {
    changed: [Option<Colour>; 4],
    ours: &'static Ours,
}

/// Our colours of one scheme, as the stylesheet has them.
struct Ours {
    names: [&'static str; 4],
    colours: [Colour; 4],
    sheet: Colour,
    accent_on: &'static str,
    action_on: &'static str,
}

fn scheme(asked: &Colours, ours: &'static Ours, faults: &mut Vec<BrandFault>) -> Scheme {
    let given = [&asked.accent, &asked.action, &asked.on_action, &asked.ground];
    let mut changed = [None; 4];
    for (index, text) in given.into_iter().enumerate() {
        let Some(text) = text else { continue };
        changed[index] = Colour::parse(text);
        if changed[index].is_none() {
            faults.push(BrandFault::NotAColour { name: ours.names[index], given: text.clone() });
        }
    }
    let [accent, action, on_action, _] =
        [0, 1, 2, 3].map(|index| changed[index].unwrap_or(ours.colours[index]));
    faint(ours.accent_on, accent, ours.sheet, faults);
    faint(ours.action_on, on_action, action, faults);
    Scheme { changed, ours }
}

fn faint(name: &'static str, text: Colour, plate: Colour, faults: &mut Vec<BrandFault>) {
    let hundredths = text.contrast(plate);
    if hundredths < ENOUGH {
        faults.push(BrandFault::TooFaint { name, hundredths });
    }
}

/// At night a colour that is given for the day only goes back to ours.
fn night(light: &Scheme, dark: Scheme) -> Scheme {
    let mut changed = dark.changed;
    for (index, colour) in changed.iter_mut().enumerate() {
        *colour = colour.or(light.changed[index].map(|_| dark.ours.colours[index]));
    }
    Scheme { changed, ours: dark.ours }
}

fn colours(scheme: &Scheme, sheet: &mut String) {
    for (name, colour) in NAMES.iter().zip(scheme.changed) {
        if let Some(colour) = colour {
            declare(sheet, name, &colour.to_string());
        }
    }
}

fn declare(sheet: &mut String, name: &str, value: &str) {
    // Writing to a text cannot fail.
    let _ = write!(sheet, "{name}:{value};");
}

fn path(wish: &Option<String>, name: &'static str, faults: &mut Vec<BrandFault>) -> Option<String> {
    let given = wish.as_deref()?;
    if given == "none" && name == "backdrop" {
        return Some("none".into());
    }
    let plain = given.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    if plain && crate::href::is_own_path(given) {
        return Some(format!("url(\"{given}\")"));
    }
    faults.push(BrandFault::NotAPath { name, given: given.to_owned() });
    None
}

fn within(
    wish: Option<u16>,
    least: u16,
    most: u16,
    name: &'static str,
    faults: &mut Vec<BrandFault>,
) -> Option<u16> {
    let given = wish?;
    if (least..=most).contains(&given) {
        return Some(given);
    }
    faults.push(BrandFault::OutOfRange { name });
    None
}

const NAMES: [&str; 4] = ["--accent", "--action", "--on-action", "--ground"];
const ENOUGH: u32 = 450;

const LIGHT: Ours = Ours {
    names: ["light.accent", "light.action", "light.on_action", "light.ground"],
    colours: [
        Colour(0x7b, 0x56, 0x0e),
        Colour(0x16, 0x19, 0x1d),
        Colour(0xff, 0xff, 0xff),
        Colour(0xe6, 0xe8, 0xea),
    ],
    sheet: Colour(0xff, 0xff, 0xff),
    accent_on: "light.accent",
    action_on: "light.on_action",
};

const DARK: Ours = Ours {
    names: ["dark.accent", "dark.action", "dark.on_action", "dark.ground"],
    colours: [
        Colour(0xdc, 0xb5, 0x65),
        Colour(0xe8, 0xea, 0xed),
        Colour(0x16, 0x19, 0x1d),
        Colour(0x0e, 0x10, 0x12),
    ],
    sheet: Colour(0x17, 0x19, 0x1c),
    accent_on: "dark.accent",
    action_on: "dark.on_action",
};

#[cfg(test)]
mod tests;
