//! Queries of other suites, said again in the watch language.
//!
//! [`translate`] takes the text of a query and the suite it was written for, and gives a watch that our own parser
//! accepts, with a [`Remark`] on everything that is not simply the same: what it was, where it stands, whether it
//! means exactly the same here, means something else, or had to be left out, and whether the watch hears more or
//! less for it. A query that is broken is answered with all that is wrong at once, and with no watch.
//!
//! What each suite means by its signs is said, with its source, at the head of its file. Nothing here matches a post.

mod brandwatch;
mod countries;
mod fields;
mod lex;
mod marks;
mod meltwater;
mod near;
mod out;
mod parse;
mod piece;
mod talkwalker;
mod translate;
mod tree;
mod words;

use std::str::FromStr;

use serde::Serialize;

use super::error::Span;
use super::library::Library;
use super::{format, parse_in};

/// The most code points a foreign query may have; as many as a watch.
const LONGEST: usize = 1_048_576;
/// The most faults that are listed one by one.
const MOST_FAULTS: usize = 50;

/// The suite a query was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Brandwatch Consumer Research.
    Brandwatch,
    /// Meltwater.
    Meltwater,
    /// Talkwalker.
    Talkwalker,
}

impl Dialect {
    /// All of them, in the order of the alphabet.
    pub const ALL: [Self; 3] = [Self::Brandwatch, Self::Meltwater, Self::Talkwalker];

    /// Its name in commands and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brandwatch => "brandwatch",
            Self::Meltwater => "meltwater",
            Self::Talkwalker => "talkwalker",
        }
    }

    /// Its name as people write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Brandwatch => "Brandwatch",
            Self::Meltwater => "Meltwater",
            Self::Talkwalker => "Talkwalker",
        }
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.name().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| {
                format!("{name} is not known: brandwatch, meltwater or talkwalker is meant")
            })
    }
}

/// How faithful the translation of a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Faith {
    /// It means the same here.
    Exact,
    /// It is there, and means something else.
    Differs,
    /// It could not be translated.
    LeftOut,
}

/// What becomes of what the watch hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hears {
    /// More than the foreign query.
    More,
    /// Less than the foreign query.
    Less,
    /// The same.
    Same,
}

impl Hears {
    const fn turned(self) -> Self {
        match self {
            Self::More => Self::Less,
            Self::Less => Self::More,
            Self::Same => Self::Same,
        }
    }
}

/// What became of a part of a foreign query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// First code point of the part in the foreign query.
    pub start: usize,
    /// One past its last.
    pub end: usize,
    /// The part as it is written there.
    pub text: String,
    /// How faithful the translation is.
    pub kind: Faith,
    /// In plain words: what it became, how it differs, what its absence does.
    pub says: String,
    /// What becomes of what the watch hears; nothing when nobody can say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hears: Option<Hears>,
}

/// What is wrong with a foreign query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The place as it is written.
    pub text: String,
    /// In plain words.
    pub says: String,
}

/// What became of a foreign query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Translation {
    /// The watch; missing when the foreign query is broken or nothing of it is left.
    pub query: Option<String>,
    /// On every part that is not simply the same, from left to right.
    pub remarks: Vec<Remark>,
    /// All that is wrong with the foreign query, from left to right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Broken>,
}

/// A fault and its place, before its words are cut out.
type Fault = (Span, String);

/// Says a foreign query in the watch language. Lists are taken as known when `library` has them.
pub fn translate(text: &str, dialect: Dialect, library: &Library) -> Translation {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > LONGEST {
        return broken(
            &chars,
            vec![(
                Span::new(0, 0),
                format!("the query is longer than {LONGEST} characters"),
            )],
        );
    }
    let found = lex::items(&chars, dialect);
    let mut faults = found.faults;
    let part = parse::tree(found.items, chars.len(), dialect, &mut faults);
    if !faults.is_empty() {
        return broken(&chars, faults);
    }
    let (out, notes) = translate::translated(&part, found.asides, dialect, library);
    let remarks = notes.into_iter().map(|note| note.remark(&chars)).collect();
    let Some(out) = out else {
        let whole = vec![(
            part.span,
            "nothing of this query can be heard by a watch".to_owned(),
        )];
        return Translation {
            remarks,
            ..broken(&chars, whole)
        };
    };
    let written = out::print(&out);
    match parse_in(&written, library).errors.first() {
        None => Translation {
            query: Some(format(&written)),
            remarks,
            errors: Vec::new(),
        },
        Some(error) => {
            let says = format!("the translation is no watch: {}", error.message);
            Translation {
                remarks,
                ..broken(&chars, vec![(part.span, says)])
            }
        }
    }
}

/// The faults in words, from left to right; only so many that a person reads them.
fn broken(chars: &[char], mut faults: Vec<Fault>) -> Translation {
    faults.sort_by_key(|(span, _)| *span);
    faults.dedup();
    let more = faults.len().saturating_sub(MOST_FAULTS);
    faults.truncate(MOST_FAULTS);
    if let Some((_, says)) = faults.last_mut()
        && more > 0
    {
        says.push_str("; and there are more faults after this one");
    }
    Translation {
        errors: faults
            .into_iter()
            .map(|(span, says)| Broken {
                start: span.start,
                end: span.end,
                text: cut(chars, span),
                says,
            })
            .collect(),
        ..Translation::default()
    }
}

fn cut(chars: &[char], span: Span) -> String {
    chars
        .get(span.start..span.end)
        .unwrap_or_default()
        .iter()
        .collect()
}
