//! The names of cues: what a hand-written pattern of `data/cues/` can stand for.
//!
//! A cue is evidence, never a verdict: rules weigh cues, and the trained weights use them as features.

use auscult_model::word_enum;

word_enum! {
    /// What a pattern speaks for. The word is the heading in the cue files.
    Cue {
        /// Waiting, from minutes to months.
        WaitingTime = "waiting_time",
        /// Kindness, respect, rudeness.
        StaffAttitude = "staff_attitude",
        /// Listening, explaining, involving.
        Communication = "communication_listening",
        /// Being kept informed, leaflets, going home.
        Information = "information_discharge",
        /// Help when needed, enough staff.
        Responsiveness = "responsiveness_staffing",
        /// Hand-overs, referrals, records.
        Coordination = "coordination_continuity",
        /// Skill, diagnosis, outcome.
        Clinical = "clinical_quality",
        /// Phones, booking, cancelling.
        Access = "access_scheduling",
        /// Pain relief and medicine.
        Pain = "pain_medication",
        /// Cleanliness, noise, rooms, equipment.
        Environment = "environment_cleanliness",
        /// Food, drink, things to do.
        Food = "food_amenities",
        /// Parking, transport, finding the way.
        Location = "location_transport",
        /// Price, bills, insurance.
        Billing = "billing_cost",
        /// Feeling safe, harm.
        Safety = "safety",
        /// Dignity, privacy, equal treatment.
        Dignity = "dignity_equity",
        /// Relatives and carers.
        Family = "family_carers",
        /// Praise without a subject.
        OverallPraise = "overall_praise",
        /// Complaint without a subject.
        OverallComplaint = "overall_complaint",
        /// The form of a question.
        Question = "question",
        /// Asks others for a provider.
        Recommendation = "seeking_recommendation",
        /// Asks us to act, call or correct.
        Recovery = "service_recovery",
        /// Marks a request as an administrative one.
        Administrative = "administrative",
        /// A second message, or one that nobody answered.
        Unanswered = "unanswered",
        /// Tells of a bad experience in words a valence lexicon misses.
        Complaint = "complaint",
        /// Tells of a good experience in words a valence lexicon misses.
        Praise = "praise",
        /// Harm, near miss or unsafe practice.
        Harm = "harm",
        /// Harm that is grave or goes on.
        GraveHarm = "grave_harm",
        /// Unsafe practice without a person harmed.
        Unsafe = "unsafe",
        /// A danger in the room: blood on the floor, vermin.
        Hazard = "hazard",
        /// Says that what is told happened just now or goes on.
        Now = "now",
        /// A medicine or device.
        Medicine = "medicine",
        /// Says that a medicine is being taken or was begun.
        Taking = "taking",
        /// An unwanted effect.
        Effect = "effect",
        /// An unwanted effect that cannot wait.
        GraveEffect = "grave_effect",
        /// Plays an effect down.
        Mild = "mild",
        /// Says outright that a medicine did harm.
        Adverse = "adverse",
        /// A false claim about health.
        FalseClaim = "false_claim",
        /// Presses others to act on a claim or pass it on.
        Spreads = "spreads",
        /// A vacancy.
        Vacancy = "vacancy",
        /// An advert.
        Advert = "advert",
        /// Medicines sold without a licence.
        UnlicensedSale = "unlicensed_sale",
        /// Written as news.
        News = "news",
        /// Bad news about an institution.
        BadNews = "bad_news",
        /// A lawyer, a claim, a journalist.
        Legal = "legal_or_media",
        /// Our staff disclosed something, or the post exposes a third person.
        Privacy = "privacy_breach",
        /// Abuse against staff.
        Abuse = "staff_abuse",
        /// A threat against staff.
        Threat = "threat",
        /// Written by a patient.
        Patient = "patient",
        /// Written by someone who cares for a patient.
        Carer = "carer",
        /// Written by someone who works in care.
        Staff = "staff",
        /// Written by an organisation.
        Organisation = "organisation",
        /// Speaks of care at all.
        Care = "care",
        /// A child or a pregnancy.
        Vulnerable = "vulnerable",
        /// Results or the poster's own care.
        Results = "results",
        /// A place or department.
        Place = "place",
        /// A time or duration.
        Time = "time",
        /// The order of steps.
        Order = "order",
        /// A role of staff.
        Role = "role",
        /// What followed from it.
        Consequence = "consequence",
        /// A comparison.
        Comparison = "comparison",
        /// Speaks of another place than the one meant.
        OtherPlace = "other_place",
        /// The writer speaks of themselves.
        FirstPerson = "first_person",
        /// A word of feeling in a phrase; the weight is its valence.
        Valence = "valence",
    }
}

/// How many cues there are.
pub(crate) const CUES: usize = Cue::ALL.len();

impl Cue {
    /// Its place in a table of all cues.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}
