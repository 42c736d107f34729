//! Where the patterns of an engine hit.

use super::engine::{Atom, Atoms, Element, Engine, Needs, Pattern};
use super::{Reading, Word};

/// No pattern covers more words.
const LONGEST: usize = 80;

/// One pattern found: the set it belongs to and the words it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) set: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The words and classes of a text as bits: most patterns are ruled out by one look.
struct Present {
    words: Vec<u64>,
    classes: Vec<u64>,
}

impl Present {
    fn of(engine: &Engine, words: &[Word]) -> Self {
        let (word_count, class_count) = engine.sizes();
        let mut present = Self {
            words: vec![0; word_count / 64 + 1],
            classes: vec![0; class_count / 64 + 1],
        };
        let set = |bits: &mut Vec<u64>, number: u32| {
            if let Some(slot) = bits.get_mut(number as usize / 64) {
                *slot |= 1 << (number % 64);
            }
        };
        for word in words {
            if let Some(id) = word.id {
                set(&mut present.words, id);
            }
            for (class, _) in &word.classes {
                set(&mut present.classes, *class);
            }
        }
        present
    }

    fn may_hit(&self, pattern: &Pattern) -> bool {
        let holds = |bits: &[u64], number: u32| {
            bits.get(number as usize / 64)
                .is_some_and(|slot| slot & (1 << (number % 64)) != 0)
        };
        let Some(Needs { words, classes }) = &pattern.needs else {
            return true;
        };
        words.iter().any(|word| holds(&self.words, *word))
            || classes.iter().any(|class| holds(&self.classes, *class))
    }
}

impl Reading<'_> {
    /// All hits that no exception of their set touches, in order of the text.
    pub(crate) fn hits(&self, engine: &Engine) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut exceptions: Vec<Hit> = Vec::new();
        let present = Present::of(engine, &self.words);
        for at in 0..self.words.len() {
            self.hits_at((engine, &present), at, &mut hits, &mut exceptions);
        }
        // Both lists are in order of their start.
        hits.retain(|hit: &Hit| {
            let from = exceptions.partition_point(|other| other.start + LONGEST < hit.start);
            !exceptions
                .iter()
                .skip(from)
                .take_while(|other| other.start < hit.end)
                .any(|other| other.set == hit.set && hit.start < other.end)
        });
        hits
    }

    fn hits_at(
        &self,
        (engine, present): (&Engine, &Present),
        at: usize,
        hits: &mut Vec<Hit>,
        exceptions: &mut Vec<Hit>,
    ) {
        let Some(word) = self.words.get(at) else {
            return;
        };
        let mut try_all = |candidates: &[usize]| {
            for pattern in candidates
                .iter()
                .filter_map(|number| engine.patterns.get(*number))
                .filter(|pattern| present.may_hit(pattern))
            {
                if let Some(end) = self.fits(pattern, at) {
                    let list = if pattern.exception {
                        &mut *exceptions
                    } else {
                        &mut *hits
                    };
                    list.push(Hit {
                        set: pattern.set,
                        start: at,
                        end,
                    });
                }
            }
        };
        if let Some(id) = word.id {
            try_all(engine.starting_with_word(id));
        }
        for (class, _) in &word.classes {
            try_all(engine.starting_with_class(*class));
        }
    }

    fn fits(&self, pattern: &Pattern, at: usize) -> Option<usize> {
        let starts = at == 0 || self.sentence_end(at - 1) == at;
        if pattern.at_start && !starts {
            return None;
        }
        self.run(&pattern.elements, at, self.sentence_end(at))
    }

    fn run(&self, elements: &[Element], at: usize, limit: usize) -> Option<usize> {
        let Some((element, rest)) = elements.split_first() else {
            return Some(at);
        };
        match element {
            Element::Gap(most) => {
                (at..=limit.min(at + most)).find_map(|next| self.run(rest, next, limit))
            }
            Element::End => {
                if at == limit {
                    self.run(rest, at, limit)
                } else {
                    None
                }
            }
            Element::Not(atoms) => {
                if self.run_atoms(atoms, &[], at, limit).is_some() {
                    return None;
                }
                self.run(rest, at, limit)
            }
            Element::One(atoms) => self.run_atoms(atoms, rest, at, limit),
            Element::Maybe(atoms) => self
                .run_atoms(atoms, rest, at, limit)
                .or_else(|| self.run(rest, at, limit)),
        }
    }

    fn run_atoms(&self, atoms: &Atoms, rest: &[Element], at: usize, limit: usize) -> Option<usize> {
        let word = self.words.get(at).filter(|_| at < limit)?;
        if word
            .id
            .is_some_and(|id| atoms.words.binary_search(&id).is_ok())
            && let Some(end) = self.run(rest, at + 1, limit)
        {
            return Some(end);
        }
        atoms
            .others
            .iter()
            .find_map(|atom| self.run_atom(atom, rest, at, limit))
    }

    fn run_atom(&self, atom: &Atom, rest: &[Element], at: usize, limit: usize) -> Option<usize> {
        let word = self.words.get(at).filter(|_| at < limit)?;
        match atom {
            Atom::Word(id) => {
                if word.id == Some(*id) {
                    self.run(rest, at + 1, limit)
                } else {
                    None
                }
            }
            Atom::Class(class) => word
                .classes
                .iter()
                .filter(|(found, length)| found == class && at + length <= limit)
                .find_map(|(_, length)| self.run(rest, at + length, limit)),
            Atom::Phrase(parts) => {
                let end = self.phrase_end(parts, at, limit)?;
                self.run(rest, end, limit)
            }
        }
    }

    /// The end of a fixed row of words; a class inside takes its longest fit.
    fn phrase_end(&self, parts: &[Atom], at: usize, limit: usize) -> Option<usize> {
        let mut next = at;
        for part in parts {
            let word: &Word = self.words.get(next).filter(|_| next < limit)?;
            next += match part {
                Atom::Word(id) if word.id == Some(*id) => 1,
                Atom::Class(class) => word.in_class(*class)?,
                Atom::Word(_) | Atom::Phrase(_) => return None,
            };
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FILES, base};
    use super::*;

    #[test]
    fn ruling_patterns_out_early_changes_nothing() {
        let quick = base();
        let mut slow = quick.clone();
        for pattern in &mut slow.patterns {
            pattern.needs = None;
        }
        let cases = include_str!("../../tests/data/guard-cases.jsonl");
        let mut found = 0;
        for text in cases
            .lines()
            .chain(FILES.iter().flat_map(|file| file.lines()))
        {
            let hits = Reading::new(quick, text).hits(quick);
            assert_eq!(hits, Reading::new(&slow, text).hits(&slow), "{text}");
            found += hits.len();
        }
        assert!(found > 1_000, "{found}");
    }
}
