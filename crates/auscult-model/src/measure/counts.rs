//! Counts over an exposure.

use statrs::function::gamma::gamma_lr;

use super::{Interval, Z_95};

/// Quantile of Gamma(shape, 1) by bisection: the library's own inverse is off for large shapes.
fn quantile(shape: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, shape.max(1.0));
    while gamma_lr(shape, high) < p {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if gamma_lr(shape, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Garwood's exact Poisson interval (1936), divided by the exposure.
pub fn poisson_exact(count: u64, exposure: f64) -> Interval {
    let x = count as f64;
    let low = if count == 0 {
        0.0
    } else {
        quantile(x, 0.025) / exposure
    };
    Interval {
        value: x / exposure,
        low,
        high: quantile(x + 1.0, 0.975) / exposure,
    }
}

/// Jeffreys' interval of a rate: quantiles of Gamma(x + 0.5, exposure).
pub fn gamma_poisson(count: u64, exposure: f64) -> Interval {
    let x = count as f64;
    Interval {
        value: x / exposure,
        low: quantile(x + 0.5, 0.025) / exposure,
        high: quantile(x + 0.5, 0.975) / exposure,
    }
}

/// Mean count per post with overdispersion `alpha` (variance = mu + alpha mu²), interval on the log scale.
pub fn nb_mean(sum: u64, posts: u64, alpha: f64) -> Interval {
    let (total, number) = (sum as f64, posts as f64);
    let value = total / number;
    if sum == 0 {
        return Interval {
            value: 0.0,
            low: 0.0,
            high: poisson_exact(0, number).high,
        };
    }
    let error = (1.0 / total + alpha / number).sqrt();
    Interval {
        value,
        low: value * (-Z_95 * error).exp(),
        high: value * (Z_95 * error).exp(),
    }
}
