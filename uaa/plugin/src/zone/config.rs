use serde::Deserialize;
use std::collections::BTreeMap;

/// What of a zone's configuration is used. The rest is kept as it came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ZoneConfig {
    /// The base of `iss`, where it is not the zone's own address.
    pub issuer: Option<String>,
    /// How long tokens are good.
    pub token_policy: TokenPolicy,
    /// What a sign-in asks for; `None`: user name and password.
    pub prompts: Option<Vec<Prompt>>,
    /// The groups of its people.
    pub user_config: UserConfig,
    /// What its people prove who they are with besides a password.
    #[serde(rename = "mfaConfig")]
    pub mfa: MfaConfig,
    /// What a new password must be like, and how long it lasts, in UAA's form; `None`: as the installation says.
    pub password_policy: Option<serde_json::Value>,
    /// When accounts lock, in UAA's form; `None`: as the installation says.
    pub lockout_policy: Option<serde_json::Value>,
    /// How its pages look.
    pub branding: Branding,
    links: Links,
}

/// UAA's `links`, as far as pages follow them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Links {
    self_service: SelfService,
    logout: LogoutLinks,
    home_redirect: Option<String>,
    documentation: Option<String>,
}

/// Where a browser goes on after a sign-out: UAA's `links.logout`. Its `disableRedirectParameter` does nothing in UAA either.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogoutLinks {
    redirect_url: Option<String>,
    redirect_parameter_name: Option<String>,
    whitelist: Option<Vec<String>>,
}

impl LogoutLinks {
    /// Where it goes when nobody says; `None`: to the page that says that it is done. UAA writes that as `/login`.
    pub fn usual(&self) -> Option<&str> {
        self.redirect_url.as_deref().filter(|url| !url.is_empty() && *url != "/login")
    }

    /// The parameter in which UAA's users say where.
    pub fn parameter(&self) -> &str {
        self.redirect_parameter_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("redirect")
    }

    /// Where else it may go, beside what a client has registered; patterns of redirect URIs.
    pub fn allowed(&self) -> &[String] {
        self.whitelist.as_deref().unwrap_or_default()
    }
}

/// What people may do without an administrator: UAA's `links.selfService`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SelfService {
    self_service_links_enabled: Option<bool>,
    /// Where accounts are made, if that is not here.
    pub signup: Option<String>,
    /// Where passwords are reset, if that is not here.
    pub passwd: Option<String>,
}

impl SelfService {
    /// Whether accounts are made and passwords are reset by their owners. UAA's default.
    pub fn enabled(&self) -> bool {
        self.self_service_links_enabled.unwrap_or(true)
    }
}

/// How a zone's pages look: UAA's `branding`, and colours.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Branding {
    /// What people call it, in the place of the zone's name.
    pub company_name: Option<String>,
    /// A PNG in Base64.
    pub product_logo: Option<String>,
    /// A line at the foot.
    pub footer_legal_text: Option<String>,
    /// Links at the foot, by what they say.
    pub footer_links: Option<BTreeMap<String, String>>,
    /// Ours: help for people who cannot get in.
    pub help: Option<String>,
    /// Ours: how personal data are handled.
    pub privacy: Option<String>,
    /// Ours: the terms of use.
    pub terms: Option<String>,
    /// Ours: colours in daylight.
    pub light: Palette,
    /// Ours: colours at night.
    pub dark: Palette,
    /// What somebody agrees to who makes an account.
    pub consent: Option<Agreement>,
}

/// Colours as `#rgb` or `#rrggbb`; what is left out stays ours.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Palette {
    /// Links, focus and what is current.
    pub accent: Option<String>,
    /// The primary button.
    pub action: Option<String>,
    /// Text on it.
    pub on_action: Option<String>,
    /// The page behind the sheet.
    pub ground: Option<String>,
}

/// What somebody agrees to who makes an account: UAA's `branding.consent`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Agreement {
    /// The sentence.
    pub text: String,
    /// Where all of it stands.
    pub link: Option<String>,
}

/// Second factors of a zone's people: UAA's `mfaConfig` with members of our own.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MfaConfig {
    /// UAA's switch: whoever is of `identity_providers` must have one.
    pub enabled: bool,
    /// Ours, which says more and counts before `enabled`.
    pub policy: Option<MfaPolicy>,
    /// The origins of the people whom `enabled` and `required` speak of: others prove themselves to their own provider.
    pub identity_providers: Vec<String>,
}

/// Whether people of a zone have second factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MfaPolicy {
    /// Nobody is asked for one, and nobody is offered one.
    Off,
    /// Whoever has one is asked for it.
    Optional,
    /// Everybody is asked for one; who has none sets one up at the sign-in.
    Required,
}

impl Default for MfaConfig {
    fn default() -> Self {
        let identity_providers = DEFAULT_MFA_PROVIDERS.map(str::to_owned).to_vec();
        MfaConfig { enabled: false, policy: None, identity_providers }
    }
}

impl MfaConfig {
    /// What holds for people of that origin.
    pub fn of(&self, origin: &str) -> MfaPolicy {
        let policy = match (self.policy, self.enabled) {
            (Some(policy), _) => policy,
            (None, true) => MfaPolicy::Required,
            (None, false) => MfaPolicy::Optional,
        };
        let theirs = self.identity_providers.iter().any(|provider| provider == origin);
        if policy == MfaPolicy::Required && !theirs { MfaPolicy::Optional } else { policy }
    }
}

