//! Runs a program on a post.

#![expect(clippy::single_match_else, reason = "both arms are equally usual")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]
#![expect(
    clippy::semicolon_if_nothing_returned,
    reason = "the call is the answer"
)]
#![expect(clippy::explicit_counter_loop, reason = "the chain stops early")]
#![expect(clippy::too_many_arguments, reason = "the door others call")]

use jiff::Timestamp;
use memchr::memmem;

use super::post::{PreparedPost, TextId};
use super::program::{Op, Place, Program, Step, Term};
use super::slop::SlopRoom;
use super::spans::{Span, any_near, cover_near, disjoint, keep_far, tidy};
use crate::token::{Break, Tag, Word, narrow};

/// Texts of more words than this are indexed before words are sought in them.
const SCANNED: usize = 64;

/// Vectors that are used again.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    free: Vec<Vec<Span>>,
    reach: Vec<u32>,
    pub(super) slop: SlopRoom,
}

impl Pool {
    pub(super) fn take(&mut self) -> Vec<Span> {
        self.free.pop().unwrap_or_default()
    }

    pub(super) fn give(&mut self, mut spans: Vec<Span>) {
        spans.clear();
        self.free.push(spans);
    }
}

/// A range of positions of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) text: TextId,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// A program on its way through a post.
pub(crate) struct Run<'r, 'p> {
    pub(crate) program: &'r Program,
    pub(crate) post: &'r PreparedPost<'p>,
    pub(crate) now: Timestamp,
    pub(crate) pool: &'r mut Pool,
}

impl Run<'_, '_> {
    /// Whether the step is true, seen through `view` (all texts when there is none).
    pub(crate) fn holds(&mut self, at: u32, view: Option<Range>) -> bool {
        let program = self.program;
        let Some(Step { op, .. }) = program.step(at) else {
            return false;
        };
        match op {
            Op::All => program.parts(at).all(|part| self.holds(part, view)),
            Op::Any => program.parts(at).any(|part| self.holds(part, view)),
            Op::Not => !self.holds(at + 1, view),
            Op::Of(count) => self.enough(at, count, view),
            Op::Word(_, place) | Op::Phrase(_, _, place) | Op::Sloppy(_, place) => {
                self.leaf_holds(at, place, view)
            }
            Op::Hashtag(_, place) | Op::Mention(_, place) => self.leaf_holds(at, place, view),
            Op::Near(_) => {
                let texts = self.texts(at);
                texts.into_iter().flatten().any(|text| {
                    self.range(text, view)
                        .is_some_and(|range| self.near_holds(at, range))
                })
            }
            Op::AtLeast(count) => self.at_least(at, count, view),
            Op::Piece(kind, place) => self.piece_holds(at, kind, place, view),
            Op::Raw(raw, place) => self.raw_holds(raw, place),
            Op::Fact(fact) => program
                .facts
                .get(fact as usize)
                .is_some_and(|fact| fact.holds(self.post, self.now)),
        }
    }

    fn enough(&mut self, at: u32, count: u32, view: Option<Range>) -> bool {
        let mut left = count;
        for part in self.program.parts(at) {
            if left == 0 {
                break;
            }
            left -= u32::from(self.holds(part, view));
        }
        left == 0
    }

    fn leaf_holds(&mut self, at: u32, place: Place, view: Option<Range>) -> bool {
        place.texts().iter().any(|text| {
            self.range(*text, view)
                .is_some_and(|range| self.exists(at, range))
        })
    }

    /// The part of a text that is seen.
    fn range(&self, text: TextId, view: Option<Range>) -> Option<Range> {
        match view {
            Some(view) => (view.text == text).then_some(view),
            None => {
                let to = narrow(self.post.cut(text).words().len());
                (to > 0).then_some(Range { text, from: 0, to })
            }
        }
    }

    /// A range as a leaf sees it that looks at `place`.
    fn seen(&self, place: Place, range: Range) -> Option<Range> {
        if !place.holds(range.text) {
            return None;
        }
        if place != Place::Lead {
            return Some(range);
        }
        let lead = self
            .post
            .cut_text(range.text)
            .lead(self.post.source(range.text));
        Some(Range {
            to: range.to.min(lead),
            ..range
        })
        .filter(|range| range.from < range.to)
    }

    /// The texts in which the leaves below a step look.
    fn texts(&self, at: u32) -> [Option<TextId>; 5] {
        if self.program.is_plain {
            return [Some(TextId::Title), Some(TextId::Text), None, None, None];
        }
        let end = self.program.step(at).map_or(at, |step| step.end);
        TextId::ALL.map(|text| {
            let looks = (at..end).any(|step| {
                self.program.step(step).is_some_and(|step| match step.op {
                    Op::Word(_, place)
                    | Op::Phrase(_, _, place)
                    | Op::Sloppy(_, place)
                    | Op::Hashtag(_, place)
                    | Op::Mention(_, place) => place.holds(text),
                    _ => false,
                })
            });
            looks.then_some(text)
        })
    }

