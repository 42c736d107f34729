//! Opening hours against the published vectors, and their laws as properties.
#![cfg(test)]

use std::collections::BTreeMap;

use auscult_model::hours::{Calendar, Opening, Pause, Target, due};
use auscult_model::workspace::WorkspaceSettings;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

fn calendar(value: &Value) -> Calendar {
    let openings = |list: &Value| -> Vec<Opening> {
        let pairs = list.as_array().unwrap().iter();
        pairs
            .map(|pair| {
                Opening::parse(pair[0].as_str().unwrap(), pair[1].as_str().unwrap()).unwrap()
            })
            .collect()
    };
    let week: [Vec<Opening>; 7] = std::array::from_fn(|day| openings(&value["week"][day]));
    let exceptions: BTreeMap<_, _> =
        value["exceptions"]
            .as_object()
            .map_or_else(BTreeMap::new, |days| {
                days.iter()
                    .map(|(date, list)| (date.parse().unwrap(), openings(list)))
                    .collect()
            });
    Calendar::new(value["zone"].as_str().unwrap(), week, exceptions).unwrap()
}

fn pauses(value: &Value) -> Vec<Pause> {
    let pairs = value.as_array().unwrap().iter();
    pairs
        .map(|pair| {
            (
                pair[0].as_str().unwrap().parse().unwrap(),
                pair[1].as_str().unwrap().parse().unwrap(),
            )
        })
        .collect()
}

fn vectors(estimator: &str) -> Vec<Value> {
    let rows = include_str!("data/measures-vectors.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found: Vec<Value> = rows.filter(|row| row["estimator"] == estimator).collect();
    assert!(!found.is_empty(), "no vectors for {estimator}");
    found
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn staffed_minutes_follow_the_vectors() {
    for row in vectors("staffed_minutes") {
        let input = &row["in"];
        let (start, end) = (
            at(input["start"].as_str().unwrap()),
            at(input["end"].as_str().unwrap()),
        );
        let got = calendar(&input["calendar"]).staffed(start, end, &pauses(&input["pauses"]));
        let wanted = row["out"]["minutes"].as_f64().unwrap();
        assert!((got - wanted).abs() < 1e-6, "{row}: {got}");
    }
}

#[test]
fn deadlines_follow_the_vectors() {
    for row in vectors("deadline_staffed") {
        let input = &row["in"];
        let minutes = u32::try_from(input["minutes"].as_u64().unwrap()).unwrap();
        let start = at(input["start"].as_str().unwrap());
        let got = calendar(&input["calendar"])
            .deadline(start, Target::Staffed(minutes), &pauses(&input["pauses"]))
            .unwrap();
        assert_eq!(got, at(row["out"]["deadline"].as_str().unwrap()), "{row}");
    }
}

#[test]
fn an_empty_calendar_and_wrong_words_are_refused() {
    assert!(Calendar::new("Europe/Dublin", Default::default(), BTreeMap::new()).is_err());
    assert!(Opening::parse("9:00", "17:00").is_err());
    assert!(Opening::parse("09:00", "24:30").is_err());
    let settings = WorkspaceSettings {
        time_zone: "Europe/Atlantis".to_owned(),
        ..WorkspaceSettings::default()
    };
    assert!(
        Calendar::of(&settings)
            .unwrap_err()
            .to_string()
            .contains("Atlantis")
    );
}

fn office(zone: &str) -> Calendar {
    let week = std::array::from_fn(|day| {
        if day < 5 {
            vec![Opening::parse("09:00", "17:00").unwrap()]
        } else {
            Vec::new()
        }
    });
    Calendar::new(zone, week, BTreeMap::new()).unwrap()
}

#[test]
fn due_times_follow_urgency() {
    let calendar = office("Europe/Dublin");
    let friday_late = at("2026-11-20T16:30:00Z");
    assert_eq!(
        due(&calendar, friday_late, 3).unwrap(),
        at("2026-11-20T16:45:00Z")
    );
    assert_eq!(
        due(&calendar, friday_late, 2).unwrap(),
        at("2026-11-23T10:00:00Z")
    );
    assert_eq!(
        due(&calendar, friday_late, 1).unwrap(),
        at("2026-11-24T17:00:00Z")
    );
    assert_eq!(
        due(&calendar, at("2026-11-20T17:30:00Z"), 1).unwrap(),
        at("2026-11-25T17:00:00Z")
    );
    assert_eq!(
        due(&calendar, friday_late, 0).unwrap(),
        at("2026-11-27T17:00:00Z")
    );
}

const ZONES: [&str; 8] = [
    "Europe/Dublin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "UTC",
];

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let opening = (0_u16..24, 0_u16..4, 1_u16..24).prop_map(|(hour, quarter, length)| {
        let from = hour * 60 + quarter * 15;
        let to = (from + length * 60) % (24 * 60);
        let text = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        Opening::parse(&text(from), &text(to)).unwrap()
    });
    let day = proptest::collection::vec(opening, 0..3);
    (
        proptest::sample::select(ZONES.to_vec()),
        proptest::array::uniform7(day),
    )
        .prop_filter_map("opens", |(zone, week)| {
            Calendar::new(zone, week, BTreeMap::new()).ok()
        })
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    (1_767_225_600_i64..1_830_297_600).prop_map(|second| Timestamp::from_second(second).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_deadline_holds_its_minutes(calendar in any_calendar(), start in any_instant(), minutes in 1_u32..3_000) {
        let deadline = calendar.deadline(start, Target::Staffed(minutes), &[]).unwrap();
        prop_assert!((calendar.staffed(start, deadline, &[]) - f64::from(minutes)).abs() < 1e-6);
    }

    #[test]
    fn deadlines_are_monotone(calendar in any_calendar(), start in any_instant(), minutes in 1_u32..2_000, more in 0_u32..500, later in 0_i64..200_000) {
        let first = calendar.deadline(start, Target::Staffed(minutes), &[]).unwrap();
        prop_assert!(first <= calendar.deadline(start, Target::Staffed(minutes + more), &[]).unwrap());
        let second_start = Timestamp::from_second(start.as_second() + later).unwrap();
        prop_assert!(first <= calendar.deadline(second_start, Target::Staffed(minutes), &[]).unwrap());
    }

    #[test]
    fn staffed_time_adds_up(calendar in any_calendar(), start in any_instant(), one in 0_i64..900_000, two in 0_i64..900_000) {
        let middle = Timestamp::from_second(start.as_second() + one).unwrap();
        let end = Timestamp::from_second(middle.as_second() + two).unwrap();
        let whole = calendar.staffed(start, end, &[]);
        let parts = calendar.staffed(start, middle, &[]) + calendar.staffed(middle, end, &[]);
        prop_assert!((whole - parts).abs() < 1e-6, "{whole} {parts}");
    }

    #[test]
    fn overlapping_pauses_count_once(calendar in any_calendar(), start in any_instant(), length in 1_i64..600_000, from in 0_i64..600_000) {
        let end = Timestamp::from_second(start.as_second() + 600_000).unwrap();
        let pause = (Timestamp::from_second(start.as_second() + from).unwrap(), Timestamp::from_second(start.as_second() + from + length).unwrap());
        let once = calendar.staffed(start, end, &[pause]);
        prop_assert!((once - calendar.staffed(start, end, &[pause, pause])).abs() < 1e-9);
        let inside = calendar.staffed(start, end, &[]) - calendar.staffed(pause.0.min(end), pause.1.min(end), &[]);
        prop_assert!((once - inside).abs() < 1e-6);
    }
}
