//! Health in a reply: what is general, what repeats the post, what ties a person to substance-use treatment.

use super::check::{Desk, Fault};
use crate::reading::{Hit, Reading, Word};

/// Whether a hit is general information in answer to a question about services.
pub(crate) fn is_general(desk: &Desk<'_>, rule: &str, reading: &Reading<'_>, hit: &Hit) -> bool {
    if !desk.posted.plain_question {
        return false;
    }
    let words = reading.words.get(hit.start..hit.end).unwrap_or_default();
    let addressed = words.iter().any(|word| {
        matches!(
            word.text.as_str(),
            "your" | "you" | "yours" | "his" | "her" | "their" | "he" | "she"
        )
    });
    match rule {
        "G03" | "G08" => !addressed,
        "G01" => {
            words.first().is_some_and(|word| word.text == "your")
                && words.iter().any(|word| {
                    matches!(
                        word.text.as_str(),
                        "appointment"
                            | "visit"
                            | "referral"
                            | "results"
                            | "prescription"
                            | "scan"
                            | "test"
                            | "stay"
                            | "appointments"
                    )
                })
                && !desk.posted.complaint
        }
        _ => false,
    }
}

/// Health terms in a reply that the post told (G06) or that nobody asked about (G03).
pub(crate) fn repeated(desk: &Desk<'_>, reading: &Reading<'_>, faults: &mut Vec<Fault>) {
    if desk.posted.is_empty || desk.posted.plain_question || desk.posted.impersonal {
        return;
    }
    let engine = desk.policy.engine();
    let classes = [
        "condition",
        "medicine",
        "treatment",
        "test",
        "symptom",
        "body",
    ]
    .map(|name| engine.class_id(name));
    let dept = engine.class_id("deptword");
    let [condition, medicine, treatment, ..] = classes;
    for at in 0..reading.words.len() {
        let Some(word) = reading.words.get(at) else {
            continue;
        };
        let Some(length) = classes
            .into_iter()
            .flatten()
            .filter_map(|class| word.in_class(class))
            .max()
        else {
            continue;
        };
        let end = at + length;
        let strong = [condition, medicine, treatment]
            .into_iter()
            .flatten()
            .any(|class| word.in_class(class).is_some());
        let next_is_department = reading.any_in(dept, end, (end + 2).min(reading.sentence_end(at)));
        if next_is_department
            || is_everyday(&word.text) && length == 1
            || inside_general_frame(desk, reading, at)
        {
            continue;
        }
        let (start, stop) = reading.bytes(at, end);
        if tells(desk, &word.text) {
            faults.push(Fault {
                rule: "G06".to_owned(),
                start,
                end: stop,
                ..Fault::whole("G06")
            });
        } else if strong && !desk.posted.asks_advice && !desk.posted.adverse && !desk.posted.crisis
        {
            faults.push(Fault {
                start,
                end: stop,
                ..Fault::whole("G03")
            });
        }
    }
}

/// Terms of care that say nothing about a person.
fn is_everyday(word: &str) -> bool {
    EVERYDAY.split(' ').any(|known| known == word)
}

const EVERYDAY: &str = "treatment treatments surgery operation operations procedure procedures therapy therapies screening vaccination vaccinations back hand hands head heart face eye eyes ear ears foot feet arm arms mouth add cast drain delivery rehabilitation counselling counseling induction drip filling crown extraction fit injection disabled disability diagnosis tests scan scans scar pain discomfort burn temperature confusion weakness exhaustion complication medication cough allergy infection implant clot flu covid pregnant pregnancy blood skin fatigue sling brace braces echo drug joint ache radiation";

/// "Privacy rules", side-effect reporting, infection control: words every answer may hold.
fn inside_general_frame(desk: &Desk<'_>, reading: &Reading<'_>, at: usize) -> bool {
    let text = |index: Option<usize>| {
        index
            .and_then(|index| reading.words.get(index))
            .map_or("", |word| word.text.as_str())
    };
    let before = text(at.checked_sub(1));
    let before_that = text(at.checked_sub(2));
    let reports = desk.posted.adverse
        && ["side", "reaction", "symptom", "symptoms", "adverse"].contains(&text(Some(at)));
    let denies = matches!(
        before,
        "medical" | "no" | "any" | "every" | "all" | "personal"
    ) && matches!(text(Some(at + 1)), "advice" | "details" | "matters");
    reports
        || denies
        || matches!((before_that, before), ("or", "personal"))
        || matches!(text(Some(at + 1)), "control" | "prevention" | "free")
}

