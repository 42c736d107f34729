//! Opening hours, holidays and deadlines as pure functions: when is somebody there, and until when do we owe an answer.
//!
//! A [`Calendar`] is wall time in an IANA zone. A wall time in the spring gap moves to the first instant after it; in the
//! autumn overlap the first occurrence opens and the last one closes. Intervals of a day are united, pauses are taken out
//! once. Nothing here reads a clock.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::workspace::WorkspaceSettings;

/// How far a deadline is sought before the calendar is called empty.
const HORIZON_DAYS: i64 = 3_700;

/// What is wrong with a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The zone is none of the IANA names.
    #[error("time zone {0:?} is not known; use an IANA name such as \"Europe/Dublin\"")]
    Zone(String),
    /// A time is not `HH:MM`.
    #[error(
        "{0:?} is no time of day; write hours and minutes as 09:00, the end of the day as 24:00"
    )]
    Time(String),
    /// A date is not `YYYY-MM-DD`.
    #[error("{0:?} is no date; write it as 2026-12-25")]
    Date(String),
    /// A weekday outside 1 to 7.
    #[error("weekday {0} does not exist; 1 is Monday, 7 is Sunday")]
    Weekday(u8),
    /// No opening at all: every deadline would wait for ever.
    #[error("the calendar never opens; give it at least one weekday with hours")]
    Empty,
}

/// An opening on a day, in minutes after its midnight; a `to` at or before `from` runs over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    from: u16,
    to: u16,
}

impl Opening {
    /// Reads two wall times, `09:00` and `17:00`.
    pub fn parse(from: &str, to: &str) -> Result<Self, CalendarError> {
        Ok(Self {
            from: minutes(from)?,
            to: minutes(to)?,
        })
    }
}

fn minutes(text: &str) -> Result<u16, CalendarError> {
    let wrong = || CalendarError::Time(text.to_owned());
    let (hours, minutes) = text.split_once(':').ok_or_else(wrong)?;
    if hours.len() != 2 || minutes.len() != 2 {
        return Err(wrong());
    }
    let hours: u16 = hours.parse().ok().ok_or_else(wrong)?;
    let minutes: u16 = minutes.parse().ok().ok_or_else(wrong)?;
    let total = hours * 60 + minutes;
    if minutes > 59 || total > 24 * 60 {
        Err(wrong())
    } else {
        Ok(total)
    }
}

/// When somebody is there.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    week: [Vec<Opening>; 7],
    exceptions: BTreeMap<Date, Vec<Opening>>,
}

/// What an answer is owed within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Minutes in which somebody is there.
    Staffed(u32),
    /// Minutes of the clock.
    Clock(u32),
    /// The end of staffed time of the n-th working day after the day of arrival; arrival after closing counts as next day.
    WorkingDays(u32),
}

/// A stretch of time that does not count.
pub type Pause = (Timestamp, Timestamp);

