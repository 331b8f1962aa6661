//! RFC 6749 section 4.4. No database: the client is in memory, and such a token is not stored: that it was made is noted.

use super::{Asked, stored};
use crate::answer::{narrowed, token};
use crate::engine::Engine;
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx};

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let scopes = narrowed(asked.field("scope"), &asked.client.authorities)?;
    let mut claims = engine.claims(&asked.client, None, "client_credentials", &scopes);
    if asked.opaque() {
        let access = stored::access(engine, &mut claims, asked.client.id, cx).await?;
        return token(&access, &claims, None);
    }
    let access = engine.issue(&claims, &asked.client, None, "client_credentials", cx)?;
    token(&access, &claims, None)
}
