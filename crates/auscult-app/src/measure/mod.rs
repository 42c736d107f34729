//! Measuring: availability and engagement apart, each figure with its interval and what it was counted from
//! (reference: measures; the ids are from there).
//!
//! Crisis rows stay out, whoever looks. A figure about people that rests on fewer than ten is hidden; one that rests on
//! too little otherwise is not yet decidable. Nobody who still waits is forgotten: they stay in the curve, censored at
//! their present age. Times are minutes.

mod availability;
mod engagement;
mod insight;

use auscult_model::hours::Calendar;
use auscult_model::ids::MemberId;
use auscult_model::measure::{Estimate, MeasureState, Survival};
use auscult_model::member::{Role, Viewer};
use auscult_store::measure::{Arrival, Exchange};
use auscult_store::{measure as rows, workspace};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::app::App;
use crate::error::AppError;
use crate::right::Right;

/// Observations below which a share or a count says nothing yet.
pub(crate) const FEW: u64 = 5;
/// People, or waiting times, below which nothing is shown.
pub(crate) const PEOPLE: u64 = 10;
/// Somebody who writes again within this time came back.
const RETURN: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Every figure of a period, as `auscult measure --json` prints them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measures {
    /// The figures, by their ids.
    #[serde(rename = "measures")]
    pub estimates: Vec<Estimate>,
    /// From this instant.
    #[serde(skip)]
    pub from: Timestamp,
    /// To this one, which no longer belongs to it.
    #[serde(skip)]
    pub to: Timestamp,
    /// When it was computed.
    #[serde(skip)]
    pub computed: Timestamp,
    /// Figures by network or feed.
    #[serde(skip)]
    pub sources: Vec<BySource>,
    /// Figures week by week.
    #[serde(skip)]
    pub weeks: Vec<Week>,
    /// How long people wait for the first human reply.
    #[serde(skip)]
    pub waiting: Survival,
    /// Items by weekday (Monday first) and hour.
    #[serde(skip)]
    pub hours: Vec<[u64; 24]>,
}

impl Measures {
    /// The figure with this id.
    pub fn get(&self, id: &str) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.id == id)
    }
}

/// Figures of one network or feed.
#[derive(Debug, Clone, PartialEq)]
pub struct BySource {
    /// The network or feed.
    pub source: String,
    /// Share answered, of those needing an answer.
    pub answered: Estimate,
    /// Share of threads that became a dialogue.
    pub two_way: Estimate,
}

/// Figures of one week.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// Its first day, at midnight of the workspace.
    pub start: Timestamp,
    /// Share answered, of those needing an answer.
    pub answered: Estimate,
    /// Share of threads that became a dialogue.
    pub two_way: Estimate,
}

/// What the figures of a period are computed from.
pub(crate) struct Ground {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) calendar: Calendar,
    pub(crate) arrivals: Vec<Arrival>,
    /// With turns up to a month after the period, for those who come back.
    pub(crate) exchanges: Vec<Exchange>,
}

/// Computes every figure of a period (its end excluded).
pub async fn compute(app: &App, viewer: &Viewer, from: Timestamp, to: Timestamp) -> Result<Measures, AppError> {
    Right::Read.demand(viewer)?;
    if to <= from {
        return Err(AppError::invalid("to", "the period ends before it begins; give a later day"));
    }
    let now = app.now();
    let open = unrestricted(viewer);
    let mut conn = app.read().await?;
    let space = workspace::get(&mut conn, viewer.workspace).await?;
    let calendar = Calendar::of(&space.settings).map_err(|error| AppError::invalid("hours", error.to_string()))?;
    let later = to.checked_add(RETURN).unwrap_or(to).min(now.max(to));
    let arrivals = rows::arrivals(&mut conn, &open, from, to).await?;
    let exchanges = rows::exchanges(&mut conn, &open, from, later).await?;
    let ground = Ground { from, to, now, calendar, arrivals, exchanges };
    let mut estimates = availability::estimates(&ground);
    estimates.extend(engagement::estimates(&ground));
    estimates.extend(insight::estimates(&mut conn, &open, from, to).await?);
    Ok(Measures {
        estimates,
        from,
        to,
        computed: now,
        sources: by_source(&ground),
        weeks: weeks(&ground),
        waiting: availability::waiting(&ground),
        hours: availability::hours(&ground),
    })
}

/// Figures are of the whole workspace, without its crisis rows, whoever looks.
fn unrestricted(viewer: &Viewer) -> Viewer {
    Viewer { workspace: viewer.workspace, member: viewer.member.or(Some(MemberId(0))), role: Role::Viewer, duties: Vec::new(), teams: Vec::new() }
}

/// A share of people: hidden below ten of them, without a number that would give them away.
pub(crate) fn people(id: &str, part: u64, whole: u64) -> Estimate {
    if whole == 0 || whole >= PEOPLE {
        return Estimate::share(id, part, whole, PEOPLE);
    }
    Estimate { state: MeasureState::Hidden, ..Estimate::empty(id, "wilson", 0) }
}

fn by_source(ground: &Ground) -> Vec<BySource> {
    let mut sources: Vec<String> = ground.arrivals.iter().map(|arrival| arrival.source.clone()).collect();
    sources.extend(ground.exchanges.iter().map(|exchange| exchange.source.clone()));
    sources.sort_unstable();
    sources.dedup();
    let one = |source: String| {
        let arrivals = ground.arrivals.iter().filter(|arrival| arrival.source == source);
        let exchanges = ground.exchanges.iter().filter(|exchange| exchange.source == source);
        BySource {
            answered: availability::answered(arrivals, ground.now),
            two_way: engagement::two_way(exchanges, (ground.from, ground.to)),
            source,
        }
    };
    sources.into_iter().map(one).collect()
}

fn weeks(ground: &Ground) -> Vec<Week> {
    let zone = ground.calendar.zone();
    let mut weeks = Vec::new();
    let mut day = zone.to_datetime(ground.from).date();
    while let Some(start) = Calendar::resolve(zone, day.at(0, 0, 0, 0)).filter(|start| *start < ground.to) {
        let next = day.saturating_add(jiff::ToSpan::days(7));
        let end = Calendar::resolve(zone, next.at(0, 0, 0, 0)).unwrap_or(ground.to).min(ground.to);
        let start = start.max(ground.from);
        let arrivals = ground.arrivals.iter().filter(|arrival| arrival.arrived >= start && arrival.arrived < end);
        weeks.push(Week {
            start,
            answered: availability::answered(arrivals, ground.now),
            two_way: engagement::two_way(ground.exchanges.iter(), (start, end)),
        });
        if next <= day {
            break;
        }
        day = next;
    }
    weeks
}
