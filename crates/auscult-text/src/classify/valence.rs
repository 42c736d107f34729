//! How much feeling stands in a sentence: a lexicon with negation, intensifiers, contrast, capitals, exclamation,
//! emoticons and pictures.
//!
//! Two scores run side by side: the general one knows words as anybody uses them, the care one knows that pain, cancer
//! and emergencies are what care is about and no complaint. The trained join decides how far each is believed.

use std::collections::HashMap;

use super::reading::{Reading, WordMark};
use super::words::{Hashed, hash_word};
use crate::fold::fold;

/// Feeling of one word in both lexicons.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Feeling {
    general: f32,
    care: f32,
}

/// The words and pictures with a feeling.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexicon {
    feelings: HashMap<u64, Feeling, Hashed>,
    modifiers: HashMap<u64, Modifier, Hashed>,
}

/// What a word does to the feeling of words after it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Modifier {
    /// Turns it round.
    Negation,
    /// Makes it stronger, or weaker when negative.
    Degree(f32),
    /// What follows weighs more than what came before.
    Contrast,
}

/// The feeling of a piece of text; sums are unbounded, `general` and `care` lie in -1..1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Valence {
    pub(crate) general: f32,
    pub(crate) care: f32,
    /// Sum of the positive feelings of the care score.
    pub(crate) gladness: f32,
    /// Sum of the negative feelings of the care score, as a positive number.
    pub(crate) anger: f32,
    /// The unbounded general score.
    pub(crate) general_sum: f32,
    /// Words with a feeling.
    pub(crate) words: u32,
}

const NEGATIONS: &str = "not no never nobody none dont didnt doesnt wasnt werent isnt arent wont wouldnt couldnt cant cannot havent hasnt hadnt \
    without neither nor nothing nowhere hardly barely scarcely rarely seldom aint shouldnt lack lacked lacking noone despite non";
const STRONGER: &str = "very really so extremely incredibly absolutely truly totally utterly completely especially particularly exceptionally \
    remarkably unbelievably hugely enormously deeply highly super such always most more entirely thoroughly fully greatly real damn fucking freaking \
    bloody ever majorly insanely awfully seriously genuinely beyond too";
const WEAKER: &str = "slightly somewhat fairly quite kinda kind sort sorta little bit almost nearly partly partially mildly occasionally marginally \
    reasonably relatively less sometimes mostly generally pretty";
const CONTRASTS: &str =
    "but however although though yet except unfortunately nevertheless nonetheless";

const DEGREE: f32 = 0.293;
const TURN: f32 = -0.74;
const CAPITALS: f32 = 0.733;
/// Bends a sum into -1..1.
const BEND: f32 = 15.0;

impl Lexicon {
    /// Reads the lexicon files: general words, words in talk about care, pictures.
    pub(crate) fn read(general: &str, care: &str, pictures: &str) -> Self {
        let mut lexicon = Self::default();
        for (word, value) in rows(general).chain(rows(pictures)) {
            lexicon.feelings.insert(
                hash_word(&folded(word)),
                Feeling {
                    general: value,
                    care: value,
                },
            );
        }
        for (word, value) in rows(care) {
            let feeling = lexicon.feelings.entry(hash_word(word)).or_insert(Feeling {
                general: value,
                care: value,
            });
            feeling.care = value;
        }
        for (list, modifier) in [
            (STRONGER, Modifier::Degree(DEGREE)),
            (WEAKER, Modifier::Degree(-DEGREE)),
            (NEGATIONS, Modifier::Negation),
            (CONTRASTS, Modifier::Contrast),
        ] {
            for word in list.split_whitespace() {
                lexicon.modifiers.insert(hash_word(word), modifier);
            }
        }
        lexicon
    }

    /// Whether a word, by its hash, is one with a feeling.
    pub(crate) fn knows(&self, hash: u64) -> bool {
        self.feelings.contains_key(&hash) || self.modifiers.contains_key(&hash)
    }

