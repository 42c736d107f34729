//! Topics of care: trained outputs for the fine topics of the data, joined to the fifteen people see, with rules beside
//! them for the rare ones; each with the feeling of the sentences that speak of it.

use super::cue::Cue;
use super::finding::{Topic, TopicFinding};
use super::reading::Found;

/// The fine topics: the output, the cue of the same name and the topic it joins.
pub(crate) const FINE: [(&str, Cue, Topic); 18] = [
    (
        "topic.staff_attitude",
        Cue::StaffAttitude,
        Topic::StaffAttitude,
    ),
    (
        "topic.communication_listening",
        Cue::Communication,
        Topic::CommunicationListening,
    ),
    (
        "topic.information_discharge",
        Cue::Information,
        Topic::InformationDischarge,
    ),
    (
        "topic.responsiveness_staffing",
        Cue::Responsiveness,
        Topic::ResponsivenessStaffing,
    ),
    (
        "topic.coordination_continuity",
        Cue::Coordination,
        Topic::CoordinationContinuity,
    ),
    (
        "topic.clinical_quality",
        Cue::Clinical,
        Topic::ClinicalQuality,
    ),
    (
        "topic.access_scheduling",
        Cue::Access,
        Topic::AccessScheduling,
    ),
    ("topic.waiting_time", Cue::WaitingTime, Topic::WaitingTime),
    ("topic.pain_medication", Cue::Pain, Topic::PainMedication),
    (
        "topic.environment_cleanliness",
        Cue::Environment,
        Topic::EnvironmentRest,
    ),
    ("topic.food_amenities", Cue::Food, Topic::EnvironmentRest),
    (
        "topic.location_parking_transport",
        Cue::Location,
        Topic::LocationTransport,
    ),
    ("topic.billing_cost", Cue::Billing, Topic::BillingCost),
    ("topic.safety", Cue::Safety, Topic::SafetyDignity),
    ("topic.dignity_equity", Cue::Dignity, Topic::SafetyDignity),
    ("topic.family_carers", Cue::Family, Topic::FamilyCarers),
    ("topic.overall_praise", Cue::OverallPraise, Topic::Overall),
    (
        "topic.overall_complaint",
        Cue::OverallComplaint,
        Topic::Overall,
    ),
];

/// The names of the fine outputs.
pub(crate) const TOPIC_HEADS: [&str; FINE.len()] = [
    "topic.staff_attitude",
    "topic.communication_listening",
    "topic.information_discharge",
    "topic.responsiveness_staffing",
    "topic.coordination_continuity",
    "topic.clinical_quality",
    "topic.access_scheduling",
    "topic.waiting_time",
    "topic.pain_medication",
    "topic.environment_cleanliness",
    "topic.food_amenities",
    "topic.location_parking_transport",
    "topic.billing_cost",
    "topic.safety",
    "topic.dignity_equity",
    "topic.family_carers",
    "topic.overall_praise",
    "topic.overall_complaint",
];

/// Coarse subjects of another labelled set; their outputs help to tell topics.
pub(crate) const SUBJECT_HEADS: [&str; 18] = [
    "subject.food",
    "subject.listening",
    "subject.information",
    "subject.communication",
    "subject.attitude",
    "subject.staff",
    "subject.competence",
    "subject.support",
    "subject.waiting",
    "subject.access",
    "subject.environment",
    "subject.coordination",
    "subject.care",
    "subject.nothing",
    "subject.treatment",
    "subject.staffing",
    "subject.dignity",
    "subject.activities",
];

/// The inputs of the join of topics: trained outputs over the whole, the greatest topic outputs of a sentence, cues, length.
pub(crate) fn inputs<'o>(
    whole: &[f32],
    sentences: impl Iterator<Item = &'o [f32]>,
    found: &Found,
    words: usize,
) -> Vec<f32> {
    let topics = whole.len().saturating_sub(FINE.len());
    let mut inputs = Vec::with_capacity(whole.len() + 2 * FINE.len() + 1);
    inputs.extend_from_slice(whole);
    let mut greatest = [f32::MIN; FINE.len()];
    let mut count = 0.0_f32;
    for sentence in sentences {
        count += 1.0;
        for (most, output) in greatest
            .iter_mut()
            .zip(sentence.get(topics..).unwrap_or_default())
        {
            *most = most.max(*output);
        }
    }
    inputs.extend(greatest.map(|most| most.max(-3.0)));
    inputs.extend(FINE.iter().map(|(_, cue, _)| {
        f32::from(found.count(*cue)).ln_1p() + 0.5 * (found.most(*cue) - 1.0).max(0.0)
    }));
    inputs.extend([(words as f32).ln_1p(), count.ln_1p()]);
    inputs
}

/// The fine topic of an id of the data files.
pub fn topic_of(fine: &str) -> Option<Topic> {
    FINE.iter()
        .find(|(name, _, _)| name.strip_prefix("topic.") == Some(fine))
        .map(|(_, _, topic)| *topic)
}

/// One fine topic: the trained sum above its threshold, in units of the logistic; none without weights.
pub(crate) type Margin = Option<f32>;

/// How sure the fine topics are (0..1; 0.5 is the threshold); `margins` in the order of [`FINE`].
pub(crate) fn scores(margins: &[Margin; FINE.len()], found: &Found) -> [f32; FINE.len()] {
    let mut scores = [0.0_f32; FINE.len()];
    for ((score, margin), (_, cue, topic)) in scores.iter_mut().zip(margins).zip(FINE) {
        let trained = margin.map(|margin| 1.0 / (1.0 + (-margin).exp()));
        *score = match trained {
            Some(trained) => trained,
            None => by_rules(found, cue),
        };
        if decides_alone(topic).is_some_and(|least| found.most(cue) >= least) {
            *score = score.max(0.7);
        }
    }
    scores
}

/// From which weight a cue decides alone: topics too rare in the data for weights, and parking, which the data hardly know.
const fn decides_alone(topic: Topic) -> Option<f32> {
    match topic {
        Topic::BillingCost | Topic::FamilyCarers | Topic::SafetyDignity => Some(2.0),
        Topic::LocationTransport => Some(1.5),
        Topic::StaffAttitude
        | Topic::CommunicationListening
        | Topic::InformationDischarge
        | Topic::ResponsivenessStaffing
        | Topic::CoordinationContinuity
        | Topic::ClinicalQuality
        | Topic::AccessScheduling
        | Topic::WaitingTime
        | Topic::PainMedication
        | Topic::EnvironmentRest
        | Topic::Overall => None,
    }
}

fn by_rules(found: &Found, cue: Cue) -> f32 {
    match (found.most(cue), found.count(cue)) {
        (most, _) if most > 1.0 => 0.8,
        (_, 0) => 0.0,
        (_, 1) => 0.52,
        _ => 0.65,
    }
}

/// Joins the fine topics: present when any of its fine ids is, score is the greatest.
pub(crate) fn join(scores: &[f32; FINE.len()]) -> Vec<TopicFinding> {
    let mut topics: Vec<TopicFinding> = Vec::with_capacity(4);
    for (score, (_, _, id)) in scores.iter().zip(FINE) {
        if *score < 0.5 {
            continue;
        }
        match topics.iter_mut().find(|topic| topic.id == id) {
            Some(topic) => topic.score = topic.score.max(*score),
            None => topics.push(TopicFinding {
                id,
                score: *score,
                polarity: 0.0,
            }),
        }
    }
    topics.sort_by(|first, second| {
        second
            .score
            .total_cmp(&first.score)
            .then(first.id.cmp(&second.id))
    });
    topics
}
