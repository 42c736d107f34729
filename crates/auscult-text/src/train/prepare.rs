//! Rows made ready for training: each sentence with its features and feeling, so that nothing is read twice; and stories
//! put together from sentences of several rows, since long accounts are rare in the data.

use super::Unseen;
use super::chance::Chance;
use super::corpus::{Kind, Row, fold_of};
use super::join::{Example, Lesson};
use crate::classify::{
    Classifier, Feature, Feeling, Found, JOINED, Piece, Reading, Scratch, Sum, Surface, Weights,
    effect_inputs, inputs, phrases_of, sentence_hits, topic_inputs,
};
use crate::token::Text;

/// One sentence.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub(crate) features: Vec<Feature>,
    piece: Piece,
}

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) row: Row,
    pub(crate) sentences: Vec<Sentence>,
    surface: Surface,
    found: Found,
    words: usize,
}

/// Sentences of several rows as one account.
#[derive(Debug, Clone)]
pub(crate) struct Story<'p> {
    parts: Vec<&'p Prepared>,
    feeling: Feeling,
    score: f32,
}

/// Reads a row once.
pub(crate) fn prepare(classifier: &Classifier, row: &Row) -> Prepared {
    let text = Text::new(&row.text);
    let reading = Reading::of(&text, classifier.patterns(), &mut Scratch::default());
    let mut sentences = Vec::with_capacity(reading.sentences.len());
    for (range, hits) in sentence_hits(&reading) {
        let mut features = Vec::new();
        crate::classify::each(
            &reading,
            classifier.negations(),
            &range,
            hits,
            &mut |feature| features.push(feature),
        );
        let valence = classifier
            .lexicon()
            .sentence(&reading, &range, &phrases_of(hits));
        sentences.push(Sentence {
            features,
            piece: Piece {
                words: range.len(),
                valence,
                outputs: Vec::new(),
            },
        });
    }
    Prepared {
        row: row.clone(),
        sentences,
        surface: Surface::of(&reading),
        found: reading.found().clone(),
        words: reading.marks.len(),
    }
}

fn outputs_of<'s>(
    sentences: impl Iterator<Item = &'s Sentence>,
    weights: &Weights,
) -> (Vec<f32>, Vec<Vec<f32>>) {
    let mut all = Sum::default();
    let mut pieces = Vec::new();
    for sentence in sentences {
        let mut sum = Sum::default();
        for feature in &sentence.features {
            weights.add(*feature, &mut sum);
        }
        all.add(&sum);
        pieces.push(weights.outputs(&sum));
    }
    (weights.outputs(&all), pieces)
}

fn pieces_with<'s>(
    sentences: impl Iterator<Item = &'s Sentence>,
    outputs: &[Vec<f32>],
) -> Vec<Piece> {
    sentences
        .zip(outputs)
        .map(|(sentence, outputs)| Piece {
            outputs: outputs.iter().take(JOINED.len()).copied().collect(),
            ..sentence.piece.clone()
        })
        .collect()
}

impl Prepared {
    /// The outputs over the whole and over each sentence.
    pub(crate) fn outputs(&self, weights: &Weights) -> (Vec<f32>, Vec<Vec<f32>>) {
        outputs_of(self.sentences.iter(), weights)
    }

    /// The fold for the join: other than the folds of the evaluation, equal texts together.
    pub(crate) fn fold(&self, folds: u32) -> u32 {
        fold_of(&format!("join {}", self.row.text), folds)
    }

    /// Every occurrence of a feature.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature> + Clone + '_ {
        self.sentences
            .iter()
            .flat_map(|sentence| sentence.features.iter().copied())
    }

    /// What the join of topics looks at.
    pub(crate) fn topic_inputs(&self, (_, whole, pieces): &Unseen) -> Vec<f32> {
        topic_inputs(
            whole,
            pieces.iter().map(Vec::as_slice),
            &self.found,
            self.words,
        )
    }

    /// What the join of unwanted effects looks at; `head` is the place of their output.
    pub(crate) fn effect_inputs(&self, (_, whole, pieces): &Unseen, head: usize) -> Vec<f32> {
        let greatest = pieces
            .iter()
            .filter_map(|outputs| outputs.get(head))
            .copied()
            .fold(-3.0, f32::max);
        effect_inputs(whole, greatest, &self.found, self.words)
    }

    /// What the join learns from this row.
    pub(crate) fn example(&self, whole: &[f32], pieces: &[Vec<f32>]) -> Option<Example> {
        if self.row.feeling.is_none() && self.row.score.is_none() {
            return None;
        }
        let whole: Vec<f32> = whole.iter().take(JOINED.len()).copied().collect();
        let inputs = inputs(
            &pieces_with(self.sentences.iter(), pieces),
            &whole,
            self.surface,
        );
        let weight = match (self.row.kind, self.row.feeling) {
            (Kind::Survey | Kind::Correction, Some(Feeling::Negative)) => 2.7,
            (Kind::Survey | Kind::Correction, Some(Feeling::Neutral)) => 4.7,
            (Kind::Tweet, Some(Feeling::Neutral)) | (Kind::Plain | Kind::Drug, _) => 1.5,
            (Kind::Survey | Kind::Tweet | Kind::Correction, _) => 1.0,
            (Kind::Graded | Kind::Review, _) => 0.5,
        };
        let score_weight = if self.row.kind == Kind::Tweet {
            3.0
        } else {
            0.7
        };
        Some(Example {
            inputs,
            lesson: Lesson::Feeling {
                feeling: self.row.feeling,
                weight,
                score: self.row.score,
                score_weight,
            },
        })
    }
}

