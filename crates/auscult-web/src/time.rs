//! Times as people say them: clock time on the same day, weekday within a week, then the date.
//!
//! Pure: the moment and the zone come from the [`Reader`](crate::render::Reader); nothing here looks at a clock.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::locale::Locale;
use crate::said::Word;

/// A moment in the words of the reader's day.
pub fn when(locale: &Locale, zone: &TimeZone, now: Timestamp, at: Timestamp) -> String {
    let then = zone.to_datetime(at);
    let today = zone.to_datetime(now).date();
    let clock = clock(then);
    let days = days_between(today, then.date());
    match days {
        0 => clock,
        -1 => locale.text("time-yesterday", &[("time", Word::Text(clock))]),
        1 => locale.text("time-tomorrow", &[("time", Word::Text(clock))]),
        -6..=6 => {
            let day = locale.text(weekday_key(then.date()), &[]);
            locale.text(
                "time-weekday",
                &[("day", Word::Text(day)), ("time", Word::Text(clock))],
            )
        }
        _ => date(locale, today, then.date()),
    }
}

/// A moment in full, for a title or a form.
pub fn full(locale: &Locale, zone: &TimeZone, at: Timestamp) -> String {
    let then = zone.to_datetime(at);
    let day = locale.text(weekday_key(then.date()), &[]);
    let month = locale.text(month_key(then.date()), &[]);
    locale.text(
        "time-full",
        &[
            ("weekday", Word::Text(day)),
            ("day", Word::Count(i64::from(then.day()))),
            ("month", Word::Text(month)),
            ("year", Word::Text(then.year().to_string())),
            ("time", Word::Text(clock(then))),
        ],
    )
}

/// A day: "12 October", with its year when it is not this one.
pub fn date(locale: &Locale, today: Date, day: Date) -> String {
    let month = locale.text(month_key(day), &[]);
    let key = if today.year() == day.year() {
        "time-date"
    } else {
        "time-date-year"
    };
    locale.text(
        key,
        &[
            ("day", Word::Count(i64::from(day.day()))),
            ("month", Word::Text(month)),
            ("year", Word::Text(day.year().to_string())),
        ],
    )
}

/// A span of minutes: "12 min", "2 h 05", "3 d 4 h".
pub fn span(locale: &Locale, minutes: i64) -> String {
    let minutes = minutes.max(0);
    if minutes < 60 {
        return locale.text("span-minutes", &[("n", Word::Count(minutes))]);
    }
    let hours = minutes / 60;
    if hours < 24 {
        let rest = format!("{:02}", minutes % 60);
        return locale.text(
            "span-hours",
            &[("h", Word::Count(hours)), ("m", Word::Text(rest))],
        );
    }
    let days = Word::Count(hours / 24);
    match hours % 24 {
        0 => locale.text("span-days", &[("d", days)]),
        rest => locale.text("span-days-hours", &[("d", days), ("h", Word::Count(rest))]),
    }
}

/// The time of a wall clock: "09:12".
pub fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// The key of a weekday's name.
pub fn weekday_key(day: Date) -> &'static str {
    const KEYS: [&str; 7] = [
        "weekday-1",
        "weekday-2",
        "weekday-3",
        "weekday-4",
        "weekday-5",
        "weekday-6",
        "weekday-7",
    ];
    let at = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    KEYS.get(at).copied().unwrap_or("weekday-1")
}

/// The key of a weekday's short name.
pub fn weekday_short_key(day: Date) -> &'static str {
    const KEYS: [&str; 7] = [
        "weekday-short-1",
        "weekday-short-2",
        "weekday-short-3",
        "weekday-short-4",
        "weekday-short-5",
        "weekday-short-6",
        "weekday-short-7",
    ];
    let at = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    KEYS.get(at).copied().unwrap_or("weekday-short-1")
}

/// The key of a month's name.
pub fn month_key(day: Date) -> &'static str {
    const KEYS: [&str; 12] = [
        "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8",
        "month-9", "month-10", "month-11", "month-12",
    ];
    let at = usize::try_from(day.month()).unwrap_or(1).saturating_sub(1);
    KEYS.get(at).copied().unwrap_or("month-1")
}

/// Whole minutes from one moment to another; negative when the second is earlier.
pub fn minutes_between(from: Timestamp, to: Timestamp) -> i64 {
    let seconds = to.as_second() - from.as_second();
    seconds.div_euclid(60)
}

fn days_between(today: Date, day: Date) -> i64 {
    today
        .until(day)
        .map_or(0, |span| i64::from(span.get_days()))
}
