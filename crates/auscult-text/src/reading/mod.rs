//! Reading a text for meaning: the guard, the identifiers and the crisis finder look at words cleaned of tricks
//! (invisible characters, look-alike letters, digits for letters, letters spaced out), each with its place in the source.

mod base;
mod clean;
mod engine;
mod matching;
mod mend;
mod pieces;
mod words;

pub(crate) use base::{FILES, base};
pub(crate) use clean::Clean;
pub use engine::PatternError;
pub(crate) use engine::{ClassId, Engine, WordId};
pub(crate) use matching::Hit;
pub(crate) use pieces::Piece;
pub(crate) use words::{RawWord, cut};

/// One word of a text that was read.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// First byte in the source.
    pub(crate) start: usize,
    /// One past the last byte in the source.
    pub(crate) end: usize,
    pub(crate) sentence: usize,
    pub(crate) id: Option<WordId>,
    singular: Option<WordId>,
    /// Lexicons that this word, or words from here on, belong to, each with the number of words.
    classes: Vec<(ClassId, usize)>,
}

impl Word {
    /// How many words from here belong to the lexicon.
    pub(crate) fn in_class(&self, class: ClassId) -> Option<usize> {
        self.classes
            .iter()
            .filter(|(found, _)| *found == class)
            .map(|(_, length)| *length)
            .max()
    }
}

/// A text and its words under one engine.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) source: &'a str,
    pub(crate) words: Vec<Word>,
    /// One past the last word of the sentence of each word.
    sentence_ends: Vec<usize>,
}

impl<'a> Reading<'a> {
    /// Reads `source` with the vocabulary of `engine`.
    pub(crate) fn new(engine: &Engine, source: &'a str) -> Self {
        Self::of(engine, Piece::new(source))
    }

    /// Reads a piece with the vocabulary of `engine`.
    pub(crate) fn of(engine: &Engine, piece: Piece<'a>) -> Self {
        let Piece {
            source,
            clean,
            words,
        } = piece;
        let raw = mend::mend(engine, words);
        let mut words: Vec<Word> = raw
            .into_iter()
            .map(|word| {
                let (start, end) = clean.source_range(word.start, word.end);
                let id = engine.word_id(&word.text);
                let singular = singular(engine, &word.text);
                Word {
                    start,
                    end,
                    sentence: word.sentence,
                    id,
                    singular,
                    classes: Vec::new(),
                    text: word.text,
                }
            })
            .collect();
        classify(engine, &mut words);
        let sentence_ends = sentence_ends(&words);
        Self {
            source,
            words,
            sentence_ends,
        }
    }

    pub(crate) fn sentence_end(&self, word: usize) -> usize {
        self.sentence_ends
            .get(word)
            .copied()
            .unwrap_or(self.words.len())
    }

    /// Source bytes from the first word to the last one before `end`.
    pub(crate) fn bytes(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self
            .words
            .get(start)
            .map_or(self.source.len(), |word| word.start);
        let last = end
            .checked_sub(1)
            .and_then(|last| self.words.get(last))
            .map_or(first, |word| word.end);
        (first, last.max(first))
    }

    /// Whether any word from `start` to `end` belongs to the lexicon.
    pub(crate) fn any_in(&self, class: Option<ClassId>, start: usize, end: usize) -> bool {
        class.is_some_and(|class| {
            self.words
                .get(start..end)
                .unwrap_or_default()
                .iter()
                .any(|word| word.in_class(class).is_some())
        })
    }

    /// Whether any word of the text belongs to the lexicon.
    pub(crate) fn holds(&self, class: Option<ClassId>) -> bool {
        self.any_in(class, 0, self.words.len())
    }
}

/// The known word that this one is the plural of.
fn singular(engine: &Engine, word: &str) -> Option<WordId> {
    let stem = word.strip_suffix('s')?;
    if stem.len() < 3 {
        return None;
    }
    let by_y = || {
        stem.strip_suffix("ie")
            .and_then(|base| engine.word_id(&format!("{base}y")))
    };
    engine
        .word_id(stem)
        .or_else(|| stem.strip_suffix('e').and_then(|base| engine.word_id(base)))
        .or_else(by_y)
}

fn classify(engine: &Engine, words: &mut [Word]) {
    let ids: Vec<(Option<WordId>, Option<WordId>)> =
        words.iter().map(|word| (word.id, word.singular)).collect();
    let mut prefixes = Vec::new();
    for (at, word) in words.iter_mut().enumerate() {
        prefixes.clear();
        engine.prefix_classes(&word.text, &mut prefixes);
        word.classes
            .extend(prefixes.iter().map(|class| (*class, 1)));
        for id in [word.id, word.singular].into_iter().flatten() {
            word.classes
                .extend(engine.word_classes(id).iter().map(|class| (*class, 1)));
        }
        let Some(id) = word.id else { continue };
        for (phrase, class) in engine.phrases_from(id) {
            let here = ids.get(at..).unwrap_or_default();
            let fits = here.len() >= phrase.len()
                && phrase.iter().zip(here).all(|(wanted, (id, singular))| {
                    *id == Some(*wanted) || *singular == Some(*wanted)
                });
            if fits {
                word.classes.push((*class, phrase.len()));
            }
        }
    }
}

fn sentence_ends(words: &[Word]) -> Vec<usize> {
    let mut ends = vec![words.len(); words.len()];
    let mut end = words.len();
    let mut following = None;
    for (at, word) in words.iter().enumerate().rev() {
        if following.is_some_and(|next| next != word.sentence) {
            end = at + 1;
        }
        following = Some(word.sentence);
        if let Some(slot) = ends.get_mut(at) {
            *slot = end;
        }
    }
    ends
}
