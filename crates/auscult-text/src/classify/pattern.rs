//! Patterns of words, compiled from the readable files in `data/cues/`, found in one pass over a text.
//!
//! A file has headings `[cue]` or `[cue 0.5]` (a weight) and one pattern a line; `#` begins a comment.
//! A pattern is a row of elements: `word`, `pref*`, `a|b|c`, `$class` (from a line `$class = a|b|c`), `%` (a word that
//! begins with a digit); an element with `?` may be missing; `..` skips up to three words and `...` up to seven;
//! `^` stands for the begin of a sentence. Nothing reaches past a sentence.
//! Each pattern is tried only where its rarest element stands and looks at a bounded number of words, so finding is
//! linear in the text.

use std::collections::HashMap;

use super::cue::Cue;
use super::words::{Hashed, hash_word, prefix_hashes};
use crate::fold::fold;

/// Elements a pattern may have.
const LONGEST: usize = 12;

/// A line of a cue file that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct BadLine {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub problem: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// One word of a class.
    Class(u16),
    /// One word of a class, or none.
    Maybe(u16),
    /// Up to so many words.
    Gap(u8),
    /// The begin of a sentence.
    Begin,
}

#[derive(Debug, Clone)]
struct Pattern {
    cue: Cue,
    weight: f32,
    anchor: usize,
    elements: Vec<Element>,
    /// A second class that must stand in the text: most patterns are ruled out by one look.
    needs: Option<u16>,
}

/// Where a pattern was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hit {
    pub(crate) cue: Cue,
    pub(crate) weight: f32,
    /// First word.
    pub(crate) first: usize,
    /// One past the last word.
    pub(crate) end: usize,
}

/// The classes of each word of a text, in one flat list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Classes {
    flat: Vec<u16>,
    ends: Vec<u32>,
    /// A bit for each class that stands in the text.
    present: Vec<u64>,
}

impl Classes {
    fn clear(&mut self) {
        self.flat.clear();
        self.ends.clear();
        self.present.fill(0);
    }

    /// Notes which classes stand in the text, once all words are entered.
    fn sum_up(&mut self, count: usize) {
        self.present.resize(count / 64 + 1, 0);
        for class in &self.flat {
            if let Some(slot) = self.present.get_mut(usize::from(class / 64)) {
                *slot |= 1 << (class % 64);
            }
        }
    }

    /// Whether a class stands anywhere in the text.
    fn holds(&self, class: u16) -> bool {
        self.present
            .get(usize::from(class / 64))
            .is_some_and(|slot| slot & (1 << (class % 64)) != 0)
    }

    fn of(&self, word: usize) -> &[u16] {
        let begin = match word.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(0) as usize,
            None => 0,
        };
        let end = self.ends.get(word).copied().unwrap_or(0) as usize;
        self.flat.get(begin..end).unwrap_or_default()
    }

    fn has(&self, word: usize, class: u16) -> bool {
        self.of(word).contains(&class)
    }
}

/// All patterns, ready to be looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    list: Vec<Pattern>,
    /// Classes of a whole word.
    words: HashMap<u64, Vec<u16>, Hashed>,
    /// Classes of a begin of a word.
    prefixes: HashMap<u64, Vec<u16>, Hashed>,
    /// A bit for each length of a prefix.
    lengths: u64,
    /// The class of words that begin with a digit.
    number: Option<u16>,
    /// Patterns whose anchor is the class.
    anchored: Vec<Vec<u32>>,
}

/// Collects patterns and gives equal classes one number.
#[derive(Debug, Default)]
pub(crate) struct Compiler {
    done: Patterns,
    numbers: HashMap<Vec<String>, u16>,
    named: HashMap<String, String>,
    sizes: Vec<usize>,
    bad: Vec<BadLine>,
}

