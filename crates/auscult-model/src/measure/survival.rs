//! Waiting times: those who still wait stay in the curve, censored at their present age.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF};

use super::Z_95;

/// One step of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalStep {
    /// Time.
    pub t: f64,
    /// How many still waited just before.
    pub at_risk: u64,
    /// How many were answered at this time.
    pub events: u64,
    /// Share that waits longer.
    pub survival: f64,
    /// Greenwood's standard error; `None` when nobody waits any more.
    pub se: Option<f64>,
    /// Lower end (log-log).
    pub low: f64,
    /// Upper end (log-log).
    pub high: f64,
}

/// The curve of those who still wait (Kaplan and Meier 1958; Greenwood's variance; log-log interval).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Survival {
    /// The steps.
    pub steps: Vec<SurvivalStep>,
    /// Observations.
    pub n: u64,
    /// Longest time seen, answered or not.
    pub longest: f64,
}

/// Fits the curve to `(time, answered)` pairs. At a tie, answers come before censorings.
pub fn kaplan_meier(observations: &[(f64, bool)]) -> Survival {
    let mut sorted: Vec<(f64, bool)> = observations.to_vec();
    sorted.sort_by(|one, two| one.0.total_cmp(&two.0));
    let mut survival = 1.0;
    let mut greenwood = 0.0;
    let mut steps = Vec::new();
    let mut at_risk = sorted.len() as u64;
    let mut rest = sorted.as_slice();
    while let Some((time, _)) = rest.first().copied() {
        let same = rest
            .iter()
            .take_while(|(other, _)| other.total_cmp(&time).is_eq())
            .count();
        let (tied, later) = rest.split_at(same);
        let events = tied.iter().filter(|(_, answered)| *answered).count() as u64;
        if events > 0 {
            let (risk, gone) = (at_risk as f64, events as f64);
            survival *= 1.0 - gone / risk;
            greenwood += gone / (risk * (risk - gone));
            steps.push(step(time, (at_risk, events), survival, greenwood));
        }
        at_risk -= same as u64;
        rest = later;
    }
    Survival {
        steps,
        n: sorted.len() as u64,
        longest: sorted.last().map_or(0.0, |(time, _)| *time),
    }
}

fn step(t: f64, (at_risk, events): (u64, u64), survival: f64, greenwood: f64) -> SurvivalStep {
    if survival <= 0.0 {
        return SurvivalStep {
            t,
            at_risk,
            events,
            survival: 0.0,
            se: None,
            low: 0.0,
            high: 0.0,
        };
    }
    let log = survival.ln();
    let theta = Z_95 * greenwood.sqrt() / log.abs();
    SurvivalStep {
        t,
        at_risk,
        events,
        survival,
        se: Some(survival * greenwood.sqrt()),
        low: (log * theta.exp()).exp(),
        high: (log * (-theta).exp()).exp(),
    }
}

impl Survival {
    /// The first time by which a share `p` was answered; `None` when it is not reached.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        self.steps
            .iter()
            .find(|step| step.survival <= 1.0 - p + 1e-12)
            .map(|step| step.t)
    }

    /// Interval of that time: where the lower and upper limit of the curve fall to `1 - p`.
    pub fn quantile_interval(&self, p: f64) -> (Option<f64>, Option<f64>) {
        let level = 1.0 - p + 1e-12;
        let low = self
            .steps
            .iter()
            .find(|step| step.low <= level)
            .map(|step| step.t);
        let high = self
            .steps
            .iter()
            .find(|step| step.high <= level)
            .map(|step| step.t);
        (low, high)
    }

    /// Share answered by `tau`, with the interval of the curve there.
    pub fn answered_by(&self, tau: f64) -> (f64, f64, f64) {
        let at = self.steps.iter().rev().find(|step| step.t <= tau);
        at.map_or((0.0, 0.0, 0.0), |step| {
            (1.0 - step.survival, 1.0 - step.high, 1.0 - step.low)
        })
    }

    /// Area below the curve up to `tau`.
    pub fn restricted_mean(&self, tau: f64) -> f64 {
        let (mut area, mut from, mut level) = (0.0, 0.0, 1.0);
        for step in self.steps.iter().filter(|step| step.t <= tau) {
            area += (step.t - from) * level;
            from = step.t;
            level = step.survival;
        }
        area + (tau - from).max(0.0) * level
    }
}

/// A quantile of uncensored values with the ranks around it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OrderInterval {
    /// Quantile by linear interpolation at (n - 1) p.
    pub quantile: f64,
    /// Rank of the lower end, counted from 1.
    pub low_rank: Option<u64>,
    /// Rank of the upper end.
    pub high_rank: Option<u64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Distribution-free interval of a quantile (David and Nagaraja 2003); `None` without values.
pub fn order_statistic_interval(values: &[f64], p: f64) -> Option<OrderInterval> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as u64;
    let place = (sorted.len().checked_sub(1)?) as f64 * p;
    let below = sorted.get(rank(place.floor()))?;
    let above = sorted.get(rank(place.ceil()))?;
    let quantile = below + (above - below) * (place - place.floor());
    let binomial = Binomial::new(p, n).ok()?;
    let low_rank = (1..=n).rev().find(|j| binomial.cdf(j - 1) <= 0.025);
    let high_rank = (1..=n).find(|j| binomial.cdf(j - 1) >= 0.975);
    let value = |rank: Option<u64>| {
        rank.and_then(|rank| {
            sorted
                .get(usize::try_from(rank).ok()?.checked_sub(1)?)
                .copied()
        })
    };
    Some(OrderInterval {
        quantile,
        low_rank,
        high_rank,
        low: value(low_rank),
        high: value(high_rank),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank below the length of a vector"
)]
fn rank(place: f64) -> usize {
    place as usize
}
