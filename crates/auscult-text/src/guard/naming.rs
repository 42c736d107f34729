//! G02: who or what a draft names.

use super::check::{Desk, Fault};
use crate::identifiers::{Kind, Span};
use crate::reading::Clean;

/// Identifiers in a text that are not those of public-facing staff or of the organisation.
pub(crate) fn identifiers(desk: &Desk<'_>, text: &str, spans: &[Span], faults: &mut Vec<Fault>) {
    let allow = desk
        .policy
        .allow
        .clone()
        .with_contacts(&desk.case.contacts)
        .with_contacts(&desk.policy.contacts);
    for span in spans {
        let value = text.get(span.start..span.end).unwrap_or_default();
        if !allow.lets_through(span.kind, value) && names_somebody(desk, text, *span) {
            faults.push(Fault {
                start: span.start,
                end: span.end,
                ..Fault::whole("G02")
            });
        }
    }
}

fn names_somebody(desk: &Desk<'_>, text: &str, span: Span) -> bool {
    let sentence = sentence_of(text, span);
    match span.kind {
        Kind::Name => !is_public_name(desk, text, span),
        Kind::Date => has_any(&sentence, &TIED),
        Kind::Phone | Kind::Email => is_personal_contact(text, span) || has_any(&sentence, SENT),
        Kind::Address => {
            (has_any(&sentence, HOME) || has_any(&sentence, SENT)) && !has_any(&sentence, OURS)
        }
        Kind::Url | Kind::City | Kind::Zip | Kind::Ip => false,
        Kind::Acct
        | Kind::Mrn
        | Kind::Ssn
        | Kind::Handle
        | Kind::Age90Plus
        | Kind::Nhs
        | Kind::Plan
        | Kind::Device
        | Kind::Plate
        | Kind::Lic => true,
    }
}

const TIED: [&str; 38] = [
    "letter",
    "we wrote",
    "we sent",
    "was issued",
    "was sent",
    "reply of",
    "response was",
    "your call",
    "you",
    "your",
    "yours",
    "he",
    "she",
    "his",
    "her",
    "their",
    "patient",
    "notes",
    "records",
    "record",
    "file",
    "chart",
    "visit",
    "stay",
    "admitted",
    "admission",
    "discharged",
    "seen",
    "wait",
    "delay",
    "incident",
    "night",
    "sorry",
    "appointment",
    "closed",
    "mother",
    "father",
    "surgery",
];

/// Staff that the post names, that signs the text, or that the text hands thanks to.
fn is_public_name(desk: &Desk<'_>, text: &str, span: Span) -> bool {
    let name = Clean::new(text.get(span.start..span.end).unwrap_or_default()).text;
    let before = Clean::new(tail(text, span.start, 40)).text;
    let after = Clean::new(head(text, span.end, 40)).text;
    let signs = SIGNS
        .iter()
        .any(|cue| before.trim_end().ends_with(cue.trim_end()));
    let in_role = ROLES.iter().any(|role| after.contains(role));
    let only_sign_off = after.trim().trim_end_matches(['.', '!']).is_empty()
        && signs
        && (before.contains("regards")
            || before.contains("sincerely")
            || before.contains("wishes"));
    if signs && in_role || only_sign_off {
        return true;
    }
    let greeting = GREETINGS.iter().any(|cue| before.ends_with(cue));
    if greeting || span_is_titled(&before) {
        return false;
    }
    is_place(&name) || post_names_staff(desk, &name) || is_office_person(&before, &after)
}

/// Whether the post itself speaks of the name as of somebody who works here: not of the author, not of a relative.
fn post_names_staff(desk: &Desk<'_>, name: &str) -> bool {
    let words = &desk.posted.reading.words;
    let engine = desk.policy.engine();
    let kin = engine.class_id("kin");
    let wanted: Vec<&str> = name
        .split(|character: char| !character.is_alphanumeric())
        .filter(|part| part.len() > 1)
        .collect();
    !wanted.is_empty()
        && wanted.iter().all(|part| {
            let told: Vec<usize> = (0..words.len())
                .filter(|at| words.get(*at).is_some_and(|word| word.text == *part))
                .collect();
            !told.is_empty()
                && told.iter().all(|at| {
                    let from = at.saturating_sub(3);
                    let before = words.get(from..*at).unwrap_or_default();
                    let own = before
                        .iter()
                        .any(|word| matches!(word.text.as_str(), "i" | "am" | "name" | "me"));
                    let signed =
                        at + 1 == words.len() && desk.case.post.contains(['-', '\u{2014}']);
                    !own && !signed && !desk.posted.reading.any_in(kin, from, *at)
                })
        })
}

