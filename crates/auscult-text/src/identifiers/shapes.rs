//! Identifiers that have a shape: numbers with a cue, addresses, links, plates, ages.
//!
//! Each shape is a pattern over the clean text whose first group is the span, and a second look at what it found.
//! The order is the priority: where two claim the same words the earlier one wins.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::checks::{self, Found};
use super::dates;
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
        let Some(group) = captures.get(1) else { continue };
        let mut found = Found { text: &clean.text, start: group.start(), end: group.end(), upper: clean.is_upper(group.start()) };
        let trimmed = found.value().trim_end_matches(['.', ',', ';', ':', '!', '?', ' ', '-', '(', ')', '\'', '"']);
        found.end = found.start + trimmed.len();
        if shape.kind == Kind::Phone && found.value().contains('(') && !found.value().contains(')') {
            found.end = group.end();
        }
        if found.value().is_empty() || !(shape.check)(&found) {
            continue;
        }
        if shape.kind == Kind::Address {
            found.end += town_after(&found);
        }
        let (start, end) = clean.source_range(found.start, found.end);
        claims.push(Claim { kind: shape.kind, start, end, priority });
    }
}

/// Bytes of a listed town that follows a street after a comma.
fn town_after(found: &Found<'_>) -> usize {
    let Some(rest) = found.after(40).strip_prefix(", ") else { return 0 };
    let ends: Vec<usize> = rest.char_indices().filter(|(_, character)| !character.is_alphabetic()).map(|(at, _)| at).chain([rest.len()]).take(3).collect();
    ends.into_iter().rev().find(|end| rest.get(..*end).is_some_and(wordlists::is_place)).map_or(0, |end| end + 2)
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
            shapes.push(Shape { kind, needs, pattern, check });
        }
    }
    shapes
}

/// The number of shapes that could not be built; tests hold it at none.
#[cfg(test)]
pub(crate) fn broken() -> Vec<String> {
    let all = [network(), national(), dates::lines(), ages(), cued(), vehicles(), addresses(), phones()];
    all.into_iter().flatten().filter_map(|(_, _, pattern, _)| RegexBuilder::new(&pattern).unicode(false).build().err().map(|error| format!("{pattern}: {error}"))).collect()
}

fn any(_: &Found<'_>) -> bool {
    true
}

