//! Dates as exports and senders write them.
//!
//! One reader for all of them, told about the two things a date cannot say itself: the zone of a time without offset
//! and whether `03/04/2026` begins with the day.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Which of two numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// `31/12/2026`.
    Dmy,
    /// `12/31/2026`.
    Mdy,
}

/// What a date cannot say itself.
#[derive(Debug, Clone)]
pub struct DateRule {
    /// The zone of times without offset.
    pub zone: TimeZone,
    /// The order of slashed dates; `None` reads only those that can be read one way.
    pub order: Option<DateOrder>,
}

impl Default for DateRule {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            order: None,
        }
    }
}

/// Whether a slashed date can be read one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// No slashed date, or day and month are the same.
    Plain,
    /// The order shows.
    Shows(DateOrder),
    /// Two ways.
    Twofold,
}

/// The instant a text names; `None` when it names none, or could name two.
pub fn parse(text: &str, rule: &DateRule) -> Option<Timestamp> {
    let text = text.trim().trim_matches('"');
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(number) = text.parse::<f64>() {
        return from_number(number, rule);
    }
    let parts = Parts::of(text)?;
    let date = parts.date(rule.order)?;
    let moment = date.to_datetime(parts.time);
    match parts.offset {
        Some(offset) => offset.to_timestamp(moment).ok(),
        None => rule.zone.to_timestamp(moment).ok(),
    }
}

/// What a slashed date says about the order of its column.
pub fn reading(text: &str) -> Reading {
    let Some(parts) = Parts::of(text.trim()) else {
        return Reading::Plain;
    };
    match parts.date.as_slice() {
        [
            Piece::Number(first, 1 | 2),
            Piece::Number(second, 1 | 2),
            Piece::Number(_, 2 | 4),
        ] if parts.is_slashed => match (*first > 12, *second > 12) {
            (true, false) => Reading::Shows(DateOrder::Dmy),
            (false, true) => Reading::Shows(DateOrder::Mdy),
            (false, false) if first != second => Reading::Twofold,
            (false, false) | (true, true) => Reading::Plain,
        },
        _ => Reading::Plain,
    }
}

/// Seconds or milliseconds since 1970, or the day count of a spreadsheet.
fn from_number(number: f64, rule: &DateRule) -> Option<Timestamp> {
    if (20_000.0..80_000.0).contains(&number) {
        let day = SignedDuration::try_from_secs_f64((number * 86_400.0).round()).ok()?;
        let moment = DateTime::constant(1899, 12, 30, 0, 0, 0, 0)
            .checked_add(day)
            .ok()?;
        return rule.zone.to_timestamp(moment).ok();
    }
    let seconds = if (1e11..1e14).contains(&number) {
        number / 1000.0
    } else {
        number
    };
    if !(3e8..1e11).contains(&seconds) {
        return None;
    }
    Timestamp::from_duration(SignedDuration::try_from_secs_f64(seconds).ok()?)
        .ok()?
        .round(jiff::Unit::Millisecond)
        .ok()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// A number and how many digits it was written with.
    Number(i64, usize),
    Month(i8),
}

