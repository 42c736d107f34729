//! Measures: the two families apart, each figure with its interval and what it was counted from; the same as CSV.

use auscult_app::measure::{self, BySource, Measures, Week};
use auscult_app::plan::schedule;
use auscult_model::measure::{Estimate, MeasureState};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use crate::charts::{Body, Chart, DataTable, Heat, IntervalDot, Line, Point, Steps};
use crate::error::PageError;
use crate::locale::Locale;
use crate::pages::{Signed, Site, url_encode};
use crate::render::page;
use crate::said::Said;
use crate::time;
use crate::ui::{Choice, Figure, Value, network_icon};
use crate::view::measure::{ByChannel, Family, MeasurePage, OtherFamily};
use crate::view::shell::Place;

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new().route("/measure", get(measures)).route("/measure.csv", get(csv))
}

/// The period: its days, or one of the usual ones.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Look {
    period: String,
    from: String,
    to: String,
}

/// Days of the usual periods with their words.
const PERIODS: [(&str, i64, &str); 3] = [("7", 7, "period-7"), ("30", 30, "period-30"), ("90", 90, "period-90")];

struct Period {
    first: Date,
    end: Date,
    chosen: &'static str,
}

impl Period {
    /// From the first day to the last one, both included; the last thirty days when nothing is said.
    fn of(look: &Look, today: Date) -> Result<Self, PageError> {
        if !look.from.is_empty() || !look.to.is_empty() {
            let day = |text: &str| text.parse::<Date>().map_err(|_| PageError::Bad { why: format!("{text:?} is no day; write it as 2026-11-01") });
            let (first, last) = (day(&look.from)?, day(&look.to)?);
            if last < first || last > first.saturating_add(800.days()) {
                return Err(PageError::Bad { why: "the period ends before it begins, or is longer than two years".to_owned() });
            }
            return Ok(Self { first, end: last.saturating_add(1.day()), chosen: "" });
        }
        let usual = PERIODS.iter().find(|(name, _, _)| *name == look.period).or(PERIODS.get(1));
        let (chosen, days) = usual.map_or(("30", 30), |(name, days, _)| (*name, *days));
        let end = today.saturating_add(1.day());
        Ok(Self { first: end.saturating_sub(days.days()), end, chosen })
    }
}

async fn computed(site: &Site, signed: &Signed, look: &Look) -> Result<(Period, Measures), PageError> {
    let reader = &signed.visit.reader;
    let period = Period::of(look, reader.zone.to_datetime(reader.now).date())?;
    let zone = &signed.actor.workspace.settings.time_zone;
    let midnight = |day: Date| schedule::instant(zone, &format!("{day}T00:00"));
    let found = measure::compute(&site.app, signed.viewer(), midnight(period.first)?, midnight(period.end)?).await?;
    Ok((period, found))
}

async fn measures(State(site): State<Site>, signed: Signed, Query(look): Query<Look>) -> Result<Response, PageError> {
    let (period, found) = computed(&site, &signed, &look).await?;
    let reader = &signed.visit.reader;
    let locale = &reader.locale;
    let today = reader.zone.to_datetime(reader.now).date();
    let last = period.end.saturating_sub(1.day());
    let days = |day| time::date(locale, today, day);
    let csv = format!("/measure.csv?from={}&to={}", url_encode(&period.first.to_string()), url_encode(&last.to_string()));
    let view = MeasurePage {
        shell: signed.shell(Place::Measure),
        title: Said::key("measure-title").with("from", days(period.first)).with("to", days(last)),
        lede: Said::plain(signed.actor.workspace.name.clone()),
        computed: found.computed,
        periods: PERIODS.iter().map(|(name, _, words)| Choice::new(*name, Said::key(words), *name == period.chosen)).collect(),
        short: Vec::new(),
        availability: availability(locale, &found, &signed),
        engagement: engagement(locale, &found, &signed),
        others: others(locale, &found),
        likes: None,
        gap: None,
        csv,
    };
    page(reader, &view)
}

/// What a figure is counted in.
#[derive(Clone, Copy)]
enum Unit {
    Share,
    Minutes,
    Count,
    /// From -100 to 100.
    Net,
}

