//! Numbers with a cue, plates, addresses and telephone numbers: the longer half of the shapes.

use super::Kind;
use super::checks::{self, Found};
use super::shapes::{Line, Needs, any, line};

/// Joining words between a cue and its number.
const LINK: &str = r"(?:[\s:#=-]*(?:number|numbers|num|no\.?|nr|id|ids|code|is|was|are|card|ref|reference|record|records|my|the|of|file|on file|serial|device|member|holder)\b\.?)*[\s:#=.-]*";
const CODE: &str = r"((?:[a-z]{1,5}[-/]?)?\d[a-z0-9]*(?:[-/][a-z0-9]+)*(?: \d[\d-]*){0,3})\b";

fn long_code(found: &Found<'_>) -> bool {
    let value = found.value();
    let length = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    length >= 5
        && found.digits().len() >= 3
        && !found.cue_after(8, &["mg", "ml", "am", "pm", "miles"])
}

fn cue(kind: Kind, needs: &'static [&'static str], words: &str) -> Line {
    (
        kind,
        Needs::Word(needs),
        format!(r"\b(?:{words}){LINK}{CODE}"),
        long_code,
    )
}

/// Shapes of this kind.
#[expect(clippy::too_many_lines, reason = "a table, one entry after the other")]
pub(crate) fn cued() -> Vec<Line> {
    vec![
        cue(
            Kind::Plan,
            &[
                "member",
                "subscriber",
                "policy",
                "insur",
                "plan",
                "medicare",
                "medicaid",
                "group",
                "beneficiary",
            ],
            "member(?:ship)?|subscriber|policy(?:holder)?|insurance|insured|insurer|health plan|plan|group (?:number|no|id)|medicare|medicaid|beneficiary|bupa|vhi|laya|aetna|cigna|blue cross",
        ),
        cue(
            Kind::Mrn,
            &[
                "mrn", "record", "chart", "file", "hospital", "patient", "unit", "episode",
            ],
            "mrn|medical record|hospital (?:number|no|id)|patient (?:number|no|id|ref)|chart|file|unit number|record(?:s)? (?:number|no)|record|hospital|episode",
        ),
        cue(
            Kind::Lic,
            &[
                "licen",
                "passport",
                "certificate",
                "registration",
                "permit",
                "driver",
                "driving",
                "npi",
                "dea",
                "gmc",
                "badge",
            ],
            "licen[cs]e|driver'?s|drivers|driving|passport|certificate|cert|permit|npi|dea|gmc|nmc|badge|blue badge",
        ),
        cue(
            Kind::Device,
            &[
                "serial",
                "s/n",
                "sn",
                "udi",
                "lot",
                "device",
                "pacemaker",
                "implant",
                "pump",
                "model",
                "batch",
            ],
            "serial|s/n|sn|udi|lot|device|pacemaker|implant|pump|model|batch|defibrillator|hearing aid|stent",
        ),
        (
            Kind::Device,
            Needs::Word(&["sn-", "sn:"]),
            r"\b(sn[-:]\d{4,})\b".to_owned(),
            any,
        ),
        cue(
            Kind::Acct,
            &[
                "account",
                "acct",
                "a/c",
                "invoice",
                "ref",
                "case",
                "claim",
                "bill",
                "statement",
                "confirmation",
                "booking",
                "ticket",
                "order",
                "receipt",
                "complaint",
                "appointment",
            ],
            "account|acct|a/c|invoice|ref(?:erence)?(?: case)?|case|claim|bill|statement|confirmation|booking|ticket|order|receipt|complaint|appointment (?:number|no|ref)|customer|sort code|routing",
        ),
        (
            Kind::Mrn,
            Needs::Word(&["mrn"]),
            r"\b(mrn ?\d{5,})\b".to_owned(),
            any,
        ),
    ]
}

fn plate(found: &Found<'_>) -> bool {
    let value = found.value();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (1..=6).contains(&letters)
        && digits >= 1
        && (5..=9).contains(&(letters + digits))
        && !found.cue_before(12, &["ward", "bay", "level", "room", "floor"])
}

