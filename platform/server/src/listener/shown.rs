use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, SignatureScheme};

/// Lets a client show a certificate, whoever made it, as long as it holds the key. Whether somebody is to be believed because of it
/// is decided later: a client may be known by the whole certificate (RFC 8705 section 2.2), which needs no authority.
#[derive(Debug)]
pub(super) struct WhateverIsShown {
    pub(super) asked: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl WhateverIsShown {
    pub(super) fn new(asked: bool) -> Self {
        WhateverIsShown { asked, algorithms: aws_lc_rs::default_provider().signature_verification_algorithms }
    }
}

impl ClientCertVerifier for WhateverIsShown {
    fn offer_client_auth(&self) -> bool {
        self.asked
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    // Clients choose by these, and one with a certificate that nobody signed would choose none.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
