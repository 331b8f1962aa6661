//! Certificates of clients (RFC 8705): shown to us with TLS, or to a proxy that writes them down.

use crate::config::Config;
use crate::failure::Failure;
use http::{HeaderMap, HeaderName};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use uaa_model::{Clock, SystemClock};
use uaa_oauth::Certificates;
use uaa_plugin::ShownCertificate;
use uaa_token::Certificate;

/// Who signs certificates of clients, and where they come from.
#[derive(Clone, Debug, Default)]
pub struct ClientCertificates {
    authority: Option<Arc<dyn ClientCertVerifier>>,
    /// In which header a proxy writes them down.
    header: Option<HeaderName>,
}

impl ClientCertificates {
    /// As configured.
    ///
    /// # Errors
    /// When the file of the authority cannot be used; the text says what to do.
    pub fn new(config: &Config) -> Result<Self, Failure> {
        let header = config.forwarded_client_certificate.as_ref().map(|header| header.name().clone());
        let authority = config.listen.client_ca.as_deref().map(authority).transpose()?;
        Ok(ClientCertificates { authority, header })
    }

    /// What a client has shown with TLS, its own certificate first.
    pub fn shown(&self, chain: &[CertificateDer<'_>]) -> Option<Arc<ShownCertificate>> {
        let (own, others) = chain.split_first()?;
        Some(Arc::new(ShownCertificate {
            certificate: Certificate::read(own)?,
            trusted: self.trusts(own, others),
        }))
    }

    /// What a client has shown to a proxy. Of several headers none is believed.
    pub(crate) fn forwarded(&self, headers: &HeaderMap) -> Option<Arc<ShownCertificate>> {
        let mut lines = headers.get_all(self.header.as_ref()?).iter();
        let (Some(line), None) = (lines.next(), lines.next()) else { return None };
        let (der, certificate) = Certificate::of_header(line.to_str().ok()?)?;
        let trusted = self.trusts(&CertificateDer::from(der), &[]);
        Some(Arc::new(ShownCertificate { certificate, trusted }))
    }

    /// Takes the header away: nobody behind the edge may believe it.
    pub(crate) fn clean(&self, headers: &mut HeaderMap) {
        if let Some(header) = &self.header {
            headers.remove(header);
        }
    }

    fn trusts(&self, own: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> bool {
        let now = u64::try_from(SystemClock.now()).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(Duration::from_micros(now));
        let good = |by: &Arc<dyn ClientCertVerifier>| by.verify_client_cert(own, others, now).is_ok();
        self.authority.as_ref().is_some_and(good)
    }
}

/// What the discovery document may promise.
pub(crate) fn promised(config: &Config) -> Certificates {
    let come = config.listen.client_certificates || config.forwarded_client_certificate.is_some();
    match (come, &config.listen.client_ca) {
        (false, _) => Certificates::None,
        (true, None) => Certificates::Shown,
        (true, Some(_)) => Certificates::Trusted,
    }
}

fn authority(file: &Path) -> Result<Arc<dyn ClientCertVerifier>, Failure> {
    let wrong = |error: &dyn Display| {
        let shown = file.display();
        Failure::new(format!(
            "`listen.client_ca`: `{shown}` cannot be used: {error}; name a readable PEM file"
        ))
    };
    let mut roots = RootCertStore::empty();
    for one in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
        roots.add(one.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| wrong(&error))
}
