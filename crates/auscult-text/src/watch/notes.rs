//! Notes on a watch: what it costs and what may be meant otherwise (docs/specs/watch-language.md, 9).
//! They never change an answer.

#![expect(clippy::match_same_arms, reason = "one line for each kind")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use serde::Serialize;

use super::error::Span;
use super::field::ValueField;
use super::lex::{Item, Token, items};
use super::library::{Library, visit};
use super::pattern::Pattern;
use super::tree::{Kind, Node, ValueTest};

/// Words after which a watch is called large.
const MANY_ITEMS: usize = 10_000;
/// A NEAR over more words than this is called wide.
const WIDE: u32 = 100;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Note {
    /// Where, in code points.
    pub span: Span,
    /// Its stable name.
    pub code: &'static str,
    /// In plain words.
    pub message: &'static str,
}

/// The notes on a watch without errors, from left to right.
pub fn notes(query: &str, tree: &Node, library: &Library) -> Vec<Note> {
    let chars: Vec<char> = query.chars().collect();
    let mut noter = Noter {
        library,
        notes: Vec::new(),
    };
    noter.whole(tree);
    visit(tree, &mut |node| noter.node(node));
    if let Ok(found) = items(&chars) {
        for item in &found.items {
            noter.item(item);
        }
    }
    noter.notes.sort();
    noter.notes.dedup();
    noter.notes
}

struct Noter<'l> {
    library: &'l Library,
    notes: Vec<Note>,
}

