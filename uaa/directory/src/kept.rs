//! Tokens that are kept as rows: refresh tokens, opaque access tokens, and whatever is good for one use (codes, passcodes).

use crate::Token;
use serde_json::json;
use uaa_authz::{Create, Zone};
use uaa_model::{Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Annotation, Granted, Set, Tx};
use uaa_token::digest;
use uuid::Uuid;

/// A row to keep.
#[derive(Debug)]
pub struct Keep<'a> {
    /// The name of the row.
    pub jti: &'a str,
    /// What its holder holds; only its digest is kept.
    pub text: &'a str,
    /// `refresh`, `access`, `code`, `passcode`, or `ended` for an access token that is kept nowhere and is good no more.
    pub kind: &'a str,
    /// The client that may use it; empty for any.
    pub client_id: &'a str,
    /// The user, or the client itself.
    pub subject: Uuid,
    /// What ends together.
    pub family: Uuid,
    /// What it says, JSON.
    pub claims: String,
    /// When it ends.
    pub expires: Micros,
    /// The browser's session that it ends with, if it does.
    pub session: Option<Uuid>,
}

/// Writes the row in the transaction at hand, which must be one that writes, under the duty of sign-in.
pub async fn keep(cx: &mut Ctx, keep: Keep<'_>) -> Reply<Granted<Create, Token>> {
    keep_in(cx.tx(), keep).await
}

/// The same in any transaction that writes.
pub async fn keep_in(tx: &mut Tx, keep: Keep<'_>) -> Reply<Granted<Create, Token>> {
    let id = tx.ids().uuid();
    keep_as(tx, id, keep).await
}

/// The same under an identifier that is known elsewhere.
pub async fn keep_as(tx: &mut Tx, id: Uuid, keep: Keep<'_>) -> Reply<Granted<Create, Token>> {
    let zone = Id::<Zone>::new(tx.zone());
    let slot = tx.slot::<Token>(zone).await?;
    let set = Set::default()
        .put(Token::jti, keep.jti.to_owned())
        .put(Token::digest, crate::hex(&digest(keep.text)))
        .put(Token::kind, keep.kind.to_owned())
        .put(Token::client_id, keep.client_id.to_owned())
        .put(Token::subject, keep.subject)
        .put(Token::family, keep.family)
        .put(Token::used, false)
        .put(Token::claims, keep.claims)
        .put(Token::expires, keep.expires)
        .put(Token::session, keep.session);
    let made = tx.insert_as(slot, Id::new(id), Some(keep.subject), set).await?;
    let event = if ["access", "refresh"].contains(&keep.kind) {
        "TokenIssuedEvent".to_owned()
    } else {
        String::new()
    };
    let data = json!({"token": keep.kind, "client": keep.client_id, "subject": keep.subject});
    tx.annotate(Annotation { event, data, ..Annotation::default() });
    Ok(made)
}
