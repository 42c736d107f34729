//! The embedded lists of names and places.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crate::classify::Hashed;

const GIVEN_TEXT: &str = include_str!("../../../../data/names/given.txt");
const FAMILY_TEXT: &str = include_str!("../../../../data/names/family.txt");
const PLACES_TEXT: &str = include_str!("../../../../data/names/places.txt");
const COMMON_TEXT: &str = include_str!("../../../../data/names/common.txt");

/// What the lists say of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) given: bool,
    pub(crate) family: bool,
    /// An ordinary English word too.
    pub(crate) word: bool,
}

/// Looks a plain lower-case word up.
pub(crate) fn entry(word: &str) -> Entry {
    let known = names().get(word).copied().unwrap_or_default();
    if known == Entry::default() && word.contains('\'') {
        return names()
            .get(word.replace('\'', "").as_str())
            .copied()
            .unwrap_or_default();
    }
    known
}

/// Whether a town is on the list.
pub(crate) fn is_place(name: &str) -> bool {
    static PLACES: OnceLock<HashSet<&'static str, Hashed>> = OnceLock::new();
    PLACES
        .get_or_init(|| lines(PLACES_TEXT).collect())
        .contains(name)
}

/// Whether a word is so common in English that a capital means nothing.
pub(crate) fn is_common(word: &str) -> bool {
    static COMMON: OnceLock<HashSet<&'static str, Hashed>> = OnceLock::new();
    COMMON
        .get_or_init(|| lines(COMMON_TEXT).flat_map(str::split_whitespace).collect())
        .contains(word)
}

fn names() -> &'static HashMap<&'static str, Entry, Hashed> {
    static NAMES: OnceLock<HashMap<&'static str, Entry, Hashed>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = HashMap::with_capacity_and_hasher(50_000, Hashed::default());
        for line in lines(GIVEN_TEXT) {
            let entry: &mut Entry = names.entry(line.trim_end_matches('*')).or_default();
            entry.given = true;
            entry.word |= line.ends_with('*');
        }
        for line in lines(FAMILY_TEXT) {
            let entry: &mut Entry = names.entry(line.trim_end_matches('*')).or_default();
            entry.family = true;
            entry.word |= line.ends_with('*');
        }
        names
    })
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}
