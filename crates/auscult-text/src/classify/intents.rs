//! Intents, flags and urgency by rules over cues (the table of the care taxonomy). Queues with owners and clocks come
//! from here, so recall goes before precision for crisis, safety and unwanted effects.

use super::adverse::Signal;
use super::cue::Cue;
use super::finding::{Feeling, Flag, Intent, Scored, Sentiment, TopicFinding};
use super::reading::Reading;

/// What the rules look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'e> {
    pub(crate) reading: &'e Reading<'e>,
    pub(crate) sentiment: Sentiment,
    /// The lowest and the highest score of a sentence.
    pub(crate) range: (f32, f32),
    pub(crate) topics: &'e [TopicFinding],
    pub(crate) adverse: Option<Signal>,
    /// How sure the crisis rules are, where they found something.
    pub(crate) crisis: Option<f32>,
}

/// Intents, flags and urgency.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judged {
    pub(crate) intents: Vec<Scored<Intent>>,
    pub(crate) flags: Vec<Flag>,
    pub(crate) urgency: u8,
}

impl Evidence<'_> {
    fn has(&self, cue: Cue) -> bool {
        self.reading.has(cue)
    }

    fn sum(&self, cue: Cue) -> f32 {
        self.reading.hits_of(cue).map(|hit| hit.weight).sum()
    }

    fn asks(&self) -> bool {
        self.reading.text.source().contains(['?', '\u{FF1F}'])
    }

    /// The text speaks of care.
    fn care(&self) -> bool {
        self.has(Cue::Care) || !self.topics.is_empty()
    }

    /// Nobody speaks of themselves or their family.
    fn is_impersonal(&self) -> bool {
        !self.has(Cue::FirstPerson) && !self.has(Cue::Carer)
    }

    fn news(&self) -> f32 {
        if !self.is_impersonal() || (self.asks() && self.has(Cue::Question)) {
            return 0.0;
        }
        let weight = self.sum(Cue::News);
        if weight >= 1.0 && (self.care() || weight >= 2.0) {
            (0.55 + 0.1 * weight).min(0.95)
        } else {
            0.0
        }
    }

    fn spam(&self) -> f32 {
        let vacancy = self.sum(Cue::Vacancy);
        let advert = self.sum(Cue::Advert);
        let told = self.sentiment.label == Feeling::Negative
            && self.has(Cue::Complaint)
            && self.has(Cue::FirstPerson);
        if self.has(Cue::UnlicensedSale) && !told && !self.asks() {
            return 0.9;
        }
        let link = self.reading.text.urls().next().is_some();
        let needed = if self.has(Cue::FirstPerson) { 2.0 } else { 1.0 };
        let weight = vacancy.max(advert + if link { 1.0 } else { 0.0 });
        let clear = vacancy >= needed
            || advert >= 2.0
            || (advert >= 1.0 && (link || (self.is_impersonal() && !self.care())));
        if clear && !told {
            (0.6 + 0.1 * weight).min(0.95)
        } else {
            0.0
        }
    }

    fn misinformation(&self) -> f32 {
        let mut best = 0.0_f32;
        for hit in self.reading.hits_of(Cue::FalseClaim) {
            if self.is_denied(hit.first, hit.end) && hit.weight < 1.5 {
                continue;
            }
            best = best.max(0.75);
        }
        if best > 0.0 && self.asks() && !self.has(Cue::Spreads) {
            return 0.0;
        }
        best + if best > 0.0 && self.has(Cue::Spreads) {
            0.1
        } else {
            0.0
        }
    }

    /// A claim is denied inside or just before its words, or called what it is.
    fn is_denied(&self, first: usize, end: usize) -> bool {
        let text = self.reading.text;
        let from = first.saturating_sub(3);
        let words = text
            .words()
            .get(from..(end + 4).min(text.words().len()))
            .unwrap_or_default();
        words.iter().any(|word| {
            matches!(
                text.folded(word),
                "not"
                    | "dont"
                    | "doesnt"
                    | "cant"
                    | "wont"
                    | "myth"
                    | "myths"
                    | "false"
                    | "debunked"
                    | "misinformation"
                    | "nonsense"
                    | "untrue"
                    | "wrong"
            )
        })
    }

    fn safety(&self) -> f32 {
        let told = self.sentiment.score > 0.5 && self.range.0 > -0.2;
        if self.has(Cue::Harm) && (!told || self.has(Cue::GraveHarm)) {
            return if self.care() { 0.85 } else { 0.65 };
        }
        if self.has(Cue::Unsafe) && self.care() && !told {
            0.7
        } else {
            0.0
        }
    }

    fn recovery(&self) -> f32 {
        if !self.has(Cue::Recovery)
            || (self.sentiment.label == Feeling::Positive && !self.has(Cue::Unanswered))
        {
            return 0.0;
        }
        let weight = self.sum(Cue::Recovery) + if self.has(Cue::Unanswered) { 1.0 } else { 0.0 };
        (0.55 + 0.08 * weight).min(0.95)
    }

    fn question(&self) -> f32 {
        let strength = self.reading.found().most(Cue::Question);
        match (strength, self.asks()) {
            (strength, true) if strength > 0.0 => 0.85,
            (_, true) => 0.6,
            (strength, false) if strength >= 1.0 && self.sentiment.label == Feeling::Neutral => 0.6,
            _ => 0.0,
        }
    }

    fn complaint(&self) -> f32 {
        let cue = self.has(Cue::Complaint);
        let score = -self.sentiment.score;
        if self.sentiment.label == Feeling::Negative && (cue || self.care()) {
            return (0.6 + 0.35 * score).clamp(0.5, 0.95);
        }
        if cue && self.range.0 < -0.35 {
            0.55
        } else {
            0.0
        }
    }

    fn praise(&self) -> f32 {
        let cue = self.has(Cue::Praise);
        if self.sentiment.label == Feeling::Positive && (cue || self.care()) {
            return (0.6 + 0.35 * self.sentiment.score).clamp(0.5, 0.95);
        }
        if cue && self.range.1 > 0.45 && self.sentiment.label != Feeling::Negative {
            0.55
        } else {
            0.0
        }
    }
}

