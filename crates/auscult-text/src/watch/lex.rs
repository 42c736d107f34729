//! Phase I: the characters of a watch become items (docs/specs/watch-language.md, 3 and 4).

use super::error::{Code, Fault, Span};
use super::field::{self, Field, NumberField, ValueField};
use super::glyphs::{Glyph, Glyphs};
use super::tree::Near;
use crate::fold::{Class, traits};
use crate::token::{Break, is_hashtag_character, is_mention_character};

/// The most code points a watch may have.
const LONGEST: usize = 1_048_576;

/// An item of a watch.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// What an item is.
#[derive(Debug, Clone)]
pub(crate) enum Token {
    Open,
    Close,
    Comma,
    And,
    Or,
    Not,
    Minus,
    Near(Near),
    Piece(Break),
    AtLeast(u32),
    /// `k OF`.
    Of(u32),
    Word {
        glyphs: Glyphs,
        exact: bool,
    },
    Phrase {
        glyphs: Glyphs,
        exact: bool,
        slop: Option<u32>,
    },
    Hashtag(Glyphs),
    Mention(Glyphs),
    /// A field; its bracket, values or primary follow as items.
    Field(Field),
    Raw(Glyphs),
    /// The name after `list:` or `watch:`.
    Named(Glyphs),
    Values(Vec<RawValue>),
    Number(Glyphs),
}

/// One value of a value field.
#[derive(Debug, Clone)]
pub(crate) struct RawValue {
    pub(crate) glyphs: Glyphs,
    pub(crate) quoted: bool,
    pub(crate) list: bool,
    pub(crate) span: Span,
}

/// How the inside of a bracket is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Words,
    Values(ValueField),
    Numbers(NumberField),
}

/// The items of a watch, and its comments (for display).
#[derive(Debug, Default)]
pub(crate) struct Items {
    pub(crate) items: Vec<Item>,
    pub(crate) comments: Vec<Span>,
}

/// Reads the items of a watch.
pub(crate) fn items(chars: &[char]) -> Result<Items, Fault> {
    if chars.len() > LONGEST {
        return Err(Fault::new(Code::TooLong, Span::new(0, chars.len())));
    }
    let mut lexer = Lexer {
        chars,
        at: 0,
        found: Items::default(),
        open: Vec::new(),
    };
    lexer.run()?;
    Ok(lexer.found)
}

pub(super) struct Lexer<'q> {
    pub(super) chars: &'q [char],
    pub(super) at: usize,
    found: Items,
    open: Vec<(Span, Mode)>,
}

