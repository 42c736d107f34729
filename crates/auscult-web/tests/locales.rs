//! Every key that a template or a view names exists in English, and no key is said twice.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use auscult_web::locale::Locales;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found)
        } else {
            found.push(path)
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whatever stands in quotes and looks like a key, with what follows the closing quote.
fn quoted(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let looks = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    text.match_indices('"').filter_map(move |(at, _)| {
        let rest = &text[at + 1..];
        let (word, after) = rest.split_once('"')?;
        looks(word).then_some((word, after))
    })
}

fn named() -> BTreeSet<String> {
    let mut paths = Vec::new();
    files(&root().join("templates"), &mut paths);
    let mut keys = BTreeSet::new();
    for path in paths {
        let text = fs::read_to_string(path).unwrap();
        for (word, after) in quoted(&text) {
            if after.starts_with("|t }}") || after.starts_with("|t1(") || after.starts_with("|t2(")
            {
                keys.insert(word.to_owned());
            }
        }
    }
    let mut sources = Vec::new();
    files(&root().join("src"), &mut sources);
    for path in sources {
        let text = fs::read_to_string(path).unwrap();
        for part in text.split("Said::key(\"").skip(1) {
            keys.insert(part.split('"').next().unwrap().to_owned());
        }
        for part in text.split(".text(\"").skip(1) {
            keys.insert(part.split('"').next().unwrap().to_owned());
        }
    }
    keys
}

#[test]
fn every_named_key_exists_in_english() {
    let english = Locales::load().english();
    let missing: Vec<_> = named()
        .into_iter()
        .filter(|key| !english.knows(key))
        .collect();
    assert!(
        missing.is_empty(),
        "keys without a text in locales/en: {missing:#?}"
    );
}

#[test]
fn no_text_is_said_twice() {
    let mut locales = Vec::new();
    files(&root().join("locales/en"), &mut locales);
    let mut seen = BTreeSet::new();
    for path in locales {
        for line in fs::read_to_string(path).unwrap().lines() {
            let Some((key, _)) = line.split_once(" =") else {
                continue;
            };
            if key.starts_with(|c: char| c.is_ascii_lowercase()) {
                assert!(seen.insert(key.to_owned()), "{key} is said twice");
            }
        }
    }
    assert!(seen.len() > 100, "the locale files were not read");
}

#[test]
fn times_and_numbers_read_as_people_say_them() {
    let english = Locales::load().english();
    let zone = jiff::tz::TimeZone::get("Europe/Dublin").unwrap();
    let now = "2026-11-23T09:14:00Z".parse().unwrap();
    let said = |at: &str| auscult_web::time::when(&english, &zone, now, at.parse().unwrap());
    assert_eq!(said("2026-11-23T08:02:00Z"), "08:02");
    assert_eq!(said("2026-11-22T19:42:00Z"), "yesterday 19:42");
    assert_eq!(said("2026-11-24T10:00:00Z"), "tomorrow 10:00");
    assert_eq!(said("2026-11-19T10:00:00Z"), "Thursday 10:00");
    assert_eq!(said("2026-10-12T10:00:00Z"), "12 October");
    assert_eq!(said("2025-10-12T10:00:00Z"), "12 October 2025");
    assert_eq!(auscult_web::time::span(&english, 126), "2 h 06");
    assert_eq!(english.number(1_284_000), "1,284,000");
    assert_eq!(english.number(-999), "-999");
}