/// Shapes of this kind.
pub(crate) fn vehicles() -> Vec<Line> {
    let vehicle = r"(?:number ?plates?|licen[cs]e plates?|plates?|reg|registration|vehicle|car|van|vin|tag|vrn|motability)(?:[\s:#,]*(?:number|no\.?|nr|is|was|plate|reg|registration|my|a|the|with|of|car)\b\.?)*[\s:#,-]*";
    vec![
        (
            Kind::Plate,
            Needs::Word(&["plate", "reg", "vehicle", "car", "van", "tag", "vrn"]),
            format!(
                r"\b{vehicle}([a-z]{{2}}\d{{2}} ?[a-z]{{3}}|[a-z]{{1,3}}[ -]?\d{{1,4}}[a-z]{{0,3}}|[a-z]\d{{1,3}} [a-z]{{3}}|\d{{1,4}}[ -]?[a-z]{{1,3}}(?:[ -]?\d{{1,6}})?)\b"
            ),
            plate,
        ),
        line(
            Kind::Plate,
            Needs::Digits(2),
            r"\b([a-z]{2}\d{2} ?[a-z]{3})\b",
            |found| {
                found.upper
                    && found.cue_after(
                        60,
                        &[
                            "car", "parked", "plate", "towed", "clamped", "ticket", "van", "reg",
                        ],
                    )
            },
        ),
        line(
            Kind::Plate,
            Needs::Digits(3),
            r"\b([a-hj-npr-z0-9]{17})\b",
            |found| {
                found.digits().len() >= 3
                    && found
                        .value()
                        .bytes()
                        .filter(u8::is_ascii_alphabetic)
                        .count()
                        >= 3
            },
        ),
    ]
}

const STREET: &str = r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|row|court|ct|close|place|pl|way|terrace|terr|crescent|cres|square|sq|boulevard|blvd|parade|gardens|gdns|grove|hill|mews|walk|highway|hwy|parkway|pkwy|circle|trail|quay|rise|view|heights|green|park|loop|alley|plaza|turnpike|strasse|gasse|weg|platz|straat|laan|gata|gatan|gade|vej|mill|wharf|villas|bridge|fort|point|ridge|run|cove)";
const NOT_STREET: [&str; 60] = [
    "hour",
    "hours",
    "hrs",
    "minute",
    "minutes",
    "min",
    "mins",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "star",
    "stars",
    "on",
    "the",
    "of",
    "in",
    "and",
    "a",
    "to",
    "my",
    "for",
    "with",
    "at",
    "is",
    "was",
    "from",
    "people",
    "nurses",
    "doctors",
    "staff",
    "times",
    "this",
    "that",
    "different",
    "patients",
    "down",
    "up",
    "it",
    "they",
    "we",
    "by",
    "mg",
    "ml",
    "am",
    "pm",
    "more",
    "other",
    "out",
    "per",
    "took",
    "first",
    "mile",
    "miles",
    "our",
    "your",
];

fn street(found: &Found<'_>) -> bool {
    let mut words = found
        .value()
        .split([' ', ','])
        .filter(|word| !word.is_empty());
    let number = words.next().unwrap_or_default();
    number.len() <= 6 && words.all(|word| !NOT_STREET.contains(&word))
}

/// A flat or suite with its number.
const UNIT: &str = r"(?:apt|apartment|flat|suite|ste|unit|no)\.? ?#?\d{1,5}[a-z]?\b";
/// The rest of an address in lines: town, region, country and code.
const TAIL: &str = r"(?:(?:[\s,]{0,5}[,\n][\s,]{0,5}(?:[^\s\d,.!?]{2,20} ?){1,3}){0,4}[\s,]{1,6}\d{3,6}(?:[ -]\d{2,4})?\b)?";
/// Words after which an address follows.
const HERE: &str = r"(?:address(?: of [^\s]{1,20}| is| to| with|es)*|lives? at|lived (?:at|in)|living at|located at|offices? (?:is|are) at|home is|moved to|deliver(?:ed)? to|sent to|posted to|meet(?:ing)? you at|drops? you off at|collect(?:ed)? from|resid(?:es?|ing) at|round to)[:,]?";

