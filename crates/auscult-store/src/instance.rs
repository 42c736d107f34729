//! The installation: one row, and the first administrator, who is made once.

use auscult_model::ids::UserId;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::StoreError;

/// The installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its name as shown.
    pub name: String,
    /// The first administrator; `None` while the first run is open.
    pub first_admin: Option<UserId>,
    /// Settings as JSON.
    pub settings: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The installation; `None` before [`ensure`].
pub async fn get(conn: &mut Conn) -> Result<Option<Instance>, StoreError> {
    let row = conn
        .first(
            "SELECT name, first_admin_user_id, settings, created_at FROM instance WHERE id = 1",
            Vec::new(),
        )
        .await?;
    row.map(|row| {
        Ok(Instance {
            name: row.text("name")?,
            first_admin: row.opt_id("first_admin_user_id")?,
            settings: row.text("settings")?,
            created_at: row.time("created_at")?,
        })
    })
    .transpose()
}

/// Makes the row of the installation if it is not there.
pub async fn ensure(tx: &mut Tx, name: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO instance (id, name, created_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING",
        args![name, now],
    )
    .await?;
    Ok(())
}

/// Closes the first run in favour of one user. Of two that try, one gets [`StoreError::Conflict`].
pub async fn close_first_run(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE instance SET first_admin_user_id = $1 WHERE id = 1 AND first_admin_user_id IS NULL",
            args![user],
        )
        .await?;
    crate::error::unchanged(rows, "the first administrator is already made")
}

/// Stores name and settings of the installation.
pub async fn save(tx: &mut Tx, name: &str, settings: &str) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE instance SET name = $1, settings = $2 WHERE id = 1",
            args![name, settings],
        )
        .await?;
    crate::error::found(rows, "installation")
}
