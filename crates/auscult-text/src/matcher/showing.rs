//! Reads what a post shows, as far as any watch asks for it: its signature and the keys that may wake watches.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::keys::{KeyKind, lead, pair_key, prefix_key, suffix_key, value_hash};
use super::keys::{MOST_PREFIX, MOST_SUFFIX};
use super::needs::Edge;
use super::post::{PreparedPost, TextId};
use super::signature::Signature;
use super::table::{Filter, Table};
use crate::fold;
use crate::token::{Cut, Word, hash};
use crate::watch::handle;

/// Marks of 16 bits.
#[derive(Debug, Clone)]
struct Marks(Box<[u64; 1024]>);

impl Default for Marks {
    fn default() -> Self {
        Self(Box::new([0; 1024]))
    }
}

impl Marks {
    fn mark(&mut self, place: u16) {
        if let Some(cell) = self.0.get_mut(usize::from(place >> 6)) {
            *cell |= 1 << (place & 63);
        }
    }

    /// Marks two bytes; where there is none, any will do.
    fn mark_bytes(&mut self, low: u8, high: u8) {
        let all = |byte: u8| if byte == 0 { 0..=255 } else { byte..=byte };
        for low in all(low) {
            for high in all(high) {
                self.mark(u16::from_le_bytes([low, high]));
            }
        }
    }

    #[inline]
    fn has(&self, place: u16) -> bool {
        self.0
            .get(usize::from(place >> 6))
            .is_some_and(|cell| cell >> (place & 63) & 1 == 1)
    }
}

/// The first four letters of the beginnings that watches ask for, or the last four of the ends.
#[derive(Debug, Clone, Default)]
struct Edges {
    outer: Marks,
    inner: Marks,
}

impl Edges {
    fn mark(&mut self, edge: Edge) {
        let [first, second, third, fourth, ..] = edge.to_le_bytes();
        self.outer.mark_bytes(first, second);
        self.inner.mark_bytes(third, fourth);
    }

    #[inline]
    fn may_have(&self, edge: Edge) -> bool {
        let [first, second, third, fourth, ..] = edge.to_le_bytes();
        self.outer.has(u16::from_le_bytes([first, second]))
            && self.inner.has(u16::from_le_bytes([third, fourth]))
    }
}

/// Which keys watches ask for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// How many watches ask for keys of each kind.
    counts: [u32; KeyKind::COUNT],
    /// A bit for each length of beginning that is asked for.
    prefixes: u32,
    suffixes: u32,
    starts: Edges,
    ends: Edges,
    /// First words of pairs.
    leads: Marks,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            counts: [0; KeyKind::COUNT],
            prefixes: 0,
            suffixes: 0,
            starts: Edges::default(),
            ends: Edges::default(),
            leads: Marks::default(),
        }
    }
}

impl Asked {
    /// Takes note of what a watch asks for.
    pub(crate) fn learn(&mut self, kinds: &[(KeyKind, Edge)]) {
        for (kind, edge) in kinds {
            self.count(*kind, 1);
            match kind {
                KeyKind::Prefix(_) => self.starts.mark(*edge),
                KeyKind::Suffix(_) => self.ends.mark(*edge),
                KeyKind::Pair => self.leads.mark(u16::try_from(*edge).unwrap_or_default()),
                KeyKind::Word(_)
                | KeyKind::Hashtag(_)
                | KeyKind::AnyHashtag(_)
                | KeyKind::Mention(_)
                | KeyKind::AnyMention(_)
                | KeyKind::Source
                | KeyKind::Author => {}
            }
        }
    }

    /// A watch asks no more. Edges stay marked: they only save work.
    pub(crate) fn forget(&mut self, kinds: &[(KeyKind, Edge)]) {
        for (kind, _) in kinds {
            self.count(*kind, -1);
        }
    }

    fn count(&mut self, kind: KeyKind, change: i32) {
        let Some(count) = self.counts.get_mut(kind.number()) else {
            return;
        };
        *count = count.saturating_add_signed(change);
        let asked = *count > 0;
        let (lengths, length) = match kind {
            KeyKind::Prefix(length) => (&mut self.prefixes, length),
            KeyKind::Suffix(length) => (&mut self.suffixes, length),
            _ => return,
        };
        if asked {
            *lengths |= 1 << length;
        } else {
            *lengths &= !(1 << length);
        }
    }

    #[inline]
    fn has(&self, kind: KeyKind) -> bool {
        self.counts
            .get(kind.number())
            .is_some_and(|count| *count > 0)
    }
}

/// What a post shows; the room is used again.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) signature: Signature,
    /// Keys under which watches may be kept.
    pub(crate) woken: Vec<u64>,
}

