//! How common words are: a guess from the language, corrected by the posts that were seen.

#![expect(clippy::cast_possible_truncation, reason = "a share needs few digits")]

use crate::token::hash;

use super::keys::pair_key;
use super::post::{PreparedPost, TextId};

const CELLS: usize = 1 << 16;
/// Posts needed before counts are believed.
const ENOUGH: u32 = 2_000;

/// The commonest words of what people write in English, about in order.
const COMMON: &str = "the to and i a of is in it you for that my was on with this be have are so but me not at just we \
they he all as or what if your do get no out up like can from when how one about good now know there go day time love \
new see had will an been who people has them more really think im dont its her she his our by very were some because \
got want need back make too today great great going would then us their than only over thanks last over after first \
never still here even off well work please why much being am him could other way down did should two any these thing \
right year years those also into before again where always best life man world every";

/// Words that many hospital watches use, and many posts about care.
const FREQUENT: &str = "hospital doctor doctors nurse nurses staff care health patient patients medical emergency wait \
waiting waited hours hour appointment room rude help family told said service bad worst clinic surgery ward pain \
phone call called left nothing week weeks days night morning bed food dirty clean happy lovely kind amazing thank";

/// How often words occur.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statistics {
    posts: u32,
    counts: Vec<u32>,
    known: std::collections::HashMap<u64, f32>,
}

impl Statistics {
    pub(crate) fn new() -> Self {
        let mut known = std::collections::HashMap::new();
        for (word, rank) in COMMON.split_whitespace().zip(1_u16..) {
            known.insert(
                hash(word.as_bytes()),
                (0.5 / f32::from(rank).sqrt()).min(0.4),
            );
        }
        for word in FREQUENT.split_whitespace() {
            known.insert(hash(word.as_bytes()), 0.02);
        }
        Self {
            posts: 0,
            counts: Vec::new(),
            known,
        }
    }

    /// Counts the words of a post.
    pub(crate) fn learn(&mut self, post: &PreparedPost<'_>) {
        if self.counts.is_empty() {
            self.counts.resize(CELLS, 0);
        }
        self.posts = self.posts.saturating_add(1);
        for text in [TextId::Title, TextId::Text] {
            let mut before = None;
            for word in post.cut(text).words() {
                self.count(word.hash);
                if let Some(before) = before {
                    self.count(pair_key(before, word.hash));
                }
                before = Some(word.hash);
            }
        }
    }

    fn count(&mut self, key: u64) {
        if let Some(count) = cell(key).and_then(|cell| self.counts.get_mut(cell)) {
            *count = count.saturating_add(1);
        }
    }

    /// The share of posts that have two words side by side, about.
    pub(crate) fn pair_share(&self, key: u64, first: f32, second: f32) -> f32 {
        let guess = first.min(second) * 0.25;
        if self.posts >= ENOUGH {
            guess.min(self.share(key, 0))
        } else {
            guess
        }
    }

    /// The share of posts that have a word, about.
    pub(crate) fn share(&self, hash: u64, letters: usize) -> f32 {
        if self.posts >= ENOUGH {
            let count = cell(hash)
                .and_then(|cell| self.counts.get(cell))
                .copied()
                .unwrap_or(0);
            return ((f64::from(count) + 0.5) / f64::from(self.posts)) as f32;
        }
        self.known.get(&hash).copied().unwrap_or(match letters {
            0..=2 => 0.02,
            3 => 0.005,
            4..=5 => 0.002,
            6..=8 => 0.001,
            _ => 0.0005,
        })
    }
}

fn cell(hash: u64) -> Option<usize> {
    usize::try_from(hash >> 48).ok()
}
