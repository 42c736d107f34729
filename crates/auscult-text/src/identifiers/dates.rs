//! Dates tied to a person, in every order of day, month and year, in digits and in words.

use super::Kind;
use super::checks::{Found, has_word};
use super::shapes::{Line, Needs};

const MONTH: &str = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?";
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const TIME: &str = r"(?:\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)? on |\d{1,2} ?[ap]\.?m\.? on )?";
const YEAR: &str = r"(?:,? ?(?:19|20)\d{2}|[ -]'?\d{2})";
const DAY_WORD: &str = r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth)|twentieth|thirtieth";
const YEAR_WORDS: &str = r"(?:,? (?:(?:19|20)\d{2}|(?:nineteen|twenty|two thousand)(?:(?:[ -]| and )(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|oh|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|one|two|three|four|five|six|seven|eight|nine))*))?";

/// The shapes of dates.
pub(crate) fn lines() -> Vec<Line> {
    let month_first = |found: &Found<'_>| not_a_verb(found) && private(found);
    vec![
        (Kind::Date, Needs::Digit, format!(r"\b({TIME}(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: day)?(?: of)?[ -]?{MONTH}{YEAR}?)\b"), month_first),
        (Kind::Date, Needs::Digit, format!(r"\b({TIME}{MONTH}[ -](?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?:,? ?(?:19|20)\d{{2}}|,? '\d{{2}})?)\b"), month_first),
        (Kind::Date, Needs::Digits(6), format!(r"\b({TIME}(?:19|20)\d{{2}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:[t ]\d{{2}}:\d{{2}}(?::\d{{2}})?)?)\b"), plausible),
        (Kind::Date, Needs::Digits(4), format!(r"\b({TIME}\d{{1,2}} ?[/.-] ?\d{{1,2}} ?[/.-] ?(?:\d{{4}}|\d{{2}}))\b"), plausible),
        (Kind::Date, Needs::Digits(6), r"\b(?:dob|d\.o\.b\.?|born|birth(?:day|date)?|date of birth)(?:[\s:]*(?:is|on|was)\b)*[\s:]*(\d{6}|\d{8})\b".to_owned(), |_| true),
        (Kind::Date, Needs::Digits(2), r"\b(?:on|dob|born|since|from|admitted|discharged|seen|died) (\d{1,2}/\d{1,2})\b".to_owned(), |found| day_and_month(found.value()) && private(found)),
        (Kind::Date, Needs::Word(&MONTHS), format!(r"\b((?:the )?(?:{DAY_WORD})(?: day)? (?:of )?{MONTH}{YEAR_WORDS})\b"), month_first),
        (Kind::Date, Needs::Word(&MONTHS), format!(r"\b({MONTH} (?:the )?(?:{DAY_WORD}){YEAR_WORDS})\b"), month_first),
        (Kind::Date, Needs::Digits(4), format!(r"\b({MONTH},? (?:of )?(?:19|20)\d{{2}})\b"), private),
        (Kind::Date, Needs::Word(&["last "]), r"\b(last (?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:night|morning|afternoon|evening))?)\b".to_owned(), |_| true),
    ]
}

/// `may` and `mar` with a number are not always months.
fn not_a_verb(found: &Found<'_>) -> bool {
    let value = found.value();
    let has_sure_month = !(has_word(value, &["may", "mar", "sun"]));
    let has_year = value
        .bytes()
        .rev()
        .take(4)
        .filter(u8::is_ascii_digit)
        .count()
        == 4;
    let has_ordinal = ["st", "nd", "rd", "th", "of"]
        .iter()
        .any(|ending| value.contains(ending));
    has_sure_month
        || has_year
        || has_ordinal
        || found.upper
        || found.cue_before(
            12,
            &["on", "dob", "born", "from", "since", "by", "until", "the"],
        )
        || value.starts_with(|first: char| first.is_ascii_digit())
            && !found.cue_after(10, &["be", "have", "need", "not", "take", "seem", "help"])
}

const EVENTS: [&str; 27] = [
    "clinic",
    "open",
    "opens",
    "opening",
    "closed",
    "closes",
    "awareness",
    "event",
    "webinar",
    "campaign",
    "holiday",
    "fair",
    "session",
    "starts",
    "until",
    "till",
    "lecture",
    "screening day",
    "talk",
    "conference",
    "deadline",
    "flu clinic",
    "launch",
    "exhibition",
    "workshop",
    "registration",
    "effective",
];
const PERSONAL: [&str; 30] = [
    "i",
    "my",
    "me",
    "was",
    "were",
    "your",
    "you",
    "he",
    "she",
    "his",
    "her",
    "seen",
    "admitted",
    "discharged",
    "dob",
    "born",
    "died",
    "patient",
    "mum",
    "dad",
    "visit",
    "biopsy",
    "surgery",
    "chart",
    "stay",
    "we",
    "appointment on",
    "notes",
    "records",
    "operation",
];

/// Not the date of an event for everybody.
fn private(found: &Found<'_>) -> bool {
    let (before, after) = (
        sentence_before(found.before(120)),
        sentence_after(found.after(80)),
    );
    let range = MONTHS.iter().any(|month| {
        [" to ", " until ", " - ", "-", " through "]
            .iter()
            .any(|joint| {
                after.starts_with(&format!("{joint}{month}"))
                    || before.ends_with(joint) && before.contains(month)
            })
    });
    let event = has_word(before, &EVENTS) || has_word(after, &EVENTS);
    !(range || event) || has_word(before, &PERSONAL) || has_word(after, &PERSONAL) && !range
}

fn sentence_before(text: &str) -> &str {
    text.rsplit(['!', '?', ';'])
        .next()
        .unwrap_or_default()
        .rsplit(". ")
        .next()
        .unwrap_or_default()
}

fn sentence_after(text: &str) -> &str {
    text.split(['!', '?', ';'])
        .next()
        .unwrap_or_default()
        .split(". ")
        .next()
        .unwrap_or_default()
}

/// A day and a month in either order.
fn day_and_month(text: &str) -> bool {
    let mut numbers = text
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|part| part.parse::<u32>().ok());
    let (Some(first), Some(second)) = (numbers.next(), numbers.next()) else {
        return false;
    };
    first >= 1 && second >= 1 && (first <= 31 && second <= 12 || first <= 12 && second <= 31)
}

fn plausible(found: &Found<'_>) -> bool {
    let value = found.value();
    let date = value.rsplit(" on ").next().unwrap_or(value);
    let parts: Vec<u32> = date
        .split([' ', 't'])
        .next()
        .unwrap_or_default()
        .split(['/', '.', '-'])
        .filter_map(|part| part.trim().parse().ok())
        .collect();
    let joined = found
        .after(2)
        .strip_prefix(['.', '-', '/'])
        .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
    let continued = found.before(2).ends_with(['.', '-', '/', '+', '$']);
    if joined || continued {
        return false;
    }
    match parts.as_slice() {
        [year, month, day] if *year > 1000 => (1..=12).contains(month) && (1..=31).contains(day),
        [first, second, _] => {
            *first >= 1
                && *second >= 1
                && (*first <= 31 && *second <= 12 || *first <= 12 && *second <= 31)
        }
        _ => date.contains(' '),
    }
}
