//! Why a post matches, and what would have to change where it does not (docs/specs/watch-language.md, 10).

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use jiff::Timestamp;
use serde::Serialize;

use super::compile::{Scope, compile_in};
use super::eval::{Range, Run};
use super::facts::{Fact, shown};
use super::post::{PreparedPost, TextId};
use super::program::{Op, Place, Program};
use super::snapshot::Scratch;
use super::spans::{Span as Found, tidy};
use crate::token::{Offsets, narrow};
use crate::watch::{Kind, Library, Node, Span};

/// The most hits told for one clause.
const MOST_HITS: usize = 100;

/// A clause that is true, and where.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Clause {
    /// As it is written in the watch.
    pub clause: String,
    /// Where it is written, in code points.
    pub span: Span,
    /// Where it occurs in the post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hits: Option<Vec<Hit>>,
    /// What the post holds in the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
}

/// A place in a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The text.
    pub field: &'static str,
    /// First and last position.
    pub words: [u32; 2],
    /// First code point in the original string.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
}

/// A clause whose answer would have to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// As it is written in the watch.
    pub clause: String,
    /// Where it is written, in code points.
    pub span: Span,
    /// True: it had to be absent. False: it had to be there.
    pub found: bool,
    /// The post does not say.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
}

/// The true clauses that stand under an even number of exclusions, in the order of the watch.
pub fn explain(
    query: &str,
    tree: &Node,
    library: &Library,
    post: &PreparedPost<'_>,
    now: Timestamp,
) -> Vec<Clause> {
    let mut explainer = Explainer {
        query,
        library,
        post,
        now,
        scratch: Scratch::default(),
    };
    let mut clauses = Vec::new();
    explainer.explain(tree, Scope::default(), true, &mut clauses);
    clauses
}

/// The fewest clauses whose answers would have to change for the watch to match; none when it matches.
pub fn misses(
    query: &str,
    tree: &Node,
    library: &Library,
    post: &PreparedPost<'_>,
    now: Timestamp,
) -> Vec<Miss> {
    let mut explainer = Explainer {
        query,
        library,
        post,
        now,
        scratch: Scratch::default(),
    };
    let mut misses = explainer.change(tree, Scope::default(), true);
    misses.sort_by_key(|miss| miss.span);
    misses
}

struct Explainer<'e, 'p> {
    query: &'e str,
    library: &'e Library,
    post: &'e PreparedPost<'p>,
    now: Timestamp,
    scratch: Scratch,
}

impl Explainer<'_, '_> {
    fn explain(&mut self, node: &Node, scope: Scope, positive: bool, clauses: &mut Vec<Clause>) {
        match &node.kind {
            Kind::All(sides) | Kind::Any(sides) | Kind::Of(_, sides) => {
                for side in sides {
                    self.explain(side, scope, positive, clauses);
                }
            }
            Kind::Not(body) => self.explain(body, scope, !positive, clauses),
            Kind::In(field, body) => self.explain(
                body,
                Scope {
                    place: Place::of(*field),
                    ..scope
                },
                positive,
                clauses,
            ),
            Kind::Case(body) => self.explain(
                body,
                Scope {
                    exact: true,
                    ..scope
                },
                positive,
                clauses,
            ),
            _ => {
                if positive && let Some(clause) = self.clause(node, scope) {
                    clauses.push(clause);
                }
            }
        }
    }

    /// The clause, if it is true.
    fn clause(&mut self, node: &Node, scope: Scope) -> Option<Clause> {
        let program = compile_in(node, self.library, scope).ok()?;
        if !self.holds(&program) {
            return None;
        }
        let (hits, value) = match program.step(0).map(|step| step.op) {
            Some(Op::Fact(fact)) => (
                None,
                program
                    .facts
                    .get(fact as usize)
                    .and_then(|fact| shown(fact, self.post)),
            ),
            Some(Op::Raw(..)) => (None, None),
            _ => (Some(self.hits(&program)), None),
        };
        Some(Clause {
            clause: self.written(node.span),
            span: node.span,
            hits,
            value,
        })
    }

    fn holds(&mut self, program: &Program) -> bool {
        Run {
            program,
            post: self.post,
            now: self.now,
            pool: self.scratch.pool(),
        }
        .holds(0, None)
    }