impl Compiler {
    /// Reads one file; classes named in earlier files are known.
    pub(crate) fn read(&mut self, file: &str) {
        let mut heading = None;
        for (number, line) in file.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if let Err(problem) = self.line(line, &mut heading) {
                self.bad.push(BadLine {
                    line: number + 1,
                    problem,
                });
            }
        }
    }

    fn line(&mut self, line: &str, heading: &mut Option<(Cue, f32)>) -> Result<(), String> {
        if let Some(inside) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            let mut parts = inside.split_whitespace();
            let cue = parts
                .next()
                .unwrap_or_default()
                .parse::<Cue>()
                .map_err(|unknown| unknown.to_string())?;
            let weight = parts
                .next()
                .map_or(Ok(1.0), str::parse::<f32>)
                .map_err(|error| format!("weight: {error}"))?;
            *heading = Some((cue, weight));
            return Ok(());
        }
        if let Some((name, words)) = line.strip_prefix('$').and_then(|rest| rest.split_once('=')) {
            let words = self.expand(words.trim())?;
            self.named.insert(name.trim().to_owned(), words);
            return Ok(());
        }
        let (cue, weight) = heading.ok_or("a pattern before the first [heading]")?;
        let mut elements = Vec::new();
        for item in line.split_whitespace() {
            elements.push(self.element(item)?);
        }
        let anchor = self
            .rarest(&elements, None)
            .ok_or("a pattern needs one word that must be there")?;
        let needs = self
            .rarest(&elements, Some(anchor))
            .and_then(|place| elements.get(place))
            .and_then(|element| match element {
                Element::Class(class) => Some(*class),
                Element::Maybe(_) | Element::Gap(_) | Element::Begin => None,
            });
        if elements.len() > LONGEST {
            return Err(format!("more than {LONGEST} elements; split the pattern"));
        }
        let Some(Element::Class(class)) = elements.get(anchor).copied() else {
            return Ok(());
        };
        let place = u32::try_from(self.done.list.len()).map_err(|error| error.to_string())?;
        if let Some(list) = self.done.anchored.get_mut(usize::from(class)) {
            list.push(place);
        }
        self.done.list.push(Pattern {
            cue,
            weight,
            anchor,
            elements,
            needs,
        });
        Ok(())
    }

    fn element(&mut self, item: &str) -> Result<Element, String> {
        match item {
            ".." => return Ok(Element::Gap(3)),
            "..." => return Ok(Element::Gap(7)),
            "^" => return Ok(Element::Begin),
            _ => {}
        }
        let (item, optional) = item
            .strip_suffix('?')
            .map_or((item, false), |rest| (rest, true));
        let class = self.class(item)?;
        Ok(if optional {
            Element::Maybe(class)
        } else {
            Element::Class(class)
        })
    }

    /// Replaces `$names` by their words.
    fn expand(&self, item: &str) -> Result<String, String> {
        let mut words = Vec::new();
        for word in item.split('|').map(str::trim) {
            match word.strip_prefix('$') {
                Some(name) => words.push(
                    self.named
                        .get(name)
                        .ok_or_else(|| format!("no class ${name}"))?
                        .as_str(),
                ),
                None => words.push(word),
            }
        }
        Ok(words.join("|"))
    }

    fn class(&mut self, item: &str) -> Result<u16, String> {
        let mut words: Vec<String> = self.expand(item)?.split('|').map(str::to_owned).collect();
        words.sort();
        words.dedup();
        if let Some(number) = self.numbers.get(&words) {
            return Ok(*number);
        }
        let number = u16::try_from(self.sizes.len()).map_err(|error| error.to_string())?;
        let mut size = 0;
        for word in &words {
            size += self.enter(word, number)?;
        }
        self.sizes.push(size);
        self.done.anchored.push(Vec::new());
        self.numbers.insert(words, number);
        Ok(number)
    }

    /// Enters one word of a class and says how common it may be.
    fn enter(&mut self, word: &str, class: u16) -> Result<usize, String> {
        if word == "%" {
            // Every digit class is the same class, found by its own mark.
            self.done.number = Some(class);
            return Ok(40);
        }
        let (stem, table) = match word.strip_suffix('*') {
            Some(stem) => (stem, &mut self.done.prefixes),
            None => (word, &mut self.done.words),
        };
        let folded = fold(stem);
        if folded.is_empty() || stem.contains(['-', '/', ' ', '*', '$']) {
            return Err(format!("{word:?} is no single word"));
        }
        if word.ends_with('*') {
            self.done.lengths |= 1 << folded.len().min(63);
        }
        let classes = table.entry(hash_word(&folded)).or_default();
        if !classes.contains(&class) {
            classes.push(class);
        }
        Ok(commonness(&folded))
    }

    /// The rarest element that must be there, but for one.
    fn rarest(&self, elements: &[Element], but: Option<usize>) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        for (place, element) in elements.iter().enumerate() {
            let Element::Class(class) = element else {
                continue;
            };
            if but == Some(place) {
                continue;
            }
            let size = self
                .sizes
                .get(usize::from(*class))
                .copied()
                .unwrap_or(usize::MAX);
            if best.is_none_or(|(smallest, _)| size < smallest) {
                best = Some((size, place));
            }
        }
        best.map(|(_, place)| place)
    }

    /// The patterns, and the lines that were none.
    pub(crate) fn finish(self) -> (Patterns, Vec<BadLine>) {
        (self.done, self.bad)
    }
}

/// A rough weight of how often a word stands in ordinary text.
fn commonness(word: &str) -> usize {
    const COMMON: &str = " a an the i me my we our you your he she it they them their his her is are was were be been am do does did \
        have has had to of in on at for with and or but if not no so as by from this that what how why who when where which can could \
        will would should about out up off all any get got go going there here more very just really after before than then too ";
    let padded = format!(" {word} ");
    if COMMON.contains(&padded) { 200 } else { 1 }
}

