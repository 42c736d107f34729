//! Whose voice a post is: a patient, someone who cares for one, staff, an organisation, the press, a vacancy.

use auscult_model::post::{Post, PostKind};

use super::cue::Cue;
use super::finding::{Scored, Voice};
use super::reading::Reading;

/// What staff write in their profiles.
const STAFF: [&str; 4] = ["nurse", "midwife", "doctor at", "paramedic"];
/// What organisations write there.
const ORGANISATION: [&str; 5] = [
    "official account",
    "official twitter",
    "we are a",
    "our hospital",
    "news and updates from",
];
/// What the press writes there.
const PRESS: [&str; 4] = ["journalist", "reporter", "newsroom", "breaking news"];

/// Weighs the voices.
pub(crate) fn find(post: &Post, reading: &Reading<'_>) -> Scored<Voice> {
    let count = |cue: Cue| f32::from(reading.found().count(cue).min(4));
    let bio = post
        .author
        .as_ref()
        .and_then(|author| author.bio.as_deref())
        .unwrap_or_default()
        .to_lowercase();
    let says = |words: &[&str]| number(words.iter().any(|word| bio.contains(word)));
    let first = number(reading.has(Cue::FirstPerson));
    let carer = number(reading.has(Cue::Carer));
    let article = number(post.kind == Some(PostKind::Article));
    let care = if reading.has(Cue::Care) { 1.0 } else { 0.5 };
    let voices = [
        (
            Voice::Patient,
            care * (1.2 * count(Cue::Patient) + 0.5 * first),
        ),
        (
            Voice::Carer,
            carer * (1.0 + 1.2 * count(Cue::Carer) + 0.2 * first),
        ),
        (Voice::Staff, 2.6 * count(Cue::Staff) + says(&STAFF)),
        (
            Voice::Organisation,
            1.1 * count(Cue::Organisation) + 2.0 * says(&ORGANISATION),
        ),
        (
            Voice::News,
            1.3 * count(Cue::News) * (1.3 - first) + 2.0 * article + says(&PRESS),
        ),
        (
            Voice::JobAdvert,
            1.8 * count(Cue::Vacancy) * (1.3 - 0.6 * first),
        ),
    ];
    let total: f32 = voices.iter().map(|(_, weight)| weight).sum();
    let (voice, weight) = voices
        .iter()
        .copied()
        .fold((Voice::Unknown, 0.0), |best, next| {
            if next.1 > best.1 { next } else { best }
        });
    if weight < 0.5 {
        return Scored {
            id: Voice::Unknown,
            score: 1.0 - weight,
        };
    }
    Scored {
        id: voice,
        score: (weight / (total + 0.5)).clamp(0.0, 1.0),
    }
}

fn number(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}
