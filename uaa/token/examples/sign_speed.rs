//! How close token making comes to the limit of the machine: signatures a second of the library alone, of whole tokens
//! made here, and of tokens made by the JWT library's stock way; for RS256 and ES256.
//!
//! `cargo run --release -p uaa-token --example sign_speed`. One thread. The three take turns, so that a drift of the
//! machine meets all alike; each figure is the median of its rounds.
#![expect(clippy::print_stdout, reason = "printing is all it does")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{EncodingKey, Header};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};
use uaa_model::Secret;
use uaa_token::{AccessClaims, Algorithm, Expect, KeySet, SigningKey, audience};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(400);
const SCOPES: [&str; 6] = [
    "cloud_controller.read",
    "cloud_controller.write",
    "openid",
    "password.write",
    "uaa.user",
    "network.write",
];

fn main() -> Result<(), Box<dyn Error>> {
    rs256()?;
    es256()
}

fn rs256() -> Result<(), Box<dyn Error>> {
    let made = RsaKeyPair::generate(KeySize::Rsa2048)?;
    assert_eq!(made.public_key().modulus_len(), 256);
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&made)?;
    // Read back like ours, so that both are the same object to the library.
    let pair = RsaKeyPair::from_pkcs8(der.as_ref())?;
    let pem = pem(der.as_ref());
    let message = vec![b'a'; 900];
    let mut signature = vec![0; pair.public_modulus_len()];
    let raw = || {
        let _ = black_box(pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature));
    };
    let stock = EncodingKey::from_rsa_pem(pem.expose().as_bytes())?;
    compare("RS256", raw, Algorithm::Rs256, &pem, &stock, jsonwebtoken::Algorithm::RS256)
}

fn es256() -> Result<(), Box<dyn Error>> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let der = pair.to_pkcs8v1()?;
    let message = vec![b'a'; 900];
    let raw = || {
        let _ = black_box(pair.sign(&SystemRandom::new(), &message));
    };
    let stock = EncodingKey::from_ec_der(der.as_ref());
    compare("ES256", raw, Algorithm::Es256, &pem(der.as_ref()), &stock, jsonwebtoken::Algorithm::ES256)
}

/// The same key in three hands.
fn compare(
    name: &str,
    mut raw: impl FnMut(),
    algorithm: Algorithm,
    pem: &Secret,
    stock: &EncodingKey,
    stock_algorithm: jsonwebtoken::Algorithm,
) -> Result<(), Box<dyn Error>> {
    let set = KeySet::new(SigningKey::import(algorithm, "key-1", pem).map_err(|why| format!("{why:?}"))?);
    let encoder = set.encoder("https://uaa.example.org/token_keys");
    let header = Header { kid: Some("key-1".into()), ..Header::new(stock_algorithm) };
    let expect = Expect {
        now: 1_700_000_000_000_000,
        issuer: ISSUER,
        audience: &["cloud_controller"],
        zone: Some("uaa"),
    };
    let token = encoder.encode(&claims()).map_err(|why| format!("{why:?}"))?;
    let mut figures = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        figures[0].push(rate(&mut raw));
        figures[1].push(rate(|| {
            let _ = black_box(encoder.encode(&claims()));
        }));
        figures[2].push(rate(|| {
            let _ = black_box(jsonwebtoken::encode(&header, &claims(), stock));
        }));
        figures[3].push(rate(|| {
            let _ = black_box(set.verify::<AccessClaims<'_>>(&token, &expect));
        }));
    }
    let [limit, ours, stock, verify] = figures.map(median);
    println!("{name}: token of {} bytes", token.len());
    println!("  signing alone       {limit:>8.0}/s");
    println!("  tokens made here    {ours:>8.0}/s  ratio {:.3}", ours / limit);
    println!("  the library's way   {stock:>8.0}/s  ratio {:.3}", stock / limit);
    println!("  verified here       {verify:>8.0}/s");
    Ok(())
}

const ISSUER: &str = "https://uaa.example.org/oauth/token";

/// A user's token as `cf` gets one, made anew for each round.
fn claims() -> AccessClaims<'static> {
    AccessClaims {
        jti: "0a6ef13f7a2b4d6c9d3c6e0f3a1b2c4d".into(),
        sub: "0190f2c1-7f5e-7a3b-9c1d-2e3f4a5b6c7d".into(),
        scope: SCOPES.iter().map(|scope| (*scope).into()).collect(),
        client_id: "cf".into(),
        cid: "cf".into(),
        azp: "cf".into(),
        grant_type: "password".into(),
        user_id: Some("0190f2c1-7f5e-7a3b-9c1d-2e3f4a5b6c7d".into()),
        origin: Some("uaa".into()),
        user_name: Some("marissa@example.org".into()),
        email: Some("marissa@example.org".into()),
        auth_time: Some(1_700_000_000),
        rev_sig: "0123456789abcdef".into(),
        iat: 1_700_000_000,
        exp: 1_700_001_200,
        iss: ISSUER.into(),
        zid: "uaa".into(),
        aud: audience("cf", SCOPES),
        ..AccessClaims::default()
    }
}

fn rate(mut once: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut count = 0_u32;
    while begin.elapsed() < ROUND {
        once();
        count += 1;
    }
    f64::from(count) / begin.elapsed().as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn pem(der: &[u8]) -> Secret {
    let body = STANDARD.encode(der);
    Secret::new(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"))
}
