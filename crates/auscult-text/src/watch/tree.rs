//! The typed tree of a watch.

use super::date::DateTest;
use super::error::Span;
use super::field::{NumberField, TextField, ValueField};
use super::number::NumberTest;
use super::pattern::Pattern;
use crate::token::Break;

/// A part of a watch and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it asks.
    pub kind: Kind,
    /// From its first item to its last, brackets around it excluded.
    pub span: Span,
    /// The same with the brackets around it.
    pub outer: Span,
}

/// What a part of a watch asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// All of these.
    All(Vec<Node>),
    /// One of these.
    Any(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// Words near each other, from left to right.
    Near(Box<Node>, Vec<NearStep>),
    /// One sentence or paragraph in which this is true.
    Piece(Break, Box<Node>),
    /// At least so many spans that share no position.
    AtLeast(u32, Box<Node>),
    /// At least so many of these.
    Of(u32, Vec<Node>),
    /// At least so many entries of a list.
    OfList(u32, Name),
    /// A word or phrase.
    Words(Words),
    /// A hashtag.
    Hashtag(Pattern),
    /// A mention.
    Mention(Pattern),
    /// Sought in another text.
    In(TextField, Box<Node>),
    /// Case and accents matter.
    Case(Box<Node>),
    /// Characters, compared exactly.
    Raw(String),
    /// One of the entries of a list.
    List(String),
    /// What another watch asks.
    Watch(String),
    /// A condition on a field.
    Value(ValueField, Vec<ValueTest>),
    /// A condition on a number.
    Number(NumberField, NumberTest),
}

/// A name and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: String,
    /// Where `list:name` is written.
    pub span: Span,
}

/// One step of a NEAR chain.
#[derive(Debug, Clone, PartialEq)]
pub struct NearStep {
    /// How it is joined to what stands before it.
    pub near: Near,
    /// What is near.
    pub side: Node,
}

/// How two sides of a NEAR are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Near {
    /// At most so many words between.
    pub distance: u32,
    /// The left side comes first (ONEAR).
    pub ordered: bool,
    /// NOT NEAR.
    pub negated: bool,
}

/// A word or a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Its words.
    pub terms: Vec<Term>,
    /// Case and accents matter (`!`).
    pub exact: bool,
    /// Any order with at most so many other words between (`~n`).
    pub slop: Option<u32>,
}

/// One word of a watch in its two forms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// The folded form.
    pub folded: Pattern,
    /// The form in which case and accents stay.
    pub exact: Pattern,
}

/// One of the values a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueTest {
    /// The field is missing.
    Missing,
    /// The field is known to be empty.
    Empty,
    /// Equals, or fits the wildcards.
    Fits(Pattern),
    /// One of the field's closed set, by its index.
    One(usize),
    /// From the first to the second of a closed set that has an order (`urgency:>=high`).
    Between(usize, usize),
    /// Whoever is signed in.
    Viewer,
    /// A date.
    Date(DateTest),
    /// One of the entries of a list.
    List(Name),
}
