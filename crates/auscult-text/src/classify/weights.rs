//! The trained weights: one linear row for each feature, small whole numbers with a scale for each output.
//!
//! File (`data/weights/*.weights`): the line `auscult-weights 1`, one line of JSON ([`Header`]), then for each row its key
//! (u32, little-endian), for each row its rarity (u8, in sixteenths), and row by row one i8 for each output.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::features::{Block, Feature};
use super::words::Hashed;

/// A weights file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("weights: {0}")]
pub struct BadWeights(pub String);

/// One output of the linear layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// What it answers: `topic.waiting_time`, `adverse`, `survey.negative` …
    pub name: String,
    /// Added to its sum.
    pub bias: f32,
    /// One step of its whole numbers.
    pub scale: f32,
    /// The sum from which the answer is yes.
    pub threshold: f32,
}

/// A small layered net that joins scores; the join of sentiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Net {
    /// Subtracted from each input.
    pub means: Vec<f32>,
    /// Multiplied after that.
    pub factors: Vec<f32>,
    /// Hidden row by hidden row: one weight for each input, then the bias.
    pub hidden: Vec<Vec<f32>>,
    /// Output by output: one weight for each hidden cell, one for each input, then the bias.
    pub out: Vec<Vec<f32>>,
}

/// Several nets trained from different seeds; what they say is averaged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Panel(pub Vec<Net>);

/// The first part of a weights file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Raised when the features or the file change their meaning.
    pub version: u32,
    /// How many rows follow.
    pub rows: usize,
    /// The outputs, in the order of the numbers of a row.
    pub heads: Vec<Head>,
    /// The join of sentiment.
    pub join: Panel,
    /// The join of topics.
    pub topics: Panel,
    /// The join of unwanted effects.
    pub effects: Panel,
}

/// Weights ready for use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    pub(crate) header: Header,
    places: HashMap<u32, u32, Hashed>,
    /// A bit for the low bits of each key: most features that have no row are told by one look.
    known: Vec<u64>,
    keys: Vec<u32>,
    rarity: Vec<u8>,
    numbers: Vec<i8>,
    /// The numbers again, each row filled up to whole lanes.
    lanes: Vec<Lane>,
}

/// Numbers that are added at once.
const LANE: usize = 16;
/// One lane of a row.
type Lane = [i8; LANE];

const MAGIC: &[u8] = b"auscult-weights 1\n";
/// The version of features and file this program reads.
pub(crate) const VERSION: u32 = 1;
/// Words of the bitmap of known features.
const KNOWN_WORDS: usize = 1 << 11;

/// Where the bit of a key stands: the word and the bit in it.
const fn known_bit(key: u32) -> (usize, u64) {
    ((key as usize >> 6) & (KNOWN_WORDS - 1), 1 << (key & 63))
}

/// Steps of rarity.
pub(crate) const RARITY_STEP: f32 = 1.0 / 16.0;

impl Weights {
    /// Puts weights together; `numbers` holds one row of `header.heads.len()` for each key.
    pub fn new(
        header: Header,
        keys: Vec<u32>,
        rarity: Vec<u8>,
        numbers: Vec<i8>,
    ) -> Result<Self, BadWeights> {
        let rows = keys.len();
        if header.version != VERSION {
            return Err(BadWeights(format!(
                "version {} cannot be read, only {VERSION}; train again",
                header.version
            )));
        }
        if rows != header.rows || rarity.len() != rows || numbers.len() != rows * header.heads.len()
        {
            return Err(BadWeights("the file is cut off or too long".to_owned()));
        }
        let places = keys
            .iter()
            .zip(0_u32..)
            .map(|(key, place)| (*key, place))
            .collect();
        let mut known = vec![0_u64; KNOWN_WORDS];
        for key in &keys {
            let (word, bit) = known_bit(*key);
            if let Some(word) = known.get_mut(word) {
                *word |= bit;
            }
        }
        let mut lanes = Vec::new();
        for row in numbers.chunks(header.heads.len().max(1)) {
            for part in row.chunks(LANE) {
                let mut lane = [0; LANE];
                for (slot, number) in lane.iter_mut().zip(part) {
                    *slot = *number;
                }
                lanes.push(lane);
            }
        }
        Ok(Self {
            header,
            places,
            known,
            keys,
            rarity,
            numbers,
            lanes,
        })
    }

