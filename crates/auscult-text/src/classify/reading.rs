//! One reading of a post: words with their hashes, sentences, signs between words and all cues, made once and used by
//! every judgement.

use std::ops::Range;

use super::cue::{CUES, Cue};
use super::pattern::{Classes, Hit, Patterns};
use super::words::hash_word;
use crate::token::{Kind, Text, Word};

/// What the classifier remembers of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WordMark {
    /// Hash of the folded form.
    pub(crate) hash: u64,
    /// Hash of the form without stretched letters (`soooo` is `so`), or zero.
    pub(crate) squeezed: u64,
    /// Two or more letters, all capitals.
    pub(crate) is_shouted: bool,
    /// A digit stands first.
    pub(crate) is_number: bool,
}

/// Signs found between words: emoticons and calls.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sign {
    byte: u32,
    smile: f32,
    calls: u32,
}

/// Buffers that are used again from post to post.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    pub(crate) classes: Classes,
}

/// A text, read once.
#[derive(Debug)]
pub(crate) struct Reading<'t> {
    pub(crate) text: &'t Text<'t>,
    pub(crate) marks: Vec<WordMark>,
    pub(crate) sentences: Vec<Range<usize>>,
    /// Cues in the order of the sentences.
    pub(crate) hits: Vec<Hit>,
    signs: Vec<Sign>,
    found: Found,
}

/// How often and how strongly each cue was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    counts: [u16; CUES],
    most: [f32; CUES],
}

impl Default for Found {
    fn default() -> Self {
        Self {
            counts: [0; CUES],
            most: [0.0; CUES],
        }
    }
}

impl Found {
    /// Counts hits.
    pub(crate) fn of<'h>(hits: impl Iterator<Item = &'h Hit>) -> Self {
        let mut found = Self::default();
        for hit in hits {
            if let Some(count) = found.counts.get_mut(hit.cue.index()) {
                *count = count.saturating_add(1);
            }
            if let Some(most) = found.most.get_mut(hit.cue.index()) {
                *most = most.max(hit.weight);
            }
        }
        found
    }

    /// Whether the cue was found.
    pub(crate) fn has(&self, cue: Cue) -> bool {
        self.count(cue) > 0
    }

    /// How often.
    pub(crate) fn count(&self, cue: Cue) -> u16 {
        self.counts.get(cue.index()).copied().unwrap_or(0)
    }

    /// The greatest weight of its hits.
    pub(crate) fn most(&self, cue: Cue) -> f32 {
        self.most.get(cue.index()).copied().unwrap_or(0.0)
    }
}

impl<'t> Reading<'t> {
    /// Reads a text.
    pub(crate) fn of(text: &'t Text<'t>, patterns: &Patterns, scratch: &mut Scratch) -> Self {
        let marks: Vec<WordMark> = text.words().iter().map(|word| mark(text, word)).collect();
        let sentences = text.sentences();
        patterns.enter(
            text.folded_words().zip(marks.iter().map(|mark| mark.hash)),
            &mut scratch.classes,
        );
        let mut hits = Vec::with_capacity(marks.len());
        for sentence in &sentences {
            patterns.find(&scratch.classes, sentence.clone(), &mut hits);
        }
        let found = Found::of(hits.iter());
        Self {
            text,
            marks,
            sentences,
            hits,
            signs: signs(text.source()),
            found,
        }
    }

    /// Whether the cue was found.
    pub(crate) fn has(&self, cue: Cue) -> bool {
        self.found.has(cue)
    }

    /// What was found.
    pub(crate) const fn found(&self) -> &Found {
        &self.found
    }

    /// Hits of one cue.
    pub(crate) fn hits_of(&self, cue: Cue) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.cue == cue)
    }

    /// Byte range of a row of words.
    pub(crate) fn bytes(&self, first: usize, end: usize) -> (u32, u32) {
        let words = self.text.words();
        let start = words.get(first).map_or(0, |word| word.start);
        let stop = end
            .checked_sub(1)
            .and_then(|last| words.get(last))
            .map_or(start, |word| word.end);
        (start, stop)
    }

    /// How many emoticons there are.
    pub(crate) fn smiles(&self) -> usize {
        self.signs.iter().filter(|sign| sign.smile != 0.0).count()
    }

    /// The emoticons (their sum) and exclamation marks that belong to a sentence.
    pub(crate) fn signs_of(&self, sentence: &Range<usize>) -> (f32, u32) {
        if self.signs.is_empty() {
            return (0.0, 0);
        }
        let words = self.text.words();
        let from = match sentence.start {
            0 => 0,
            first => words.get(first).map_or(0, |word| word.start),
        };
        let to = words.get(sentence.end).map_or(u32::MAX, |word| word.start);
        let begin = self.signs.partition_point(|sign| sign.byte < from);
        let mut total = (0.0, 0);
        for sign in self
            .signs
            .get(begin..)
            .unwrap_or_default()
            .iter()
            .take_while(|sign| sign.byte < to)
        {
            total.0 += sign.smile;
            total.1 += sign.calls;
        }
        total
    }
}

