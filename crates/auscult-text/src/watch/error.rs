//! What can be wrong with a watch, in words for people (docs/specs/watch-language.md, 8).

#![expect(clippy::return_self_not_must_use, reason = "spans are cheap")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]
#![expect(
    clippy::uninlined_format_args,
    reason = "the pieces stand in their order"
)]

use serde::{Serialize, Serializer};

/// A range of code points of a watch, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

impl Span {
    /// From `start` to before `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the start of this one to the end of `last`.
    pub const fn to(self, last: Self) -> Self {
        Self {
            start: self.start,
            end: last.end,
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [self.start, self.end].serialize(serializer)
    }
}

/// The stable name of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each name is explained by its message and by the table of section 8"
)]
pub enum Code {
    AndInNear,
    BadCount,
    BadDate,
    BadDistance,
    BadNumber,
    BadRange,
    BadValue,
    BrokenWatch,
    DanglingMinus,
    DuplicateWatch,
    EmptyGroup,
    EmptyQuery,
    ExtraParen,
    MissingOperand,
    MissingValue,
    NeedsViewer,
    NoWords,
    NotInNear,
    NotInSentence,
    NotPositional,
    StrayComma,
    TildeWithoutPhrase,
    TooDeep,
    TooFewItems,
    TooLong,
    UnclosedComment,
    UnclosedParen,
    UnclosedQuote,
    UnknownField,
    UnknownList,
    UnknownWatch,
    WatchCycle,
    WildcardBesideSymbol,
}

impl Code {
    /// What is wrong, in plain words.
    pub const fn message(self) -> &'static str {
        match self {
            Self::AndInNear => {
                "these words have no clear distance: NEAR and atleast need words, phrases or alternatives joined by OR"
            }
            Self::BadCount => "a count is a whole number of one to nine digits, and at least 1",
            Self::BadDate => {
                "this is not a date: write 2026, 2026-11, 2026-11-03, 2026-11-03T08:00, today, yesterday or 7d"
            }
            Self::BadDistance => "NEAR/ and ONEAR/ need a number of words, as in NEAR/5",
            Self::BadNumber => {
                "this is not a number of this field: write it without commas and leading zeros, as 1000, 4.5 or 2k"
            }
            Self::BadRange => "the low end of the range is above the high end",
            Self::BadValue => "this field does not know this value",
            Self::BrokenWatch => "the watch referred to has errors of its own",
            Self::DanglingMinus => "a minus needs a word directly after it",
            Self::DuplicateWatch => "an earlier watch has this id; the earlier one stays",
            Self::EmptyGroup => "there is nothing between these brackets",
            Self::EmptyQuery => "the watch is empty",
            Self::ExtraParen => "this bracket closes nothing",
            Self::MissingOperand => "something is missing beside this operator",
            Self::MissingValue => "the value is missing: it follows directly, without a space",
            Self::NeedsViewer => "assignee:me works only where somebody is signed in",
            Self::NoWords => "there is no word here that a post could contain",
            Self::NotInNear => {
                "NEAR and atleast cannot use an exclusion: say NOT NEAR, or exclude outside"
            }
            Self::NotInSentence => {
                "a field of text cannot stand inside a sentence or paragraph: put it outside"
            }
            Self::NotPositional => "NEAR and atleast need something that has a place in the text",
            Self::StrayComma => "a comma separates only the items of a k OF list",
            Self::TildeWithoutPhrase => "~ and a number follow a phrase in quotes",
            Self::TooDeep => "more than 200 levels are nested here",
            Self::TooFewItems => "there are fewer items than are asked for",
            Self::TooLong => "the watch is longer than 1,048,576 characters",
            Self::UnclosedComment => "this comment is never closed",
            Self::UnclosedParen => "this bracket is never closed",
            Self::UnclosedQuote => "this quote is never closed",
            Self::UnknownField => "there is no field of this name",
            Self::UnknownList => "there is no list of this name",
            Self::UnknownWatch => "there is no watch of this name",
            Self::WatchCycle => "this leads back to the watch itself",
            Self::WildcardBesideSymbol => {
                "a wildcard cannot touch an emoji or a letter of a script without spaces"
            }
        }
    }

    /// What to do about it, where no corrected watch can be made.
    const fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::AndInNear => {
                "use OR between the words, or write each NEAR on its own and join them with AND"
            }
            Self::BadDate => "for the last seven days write since:7d",
            Self::DanglingMinus => {
                "write the minus directly before the word, or \\- for the character"
            }
            Self::MissingValue => {
                "write the value directly after the colon; use quotes when it has spaces"
            }
            Self::NoWords => "for links use link:, for exact characters raw:\"…\"",
            Self::NotInNear => "write NOT NEAR/5 for words that must not be near",
            Self::NotInSentence => "write title:(sentence:(…)) instead",
            Self::NotPositional => "join the filter with AND outside the NEAR",
            Self::StrayComma => "write OR between alternatives, or 2 OF (a, b, c)",
            Self::WildcardBesideSymbol => {
                "leave the wildcard out: such letters are found inside longer words anyway"
            }
            Self::WatchCycle => "take one of the references out of the circle",
            Self::BrokenWatch => "mend that watch first",
            Self::TooDeep => "use a list, or give parts a name and write watch:name",
            Self::EmptyQuery => "write a word, for example hospital",
            _ => return None,
        })
    }
}

