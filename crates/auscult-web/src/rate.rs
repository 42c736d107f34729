//! How often one caller may come: a bucket of tokens for each, in memory, with the present handed in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::error::PageError;

/// Requests of one API token or session.
pub const API: Allowance = Allowance {
    burst: 600.0,
    per_second: 50.0,
};
/// Deliveries of one webhook.
pub const HOOKS: Allowance = Allowance {
    burst: 2_000.0,
    per_second: 500.0,
};
/// Callers remembered before the idle ones are forgotten.
const REMEMBERED: usize = 10_000;

/// How many requests may come at once, and how many a second in the long run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowance {
    /// At once.
    pub burst: f64,
    /// In the long run.
    pub per_second: f64,
}

/// The buckets of all callers.
#[derive(Debug, Clone, Default)]
pub struct Rates(Arc<Mutex<HashMap<String, Bucket>>>);

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Rates {
    /// Takes one request of `caller`.
    ///
    /// # Errors
    /// [`PageError::TooMany`] with the seconds to wait.
    pub fn take(
        &self,
        caller: &str,
        allowance: Allowance,
        now: Timestamp,
    ) -> Result<(), PageError> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > REMEMBERED {
            buckets.retain(|_, bucket| bucket.refilled(allowance, now) < allowance.burst);
        }
        let full = Bucket {
            left: allowance.burst,
            at: now,
        };
        let bucket = buckets.entry(caller.to_owned()).or_insert(full);
        *bucket = Bucket {
            left: bucket.refilled(allowance, now),
            at: now,
        };
        if bucket.left < 1.0 {
            // Rounded up: whole seconds, at least one.
            return Err(PageError::TooMany { seconds: 1 });
        }
        bucket.left -= 1.0;
        drop(buckets);
        Ok(())
    }
}

impl Bucket {
    fn refilled(self, allowance: Allowance, now: Timestamp) -> f64 {
        let passed = now.duration_since(self.at).as_secs_f64().max(0.0);
        passed
            .mul_add(allowance.per_second, self.left)
            .min(allowance.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_and_callers_are_apart() {
        let rates = Rates::default();
        let few = Allowance {
            burst: 2.0,
            per_second: 1.0,
        };
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(rates.take("one", few, at(0)).is_ok());
        assert!(rates.take("one", few, at(0)).is_ok());
        assert_eq!(
            rates.take("one", few, at(0)),
            Err(PageError::TooMany { seconds: 1 })
        );
        assert!(rates.take("two", few, at(0)).is_ok());
        assert!(rates.take("one", few, at(1)).is_ok());
        assert!(rates.take("one", few, at(1)).is_err());
        assert!(rates.take("one", few, at(100)).is_ok());
    }
}
