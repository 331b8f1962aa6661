//! Clients that are known, and tokens that are bound, by a certificate (RFC 8705).

use crate::authorize::claims;
use crate::client_auth::make;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType,
    date_time_ymd,
};
use serde_json::{Value, json};
use tests::{Hallmark, Said, changed, said};
use uaa_token::certificate_thumbprint;

/// A certificate and its key.
struct Card {
    der: Vec<u8>,
    pem: String,
    key: KeyPair,
}

impl Card {
    /// One that an authority has signed, or the card itself.
    fn of(name: &str, by: Option<&Issuer<'_, KeyPair>>, old: bool) -> Card {
        let (mut params, key) = (CertificateParams::default(), KeyPair::generate().unwrap());
        params.distinguished_name.push(DnType::CommonName, name);
        params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        if old {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let made = match by {
            Some(by) => params.signed_by(&key, by),
            None => params.self_signed(&key),
        };
        let made = made.unwrap();
        Card { der: made.der().to_vec(), pem: made.pem(), key }
    }

    /// Its key with it beside, as a client registers one.
    fn jwks(&self) -> Value {
        let point = self.key.public_key_raw();
        let part = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "card", "x": part(&point[1..33]), "y": part(&point[33..]),
            "x5c": [STANDARD.encode(&self.der)]}]})
    }

    /// What shows it with TLS.
    fn client(&self, server: &Hallmark) -> reqwest::Client {
        let identity =
            reqwest::Identity::from_pem(format!("{}{}", self.pem, self.key.serialize_pem()).as_bytes());
        let trusted = std::fs::read(server.data().join("tls/certificate.pem")).unwrap();
        let trusted = reqwest::Certificate::from_pem(&trusted).unwrap();
        reqwest::Client::builder().tls_certs_only([trusted]).identity(identity.unwrap()).build().unwrap()
    }
}

fn authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let (mut params, key) = (CertificateParams::default(), KeyPair::generate().unwrap());
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).unwrap().pem();
    (pem, Issuer::new(params, key))
}

/// A server that asks for certificates and knows one authority.
async fn asking() -> (Hallmark, Issuer<'static, KeyPair>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (pem, issuer) = authority("Acme");
    std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
    let file = folder.path().join("ca.pem");
    let yaml = format!(
        "listen:\n  tls: {{self_signed: true}}\n  client_certificates: true\n  client_ca: '{}'\n",
        file.display()
    );
    (Hallmark::start_with(&yaml).await, issuer, folder)
}

async fn token(server: &Hallmark, client: &reqwest::Client, form: &[(&str, &str)]) -> Said {
    said(client.post(format!("{}/oauth/token", server.uaa())).form(form)).await
}

async fn by_name(server: &Hallmark, client: &reqwest::Client, id: &str) -> Said {
    token(server, client, &[("grant_type", "client_credentials"), ("client_id", id)]).await
}

fn refused(said: &Said, why: &str) {
    assert_eq!((said.status, said.body["error"].as_str()), (401, Some("invalid_client")), "{why}: {said:?}");
}

const BOUND: &str = "tls_client_certificate_bound_access_tokens";
const SHOP: &str = "shop.example.com";

