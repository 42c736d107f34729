//! What a post shows and a watch may ask for first, each as one number: words, neighbours, beginnings and ends of
//! words, hashtags, mentions, source, author. A watch sleeps under some of these keys and is guarded by others.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::post::TextId;
use crate::fold;
use crate::token::{hash, mix};

/// The kinds of keys; a salt for each keeps them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Word(TextId),
    /// Two words of title or text, side by side.
    Pair,
    Prefix(u8),
    Suffix(u8),
    Hashtag(TextId),
    AnyHashtag(TextId),
    Mention(TextId),
    AnyMention(TextId),
    Source,
    Author,
}

impl KeyKind {
    pub(crate) const COUNT: usize = 46;

    /// A number of its own, less than `COUNT`.
    pub(crate) const fn number(self) -> usize {
        match self {
            Self::Word(text) => text as usize,
            Self::Hashtag(text) => 5 + text as usize,
            Self::AnyHashtag(text) => 10 + text as usize,
            Self::Mention(text) => 15 + text as usize,
            Self::AnyMention(text) => 20 + text as usize,
            Self::Prefix(length) => 25 + length as usize,
            Self::Suffix(length) => 34 + length as usize,
            Self::Source => 43,
            Self::Author => 44,
            Self::Pair => 45,
        }
    }

    /// The key of a value of this kind.
    pub(crate) const fn key(self, hash: u64) -> u64 {
        match self {
            // Words of title and text are kept under their own hash.
            Self::Word(TextId::Title | TextId::Text) => hash,
            _ => mix(hash, SALT ^ self.number() as u64),
        }
    }
}

const SALT: u64 = 0x9FB2_1C65_1E98_DF00;

/// The most bytes of the beginning of a word that make a key.
pub(crate) const MOST_PREFIX: usize = 8;
/// The most bytes of the end of a word that make a key.
pub(crate) const MOST_SUFFIX: usize = 4;

/// The key of two neighbouring words.
#[inline]
pub(crate) const fn pair_key(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(19) ^ SALT, second)
}

/// The key of the first bytes of a word.
#[inline]
pub(crate) const fn prefix_key(head: u64, length: u8) -> u64 {
    let bytes = head & (u64::MAX >> (64 - 8 * length as u32));
    KeyKind::Prefix(length).key(bytes)
}

/// The key of the last bytes of a word.
pub(crate) fn suffix_key(word: &str, length: u8) -> Option<u64> {
    let bytes = word.as_bytes();
    let tail = bytes.get(bytes.len().checked_sub(usize::from(length))?..)?;
    Some(KeyKind::Suffix(length).key(hash(tail)))
}

/// A few bits of the first word of a pair.
#[inline]
pub(crate) const fn lead(first: u64) -> u16 {
    (first >> 48) as u16
}

/// The hash of a name or label.
pub(crate) fn value_hash(text: &str) -> u64 {
    let simple = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if simple {
        hash(text.as_bytes())
    } else {
        hash(fold::value(text).as_bytes())
    }
}
