//! The signing library alone: the limit of every token endpoint.

use crate::Outcome;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use std::hint::black_box;

/// The keys that tokens are signed with here.
#[derive(Clone, Copy)]
pub(crate) enum Key {
    /// RS256.
    Rsa2048,
    /// ES256.
    P256,
}

impl Key {
    /// The algorithm's name (RFC 7518 section 3.1).
    pub(crate) fn algorithm(self) -> &'static str {
        match self {
            Key::Rsa2048 => "RS256",
            Key::P256 => "ES256",
        }
    }
}

/// One signature over as many bytes as a token has, with a key made once.
pub(crate) fn signer(key: Key) -> Outcome<Box<dyn FnMut()>> {
    let (message, random) = (vec![b'a'; 900], SystemRandom::new());
    Ok(match key {
        Key::Rsa2048 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
            let mut signature = vec![0; pair.public_modulus_len()];
            Box::new(move || {
                let _ = black_box(pair.sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature));
            })
        }
        Key::P256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
            Box::new(move || {
                let _ = black_box(pair.sign(&random, &message));
            })
        }
    })
}
