//! Which rare words wake a watch: without one of them in the post it cannot be true.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]
#![expect(clippy::unnecessary_wraps, reason = "one shape for every choice")]
#![expect(clippy::unused_self, reason = "one shape for every choice")]

use super::facts::Fact;
use super::post::{PreparedPost, TextId};
use super::program::{Op, Place, Program, Term};
use super::statistics::Statistics;
use crate::fold;
use crate::token::{Cut, Word, hash, is_wild};
use crate::watch::{ValueField, ValueTest};

/// A key under which a watch is kept, and what else the post must have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pick {
    pub(crate) key: u64,
    /// Hash of another word that title or text must have; 0 for none.
    pub(crate) pair: u64,
    /// The share of posts that have the key.
    share: f32,
    /// Whether the key is itself the hash of a word of title or text.
    is_word: bool,
}

/// How a watch is woken.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Wake {
    /// By one of these; by every post when there are none.
    pub(crate) picks: Option<Vec<Pick>>,
    /// Hash of the one source it asks for; 0 for any.
    pub(crate) source: u64,
}

/// Kinds of keys beside plain words of title and text; the salt keeps them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Word(TextId),
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
    pub(crate) const COUNT: usize = 40;

    /// A number of its own, less than `COUNT`.
    pub(crate) const fn number(self) -> usize {
        match self {
            Self::Word(text) => text as usize,
            Self::Hashtag(text) => 5 + text as usize,
            Self::AnyHashtag(text) => 10 + text as usize,
            Self::Mention(text) => 15 + text as usize,
            Self::AnyMention(text) => 20 + text as usize,
            Self::Prefix(length) => 25 + (length & 7) as usize,
            Self::Suffix(length) => 31 + (length & 7) as usize,
            Self::Source => 38,
            Self::Author => 39,
        }
    }

    /// The key of a value of this kind.
    pub(crate) const fn key(self, hash: u64) -> u64 {
        match self {
            // Words of title and text are kept under their own hash.
            Self::Word(TextId::Title | TextId::Text) => hash,
            _ => {
                (hash ^ (self.number() as u64))
                    .wrapping_mul(0x9FB2_1C65_1E98_DF25)
                    .rotate_left(23)
                    ^ hash
            }
        }
    }
}

/// The most bytes of the beginning or end of a word that make a key.
const MOST_AFFIX: usize = 4;

/// The key of the first bytes of a word.
pub(crate) const fn prefix_key(head: u64, length: u8) -> u64 {
    let bytes = head & (u64::MAX >> (64 - 8 * length as u32));
    KeyKind::Prefix(length).key(bytes.wrapping_mul(0xC2B2_AE3D_27D4_EB4F))
}

/// The key of the last bytes of a word.
pub(crate) fn suffix_key(word: &str, length: u8) -> Option<u64> {
    let bytes = word.as_bytes();
    let tail = bytes.get(bytes.len().checked_sub(usize::from(length))?..)?;
    Some(KeyKind::Suffix(length).key(hash(tail)))
}

/// The first eight bytes of the folded form, zero where it is shorter.
#[inline]
pub(crate) fn head(cut: &Cut, word: &Word) -> u64 {
    let mut bytes = [0_u8; 8];
    for (slot, byte) in bytes.iter_mut().zip(cut.folded(word).bytes()) {
        *slot = byte;
    }
    u64::from_le_bytes(bytes)
}

/// Chooses how a program is woken.
pub(crate) fn choose(program: &Program, statistics: &Statistics, kinds: &mut Vec<KeyKind>) -> Wake {
    let chooser = Chooser {
        program,
        statistics,
    };
    let choice = chooser.choice(0);
    let picks = choice.map(|choice| {
        kinds.extend(choice.kinds);
        choice.picks
    });
    Wake {
        picks,
        source: chooser.source(0),
    }
}

#[derive(Debug, Clone)]
struct Choice {
    /// The share of posts that wake it.
    cost: f32,
    picks: Vec<Pick>,
    kinds: Vec<KeyKind>,
}

struct Chooser<'p> {
    program: &'p Program,
    statistics: &'p Statistics,
}

