//! The document of a client's sector, read before the client is written (OpenID Connect Core 1.0 section 8.1).

use super::body::{ClientBody, Whole, refused, wrong};
use std::sync::Arc;
use uaa_authz::Update;
use uaa_directory::client_metadata::named_by_sector;
use uaa_directory::{ByName, Client, ClientOwn};
use uaa_model::{Fault, Reply};
use uaa_plugin::{Ctx, Fetch, Json};

/// Whether the documents that these clients name list the addresses that they have. Asks other hosts: no connection is to be held.
pub(super) async fn vouches(outside: &dyn Fetch, clients: &[Whole]) -> Reply<()> {
    for client in clients {
        let Some(uri) = client.sector_document() else { continue };
        let document = outside.json(&uri).await.map_err(|fault| match fault {
            Fault::Unavailable(_) => refused("`sector_identifier_uri` cannot be read"),
            other => other,
        })?;
        named_by_sector(&document, &client.redirects).map_err(wrong)?;
    }
    Ok(())
}

/// Before a client is changed: the document, where it or the addresses are others than before.
pub(super) async fn of_change(
    outside: Arc<dyn Fetch>,
    ByName(client): ByName<Update, Client>,
    Json(body): Json<ClientBody>,
    cx: &mut Ctx,
) -> Reply<()> {
    let before = cx.tx().get(&client).await?.own;
    let after = changed(&body, &before)?;
    cx.tx().release();
    vouches(&*outside, after.as_slice()).await
}

/// The client as it will be, if its document has to be read for that.
pub(super) fn changed(body: &ClientBody, before: &ClientOwn) -> Reply<Option<Whole>> {
    let after = body.changed(before)?;
    let redirects: Vec<String> = serde_json::from_str(&before.redirect_uri).unwrap_or_default();
    let same =
        redirects == after.redirects && Whole::sector_document_of(&before.more) == after.sector_document();
    Ok((!same).then_some(after))
}
