//! The slow, obviously right evaluator: it walks the tree and takes every definition of the specification literally.
//! It shares the cutting of text and the reading of a watch with the matcher, and nothing else.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use auscult_model::post::{Known, Post};
use auscult_text::fold::value;
use auscult_text::token::{Break, Text};
use auscult_text::watch::{
    Kind, Near, Node, NumberField, NumberTest, Pattern, TextField, ValueField, ValueTest, Words,
    parse, post_instant,
};
use jiff::Timestamp;

/// Text, first and last position.
type Place = (usize, usize, usize);

const TITLE: usize = 0;
const TEXT: usize = 1;

/// The names a watch may use.
#[derive(Default)]
pub struct Names {
    pub lists: BTreeMap<String, Vec<String>>,
    pub watches: BTreeMap<String, String>,
}

pub struct Slow<'a> {
    post: &'a Post,
    names: &'a Names,
    now: Timestamp,
    texts: Vec<Text<'a>>,
}

/// What stands around a part: the texts looked at, exactness, and the piece that is seen.
#[derive(Clone)]
struct Around {
    texts: Vec<usize>,
    lead: bool,
    exact: bool,
    piece: Option<(usize, usize, usize)>,
}

impl<'a> Slow<'a> {
    pub fn new(post: &'a Post, names: &'a Names, now: Timestamp) -> Self {
        let author = post.author.as_ref();
        let sources = [
            post.title.as_deref(),
            post.text.as_deref(),
            author.and_then(|author| author.name.as_deref()),
            author.and_then(|author| author.bio.as_deref()),
            post.parent
                .as_ref()
                .and_then(|parent| parent.text.as_deref()),
        ];
        let texts = sources
            .into_iter()
            .map(|source| Text::new(source.unwrap_or_default()))
            .collect();
        Self {
            post,
            names,
            now,
            texts,
        }
    }

    pub fn matches(&self, tree: &Node) -> bool {
        self.holds(
            tree,
            &Around {
                texts: vec![TITLE, TEXT],
                lead: false,
                exact: false,
                piece: None,
            },
        )
    }

    fn holds(&self, node: &Node, around: &Around) -> bool {
        match &node.kind {
            Kind::All(sides) => sides.iter().all(|side| self.holds(side, around)),
            Kind::Any(sides) => sides.iter().any(|side| self.holds(side, around)),
            Kind::Not(body) => !self.holds(body, around),
            Kind::Of(count, sides) => {
                sides.iter().filter(|side| self.holds(side, around)).count() >= *count as usize
            }
            Kind::OfList(count, list) => {
                let entries = self.entries(&list.name);
                entries
                    .iter()
                    .filter(|entry| self.holds(entry, around))
                    .count()
                    >= *count as usize
            }
            Kind::In(field, body) => self.holds(body, &within(*field, around)),
            Kind::Case(body) => self.holds(
                body,
                &Around {
                    exact: true,
                    ..around.clone()
                },
            ),
            Kind::Watch(name) => self
                .watch(name)
                .is_some_and(|tree| self.holds(&tree, around)),
            Kind::AtLeast(count, body) => {
                self.disjoint(&self.spans(body, around)) >= *count as usize
            }
            Kind::Piece(kind, body) => self.pieces(*kind, around).into_iter().any(|piece| {
                self.holds(
                    body,
                    &Around {
                        piece: Some(piece),
                        ..around.clone()
                    },
                )
            }),
            Kind::Raw(raw) => around
                .texts
                .iter()
                .any(|text| self.seen_source(*text, around).contains(raw.as_str())),
            Kind::Value(field, tests)
                if !matches!(field, ValueField::Hashtag | ValueField::Mention) =>
            {
                tests.iter().any(|test| self.fact(*field, test))
            }
            Kind::Number(field, test) => self.number(*field, *test),
            Kind::Words(_)
            | Kind::Hashtag(_)
            | Kind::Mention(_)
            | Kind::List(_)
            | Kind::Near(..)
            | Kind::Value(..) => !self.spans(node, around).is_empty(),
        }
    }

