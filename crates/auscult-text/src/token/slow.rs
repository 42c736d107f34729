//! What begins at one place of a text, by the rules of section 2.2 as they stand there.

use super::Kind;
use super::cut::{Cut, WILD_ANY, is_wild, narrow};
use crate::fold::{self, Class, is_apostrophe, traits};

/// Reads the item that begins at byte `at`; returns where to go on.
pub(super) fn item(cut: &mut Cut, source: &str, at: usize, wild: bool) -> usize {
    let reader = Reader { source, wild };
    let Some((first, next)) = reader.peek(at) else {
        return source.len();
    };
    if matches!(first, 'h' | 'H' | 'w' | 'W')
        && let Some(end) = reader.url_end(at)
    {
        cut.push_url(at, end);
        return end;
    }
    match reader.class(first) {
        Class::Emoji => {
            let read = reader.emoji(first, next);
            push_emoji(cut, source, at, read);
            read.end
        }
        Class::Spaceless => {
            let read = reader.extras(next);
            push(cut, source, (at, read.solid), Kind::Spaceless, wild);
            read.end
        }
        Class::Word => {
            let unit = reader.extras(next);
            let (read, kind) = match traits(first)
                .is_letter()
                .then(|| reader.abbreviation(unit))
                .flatten()
            {
                Some(read) => (read, Kind::Abbreviation),
                None => (reader.word(unit), Kind::Plain),
            };
            push(cut, source, (at, read.solid), kind, wild);
            read.end
        }
        Class::Separator => {
            if matches!(first, '#' | '＃' | '@') {
                cut.push_sign(at);
            }
            next
        }
        Class::Mark | Class::Ignorable | Class::Apostrophe => next,
    }
}

/// Where a reading ended, and where its last code point that is not ignorable ended.
#[derive(Clone, Copy)]
struct Read {
    end: usize,
    solid: usize,
}

struct Reader<'a> {
    source: &'a str,
    wild: bool,
}

impl Reader<'_> {
    fn peek(&self, at: usize) -> Option<(char, usize)> {
        let character = self.source.get(at..)?.chars().next()?;
        Some((character, at + character.len_utf8()))
    }

    fn before(&self, at: usize) -> Option<char> {
        self.source.get(..at)?.chars().next_back()
    }

    fn class(&self, character: char) -> Class {
        if self.wild && is_wild(character) {
            Class::Word
        } else {
            traits(character).class()
        }
    }

    fn is_word(&self, at: usize) -> bool {
        self.peek(at)
            .is_some_and(|(character, _)| self.class(character) == Class::Word)
    }

    fn is_digit(&self, at: usize) -> bool {
        self.peek(at)
            .is_some_and(|(character, _)| traits(character).is_digit())
    }

    /// Marks and ignorables that follow directly.
    fn extras(&self, from: usize) -> Read {
        let mut read = Read {
            end: from,
            solid: from,
        };
        while let Some((character, next)) = self.peek(read.end) {
            match traits(character).class() {
                Class::Mark => {
                    read = Read {
                        end: next,
                        solid: next,
                    }
                }
                Class::Ignorable => read.end = next,
                Class::Separator
                | Class::Word
                | Class::Spaceless
                | Class::Apostrophe
                | Class::Emoji => break,
            }
        }
        read
    }

    /// Goes on from a first unit with `.X` and `&X`; nothing when none follows.
    fn abbreviation(&self, first: Read) -> Option<Read> {
        let mut read = first;
        let mut found = None;
        while let Some(('.' | '&', letter)) = self.peek(read.end) {
            let Some((character, next)) = self.peek(letter) else {
                break;
            };
            let is_letter = self.class(character) == Class::Word && traits(character).is_letter();
            let unit = self.extras(next);
            if !is_letter || self.is_word(unit.end) {
                break;
            }
            read = unit;
            found = Some(read);
        }
        found
    }

    fn word(&self, first: Read) -> Read {
        let mut read = first;
        while let Some((character, next)) = self.peek(read.end) {
            if self.class(character) == Class::Word {
                read = self.extras(next);
            } else if is_apostrophe(character) && self.is_word(next) {
                // The word character after it is taken by the next turn.
                read.end = next;
            } else if matches!(character, '.' | ',')
                && self
                    .before(read.end)
                    .is_some_and(|digit| traits(digit).is_digit())
                && self.is_digit(next)
            {
                read.end = next;
            } else {
                break;
            }
        }
        read
    }

    fn emoji(&self, first: char, next: usize) -> Read {
        if is_regional(first) {
            let end = self
                .peek(next)
                .filter(|(second, _)| is_regional(*second))
                .map_or(next, |(_, end)| end);
            return Read { end, solid: end };
        }
        let mut read = self.followers(Read {
            end: next,
            solid: next,
        });
        while let Some(('\u{200D}', joined)) = self.peek(read.end) {
            let Some((character, end)) = self.peek(joined) else {
                break;
            };
            if traits(character).class() != Class::Emoji || is_regional(character) {
                break;
            }
            read = self.followers(Read { end, solid: end });
        }
        read
    }

    /// Variation selectors, key caps, skin tones and tags.
    fn followers(&self, mut read: Read) -> Read {
        while let Some((character, next)) = self.peek(read.end) {
            if matches!(character, '\u{E0020}'..='\u{E007F}') {
                read.end = next;
            } else if is_lost_in_emoji(character) {
                read = Read {
                    end: next,
                    solid: next,
                };
            } else {
                break;
            }
        }
        read
    }

    /// The end of the address that begins here.
    fn url_end(&self, at: usize) -> Option<usize> {
        if self
            .before(at)
            .is_some_and(|character| traits(character).is_letter_mark_or_number())
        {
            return None;
        }
        let rest = self.source.as_bytes().get(at..)?;
        let scheme = ["http://", "https://", "www."].into_iter().find(|scheme| {
            rest.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
        })?;
        let body = at + scheme.len();
        self.source
            .as_bytes()
            .get(body)
            .filter(|byte| byte.is_ascii_alphanumeric())?;
        let mut end = body + 1;
        let mut kept = end;
        while let Some((character, next)) = self.peek(end) {
            let wild = self.wild && is_wild(character);
            if !wild && !is_url_character(character) {
                break;
            }
            end = next;
            if wild || !is_given_back(character) {
                kept = next;
            }
        }
        Some(kept)
    }
}

