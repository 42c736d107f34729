//! Characters of a watch that know whether a `\` took their meaning away.

use super::error::{Code, Fault, Span};
use super::lex::{Lexer, RawValue, ends_run, glyph_at, is_quote};
use super::pattern::Pattern;
use crate::token::{WILD_ANY, WILD_ONE, is_wild};

/// A character of a word, phrase or value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) ch: char,
    pub(crate) escaped: bool,
}

impl Glyph {
    pub(crate) const fn is_wild(self) -> bool {
        !self.escaped && matches!(self.ch, '*' | '?')
    }

    pub(crate) fn is_plain(self, character: char) -> bool {
        !self.escaped && self.ch == character
    }

    /// How many code points of the watch it took.
    const fn width(self) -> usize {
        if self.escaped { 2 } else { 1 }
    }

    /// As a character of a pattern.
    const fn pattern(self) -> char {
        match (self.ch, self.escaped) {
            ('*', false) => WILD_ANY,
            ('?', false) => WILD_ONE,
            (character, _) if is_wild(character) => '\u{E000}',
            (character, _) => character,
        }
    }
}

/// The characters of a word, phrase or value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Glyphs(Vec<Glyph>);

impl Glyphs {
    /// The inside of a quoted phrase: an entry of a list.
    pub(crate) fn of_entry(entry: &str) -> Self {
        let chars: Vec<char> = entry.chars().collect();
        let mut glyphs = Self::default();
        let mut at = 0;
        while let Some(glyph) = glyph_at(&chars, at) {
            at += glyph.width();
            glyphs.0.push(glyph);
        }
        glyphs
    }

    /// Without white space at either end.
    pub(crate) fn trimmed(&self) -> Self {
        let is_space = |glyph: &&Glyph| glyph.ch.is_whitespace();
        let start = self.0.iter().take_while(is_space).count();
        let end = self.0.len() - self.0.iter().rev().take_while(is_space).count();
        Self(
            self.0
                .get(start..end)
                .map(<[Glyph]>::to_vec)
                .unwrap_or_default(),
        )
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Glyph> {
        self.0.iter().copied()
    }

    pub(crate) fn get(&self, index: usize) -> Option<Glyph> {
        self.0.get(index).copied()
    }

    pub(crate) fn from(&self, index: usize) -> Self {
        Self(
            self.0
                .get(index..)
                .map(<[Glyph]>::to_vec)
                .unwrap_or_default(),
        )
    }

    /// How many code points of the watch they took.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|glyph| glyph.width()).sum()
    }

    /// With wildcards in their place.
    pub(crate) fn pattern_text(&self) -> String {
        self.0.iter().map(|glyph| glyph.pattern()).collect()
    }

    /// With wildcards in their place, after `normalise`.
    pub(crate) fn pattern(&self, normalise: impl FnOnce(&str) -> String) -> Pattern {
        Pattern::new(normalise(&self.pattern_text()))
    }

    /// Code point for code point.
    pub(crate) fn literal(&self) -> String {
        self.0.iter().map(|glyph| glyph.ch).collect()
    }

    /// The text, when nothing in it is escaped.
    pub(crate) fn plain(&self) -> Option<String> {
        self.0
            .iter()
            .all(|glyph| !glyph.escaped)
            .then(|| self.literal())
    }

    pub(crate) fn all_plain(&self, fits: impl Fn(char) -> bool) -> bool {
        !self.0.is_empty() && self.plain_prefix(fits) == self.0.len()
    }

    pub(crate) fn plain_prefix(&self, fits: impl Fn(char) -> bool) -> usize {
        self.0
            .iter()
            .take_while(|glyph| !glyph.escaped && fits(glyph.ch))
            .count()
    }

    pub(crate) fn plain_suffix(&self, fits: impl Fn(char) -> bool) -> usize {
        self.0
            .iter()
            .rev()
            .take_while(|glyph| !glyph.escaped && fits(glyph.ch))
            .count()
    }

    pub(crate) fn without_trailing_commas(mut self) -> Self {
        while self.0.last().is_some_and(|glyph| glyph.is_plain(',')) {
            self.0.pop();
        }
        self
    }
}

