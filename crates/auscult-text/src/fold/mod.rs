//! Folding: the forms under which words, names and labels are compared
//! (docs/specs/watch-language.md, 2.3).
//!
//! `fold` loses case, accents and apostrophes, `exact` keeps case and accents, `value` is for names and labels.
//! Every function is linear in its input.

mod class;

use std::sync::OnceLock;

use caseless::Caseless as _;
use unicode_normalization::{
    IsNormalized, UnicodeNormalization as _, char::canonical_combining_class, is_nfc_quick,
};

pub use class::{Class, Traits, is_apostrophe, is_line_break, traits};

/// The folded form: case, accents, apostrophes and everything that is not a letter, mark, number, `.` or `&` is gone.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends the folded form of `text` to `out`.
pub fn fold_into(text: &str, out: &mut String) {
    let start = out.len();
    for character in text.chars() {
        let entry = entry(character);
        if let Some(folded) = entry.text() {
            out.push_str(folded);
        } else {
            out.truncate(start);
            out.extend(
                unfiltered(text.chars())
                    .nfc()
                    .filter(|kept| kept_in_words(*kept)),
            );
            return;
        }
    }
}

/// The form for case-sensitive comparison: apostrophes, zero-width characters and variation selectors are gone, case and accents stay.
pub fn exact(text: &str) -> String {
    text.chars()
        .filter(|character| !is_apostrophe(*character) && !is_hidden(*character))
        .nfc()
        .collect()
}

/// The form in which names and labels are compared: folded, punctuation kept, white space made one space.
pub fn value(text: &str) -> String {
    let folded: String = if text.is_ascii() {
        text.chars()
            .filter(|character| !is_apostrophe(*character))
            .map(|character| character.to_ascii_lowercase())
            .collect()
    } else {
        unfiltered(text.chars()).nfc().collect()
    };
    let mut spaced = String::with_capacity(folded.len());
    for word in folded.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

fn is_hidden(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}') || is_format(character)
}

/// Category Cf.
fn is_format(character: char) -> bool {
    traits(character).class() == Class::Ignorable
}

fn kept_in_words(character: char) -> bool {
    matches!(character, '.' | '&') || traits(character).is_letter_mark_or_number()
}

/// Steps 1 to 5 of folding.
fn unfiltered(characters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    characters
        .nfkd()
        .default_case_fold()
        .nfkd()
        .flat_map(Spelled::of)
        .filter(|character| !is_deleted(*character))
}

/// One or two letters in place of one.
struct Spelled(Option<char>, Option<char>);

impl Spelled {
    const fn of(character: char) -> Self {
        match character {
            'æ' => Self(Some('a'), Some('e')),
            'œ' => Self(Some('o'), Some('e')),
            'þ' => Self(Some('t'), Some('h')),
            'ø' => Self(Some('o'), None),
            'ł' => Self(Some('l'), None),
            'đ' | 'ð' => Self(Some('d'), None),
            'ħ' => Self(Some('h'), None),
            'ŧ' => Self(Some('t'), None),
            'ı' => Self(Some('i'), None),
            other => Self(Some(other), None),
        }
    }
}

impl Iterator for Spelled {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        self.0.take().or_else(|| self.1.take())
    }
}

fn is_deleted(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36F}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FE20}'..='\u{FE2F}'
            | '\u{E0100}'..='\u{E01EF}'
            | '\u{640}'
            | '\u{64B}'..='\u{65F}'
            | '\u{670}'
            | '\u{591}'..='\u{5BD}'
            | '\u{5BF}'
            | '\u{5C1}'..='\u{5C2}'
            | '\u{5C4}'..='\u{5C5}'
            | '\u{5C7}'
    ) || is_apostrophe(character)
        || is_format(character)
}

/// The folded form of one code point where neighbours cannot change it, in at most seven bytes.
#[derive(Clone, Copy)]
struct Entry([u8; 8]);

const NEEDS_NEIGHBOURS: u8 = 0xFF;

impl Entry {
    fn text(&self) -> Option<&str> {
        let [length, rest @ ..] = &self.0;
        rest.get(..usize::from(*length))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    fn compute(character: char) -> Self {
        let mut bytes = [0_u8; 8];
        let mut length = 0_usize;
        for folded in unfiltered(std::iter::once(character)).nfc() {
            if canonical_combining_class(folded) != 0
                || is_nfc_quick(std::iter::once(folded)) != IsNormalized::Yes
            {
                return Self([NEEDS_NEIGHBOURS; 8]);
            }
            if !kept_in_words(folded) {
                continue;
            }
            let mut buffer = [0_u8; 4];
            let encoded = folded.encode_utf8(&mut buffer).as_bytes();
            let Some(room) = bytes.get_mut(1 + length..1 + length + encoded.len()) else {
                return Self([NEEDS_NEIGHBOURS; 8]);
            };
            room.copy_from_slice(encoded);
            length += encoded.len();
        }
        let [first, ..] = &mut bytes;
        *first = u8::try_from(length).unwrap_or(NEEDS_NEIGHBOURS);
        Self(bytes)
    }
}

type Page = [Entry; 256];
static PAGES: [OnceLock<Box<Page>>; 0x1100] = [const { OnceLock::new() }; 0x1100];

#[inline]
fn entry(character: char) -> Entry {
    let code = character as u32;
    PAGES
        .get((code >> 8) as usize)
        .map(|cell| cell.get_or_init(|| fill(code >> 8)))
        .and_then(|page| page.get((code & 0xFF) as usize))
        .copied()
        .unwrap_or(Entry([NEEDS_NEIGHBOURS; 8]))
}

fn fill(page: u32) -> Box<Page> {
    let mut entries = Box::new([Entry([NEEDS_NEIGHBOURS; 8]); 256]);
    for (slot, low) in entries.iter_mut().zip(0_u32..) {
        if let Some(character) = char::from_u32((page << 8) | low) {
            *slot = Entry::compute(character);
        }
    }
    entries
}
