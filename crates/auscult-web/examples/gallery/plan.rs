//! The plan and the measures of the gallery.

use auscult_web::charts::{
    Body, Chart, DataTable, Heat, IntervalDot, Line, Mark, Point, ShareBar, Steps, Strip, StripRow,
};
use auscult_web::render::page;
use auscult_web::router::Visit;
use auscult_web::ui::{Badge, Change, Choice, Field, Figure, Tone, Value};
use auscult_web::view::inbox::Verdict;
use auscult_web::view::measure::{ByChannel, Family, MeasurePage, OtherFamily};
use auscult_web::view::plan::{
    Idea, PieceCard, PiecePage, PieceStep, PlanDay, PlanPage, Sending, Variant,
};
use auscult_web::view::shell::Place;
use axum::Router;
use axum::routing::get;
use jiff::ToSpan;
use jiff::civil::date;

use crate::inbox::guard;
use crate::{Answer, at, reading, said, shell};

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/plan", get(async |visit: Visit| plan(visit, false)))
        .route("/plan/month", get(async |visit: Visit| plan(visit, true)))
        .route("/plan/7", get(piece))
        .route("/measure", get(measure))
}

fn card(time: &str, title: &str, state: Badge, held: Option<&str>) -> PieceCard {
    PieceCard {
        path: "/plan/7".to_owned(),
        time: time.to_owned(),
        channels: vec![
            ("fedi", "Mastodon".to_owned()),
            ("sky", "Bluesky".to_owned()),
        ],
        title: title.to_owned(),
        draft: state.tone == Tone::Unsure,
        state,
        stance: said("Their question"),
        own: false,
        held: held.map(said),
    }
}

fn plan(visit: Visit, month: bool) -> Answer {
    let visit = reading(visit);
    let first = if month {
        date(2026, 10, 26)
    } else {
        date(2026, 11, 23)
    };
    let count = if month { 35 } else { 7 };
    let days = (0..count).map(|step| {
        let day = first.saturating_add(step.days());
        let pieces = match step % 7 {
            0 => vec![card(
                "14:00",
                "Why is a fracture clinic morning so long?",
                Badge::with_icon(Tone::Warn, "clock", said("Clinical check")),
                None,
            )],
            2 => vec![card(
                "12:00",
                "Five words for pain",
                Badge::with_icon(Tone::Unsure, "pen", said("Draft")),
                None,
            )],
            6 => vec![card(
                "09:00",
                "Antibiotics and colds",
                Badge::with_icon(Tone::Danger, "pause", said("Held")),
                Some("Clinical review date passed"),
            )],
            _ => Vec::new(),
        };
        let gaps = if step % 7 == 5 {
            vec![said("No one here until Monday. Questions would wait 38 h")]
        } else {
            Vec::new()
        };
        PlanDay {
            date: day,
            today: day == date(2026, 11, 23),
            outside: month && day.month() != 11,
            pieces,
            gaps,
        }
    });
    let strip = StripRow {
        name: "Town forum".to_owned(),
        dots: vec![0.05, 0.2, 0.4, 0.6, 0.9],
        gap: Some((0.62, 0.88, "9 d".to_owned())),
    };
    let view = PlanPage {
        shell: shell(&visit, Place::Plan),
        title: said(if month {
            "November"
        } else {
            "Week of 23 November"
        }),
        lede: said("Nine pieces from four sources. Five start from something a patient asked."),
        month,
        moves: (
            "/plan?week=47".to_owned(),
            "/plan".to_owned(),
            "/plan?week=49".to_owned(),
        ),
        other: "/plan/month".to_owned(),
        days: days.collect(),
        mix: vec![(
            said("Their challenges 8 of 9, about us 1"),
            ShareBar::against(0.89),
        )],
        cadence: Some(Chart {
            id: "cadence",
            title: said("Posts by channel over six weeks. The town forum has a gap of nine days."),
            body: Body::Strip(Strip { rows: vec![strip] }),
            table: DataTable {
                heads: vec![said("Channel"), said("Posts")],
                rows: vec![vec!["Town forum".to_owned(), "5".to_owned()]],
                csv: None,
            },
        }),
        ideas: vec![Idea {
            question: "What do I do if the clinic number rings out?".to_owned(),
            asked: 22,
            channels: "map reviews, Bluesky".to_owned(),
            badge: Some(Badge::with_icon(
                Tone::Warn,
                "alert",
                said("No page answers it"),
            )),
            path: "/plan/new".to_owned(),
        }],
        drafts: vec![card(
            "",
            "Five words for pain",
            Badge::with_icon(Tone::Unsure, "pen", said("Draft")),
            None,
        )],
        held: false,
    };
    page(&visit.reader, &view)
}

