//! Trains the weights of the classifier from labelled text, the same to the bit for the same data and seed.
//!
//! `cargo run --release -p auscult-text --example train -- DATA` writes `data/weights/classify.weights`;
//! `--example eval` measures by cross-validation. [`retrain`] takes corrections of members in, and shows the old and the
//! new figures before anybody switches. Labelled text is read at training time only and never shipped.

mod chance;
mod corpus;
mod crisis;
mod figures;
mod guard;
mod join;
mod linear;
mod opinion;
mod panels;
mod prepare;
mod retrain;

pub use corpus::{BadRow, Corpus, Kind, Row};
pub use crisis::{LabelledPost, crisis_opinion, posts};
pub use figures::{Binary, Confusion, Interval, bootstrap, correlation};
pub use guard::{LabelledReply, guard_opinion, replies};
pub use retrain::{Change, Correction, Figures, retrain};

use prepare::{Prepared, prepare};

use crate::classify::{
    Classifier, Head, Header, JOINED, Panel, SUBJECT_HEADS, TOPIC_HEADS, VERSION, Weights,
};

/// How training goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Everything random comes from it.
    pub seed: u64,
    /// Rows of the linear layer that are kept.
    pub rows: usize,
    /// Folds for the outputs the join is trained on.
    pub folds: u32,
    /// Passes of the linear layer over the data.
    pub passes: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            seed: 20_261_125,
            rows: 20_000,
            folds: 4,
            passes: 12,
        }
    }
}

/// Trains weights from all rows of a corpus.
pub fn train(corpus: &Corpus, plan: Plan) -> Weights {
    let classifier = Classifier::new(None);
    let prepared: Vec<Prepared> = corpus
        .rows
        .iter()
        .map(|row| prepare(&classifier, row))
        .collect();
    let all: Vec<&Prepared> = prepared.iter().collect();
    fit(&all, plan)
}

/// The weights for each of the first `measured` folds: trained on the rows of all other folds. Rows of one text share a fold
/// ([`Row::fold`]).
pub fn cross_validated(
    corpus: &Corpus,
    plan: Plan,
    folds: u32,
    measured: u32,
    mut done: impl FnMut(u32, Weights),
) {
    let classifier = Classifier::new(None);
    let prepared: Vec<Prepared> = corpus
        .rows
        .iter()
        .map(|row| prepare(&classifier, row))
        .collect();
    for fold in 0..folds.min(measured) {
        let kept: Vec<&Prepared> = prepared
            .iter()
            .zip(&corpus.rows)
            .filter(|(_, row)| row.fold(folds) != fold)
            .map(|(prepared, _)| prepared)
            .collect();
        done(fold, fit(&kept, plan));
    }
}

/// The names of all outputs, in the order of the file.
fn head_names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = JOINED.to_vec();
    names.extend(SUBJECT_HEADS);
    names.extend(TOPIC_HEADS);
    names
}

/// Outputs over rows the weights have not seen: the whole and each sentence.
type Unseen = (usize, Vec<f32>, Vec<Vec<f32>>);

/// The linear layer and the joins on its outputs over rows it has not seen.
fn fit(rows: &[&Prepared], plan: Plan) -> Weights {
    let keys = linear::vocabulary(rows, plan);
    let mut unseen: Vec<Unseen> = Vec::with_capacity(rows.len());
    let mut examples = Vec::new();
    for fold in 0..plan.folds {
        let (held, kept): (Vec<_>, Vec<_>) = rows
            .iter()
            .copied()
            .enumerate()
            .partition(|(_, row)| row.fold(plan.folds) == fold);
        let kept: Vec<&Prepared> = kept.into_iter().map(|(_, row)| row).collect();
        let weights = linear::fit(&kept, &keys, plan, &[]);
        for (place, row) in &held {
            let (whole, pieces) = row.outputs(&weights);
            unseen.push((*place, whole, pieces));
        }
        let held: Vec<&Prepared> = held.into_iter().map(|(_, row)| row).collect();
        for story in prepare::stories(&held, plan.seed ^ u64::from(fold)) {
            let (whole, pieces) = story.outputs(&weights);
            examples.push(story.example(&whole, &pieces));
        }
    }
    unseen.sort_by_key(|(place, _, _)| *place);
    examples.extend(
        rows.iter()
            .zip(&unseen)
            .filter_map(|(row, (_, whole, pieces))| row.example(whole, pieces)),
    );
    let join = join::panel(
        &examples,
        join::Shape {
            nets: 8,
            outputs: 4,
            hidden: 16,
            passes: 30,
            decay: 1e-4,
        },
        plan.seed,
    );
    let (topics, mut thresholds) = panels::topics(rows, &unseen, plan);
    let (effects, more) = panels::effects(rows, &unseen, plan);
    thresholds.extend(more);
    linear::fit(rows, &keys, plan, &thresholds).with_joins(join, topics, effects)
}

/// A header for some heads.
fn header(heads: Vec<Head>, rows: usize) -> Header {
    Header {
        version: VERSION,
        rows,
        heads,
        join: Panel::default(),
        topics: Panel::default(),
        effects: Panel::default(),
    }
}