/// Somebody whom the draft gives as the person to ask for in an office: "ask for Ana at the front desk".
fn is_office_person(before: &str, after: &str) -> bool {
    let asked = has_any(
        before,
        &[
            "ring", "call", "ask for", "reach", "contact", "phone", "email",
        ],
    );
    asked
        && ["in ", "at ", "from ", "on "]
            .iter()
            .any(|link| after.trim_start().starts_with(link))
        && !has_any(before, &["your", "you", "her", "his", "she", "he"])
}

/// A country, a room, a helpline: capital letters without a person.
fn is_place(name: &str) -> bool {
    name.split_whitespace()
        .next_back()
        .is_some_and(|last| PLACES.contains(&last))
}

const PLACES: [&str; 20] = [
    "america",
    "australia",
    "britain",
    "canada",
    "england",
    "europe",
    "france",
    "germany",
    "india",
    "ireland",
    "room",
    "samaritans",
    "scotland",
    "spain",
    "suite",
    "wales",
    "wing",
    "reviewer",
    "lifeline",
    "street",
];

fn span_is_titled(before: &str) -> bool {
    ["mr ", "mr. ", "mrs ", "mrs. ", "ms ", "ms. "]
        .iter()
        .any(|title| before.ends_with(title))
}

/// A number or address of one person, not of an office.
fn is_personal_contact(text: &str, span: Span) -> bool {
    let before = Clean::new(tail(text, span.start, 30)).text;
    let before = before.rsplit([';', '!', '?']).next().unwrap_or_default();
    has_any(
        before,
        &[
            "her", "his", "your", "own", "personal", "home", "private", "cell", "mobile",
        ],
    ) && !has_any(
        before,
        &["call our", "office", "team", "line", "at", "reach"],
    )
}

fn sentence_of(text: &str, span: Span) -> String {
    let before = tail(text, span.start, 160);
    let after = head(text, span.end, 160);
    let before = before
        .rsplit(['!', '?', '\n'])
        .next()
        .unwrap_or_default()
        .rsplit(". ")
        .next()
        .unwrap_or_default();
    let after = after
        .split(['!', '?', '\n'])
        .next()
        .unwrap_or_default()
        .split(". ")
        .next()
        .unwrap_or_default();
    Clean::new(&format!("{before} {after}")).text
}

fn tail(text: &str, end: usize, bytes: usize) -> &str {
    let mut from = end.saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..end).unwrap_or_default()
}

fn head(text: &str, start: usize, bytes: usize) -> &str {
    let mut to = (start + bytes).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(start..to).unwrap_or_default()
}

fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        !word.is_empty()
            && text.match_indices(word).any(|(at, _)| {
                let free =
                    |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
                free(
                    at.checked_sub(1)
                        .and_then(|before| text.as_bytes().get(before)),
                ) && free(text.as_bytes().get(at + word.len()))
            })
    })
}

const SENT: &[&str] = &[
    "we wrote",
    "we emailed",
    "we rang",
    "we called",
    "we texted",
    "we phoned",
    "we sent",
    "i wrote",
    "i called",
    "i rang",
    "was sent to",
    "sent to",
    "posted to",
    "delivered to",
    "rang you on",
    "called you on",
    "phoned you on",
    "reached you on",
];
const HOME: &[&str] = &[
    "her",
    "his",
    "their",
    "you",
    "your",
    "home",
    "live",
    "lives",
    "visit her",
    "visit him",
];
const OURS: &[&str] = &[
    "our office",
    "our clinic",
    "our hospital",
    "we are at",
    "our entrance",
    "open at",
];
const SIGNS: &[&str] = &[
    "regards,",
    "regards ",
    "sincerely",
    "wishes,",
    "yours,",
    "- ",
    "\u{2014}",
    "signed",
    "my name is",
    "i am",
    "this is",
    "i'm",
];
const ROLES: &[&str] = &[
    "manager",
    "director",
    "officer",
    "lead",
    "relations",
    "experience",
    "team",
    "from the",
    "from our",
    "patient",
    "communications",
    "coordinator",
    "matron",
    "head of",
];
const GREETINGS: &[&str] = &[
    "dear ",
    "hi ",
    "hello ",
    "mr ",
    "mrs ",
    "ms ",
    "miss ",
    "thanks ",
    "thank you ",
    "thanks, ",
    "thank you, ",
];
