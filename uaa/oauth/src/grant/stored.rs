//! Tokens that are kept: refresh tokens and opaque access tokens.

use crate::actor::hex;
use crate::engine::Engine;
use uaa_authz::{Create, Zone};
use uaa_directory::Token;
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Granted, Set};
use uaa_token::{AccessClaims, digest, opaque_access};
use uuid::Uuid;

/// A row to keep.
pub(super) struct Keep<'a> {
    pub(super) jti: &'a str,
    pub(super) text: &'a str,
    pub(super) kind: &'a str,
    pub(super) client_id: &'a str,
    pub(super) subject: Uuid,
    pub(super) family: Uuid,
    pub(super) claims: String,
    pub(super) expires: Micros,
}

/// Writes the row in the transaction at hand, which must be one that writes.
pub(super) async fn keep(cx: &mut Ctx, keep: Keep<'_>) -> Reply<Granted<Create, Token>> {
    let zone = Id::<Zone>::new(cx.zone());
    let slot = cx.tx().slot::<Token>(zone).await?;
    let set = Set::default()
        .put(Token::jti, keep.jti.to_owned())
        .put(Token::digest, hex(&digest(keep.text)))
        .put(Token::kind, keep.kind.to_owned())
        .put(Token::client_id, keep.client_id.to_owned())
        .put(Token::subject, keep.subject)
        .put(Token::family, keep.family)
        .put(Token::used, false)
        .put(Token::claims, keep.claims)
        .put(Token::expires, keep.expires);
    let id = cx.tx().ids().uuid();
    cx.tx().insert_as(slot, Id::new(id), Some(keep.subject), set).await
}

/// Keeps an access token under an opaque name and gives the name.
pub(crate) async fn access(
    engine: &Engine,
    claims: &mut AccessClaims<'_>,
    subject: Uuid,
    cx: &mut Ctx,
) -> Reply<String> {
    let text = opaque_access(&engine.ids);
    claims.jti = text.clone().into();
    claims.revocable = Some(true);
    cx.step_to_write().await?;
    let row = Keep {
        jti: &text,
        text: &text,
        kind: "access",
        client_id: &claims.client_id,
        subject,
        family: engine.ids.uuid(),
        claims: serde_json::to_string(claims).map_err(|e| Fault::Internal(e.to_string()))?,
        expires: claims.exp * 1_000_000,
    };
    keep(cx, row).await?;
    Ok(text)
}
