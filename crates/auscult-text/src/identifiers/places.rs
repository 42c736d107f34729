//! Towns tied to a person: where somebody lives, comes from or moved.

use super::{Claim, Kind, wordlists};
use crate::reading::{Clean, RawWord};

const PRIORITY: usize = 200;

/// Towns named after "live in", "from", "moved to".
pub(crate) fn find(clean: &Clean, words: &[RawWord]) -> Vec<Claim> {
    if ![
        "live", "living", "moved", "from ", "based in", "grew up", "reside", "born in", "home in",
    ]
    .iter()
    .any(|cue| clean.text.contains(cue))
    {
        return Vec::new();
    }
    let mut claims = Vec::new();
    for at in 0..words.len() {
        let Some(first) = after_cue(words, at) else {
            continue;
        };
        if let Some(end) = town(words, first)
            && let (Some(from), Some(to)) = (words.get(first), words.get(end - 1))
        {
            let (start, end) = clean.source_range(from.start, to.end);
            claims.push(Claim {
                kind: Kind::City,
                start,
                end,
                priority: PRIORITY,
            });
        }
    }
    claims
}

/// The word after a cue that begins at `at`.
fn after_cue(words: &[RawWord], at: usize) -> Option<usize> {
    let text = |offset: usize| words.get(at + offset).map_or("", |word| word.text.as_str());
    match text(0) {
        "live" | "lives" | "living" | "lived" | "reside" | "resides" | "based" | "born"
        | "home"
            if matches!(text(1), "in" | "near" | "outside" | "at") =>
        {
            Some(at + 2)
        }
        "moved" | "moving" | "relocated" if matches!(text(1), "to" | "from") => Some(at + 2),
        "moved" | "moving" if text(1) == "here" && text(2) == "from" => Some(at + 3),
        "grew" if text(1) == "up" && matches!(text(2), "in" | "near") => Some(at + 3),
        "am" | "originally" | "is" | "all" if text(1) == "from" => Some(at + 2),
        _ => None,
    }
}

const COUNTRIES: [&str; 40] = [
    "america",
    "australia",
    "austria",
    "belgium",
    "brazil",
    "britain",
    "canada",
    "china",
    "cyprus",
    "denmark",
    "england",
    "estonia",
    "europe",
    "finland",
    "france",
    "germany",
    "ghana",
    "greece",
    "hungary",
    "iceland",
    "india",
    "ireland",
    "italy",
    "japan",
    "kenya",
    "mexico",
    "netherlands",
    "nigeria",
    "norway",
    "pakistan",
    "poland",
    "portugal",
    "scotland",
    "slovenia",
    "spain",
    "sweden",
    "switzerland",
    "wales",
    "usa",
    "uk",
];

fn town(words: &[RawWord], first: usize) -> Option<usize> {
    let sentence = words.get(first)?.sentence;
    let mut name = String::new();
    let mut best = None;
    for (offset, word) in words.get(first..)?.iter().take(3).enumerate() {
        if word.sentence != sentence
            || word
                .text
                .starts_with(|character: char| character.is_ascii_digit())
        {
            break;
        }
        if offset > 0 {
            name.push(' ');
        }
        name.push_str(&word.text);
        let capital = word.upper
            && !wordlists::is_common(&word.text)
            && !COUNTRIES.contains(&word.text.as_str());
        if wordlists::is_place(&name) || capital && (offset == 0 || best == Some(first + offset)) {
            best = Some(first + offset + 1);
        }
    }
    best
}
