//! Whose voice a post is: a patient, someone who cares for one, staff, an organisation, the press, a vacancy.

use auscult_model::post::{Post, PostKind};

use super::cue::Cue;
use super::finding::{Scored, Voice};
use super::reading::Reading;

/// Weighs the voices.
pub(crate) fn find(post: &Post, reading: &Reading<'_>) -> Scored<Voice> {
    let count = |cue: Cue| f32::from(reading.found().count(cue).min(4));
    let author = post.author.as_ref();
    let profile = |words: &[&str]| {
        let held = author
            .and_then(|author| author.bio.as_deref())
            .unwrap_or_default()
            .to_lowercase();
        words.iter().any(|word| held.contains(word))
    };
    let first = if reading.has(Cue::FirstPerson) {
        1.0
    } else {
        0.0
    };
    let care = if reading.has(Cue::Care) { 1.0 } else { 0.5 };
    let mut voices = [
        (
            Voice::Patient,
            care * (1.2 * count(Cue::Patient) + 0.5 * first),
        ),
        (
            Voice::Carer,
            if reading.has(Cue::Carer) {
                1.0 + 1.2 * count(Cue::Carer) + 0.2 * first
            } else {
                0.0
            },
        ),
        (
            Voice::Staff,
            2.6 * count(Cue::Staff)
                + if profile(&["nurse", "midwife", "doctor at", "paramedic"]) {
                    1.0
                } else {
                    0.0
                },
        ),
        (Voice::Organisation, 1.1 * count(Cue::Organisation)),
        (
            Voice::News,
            1.3 * count(Cue::News) * (1.3 - first)
                + if post.kind == Some(PostKind::Article) {
                    2.0
                } else {
                    0.0
                },
        ),
        (
            Voice::JobAdvert,
            1.8 * count(Cue::Vacancy) * (1.3 - 0.6 * first),
        ),
    ];
    if profile(&[
        "official account",
        "official twitter",
        "we are a",
        "our hospital",
        "news and updates from",
    ]) {
        raise(&mut voices, Voice::Organisation, 2.0);
    }
    if profile(&["journalist", "reporter", "newsroom", "breaking news"]) {
        raise(&mut voices, Voice::News, 1.0);
    }
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

fn raise(voices: &mut [(Voice, f32)], voice: Voice, by: f32) {
    for (held, weight) in voices {
        if *held == voice {
            *weight += by;
        }
    }
}