/// Whether the post tells of the same thing, in any form of the word.
fn tells(desk: &Desk<'_>, word: &str) -> bool {
    let stem = stem(word);
    stem.len() >= 3
        && desk
            .posted
            .reading
            .words
            .iter()
            .any(|told| self::stem(&told.text) == stem)
}

fn stem(word: &str) -> &str {
    let mut stem = word;
    for ending in ["ing", "ed", "es", "s", "ful", "e"] {
        if let Some(base) = stem.strip_suffix(ending)
            && base.len() >= 3
        {
            stem = base;
        }
    }
    stem
}

/// An invitation over mail or messages is G22, not also G13 for asking nor G06 for the thing it asks for.
pub(crate) fn keep_private_invitations(
    desk: &Desk<'_>,
    reading: &Reading<'_>,
    faults: &mut Vec<Fault>,
) {
    let identifying = desk.policy.engine().class_id("idword");
    let invited: Vec<(usize, usize)> = faults
        .iter()
        .filter(|fault| fault.rule == "G22")
        .map(|fault| (fault.start, fault.end))
        .collect();
    let in_public = reading.words.iter().any(|word| {
        matches!(
            word.text.as_str(),
            "comment" | "comments" | "below" | "publicly" | "thread"
        )
    });
    if invited.is_empty() || in_public || reading.holds(identifying) {
        return;
    }
    faults.retain(|fault| {
        let inside = invited
            .iter()
            .any(|(start, end)| fault.start < *end && *start < fault.end);
        !(inside && matches!(fault.rule.as_str(), "G13" | "G06" | "G03" | "G01"))
    });
}

/// G15: anything that ties a person to substance-use treatment.
pub(crate) fn substance(
    desk: &Desk<'_>,
    reading: &Reading<'_>,
    hits: &[Hit],
    faults: &mut Vec<Fault>,
) {
    let engine = desk.policy.engine();
    let named = engine.class_id("sud");
    let relation = engine.set_id("G01");
    for at in 0..reading.words.len() {
        let Some(length) = named.and_then(|class| reading.words.get(at)?.in_class(class)) else {
            continue;
        };
        let end = reading.sentence_end(at);
        let start = (0..at)
            .rev()
            .take_while(|index| reading.sentence_end(*index) == end)
            .last()
            .unwrap_or(at);
        let sentence = reading.words.get(start..end).unwrap_or_default();
        let addressed = holds_word(sentence, ADDRESSED);
        let service = desk.posted.plain_question
            && !sentence
                .iter()
                .any(|word| matches!(word.text.as_str(), "your" | "proud"));
        let patients =
            holds_word(sentence, GENERAL) && !desk.posted.plain_question && desk.posted.substance;
        let in_story = desk.posted.substance && !desk.posted.plain_question;
        if (addressed || patients || in_story) && !service {
            let (first, last) = reading.bytes(at, at + length);
            faults.push(Fault {
                start: first,
                end: last,
                ..Fault::whole("G15")
            });
        }
    }
    if desk.posted.substance && !desk.posted.plain_question {
        theirs(reading, faults);
        for hit in hits.iter().filter(|hit| Some(hit.set) == relation) {
            let (start, end) = reading.bytes(hit.start, hit.end);
            faults.push(Fault {
                start,
                end,
                ..Fault::whole("G15")
            });
        }
    }
}

/// Where the post speaks of substance-use treatment, "your" anything but words is too much.
fn theirs(reading: &Reading<'_>, faults: &mut Vec<Fault>) {
    for (at, pair) in reading.words.windows(2).enumerate() {
        let [first, second] = pair else { continue };
        if matches!(first.text.as_str(), "your" | "yours") && !SAID.contains(&second.text.as_str())
        {
            let (start, end) = reading.bytes(at, at + 2);
            faults.push(Fault {
                start,
                end,
                ..Fault::whole("G15")
            });
        }
    }
}

const SAID: &[&str] = &[
    "comment",
    "comments",
    "feedback",
    "review",
    "words",
    "message",
    "note",
    "post",
    "thoughts",
    "kind",
    "concern",
    "concerns",
    "question",
    "rating",
    "view",
    "views",
    "suggestion",
    "honesty",
    "email",
    "own",
    "local",
    "doctor",
    "gp",
    "pharmacist",
    "clinician",
    "privacy",
    "experience",
    "time",
];

const ADDRESSED: &[&str] = &[
    "you", "your", "yours", "he", "she", "his", "her", "him", "proud", "author", "reviewer",
];
const GENERAL: &[&str] = &[
    "people",
    "patients",
    "those",
    "addicts",
    "alcoholics",
    "someone",
    "anyone",
];

fn holds_word(words: &[Word], wanted: &[&str]) -> bool {
    words
        .iter()
        .any(|word| wanted.contains(&word.text.as_str()))
}
