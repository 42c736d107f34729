//! Sloppy phrases: words in any order at different positions, with few others between
//! (docs/specs/watch-language.md, 5).

use super::eval::{Range, Run};
use super::program::{Place, Sloppy};
use super::spans::Span;
use crate::token::narrow;

/// Room for the search, used again.
#[derive(Debug, Default)]
pub(crate) struct SlopRoom {
    /// Positions that some word of the phrase fits.
    positions: Vec<u32>,
    /// For each of them one flag for each word of the phrase.
    fits: Vec<bool>,
    /// The candidate each word of the phrase is given.
    given: Vec<Option<usize>>,
    tried: Vec<bool>,
    counts: Vec<u32>,
}

impl SlopRoom {
    /// Whether the phrase has a span in the range.
    pub(super) fn any(&mut self, run: &Run<'_, '_>, sloppy: u32, range: Range) -> bool {
        let Some(sloppy) = run.program.sloppies.get(sloppy as usize).copied() else {
            return false;
        };
        if !self.gather(run, sloppy, range) {
            return false;
        }
        let words = sloppy.count as usize;
        if self
            .fits
            .chunks(words)
            .all(|flags| flags.iter().filter(|flag| **flag).count() == 1)
        {
            return self.any_distinct(sloppy);
        }
        (0..self.positions.len()).any(|start| {
            // A window of the greatest length has the words if any window within it has.
            let end = self.window_end(start, sloppy);
            self.assign(start..end, words, &[])
        })
    }

    /// Adds all spans of the phrase in the range.
    pub(super) fn spans(
        &mut self,
        run: &Run<'_, '_>,
        sloppy: u32,
        range: Range,
        out: &mut Vec<Span>,
    ) {
        let Some(sloppy) = run.program.sloppies.get(sloppy as usize).copied() else {
            return;
        };
        if !self.gather(run, sloppy, range) {
            return;
        }
        let words = sloppy.count as usize;
        for start in 0..self.positions.len() {
            for end in start..self.window_end(start, sloppy) {
                if end + 1 - start >= words && self.assign(start..end + 1, words, &[start, end]) {
                    let (Some(first), Some(last)) =
                        (self.positions.get(start), self.positions.get(end))
                    else {
                        continue;
                    };
                    out.push(Span {
                        first: *first,
                        last: *last,
                    });
                }
            }
        }
    }

    /// Finds the candidates; false when some word of the phrase has none.
    fn gather(&mut self, run: &Run<'_, '_>, sloppy: Sloppy, range: Range) -> bool {
        self.positions.clear();
        self.fits.clear();
        let terms = sloppy.first..sloppy.first + sloppy.count;
        for term in terms.clone() {
            let before = self.positions.len();
            run.each_word(term, Place::Only(range.text), range, |position| {
                self.positions.push(position);
                true
            });
            if self.positions.len() == before {
                return false;
            }
        }
        self.positions.sort_unstable();
        self.positions.dedup();
        let cut = run.post.cut(range.text);
        for position in &self.positions {
            let word = cut.words().get(*position as usize);
            self.fits.extend(terms.clone().map(|term| {
                matches!((run.program.term(term), word), (Some(term), Some(word)) if run.program.fits(term, run.post, range.text, word))
            }));
        }
        true
    }

    /// One past the last candidate of the widest window that begins at a candidate.
    fn window_end(&self, start: usize, sloppy: Sloppy) -> usize {
        let first = self.positions.get(start).copied().unwrap_or(0);
        let limit = u64::from(first) + u64::from(sloppy.count) + u64::from(sloppy.slop);
        self.positions
            .partition_point(|position| u64::from(*position) < limit)
    }

    /// The short way where each candidate fits one word only: a window in which each word was seen.
    fn any_distinct(&mut self, sloppy: Sloppy) -> bool {
        let words = sloppy.count as usize;
        self.counts.clear();
        self.counts.resize(words, 0);
        let mut missing = narrow(words);
        let mut start = 0;
        let word_of = |fits: &[bool], candidate: usize| {
            fits.get(candidate * words..(candidate + 1) * words)
                .and_then(|flags| flags.iter().position(|flag| *flag))
        };
        for end in 0..self.positions.len() {
            let Some(count) = word_of(&self.fits, end).and_then(|word| self.counts.get_mut(word))
            else {
                continue;
            };
            missing -= u32::from(*count == 0);
            *count += 1;
            while self.window_end(start, sloppy) <= end {
                if let Some(count) =
                    word_of(&self.fits, start).and_then(|word| self.counts.get_mut(word))
                {
                    *count -= 1;
                    missing += u32::from(*count == 0);
                }
                start += 1;
            }
            if missing == 0 {
                return true;
            }
        }
        false
    }

    /// Whether the words can be given different candidates of the window, those of `used` among them.
    /// A candidate that was given a word once keeps one, so the used ones come first.
    fn assign(&mut self, window: std::ops::Range<usize>, words: usize, used: &[usize]) -> bool {
        self.given.clear();
        self.given.resize(words, None);
        let mut assigned = 0;
        for (order, candidate) in used.iter().enumerate() {
            if order > 0 && used.first() == Some(candidate) {
                continue;
            }
            if !self.give(*candidate, words) {
                return false;
            }
            assigned += 1;
        }
        for candidate in window {
            if assigned == words {
                break;
            }
            if !used.contains(&candidate) && self.give(candidate, words) {
                assigned += 1;
            }
        }
        assigned == words
    }

    /// Gives a candidate a word, moving others to other words where that helps.
    fn give(&mut self, candidate: usize, words: usize) -> bool {
        self.tried.clear();
        self.tried.resize(words, false);
        self.augment(candidate, words)
    }

    fn augment(&mut self, candidate: usize, words: usize) -> bool {
        for word in 0..words {
            let fits = self
                .fits
                .get(candidate * words + word)
                .copied()
                .unwrap_or(false);
            let Some(tried) = self.tried.get_mut(word).filter(|tried| fits && !**tried) else {
                continue;
            };
            *tried = true;
            let holder = self.given.get(word).copied().flatten();
            if holder.is_none_or(|holder| self.augment(holder, words)) {
                if let Some(given) = self.given.get_mut(word) {
                    *given = Some(candidate);
                }
                return true;
            }
        }
        false
    }
}
