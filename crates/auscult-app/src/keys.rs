//! Secrets at rest: an AEAD envelope (XChaCha20-Poly1305) bound to the place it is stored in, and password hashes.
//!
//! The key is a 0600 file in the data directory, left out of backups. The associated data names workspace, row and
//! column, so that a cipher text moved to another row does not open (OWASP ASVS V6).

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::clock::Entropy;
use crate::error::AppError;

const NONCE_LENGTH: usize = 24;
const FORMAT: u8 = 1;

/// The installation's key ring: seals and opens secrets, and makes keyed hashes.
#[derive(Clone)]
pub struct Keys {
    cipher: Arc<XChaCha20Poly1305>,
    hash_key: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Keys(..)")
    }
}

impl Keys {
    /// A key ring from the 32 bytes of the key file.
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"auscult keyed hash v1");
        hasher.update(secret);
        Self {
            cipher: Arc::new(XChaCha20Poly1305::new(secret.into())),
            hash_key: hasher.finalize().into(),
        }
    }

    /// Seals `plain` for one place, such as `channel/42/secret`.
    ///
    /// # Errors
    /// `Broken` when the cipher refuses (never for inputs below 256 GiB).
    pub fn seal(
        &self,
        place: &str,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, AppError> {
        let mut nonce = [0_u8; NONCE_LENGTH];
        entropy.fill(&mut nonce);
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|error| AppError::broken(format!("sealing {place}: {error}")))?;
        let mut envelope = Vec::with_capacity(1 + NONCE_LENGTH + sealed.len());
        envelope.push(FORMAT);
        envelope.extend_from_slice(&nonce);
        envelope.extend_from_slice(&sealed);
        Ok(envelope)
    }

    /// Opens what [`Keys::seal`] made for the same place.
    ///
    /// # Errors
    /// `Broken` when the envelope is damaged, was made with another key or for another place.
    pub fn open(&self, place: &str, envelope: &[u8]) -> Result<Vec<u8>, AppError> {
        let refused = || {
            AppError::broken(format!(
                "the secret of {place} does not open: another key file, or a moved row"
            ))
        };
        let (format, rest) = envelope.split_first().ok_or_else(refused)?;
        if *format != FORMAT {
            return Err(refused());
        }
        let (nonce, sealed) = rest.split_at_checked(NONCE_LENGTH).ok_or_else(refused)?;
        let nonce: [u8; NONCE_LENGTH] = nonce.try_into().ok().ok_or_else(refused)?;
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        self.cipher
            .decrypt(&XNonce::from(nonce), payload)
            .ok()
            .ok_or_else(refused)
    }

    /// A keyed hash of a name, for tombstones and people-free counting.
    pub fn keyed_hash(&self, purpose: &str, value: &str) -> [u8; 32] {
        let mut inner = Sha256::new();
        inner.update(self.hash_key);
        inner.update((purpose.len() as u64).to_le_bytes());
        inner.update(purpose.as_bytes());
        inner.update(value.as_bytes());
        let mut outer = Sha256::new();
        outer.update(self.hash_key);
        outer.update(inner.finalize());
        outer.finalize().into()
    }
}

/// SHA-256 of a bearer secret: what the store keeps of cookies, tokens and invitations.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Hashes a password with Argon2id (19 MiB, 2 passes, OWASP's first choice).
///
/// # Errors
/// `Broken` when the hasher refuses its parameters.
pub fn hash_password(password: &str, entropy: &dyn Entropy) -> Result<String, AppError> {
    let mut salt = [0_u8; 16];
    entropy.fill(&mut salt);
    let hash = argon2()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| AppError::broken(format!("hashing a password: {error}")))?;
    Ok(hash.to_string())
}

/// True when the password fits the hash; a hash that cannot be read fits nothing.
pub fn password_fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| {
        argon2()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    })
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn a_moved_secret_does_not_open() {
        let keys = Keys::new(&[7; 32]);
        let sealed = keys
            .seal("channel/1/secret", b"app password", &SystemEntropy)
            .unwrap();
        assert_eq!(
            keys.open("channel/1/secret", &sealed).unwrap(),
            b"app password"
        );
        assert!(keys.open("channel/2/secret", &sealed).is_err());
        assert!(
            Keys::new(&[8; 32])
                .open("channel/1/secret", &sealed)
                .is_err()
        );
        assert!(keys.open("channel/1/secret", &sealed[..10]).is_err());
    }

    #[test]
    fn passwords_are_salted_and_checked() {
        let hash = hash_password("a long pass phrase", &SystemEntropy).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(password_fits("a long pass phrase", &hash));
        assert!(!password_fits("a long pass phrasE", &hash));
        assert!(!password_fits("anything", "not a hash"));
    }
}