    fn spans(&self, node: &Node, around: &Around) -> BTreeSet<Place> {
        match &node.kind {
            Kind::Words(words) => self.words(words, around),
            Kind::Hashtag(pattern) => self.tags(pattern, '#', around),
            Kind::Mention(pattern) => self.tags(pattern, '@', around),
            Kind::Value(field, tests) => {
                let sign = if *field == ValueField::Hashtag {
                    '#'
                } else {
                    '@'
                };
                let mut all = BTreeSet::new();
                for test in tests {
                    if let ValueTest::Fits(pattern) = test {
                        all.extend(self.tags(pattern, sign, around));
                    }
                }
                all
            }
            Kind::List(name) => self
                .entries(name)
                .iter()
                .flat_map(|entry| self.spans(entry, around))
                .collect(),
            Kind::Any(sides) => sides
                .iter()
                .flat_map(|side| self.spans(side, around))
                .collect(),
            Kind::In(field, body) => self.spans(body, &within(*field, around)),
            Kind::Case(body) => self.spans(
                body,
                &Around {
                    exact: true,
                    ..around.clone()
                },
            ),
            Kind::Watch(name) => self
                .watch(name)
                .map(|tree| self.spans(&tree, around))
                .unwrap_or_default(),
            Kind::Near(first, steps) => {
                let mut left = self.spans(first, around);
                for step in steps {
                    left = near(&left, &self.spans(&step.side, around), step.near);
                }
                left
            }
            _ => BTreeSet::new(),
        }
    }

    fn entries(&self, name: &str) -> Vec<Node> {
        let entries = self.names.lists.get(name).cloned().unwrap_or_default();
        let read = |entry: &String| {
            let query = if entry.starts_with(['#', '@']) {
                entry.clone()
            } else {
                format!("\"{entry}\"")
            };
            parse(&query).tree.map(|tree| Node::clone(&tree))
        };
        entries.iter().filter_map(read).collect()
    }

    fn watch(&self, name: &str) -> Option<Node> {
        parse(self.names.watches.get(name)?)
            .tree
            .map(|tree| Node::clone(&tree))
    }

    /// The positions of a text that are seen.
    fn positions(&self, text: usize, around: &Around) -> Vec<usize> {
        let words = self.texts[text].words().len();
        let lead = self.texts[text]
            .paragraphs()
            .first()
            .map_or(0, |first| first.end);
        (0..words)
            .filter(|position| !around.lead || *position < lead)
            .filter(|position| {
                around
                    .piece
                    .is_none_or(|(seen, from, to)| seen == text && (from..to).contains(position))
            })
            .collect()
    }