/// Numbered places inside a building, and things that are counted.
const INDOORS: [&str; 26] = [
    "ward", "bay", "bed", "room", "theatre", "level", "floor", "clinic", "hospital", "building",
    "unit", "block", "zone", "area", "desk", "door", "entrance", "lift", "gate", "a&e", "er",
    "triage", "hours", "after", "about", "another",
];

fn street_with_capital(found: &Found<'_>) -> bool {
    let value = found.value();
    let long_number = value.bytes().filter(u8::is_ascii_digit).count() >= 2;
    let led = found.upper || value.starts_with(|first: char| first.is_ascii_digit());
    value.len() <= 80
        && led
        && long_number
        && value
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .all(|word| !NOT_STREET.contains(&word) && !INDOORS.contains(&word))
}

/// Shapes of this kind.
pub(crate) fn addresses() -> Vec<Line> {
    let rest = r"(?:,? (?:apt|apartment|flat|suite|unit|ste)\.? ?#?\w{1,6})?";
    vec![
        (Kind::Address, Needs::Digits(5), r"\b((?:(?:uss|usns|usnv|uscgc) [^\s\d]{2,20}|psc \d{2,5},? box \d{1,6}|unit \d{2,6},? box \d{1,6})\s{1,4}(?:fpo|apo|dpo),? (?:ae|ap|aa) \d{5})\b".to_owned(), any),
        (Kind::Address, Needs::Digits(3), format!(r"\b((?:\d{{1,5}} )?(?:[^\s\d,]{{2,24}}\.? ){{1,4}}\d{{1,5}}[a-z]?,?\s+{UNIT}{TAIL})"), any),
        (Kind::Address, Needs::Word(&["address", "live", "living at", "located at", "office", "home is", "moved to", "deliver", "sent to", "posted to", "meet", "drop", "collect", "resid", "round to"]), format!(r"\b{HERE}\s*((?:\d{{1,5}} )?(?:[^\s\d,]{{2,24}}\.? ){{1,4}}\d{{1,5}}[a-z]?{TAIL})"), street_with_capital),
        (Kind::Address, Needs::Digit, format!(r"\b((?:(?:flat|apt|apartment|unit|house)\.? ?\w{{1,4}},? )?\d{{1,5}}[a-z]?,? (?:[a-z0-9'.-]+ ){{1,4}}{STREET}{rest})\b"), street),
        (Kind::Address, Needs::Digit, r"\b((?:p\.? ?o\.? box|postbox|gpo box|psc|unit) \d{2,6}(?:,? box \d+)?)\b".to_owned(), any),
        (Kind::Address, Needs::Digit, r"\b((?:rue|via|calle|rua|avenida|ul|ulica|plaza|piazza|corso|viale|chemin|vicolo|strada|carrer|rua do|rua da|avenue|boulevard) (?:[^\s\d,]+ ){1,4}\d{1,5}[a-z]?)\b".to_owned(), any),
        (Kind::Address, Needs::Digit, r"(?:^|[\s,(])([^\s\d,]{2,}(?:strasse|str\.|gasse|weg|platz|gata|gatan|gade|vej|veien|vegen|straat|laan|tie|katu|utca|ova|ska|allee|kierto|polku|kuja|hof|dijk|kade) \d{1,5}[a-z]?)\b".to_owned(), any),
        (Kind::Address, Needs::Digit, r"\b((?:apt|apartment|flat|suite|ste)\.? #?\d{1,5}[a-z]?)\b".to_owned(), any),
        (Kind::Zip, Needs::Digits(2), r"\b((?:[a-z]{1,2}\d[a-z\d]?|gir) ?\d[abd-hjlnp-uw-z]{2})\b".to_owned(), |found| found.value().bytes().filter(u8::is_ascii_digit).count() >= 2 && !found.cue_before(10, &["ward", "bay", "level", "vitamin"])),
        (Kind::Zip, Needs::Digits(3), r"\b(?:zip(?: ?codes?)?|post ?code|postal code|eircode|postcodes?)(?:[\s:#]*(?:is|was|my|code|number)\b)*[\s:#]*([a-z0-9]{3,7}(?:[ -](?:\d[a-z0-9]{1,3}|[a-z]{2}))?)\b".to_owned(), |found| found.digits().len() >= 2),
        (Kind::Zip, Needs::Digits(5), r"\b(\d{5}-\d{4})\b".to_owned(), any),
        (Kind::Zip, Needs::Digits(5), r"\b(?:a[klrzep]|c[aot]|d[ec]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|pa|ri|s[cd]|t[nx]|ut|v[at]|w[aivy]),? (\d{5})\b".to_owned(), any),
        (Kind::Zip, Needs::Digits(3), r"\b([a-z]\d[a-z] ?\d[a-z]\d|[acdefhknprtvwxy]\d[\dw] [acdefhknprtvwxy][acdefhknprtvwxy\d]{3})\b".to_owned(), |found| found.upper),
        (Kind::Zip, Needs::Digits(5), r"\b(?:live in|lives in|living in|home in|from|near|moved to|based in) (?:[^\s\d]+ ){1,3}(\d{5})\b".to_owned(), any),
    ]
}

