//! RFC 6749 section 4.4. No database: the client is in memory, and such a token is not stored: that it was made is noted.

use super::{Asked, stored};
use crate::engine::Engine;
use crate::issue::Issued;
use crate::scope::narrowed;
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx};

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let scopes = narrowed(asked.field("scope"), &asked.client.authorities)?;
    let mut claims = engine.claims(&asked.client, None, "client_credentials", &scopes);
    if asked.opaque() {
        let access = stored::access(engine, &mut claims, asked.client.id, cx).await?;
        return Issued::new(access, &claims).answer();
    }
    let access = engine.issue(&claims, &asked.client, None, "client_credentials", cx)?;
    Issued::new(access, &claims).answer()
}
