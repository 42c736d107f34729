//! The characters of a foreign query become items: one reader for all suites, which asks the dialect where they differ.

use super::super::error::Span;
use super::super::lex::{ends_run, is_quote};
use super::{Dialect, Faith, Fault, fields};
use crate::fold::{Class, traits};

/// The longest range in square brackets.
const LONGEST_RANGE: usize = 200;

/// An item of a foreign query.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) token: Token,
    pub(super) span: Span,
}

/// What an item is. Texts are escaped as in a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    ExceptIn,
    Near {
        distance: u32,
        ordered: bool,
        respelt: bool,
    },
    Piece {
        is_paragraph: bool,
        reach: u32,
    },
    Minus,
    Plus(u8),
    Word(String),
    Quoted(String),
    Braced(String),
    /// The name of a field, in small letters; its value follows.
    Field(String),
    Range(String, String),
    Test(&'static str, String),
    Slop(u32),
    Often(u32, Option<u32>),
    Boost,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) items: Vec<Item>,
    pub(super) faults: Vec<Fault>,
    /// What never becomes a part of the tree, with the words for it.
    pub(super) asides: Vec<(Span, Faith, &'static str)>,
}

/// Reads the items; faults are listed and read over.
pub(super) fn items(chars: &[char], dialect: Dialect) -> Found {
    let mut lexer = Lexer {
        chars,
        at: 0,
        dialect,
        found: Found::default(),
    };
    while lexer.skip_space() {
        lexer.item();
    }
    lexer.found
}