impl Lexer<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        loop {
            self.skip_between()?;
            let Some(character) = self.peek(0) else { break };
            let mode = self.open.last().map_or(Mode::Words, |(_, mode)| *mode);
            match character {
                '(' | '（' => self.open_bracket(mode),
                ')' | '）' => self.close_bracket()?,
                ',' => self.push(Token::Comma, 1),
                '|' => {
                    let length = if self.peek(1) == Some('|') { 2 } else { 1 };
                    self.push(Token::Or, length);
                }
                _ if is_minus(character) => self.minus()?,
                _ => match mode {
                    Mode::Words => self.item(Place::Free)?,
                    Mode::Values(field) => self.value_in_brackets(field)?,
                    Mode::Numbers(_) => self.number_in_brackets()?,
                },
            }
        }
        match self.open.pop() {
            Some((span, _)) => Err(Fault::new(Code::UnclosedParen, span)),
            None => Ok(()),
        }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn push(&mut self, token: Token, length: usize) {
        let span = Span::new(self.at, self.at + length);
        self.at = span.end;
        self.found.items.push(Item { token, span });
    }

    fn push_from(&mut self, start: usize, token: Token) {
        self.found.items.push(Item {
            token,
            span: Span::new(start, self.at),
        });
    }

    /// White space, zero-width characters and comments.
    fn skip_between(&mut self) -> Result<(), Fault> {
        while let Some(character) = self.peek(0) {
            let start = self.at;
            match (character, self.peek(1)) {
                ('/', Some('/')) => {
                    while self
                        .peek(0)
                        .is_some_and(|next| !crate::fold::is_line_break(next))
                    {
                        self.at += 1;
                    }
                    self.found.comments.push(Span::new(start, self.at));
                }
                ('/', Some('*')) => {
                    self.at += 2;
                    while (self.peek(0), self.peek(1)) != (Some('*'), Some('/')) {
                        if self.peek(0).is_none() {
                            return Err(Fault::new(
                                Code::UnclosedComment,
                                Span::new(start, self.chars.len()),
                            ));
                        }
                        self.at += 1;
                    }
                    self.at += 2;
                    self.found.comments.push(Span::new(start, self.at));
                }
                _ if is_between(character) => self.at += 1,
                _ => break,
            }
        }
        Ok(())
    }

    fn open_bracket(&mut self, mode: Mode) {
        self.open.push((Span::new(self.at, self.at + 1), mode));
        self.push(Token::Open, 1);
    }

    fn close_bracket(&mut self) -> Result<(), Fault> {
        if self.open.pop().is_none() {
            return Err(Fault::new(
                Code::ExtraParen,
                Span::new(self.at, self.at + 1),
            ));
        }
        self.push(Token::Close, 1);
        Ok(())
    }

    fn minus(&mut self) -> Result<(), Fault> {
        let next = self
            .chars
            .iter()
            .skip(self.at + 1)
            .find(|character| !is_zero_width(**character));
        if next.is_none_or(|next| traits(*next).is_space() || is_close(*next)) {
            return Err(Fault::new(
                Code::DanglingMinus,
                Span::new(self.at, self.at + 1),
            ));
        }
        self.push(Token::Minus, 1);
        Ok(())
    }

    /// A word, phrase, field or operator.
    fn item(&mut self, place: Place) -> Result<(), Fault> {
        let start = self.at;
        match self.peek(0) {
            Some('!') if self.peek(1).is_some_and(begins_exact) => {
                self.at += 1;
                if self.peek(0).is_some_and(is_quote) {
                    return self.phrase(start, true);
                }
                let glyphs = self.word_glyphs();
                check_tilde(&glyphs, self.at)?;
                self.push_from(
                    start,
                    Token::Word {
                        glyphs,
                        exact: true,
                    },
                );
                Ok(())
            }
            Some(quote) if is_quote(quote) => self.phrase(start, false),
            _ => self.word(place),
        }
    }

    fn phrase(&mut self, start: usize, exact: bool) -> Result<(), Fault> {
        let glyphs = self.quoted()?;
        let mut slop = None;
        if self.peek(0) == Some('~') {
            let tilde = self.at;
            self.at += 1;
            let digits = self.digits();
            slop = read_count(&digits);
            if slop.is_none() {
                return Err(Fault::new(
                    Code::TildeWithoutPhrase,
                    Span::new(tilde, self.at),
                ));
            }
        }
        self.push_from(
            start,
            Token::Phrase {
                glyphs,
                exact,
                slop,
            },
        );
        Ok(())
    }

    fn digits(&mut self) -> String {
        let mut digits = String::new();
        while let Some(digit) = self.peek(0).filter(char::is_ascii_digit) {
            digits.push(digit);
            self.at += 1;
        }
        digits
    }

    fn word(&mut self, place: Place) -> Result<(), Fault> {
        let start = self.at;
        if self.field()? {
            return Ok(());
        }
        let glyphs = self.word_glyphs();
        if place == Place::Free {
            if let Some(token) =
                operator(&glyphs).map_err(|code| Fault::new(code, Span::new(start, self.at)))?
            {
                self.push_from(start, token);
                return Ok(());
            }
            if self.of_follows(&glyphs) {
                return self.of(start, &glyphs);
            }
        }
        check_tilde(&glyphs, self.at)?;
        self.push_from(start, tag_or_word(glyphs));
        Ok(())
    }

    /// Whether these digits are the count of `k OF`.
    fn of_follows(&self, glyphs: &Glyphs) -> bool {
        if !glyphs.all_plain(|character| character.is_ascii_digit()) {
            return false;
        }
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let after_space = rest
            .iter()
            .position(|character| !traits(*character).is_space())
            .unwrap_or(rest.len());
        let Some(['O', 'F', after @ ..]) = rest.get(after_space..) else {
            return false;
        };
        let gap = after
            .iter()
            .position(|character| !traits(*character).is_space())
            .unwrap_or(after.len());
        let Some(next) = after.get(gap..) else {
            return false;
        };
        after_space > 0
            && (next.first().is_some_and(|character| is_open(*character))
                || gap > 0 && starts_with(next, "list:"))
    }

    fn of(&mut self, start: usize, glyphs: &Glyphs) -> Result<(), Fault> {
        let number = Span::new(start, self.at);
        let count = read_count(&glyphs.literal()).filter(|count| *count > 0);
        let Some(count) = count else {
            return Err(Fault::new(Code::BadCount, number));
        };
        while self.peek(0) != Some('O') {
            self.at += 1;
        }
        self.at += 2;
        self.push_from(start, Token::Of(count));
        Ok(())
    }

    /// A field with what follows its colon; false when none begins here.
    fn field(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        let length = self
            .chars
            .iter()
            .skip(start)
            .take_while(|c| c.is_ascii_alphabetic() || **c == '-')
            .count();
        let Some(name) = self.chars.get(start..start + length) else {
            return Ok(false);
        };
        let (Some(first), Some(last)) = (name.first(), name.last()) else {
            return Ok(false);
        };
        if *first == '-' || *last == '-' {
            return Ok(false);
        }
        let name: String = name.iter().collect();
        match self.peek(length) {
            Some(':') => {
                let Some(field) = Field::named(&name) else {
                    let hint = field::nearest(&name).map(str::to_owned);
                    return Err(Fault {
                        code: Code::UnknownField,
                        span: Span::new(start, start + length),
                        hint,
                    });
                };
                self.at += length + 1;
                self.after_colon(start, field)?;
                Ok(true)
            }
            Some('<' | '>' | '≤' | '≥') => {
                let Some(field @ Field::Number(_)) = Field::named(&name) else {
                    return Ok(false);
                };
                self.push(Token::Field(field), length);
                self.number(start)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn after_colon(&mut self, start: usize, field: Field) -> Result<(), Fault> {
        self.push_from(start, Token::Field(field));
        let missing = Fault::new(Code::MissingValue, Span::new(start, self.at));
        let Some(next) = self
            .peek(0)
            .filter(|next| !traits(*next).is_space() && !is_close(*next) && *next != '|')
        else {
            return Err(missing);
        };
        match field {
            Field::Text(_) | Field::Case | Field::Sentence | Field::Paragraph => {
                if next == ',' || is_minus(next) {
                    return Err(missing);
                }
                if is_open(next) {
                    self.open_bracket(Mode::Words);
                    return Ok(());
                }
                self.item(Place::AfterField)
            }
            Field::Raw => {
                let glyphs = self.quoted_or(Self::run_with_commas, &missing)?;
                self.push_from(start, Token::Raw(glyphs));
                Ok(())
            }
            Field::List | Field::Watch => {
                let glyphs = self.quoted_or(Self::word_glyphs, &missing)?;
                self.push_from(start, Token::Named(glyphs));
                Ok(())
            }
            Field::Value(value) => {
                if is_open(next) {
                    self.open_bracket(Mode::Values(value));
                    return Ok(());
                }
                let from = self.at;
                let values = self.values(&missing)?;
                self.push_from(from, Token::Values(values));
                Ok(())
            }
            Field::Number(number) => {
                if is_open(next) {
                    self.open_bracket(Mode::Numbers(number));
                    return Ok(());
                }
                self.number(start)
            }
        }
    }

    /// The test of a number field; `start` is where the field begins.
    fn number(&mut self, start: usize) -> Result<(), Fault> {
        let from = self.at;
        let glyphs = self.run_with_commas().without_trailing_commas();
        self.at = from + glyphs.width();
        let sign =
            glyphs.plain_prefix(|character| matches!(character, '<' | '>' | '=' | '≤' | '≥'));
        if sign == glyphs.len() {
            return Err(Fault::new(Code::MissingValue, Span::new(start, self.at)));
        }
        self.push_from(from, Token::Number(glyphs));
        Ok(())
    }

    fn number_in_brackets(&mut self) -> Result<(), Fault> {
        let from = self.at;
        let glyphs = self.run_with_commas().without_trailing_commas();
        if glyphs.len() == 0 {
            // A quote: no number begins with one.
            self.quoted()?;
            self.push_from(from, Token::Number(Glyphs::default()));
            return Ok(());
        }
        self.at = from + glyphs.width();
        self.push_from(
            from,
            bracket_operator(&glyphs).unwrap_or(Token::Number(glyphs)),
        );
        Ok(())
    }

    fn value_in_brackets(&mut self, _field: ValueField) -> Result<(), Fault> {
        let from = self.at;
        let missing = Fault::new(Code::MissingValue, Span::new(from, from + 1));
        let values = self.values(&missing)?;
        let operator = match values.as_slice() {
            [
                RawValue {
                    glyphs,
                    quoted: false,
                    list: false,
                    ..
                },
            ] => bracket_operator(glyphs),
            _ => None,
        };
        self.push_from(from, operator.unwrap_or(Token::Values(values)));
        Ok(())
    }
}

/// Whether an item stands directly after a field that takes a primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Free,
    AfterField,
}

/// AND, OR and NOT inside the brackets of a value field.
fn bracket_operator(glyphs: &Glyphs) -> Option<Token> {
    match glyphs.plain()?.as_str() {
        "AND" | "&&" => Some(Token::And),
        "OR" => Some(Token::Or),
        "NOT" => Some(Token::Not),
        _ => None,
    }
}

fn operator(glyphs: &Glyphs) -> Result<Option<Token>, Code> {
    let Some(text) = glyphs.plain() else {
        return Ok(None);
    };
    let near = |distance, ordered| {
        Token::Near(Near {
            distance,
            ordered,
            negated: false,
        })
    };
    let token = match text.as_str() {
        "AND" | "&&" => Token::And,
        "OR" => Token::Or,
        "NOT" => Token::Not,
        "SENTENCE" => Token::Piece(Break::Sentence),
        "PARAGRAPH" => Token::Piece(Break::Paragraph),
        "NEAR" => near(5, false),
        "ONEAR" => near(5, true),
        _ => {
            let Some((name, rest)) = text.split_once('/') else {
                return Ok(None);
            };
            if name.eq_ignore_ascii_case("atleast") {
                let count = read_count(rest).filter(|count| *count > 0);
                return count
                    .map(|count| Some(Token::AtLeast(count)))
                    .ok_or(Code::BadCount);
            }
            let ordered = name.eq_ignore_ascii_case("onear");
            if !ordered && !name.eq_ignore_ascii_case("near") {
                return Ok(None);
            }
            let (digits, first) = match rest.strip_suffix(['f', 'F']) {
                Some(digits) => (digits, true),
                None => (rest, false),
            };
            near(
                read_count(digits).ok_or(Code::BadDistance)?,
                ordered || first,
            )
        }
    };
    Ok(Some(token))
}

/// A number of one to nine digits.
fn read_count(digits: &str) -> Option<u32> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits && digits.len() <= 9)
        .then(|| digits.parse().ok())
        .flatten()
}