async fn piece(visit: Visit) -> Answer {
    let visit = reading(visit);
    let variant = |id: &str, icon, channel: &str, left, verdict| {
        Variant {
        id: id.to_owned(),
        icon,
        channel: channel.to_owned(),
        handle: "@care@stbrigids.example".to_owned(),
        text: "Why does a fracture clinic morning take so long?\n\nBecause it is four queues, not one.".to_owned(),
        count: "352 of 500".to_owned(),
        left,
        guard: guard(0, verdict),
        delivery: None,
    }
    };
    let step = |name: &str, done, now, mine| PieceStep {
        name: said(name),
        done,
        now,
        mine,
        approval: "7:ab12".to_owned(),
        note: Some(said("Nkem Adeyemi")),
        at: done.then(|| at("2026-11-23T08:52:00Z")),
    };
    let view = PiecePage {
        shell: shell(&visit, Place::Plan),
        path: "/plan/7".to_owned(),
        version: 3,
        title: Field::with("Why is a fracture clinic morning so long?"),
        claims: Field::with("Four queues | clinic log | 2027-05-01"),
        review_on: Field::with("2027-05-01"),
        question: String::new(),
        lede: said("Their question, heard 22 times."),
        state: Some(Badge::with_icon(
            Tone::Warn,
            "clock",
            said("Waiting for a clinical check"),
        )),
        stances: vec![Choice::new("question", said("Their question"), true)],
        aims: vec![Choice::new("know", said("So that people know"), true)],
        variants: vec![
            variant("mastodon", "fedi", "Mastodon", 148, Verdict::Clear),
            variant("bluesky", "sky", "Bluesky", -52, Verdict::Block),
        ],
        addable: vec![Choice::new("forum", said("Town forum"), true)],
        at: Field::with("2026-11-23T14:00"),
        zone: "Europe/Dublin".to_owned(),
        sendings: vec![Sending {
            cancel: Some("7:1".to_owned()),
            icon: "fedi",
            channel: "Mastodon".to_owned(),
            at: at("2026-11-24T14:00:00Z"),
            state: Badge::with_icon(Tone::Accent, "clock", said("Planned")),
        }],
        steps: vec![
            step("Written", true, false, false),
            step("Clinical accuracy", false, true, true),
            step("Goes out", false, false, false),
        ],
        checks: vec![(
            Badge::with_icon(Tone::Ok, "check", said("Fine")),
            said("No one can be identified"),
        )],
        blocked: Some(said("One variant is too long and one check is open.")),
        lineage: vec![(
            "bulb",
            said("22 people asked"),
            said("Listening: Fairview waits"),
        )],
    };
    page(&visit.reader, &view)
}

fn figure(name: &str, text: &str, unit: &str, change: Option<Change>) -> Figure {
    Figure {
        name: said(name),
        value: Value::Known {
            text: text.to_owned(),
            unit: unit.to_owned(),
        },
        interval: said("87.5 to 92.9"),
        of: said("412 of 455 items"),
        change,
    }
}

fn line() -> Chart {
    let points = (0..26_u8).map(|week| {
        let value = 9.0 + f64::from(week) * 0.22 + f64::from(week % 4) * 0.6;
        (week != 9).then_some(Point {
            value,
            low: value - 2.6,
            high: value + 3.1,
        })
    });
    Chart {
        id: "twoway",
        title: said("Two-way rate rose from about 9 to about 15 percent over 26 weeks."),
        body: Body::Line(Line {
            points: points.collect(),
            labels: vec![
                (0, "May".to_owned()),
                (9, "July".to_owned()),
                (18, "September".to_owned()),
            ],
            end: "15.0".to_owned(),
            marks: vec![Mark {
                at: 17,
                text: said("named people sign replies"),
            }],
            unit: "",
        }),
        table: DataTable {
            heads: vec![said("Week"), said("Rate")],
            rows: vec![vec!["1".to_owned(), "9.0".to_owned()]],
            csv: None,
        },
    }
}

