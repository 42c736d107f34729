//! Exercises for the training mode: staff judge a draft, then see what the guard says and why.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::report::Verdict;
use super::rules;

const TEXT: &str = include_str!("../../../../data/guard/exercises.jsonl");

/// One exercise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exercise {
    /// The post, invented.
    pub post: String,
    /// The draft to judge.
    pub draft: String,
    /// The right verdict.
    pub verdict: Verdict,
    /// The rule it is about.
    pub rule: String,
    /// Why.
    #[serde(default)]
    pub why: String,
}

/// All exercises, in the order of the rules.
pub fn exercises() -> &'static [Exercise] {
    static EXERCISES: OnceLock<Vec<Exercise>> = OnceLock::new();
    EXERCISES.get_or_init(|| {
        TEXT.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .map(explained)
            .collect()
    })
}

fn explained(exercise: Exercise) -> Exercise {
    if !exercise.why.is_empty() {
        return exercise;
    }
    let why = rules::rules().get(&exercise.rule).map(|rule| {
        if exercise.verdict == Verdict::Allow {
            rule.plain.clone()
        } else {
            rule.why.clone()
        }
    });
    Exercise {
        why: why.unwrap_or_default(),
        ..exercise
    }
}
