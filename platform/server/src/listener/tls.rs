use super::shown::WhateverIsShown;
use crate::config::{Config, Tls};
use crate::failure::Failure;
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;
use uaa_model::{Clock, SystemClock};

/// What speaks TLS 1.2 and 1.3, and offers HTTP/2 before HTTP/1.1; and the fingerprint of a certificate that was made here.
pub(super) fn acceptor(tls: &Tls, config: &Config) -> Result<(TlsAcceptor, Option<String>), Failure> {
    let (certificate, key) = match tls {
        Tls::Files { certificate, key } => (certificate.clone(), key.clone()),
        Tls::SelfSigned => {
            let now = time_of(&SystemClock);
            let both = self_signed(&config.data_dir.join("tls"), &names(config), now)?;
            (both.clone(), both)
        }
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect)
        .map_err(|error| wrong("certificate", &certificate, &error))?;
    if chain.is_empty() {
        return Err(wrong("certificate", &certificate, &"it holds no certificate"));
    }
    let made = (*tls == Tls::SelfSigned).then(|| fingerprint(&chain[0]));
    let secret = PrivateKeyDer::from_pem_file(&key).map_err(|error| wrong("key", &key, &error))?;
    let mut server = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::new(format!("no TLS: {error}")))?
        .with_client_cert_verifier(Arc::new(WhateverIsShown::new(config.listen.client_certificates)))
        .with_single_cert(chain, secret)
        .map_err(|error| wrong("key", &key, &format!("it does not fit the certificate ({error})")))?;
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(server)), made))
}

/// SHA-256 as people compare it: pairs of hexadecimal digits with colons between.
fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let pairs: Vec<_> = Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

fn wrong(key: &str, file: &Path, error: &dyn Display) -> Failure {
    let shown = file.display();
    Failure::new(format!("`listen.tls.{key}`: `{shown}` cannot be used: {error}; name a readable PEM file"))
}

/// Whom the certificate is for: everything that the configuration says clients may call this server.
fn names(config: &Config) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let ip = config.listen.address.0.ip();
    if !ip.is_unspecified() {
        names.push(ip.to_string());
    }
    if let Some(domain) = &config.domain {
        names.extend(["*", "*.uaa", "*.login"].map(|part| format!("{part}.{domain}")));
    }
    let public = config.public_url.as_ref().and_then(|url| url.url().host_str());
    names.extend(public.map(|host| host.trim_matches(['[', ']']).to_owned()));
    names.sort();
    names.dedup();
    names
}

/// The certificate that was made before, or a new one when there is none, when it is for other names or soon over.
///
/// It and its key are one file, so that they always fit; the certificate alone lies beside it for those who trust it.
fn self_signed(folder: &Path, names: &[String], now: OffsetDateTime) -> Result<PathBuf, Failure> {
    let file = folder.join("self-signed.pem");
    let unwritable = |error: std::io::Error| {
        let shown = folder.display();
        Failure::new(format!("`{shown}` cannot be written: {error}; choose another folder with `--data`"))
    };
    if fs::read_to_string(&file).is_ok_and(|text| is_good(&text, names, now)) {
        return Ok(file);
    }
    let ends = now + VALID;
    let (certificate, key) = made(names, now, ends)
        .map_err(|error| Failure::new(format!("no certificate could be made: {error}")))?;
    let head = format!("{FOR}{}\n{UNTIL}{}\n", names.join(" "), ends.unix_timestamp());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unwritable)?;
    let draft = folder.join("self-signed.new");
    let _ = fs::remove_file(&draft);
    let mut writer =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(unwritable)?;
    writer.write_all(format!("{head}{certificate}{key}").as_bytes()).map_err(unwritable)?;
    writer.sync_all().map_err(unwritable)?;
    fs::rename(&draft, &file).map_err(unwritable)?;
    fs::write(folder.join("certificate.pem"), certificate).map_err(unwritable)?;
    tracing::info!(names = names.join(" "), "made a certificate");
    Ok(file)
}

fn is_good(text: &str, names: &[String], now: OffsetDateTime) -> bool {
    let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let ends = line(UNTIL).and_then(|at| OffsetDateTime::from_unix_timestamp(at.parse().ok()?).ok());
    line(FOR) == Some(names.join(" ").as_str()) && ends.is_some_and(|at| now < at - RENEW)
}

fn made(
    names: &[String],
    from: OffsetDateTime,
    to: OffsetDateTime,
) -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Hallmark, self-signed");
    // A client's clock may be a little behind.
    params.not_before = from - Duration::hours(1);
    params.not_after = to;
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

fn time_of(clock: &dyn Clock) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(clock.now() / 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

const FOR: &str = "for: ";
const UNTIL: &str = "until: ";
/// The longest that browsers take.
const VALID: Duration = Duration::days(397);
const RENEW: Duration = Duration::days(30);

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_certificate_is_made_once_and_renewed_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("tls");
        let now = OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap();
        let names = ["localhost".to_owned()];
        let read =
            |at, names: &[String]| fs::read_to_string(self_signed(&folder, names, at).unwrap()).unwrap();
        let first = read(now, &names);
        assert_eq!(read(now + Duration::days(300), &names), first);
        let second = read(now + Duration::days(370), &names);
        assert_ne!(second, first);
        assert_ne!(read(now + Duration::days(370), &["other.example".to_owned()]), second);

        let mode = fs::metadata(folder.join("self-signed.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!fs::read_to_string(folder.join("certificate.pem")).unwrap().contains("PRIVATE"));
    }
}