    /// Reads a file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadWeights> {
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| {
            BadWeights("the file does not begin with `auscult-weights 1`".to_owned())
        })?;
        let end = memchr::memchr(b'\n', rest).ok_or_else(|| BadWeights("no header".to_owned()))?;
        let (header, rest) = rest
            .split_at_checked(end)
            .ok_or_else(|| BadWeights("no header".to_owned()))?;
        let header: Header = serde_json::from_slice(header)
            .map_err(|error| BadWeights(format!("header: {error}")))?;
        let rest = rest.get(1..).unwrap_or_default();
        let cut = || BadWeights("the file is cut off".to_owned());
        let bytes_of_keys = header.rows.checked_mul(4).ok_or_else(cut)?;
        let (keys, rest) = rest.split_at_checked(bytes_of_keys).ok_or_else(cut)?;
        let (rarity, numbers) = rest.split_at_checked(header.rows).ok_or_else(cut)?;
        let keys = keys
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| u32::from_le_bytes(*bytes))
            .collect();
        Self::new(
            header,
            keys,
            rarity.to_vec(),
            numbers
                .iter()
                .map(|byte| i8::from_le_bytes([*byte]))
                .collect(),
        )
    }

    /// Writes a file; the same weights give the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BadWeights> {
        let mut bytes = MAGIC.to_vec();
        serde_json::to_writer(&mut bytes, &self.header)
            .map_err(|error| BadWeights(error.to_string()))?;
        bytes.push(b'\n');
        bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
        bytes.extend_from_slice(&self.rarity);
        bytes.extend(self.numbers.iter().flat_map(|number| number.to_le_bytes()));
        Ok(bytes)
    }

    /// The same weights with other joins.
    #[must_use]
    pub fn with_joins(mut self, join: Panel, topics: Panel, effects: Panel) -> Self {
        self.header.join = join;
        self.header.topics = topics;
        self.header.effects = effects;
        self
    }

    /// The place of an output.
    pub fn head(&self, name: &str) -> Option<usize> {
        self.header.heads.iter().position(|head| head.name == name)
    }

    /// All outputs.
    pub fn heads(&self) -> &[Head] {
        &self.header.heads
    }

    /// The row of a feature.
    fn place(&self, key: u32) -> Option<usize> {
        let (word, bit) = known_bit(key);
        if self.known.get(word)? & bit == 0 {
            return None;
        }
        self.places.get(&key).map(|place| *place as usize)
    }

    /// Adds one occurrence.
    pub(crate) fn add(&self, feature: Feature, sum: &mut Sum) {
        let Some(place) = self.place(feature.key) else {
            return;
        };
        let width = self.header.heads.len().div_ceil(LANE);
        let Some(row) = self.lanes.get(place * width..(place + 1) * width) else {
            return;
        };
        let sixteenths = i16::from(self.rarity.get(place).copied().unwrap_or(0));
        let rarity = f32::from(sixteenths) * RARITY_STEP;
        let part = match feature.block {
            Block::Words => &mut sum.words,
            Block::Pieces => &mut sum.pieces,
        };
        part.square += rarity * rarity;
        if part.totals.len() < width {
            part.totals.resize(width, [0; LANE]);
        }
        // The product of a byte and a signed byte fits sixteen bits.
        for (totals, numbers) in part.totals.iter_mut().zip(row) {
            for (total, number) in totals.iter_mut().zip(numbers) {
                *total += i32::from(sixteenths.wrapping_mul(i16::from(*number)));
            }
        }
    }

    /// The share of one occurrence in an output, before the norm.
    pub(crate) fn share(&self, feature: Feature, head: usize) -> f32 {
        let Some(place) = self.place(feature.key) else {
            return 0.0;
        };
        let width = self.header.heads.len();
        let number = self.numbers.get(place * width + head).copied().unwrap_or(0);
        let rarity = f32::from(self.rarity.get(place).copied().unwrap_or(0)) * RARITY_STEP;
        rarity * f32::from(number) * self.header.heads.get(head).map_or(0.0, |head| head.scale)
    }

    /// The outputs of a sum.
    pub(crate) fn outputs(&self, sum: &Sum) -> Vec<f32> {
        let words = norm(sum.words.square);
        let pieces = norm(sum.pieces.square);
        let of = |part: &Part, place: usize| {
            let total = part.totals.as_flattened().get(place).copied();
            total.unwrap_or(0) as f32 * RARITY_STEP
        };
        self.header
            .heads
            .iter()
            .enumerate()
            .map(|(place, head)| {
                head.bias
                    + head.scale * (of(&sum.words, place) * words + of(&sum.pieces, place) * pieces)
            })
            .collect()
    }
}

