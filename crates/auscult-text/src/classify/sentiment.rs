//! Sentiment: the lexicon and the trained outputs of each sentence and of the whole, put before the trained join.

use std::ops::Range;

use super::cue::Cue;
use super::finding::{Feeling, Sentiment};
use super::reading::{Found, Reading};
use super::valence::{Valence, bend};

/// The trained outputs the join looks at, in this order.
pub(crate) const JOINED: [&str; 10] = [
    "survey.negative",
    "survey.neutral",
    "survey.positive",
    "graded.negative",
    "graded.positive",
    "general.negative",
    "general.positive",
    "adverse",
    "domain.care",
    "domain.medicine",
];

/// One sentence as the join sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(crate) words: usize,
    pub(crate) valence: Valence,
    /// The outputs named in [`JOINED`].
    pub(crate) outputs: Vec<f32>,
}

/// The surface of a text: how it is written, not what it says. Plain counts, so that surfaces add up.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Surface {
    words: f32,
    sentences: f32,
    care: f32,
    mentions: f32,
    links: f32,
    shouted: f32,
    asks: f32,
    wishes: f32,
    praises: f32,
    complains: f32,
}

impl Surface {
    /// The surface of a whole text.
    pub(crate) fn of(reading: &Reading<'_>) -> Self {
        let text = reading.text;
        let mut surface = Self::of_piece(&(0..reading.marks.len()), reading.found(), reading);
        surface.sentences = reading.sentences.len() as f32;
        surface.mentions = (text.mentions().len() + text.hashtags().len()) as f32;
        surface.links = text.urls().count() as f32;
        surface
    }

    /// The surface of some words of it.
    pub(crate) fn of_piece(range: &Range<usize>, found: &Found, reading: &Reading<'_>) -> Self {
        let marks = reading.marks.get(range.clone()).unwrap_or_default();
        let count = |cue: Cue| f32::from(found.count(cue));
        Self {
            words: marks.len() as f32,
            sentences: 1.0,
            care: count(Cue::Care),
            mentions: 0.0,
            links: 0.0,
            shouted: marks.iter().filter(|mark| mark.is_shouted).count() as f32,
            asks: count(Cue::Question),
            wishes: count(Cue::Recovery),
            praises: count(Cue::Praise),
            complains: count(Cue::Complaint),
        }
    }

    /// The surface of both texts one after the other.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            words: self.words + other.words,
            sentences: self.sentences + other.sentences,
            care: self.care + other.care,
            mentions: self.mentions + other.mentions,
            links: self.links + other.links,
            shouted: self.shouted + other.shouted,
            asks: self.asks + other.asks,
            wishes: self.wishes + other.wishes,
            praises: self.praises + other.praises,
            complains: self.complains + other.complains,
        }
    }

    fn numbers(self) -> [f32; 10] {
        [
            self.words.ln_1p(),
            self.sentences.ln_1p(),
            self.care.ln_1p(),
            self.mentions.min(3.0),
            self.links.min(2.0),
            self.shouted / self.words.max(1.0),
            self.asks.ln_1p(),
            self.wishes.ln_1p(),
            self.praises.ln_1p(),
            self.complains.ln_1p(),
        ]
    }
}

/// The inputs of the join for a text of these pieces; `whole` are the outputs over the whole text.
pub(crate) fn inputs(pieces: &[Piece], whole: &[f32], surface: Surface) -> Vec<f32> {
    let count = pieces.len().max(1) as f32;
    let mut inputs: Vec<f32> = whole.to_vec();
    for place in 0..JOINED.len() {
        inputs.push(
            pieces
                .iter()
                .map(|piece| piece.outputs.get(place).copied().unwrap_or(0.0))
                .sum::<f32>()
                / count,
        );
    }
    let margins: Vec<f32> = pieces.iter().map(margin).collect();
    inputs.push(margins.iter().copied().reduce(f32::min).unwrap_or(0.0));
    inputs.push(margins.iter().copied().reduce(f32::max).unwrap_or(0.0));
    inputs.push(margins.last().copied().unwrap_or(0.0));
    let mean = |of: fn(&Valence) -> f32| {
        pieces.iter().map(|piece| of(&piece.valence)).sum::<f32>() / count
    };
    inputs.push(mean(|valence| valence.general));
    inputs.push(mean(|valence| valence.care));
    inputs.push(
        pieces
            .iter()
            .map(|piece| piece.valence.care)
            .reduce(f32::min)
            .unwrap_or(0.0),
    );
    inputs.push(
        pieces
            .iter()
            .map(|piece| piece.valence.care)
            .reduce(f32::max)
            .unwrap_or(0.0),
    );
    feelings(pieces, &mut inputs);
    inputs.extend(surface.numbers());
    inputs
}

