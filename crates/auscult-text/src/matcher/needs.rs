//! What a post must show for a program to be true: clauses, each a set of keys of which one is there.
//!
//! The clauses are necessary, not sufficient: what cannot be said by keys is left out.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::facts::Fact;
use super::keys::{KeyKind, MOST_PREFIX, MOST_SUFFIX, lead, pair_key, prefix_key, suffix_key};
use super::post::TextId;
use super::program::{Op, Place, Program, Term};
use super::statistics::Statistics;
use crate::fold;
use crate::token::{hash, is_wild, padded};
use crate::watch::{ValueField, ValueTest};

/// More clauses than this do not help.
const MOST_CLAUSES: usize = 8;
/// More sets than this of a `k OF` are not written out.
const MOST_SETS: usize = 10;

/// The first letters of a beginning, the last ones of an end from the back, some bits of the first word of a pair.
pub(crate) type Edge = u64;

/// A key that a post may show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Need {
    pub(crate) key: u64,
    /// The share of posts that show it, about.
    pub(crate) share: f32,
    pub(crate) kind: KeyKind,
    /// By what a post's words are looked over before the key is made.
    pub(crate) edge: Edge,
}

/// One of these must be there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clause {
    pub(crate) needs: Vec<Need>,
    /// The share of posts for which it is true, about.
    pub(crate) share: f32,
}

impl Clause {
    const fn never() -> Self {
        Self {
            needs: Vec::new(),
            share: 0.0,
        }
    }

    fn one(need: Need) -> Self {
        Self {
            share: need.share,
            needs: vec![need],
        }
    }
}

/// The clauses of a program, the rarest first; none when nothing can be said.
pub(crate) fn needs(program: &Program, statistics: &Statistics) -> Vec<Clause> {
    Reader {
        program,
        statistics,
    }
    .clauses(0)
}

struct Reader<'p> {
    program: &'p Program,
    statistics: &'p Statistics,
}

impl Reader<'_> {
    fn clauses(&self, at: u32) -> Vec<Clause> {
        let Some(step) = self.program.step(at) else {
            return Vec::new();
        };
        match step.op {
            Op::All => self.all(self.program.parts(at)),
            Op::Any => union(self.program.parts(at).map(|part| self.rarest(part)))
                .into_iter()
                .collect(),
            Op::Of(count) => self.of(at, count as usize),
            Op::Near(first) => {
                let negated = |index: usize| {
                    let near = index
                        .checked_sub(1)
                        .and_then(|step| self.program.nears.get(first as usize + step));
                    near.is_some_and(|near| near.negated)
                };
                let parts = self.program.parts(at).enumerate();
                self.all(
                    parts
                        .filter(|(index, _)| !negated(*index))
                        .map(|(_, part)| part),
                )
            }
            Op::AtLeast(_) | Op::Piece(..) => self.clauses(at + 1),
            Op::Not | Op::Raw(..) => Vec::new(),
            leaf => self.leaf(leaf),
        }
    }

    fn leaf(&self, op: Op) -> Vec<Clause> {
        let (term, place) = match op {
            Op::Phrase(first, count, place) => return self.words((first, count), place, true),
            Op::Sloppy(sloppy, place) => {
                return match self.program.sloppies.get(sloppy as usize) {
                    Some(sloppy) => self.words((sloppy.first, sloppy.count), place, false),
                    None => Vec::new(),
                };
            }
            Op::Fact(fact) => {
                let fact = self.program.facts.get(fact as usize);
                return fact.and_then(fact_clause).into_iter().collect();
            }
            Op::Word(term, place) | Op::Hashtag(term, place) | Op::Mention(term, place) => {
                (term, place)
            }
            _ => return Vec::new(),
        };
        let need = self.program.term(term).and_then(|term| match op {
            Op::Hashtag(..) => Some(self.tag(term, place, KeyKind::Hashtag, KeyKind::AnyHashtag)),
            Op::Mention(..) => Some(self.tag(term, place, KeyKind::Mention, KeyKind::AnyMention)),
            _ => self.word(term, place),
        });
        need.map(Clause::one).into_iter().collect()
    }

    fn all(&self, parts: impl Iterator<Item = u32>) -> Vec<Clause> {
        let mut clauses = Vec::new();
        for part in parts {
            let mut more = self.clauses(part);
            if clauses.is_empty() {
                clauses = more;
            } else {
                clauses.append(&mut more);
            }
        }
        rarest_first(clauses)
    }

    fn rarest(&self, at: u32) -> Option<Clause> {
        self.clauses(at).into_iter().next()
    }

    /// With k of n needed, one of any n - k + 1 is there.
    fn of(&self, at: u32, count: usize) -> Vec<Clause> {
        let total = self.program.parts(at).count();
        if total < count {
            return vec![Clause::never()];
        }
        if total == count {
            return self.all(self.program.parts(at));
        }
        let size = total + 1 - count;
        let mut parts: Vec<Clause> = self
            .program
            .parts(at)
            .filter_map(|part| self.rarest(part))
            .collect();
        if parts.len() < size {
            return Vec::new();
        }
        parts.sort_by(|left, right| left.share.total_cmp(&right.share));
        if total > 5 {
            parts.truncate(size);
        }
        let mut sets = Vec::new();
        choose_sets(parts.len(), size, 0, &mut Vec::new(), &mut sets);
        let clauses = sets
            .iter()
            .filter_map(|set| union(set.iter().map(|part| parts.get(*part).cloned())));
        rarest_first(clauses.collect())
    }

    /// Neighbours where the words stand side by side, single words else.
    fn words(&self, (first, count): (u32, u32), place: Place, side_by_side: bool) -> Vec<Clause> {
        let terms = self
            .program
            .terms
            .get(first as usize..(first + count) as usize)
            .unwrap_or_default();
        let paired = side_by_side && word_text(place) == TextId::Text;
        let mut clauses: Vec<Clause> = Vec::new();
        let mut before: Option<(&Term, bool)> = None;
        for term in terms {
            let mut is_told = false;
            if let Some((other, _)) = before
                && paired
                && !other.wild
                && !term.wild
            {
                clauses.push(Clause::one(self.pair(other, term)));
                is_told = true;
            }
            if let Some((other, false)) = before
                && !is_told
            {
                clauses.extend(self.word(other, place).map(Clause::one));
            }
            before = Some((term, is_told));
        }
        if let Some((last, false)) = before {
            clauses.extend(self.word(last, place).map(Clause::one));
        }
        rarest_first(clauses)
    }

    fn pair(&self, first: &Term, second: &Term) -> Need {
        let key = pair_key(first.hash, second.hash);
        let share = |term: &Term| {
            self.statistics
                .share(term.hash, self.program.text(term).len())
        };
        Need {
            key,
            share: self.statistics.pair_share(key, share(first), share(second)),
            kind: KeyKind::Pair,
            edge: u64::from(lead(first.hash)),
        }
    }

    fn word(&self, term: &Term, place: Place) -> Option<Need> {
        let text = word_text(place);
        let written = self.program.text(term);
        if !term.wild {
            let kind = KeyKind::Word(text);
            return Some(Need {
                key: kind.key(term.hash),
                share: self.statistics.share(term.hash, written.len()),
                kind,
                edge: 0,
            });
        }
        if text != TextId::Text {
            return None;
        }
        let start = folded(written.split(is_wild).next()?, term)?;
        let end = folded(written.rsplit(is_wild).next()?, term)?;
        if start.is_empty() && end.is_empty() {
            return None;
        }
        if start.len() >= end.len().min(3) {
            let length = u8::try_from(start.len().min(MOST_PREFIX)).ok()?;
            let head = padded(start.as_bytes());
            return Some(Need {
                key: prefix_key(head, length),
                share: affix_share(length),
                kind: KeyKind::Prefix(length),
                edge: head,
            });
        }
        let length = u8::try_from(end.len().min(MOST_SUFFIX)).ok()?;
        Some(Need {
            key: suffix_key(&end, length)?,
            share: 1.5 * affix_share(length),
            kind: KeyKind::Suffix(length),
            edge: padded(&end.bytes().rev().collect::<Vec<_>>()),
        })
    }

    fn tag(
        &self,
        term: &Term,
        place: Place,
        kind: fn(TextId) -> KeyKind,
        any: fn(TextId) -> KeyKind,
    ) -> Need {
        let text = word_text(place);
        let (kind, hash, share) = if term.wild {
            (any(text), 0, 0.1)
        } else {
            let value = self.program.text(term);
            (kind(text), hash(value.as_bytes()), 0.0005)
        };
        Need {
            key: kind.key(hash),
            share,
            kind,
            edge: 0,
        }
    }
}