impl Chooser<'_> {
    fn choice(&self, at: u32) -> Option<Choice> {
        let op = self.program.step(at)?.op;
        match op {
            Op::All => self.all(self.program.parts(at)),
            Op::Any => any_of(self.program.parts(at).map(|part| self.choice(part))),
            Op::Of(count) => self.of(at, count),
            Op::Near(first) => {
                let negated = |index: usize| {
                    let near = index
                        .checked_sub(1)
                        .and_then(|step| self.program.nears.get(first as usize + step));
                    near.is_some_and(|near| near.negated)
                };
                self.all(
                    self.program
                        .parts(at)
                        .enumerate()
                        .filter(|(index, _)| !negated(*index))
                        .map(|(_, part)| part),
                )
            }
            Op::AtLeast(_) | Op::Piece(..) => self.choice(at + 1),
            Op::Word(term, place) => self.word(self.program.term(term)?, place),
            Op::Phrase(first, count, place) => self.words(first, count, place),
            Op::Sloppy(sloppy, place) => {
                let sloppy = self.program.sloppies.get(sloppy as usize)?;
                self.words(sloppy.first, sloppy.count, place)
            }
            Op::Hashtag(term, place) => self.tag(
                self.program.term(term)?,
                place,
                KeyKind::Hashtag,
                KeyKind::AnyHashtag,
            ),
            Op::Mention(term, place) => self.tag(
                self.program.term(term)?,
                place,
                KeyKind::Mention,
                KeyKind::AnyMention,
            ),
            Op::Fact(fact) => self.fact(self.program.facts.get(fact as usize)?),
            Op::Not | Op::Raw(..) => None,
        }
    }

    /// The rarest of parts that are all needed, with a second one beside it.
    fn all(&self, parts: impl Iterator<Item = u32>) -> Option<Choice> {
        let mut choices: Vec<Choice> = parts.filter_map(|part| self.choice(part)).collect();
        let best = (0..choices.len()).min_by(|left, right| {
            let cost = |index: &usize| choices.get(*index).map_or(1.0, |choice| choice.cost);
            cost(left).total_cmp(&cost(right))
        })?;
        let mut best = choices.swap_remove(best);
        let second = choices
            .iter()
            .filter_map(|choice| match choice.picks.as_slice() {
                [pick] if pick.is_word => Some(*pick),
                _ => None,
            })
            .min_by(|left, right| left.share.total_cmp(&right.share));
        if let Some(second) = second {
            for pick in best
                .picks
                .iter_mut()
                .filter(|pick| pick.pair == 0 && pick.key != second.key)
            {
                pick.pair = second.key;
            }
            best.cost *= second.share.sqrt();
        }
        Some(best)
    }

    /// With k of n needed, one of any n - k + 1 is there.
    fn of(&self, at: u32, count: u32) -> Option<Choice> {
        let total = self.program.parts(at).count();
        let needed = (total + 1).checked_sub(count as usize)?;
        let mut choices: Vec<Choice> = self
            .program
            .parts(at)
            .filter_map(|part| self.choice(part))
            .collect();
        choices.sort_by(|left, right| left.cost.total_cmp(&right.cost));
        if choices.len() < needed {
            return None;
        }
        choices.truncate(needed);
        any_of(choices.into_iter().map(Some))
    }

    fn words(&self, first: u32, count: u32, place: Place) -> Option<Choice> {
        let choices =
            (first..first + count).filter_map(|term| self.word(self.program.term(term)?, place));
        let mut choices: Vec<Choice> = choices.collect();
        choices.sort_by(|left, right| left.cost.total_cmp(&right.cost));
        let mut choices = choices.into_iter();
        let mut best = choices.next()?;
        let second =
            choices.find_map(|choice| choice.picks.first().copied().filter(|pick| pick.is_word));
        if let (Some(pick), Some(second)) = (best.picks.first_mut(), second)
            && pick.key != second.key
        {
            pick.pair = second.key;
            best.cost *= second.share.sqrt();
        }
        Some(best)
    }

    fn word(&self, term: &Term, place: Place) -> Option<Choice> {
        let text = match place {
            Place::Anywhere | Place::Lead => TextId::Text,
            Place::Only(text) => text,
        };
        let is_word = matches!(text, TextId::Title | TextId::Text);
        let written = self.program.text(term);
        if !term.wild {
            let kind = KeyKind::Word(text);
            let share = self.statistics.share(term.hash, written.len());
            return Some(one(kind, kind.key(term.hash), share, is_word));
        }
        if !is_word {
            return None;
        }
        let start = folded(written.split(is_wild).next()?, term);
        let end = folded(written.rsplit(is_wild).next()?, term);
        if start.is_empty() && end.is_empty() {
            return None;
        }
        if start.len() >= end.len().min(3) {
            let length = u8::try_from(start.len().min(MOST_AFFIX)).ok()?;
            let mut bytes = [0_u8; 8];
            for (slot, byte) in bytes.iter_mut().zip(start.bytes()) {
                *slot = byte;
            }
            let key = prefix_key(u64::from_le_bytes(bytes), length);
            return Some(one(
                KeyKind::Prefix(length),
                key,
                affix_share(length),
                false,
            ));
        }
        let length = u8::try_from(end.len().min(MOST_AFFIX)).ok()?;
        Some(one(
            KeyKind::Suffix(length),
            suffix_key(&end, length)?,
            1.5 * affix_share(length),
            false,
        ))
    }

    fn tag(
        &self,
        term: &Term,
        place: Place,
        kind: fn(TextId) -> KeyKind,
        any: fn(TextId) -> KeyKind,
    ) -> Option<Choice> {
        let text = match place {
            // Tags of title and text are kept together.
            Place::Anywhere | Place::Lead | Place::Only(TextId::Title) => TextId::Text,
            Place::Only(text) => text,
        };
        if term.wild {
            return Some(one(any(text), any(text).key(0), 0.1, false));
        }
        let hash = hash(self.program.text(term).as_bytes());
        Some(one(kind(text), kind(text).key(hash), 0.0005, false))
    }

    fn fact(&self, fact: &Fact) -> Option<Choice> {
        let Fact::Value(field, tests) = fact else {
            return None;
        };
        let (kind, share) = match field {
            ValueField::Source => (KeyKind::Source, 0.2),
            ValueField::Author => (KeyKind::Author, 0.001),
            _ => return None,
        };
        any_of(tests.iter().map(|test| {
            let ValueTest::Fits(pattern) = test else {
                return None;
            };
            Some(one(
                kind,
                kind.key(hash(pattern.literal()?.as_bytes())),
                share,
                false,
            ))
        }))
        .filter(|choice| !choice.picks.is_empty())
    }

    /// The source without which nothing matches.
    fn source(&self, at: u32) -> u64 {
        match self.program.step(at).map(|step| step.op) {
            Some(Op::All) => self
                .program
                .parts(at)
                .map(|part| self.source(part))
                .find(|source| *source != 0)
                .unwrap_or(0),
            Some(Op::Fact(fact)) => match self.program.facts.get(fact as usize) {
                Some(Fact::Value(ValueField::Source, tests)) => match tests.as_ref() {
                    [ValueTest::Fits(pattern)] => pattern
                        .literal()
                        .map_or(0, |source| hash(source.as_bytes())),
                    _ => 0,
                },
                _ => 0,
            },
            _ => 0,
        }
    }
}

