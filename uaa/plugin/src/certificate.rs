use uaa_token::Certificate;

/// A certificate that a client showed, and whose key it holds: to us with TLS, or to a proxy that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCertificate {
    /// What it says.
    pub certificate: Certificate,
    /// Whether an authority that the operator named has signed it, and it is good now. Otherwise it says no more than that it is
    /// the same certificate as before.
    pub trusted: bool,
}