/// A date taken apart.
struct Parts {
    date: Vec<Piece>,
    time: Time,
    offset: Option<Offset>,
    is_slashed: bool,
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let mut parts = Self {
            date: Vec::new(),
            time: Time::midnight(),
            offset: None,
            is_slashed: text.contains('/'),
        };
        let mut clock: Option<&str> = None;
        let mut half = None;
        let spaced = split_clock(text);
        for word in spaced
            .split_whitespace()
            .flat_map(|word| word.split(','))
            .filter(|word| !word.is_empty())
        {
            let lower = word.to_ascii_lowercase();
            if word.contains(':') && clock.is_none() {
                clock = Some(word);
            } else if matches!(lower.as_str(), "am" | "pm" | "a.m." | "p.m.") {
                half = Some(lower.starts_with('p'));
            } else if let Some(offset) = offset(&lower, clock.is_some()) {
                parts.offset = Some(offset);
            } else {
                parts.take_date(&lower)?;
            }
        }
        if let Some(clock) = clock {
            let (time, written_half, offset) = read_clock(clock)?;
            parts.time = on_half(time, half.or(written_half))?;
            parts.offset = parts.offset.or(offset);
        }
        Some(parts)
    }

    fn take_date(&mut self, word: &str) -> Option<()> {
        if is_filler(word) {
            return Some(());
        }
        for piece in word
            .split(['-', '/', '.'])
            .filter(|piece| !piece.is_empty())
        {
            let digits = piece
                .trim_end_matches("st")
                .trim_end_matches("nd")
                .trim_end_matches("rd")
                .trim_end_matches("th");
            if let Some(month) = month(piece) {
                self.date.push(Piece::Month(month));
            } else if digits.len() <= 4 && digits.bytes().all(|letter| letter.is_ascii_digit()) {
                self.date
                    .push(Piece::Number(digits.parse().ok()?, digits.len()));
            } else if digits.len() == 8 && self.date.is_empty() {
                let (year, rest) = digits.split_at_checked(4)?;
                let (month, day) = rest.split_at_checked(2)?;
                for (piece, length) in [(year, 4), (month, 2), (day, 2)] {
                    self.date.push(Piece::Number(piece.parse().ok()?, length));
                }
            } else {
                return None;
            }
        }
        Some(())
    }

    fn date(&self, order: Option<DateOrder>) -> Option<Date> {
        let (year, month, day) = match *self.date.as_slice() {
            [
                Piece::Number(year, 4),
                Piece::Number(month, 1 | 2),
                Piece::Number(day, 1 | 2),
            ] => (year, month, day),
            [
                Piece::Number(day, 1 | 2),
                Piece::Month(month),
                Piece::Number(year, 2 | 4),
            ]
            | [
                Piece::Month(month),
                Piece::Number(day, 1 | 2),
                Piece::Number(year, 2 | 4),
            ]
            | [
                Piece::Number(year, 4),
                Piece::Month(month),
                Piece::Number(day, 1 | 2),
            ] => (year, i64::from(month), day),
            [
                Piece::Number(first, 1 | 2),
                Piece::Number(second, 1 | 2),
                Piece::Number(year, 2 | 4),
            ] => {
                let is_day_first = match order {
                    _ if first > 12 => true,
                    _ if second > 12 => false,
                    _ if !self.is_slashed || first == second => true,
                    Some(order) => order == DateOrder::Dmy,
                    None => return None,
                };
                if is_day_first {
                    (year, second, first)
                } else {
                    (year, first, second)
                }
            }
            _ => return None,
        };
        let year = if year < 100 { year + 2000 } else { year };
        let is_sensible = (1970..=2200).contains(&year);
        let date = Date::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        )
        .ok()?;
        is_sensible.then_some(date)
    }
}

/// Puts a space where `T` joins date and time.
fn split_clock(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let joins = matches!(letter, 'T' | 't')
            && before.is_ascii_digit()
            && letters.peek().is_some_and(char::is_ascii_digit);
        out.push(if joins { ' ' } else { letter });
        before = letter;
    }
    out
}

fn is_filler(word: &str) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    word == "at"
        || (word.len() <= 9
            && month(word).is_none()
            && DAYS.iter().any(|day| word.starts_with(day)))
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.');
    let word = if word == "sept" { "sep" } else { word };
    if word.len() < 3 {
        return None;
    }
    let at = MONTHS
        .iter()
        .position(|name| *name == word || (word.len() == 3 && name.starts_with(word)))?;
    i8::try_from(at + 1).ok()
}

