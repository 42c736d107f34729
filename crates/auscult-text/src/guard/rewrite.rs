//! Safe words a person may take: for one finding, and for a whole draft in the author's voice.

use super::case::{Approval, Case, Kind};
use super::check::{Desk, check_posted};
use super::duty::country_lines;
use super::policy::Policy;
use super::posted::Posted;
use super::report::Verdict;
use super::rules::{self, Register, Rule};
use crate::reading::{Clean, cut};

const OFFICE: &str = "our patient relations office through the contact page on our website";

/// Safe words for one rule, in the voice of the draft.
pub(crate) fn for_rule(desk: &Desk<'_>, rule: &Rule) -> String {
    if desk.posted.crisis && desk.case.kind == Kind::Reply && desk.in_force("G14") {
        return say(desk, "G14");
    }
    if desk.posted.adverse && desk.case.kind == Kind::Reply && desk.in_force("G17") {
        return say(desk, "G17");
    }
    let text = fill(desk, rule.say(register(&desk.case.draft)));
    let open_complaint =
        desk.posted.complaint && desk.case.kind == Kind::Reply && desk.in_force("G18");
    if open_complaint && !text.contains(" reach ") {
        return format!("{text} {}", fill(desk, "[reach]"));
    }
    text
}

/// Safe words that fit any post.
pub(crate) fn neutral(desk: &Desk<'_>) -> String {
    say(desk, "G18")
}

fn say(desk: &Desk<'_>, id: &str) -> String {
    rules::rules()
        .get(id)
        .map(|rule| fill(desk, rule.say(register(&desk.case.draft))))
        .unwrap_or_default()
}

fn fill(desk: &Desk<'_>, template: &str) -> String {
    fill_for(desk, template, register(&desk.case.draft))
}

fn fill_for(desk: &Desk<'_>, template: &str, register: Register) -> String {
    let office = desk.policy.office.clone().or_else(|| {
        desk.case
            .contacts
            .first()
            .or(desk.policy.contacts.first())
            .map(|contact| format!("our patient relations office on {contact}"))
    });
    let office = office.unwrap_or_else(|| OFFICE.to_owned());
    let reach = match register {
        Register::Curt => format!("Please reach {office}."),
        Register::Warm => format!("Please do reach {office}, we would be glad to listen."),
        Register::Formal => format!("Anyone with a concern is invited to reach {office}."),
    };
    let maybe = if desk.posted.complaint {
        reach.as_str()
    } else {
        ""
    };
    let lines = country_lines(desk);
    let filled = template
        .replace("[reach?]", maybe)
        .replace("[reach]", &reach)
        .replace("[crisis]", lines.map_or("", |lines| &lines.say))
        .replace("[emergency]", lines.map_or("", |lines| &lines.emergency))
        .replace("[report]", lines.map_or("", |lines| &lines.report));
    filled.trim().to_owned()
}

/// How a draft is written: few words are curt, exclamations and feelings are warm, the rest is formal.
pub(crate) fn register(draft: &str) -> Register {
    let clean = Clean::new(draft);
    let words = cut(&clean);
    let warm = [
        "so", "really", "lovely", "glad", "hi", "hello", "hey", "happy", "love", "thrilled",
        "truly", "heart", "hope", "warm",
    ];
    let warmth = words
        .iter()
        .filter(|word| warm.contains(&word.text.as_str()))
        .count()
        + draft.matches('!').count();
    if warmth >= 2 || warmth == 1 && words.len() < 25 {
        Register::Warm
    } else if words.len() <= 12 {
        Register::Curt
    } else {
        Register::Formal
    }
}

/// A whole draft that passes: the author's own sentences where they are safe, safe words for the rest.
pub fn rewrite(case: &Case, policy: &Policy) -> String {
    let posted = Posted::new(policy.engine(), case);
    let text_only = Case {
        media: Vec::new(),
        approval: Approval::Deliberate,
        thread: Vec::new(),
        ..case.clone()
    };
    let desk = Desk {
        case: &text_only,
        policy,
        posted: &posted,
    };
    let passes = |draft: &str| {
        let tried = Case {
            draft: draft.to_owned(),
            ..text_only.clone()
        };
        check_posted(&tried, policy, &posted).verdict == Verdict::Allow
    };
    if passes(&case.draft) {
        return case.draft.clone();
    }
    if posted.crisis && desk.in_force("G14") {
        return say(&desk, "G14");
    }
    if posted.adverse && desk.in_force("G17") {
        return say(&desk, "G17");
    }
    let mended = mend(&desk, &posted);
    if passes(&mended) {
        return mended;
    }
    ["G18", "G05", "G02"]
        .iter()
        .map(|id| say(&desk, id))
        .find(|draft| passes(draft))
        .unwrap_or_else(|| say(&desk, "G18"))
}

/// Whether a draft says nothing but the safe words of the rules, in whatever register.
pub(crate) fn is_safe_wording(desk: &Desk<'_>) -> bool {
    let registers = [Register::Curt, Register::Warm, Register::Formal];
    let safe: Vec<String> = registers
        .iter()
        .flat_map(|register| {
            let said = rules::rules().all.iter();
            said.map(|rule| fill_for(desk, rule.say(*register), *register))
                .chain([fill_for(desk, "[reach]", *register)])
        })
        .collect();
    sentences(&desk.case.draft)
        .iter()
        .all(|sentence| safe.iter().any(|words| words.contains(sentence)))
}

/// Keeps sentences without a finding and puts one safe sentence where others stood.
fn mend(desk: &Desk<'_>, posted: &Posted<'_>) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut rules_hit: Vec<String> = Vec::new();
    for sentence in sentences(&desk.case.draft) {
        let alone = Case {
            draft: sentence.to_owned(),
            ..desk.case.clone()
        };
        let report = check_posted(&alone, desk.policy, posted);
        let broken: Vec<String> = report
            .findings
            .into_iter()
            .map(|finding| finding.rule)
            .filter(|rule| rule != "G18")
            .collect();
        if broken.is_empty() {
            kept.push(sentence.to_owned());
        } else if let Some(first) = broken.into_iter().next()
            && !rules_hit.contains(&first)
        {
            if rules_hit.is_empty() {
                let safe = say(desk, &first);
                if safe.starts_with("Thank") {
                    kept.retain(|sentence| !is_bare_thanks(sentence));
                }
                kept.push(safe);
            }
            rules_hit.push(first);
        }
    }
    let text = kept.join(" ");
    let tried = Case {
        draft: text.clone(),
        ..desk.case.clone()
    };
    let lacks_contact = check_posted(&tried, desk.policy, posted).has("G18");
    if lacks_contact {
        format!("{text} {}", fill(desk, "[reach]"))
    } else {
        text
    }
}

/// Thanks and nothing else: not said again before safe words that begin with thanks.
fn is_bare_thanks(sentence: &str) -> bool {
    let words = sentence
        .trim_end_matches(|sign: char| !sign.is_alphanumeric())
        .to_lowercase();
    [
        "thank you",
        "thanks",
        "many thanks",
        "thank you so much",
        "thank you very much",
        "thanks so much",
    ]
    .contains(&words.as_str())
}

fn sentences(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let ends = matches!(character, '.' | '!' | '?' | '\n')
            && characters
                .peek()
                .is_none_or(|(_, next)| next.is_whitespace());
        if ends {
            let end = at + character.len_utf8();
            parts.push(text.get(start..end).unwrap_or_default().trim());
            start = end;
        }
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    parts.retain(|part| !part.is_empty());
    parts
}