    /// The feeling of a sentence; `phrases` are valence hits (first word, one past the last, valence) inside it.
    pub(crate) fn sentence(
        &self,
        reading: &Reading<'_>,
        sentence: &std::ops::Range<usize>,
        phrases: &[(usize, usize, f32)],
    ) -> Valence {
        let marks = reading.marks.get(sentence.clone()).unwrap_or_default();
        let shouted = shouts(marks);
        let mut parts: Vec<(usize, Feeling)> = Vec::with_capacity(8);
        let mut contrast = None;
        for (offset, mark) in marks.iter().enumerate() {
            let place = sentence.start + offset;
            if self.modifiers.get(&mark.hash) == Some(&Modifier::Contrast) && offset > 0 {
                contrast = Some(place);
            }
            if phrases
                .iter()
                .any(|(first, end, _)| (*first..*end).contains(&place))
            {
                continue;
            }
            let Some(feeling) = self
                .feelings
                .get(&mark.hash)
                .or_else(|| self.feelings.get(&mark.squeezed))
            else {
                continue;
            };
            parts.push((
                place,
                self.adjusted(*feeling, marks, offset, shouted && mark.is_shouted),
            ));
        }
        for (first, _, value) in phrases {
            parts.push((
                *first,
                Feeling {
                    general: *value,
                    care: *value,
                },
            ));
        }
        let (smile, calls) = reading.signs_of(sentence);
        if smile != 0.0 {
            parts.push((
                sentence.end,
                Feeling {
                    general: smile,
                    care: smile,
                },
            ));
        }
        sum(&parts, contrast, calls)
    }

    fn adjusted(
        &self,
        feeling: Feeling,
        marks: &[WordMark],
        offset: usize,
        shouted: bool,
    ) -> Feeling {
        let mut step = if shouted { CAPITALS } else { 0.0 };
        let mut factor = 1.0_f32;
        for back in 1..=3_usize {
            let Some(before) = offset.checked_sub(back).and_then(|place| marks.get(place)) else {
                break;
            };
            match self.modifiers.get(&before.hash) {
                Some(Modifier::Negation) => factor *= TURN,
                Some(Modifier::Degree(degree)) => {
                    step += degree * [1.0, 0.95, 0.9].get(back - 1).copied().unwrap_or(0.0);
                }
                Some(Modifier::Contrast) => break,
                None => {}
            }
        }
        let with = |value: f32| {
            if value == 0.0 {
                0.0
            } else {
                (value.abs() + step).max(0.1) * value.signum() * factor
            }
        };
        Feeling {
            general: with(feeling.general),
            care: with(feeling.care),
        }
    }
}

fn sum(parts: &[(usize, Feeling)], contrast: Option<usize>, calls: u32) -> Valence {
    let mut valence = Valence::default();
    let (mut general, mut care) = (0.0_f32, 0.0_f32);
    for (place, feeling) in parts {
        let weight = match contrast {
            Some(turn) if *place < turn => 0.5,
            Some(_) => 1.5,
            None => 1.0,
        };
        general += feeling.general * weight;
        care += feeling.care * weight;
        valence.gladness += (feeling.care * weight).max(0.0);
        valence.anger += (-feeling.care * weight).max(0.0);
        valence.words += u32::from(feeling.care != 0.0 || feeling.general != 0.0);
    }
    let emphasis = DEGREE * f32::from(u8::try_from(calls.min(4)).unwrap_or(4));
    valence.general_sum = general + emphasis * signum(general);
    valence.general = bend(valence.general_sum);
    valence.care = bend(care + emphasis * signum(care));
    valence
}

fn signum(value: f32) -> f32 {
    if value == 0.0 { 0.0 } else { value.signum() }
}

/// A sum bent into -1..1.
pub(crate) fn bend(sum: f32) -> f32 {
    sum / (sum * sum + BEND).sqrt()
}

/// Some words are in capitals and some are not.
fn shouts(marks: &[WordMark]) -> bool {
    let shouted = marks.iter().filter(|mark| mark.is_shouted).count();
    shouted > 0 && shouted < marks.len()
}

fn rows(file: &str) -> impl Iterator<Item = (&str, f32)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (word, value) = line.split_once('\t')?;
            Some((word, value.trim().parse().ok()?))
        })
}

/// The folded form of a word or picture.
fn folded(word: &str) -> String {
    let folded = fold(word);
    if folded.is_empty() {
        word.trim_end_matches('\u{FE0F}').to_owned()
    } else {
        folded
    }
}