#[tokio::test]
async fn a_client_is_known_by_its_certificate() {
    let (server, acme, _folder) = asking().await;
    let (named, own) = (Card::of(SHOP, Some(&acme), false), Card::of(SHOP, None, false));
    let by_dns = json!({"client_id": "named", "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_san_dns": SHOP, "authorities": ["uaa.resource"]});
    assert_eq!(make(&server, by_dns.clone()).await.status, 201);
    let by_subject = json!({"client_id": "subject", "tls_client_auth_san_dns": null,
        "tls_client_auth_subject_dn": format!("CN={SHOP}")});
    assert_eq!(make(&server, changed(&by_dns, &by_subject)).await.status, 201);
    let by_itself = json!({"client_id": "own", "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "jwks": own.jwks()});
    let made = make(&server, by_itself).await;
    assert_eq!((made.status, &made.body["jwks"]), (201, &own.jwks()), "{made:?}");

    let nobody = server.client();
    let (_, elsewhere) = authority("Acme");
    for (who, card, why) in [
        ("named", own.client(&server), "nobody has signed it"),
        ("named", Card::of(SHOP, Some(&elsewhere), false).client(&server), "another authority of that name"),
        ("named", Card::of("pets.example.com", Some(&acme), false).client(&server), "another name"),
        ("named", Card::of(SHOP, Some(&acme), true).client(&server), "it is over"),
        ("named", nobody.clone(), "none"),
        ("subject", Card::of("pets.example.com", Some(&acme), false).client(&server), "another subject"),
        ("own", named.client(&server), "the same name"),
        ("own", Card::of(SHOP, None, false).client(&server), "another key"),
        ("own", nobody.clone(), "none"),
        ("cf", named.client(&server), "a certificate says nothing of who did not register one"),
    ] {
        refused(&by_name(&server, &card, who).await, &format!("{who}: {why}"));
    }
    for (who, card, method) in [
        ("named", &named, "tls_client_auth"),
        ("subject", &named, "tls_client_auth"),
        ("own", &own, "self_signed_tls_client_auth"),
    ] {
        let said = by_name(&server, &card.client(&server), who).await;
        assert_eq!(said.status, 200, "{who}: {said:?}");
        let claims = claims(&said.body["access_token"]);
        assert_eq!((&claims["client_auth_method"], &claims["cnf"]), (&json!(method), &Value::Null));
    }
    // Nor by a secret, nor by name alone where that is not enough; other endpoints know it as well.
    let secret = [("grant_type", "client_credentials"), ("client_id", "named"), ("client_secret", "")];
    refused(&token(&server, &named.client(&server), &secret).await, "a secret");
    let url = format!("{}/introspect", server.uaa());
    let form = [("client_id", "named"), ("token", "x")];
    assert_eq!(said(named.client(&server).post(&url).form(&form)).await.body, json!({"active": false}));
    refused(&said(nobody.post(&url).form(&form)).await, "introspection without");
    let discovery = format!("{}/.well-known/openid-configuration", server.uaa());
    let discovery = server.ask("", "GET", &discovery, None).await.body;
    let methods = discovery["token_endpoint_auth_methods_supported"].as_array().unwrap().clone();
    assert!(
        ["tls_client_auth", "self_signed_tls_client_auth"]
            .iter()
            .all(|method| methods.contains(&json!(method)))
    );
    assert_eq!(discovery[BOUND], true);
}

#[tokio::test]
async fn a_bound_token_is_good_with_its_certificate_alone() {
    let (server, acme, _folder) = asking().await;
    let (mine, other) = (Card::of(SHOP, Some(&acme), false), Card::of(SHOP, Some(&acme), false));
    let (with, without, stolen) = (mine.client(&server), server.client(), other.client(&server));
    let more = json!({"client_id": "shop", "client_secret": "first", BOUND: true, "allowpublic": false,
        "authorized_grant_types": ["password"], "scope": ["openid", "cloud_controller.read"]});
    assert_eq!(make(&server, more.clone()).await.status, 201);
    let public = json!({"client_id": "phone", "client_secret": null, "allowpublic": true});
    assert_eq!(make(&server, changed(&more, &public)).await.status, 201);
    let password = server.admin_password();
    let form = |id: &'static str| {
        [
            ("grant_type", "password"),
            ("username", "admin"),
            ("password", password.as_str()),
            ("client_id", id),
        ]
    };
    let shop = [&form("shop")[..], &[("client_secret", "first")]].concat();
    let none = token(&server, &without, &shop).await;
    assert_eq!((none.status, &none.body["error"]), (400, &json!("invalid_request")), "{none:?}");
    let given = token(&server, &with, &shop).await;
    assert_eq!((given.status, &given.body["token_type"]), (200, &json!("bearer")), "{given:?}");
    let access = given.body["access_token"].as_str().unwrap().to_owned();
    let thumbprint = certificate_thumbprint(&mine.der);
    assert_eq!(claims(&given.body["access_token"])["cnf"], json!({"x5t#S256": thumbprint}));
    assert_eq!(server.ask_about(&access).await["cnf"]["x5t#S256"], thumbprint);
    for door in [format!("{}/v3/organizations", server.api()), format!("{}/userinfo", server.uaa())] {
        for (client, status) in [(&with, 200), (&without, 401), (&stolen, 401), (&with, 200)] {
            assert_eq!(said(client.get(&door).bearer_auth(&access)).await.status, status, "{door}");
        }
    }
    let info = format!("{}/userinfo", server.uaa());
    let in_form = |client: &reqwest::Client| said(client.post(&info).form(&[("access_token", &access)]));
    assert_eq!((in_form(&with).await.status, in_form(&stolen).await.status), (200, 401));
    // A refresh token of a client that shows nothing else is good with the same one; another one takes a certificate along.
    let given = token(&server, &with, &form("phone")).await;
    let refresh = given.body["refresh_token"].as_str().unwrap_or_else(|| panic!("{given:?}")).to_owned();
    let again =
        [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), ("client_id", "phone")];
    assert_eq!(token(&server, &stolen, &again).await.body["error"], "invalid_grant");
    assert_eq!(token(&server, &without, &again).await.body["error"], "invalid_request");
    let next = token(&server, &with, &again).await;
    assert_eq!(claims(&next.body["access_token"])["cnf"]["x5t#S256"], thumbprint);
    // FAPI 2.0 takes one of the two.
    let strict = json!({"client_id": "bank", "fapi_profile": "fapi2_security", BOUND: true,
        "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": SHOP});
    assert_eq!(make(&server, strict.clone()).await.status, 201);
    let given = by_name(&server, &with, "bank").await;
    assert_eq!(claims(&given.body["access_token"])["cnf"]["x5t#S256"], thumbprint, "{given:?}");
    let loose = changed(&strict, &json!({"client_id": "loose", BOUND: null}));
    assert_eq!(make(&server, loose).await.status, 201);
    assert_eq!(by_name(&server, &with, "loose").await.body["error"], "invalid_dpop_proof");
}