/// Adds the sums of the lexicon over all pieces, and the shares of pieces with feeling.
fn feelings(pieces: &[Piece], inputs: &mut Vec<f32>) {
    let count = pieces.len().max(1) as f32;
    let (glad, angry) = pieces.iter().fold((0.0, 0.0), |(glad, angry), piece| {
        (glad + piece.valence.gladness, angry + piece.valence.anger)
    });
    let general: f32 = pieces.iter().map(|piece| piece.valence.general_sum).sum();
    inputs.extend([
        glad.ln_1p(),
        angry.ln_1p(),
        bend(glad - angry),
        bend(general),
        (general / 8.0).clamp(-2.0, 2.0),
    ]);
    let felt = pieces
        .iter()
        .filter(|piece| piece.valence.words > 0)
        .count() as f32;
    let share = |test: fn(f32) -> bool| {
        pieces
            .iter()
            .filter(|piece| test(piece.valence.care))
            .count() as f32
            / felt.max(1.0)
    };
    inputs.extend([
        felt / count,
        share(|care| care > 0.05),
        share(|care| care < -0.05),
    ]);
}

/// Positive over negative, by the survey outputs.
fn margin(piece: &Piece) -> f32 {
    piece.outputs.get(2).copied().unwrap_or(0.0) - piece.outputs.first().copied().unwrap_or(0.0)
}

/// The answer of the join: three sums (negative, neutral, positive) and a score.
pub(crate) fn decide(outputs: &[f32]) -> Sentiment {
    let at = |place: usize| outputs.get(place).copied().unwrap_or(0.0);
    let (negative, neutral, positive) = (at(0), at(1), at(2));
    let score = at(3).clamp(-1.0, 1.0);
    if negative >= neutral && negative >= positive {
        Sentiment {
            label: Feeling::Negative,
            score: score.min(-0.05),
        }
    } else if positive > neutral {
        Sentiment {
            label: Feeling::Positive,
            score: score.max(0.05),
        }
    } else {
        Sentiment {
            label: Feeling::Neutral,
            score: score.clamp(-0.45, 0.45),
        }
    }
}

/// Sentences from which a text counts as an account.
const ACCOUNT: usize = 4;
/// Words below which it is none, however often it stops.
const SHORT: usize = 40;
/// What plain telling inside an account is scored by itself: alone it would be an answer to "what could be better?".
const PLAIN: f32 = -0.11;
/// How far the mean of the sentences is stretched to reach as far as the join.
const STRETCH: f32 = 2.5;
/// Most that the mean of the sentences counts.
const MOST: f32 = 0.65;

/// A long account is judged by its sentences as much as over the whole, the last one twice: comments of a line or two, from
/// which the join has learnt most, grow longer as people get angrier; accounts are long either way.
pub(crate) fn account(whole: Sentiment, words: usize, sentences: &[f32]) -> Sentiment {
    let count = sentences.len();
    let Some(last) = sentences
        .last()
        .filter(|_| count >= ACCOUNT && words >= SHORT)
    else {
        return whole;
    };
    let mean = (sentences.iter().sum::<f32>() + last) / (count as f32 + 1.0);
    let share = ((count as f32 - 3.0) * 0.2).min(MOST);
    let score = ((1.0 - share) * whole.score + share * STRETCH * (mean - PLAIN)).clamp(-1.0, 1.0);
    let doubt = if count > 5 { 0.05 } else { 0.15 };
    let label = if score.abs() <= doubt || (count <= 5 && whole.label == Feeling::Neutral) {
        whole.label
    } else if score < 0.0 {
        Feeling::Negative
    } else {
        Feeling::Positive
    };
    Sentiment { label, score }
}

/// Without trained weights: the lexicon alone, averaged by sentence.
pub(crate) fn by_lexicon(pieces: &[Piece]) -> Sentiment {
    let felt: Vec<f32> = pieces
        .iter()
        .filter(|piece| piece.valence.words > 0)
        .map(|piece| piece.valence.care)
        .collect();
    let score = felt.iter().sum::<f32>() / felt.len().max(1) as f32;
    let label = match score {
        score if score >= 0.1 => Feeling::Positive,
        score if score <= -0.1 => Feeling::Negative,
        _ => Feeling::Neutral,
    };
    Sentiment { label, score }
}
