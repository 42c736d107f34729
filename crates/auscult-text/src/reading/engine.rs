//! Patterns of meaning over words, written as data (`data/guard/*.txt`), matched in linear time.
//!
//! A file holds lexicons, `[<name>]` followed by terms between commas, and sets, `[name]` followed by one pattern a line.
//! A pattern is a row of elements: `a|b` alternatives, `_` joins the words of one alternative, `word*` a beginning,
//! `<class>` a lexicon, `?x` may be missing, `!x` must not follow, `..3` up to three words of any kind, `^` and `$` the
//! ends of a sentence. A line that opens with `- ` is an exception: a hit that touches it does not count.

use std::collections::HashMap;

use crate::classify::Hashed;

/// Number of a word of the vocabulary.
pub(crate) type WordId = u32;
/// Number of a lexicon or of a word beginning.
pub(crate) type ClassId = u32;

#[derive(Debug, Clone)]
pub(crate) enum Atom {
    Word(WordId),
    Class(ClassId),
    Phrase(Vec<Atom>),
}

/// The alternatives of an element: single words in order, so that one look finds out, and all others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Atoms {
    pub(crate) words: Vec<WordId>,
    pub(crate) others: Vec<Atom>,
}

impl FromIterator<Atom> for Atoms {
    fn from_iter<I: IntoIterator<Item = Atom>>(atoms: I) -> Self {
        let mut sorted = Self::default();
        for atom in atoms {
            match atom {
                Atom::Word(word) => sorted.words.push(word),
                Atom::Class(_) | Atom::Phrase(_) => sorted.others.push(atom),
            }
        }
        sorted.words.sort_unstable();
        sorted.words.dedup();
        sorted
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Element {
    One(Atoms),
    Maybe(Atoms),
    Not(Atoms),
    Gap(usize),
    End,
}

#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) set: usize,
    pub(crate) exception: bool,
    pub(crate) at_start: bool,
    pub(crate) elements: Vec<Element>,
    /// Single words and classes of which one stands in every text the pattern hits; none where that is not known.
    pub(crate) needs: Option<Needs>,
}

/// Words and classes of which a text must hold one.
#[derive(Debug, Clone)]
pub(crate) struct Needs {
    pub(crate) words: Vec<WordId>,
    pub(crate) classes: Vec<ClassId>,
}

impl Needs {
    /// The needs of a pattern: the element after the first with the fewest alternatives.
    fn of(elements: &[Element]) -> Option<Self> {
        let needed = elements.iter().skip(1).filter_map(|element| match element {
            Element::One(atoms) => Self::of_atoms(atoms),
            Element::Maybe(_) | Element::Not(_) | Element::Gap(_) | Element::End => None,
        });
        // A class holds many words, and a text holds one of them more easily.
        needed.min_by_key(|needs| needs.words.len() + 20 * needs.classes.len())
    }

    fn of_atoms(atoms: &Atoms) -> Option<Self> {
        let mut needs = Self {
            words: atoms.words.clone(),
            classes: Vec::new(),
        };
        for atom in &atoms.others {
            needs.add(atom)?;
        }
        Some(needs)
    }

    /// Adds an alternative; of a phrase its first word.
    fn add(&mut self, atom: &Atom) -> Option<()> {
        match atom {
            Atom::Word(word) => self.words.push(*word),
            Atom::Class(class) => self.classes.push(*class),
            Atom::Phrase(parts) => self.add(parts.first()?)?,
        }
        Some(())
    }
}

/// What is wrong with a line of patterns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct PatternError {
    /// Line of the text, from 1.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub what: String,
}

/// Vocabulary, lexicons and patterns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Engine {
    ids: HashMap<Box<str>, WordId, Hashed>,
    classes: HashMap<Box<str>, ClassId, Hashed>,
    class_count: ClassId,
    prefixes: HashMap<Box<str>, ClassId, Hashed>,
    /// A bit for the length of each word beginning, by its first byte.
    lengths: HashMap<u8, u64, Hashed>,
    word_classes: HashMap<WordId, Vec<ClassId>, Hashed>,
    phrases: HashMap<WordId, Vec<(Vec<WordId>, ClassId)>, Hashed>,
    sets: Vec<Box<str>>,
    pub(crate) patterns: Vec<Pattern>,
    by_word: HashMap<WordId, Vec<usize>, Hashed>,
    by_class: HashMap<ClassId, Vec<usize>, Hashed>,
}