impl Noter<'_> {
    fn add(&mut self, code: &'static str, span: Span, message: &'static str) {
        self.notes.push(Note {
            span,
            code,
            message,
        });
    }

    fn whole(&mut self, tree: &Node) {
        let (mut positive, mut words) = (false, 0);
        self.count(tree, true, &mut positive, &mut words);
        if !positive && words > 0 {
            self.add(
                "only_negative",
                tree.outer,
                "there is no word that must be there: every post is tested",
            );
        }
        if words == 0 {
            self.add(
                "only_filters",
                tree.outer,
                "there is no word at all: every post that passes the filters is tested",
            );
        }
        if words > MANY_ITEMS {
            self.add(
                "many_items",
                tree.outer,
                "more than 10,000 words once lists and watches are put in place",
            );
        }
    }

    /// Counts words, and whether any of them stands under an even number of exclusions.
    fn count(&self, node: &Node, is_positive: bool, positive: &mut bool, words: &mut usize) {
        let found = match &node.kind {
            Kind::Words(found) => found.terms.len(),
            Kind::Hashtag(_) | Kind::Mention(_) | Kind::Raw(_) => 1,
            Kind::Value(field, tests) if field.is_positional() => tests.len(),
            Kind::List(name) => self.library.list(name).map_or(0, |list| list.words().len()),
            Kind::OfList(_, list) => self
                .library
                .list(&list.name)
                .map_or(0, |list| list.words().len()),
            Kind::Watch(_) => 1,
            _ => 0,
        };
        *words += found;
        *positive |= is_positive && found > 0;
        let below = is_positive != matches!(node.kind, Kind::Not(_));
        for child in super::library::children(node) {
            self.count(child, below, positive, words);
        }
    }

    fn node(&mut self, node: &Node) {
        match &node.kind {
            Kind::Words(words) => {
                for term in &words.terms {
                    self.pattern(&term.folded, node.span, words.terms.len() == 1);
                }
            }
            Kind::Near(_, steps) if steps.iter().any(|step| step.near.distance > WIDE) => {
                self.add(
                    "wide_near",
                    node.span,
                    "more than 100 words apart: a sentence or AND may be meant",
                );
            }
            Kind::Any(sides) => {
                let mixed =
                    |side: &&Node| matches!(side.kind, Kind::All(_)) && side.span == side.outer;
                if let Some(side) = sides.iter().find(mixed) {
                    self.add(
                        "mixed_and_or",
                        side.span,
                        "AND binds tighter than OR: brackets make clear what is meant",
                    );
                }
            }
            Kind::Value(field, tests) => self.value(*field, tests, node.span),
            Kind::All(sides) => self.contradiction(sides, node.span),
            _ => {}
        }
        if let Kind::All(sides) | Kind::Any(sides) = &node.kind {
            self.opposites(node, sides);
        }
    }

    fn pattern(&mut self, pattern: &Pattern, span: Span, alone: bool) {
        if !pattern.is_wild() {
            return;
        }
        if pattern.is_anything() {
            if alone {
                self.add("lone_star", span, "a lone * is true for nearly every post");
            }
            return;
        }
        let letters = pattern.prefix().chars().count();
        let written = pattern.written();
        if letters == 0 {
            self.add(
                "leading_wildcard",
                span,
                "a wildcard at the start is looked up by letter groups, not by words",
            );
        } else if letters < 3 && written.contains('*') {
            self.add(
                "short_prefix",
                span,
                "fewer than three letters before * fit very many words",
            );
        }
        if written.ends_with('?') {
            self.add(
                "trailing_question",
                span,
                "? asks for one more letter; \\? asks for none",
            );
        }
    }

    fn value(&mut self, field: ValueField, tests: &[ValueTest], span: Span) {
        let drops = matches!(
            field,
            ValueField::Lang
                | ValueField::Country
                | ValueField::Region
                | ValueField::City
                | ValueField::Sentiment
        );
        if drops && !tests.contains(&ValueTest::Missing) {
            self.add(
                "drops_unknown",
                span,
                "posts that do not say are left out; add ,unknown to keep them",
            );
        }
    }

    /// Two demands on one field that no post can meet together.
    fn contradiction(&mut self, sides: &[Node], span: Span) {
        let single = |side: &Node| match &side.kind {
            Kind::Value(field, tests) if is_single_valued(*field) => match tests.as_slice() {
                [test @ (ValueTest::Fits(_) | ValueTest::One(_))] if !is_wild(test) => {
                    Some((*field, test.clone()))
                }
                _ => None,
            },
            _ => None,
        };
        let demands: Vec<_> = sides.iter().filter_map(single).collect();
        let clash = |(field, test): &(ValueField, ValueTest)| {
            demands
                .iter()
                .any(|(other, wanted)| other == field && wanted != test)
        };
        if demands.iter().any(clash) {
            self.add(
                "never_true",
                span,
                "no post can meet both of these conditions",
            );
        }
    }

    /// Something beside its own opposite.
    fn opposites(&mut self, node: &Node, sides: &[Node]) {
        let denied = sides.iter().filter_map(|side| match &side.kind {
            Kind::Not(body) => Some(&body.kind),
            _ => None,
        });
        let clash = denied
            .into_iter()
            .any(|kind| sides.iter().any(|side| same(&side.kind, kind)));
        if clash && matches!(node.kind, Kind::All(_)) {
            self.add(
                "never_true",
                node.span,
                "something is asked for and excluded",
            );
        } else if clash {
            self.add(
                "always_true",
                node.span,
                "this or its opposite is true for every post",
            );
        }
    }

    fn item(&mut self, item: &Item) {
        let Token::Word {
            glyphs,
            exact: false,
        } = &item.token
        else {
            return;
        };
        let text = glyphs.literal();
        if matches!(text.as_str(), "and" | "or" | "not") {
            self.add(
                "lower_case_operator",
                item.span,
                "an operator is written in capitals; this is a word",
            );
        }
        if text.starts_with(['\'', '‘']) {
            self.add(
                "single_quotes",
                item.span,
                "single quotes make no phrase; use double quotes",
            );
        }
    }
}

/// Equal conditions; parts that hold spans of their own are not compared.
fn same(left: &Kind, right: &Kind) -> bool {
    match (left, right) {
        (Kind::Words(left), Kind::Words(right)) => left == right,
        (Kind::Hashtag(left), Kind::Hashtag(right))
        | (Kind::Mention(left), Kind::Mention(right)) => left == right,
        (Kind::Value(field, tests), Kind::Value(other, wanted)) => {
            field == other && tests == wanted
        }
        _ => false,
    }
}

const fn is_single_valued(field: ValueField) -> bool {
    matches!(
        field,
        ValueField::Country
            | ValueField::Source
            | ValueField::Is
            | ValueField::Sentiment
            | ValueField::Status
            | ValueField::Urgency
            | ValueField::City
            | ValueField::Region
            | ValueField::Weekday
            | ValueField::Verified
    )
}

fn is_wild(test: &ValueTest) -> bool {
    matches!(test, ValueTest::Fits(pattern) if pattern.is_wild())
}
