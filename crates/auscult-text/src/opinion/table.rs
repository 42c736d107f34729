//! Trained weights under the keys of features: small whole numbers with a scale for each output.
//!
//! File (`data/weights/*.weights`): the line `auscult-opinion 1`, one line of JSON ([`TableHeader`]), then for each row its
//! key (u32, little-endian), and row by row one i8 for each output.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::features::Features;
use crate::classify::{BadWeights, Hashed, Head};

/// The first part of a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct TableHeader {
    /// How many rows follow.
    pub(crate) rows: usize,
    /// The outputs, in the order of the numbers of a row.
    pub(crate) heads: Vec<Head>,
    /// The score of the first output below which a doubtful finding of the rules is not believed.
    pub(crate) doubt: f32,
}

/// Trained weights ready for use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub(crate) header: TableHeader,
    places: HashMap<u32, u32, Hashed>,
    keys: Vec<u32>,
    numbers: Vec<i8>,
}

const MAGIC: &[u8] = b"auscult-opinion 1\n";
/// What a fact weighs beside all words together.
pub(crate) const FACT: f32 = 0.6;

impl Table {
    /// Puts a table together; `numbers` holds one row of `header.heads.len()` for each key.
    pub(crate) fn new(
        header: TableHeader,
        keys: Vec<u32>,
        numbers: Vec<i8>,
    ) -> Result<Self, BadWeights> {
        if keys.len() != header.rows || numbers.len() != header.rows * header.heads.len() {
            return Err(BadWeights("the file is cut off or too long".to_owned()));
        }
        let places = keys.iter().zip(0_u32..).map(|(key, place)| (*key, place));
        Ok(Self {
            places: places.collect(),
            header,
            keys,
            numbers,
        })
    }

    /// Reads a file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadWeights> {
        let bad = |what: &str| BadWeights(what.to_owned());
        let rest = bytes
            .strip_prefix(MAGIC)
            .ok_or_else(|| bad("the file does not begin with `auscult-opinion 1`"))?;
        let end = memchr::memchr(b'\n', rest).ok_or_else(|| bad("no header"))?;
        let (header, rest) = rest.split_at_checked(end).ok_or_else(|| bad("no header"))?;
        let header: TableHeader =
            serde_json::from_slice(header).map_err(|error| BadWeights(error.to_string()))?;
        let (keys, numbers) = header
            .rows
            .checked_mul(4)
            .and_then(|length| rest.get(1..)?.split_at_checked(length))
            .ok_or_else(|| bad("the file is cut off"))?;
        let keys = keys.as_chunks::<4>().0.iter();
        Self::new(
            header,
            keys.map(|bytes| u32::from_le_bytes(*bytes)).collect(),
            numbers.iter().map(|byte| byte.cast_signed()).collect(),
        )
    }

    /// Writes a file; the same table gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BadWeights> {
        let mut bytes = MAGIC.to_vec();
        serde_json::to_writer(&mut bytes, &self.header)
            .map_err(|error| BadWeights(error.to_string()))?;
        bytes.push(b'\n');
        bytes.extend(self.keys.iter().flat_map(|key| key.to_le_bytes()));
        bytes.extend(self.numbers.iter().map(|number| number.cast_unsigned()));
        Ok(bytes)
    }

    /// The row of a key, where it was learnt.
    fn row(&self, key: u32) -> Option<&[i8]> {
        let width = self.header.heads.len();
        let place = *self.places.get(&key)? as usize;
        self.numbers.get(place * width..(place + 1) * width)
    }

    /// The scores of all outputs; `features` are sorted.
    pub(crate) fn scores(&self, features: &Features) -> Vec<f32> {
        let mut words = vec![0_i32; self.header.heads.len()];
        let mut facts = words.clone();
        let mut count = 0_u16;
        let mut before = None;
        for occurrence in &features.words {
            if before.replace(occurrence.key) == Some(occurrence.key) {
                continue;
            }
            let Some(row) = self.row(occurrence.key) else {
                continue;
            };
            count = count.saturating_add(1);
            for (sum, number) in words.iter_mut().zip(row) {
                *sum += i32::from(*number);
            }
        }
        for row in features.facts.iter().filter_map(|key| self.row(*key)) {
            for (sum, number) in facts.iter_mut().zip(row) {
                *sum += i32::from(*number);
            }
        }
        let length = f32::from(count.max(1)).sqrt();
        self.header
            .heads
            .iter()
            .zip(words.iter().zip(&facts))
            .map(|(head, (words, facts))| {
                head.bias + head.scale * (*words as f32 / length + FACT * *facts as f32)
            })
            .collect()
    }

    /// The stretch of words with the greatest share in the first output: first word and one past the last.
    pub(crate) fn loudest(&self, features: &Features, sentences: &[usize]) -> (usize, usize) {
        let mut shares = vec![0.0_f32; sentences.len()];
        for occurrence in &features.words {
            let Some(number) = self.row(occurrence.key).and_then(|row| row.first()) else {
                continue;
            };
            let (first, end) = (occurrence.first as usize, occurrence.end as usize);
            let each = f32::from(*number) / (end - first).max(1) as f32;
            for share in shares.get_mut(first..end).unwrap_or_default() {
                *share += each;
            }
        }
        let (mut best, mut stretch) = (f32::MIN, (0, sentences.len().min(1)));
        let (mut sum, mut from) = (0.0_f32, 0);
        for (at, share) in shares.iter().enumerate() {
            let turns = at > 0 && sentences.get(at) != sentences.get(at - 1);
            if sum <= 0.0 || turns {
                (sum, from) = (0.0, at);
            }
            sum += share;
            if sum > best {
                (best, stretch) = (sum, (from, at + 1));
            }
        }
        stretch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written_and_a_broken_one_is_refused() {
        let head = Head {
            name: "block".to_owned(),
            bias: -1.0,
            scale: 0.5,
            threshold: 0.0,
        };
        let header = TableHeader {
            rows: 2,
            heads: vec![head],
            doubt: -0.5,
        };
        let table = Table::new(header, vec![1, 7], vec![-3, 4]).expect("rows fit");
        let bytes = table.to_bytes().expect("a table is written");
        assert_eq!(Table::from_bytes(&bytes), Ok(table));
        for end in 0..bytes.len() {
            assert!(Table::from_bytes(bytes.get(..end).unwrap_or_default()).is_err());
        }
    }
}