/// Weights taken apart to be moved: the whole numbers become fractions until they are tightened again.
#[derive(Debug, Clone)]
pub(crate) struct Loose {
    base: Weights,
    numbers: Vec<f32>,
    biases: Vec<f32>,
}

impl Weights {
    /// Takes the weights apart.
    pub(crate) fn loosen(&self) -> Loose {
        let width = self.header.heads.len().max(1);
        let scale = |place: usize| {
            self.header
                .heads
                .get(place % width)
                .map_or(0.0, |head| head.scale)
        };
        Loose {
            numbers: self
                .numbers
                .iter()
                .enumerate()
                .map(|(place, number)| f32::from(*number) * scale(place))
                .collect(),
            biases: self.header.heads.iter().map(|head| head.bias).collect(),
            base: self.clone(),
        }
    }
}

impl Loose {
    /// Moves one head so that a text answers as it should, by at most a step.
    pub(crate) fn nudge(
        &mut self,
        head: usize,
        features: impl Iterator<Item = Feature> + Clone,
        is: bool,
        (margin, step): (f32, f32),
    ) {
        let width = self.base.header.heads.len();
        let known = |feature: Feature| {
            let place = self.base.place(feature.key)?;
            Some((
                place,
                feature.block,
                f32::from(self.base.rarity.get(place).copied().unwrap_or(0)) * RARITY_STEP,
            ))
        };
        let found: Vec<(usize, Block, f32)> = features.filter_map(known).collect();
        let square = |block: Block| {
            found
                .iter()
                .filter(|(_, own, _)| *own == block)
                .map(|(_, _, rarity)| rarity * rarity)
                .sum::<f32>()
        };
        let (words, pieces) = (norm(square(Block::Words)), norm(square(Block::Pieces)));
        let value =
            |block: Block, rarity: f32| rarity * if block == Block::Words { words } else { pieces };
        let mut sum = self.biases.get(head).copied().unwrap_or(0.0);
        for (place, block, rarity) in &found {
            sum += value(*block, *rarity)
                * self
                    .numbers
                    .get(place * width + head)
                    .copied()
                    .unwrap_or(0.0);
        }
        let sign = if is { 1.0 } else { -1.0 };
        let loss = margin - sign * sum;
        if loss <= 0.0 {
            return;
        }
        let length =
            1.0 + if words > 0.0 { 1.0 } else { 0.0 } + if pieces > 0.0 { 1.0 } else { 0.0 };
        let rate = (loss / length).min(step) * sign;
        if let Some(bias) = self.biases.get_mut(head) {
            *bias += rate * 0.1;
        }
        for (place, block, rarity) in &found {
            if let Some(number) = self.numbers.get_mut(place * width + head) {
                *number += rate * value(*block, *rarity);
            }
        }
    }

    /// Puts the weights together again.
    pub(crate) fn tighten(self) -> Weights {
        let mut weights = self.base;
        let width = weights.header.heads.len();
        for (place, (head, bias)) in weights.header.heads.iter_mut().zip(self.biases).enumerate() {
            head.bias = bias;
            let greatest = self
                .numbers
                .iter()
                .skip(place)
                .step_by(width.max(1))
                .fold(0.0_f32, |most, number| most.max(number.abs()));
            head.scale = (greatest / 127.0).max(f32::MIN_POSITIVE);
        }
        let scales: Vec<f32> = weights.header.heads.iter().map(|head| head.scale).collect();
        let numbers = self.numbers.iter().enumerate().map(|(place, number)| {
            whole_number(number / scales.get(place % width.max(1)).copied().unwrap_or(1.0))
        });
        Weights::new(
            weights.header,
            weights.keys,
            weights.rarity,
            numbers.collect(),
        )
        .unwrap_or_default()
    }
}

/// The nearest whole number that fits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the value lies in -127..=127"
)]
pub(crate) fn whole_number(value: f32) -> i8 {
    value.round().clamp(-127.0, 127.0) as i8
}

