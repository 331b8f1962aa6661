use super::text::WebUrl;
use crate::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// How the pages of the first zone look: a name, a logo, colours. Other zones say it themselves (`branding`).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Branding {
    /// What people call it: the name on the pages, in messages and in authenticator apps.
    pub company_name: Option<String>,
    /// A PNG of at most 128 KiB, drawn 32 pixels high.
    pub logo_file: Option<PathBuf>,
    /// A line at the foot of the pages.
    pub footer_text: Option<String>,
    /// Where people find help who cannot get in: a link at the foot.
    pub help_url: Option<WebUrl>,
    /// Where it says how personal data are handled: a link at the foot.
    pub privacy_url: Option<WebUrl>,
    /// Where the terms of use are: a link at the foot.
    pub terms_url: Option<WebUrl>,
    /// Colours in daylight.
    pub light: Palette,
    /// Colours at night.
    pub dark: Palette,
}

/// Colours as `#rgb` or `#rrggbb`; what is left out stays ours. Texts that could not be read are refused (WCAG 2.2, 1.4.3).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Palette {
    /// Links, focus and what is current.
    pub accent: Option<String>,
    /// The primary button.
    pub action: Option<String>,
    /// Text on the primary button.
    pub on_action: Option<String>,
    /// The page behind the sheet.
    pub ground: Option<String>,
}

impl Branding {
    /// The same as a zone says it.
    pub(super) fn as_of_zone(&self) -> Result<serde_json::Value, Failure> {
        let read = |file: &PathBuf| {
            let bytes = std::fs::read(file).map_err(|error| {
                Failure::new(format!("`branding.logo_file`: `{}` cannot be read: {error}", file.display()))
            })?;
            Ok::<_, Failure>(STANDARD.encode(bytes))
        };
        let logo = self.logo_file.as_ref().map(read).transpose()?;
        let colours = |palette: &Palette| {
            serde_json::json!({
                "accent": palette.accent, "action": palette.action, "onAction": palette.on_action, "ground": palette.ground,
            })
        };
        let text = |address: &Option<WebUrl>| address.as_ref().map(WebUrl::to_string);
        Ok(serde_json::json!({
            "help": text(&self.help_url),
            "privacy": text(&self.privacy_url),
            "terms": text(&self.terms_url),
            "companyName": self.company_name,
            "productLogo": logo,
            "footerLegalText": self.footer_text,
            "light": colours(&self.light),
            "dark": colours(&self.dark),
        }))
    }
}