/// Something wrong with a watch, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WatchError {
    /// Its stable name.
    pub code: Code,
    /// What is wrong, in plain words.
    pub message: String,
    /// Where, in code points.
    pub span: Span,
    /// Where, in bytes of UTF-8.
    pub bytes: Span,
    /// A corrected watch, or advice.
    pub suggestion: Option<String>,
}

impl WatchError {
    /// An earlier watch has the same id.
    pub fn duplicate() -> Self {
        Fault::new(Code::DuplicateWatch, Span::default()).in_words("")
    }
}

/// A fault before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) code: Code,
    /// Other values that would do, as names.
    pub(crate) hint: Option<String>,
}

impl Fault {
    pub(crate) const fn new(code: Code, span: Span) -> Self {
        Self {
            span,
            code,
            hint: None,
        }
    }

    pub(crate) fn in_words(&self, query: &str) -> WatchError {
        WatchError {
            code: self.code,
            message: self.code.message().to_owned(),
            span: self.span,
            bytes: Span::new(
                byte_at(query, self.span.start),
                byte_at(query, self.span.end),
            ),
            suggestion: self.suggestion(query),
        }
    }

    fn suggestion(&self, query: &str) -> Option<String> {
        let (start, end) = (
            byte_at(query, self.span.start),
            byte_at(query, self.span.end),
        );
        let before = query.get(..start).unwrap_or_default();
        let here = query.get(start..end).unwrap_or_default();
        let after = query.get(end..).unwrap_or_default();
        let replaced = |middle: &str| format!("{before}{middle}{after}");
        match self.code {
            Code::UnclosedQuote => Some(format!("{query}\"")),
            Code::UnclosedParen => Some(format!("{query})")),
            Code::UnclosedComment => Some(format!("{query} */")),
            Code::ExtraParen | Code::EmptyGroup | Code::TildeWithoutPhrase => {
                Some(replaced("").trim().to_owned())
            }
            Code::StrayComma if !before.trim().is_empty() && !after.trim().is_empty() => {
                Some(replaced(" OR"))
            }
            Code::BadDistance => Some(replaced("NEAR/5")),
            Code::BadCount if here.to_ascii_lowercase().starts_with("atleast") => {
                Some(replaced("atleast/2"))
            }
            Code::BadNumber if here.contains(',') => Some(replaced(&here.replace(',', ""))),
            Code::UnknownField if after.starts_with("://") => {
                Some(format!("{before}link:{}{}", here, after))
            }
            Code::UnknownField => match &self.hint {
                Some(name) => Some(replaced(name)),
                None => Some(format!("{before}{here}\\{after}")),
            },
            Code::BadRange => swap_ends(here).map(|swapped| replaced(&swapped)),
            _ => self
                .hint
                .clone()
                .or_else(|| self.code.advice().map(str::to_owned)),
        }
    }
}

fn swap_ends(range: &str) -> Option<String> {
    let (low, high) = range.split_once("..")?;
    Some(format!("{high}..{low}"))
}

/// The byte offset of a code point offset.
pub(crate) fn byte_at(text: &str, code_point: usize) -> usize {
    text.char_indices()
        .nth(code_point)
        .map_or(text.len(), |(byte, _)| byte)
}