fn waiting() -> Chart {
    let step = |at: f64, value: f64| {
        (
            at,
            Point {
                value,
                low: value - 0.04,
                high: value + 0.04,
            },
        )
    };
    Chart {
        id: "waiting",
        title: said(
            "Share of people still waiting after a time. Half after 2 hours, 13 percent after a day.",
        ),
        body: Body::Steps(Steps {
            points: vec![
                step(0.1, 0.78),
                step(0.2, 0.49),
                step(0.41, 0.27),
                step(0.71, 0.13),
                step(0.9, 0.1),
            ],
            labels: vec![
                (0.14, "1 h".to_owned()),
                (0.41, "8 h".to_owned()),
                (0.71, "1 day".to_owned()),
                (0.98, "2 days".to_owned()),
            ],
            end: "9.5 % not yet".to_owned(),
        }),
        table: DataTable::default(),
    }
}

fn heat() -> Chart {
    let hours = (0..7_u8).map(|day| {
        (0..24_u8)
            .map(|hour| Some(f64::from((hour * 3 + day) % 24)))
            .collect()
    });
    Chart {
        id: "heat",
        title: said(
            "Messages by hour of the week. The busiest hours are 18 to 21 and are not staffed.",
        ),
        body: Body::Heat(Heat {
            hours: hours.collect(),
            staffed: (0..5).map(|_| vec![(8, 18)]).collect(),
        }),
        table: DataTable::default(),
    }
}

async fn measure(visit: Visit) -> Answer {
    let visit = reading(visit);
    let mut undecided = figure("Came back within six months", "", "", None);
    undecided.value = Value::Undecided;
    undecided.interval = said("about 86 more people");
    let dot = |value: f64, decided| IntervalDot {
        label: said("27.1 percent, interval 19.6 to 36.1"),
        value,
        low: value - 7.0,
        high: value + 9.0,
        scale: (0.0, 40.0),
        reference: Some(15.0),
        decided,
    };
    let by = |icon, name: &str, value: f64, of, decided| ByChannel {
        icon,
        name: name.to_owned(),
        value: format!("{value} %"),
        dot: dot(value, decided),
        of,
    };
    let view = MeasurePage {
        shell: shell(&visit, Place::Measure),
        title: said("October 2026"),
        lede: said("St Brigid’s Health, all places."),
        computed: at("2026-11-03T02:00:00Z"),
        periods: vec![
            Choice::new("2026-10", said("October 2026"), true),
            Choice::new("2026-09", said("September 2026"), false),
        ],
        short: vec![(
            said("What happened"),
            said("We answered nine in ten people who needed an answer."),
        )],
        availability: Family {
            figures: vec![
                figure(
                    "Answered, of those needing it",
                    "90.5",
                    "%",
                    Some(Change::Better(said("+6.1 points"))),
                ),
                figure(
                    "First human reply, median",
                    "2 h 06",
                    "",
                    Some(Change::NotClear),
                ),
                figure(
                    "Oldest still open",
                    "3 d 4 h",
                    "",
                    Some(Change::Worse(said("Promise was 2 days"))),
                ),
                Figure::share(said("Hours covered"), 50, 168, (0.23, 0.37)),
            ],
            charts: vec![
                (
                    said("When people write, and when someone is here"),
                    heat(),
                    said("35 % of messages arrive while someone is here."),
                ),
                (
                    said("Still waiting for a first human reply"),
                    waiting(),
                    said("People we have not answered stay in the curve."),
                ),
            ],
            channels: Vec::new(),
        },
        engagement: Family {
            figures: vec![
                figure("Real conversations", "96", "", None),
                figure("Turns, median", "3", "", None),
                undecided.clone(),
            ],
            charts: vec![(
                said("Two-way rate, 26 weeks"),
                line(),
                said("The dashed line marks a change of ours."),
            )],
            channels: vec![
                by("forum", "Town forum", 27.1, 107, true),
                by("video", "Video channel", 9.0, 11, false),
            ],
        },
        others: vec![OtherFamily {
            name: said("Audience quality"),
            note: said("where identities are visible"),
            figures: vec![undecided],
        }],
        likes: Some(14_212),
        gap: Some(said("Two of nine channels are still counting.")),
        csv: "/measure.csv?period=2026-10".to_owned(),
    };
    page(&visit.reader, &view)
}
