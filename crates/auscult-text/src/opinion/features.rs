//! What a table looks at: one to three words in a row, two words near each other, pieces of words; each with its place.

use crate::classify::{hash_more, hash_word};
use crate::reading::Word;

/// Something a text holds, and the words it stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    pub(crate) key: u32,
    pub(crate) first: u32,
    pub(crate) end: u32,
}

/// What a text holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features {
    /// In the order of their keys.
    pub(crate) words: Vec<Occurrence>,
    /// Facts about the whole, which weigh the same however long the text is.
    pub(crate) facts: Vec<u32>,
}

/// Which pairs of near words count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pairs {
    /// Those with a person or a time in them: "you", "she", "when", "was".
    Anchored,
    /// None.
    Never,
}

const BEGIN: u64 = 0x5e;
const END: u64 = 0x24;
const NUMBER: u64 = 0x23;
/// Words between the two of a pair, at most.
const REACH: usize = 6;
/// Letters of a word of a pair that count: its endings tell less than what it is.
const STEM: usize = 5;
/// Letters of a word that are looked at.
const LONGEST_WORD: usize = 24;

const OPENERS: [&str; 13] = [
    "you", "your", "we", "our", "she", "he", "her", "his", "the", "this", "that", "when", "was",
];
const CLOSERS: [&str; 3] = ["you", "your", "us"];

/// Mixes a kind of feature and its parts into a key.
pub(crate) fn key(kind: u8, parts: &[u64]) -> u32 {
    let hash = parts.iter().fold(u64::from(kind) << 56, |hash, part| {
        hash_more(hash ^ 0x9e37_79b9, &part.to_le_bytes())
    });
    let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    u32::try_from(mixed >> 32).unwrap_or(0)
}

/// The hash of a word; numbers are alike.
fn plain(word: &str) -> u64 {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        NUMBER
    } else {
        hash_word(word)
    }
}

impl Features {
    /// Everything the words of a text hold.
    pub(crate) fn of(words: &[Word], pairs: Pairs) -> Self {
        let mut features = Self::default();
        let mut start = 0;
        while let Some(number) = words.get(start).map(|word| word.sentence) {
            let end = words
                .partition_point(|word| word.sentence <= number)
                .max(start + 1);
            let sentence = words.get(start..end).unwrap_or_default();
            features.phrases(sentence, start);
            features.pairs(sentence, start, pairs);
            for (place, word) in sentence.iter().enumerate() {
                features.pieces(&word.text, start + place);
            }
            start = end;
        }
        features
    }

    /// Adds one more.
    pub(crate) fn add(&mut self, key: u32, first: usize, end: usize) {
        let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        self.words.push(Occurrence {
            key,
            first: narrow(first),
            end: narrow(end),
        });
    }

    /// Puts them in order; a table expects that.
    #[must_use]
    pub(crate) fn sorted(mut self) -> Self {
        self.words.sort_unstable();
        self
    }

    fn phrases(&mut self, sentence: &[Word], start: usize) {
        let row: Vec<u64> = std::iter::once(BEGIN)
            .chain(sentence.iter().map(|word| plain(&word.text)))
            .chain([END])
            .collect();
        for length in 1..=3 {
            for (at, parts) in row.windows(length).enumerate() {
                let first = start + at.saturating_sub(1);
                let end = (start + at + length - 1).min(start + sentence.len());
                self.add(key(1, parts), first, end.max(first));
            }
        }
    }

    fn pairs(&mut self, sentence: &[Word], start: usize, pairs: Pairs) {
        if pairs == Pairs::Never {
            return;
        }
        let stems: Vec<u64> = sentence
            .iter()
            .map(|word| plain(word.text.get(..STEM).unwrap_or(&word.text)))
            .collect();
        for (at, (word, stem)) in sentence.iter().zip(&stems).enumerate() {
            let opens = OPENERS.contains(&word.text.as_str());
            for (offset, (other, end)) in sentence
                .iter()
                .zip(&stems)
                .skip(at)
                .enumerate()
                .skip(1)
                .take(REACH)
            {
                if opens || CLOSERS.contains(&other.text.as_str()) {
                    self.add(key(2, &[*stem, *end]), start + at, start + at + offset + 1);
                }
            }
        }
    }

    /// Pieces of four and five letters; the edges of the word count as letters.
    fn pieces(&mut self, word: &str, place: usize) {
        let mut bytes = [b' '; LONGEST_WORD + 2];
        let length = word.len().min(LONGEST_WORD);
        for (slot, letter) in bytes.iter_mut().skip(1).zip(word.bytes().take(length)) {
            *slot = letter;
        }
        let padded = bytes.get(..length + 2).unwrap_or_default();
        for length in [4, 5] {
            for piece in padded.windows(length) {
                self.add(key(3, &[hash_more(length as u64, piece)]), place, place + 1);
            }
        }
    }
}