    fn seen_source(&self, text: usize, around: &Around) -> &'a str {
        let source = self.texts[text].source();
        let second = self.texts[text]
            .paragraphs()
            .get(1)
            .map(|piece| piece.start);
        match second.filter(|_| around.lead) {
            Some(position) => &source[..self.texts[text].words()[position].start as usize],
            None => source,
        }
    }

    fn pieces(&self, kind: Break, around: &Around) -> Vec<Place> {
        let mut all = Vec::new();
        for text in &around.texts {
            let pieces = match kind {
                Break::Sentence => self.texts[*text].sentences(),
                Break::Paragraph => self.texts[*text].paragraphs(),
            };
            for piece in pieces {
                let seen: Vec<usize> = self
                    .positions(*text, around)
                    .into_iter()
                    .filter(|position| piece.contains(position))
                    .collect();
                if let (Some(first), Some(last)) = (seen.first(), seen.last()) {
                    all.push((*text, *first, last + 1));
                }
            }
        }
        all
    }

    fn words(&self, words: &Words, around: &Around) -> BTreeSet<Place> {
        let exact = words.exact || around.exact;
        let mut found = BTreeSet::new();
        for text in &around.texts {
            let cut = &self.texts[*text];
            let fits = |term: usize, position: usize| {
                let word = &cut.words()[position];
                let term = &words.terms[term];
                if exact {
                    term.exact.fits(&cut.exact(word))
                } else {
                    term.folded.fits(cut.folded(word))
                }
            };
            let seen = self.positions(*text, around);
            let count = words.terms.len();
            for first in &seen {
                for last in seen.iter().filter(|last| *last >= first) {
                    let length = last - first + 1;
                    let holds = match words.slop {
                        None => length == count && (0..count).all(|term| fits(term, first + term)),
                        Some(slop) => {
                            length >= count
                                && length - count <= slop as usize
                                && assigned(
                                    0,
                                    count,
                                    &mut Vec::new(),
                                    &|term, position| {
                                        (*first..=*last).contains(&position) && fits(term, position)
                                    },
                                    (*first, *last),
                                )
                        }
                    };
                    if holds {
                        found.insert((*text, *first, *last));
                    }
                }
            }
        }
        found
    }

    fn tags(&self, pattern: &Pattern, sign: char, around: &Around) -> BTreeSet<Place> {
        let mut found = BTreeSet::new();
        for text in &around.texts {
            let cut = &self.texts[*text];
            let seen = self.positions(*text, around);
            let tags = if sign == '#' {
                cut.hashtags()
            } else {
                cut.mentions()
            };
            for tag in tags {
                let (first, last) = (tag.words.0 as usize, tag.words.1 as usize);
                let fits = if sign == '#' {
                    pattern.fits(cut.hashtag(tag))
                } else {
                    let mention = cut.mention(tag).to_ascii_lowercase();
                    let parts: Vec<&str> = mention.split('@').collect();
                    (1..=parts.len()).any(|count| pattern.fits(&parts[..count].join("@")))
                };
                if fits && first <= last && seen.contains(&first) && seen.contains(&last) {
                    found.insert((*text, first, last));
                }
            }
        }
        found
    }

    /// The most spans that share no position, found by trying all of the few there are.
    fn disjoint(&self, spans: &BTreeSet<Place>) -> usize {
        (0..self.texts.len())
            .map(|text| {
                let own: Vec<Place> = spans
                    .iter()
                    .copied()
                    .filter(|span| span.0 == text)
                    .collect();
                most_from(&own, 0)
            })
            .sum()
    }

    fn fact(&self, field: ValueField, test: &ValueTest) -> bool {
        let post = self.post;
        let single = |held: Option<&str>| match (held, test) {
            (None, test) => *test == ValueTest::Missing,
            (Some(held), ValueTest::Fits(pattern)) => pattern.fits(&value(held)),
            _ => false,
        };
        let known = |held: &Known<String>| match (held, test) {
            (Known::Missing, test) => *test == ValueTest::Missing,
            (Known::Empty, test) => *test == ValueTest::Empty,
            (Known::Value(held), ValueTest::One(index)) => {
                ["open", "pending", "snoozed", "resolved"][*index] == value(held)
            }
            (Known::Value(_), _) => false,
        };
        match field {
            ValueField::Source => single(post.source.as_deref()),
            ValueField::City => single(post.city.as_deref()),
            ValueField::Author => match (
                post.author
                    .as_ref()
                    .and_then(|author| author.handle.as_deref()),
                test,
            ) {
                (None, test) => *test == ValueTest::Missing,
                (Some(handle), ValueTest::List(list)) => {
                    let entries = self
                        .names
                        .lists
                        .get(&list.name)
                        .expect("a list of the test");
                    entries
                        .iter()
                        .any(|entry| *entry == value(handle).trim_start_matches('@'))
                }
                (Some(handle), ValueTest::Fits(pattern)) => {
                    pattern.fits(value(handle).trim_start_matches('@'))
                }
                _ => false,
            },
            ValueField::Lang => match (
                post.lang
                    .as_deref()
                    .filter(|tag| !["", "und"].contains(tag)),
                test,
            ) {
                (None, test) => *test == ValueTest::Missing,
                (Some(tag), ValueTest::Fits(pattern)) => {
                    let tag = tag.to_lowercase();
                    let mut parts: Vec<&str> = tag.split('-').collect();
                    while !parts.is_empty() {
                        if pattern.fits(&parts.join("-")) {
                            return true;
                        }
                        parts.pop();
                    }
                    false
                }
                _ => false,
            },
            ValueField::Status => known(&post.status),
            ValueField::Tag => match (&post.tag, test) {
                (Known::Missing, test) => *test == ValueTest::Missing,
                (Known::Empty, test) => *test == ValueTest::Empty,
                (Known::Value(tags), ValueTest::Fits(pattern)) => {
                    tags.iter().any(|tag| pattern.fits(&value(tag)))
                }
                _ => false,
            },
            ValueField::Since | ValueField::Before => {
                match (post.created_at.as_deref().and_then(post_instant), test) {
                    (Some(instant), ValueTest::Date(date)) => date.holds(instant, self.now),
                    _ => false,
                }
            }
            other => panic!("the generator makes no {other:?}"),
        }
    }

    fn number(&self, field: NumberField, test: NumberTest) -> bool {
        let words = self.texts[TITLE].words().len() + self.texts[TEXT].words().len();
        let held = match field {
            NumberField::Stars => self.post.stars,
            NumberField::Words => Some(words as f64),
            other => panic!("the generator makes no {other:?}"),
        };
        match (held, test) {
            (None, test) => test == NumberTest::Missing,
            (Some(_), NumberTest::Missing) => false,
            (Some(held), NumberTest::Above(low, true)) => held >= low,
            (Some(held), NumberTest::Above(low, false)) => held > low,
            (Some(held), NumberTest::Below(high, true)) => held <= high,
            (Some(held), NumberTest::Below(high, false)) => held < high,
            (Some(held), NumberTest::Between(low, high)) => (low..=high).contains(&held),
        }
    }
}

