//! Where sentences and paragraphs end (docs/specs/watch-language.md, 2.5).

use std::ops::Range;

use super::cut::narrow;
use super::{Cut, Kind, Word, slice};
use crate::fold::{is_line_break, traits};

/// A kind of piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Break {
    /// Up to the end of a sentence.
    Sentence,
    /// Up to the end of a paragraph.
    Paragraph,
}

/// Words after which a dot ends no sentence.
const TITLES: [&str; 28] = [
    "dr", "mr", "mrs", "ms", "mx", "prof", "st", "sr", "jr", "fr", "rev", "hon", "vs", "eg", "ie",
    "approx", "dept", "hosp", "mt", "rd", "ave", "tel", "ext", "fig", "inc", "ltd", "co", "univ",
];

impl Cut {
    /// Ranges of positions, one for each sentence or paragraph of the text that was read.
    pub fn pieces(&self, source: &str, kind: Break) -> Vec<Range<usize>> {
        let mut pieces = Vec::new();
        self.pieces_into(source, kind, &mut pieces);
        pieces
            .into_iter()
            .map(|(start, end)| start as usize..end as usize)
            .collect()
    }

    /// The same into a vector that is used again.
    pub(crate) fn pieces_into(&self, source: &str, kind: Break, pieces: &mut Vec<(u32, u32)>) {
        pieces.clear();
        let mut start = 0;
        for position in 1..self.words().len() {
            if self.breaks_before(source, position, kind) {
                let end = narrow(position);
                pieces.push((start, end));
                start = end;
            }
        }
        if !self.words().is_empty() {
            pieces.push((start, narrow(self.words().len())));
        }
    }

    /// The number of words in the first paragraph.
    pub fn lead(&self, source: &str) -> usize {
        let words = self.words().len();
        (1..words)
            .find(|position| self.breaks_before(source, *position, Break::Paragraph))
            .unwrap_or(words)
    }

    /// Whether a piece ends in the gap before the word at `position`.
    fn breaks_before(&self, source: &str, position: usize, kind: Break) -> bool {
        let words = self.words();
        let (Some(before), Some(after)) = (
            position.checked_sub(1).and_then(|last| words.get(last)),
            words.get(position),
        ) else {
            return false;
        };
        if slice(source, before.end, after.start) == " " {
            return false;
        }
        let mut gap = Gap {
            source,
            urls: self.urls(),
            at: before.end,
            end: after.start,
        };
        match kind {
            Break::Paragraph => ends_paragraph(&mut gap),
            Break::Sentence => self.ends_sentence(&mut gap, before),
        }
    }

    fn ends_sentence(&self, gap: &mut Gap<'_>, before: &Word) -> bool {
        let mut dots = 0_u32;
        let mut first_is_dot = false;
        let mut space_after_dot = false;
        for (index, character) in gap.enumerate() {
            if is_line_break(character) || is_terminator(character) {
                return true;
            }
            if character == '.' {
                dots += 1;
                first_is_dot |= index == 0;
            } else if dots > 0 && traits(character).is_space() {
                space_after_dot = true;
            }
        }
        space_after_dot && !(dots == 1 && first_is_dot && self.takes_a_dot(before))
    }

    /// Whether a dot directly after this word belongs to it.
    fn takes_a_dot(&self, word: &Word) -> bool {
        let folded = self.folded(word);
        let mut characters = folded.chars();
        let single_letter = characters
            .next()
            .is_some_and(|first| traits(first).is_letter())
            && characters.next().is_none();
        word.kind == Kind::Abbreviation || single_letter || TITLES.contains(&folded)
    }
}

const fn is_terminator(character: char) -> bool {
    matches!(
        character,
        '!' | '?'
            | '…'
            | '。'
            | '！'
            | '？'
            | '｡'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '‼'
            | '⁇'
            | '⁈'
            | '⁉'
    )
}

fn ends_paragraph(gap: &mut Gap<'_>) -> bool {
    let mut break_seen = false;
    let mut last = '\0';
    for character in gap {
        let line_feed_of_pair = character == '\n' && last == '\r';
        last = character;
        if character == '\u{2029}' {
            return true;
        }
        if is_line_break(character) {
            if break_seen && !line_feed_of_pair {
                return true;
            }
            break_seen = true;
        } else if !traits(character).is_space() {
            break_seen = false;
        }
    }
    false
}

/// The characters between two words, with addresses as spaces.
struct Gap<'a> {
    source: &'a str,
    urls: &'a [(u32, u32)],
    at: u32,
    end: u32,
}

impl Iterator for Gap<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if self.at >= self.end {
            return None;
        }
        let after = self.urls.partition_point(|(_, end)| *end <= self.at);
        if let Some((start, end)) = self.urls.get(after)
            && *start <= self.at
        {
            self.at = *end;
            return Some(' ');
        }
        let character = slice(self.source, self.at, self.end).chars().next()?;
        self.at += u32::try_from(character.len_utf8()).unwrap_or(1);
        Some(character)
    }
}
