//! Fingerprints of texts, and the bands under which similar ones meet.

use crate::token::{Text, hash};

/// Characters in one piece of a text.
const GRAM: usize = 5;

/// The different 5-grams of a text, hashed and in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Fingerprint(Vec<u32>);

impl Fingerprint {
    /// Of title and text together; case, accents, punctuation and addresses do not count.
    pub fn of(title: Option<&str>, text: Option<&str>) -> Self {
        let mut characters: Vec<char> = Vec::new();
        for part in [title, text].into_iter().flatten() {
            for word in Text::new(part).folded_words() {
                if !characters.is_empty() {
                    characters.push(' ');
                }
                characters.extend(word.chars());
            }
        }
        let grams = if characters.len() < GRAM {
            characters.chunks(GRAM)
        } else {
            [].chunks(GRAM)
        };
        let mut pieces: Vec<u32> = characters.windows(GRAM).chain(grams).map(piece).collect();
        pieces.sort_unstable();
        pieces.dedup();
        Self(pieces)
    }

    /// How many different pieces there are: about one for each character.
    pub const fn pieces(&self) -> usize {
        self.0.len()
    }

    /// Whether there was no word.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Equal for texts of the same pieces.
    pub fn hash(&self) -> u64 {
        self.0.iter().fold(self.0.len() as u64, |state, piece| {
            mixed(state ^ u64::from(*piece))
        })
    }

    /// Shared pieces as a share of all pieces, 0 to 1.
    pub fn similarity(&self, other: &Self) -> f64 {
        let (mut left, mut right) = (self.0.as_slice(), other.0.as_slice());
        let mut shared = 0_usize;
        while let ([first, left_rest @ ..], [second, right_rest @ ..]) = (left, right) {
            shared += usize::from(first == second);
            if first <= second {
                left = left_rest;
            }
            if second <= first {
                right = right_rest;
            }
        }
        let all = self.0.len() + other.0.len() - shared;
        if all == 0 {
            0.0
        } else {
            shared as f64 / all as f64
        }
    }
}

fn piece(characters: &[char]) -> u32 {
    let text: String = characters.iter().collect();
    u32::try_from(hash(text.as_bytes()) >> 32).unwrap_or(0)
}

const fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    let value = (value ^ (value >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    value ^ (value >> 33)
}

/// How many bands there are, and how many smallest pieces make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bands {
    bands: u64,
    rows: u64,
}

impl Bands {
    /// Bands in which texts of this similarity meet nearly always.
    pub(super) fn for_threshold(threshold: f64) -> Self {
        match threshold {
            high if high >= 0.9 => Self { bands: 20, rows: 6 },
            usual if usual >= 0.75 => Self { bands: 25, rows: 5 },
            low if low >= 0.5 => Self { bands: 42, rows: 3 },
            _ => Self { bands: 64, rows: 2 },
        }
    }

    /// The keys of a fingerprint, one for each band.
    pub(super) fn keys(self, fingerprint: &Fingerprint) -> Vec<u64> {
        (0..self.bands)
            .map(|band| {
                (0..self.rows).fold(mixed(band + 1), |key, row| {
                    let salt = mixed(band * self.rows + row + 0x9E37_79B9);
                    let least = fingerprint
                        .0
                        .iter()
                        .map(|piece| mixed(u64::from(*piece) ^ salt))
                        .min()
                        .unwrap_or(0);
                    mixed(key ^ least)
                })
            })
            .collect()
    }
}
