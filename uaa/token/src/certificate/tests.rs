use super::*;
use proptest::prelude::*;
use rcgen::string::Ia5String;
use rcgen::{CertificateParams, DnType, KeyPair, SanType};

fn made() -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "DE");
    params.distinguished_name.push(DnType::OrganizationName, "Acme, Inc.");
    params.distinguished_name.push(DnType::CommonName, "shop");
    let text = |text: &str| Ia5String::try_from(text.to_owned()).unwrap();
    params.subject_alt_names = vec![
        SanType::DnsName(text("Shop.example.com")),
        SanType::URI(text("spiffe://acme/shop")),
        SanType::IpAddress("192.0.2.7".parse().unwrap()),
        SanType::IpAddress("2001:db8::7".parse().unwrap()),
        SanType::Rfc822Name(text("ops@example.com")),
    ];
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

#[test]
fn it_is_known_by_each_of_its_names_and_by_no_other() {
    let certificate = Certificate::read(&made()).unwrap();
    let is = |member: &str, text: &str| {
        CertificateName::read(member, text).is_some_and(|name| certificate.is_for(&name))
    };
    for (member, good, others) in [
        (
            "tls_client_auth_subject_dn",
            "CN=shop,O=Acme\\, Inc.,C=DE",
            ["CN=shop", "C=DE,O=Acme\\, Inc.,CN=shop", "shop"],
        ),
        (
            "tls_client_auth_san_dns",
            "shop.example.com",
            ["*.example.com", "example.com", "shop.example.com.evil"],
        ),
        ("tls_client_auth_san_uri", "spiffe://acme/shop", ["spiffe://acme/", "spiffe://acme/shop/x", ""]),
        ("tls_client_auth_san_ip", "192.0.2.7", ["192.0.2.8", "::ffff:192.0.2.7", "shop"]),
        ("tls_client_auth_san_ip", "2001:0db8::0007", ["2001:db8::8", "", "192.0.2"]),
        ("tls_client_auth_san_email", "ops@example.com", ["OPS@example.com", "ops@example.com.evil", "a b"]),
        ("tls_client_auth_san_other", "", ["", "x", "y"]),
    ] {
        assert_eq!(is(member, good), member != "tls_client_auth_san_other", "{member} {good}");
        for other in others {
            assert!(!is(member, other), "{member} {other}");
        }
    }
    assert_eq!(certificate.thumbprint().len(), 43);
}

/// As the field's router, nginx, HAProxy and RFC 9440 write one.
#[test]
fn proxies_write_it_in_several_ways() {
    let der = made();
    let plain = STANDARD.encode(&der);
    let lines: Vec<&str> =
        plain.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"));
    let escaped = percent_encoding::utf8_percent_encode(&pem, percent_encoding::NON_ALPHANUMERIC).to_string();
    for good in [
        plain.clone(),
        format!(":{plain}:"),
        pem.replace('\n', " "),
        pem.replace('\n', "\t"),
        pem.clone(),
        escaped,
    ] {
        let read = Certificate::of_header(&good).unwrap_or_else(|| panic!("{good}"));
        assert_eq!(read, (der.clone(), Certificate::read(&der).unwrap()));
    }
    for bad in [
        String::new(),
        "(null)".into(),
        format!("{plain},{plain}"),
        format!("{BEGIN}{plain}"),
        pem.repeat(2),
        plain[4..].to_owned(),
    ] {
        assert!(Certificate::of_header(&bad).is_none(), "{bad}");
    }
    assert!(Certificate::read(&[der.as_slice(), b"x"].concat()).is_none(), "with something behind it");
    assert!(Certificate::of_header(&"A".repeat(100_000)).is_none());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0usize..300, with in any::<u8>()) {
        fuzz(&bytes);
        let mut der = made();
        let at = at % der.len();
        der[at] = with;
        fuzz(&der);
        fuzz(STANDARD.encode(&der).as_bytes());
    }
}
