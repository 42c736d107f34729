//! Fits a table of the second opinion: one support vector machine for each output over the features that tell most.

use std::collections::{BTreeMap, HashMap};

use super::Plan;
use super::linear::{Sparse, Target, descend};
use crate::classify::{Head, whole_number};
use crate::opinion::{FACT, Features, Table, TableHeader};

/// A text and what it teaches each output.
#[derive(Debug, Clone)]
pub(crate) struct Lesson {
    pub(crate) features: Features,
    pub(crate) targets: Vec<Target>,
}

/// Features in fewer texts than this teach nothing.
const RAREST: u32 = 2;
const PASSES: usize = 30;

/// The table with these outputs, of at most `most` rows.
pub(crate) fn fit(lessons: &[&Lesson], names: &[&str], most: usize) -> Table {
    let mut keys = frequent(lessons);
    if keys.len() > most {
        let weights = solve(lessons, &keys, names.len());
        let mut ranked: Vec<(f32, u32)> = weights
            .chunks(names.len())
            .zip(&keys)
            .map(|(row, key)| (row.iter().map(|weight| weight * weight).sum(), *key))
            .collect();
        ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        keys = ranked.into_iter().take(most).map(|(_, key)| key).collect();
        keys.sort_unstable();
    }
    let weights = solve(lessons, &keys, names.len());
    let width = names.len();
    let heads: Vec<Head> = names
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let column = weights.iter().skip(place).step_by(width).take(keys.len());
            let greatest = column.fold(0.0_f32, |most, weight| most.max(weight.abs()));
            Head {
                name: (*name).to_owned(),
                bias: weights
                    .get(keys.len() * width + place)
                    .copied()
                    .unwrap_or(0.0),
                scale: (greatest / 127.0).max(f32::MIN_POSITIVE),
                threshold: 0.0,
            }
        })
        .collect();
    let numbers = weights
        .iter()
        .take(keys.len() * width)
        .enumerate()
        .map(|(place, weight)| {
            whole_number(weight / heads.get(place % width).map_or(1.0, |head| head.scale))
        })
        .collect();
    let header = TableHeader {
        rows: keys.len(),
        heads,
        doubt: f32::MIN,
    };
    Table::new(header, keys, numbers).unwrap_or_default()
}

/// Keys found in more than one text, in order.
fn frequent(lessons: &[&Lesson]) -> Vec<u32> {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for lesson in lessons {
        let mut keys: Vec<u32> = lesson
            .features
            .words
            .iter()
            .map(|found| found.key)
            .collect();
        keys.dedup();
        for key in keys.iter().chain(&lesson.features.facts) {
            *counts.entry(*key).or_default() += 1;
        }
    }
    let kept = counts.into_iter().filter(|(_, count)| *count >= RAREST);
    kept.map(|(key, _)| key).collect()
}

/// The weights row by row, the last row is the bias.
fn solve(lessons: &[&Lesson], keys: &[u32], width: usize) -> Vec<f32> {
    let places: HashMap<u32, u32> = keys.iter().copied().zip(0_u32..).collect();
    let data: Vec<(Sparse, Vec<Target>)> = lessons
        .iter()
        .map(|lesson| (sparse(&lesson.features, &places), lesson.targets.clone()))
        .collect();
    let plan = Plan {
        passes: PASSES,
        ..Plan::default()
    };
    descend(&data, keys.len() + 1, width, plan)
}

/// The columns of a text as [`Table::scores`] weighs them, and the bias.
fn sparse(features: &Features, places: &HashMap<u32, u32>) -> Sparse {
    let mut columns: Vec<u32> = features
        .words
        .iter()
        .filter_map(|found| places.get(&found.key).copied())
        .collect();
    columns.sort_unstable();
    columns.dedup();
    let value = 1.0 / (columns.len().max(1) as f32).sqrt();
    let mut sparse: Sparse = columns.into_iter().map(|column| (column, value)).collect();
    let facts = features.facts.iter().filter_map(|key| places.get(key));
    sparse.extend(facts.map(|column| (*column, FACT)));
    sparse.push((u32::try_from(places.len()).unwrap_or(u32::MAX), 1.0));
    sparse
}

/// The score that this share of scores does not pass.
pub(crate) fn quantile(mut scores: Vec<f32>, share: f64) -> f32 {
    scores.sort_by(f32::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count"
    )]
    let place = (scores.len() as f64 * share) as usize;
    let last = scores.len().saturating_sub(1);
    scores.get(place.min(last)).copied().unwrap_or(0.0)
}
