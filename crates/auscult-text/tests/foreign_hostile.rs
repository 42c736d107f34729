//! Queries of other suites, made by chance and made to break: every translation is a watch, what is the same hears the
//! same, and time grows with the length.
#![cfg(test)]

use std::time::Instant;

use auscult_model::post::Post;
use auscult_text::matcher::{Buffers, PreparedPost, Scratch, Single};
use auscult_text::watch::foreign::{Dialect, Faith, Translation, translate};
use auscult_text::watch::{Library, format, parse};
use proptest::prelude::*;

fn brought(dialect: Dialect, query: &str) -> Translation {
    translate(query, dialect, &Library::new())
}

fn hears(query: &str, text: &str) -> bool {
    let single = Single::compile(query, &Library::new()).expect("a sound watch");
    let post = Post {
        id: "p".to_owned(),
        text: Some(text.to_owned()),
        ..Post::default()
    };
    let mut buffers = Buffers::default();
    let prepared = PreparedPost::new(&post, &mut buffers);
    single.matches(
        &prepared,
        jiff::Timestamp::UNIX_EPOCH,
        &mut Scratch::default(),
    )
}

/// A query of words and operators that mean the same in all suites, with what it hears by its own small evaluator.
#[derive(Debug, Clone)]
enum Same {
    Word(usize),
    Phrase(usize, usize),
    All(Vec<Same>),
    Any(Vec<Same>),
    But(Box<Same>, Box<Same>),
    Near(usize, u8, usize),
}

const WORDS: [&str; 6] = ["wait", "rude", "staff", "nurse", "queue", "clinic"];

impl Same {
    fn written(&self) -> String {
        let joined = |sides: &[Self], between: &str| {
            let sides: Vec<String> = sides.iter().map(Self::written).collect();
            format!("({})", sides.join(between))
        };
        match self {
            Self::Word(word) => WORDS[*word].to_owned(),
            Self::Phrase(one, two) => format!("\"{} {}\"", WORDS[*one], WORDS[*two]),
            Self::All(sides) => joined(sides, " AND "),
            Self::Any(sides) => joined(sides, " OR "),
            Self::But(side, denied) => {
                format!("({} AND NOT {})", side.written(), denied.written())
            }
            Self::Near(one, distance, two) => {
                format!("({} NEAR/{distance} {})", WORDS[*one], WORDS[*two])
            }
        }
    }

    fn hears(&self, text: &[usize]) -> bool {
        match self {
            Self::Word(word) => text.contains(word),
            Self::Phrase(one, two) => text.windows(2).any(|pair| pair == [*one, *two]),
            Self::All(sides) => sides.iter().all(|side| side.hears(text)),
            Self::Any(sides) => sides.iter().any(|side| side.hears(text)),
            Self::But(side, denied) => side.hears(text) && !denied.hears(text),
            Self::Near(one, distance, two) => (0..text.len()).any(|i| {
                (0..text.len()).any(|j| {
                    i != j
                        && text[i] == *one
                        && text[j] == *two
                        && i.abs_diff(j) <= usize::from(*distance) + 1
                })
            }),
        }
    }
}

fn same() -> impl Strategy<Value = Same> {
    let word = 0..WORDS.len();
    let leaf = prop_oneof![
        word.clone().prop_map(Same::Word),
        (word.clone(), word.clone()).prop_map(|(one, two)| Same::Phrase(one, two)),
        (word.clone(), 0..4_u8, word).prop_map(|(one, near, two)| Same::Near(one, near, two)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Same::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Same::Any),
            (inner.clone(), inner).prop_map(|(a, b)| Same::But(Box::new(a), Box::new(b))),
        ]
    })
}

const PIECES: [&str; 48] = [
    "wait",
    "rude*",
    "AND",
    "OR",
    "NOT",
    "and",
    "not",
    "(",
    ")",
    "(",
    ")",
    "\"all night\"",
    "\"",
    "NEAR/5",
    "NEAR/3f",
    "NEAR",
    "ONEAR/2",
    "SENTENCE",
    "PARAGRAPH/2",
    "-",
    "-x",
    "+y",
    "++Z&A",
    "{ER}",
    "{2,3}",
    "{",
    "^2",
    "~5",
    "title:",
    "site:bbc.com",
    "author:\"a b\"",
    "followers >10",
    "rating:[1 TO 3]",
    "unheard:of",
    "objects:1",
    "<<<note>>>",
    "<<<",
    "#tag",
    "@at",
    "$X",
    "%",
    "病院",
    "👍*",
    "https://a.example/b",
    "\\",
    "[1",
    "published:>2026",
    "XNOT",
];

