//! Conditions on numbers (docs/specs/watch-language.md, 6.3).

use super::error::Code;
use super::field::NumberField;

/// A condition on a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberTest {
    /// The number is missing.
    Missing,
    /// Above, and perhaps equal.
    Above(f64, bool),
    /// Below, and perhaps equal.
    Below(f64, bool),
    /// From the first to the second, both included; hours may go over midnight.
    Between(f64, f64),
}

impl NumberTest {
    /// Reads what follows the colon (or the sign itself).
    pub(crate) fn parse(field: NumberField, text: &str) -> Result<Self, Code> {
        if text.eq_ignore_ascii_case("unknown") {
            return Ok(Self::Missing);
        }
        let number = |digits: &str| read(field, digits).ok_or(Code::BadNumber);
        if let Some((sign, rest)) = sign(text) {
            let number = number(rest)?;
            return Ok(match sign {
                Sign::Above { equal } => Self::Above(number, equal),
                Sign::Below { equal } => Self::Below(number, equal),
                Sign::Equal => Self::Between(number, number),
            });
        }
        let Some((low, high)) = text.split_once("..") else {
            let number = number(text)?;
            return Ok(Self::Between(number, number));
        };
        match (low.is_empty(), high.is_empty()) {
            (true, true) => Err(Code::BadNumber),
            (false, true) => Ok(Self::Above(number(low)?, true)),
            (true, false) => Ok(Self::Below(number(high)?, true)),
            (false, false) => {
                let (low, high) = (number(low)?, number(high)?);
                if low > high && field != NumberField::Hour {
                    Err(Code::BadRange)
                } else {
                    Ok(Self::Between(low, high))
                }
            }
        }
    }

    /// The answer for a number, or for none.
    pub fn holds(self, number: Option<f64>) -> bool {
        let Some(number) = number else {
            return self == Self::Missing;
        };
        match self {
            Self::Missing => false,
            Self::Above(low, equal) => number > low || equal && number >= low,
            Self::Below(high, equal) => number < high || equal && number <= high,
            Self::Between(low, high) if low <= high => low <= number && number <= high,
            Self::Between(low, high) => number >= low || number <= high,
        }
    }
}

/// A sign before a number or a value.
pub(crate) enum Sign {
    Above { equal: bool },
    Below { equal: bool },
    Equal,
}

/// The sign that `text` begins with, and what follows it.
pub(crate) fn sign(text: &str) -> Option<(Sign, &str)> {
    for (spelled, equal) in [(">=", true), ("≥", true), (">", false)] {
        if let Some(rest) = text.strip_prefix(spelled) {
            return Some((Sign::Above { equal }, rest));
        }
    }
    for (spelled, equal) in [("<=", true), ("≤", true), ("<", false)] {
        if let Some(rest) = text.strip_prefix(spelled) {
            return Some((Sign::Below { equal }, rest));
        }
    }
    text.strip_prefix('=').map(|rest| (Sign::Equal, rest))
}

fn read(field: NumberField, text: &str) -> Option<f64> {
    let (digits, power) = match text.as_bytes() {
        [.., b'k'] => (text.get(..text.len() - 1)?, "e3"),
        [.., b'm'] => (text.get(..text.len() - 1)?, "e6"),
        _ => (text, ""),
    };
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole)
        || fraction.is_some_and(|part| !all_digits(part))
        || whole.len() > 1 && whole.starts_with('0')
    {
        return None;
    }
    let number: f64 = format!("{digits}{power}").parse().ok()?;
    if field == NumberField::Hour && (fraction.is_some() || number > 23.0) {
        return None;
    }
    Some(number)
}
