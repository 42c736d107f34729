//! Every case of the watch language's conformance file.
#![cfg(test)]

use std::collections::BTreeMap;

use auscult_text::matcher::{Buffers, Engine, LeanPost, PreparedPost, Scratch, Single};
use auscult_text::watch::{Library, parse_in};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    query: String,
    error: Option<String>,
    span: Option<[usize; 2]>,
    post: Option<serde_json::Value>,
    #[serde(rename = "match")]
    matches: Option<bool>,
    now: Option<jiff::Timestamp>,
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    watches: BTreeMap<String, String>,
}

fn cases() -> Vec<Case> {
    include_str!("data/watch-conformance.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case"))
        .collect()
}

fn library(case: &Case) -> Library {
    let mut library = Library::new();
    for (name, entries) in &case.lists {
        library.set_list(name, entries);
    }
    for (name, query) in &case.watches {
        library.set_watch(name, query);
    }
    library.set_watch(&case.id, &case.query);
    library.settle();
    library
}

#[test]
fn faults_are_named_and_placed() {
    let mut wrong = Vec::new();
    for case in cases() {
        let library = library(&case);
        let mut errors = parse_in(&case.query, &library).errors;
        errors.extend(library.errors(&case.id));
        let found = errors.first().map(|error| {
            (
                serde_json::to_value(error.code).expect("a name"),
                [error.span.start, error.span.end],
            )
        });
        let wanted = case
            .error
            .map(|code| (serde_json::Value::from(code), case.span.expect("a span")));
        if found != wanted {
            wrong.push(format!(
                "{} {}: wanted {wanted:?}, found {found:?}",
                case.id, case.query
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn posts_match_as_the_specification_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (Some(post), Some(wanted)) = (&case.post, case.matches) else {
            continue;
        };
        let now = case
            .now
            .unwrap_or_else(|| "2026-11-22T12:00:00Z".parse().expect("an instant"));
        let line = post.to_string();
        let lean: LeanPost<'_> = serde_json::from_str(&line).expect("a post");
        let mut buffers = Buffers::default();
        let mut scratch = Scratch::default();
        let prepared = PreparedPost::of(lean.view(), &mut buffers);

        let alone = Single::compile(&case.query, &library(&case))
            .expect("a sound watch")
            .matches(&prepared, now, &mut scratch);

        let mut engine = Engine::new();
        for (name, entries) in &case.lists {
            engine.set_list(1, name, entries);
        }
        for ((name, query), key) in case.watches.iter().zip(10..) {
            engine.upsert(1, key, name, query, true);
        }
        let errors = engine.upsert(1, 1, &case.id, &case.query, true);
        assert!(errors.is_empty(), "{} {}: {errors:?}", case.id, case.query);
        let together = engine
            .snapshot()
            .matches(Some(1), &prepared, now, &mut scratch)
            .contains(&1);
        if alone != wanted || together != wanted {
            wrong.push(format!(
                "{} {} on {line}: wanted {wanted}, alone {alone}, together {together}",
                case.id, case.query
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
