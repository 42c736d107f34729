//! Text into words: the one cutting that watches, the classifier, the guard and near-duplicates share
//! (docs/specs/watch-language.md, 2.2, 2.4 and 2.5).
//!
//! [`Text`] is the comfortable door: words with positions, folded and exact forms, hashtags, mentions, addresses,
//! sentences and paragraphs, offsets in code points. [`Cut`] is the same work in buffers that are used again,
//! for those who read a million posts a second. Cutting is linear in the text, whatever the text is.

mod breaks;
mod cut;
mod slow;
mod tags;

use std::borrow::Cow;
use std::ops::Range;

pub use breaks::Break;
pub use cut::{Cut, hash};
pub(crate) use cut::{WILD_ANY, WILD_ONE, is_wild, mix, narrow, padded};
pub(crate) use tags::{is_hashtag_character, is_mention_character};

/// What made a word a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Letters and numbers.
    Plain,
    /// Letters with dots or `&` between them: `U.S.`, `A&E`.
    Abbreviation,
    /// One letter of a script written without spaces.
    Spaceless,
    /// A picture.
    Emoji,
}

/// One word: where it stands (bytes of the text), its folded form (bytes of the folded buffer) and the hash of that form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First byte.
    pub start: u32,
    /// One past the last byte that is not ignorable.
    pub end: u32,
    pub(crate) fold_start: u32,
    pub(crate) fold_end: u32,
    /// [`hash`] of the folded form.
    pub hash: u64,
    /// What made it a word.
    pub kind: Kind,
}

/// A hashtag or mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// First byte, that of the sign.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    pub(crate) value_start: u32,
    pub(crate) value_end: u32,
    pub(crate) hash: u64,
    /// First and last position of the words that share a code point with it; (1, 0) when there are none.
    pub words: (u32, u32),
}

/// A text and its words.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    source: &'a str,
    cut: Cut,
}

impl<'a> Text<'a> {
    /// Cuts `source`.
    pub fn new(source: &'a str) -> Self {
        let mut cut = Cut::default();
        cut.read(source);
        Self { source, cut }
    }

    /// The text itself.
    pub const fn source(&self) -> &'a str {
        self.source
    }

    /// The words, in order; the index is the position.
    pub fn words(&self) -> &[Word] {
        self.cut.words()
    }

    /// The folded form of a word of this text.
    pub fn folded(&self, word: &Word) -> &str {
        self.cut.folded(word)
    }

    /// The folded forms of all words, in order.
    pub fn folded_words(&self) -> impl Iterator<Item = &str> {
        self.words().iter().map(|word| self.folded(word))
    }

    /// The exact form of a word: case and accents stay.
    pub fn exact(&self, word: &Word) -> Cow<'_, str> {
        self.cut.exact(self.source, word)
    }

    /// A word as it was written.
    pub fn written(&self, word: &Word) -> &'a str {
        slice(self.source, word.start, word.end)
    }

    /// The hashtags.
    pub fn hashtags(&self) -> &[Tag] {
        self.cut.hashtags()
    }

    /// The folded value of a hashtag, without the sign.
    pub fn hashtag(&self, tag: &Tag) -> &str {
        self.cut.hashtag(tag)
    }

    /// The mentions.
    pub fn mentions(&self) -> &[Tag] {
        self.cut.mentions()
    }

    /// A mention as it was written, without the leading sign.
    pub fn mention(&self, tag: &Tag) -> &'a str {
        slice(self.source, tag.value_start, tag.value_end)
    }

    /// The addresses, as byte ranges.
    pub fn urls(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.cut
            .urls()
            .iter()
            .map(|(start, end)| *start as usize..*end as usize)
    }

    /// Ranges of positions, one for each sentence.
    pub fn sentences(&self) -> Vec<Range<usize>> {
        self.cut.pieces(self.source, Break::Sentence)
    }

    /// Ranges of positions, one for each paragraph.
    pub fn paragraphs(&self) -> Vec<Range<usize>> {
        self.cut.pieces(self.source, Break::Paragraph)
    }

    /// The buffers behind this text.
    pub const fn cut(&self) -> &Cut {
        &self.cut
    }
}

/// From byte offsets to code point offsets of one text, in constant time.
#[derive(Debug, Clone)]
pub struct Offsets<'a> {
    source: &'a str,
    /// Code points before each 64th byte.
    marks: Vec<u32>,
}

impl<'a> Offsets<'a> {
    /// Counts once through the text.
    pub fn new(source: &'a str) -> Self {
        let mut marks = Vec::with_capacity(source.len() / 64 + 1);
        let mut count = 0_u32;
        for chunk in source.as_bytes().chunks(64) {
            marks.push(count);
            count += starts(chunk);
        }
        marks.push(count);
        Self { source, marks }
    }

    /// The number of code points before a byte offset (an offset inside a code point counts it).
    pub fn code_points(&self, byte: usize) -> usize {
        let byte = byte.min(self.source.len());
        let mark = byte / 64;
        let before = self.marks.get(mark).copied().unwrap_or(0);
        let rest = self
            .source
            .as_bytes()
            .get(mark * 64..byte)
            .map_or(0, starts);
        (before + rest) as usize
    }

    /// The code point offsets of a byte range.
    pub fn range(&self, start: u32, end: u32) -> (usize, usize) {
        (
            self.code_points(start as usize),
            self.code_points(end as usize),
        )
    }
}

/// How many code points begin in these bytes.
fn starts(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .map(|byte| u32::from(byte & 0xC0 != 0x80))
        .sum()
}

pub(crate) fn slice(text: &str, start: u32, end: u32) -> &str {
    text.get(start as usize..end as usize).unwrap_or_default()
}
