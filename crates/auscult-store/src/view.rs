//! Saved views: a named query with filters for one page, a member's own or the whole workspace's.

use auscult_model::ids::MemberId;
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: i64,
    /// Whose it is; `None` is everybody's.
    pub member: Option<MemberId>,
    /// The page it belongs to: `inbox`, `search` …
    pub page: String,
    /// Its name.
    pub name: String,
    /// The query in the watch language.
    pub query: String,
    /// Filters beside the query, as JSON.
    pub filters: String,
}

/// Views of a page: everybody's and the viewer's own.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    page: &str,
) -> Result<Vec<SavedView>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, member_id, page, name, query, filters FROM saved_view
             WHERE workspace_id = $1 AND page = $2 AND (member_id IS NULL OR member_id = $3) ORDER BY name, id",
            args![viewer.workspace, page, viewer.member],
        )
        .await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.push(SavedView {
            id: row.int("id")?,
            member: row.opt_id("member_id")?,
            page: row.text("page")?,
            name: row.text("name")?,
            query: row.text("query")?,
            filters: row.text("filters")?,
        });
    }
    Ok(views)
}

/// Stores a view (its `id` is given here) and says its id.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    view: &SavedView,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let id = tx.next_id(now);
    tx.run(
        "INSERT INTO saved_view (id, workspace_id, member_id, page, name, query, filters, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, viewer.workspace, view.member, &view.page, &view.name, &view.query, &view.filters, now],
    )
    .await?;
    Ok(id)
}

/// Removes a view: one's own, or everybody's.
pub async fn remove(tx: &mut Tx, viewer: &Viewer, id: i64) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "DELETE FROM saved_view WHERE workspace_id = $1 AND id = $2 AND (member_id IS NULL OR member_id = $3)",
            args![viewer.workspace, id, viewer.member],
        )
        .await?;
    found(rows, "view")
}
