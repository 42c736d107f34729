//! Words, tags and values of a watch in the form in which they are compared.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::date::DateTest;
use super::error::{Code, Fault, Span};
use super::field::{NumberField, ValueField};
use super::glyphs::Glyphs;
use super::lex::{RawValue, Token, is_hashtag, is_mention, tag_or_word};
use super::number::{NumberTest, Sign, sign};
use super::pattern::Pattern;
use super::tree::{Kind, Name, Term, ValueTest, Words};
use crate::fold;
use crate::token::{Cut, Kind as WordKind, WILD_ONE, is_wild};

/// A word or phrase; faults are added where it has nothing to match.
pub(crate) fn words(
    glyphs: &Glyphs,
    exact: bool,
    slop: Option<u32>,
    span: Span,
    faults: &mut Vec<Fault>,
) -> Kind {
    let terms = match terms(glyphs) {
        Ok(terms) => terms,
        Err(code) => {
            faults.push(Fault::new(code, span));
            Vec::new()
        }
    };
    Kind::Words(Words { terms, exact, slop })
}

/// Cuts a word or phrase of a watch.
fn terms(glyphs: &Glyphs) -> Result<Vec<Term>, Code> {
    let text = glyphs.pattern_text();
    let mut cut = Cut::default();
    cut.read_pattern(&text);
    if cut.words().is_empty() {
        return Err(Code::NoWords);
    }
    let is_symbol = |kind| matches!(kind, WordKind::Emoji | WordKind::Spaceless);
    let mut terms = Vec::new();
    let mut last_symbol_end = None;
    let mut last_wild_end = None;
    for word in cut.words() {
        let written = crate::token::slice(&text, word.start, word.end);
        let touches = |end: Option<u32>| end.is_some_and(|end| touching(&text, end, word.start));
        let symbol = is_symbol(word.kind);
        if written.starts_with(is_wild) && touches(last_symbol_end)
            || symbol && touches(last_wild_end)
        {
            return Err(Code::WildcardBesideSymbol);
        }
        last_symbol_end = symbol.then_some(word.end);
        last_wild_end = written.ends_with(is_wild).then_some(word.end);
        terms.push(Term {
            folded: Pattern::new(cut.folded(word).to_owned()),
            exact: Pattern::new(cut.exact(&text, word).into_owned()),
        });
    }
    Ok(terms)
}

/// Whether only zero-width characters stand between two bytes.
fn touching(text: &str, end: u32, start: u32) -> bool {
    crate::token::slice(text, end, start)
        .chars()
        .all(super::lex::is_zero_width)
}

/// A hashtag item, the sign left out.
pub(crate) fn hashtag(glyphs: &Glyphs) -> Kind {
    Kind::Hashtag(glyphs.pattern(fold_pattern))
}

/// A mention item, the sign left out.
pub(crate) fn mention(glyphs: &Glyphs) -> Kind {
    Kind::Mention(glyphs.pattern(str::to_ascii_lowercase))
}

fn fold_pattern(text: &str) -> String {
    let mut folded = String::new();
    for part in text.split_inclusive(is_wild) {
        fold::fold_into(part.trim_end_matches(is_wild), &mut folded);
        folded.extend(part.chars().next_back().filter(|last| is_wild(*last)));
    }
    folded
}

/// An entry of a list; nothing when it has no words or a wildcard fault.
pub(crate) fn entry(entry: &str) -> Option<Kind> {
    let glyphs = Glyphs::of_entry(entry);
    let trimmed = glyphs.trimmed();
    match tag_or_word(trimmed) {
        Token::Hashtag(rest) => Some(hashtag(&rest)),
        Token::Mention(rest) => Some(mention(&rest)),
        _ => terms(&glyphs).ok().map(|terms| {
            Kind::Words(Words {
                terms,
                exact: false,
                slop: None,
            })
        }),
    }
}

/// An entry of a list that stands for a quoted value; nothing when it would be an error.
pub(crate) fn value_entry(field: ValueField, entry: &str) -> Option<ValueTest> {
    let glyphs = Glyphs::of_entry(entry);
    let raw = RawValue {
        glyphs,
        quoted: true,
        list: false,
        span: Span::default(),
    };
    value(field, &raw).ok()
}

/// The number a number field is compared with.
pub(crate) fn number(
    field: NumberField,
    glyphs: &Glyphs,
    span: Span,
    faults: &mut Vec<Fault>,
) -> Kind {
    let test = NumberTest::parse(field, &glyphs.literal()).unwrap_or_else(|code| {
        faults.push(Fault::new(code, span));
        NumberTest::Missing
    });
    Kind::Number(field, test)
}

