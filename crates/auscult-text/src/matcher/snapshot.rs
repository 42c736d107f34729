//! The compiled set at one moment: immutable, shared by threads, asked for each post.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::anchors::{KeyKind, head, prefix_key, source_hash, suffix_key, value_hash};
use super::eval::{Pool, Run};
use super::post::{PreparedPost, TextId};
use super::program::Program;
use super::table::{Posting, Table};
use crate::fold;
use crate::token::hash;
use crate::watch::handle;

/// Watches in one page; a change copies one page.
const PAGE: usize = 256;

/// A watch in the set.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) key: u64,
    pub(crate) program: Program,
}

type WatchPage = Vec<Option<Arc<Compiled>>>;

/// What a set is made of; a clone shares everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Set {
    pub(crate) table: Table,
    watches: Vec<Arc<WatchPage>>,
    /// Watches that every post wakes.
    pub(crate) always: Arc<Vec<Posting>>,
    /// How many keys there are of each kind.
    pub(crate) kinds: Arc<Vec<u32>>,
    pub(crate) tenants: Arc<HashMap<u64, u32>>,
}

impl Set {
    #[inline]
    fn watch(&self, slot: u32) -> Option<&Compiled> {
        self.watches
            .get(slot as usize / PAGE)?
            .get(slot as usize % PAGE)?
            .as_deref()
    }

    pub(crate) fn put(&mut self, slot: u32, watch: Option<Arc<Compiled>>) {
        let page = slot as usize / PAGE;
        while self.watches.len() <= page {
            self.watches.push(Arc::new(vec![None; PAGE]));
        }
        if let Some(place) = self
            .watches
            .get_mut(page)
            .and_then(|page| Arc::make_mut(page).get_mut(slot as usize % PAGE))
        {
            *place = watch;
        }
    }

    #[inline]
    fn has(&self, kind: KeyKind) -> bool {
        self.kinds
            .get(kind.number())
            .is_some_and(|count| *count > 0)
    }
}

/// Room for matching, used again from post to post; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The round in which a watch was looked at last.
    seen: Vec<u32>,
    round: u32,
    matched: Vec<u64>,
    pool: Pool,
}

/// The compiled watches at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(crate) set: Set,
    pub(crate) slots: u32,
}

impl Snapshot {
    /// The keys of the watches that match a post, in ascending order; of all tenants when none is named.
    pub fn matches<'s>(
        &self,
        tenant: Option<u64>,
        post: &PreparedPost<'_>,
        now: Timestamp,
        scratch: &'s mut Scratch,
    ) -> &'s [u64] {
        scratch.matched.clear();
        let tenant = match tenant {
            None => 0,
            Some(tenant) => match self.set.tenants.get(&tenant) {
                Some(number) => *number,
                None => return &scratch.matched,
            },
        };
        scratch.begin(self.slots);
        let mut waking = Waking {
            set: &self.set,
            post,
            now,
            tenant,
            source: low_half(source_hash(post)),
            scratch,
        };
        waking.words();
        waking.affixes();
        waking.tags();
        waking.people();
        waking.labels();
        waking.always();
        if !scratch.matched.is_sorted() {
            scratch.matched.sort_unstable();
        }
        &scratch.matched
    }
}

impl Scratch {
    fn begin(&mut self, slots: u32) {
        if self.seen.len() < slots as usize {
            self.seen.resize(slots as usize, 0);
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.round = 1;
        }
    }

    pub(crate) fn pool(&mut self) -> &mut Pool {
        &mut self.pool
    }
}

struct Waking<'w, 'p> {
    set: &'w Set,
    post: &'w PreparedPost<'p>,
    now: Timestamp,
    tenant: u32,
    source: u32,
    scratch: &'w mut Scratch,
}

impl Waking<'_, '_> {
    fn words(&mut self) {
        for text in [TextId::Title, TextId::Text] {
            for word in self.post.cut(text).words() {
                self.wake(word.hash);
            }
        }
    }

    /// Words by their first and last letters, as far as any watch asks for them.
    fn affixes(&mut self) {
        for length in 1..=4 {
            let by_start = self.set.has(KeyKind::Prefix(length));
            let by_end = self.set.has(KeyKind::Suffix(length));
            if !by_start && !by_end {
                continue;
            }
            for text in [TextId::Title, TextId::Text] {
                self.affixes_of(text, length, (by_start, by_end));
            }
        }
    }

