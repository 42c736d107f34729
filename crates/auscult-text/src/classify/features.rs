//! What the trained weights look at: words, pairs of words, negated words, pieces of words and cues.
//!
//! Each occurrence is one feature under a 32-bit key that never changes its meaning. A piece of text is the sum of its
//! occurrences, so the share of each word in a judgement can be shown.

use std::ops::Range;

use super::pattern::Hit;
use super::reading::{Reading, WordMark};
use super::words::{hash_more, hash_word};

/// Which norm an occurrence counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    /// Words, pairs, negated words, cues.
    Words,
    /// Pieces of words.
    Pieces,
}

/// One occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) key: u32,
    pub(crate) block: Block,
    /// The word it stands for.
    pub(crate) word: u32,
}

/// Letters of a word that are looked at.
const LONGEST_WORD: usize = 24;
/// Stands for every number.
const NUMBER: u64 = 0x30;
const BEGIN: u64 = 0x5e;

const NEGATIONS: [&str; 24] = [
    "not", "no", "never", "nobody", "none", "dont", "didnt", "doesnt", "wasnt", "werent", "isnt",
    "arent", "wont", "wouldnt", "couldnt", "cant", "cannot", "havent", "hasnt", "hadnt", "without",
    "neither", "nothing", "noone",
];

/// The hashes of words that turn what follows.
#[derive(Debug, Clone)]
pub(crate) struct Negations(Vec<u64>);

impl Default for Negations {
    fn default() -> Self {
        Self(NEGATIONS.iter().map(|word| hash_word(word)).collect())
    }
}

/// Gives each occurrence in a sentence to `take`; `hits` are the cues of the sentence.
pub(crate) fn each(
    reading: &Reading<'_>,
    negations: &Negations,
    sentence: &Range<usize>,
    hits: &[Hit],
    take: &mut impl FnMut(Feature),
) {
    let marks = reading.marks.get(sentence.clone()).unwrap_or_default();
    let words = reading
        .text
        .words()
        .get(sentence.clone())
        .unwrap_or_default();
    let mut before = BEGIN;
    let mut turned = 0_u8;
    for (offset, (mark, word)) in marks.iter().zip(words).enumerate() {
        let place = u32::try_from(sentence.start + offset).unwrap_or(u32::MAX);
        let hash = plain(mark);
        let mut give = |key: u32| {
            take(Feature {
                key,
                block: Block::Words,
                word: place,
            });
        };
        give(key(1, hash, 0));
        give(key(2, before, hash));
        if turned > 0 {
            give(key(3, hash, 0));
            turned -= 1;
        }
        if negations.0.contains(&mark.hash) {
            turned = 3;
        }
        before = hash;
        if !mark.is_number {
            pieces(reading.text.folded(word), place, take);
        }
    }
    let mut seen = 0_u64;
    for hit in hits {
        let bit = 1_u64 << (hit.cue.index() % 64);
        if seen & bit == 0 {
            seen |= bit;
            let word = u32::try_from(hit.first).unwrap_or(u32::MAX);
            take(Feature {
                key: key(5, hit.cue.index() as u64, 0),
                block: Block::Words,
                word,
            });
        }
    }
}

/// A word for the weights: stretched letters and numbers are made alike.
const fn plain(mark: &WordMark) -> u64 {
    if mark.is_number {
        NUMBER
    } else if mark.squeezed != 0 {
        mark.squeezed
    } else {
        mark.hash
    }
}

/// Pieces of three to five letters; the edges of the word count as letters.
fn pieces(folded: &str, word: u32, take: &mut impl FnMut(Feature)) {
    let mut bytes = [b' '; LONGEST_WORD + 2];
    let letters = folded.as_bytes();
    let length = letters.len().min(LONGEST_WORD);
    for (slot, letter) in bytes.iter_mut().skip(1).zip(letters.iter().take(length)) {
        *slot = *letter;
    }
    let padded = bytes.get(..length + 2).unwrap_or_default();
    for start in 0..padded.len() {
        let mut hash = 0x9e37_79b9_u32;
        for (count, byte) in padded.iter().skip(start).take(5).enumerate() {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
            if count >= 2 {
                let key = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d)
                    ^ u32::try_from(count).unwrap_or(0);
                take(Feature {
                    key,
                    block: Block::Pieces,
                    word,
                });
            }
        }
    }
}

/// Mixes the kind of a feature and its parts into a key.
fn key(kind: u8, first: u64, second: u64) -> u32 {
    let hash = hash_more(
        hash_more(u64::from(kind) << 56 ^ first, &second.to_le_bytes()),
        &[kind],
    );
    let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 32) as u32
}
