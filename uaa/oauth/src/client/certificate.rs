//! Clients that are known by the certificate that they show with TLS (RFC 8705 section 2).

use super::policy::ByCertificate;
use super::{ClientAuth, Known, Refusal, Why};
use crate::engine::Engine;
use std::sync::Arc;
use uaa_model::Reply;
use uaa_plugin::ShownCertificate;

impl Engine {
    /// How it was shown, if the certificate is the client's own.
    pub(super) async fn by_certificate(
        &self,
        client: &Arc<Known>,
        shown: Option<&ShownCertificate>,
    ) -> Result<ClientAuth, Refusal> {
        let shown = shown.ok_or(Why::Certificate)?;
        match &client.policy.certificate {
            // Section 2.1: by a name, which is worth what the authority is that wrote it.
            Some(ByCertificate::Named(name)) if shown.trusted && shown.certificate.is_for(name) => {
                Ok(ClientAuth::Certificate)
            }
            // Section 2.2: by the whole of it, whoever signed it.
            Some(ByCertificate::Registered)
                if self.is_registered(client, shown.certificate.thumbprint()).await? =>
            {
                Ok(ClientAuth::OwnCertificate)
            }
            Some(ByCertificate::Named(_) | ByCertificate::Registered) | None => Err(Why::Certificate.into()),
        }
    }

    /// Whether it stands beside a key of the client; one that publishes its keys may have a new one.
    async fn is_registered(&self, client: &Known, thumbprint: &str) -> Reply<bool> {
        for again in [false, true] {
            let keys = self.client_keys(client, again).await?;
            if keys.is_some_and(|keys| keys.has_certificate(thumbprint)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