fn sound(dialect: Dialect, text: &str) {
    let found = brought(dialect, text);
    let letters: Vec<char> = text.chars().collect();
    match &found.query {
        Some(query) => {
            assert!(found.errors.is_empty());
            assert!(parse(query).tree.is_some(), "{text:?} became {query:?}");
            assert_eq!(&format(query), query, "{text:?}");
        }
        None => assert!(!found.errors.is_empty(), "{text:?}"),
    }
    let places = found
        .remarks
        .iter()
        .map(|remark| (remark.start, remark.end, &remark.text))
        .chain(
            found
                .errors
                .iter()
                .map(|fault| (fault.start, fault.end, &fault.text)),
        );
    for (start, end, part) in places {
        let there: String = letters[start..end].iter().collect();
        assert_eq!(&there, part, "{text:?}");
    }
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop::sample::select(Dialect::ALL.to_vec())
}

proptest! {
    #[test]
    fn every_translation_is_a_watch(dialect in dialect(), pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24), glue in any::<u32>()) {
        let mut text = String::new();
        for (at, piece) in pieces.iter().enumerate() {
            text.push_str(piece);
            if glue >> (at % 32) & 3 != 0 {
                text.push(' ');
            }
        }
        sound(dialect, &text);
    }

    #[test]
    fn any_text_is_answered(dialect in dialect(), text in ".{0,80}") {
        sound(dialect, &text);
    }

    #[test]
    fn what_is_the_same_hears_the_same(dialect in dialect(), same in same(), text in prop::collection::vec(0..WORDS.len(), 1..8)) {
        let query = same.written();
        let found = brought(dialect, &query);
        let watch = found.query.expect("a watch");
        prop_assert!(found.remarks.iter().all(|remark| remark.kind == Faith::Exact), "{:?}", found.remarks);
        let words: Vec<&str> = text.iter().map(|word| WORDS[*word]).collect();
        prop_assert_eq!(hears(&watch, &words.join(" ")), same.hears(&text), "{} {}", query, watch);
    }
}

/// How long the translations of a text of this size take.
fn seconds(piece: &str, size: usize) -> f64 {
    let text = piece.repeat(size / piece.len());
    let begin = Instant::now();
    for dialect in Dialect::ALL {
        let found = brought(dialect, &text);
        assert!(found.errors.len() <= 50);
        assert!(
            found.query.is_some() || !found.errors.is_empty(),
            "{piece:?}"
        );
    }
    begin.elapsed().as_secs_f64()
}

#[test]
fn time_grows_with_the_length() {
    let pieces = [
        "(",
        ")",
        "((a OR ",
        "\"",
        "a \"",
        "{",
        "{a} ",
        "<<<",
        "NOT ",
        "-",
        "+",
        "title:",
        "title:(",
        "a NEAR/5 ",
        "a AND ",
        "a OR (b AND ",
        "a ",
        "[",
        "rating:[",
        "^1",
        "a{2}",
        "~5",
        "\"a\"~5",
        "\\",
        "病",
        "NEAR",
        "a SENTENCE ",
        "site:a ",
        "*",
        "(a AND b) NEAR/2 ",
        "a~1 ",
        "a:",
        "\u{200B}",
        "' ",
        "& ",
    ];
    for piece in pieces {
        let (short, long) = (seconds(piece, 3_000), seconds(piece, 60_000));
        // A busy machine lets short work through and keeps long work waiting.
        assert!(
            long < 5.0 + short * 20.0 * 5.0,
            "{piece:?}: {short} s, then {long} s"
        );
    }
}

#[test]
fn a_megabyte_of_brackets_is_answered() {
    for piece in ["(", ")", "()", "(a", "\"", "NOT ", "title:("] {
        let taken = seconds(piece, 1 << 20);
        assert!(taken < 60.0, "{piece:?}: {taken} s");
    }
    let too_long = brought(Dialect::Brandwatch, &"a".repeat((1 << 20) + 1));
    assert!(too_long.errors[0].says.contains("longer than"));
    let deep = brought(
        Dialect::Brandwatch,
        &format!("{}a{}", "(".repeat(100), ")".repeat(100)),
    );
    assert!(deep.errors[0].says.contains("inside each other"));
    let allowed = brought(
        Dialect::Talkwalker,
        &format!(
            "{}a{}",
            "NOT (a OR title:(b AND ".repeat(15),
            "))".repeat(15)
        ),
    );
    assert!(allowed.query.is_some(), "{:?}", allowed.errors);
}