    fn hits(&mut self, program: &Program) -> Vec<Hit> {
        let mut hits = Vec::new();
        for text in TextId::ALL {
            let to = narrow(self.post.cut(text).words().len());
            let mut spans = Vec::new();
            self.spans(program, 0, Range { text, from: 0, to }, &mut spans);
            tidy(&mut spans);
            if spans.is_empty() {
                continue;
            }
            let offsets = Offsets::new(self.post.source(text));
            let words = self.post.cut(text).words();
            for span in spans {
                let (Some(first), Some(last)) = (
                    words.get(span.first as usize),
                    words.get(span.last as usize),
                ) else {
                    continue;
                };
                if hits.len() < MOST_HITS {
                    let (start, end) = offsets.range(first.start, last.end);
                    hits.push(Hit {
                        field: text.name(),
                        words: [span.first, span.last],
                        start,
                        end,
                    });
                }
            }
        }
        hits
    }

    /// The spans of a clause; of a piece or count, those of what is in it.
    fn spans(&mut self, program: &Program, at: u32, range: Range, out: &mut Vec<Found>) {
        let Some(step) = program.step(at) else { return };
        match step.op {
            Op::Piece(kind, place) => {
                let pieces = self
                    .post
                    .cut_text(range.text)
                    .pieces(self.post.source(range.text), kind)
                    .to_vec();
                for (from, to) in pieces {
                    let piece = Range {
                        from: from.max(range.from),
                        to: to.min(range.to),
                        ..range
                    };
                    if piece.from >= piece.to || !place.holds(range.text) {
                        continue;
                    }
                    let mut run = Run {
                        program,
                        post: self.post,
                        now: self.now,
                        pool: self.scratch.pool(),
                    };
                    if run.holds(at + 1, Some(piece)) {
                        self.spans(program, at + 1, piece, out);
                    }
                }
            }
            Op::All | Op::Of(_) | Op::AtLeast(_) => {
                for part in program.parts(at) {
                    self.spans(program, part, range, out);
                }
            }
            Op::Not | Op::Raw(..) | Op::Fact(_) => {}
            Op::Any
            | Op::Word(..)
            | Op::Phrase(..)
            | Op::Sloppy(..)
            | Op::Hashtag(..)
            | Op::Mention(..)
            | Op::Near(_) => {
                Run {
                    program,
                    post: self.post,
                    now: self.now,
                    pool: self.scratch.pool(),
                }
                .spans(at, range, out);
            }
        }
    }

    /// The cheapest changes that make the node's answer `wanted`.
    fn change(&mut self, node: &Node, scope: Scope, wanted: bool) -> Vec<Miss> {
        match (&node.kind, wanted) {
            (Kind::Not(body), _) => self.change(body, scope, !wanted),
            (Kind::In(field, body), _) => self.change(
                body,
                Scope {
                    place: Place::of(*field),
                    ..scope
                },
                wanted,
            ),
            (Kind::Case(body), _) => self.change(
                body,
                Scope {
                    exact: true,
                    ..scope
                },
                wanted,
            ),
            (Kind::All(sides), true) | (Kind::Any(sides), false) => sides
                .iter()
                .flat_map(|side| self.change(side, scope, wanted))
                .collect(),
            (Kind::Any(sides), true) | (Kind::All(sides), false) => {
                self.cheapest(sides, scope, wanted, 1)
            }
            (Kind::Of(count, sides), true) => self.cheapest(sides, scope, wanted, *count as usize),
            (Kind::Of(count, sides), false) => {
                let to_change = (sides.len() + 1).saturating_sub(*count as usize);
                self.cheapest(sides, scope, wanted, to_change)
            }
            _ => self.change_clause(node, scope, wanted),
        }
    }

    /// The changes of the `count` cheapest sides, on equal cost the leftmost.
    fn cheapest(&mut self, sides: &[Node], scope: Scope, wanted: bool, count: usize) -> Vec<Miss> {
        let mut changes: Vec<Vec<Miss>> = sides
            .iter()
            .map(|side| self.change(side, scope, wanted))
            .collect();
        changes.sort_by_key(Vec::len);
        changes.into_iter().take(count).flatten().collect()
    }

    fn change_clause(&mut self, node: &Node, scope: Scope, wanted: bool) -> Vec<Miss> {
        let Ok(program) = compile_in(node, self.library, scope) else {
            return Vec::new();
        };
        let found = self.holds(&program);
        if found == wanted {
            return Vec::new();
        }
        let missing = !found
            && match program.step(0).map(|step| step.op) {
                Some(Op::Fact(fact)) => program
                    .facts
                    .get(fact as usize)
                    .is_some_and(|fact| Fact::is_missing(fact, self.post)),
                _ => false,
            };
        vec![Miss {
            clause: self.written(node.span),
            span: node.span,
            found,
            missing,
        }]
    }

    fn written(&self, span: Span) -> String {
        self.query
            .chars()
            .skip(span.start)
            .take(span.end - span.start)
            .collect()
    }
}