const fn is_url_character(character: char) -> bool {
    matches!(character, '\u{21}'..='\u{7E}')
        && !matches!(
            character,
            '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`'
        )
}

const fn is_given_back(character: char) -> bool {
    matches!(
        character,
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | ')' | ']' | '*' | '_' | '~'
    )
}

const fn is_regional(character: char) -> bool {
    matches!(character, '\u{1F1E6}'..='\u{1F1FF}')
}

const fn is_lost_in_emoji(character: char) -> bool {
    matches!(
        character,
        '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}' | '\u{1F3FB}'..='\u{1F3FF}'
    )
}

fn push_emoji(cut: &mut Cut, source: &str, at: usize, read: Read) {
    let written = source.get(at..read.end).unwrap_or_default();
    let form = cut.form(|out| {
        let start = out.len();
        out.extend(
            written
                .chars()
                .filter(|character| !is_lost_in_emoji(*character)),
        );
        if out.len() == start {
            out.extend(written.chars().next());
        }
    });
    cut.push_word((at, read.solid), Kind::Emoji, form);
}

fn push(cut: &mut Cut, source: &str, (start, end): (usize, usize), kind: Kind, wild: bool) {
    let written = source.get(start..end).unwrap_or_default();
    let form = if wild {
        cut.form(|out| fold_pattern(written, kind, out))
    } else if written.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Some(cut.lower_form(start, end))
    } else {
        cut.form(|out| fold_word(written, kind, out))
    };
    debug_assert!(narrow(end) >= narrow(start), "a word ends after its start");
    cut.push_word((start, end), kind, form);
}

fn fold_word(written: &str, kind: Kind, out: &mut String) {
    let loses_dots = kind == Kind::Abbreviation;
    if written.is_ascii() {
        out.extend(
            written
                .chars()
                .filter(|character| {
                    character.is_ascii_alphanumeric()
                        || *character == '&'
                        || *character == '.' && !loses_dots
                })
                .map(|character| character.to_ascii_lowercase()),
        );
    } else if loses_dots {
        fold::fold_into(&written.replace('.', ""), out);
    } else {
        fold::fold_into(written, out);
    }
}

/// Folds the parts between wildcards; the wildcards stay.
fn fold_pattern(written: &str, kind: Kind, out: &mut String) {
    for part in written.split_inclusive(is_wild) {
        let literal = part.trim_end_matches(is_wild);
        fold_word(literal, kind, out);
        match part.chars().next_back() {
            Some(WILD_ANY) if out.ends_with(WILD_ANY) => {}
            Some(last) if is_wild(last) => out.push(last),
            _ => {}
        }
    }
}