#[tokio::test]
async fn a_proxy_that_is_known_writes_the_certificate_down() {
    let folder = tempfile::tempdir().unwrap();
    let (pem, acme) = authority("Acme");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, pem).unwrap();
    let yaml = |proxy: &str, header: &str| {
        format!("trusted_proxies: [{proxy}]\nlisten: {{client_ca: '{}'}}\n{header}", file.display())
    };
    let header = "forwarded_client_certificate: x-forwarded-client-cert\n";
    let mut server = Hallmark::start_with(&yaml("127.0.0.1", header)).await;
    let client = json!({"client_id": "named", "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_san_dns": SHOP, BOUND: true, "authorities": ["cloud_controller.read"]});
    assert_eq!(make(&server, client).await.status, 201);
    let card = Card::of(SHOP, Some(&acme), false);
    let plain = STANDARD.encode(&card.der);
    let escaped =
        percent_encoding::utf8_percent_encode(&card.pem, percent_encoding::NON_ALPHANUMERIC).to_string();
    let ask = async |server: &Hallmark, lines: &[&str]| {
        let url = format!("{}/oauth/token", server.uaa());
        let mut request = reqwest::Client::new().post(url);
        for line in lines {
            request = request.header("x-forwarded-client-cert", *line);
        }
        said(request.form(&[("grant_type", "client_credentials"), ("client_id", "named")])).await
    };
    for line in [plain.as_str(), &escaped, &format!(":{plain}:")] {
        let given = ask(&server, &[line]).await;
        let bound = claims(&given.body["access_token"])["cnf"]["x5t#S256"].clone();
        assert_eq!(bound, certificate_thumbprint(&card.der), "{given:?}");
        let door = format!("{}/v3/organizations", server.api());
        let token = given.body["access_token"].as_str().unwrap();
        let with =
            reqwest::Client::new().get(&door).bearer_auth(token).header("x-forwarded-client-cert", line);
        assert_eq!((said(with).await.status, server.ask(token, "GET", &door, None).await.status), (200, 401));
    }
    let stranger = STANDARD.encode(Card::of(SHOP, None, false).der);
    for lines in
        [vec![], vec![plain.as_str(), &plain], vec!["nonsense"], vec![&stranger], vec![&plain[..100]]]
    {
        refused(&ask(&server, &lines).await, &format!("{lines:?}"));
    }
    server.restart_with(&yaml("10.0.0.0/8", header)).await;
    refused(&ask(&server, &[&plain]).await, "somebody who is no proxy");
    server.restart_with(&yaml("127.0.0.1", "")).await;
    refused(&ask(&server, &[&plain]).await, "a header that the operator did not name");
}
