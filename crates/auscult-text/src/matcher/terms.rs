//! What a stored post must contain for a query to be true: the question an index is asked.
//!
//! The answer may ask for too little, never for too much; the matcher decides.

#![expect(clippy::comparison_chain, reason = "three cases in their order")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use auscult_model::search::Terms;

use super::compile::compile;
use super::post::TextId;
use super::program::{Op, Place, Program, Term};
use crate::fold;
use crate::token::is_wild;
use crate::watch::{Library, Node};

/// More alternatives than this are not worth asking an index for.
const MOST_ALTERNATIVES: usize = 500;

/// The words that a post's title and text must contain for a tree to be true.
pub fn terms(tree: &Node, library: &Library) -> Terms {
    compile(tree, library).map_or(Terms::Any, |program| terms_of(&program))
}

pub(crate) fn terms_of(program: &Program) -> Terms {
    step(program, 0)
}

fn step(program: &Program, at: u32) -> Terms {
    let Some(found) = program.step(at) else {
        return Terms::Any;
    };
    match found.op {
        Op::All => all(program.parts(at).map(|part| step(program, part))),
        Op::Any => one_of(program.parts(at).map(|part| step(program, part))),
        Op::Of(count) => {
            let parts: Vec<Terms> = program.parts(at).map(|part| step(program, part)).collect();
            if parts.len() < count as usize {
                Terms::Nothing
            } else if parts.len() == count as usize {
                all(parts.into_iter())
            } else {
                one_of(parts.into_iter())
            }
        }
        Op::Near(first) => all(program.parts(at).enumerate().filter_map(|(index, part)| {
            let near = index
                .checked_sub(1)
                .and_then(|step| program.nears.get(first as usize + step));
            near.is_none_or(|near| !near.negated)
                .then(|| step(program, part))
        })),
        Op::AtLeast(_) | Op::Piece(..) => step(program, at + 1),
        Op::Word(term, place) => words(program, term, 1, place),
        Op::Phrase(first, count, place) => words(program, first, count, place),
        Op::Sloppy(sloppy, place) => match program.sloppies.get(sloppy as usize) {
            Some(sloppy) => words(program, sloppy.first, sloppy.count, place),
            None => Terms::Any,
        },
        // The parts of a tag are words too, but `_` joins them in the tag and separates them in the text.
        Op::Not | Op::Hashtag(..) | Op::Mention(..) | Op::Raw(..) | Op::Fact(_) => Terms::Any,
    }
}

fn words(program: &Program, first: u32, count: u32, place: Place) -> Terms {
    if matches!(
        place,
        Place::Only(TextId::Name | TextId::Bio | TextId::Parent)
    ) {
        return Terms::Any;
    }
    all((first..first + count).map(|term| {
        program
            .term(term)
            .map_or(Terms::Any, |term| word(program, term))
    }))
}

fn word(program: &Program, term: &Term) -> Terms {
    let written = program.text(term);
    let start = written.split(is_wild).next().unwrap_or_default();
    let start = match (term.exact, term.wild) {
        (false, _) => start.to_owned(),
        // What is not ASCII may melt into what the wildcard stands for when it is folded.
        (true, true) if !start.is_ascii() => String::new(),
        (true, _) => fold::fold(start),
    };
    match (term.wild, start.is_empty()) {
        (false, false) => Terms::Word(start),
        (true, false) => Terms::Prefix(start),
        // A case-sensitive picture keeps nothing when it is folded as letters are.
        (_, true) => Terms::Any,
    }
}

fn all(parts: impl Iterator<Item = Terms>) -> Terms {
    let mut kept = Vec::new();
    for part in parts {
        match part {
            Terms::Any => {}
            Terms::Nothing => return Terms::Nothing,
            Terms::All(inner) => kept.extend(inner),
            other => kept.push(other),
        }
    }
    kept.dedup();
    single_or(kept, Terms::Any, Terms::All)
}

fn one_of(parts: impl Iterator<Item = Terms>) -> Terms {
    let mut kept = Vec::new();
    for part in parts {
        match part {
            Terms::Any => return Terms::Any,
            Terms::Nothing => {}
            Terms::OneOf(inner) => kept.extend(inner),
            other => kept.push(other),
        }
        if kept.len() > MOST_ALTERNATIVES {
            return Terms::Any;
        }
    }
    single_or(kept, Terms::Nothing, Terms::OneOf)
}

fn single_or(mut parts: Vec<Terms>, none: Terms, many: fn(Vec<Terms>) -> Terms) -> Terms {
    match parts.len() {
        0 => none,
        1 => parts.pop().unwrap_or(none),
        _ => many(parts),
    }
}