fn line(kind: Kind, needs: Needs, pattern: &str, check: fn(&Found<'_>) -> bool) -> Line {
    (kind, needs, pattern.to_owned(), check)
}

fn network() -> Vec<Line> {
    let not_role = |found: &Found<'_>| !checks::is_role_mailbox(found.value());
    vec![
        line(Kind::Url, Needs::Word(&["://", "www."]), r#"\b((?:https?|ftp)://[^\s<>")\]]+|www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s<>")\]]*)?)"#, any),
        line(Kind::Email, Needs::At, r"([a-z0-9][a-z0-9._%+'-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+)", not_role),
        line(
            Kind::Email,
            Needs::Word(&["dot", "(at", "[at"]),
            r"\b([a-z0-9][a-z0-9._-]* ?(?:\(at\)|\[at\]| at ) ?[a-z0-9-]+(?: ?(?:\(dot\)|\[dot\]| dot |\.) ?(?:[a-z0-9-]+))+)\b",
            |found| has_dot(found.value()),
        ),
        line(Kind::Handle, Needs::At, r"(?:^|[^a-z0-9._@])@([a-z0-9_][a-z0-9_.]{1,29})", |found| !checks::is_institution(found.value())),
        line(
            Kind::Url,
            Needs::Word(&[".com", ".org", ".net", ".edu", ".gov", ".io", ".info", ".ie", ".uk", ".example"]),
            r#"(?:^|[^a-z0-9@._-])([a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov|io|info|ie|uk|example)(?:/[^\s<>")\]]*)?)\b"#,
            any,
        ),
        line(Kind::Ip, Needs::Digits(4), r"\b((?:\d{1,3}\.){3}\d{1,3})\b", |found| found.value().split('.').all(|part| part.parse::<u16>().is_ok_and(|number| number < 256))),
        line(Kind::Ip, Needs::Word(&[":"]), r"\b((?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4})?|(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5})\b", any),
    ]
}

fn has_dot(value: &str) -> bool {
    ["dot", "(dot)", "[dot]"].iter().any(|dot| value.contains(dot)) || value.contains("(at)") || value.contains("[at]")
}

const CARD: [&str; 12] = ["card", "cc", "credit", "debit", "visa", "mastercard", "amex", "cvv", "charge", "iban", "account", "number"];
const PHONE: [&str; 24] = [
    "call", "phone", "tel", "telephone", "mobile", "mob", "cell", "text", "txt", "fax", "ring", "whatsapp", "dial", "rang", "reach", "contact", "landline", "voicemail", "cellphone", "sms", "callback", "facetime",
    "answering", "registered",
];

fn national() -> Vec<Line> {
    let nhs_cue = r"(?:nhs|chi|h&c|hcn|health and care|ihi|ppsn?)(?:\s*(?:number|numbers|no\.?|num|nr|id|is|was|my|:|#|=|-))*\s*";
    vec![
        line(Kind::Acct, Needs::Digits(8), r"\b([a-z]{2}\d{2}(?:[a-z0-9]{10,30}|(?: [a-z0-9]{4}){2,7}(?: \d{1,4})?))\b", |found| found.digits().len() >= 8 && found.value().len() >= 14),
        line(Kind::Device, Needs::Word(&["(01)"]), r"(\(01\) ?\d{14}(?: ?\(\d{2}\) ?[a-z0-9-]+)*)", any),
        (Kind::Nhs, Needs::Digits(9), format!(r"\b{nhs_cue}(\d{{3}}[ -]?\d{{3}}[ -]?\d{{4}}|\d{{6}}[ -]?\d{{4}}|\d{{7}}[a-z]{{1,2}})\b"), any),
        line(Kind::Ssn, Needs::Digits(6), r"\b([a-ceghj-prstw-z][a-ceghj-nprstw-z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[a-d])\b", any),
        line(Kind::Ssn, Needs::Digits(9), r"\b(?:ssn|social security|social)(?:\s*(?:number|no\.?|num|security|is|was|my|:|#|=|-))*\s*(\d{3}[ .-]?\d{2}[ .-]?\d{4})\b", any),
        line(Kind::Ssn, Needs::Digits(9), r"(?:^|[^\d.-])(\d{3}[ .-]\d{2}[ .-]\d{4})\b", |found| !found.after(2).starts_with(['-', '.']) && !found.cue_before(24, &["licence", "license"])),
        line(Kind::Acct, Needs::Digits(12), r"\b(\d(?:[ -]?\d){11,18})\b", |found| {
            let cued = found.cue_before(60, &CARD);
            let digits = found.digits();
            cued || digits.len() >= 13 && checks::luhn(&digits) && !found.before(1).ends_with('+')
        }),
        line(Kind::Acct, Needs::Digits(8), r"\b(\d{2}-\d{2}-\d{2}[ ,]+\d{8})\b", any),
        line(Kind::Nhs, Needs::Digits(10), r"\b(\d{3}[ -]\d{3}[ -]\d{4}|\d{10})\b", |found| {
            let digits = found.digits();
            let cued = found.cue_before(40, &["nhs", "chi", "referral", "hospital number"]);
            !found.cue_before(30, &PHONE) && (cued || found.value().contains(' ') && checks::nhs_check(&digits) || checks::begins_with_date(&digits) && found.cue_before(40, &["chi", "patient"]))
        }),
    ]
}

const OLD: &str = r"(?:9\d|1[0-2]\d)";
const OLD_WORDS: &str = r"(?:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a|one) hundred(?: and (?:one|two|three|four|five|six|seven|eight|nine|ten))?)";

fn ages() -> Vec<Line> {
    let who = r"(?:he|she|i|who|nan|nana|gran|granny|grandma|grandmother|grandad|granddad|grandpa|grandfather|mum|mom|mam|mother|dad|father|aunt|auntie|uncle|husband|wife|patient|lady|gentleman|man|woman|neighbour|neighbor|friend|sister|brother|great aunt|pop|nanny)";
    vec![
        (Kind::Age90Plus, Needs::Digits(2), format!(r"\b({OLD}[ -]?(?:years?[ -]?olds?|yrs?[ -]?olds?|yr[ -]?old|y/o|y\.o|yo|years of age|years young))\b"), any),
        (Kind::Age90Plus, Needs::Digits(2), format!(r"\b(?:aged?|age of|age is|turned|turning|turns|turn|reached|nearly|almost|approaching|dob)[ :]+({OLD})\b"), checks::is_age),
        (Kind::Age90Plus, Needs::Digits(2), format!(r"\b{who}(?: is|'s|'ll be| was| am|'m| are|,|s| will be| of| has just turned| just turned|, aged)(?: now| nearly| almost| only| just)? ?({OLD})\b"), checks::is_age),
        (Kind::Age90Plus, Needs::Word(&["ninet", "90s", "90's"]), r"\b(in (?:his|her|their|my|the|its)(?: early| mid| late)?[ -](?:nineties|90'?s))\b".to_owned(), any),
        (Kind::Age90Plus, Needs::Word(&["ninet", "hundred"]), format!(r"\b({OLD_WORDS}[ -]years?[ -]old|nonagenarian|centenarian)\b"), any),
        (Kind::Age90Plus, Needs::Word(&["ninet", "hundred"]), format!(r"\b(?:aged?|age of|turned|turning|turns|{who} (?:is|was|am))(?: now| nearly| almost)? ({OLD_WORDS})\b"), checks::is_age),
    ]
}

/// Joining words between a cue and its number.
const LINK: &str = r"(?:[\s:#=-]*(?:number|numbers|num|no\.?|nr|id|ids|code|is|was|are|card|ref|reference|record|records|my|the|of|file|on file|serial|device|member|holder)\b\.?)*[\s:#=.-]*";
const CODE: &str = r"((?:[a-z]{1,5}[-/]?)?\d[a-z0-9]*(?:[-/][a-z0-9]+)*(?: \d[\d-]*){0,3})\b";

fn long_code(found: &Found<'_>) -> bool {
    let value = found.value();
    let length = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    length >= 5 && found.digits().len() >= 3 && !found.cue_after(8, &["mg", "ml", "am", "pm", "miles"])
}

fn cue(kind: Kind, needs: &'static [&'static str], words: &str) -> Line {
    (kind, Needs::Word(needs), format!(r"\b(?:{words}){LINK}{CODE}"), long_code)
}

fn cued() -> Vec<Line> {
    vec![
        cue(Kind::Plan, &["member", "subscriber", "policy", "insur", "plan", "medicare", "medicaid", "group", "beneficiary"], "member(?:ship)?|subscriber|policy(?:holder)?|insurance|insured|insurer|health plan|plan|group (?:number|no|id)|medicare|medicaid|beneficiary|bupa|vhi|laya|aetna|cigna|blue cross"),
        cue(Kind::Mrn, &["mrn", "record", "chart", "file", "hospital", "patient", "unit", "episode"], "mrn|medical record|hospital (?:number|no|id)|patient (?:number|no|id|ref)|chart|file|unit number|record(?:s)? (?:number|no)|record|hospital|episode"),
        cue(Kind::Lic, &["licen", "passport", "certificate", "registration", "permit", "driver", "driving", "npi", "dea", "gmc", "badge"], "licen[cs]e|driver'?s|drivers|driving|passport|certificate|cert|permit|npi|dea|gmc|nmc|badge|blue badge"),
        cue(Kind::Device, &["serial", "s/n", "sn", "udi", "lot", "device", "pacemaker", "implant", "pump", "model", "batch"], "serial|s/n|sn|udi|lot|device|pacemaker|implant|pump|model|batch|defibrillator|hearing aid|stent"),
        (Kind::Device, Needs::Word(&["sn-", "sn:"]), r"\b(sn[-:]\d{4,})\b".to_owned(), any),
        cue(Kind::Acct, &["account", "acct", "a/c", "invoice", "ref", "case", "claim", "bill", "statement", "confirmation", "booking", "ticket", "order", "receipt", "complaint", "appointment"], "account|acct|a/c|invoice|ref(?:erence)?(?: case)?|case|claim|bill|statement|confirmation|booking|ticket|order|receipt|complaint|appointment (?:number|no|ref)|customer|sort code|routing"),
        (Kind::Mrn, Needs::Word(&["mrn"]), r"\b(mrn ?\d{5,})\b".to_owned(), any),
    ]
}

fn plate(found: &Found<'_>) -> bool {
    let value = found.value();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (1..=6).contains(&letters) && digits >= 1 && (5..=9).contains(&(letters + digits)) && !found.cue_before(12, &["ward", "bay", "level", "room", "floor"])
}

fn vehicles() -> Vec<Line> {
    let vehicle = r"(?:number ?plates?|licen[cs]e plates?|plates?|reg|registration|vehicle|car|van|vin|tag|vrn|motability)(?:[\s:#,]*(?:number|no\.?|nr|is|was|plate|reg|registration|my|a|the|with|of|car)\b\.?)*[\s:#,-]*";
    vec![
        (Kind::Plate, Needs::Word(&["plate", "reg", "vehicle", "car", "van", "tag", "vrn"]), format!(r"\b{vehicle}([a-z]{{2}}\d{{2}} ?[a-z]{{3}}|[a-z]{{1,3}}[ -]?\d{{1,4}}[a-z]{{0,3}}|[a-z]\d{{1,3}} [a-z]{{3}}|\d{{1,4}}[ -]?[a-z]{{1,3}}(?:[ -]?\d{{1,6}})?)\b"), plate),
        line(Kind::Plate, Needs::Digits(2), r"\b([a-z]{2}\d{2} ?[a-z]{3})\b", |found| found.upper && found.cue_after(60, &["car", "parked", "plate", "towed", "clamped", "ticket", "van", "reg"])),
        line(Kind::Plate, Needs::Digits(3), r"\b([a-hj-npr-z0-9]{17})\b", |found| found.digits().len() >= 3 && found.value().bytes().filter(u8::is_ascii_alphabetic).count() >= 3),
    ]
}

const STREET: &str = r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|row|court|ct|close|place|pl|way|terrace|terr|crescent|cres|square|sq|boulevard|blvd|parade|gardens|gdns|grove|hill|mews|walk|highway|hwy|parkway|pkwy|circle|trail|quay|rise|view|heights|green|park|loop|alley|plaza|turnpike|strasse|gasse|weg|platz|straat|laan|gata|gatan|gade|vej|mill|wharf|villas|bridge|fort|point|ridge|run|cove)";
const NOT_STREET: [&str; 60] = [
    "hour", "hours", "hrs", "minute", "minutes", "min", "mins", "day", "days", "week", "weeks", "month", "months", "year", "years", "star", "stars", "on", "the", "of", "in", "and", "a", "to", "my", "for", "with", "at",
    "is", "was", "from", "people", "nurses", "doctors", "staff", "times", "this", "that", "different", "patients", "down", "up", "it", "they", "we", "by", "mg", "ml", "am", "pm", "more", "other", "out", "per", "took", "first",
    "mile", "miles", "our", "your",
];

