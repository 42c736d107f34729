//! What the post is: a complaint, praise, a plain question, a story of the author's own care, a crisis, a side effect.

use super::case::Case;
use crate::crisis;
use crate::reading::{Engine, Hit, Reading};

/// The post as the rules see it.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one text"
)]
pub(crate) struct Posted<'a> {
    pub(crate) reading: Reading<'a>,
    pub(crate) is_empty: bool,
    /// A question about services, not about the author's own care.
    pub(crate) plain_question: bool,
    /// A question of fact in which no person occurs.
    pub(crate) impersonal: bool,
    pub(crate) complaint: bool,
    /// A complaint about parking, hours, the menu.
    pub(crate) about_fact: bool,
    pub(crate) asks_advice: bool,
    pub(crate) crisis: bool,
    pub(crate) adverse: bool,
    pub(crate) substance: bool,
}

impl<'a> Posted<'a> {
    pub(crate) fn new(engine: &Engine, case: &'a Case) -> Self {
        let reading = Reading::new(engine, &case.post);
        let hits = reading.hits(engine);
        let set = |name: &str| {
            let wanted = engine.set_id(name);
            hits.iter().filter(move |hit| Some(hit.set) == wanted)
        };
        let any = |name: &str| set(name).next().is_some();
        let own = any("post.own");
        let asks = case.post.contains('?') || any("post.question");
        let strong_condition = reading.holds(engine.class_id("condition"))
            || reading.holds(engine.class_id("symptom"));
        let negatives = count(set("post.complaint"));
        let positives = count(set("post.praise"));
        let medical = any("post.medical")
            && reading
                .words
                .iter()
                .any(|word| ADVISED.contains(&word.text.as_str()));
        let plain_question = asks
            && !medical
            && any("post.plain")
            && !(own && (strong_condition || negatives > 0))
            && negatives <= 1;
        let wordless = !asks && positives == 0 && !reading.words.is_empty() && !any("post.plain");
        let flagged = ["complaint", "service_recovery", "safety_event"]
            .iter()
            .any(|flag| case.has_flag(flag));
        let outweighs = negatives > 0 && negatives >= positives;
        let seeks_advice = medical && asks && negatives <= 1;
        let told = outweighs && (!asks || !seeks_advice && !plain_question);
        let complaint = flagged || told || wordless && !seeks_advice && !plain_question;
        Self {
            is_empty: reading.words.is_empty(),
            plain_question,
            impersonal: asks && negatives <= 1 && !own && !names_a_person(&reading),
            complaint,
            about_fact: reading.holds(engine.class_id("factmatter")),
            asks_advice: medical,
            crisis: case.has_flag("crisis_self_harm")
                || crisis::find_in(engine, &reading).is_some(),
            adverse: case.has_flag("adverse_drug_event") || any("post.adverse") && !plain_question,
            substance: any("post.sud"),
            reading,
        }
    }
}

/// Whether the author or anybody near occurs.
fn names_a_person(reading: &Reading<'_>) -> bool {
    reading
        .words
        .iter()
        .any(|word| PEOPLE.contains(&word.text.as_str()))
}

const PEOPLE: [&str; 29] = [
    "this", "these", "that", "i", "my", "me", "we", "our", "us", "he", "she", "his", "her", "him",
    "they", "baby", "toddler", "son", "daughter", "mum", "mom", "dad", "husband", "wife", "nan",
    "partner", "brother", "sister", "mine",
];

/// Words that make a medical question one for advice, not for facts.
const ADVISED: [&str; 34] = [
    "i",
    "my",
    "me",
    "we",
    "our",
    "he",
    "she",
    "his",
    "her",
    "baby",
    "toddler",
    "ok",
    "okay",
    "safe",
    "normal",
    "should",
    "stop",
    "take",
    "skip",
    "mix",
    "worried",
    "help",
    "dangerous",
    "son",
    "daughter",
    "mum",
    "dad",
    "husband",
    "wife",
    "child",
    "ran",
    "missed",
    "forgot",
    "swallowed",
];

/// Hits that do not overlap.
fn count<'h>(hits: impl Iterator<Item = &'h Hit>) -> usize {
    let mut end = 0;
    let mut count = 0;
    for hit in hits {
        if hit.start >= end {
            count += 1;
            end = hit.end;
        }
    }
    count
}
