//! Approvals: a second member's word, bound to the hash of exactly what will go out.

use jiff::Timestamp;

use crate::ids::{ApprovalId, ConversationId, MemberId, VariantId};
use crate::inbox::Outward;
use crate::word_enum;

word_enum! {
    /// Where an approval stands.
    ApprovalState {
        /// Asked for.
        Asked = "asked",
        /// Given.
        Approved = "approved",
        /// Sent back with a note.
        Returned = "returned",
        /// Replaced by a newer request, because the text changed.
        Replaced = "replaced",
        /// Taken back by the one who asked.
        Withdrawn = "withdrawn",
        /// Used: the text went to the outbox.
        Used = "used",
    }
}

/// What is to be approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalTarget {
    /// An answer in a conversation.
    Answer(ConversationId),
    /// A variant of the plan.
    Variant(VariantId),
}

/// A request for approval and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// What is to be approved.
    pub target: ApprovalTarget,
    /// For whom the words are.
    pub audience: Outward,
    /// The words.
    pub text: String,
    /// Hash of text, media, channel and audience, as the app makes it.
    pub text_hash: String,
    /// What the guard said, as JSON.
    pub verdict: String,
    /// Who asked: the author.
    pub asked_by: MemberId,
    /// Who is asked; `None` is anybody who may.
    pub asked_of: Option<MemberId>,
    /// Where it stands.
    pub state: ApprovalState,
    /// Who decided.
    pub decided_by: Option<MemberId>,
    /// The note of the decision.
    pub note: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// A request to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskApproval {
    /// What is to be approved.
    pub target: ApprovalTarget,
    /// For whom the words are.
    pub audience: Outward,
    /// The words.
    pub text: String,
    /// Hash of text, media, channel and audience.
    pub text_hash: String,
    /// What the guard said, as JSON.
    pub verdict: String,
    /// Who asks: the author.
    pub asked_by: MemberId,
    /// Who is asked.
    pub asked_of: Option<MemberId>,
}

/// An approver's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalWord {
    /// It may go out.
    Approve,
    /// It goes back to its author.
    Return,
}
