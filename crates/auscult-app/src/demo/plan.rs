//! The content plan of the example: pieces that went out in the last weeks, and pieces on days to come.

use auscult_model::delivery::SendOutcome;
use auscult_model::ids::ChannelId;
use auscult_model::member::Viewer;
use auscult_store::outbox;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::book::{Book, Piece};
use crate::app::App;
use crate::error::AppError;
use crate::plan::piece::{self, Written};
use crate::plan::schedule;

/// Days from the end of the story on which the pieces go out, in the order of the book.
const DAYS: [i64; 10] = [-38, -31, -26, -19, -12, -6, 1, 3, 8, 12];

/// A piece with its instant.
pub(super) struct Planned {
    pub(super) at: Timestamp,
    piece: Written,
}

/// The plan of the book around the end of the story: at ten in the zone of the house.
pub(super) fn pieces(book: &Book, channels: &[ChannelId], end: Timestamp) -> Vec<Planned> {
    let zone = TimeZone::get(&book.workspace.zone).unwrap_or(TimeZone::UTC);
    let one = |(piece, days): (&Piece, i64)| {
        let day = zone
            .to_datetime(
                end.checked_add(SignedDuration::from_hours(24 * days))
                    .ok()?,
            )
            .date();
        let at = zone.to_timestamp(day.at(10, 0, 0, 0)).ok()?;
        let written = Written {
            title: piece.title.clone(),
            stance: piece.stance.clone(),
            text: piece.text.clone(),
            variants: channels
                .iter()
                .map(|channel| (*channel, piece.text.clone()))
                .collect(),
            ..Written::default()
        };
        Some(Planned { at, piece: written })
    };
    book.pieces.iter().zip(DAYS).filter_map(one).collect()
}

/// Writes a piece and puts it on its day. What the guard stops stays a draft.
pub(super) async fn write(
    app: &App,
    author: &Viewer,
    zone: &str,
    planned: &Planned,
) -> Result<(), AppError> {
    let id = piece::save(app, author, &planned.piece).await?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let wall = zone
        .to_datetime(planned.at)
        .strftime("%Y-%m-%dT%H:%M")
        .to_string();
    match schedule::schedule(app, author, id, &wall).await {
        Ok(_) | Err(AppError::Guarded(_) | AppError::Invalid { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What is due goes out: nothing leaves this house, the invented network names it at once.
pub(super) async fn send_due(app: &App) -> Result<(), AppError> {
    schedule::enqueue_due(app).await?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let leases = outbox::claim(&mut tx, now, now + SignedDuration::from_secs(60), 50).await?;
    for lease in &leases {
        outbox::start_attempt(&mut tx, lease, "", now).await?;
        let outcome = SendOutcome::Sent {
            external_id: format!("example/{}", lease.delivery.id),
            url: None,
        };
        outbox::finish(&mut tx, lease, &outcome, now).await?;
    }
    app.commit(tx).await
}
