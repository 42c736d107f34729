//! The joins of topics and of unwanted effects, and their thresholds, found on rows that neither layer has seen.

use super::corpus::Kind;
use super::join::{self, Example, Lesson, Shape};
use super::prepare::Prepared;
use super::{Plan, Unseen, head_names};
use crate::classify::{Panel, TOPIC_HEADS};

const TOPICS: Shape = Shape {
    nets: 3,
    outputs: TOPIC_HEADS.len(),
    hidden: 16,
    passes: 16,
    decay: 1e-3,
};
const EFFECTS: Shape = Shape {
    nets: 5,
    outputs: 1,
    hidden: 8,
    passes: 12,
    decay: 3e-4,
};
/// A topic with fewer rows has the threshold of its own best F1; others serve the F1 over all topics.
const RARE: usize = 120;
/// About the F1 over all topics.
const MICRO: f32 = 0.71;
/// The share of unwanted effects that must be found.
const RECALL: f32 = 0.912;

/// A join over all rows and what it says of rows it has not seen, beside what is right.
fn panel(examples: &[(u32, Example)], shape: Shape, plan: Plan) -> (Panel, Vec<(usize, Vec<f32>)>) {
    let mut said = Vec::with_capacity(examples.len());
    for fold in 0..plan.folds {
        let kept: Vec<Example> = examples
            .iter()
            .filter(|(own, _)| *own != fold)
            .map(|(_, example)| example.clone())
            .collect();
        let panel = join::panel(&kept, shape, plan.seed);
        for (place, (_, example)) in examples
            .iter()
            .enumerate()
            .filter(|(_, (own, _))| *own == fold)
        {
            said.push((place, panel.outputs(&example.inputs)));
        }
    }
    let all: Vec<Example> = examples
        .iter()
        .map(|(_, example)| example.clone())
        .collect();
    (join::panel(&all, shape, plan.seed), said)
}

/// The join of topics, and for each topic head its threshold.
pub(crate) fn topics(
    rows: &[&Prepared],
    unseen: &[Unseen],
    plan: Plan,
) -> (Panel, Vec<(usize, f32)>) {
    let mut examples: Vec<(u32, Example)> = Vec::new();
    for (row, outputs) in rows.iter().zip(unseen) {
        if let Some(topics) = &row.row.topics {
            examples.push((
                row.fold(plan.folds),
                Example {
                    inputs: row.topic_inputs(outputs),
                    lesson: Lesson::Each(topics.clone()),
                },
            ));
        }
    }
    let (panel, said) = panel(&examples, TOPICS, plan);
    let names = head_names();
    let mut thresholds = Vec::new();
    for (place, name) in TOPIC_HEADS.iter().enumerate() {
        let mut pairs: Vec<(f32, bool)> = said
            .iter()
            .filter_map(|(row, sums)| match examples.get(*row)? {
                (
                    _,
                    Example {
                        lesson: Lesson::Each(right),
                        ..
                    },
                ) => Some((*sums.get(place)?, *right.get(place)?)),
                _ => None,
            })
            .collect();
        pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
        if let Some(head) = names.iter().position(|head| head == name) {
            thresholds.push((head, for_f1(&pairs)));
        }
    }
    (panel, thresholds)
}

/// The join of unwanted effects, and the threshold of its head.
pub(crate) fn effects(
    rows: &[&Prepared],
    unseen: &[Unseen],
    plan: Plan,
) -> (Panel, Vec<(usize, f32)>) {
    let Some(head) = head_names().iter().position(|name| *name == "adverse") else {
        return (Panel::default(), Vec::new());
    };
    let mut examples: Vec<(u32, Example)> = Vec::new();
    let mut kinds = Vec::new();
    for (row, outputs) in rows.iter().zip(unseen) {
        if let Some(adverse) = row.row.adverse {
            kinds.push((row.row.kind, adverse));
            examples.push((
                row.fold(plan.folds),
                Example {
                    inputs: row.effect_inputs(outputs, head),
                    lesson: Lesson::Each(vec![adverse]),
                },
            ));
        }
    }
    let (panel, said) = panel(&examples, EFFECTS, plan);
    // Only rows about medicines say how often unwanted effects are told where they are told at all.
    let mut pairs: Vec<(f32, bool)> = said
        .iter()
        .filter_map(|(row, sums)| match kinds.get(*row)? {
            (Kind::Drug, adverse) => Some((*sums.first()?, *adverse)),
            _ => None,
        })
        .collect();
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
    (panel, vec![(head, for_recall(&pairs))])
}

/// The sum that keeps the wanted share of the yes rows; pairs run from the greatest sum down.
fn for_recall(pairs: &[(f32, bool)]) -> f32 {
    let wanted = pairs.iter().filter(|(_, is)| *is).count() as f32 * RECALL;
    let mut seen = 0.0_f32;
    for (sum, is) in pairs {
        seen += f32::from(u8::from(*is));
        if seen >= wanted {
            return *sum;
        }
    }
    0.0
}

/// The threshold of one topic; pairs run from the greatest sum down.
fn for_f1(pairs: &[(f32, bool)]) -> f32 {
    let all = pairs.iter().filter(|(_, is)| *is).count();
    let mut hits = 0.0_f32;
    let mut best = (f32::MIN, 0.0_f32);
    for (count, (sum, is)) in pairs.iter().enumerate() {
        hits += f32::from(u8::from(*is));
        let said = count as f32 + 1.0;
        let gain = if all < RARE {
            2.0 * hits / (said + all as f32)
        } else {
            2.0 * hits - MICRO * said
        };
        let below = pairs.get(count + 1).map_or(*sum, |(next, _)| *next);
        if gain > best.0 {
            best = (gain, f32::midpoint(*sum, below));
        }
    }
    best.1
}
