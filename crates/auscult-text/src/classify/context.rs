//! What salience and urgency take from the post around the text: place, age, answer, grade, specifics.

use auscult_model::post::{Post, PostKind};
use jiff::Timestamp;

use super::cue::Cue;
use super::reading::Reading;
use super::salience::{Matter, SalienceInput};

/// Kinds of specifics that a cue shows.
pub(crate) const SPECIFICS: [Cue; 6] = [
    Cue::Place,
    Cue::Time,
    Cue::Order,
    Cue::Role,
    Cue::Consequence,
    Cue::Comparison,
];

/// What was found of the text before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighed {
    /// Mean feeling of the sentences about care.
    pub(crate) polarity: f32,
    /// The gravest matter.
    pub(crate) matter: Matter,
    /// Decides the due time.
    pub(crate) urgency: u8,
}

/// Everything salience looks at, for a post of this feeling, matter and urgency.
pub(crate) fn input(
    post: &Post,
    reading: &Reading<'_>,
    now: Timestamp,
    weighed: Weighed,
) -> SalienceInput {
    let age_days = age_days(post, now);
    let words = reading.marks.len();
    let letters = reading.marks.iter().filter(|mark| !mark.is_number).count();
    SalienceInput {
        polarity: f64::from(weighed.polarity),
        words,
        specifics: specifics(reading),
        grade: (words >= 20).then(|| grade(reading)),
        is_all_capitals: letters > 3
            && reading.marks.iter().filter(|mark| mark.is_shouted).count() * 10 >= letters * 8,
        matter: weighed.matter,
        place: place(post),
        followers: post.author.as_ref().and_then(|author| author.followers),
        age_days,
        stars: post.stars,
        is_answered: is_answered(post),
        age_over_due: age_days.map_or(0.0, |days| days / due_days(weighed.urgency)),
    }
}

/// Days since the post was made.
fn age_days(post: &Post, now: Timestamp) -> Option<f64> {
    let created: Timestamp = post.created_at.as_deref()?.parse().ok()?;
    Some((now.as_millisecond() - created.as_millisecond()) as f64 / 86_400_000.0)
        .map(|days| days.max(0.0))
}

/// The default due time in days; teams have their own calendars, the desk counts with those.
const fn due_days(urgency: u8) -> f64 {
    match urgency {
        3 => 15.0 / 1440.0,
        2 => 4.0 / 24.0,
        1 => 2.0,
        _ => 5.0,
    }
}

/// Whether a human reply is out, as far as the workflow fields tell.
pub(crate) fn is_answered(post: &Post) -> bool {
    post.status.value().is_some_and(|status| {
        matches!(
            status.as_str(),
            "pending" | "waiting" | "resolved" | "closed"
        )
    })
}

/// The weight of the place where a post stands; unknown without a source.
fn place(post: &Post) -> Option<f64> {
    if post.kind == Some(PostKind::Review) {
        return Some(1.0);
    }
    let source = post
        .source
        .as_deref()
        .or(post.site.as_deref())?
        .to_ascii_lowercase();
    let named = |names: &[&str]| names.iter().any(|name| source.contains(name));
    Some(
        if named(&[
            "google",
            "trustpilot",
            "yelp",
            "nhs",
            "careopinion",
            "care_opinion",
            "healthgrades",
            "vitals",
            "zocdoc",
            "tripadvisor",
        ]) {
            1.0
        } else if named(&[
            "bluesky",
            "mastodon",
            "facebook",
            "instagram",
            "twitter",
            "threads",
            "youtube",
            "tiktok",
            "linkedin",
            "reddit",
        ]) || source == "x"
        {
            0.5
        } else {
            0.3
        },
    )
}

/// How many kinds of specifics the text has, each once.
fn specifics(reading: &Reading<'_>) -> usize {
    let cues = SPECIFICS.iter().filter(|cue| reading.has(**cue)).count();
    cues + usize::from(has_quote(reading.text.source()))
        + usize::from(reading.marks.iter().any(|mark| mark.is_number))
}

/// Whether words stand in quotes.
fn has_quote(source: &str) -> bool {
    let mut quotes = source.char_indices().filter(|(_, character)| {
        matches!(
            character,
            '"' | '\u{201C}' | '\u{201D}' | '\u{AB}' | '\u{BB}'
        )
    });
    match (quotes.next(), quotes.next()) {
        (Some((first, _)), Some((second, _))) => second > first + 3,
        _ => false,
    }
}

/// Flesch-Kincaid school grade.
fn grade(reading: &Reading<'_>) -> f64 {
    let words = reading.marks.len().max(1) as f64;
    let syllables: usize = reading.text.folded_words().map(syllables).sum();
    let sentences = reading.sentences.len().max(1) as f64;
    0.39 * words / sentences + 11.8 * syllables as f64 / words - 15.59
}

/// A count of syllables by runs of vowels.
fn syllables(word: &str) -> usize {
    let bytes = word.as_bytes();
    let vowel = |byte: u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let mut runs = 0;
    let mut inside = false;
    for byte in bytes {
        runs += usize::from(vowel(*byte) && !inside);
        inside = vowel(*byte);
    }
    let silent = runs > 1 && bytes.ends_with(b"e") && !bytes.ends_with(b"le");
    runs.saturating_sub(usize::from(silent)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_by_runs_of_vowels() {
        assert_eq!(
            [
                syllables("nurse"),
                syllables("hospital"),
                syllables("table"),
                syllables("5"),
                syllables("receptionist")
            ],
            [1, 3, 2, 1, 4]
        );
    }
}
