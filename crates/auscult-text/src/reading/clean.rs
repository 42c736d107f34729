//! Text as a reader sees it: compatibility forms, look-alike letters, invisible characters and accents undone,
//! lower case, each byte with the place it came from.

use unicode_normalization::char::decompose_compatible;

use crate::fold::{Class, is_apostrophe, traits};

/// Plain text and, for each of its bytes, the bytes of the source it stands for.
#[derive(Debug, Default)]
pub(crate) struct Clean {
    pub(crate) text: String,
    starts: Vec<usize>,
    ends: Vec<usize>,
    upper: Vec<bool>,
}

impl Clean {
    /// Cleans `source`; linear, whatever the text is.
    pub(crate) fn new(source: &str) -> Self {
        let mut clean = Self {
            text: String::with_capacity(source.len()),
            starts: Vec::with_capacity(source.len()),
            ends: Vec::with_capacity(source.len()),
            upper: Vec::with_capacity(source.len()),
        };
        for (start, character) in source.char_indices() {
            clean.read(character, start, start + character.len_utf8());
        }
        clean
    }

    /// The source range behind a range of clean bytes.
    pub(crate) fn source_range(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.starts.get(start).copied().unwrap_or(0);
        let last = end
            .checked_sub(1)
            .and_then(|last| self.ends.get(last))
            .copied()
            .unwrap_or(first);
        (first, last.max(first))
    }

    /// Whether the byte came from a capital letter.
    pub(crate) fn is_upper(&self, byte: usize) -> bool {
        self.upper.get(byte).copied().unwrap_or(false)
    }

    fn read(&mut self, character: char, start: usize, end: usize) {
        if character.is_ascii() {
            self.push(
                character.to_ascii_lowercase(),
                start,
                end,
                character.is_ascii_uppercase(),
            );
            return;
        }
        if is_apostrophe(character) {
            self.push('\'', start, end, false);
            return;
        }
        if is_hidden(character) {
            return;
        }
        let upper = character.is_uppercase();
        decompose_compatible(character, |part| {
            if matches!(traits(part).class(), Class::Mark | Class::Ignorable) {
                return;
            }
            for lower in part.to_lowercase() {
                match look_alike(lower) {
                    Some(letters) => {
                        for letter in letters.chars() {
                            self.push(letter, start, end, upper);
                        }
                    }
                    None if traits(lower).class() == Class::Mark => {}
                    None => self.push(lower, start, end, upper),
                }
            }
        });
    }

    /// Adds one character that stands for a range of the source.
    pub(crate) fn push(&mut self, character: char, start: usize, end: usize, upper: bool) {
        self.text.push(character);
        for _ in 0..character.len_utf8() {
            self.starts.push(start);
            self.ends.push(end);
            self.upper.push(upper);
        }
    }
}

fn is_hidden(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
        || traits(character).class() == Class::Ignorable
}

/// The plain letters a reader takes this one for.
fn look_alike(character: char) -> Option<&'static str> {
    let plain = match character {
        'ß' => "ss",
        'æ' | 'ӕ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'а' | 'α' | 'ɑ' | 'ᴀ' => "a",
        'ь' | 'в' | 'β' | 'ʙ' => "b",
        'с' | 'ϲ' | 'ᴄ' => "c",
        'ԁ' | 'đ' | 'ð' | 'ᴅ' => "d",
        'е' | 'ε' | 'є' | 'ё' | 'ᴇ' | 'ə' => "e",
        'ғ' | 'ꜰ' => "f",
        'ɡ' | 'ɢ' | 'ԍ' => "g",
        'һ' | 'н' | 'ħ' | 'ʜ' => "h",
        'і' | 'ι' | 'ı' | 'ɩ' | 'ɪ' | 'ї' | 'ӏ' => "i",
        'ј' | 'ᴊ' => "j",
        'к' | 'κ' | 'ᴋ' => "k",
        'ł' | 'ʟ' => "l",
        'м' | 'ᴍ' => "m",
        'п' | 'η' | 'ɴ' => "n",
        'о' | 'ο' | 'σ' | 'ø' | 'ᴏ' => "o",
        'р' | 'ρ' | 'ᴘ' => "p",
        'ԛ' => "q",
        'г' | 'ʀ' => "r",
        'ѕ' | 'ς' | 'ꜱ' => "s",
        'т' | 'τ' | 'ŧ' | 'ᴛ' => "t",
        'υ' | 'ᴜ' | 'μ' => "u",
        'ν' | 'ᴠ' => "v",
        'ԝ' | 'ω' | 'ᴡ' | 'ѡ' => "w",
        'х' | 'χ' => "x",
        'у' | 'γ' | 'ʏ' | 'ү' => "y",
        'ᴢ' => "z",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '“' | '”' | '„' | '«' | '»' => "\"",
        '‚' => ",",
        '\u{2028}' | '\u{2029}' | '\u{85}' => "\n",
        '\u{1F1E6}'..='\u{1F1FF}' => return region_letter(character),
        _ if character.is_whitespace() && character != '\n' => " ",
        _ => return None,
    };
    Some(plain)
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// Flag letters spell words too.
fn region_letter(character: char) -> Option<&'static str> {
    let index = (character as usize).checked_sub(0x1_F1E6)?;
    LETTERS.get(index..=index)
}