/// How long tokens of the zone are good where their client does not say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TokenPolicy {
    access_token_validity: Option<i64>,
    refresh_token_validity: Option<i64>,
    /// Whether access tokens are kept also when they are JWTs; `None`, here and below: as the installation says.
    pub jwt_revocable: Option<bool>,
    /// Whether a sign-in ends the refresh tokens that user and client had.
    pub refresh_token_unique: Option<bool>,
    /// Whether each refresh gives another refresh token.
    pub refresh_token_rotate: Option<bool>,
    /// `opaque` or `jwt`.
    pub refresh_token_format: Option<String>,
}

impl TokenPolicy {
    /// Seconds that access tokens are good for; `None`: as the installation says. UAA writes that as -1.
    pub fn access_seconds(&self) -> Option<i64> {
        self.access_token_validity.filter(|seconds| *seconds > 0)
    }

    /// Seconds that refresh tokens are good for.
    pub fn refresh_seconds(&self) -> Option<i64> {
        self.refresh_token_validity.filter(|seconds| *seconds > 0)
    }
}

/// One field of a sign-in form.
#[derive(Clone, Debug, Deserialize)]
pub struct Prompt {
    /// `username`, `password`, `passcode`.
    pub name: String,
    /// `text` or `password`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The label.
    pub text: String,
}

/// The groups of the zone's people.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserConfig {
    /// Groups that everybody in the zone is in; `None`: UAA's own eight.
    pub default_groups: Option<Vec<String>>,
}

impl UserConfig {
    /// Groups that everybody in the zone is in.
    pub fn groups(&self) -> Vec<String> {
        self.default_groups.clone().unwrap_or_else(|| DEFAULT_GROUPS.map(str::to_owned).to_vec())
    }
}

impl ZoneConfig {
    /// Every address to which pages lead, by its name.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, &str)> {
        let links = &self.links;
        let named = [
            ("links.selfService.signup", &links.self_service.signup),
            ("links.selfService.passwd", &links.self_service.passwd),
            ("links.homeRedirect", &links.home_redirect),
            ("links.documentation", &links.documentation),
            ("links.logout.redirectUrl", &links.logout.redirect_url),
            ("branding.help", &self.branding.help),
            ("branding.privacy", &self.branding.privacy),
            ("branding.terms", &self.branding.terms),
        ];
        let named = named.into_iter().filter_map(|(name, address)| Some((name, address.as_deref()?)));
        let foot = self.branding.footer_links.iter().flatten();
        named.chain(foot.map(|(_, address)| ("branding.footerLinks", address.as_str())))
    }

    /// What people may do without an administrator.
    pub fn self_service(&self) -> &SelfService {
        &self.links.self_service
    }

    /// Where people go in the place of the home page: UAA's `links.homeRedirect`, in which `{zone.id}` and `{zone.subdomain}` may stand.
    pub fn home_redirect(&self) -> Option<&str> {
        let to = self.links.home_redirect.as_deref()?;
        let here = to.split(['?', '#']).next().unwrap_or_default();
        (!["", "/", "/home"].contains(&here)).then_some(to)
    }

    /// Where the makers of applications read about this installation; a member of our own.
    pub fn documentation(&self) -> Option<&str> {
        self.links.documentation.as_deref().filter(|address| !address.is_empty())
    }

    /// Takes what the installation says of that, where it says nothing itself.
    pub(super) fn document_as(&mut self, installation: &ZoneConfig) {
        if self.documentation().is_none() {
            self.links.documentation.clone_from(&installation.links.documentation);
        }
    }

    /// Where a browser goes on after a sign-out.
    pub fn logout(&self) -> &LogoutLinks {
        &self.links.logout
    }

    /// What somebody agrees to who makes an account.
    pub fn agreement(&self) -> Option<&Agreement> {
        self.branding.consent.as_ref().filter(|agreement| !agreement.text.is_empty())
    }

    /// Reads a configuration.
    ///
    /// # Errors
    /// In serde's words, what is wrong with a part that is used.
    pub fn read(text: &str) -> Result<ZoneConfig, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Reads one that was checked when it was stored; what a later version cannot read any more counts as not said.
    pub fn lenient(text: &str) -> ZoneConfig {
        ZoneConfig::read(text).unwrap_or_default()
    }
}

/// The origins whose people UAA asks for a second factor when nothing else is said.
pub const DEFAULT_MFA_PROVIDERS: [&str; 2] = ["uaa", "ldap"];

/// The groups that UAA makes in a new zone.
pub const DEFAULT_GROUPS: [&str; 8] = [
    "openid",
    "password.write",
    "uaa.user",
    "approvals.me",
    "profile",
    "roles",
    "user_attributes",
    "uaa.offline_token",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uaas_switch_and_our_policy() {
        let of = |text: &str, origin: &str| ZoneConfig::read(text).map(|config| config.mfa.of(origin)).ok();
        assert_eq!(of("{}", "uaa"), Some(MfaPolicy::Optional));
        assert_eq!(of(r#"{"mfaConfig": {"enabled": true}}"#, "uaa"), Some(MfaPolicy::Required));
        assert_eq!(of(r#"{"mfaConfig": {"enabled": true}}"#, "okta"), Some(MfaPolicy::Optional));
        let both = r#"{"mfaConfig": {"enabled": true, "policy": "off", "providerName": "kept"}}"#;
        assert_eq!(of(both, "uaa"), Some(MfaPolicy::Off));
        assert_eq!(of(r#"{"mfaConfig": {"policy": "sometimes"}}"#, "uaa"), None);
    }
}