struct Lexer<'q> {
    chars: &'q [char],
    at: usize,
    dialect: Dialect,
    found: Found,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn starts(&self, with: &str) -> bool {
        with.chars()
            .enumerate()
            .all(|(ahead, wanted)| self.peek(ahead) == Some(wanted))
    }

    fn push(&mut self, start: usize, token: Token) {
        let span = Span::new(start, self.at);
        self.found.items.push(Item { token, span });
    }

    fn take(&mut self, length: usize, token: Token) {
        let start = self.at;
        self.at += length;
        self.push(start, token);
    }

    fn fault(&mut self, start: usize, says: &str) {
        let span = Span::new(start, self.at);
        self.found.faults.push((span, says.to_owned()));
    }

    fn aside(&mut self, start: usize, faith: Faith, says: &'static str) {
        let span = Span::new(start, self.at);
        self.found.asides.push((span, faith, says));
    }

    /// Skips what stands between items; whether anything follows.
    fn skip_space(&mut self) -> bool {
        while self.peek(0).is_some_and(is_between) {
            self.at += 1;
        }
        self.at < self.chars.len()
    }

    /// The item before this place, when nothing stands between.
    fn glued(&self) -> Option<&Token> {
        let item = self.found.items.last()?;
        (item.span.end == self.at).then_some(&item.token)
    }

    fn after_field(&self) -> bool {
        matches!(
            self.found.items.last().map(|item| &item.token),
            Some(Token::Field(_))
        )
    }

    fn item(&mut self) {
        let Some(character) = self.peek(0) else {
            return;
        };
        match character {
            '<' if self.dialect == Dialect::Brandwatch && self.starts("<<<") => self.comment(),
            '(' | '（' => self.take(1, Token::Open),
            ')' | '）' => self.take(1, Token::Close),
            '|' => {
                let length = if self.peek(1) == Some('|') { 2 } else { 1 };
                self.take(length, Token::Or);
            }
            '{' if self.dialect == Dialect::Brandwatch => self.braced(),
            '{' if self.dialect == Dialect::Meltwater => self.often(),
            '^' if self.dialect == Dialect::Meltwater => self.boost(),
            '~' if matches!(self.glued(), Some(Token::Quoted(_) | Token::Close)) => self.slop(),
            '[' if self.after_field() => self.range(),
            '<' | '>' | '=' | '≤' | '≥' if self.after_field() => self.test(),
            '+' if self.dialect == Dialect::Talkwalker && !self.after_field() => self.plus(),
            _ if is_quote(character) => self.quoted(),
            _ if is_minus(character) && !self.after_field() => self.minus(),
            _ => self.word(),
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        while self.at < self.chars.len() && !self.starts(">>>") {
            self.at += 1;
        }
        if self.at < self.chars.len() {
            self.at += 3;
            self.aside(start, Faith::LeftOut, "a comment");
        } else {
            self.fault(start, "this comment is never closed: it ends with >>>");
        }
    }

    /// The inside of quotes or curly brackets, escaped as in a watch; nothing when it is never closed.
    fn inside(&mut self, is_end: impl Fn(char) -> bool) -> Option<String> {
        self.at += 1;
        let mut text = String::new();
        while let Some(character) = self.peek(0) {
            self.at += 1;
            if character == '\\' {
                if let Some(next) = self.peek(0) {
                    self.at += 1;
                    text.extend(['\\', next]);
                }
                continue;
            }
            if is_end(character) {
                return Some(text);
            }
            text.push(character);
        }
        None
    }

    fn quoted(&mut self) {
        let start = self.at;
        match self.inside(is_quote) {
            Some(text) if text.trim().is_empty() => {
                self.fault(start, "there is nothing between these quotation marks");
                self.push(start, Token::Quoted(String::new()));
            }
            Some(text) => self.push(start, Token::Quoted(text)),
            None => {
                self.fault(start, "this quotation mark is never closed");
                self.push(start, Token::Quoted(String::new()));
            }
        }
    }

    fn braced(&mut self) {
        let start = self.at;
        match self.inside(|character| character == '}') {
            Some(text) if text.trim().is_empty() => {
                self.fault(start, "there is nothing between these curly brackets");
                self.push(start, Token::Braced(String::new()));
            }
            // A quotation mark means itself in there.
            Some(text) => {
                let text = text.replace(is_quote, " ");
                self.push(start, Token::Braced(text));
            }
            None => {
                self.fault(start, "this curly bracket is never closed");
                self.push(start, Token::Braced(String::new()));
            }
        }
    }

    /// `{5}` and `{2,5}` of Meltwater.
    fn often(&mut self) {
        let start = self.at;
        let text = self
            .inside(|character| character == '}')
            .unwrap_or_default();
        let mut counts = text.split(',').map(|count| read_count(count.trim()));
        let (low, high) = (counts.next().flatten(), counts.next());
        match (low, high) {
            (Some(low), None) if low > 0 => self.push(start, Token::Often(low, None)),
            (Some(low), Some(Some(high))) if low > 0 && low <= high => {
                self.push(start, Token::Often(low, Some(high)));
            }
            _ => self.fault(
                start,
                "in curly brackets stands how often a word must be there, as in {3} or {2,5}",
            ),
        }
    }

    fn boost(&mut self) {
        let start = self.at;
        self.at += 1;
        while self
            .peek(0)
            .is_some_and(|next| next.is_ascii_digit() || next == '.')
        {
            self.at += 1;
        }
        self.push(start, Token::Boost);
    }

    fn slop(&mut self) {
        let start = self.at;
        self.at += 1;
        match read_count(&self.digits()) {
            Some(count) => self.push(start, Token::Slop(count)),
            None => self.fault(start, "~ needs a number of words, as in ~5"),
        }
    }

    fn digits(&mut self) -> String {
        let mut digits = String::new();
        while let Some(digit) = self.peek(0).filter(char::is_ascii_digit) {
            digits.push(digit);
            self.at += 1;
        }
        digits
    }

    fn range(&mut self) {
        let start = self.at;
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let end = rest
            .iter()
            .take(LONGEST_RANGE)
            .position(|character| *character == ']');
        let text: String = rest
            .get(1..end.unwrap_or(1))
            .unwrap_or_default()
            .iter()
            .collect();
        self.at += end.unwrap_or(0) + 1;
        let bounds = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            [low, to, high] if to.eq_ignore_ascii_case("to") => {
                Some(((*low).to_owned(), (*high).to_owned()))
            }
            [both] => both
                .split_once('-')
                .filter(|(low, high)| !low.is_empty() && !high.is_empty())
                .map(|(low, high)| (low.to_owned(), high.to_owned())),
            _ => None,
        };
        if bounds.is_none() {
            self.fault(start, "a range is written [100 TO 200]");
        }
        let (low, high) = bounds.unwrap_or_default();
        self.push(start, Token::Range(low, high));
    }

    fn test(&mut self) {
        let start = self.at;
        let sign = match (self.peek(0), self.peek(1)) {
            (Some('≥'), _) | (Some('>'), Some('=')) => ">=",
            (Some('≤'), _) | (Some('<'), Some('=')) => "<=",
            (Some('>'), _) => ">",
            (Some('<'), _) => "<",
            _ => "=",
        };
        let is_wide = matches!(self.peek(1), Some('=')) && sign.len() == 2;
        self.at += if is_wide { 2 } else { 1 };
        self.skip_space();
        let value = self.run();
        if value.is_empty() {
            self.fault(start, "a number is missing after this sign");
        }
        self.push(start, Token::Test(sign, value));
    }

    /// `+` and `++` of Talkwalker; alone it is AND.
    fn plus(&mut self) {
        let start = self.at;
        let count = if self.peek(1) == Some('+') { 2 } else { 1 };
        self.at += usize::from(count);
        if self.peek(0).is_none_or(is_between) {
            if self.found.items.is_empty() || self.at == self.chars.len() {
                self.aside(start, Faith::LeftOut, "a plus that joins nothing");
            } else {
                self.push(start, Token::And);
            }
        } else {
            self.push(start, Token::Plus(count));
        }
    }

    fn minus(&mut self) {
        let next = self.peek(1);
        if next.is_none_or(|next| is_between(next) || matches!(next, ')' | '）')) {
            self.at += 1;
            self.aside(self.at - 1, Faith::LeftOut, "a dash that joins nothing");
        } else {
            self.take(1, Token::Minus);
        }
    }

    /// Characters up to the end of a word.
    fn run(&mut self) -> String {
        let mut text = String::new();
        while let Some(character) = self.peek(0) {
            if character == '\\' {
                let Some(next) = self.peek(1) else {
                    self.at += 1;
                    break;
                };
                text.extend(['\\', next]);
                self.at += 2;
                continue;
            }
            if ends_run(character)
                || self.dialect == Dialect::Brandwatch && self.starts("<<<")
                || self.dialect == Dialect::Meltwater && matches!(character, '{' | '^')
            {
                break;
            }
            text.push(character);
            self.at += 1;
        }
        text
    }

    fn word(&mut self) {
        if self.field() {
            return;
        }
        let start = self.at;
        let mut text = self.run();
        if text.is_empty() {
            // A backslash at the very end.
            self.at = self.at.max(start + 1);
            return;
        }
        if !self.after_field() && self.operator(start, &text) {
            return;
        }
        // A tilde behind a word asks for words that are spelt alike.
        let alike = text
            .rsplit_once('~')
            .filter(|(word, digits)| !word.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
            .map(|(word, digits)| (word.len(), digits.len()));
        if let Some((length, digits)) = alike {
            text.truncate(length);
            let end = self.at;
            self.at = end - digits - 1;
            self.push(start, Token::Word(text));
            let tilde = self.at;
            self.at = end;
            self.push(tilde, Token::Slop(0));
            return;
        }
        self.push(start, Token::Word(text));
    }

    /// A field; false when none begins here.
    fn field(&mut self) -> bool {
        let start = self.at;
        let rest = self.chars.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .take(64)
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(**c, '_' | '.'))
            .count();
        let name: String = rest.get(..length).unwrap_or_default().iter().collect();
        let name = name.to_ascii_lowercase();
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || self.after_field() {
            return false;
        }
        let is_known = fields::rule(self.dialect, &name).is_some();
        match self.peek(length) {
            Some(':') => {
                let next = self.peek(length + 1);
                let is_address = next == Some('/') && self.peek(length + 2) == Some('/');
                let is_glued = next.is_some_and(|next| !is_between(next));
                if is_address || !is_known && !is_glued {
                    return false;
                }
                self.take(length + 1, Token::Field(name));
                true
            }
            // Numbers are compared without a colon.
            _ if is_known && self.dialect != Dialect::Brandwatch => {
                let gap = rest
                    .iter()
                    .skip(length)
                    .take_while(|c| is_between(**c))
                    .take(8)
                    .count();
                let is_test = matches!(self.peek(length + gap), Some('<' | '>' | '≤' | '≥'));
                if is_test {
                    self.take(length, Token::Field(name));
                }
                is_test
            }
            _ => false,
        }
    }

    /// An operator; false when it is a word.
    fn operator(&mut self, start: usize, text: &str) -> bool {
        let capitals = text.to_ascii_uppercase();
        if self.dialect != Dialect::Meltwater && text != capitals {
            let is_small = matches!(text, "and" | "or" | "not");
            // `NEAR/5f` is the one operator with a small letter.
            if is_small {
                self.aside(
                    start,
                    Faith::Exact,
                    "a word that must be there: operators are in capitals, there as here",
                );
            }
            if !text.starts_with("NEAR/") {
                return false;
            }
        }
        let token = match capitals.as_str() {
            "AND" | "&&" => Token::And,
            "OR" => Token::Or,
            "NOT" => Token::Not,
            "XNOT" if self.dialect == Dialect::Meltwater => Token::ExceptIn,
            _ => match self.wide_operator(start, &capitals) {
                Some(token) => token,
                None => return false,
            },
        };
        self.push(start, token);
        true
    }

    /// NEAR, ONEAR, SENTENCE and PARAGRAPH with their numbers.
    fn wide_operator(&mut self, start: usize, capitals: &str) -> Option<Token> {
        let (name, number) = match capitals.split_once('/') {
            Some((name, number)) => (name, Some(number)),
            None => (capitals, None),
        };
        match name {
            "NEAR" | "ONEAR" => Some(self.near(start, name == "ONEAR", number)),
            "SENTENCE" | "PARAGRAPH" if self.dialect == Dialect::Talkwalker => {
                let reach = number.map_or(Some(1), read_count).unwrap_or_else(|| {
                    self.fault(start, "a number is missing after /, as in SENTENCE/2");
                    1
                });
                Some(Token::Piece {
                    is_paragraph: name == "PARAGRAPH",
                    reach,
                })
            }
            _ => None,
        }
    }

    fn near(&mut self, start: usize, ordered: bool, number: Option<&str>) -> Token {
        let (digits, first) = match number.map(|number| (number.strip_suffix('F'), number)) {
            Some((Some(digits), _)) if self.dialect == Dialect::Brandwatch => (Some(digits), true),
            Some((_, digits)) => (Some(digits), false),
            None => (None, false),
        };
        let known = match digits {
            Some(digits) => read_count(digits),
            // No more than four words between, says Meltwater.
            None if self.dialect == Dialect::Meltwater => Some(4),
            None => None,
        };
        if known.is_none() {
            self.fault(start, "NEAR needs a number of words, as in NEAR/5");
        }
        Token::Near {
            distance: known.unwrap_or(5),
            ordered: ordered || first,
            respelt: first || digits.is_none(),
        }
    }
}

/// A number of one to nine digits.
fn read_count(digits: &str) -> Option<u32> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits && digits.len() <= 9)
        .then(|| digits.parse().ok())
        .flatten()
}

fn is_between(character: char) -> bool {
    traits(character).is_space() || traits(character).class() == Class::Ignorable
}

const fn is_minus(character: char) -> bool {
    matches!(character, '-' | '–' | '—' | '−' | '‐' | '‑')
}