/// The bit of a length; all great lengths share one.
fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

/// Where a line of the file belongs.
enum Section {
    Lexicon(ClassId),
    Set(usize),
    Nowhere,
}

impl Engine {
    /// Reads lexicons and sets; earlier ones stay and grow.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), PatternError> {
        let mut section = Section::Nowhere;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |what: &str| PatternError {
                line: number + 1,
                what: format!("{what}: {line}"),
            };
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                section = self.section(name);
                continue;
            }
            match section {
                Section::Lexicon(class) => line.split(',').for_each(|term| self.term(class, term)),
                Section::Set(set) => self.pattern(set, line).map_err(fault)?,
                Section::Nowhere => return Err(fault("a pattern outside a [set]")),
            }
        }
        Ok(())
    }

    /// How many words and how many classes there are numbers for.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.ids.len(), self.class_count as usize + 1)
    }

    pub(crate) fn word_id(&self, word: &str) -> Option<WordId> {
        self.ids.get(word).copied()
    }

    pub(crate) fn set_id(&self, name: &str) -> Option<usize> {
        self.sets.iter().position(|set| **set == *name)
    }

    pub(crate) fn set_name(&self, set: usize) -> &str {
        self.sets.get(set).map_or("", |name| name)
    }

    pub(crate) fn class_id(&self, name: &str) -> Option<ClassId> {
        self.classes.get(name).copied()
    }

    pub(crate) fn word_classes(&self, word: WordId) -> &[ClassId] {
        self.word_classes.get(&word).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn phrases_from(&self, word: WordId) -> &[(Vec<WordId>, ClassId)] {
        self.phrases.get(&word).map_or(&[], Vec::as_slice)
    }

    /// The classes of all known beginnings of a word.
    pub(crate) fn prefix_classes(&self, word: &str, found: &mut Vec<ClassId>) {
        let lengths = word
            .bytes()
            .next()
            .and_then(|first| self.lengths.get(&first))
            .copied()
            .unwrap_or(0);
        if lengths == 0 {
            return;
        }
        for (end, _) in word
            .char_indices()
            .skip(2)
            .chain([(word.len(), ' ')])
            .take(16)
            .filter(|(end, _)| lengths & length_bit(*end) != 0)
        {
            if let Some(class) = word
                .get(..end)
                .and_then(|beginning| self.prefixes.get(beginning))
            {
                found.push(*class);
            }
        }
    }

    pub(crate) fn starting_with_word(&self, word: WordId) -> &[usize] {
        self.by_word.get(&word).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn starting_with_class(&self, class: ClassId) -> &[usize] {
        self.by_class.get(&class).map_or(&[], Vec::as_slice)
    }

    fn section(&mut self, name: &str) -> Section {
        if let Some(lexicon) = name
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
        {
            return Section::Lexicon(self.class(lexicon));
        }
        Section::Set(self.set_id(name).unwrap_or_else(|| {
            self.sets.push(name.into());
            self.sets.len() - 1
        }))
    }

    fn intern(&mut self, word: &str) -> WordId {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = WordId::try_from(self.ids.len()).unwrap_or(WordId::MAX);
        self.ids.insert(word.into(), id);
        id
    }

    fn class(&mut self, name: &str) -> ClassId {
        if let Some(class) = self.classes.get(name) {
            return *class;
        }
        let class = self.fresh_class();
        self.classes.insert(name.into(), class);
        class
    }

    fn fresh_class(&mut self) -> ClassId {
        self.class_count += 1;
        self.class_count
    }

    fn prefix(&mut self, beginning: &str) -> ClassId {
        if let Some(class) = self.prefixes.get(beginning) {
            return *class;
        }
        let class = self.fresh_class();
        if let Some(first) = beginning.bytes().next() {
            *self.lengths.entry(first).or_default() |= length_bit(beginning.len());
        }
        self.prefixes.insert(beginning.into(), class);
        class
    }

    fn term(&mut self, class: ClassId, term: &str) {
        let words: Vec<WordId> = term
            .split([' ', '-'])
            .filter(|word| !word.is_empty())
            .map(|word| self.intern(word))
            .collect();
        match words.as_slice() {
            [] => {}
            [word] => self.word_classes.entry(*word).or_default().push(class),
            [first, ..] => self
                .phrases
                .entry(*first)
                .or_default()
                .push((words.clone(), class)),
        }
    }

    fn pattern(&mut self, set: usize, line: &str) -> Result<(), &'static str> {
        let (exception, line) = line
            .strip_prefix("- ")
            .map_or((false, line), |rest| (true, rest));
        let mut at_start = false;
        let mut elements = Vec::new();
        for part in line.split_whitespace() {
            match part {
                "^" => at_start = true,
                "$" => elements.push(Element::End),
                _ => elements.push(self.element(part)?),
            }
        }
        self.index(Pattern {
            set,
            exception,
            at_start,
            elements,
            needs: None,
        })
    }

    fn element(&mut self, part: &str) -> Result<Element, &'static str> {
        if let Some(count) = part.strip_prefix("..") {
            let words = if count.is_empty() {
                Ok(3)
            } else {
                count.parse()
            };
            return words
                .map(Element::Gap)
                .map_err(|_invalid| "a gap is `..` and a number");
        }
        let (make, atoms): (fn(Atoms) -> Element, &str) =
            match (part.strip_prefix('?'), part.strip_prefix('!')) {
                (Some(rest), _) => (Element::Maybe, rest),
                (_, Some(rest)) => (Element::Not, rest),
                _ => (Element::One, part),
            };
        atoms
            .split('|')
            .map(|atom| self.atom(atom))
            .collect::<Result<Atoms, _>>()
            .map(make)
    }

    fn atom(&mut self, text: &str) -> Result<Atom, &'static str> {
        if text.is_empty() {
            return Err("an empty alternative");
        }
        let mut parts = Vec::new();
        for part in text.split('_') {
            if let Some(name) = part
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'))
            {
                parts.push(Atom::Class(self.class(name)));
            } else if let Some(beginning) = part.strip_suffix('*') {
                parts.push(Atom::Class(self.prefix(beginning)));
            } else {
                parts.push(Atom::Word(self.intern(part)));
            }
        }
        Ok(if parts.len() == 1 {
            parts.swap_remove(0)
        } else {
            Atom::Phrase(parts)
        })
    }

    /// Files a pattern under its first words; a first element that may be missing makes two patterns.
    fn index(&mut self, mut pattern: Pattern) -> Result<(), &'static str> {
        pattern.needs = Needs::of(&pattern.elements);
        let number = self.patterns.len();
        match pattern.elements.first() {
            Some(Element::One(atoms)) => {
                for word in &atoms.words {
                    self.by_word.entry(*word).or_default().push(number);
                }
                for atom in &atoms.others {
                    self.index_atom(number, atom);
                }
                self.patterns.push(pattern);
                Ok(())
            }
            Some(Element::Maybe(atoms)) => {
                let mut with = pattern.clone();
                if let Some(first) = with.elements.first_mut() {
                    *first = Element::One(atoms.clone());
                }
                let mut without = pattern;
                without.elements.remove(0);
                self.index(with)?;
                self.index(without)
            }
            Some(Element::Not(_) | Element::Gap(_) | Element::End) | None => {
                Err("a pattern begins with a word or a <class>")
            }
        }
    }

    fn index_atom(&mut self, number: usize, atom: &Atom) {
        match atom {
            Atom::Word(word) => self.by_word.entry(*word).or_default().push(number),
            Atom::Class(class) => self.by_class.entry(*class).or_default().push(number),
            Atom::Phrase(parts) => {
                if let Some(first) = parts.first() {
                    self.index_atom(number, first);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_beginning_of_a_word_is_found() {
        let mut engine = Engine::default();
        engine
            .add("[set]\nab*|abc*|abcdefghijkl*|über*|a*\nxyz*\n")
            .unwrap();
        let count = |word: &str| {
            let mut found = Vec::new();
            engine.prefix_classes(word, &mut found);
            found.len()
        };
        assert_eq!(
            [
                "abcdefghijklm",
                "abc",
                "ab",
                "überall",
                "xyz",
                "xy",
                "b",
                ""
            ]
            .map(count),
            [3, 2, 1, 1, 1, 0, 0, 0]
        );
    }
}
