//! A query that is brought from another suite, on the page of a new watch.

use crate::said::Said;
use crate::ui::{Choice, Field, State};

/// The fold of the form; posts `dialect` and `foreign` with the fields of the watch to `/listen/watches/bring`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bring {
    /// Whether the fold is open.
    pub is_open: bool,
    /// The suites.
    pub dialects: Vec<Choice>,
    /// The query as it was pasted.
    pub foreign: Field,
    /// What became of it.
    pub brought: Option<Brought>,
}

/// What became of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Brought {
    /// The suite it came from.
    pub suite: &'static str,
    /// What is wrong with it, when nothing could be made of it: the place as it is written, and why.
    pub faults: Vec<(String, String)>,
    /// The foreign query, with the words that differ or are left out marked.
    pub pieces: Vec<BroughtPiece>,
    /// What to know about its parts.
    pub remarks: Vec<BroughtRemark>,
    /// How many remarks are not shown.
    pub more: usize,
}

/// A stretch of the foreign query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtPiece {
    /// Its text.
    pub text: String,
    /// How it is marked.
    pub mark: Mark,
}

/// How a stretch is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It means the same.
    None,
    /// It means something else.
    Differs,
    /// It is left out.
    LeftOut,
}

/// What to know about a part.
#[derive(Debug, Clone, PartialEq)]
pub struct BroughtRemark {
    /// How faithful it is.
    pub state: State,
    /// The part as it was written.
    pub text: String,
    /// In plain words.
    pub says: Said,
}