    /// Whether a step that yields spans has one in the range.
    fn exists(&mut self, at: u32, range: Range) -> bool {
        let program = self.program;
        let Some(Step { op, .. }) = program.step(at) else {
            return false;
        };
        match op {
            Op::Word(term, place) => {
                let mut found = false;
                self.each_word(term, place, range, |_| {
                    found = true;
                    false
                });
                found
            }
            Op::Phrase(first, count, place) => {
                let mut found = false;
                self.each_phrase((first, count), place, range, |_| {
                    found = true;
                    false
                });
                found
            }
            Op::Sloppy(sloppy, place) => self.seen(place, range).is_some_and(|range| {
                let mut room = std::mem::take(&mut self.pool.slop);
                let found = room.any(self, sloppy, range);
                self.pool.slop = room;
                found
            }),
            Op::Hashtag(..) | Op::Mention(..) => {
                let mut spans = self.pool.take();
                self.spans(at, range, &mut spans);
                let found = !spans.is_empty();
                self.pool.give(spans);
                found
            }
            Op::Any => program.parts(at).any(|part| self.exists(part, range)),
            Op::Near(_) => self.near_holds(at, range),
            _ => false,
        }
    }

    /// Adds the spans of a step in a range, in order and each once.
    pub(crate) fn spans(&mut self, at: u32, range: Range, out: &mut Vec<Span>) {
        let program = self.program;
        let Some(Step { op, .. }) = program.step(at) else {
            return;
        };
        match op {
            Op::Word(term, place) => self.each_word(term, place, range, |position| {
                out.push(Span {
                    first: position,
                    last: position,
                });
                true
            }),
            Op::Phrase(first, count, place) => {
                self.each_phrase((first, count), place, range, |position| {
                    out.push(Span {
                        first: position,
                        last: position + count - 1,
                    });
                    true
                })
            }
            Op::Sloppy(sloppy, place) => {
                if let Some(range) = self.seen(place, range) {
                    let mut room = std::mem::take(&mut self.pool.slop);
                    room.spans(self, sloppy, range, out);
                    self.pool.slop = room;
                }
            }
            Op::Hashtag(term, place) | Op::Mention(term, place) => {
                self.tags(op, term, place, range, out)
            }
            Op::Any => {
                for part in program.parts(at) {
                    self.spans(part, range, out);
                }
                tidy(out);
            }
            Op::Near(_) => {
                let mut covers = self.chain(at, range, false);
                out.append(&mut covers);
                self.pool.give(covers);
            }
            Op::All
            | Op::Not
            | Op::Of(_)
            | Op::AtLeast(_)
            | Op::Piece(..)
            | Op::Raw(..)
            | Op::Fact(_) => {}
        }
    }

    fn near_holds(&mut self, at: u32, range: Range) -> bool {
        let spans = self.chain(at, range, true);
        let found = !spans.is_empty();
        self.pool.give(spans);
        found
    }

    /// The spans of a NEAR chain; with `any`, one span that stands for all is enough.
    fn chain(&mut self, at: u32, range: Range, any: bool) -> Vec<Span> {
        let mut left = self.pool.take();
        let Some(Step {
            op: Op::Near(first_near),
            end,
        }) = self.program.step(at)
        else {
            return left;
        };
        let mut parts = self.program.parts(at);
        if let Some(first) = parts.next() {
            self.spans(first, range, &mut left);
        }
        let mut index = first_near as usize;
        for part in parts {
            let Some(near) = self.program.nears.get(index).copied() else {
                break;
            };
            index += 1;
            if left.is_empty() {
                break;
            }
            let mut right = self.pool.take();
            self.spans(part, range, &mut right);
            let mut next = self.pool.take();
            let is_last = self.program.step(part).is_some_and(|step| step.end == end);
            if near.negated {
                let mut reach = std::mem::take(&mut self.pool.reach);
                keep_far(&left, &right, near, &mut reach, &mut next);
                self.pool.reach = reach;
            } else if any && is_last {
                if any_near(&left, &right, near) {
                    next.push(Span { first: 0, last: 0 });
                }
            } else {
                cover_near(&left, &right, near, &mut next);
            }
            self.pool.give(right);
            let before = std::mem::replace(&mut left, next);
            self.pool.give(before);
        }
        left
    }

    fn at_least(&mut self, at: u32, count: u32, view: Option<Range>) -> bool {
        let mut found = 0;
        for text in self.texts(at).into_iter().flatten() {
            let Some(range) = self.range(text, view) else {
                continue;
            };
            let mut spans = self.pool.take();
            self.spans(at + 1, range, &mut spans);
            found += disjoint(&mut spans, count - found);
            self.pool.give(spans);
            if found >= count {
                return true;
            }
        }
        false
    }

    fn piece_holds(&mut self, at: u32, kind: Break, place: Place, view: Option<Range>) -> bool {
        let post = self.post;
        for text in place.texts() {
            let Some(range) = self
                .range(*text, view)
                .and_then(|range| self.seen(place, range))
            else {
                continue;
            };
            let pieces = post.cut_text(*text).pieces(post.source(*text), kind);
            let begin = pieces.partition_point(|(_, end)| *end <= range.from);
            for (start, end) in pieces.get(begin..).unwrap_or_default() {
                if *start >= range.to {
                    break;
                }
                let piece = Range {
                    text: *text,
                    from: range.from.max(*start),
                    to: range.to.min(*end),
                };
                if self.holds(at + 1, Some(piece)) {
                    return true;
                }
            }
        }
        false
    }