fn within(field: TextField, around: &Around) -> Around {
    let (text, lead) = match field {
        TextField::Title => (TITLE, false),
        TextField::Text => (TEXT, false),
        TextField::Lead => (TEXT, true),
        TextField::Name => (2, false),
        TextField::Bio => (3, false),
        TextField::Parent => (4, false),
    };
    Around {
        texts: vec![text],
        lead,
        ..around.clone()
    }
}

/// Whether the words from `term` on can be given positions of their own, `ends` among all that are used.
fn assigned(
    term: usize,
    count: usize,
    used: &mut Vec<usize>,
    fits: &impl Fn(usize, usize) -> bool,
    ends: (usize, usize),
) -> bool {
    if term == count {
        return used.contains(&ends.0) && used.contains(&ends.1);
    }
    for position in ends.0..=ends.1 {
        if !used.contains(&position) && fits(term, position) {
            used.push(position);
            let holds = assigned(term + 1, count, used, fits, ends);
            used.pop();
            if holds {
                return true;
            }
        }
    }
    false
}

fn near(left: &BTreeSet<Place>, right: &BTreeSet<Place>, near: Near) -> BTreeSet<Place> {
    let distance = near.distance as usize;
    let after =
        |first: &Place, second: &Place| second.1 > first.2 && second.1 - first.2 - 1 <= distance;
    let overlap = |one: &Place, other: &Place| one.1 <= other.2 && other.1 <= one.2;
    let mut found = BTreeSet::new();
    for one in left {
        let others = || right.iter().filter(|other| other.0 == one.0);
        if near.negated {
            let close = |other: &Place| {
                overlap(one, other) || after(one, other) || !near.ordered && after(other, one)
            };
            if !others().any(close) {
                found.insert(*one);
            }
            continue;
        }
        for other in others() {
            if after(one, other) || !near.ordered && after(other, one) {
                found.insert((one.0, one.1.min(other.1), one.2.max(other.2)));
            }
        }
    }
    found
}

fn most_from(spans: &[Place], from: usize) -> usize {
    let mut best = 0;
    for (index, span) in spans.iter().enumerate() {
        if span.1 >= from {
            let nested = most_from(&spans[index + 1..], span.2 + 1);
            best = best.max(1 + nested);
        }
    }
    best
}
