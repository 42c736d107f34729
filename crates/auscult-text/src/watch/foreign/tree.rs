//! The tree of a foreign query: one shape for all suites.

use super::super::error::Span;

/// A part and where it stands.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) what: What,
    pub(super) span: Span,
    /// It stands in brackets of its own.
    pub(super) bracketed: bool,
}

/// What a part is.
#[derive(Debug)]
pub(super) enum What {
    /// Nothing, where a fault was reported.
    Nothing,
    All(Vec<Part>),
    /// Words and nothing else, not one operator (Talkwalker).
    Loose(Vec<Part>),
    /// Alternatives, and the first OR between them.
    Any(Vec<Part>, Span),
    Not(Box<Part>),
    /// Words near each other, from left to right.
    Near(Box<Part>, Vec<Step>),
    /// Words in one sentence or paragraph.
    Piece(Box<Part>, Vec<PieceStep>),
    Words(Leaf),
    Field(Field),
    /// A part with marks behind it.
    Marked(Box<Part>, Vec<(Mark, Span)>),
    /// A part with one or two `+` before it.
    Plus(Box<Part>, u8),
}

/// A word, a phrase or a value; wildcards and escapes are written as in a watch.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) text: String,
    pub(super) form: Form,
}

/// How a leaf is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Bare,
    Quoted,
    /// In curly brackets.
    Braced,
}

/// One step of a NEAR chain.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) how: How,
    pub(super) negated: bool,
    pub(super) operator: Span,
    pub(super) side: Part,
}

/// How two sides are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Near {
        distance: u32,
        ordered: bool,
        /// It is written otherwise here.
        respelt: bool,
    },
    /// The left side, where it is not part of the right one.
    ExceptIn,
}

/// One step of a chain of sentences.
#[derive(Debug)]
pub(super) struct PieceStep {
    pub(super) is_paragraph: bool,
    /// Within so many sentences or paragraphs.
    pub(super) reach: u32,
    pub(super) negated: bool,
    pub(super) operator: Span,
    pub(super) side: Part,
}

/// A mark behind a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `~5`
    Slop(u32),
    /// `{5}` and `{2,5}`
    Often(u32, Option<u32>),
    /// `^2`
    Boost,
}

/// A field and what it asks.
#[derive(Debug)]
pub(super) struct Field {
    /// In small letters.
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) body: Body,
}

/// What a field is compared with.
#[derive(Debug)]
pub(super) enum Body {
    /// A word, or a bracket of them.
    Part(Box<Part>),
    /// `[1 TO 5]`
    Range(String, String),
    /// `>10`
    Test(&'static str, String),
}

impl Part {
    pub(super) const fn new(what: What, span: Span) -> Self {
        Self {
            what,
            span,
            bracketed: false,
        }
    }
}
