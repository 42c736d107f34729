//! Trains the crisis finder's second opinion from labelled posts and from ordinary comments.

use serde::Deserialize;

use super::corpus::fold_of;
use super::opinion::{Lesson, fit, quantile};
use crate::crisis::features_of;
use crate::opinion::Table;

/// A post with its label.
#[derive(Debug, Clone, Deserialize)]
pub struct LabelledPost {
    /// The post.
    pub text: String,
    /// Whether somebody may be in danger.
    pub crisis: bool,
}

/// The posts of a file in JSON Lines.
pub fn posts(lines: &str) -> Vec<LabelledPost> {
    let read = lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    read.collect()
}

const ROWS: usize = 22_000;
const COST: f32 = 10.0;
/// What an ordinary comment weighs beside a post written to be told apart.
const ORDINARY: f32 = 0.3;
/// Ordinary comments below the alarm, of comments the table has not seen.
const CALM: f64 = 0.998;
const FOLDS: u32 = 3;

/// The opinion that these posts teach; the alarm is set over ordinary comments that the judging tables had not seen.
pub fn crisis_opinion(posts: &[&LabelledPost], comments: &[&str]) -> Table {
    let lesson = |text: &str, crisis: bool, weight: f32| Lesson {
        features: features_of(text),
        targets: vec![Some((crisis, weight))],
    };
    let told: Vec<Lesson> = posts
        .iter()
        .map(|post| lesson(&post.text, post.crisis, COST))
        .collect();
    let ordinary: Vec<(u32, Lesson)> = comments
        .iter()
        .map(|text| (fold_of(text, FOLDS), lesson(text, false, COST * ORDINARY)))
        .collect();
    let mut calm = Vec::new();
    for fold in 0..FOLDS {
        let kept = ordinary.iter().filter(|(own, _)| *own != fold);
        let kept: Vec<&Lesson> = told.iter().chain(kept.map(|(_, lesson)| lesson)).collect();
        let table = fit(&kept, &["crisis"], ROWS);
        for (_, lesson) in ordinary.iter().filter(|(own, _)| *own == fold) {
            calm.extend(table.scores(&lesson.features).first());
        }
    }
    let all: Vec<&Lesson> = told
        .iter()
        .chain(ordinary.iter().map(|(_, lesson)| lesson))
        .collect();
    let mut table = fit(&all, &["crisis"], ROWS);
    if let Some(head) = table.header.heads.first_mut() {
        head.threshold = quantile(calm, CALM);
    }
    table
}
