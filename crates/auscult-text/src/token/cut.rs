//! Cutting in buffers that are used again: after a few posts nothing is allocated any more.
//!
//! Words of ASCII letters and digits, nearly all of what people write in many languages, are found by a table and
//! share one lower-cased copy of the text; whatever else begins at a place is read by the rules of `slow`.

use std::borrow::Cow;

use super::{Kind, Tag, Word, slice, slow, tags};
use crate::fold;

/// Stands for an unescaped `*` while a watch is cut; the lexer lets no such character through.
pub(crate) const WILD_ANY: char = '\u{10FFF0}';
/// Stands for an unescaped `?` while a watch is cut.
pub(crate) const WILD_ONE: char = '\u{10FFF1}';

/// Whether the character stands for a wildcard.
pub(crate) const fn is_wild(character: char) -> bool {
    matches!(character, WILD_ANY | WILD_ONE)
}

const SIGNATURE_WORDS: usize = 16;

/// A text cut into words, in buffers that are used again.
#[derive(Debug, Clone, Default)]
pub struct Cut {
    /// The lower-cased text, eight zero bytes, then the folded forms that are not a piece of it.
    forms: String,
    words: Vec<Word>,
    urls: Vec<(u32, u32)>,
    signs: Vec<u32>,
    hashtags: Vec<Tag>,
    mentions: Vec<Tag>,
    signature: [u64; SIGNATURE_WORDS],
}

impl Cut {
    /// Cuts `source`; what was read before is forgotten.
    pub fn read(&mut self, source: &str) {
        self.begin(source);
        if !source.is_empty() {
            self.scan(source, false);
        }
    }

    /// Cuts a word or phrase of a watch, in which wildcards count as word characters.
    pub(crate) fn read_pattern(&mut self, source: &str) {
        self.begin(source);
        self.scan(source, true);
    }

    /// Cuts by the slow rules alone; the answers are those of [`Cut::read`].
    #[cfg(test)]
    pub(crate) fn read_slowly(&mut self, source: &str) {
        self.begin(source);
        let mut at = 0;
        while at < source.len() {
            at = slow::item(self, source, at, false);
        }
        tags::find(self, source);
    }

    /// Forgets what was read.
    pub fn clear(&mut self) {
        self.forms.clear();
        self.words.clear();
        self.urls.clear();
        self.signs.clear();
        self.hashtags.clear();
        self.mentions.clear();
        self.signature = [0; SIGNATURE_WORDS];
    }

    /// The words, in order; the index is the position.
    #[inline]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The folded form of a word of this text.
    #[inline]
    pub fn folded(&self, word: &Word) -> &str {
        slice(&self.forms, word.fold_start, word.fold_end)
    }

    /// The first eight bytes of a folded form, zero where it is shorter.
    #[inline]
    pub(crate) fn head(&self, word: &Word) -> u64 {
        let letters = word.fold_end - word.fold_start;
        let start = word.fold_start as usize;
        let Some(eight) = self
            .forms
            .as_bytes()
            .get(start..)
            .and_then(<[u8]>::first_chunk::<8>)
        else {
            return padded(self.folded(word).as_bytes());
        };
        let head = u64::from_le_bytes(*eight);
        if letters < 8 {
            head & ((1 << (8 * letters)) - 1)
        } else {
            head
        }
    }