/// One of the choices wakes it; nothing when one of them cannot.
fn any_of(choices: impl Iterator<Item = Option<Choice>>) -> Option<Choice> {
    let mut all = Choice {
        cost: 0.0,
        picks: Vec::new(),
        kinds: Vec::new(),
    };
    for choice in choices {
        let choice = choice?;
        all.cost += choice.cost;
        all.picks.extend(choice.picks);
        all.kinds.extend(choice.kinds);
    }
    Some(all)
}

/// The value under which a post's source is known.
pub(crate) fn source_hash(post: &PreparedPost<'_>) -> u64 {
    post.view.source.map_or(0, value_hash)
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

/// Letters around a wildcard in folded form; a key has no more than the fold of what was written.
fn folded(part: &str, term: &Term) -> String {
    if term.exact {
        fold::fold(part)
    } else {
        part.to_owned()
    }
}

fn one(kind: KeyKind, key: u64, share: f32, is_word: bool) -> Choice {
    Choice {
        cost: share,
        picks: vec![Pick {
            key,
            pair: 0,
            share,
            is_word,
        }],
        kinds: vec![kind],
    }
}

const fn affix_share(length: u8) -> f32 {
    match length {
        0 | 1 => 0.7,
        2 => 0.4,
        3 => 0.1,
        _ => 0.02,
    }
}
