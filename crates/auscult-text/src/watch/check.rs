//! Phase III: what a tree means, judged without other watches (docs/specs/watch-language.md, 8).

#![expect(
    clippy::semicolon_if_nothing_returned,
    reason = "the call is the answer"
)]

use super::error::{Code, Fault, Span};
use super::library::Library;
use super::tree::{Kind, Node, ValueTest};

/// Adds the faults of meaning to those met while values were read.
pub(crate) fn check(tree: &Node, library: &Library, faults: &mut Vec<Fault>) {
    Check { library, faults }.node(tree, false);
    faults.sort();
    faults.dedup();
}

struct Check<'a> {
    library: &'a Library,
    faults: &'a mut Vec<Fault>,
}

impl Check<'_> {
    fn node(&mut self, node: &Node, in_piece: bool) {
        match &node.kind {
            Kind::All(sides) | Kind::Any(sides) | Kind::Of(_, sides) => {
                for side in sides {
                    self.node(side, in_piece);
                }
            }
            Kind::Not(body) | Kind::Case(body) => self.node(body, in_piece),
            Kind::Piece(_, body) => self.node(body, true),
            Kind::In(_, body) => {
                if in_piece {
                    self.add(Code::NotInSentence, node.span);
                }
                self.node(body, in_piece);
            }
            Kind::Near(first, steps) => {
                for side in
                    std::iter::once(first.as_ref()).chain(steps.iter().map(|step| &step.side))
                {
                    self.side(side);
                    self.node(side, in_piece);
                }
            }
            Kind::AtLeast(_, body) => {
                self.side(body);
                self.node(body, in_piece);
            }
            Kind::OfList(count, list) => match self.library.list(&list.name) {
                None => self.add(Code::UnknownList, list.span),
                Some(entries) if entries.words().len() < *count as usize => {
                    self.add(Code::TooFewItems, node.span)
                }
                Some(_) => {}
            },
            Kind::Raw(_) if in_piece => self.add(Code::NotInSentence, node.span),
            Kind::List(name) => {
                if self.library.list(name).is_none() {
                    self.add(Code::UnknownList, node.span);
                }
            }
            Kind::Value(_, tests) => self.tests(tests),
            Kind::Raw(_)
            | Kind::Words(_)
            | Kind::Hashtag(_)
            | Kind::Mention(_)
            | Kind::Watch(_)
            | Kind::Number(..) => {}
        }
    }

    fn tests(&mut self, tests: &[ValueTest]) {
        for test in tests {
            if let ValueTest::List(list) = test
                && self.library.list(&list.name).is_none()
            {
                self.add(Code::UnknownList, list.span);
            }
        }
    }

    /// A side of NEAR, or what `atleast` counts, must have a place in the text.
    fn side(&mut self, node: &Node) {
        match &node.kind {
            Kind::Any(sides) => {
                for side in sides {
                    self.side(side);
                }
            }
            Kind::In(_, body) | Kind::Case(body) => self.side(body),
            Kind::All(_) => self.add(Code::AndInNear, node.span),
            Kind::Not(_) => self.add(Code::NotInNear, node.span),
            Kind::Value(field, _) if field.is_positional() => {}
            // The sides of an inner NEAR are judged where it is met; what `watch:` stands for is judged in phase IV.
            Kind::Words(_)
            | Kind::Hashtag(_)
            | Kind::Mention(_)
            | Kind::List(_)
            | Kind::Near(..)
            | Kind::Watch(_) => {}
            Kind::Piece(..)
            | Kind::AtLeast(..)
            | Kind::Of(..)
            | Kind::OfList(..)
            | Kind::Raw(_)
            | Kind::Value(..)
            | Kind::Number(..) => self.add(Code::NotPositional, node.span),
        }
    }

    fn add(&mut self, code: Code, span: Span) {
        self.faults.push(Fault::new(code, span));
    }
}
