use crate::DataKey;
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use std::fmt;
use uaa_model::Fault;

/// Names of people that are others in every sector (OpenID Connect Core 1.0 section 8.1).
///
/// Identifiers are sixteen bytes, one block of AES: under the key of a sector each of them has one name there, nobody else can tell
/// which, and whoever has the data key finds the person of a token again. (Section 8.1 names this way beside digests, which would need
/// a table for that.)
pub struct PairwiseKey(hmac::Key);

impl PairwiseKey {
    /// From the data key, so that an installation keeps one secret file.
    pub fn derived(from: &DataKey) -> Self {
        let parent = hmac::Key::new(HMAC_SHA256, from.bytes());
        PairwiseKey(hmac::Key::new(HMAC_SHA256, hmac::sign(&parent, b"hallmark pairwise 1").as_ref()))
    }

    /// What the sector of that zone calls it.
    ///
    /// # Errors
    /// `Internal`, which nothing given causes.
    pub fn name(&self, zone: [u8; 16], sector: &str, id: [u8; 16]) -> Result<[u8; 16], Fault> {
        let key = EncryptingKey::ecb(self.of(zone, sector)?).map_err(|_| failed())?;
        let mut block = id;
        key.encrypt(&mut block).map_err(|_| failed())?;
        Ok(block)
    }

    /// What is called that there.
    ///
    /// # Errors
    /// As of [`PairwiseKey::name`]. A name of another sector gives an identifier of nothing.
    pub fn id(&self, zone: [u8; 16], sector: &str, name: [u8; 16]) -> Result<[u8; 16], Fault> {
        let key = DecryptingKey::ecb(self.of(zone, sector)?).map_err(|_| failed())?;
        let mut block = name;
        key.decrypt(&mut block, DecryptionContext::None).map_err(|_| failed())?;
        Ok(block)
    }

    fn of(&self, zone: [u8; 16], sector: &str) -> Result<UnboundCipherKey, Fault> {
        // The zone has a fixed length: no two pairs are the same bytes.
        let key = hmac::sign(&self.0, &[&zone, sector.as_bytes()].concat());
        UnboundCipherKey::new(&AES_256, key.as_ref()).map_err(|_| failed())
    }
}

impl fmt::Debug for PairwiseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairwiseKey(…)")
    }
}

fn failed() -> Fault {
    Fault::Internal("AES-256 takes a block of its own length".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_model::SystemRng;

    #[test]
    fn another_name_in_each_sector_and_zone_and_always_the_same() {
        let data = DataKey::generate(&SystemRng);
        let key = PairwiseKey::derived(&data);
        let (zone, id) = ([1; 16], [7; 16]);
        let name = key.name(zone, "a.example", id).unwrap();
        assert_eq!(PairwiseKey::derived(&data).name(zone, "a.example", id).unwrap(), name);
        assert_eq!(key.id(zone, "a.example", name).unwrap(), id);
        let another = PairwiseKey::derived(&DataKey::generate(&SystemRng));
        for other in [
            id,
            key.name(zone, "b.example", id).unwrap(),
            key.name([2; 16], "a.example", id).unwrap(),
            key.name(zone, "a.example", [8; 16]).unwrap(),
            another.name(zone, "a.example", id).unwrap(),
        ] {
            assert_ne!(other, name);
        }
        assert_ne!(key.id(zone, "b.example", name).unwrap(), id);
        assert_eq!(format!("{key:?}"), "PairwiseKey(…)");
    }
}
