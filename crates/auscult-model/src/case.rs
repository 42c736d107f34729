//! Cases: a thin layer above conversations, with clocks, a checklist and an outcome. And safety records.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{CaseId, ConversationId, MemberId, PostId};
use crate::word_enum;

word_enum! {
    /// Kinds of case.
    CaseKind {
        /// Something went wrong and can be put right.
        ServiceRecovery = "service_recovery",
        /// A complaint.
        Complaint = "complaint",
        /// A question that needs work.
        Question = "question",
        /// Somebody is in danger.
        Safety = "safety",
        /// A side effect of a medicine or device.
        AdverseEvent = "adverse_event",
        /// Something private became public.
        Privacy = "privacy",
        /// Praise to pass on.
        Praise = "praise",
        /// Press.
        Press = "press",
        /// A legal matter.
        Legal = "legal",
    }
}

word_enum! {
    /// Where a case stands.
    CaseState {
        /// Being worked on.
        Open = "open",
        /// Waits for somebody outside.
        Waiting = "waiting",
        /// Closed.
        Closed = "closed",
    }
}

/// A line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is to be done.
    pub text: String,
    /// Until when.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// When it was done.
    #[serde(default)]
    pub done_at: Option<Timestamp>,
    /// By whom.
    #[serde(default)]
    pub done_by: Option<MemberId>,
    /// What was said or noted.
    #[serde(default)]
    pub note: String,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id; 0 for a new one.
    pub id: CaseId,
    /// Its number as shown; given by the store.
    pub number: i64,
    /// What kind it is.
    pub kind: CaseKind,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: CaseState,
    /// Who has it.
    pub owner: Option<MemberId>,
    /// For the safety desk only.
    pub restricted: bool,
    /// The service clock.
    pub due_at: Option<Timestamp>,
    /// The clock of the complaint law.
    pub law_due_at: Option<Timestamp>,
    /// Number in another system.
    pub outside_reference: String,
    /// What came of it.
    pub outcome: String,
    /// What changed because of it.
    pub what_changed: String,
    /// When the person was told.
    pub told_on: Option<Timestamp>,
    /// Whether that was published.
    pub published: bool,
    /// What is to be done.
    pub checklist: Vec<Step>,
    /// Grows with each change.
    pub version: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<MemberId>,
    /// The second signature a safety case needs.
    pub second_signature: Option<MemberId>,
}

word_enum! {
    /// Kinds of safety record.
    SafetyKind {
        /// Somebody may harm themselves or others.
        Crisis = "crisis",
        /// A child or adult may need protection.
        Safeguarding = "safeguarding",
        /// A side effect: patient, reporter, product, reaction.
        AdverseEvent = "adverse_event",
        /// Abuse of staff.
        StaffAbuse = "staff_abuse",
    }
}

/// A record of the safety desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyRecord {
    /// Its id; 0 for a new one.
    pub id: i64,
    /// The conversation.
    pub conversation: Option<ConversationId>,
    /// The post.
    pub post: Option<PostId>,
    /// What kind it is.
    pub kind: SafetyKind,
    /// What is known, as JSON: for an adverse event its four elements.
    pub elements: String,
    /// The steps, with their clocks.
    pub steps: Vec<Step>,
    /// When the next step is due.
    pub due_at: Option<Timestamp>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<MemberId>,
    /// The second signature.
    pub second_signature: Option<MemberId>,
    /// Grows with each change.
    pub version: i64,
}
