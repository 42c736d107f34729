//! A watch in the form in which it is run: one flat list of steps, parents before their parts, with lists and
//! sub-watches put in place.

use super::facts::Fact;
use super::post::{PreparedPost, TextId};
use crate::token::{Break, Word, slice};
use crate::watch::{Near, TextField};

/// Which texts a part looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Title and text.
    Anywhere,
    /// The first paragraph of the text.
    Lead,
    /// One text.
    Only(TextId),
}

impl Place {
    pub(crate) const fn of(field: TextField) -> Self {
        match field {
            TextField::Title => Self::Only(TextId::Title),
            TextField::Text => Self::Only(TextId::Text),
            TextField::Lead => Self::Lead,
            TextField::Name => Self::Only(TextId::Name),
            TextField::Bio => Self::Only(TextId::Bio),
            TextField::Parent => Self::Only(TextId::Parent),
        }
    }

    pub(crate) fn holds(self, text: TextId) -> bool {
        match self {
            Self::Anywhere => matches!(text, TextId::Title | TextId::Text),
            Self::Lead => text == TextId::Text,
            Self::Only(only) => text == only,
        }
    }

    pub(crate) const fn texts(self) -> &'static [TextId] {
        match self {
            Self::Anywhere => &[TextId::Title, TextId::Text],
            Self::Lead | Self::Only(TextId::Text) => &[TextId::Text],
            Self::Only(TextId::Title) => &[TextId::Title],
            Self::Only(TextId::Name) => &[TextId::Name],
            Self::Only(TextId::Bio) => &[TextId::Bio],
            Self::Only(TextId::Parent) => &[TextId::Parent],
        }
    }
}

/// One step; its parts follow it directly, up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    pub(crate) end: u32,
    pub(crate) op: Op,
}

/// What a step asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    All,
    Any,
    Not,
    Of(u32),
    /// A word: its term.
    Word(u32, Place),
    /// Neighbouring words: first term and how many.
    Phrase(u32, u32, Place),
    /// Words in any order: the sloppy phrase of this number.
    Sloppy(u32, Place),
    Hashtag(u32, Place),
    Mention(u32, Place),
    /// A chain: how its parts are joined stands in `nears`, from here.
    Near(u32),
    AtLeast(u32),
    Piece(Break, Place),
    /// Characters: the raw text of this number.
    Raw(u32, Place),
    Fact(u32),
}

/// A sloppy phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sloppy {
    pub(crate) first: u32,
    pub(crate) count: u32,
    pub(crate) slop: u32,
}

/// A word of a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Term {
    /// Hash of the folded form, if it has no wildcard.
    pub(crate) hash: u64,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) exact: bool,
    pub(crate) wild: bool,
}

/// A watch, ready to run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Program {
    pub(crate) steps: Box<[Step]>,
    pub(crate) terms: Box<[Term]>,
    pub(crate) letters: Box<str>,
    pub(crate) nears: Box<[Near]>,
    pub(crate) sloppies: Box<[Sloppy]>,
    pub(crate) raws: Box<[(u32, u32)]>,
    pub(crate) facts: Box<[Fact]>,
    /// Every part looks at title and text.
    pub(crate) is_plain: bool,
}

impl Program {
    #[inline]
    pub(crate) fn step(&self, at: u32) -> Option<Step> {
        self.steps.get(at as usize).copied()
    }

    /// The steps directly below one.
    pub(crate) fn parts(&self, at: u32) -> Parts<'_> {
        let end = self.step(at).map_or(0, |step| step.end);
        Parts {
            program: self,
            at: at + 1,
            end,
        }
    }

    #[inline]
    pub(crate) fn term(&self, index: u32) -> Option<&Term> {
        self.terms.get(index as usize)
    }

    #[inline]
    pub(crate) fn text(&self, term: &Term) -> &str {
        slice(&self.letters, term.start, term.end)
    }

    /// Whether a word of a post is this term.
    #[inline]
    pub(crate) fn fits(
        &self,
        term: &Term,
        post: &PreparedPost<'_>,
        text: TextId,
        word: &Word,
    ) -> bool {
        if !term.wild && term.hash != word.hash {
            return false;
        }
        let wanted = self.text(term);
        let cut = post.cut(text);
        match (term.exact, term.wild) {
            (false, false) => cut.folded(word) == wanted,
            (false, true) => crate::watch::fits(wanted, cut.folded(word)),
            (true, false) => cut.exact(post.source(text), word) == wanted,
            (true, true) => crate::watch::fits(wanted, &cut.exact(post.source(text), word)),
        }
    }
}

/// The steps directly below one.
#[derive(Clone)]
pub(crate) struct Parts<'p> {
    program: &'p Program,
    at: u32,
    end: u32,
}

impl Iterator for Parts<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        let here = self.at;
        self.at = self.program.step(here)?.end;
        Some(here)
    }
}
