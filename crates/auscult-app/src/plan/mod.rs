//! Planning: a piece with a variant for each channel, each with its own limit, guard verdict and approval; when it goes
//! out; and the questions people ask, as ideas.
//!
//! [`piece`] writes, [`schedule`] puts on the calendar and into the outbox, [`ideas`] listens.

mod desk;
pub mod ideas;
pub mod piece;
pub mod schedule;

use auscult_model::approval::ApprovalWord;
use auscult_model::ids::VariantId;
use auscult_model::member::Viewer;
use auscult_model::plan::{Piece, PieceState};
use auscult_store::{Tx, plan};
use jiff::Timestamp;

use crate::error::AppError;

pub use desk::{Checked, Count};

/// The eight stances: from whose side a piece is told.
pub const STANCES: [&str; 8] = [
    "patient_challenge",
    "health_how_to",
    "patient_story",
    "recognition",
    "organisation_news",
    "promotion",
    "conversation_starter",
    "service_notice",
];

/// Whether a stance speaks of ourselves rather than of people.
pub fn about_us(stance: &str) -> bool {
    matches!(stance, "recognition" | "organisation_news" | "promotion")
}

/// Marks the piece of a variant after an approver's word: ready, or back to its author.
pub(crate) async fn decided(tx: &mut Tx, viewer: &Viewer, id: VariantId, word: ApprovalWord, now: Timestamp) -> Result<(), AppError> {
    let variant = plan::variant(tx, viewer, id).await?;
    let piece = plan::piece(tx, viewer, variant.piece).await?;
    let state = match word {
        ApprovalWord::Approve if piece::waiting(tx, viewer, piece.id).await? => PieceState::Review,
        ApprovalWord::Approve => PieceState::Ready,
        ApprovalWord::Return => PieceState::Draft,
    };
    set_state(tx, viewer, piece, state, now).await
}

async fn set_state(tx: &mut Tx, viewer: &Viewer, piece: Piece, state: PieceState, now: Timestamp) -> Result<(), AppError> {
    if piece.state != state {
        plan::save_piece(tx, viewer, &Piece { state, ..piece }, now).await?;
    }
    Ok(())
}