impl Calendar {
    /// A calendar of a week (Monday first) and exceptions.
    ///
    /// # Errors
    /// An unknown zone, or a week without any opening.
    pub fn new(
        zone: &str,
        week: [Vec<Opening>; 7],
        exceptions: BTreeMap<Date, Vec<Opening>>,
    ) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(zone)
            .ok()
            .ok_or_else(|| CalendarError::Zone(zone.to_owned()))?;
        if week.iter().all(Vec::is_empty) {
            return Err(CalendarError::Empty);
        }
        Ok(Self {
            zone,
            week,
            exceptions,
        })
    }

    /// The calendar of a workspace; around the clock when no hours were entered.
    ///
    /// # Errors
    /// Whatever of the settings cannot be read, named.
    pub fn of(settings: &WorkspaceSettings) -> Result<Self, CalendarError> {
        let mut week: [Vec<Opening>; 7] = Default::default();
        for hours in &settings.hours {
            let day = hours
                .weekday
                .checked_sub(1)
                .and_then(|index| week.get_mut(usize::from(index)));
            day.ok_or(CalendarError::Weekday(hours.weekday))?
                .push(Opening::parse(&hours.from, &hours.to)?);
        }
        if settings.hours.is_empty() {
            week = std::array::from_fn(|_| {
                vec![Opening {
                    from: 0,
                    to: 24 * 60,
                }]
            });
        }
        let mut exceptions = BTreeMap::new();
        for exception in &settings.exceptions {
            let date: Date = exception
                .date
                .parse()
                .ok()
                .ok_or_else(|| CalendarError::Date(exception.date.clone()))?;
            let mut openings = Vec::new();
            for (from, to) in &exception.hours {
                openings.push(Opening::parse(from, to)?);
            }
            exceptions.insert(date, openings);
        }
        Self::new(&settings.time_zone, week, exceptions)
    }

    /// The zone of the calendar.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn openings(&self, date: Date) -> &[Opening] {
        if let Some(openings) = self.exceptions.get(&date) {
            return openings;
        }
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.week.get(weekday).map_or(&[], Vec::as_slice)
    }

    /// The open stretches that begin on `date`, united and in order.
    pub fn day(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        let mut stretches = Vec::new();
        for opening in self.openings(date) {
            let over_midnight = opening.to <= opening.from;
            let end_date = if over_midnight {
                date.tomorrow().unwrap_or(date)
            } else {
                date
            };
            let open = self.instant(date, opening.from, Edge::Opens);
            let close = self.instant(end_date, opening.to, Edge::Closes);
            if let (Some(open), Some(close)) = (open, close)
                && open < close
            {
                stretches.push((open, close));
            }
        }
        unite(stretches)
    }

    fn instant(&self, date: Date, minute: u16, edge: Edge) -> Option<Timestamp> {
        let (date, minute) = if minute >= 24 * 60 {
            (date.tomorrow().ok()?, minute - 24 * 60)
        } else {
            (date, minute)
        };
        let hour = i8::try_from(minute / 60).ok()?;
        let wall = DateTime::from_parts(
            date,
            Time::new(hour, i8::try_from(minute % 60).ok()?, 0, 0).ok()?,
        );
        let ambiguous = self.zone.to_ambiguous_timestamp(wall);
        match ambiguous.offset() {
            jiff::tz::AmbiguousOffset::Unambiguous { .. } => ambiguous.compatible().ok(),
            jiff::tz::AmbiguousOffset::Fold { .. } => match edge {
                Edge::Opens => ambiguous.earlier().ok(),
                Edge::Closes => ambiguous.later().ok(),
            },
            jiff::tz::AmbiguousOffset::Gap { .. } => after_gap(&self.zone, ambiguous),
        }
    }

    /// The open stretches that touch `[start, end)`, united, cut to it, without the pauses.
    pub fn stretches(
        &self,
        start: Timestamp,
        end: Timestamp,
        pauses: &[Pause],
    ) -> Vec<(Timestamp, Timestamp)> {
        if end <= start {
            return Vec::new();
        }
        let mut found = Vec::new();
        let last = self.zone.to_datetime(end).date();
        let mut date = self
            .zone
            .to_datetime(start)
            .date()
            .yesterday()
            .unwrap_or(Date::MIN);
        loop {
            for (open, close) in self.day(date) {
                let (open, close) = (open.max(start), close.min(end));
                if open < close {
                    found.push((open, close));
                }
            }
            match date.tomorrow() {
                Ok(next) if date < last => date = next,
                _ => break,
            }
        }
        without(unite(found), &unite(pauses.to_vec()))
    }

    /// Minutes in which somebody is there between two instants, without the pauses.
    pub fn staffed(&self, start: Timestamp, end: Timestamp, pauses: &[Pause]) -> f64 {
        self.stretches(start, end, pauses)
            .iter()
            .map(|(from, to)| to.duration_since(*from).as_secs_f64() / 60.0)
            .sum()
    }

    /// Whether somebody is there at this instant.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let next = at.checked_add(SignedDuration::from_millis(1)).unwrap_or(at);
        !self.stretches(at, next, &[]).is_empty()
    }

    /// When an answer is due.
    ///
    /// # Errors
    /// [`CalendarError::Empty`] when the calendar does not open within ten years.
    pub fn deadline(
        &self,
        start: Timestamp,
        target: Target,
        pauses: &[Pause],
    ) -> Result<Timestamp, CalendarError> {
        match target {
            Target::Clock(minutes) => start
                .checked_add(SignedDuration::from_mins(i64::from(minutes)))
                .ok()
                .ok_or(CalendarError::Empty),
            Target::Staffed(minutes) => {
                self.staffed_deadline(start, SignedDuration::from_mins(i64::from(minutes)), pauses)
            }
            Target::WorkingDays(days) => self.working_days(start, days),
        }
    }

    fn staffed_deadline(
        &self,
        start: Timestamp,
        target: SignedDuration,
        pauses: &[Pause],
    ) -> Result<Timestamp, CalendarError> {
        let mut left = target;
        let mut from = start;
        let mut step_days = 8_i64;
        let mut walked = 0_i64;
        while walked < HORIZON_DAYS {
            let to = from
                .checked_add(SignedDuration::from_hours(24 * step_days))
                .ok()
                .ok_or(CalendarError::Empty)?;
            for (open, close) in self.stretches(from, to, pauses) {
                let length = close.duration_since(open);
                if left <= length {
                    return open.checked_add(left).ok().ok_or(CalendarError::Empty);
                }
                left -= length;
            }
            from = to;
            walked += step_days;
            step_days = (step_days * 2).min(366);
        }
        Err(CalendarError::Empty)
    }

    fn working_days(&self, start: Timestamp, days: u32) -> Result<Timestamp, CalendarError> {
        let arrival = self.zone.to_datetime(start).date();
        let mut counted = 0;
        let mut date = arrival;
        let after_closing = |date: Date| {
            self.day(date)
                .last()
                .is_none_or(|(_, close)| *close <= start)
        };
        if days == 0 || after_closing(arrival) {
            // Arrival after closing, or on a day off, counts as the next opening day.
            date = self.next_open_day(if days == 0 && !after_closing(arrival) {
                arrival
            } else {
                tomorrow(arrival)?
            })?;
        }
        while counted < days {
            date = self.next_open_day(tomorrow(date)?)?;
            counted += 1;
        }
        self.day(date)
            .last()
            .map(|(_, close)| *close)
            .ok_or(CalendarError::Empty)
    }

    fn next_open_day(&self, from: Date) -> Result<Date, CalendarError> {
        let mut date = from;
        for _ in 0..HORIZON_DAYS {
            if !self.day(date).is_empty() {
                return Ok(date);
            }
            date = tomorrow(date)?;
        }
        Err(CalendarError::Empty)
    }

    /// The instant of a wall time: the first valid one in the spring gap, the first occurrence in the autumn overlap.
    pub fn resolve(zone: &TimeZone, wall: DateTime) -> Option<Timestamp> {
        let ambiguous = zone.to_ambiguous_timestamp(wall);
        if matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
            return after_gap(zone, ambiguous);
        }
        ambiguous.compatible().ok()
    }
}

