//! Dates: periods, instants and the conditions on them (docs/specs/watch-language.md, 6.4).
//!
//! Instants are nanoseconds since 1970 in 128 bits: nothing a watch can say overflows them.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use jiff::Timestamp;

use super::error::Code;
use super::field::ValueField;
use super::number::{Sign, sign};

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

/// A period or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// From the first nanosecond to the last.
    Period(i128, i128),
    /// One instant.
    Instant(i128),
    /// So many nanoseconds before now.
    Back(i128),
    /// The day so many days before today, in UTC.
    DaysAgo(i128),
}

impl When {
    /// First and last nanosecond.
    fn bounds(self, now: Timestamp) -> (i128, i128) {
        let now = now.as_nanosecond();
        match self {
            Self::Period(first, last) => (first, last),
            Self::Instant(instant) => (instant, instant),
            Self::Back(length) => (now - length, now - length),
            Self::DaysAgo(days) => {
                let start = now.div_euclid(DAY) * DAY - days * DAY;
                (start, start + DAY - 1)
            }
        }
    }
}

/// A condition on when a post was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateTest {
    /// At or after its start.
    Since(When),
    /// Up to its end.
    Until(When),
    /// Before its start.
    Before(When),
    /// After its end.
    After(When),
    /// From the start of the first to the end of the second.
    Between(When, When),
}

impl DateTest {
    /// Reads the value of a date field.
    pub(crate) fn parse(field: ValueField, text: &str) -> Result<Self, Code> {
        match field {
            ValueField::Since => when(text).map(Self::Since),
            ValueField::Until => when(text).map(Self::Until),
            ValueField::Before => when(text).map(Self::Before),
            ValueField::After => when(text).map(Self::After),
            _ => Self::parse_date(text),
        }
        .ok_or(Code::BadDate)
        .and_then(Self::checked)
    }

    /// Whether an instant, in nanoseconds, meets the condition.
    pub fn holds(self, instant: i128, now: Timestamp) -> bool {
        match self {
            Self::Since(when) => instant >= when.bounds(now).0,
            Self::Until(when) => instant <= when.bounds(now).1,
            Self::Before(when) => instant < when.bounds(now).0,
            Self::After(when) => instant > when.bounds(now).1,
            Self::Between(low, high) => {
                instant >= low.bounds(now).0 && instant <= high.bounds(now).1
            }
        }
    }

    fn parse_date(text: &str) -> Option<Self> {
        if let Some((low, high)) = text.split_once("..") {
            return match (low.is_empty(), high.is_empty()) {
                (true, true) => None,
                (false, true) => when(low).map(Self::Since),
                (true, false) => when(high).map(Self::Until),
                (false, false) => Some(Self::Between(when(low)?, when(high)?)),
            };
        }
        if let Some((sign, rest)) = sign(text) {
            let when = when(rest)?;
            return match sign {
                Sign::Above { equal: true } => Some(Self::Since(when)),
                Sign::Above { equal: false } => Some(Self::After(when)),
                Sign::Below { equal: true } => Some(Self::Until(when)),
                Sign::Below { equal: false } => Some(Self::Before(when)),
                Sign::Equal => None,
            };
        }
        match when(text)? {
            When::Back(_) => None,
            whole => Some(Self::Between(whole, whole)),
        }
    }

    fn checked(self) -> Result<Self, Code> {
        if let Self::Between(low, high) = self {
            // Ends that hang on the present are compared at any one present; the others are not comparable with them.
            let relative = |when: When| matches!(when, When::Back(_) | When::DaysAgo(_));
            if relative(low) == relative(high)
                && low.bounds(Timestamp::UNIX_EPOCH).0 > high.bounds(Timestamp::UNIX_EPOCH).1
            {
                return Err(Code::BadRange);
            }
        }
        Ok(self)
    }
}

fn when(text: &str) -> Option<When> {
    match text {
        "today" => return Some(When::DaysAgo(0)),
        "yesterday" => return Some(When::DaysAgo(1)),
        _ => {}
    }
    back(text)
        .or_else(|| period(text))
        .or_else(|| instant(text, Offset::Optional).map(When::Instant))
}

fn back(text: &str) -> Option<When> {
    let unit = match text.as_bytes().last()? {
        b'm' => 60 * SECOND,
        b'h' => 3_600 * SECOND,
        b'd' => DAY,
        b'w' => 7 * DAY,
        _ => return None,
    };
    let digits = text.get(..text.len() - 1)?;
    let count = number(digits, 1..=9)?;
    Some(When::Back(i128::from(count) * unit))
}

