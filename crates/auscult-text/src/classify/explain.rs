//! The words behind each finding: cues and the occurrences whose trained share was greatest.

use super::cue::Cue;
use super::features::each;
use super::finding::{Because, Classified, Flag, Intent, Topic};
use super::judge::Classifier;
use super::reading::Reading;
use super::topics::FINE;
use super::whole::Whole;
use crate::crisis::Crisis;
use crate::token::Offsets;

/// Stretches given for one finding.
const MOST: usize = 3;

/// Points at the words that weighed most; `skipped` code points of a title stand before the text.
pub(crate) fn because(
    classifier: &Classifier,
    reading: &Reading<'_>,
    whole: &Whole,
    (said, crisis): (&Classified, Option<&Crisis>),
    skipped: usize,
) -> Vec<Because> {
    let mut list = Reasons {
        offsets: Offsets::new(reading.text.source()),
        reading,
        skipped,
        found: Vec::new(),
    };
    let sign = said.sentiment.score.signum();
    list.words(
        "sentiment",
        &feeling_shares(classifier, reading, whole, sign),
    );
    for topic in &said.topics {
        list.words(
            &format!("topics.{}", topic.id),
            &topic_shares(classifier, reading, whole, topic.id),
        );
    }
    for intent in &said.intents {
        list.cues(&format!("intents.{}", intent.id), cues_of_intent(intent.id));
    }
    for flag in &said.flags {
        list.cues(&format!("flags.{flag}"), cues_of_flag(*flag));
    }
    for (start, end) in crisis.into_iter().flat_map(|crisis| &crisis.spans) {
        let bytes = (
            u32::try_from(*start).unwrap_or(u32::MAX),
            u32::try_from(*end).unwrap_or(u32::MAX),
        );
        list.stretch("intents.crisis_self_harm", bytes);
        list.stretch("flags.crisis_self_harm", bytes);
    }
    list.cues("salience.specificity", &super::context::SPECIFICS);
    list.found
}

struct Reasons<'r> {
    offsets: Offsets<'r>,
    reading: &'r Reading<'r>,
    skipped: usize,
    found: Vec<Because>,
}

impl Reasons<'_> {
    fn give(&mut self, finding: &str, first: usize, end: usize) {
        self.stretch(finding, self.reading.bytes(first, end));
    }

    fn stretch(&mut self, finding: &str, (start, stop): (u32, u32)) {
        let (start, end) = self.offsets.range(start, stop);
        let Some(start) = start.checked_sub(self.skipped) else {
            return;
        };
        let reason = Because {
            finding: finding.to_owned(),
            start,
            end: end - self.skipped,
        };
        if !self.found.contains(&reason) {
            self.found.push(reason);
        }
    }

    /// The longest hits of some cues.
    fn cues(&mut self, finding: &str, cues: &[Cue]) {
        for cue in cues {
            let mut hits: Vec<_> = self
                .reading
                .hits_of(*cue)
                .map(|hit| (hit.first, hit.end))
                .collect();
            hits.sort_by_key(|(first, end)| (std::cmp::Reverse(end - first), *first));
            for (first, end) in hits.into_iter().take(MOST) {
                self.give(finding, first, end);
            }
        }
    }

    /// The words with the greatest shares, in the order of the text; neighbours become one stretch.
    fn words(&mut self, finding: &str, shares: &[f32]) {
        let mut ranked: Vec<(usize, f32)> = shares
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, share)| *share > 0.0)
            .collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        let floor = ranked.first().map_or(0.0, |(_, share)| share * 0.4);
        let mut places: Vec<usize> = ranked
            .into_iter()
            .take(MOST)
            .filter(|(_, share)| *share >= floor)
            .map(|(place, _)| place)
            .collect();
        places.sort_unstable();
        let mut run: Option<(usize, usize)> = None;
        for place in places {
            run = match run {
                Some((first, end)) if end == place => Some((first, place + 1)),
                Some((first, end)) => {
                    self.give(finding, first, end);
                    Some((place, place + 1))
                }
                None => Some((place, place + 1)),
            };
        }
        if let Some((first, end)) = run {
            self.give(finding, first, end);
        }
    }
}