/// One over the length of a vector.
pub(crate) fn norm(square: f32) -> f32 {
    if square > 0.0 {
        1.0 / square.sqrt()
    } else {
        0.0
    }
}

/// A sum of occurrences in one block.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    square: f32,
    /// In sixteenths, so that whole numbers add up.
    totals: Vec<[i32; LANE]>,
}

/// A sum of occurrences; sums add up, so a post is the sum of its sentences.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sum {
    words: Part,
    pieces: Part,
}

impl Sum {
    /// Adds another sum.
    pub(crate) fn add(&mut self, other: &Self) {
        for (own, more) in [
            (&mut self.words, &other.words),
            (&mut self.pieces, &other.pieces),
        ] {
            own.square += more.square;
            if own.totals.len() < more.totals.len() {
                own.totals.resize(more.totals.len(), [0; LANE]);
            }
            let totals = own.totals.as_flattened_mut().iter_mut();
            for (total, part) in totals.zip(more.totals.as_flattened()) {
                *total += part;
            }
        }
    }
}

impl Panel {
    /// The mean of the outputs of its nets.
    pub fn outputs(&self, inputs: &[f32]) -> Vec<f32> {
        let count = self.0.len().max(1) as f32;
        let mut means: Vec<f32> = Vec::new();
        for net in &self.0 {
            let outputs = net.outputs(inputs);
            means.resize(outputs.len(), 0.0);
            for (mean, output) in means.iter_mut().zip(outputs) {
                *mean += output / count;
            }
        }
        means
    }
}

impl Net {
    /// The outputs for some inputs.
    pub fn outputs(&self, inputs: &[f32]) -> Vec<f32> {
        // The hidden cells stand before the inputs, so that an output is one sum.
        let mut values = vec![0.0_f32; self.hidden.len()];
        values.reserve(inputs.len());
        let scaled = inputs
            .iter()
            .zip(self.means.iter().zip(&self.factors))
            .map(|(input, (mean, factor))| (input - mean) * factor);
        values.extend(scaled);
        let (cells, scaled) = values.split_at_mut(self.hidden.len());
        for (cell, row) in cells.iter_mut().zip(&self.hidden) {
            *cell = bent(row_sum(row, scaled));
        }
        self.out.iter().map(|row| row_sum(row, &values)).collect()
    }
}

/// The hyperbolic tangent, to about four digits.
fn bent(value: f32) -> f32 {
    let value = value.clamp(-4.97, 4.97);
    let square = value * value;
    let above = value * (135_135.0 + square * (17_325.0 + square * (378.0 + square)));
    let below = 135_135.0 + square * (62_370.0 + square * (3_150.0 + square * 28.0));
    above / below
}

/// Sums that run side by side, so that one does not wait for the other.
const LANES: usize = 8;

/// The bias (the last number) and the weighted sum of a list, always added in the same order.
pub(crate) fn row_sum(row: &[f32], values: &[f32]) -> f32 {
    let bias = row.get(values.len()).copied().unwrap_or(0.0);
    let (weights, rest_of_weights) = row.get(..values.len()).unwrap_or(row).as_chunks::<LANES>();
    let (values, rest_of_values) = values.as_chunks::<LANES>();
    let mut lanes = [0.0_f32; LANES];
    for (weights, values) in weights.iter().zip(values) {
        for ((lane, weight), value) in lanes.iter_mut().zip(weights).zip(values) {
            *lane += weight * value;
        }
    }
    let rest: f32 = rest_of_weights
        .iter()
        .zip(rest_of_values)
        .map(|(weight, value)| weight * value)
        .sum();
    bias + lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::Classifier;

    #[test]
    fn every_row_is_found_and_adds_its_own_numbers() {
        let weights = Classifier::built_in().weights().unwrap();
        let width = weights.heads().len();
        for (place, (key, row)) in weights
            .keys
            .iter()
            .zip(weights.numbers.chunks(width))
            .enumerate()
        {
            assert_eq!(weights.place(*key), Some(place));
            let mut sum = Sum::default();
            let (key, block, word) = (*key, Block::Words, 0);
            weights.add(Feature { key, block, word }, &mut sum);
            let rarity = i32::from(weights.rarity[place]);
            let wanted: Vec<i32> = row.iter().map(|one| rarity * i32::from(*one)).collect();
            assert_eq!(sum.words.totals.as_flattened()[..width], wanted);
        }
    }
}
