//! Salience against its published vectors, and the rule as properties.
#![cfg(test)]

use auscult_text::classify::salience::{Matter, SalienceInput, SalienceWeights, group_salience};
use proptest::prelude::*;
use serde_json::Value;

fn vectors(name: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("data/salience-vectors.json")).unwrap();
    all[name]["vectors"].as_array().unwrap().clone()
}

fn input(value: &Value) -> SalienceInput {
    SalienceInput {
        polarity: value["polarity"].as_f64().unwrap(),
        words: usize::try_from(value["words"].as_u64().unwrap()).unwrap(),
        specifics: usize::try_from(value["specifics"].as_u64().unwrap()).unwrap(),
        grade: value["grade"].as_f64(),
        is_all_capitals: false,
        matter: match value["topic"].as_str() {
            Some("harm") => Matter::Harm,
            Some("dignity") => Matter::Dignity,
            _ => Matter::Other,
        },
        place: value["place"].as_f64(),
        followers: value["followers"].as_f64(),
        age_days: value["age_days"].as_f64(),
        stars: value["stars"].as_f64(),
        is_answered: value["answered"].as_bool().unwrap(),
        age_over_due: value["age_over_due"].as_f64().unwrap(),
    }
}

#[test]
fn the_vectors_hold() {
    for vector in vectors("salience") {
        let found = input(&vector["in"]).salience(&SalienceWeights::default());
        assert!(
            (found.value - vector["out"]["salience"].as_f64().unwrap()).abs() < 1e-5,
            "{vector}"
        );
        let parts = vector["out"]["parts"].as_object().unwrap();
        assert_eq!(found.parts.len(), parts.len(), "{vector}");
        for (name, value, points) in found.parts {
            assert!(
                (value - parts[name].as_f64().unwrap()).abs() < 1e-5,
                "{name} of {vector}"
            );
            assert!(
                (points - vector["out"]["points"][name].as_f64().unwrap()).abs() < 1e-5,
                "{name} of {vector}"
            );
        }
    }
}

#[test]
fn the_vectors_of_groups_hold() {
    for vector in vectors("group_salience") {
        let authors = u32::try_from(vector["in"]["authors"].as_u64().unwrap()).unwrap();
        let found = group_salience(vector["in"]["highest"].as_f64().unwrap(), authors);
        assert!(
            (found - vector["out"]["group"].as_f64().unwrap()).abs() < 1e-5,
            "{vector}"
        );
    }
}

fn any_input() -> impl Strategy<Value = SalienceInput> {
    let text = (-1.0..1.0_f64, 0..200_usize, 0..8_usize, 0.0..18.0_f64);
    let post = (
        0.0..1.0_f64,
        0.0..1e6_f64,
        0.0..100.0_f64,
        1.0..5.0_f64,
        any::<bool>(),
        0.0..2.0_f64,
    );
    (text, post).prop_map(
        |(
            (polarity, words, specifics, grade),
            (place, followers, age, stars, is_answered, due),
        )| SalienceInput {
            polarity,
            words,
            specifics,
            grade: Some(grade),
            is_all_capitals: false,
            matter: Matter::Other,
            place: Some(place),
            followers: Some(followers),
            age_days: Some(age),
            stars: Some(stars),
            is_answered,
            age_over_due: due,
        },
    )
}

fn value(input: SalienceInput) -> f64 {
    input.salience(&SalienceWeights::default()).value
}

proptest! {
    #[test]
    fn salience_rises_and_falls_as_the_rule_says(input in any_input()) {
        let least = value(input) - 1e-9;
        prop_assert!((0.0..=100.0).contains(&value(input)));
        let changed = value(SalienceInput { polarity: (input.polarity - 0.1).max(-1.0), ..input });
        prop_assert!(changed >= least);
        let changed = value(SalienceInput { specifics: input.specifics + 1, ..input });
        prop_assert!(changed >= least);
        let changed = value(SalienceInput { matter: Matter::Harm, ..input });
        prop_assert!(changed >= least);
        let changed = value(SalienceInput { place: Some(1.0), ..input });
        prop_assert!(changed >= least);
        let changed = value(SalienceInput { followers: Some(2e6), ..input });
        prop_assert!(changed >= least);
        let changed = value(SalienceInput { age_over_due: input.age_over_due + 0.1, ..input });
        prop_assert!(changed >= least);
        let changed = value(SalienceInput { words: input.words + 5, ..input });
        prop_assert!(changed >= least);
        let most = value(input) + 1e-9;
        let changed = value(SalienceInput { age_days: Some(200.0), ..input });
        prop_assert!(changed <= most);
        let changed = value(SalienceInput { is_answered: true, ..input });
        prop_assert!(changed <= most);
    }
}