fn street(found: &Found<'_>) -> bool {
    let mut words = found.value().split([' ', ',']).filter(|word| !word.is_empty());
    let number = words.next().unwrap_or_default();
    number.len() <= 6 && words.all(|word| !NOT_STREET.contains(&word))
}

fn addresses() -> Vec<Line> {
    let rest = r"(?:,? (?:apt|apartment|flat|suite|unit|ste)\.? ?#?\w{1,6})?";
    vec![
        (Kind::Address, Needs::Digit, format!(r"\b((?:(?:flat|apt|apartment|unit|house)\.? ?\w{{1,4}},? )?\d{{1,5}}[a-z]?,? (?:[a-z0-9'.-]+ ){{1,4}}{STREET}{rest})\b"), street),
        (Kind::Address, Needs::Digit, r"\b((?:p\.? ?o\.? box|postbox|gpo box|psc|unit) \d{2,6}(?:,? box \d+)?)\b".to_owned(), any),
        (Kind::Address, Needs::Digit, r"\b((?:rue|via|calle|rua|avenida|ul|ulica|plaza|piazza|corso|viale|chemin|vicolo|strada|carrer|rua do|rua da|avenue|boulevard) (?:[^\s\d,]+ ){1,4}\d{1,5}[a-z]?)\b".to_owned(), any),
        (Kind::Address, Needs::Digit, r"(?:^|[\s,(])([^\s\d,]{2,}(?:strasse|str\.|gasse|weg|platz|gata|gatan|gade|vej|veien|vegen|straat|laan|tie|katu|utca|ova|ska|allee|kierto|polku|kuja|hof|dijk|kade) \d{1,5}[a-z]?)\b".to_owned(), any),
        (Kind::Address, Needs::Digit, r"\b((?:apt|apartment|flat|suite|ste)\.? #?\d{1,5}[a-z]?)\b".to_owned(), any),
        (Kind::Zip, Needs::Digits(2), r"\b((?:[a-z]{1,2}\d[a-z\d]?|gir) ?\d[abd-hjlnp-uw-z]{2})\b".to_owned(), |found| found.value().bytes().filter(u8::is_ascii_digit).count() >= 2 && !found.cue_before(10, &["ward", "bay", "level", "vitamin"])),
        (Kind::Zip, Needs::Digits(4), r"\b(?:zip(?: ?codes?)?|post ?code|postal code|eircode)(?:[\s:#]*(?:is|was|my|code|number)\b)*[\s:#]*([a-z0-9]{3,7}(?:[ -][a-z0-9]{3,4})?)\b".to_owned(), |found| found.digits().len() >= 2),
        (Kind::Zip, Needs::Digits(5), r"\b(\d{5}-\d{4})\b".to_owned(), any),
        (Kind::Zip, Needs::Digits(5), r"\b(?:a[klrzep]|c[aot]|d[ec]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|pa|ri|s[cd]|t[nx]|ut|v[at]|w[aivy]),? (\d{5})\b".to_owned(), any),
        (Kind::Zip, Needs::Digits(3), r"\b([a-z]\d[a-z] ?\d[a-z]\d|[acdefhknprtvwxy]\d[\dw] [acdefhknprtvwxy][acdefhknprtvwxy\d]{3})\b".to_owned(), |found| found.upper),
        (Kind::Zip, Needs::Digits(5), r"\b(?:live in|lives in|living in|home in|from|near|moved to|based in) (?:[^\s\d]+ ){1,3}(\d{5})\b".to_owned(), any),
    ]
}