    /// The exact form of a word of `source`, the text that was read.
    pub fn exact<'a>(&'a self, source: &'a str, word: &Word) -> Cow<'a, str> {
        let written = slice(source, word.start, word.end);
        match word.kind {
            Kind::Emoji => Cow::Borrowed(self.folded(word)),
            Kind::Abbreviation => Cow::Owned(fold::exact(&written.replace('.', ""))),
            Kind::Plain | Kind::Spaceless => {
                if written.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    Cow::Borrowed(written)
                } else {
                    Cow::Owned(fold::exact(&written.replace(',', "")))
                }
            }
        }
    }

    /// The hashtags.
    pub fn hashtags(&self) -> &[Tag] {
        &self.hashtags
    }

    /// The folded value of a hashtag, without the sign.
    pub fn hashtag(&self, tag: &Tag) -> &str {
        slice(&self.forms, tag.value_start, tag.value_end)
    }

    /// The mentions.
    pub fn mentions(&self) -> &[Tag] {
        &self.mentions
    }

    /// The value of a mention, in lower case and without the sign.
    pub fn mention(&self, tag: &Tag) -> &str {
        slice(&self.forms, tag.value_start, tag.value_end)
    }

    /// Byte ranges of the addresses.
    pub fn urls(&self) -> &[(u32, u32)] {
        &self.urls
    }

    /// Whether a word with this hash may be here; `false` is certain.
    #[inline]
    pub(crate) fn may_have(&self, hash: u64) -> bool {
        let (cell, bit) = signature_place(hash);
        self.signature.get(cell).is_some_and(|bits| bits & bit != 0)
    }

    fn begin(&mut self, source: &str) {
        if !self.forms.is_empty() {
            self.clear();
        }
        if source.is_empty() {
            return;
        }
        self.forms.push_str(source);
        self.forms.make_ascii_lowercase();
        self.forms.push_str("\0\0\0\0\0\0\0\0");
    }

    fn scan(&mut self, source: &str, wild: bool) {
        let bytes = source.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match role(*byte) {
                SEPARATOR | JOINER => at += 1,
                WORD => at = self.ascii_word(source, at, wild),
                SIGN => {
                    self.push_sign(at);
                    at += 1;
                }
                _ => at = slow::item(self, source, at, wild),
            }
        }
        if !self.signs.is_empty() {
            tags::find(self, source);
        }
    }

    /// Reads what begins with an ASCII letter or digit; returns where to go on.
    #[inline]
    fn ascii_word(&mut self, source: &str, start: usize, wild: bool) -> usize {
        let bytes = source.as_bytes();
        // The lower-cased text ends in eight zero bytes, so there are always eight to load.
        let head = load(self.forms.as_bytes(), start);
        let others = not_word(head);
        let (end, hash) = if others == 0 {
            let end = self.long_word_end(start + 8);
            (end, self.hash_of_form(start, end))
        } else {
            let letters = (others.trailing_zeros() / 8) as usize;
            let keep = (others & others.wrapping_neg()) - 1;
            (start + letters, mix(seed(letters), head & (keep >> 7)))
        };
        let stop = bytes.get(end).map_or(SEPARATOR, |byte| role(*byte));
        if (stop == JOINER || stop == HIGH) && joins(bytes, start, end) {
            return slow::item(self, source, start, wild);
        }
        let (first, last) = (narrow(start), narrow(end));
        self.push_hashed(Word {
            start: first,
            end: last,
            fold_start: first,
            fold_end: last,
            hash,
            kind: Kind::Plain,
        });
        end
    }

    /// Where the letters and digits end of which there are at least those up to `at`.
    fn long_word_end(&self, mut at: usize) -> usize {
        loop {
            let others = not_word(load(self.forms.as_bytes(), at));
            if others != 0 {
                return at + (others.trailing_zeros() / 8) as usize;
            }
            at += 8;
        }
    }

    pub(super) fn push_sign(&mut self, at: usize) {
        self.signs.push(narrow(at));
    }

    pub(super) fn push_url(&mut self, start: usize, end: usize) {
        self.urls.push((narrow(start), narrow(end)));
    }

    pub(super) fn push_hashtag(&mut self, tag: Tag) {
        self.hashtags.push(tag);
    }

    pub(super) fn push_mention(&mut self, tag: Tag) {
        self.mentions.push(tag);
    }

    pub(super) fn take_signs(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.signs)
    }

    pub(super) fn give_signs_back(&mut self, signs: Vec<u32>) {
        self.signs = signs;
    }

    /// Adds a form by `write`; returns its place in the buffer, or nothing when it is empty.
    pub(super) fn form(&mut self, write: impl FnOnce(&mut String)) -> Option<(u32, u32, u64)> {
        let start = self.forms.len();
        write(&mut self.forms);
        let end = self.forms.len();
        (end > start).then(|| {
            (
                narrow(start),
                narrow(end),
                self.forms.as_bytes().get(start..end).map_or(0, hash),
            )
        })
    }

    /// A piece of the lower-cased text as a form.
    pub(super) fn lower_form(&self, start: usize, end: usize) -> (u32, u32, u64) {
        (
            narrow(start),
            narrow(end),
            self.forms.as_bytes().get(start..end).map_or(0, hash),
        )
    }

    /// Adds a word; one that folds to nothing does not exist.
    pub(super) fn push_word(
        &mut self,
        (start, end): (usize, usize),
        kind: Kind,
        form: Option<(u32, u32, u64)>,
    ) {
        if let Some((fold_start, fold_end, hash)) = form {
            self.push_hashed(Word {
                start: narrow(start),
                end: narrow(end),
                fold_start,
                fold_end,
                hash,
                kind,
            });
        }
    }

    #[inline]
    fn push_hashed(&mut self, word: Word) {
        let (cell, bit) = signature_place(word.hash);
        if let Some(bits) = self.signature.get_mut(cell) {
            *bits |= bit;
        }
        self.words.push(word);
    }

    #[inline]
    fn hash_of_form(&self, start: usize, end: usize) -> u64 {
        let bytes = self.forms.as_bytes();
        let length = end - start;
        let mut state = seed(length);
        let mut at = start;
        while end - at > 8 {
            state = mix(state, load(bytes, at));
            at += 8;
        }
        let keep = u64::MAX >> (64 - 8 * (end - at).max(1));
        mix(state, load(bytes, at) & keep)
    }
}

/// The hash of a folded form; equal forms have equal hashes in every text and every run.
pub fn hash(bytes: &[u8]) -> u64 {
    let mut state = seed(bytes.len());
    for chunk in bytes.chunks(8) {
        state = mix(state, padded(chunk));
    }
    state
}

