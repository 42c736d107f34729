//! Unwanted effects of medicines and devices, recall before precision: a person confirms, never more than a suggestion.

use super::cue::Cue;
use super::reading::{Found, Reading};

/// What points to an unwanted effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signal {
    /// How sure, 0..1.
    pub score: f32,
    /// The effect cannot wait.
    pub is_grave: bool,
    /// The text plays it down.
    pub is_mild: bool,
    /// First and one past the last byte of the words behind it.
    pub bytes: (u32, u32),
}

/// The inputs of the join of unwanted effects: trained outputs over the whole, the greatest of a sentence, cues, length.
pub(crate) fn inputs(whole: &[f32], greatest: f32, found: &Found, words: usize) -> Vec<f32> {
    let mut inputs = whole.to_vec();
    inputs.push(greatest);
    let cues = [
        Cue::Medicine,
        Cue::Taking,
        Cue::Effect,
        Cue::GraveEffect,
        Cue::Adverse,
        Cue::Mild,
        Cue::Care,
        Cue::FirstPerson,
    ];
    inputs.extend(cues.map(|cue| f32::from(found.count(cue)).ln_1p()));
    inputs.push((words as f32).ln_1p());
    inputs
}

/// What the trained weights say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trained {
    /// How sure of an unwanted effect, 0..1.
    pub(crate) score: f32,
    /// The text is of the kind they were trained on: talk about one's own medicine.
    pub(crate) is_medicine_talk: bool,
}

/// Looks for an unwanted effect: in talk about medicines the weights decide, elsewhere the rules may find one too.
pub(crate) fn find(reading: &Reading<'_>, trained: Option<Trained>) -> Option<Signal> {
    let score = match trained {
        Some(trained) if trained.is_medicine_talk && trained.score < 0.3 => trained.score,
        Some(trained) => trained.score.max(by_rules(reading)),
        None => by_rules(reading),
    };
    if score < 0.5 {
        return None;
    }
    let behind = [Cue::GraveEffect, Cue::Adverse, Cue::Effect, Cue::Medicine]
        .into_iter()
        .find_map(|cue| reading.hits_of(cue).next());
    let bytes = behind.map_or_else(
        || reading.bytes(0, reading.marks.len()),
        |hit| reading.bytes(hit.first, hit.end),
    );
    Some(Signal {
        score,
        is_grave: reading.has(Cue::GraveEffect),
        is_mild: reading.has(Cue::Mild),
        bytes,
    })
}

/// A medicine and what it did, told near each other, by someone it happened to.
fn by_rules(reading: &Reading<'_>) -> f32 {
    if !reading.has(Cue::Medicine) && !reading.has(Cue::Taking) {
        return 0.0;
    }
    if is_about_others(reading) {
        return 0.0;
    }
    let effect = reading.has(Cue::Effect) || reading.has(Cue::GraveEffect);
    if reading.has(Cue::Adverse) && (effect || reading.has(Cue::Medicine)) {
        return 0.85;
    }
    // An effect in the sentence of a medicine that is being taken, or in the sentence after it.
    if effect && near(reading) { 0.7 } else { 0.0 }
}

/// Adverts, news and claims speak of medicines too.
fn is_about_others(reading: &Reading<'_>) -> bool {
    [Cue::UnlicensedSale, Cue::FalseClaim, Cue::Vacancy]
        .iter()
        .any(|cue| reading.has(*cue))
        || (reading.has(Cue::News) && !reading.has(Cue::FirstPerson))
}

fn near(reading: &Reading<'_>) -> bool {
    let sentence_of = |word: usize| {
        reading
            .sentences
            .partition_point(|sentence| sentence.end <= word)
    };
    let taken: Vec<usize> = reading
        .hits_of(Cue::Taking)
        .map(|hit| sentence_of(hit.first))
        .collect();
    let effects = reading
        .hits
        .iter()
        .filter(|hit| matches!(hit.cue, Cue::Effect | Cue::GraveEffect));
    // `taken` is sorted: hits come in the order of the sentences.
    effects.map(|hit| sentence_of(hit.first)).any(|place| {
        let first = taken.partition_point(|taking| *taking + 1 < place);
        taken.get(first).is_some_and(|taking| *taking <= place)
    })
}
