//! Figures with intervals: what is said of a model is measured, and how sure the measure is stands beside it.

use super::chance::Chance;

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The figure over all rows.
    pub value: f64,
    /// 2.5 % of resamples lie below.
    pub low: f64,
    /// 2.5 % lie above.
    pub high: f64,
}

impl std::fmt::Display for Interval {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{:.3} [{:.3}, {:.3}]",
            self.value, self.low, self.high
        )
    }
}

/// A figure over rows and its bootstrap interval from resampled rows.
pub fn bootstrap<T>(
    rows: &[T],
    resamples: usize,
    seed: u64,
    figure: impl Fn(&[&T]) -> f64,
) -> Interval {
    let all: Vec<&T> = rows.iter().collect();
    let value = figure(&all);
    let mut chance = Chance::new(seed);
    let mut values: Vec<f64> = (0..resamples)
        .map(|_| {
            let drawn: Vec<&T> = (0..rows.len())
                .filter_map(|_| rows.get(chance.below(rows.len())))
                .collect();
            figure(&drawn)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |place: usize| {
        values
            .get(place.min(values.len().saturating_sub(1)))
            .copied()
            .unwrap_or(value)
    };
    Interval {
        value,
        low: at(resamples / 40),
        high: at(resamples.saturating_sub(resamples / 40 + 1)),
    }
}

/// Counts of a yes-or-no answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Binary {
    /// Said yes, is yes.
    pub hits: u32,
    /// Said yes, is no.
    pub alarms: u32,
    /// Said no, is yes.
    pub misses: u32,
    /// Said no, is no.
    pub rest: u32,
}

impl Binary {
    /// Counts one answer: what was said, and what is.
    pub const fn count(&mut self, answer: (bool, bool)) {
        match answer {
            (true, true) => self.hits += 1,
            (true, false) => self.alarms += 1,
            (false, true) => self.misses += 1,
            (false, false) => self.rest += 1,
        }
    }

    /// Hits over all that is.
    pub fn recall(&self) -> f64 {
        ratio(self.hits, self.hits + self.misses)
    }

    /// Hits over all that was said.
    pub fn precision(&self) -> f64 {
        ratio(self.hits, self.hits + self.alarms)
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        ratio(2 * self.hits, 2 * self.hits + self.alarms + self.misses)
    }
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        0.0
    } else {
        f64::from(part) / f64::from(whole)
    }
}

/// A table of what is (rows) and what was said (columns).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confusion {
    /// How many answers there are.
    classes: usize,
    counts: Vec<u32>,
}

impl Confusion {
    /// An empty table.
    pub fn new(classes: usize) -> Self {
        Self {
            classes,
            counts: vec![0; classes * classes],
        }
    }

    /// Counts one answer.
    pub fn count(&mut self, is: usize, said: usize) {
        if let Some(count) = self.counts.get_mut(is * self.classes + said) {
            *count += 1;
        }
    }

    /// One cell.
    pub fn at(&self, is: usize, said: usize) -> u32 {
        self.counts
            .get(is * self.classes + said)
            .copied()
            .unwrap_or(0)
    }

    /// One class against the rest.
    pub fn binary(&self, class: usize) -> Binary {
        let mut binary = Binary::default();
        for is in 0..self.classes {
            for said in 0..self.classes {
                let count = self.at(is, said);
                match (said == class, is == class) {
                    (true, true) => binary.hits += count,
                    (true, false) => binary.alarms += count,
                    (false, true) => binary.misses += count,
                    (false, false) => binary.rest += count,
                }
            }
        }
        binary
    }

    /// The mean F1 of all classes.
    pub fn macro_f1(&self) -> f64 {
        (0..self.classes)
            .map(|class| self.binary(class).f1())
            .sum::<f64>()
            / self.classes.max(1) as f64
    }
}

/// Pearson's correlation of pairs.
pub fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len().max(1) as f64;
    let (first, second) = pairs.iter().fold((0.0, 0.0), |(first, second), pair| {
        (first + pair.0 / count, second + pair.1 / count)
    });
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for pair in pairs {
        both += (pair.0 - first) * (pair.1 - second);
        one += (pair.0 - first).powi(2);
        other += (pair.1 - second).powi(2);
    }
    if one * other > 0.0 {
        both / (one * other).sqrt()
    } else {
        0.0
    }
}
