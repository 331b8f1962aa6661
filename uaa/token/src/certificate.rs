//! Certificates that clients show (RFC 8705), as far as they say whose they are. Whether one is to be believed is the listener's to
//! see: here they are read and compared, and nothing is verified.

mod name;

pub use name::DistinguishedName;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use std::net::IpAddr;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// A certificate whose key somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    thumbprint: String,
    subject: Option<DistinguishedName>,
    dns: Vec<String>,
    uris: Vec<String>,
    ips: Vec<IpAddr>,
    emails: Vec<String>,
}

impl Certificate {
    /// Reads one in DER; `None` when it is none, or has something behind it.
    pub fn read(der: &[u8]) -> Option<Certificate> {
        if der.len() > MOST_BYTES {
            return None;
        }
        let (rest, read) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let mut certificate = Certificate {
            thumbprint: certificate_thumbprint(der),
            subject: DistinguishedName::of(read.subject()),
            dns: vec![],
            uris: vec![],
            ips: vec![],
            emails: vec![],
        };
        // Two extensions of that name are an error, and then no name counts.
        let names = read.subject_alternative_name().ok().flatten();
        for name in names.iter().flat_map(|names| &names.value.general_names) {
            match name {
                GeneralName::DNSName(name) => certificate.dns.push(name.to_ascii_lowercase()),
                GeneralName::URI(uri) => certificate.uris.push((*uri).to_owned()),
                GeneralName::RFC822Name(email) => certificate.emails.push((*email).to_owned()),
                GeneralName::IPAddress(bytes) => certificate.ips.extend(address(bytes)),
                _ => {}
            }
        }
        Some(certificate)
    }

    /// Reads what a proxy writes into a header: the base64 of the DER, with lines or without, with RFC 9440's colons around it or
    /// as PEM, which may be percent-encoded.
    pub fn of_header(text: &str) -> Option<(Vec<u8>, Certificate)> {
        if text.len() > MOST_BYTES * 2 {
            return None;
        }
        // `+` is a letter of base64 and stays.
        let text = percent_decode_str(text).decode_utf8().ok()?;
        let text = text.trim();
        let text = text.strip_prefix(':').and_then(|text| text.strip_suffix(':')).unwrap_or(text);
        let text = text.strip_prefix(BEGIN).map_or(Some(text), |text| text.trim_end().strip_suffix(END))?;
        let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let der = STANDARD.decode(plain).ok()?;
        let certificate = Certificate::read(&der)?;
        Some((der, certificate))
    }

    /// SHA-256 of the whole (`x5t#S256`, RFC 8705 section 3.1).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Whether it is for that name.
    pub fn is_for(&self, name: &CertificateName) -> bool {
        match name {
            CertificateName::Subject(wanted) => self.subject.as_ref() == Some(wanted),
            // Whole names: a wildcard in a client's certificate is a star.
            CertificateName::Dns(wanted) => self.dns.iter().any(|name| name.eq_ignore_ascii_case(wanted)),
            CertificateName::Uri(wanted) => self.uris.contains(wanted),
            CertificateName::Ip(wanted) => self.ips.contains(wanted),
            CertificateName::Email(wanted) => self.emails.contains(wanted),
        }
    }
}

/// By which name in its certificate a client is known (RFC 8705 section 2.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateName {
    /// `tls_client_auth_subject_dn`
    Subject(DistinguishedName),
    /// `tls_client_auth_san_dns`
    Dns(String),
    /// `tls_client_auth_san_uri`
    Uri(String),
    /// `tls_client_auth_san_ip`
    Ip(IpAddr),
    /// `tls_client_auth_san_email`
    Email(String),
}

impl CertificateName {
    /// The members of client metadata that name one.
    pub const MEMBERS: [&str; 5] = [
        "tls_client_auth_subject_dn",
        "tls_client_auth_san_dns",
        "tls_client_auth_san_uri",
        "tls_client_auth_san_ip",
        "tls_client_auth_san_email",
    ];

    /// Reads the value of one of these members; `None` when it can be in no certificate.
    pub fn read(member: &str, text: &str) -> Option<CertificateName> {
        let plain = !text.is_empty() && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let text_of = || Some(text.to_owned()).filter(|_| plain);
        match member {
            "tls_client_auth_subject_dn" => DistinguishedName::parse(text).map(CertificateName::Subject),
            "tls_client_auth_san_dns" => text_of().map(CertificateName::Dns),
            "tls_client_auth_san_uri" => text_of().map(CertificateName::Uri),
            "tls_client_auth_san_ip" => text.parse().ok().map(CertificateName::Ip),
            "tls_client_auth_san_email" => text_of().map(CertificateName::Email),
            _ => None,
        }
    }
}

/// The thumbprint of a certificate in DER.
pub fn certificate_thumbprint(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, der))
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// For the fuzzer: whatever stands in the header or is shown with TLS is read without a panic, and one that is read says the same
/// when its bytes are read again.
///
/// # Panics
/// When that does not hold.
pub(crate) fn fuzz(bytes: &[u8]) {
    let _ = Certificate::read(bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = DistinguishedName::parse(&text);
    if let Some((der, certificate)) = Certificate::of_header(&text) {
        assert_eq!(Certificate::read(&der), Some(certificate), "another one");
    }
}

/// The largest certificate that is looked at.
const MOST_BYTES: usize = 16 * 1024;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

#[cfg(test)]
mod tests;
