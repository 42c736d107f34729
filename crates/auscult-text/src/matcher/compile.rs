//! From a tree to a program: lists and sub-watches are put in place, fields and `case:` move to the words.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]
#![expect(clippy::single_match_else, reason = "both arms are equally usual")]

use std::collections::HashMap;
use std::sync::Arc;

use super::facts::Fact;
use super::program::{Op, Place, Program, Sloppy, Step, Term};
use crate::token::{Break, hash, is_wild, narrow};
use crate::watch::{
    self, Kind, Library, Near, NearStep, Node, Pattern, ValueField, ValueTest, Words,
};

/// The most steps one watch may grow to when its sub-watches are put in place.
const MOST_STEPS: usize = 2_000_000;
/// How deep a watch may be when its sub-watches are put in place.
const DEEPEST: usize = 800;

/// Too many steps: sub-watches that name each other over and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Makes the program of a tree without faults.
pub(crate) fn compile(tree: &Node, library: &Library) -> Result<Program, TooLarge> {
    compile_in(tree, library, Scope::default())
}

/// Makes the program of a part that stands inside fields or `case:`.
pub(crate) fn compile_in(
    tree: &Node,
    library: &Library,
    scope: Scope,
) -> Result<Program, TooLarge> {
    let mut compiler = Compiler::new(library);
    compiler.node(tree, scope)?;
    Ok(compiler.finish())
}

/// What stands around a part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) place: Place,
    pub(crate) exact: bool,
    pub(super) depth: usize,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            place: Place::Anywhere,
            exact: false,
            depth: 0,
        }
    }
}

struct Compiler<'l> {
    library: &'l Library,
    steps: Vec<Step>,
    terms: Vec<Term>,
    letters: String,
    nears: Vec<Near>,
    sloppies: Vec<Sloppy>,
    raws: Vec<(u32, u32)>,
    facts: Vec<Fact>,
    trees: HashMap<String, Option<Arc<Node>>>,
}

impl<'l> Compiler<'l> {
    fn new(library: &'l Library) -> Self {
        Self {
            library,
            steps: Vec::new(),
            terms: Vec::new(),
            letters: String::new(),
            nears: Vec::new(),
            sloppies: Vec::new(),
            raws: Vec::new(),
            facts: Vec::new(),
            trees: HashMap::new(),
        }
    }

    fn finish(self) -> Program {
        let is_plain = self.steps.iter().all(|step| match step.op {
            Op::Word(_, place)
            | Op::Phrase(_, _, place)
            | Op::Sloppy(_, place)
            | Op::Hashtag(_, place)
            | Op::Mention(_, place) => place == Place::Anywhere,
            _ => true,
        });
        Program {
            steps: self.steps.into(),
            terms: self.terms.into(),
            letters: self.letters.into(),
            nears: self.nears.into(),
            sloppies: self.sloppies.into(),
            raws: self.raws.into(),
            facts: self.facts.into(),
            is_plain,
        }
    }

    fn node(&mut self, node: &Node, scope: Scope) -> Result<(), TooLarge> {
        if self.steps.len() > MOST_STEPS || scope.depth > DEEPEST {
            return Err(TooLarge);
        }
        let scope = Scope {
            depth: scope.depth + 1,
            ..scope
        };
        match &node.kind {
            Kind::All(sides) => self.group(Op::All, &in_order_of_cost(sides), scope),
            Kind::Any(sides) => self.group(Op::Any, &sides.iter().collect::<Vec<_>>(), scope),
            Kind::Of(count, sides) => {
                self.group(Op::Of(*count), &sides.iter().collect::<Vec<_>>(), scope)
            }
            Kind::Not(body) => self.group(Op::Not, &[body], scope),
            Kind::Piece(piece, body) => self.group(Op::Piece(*piece, scope.place), &[body], scope),
            Kind::AtLeast(count, body) => self.group(Op::AtLeast(*count), &[body], scope),
            Kind::Near(first, steps) => self.near(first, steps, scope),
            Kind::In(field, body) => self.node(
                body,
                Scope {
                    place: Place::of(*field),
                    ..scope
                },
            ),
            Kind::Case(body) => self.node(
                body,
                Scope {
                    exact: true,
                    ..scope
                },
            ),
            Kind::Watch(name) => self.watch(name, scope),
            Kind::List(name) => {
                self.list(Op::Any, name, scope);
                Ok(())
            }
            Kind::OfList(count, list) => {
                self.list(Op::Of(*count), &list.name, scope);
                Ok(())
            }
            Kind::Words(_) | Kind::Hashtag(_) | Kind::Mention(_) => {
                self.leaf(&node.kind, scope);
                Ok(())
            }
            Kind::Raw(text) => {
                let raw = narrow(self.raws.len());
                let place = self.write(text);
                self.raws.push(place);
                self.push(Op::Raw(raw, scope.place));
                Ok(())
            }
            Kind::Value(field, tests) => {
                self.value(*field, tests, scope);
                Ok(())
            }
            Kind::Number(field, test) => {
                self.fact(Fact::Number(*field, *test));
                Ok(())
            }
        }
    }

    fn open(&mut self, op: Op) -> usize {
        self.steps.push(Step { end: 0, op });
        self.steps.len() - 1
    }

    fn close(&mut self, step: usize) {
        let end = narrow(self.steps.len());
        if let Some(step) = self.steps.get_mut(step) {
            step.end = end;
        }
    }

    fn push(&mut self, op: Op) {
        let step = self.open(op);
        self.close(step);
    }

    fn group(&mut self, op: Op, sides: &[&Node], scope: Scope) -> Result<(), TooLarge> {
        let step = self.open(op);
        for side in sides {
            self.node(side, scope)?;
        }
        self.close(step);
        Ok(())
    }

