//! Every case of the watch language's conformance file.
#![cfg(test)]

use std::collections::BTreeMap;

use auscult_text::watch::{Library, parse_in};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    query: String,
    error: Option<String>,
    span: Option<[usize; 2]>,
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    watches: BTreeMap<String, String>,
}

fn cases() -> Vec<Case> {
    include_str!("data/watch-conformance.jsonl").lines().map(|line| serde_json::from_str(line).expect("a case")).collect()
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
        let found = errors.first().map(|error| (serde_json::to_value(error.code).expect("a name"), [error.span.start, error.span.end]));
        let wanted = case.error.map(|code| (serde_json::Value::from(code), case.span.expect("a span")));
        if found != wanted {
            wrong.push(format!("{} {}: wanted {wanted:?}, found {found:?}", case.id, case.query));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