fn period(text: &str) -> Option<When> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4..=4)?;
    let month = parts.next().map(|part| number(part, 2..=2));
    let day = parts.next().map(|part| number(part, 2..=2));
    if parts.next().is_some() || year == 0 {
        return None;
    }
    let (first, after) = match (month, day) {
        (None, _) => (days(year, 1, 1), days(year + 1, 1, 1)),
        (Some(month), None) => {
            let month = month.filter(|month| (1..=12).contains(month))?;
            let after = if month == 12 {
                days(year + 1, 1, 1)
            } else {
                days(year, month + 1, 1)
            };
            (days(year, month, 1), after)
        }
        (Some(month), Some(day)) => {
            let first = date(year, month?, day?)?;
            (first, first + 1)
        }
    };
    Some(When::Period(first * DAY, after * DAY - 1))
}

/// Whether an instant must say its offset from UTC.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offset {
    Required,
    Optional,
}

/// The instant a post names, in nanoseconds; `None` when it is not one.
pub fn post_instant(text: &str) -> Option<i128> {
    instant(text, Offset::Required)
}

fn instant(text: &str, offset: Offset) -> Option<i128> {
    let (day, rest) = text.split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = day.as_bytes() else {
        return None;
    };
    let day = date(
        digits(&[*y1, *y2, *y3, *y4])?,
        digits(&[*m1, *m2])?,
        digits(&[*d1, *d2])?,
    )?;
    let [b'T' | b't', h1, h2, b':', n1, n2, ..] = rest.as_bytes() else {
        return None;
    };
    let (hour, minute) = (digits(&[*h1, *h2])?, digits(&[*n1, *n2])?);
    let mut rest = rest.get(6..)?;
    let mut nanoseconds = 0;
    if let [b':', s1, s2, ..] = rest.as_bytes() {
        let second = digits(&[*s1, *s2])?;
        if second > 59 {
            return None;
        }
        nanoseconds = i128::from(second) * SECOND;
        rest = rest.get(3..)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
            nanoseconds += fraction_of_second(fraction.get(..length)?)?;
            rest = fraction.get(length..)?;
        }
    } else if offset == Offset::Required {
        return None;
    }
    if hour > 23 || minute > 59 {
        return None;
    }
    let offset = match rest {
        "Z" | "z" => 0,
        "" if offset == Offset::Optional => 0,
        _ => offset_seconds(rest)?,
    };
    Some(
        day * DAY
            + (i128::from(hour) * 3_600 + i128::from(minute) * 60 - offset) * SECOND
            + nanoseconds,
    )
}

fn offset_seconds(text: &str) -> Option<i128> {
    let [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = text.as_bytes() else {
        return None;
    };
    let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i128::from(hours) * 3_600 + i128::from(minutes) * 60;
    Some(if *sign == b'-' { -seconds } else { seconds })
}

fn fraction_of_second(text: &str) -> Option<i128> {
    if text.is_empty() {
        return None;
    }
    let mut value = 0;
    let mut unit = SECOND;
    for byte in text.bytes().take(9) {
        unit /= 10;
        value += i128::from(byte - b'0') * unit;
    }
    Some(value)
}

fn number(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<i64> {
    if lengths.contains(&text.len()) {
        digits(text.as_bytes())
    } else {
        None
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    let mut value = 0;
    for byte in bytes {
        value = value * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    Some(value)
}

/// Days since 1970 of a date that exists.
fn date(year: i64, month: i64, day: i64) -> Option<i128> {
    let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    (year >= 1 && (1..=last).contains(&day)).then(|| days(year, month, day))
}

/// Days since 1970 of a date in the proleptic Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i128::from(era * 146_097 + day_of_era - 719_468)
}

/// The hour of an instant in UTC, 0 to 23.
pub(crate) fn hour(instant: i128) -> u8 {
    u8::try_from(instant.rem_euclid(DAY) / (3_600 * SECOND)).unwrap_or(0)
}

/// The weekday of an instant in UTC, Monday is 0.
pub(crate) fn weekday(instant: i128) -> usize {
    // 1970-01-01 was a Thursday.
    usize::try_from((instant.div_euclid(DAY) + 3).rem_euclid(7)).unwrap_or(0)
}
