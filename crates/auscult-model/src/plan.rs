//! The plan: aims, questions people ask, pieces, their variants for channels, and when each goes out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::delivery::{DeliveryState, LatePolicy};
use crate::ids::{
    AimId, ChannelId, DeliveryId, MemberId, OccurrenceId, PieceId, QuestionId, VariantId,
};
use crate::word_enum;

/// What is to be reached, and by which measure one will see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// Its id.
    pub id: AimId,
    /// The outcome that is wanted.
    pub outcome: String,
    /// The id of the measure.
    pub measure: String,
    /// The value to reach.
    pub target: Option<f64>,
    /// Until when.
    pub target_on: Option<Timestamp>,
    /// Who answers for it.
    pub owner: Option<MemberId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

word_enum! {
    /// Where a question stands.
    QuestionState {
        /// Nobody has answered it.
        Open = "open",
        /// A piece is being made of it.
        Planned = "planned",
        /// Answered by a piece.
        Answered = "answered",
        /// Not for us.
        Dismissed = "dismissed",
    }
}

/// A question people ask, with where it was heard; identifiers are masked before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id; 0 for a new one.
    pub id: QuestionId,
    /// In people's words, masked.
    pub text: String,
    /// The topic of care.
    pub topic: String,
    /// Where it stands.
    pub state: QuestionState,
    /// How often it was asked.
    pub asked: i64,
    /// Conversations, posts and saved searches it comes from, as JSON.
    pub links: String,
    /// The piece that answers it.
    pub piece: Option<PieceId>,
    /// When it was asked first.
    pub first_at: Timestamp,
    /// When it was asked last.
    pub last_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

word_enum! {
    /// Where a piece stands.
    PieceState {
        /// An idea.
        Idea = "idea",
        /// Being written.
        Draft = "draft",
        /// Waits for approval.
        Review = "review",
        /// Approved.
        Ready = "ready",
        /// Out, at least once.
        Out = "out",
        /// Put away.
        Archived = "archived",
    }
}

word_enum! {
    /// How a piece comes from another.
    Lineage {
        /// A part of it.
        Cut = "cut",
        /// In another language.
        Translate = "translate",
        /// Shorter.
        Summarise = "summarise",
        /// A quotation.
        Quote = "quote",
        /// A newer version.
        Update = "update",
    }
}

/// A claim of a piece, with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What is said.
    pub text: String,
    /// Where it comes from.
    pub source: String,
    /// When it has to be checked again, `YYYY-MM-DD`.
    pub review_on: Option<String>,
}

/// A piece of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its id; 0 for a new one.
    pub id: PieceId,
    /// The aim it serves.
    pub aim: Option<AimId>,
    /// The question it answers.
    pub question: Option<QuestionId>,
    /// The piece it comes from, and how.
    pub parent: Option<(PieceId, Lineage)>,
    /// Its working title.
    pub title: String,
    /// The source text.
    pub text: String,
    /// One of the eight stances.
    pub stance: String,
    /// Who it is for, as JSON.
    pub audience: String,
    /// Its claims.
    pub claims: Vec<Claim>,
    /// Who answers for clinical accuracy.
    pub clinical_owner: Option<MemberId>,
    /// Who writes it.
    pub author: Option<MemberId>,
    /// When it has to be looked at again.
    pub review_on: Option<Timestamp>,
    /// When the consent of people shown in it ends.
    pub consent_until: Option<Timestamp>,
    /// Where it stands.
    pub state: PieceState,
    /// Grows with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// A piece made for one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its id; 0 for a new one.
    pub id: VariantId,
    /// The piece.
    pub piece: PieceId,
    /// The channel.
    pub channel: ChannelId,
    /// The words.
    pub text: String,
    /// Further parts of a thread, as JSON.
    pub parts: String,
    /// Pictures with alternative texts, as JSON.
    pub media: String,
    /// The link, with its marks.
    pub link: Option<String>,
    /// What the guard says, as JSON.
    pub verdict: String,
    /// Hash of text, media, channel and audience.
    pub text_hash: String,
    /// Grows with each change.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// When a variant is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOccurrence {
    /// The variant.
    pub variant: VariantId,
    /// Wall time, `YYYY-MM-DDTHH:MM`.
    pub wall_time: String,
    /// IANA zone.
    pub zone: String,
    /// Version of the zone data it was resolved with.
    pub zone_version: String,
    /// The instant it resolves to.
    pub at: Timestamp,
    /// What happens past its window.
    pub late_policy: LatePolicy,
    /// How long its window is, in milliseconds.
    pub late_after_ms: i64,
}

/// One sending of a variant, as the calendar shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Its id.
    pub id: OccurrenceId,
    /// The variant.
    pub variant: VariantId,
    /// The piece of the variant.
    pub piece: PieceId,
    /// Title of the piece.
    pub title: String,
    /// The channel.
    pub channel: ChannelId,
    /// Network of the channel.
    pub network: String,
    /// The words of the variant.
    pub text: String,
    /// Wall time.
    pub wall_time: String,
    /// IANA zone.
    pub zone: String,
    /// The instant.
    pub at: Timestamp,
    /// What happens past its window.
    pub late_policy: LatePolicy,
    /// How long its window is, in milliseconds.
    pub late_after_ms: i64,
    /// Where it stands: the state of its delivery, or planned.
    pub state: DeliveryState,
    /// Its delivery.
    pub delivery: Option<DeliveryId>,
    /// Grows with each change.
    pub version: i64,
}