/// Decides intents, flags and urgency.
pub(crate) fn judge(evidence: &Evidence<'_>) -> Judged {
    let intents = intents(evidence);
    let flags = flags(evidence, &intents);
    let urgency = urgency(evidence, &intents, &flags);
    Judged {
        intents,
        flags,
        urgency,
    }
}

fn intents(evidence: &Evidence<'_>) -> Vec<Scored<Intent>> {
    let mut found: Vec<Scored<Intent>> = Vec::with_capacity(4);
    let mut give = |id: Intent, score: f32| {
        if score >= 0.5 {
            found.push(Scored { id, score });
        }
    };
    let spam = evidence.spam();
    let claim = evidence.misinformation();
    let news = evidence.news();
    give(Intent::CrisisSelfHarm, evidence.crisis.unwrap_or(0.0));
    let outside = spam.max(claim).max(news);
    give(Intent::SpamJob, spam);
    give(Intent::Misinformation, if spam > 0.0 { 0.0 } else { claim });
    give(Intent::News, if spam.max(claim) > 0.0 { 0.0 } else { news });
    if outside < 0.5 {
        personal(evidence, &mut give);
    }
    found
}

/// Intents of people who speak of their own care.
fn personal(evidence: &Evidence<'_>, give: &mut impl FnMut(Intent, f32)) {
    let safety = evidence.safety();
    let adverse = evidence.adverse.map_or(0.0, |signal| signal.score);
    let recovery = evidence.recovery();
    let recommendation = if evidence.has(Cue::Recommendation) && evidence.range.0 > -0.6 {
        0.8
    } else {
        0.0
    };
    let question = evidence.question();
    let (complaint, praise) = (evidence.complaint(), evidence.praise());
    let explicit = evidence.has(Cue::Complaint) || evidence.has(Cue::Unanswered);
    give(Intent::SafetyEvent, safety);
    give(Intent::AdverseDrugEvent, adverse);
    let queued = safety.max(adverse) > 0.0;
    // A question in the frame of a request for a provider is that request; praise in passing makes neither.
    let seeks = recommendation > 0.0
        && (question > 0.0 || evidence.sentiment.label != Feeling::Positive)
        && complaint < 0.8;
    if seeks {
        give(Intent::SeekingRecommendation, recommendation);
    }
    give(Intent::ServiceRecovery, if seeks { 0.0 } else { recovery });
    let asks_plainly = question > 0.5 && !seeks && recovery < 0.5;
    if asks_plainly && complaint < 0.75 && praise < 0.75 && !queued {
        give(Intent::Question, question);
    }
    if !queued && recovery < 0.5 && !seeks {
        give(Intent::Complaint, complaint);
    } else if explicit && complaint > 0.0 {
        give(Intent::Complaint, complaint.min(0.8));
    }
    give(Intent::Praise, if seeks { 0.0 } else { praise });
    if asks_plainly && (complaint >= 0.75 || praise >= 0.75 || queued) {
        give(Intent::Question, question.min(0.7));
    }
}

