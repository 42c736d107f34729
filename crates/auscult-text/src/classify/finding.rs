//! What classification says of a post, in the shape of docs/specs/cli.md.

use auscult_model::word_enum;
use serde::Serialize;

word_enum! {
    /// A topic of care.
    Topic {
        /// Kindness, respect, rudeness, bedside manner.
        StaffAttitude = "staff_attitude",
        /// Listening, explaining, involving in decisions.
        CommunicationListening = "communication_listening",
        /// Being kept informed, leaflets, going home.
        InformationDischarge = "information_discharge",
        /// Help when needed, enough staff.
        ResponsivenessStaffing = "responsiveness_staffing",
        /// Hand-overs, referrals, records.
        CoordinationContinuity = "coordination_continuity",
        /// Skill, diagnosis, outcome.
        ClinicalQuality = "clinical_quality",
        /// Phones, booking, cancellation.
        AccessScheduling = "access_scheduling",
        /// Minutes to months of waiting.
        WaitingTime = "waiting_time",
        /// Pain relief, supply and explanation of medicine.
        PainMedication = "pain_medication",
        /// Cleanliness, noise, rooms, food.
        EnvironmentRest = "environment_rest",
        /// Parking, transport, finding the way.
        LocationTransport = "location_transport",
        /// Price, bills, insurance.
        BillingCost = "billing_cost",
        /// Harm, privacy, discrimination.
        SafetyDignity = "safety_dignity",
        /// How relatives and carers are treated.
        FamilyCarers = "family_carers",
        /// Praise or complaint without a subject.
        Overall = "overall",
    }
}

word_enum! {
    /// What a person does or wants with a post.
    Intent {
        /// A person at risk.
        CrisisSelfHarm = "crisis_self_harm",
        /// Harm, near miss or unsafe practice.
        SafetyEvent = "safety_event",
        /// An unwanted effect of a medicine or device.
        AdverseDrugEvent = "adverse_drug_event",
        /// Asks us to act.
        ServiceRecovery = "service_recovery",
        /// A false claim about health that can harm.
        Misinformation = "misinformation",
        /// Adverts, vacancies, sales.
        SpamJob = "spam_job",
        /// Asks others for a provider.
        SeekingRecommendation = "seeking_recommendation",
        /// An institution as subject of news.
        News = "news",
        /// A bad experience told.
        Complaint = "complaint",
        /// A good experience told.
        Praise = "praise",
        /// Wants a fact or a direction.
        Question = "question",
    }
}

word_enum! {
    /// Something that must not be overlooked.
    Flag {
        /// An unwanted effect of a medicine or device.
        AdverseDrugEvent = "adverse_drug_event",
        /// A person at risk.
        CrisisSelfHarm = "crisis_self_harm",
        /// Harm, near miss or unsafe practice.
        SafetyEvent = "safety_event",
        /// Our staff disclosed, or the post exposes a third person.
        PrivacyBreach = "privacy_breach",
        /// A lawyer, a claim, a journalist.
        LegalOrMedia = "legal_or_media",
        /// A threat or abuse against staff.
        StaffAbuse = "staff_abuse",
        /// Adverts and vacancies.
        Spam = "spam",
    }
}

word_enum! {
    /// Whose voice a post is.
    Voice {
        /// Someone treated.
        Patient = "patient",
        /// Someone who cares for a patient.
        Carer = "carer",
        /// Someone who works in care.
        Staff = "staff",
        /// An organisation.
        Organisation = "organisation",
        /// The press.
        News = "news",
        /// A vacancy.
        JobAdvert = "job_advert",
        /// Nobody can tell.
        Unknown = "unknown",
    }
}

word_enum! {
    /// Feeling of a post; mixed counts as neutral.
    Feeling {
        /// A bad experience prevails.
        Negative = "negative",
        /// Neither prevails.
        Neutral = "neutral",
        /// A good experience prevails.
        Positive = "positive",
    }
}

/// The language of a post.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Language {
    /// BCP 47 tag; `und` when nobody can tell.
    pub tag: String,
    /// How sure, 0..1.
    #[serde(serialize_with = "rounded")]
    pub score: f32,
}

/// The sentiment of a post or of a piece of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sentiment {
    /// Negative, neutral or positive.
    pub label: Feeling,
    /// -1..1.
    #[serde(serialize_with = "rounded")]
    pub score: f32,
}

/// An answer with its score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scored<T> {
    /// The answer.
    pub id: T,
    /// How sure, 0..1; from 0.5 on it is given.
    #[serde(serialize_with = "rounded")]
    pub score: f32,
}

/// A topic with its score and polarity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TopicFinding {
    /// The topic.
    pub id: Topic,
    /// How sure, 0..1.
    #[serde(serialize_with = "rounded")]
    pub score: f32,
    /// The feeling of the sentences that speak of it, -1..1.
    #[serde(serialize_with = "rounded")]
    pub polarity: f32,
}

/// A stretch of text that names a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdentifierFinding {
    /// The kind, as in docs/specs/cli.md.
    #[serde(rename = "type")]
    pub kind: String,
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// What stands there.
    pub value: String,
}

/// One part of a salience.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SaliencePart {
    /// The name of the part.
    pub id: &'static str,
    /// Its value, 0..1.
    #[serde(serialize_with = "rounded")]
    pub value: f32,
    /// What it adds to the salience.
    #[serde(serialize_with = "rounded")]
    pub points: f32,
    /// Shown beside it: `160 words`, `grade 8`, `1 star`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub shown: String,
}

/// Which item to read first, with the reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SalienceFinding {
    /// 0..100, rounded.
    pub value: u8,
    /// The parts that have data.
    pub parts: Vec<SaliencePart>,
}

/// Words that weighed most for a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// The finding: `topics.waiting_time`, `sentiment`, `flags.safety_event`, `salience.specificity`.
    #[serde(rename = "for")]
    pub finding: String,
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
}

/// Everything classification says of one post.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classified {
    /// The id of the post.
    pub id: String,
    /// Its language.
    pub lang: Language,
    /// Its sentiment; where the language is unknown to us nothing is guessed: neutral, 0.
    pub sentiment: Sentiment,
    /// Whose voice it is.
    pub voice: Scored<Voice>,
    /// Its topics of care, the surest first.
    pub topics: Vec<TopicFinding>,
    /// Its intents, the main one first.
    pub intents: Vec<Scored<Intent>>,
    /// 0 as time allows, 3 act now.
    pub urgency: u8,
    /// What must not be overlooked.
    pub flags: Vec<Flag>,
    /// Stretches that name a person.
    pub identifiers: Vec<IdentifierFinding>,
    /// Which item to read first.
    pub salience: SalienceFinding,
    /// The words behind the findings, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Vec<Because>>,
}

/// Three places are enough for a score.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn rounded<S: serde::Serializer>(value: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((f64::from(*value) * 1000.0).round() / 1000.0)
}
