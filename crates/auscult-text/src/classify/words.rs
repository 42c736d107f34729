//! The hash of a word, stable for ever: trained weights and lexicons are kept under it.

use std::hash::{BuildHasherDefault, Hasher};

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a over the bytes of a folded word.
pub(crate) fn hash_word(folded: &str) -> u64 {
    hash_more(OFFSET, folded.as_bytes())
}

/// Goes on from an earlier hash.
pub(crate) fn hash_more(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(PRIME)
    })
}

/// The hash of each begin of a word, with its length in bytes.
pub(crate) fn prefix_hashes(folded: &str) -> impl Iterator<Item = (usize, u64)> + '_ {
    let mut hash = OFFSET;
    folded.bytes().enumerate().map(move |(place, byte)| {
        hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        (place + 1, hash)
    })
}

/// For tables whose keys are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct KeyIsHash(u64);

impl Hasher for KeyIsHash {
    fn finish(&self) -> u64 {
        // FNV leaves the high bits weak, and tables look at those.
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_more(self.0, bytes);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value);
    }
}

/// The hasher of such tables.
pub(crate) type Hashed = BuildHasherDefault<KeyIsHash>;
