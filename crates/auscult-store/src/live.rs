//! Live events: numbered per workspace, without words of people, for pages that catch up from a number.

use auscult_model::ids::WorkspaceId;
use jiff::Timestamp;

use crate::arg::args;
use crate::counter;
use crate::db::{Conn, Tx};
use crate::error::StoreError;

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEvent {
    /// Its number in the workspace; without gaps.
    pub number: i64,
    /// What changed: `conversation`, `posts`, `delivery`, `approval`, `channel`, `presence` …
    pub kind: String,
    /// The id of what changed; 0 when it is no single thing.
    pub subject: i64,
    /// When.
    pub at: Timestamp,
}

/// The number of the last event.
pub async fn last(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64, StoreError> {
    counter::last(conn, workspace, "live").await
}

/// Events after a number, oldest first, 500 at most. `None` when events after it are pruned: load the page anew.
pub async fn since(
    conn: &mut Conn,
    workspace: WorkspaceId,
    number: i64,
) -> Result<Option<Vec<LiveEvent>>, StoreError> {
    let rows = conn
        .all(
            "SELECT number, kind, subject_id, at FROM live_event WHERE workspace_id = $1 AND number > $2
             ORDER BY number LIMIT 500",
            args![workspace, number],
        )
        .await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        events.push(LiveEvent {
            number: row.int("number")?,
            kind: row.text("kind")?,
            subject: row.int("subject_id")?,
            at: row.time("at")?,
        });
    }
    let whole = match events.first() {
        Some(first) => first.number == number + 1,
        None => last(conn, workspace).await? <= number,
    };
    Ok(whole.then_some(events))
}

/// Forgets events before an instant.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run("DELETE FROM live_event WHERE at < $1", args![before])
        .await
}