/// `utc`, `z`, `+01:00`, `-0500`.
fn offset(word: &str, after_clock: bool) -> Option<Offset> {
    if matches!(word, "utc" | "gmt" | "z" | "ut") {
        return Some(Offset::UTC);
    }
    let word = word
        .strip_prefix("utc")
        .or_else(|| word.strip_prefix("gmt"))
        .unwrap_or(word);
    let (sign, digits) = match (word.strip_prefix('+'), word.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (None, Some(digits)) if after_clock => (-1, digits),
        (None, _) => return None,
    };
    let digits: String = digits.chars().filter(|letter| *letter != ':').collect();
    if !digits.bytes().all(|letter| letter.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        4 => digits.split_at_checked(2)?,
        _ => return None,
    };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

/// `09:14`, `09:14:05.120`, `9:14pm`, `09:14:05+01:00`, `09:14Z`.
fn read_clock(word: &str) -> Option<(Time, Option<bool>, Option<Offset>)> {
    let lower = word.to_ascii_lowercase();
    let end = lower
        .find(|letter: char| !letter.is_ascii_digit() && letter != ':' && letter != '.')
        .unwrap_or(lower.len());
    let (digits, tail) = lower.split_at(end);
    let (half, zone) = match tail {
        "" => (None, None),
        "am" => (Some(false), None),
        "pm" => (Some(true), None),
        zone => (None, Some(offset(zone, true)?)),
    };
    let mut fields = digits.split(':');
    let hour: i8 = fields.next()?.parse().ok()?;
    let minute: i8 = fields.next()?.parse().ok()?;
    let seconds = fields.next().unwrap_or("0");
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let nanos: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(9)
        .collect();
    if fields.next().is_some() || fraction.len() > 12 {
        return None;
    }
    let time = Time::new(hour, minute, second.parse().ok()?, nanos.parse().ok()?).ok()?;
    Some((time, half, zone))
}

fn on_half(time: Time, half: Option<bool>) -> Option<Time> {
    let Some(is_afternoon) = half else {
        return Some(time);
    };
    if !(1..=12).contains(&time.hour()) {
        return None;
    }
    let hour = time.hour() % 12 + if is_afternoon { 12 } else { 0 };
    time.with().hour(hour).build().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> String {
        parse(text, &DateRule::default()).map_or_else(|| "none".to_owned(), |at| at.to_string())
    }

    #[test]
    fn the_forms_of_exports_are_read() {
        for text in [
            "2026-11-02T09:14:05Z",
            "2026-11-02 09:14:05",
            "2026-11-02T10:14:05+01:00",
            "2026-11-02 10:14:05 +0100",
            "02-Nov-2026 09:14:05AM",
            "02-Nov-2026 09:14:05 am",
            "Mon, 02 Nov 2026 09:14:05 GMT",
            "02.11.2026 09:14:05",
            "Nov 2, 2026 9:14:05 AM",
            "2026/11/02 09:14:05",
            "1793610845",
            "1793610845000",
            "2 November 2026 at 09:14:05",
            "2026-11-02 09:14:05 UTC",
            "2026-11-02T09:14:05.000",
        ] {
            assert_eq!(utc(text), "2026-11-02T09:14:05Z", "{text}");
        }
        assert_eq!(utc("46328.5"), "2026-11-02T12:00:00Z");
        assert_eq!(utc("12:30 AM 02-Nov-2026"), "2026-11-02T00:30:00Z");
    }

    #[test]
    fn a_date_with_two_readings_is_not_guessed() {
        assert_eq!(utc("03/04/2026"), "none");
        assert_eq!(utc("13/04/2026"), "2026-04-13T00:00:00Z");
        assert_eq!(utc("04/13/26"), "2026-04-13T00:00:00Z");
        let rule = DateRule {
            order: Some(DateOrder::Mdy),
            ..DateRule::default()
        };
        assert_eq!(
            parse("03/04/2026 1:05 PM", &rule).unwrap().to_string(),
            "2026-03-04T13:05:00Z"
        );
        assert_eq!(reading("03/04/2026"), Reading::Twofold);
        assert_eq!(reading("3/14/2026 10:00"), Reading::Shows(DateOrder::Mdy));
        assert_eq!(reading("2026-03-04"), Reading::Plain);
    }

    #[test]
    fn the_zone_is_asked_once() {
        let rule = DateRule {
            zone: TimeZone::get("Europe/Dublin").unwrap(),
            order: None,
        };
        assert_eq!(
            parse("2026-07-01 10:00", &rule).unwrap().to_string(),
            "2026-07-01T09:00:00Z"
        );
        assert_eq!(
            parse("2026-07-01T10:00:00Z", &rule).unwrap().to_string(),
            "2026-07-01T10:00:00Z"
        );
    }

    #[test]
    fn words_are_no_dates() {
        for text in [
            "waited 3h",
            "",
            "2026",
            "Monday",
            "32-Nov-2026",
            "2026-13-01",
            "99:99",
            "5",
            "4.5",
            "call 2026-11-02 now",
        ] {
            assert_eq!(utc(text), "none", "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "[-0-9a-zA-Z:/., +]{0,30}") {
            let _at = parse(&text, &DateRule::default());
            let _reading = reading(&text);
        }

        #[test]
        fn what_we_print_we_read(second in 0_i64..4_000_000_000) {
            let at = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(parse(&at.to_string(), &DateRule::default()), Some(at));
            let spaced = at.strftime("%d-%b-%Y %I:%M:%S%p").to_string();
            prop_assert_eq!(parse(&spaced, &DateRule::default()), Some(at), "{}", spaced);
        }
    }
}
