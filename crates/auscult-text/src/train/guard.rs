//! Trains the guard's second opinion from labelled replies.

use serde::Deserialize;

use super::corpus::fold_of;
use super::opinion::{Lesson, fit, quantile};
use crate::guard::{Case, Kind, NAMED, Opinion, Policy, Posted, Verdict, features};
use crate::reading::Reading;

/// A reply with its label.
#[derive(Debug, Clone, Deserialize)]
pub struct LabelledReply {
    /// Its number.
    #[serde(default)]
    pub id: String,
    /// What was labelled.
    #[serde(flatten)]
    pub case: Case,
    /// The right verdict.
    pub verdict: Verdict,
    /// The rules it breaks.
    #[serde(default)]
    pub rules: Vec<String>,
}

/// The replies of a file in JSON Lines; campaigns, pictures and approvals teach nothing about words and are left out.
pub fn replies(lines: &str) -> Vec<LabelledReply> {
    let read = lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    read.filter(|row: &LabelledReply| row.case.kind == Kind::Reply && row.case.media.is_empty())
        .collect()
}

/// Rows of the tables.
const BLOCK_ROWS: usize = 32_000;
const RULE_ROWS: usize = 4_500;
/// Cost of a reply judged wrong, in that of the solver.
const COST: f32 = 3.0;
/// A warned reply teaches less: it is neither.
const WARNED: f32 = 0.5;
/// Harmless replies below the block and below the doubt, over replies the opinion has not seen.
const PASSED: f64 = 0.965;
const DOUBTED: f64 = 0.7;
const FOLDS: u32 = 5;

/// The opinion that these replies teach; the thresholds are set over replies that the judging tables had not seen.
pub fn guard_opinion(rows: &[&LabelledReply]) -> Opinion {
    let lessons: Vec<(Lesson, Lesson)> = rows.iter().map(|row| lessons(row)).collect();
    let mut harmless = Vec::new();
    for fold in 0..FOLDS {
        let in_fold = |row: &LabelledReply| fold_of(&row.case.draft, FOLDS) == fold;
        let kept: Vec<&Lesson> = rows
            .iter()
            .zip(&lessons)
            .filter(|(row, _)| !in_fold(row))
            .map(|(_, (block, _))| block)
            .collect();
        let table = fit(&kept, &["block"], BLOCK_ROWS);
        for (row, (block, _)) in rows.iter().zip(&lessons) {
            if in_fold(row) && row.verdict == Verdict::Allow {
                harmless.extend(table.scores(&block.features).first());
            }
        }
    }
    let all: Vec<&Lesson> = lessons.iter().map(|(block, _)| block).collect();
    let blocked: Vec<&Lesson> = lessons
        .iter()
        .zip(rows)
        .filter(|(_, row)| row.verdict == Verdict::Block)
        .map(|((_, rule), _)| rule)
        .collect();
    let mut block = fit(&all, &["block"], BLOCK_ROWS);
    block.header.doubt = quantile(harmless.clone(), DOUBTED);
    if let Some(head) = block.header.heads.first_mut() {
        head.threshold = quantile(harmless, PASSED);
    }
    Opinion {
        block,
        rules: fit(&blocked, &NAMED, RULE_ROWS),
    }
}

/// What a reply teaches about blocking, and about which rule.
fn lessons(row: &LabelledReply) -> (Lesson, Lesson) {
    let policy = Policy::default();
    let engine = policy.engine();
    let posted = Posted::new(engine, &row.case);
    let features = features(engine, &Reading::new(engine, &row.case.draft), &posted);
    let weight = if row.verdict == Verdict::Warn {
        COST * WARNED
    } else {
        COST
    };
    let block = Lesson {
        features: features.clone(),
        targets: vec![Some((row.verdict == Verdict::Block, weight))],
    };
    let breaks = |rule: &str| row.rules.iter().any(|broken| broken == rule);
    let rules = Lesson {
        features,
        targets: NAMED.map(|rule| Some((breaks(rule), COST))).to_vec(),
    };
    (block, rules)
}
