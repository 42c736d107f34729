//! Identifiers that have a shape: numbers with a cue, addresses, links, plates, ages.
//!
//! Each shape is a pattern over the clean text whose first group is the span, and a second look at what it found.
//! The order is the priority: where two claim the same words the earlier one wins.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::checks::{self, Found};
use super::dates;
use super::numbers::{addresses, cued, phones, vehicles};
use super::{Claim, Kind, wordlists};
use crate::reading::Clean;

/// What a text must hold before a shape is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A digit.
    Digit,
    /// An at sign.
    At,
    /// Three digits in all.
    Digits(usize),
    /// One of these words.
    Word(&'static [&'static str]),
}

pub(crate) struct Shape {
    kind: Kind,
    needs: Needs,
    pattern: Regex,
    check: fn(&Found<'_>) -> bool,
}

/// The line of one shape, before it is built.
pub(crate) type Line = (Kind, Needs, String, fn(&Found<'_>) -> bool);

/// Claims of all shapes on a clean text.
pub(crate) fn find(clean: &Clean) -> Vec<Claim> {
    static SHAPES: OnceLock<Vec<Shape>> = OnceLock::new();
    let shapes = SHAPES.get_or_init(build);
    let digits = clean.text.bytes().filter(u8::is_ascii_digit).count();
    let at_sign = memchr::memchr(b'@', clean.text.as_bytes()).is_some();
    let mut claims = Vec::new();
    for (priority, shape) in shapes.iter().enumerate() {
        let tried = match shape.needs {
            Needs::Digit => digits > 0,
            Needs::Digits(count) => digits >= count,
            Needs::At => at_sign,
            Needs::Word(words) => words.iter().any(|word| clean.text.contains(word)),
        };
        if tried {
            claim_all(shape, priority, clean, &mut claims);
        }
    }
    claims
}

fn claim_all(shape: &Shape, priority: usize, clean: &Clean, claims: &mut Vec<Claim>) {
    for captures in shape.pattern.captures_iter(clean.text.as_bytes()) {
        let Some(group) = captures.get(1) else {
            continue;
        };
        let mut found = Found {
            text: &clean.text,
            start: group.start(),
            end: group.end(),
            upper: clean.is_upper(group.start()),
        };
        let trimmed = found
            .value()
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ' ', '-', '(', ')', '\'', '"']);
        found.end = found.start + trimmed.len();
        if shape.kind == Kind::Phone && found.value().contains('(') && !found.value().contains(')')
        {
            found.end = group.end();
        }
        if found.value().is_empty() || !(shape.check)(&found) {
            continue;
        }
        if shape.kind == Kind::Address {
            found.end += town_after(&found);
        }
        let (start, end) = clean.source_range(found.start, found.end);
        claims.push(Claim {
            kind: shape.kind,
            start,
            end,
            priority,
        });
    }
}

/// Bytes of a listed town that follows a street after a comma.
fn town_after(found: &Found<'_>) -> usize {
    let Some(rest) = found.after(40).strip_prefix(", ") else {
        return 0;
    };
    let ends: Vec<usize> = rest
        .char_indices()
        .filter(|(_, character)| !character.is_alphabetic())
        .map(|(at, _)| at)
        .chain([rest.len()])
        .take(3)
        .collect();
    ends.into_iter()
        .rev()
        .find(|end| rest.get(..*end).is_some_and(wordlists::is_place))
        .map_or(0, |end| end + 2)
}

fn build() -> Vec<Shape> {
    let mut lines = network();
    lines.extend(national());
    lines.extend(dates::lines());
    lines.extend(ages());
    lines.extend(cued());
    lines.extend(vehicles());
    lines.extend(addresses());
    lines.extend(phones());
    let mut shapes = Vec::with_capacity(lines.len());
    for (kind, needs, pattern, check) in lines {
        if let Ok(pattern) = RegexBuilder::new(&pattern).unicode(false).build() {
            shapes.push(Shape {
                kind,
                needs,
                pattern,
                check,
            });
        }
    }
    shapes
}

/// The number of shapes that could not be built; tests hold it at none.
#[cfg(test)]
pub(crate) fn broken() -> Vec<String> {
    let all = [
        network(),
        national(),
        dates::lines(),
        ages(),
        cued(),
        vehicles(),
        addresses(),
        phones(),
    ];
    all.into_iter()
        .flatten()
        .filter_map(|(_, _, pattern, _)| {
            RegexBuilder::new(&pattern)
                .unicode(false)
                .build()
                .err()
                .map(|error| format!("{pattern}: {error}"))
        })
        .collect()
}

/// Accepts everything.
pub(crate) fn any(_: &Found<'_>) -> bool {
    true
}

/// One shape.
pub(crate) fn line(kind: Kind, needs: Needs, pattern: &str, check: fn(&Found<'_>) -> bool) -> Line {
    (kind, needs, pattern.to_owned(), check)
}

fn network() -> Vec<Line> {
    let not_role = |found: &Found<'_>| !checks::is_role_mailbox(found.value());
    vec![
        line(
            Kind::Url,
            Needs::Word(&["://", "www."]),
            r#"\b((?:https?|ftp)://[^\s<>")\]]+|www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s<>")\]]*)?)"#,
            any,
        ),
        line(
            Kind::Email,
            Needs::At,
            r"([a-z0-9][a-z0-9._%+'-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+)",
            not_role,
        ),
        line(
            Kind::Email,
            Needs::Word(&["dot", "(at", "[at"]),
            r"\b([a-z0-9][a-z0-9._-]* ?(?:\(at\)|\[at\]| at ) ?[a-z0-9-]+(?: ?(?:\(dot\)|\[dot\]| dot |\.) ?(?:[a-z0-9-]+))+)\b",
            |found| has_dot(found.value()),
        ),
        line(
            Kind::Handle,
            Needs::At,
            r"(?:^|[^a-z0-9._@])@([a-z0-9_][a-z0-9_.]{1,29})",
            |found| !checks::is_institution(found.value()),
        ),
        line(
            Kind::Url,
            Needs::Word(&[
                ".com", ".org", ".net", ".edu", ".gov", ".io", ".info", ".ie", ".uk", ".example",
            ]),
            r#"(?:^|[^a-z0-9@._-])([a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov|io|info|ie|uk|example)(?:/[^\s<>")\]]*)?)\b"#,
            any,
        ),
        line(
            Kind::Ip,
            Needs::Digits(4),
            r"\b((?:\d{1,3}\.){3}\d{1,3})\b",
            |found| {
                found
                    .value()
                    .split('.')
                    .all(|part| part.parse::<u16>().is_ok_and(|number| number < 256))
            },
        ),
        line(
            Kind::Ip,
            Needs::Word(&[":"]),
            r"\b((?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4})?|(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5})\b",
            any,
        ),
    ]
}

fn has_dot(value: &str) -> bool {
    ["dot", "(dot)", "[dot]"]
        .iter()
        .any(|dot| value.contains(dot))
        || value.contains("(at)")
        || value.contains("[at]")
}

const CARD: [&str; 12] = [
    "card",
    "cc",
    "credit",
    "debit",
    "visa",
    "mastercard",
    "amex",
    "cvv",
    "charge",
    "iban",
    "account",
    "number",
];
const PHONE: [&str; 24] = [
    "call",
    "phone",
    "tel",
    "telephone",
    "mobile",
    "mob",
    "cell",
    "text",
    "txt",
    "fax",
    "ring",
    "whatsapp",
    "dial",
    "rang",
    "reach",
    "contact",
    "landline",
    "voicemail",
    "cellphone",
    "sms",
    "callback",
    "facetime",
    "answering",
    "registered",
];

#[expect(clippy::too_many_lines, reason = "a table, one entry after the other")]
fn national() -> Vec<Line> {
    let nhs_cue = r"(?:nhs|chi|h&c|hcn|health and care|ihi|ppsn?)(?:\s*(?:number|numbers|no\.?|num|nr|id|is|was|my|:|#|=|-))*\s*";
    vec![
        line(
            Kind::Acct,
            Needs::Digits(8),
            r"\b([a-z]{2}\d{2}(?:[a-z0-9]{10,30}|(?: [a-z0-9]{4}){2,7}(?: \d{1,4})?))\b",
            |found| found.digits().len() >= 8 && found.value().len() >= 14,
        ),
        line(
            Kind::Device,
            Needs::Word(&["(01)"]),
            r"(\(01\) ?\d{14}(?: ?\(\d{2}\) ?[a-z0-9-]+)*)",
            any,
        ),
        (
            Kind::Nhs,
            Needs::Digits(9),
            format!(
                r"\b{nhs_cue}(\d{{3}}[ -]?\d{{3}}[ -]?\d{{4}}|\d{{6}}[ -]?\d{{4}}|\d{{7}}[a-z]{{1,2}})\b"
            ),
            any,
        ),
        line(
            Kind::Ssn,
            Needs::Digits(6),
            r"\b([a-ceghj-prstw-z][a-ceghj-nprstw-z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[a-d])\b",
            any,
        ),
        line(
            Kind::Ssn,
            Needs::Digits(9),
            r"\b(?:ssn|social security|social)(?:\s*(?:number|no\.?|num|security|is|was|my|:|#|=|-))*\s*(\d{3}[ .-]?\d{2}[ .-]?\d{4})\b",
            any,
        ),
        line(
            Kind::Ssn,
            Needs::Digits(9),
            r"(?:^|[^\d.-])(\d{3}[ .-]\d{2}[ .-]\d{4})\b",
            |found| {
                !found.after(2).starts_with(['-', '.'])
                    && !found.cue_before(24, &["licence", "license"])
            },
        ),
        line(
            Kind::Acct,
            Needs::Digits(12),
            r"\b(\d(?:[ -]?\d){11,18})\b",
            |found| {
                let cued = found.cue_before(60, &CARD);
                let digits = found.digits();
                cued || digits.len() >= 13
                    && checks::luhn(&digits)
                    && !found.before(1).ends_with('+')
            },
        ),
        line(
            Kind::Acct,
            Needs::Digits(8),
            r"\b(\d{2}-\d{2}-\d{2}[ ,]+\d{8})\b",
            any,
        ),
        line(
            Kind::Nhs,
            Needs::Digits(10),
            r"\b(\d{3}[ -]\d{3}[ -]\d{4}|\d{10})\b",
            |found| {
                let digits = found.digits();
                let cued = found.cue_before(40, &["nhs", "chi", "referral", "hospital number"]);
                !found.cue_before(30, &PHONE)
                    && (cued
                        || found.value().contains(' ') && checks::nhs_check(&digits)
                        || checks::begins_with_date(&digits)
                            && found.cue_before(40, &["chi", "patient"]))
            },
        ),
    ]
}

const OLD: &str = r"(?:9\d|1[0-2]\d)";
const OLD_WORDS: &str = r"(?:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a|one) hundred(?: and (?:one|two|three|four|five|six|seven|eight|nine|ten))?)";

fn ages() -> Vec<Line> {
    let who = r"(?:he|she|i|who|nan|nana|gran|granny|grandma|grandmother|grandad|granddad|grandpa|grandfather|mum|mom|mam|mother|dad|father|aunt|auntie|uncle|husband|wife|patient|lady|gentleman|man|woman|neighbour|neighbor|friend|sister|brother|great aunt|pop|nanny)";
    vec![
        (
            Kind::Age90Plus,
            Needs::Digits(2),
            format!(
                r"\b({OLD}[ -]?(?:years?[ -]?olds?|yrs?[ -]?olds?|yr[ -]?old|y/o|y\.o|yo|years of age|years young))\b"
            ),
            any,
        ),
        (
            Kind::Age90Plus,
            Needs::Digits(2),
            format!(
                r"\b(?:aged?|age of|age is|turned|turning|turns|turn|reached|nearly|almost|approaching|dob)[ :]+({OLD})\b"
            ),
            checks::is_age,
        ),
        (
            Kind::Age90Plus,
            Needs::Digits(2),
            format!(
                r"\b{who}(?: is|'s|'ll be| was| am|'m| are|,|s| will be| of| has just turned| just turned|, aged)(?: now| nearly| almost| only| just)? ?({OLD})\b"
            ),
            checks::is_age,
        ),
        (
            Kind::Age90Plus,
            Needs::Word(&["ninet", "90s", "90's"]),
            r"\b(in (?:his|her|their|my|the|its)(?: early| mid| late)?[ -](?:nineties|90'?s))\b"
                .to_owned(),
            any,
        ),
        (
            Kind::Age90Plus,
            Needs::Word(&["ninet", "hundred"]),
            format!(r"\b({OLD_WORDS}[ -]years?[ -]old|nonagenarian|centenarian)\b"),
            any,
        ),
        (
            Kind::Age90Plus,
            Needs::Word(&["ninet", "hundred"]),
            format!(
                r"\b(?:aged?|age of|turned|turning|turns|{who} (?:is|was|am))(?: now| nearly| almost)? ({OLD_WORDS})\b"
            ),
            checks::is_age,
        ),
    ]
}