impl Lexer<'_> {
    fn glyph(&self) -> Option<Glyph> {
        glyph_at(self.chars, self.at)
    }

    /// Reads characters until one that is not escaped ends them.
    fn run_until(&mut self, ends: impl Fn(&Self, char) -> bool) -> Glyphs {
        let mut glyphs = Glyphs::default();
        while let Some(glyph) = self.glyph() {
            if !glyph.escaped && ends(self, glyph.ch) {
                break;
            }
            self.at += glyph.width();
            glyphs.0.push(glyph);
        }
        glyphs
    }

    /// A word: to white space, a bracket, a quote, `|` or a comma that is not between digits.
    pub(super) fn word_glyphs(&mut self) -> Glyphs {
        self.run_until(|lexer, character| {
            let digit = |at: Option<usize>| {
                at.and_then(|at| lexer.chars.get(at))
                    .is_some_and(char::is_ascii_digit)
            };
            ends_run(character)
                || character == ','
                    && !(digit(lexer.at.checked_sub(1)) && digit(lexer.at.checked_add(1)))
        })
    }

    /// To white space, a bracket, a quote or `|`.
    pub(super) fn run_with_commas(&mut self) -> Glyphs {
        self.run_until(|_, character| ends_run(character))
    }

    fn value_run(&mut self) -> Glyphs {
        self.run_until(|_, character| ends_run(character) || character == ',')
    }

    /// What stands between quotes; the opening one is next.
    pub(super) fn quoted(&mut self) -> Result<Glyphs, Fault> {
        let start = self.at;
        self.at += 1;
        let glyphs = self.run_until(|_, character| is_quote(character));
        if self.peek(0).is_none() {
            return Err(Fault::new(
                Code::UnclosedQuote,
                Span::new(start, self.chars.len()),
            ));
        }
        self.at += 1;
        Ok(glyphs)
    }

    /// A name or exact text: quoted, or read by `run`.
    pub(super) fn quoted_or(
        &mut self,
        run: fn(&mut Self) -> Glyphs,
        missing: &Fault,
    ) -> Result<Glyphs, Fault> {
        let start = self.at;
        if !self.peek(0).is_some_and(is_quote) {
            let glyphs = run(self);
            return if glyphs.len() == 0 {
                Err(missing.clone())
            } else {
                Ok(glyphs)
            };
        }
        let glyphs = self.quoted()?;
        if glyphs.len() == 0 {
            return Err(Fault::new(Code::MissingValue, Span::new(start, self.at)));
        }
        Ok(glyphs)
    }

    /// Alternatives joined by commas.
    pub(super) fn values(&mut self, missing: &Fault) -> Result<Vec<RawValue>, Fault> {
        let mut values = Vec::new();
        loop {
            let commas = self
                .chars
                .iter()
                .skip(self.at)
                .take_while(|character| **character == ',')
                .count();
            let goes_on = self
                .peek(commas)
                .is_some_and(|next| is_quote(next) || !ends_run(next));
            if !goes_on || commas == 0 && !values.is_empty() {
                break;
            }
            self.at += commas;
            values.push(self.value(missing)?);
        }
        if values.is_empty() {
            Err(missing.clone())
        } else {
            Ok(values)
        }
    }

    fn value(&mut self, missing: &Fault) -> Result<RawValue, Fault> {
        let start = self.at;
        let quoted = self.peek(0).is_some_and(is_quote);
        let list = !quoted
            && self.chars.get(start..start + 5).is_some_and(|name| {
                name.iter()
                    .collect::<String>()
                    .eq_ignore_ascii_case("list:")
            });
        let glyphs = if list {
            self.at += 5;
            let missing = Fault::new(Code::MissingValue, Span::new(start, self.at));
            self.quoted_or(Self::value_run, &missing)?
        } else {
            self.quoted_or(Self::value_run, missing)?
        };
        Ok(RawValue {
            glyphs,
            quoted,
            list,
            span: Span::new(start, self.at),
        })
    }
}