    fn raw_holds(&self, raw: u32, place: Place) -> bool {
        let Some((start, end)) = self.program.raws.get(raw as usize) else {
            return false;
        };
        let wanted = crate::token::slice(&self.program.letters, *start, *end);
        place.texts().iter().any(|text| {
            let source = self.post.source(*text);
            let cut = self.post.cut_text(*text);
            let limit = (place == Place::Lead)
                .then(|| {
                    cut.cut()
                        .words()
                        .get(cut.lead(source) as usize)
                        .map(|word| word.start as usize)
                })
                .flatten();
            let seen = source
                .get(..limit.unwrap_or(source.len()))
                .unwrap_or_default();
            memmem::find(seen.as_bytes(), wanted.as_bytes()).is_some()
        })
    }

    /// Calls `see` with each position of a term, until it says no.
    pub(super) fn each_word(
        &self,
        term: u32,
        place: Place,
        range: Range,
        mut see: impl FnMut(u32) -> bool,
    ) {
        let (Some(term), Some(range)) = (self.program.term(term), self.seen(place, range)) else {
            return;
        };
        self.each_position(term, range, |position, word| {
            !self.program.fits(term, self.post, range.text, word) || see(position)
        });
    }

    /// Calls `see` with each position that may be a term's, until it says no.
    #[inline]
    fn each_position(&self, term: &Term, range: Range, mut see: impl FnMut(u32, &Word) -> bool) {
        let cut = self.post.cut(range.text);
        let words = cut.words();
        if !term.wild && !cut.may_have(term.hash) {
            return;
        }
        let whole = range.from == 0 && range.to as usize == words.len();
        if !term.wild && whole && words.len() > SCANNED {
            for position in self.post.cut_text(range.text).index().chain(term.hash) {
                if words
                    .get(position as usize)
                    .is_some_and(|word| word.hash == term.hash && !see(position, word))
                {
                    return;
                }
            }
            return;
        }
        let seen = words
            .get(range.from as usize..range.to as usize)
            .unwrap_or_default();
        for (position, word) in (range.from..).zip(seen) {
            if (term.wild || word.hash == term.hash) && !see(position, word) {
                return;
            }
        }
    }

    /// Calls `see` with the first position of each place where a phrase stands, until it says no.
    fn each_phrase(
        &self,
        (first, count): (u32, u32),
        place: Place,
        range: Range,
        mut see: impl FnMut(u32) -> bool,
    ) {
        let program = self.program;
        let Some(range) = self.seen(place, range) else {
            return;
        };
        let cut = self.post.cut(range.text);
        let terms = program
            .terms
            .get(first as usize..(first + count) as usize)
            .unwrap_or_default();
        if terms
            .iter()
            .any(|term| !term.wild && !cut.may_have(term.hash))
        {
            return;
        }
        // The longest word without wildcards is the rarest, most of the time.
        let lead = (0..)
            .zip(terms)
            .filter(|(_, term)| !term.wild)
            .max_by_key(|(offset, term)| (term.end - term.start, std::cmp::Reverse(*offset)))
            .or_else(|| (0_u32..).zip(terms).next());
        let Some((offset, lead)) = lead else { return };
        self.each_position(lead, range, |position, _| {
            let Some(start) = position
                .checked_sub(offset)
                .filter(|start| *start >= range.from)
            else {
                return true;
            };
            if start + count > range.to {
                return true;
            }
            let words = cut
                .words()
                .get(start as usize..(start + count) as usize)
                .unwrap_or_default();
            let fits = words
                .iter()
                .zip(terms)
                .all(|(word, term)| program.fits(term, self.post, range.text, word));
            !fits || see(start)
        });
    }

    fn tags(&self, op: Op, term: u32, place: Place, range: Range, out: &mut Vec<Span>) {
        let (Some(term), Some(range)) = (self.program.term(term), self.seen(place, range)) else {
            return;
        };
        let cut = self.post.cut(range.text);
        let wanted = self.program.text(term);
        let fits = |value: &str| {
            if term.wild {
                crate::watch::fits(wanted, value)
            } else {
                value == wanted
            }
        };
        let is_mention = matches!(op, Op::Mention(..));
        let tags: &[Tag] = if is_mention {
            cut.mentions()
        } else {
            cut.hashtags()
        };
        for tag in tags {
            let (first, last) = tag.words;
            if first > last || first < range.from || last >= range.to {
                continue;
            }
            let found = if is_mention {
                mention_fits(cut.mention(tag), fits)
            } else {
                fits(cut.hashtag(tag))
            };
            if found {
                out.push(Span { first, last });
            }
        }
    }
}

/// A mention equals the item, or begins with it followed by `@`.
fn mention_fits(value: &str, fits: impl Fn(&str) -> bool) -> bool {
    fits(value)
        || value
            .match_indices('@')
            .any(|(at, _)| value.get(..at).is_some_and(&fits))
}