fn mark(text: &Text<'_>, word: &Word) -> WordMark {
    let folded = text.folded(word);
    let written = text.written(word);
    let shouted = folded.len() > 1 && word.kind == Kind::Plain && {
        let mut letters = written
            .chars()
            .filter(|character| character.is_alphabetic())
            .peekable();
        letters.peek().is_some() && letters.all(char::is_uppercase)
    };
    WordMark {
        hash: hash_word(folded),
        squeezed: squeeze(folded),
        is_shouted: shouted,
        is_number: folded.starts_with(|first: char| first.is_ascii_digit()),
    }
}

/// The hash of a word whose letters stand three times or more, with those letters once; zero for all other words.
fn squeeze(folded: &str) -> u64 {
    let bytes = folded.as_bytes();
    if !bytes
        .windows(3)
        .any(|three| matches!(three, [a, b, c] if a == b && b == c))
    {
        return 0;
    }
    let mut squeezed = String::with_capacity(folded.len());
    for character in folded.chars() {
        if !squeezed.ends_with(character) {
            squeezed.push(character);
        }
    }
    hash_word(&squeezed)
}

/// Emoticons and exclamation marks, in one pass.
fn signs(source: &str) -> Vec<Sign> {
    let mut found = Vec::new();
    let bytes = source.as_bytes();
    for (place, byte) in bytes.iter().enumerate() {
        let (smile, calls) = match byte {
            b'!' => (0.0, 1),
            b':' | b';' | b'=' | b'<' | b'(' | b'[' => {
                (emoticon(bytes.get(place..).unwrap_or_default()), 0)
            }
            _ => continue,
        };
        if smile != 0.0 || calls > 0 {
            found.push(Sign {
                byte: u32::try_from(place).unwrap_or(u32::MAX),
                smile,
                calls,
            });
        }
    }
    found
}

/// The feeling of an emoticon that begins here: eyes, perhaps a nose, and a mouth; or a mouth before its eyes.
fn emoticon(bytes: &[u8]) -> f32 {
    let (is_wink, rest) = match bytes {
        [b'<', b'3', ..] => return 2.2,
        [b'(' | b'[', b':' | b';' | b'=', ..] => return 1.8,
        [b'<' | b'(' | b'[', ..] | [] => return 0.0,
        [eyes, rest @ ..] => (*eyes == b';', rest),
    };
    let (weeps, rest) = match rest {
        [nose @ (b'-' | b'\'' | b'o' | b'^'), rest @ ..] => (*nose == b'\'', rest),
        _ => (false, rest),
    };
    // A letter is a mouth where no word begins with it, a stroke where no address does.
    let (mouth, next) = match rest {
        [mouth, next, ..] => (*mouth, *next),
        [mouth] => (*mouth, b' '),
        [] => return 0.0,
    };
    match mouth {
        b'D' | b'p' | b'P' if next.is_ascii_alphanumeric() => 0.0,
        b'/' if next == b'/' => 0.0,
        b'D' => 2.4,
        b'p' | b'P' => 1.3,
        b')' | b']' | b'}' if is_wink => 0.9,
        b')' | b']' | b'}' | b'*' => 2.0,
        b'(' | b'[' | b'{' if weeps => -2.2,
        b'(' | b'[' | b'{' => -2.0,
        b'/' | b'\\' => -1.3,
        b'|' => -0.7,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::emoticon;

    #[test]
    fn emoticons_are_no_parts_of_words_or_addresses() {
        for (text, feeling) in [
            (":)", 2.0),
            ("(:", 1.8),
            (";-)", 0.9),
            (":'(", -2.2),
            (":D", 2.4),
            (":/ hm", -1.3),
            ("<3", 2.2),
            ("://x", 0.0),
            (":people", 0.0),
            ("(parking)", 0.0),
            ("<p>", 0.0),
            ("=Data", 0.0),
            (":", 0.0),
        ] {
            let found = emoticon(text.as_bytes());
            assert!((found - feeling).abs() < 1e-6, "{text}: {found}");
        }
    }
}
