//! Which class a code point belongs to when text is cut into words (docs/specs/watch-language.md, 2.1).
//!
//! The table is filled one page of 256 code points at a time, the first time a page is asked for.

use std::sync::OnceLock;

use unicode_general_category::{GeneralCategory, get_general_category};

/// What cutting does with a code point; the first that fits, in the order of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Everything that separates words.
    Separator,
    /// A letter or number that forms words with its neighbours.
    Word,
    /// A letter of a script written without spaces: a word of its own.
    Spaceless,
    /// Category M and the half-width voicing marks.
    Mark,
    /// Category Cf: zero-width characters, soft hyphen, direction marks.
    Ignorable,
    /// One of the nine characters typed for an apostrophe.
    Apostrophe,
    /// Pictures.
    Emoji,
}

/// Everything cutting wants to know about one code point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits(u8);

const LETTER: u8 = 0x08;
const NUMBER: u8 = 0x10;
const MARK: u8 = 0x20;
const DIGIT: u8 = 0x40;
const SPACE: u8 = 0x80;

impl Traits {
    /// The class of section 2.1.
    pub const fn class(self) -> Class {
        match self.0 & 0x07 {
            1 => Class::Word,
            2 => Class::Spaceless,
            3 => Class::Mark,
            4 => Class::Ignorable,
            5 => Class::Apostrophe,
            6 => Class::Emoji,
            _ => Class::Separator,
        }
    }

    /// Category L.
    pub const fn is_letter(self) -> bool {
        self.0 & LETTER != 0
    }

    /// Category Nd.
    pub const fn is_digit(self) -> bool {
        self.0 & DIGIT != 0
    }

    /// Category L, M or N.
    pub const fn is_letter_mark_or_number(self) -> bool {
        self.0 & (LETTER | NUMBER | MARK) != 0
    }

    /// The Unicode property `White_Space`.
    pub const fn is_space(self) -> bool {
        self.0 & SPACE != 0
    }
}

type Page = [u8; 256];
static PAGES: [OnceLock<Box<Page>>; 0x1100] = [const { OnceLock::new() }; 0x1100];

/// The traits of a code point.
#[inline]
pub fn traits(character: char) -> Traits {
    let code = character as u32;
    let page = PAGES
        .get((code >> 8) as usize)
        .map(|cell| cell.get_or_init(|| fill(code >> 8)));
    Traits(
        page.and_then(|page| page.get((code & 0xFF) as usize))
            .copied()
            .unwrap_or(0),
    )
}

fn fill(page: u32) -> Box<Page> {
    let mut bytes = Box::new([0_u8; 256]);
    for (slot, low) in bytes.iter_mut().zip(0_u32..) {
        if let Some(character) = char::from_u32((page << 8) | low) {
            *slot = compute(character);
        }
    }
    bytes
}

fn compute(character: char) -> u8 {
    use GeneralCategory as C;
    let category = get_general_category(character);
    let letter = matches!(
        category,
        C::UppercaseLetter
            | C::LowercaseLetter
            | C::TitlecaseLetter
            | C::ModifierLetter
            | C::OtherLetter
    );
    let number = matches!(
        category,
        C::DecimalNumber | C::LetterNumber | C::OtherNumber
    );
    let mark = matches!(
        category,
        C::NonspacingMark | C::SpacingMark | C::EnclosingMark
    );
    let class = if is_emoji(character, category) {
        6
    } else if is_apostrophe(character) {
        5
    } else if mark || matches!(character, '\u{FF9E}' | '\u{FF9F}') {
        3
    } else if category == C::Format {
        4
    } else if (letter || character == '\u{3007}') && is_spaceless_block(character) {
        2
    } else {
        u8::from(letter || number)
    };
    let mut bits = class;
    for (holds, bit) in [
        (letter, LETTER),
        (number, NUMBER),
        (mark, MARK),
        (category == C::DecimalNumber, DIGIT),
        (character.is_whitespace(), SPACE),
    ] {
        if holds {
            bits |= bit;
        }
    }
    bits
}

fn is_emoji(character: char, category: GeneralCategory) -> bool {
    matches!(character, '\u{1F000}'..='\u{1FAFF}')
        || category == GeneralCategory::OtherSymbol
            && matches!(character, '\u{2300}'..='\u{23FF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}')
}

/// The nine characters people type for an apostrophe.
pub const fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '`'
            | '\u{B4}'
            | '\u{2BC}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201B}'
            | '\u{2032}'
            | '\u{FF07}'
    )
}

const fn is_spaceless_block(character: char) -> bool {
    matches!(
        character,
        '\u{0E00}'..='\u{0EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30FF}'
            | '\u{3100}'..='\u{312F}'
            | '\u{31A0}'..='\u{31BF}'
            | '\u{31F0}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
            | '\u{FF66}'..='\u{FF9D}'
            | '\u{1AFF0}'..='\u{1B16F}'
    )
}

/// A line break of section 2.1.
pub const fn is_line_break(character: char) -> bool {
    matches!(
        character,
        '\u{A}'..='\u{D}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}
