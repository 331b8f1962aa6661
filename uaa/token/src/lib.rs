//! Floor 1: keys, and everything that is signed with them or encrypted to them.
//!
//! Keys are made, sealed for the database and shown to the public here; claims are typed, encoded once and verified
//! against the caller's clock. No async, no I/O, no database: time and stored bytes are arguments.

mod algorithm;
mod certificate;
mod claims;
mod data_key;
mod digest_key;
mod dpop;
mod encoder;
mod fuzz;
mod header;
mod jwe;
mod jwk;
mod key;
mod key_set;
mod nonce;
mod opaque;
mod pairwise;
mod pem;
mod public_key;
mod rejected;
mod rev_sig;
mod verify;

pub use algorithm::Algorithm;
pub use certificate::{Certificate, CertificateName, DistinguishedName, certificate_thumbprint};
pub use claims::{
    AT_JWT, AccessClaims, Acr, Assertion, Claims, IdClaims, IdTyp, Marks, PersonAssertion, RefreshClaims,
    Registered, RequestObject, Said, TokenKind, audience, epoch_seconds,
};
pub use data_key::DataKey;
pub use digest_key::DigestKey;
pub use dpop::{Confirmation, DPOP_SECONDS, DpopProof, ProvedRequest};
pub use encoder::Encoder;
#[doc(hidden)]
pub use fuzz::{fuzz_certificate, fuzz_decode, fuzz_jwe, fuzz_proof, fuzz_request_object};
pub use jwe::{
    Accepted, ContentEncryption, DecryptionKey, Encryption, EncryptionKey, KeyManagement, Unreadable,
    is_encrypted,
};
pub use key::SigningKey;
pub use key_set::{KeySet, KeyState, KeyStatus};
pub use nonce::NonceKey;
pub use opaque::{REFRESH_SUFFIX, Shape, digest, is_refresh_jti, opaque_access, opaque_refresh};
pub use pairwise::PairwiseKey;
pub use public_key::{PublicKey, PublicKeys};
pub use rejected::Rejected;
pub use rev_sig::{Generations, RevSig, RevSigKey};
pub use verify::{Expect, MAX_TOKEN_BYTES, claimed_algorithm, claimed_parties, names_one_audience};
