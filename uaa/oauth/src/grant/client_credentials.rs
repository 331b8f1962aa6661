//! RFC 6749 section 4.4. No database: the client is in memory, and such a token is not stored unless
//! it is asked for as an opaque one, or the zone keeps all; that it was made is noted.

use super::Asked;
use crate::engine::Engine;
use crate::issue::{Issued, bound_to};
use crate::scope::narrowed;
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx};

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let scopes = narrowed(asked.field("scope"), &asked.client.authorities)?;
    let mut claims = engine.claims(&asked.client, None, "client_credentials", &scopes)?;
    claims.client_auth_method = asked.by.claim().map(Into::into);
    claims.az_attr.clone_from(&asked.attributes);
    claims.cnf = bound_to(&asked.bound);
    let form = (asked.opaque(), engine.ids.uuid(), None);
    let access = engine.access_token(&mut claims, &asked.client, None, form, cx).await?;
    Issued::new(access, &claims).answer()
}
