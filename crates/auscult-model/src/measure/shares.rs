//! Shares and their differences.

use statrs::distribution::{Beta, ContinuousCDF};

use super::{Interval, Z_95};

/// Wilson's score interval for `x` of `n` at 95 % (Wilson 1927); exactly 0 at `x = 0` and 1 at `x = n`.
pub fn wilson(x: u64, n: u64) -> Interval {
    wilson_at(x, n, Z_95)
}

pub(crate) fn wilson_at(x: u64, n: u64, z: f64) -> Interval {
    if n == 0 {
        return Interval {
            value: 0.0,
            low: 0.0,
            high: 1.0,
        };
    }
    let (count, total) = (x as f64, n as f64);
    let share = count / total;
    let z2 = z * z;
    let centre = (share + z2 / (2.0 * total)) / (1.0 + z2 / total);
    let half = z / (1.0 + z2 / total)
        * (share * (1.0 - share) / total + z2 / (4.0 * total * total)).sqrt();
    let low = if x == 0 { 0.0 } else { centre - half };
    let high = if x == n { 1.0 } else { centre + half };
    Interval {
        value: share,
        low,
        high,
    }
}

/// Jeffreys' interval: quantiles of Beta(x + 0.5, n - x + 0.5) (Brown, Cai, `DasGupta` 2001).
pub fn jeffreys(x: u64, n: u64) -> Interval {
    let (count, total) = (x as f64, n as f64);
    let value = if n == 0 { 0.5 } else { count / total };
    match Beta::new(count + 0.5, total - count + 0.5) {
        Ok(beta) => Interval {
            value,
            low: beta.inverse_cdf(0.025),
            high: beta.inverse_cdf(0.975),
        },
        Err(_) => Interval {
            value,
            low: 0.0,
            high: 1.0,
        },
    }
}

/// Difference of two shares from two Wilson intervals (Newcombe 1998, hybrid score).
pub fn newcombe_difference(first: (u64, u64), second: (u64, u64)) -> Interval {
    let (one, two) = (wilson(first.0, first.1), wilson(second.0, second.1));
    let value = one.value - two.value;
    let low = value - ((one.value - one.low).powi(2) + (two.high - two.value).powi(2)).sqrt();
    let high = value + ((one.high - one.value).powi(2) + (two.value - two.low).powi(2)).sqrt();
    Interval { value, low, high }
}

/// Positive minus negative share with its multinomial error; `None` below 30 observations, where only the two shares
/// are shown.
pub fn net_share(positive: u64, negative: u64, n: u64) -> Option<Interval> {
    if n < 30 {
        return None;
    }
    let total = n as f64;
    let (up, down) = (positive as f64 / total, negative as f64 / total);
    let value = up - down;
    let error = ((up + down - value * value) / total).sqrt();
    Some(Interval {
        value,
        low: (value - Z_95 * error).max(-1.0),
        high: (value + Z_95 * error).min(1.0),
    })
}
