//! In which forms tokens are given out: what the installation says, and the zone where it says something else.

use crate::client::{ClientAuth, Known};
use crate::engine::Engine;
use uaa_plugin::Ctx;

/// In which forms tokens are given out where the zone does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenForms {
    /// Whether access tokens are kept also when they are JWTs, so that they can be listed and ended one by one. UAA's
    /// `jwtRevocable`.
    pub revocable: bool,
    /// Whether refresh tokens are JWTs; they are kept in any case. UAA's `refreshTokenFormat`.
    pub refresh_jwt: bool,
    /// Whether each refresh gives another refresh token, where somebody has said so. UAA's `refreshTokenRotate`; see
    /// [`TokenForms::rotates`].
    pub refresh_rotate: Option<bool>,
    /// Whether a new sign-in ends the refresh tokens that the same user and client had. UAA's `refreshTokenUnique`.
    pub refresh_unique: bool,
    /// Whether refresh tokens are for sign-ins with the scope `uaa.offline_token` alone. UAA's `restrict_grant`.
    pub refresh_restricted: bool,
}

impl TokenForms {
    /// Whether the refresh token of a client that shows itself like this is good once.
    pub(crate) fn rotates(self, client: &Known, by: ClientAuth) -> bool {
        match by {
            // RFC 9700 section 4.14.2.
            ClientAuth::Name => true,
            // UAA's form of the cf CLI. Several of its commands at once share one token, and the loser's would end the sign-in of all.
            ClientAuth::Empty => self.refresh_rotate.unwrap_or(false),
            // FAPI 2.0 Security Profile section 5.3.2.1, point 9: what is bound to a client that proves who it is need not change.
            ClientAuth::Secret
            | ClientAuth::Assertion
            | ClientAuth::Certificate
            | ClientAuth::OwnCertificate => {
                client.policy.fapi.is_none() && self.refresh_rotate.unwrap_or(true)
            }
        }
    }
}

/// The form of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessForm {
    /// Signed, and kept nowhere.
    Jwt,
    /// Signed, and ended with its row.
    StoredJwt,
    /// A name for what is kept.
    Opaque,
}

impl Engine {
    /// What counts in the request's zone.
    pub(crate) fn forms(&self, cx: &Ctx) -> TokenForms {
        let (here, ours) = (cx.here(), self.settings.forms);
        let zone = &here.config.token_policy;
        TokenForms {
            revocable: zone.jwt_revocable.unwrap_or(ours.revocable),
            refresh_jwt: zone.refresh_token_format.as_deref().map_or(ours.refresh_jwt, |form| form == "jwt"),
            refresh_rotate: zone.refresh_token_rotate.or(ours.refresh_rotate),
            refresh_unique: zone.refresh_token_unique.unwrap_or(ours.refresh_unique),
            refresh_restricted: ours.refresh_restricted,
        }
    }

    /// `opaque`: whether the request asks for it (`token_format`).
    pub(crate) fn access_form(&self, opaque: bool, cx: &Ctx) -> AccessForm {
        match (opaque, self.forms(cx).revocable) {
            (true, _) => AccessForm::Opaque,
            (false, true) => AccessForm::StoredJwt,
            (false, false) => AccessForm::Jwt,
        }
    }
}