/// The first eight bytes, zero where there are fewer.
pub(crate) fn padded(bytes: &[u8]) -> u64 {
    let mut eight = [0_u8; 8];
    for (slot, byte) in eight.iter_mut().zip(bytes) {
        *slot = *byte;
    }
    u64::from_le_bytes(eight)
}

#[inline]
fn load(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

/// The highest bit of each of eight bytes that is no ASCII digit or small letter.
#[inline]
const fn not_word(bytes: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let low = bytes & !HIGH;
    // With seven bits in each byte nothing carries over into the next.
    let digits = (low + (0x80 - b'0' as u64) * EACH) & !(low + (0x80 - (b'9' as u64 + 1)) * EACH);
    let letters = (low + (0x80 - b'a' as u64) * EACH) & !(low + (0x80 - (b'z' as u64 + 1)) * EACH);
    !(digits | letters) & HIGH | bytes & HIGH
}

#[inline]
const fn seed(length: usize) -> u64 {
    0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(length as u64 + 1)
}

/// Stirs two numbers into one whose bits are all worth the same.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "both halves of the product are wanted"
)]
pub(crate) const fn mix(state: u64, word: u64) -> u64 {
    let product = ((state ^ word) as u128) * 0xA076_1D64_78BD_642F_u128;
    (product >> 64) as u64 ^ product as u64
}

#[inline]
const fn signature_place(hash: u64) -> (usize, u64) {
    ((hash >> 6) as usize % SIGNATURE_WORDS, 1 << (hash & 63))
}

pub(crate) fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

const SEPARATOR: u8 = 0;
const WORD: u8 = 1;
/// May join what stands on its two sides.
const JOINER: u8 = 2;
const SIGN: u8 = 3;
const HIGH: u8 = 4;

static ROLES: [u8; 256] = roles();

const fn roles() -> [u8; 256] {
    let mut table = [SEPARATOR; 256];
    let mut slots: &mut [u8] = &mut table;
    let mut byte = 0_u8;
    while let [slot, rest @ ..] = slots {
        *slot = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => WORD,
            b'\'' | b'`' | b'.' | b',' | b'&' | b':' => JOINER,
            b'#' | b'@' => SIGN,
            0x80.. => HIGH,
            _ => SEPARATOR,
        };
        slots = rest;
        byte = byte.wrapping_add(1);
    }
    table
}

#[inline]
fn role(byte: u8) -> u8 {
    ROLES.get(usize::from(byte)).copied().unwrap_or(HIGH)
}

/// Whether the word of ASCII letters and digits from `start` to `end` could be more than that.
#[inline]
fn joins(bytes: &[u8], start: usize, end: usize) -> bool {
    let Some(stop) = bytes.get(end) else {
        return false;
    };
    let Some(next) = bytes.get(end + 1) else {
        return *stop >= 0x80;
    };
    let next_is_word = matches!(role(*next), WORD | HIGH);
    match stop {
        b'\'' | b'`' => next_is_word,
        b':' => *next == b'/',
        b'.' | b',' | b'&' => {
            let digits = bytes.get(end - 1).is_some_and(u8::is_ascii_digit)
                && (next.is_ascii_digit() || *next >= 0x80);
            let short = end - start == 1
                || bytes
                    .get(start..end)
                    .is_some_and(|word| word.eq_ignore_ascii_case(b"www"));
            next_is_word && (digits || short)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-zA-Z]{1,9}",
            "[0-9]{1,3}",
            " ",
            "[.,'&`:#@_/*?!-]",
            Just("http://".to_owned()),
            Just("www.".to_owned()),
            Just("’".to_owned()),
            Just("é".to_owned()),
            Just("e\u{301}".to_owned()),
            Just("病".to_owned()),
            Just("\u{200B}".to_owned()),
            Just("\u{200D}".to_owned()),
            Just("👍🏽".to_owned()),
            Just("🇮🇪".to_owned()),
            Just("ẞ".to_owned()),
            Just("\u{640}".to_owned()),
            Just("＃".to_owned()),
            any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..14).prop_map(|all| all.concat())
    }

    proptest! {
        #[test]
        fn the_fast_way_and_the_slow_way_agree(text in pieces()) {
            let (mut fast, mut slow) = (Cut::default(), Cut::default());
            fast.read(&text);
            slow.read_slowly(&text);
            let see = |cut: &Cut| {
                let words: Vec<_> = cut.words().iter()
                    .map(|word| (word.start, word.end, cut.folded(word).to_owned(), word.hash, word.kind)).collect();
                let tags: Vec<_> = cut.hashtags().iter().map(|tag| (cut.hashtag(tag).to_owned(), tag.words)).collect();
                let mentions: Vec<_> = cut.mentions().iter().map(|tag| (cut.mention(tag).to_owned(), tag.words)).collect();
                (words, tags, mentions, cut.urls().to_vec())
            };
            prop_assert_eq!(see(&fast), see(&slow));
            for word in fast.words() {
                prop_assert_eq!(word.hash, hash(fast.folded(word).as_bytes()));
                prop_assert!(fast.may_have(word.hash));
            }
        }
    }
}