fn personal(found: &Found<'_>) -> bool {
    let digits = found.digits();
    let length = if found.value().contains('x') { 7..=21 } else { 7..=15 };
    length.contains(&digits.len()) && !checks::is_public_number(&digits) && !checks::is_office(found) && !found.cue_before(4, &["$", "£", "€"])
}

fn phones() -> Vec<Line> {
    let cue = r"\b(?:call|phone|tel|telephone|mobile|mob|cell|text|txt|fax|ring|whatsapp|dial|desk|contact|reach|number|landline|sms|answering|registered|message|reachable|voicemail)(?:[\s:'.#]*(?:me|us|him|her|them|back|number|no\.?|is|on|at|s|my|the|to|form|it|mum|dad|wife|husband|was|old)\b\.?)*[\s:.#]*";
    vec![
        line(Kind::Phone, Needs::Digits(8), r"(\+\(?\d[\d ().-]{6,18}\d(?: ?(?:x|ext\.?) ?\d{1,6})?)\b", personal),
        line(Kind::Phone, Needs::Digits(7), r"(\(\d{2,5}\) ?\d{3,4}[ .-]?\d{3,4}(?:[ .-]?\d{1,4})?(?: ?(?:x|ext\.?) ?\d{1,6})?)\b", personal),
        line(Kind::Phone, Needs::Digits(10), r"\b((?:1[ .-])?\d{3}[ .-]\d{3}[ .-]\d{4}(?: ?(?:x|ext\.?) ?\d{1,6})?)\b", personal),
        line(Kind::Phone, Needs::Digits(9), r"\b(0\d{1,4}[ .-]?\d{3,4}[ .-]?\d{2,4}(?:[ .-]?\d{2,3})?)\b", personal),
        line(Kind::Phone, Needs::Digits(8), r"\b(\d{2}(?:[ .-]\d{2}){3,4})\b", personal),
        line(Kind::Phone, Needs::Digits(7), r"\b(\d(?:[ .-]\d){6,11})\b", personal),
        (Kind::Phone, Needs::Digits(7), format!(r"{cue}(\+?\(?\d[\d ().-]{{5,17}}\d(?: ?(?:x|ext\.?) ?\d{{1,6}})?)\b"), personal),
        line(Kind::Phone, Needs::Digits(7), r"\b(\d[\d ().-]{6,16}\d)\s+(?:office|fax|mobile|cell|home|desk|work)\b", |found| (7..=15).contains(&found.digits().len())),
        line(Kind::Phone, Needs::Digits(10), r"\b(\d{10,11})\b", personal),
        line(Kind::Phone, Needs::Digits(7), r"(?:^|[^\d-])(\d{3}-\d{4})\b", personal),
    ]
}