impl Patterns {
    /// The same patterns, each tried wherever its anchor stands.
    #[cfg(test)]
    pub(crate) fn without_needs(&self) -> Self {
        let mut all = self.clone();
        for pattern in &mut all.list {
            pattern.needs = None;
        }
        all
    }

    /// The classes of one word.
    fn classify(&self, folded: &str, hash: u64, flat: &mut Vec<u16>) {
        if let Some(classes) = self.words.get(&hash) {
            flat.extend_from_slice(classes);
        }
        for (length, prefix) in prefix_hashes(folded) {
            if length > 62 {
                break;
            }
            if self.lengths & (1 << length) == 0 {
                continue;
            }
            if let Some(classes) = self.prefixes.get(&prefix) {
                flat.extend_from_slice(classes);
            }
        }
        if let Some(number) = self.number
            && folded.starts_with(|first: char| first.is_ascii_digit())
        {
            flat.push(number);
        }
    }

    /// Notes the classes of the words of a text.
    pub(crate) fn enter<'w>(
        &self,
        words: impl Iterator<Item = (&'w str, u64)>,
        classes: &mut Classes,
    ) {
        classes.clear();
        for (folded, hash) in words {
            self.classify(folded, hash, &mut classes.flat);
            classes
                .ends
                .push(u32::try_from(classes.flat.len()).unwrap_or(u32::MAX));
        }
        classes.sum_up(self.anchored.len());
    }

    /// Finds every pattern in one sentence (a range of words).
    pub(crate) fn find(
        &self,
        classes: &Classes,
        sentence: std::ops::Range<usize>,
        hits: &mut Vec<Hit>,
    ) {
        for word in sentence.clone() {
            for class in classes.of(word) {
                let Some(list) = self.anchored.get(usize::from(*class)) else {
                    continue;
                };
                for pattern in list
                    .iter()
                    .filter_map(|place| self.list.get(*place as usize))
                    .filter(|pattern| pattern.needs.is_none_or(|class| classes.holds(class)))
                {
                    if let Some((first, end)) = fits(pattern, classes, &sentence, word) {
                        hits.push(Hit {
                            cue: pattern.cue,
                            weight: pattern.weight,
                            first,
                            end,
                        });
                    }
                }
            }
        }
    }
}

/// The words a pattern covers when its anchor stands at `word`.
fn fits(
    pattern: &Pattern,
    classes: &Classes,
    sentence: &std::ops::Range<usize>,
    word: usize,
) -> Option<(usize, usize)> {
    let (before, rest) = pattern.elements.split_at_checked(pattern.anchor)?;
    let end = forward(rest, classes, sentence, word)?;
    let first = backward(before, classes, sentence, word)?;
    Some((first, end))
}

/// Matches elements from `word` on; the answer is one past the last word.
fn forward(
    elements: &[Element],
    classes: &Classes,
    sentence: &std::ops::Range<usize>,
    word: usize,
) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else {
        return Some(word);
    };
    match element {
        Element::Class(class) => (word < sentence.end && classes.has(word, *class))
            .then(|| forward(rest, classes, sentence, word + 1))
            .flatten(),
        Element::Maybe(class) => {
            let taken = (word < sentence.end && classes.has(word, *class))
                .then(|| forward(rest, classes, sentence, word + 1))
                .flatten();
            taken.or_else(|| forward(rest, classes, sentence, word))
        }
        Element::Gap(most) => {
            let most = usize::from(*most);
            (0..=most)
                .take_while(|skip| word + skip <= sentence.end)
                .find_map(|skip| forward(rest, classes, sentence, word + skip))
        }
        Element::Begin => None,
    }
}

/// Matches elements that end before `word`; the answer is the first word.
fn backward(
    elements: &[Element],
    classes: &Classes,
    sentence: &std::ops::Range<usize>,
    word: usize,
) -> Option<usize> {
    let Some((element, rest)) = elements.split_last() else {
        return Some(word);
    };
    let before = word
        .checked_sub(1)
        .filter(|before| *before >= sentence.start);
    match element {
        Element::Class(class) => before
            .filter(|before| classes.has(*before, *class))
            .and_then(|before| backward(rest, classes, sentence, before)),
        Element::Maybe(class) => before
            .filter(|before| classes.has(*before, *class))
            .and_then(|before| backward(rest, classes, sentence, before))
            .or_else(|| backward(rest, classes, sentence, word)),
        Element::Gap(most) => (0..=usize::from(*most))
            .map_while(|skip| {
                word.checked_sub(skip)
                    .filter(|place| *place >= sentence.start)
            })
            .find_map(|place| backward(rest, classes, sentence, place)),
        Element::Begin => (word == sentence.start)
            .then(|| backward(rest, classes, sentence, word))
            .flatten(),
    }
}
