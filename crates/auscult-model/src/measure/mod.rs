//! The estimators behind every figure: shares, counts, waiting times, conversations. Pure functions, each with its source.
//!
//! A figure is never shown without its interval and what it was counted from; [`Estimate`] carries all of it.

mod counts;
mod dialogue;
mod shares;
mod survival;

use serde::{Deserialize, Serialize};

use crate::word_enum;

pub use counts::{gamma_poisson, nb_mean, poisson_exact};
pub use dialogue::{Conversation, Turn, conversation, engagement_quotient, thread_depth_index};
pub use shares::{jeffreys, net_share, newcombe_difference, wilson};
pub use survival::{OrderInterval, Survival, SurvivalStep, kaplan_meier, order_statistic_interval};

/// The two-sided 95 % point of the normal distribution.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

word_enum! {
    /// What can be said of a measure.
    MeasureState {
        /// Enough data: a value with its interval.
        Ok = "ok",
        /// Not yet decidable: too few observations.
        NotYet = "not_yet",
        /// A small cell: not shown.
        Hidden = "hidden",
        /// Data that nobody offers.
        Unavailable = "unavailable",
    }
}

/// One figure with all that belongs to it: `auscult measure` prints it in this form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Id of the measure, as `av.answered`.
    pub id: String,
    /// The estimate.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
    /// What was counted.
    pub numerator: Option<f64>,
    /// Of what.
    pub denominator: Option<f64>,
    /// Observations.
    pub n: u64,
    /// Which estimator made it.
    pub estimator: String,
    /// What can be said.
    pub state: MeasureState,
    /// For [`MeasureState::Unavailable`]: which data is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

impl Estimate {
    /// A share with Wilson's interval; below `least` observations it is not yet decidable.
    pub fn share(id: &str, numerator: u64, denominator: u64, least: u64) -> Self {
        let mut estimate = Self::empty(id, "wilson", denominator);
        estimate.numerator = Some(numerator as f64);
        estimate.denominator = Some(denominator as f64);
        if denominator >= least.max(1) {
            estimate.fill(wilson(numerator, denominator));
        }
        estimate
    }

    /// A count over an exposure with the gamma-Poisson interval.
    pub fn rate(id: &str, count: u64, exposure: f64, least: u64) -> Self {
        let mut estimate = Self::empty(id, "gamma_poisson", count);
        estimate.numerator = Some(count as f64);
        estimate.denominator = Some(exposure);
        if count >= least && exposure > 0.0 {
            estimate.fill(gamma_poisson(count, exposure));
        }
        estimate
    }

    /// A measure without a value so far.
    pub fn empty(id: &str, estimator: &str, n: u64) -> Self {
        Self {
            id: id.to_owned(),
            value: None,
            low: None,
            high: None,
            numerator: None,
            denominator: None,
            n,
            estimator: estimator.to_owned(),
            state: MeasureState::NotYet,
            missing: None,
        }
    }

    /// A measure whose data nobody offers.
    pub fn unavailable(id: &str, estimator: &str, missing: &str) -> Self {
        Self {
            state: MeasureState::Unavailable,
            missing: Some(missing.to_owned()),
            ..Self::empty(id, estimator, 0)
        }
    }

    /// Puts a value with its interval in.
    pub fn fill(&mut self, interval: Interval) {
        self.value = Some(interval.value);
        self.low = Some(interval.low);
        self.high = Some(interval.high);
        self.state = MeasureState::Ok;
    }
}
