//! The linear layer: which features are kept, and one support vector machine for each output (dual coordinate descent
//! with squared hinge loss), all in a fixed order so that the same seed gives the same bits.

use std::collections::{BTreeMap, HashMap};

use super::chance::Chance;
use super::corpus::{Kind, Row};
use super::prepare::Prepared;
use super::{Plan, head_names, header};
use crate::classify::{
    Block, Feature, Feeling, Head, RARITY_STEP, SUBJECT_HEADS, TOPIC_HEADS, Weights, whole_number,
};

/// Features in fewer rows than this teach nothing.
const RAREST: u32 = 3;
/// Cost of an error.
const COST: f32 = 0.3;

/// The features that are kept: key and rarity in steps.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    keys: Vec<u32>,
    rarity: Vec<u8>,
}

/// One row as a list of columns and values.
pub(crate) type Sparse = Vec<(u32, f32)>;

/// What a head learns from a row: yes or no, with a weight.
pub(crate) type Target = Option<(bool, f32)>;

/// Picks features that are frequent enough, and of those the ones that tell most apart.
pub(crate) fn vocabulary(rows: &[&Prepared], plan: Plan) -> Vocabulary {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for row in rows {
        let mut keys: Vec<u32> = row
            .sentences
            .iter()
            .flat_map(|sentence| sentence.features.iter().map(|feature| feature.key))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    let total = rows.len() as f32;
    let kept: Vec<(u32, u32)> = counts
        .into_iter()
        .filter(|(_, count)| *count >= RAREST)
        .collect();
    let all = Vocabulary {
        keys: kept.iter().map(|(key, _)| *key).collect(),
        rarity: kept
            .iter()
            .map(|(_, count)| steps(((1.0 + total) / (1.0 + *count as f32)).ln() + 1.0))
            .collect(),
    };
    if all.keys.len() <= plan.rows {
        return all;
    }
    strongest(rows, &all, plan)
}

/// Trains once on all features and keeps those with the greatest weights.
fn strongest(rows: &[&Prepared], all: &Vocabulary, plan: Plan) -> Vocabulary {
    let (matrix, heads) = solve(rows, all, Plan { passes: 5, ..plan });
    let mut ranked: Vec<(f32, usize)> = (0..all.keys.len())
        .map(|place| {
            let row = matrix
                .get(place * heads..(place + 1) * heads)
                .unwrap_or_default();
            let rarity = f32::from(all.rarity.get(place).copied().unwrap_or(0)) * RARITY_STEP;
            (
                row.iter()
                    .map(|weight| (weight * rarity).powi(2))
                    .sum::<f32>(),
                place,
            )
        })
        .collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut places: Vec<usize> = ranked
        .into_iter()
        .take(plan.rows)
        .map(|(_, place)| place)
        .collect();
    places.sort_unstable();
    Vocabulary {
        keys: places
            .iter()
            .filter_map(|place| all.keys.get(*place))
            .copied()
            .collect(),
        rarity: places
            .iter()
            .filter_map(|place| all.rarity.get(*place))
            .copied()
            .collect(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value lies in 0..=255"
)]
fn steps(rarity: f32) -> u8 {
    (rarity / RARITY_STEP).round().clamp(0.0, 255.0) as u8
}

/// Fits the linear layer; `thresholds` holds places of heads and what they are given.
pub(crate) fn fit(
    rows: &[&Prepared],
    vocabulary: &Vocabulary,
    plan: Plan,
    thresholds: &[(usize, f32)],
) -> Weights {
    let (matrix, width) = solve(rows, vocabulary, plan);
    let names = head_names();
    let count = vocabulary.keys.len();
    let mut heads = Vec::with_capacity(width);
    for (place, name) in names.iter().enumerate() {
        let threshold = thresholds
            .iter()
            .find(|(head, _)| *head == place)
            .map_or(0.0, |(_, threshold)| *threshold);
        let column = || matrix.iter().skip(place).step_by(width).take(count);
        let greatest = column().fold(0.0_f32, |greatest, weight| greatest.max(weight.abs()));
        let bias = matrix.get(count * width + place).copied().unwrap_or(0.0);
        heads.push(Head {
            name: (*name).to_owned(),
            bias,
            scale: (greatest / 127.0).max(f32::MIN_POSITIVE),
            threshold,
        });
    }
    let numbers = matrix
        .iter()
        .take(count * width)
        .enumerate()
        .map(|(place, weight)| {
            let head = place % width;
            let scale = heads.get(head).map_or(1.0, |head| head.scale);
            whole_number(weight / scale)
        });
    let numbers = numbers.collect();
    Weights::new(
        header(heads, count),
        vocabulary.keys.clone(),
        vocabulary.rarity.clone(),
        numbers,
    )
    .unwrap_or_default()
}

/// Solves all heads; the answer is row by row one weight for each head, the last row is the bias.
fn solve(rows: &[&Prepared], vocabulary: &Vocabulary, plan: Plan) -> (Vec<f32>, usize) {
    let names = head_names();
    let width = names.len();
    let places: HashMap<u32, u32> = vocabulary
        .keys
        .iter()
        .zip(0_u32..)
        .map(|(key, place)| (*key, place))
        .collect();
    let mut matrix = vec![0.0_f32; (vocabulary.keys.len() + 1) * width];
    for group in groups(&names) {
        let mut data: Vec<(Sparse, Vec<Target>)> = Vec::new();
        for row in rows {
            let targets: Vec<Target> = group
                .iter()
                .map(|place| names.get(*place).and_then(|name| target(&row.row, name)))
                .collect();
            if targets.iter().any(Option::is_some) {
                data.push((sparse(row, &places, vocabulary), targets));
            }
        }
        balance(&mut data, group.len());
        let solved = descend(&data, vocabulary.keys.len() + 1, group.len(), plan);
        for (line, weights) in solved.chunks(group.len()).enumerate() {
            for (place, weight) in group.iter().zip(weights) {
                if let Some(slot) = matrix.get_mut(line * width + place) {
                    *slot = *weight;
                }
            }
        }
    }
    (matrix, width)
}

/// Heads that learn from the same rows.
fn groups(names: &[&str]) -> Vec<Vec<usize>> {
    let prefix = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (place, name) in names.iter().enumerate() {
        match groups.iter_mut().find(|(held, _)| *held == prefix(name)) {
            Some((_, group)) => group.push(place),
            None => groups.push((prefix(name), vec![place])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What a row teaches a head.
fn target(row: &Row, name: &str) -> Target {
    let feeling = |wanted: Feeling| row.feeling.map(|feeling| (feeling == wanted, 1.0));
    let rated = matches!(row.kind, Kind::Tweet | Kind::Review);
    let told = matches!(row.kind, Kind::Survey | Kind::Plain | Kind::Correction);
    let graded = |wanted: Feeling| {
        row.feeling
            .filter(|_| row.kind == Kind::Graded)
            .map(|feeling| (feeling == wanted, 0.5))
    };
    match name {
        "survey.negative" if row.kind == Kind::Graded => graded(Feeling::Negative),
        "survey.positive" if row.kind == Kind::Graded => graded(Feeling::Positive),
        "survey.negative" if told => feeling(Feeling::Negative),
        "survey.neutral" if told => feeling(Feeling::Neutral),
        "survey.positive" if told => feeling(Feeling::Positive),
        "graded.negative" if row.kind == Kind::Graded => feeling(Feeling::Negative),
        "graded.positive" if row.kind == Kind::Graded => row.score.map(|score| (score > 0.5, 1.0)),
        "general.negative" if rated => feeling(Feeling::Negative),
        "general.positive" if rated => feeling(Feeling::Positive),
        "domain.care" => Some((
            matches!(
                row.kind,
                Kind::Survey | Kind::Graded | Kind::Plain | Kind::Correction
            ),
            1.0,
        )),
        "domain.medicine" => Some((row.kind == Kind::Drug, 1.0)),
        "adverse" => row.adverse.map(|adverse| (adverse, 1.0)),
        _ if name.starts_with("subject.") => {
            let place = SUBJECT_HEADS.iter().position(|head| *head == name)?;
            row.subject.map(|subject| (subject == place, 1.0))
        }
        _ => {
            let place = TOPIC_HEADS.iter().position(|head| *head == name)?;
            row.topics
                .as_ref()
                .and_then(|topics| topics.get(place))
                .map(|is| (*is, 1.0))
        }
    }
}

/// Rare answers weigh more, by the root of how rare they are.
fn balance(data: &mut [(Sparse, Vec<Target>)], width: usize) {
    for head in 0..width {
        let answers = |data: &[(Sparse, Vec<Target>)], wanted: bool| {
            data.iter()
                .filter(|(_, targets)| {
                    targets
                        .get(head)
                        .is_some_and(|target| target.is_some_and(|(is, _)| is == wanted))
                })
                .count() as f32
        };
        let (yes, no) = (answers(data, true), answers(data, false));
        let raise = (no / yes.max(1.0)).sqrt().clamp(0.5, 5.0);
        for (_, targets) in data.iter_mut() {
            if let Some(Some((true, weight))) = targets.get_mut(head) {
                *weight *= raise;
            }
        }
    }
}

/// The columns of a row, each block at length one, and the bias.
fn sparse(row: &Prepared, places: &HashMap<u32, u32>, vocabulary: &Vocabulary) -> Sparse {
    let mut squares = (0.0_f32, 0.0_f32);
    let mut found: Vec<(u32, Block, f32)> = Vec::new();
    for feature in row.sentences.iter().flat_map(|sentence| &sentence.features) {
        let Feature { key, block, .. } = feature;
        let Some(place) = places.get(key) else {
            continue;
        };
        let rarity =
            f32::from(vocabulary.rarity.get(*place as usize).copied().unwrap_or(0)) * RARITY_STEP;
        match block {
            Block::Words => squares.0 += rarity * rarity,
            Block::Pieces => squares.1 += rarity * rarity,
        }
        found.push((*place, *block, rarity));
    }
    found.sort_by_key(|(place, _, _)| *place);
    let mut sparse: Sparse = Vec::with_capacity(found.len() + 1);
    for (place, block, rarity) in found {
        let square = if block == Block::Words {
            squares.0
        } else {
            squares.1
        };
        let value = rarity * crate::classify::norm(square);
        match sparse.last_mut() {
            Some((last, sum)) if *last == place => *sum += value,
            _ => sparse.push((place, value)),
        }
    }
    sparse.push((
        u32::try_from(vocabulary.keys.len()).unwrap_or(u32::MAX),
        1.0,
    ));
    sparse
}

/// Dual coordinate descent over all heads of a group at once.
pub(crate) fn descend(
    data: &[(Sparse, Vec<Target>)],
    columns: usize,
    width: usize,
    plan: Plan,
) -> Vec<f32> {
    let mut weights = vec![0.0_f32; columns * width];
    let mut duals = vec![0.0_f32; data.len() * width];
    let mut order: Vec<usize> = (0..data.len()).collect();
    let mut chance = Chance::new(plan.seed);
    let mut sums = vec![0.0_f32; width];
    let mut steps = vec![0.0_f32; width];
    for _ in 0..plan.passes {
        chance.shuffle(&mut order);
        for place in &order {
            let Some((sparse, targets)) = data.get(*place) else {
                continue;
            };
            sums.fill(0.0);
            let mut square = 0.0_f32;
            for (column, value) in sparse {
                let start = *column as usize * width;
                square += value * value;
                for (sum, weight) in sums
                    .iter_mut()
                    .zip(weights.get(start..start + width).unwrap_or_default())
                {
                    *sum += value * weight;
                }
            }
            let own = duals
                .get_mut(place * width..(place + 1) * width)
                .unwrap_or_default();
            for (((step, sum), dual), target) in steps.iter_mut().zip(&sums).zip(own).zip(targets) {
                *step = target.map_or(0.0, |target| advance(*sum, dual, target, square));
            }
            for (column, value) in sparse {
                let start = *column as usize * width;
                for (weight, step) in weights
                    .get_mut(start..start + width)
                    .unwrap_or_default()
                    .iter_mut()
                    .zip(&steps)
                {
                    *weight += value * step;
                }
            }
        }
    }
    weights
}

/// One step of one head; the answer is what the weights move by.
fn advance(sum: f32, dual: &mut f32, (is, weight): (bool, f32), square: f32) -> f32 {
    let sign = if is { 1.0 } else { -1.0 };
    let slack = 1.0 / (2.0 * COST * weight);
    let gradient = sign * sum - 1.0 + slack * *dual;
    let before = *dual;
    *dual = (before - gradient / (square + slack)).max(0.0);
    (*dual - before) * sign
}
