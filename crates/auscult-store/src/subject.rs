//! Subjects: what is listened for, and which posts are about them.

use auscult_model::ids::SubjectId;
use auscult_model::member::Viewer;
use auscult_model::subject::{NewSubject, Subject};
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::json_text;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::row::Row;

const COLUMNS: &str = "id, kind, name, other_names, place_id, active, created_at";

fn read(row: &Row) -> Result<Subject, StoreError> {
    Ok(Subject {
        id: row.id("id")?,
        kind: row.word("kind")?,
        name: row.text("name")?,
        other_names: row.json("other_names")?,
        place: row.opt_id("place_id")?,
        active: row.flag("active")?,
        created_at: row.time("created_at")?,
    })
}

/// Stores a subject.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    new: &NewSubject,
    now: Timestamp,
) -> Result<SubjectId, StoreError> {
    let id = SubjectId(tx.next_id(now));
    tx.run(
        "INSERT INTO subject (id, workspace_id, kind, name, other_names, place_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            id,
            viewer.workspace,
            new.kind.as_str(),
            &new.name,
            json_text(&new.other_names)?,
            new.place,
            now
        ],
    )
    .await?;
    tx.live(viewer.workspace, "subjects", id.0, now);
    Ok(id)
}

/// Subjects of the workspace, by kind and name.
pub async fn list(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Subject>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {COLUMNS} FROM subject WHERE workspace_id = $1 ORDER BY kind, name, id"
            ),
            args![viewer.workspace],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// One subject.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: SubjectId) -> Result<Subject, StoreError> {
    let row = conn
        .first(
            format!("SELECT {COLUMNS} FROM subject WHERE workspace_id = $1 AND id = $2"),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("subject")), read)
}

/// Changes a subject.
pub async fn save(tx: &mut Tx, viewer: &Viewer, subject: &Subject) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE subject SET kind = $1, name = $2, other_names = $3, place_id = $4, active = $5
             WHERE workspace_id = $6 AND id = $7",
            args![
                subject.kind.as_str(),
                &subject.name,
                json_text(&subject.other_names)?,
                subject.place,
                subject.active,
                viewer.workspace,
                subject.id
            ],
        )
        .await?;
    found(rows, "subject")
}

/// Removes a subject; posts keep their own words.
pub async fn remove(tx: &mut Tx, viewer: &Viewer, id: SubjectId) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "DELETE FROM subject WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?;
    found(rows, "subject")?;
    tx.run(
        "DELETE FROM post_subject WHERE workspace_id = $1 AND subject_id = $2",
        args![viewer.workspace, id],
    )
    .await?;
    Ok(())
}