/// A word that ends in `~` or `~digits` was meant as a phrase.
fn check_tilde(glyphs: &Glyphs, end: usize) -> Result<(), Fault> {
    let digits = glyphs.plain_suffix(|character| character.is_ascii_digit());
    if glyphs
        .get(glyphs.len().wrapping_sub(digits + 1))
        .is_some_and(|glyph| glyph.is_plain('~'))
    {
        return Err(Fault::new(
            Code::TildeWithoutPhrase,
            Span::new(end - digits - 1, end),
        ));
    }
    Ok(())
}

pub(super) fn tag_or_word(glyphs: Glyphs) -> Token {
    let rest = glyphs.from(1);
    match glyphs.get(0) {
        Some(first) if first.is_plain('#') && is_hashtag(&rest) => Token::Hashtag(rest),
        Some(first) if first.is_plain('@') && is_mention(&rest) => Token::Mention(rest),
        _ => Token::Word {
            glyphs,
            exact: false,
        },
    }
}

/// Whether this can stand after the sign of a hashtag item.
pub(super) fn is_hashtag(glyphs: &Glyphs) -> bool {
    let begins = glyphs.get(0).is_some_and(|first| {
        first.is_wild()
            || first.ch == '_'
            || matches!(traits(first.ch).class(), Class::Word | Class::Spaceless)
    });
    begins
        && glyphs
            .iter()
            .all(|glyph| glyph.is_wild() || is_hashtag_character(glyph.ch))
        && glyphs
            .iter()
            .any(|glyph| glyph.is_wild() || traits(glyph.ch).is_letter())
}