    fn affixes_of(&mut self, text: TextId, length: u8, (by_start, by_end): (bool, bool)) {
        let cut = self.post.cut(text);
        for word in cut.words() {
            if by_start {
                self.wake(prefix_key(head(cut, word), length));
            }
            if by_end && let Some(key) = suffix_key(cut.folded(word), length) {
                self.wake(key);
            }
        }
    }

    fn tags(&mut self) {
        for text in [TextId::Title, TextId::Text] {
            self.tags_of(text, TextId::Text);
        }
    }

    fn tags_of(&mut self, text: TextId, kept_as: TextId) {
        let cut = self.post.cut(text);
        if !cut.hashtags().is_empty() {
            self.wake(KeyKind::AnyHashtag(kept_as).key(0));
            for tag in cut.hashtags() {
                self.wake(KeyKind::Hashtag(kept_as).key(tag.hash));
            }
        }
        if !cut.mentions().is_empty() {
            self.wake(KeyKind::AnyMention(kept_as).key(0));
            for tag in cut.mentions() {
                let value = cut.mention(tag);
                self.wake(KeyKind::Mention(kept_as).key(tag.hash));
                for (at, _) in value.match_indices('@') {
                    let name = value.as_bytes().get(..at).unwrap_or_default();
                    self.wake(KeyKind::Mention(kept_as).key(hash(name)));
                }
            }
        }
    }

    /// Words and tags of the author's name and description and of the parent.
    fn people(&mut self) {
        for text in [TextId::Name, TextId::Bio, TextId::Parent] {
            if self.set.has(KeyKind::Word(text)) {
                for word in self.post.cut(text).words() {
                    self.wake(KeyKind::Word(text).key(word.hash));
                }
            }
            let tags = [
                KeyKind::Hashtag(text),
                KeyKind::AnyHashtag(text),
                KeyKind::Mention(text),
                KeyKind::AnyMention(text),
            ];
            if tags.iter().any(|kind| self.set.has(*kind)) {
                self.tags_of(text, text);
            }
        }
    }

    fn labels(&mut self) {
        if self.set.has(KeyKind::Source)
            && let Some(source) = self.post.view.source
        {
            self.wake(KeyKind::Source.key(value_hash(source)));
        }
        if self.set.has(KeyKind::Author)
            && let Some(author) = self.post.view.author.handle
        {
            self.wake(KeyKind::Author.key(hash(handle(&fold::value(author)).as_bytes())));
        }
    }

    fn always(&mut self) {
        let set = self.set;
        for posting in set.always.iter() {
            self.consider(posting);
        }
    }

    #[inline]
    fn wake(&mut self, key: u64) {
        let set = self.set;
        if !set.table.may_have(key) {
            return;
        }
        for posting in set.table.get(key) {
            self.consider(posting);
        }
    }

    #[inline]
    fn consider(&mut self, posting: &Posting) {
        if self.tenant != 0 && posting.tenant != self.tenant
            || posting.source != 0 && posting.source != self.source
        {
            return;
        }
        if posting.pair != 0 && !self.post.may_have(posting.pair) {
            return;
        }
        let round = self.scratch.round;
        match self.scratch.seen.get_mut(posting.slot as usize) {
            Some(seen) if *seen != round => *seen = round,
            _ => return,
        }
        self.run(posting.slot);
    }

    fn run(&mut self, slot: u32) {
        let Some(watch) = self.set.watch(slot) else {
            return;
        };
        let mut run = Run {
            program: &watch.program,
            post: self.post,
            now: self.now,
            pool: &mut self.scratch.pool,
        };
        if run.holds(0, None) {
            self.scratch.matched.push(watch.key);
        }
    }
}

/// The half of a hash that a posting keeps; never 0 for a source that is there.
pub(crate) fn low_half(hash: u64) -> u32 {
    if hash == 0 {
        0
    } else {
        u32::try_from(hash & 0xFFFF_FFFF).unwrap_or(0).max(1)
    }
}
