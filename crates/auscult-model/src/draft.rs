//! Drafts: what a member is writing, kept while they write.

use jiff::Timestamp;

use crate::ids::{ConversationId, DraftId, MemberId};
use crate::inbox::Audience;

/// A draft: one for each conversation and member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Who writes.
    pub member: MemberId,
    /// Whether others may read it.
    pub shared: bool,
    /// For whom it is meant.
    pub audience: Audience,
    /// The words so far.
    pub text: String,
    /// What the guard says, as JSON.
    pub verdict: String,
    /// The version of the conversation it was written against.
    pub against_version: i64,
    /// Grows with each save.
    pub version: i64,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// A draft to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveDraft {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who writes.
    pub member: MemberId,
    /// Whether others may read it.
    pub shared: bool,
    /// For whom it is meant.
    pub audience: Audience,
    /// The words so far.
    pub text: String,
    /// What the guard says, as JSON.
    pub verdict: String,
    /// The version of the conversation it was written against.
    pub against_version: i64,
}
