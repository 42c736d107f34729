//! Workspaces and what was settled about them.

use auscult_model::ids::WorkspaceId;
use auscult_model::workspace::{Workspace, WorkspaceSettings};
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::json_text;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, unchanged};
use crate::row::Row;

const COLUMNS: &str = "id, slug, name, settings, version, created_at";

fn read(row: &Row) -> Result<Workspace, StoreError> {
    Ok(Workspace {
        id: row.id("id")?,
        slug: row.text("slug")?,
        name: row.text("name")?,
        settings: row.json::<WorkspaceSettings>("settings")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
    })
}

/// Stores a workspace; [`StoreError::Conflict`] when its short name is taken.
pub async fn add(
    tx: &mut Tx,
    slug: &str,
    name: &str,
    settings: &WorkspaceSettings,
    now: Timestamp,
) -> Result<WorkspaceId, StoreError> {
    let id = WorkspaceId(tx.next_id(now));
    tx.run(
        "INSERT INTO workspace (id, slug, name, settings, created_at) VALUES ($1, $2, $3, $4, $5)",
        args![id, slug, name, json_text(settings)?, now],
    )
    .await?;
    Ok(id)
}

/// A workspace by id.
pub async fn get(conn: &mut Conn, id: WorkspaceId) -> Result<Workspace, StoreError> {
    let row = conn
        .first(
            format!("SELECT {COLUMNS} FROM workspace WHERE id = $1"),
            args![id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("workspace")), read)
}

/// A workspace by its short name.
pub async fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Workspace>, StoreError> {
    let row = conn
        .first(
            format!("SELECT {COLUMNS} FROM workspace WHERE slug = $1"),
            args![slug],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Every workspace, oldest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<Workspace>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {COLUMNS} FROM workspace ORDER BY id"),
            Vec::new(),
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Stores name and settings, if nobody changed them since `version`.
pub async fn save(
    tx: &mut Tx,
    id: WorkspaceId,
    version: i64,
    name: &str,
    settings: &WorkspaceSettings,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE workspace SET name = $1, settings = $2, version = version + 1 WHERE id = $3 AND version = $4",
            args![name, json_text(settings)?, id, version],
        )
        .await?;
    unchanged(rows, "the settings of the workspace")
}
