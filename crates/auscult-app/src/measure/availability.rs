//! Were we there: hours covered, items answered, and how long people wait.

use auscult_model::inbox::ConversationState;
use auscult_model::measure::{Estimate, Interval, MeasureState, Survival, kaplan_meier};
use auscult_store::measure::Arrival;
use jiff::Timestamp;

use super::{FEW, Ground, PEOPLE};

pub(super) fn estimates(ground: &Ground) -> Vec<Estimate> {
    let mut all = vec![coverage(ground), coverage_demand(ground), answered(ground.arrivals.iter(), ground.now)];
    let answered_of_all = ground.arrivals.iter().filter(|arrival| arrival.first_reply_at.is_some()).count() as u64;
    all.push(Estimate::share("av.answered_all", answered_of_all, ground.arrivals.len() as u64, FEW));
    let clock = waiting(ground);
    let staffed = curve(ground, |from, to| ground.calendar.staffed(from, to, &[]));
    for (curve, name) in [(&clock, "av.first_reply_clock"), (&staffed, "av.first_reply_staffed")] {
        all.push(quantile(&format!("{name}.p50"), curve, 0.5));
        all.push(quantile(&format!("{name}.p90"), curve, 0.9));
    }
    all.push(answered_by_due(ground));
    all.push(oldest_open(ground));
    all.push(Estimate::unavailable("av.safety_ack", "wilson", "when somebody took a safety record on is not stored"));
    all
}

/// Minutes in which somebody is there, of all minutes of the period; exact.
fn coverage(ground: &Ground) -> Estimate {
    let all = ground.to.duration_since(ground.from).as_secs_f64() / 60.0;
    let there = ground.calendar.staffed(ground.from, ground.to, &[]);
    let share = there / all;
    let mut estimate = Estimate::empty("av.coverage", "none", 1);
    estimate.numerator = Some(there);
    estimate.denominator = Some(all);
    estimate.fill(Interval { value: share, low: share, high: share });
    estimate
}

fn coverage_demand(ground: &Ground) -> Estimate {
    let staffed = ground.arrivals.iter().filter(|arrival| ground.calendar.is_open(arrival.arrived)).count() as u64;
    Estimate::share("av.coverage_demand", staffed, ground.arrivals.len() as u64, FEW)
}

/// Answered by a human, of those that need an answer and are at least one due time old.
pub(super) fn answered<'a>(arrivals: impl Iterator<Item = &'a Arrival>, now: Timestamp) -> Estimate {
    let old_enough = |arrival: &&Arrival| arrival.needs_answer && arrival.due_at.is_none_or(|due| due <= now);
    let (mut part, mut whole) = (0, 0);
    for arrival in arrivals.filter(old_enough) {
        whole += 1;
        part += u64::from(arrival.first_reply_at.is_some());
    }
    Estimate::share("av.answered", part, whole, FEW)
}

/// The curve of those who wait for the first human reply, in minutes of the clock.
pub(super) fn waiting(ground: &Ground) -> Survival {
    curve(ground, minutes)
}

fn minutes(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 60.0
}

fn curve(ground: &Ground, length: impl Fn(Timestamp, Timestamp) -> f64) -> Survival {
    let wait = |arrival: &Arrival| match arrival.first_reply_at {
        Some(reply) => (length(arrival.arrived, reply).max(0.0), true),
        None => (length(arrival.arrived, until(arrival, ground.now)).max(0.0), false),
    };
    let waits: Vec<(f64, bool)> = ground.arrivals.iter().filter(|arrival| arrival.needs_answer).map(wait).collect();
    kaplan_meier(&waits)
}

/// Somebody waits until now, or until the conversation was closed without a word of ours.
fn until(arrival: &Arrival, now: Timestamp) -> Timestamp {
    arrival.resolved_at.filter(|_| arrival.state == ConversationState::Resolved).unwrap_or(now)
}

fn quantile(id: &str, curve: &Survival, p: f64) -> Estimate {
    let mut estimate = Estimate::empty(id, "kaplan_meier", curve.n);
    estimate.denominator = Some(curve.n as f64);
    estimate.numerator = Some(curve.steps.iter().map(|step| step.events as f64).sum());
    if curve.n < PEOPLE {
        return estimate;
    }
    estimate.low = curve.quantile_interval(p).0;
    estimate.high = curve.quantile_interval(p).1;
    match curve.quantile(p) {
        Some(value) => {
            estimate.value = Some(value);
            estimate.state = MeasureState::Ok;
        }
        // Not reached: all that is known is that it is more than the longest wait.
        None => estimate.low = Some(estimate.low.unwrap_or(curve.longest)),
    }
    estimate
}

/// One minus the share that still waits when the due time is over; waits are measured in due times.
fn answered_by_due(ground: &Ground) -> Estimate {
    let waits: Vec<(f64, bool)> = ground.arrivals.iter().filter(|arrival| arrival.needs_answer).filter_map(|arrival| due_times(arrival, ground.now)).collect();
    let curve = kaplan_meier(&waits);
    let mut estimate = Estimate::empty("av.answered_by_due", "kaplan_meier", curve.n);
    estimate.denominator = Some(curve.n as f64);
    estimate.numerator = Some(waits.iter().filter(|(wait, answered)| *answered && *wait <= 1.0).count() as f64);
    if curve.n >= PEOPLE {
        let (value, low, high) = curve.answered_by(1.0);
        estimate.fill(Interval { value, low, high });
    }
    estimate
}

fn due_times(arrival: &Arrival, now: Timestamp) -> Option<(f64, bool)> {
    let due = minutes(arrival.arrived, arrival.due_at?);
    if due <= 0.0 {
        return None;
    }
    let end = arrival.first_reply_at.unwrap_or_else(|| until(arrival, now));
    Some(((minutes(arrival.arrived, end) / due).max(0.0), arrival.first_reply_at.is_some()))
}

fn oldest_open(ground: &Ground) -> Estimate {
    let open = |arrival: &&Arrival| arrival.needs_answer && arrival.first_reply_at.is_none() && arrival.state != ConversationState::Resolved;
    let ages: Vec<f64> = ground.arrivals.iter().filter(open).map(|arrival| minutes(arrival.arrived, ground.now)).collect();
    let mut estimate = Estimate::empty("av.oldest_open", "none", ages.len() as u64);
    if let Some(oldest) = ages.into_iter().max_by(f64::total_cmp) {
        estimate.fill(Interval { value: oldest, low: oldest, high: oldest });
    }
    estimate
}

/// Items by weekday (Monday first) and hour of the workspace's zone.
pub(super) fn hours(ground: &Ground) -> Vec<[u64; 24]> {
    let mut week = vec![[0_u64; 24]; 7];
    for arrival in &ground.arrivals {
        let at = ground.calendar.zone().to_datetime(arrival.arrived);
        let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0);
        let hour = usize::try_from(at.hour()).unwrap_or(0);
        if let Some(count) = week.get_mut(day).and_then(|hours| hours.get_mut(hour)) {
            *count += 1;
        }
    }
    week
}