fn personal(found: &Found<'_>) -> bool {
    let digits = found.digits();
    let length = if found.value().contains('x') {
        7..=21
    } else {
        7..=15
    };
    length.contains(&digits.len())
        && !checks::is_public_number(&digits)
        && !checks::is_office(found)
        && !found.cue_before(4, &["$", "£", "€"])
}

/// Shapes of this kind.
pub(crate) fn phones() -> Vec<Line> {
    let cue = r"\b(?:call|phone|tel|telephone|mobile|mob|cell|text|txt|fax|ring|whatsapp|dial|desk|contact|reach|number|landline|sms|answering|registered|message|reachable|voicemail)(?:[\s:'.#]*(?:me|us|him|her|them|back|number|no\.?|is|on|at|s|my|the|to|form|it|mum|dad|wife|husband|was|old)\b\.?)*[\s:.#]*";
    vec![
        line(
            Kind::Phone,
            Needs::Digits(8),
            r"(\+\(?\d[\d ().-]{6,18}\d(?: ?(?:x|ext\.?) ?\d{1,6})?)\b",
            personal,
        ),
        line(
            Kind::Phone,
            Needs::Digits(7),
            r"(\(\d{2,5}\) ?\d{3,4}[ .-]?\d{3,4}(?:[ .-]?\d{1,4})?(?: ?(?:x|ext\.?) ?\d{1,6})?)\b",
            personal,
        ),
        line(
            Kind::Phone,
            Needs::Digits(10),
            r"\b((?:1[ .-])?\d{3}[ .-]\d{3}[ .-]\d{4}(?: ?(?:x|ext\.?) ?\d{1,6})?)\b",
            personal,
        ),
        line(
            Kind::Phone,
            Needs::Digits(9),
            r"\b(0\d{1,4}[ .-]?\d{3,4}[ .-]?\d{2,4}(?:[ .-]?\d{2,3})?)\b",
            personal,
        ),
        line(
            Kind::Phone,
            Needs::Digits(8),
            r"\b(\d{2}(?:[ .-]\d{2}){3,4})\b",
            personal,
        ),
        line(
            Kind::Phone,
            Needs::Digits(7),
            r"\b(\d(?:[ .-]\d){6,11})\b",
            personal,
        ),
        (
            Kind::Phone,
            Needs::Digits(7),
            format!(r"{cue}(\+?\(?\d[\d ().-]{{5,17}}\d(?: ?(?:x|ext\.?) ?\d{{1,6}})?)\b"),
            personal,
        ),
        line(
            Kind::Phone,
            Needs::Digits(7),
            r"\b(\d[\d ().-]{6,16}\d)\s+(?:office|fax|mobile|cell|home|desk|work)\b",
            |found| (7..=15).contains(&found.digits().len()),
        ),
        line(Kind::Phone, Needs::Digits(10), r"\b(\d{10,11})\b", personal),
        line(
            Kind::Phone,
            Needs::Digits(7),
            r"(?:^|[^\d-])(\d{3}-\d{4})\b",
            personal,
        ),
    ]
}
