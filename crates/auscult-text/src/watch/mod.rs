//! The watch language: from the text of a watch to a typed tree, with every fault named and placed
//! (docs/specs/watch-language.md).
//!
//! [`parse`] reads one watch; a [`Library`] holds the lists and watches it may name. What a tree means for a post is
//! decided in `matcher`, and nowhere else.

mod check;
mod date;
mod error;
mod field;
pub mod foreign;
mod glyphs;
mod lex;
mod library;
mod notes;
mod number;
mod parse;
mod pattern;
mod read;
mod show;
mod tree;

use std::sync::Arc;

pub use date::{DateTest, When, post_instant};
pub(crate) use date::{hour, weekday};
pub(crate) use error::Fault;
pub use error::{Code, Span, WatchError};
pub use field::{NumberField, TextField, ValueField};
pub use library::Library;
pub(crate) use library::{Entries, visit};
pub use notes::{Note, notes};
pub use number::NumberTest;
pub use pattern::Pattern;
pub(crate) use pattern::fits;
pub(crate) use read::{bare_address, handle, host, value_entry};
pub use show::{Class, format, highlight};
pub use tree::{Kind, Name, Near, NearStep, Node, Term, ValueTest, Words};

/// What became of the text of a watch.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The tree, when there is no error.
    pub tree: Option<Arc<Node>>,
    /// Errors of the first phase that has any; the first one is normative.
    pub errors: Vec<WatchError>,
}

/// Reads a watch on its own: the lists and watches it names are not looked up.
pub fn parse(query: &str) -> Parsed {
    read(query, |tree, faults| {
        check::check(tree, &Library::default(), faults);
        faults.retain(|fault| fault.code != Code::UnknownList);
    })
}

/// Reads a watch whose lists are in `library` (phases I to III).
pub fn parse_in(query: &str, library: &Library) -> Parsed {
    read(query, |tree, faults| {
        check::check(tree, library, faults);
        if library.viewer().is_some() {
            faults.retain(|fault| fault.code != Code::NeedsViewer);
        }
    })
}

/// Reads a watch and judges the watches it refers to as well (phases I to IV); `library` must be settled.
pub fn parse_whole(query: &str, library: &Library) -> Parsed {
    let mut parsed = parse_in(query, library);
    if let Some(tree) = &parsed.tree {
        let faults = library.faults_of(tree);
        parsed.errors = faults.iter().map(|fault| fault.in_words(query)).collect();
        if !parsed.errors.is_empty() {
            parsed.tree = None;
        }
    }
    parsed
}

fn read(query: &str, judge: impl FnOnce(&Node, &mut Vec<Fault>)) -> Parsed {
    let chars: Vec<char> = query.chars().collect();
    let failed = |faults: &[Fault]| Parsed {
        tree: None,
        errors: faults.iter().map(|fault| fault.in_words(query)).collect(),
    };
    let grown = lex::items(&chars).and_then(|found| parse::tree(&found.items, chars.len()));
    let parse::Grown { tree, mut faults } = match grown {
        Ok(grown) => grown,
        Err(fault) => return failed(&[fault]),
    };
    judge(&tree, &mut faults);
    if faults.is_empty() {
        Parsed {
            tree: Some(Arc::new(tree)),
            errors: Vec::new(),
        }
    } else {
        failed(&faults)
    }
}
