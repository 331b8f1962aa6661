use super::Cost;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use uaa_model::{Fault, Reply, Rng, Secret};

/// All that decides a hash except the secret: cost, salt and length.
#[derive(Clone)]
pub(super) struct Recipe {
    cost: Cost,
    salt: Vec<u8>,
    length: usize,
}

impl Recipe {
    /// A new salt, for a new hash.
    pub(super) fn fresh(cost: &Cost, rng: &dyn Rng) -> Self {
        let mut salt = vec![0; SALT];
        rng.fill(&mut salt);
        Recipe { cost: cost.clone(), salt, length: Params::DEFAULT_OUTPUT_LEN }
    }

    /// Takes a PHC string apart: how to compute, and what must come out.
    pub(super) fn read(phc: &str) -> Reply<(Self, Vec<u8>)> {
        let unusable = |why: &str| Fault::Internal(format!("a stored hash cannot be used: {why}"));
        let parsed = PasswordHash::new(phc).map_err(|_| unusable("not a PHC string"))?;
        if parsed.algorithm != Algorithm::Argon2id.ident() {
            return Err(unusable("not argon2id"));
        }
        if parsed.version != Some(Version::V0x13.into()) {
            return Err(unusable("not argon2 version 19"));
        }
        let params = Params::try_from(&parsed).map_err(|_| unusable("unknown parameters"))?;
        if !params.keyid().is_empty() || !params.data().is_empty() {
            return Err(unusable("made with a key or associated data"));
        }
        let cost =
            Cost::new(params.m_cost(), params.t_cost(), params.p_cost()).map_err(|_| unusable("its cost"))?;
        let (Some(salt), Some(tag)) = (parsed.salt, parsed.hash) else {
            return Err(unusable("salt or hash is missing"));
        };
        if tag.len() < SHORTEST_TAG {
            return Err(unusable("the hash is too short"));
        }
        Ok((Recipe { cost, salt: salt.to_vec(), length: tag.len() }, tag.as_bytes().to_vec()))
    }

    /// The PHC string of a computed tag.
    pub(super) fn phc(&self, tag: &[u8]) -> Reply<String> {
        let failed = |_| Fault::Internal("a hash could not be written as a PHC string".into());
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(self.cost.params())
                .map_err(|_| Fault::Internal("the cost could not be written".into()))?,
            salt: Some(Salt::new(&self.salt).map_err(failed)?),
            hash: Some(Output::new(tag).map_err(failed)?),
        };
        Ok(hash.to_string())
    }

    pub(super) fn costs(&self, cost: &Cost) -> bool {
        self.cost == *cost && self.length == Params::DEFAULT_OUTPUT_LEN
    }

    /// Blocks of 1 KiB that [`Recipe::compute`] needs.
    pub(super) fn blocks(&self) -> usize {
        self.cost.params().block_count()
    }

    /// The work itself, in the memory given.
    pub(super) fn compute(&self, secret: &Secret, memory: &mut [Block]) -> Reply<Vec<u8>> {
        let mut tag = vec![0; self.length];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.cost.params().clone())
            .hash_password_into_with_memory(secret.expose().as_bytes(), &self.salt, &mut tag, memory)
            .map_err(|error| Fault::Internal(format!("argon2 refused: {error}")))?;
        Ok(tag)
    }

    /// Bytes that differ whenever the outcome may, without the secret.
    pub(super) fn fingerprint(&self) -> Vec<u8> {
        let params = self.cost.params();
        let mut bytes = Vec::with_capacity(16 + self.salt.len());
        for number in [params.m_cost(), params.t_cost(), params.p_cost()] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(u64::try_from(self.length).unwrap_or(u64::MAX).to_le_bytes());
        bytes.extend(&self.salt);
        bytes
    }
}

/// RFC 9106 section 4: a salt of 128 bits suffices for all applications.
const SALT: usize = 16;
/// A tag of a few bytes is matched by chance; ours have 32.
const SHORTEST_TAG: usize = 16;