/// Under which text the words and tags of a place are kept: those of title and text are kept together.
const fn word_text(place: Place) -> TextId {
    match place {
        Place::Anywhere | Place::Lead | Place::Only(TextId::Title) => TextId::Text,
        Place::Only(text) => text,
    }
}

fn fact_clause(fact: &Fact) -> Option<Clause> {
    let Fact::Value(field, tests) = fact else {
        return None;
    };
    let (kind, share) = match field {
        ValueField::Source => (KeyKind::Source, 0.2),
        ValueField::Author => (KeyKind::Author, 0.001),
        _ => return None,
    };
    union(tests.iter().map(|test| {
        let ValueTest::Fits(pattern) = test else {
            return None;
        };
        Some(Clause::one(Need {
            key: kind.key(hash(pattern.literal()?.as_bytes())),
            share,
            kind,
            edge: 0,
        }))
    }))
}

/// One of the clauses is true; nothing when one of them says nothing.
fn union(clauses: impl Iterator<Item = Option<Clause>>) -> Option<Clause> {
    let mut all = Clause::never();
    for clause in clauses {
        let clause = clause?;
        all.share += clause.share;
        if all.needs.is_empty() {
            all.needs = clause.needs;
        } else {
            all.needs.extend(clause.needs);
        }
    }
    Some(all)
}

fn rarest_first(mut clauses: Vec<Clause>) -> Vec<Clause> {
    clauses.sort_by(|left, right| left.share.total_cmp(&right.share));
    clauses.truncate(MOST_CLAUSES);
    clauses
}

/// The sets of `size` of the first `total` numbers, as far as they are few.
fn choose_sets(
    total: usize,
    size: usize,
    from: usize,
    begun: &mut Vec<usize>,
    sets: &mut Vec<Vec<usize>>,
) {
    if begun.len() == size {
        sets.push(begun.clone());
        return;
    }
    for next in from..total {
        if sets.len() >= MOST_SETS {
            return;
        }
        begun.push(next);
        choose_sets(total, size, next + 1, begun, sets);
        begun.pop();
    }
}

/// Letters around a wildcard in folded form. Case-sensitive ones that are not ASCII may melt into what the wildcard
/// stands for when they are folded, so nothing is said of them.
fn folded(part: &str, term: &Term) -> Option<String> {
    if !term.exact {
        return Some(part.to_owned());
    }
    part.is_ascii().then(|| fold::fold(part))
}

const fn affix_share(length: u8) -> f32 {
    match length {
        0 | 1 => 0.7,
        2 => 0.4,
        3 => 0.1,
        4 => 0.02,
        5 => 0.01,
        _ => 0.004,
    }
}