/// The share of each word in the outputs `heads` (with a sign each).
fn shares(
    classifier: &Classifier,
    reading: &Reading<'_>,
    whole: &Whole,
    heads: &[(usize, f32)],
) -> Vec<f32> {
    let mut shares = vec![0.0_f32; reading.marks.len()];
    let Some(weights) = classifier.weights() else {
        return shares;
    };
    for sentence in &whole.sentences {
        each(
            reading,
            classifier.negations(),
            &sentence.range,
            &[],
            &mut |feature| {
                let Some(share) = shares.get_mut(feature.word as usize) else {
                    return;
                };
                for (head, sign) in heads {
                    *share += sign * weights.share(feature, *head);
                }
            },
        );
    }
    shares
}

fn feeling_shares(
    classifier: &Classifier,
    reading: &Reading<'_>,
    whole: &Whole,
    sign: f32,
) -> Vec<f32> {
    let heads: Vec<(usize, f32)> = [
        ("survey.positive", sign),
        ("survey.negative", -sign),
        ("general.positive", sign),
        ("general.negative", -sign),
    ]
    .iter()
    .filter_map(|(name, sign)| Some((classifier.weights()?.head(name)?, *sign)))
    .collect();
    let mut shares = shares(classifier, reading, whole, &heads);
    for hit in reading
        .hits_of(Cue::Valence)
        .filter(|hit| hit.weight * sign > 0.0)
    {
        for share in shares.get_mut(hit.first..hit.end).unwrap_or_default() {
            *share += hit.weight.abs();
        }
    }
    if heads.is_empty() {
        for sentence in &whole.sentences {
            if let Some(share) = shares.get_mut(sentence.range.start)
                && sentence.sentiment.score * sign > 0.0
            {
                *share += 0.1;
            }
        }
    }
    shares
}

fn topic_shares(
    classifier: &Classifier,
    reading: &Reading<'_>,
    whole: &Whole,
    topic: Topic,
) -> Vec<f32> {
    let fine = FINE.iter().filter(|(_, _, joined)| *joined == topic);
    let heads: Vec<(usize, f32)> = fine
        .clone()
        .filter_map(|(name, _, _)| Some((classifier.weights()?.head(name)?, 1.0)))
        .collect();
    let mut shares = shares(classifier, reading, whole, &heads);
    for hit in fine.flat_map(|(_, cue, _)| reading.hits_of(*cue)) {
        for share in shares.get_mut(hit.first..hit.end).unwrap_or_default() {
            *share += hit.weight * 2.0;
        }
    }
    shares
}

const fn cues_of_intent(intent: Intent) -> &'static [Cue] {
    match intent {
        Intent::CrisisSelfHarm => &[],
        Intent::SafetyEvent => &[Cue::Harm, Cue::Unsafe],
        Intent::AdverseDrugEvent => &[Cue::GraveEffect, Cue::Adverse, Cue::Effect, Cue::Medicine],
        Intent::ServiceRecovery => &[Cue::Recovery, Cue::Unanswered],
        Intent::Misinformation => &[Cue::FalseClaim],
        Intent::SpamJob => &[Cue::Vacancy, Cue::Advert, Cue::UnlicensedSale],
        Intent::SeekingRecommendation => &[Cue::Recommendation],
        Intent::News => &[Cue::News],
        Intent::Complaint => &[Cue::Complaint],
        Intent::Praise => &[Cue::Praise],
        Intent::Question => &[Cue::Question],
    }
}

const fn cues_of_flag(flag: Flag) -> &'static [Cue] {
    match flag {
        Flag::CrisisSelfHarm => &[],
        Flag::SafetyEvent => &[Cue::Harm, Cue::Unsafe],
        Flag::AdverseDrugEvent => &[Cue::GraveEffect, Cue::Adverse, Cue::Effect],
        Flag::PrivacyBreach => &[Cue::Privacy],
        Flag::LegalOrMedia => &[Cue::Legal],
        Flag::StaffAbuse => &[Cue::Abuse, Cue::Threat],
        Flag::Spam => &[Cue::Vacancy, Cue::Advert, Cue::UnlicensedSale],
    }
}