impl Shown {
    /// Reads a post.
    #[inline]
    pub(crate) fn read(&mut self, post: &PreparedPost<'_>, asked: &Asked, table: &Table) {
        self.signature.clear();
        self.woken.clear();
        let mut reader = Reader {
            post,
            asked,
            filter: table.filter(),
            signature: &mut self.signature,
            woken: &mut self.woken,
        };
        for text in [TextId::Title, TextId::Text] {
            let cut = post.cut(text);
            reader.words(cut);
            reader.tags(cut, TextId::Text);
        }
        reader.people();
        reader.labels();
    }
}

struct Reader<'r, 'p> {
    post: &'r PreparedPost<'p>,
    asked: &'r Asked,
    filter: Filter<'r>,
    signature: &'r mut Signature,
    woken: &'r mut Vec<u64>,
}

impl Reader<'_, '_> {
    #[inline]
    fn show(&mut self, key: u64) {
        self.signature.add(key);
        if self.filter.may_have(key) {
            self.woken.push(key);
        }
    }

    #[inline]
    fn words(&mut self, cut: &Cut) {
        let (by_start, by_end) = (self.asked.prefixes != 0, self.asked.suffixes != 0);
        let mut leading = None;
        for word in cut.words() {
            self.show(word.hash);
            if let Some(first) = leading {
                self.show(pair_key(first, word.hash));
            }
            leading = self.asked.leads.has(lead(word.hash)).then_some(word.hash);
            if by_start {
                self.starts(cut, word);
            }
            if by_end {
                self.ends(cut, word);
            }
        }
    }

    #[inline]
    fn starts(&mut self, cut: &Cut, word: &Word) {
        let head = cut.head(word);
        if !self.asked.starts.may_have(head) {
            return;
        }
        let letters = word.fold_end - word.fold_start;
        for length in (1..=8_u8).take(MOST_PREFIX) {
            if u32::from(length) <= letters && self.asked.prefixes >> length & 1 == 1 {
                self.show(prefix_key(head, length));
            }
        }
    }

    fn ends(&mut self, cut: &Cut, word: &Word) {
        let folded = cut.folded(word);
        let mut back = [0_u8; 4];
        for (slot, byte) in back.iter_mut().zip(folded.bytes().rev()) {
            *slot = byte;
        }
        if !self
            .asked
            .ends
            .may_have(u64::from(u32::from_le_bytes(back)))
        {
            return;
        }
        for length in (1..=4_u8).take(MOST_SUFFIX) {
            if self.asked.suffixes >> length & 1 == 1
                && let Some(key) = suffix_key(folded, length)
            {
                self.show(key);
            }
        }
    }

    fn tags(&mut self, cut: &Cut, kept_as: TextId) {
        if !cut.hashtags().is_empty() {
            self.show(KeyKind::AnyHashtag(kept_as).key(0));
            for tag in cut.hashtags() {
                self.show(KeyKind::Hashtag(kept_as).key(tag.hash));
            }
        }
        if !cut.mentions().is_empty() {
            self.show(KeyKind::AnyMention(kept_as).key(0));
            for tag in cut.mentions() {
                self.show(KeyKind::Mention(kept_as).key(tag.hash));
                let value = cut.mention(tag);
                for (at, _) in value.match_indices('@') {
                    let name = value.as_bytes().get(..at).unwrap_or_default();
                    self.show(KeyKind::Mention(kept_as).key(hash(name)));
                }
            }
        }
    }

    /// Words and tags of the author's name and description and of the parent.
    fn people(&mut self) {
        for text in [TextId::Name, TextId::Bio, TextId::Parent] {
            if self.asked.has(KeyKind::Word(text)) {
                for word in self.post.cut(text).words() {
                    self.show(KeyKind::Word(text).key(word.hash));
                }
            }
            let tags = [
                KeyKind::Hashtag(text),
                KeyKind::AnyHashtag(text),
                KeyKind::Mention(text),
                KeyKind::AnyMention(text),
            ];
            if tags.iter().any(|kind| self.asked.has(*kind)) {
                self.tags(self.post.cut(text), text);
            }
        }
    }

    fn labels(&mut self) {
        if self.asked.has(KeyKind::Source)
            && let Some(source) = self.post.view.source
        {
            self.show(KeyKind::Source.key(value_hash(source)));
        }
        if self.asked.has(KeyKind::Author)
            && let Some(author) = self.post.view.author.handle
        {
            self.show(KeyKind::Author.key(hash(handle(&fold::value(author)).as_bytes())));
        }
    }
}