/// The first instant after a gap: the transition itself.
fn after_gap(zone: &TimeZone, ambiguous: jiff::tz::AmbiguousTimestamp) -> Option<Timestamp> {
    let (after, before) = (ambiguous.later().ok()?, ambiguous.earlier().ok()?);
    let transition = zone.following(before.min(after)).next()?;
    Some(transition.timestamp())
}

/// When an answer of this urgency is due by default (reference: care taxonomy, due times).
///
/// 3: 15 minutes of the clock. 2: four staffed hours, never past the day's end and one staffed hour. 1: two working days.
/// 0: five working days.
///
/// # Errors
/// [`CalendarError::Empty`] when the calendar never opens.
pub fn due(calendar: &Calendar, start: Timestamp, urgency: u8) -> Result<Timestamp, CalendarError> {
    match urgency {
        3.. => calendar.deadline(start, Target::Clock(15), &[]),
        2 => {
            let four_hours = calendar.deadline(start, Target::Staffed(240), &[])?;
            let day_end = calendar.deadline(start, Target::WorkingDays(0), &[])?;
            Ok(four_hours.min(calendar.deadline(day_end, Target::Staffed(60), &[])?))
        }
        1 => calendar.deadline(start, Target::WorkingDays(2), &[]),
        0 => calendar.deadline(start, Target::WorkingDays(5), &[]),
    }
}

#[derive(Clone, Copy)]
enum Edge {
    Opens,
    Closes,
}

fn tomorrow(date: Date) -> Result<Date, CalendarError> {
    date.checked_add(1.day()).ok().ok_or(CalendarError::Empty)
}

fn unite(mut stretches: Vec<(Timestamp, Timestamp)>) -> Vec<(Timestamp, Timestamp)> {
    stretches.retain(|(from, to)| from < to);
    stretches.sort_unstable();
    let mut united: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(stretches.len());
    for (from, to) in stretches {
        match united.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => united.push((from, to)),
        }
    }
    united
}

/// `stretches` without `pauses`; both united and in order.
fn without(
    stretches: Vec<(Timestamp, Timestamp)>,
    pauses: &[Pause],
) -> Vec<(Timestamp, Timestamp)> {
    let mut kept = Vec::with_capacity(stretches.len());
    for (mut from, to) in stretches {
        for (pause_from, pause_to) in pauses {
            if *pause_to <= from || *pause_from >= to {
                continue;
            }
            if *pause_from > from {
                kept.push((from, *pause_from));
            }
            from = from.max(*pause_to);
        }
        if from < to {
            kept.push((from, to));
        }
    }
    kept
}