    fn near(&mut self, first: &Node, steps: &[NearStep], scope: Scope) -> Result<(), TooLarge> {
        let step = self.open(Op::Near(narrow(self.nears.len())));
        self.nears.extend(steps.iter().map(|step| step.near));
        self.node(first, scope)?;
        for near in steps {
            self.node(&near.side, scope)?;
        }
        self.close(step);
        Ok(())
    }

    fn watch(&mut self, name: &str, scope: Scope) -> Result<(), TooLarge> {
        if !self.trees.contains_key(name) {
            self.trees.insert(name.to_owned(), self.library.tree(name));
        }
        match self.trees.get(name).cloned().flatten() {
            Some(tree) => self.node(&tree, scope),
            None => {
                self.push(Op::Any);
                Ok(())
            }
        }
    }

    fn list(&mut self, op: Op, name: &str, scope: Scope) {
        let step = self.open(op);
        if let Some(entries) = self.library.list(name).cloned() {
            for entry in entries.words() {
                self.leaf(entry, scope);
            }
        }
        self.close(step);
    }

    fn leaf(&mut self, kind: &Kind, scope: Scope) {
        match kind {
            Kind::Words(words) => self.words(words, scope),
            Kind::Hashtag(pattern) => {
                let term = self.term(pattern, pattern, false);
                self.push(Op::Hashtag(term, scope.place));
            }
            Kind::Mention(pattern) => {
                let term = self.term(pattern, pattern, false);
                self.push(Op::Mention(term, scope.place));
            }
            _ => {}
        }
    }

    fn words(&mut self, words: &Words, scope: Scope) {
        let exact = words.exact || scope.exact;
        let first = narrow(self.terms.len());
        for term in &words.terms {
            self.term(&term.folded, &term.exact, exact);
        }
        let count = narrow(words.terms.len());
        let place = scope.place;
        match (words.slop, count) {
            (Some(slop), _) => {
                let sloppy = narrow(self.sloppies.len());
                self.sloppies.push(Sloppy { first, count, slop });
                self.push(Op::Sloppy(sloppy, place));
            }
            (None, 1) => self.push(Op::Word(first, place)),
            (None, _) => self.push(Op::Phrase(first, count, place)),
        }
    }

    fn term(&mut self, folded: &Pattern, exact: &Pattern, is_exact: bool) -> u32 {
        let written = if is_exact { exact } else { folded };
        let (start, end) = self.write(written.raw());
        let wild = written.is_wild();
        let hash = if wild {
            0
        } else {
            hash(folded.raw().as_bytes())
        };
        self.terms.push(Term {
            hash,
            start,
            end,
            exact: is_exact,
            wild,
        });
        narrow(self.terms.len() - 1)
    }

    fn write(&mut self, text: &str) -> (u32, u32) {
        let start = narrow(self.letters.len());
        self.letters.push_str(text);
        (start, narrow(self.letters.len()))
    }

    fn value(&mut self, field: ValueField, tests: &[ValueTest], scope: Scope) {
        let mut placed = Vec::with_capacity(tests.len());
        for test in tests {
            match test {
                ValueTest::List(list) => {
                    let entries = self.library.list(&list.name).cloned();
                    let entries = entries
                        .as_deref()
                        .map(watch::Entries::raw)
                        .unwrap_or_default();
                    placed.extend(
                        entries
                            .iter()
                            .filter_map(|entry| watch::value_entry(field, entry)),
                    );
                }
                ValueTest::Viewer => {
                    let viewer = crate::fold::value(self.library.viewer().unwrap_or_default());
                    placed.push(ValueTest::Fits(Pattern::new(viewer)));
                }
                other => placed.push(other.clone()),
            }
        }
        if !field.is_positional() {
            self.fact(Fact::Value(field, placed.into()));
            return;
        }
        let step = self.open(Op::Any);
        for test in placed {
            let ValueTest::Fits(pattern) = test else {
                continue;
            };
            let kind = if field == ValueField::Hashtag {
                Kind::Hashtag(pattern)
            } else {
                Kind::Mention(pattern)
            };
            self.leaf(&kind, scope);
        }
        self.close(step);
    }

    fn fact(&mut self, fact: Fact) {
        let index = narrow(self.facts.len());
        self.facts.push(fact);
        self.push(Op::Fact(index));
    }
}

/// What is cheap to answer comes first; the answer is the same.
fn in_order_of_cost(sides: &[Node]) -> Vec<&Node> {
    let mut sides: Vec<&Node> = sides.iter().collect();
    sides.sort_by_key(|side| cost(&side.kind));
    sides
}

fn cost(kind: &Kind) -> u8 {
    match kind {
        Kind::Number(..) => 0,
        Kind::Value(field, _) if !field.is_date() => 0,
        Kind::Words(words) => match words.terms.as_slice() {
            [term] if !term.folded.raw().contains(is_wild) => 1,
            [_] => 4,
            _ => 2,
        },
        Kind::Hashtag(_) | Kind::Mention(_) => 1,
        Kind::Value(..) => 3,
        Kind::In(_, body) | Kind::Case(body) | Kind::Not(body) => cost(&body.kind),
        Kind::Any(_) | Kind::List(_) | Kind::Watch(_) => 5,
        Kind::All(_) | Kind::Of(..) | Kind::OfList(..) => 6,
        Kind::Near(..) | Kind::AtLeast(..) => 7,
        Kind::Piece(Break::Sentence | Break::Paragraph, _) => 8,
        Kind::Raw(_) => 9,
    }
}
