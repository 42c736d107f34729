//! The learnt second opinion on a reply: what replies that gave somebody away are like, beside the rules that know.
//!
//! It blocks what the rules passed and it is sure of, and it lowers a doubtful finding of words to a warning where the draft
//! is like harmless ones. It never lowers what is certain: identifiers, duties, threats, a relationship spelled out.

use std::sync::OnceLock;

use super::case::{Audience, Kind};
use super::check::{Desk, Fault, blocks};
use super::posted::Posted;
use super::report::Verdict;
use super::rewrite;
use crate::classify::BadWeights;
use crate::opinion::{Features, Pairs, Table, key};
use crate::reading::{Engine, Reading};

/// Trained tables: whether a draft is to be blocked, and which rule it breaks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opinion {
    pub(crate) block: Table,
    pub(crate) rules: Table,
}

/// The files of the shipped opinion: whether to block, and which rule.
pub(crate) const SHIPPED: [&[u8]; 2] = [
    include_bytes!("../../../../data/weights/guard.weights"),
    include_bytes!("../../../../data/weights/guard-rules.weights"),
];

/// Rules that the opinion may name.
pub(crate) const NAMED: [&str; 14] = [
    "G01", "G02", "G03", "G04", "G05", "G06", "G08", "G09", "G10", "G13", "G14", "G15", "G16",
    "G17",
];

/// Rules whose words also stand in harmless replies.
const DOUBTFUL: [&str; 6] = ["G03", "G04", "G05", "G06", "G08", "G16"];

/// Lexicons whose words count as what they are.
const CLASSES: [&str; 29] = [
    "condition",
    "symptom",
    "treatment",
    "medicine",
    "drugword",
    "test",
    "body",
    "care",
    "kin",
    "staffword",
    "place",
    "whenday",
    "review",
    "change",
    "leave",
    "incentive",
    "threat",
    "idword",
    "healthask",
    "unsafechannel",
    "sud",
    "contactword",
    "advicewords",
    "caredpast",
    "caring",
    "pleasure",
    "reaction",
    "adverse",
    "timeword",
];

impl Opinion {
    /// Reads the two files.
    pub fn from_bytes(block: &[u8], rules: &[u8]) -> Result<Self, BadWeights> {
        Ok(Self {
            block: Table::from_bytes(block)?,
            rules: Table::from_bytes(rules)?,
        })
    }

    /// Its tables: whether to block, and which rule.
    pub const fn tables(&self) -> [&Table; 2] {
        [&self.block, &self.rules]
    }

    /// The shipped opinion; none where its files are foreign, then the rules stand alone.
    pub(crate) fn shipped() -> Option<&'static Self> {
        static READ: OnceLock<Option<Opinion>> = OnceLock::new();
        READ.get_or_init(|| {
            let [block, rules] = SHIPPED;
            Self::from_bytes(block, rules).ok()
        })
        .as_ref()
    }

    /// The rule in force that such a draft most likely breaks.
    fn rule(&self, desk: &Desk<'_>, features: &Features) -> &'static str {
        let scores = self.rules.scores(features);
        NAMED
            .into_iter()
            .zip(scores)
            .filter(|(rule, _)| desk.in_force(rule))
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .map_or("G01", |(rule, _)| rule)
    }
}

/// Adds what the opinion finds, and lowers what it doubts.
pub(crate) fn weigh(desk: &Desk<'_>, faults: &mut Vec<Fault>) {
    let asked = desk.case.kind == Kind::Reply && desk.case.audience == Audience::Public;
    let Some(opinion) = desk.policy.opinion().filter(|_| asked) else {
        return;
    };
    let engine = desk.policy.engine();
    let reading = Reading::new(engine, &desk.case.draft);
    let features = features(engine, &reading, desk.posted);
    let scores = opinion.block.scores(&features);
    let (Some(score), Some(head)) = (scores.first(), opinion.block.header.heads.first()) else {
        return;
    };
    if *score < opinion.block.header.doubt {
        for fault in faults {
            if DOUBTFUL.contains(&fault.rule.as_str()) && fault.verdict.is_none() {
                fault.verdict = Some(Verdict::Warn);
            }
        }
        return;
    }
    let silent = reading.words.is_empty() || *score <= head.threshold || blocks(desk, faults);
    if silent || rewrite::is_safe_wording(desk) {
        return;
    }
    let sentences: Vec<usize> = reading.words.iter().map(|word| word.sentence).collect();
    let (first, end) = opinion.block.loudest(&features, &sentences);
    let (start, end) = reading.bytes(first, end);
    faults.push(Fault {
        start,
        end,
        verdict: Some(Verdict::Block),
        ..Fault::whole(opinion.rule(desk, &features))
    });
}

/// What a draft holds, with what the post is.
pub(crate) fn features(engine: &Engine, reading: &Reading<'_>, posted: &Posted<'_>) -> Features {
    let mut features = Features::of(&reading.words, Pairs::Anchored);
    let neighbour = |at: Option<usize>, sentence: usize| {
        at.and_then(|at| reading.words.get(at))
            .filter(|word| word.sentence == sentence)
            .map_or(0, |word| crate::classify::hash_word(&word.text))
    };
    for (number, class) in (0_u64..).zip(CLASSES.map(|name| engine.class_id(name))) {
        let Some(class) = class else { continue };
        for (at, word) in reading.words.iter().enumerate() {
            if word.in_class(class).is_none() {
                continue;
            }
            let before = neighbour(at.checked_sub(1), word.sentence);
            let after = neighbour(Some(at + 1), word.sentence);
            features.add(key(4, &[number]), at, at + 1);
            features.add(key(5, &[number, before]), at.saturating_sub(1), at + 1);
            features.add(
                key(6, &[number, after]),
                at,
                (at + 2).min(reading.words.len()),
            );
        }
    }
    facts(reading, posted, &mut features);
    features.sorted()
}

/// Facts about post and draft as a whole; a crisis is no fact here, for it is found by an opinion that is trained anew.
fn facts(reading: &Reading<'_>, posted: &Posted<'_>, features: &mut Features) {
    let flags = [
        posted.is_empty,
        posted.plain_question,
        posted.impersonal,
        posted.complaint,
        posted.about_fact,
        posted.asks_advice,
        posted.adverse,
        posted.substance,
    ];
    let told = (0_u64..).zip(flags).filter(|(_, holds)| *holds);
    features.facts = told.map(|(number, _)| key(7, &[number])).collect();
    let addressed = reading
        .words
        .iter()
        .filter(|word| matches!(word.text.as_str(), "you" | "your" | "yours"))
        .count();
    let sentences = reading.words.last().map_or(0, |word| word.sentence + 1);
    let length = reading.words.len() / 12;
    for (kind, count) in [
        (8, addressed.min(3)),
        (9, sentences.min(5)),
        (10, length.min(5)),
    ] {
        features.facts.push(key(kind, &[count as u64]));
    }
}