impl Unit {
    fn text(self, locale: &Locale, value: f64) -> String {
        match self {
            Self::Share | Self::Net => locale.decimal(value * 100.0, 1),
            Self::Minutes => time::span(locale, whole(value)),
            Self::Count => locale.number(whole(value)),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a rounded figure far below the largest number")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

const AVAILABILITY: [(&str, &str, Unit); 9] = [
    ("av.answered", "measure-answered", Unit::Share),
    ("av.first_reply_clock.p50", "measure-first-reply", Unit::Minutes),
    ("av.first_reply_clock.p90", "measure-first-reply-most", Unit::Minutes),
    ("av.first_reply_staffed.p50", "measure-first-reply-staffed", Unit::Minutes),
    ("av.answered_by_due", "measure-by-due", Unit::Share),
    ("av.coverage", "measure-coverage", Unit::Share),
    ("av.coverage_demand", "measure-coverage-demand", Unit::Share),
    ("av.oldest_open", "measure-oldest", Unit::Minutes),
    ("av.answered_all", "measure-answered-all", Unit::Share),
];

const ENGAGEMENT: [(&str, &str, Unit); 7] = [
    ("en.qc", "measure-qc", Unit::Count),
    ("en.two_way", "measure-two-way", Unit::Share),
    ("en.turn_depth.p50", "measure-depth", Unit::Count),
    ("en.turn_depth.p90", "measure-depth-most", Unit::Count),
    ("en.reciprocity", "measure-reciprocity", Unit::Share),
    ("en.returned", "measure-returned", Unit::Share),
    ("qa.outsider_share", "measure-outsiders", Unit::Share),
];

const TRUST: [(&str, &str, Unit); 3] = [
    ("tr.visible_answer", "measure-visible", Unit::Share),
    ("tr.guard_block", "measure-guard-block", Unit::Share),
    ("in.net_sentiment", "measure-net", Unit::Net),
];

fn figures(locale: &Locale, found: &Measures, table: &[(&str, &'static str, Unit)]) -> Vec<Figure> {
    let one = |(id, name, unit): &(&str, &'static str, Unit)| Some(figure(locale, found.get(id)?, Said::key(name), *unit));
    table.iter().filter_map(one).collect()
}

fn figure(locale: &Locale, estimate: &Estimate, name: Said, unit: Unit) -> Figure {
    let of = match (estimate.numerator, estimate.denominator) {
        (Some(part), Some(all)) if matches!(unit, Unit::Share | Unit::Net) => Said::key("figure-of").with("part", whole(part)).with("whole", whole(all)),
        _ => Said::key("measure-from-n").with("n", estimate.n),
    };
    let bound = |value: Option<f64>| value.map_or_else(|| "…".to_owned(), |value| unit.text(locale, value));
    let interval = Said::key("figure-interval").with("low", bound(estimate.low)).with("high", bound(estimate.high));
    let (value, interval, of) = match (estimate.state, estimate.value) {
        (MeasureState::Ok, Some(value)) => {
            let unit_word = if matches!(unit, Unit::Share | Unit::Net) { "%" } else { "" };
            let exact = if estimate.low == estimate.high { Said::key("measure-exact") } else { interval };
            (Value::Known { text: unit.text(locale, value), unit: unit_word.to_owned() }, exact, of)
        }
        (MeasureState::Hidden, _) => (Value::Unavailable, Said::key("measure-hidden"), Said::plain(String::new())),
        (MeasureState::Unavailable, _) => (Value::Unavailable, Said::key("measure-unavailable"), Said::plain(String::new())),
        (MeasureState::Ok | MeasureState::NotYet, _) if estimate.n == 0 => (Value::Undecided, Said::key("figure-nothing-yet"), of),
        (MeasureState::Ok | MeasureState::NotYet, _) if estimate.low.is_some() => (Value::Undecided, Said::key("measure-more-than").with("low", bound(estimate.low)), of),
        (MeasureState::Ok | MeasureState::NotYet, _) => (Value::Undecided, Said::key("measure-too-few"), of),
    };
    Figure { name, value, interval, of, change: None }
}

fn availability(locale: &Locale, found: &Measures, signed: &Signed) -> Family {
    let charts = vec![
        (Said::key("measure-hours-head"), heat(found, signed), Said::key("measure-hours-words")),
        (Said::key("measure-waiting-head"), waiting(locale, found), Said::key("measure-waiting-words")),
        (Said::key("measure-answered-weeks"), weeks(locale, found, signed, ("answered-weeks", "measure-answered-weeks", |week| &week.answered)), Said::key("measure-band-words")),
    ];
    Family { figures: figures(locale, found, &AVAILABILITY), charts, channels: channels(locale, found, |source| &source.answered) }
}

fn engagement(locale: &Locale, found: &Measures, signed: &Signed) -> Family {
    let chart = weeks(locale, found, signed, ("two-way-weeks", "measure-two-way-weeks", |week| &week.two_way));
    let charts = vec![(Said::key("measure-two-way-weeks"), chart, Said::key("measure-band-words"))];
    Family { figures: figures(locale, found, &ENGAGEMENT), charts, channels: channels(locale, found, |source| &source.two_way) }
}

fn others(locale: &Locale, found: &Measures) -> Vec<OtherFamily> {
    let topics = found.estimates.iter().filter_map(|estimate| {
        let topic = estimate.id.strip_prefix("in.topic_net.")?;
        Some(figure(locale, estimate, Said::plain(topic.replace('_', " ")), Unit::Net))
    });
    vec![
        OtherFamily { name: Said::key("measure-trust"), note: Said::key("measure-trust-note"), figures: figures(locale, found, &TRUST) },
        OtherFamily { name: Said::key("measure-topics"), note: Said::key("measure-topics-note"), figures: topics.take(12).collect() },
    ]
}

fn channels(locale: &Locale, found: &Measures, pick: impl Fn(&BySource) -> &Estimate) -> Vec<ByChannel> {
    let one = |source: &BySource| {
        let estimate = pick(source);
        let (value, low, high) = (estimate.value?, estimate.low?, estimate.high?);
        let text = format!("{} %", locale.decimal(value * 100.0, 1));
        let label = Said::key("measure-dot").with("value", text.clone()).with("low", locale.decimal(low * 100.0, 1)).with("high", locale.decimal(high * 100.0, 1));
        let dot = IntervalDot { label, value: value * 100.0, low: low * 100.0, high: high * 100.0, scale: (0.0, 100.0), reference: None, decided: estimate.n >= 30 };
        Some(ByChannel { icon: network_icon(&source.source), name: source.source.clone(), value: text, dot, of: i64::try_from(estimate.n).unwrap_or(i64::MAX) })
    };
    found.sources.iter().filter_map(one).collect()
}

/// A series of weeks: the id of its chart, its head, and the figure it shows.
type Series = (&'static str, &'static str, fn(&Week) -> &Estimate);

fn weeks(locale: &Locale, found: &Measures, signed: &Signed, (id, head, pick): Series) -> Chart {
    let zone = &signed.visit.reader.zone;
    let day = |at: Timestamp| zone.to_datetime(at).date();
    let point = |week: &Week| {
        let estimate = pick(week);
        Some(Point { value: estimate.value? * 100.0, low: estimate.low? * 100.0, high: estimate.high? * 100.0 })
    };
    let points: Vec<Option<Point>> = found.weeks.iter().map(point).collect();
    let short = |at: Timestamp| format!("{}.{}.", day(at).day(), day(at).month());
    let every = found.weeks.len().div_ceil(6).max(1);
    let labels = found.weeks.iter().enumerate().step_by(every).map(|(place, week)| (place, short(week.start))).collect();
    let end = points.iter().rev().flatten().next().map(|point| locale.decimal(point.value, 1)).unwrap_or_default();
    let row = |week: &Week| {
        let estimate = pick(week);
        let cell = |value: Option<f64>| value.map_or_else(String::new, |value| locale.decimal(value * 100.0, 1));
        vec![day(week.start).to_string(), cell(estimate.value), cell(estimate.low), cell(estimate.high), estimate.n.to_string()]
    };
    let heads = ["measure-week", "col-rate", "measure-low", "measure-high", "col-of"];
    let table = DataTable { heads: heads.map(Said::key).to_vec(), rows: found.weeks.iter().map(row).collect(), csv: None };
    Chart { id, title: Said::key(head), body: Body::Line(Line { points, labels, end, marks: Vec::new(), unit: "%" }), table }
}

/// Minutes after which the curve is cut: two days.
const CUT: f64 = 2.0 * 24.0 * 60.0;

fn waiting(locale: &Locale, found: &Measures) -> Chart {
    let steps = found.waiting.steps.iter().filter(|step| step.t <= CUT);
    let points: Vec<(f64, Point)> = steps.clone().map(|step| (step.t / CUT, Point { value: step.survival, low: step.low, high: step.high })).collect();
    let left = points.last().map_or(1.0, |(_, point)| point.value);
    let label = |hours: u32| (f64::from(hours) / 48.0, time::span(locale, i64::from(hours) * 60));
    let row = |step: &auscult_model::measure::SurvivalStep| vec![time::span(locale, whole(step.t)), step.at_risk.to_string(), locale.decimal(step.survival * 100.0, 1)];
    let table = DataTable {
        heads: ["measure-after", "measure-at-risk", "measure-still"].map(Said::key).to_vec(),
        rows: found.waiting.steps.iter().take(200).map(row).collect(),
        csv: None,
    };
    let end = locale.text("measure-not-yet-heard", &[("share", crate::said::Word::Text(locale.decimal(left * 100.0, 1)))]);
    let body = Steps { points, labels: vec![label(6), label(12), label(24), label(42)], end };
    Chart { id: "waiting", title: Said::key("measure-waiting-head"), body: Body::Steps(body), table }
}

fn heat(found: &Measures, signed: &Signed) -> Chart {
    let hours = found.hours.iter().map(|day| day.iter().map(|count| Some(*count as f64)).collect()).collect();
    let settings = &signed.actor.workspace.settings;
    let hour = |text: &str| text.split(':').next().and_then(|hour| hour.parse::<u8>().ok());
    let staffed = (1..=7_u8).map(|weekday| {
        let open = settings.hours.iter().filter(move |open| open.weekday == weekday);
        open.filter_map(|open| Some((hour(&open.from)?, hour(&open.to)?))).collect()
    });
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let row = |(name, day): (&str, &[u64; 24])| std::iter::once(name.to_owned()).chain(day.iter().map(u64::to_string)).collect();
    let heads = std::iter::once(Said::key("measure-day")).chain((0..24).map(|hour| Said::plain(hour.to_string())));
    let table = DataTable { heads: heads.collect(), rows: names.into_iter().zip(&found.hours).map(row).collect(), csv: None };
    Chart { id: "hours", title: Said::key("measure-hours-head"), body: Body::Heat(Heat { hours, staffed: staffed.collect() }), table }
}

async fn csv(State(site): State<Site>, signed: Signed, Query(look): Query<Look>) -> Result<Response, PageError> {
    let (period, found) = computed(&site, &signed, &look).await?;
    let mut lines = String::from("id,value,low,high,numerator,denominator,n,estimator,state,missing,from,to\r\n");
    let last = period.end.saturating_sub(1.day());
    for estimate in &found.estimates {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let cells = [
            safe(&estimate.id),
            number(estimate.value),
            number(estimate.low),
            number(estimate.high),
            number(estimate.numerator),
            number(estimate.denominator),
            estimate.n.to_string(),
            safe(&estimate.estimator),
            estimate.state.to_string(),
            safe(estimate.missing.as_deref().unwrap_or_default()),
            period.first.to_string(),
            last.to_string(),
        ];
        lines.push_str(&cells.join(","));
        lines.push_str("\r\n");
    }
    let name = format!("attachment; filename=\"measures-{}-{last}.csv\"", period.first);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], lines).into_response())
}

/// A cell that no spreadsheet takes for a formula.
fn safe(cell: &str) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if risky { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