fn flags(evidence: &Evidence<'_>, intents: &[Scored<Intent>]) -> Vec<Flag> {
    let mut flags = Vec::with_capacity(2);
    for intent in intents {
        let flag = match intent.id {
            Intent::AdverseDrugEvent => Flag::AdverseDrugEvent,
            Intent::CrisisSelfHarm => Flag::CrisisSelfHarm,
            Intent::SafetyEvent => Flag::SafetyEvent,
            Intent::SpamJob => Flag::Spam,
            Intent::ServiceRecovery
            | Intent::Misinformation
            | Intent::SeekingRecommendation
            | Intent::News
            | Intent::Complaint
            | Intent::Praise
            | Intent::Question => continue,
        };
        flags.push(flag);
    }
    let outside = intents
        .iter()
        .any(|intent| matches!(intent.id, Intent::SpamJob | Intent::News));
    if outside {
        return flags;
    }
    if evidence.has(Cue::Privacy) {
        flags.push(Flag::PrivacyBreach);
    }
    if evidence.has(Cue::Legal) && (evidence.care() || evidence.has(Cue::FirstPerson)) {
        flags.push(Flag::LegalOrMedia);
    }
    if evidence.has(Cue::Abuse) || evidence.has(Cue::Threat) {
        flags.push(Flag::StaffAbuse);
    }
    flags
}

fn urgency(evidence: &Evidence<'_>, intents: &[Scored<Intent>], flags: &[Flag]) -> u8 {
    let mut urgency = intents
        .iter()
        .map(|intent| of_intent(evidence, intent.id))
        .max()
        .unwrap_or(0);
    for flag in flags {
        urgency = urgency.max(match flag {
            Flag::StaffAbuse if evidence.has(Cue::Threat) => 3,
            Flag::PrivacyBreach | Flag::LegalOrMedia | Flag::StaffAbuse => 2,
            // Their intents have spoken already.
            Flag::AdverseDrugEvent | Flag::CrisisSelfHarm | Flag::SafetyEvent | Flag::Spam => 0,
        });
    }
    let told = intents.iter().any(|intent| {
        matches!(
            intent.id,
            Intent::Complaint | Intent::ServiceRecovery | Intent::Question
        )
    });
    let vulnerable = evidence.reading.found().most(Cue::Vulnerable) >= 1.0
        && evidence.sentiment.label == Feeling::Negative;
    if told
        && urgency == 1
        && (vulnerable || evidence.has(Cue::Unanswered))
        && !is_administrative(evidence)
    {
        urgency = 2;
    }
    let queued = intents
        .iter()
        .any(|intent| matches!(intent.id, Intent::SafetyEvent | Intent::AdverseDrugEvent));
    if queued && urgency == 2 && vulnerable {
        urgency = 3;
    }
    urgency
}

/// The default urgency of an intent.
fn of_intent(evidence: &Evidence<'_>, intent: Intent) -> u8 {
    match intent {
        Intent::CrisisSelfHarm => 3,
        Intent::SafetyEvent
            if evidence.has(Cue::GraveHarm)
                || (evidence.has(Cue::Harm) && evidence.has(Cue::Now)) =>
        {
            3
        }
        Intent::SafetyEvent => 2,
        Intent::AdverseDrugEvent => match evidence.adverse {
            Some(Signal { is_grave: true, .. }) => 3,
            Some(Signal { is_mild: true, .. }) => 1,
            _ => 2,
        },
        Intent::ServiceRecovery => 2 - u8::from(is_administrative(evidence)),
        Intent::Misinformation => 1 + u8::from(evidence.has(Cue::Spreads)),
        Intent::SpamJob => u8::from(evidence.has(Cue::UnlicensedSale)),
        Intent::News => {
            u8::from(evidence.has(Cue::BadNews) || evidence.sentiment.label == Feeling::Negative)
        }
        Intent::Complaint => 1 + u8::from(evidence.has(Cue::Hazard)),
        Intent::Question => u8::from(evidence.has(Cue::Results)),
        Intent::Praise | Intent::SeekingRecommendation => 0,
    }
}

/// A request about papers, bills and appointments, without harm.
fn is_administrative(evidence: &Evidence<'_>) -> bool {
    evidence.has(Cue::Administrative)
        && !evidence.has(Cue::Harm)
        && !evidence.has(Cue::Unsafe)
        && !evidence.has(Cue::Privacy)
}