/// Whether this can stand after the sign of a mention item.
pub(super) fn is_mention(glyphs: &Glyphs) -> bool {
    glyphs
        .iter()
        .all(|glyph| glyph.is_wild() || is_mention_character(glyph.ch))
        && glyphs.iter().any(|glyph| glyph.ch.is_ascii_alphanumeric())
}

fn starts_with(chars: &[char], name: &str) -> bool {
    chars.len() >= name.len()
        && chars
            .iter()
            .zip(name.chars())
            .all(|(found, wanted)| found.eq_ignore_ascii_case(&wanted))
}

fn begins_exact(character: char) -> bool {
    is_quote(character)
        || matches!(character, '*' | '?')
        || traits(character).is_letter_mark_or_number()
            && !matches!(traits(character).class(), Class::Mark)
}

fn is_between(character: char) -> bool {
    traits(character).is_space() || is_zero_width(character)
}

pub(super) fn is_zero_width(character: char) -> bool {
    traits(character).class() == Class::Ignorable
}

pub(super) const fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}

const fn is_open(character: char) -> bool {
    matches!(character, '(' | '（')
}

const fn is_close(character: char) -> bool {
    matches!(character, ')' | '）')
}

const fn is_minus(character: char) -> bool {
    matches!(character, '-' | '–' | '—' | '−' | '‐' | '‑')
}

/// A character at which a word or value ends.
pub(super) fn ends_run(character: char) -> bool {
    traits(character).is_space()
        || is_open(character)
        || is_close(character)
        || is_quote(character)
        || character == '|'
}

pub(super) fn glyph_at(chars: &[char], at: usize) -> Option<Glyph> {
    match (chars.get(at), chars.get(at + 1)) {
        (Some('\\'), Some(next)) => Some(Glyph {
            ch: *next,
            escaped: true,
        }),
        (Some(character), _) => Some(Glyph {
            ch: *character,
            escaped: false,
        }),
        (None, _) => None,
    }
}