/// Accounts of several parts: a few of one feeling, much plain telling, now and then a part of the other feeling. Half of the
/// parts with feeling come from the lines written for this project, which tell without words of feeling.
pub(crate) fn stories<'p>(rows: &[&'p Prepared], seed: u64) -> Vec<Story<'p>> {
    let of = |test: fn(Kind) -> bool, feeling: Feeling| -> Vec<&'p Prepared> {
        rows.iter()
            .copied()
            .filter(|row| test(row.row.kind) && row.row.feeling == Some(feeling))
            .collect()
    };
    let told = |kind: Kind| matches!(kind, Kind::Survey | Kind::Graded);
    let written = |kind: Kind| kind == Kind::Plain;
    let negative = [of(told, Feeling::Negative), of(written, Feeling::Negative)];
    let positive = [of(told, Feeling::Positive), of(written, Feeling::Positive)];
    let drug: Vec<&Prepared> = rows
        .iter()
        .copied()
        .filter(|row| row.row.kind == Kind::Drug && row.row.adverse == Some(false))
        .collect();
    let plain = [of(written, Feeling::Neutral), drug];
    if negative
        .iter()
        .chain(&positive)
        .chain(&plain)
        .any(Vec::is_empty)
    {
        return Vec::new();
    }
    let mut chance = Chance::new(seed ^ 0x5707);
    let mut stories = Vec::new();
    for number in 0..rows.len() / 5 {
        let (feeling, own, other) = if number % 2 == 0 {
            (Feeling::Negative, &negative, &positive)
        } else {
            (Feeling::Positive, &positive, &negative)
        };
        let mut parts: Vec<&Prepared> = Vec::new();
        let lines = 1 + chance.below(4);
        for _ in 0..lines {
            draw(&mut chance, own, 2, &mut parts);
        }
        for _ in 0..=chance.below(3 * lines) {
            draw(&mut chance, &plain, 4, &mut parts);
        }
        if lines > 2 && chance.below(3) == 0 {
            draw(&mut chance, other, 2, &mut parts);
        }
        chance.shuffle(&mut parts);
        if chance.below(2) == 0 {
            // People like to end on what it was like.
            draw(&mut chance, own, 2, &mut parts);
        }
        stories.push(Story {
            parts,
            feeling,
            score: if feeling == Feeling::Negative {
                -0.7
            } else {
                0.7
            },
        });
    }
    stories
}

/// Draws a row: one of `odds` times from the second pool, else from the first.
fn draw<'p>(
    chance: &mut Chance,
    pools: &[Vec<&'p Prepared>; 2],
    odds: usize,
    parts: &mut Vec<&'p Prepared>,
) {
    let [first, second] = pools;
    let pool = if chance.below(odds) == 0 {
        second
    } else {
        first
    };
    parts.extend(pool.get(chance.below(pool.len())));
}

impl<'p> Story<'p> {
    fn sentences(&self) -> impl Iterator<Item = &'p Sentence> + use<'p, '_> {
        self.parts.iter().flat_map(|part| part.sentences.iter())
    }

    /// The outputs over the whole and over each sentence.
    pub(crate) fn outputs(&self, weights: &Weights) -> (Vec<f32>, Vec<Vec<f32>>) {
        outputs_of(self.sentences(), weights)
    }

    /// What the join learns from it.
    pub(crate) fn example(&self, whole: &[f32], pieces: &[Vec<f32>]) -> Example {
        let whole: Vec<f32> = whole.iter().take(JOINED.len()).copied().collect();
        let surface = self
            .parts
            .iter()
            .map(|part| part.surface)
            .reduce(Surface::and)
            .unwrap_or_default();
        let inputs = inputs(&pieces_with(self.sentences(), pieces), &whole, surface);
        Example {
            inputs,
            lesson: Lesson::Feeling {
                feeling: Some(self.feeling),
                weight: 1.2,
                score: Some(self.score),
                score_weight: 0.7,
            },
        }
    }
}
