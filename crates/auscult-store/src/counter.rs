//! Numbers handed out in order, one row each: taking some locks the row until the transaction ends.

use auscult_model::ids::WorkspaceId;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::StoreError;

/// Takes `count` numbers and says the last of them.
pub(crate) async fn take(
    tx: &mut Tx,
    workspace: WorkspaceId,
    name: &'static str,
    count: i64,
) -> Result<i64, StoreError> {
    let row = tx
        .one(
            "INSERT INTO counter (workspace_id, name, value) VALUES ($1, $2, $3)
             ON CONFLICT (workspace_id, name) DO UPDATE SET value = counter.value + excluded.value RETURNING value",
            args![workspace, name, count],
        )
        .await?;
    row.int("value")
}

/// The last number taken; 0 before the first.
pub(crate) async fn last(
    conn: &mut Conn,
    workspace: WorkspaceId,
    name: &'static str,
) -> Result<i64, StoreError> {
    let row = conn
        .first(
            "SELECT value FROM counter WHERE workspace_id = $1 AND name = $2",
            args![workspace, name],
        )
        .await?;
    row.map_or(Ok(0), |row| row.int("value"))
}
