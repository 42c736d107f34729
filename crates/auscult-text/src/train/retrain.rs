//! Corrections by members, taken in where the program runs: no labelled text is needed, the weights move just far enough
//! that the corrected answers hold, and the figures of the old and the new weights stand side by side before anybody
//! switches.

use super::corpus::{Kind, Row};
use super::figures::{Binary, Confusion};
use super::prepare::{Prepared, prepare};
use crate::classify::{Classifier, Feeling, Scratch, TOPIC_HEADS, Weights};
use crate::token::Text;

/// What a member says a text means. Who and when stay in the store; training needs the text and the answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Correction {
    /// The text.
    pub text: String,
    /// Its feeling, where that was corrected.
    pub feeling: Option<Feeling>,
    /// Its fine topics (ids of the data files), where those were corrected.
    pub topics: Option<Vec<String>>,
    /// Whether it tells of an unwanted effect, where that was corrected.
    pub adverse: Option<bool>,
}

/// Figures of one set of weights over some corrections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// How many corrections.
    pub rows: usize,
    /// Share of feelings told right.
    pub feelings_right: f64,
    /// Mean F1 over the three feelings.
    pub macro_f1: f64,
    /// F1 over all topics.
    pub topics_f1: f64,
    /// F1 of unwanted effects.
    pub adverse_f1: f64,
}

/// The figures before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The weights in use, over corrections held out.
    pub old: Figures,
    /// Weights trained on the other corrections, over the same.
    pub new: Figures,
}

/// One correction of five is held out to measure both.
const HELD_OUT: u32 = 5;
const PASSES: usize = 6;
/// How far beyond its threshold a corrected answer is moved.
const MARGIN: f32 = 0.3;
/// No single correction moves the weights further than this.
const STEP: f32 = 0.25;

/// Takes corrections in. The figures compare the weights in use with weights trained on four fifths of the corrections, over
/// the last fifth; the weights returned have learnt from all of them. Nothing is switched here.
pub fn retrain(base: &Weights, corrections: &[Correction]) -> (Weights, Change) {
    let classifier = Classifier::new(None);
    let rows: Vec<Prepared> = corrections
        .iter()
        .map(|correction| prepare(&classifier, &row(correction)))
        .collect();
    let (held, kept): (Vec<&Prepared>, Vec<&Prepared>) =
        rows.iter().partition(|row| row.row.fold(HELD_OUT) == 0);
    let change = Change {
        old: figures(base, &held),
        new: figures(&adapt(base, &kept), &held),
    };
    (adapt(base, &rows.iter().collect::<Vec<_>>()), change)
}

/// Moves weights towards corrected answers, in the order given (passive-aggressive steps).
fn adapt(base: &Weights, rows: &[&Prepared]) -> Weights {
    let mut loose = base.loosen();
    for _ in 0..PASSES {
        for row in rows {
            for (name, is) in answers(&row.row) {
                let Some(place) = base.head(name) else {
                    continue;
                };
                loose.nudge(place, row.features(), is, (MARGIN, STEP));
            }
        }
    }
    loose.tighten()
}

/// What a correction says about each head.
fn answers(row: &Row) -> Vec<(&'static str, bool)> {
    let mut answers = Vec::new();
    if let Some(feeling) = row.feeling {
        answers.extend([
            ("survey.negative", feeling == Feeling::Negative),
            ("survey.neutral", feeling == Feeling::Neutral),
            ("survey.positive", feeling == Feeling::Positive),
            ("graded.negative", feeling == Feeling::Negative),
            ("graded.positive", feeling == Feeling::Positive),
            ("general.negative", feeling == Feeling::Negative),
            ("general.positive", feeling == Feeling::Positive),
        ]);
    }
    if let Some(topics) = &row.topics {
        answers.extend(TOPIC_HEADS.iter().copied().zip(topics.iter().copied()));
    }
    if let Some(adverse) = row.adverse {
        answers.push(("adverse", adverse));
    }
    answers
}

fn row(correction: &Correction) -> Row {
    let topics = correction.topics.as_ref().map(|topics| {
        TOPIC_HEADS
            .iter()
            .map(|head| {
                topics
                    .iter()
                    .any(|topic| Some(topic.as_str()) == head.strip_prefix("topic."))
            })
            .collect()
    });
    Row {
        feeling: correction.feeling,
        topics,
        adverse: correction.adverse,
        ..Row::new(Kind::Correction, &correction.text)
    }
}

fn figures(weights: &Weights, rows: &[&Prepared]) -> Figures {
    let classifier = Classifier::new(Some(weights.clone()));
    let mut scratch = Scratch::default();
    let mut table = Confusion::new(3);
    let (mut topics, mut adverse) = (Binary::default(), Binary::default());
    for row in rows.iter().map(|row| &row.row) {
        let text = Text::new(&row.text);
        if let Some(feeling) = row.feeling {
            table.count(
                feeling as usize,
                classifier.sentiment(&text, &mut scratch).label as usize,
            );
        }
        if let Some(right) = &row.topics {
            let said = classifier.fine_topics(&text, &mut scratch);
            for (said, is) in said.into_iter().zip(right) {
                topics.count((said, *is));
            }
        }
        if let Some(is) = row.adverse {
            adverse.count((classifier.adverse(&text).is_some(), is));
        }
    }
    let right: u32 = (0..3).map(|class| table.at(class, class)).sum();
    let labelled = rows
        .iter()
        .filter(|row| row.row.feeling.is_some())
        .count()
        .max(1);
    Figures {
        rows: rows.len(),
        feelings_right: f64::from(right) / labelled as f64,
        macro_f1: table.macro_f1(),
        topics_f1: topics.f1(),
        adverse_f1: adverse.f1(),
    }
}