/// The values a field is compared with.
pub(crate) fn values(field: ValueField, values: &[RawValue], faults: &mut Vec<Fault>) -> Kind {
    let mut tests = Vec::new();
    for raw in values {
        match value(field, raw) {
            Ok(test) => {
                if test == ValueTest::Viewer {
                    faults.push(Fault::new(Code::NeedsViewer, raw.span));
                }
                tests.push(test);
            }
            Err(code) => {
                let hint = field
                    .closed_set()
                    .map(|set| format!("{}: {}", field.name(), set.join(", ")));
                faults.push(Fault {
                    code,
                    span: raw.span,
                    hint,
                });
            }
        }
    }
    Kind::Value(field, tests)
}

fn value(field: ValueField, raw: &RawValue) -> Result<ValueTest, Code> {
    if raw.list {
        return Ok(ValueTest::List(Name {
            name: raw.glyphs.literal(),
            span: raw.span,
        }));
    }
    let text = raw.glyphs.pattern_text();
    if !raw.quoted && !field.is_date() && !field.is_positional() {
        if text.eq_ignore_ascii_case("unknown") {
            return Ok(ValueTest::Missing);
        }
        if field.is_workflow() && text.eq_ignore_ascii_case("none") {
            return Ok(ValueTest::Empty);
        }
        if field == ValueField::Assignee && text.eq_ignore_ascii_case("me") {
            return Ok(ValueTest::Viewer);
        }
    }
    if field.is_date() {
        return DateTest::parse(field, &raw.glyphs.literal()).map(ValueTest::Date);
    }
    if let Some(set) = field.closed_set() {
        return closed(field, set, &text).ok_or(Code::BadValue);
    }
    let fits = |text: String| Ok(ValueTest::Fits(Pattern::new(text)));
    match field {
        ValueField::Lang => lang(&text).ok_or(Code::BadValue).and_then(fits),
        ValueField::Country => country(&text).ok_or(Code::BadValue).and_then(fits),
        ValueField::Site => fits(host(&text).to_owned().to_ascii_lowercase()),
        ValueField::Url | ValueField::Link => fits(address(&text.replace(WILD_ONE, "?"))),
        ValueField::Author | ValueField::ParentAuthor => {
            fits(handle(&fold::value(&text)).to_owned())
        }
        ValueField::Id | ValueField::ParentId => fits(text),
        ValueField::Hashtag => tag(&raw.glyphs, '#', is_hashtag)
            .map(|rest| ValueTest::Fits(rest.pattern(fold_pattern))),
        ValueField::Mention => tag(&raw.glyphs, '@', is_mention)
            .map(|rest| ValueTest::Fits(rest.pattern(str::to_ascii_lowercase))),
        _ => fits(fold::value(&text)),
    }
}

fn tag(glyphs: &Glyphs, sign: char, fits: fn(&Glyphs) -> bool) -> Result<Glyphs, Code> {
    let signed = glyphs.get(0).is_some_and(|first| first.ch == sign);
    let rest = glyphs.from(usize::from(signed));
    if fits(&rest) {
        Ok(rest)
    } else {
        Err(Code::BadValue)
    }
}

fn closed(field: ValueField, set: &[&str], text: &str) -> Option<ValueTest> {
    let place = |text: &str| {
        let value = fold::value(text);
        set.iter().position(|known| **known == value)
    };
    if field == ValueField::Urgency
        && let Some((sign, rest)) = sign(text)
    {
        let (place, last) = (place(rest)?, set.len() - 1);
        // An empty range (below the lowest) is false for every post.
        return Some(match sign {
            Sign::Above { equal } => ValueTest::Between(place + usize::from(!equal), last),
            Sign::Below { equal: true } => ValueTest::Between(0, place),
            Sign::Below { equal: false } => place
                .checked_sub(1)
                .map_or(ValueTest::Between(1, 0), |high| ValueTest::Between(0, high)),
            Sign::Equal => return None,
        });
    }
    place(text).map(ValueTest::One)
}

/// A language tag in the form in which tags are compared.
pub(crate) fn lang(text: &str) -> Option<String> {
    let tag = text.trim().to_ascii_lowercase().replace('_', "-");
    let mut parts = tag.split('-');
    let primary = parts.next()?;
    let well_formed = (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    well_formed.then_some(tag)
}

fn country(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .then(|| text.to_ascii_lowercase())
}

/// A host name without `www.`.
pub(crate) fn host(text: &str) -> &str {
    match text.split_at_checked(4) {
        Some((start, rest)) if start.eq_ignore_ascii_case("www.") => rest,
        _ => text,
    }
}

/// A handle without its leading sign.
pub(crate) fn handle(text: &str) -> &str {
    text.strip_prefix('@').unwrap_or(text)
}

/// A URL without scheme, `www.` and trailing slashes, in lower case.
pub(crate) fn address(text: &str) -> String {
    bare_address(text).to_ascii_lowercase()
}

/// The same without changing the case.
pub(crate) fn bare_address(text: &str) -> &str {
    let after_scheme = text.split_once("://").filter(|(scheme, _)| {
        scheme
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'))
    });
    host(after_scheme.map_or(text, |(_, rest)| rest)).trim_end_matches('/')
}
