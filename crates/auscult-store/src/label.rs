//! Labels of a workspace, and saved replies with their actions (macros).

use auscult_model::ids::{LabelId, MemberId, TeamId};
use auscult_model::inbox::Label;
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found, unchanged};
use crate::row::Row;

/// A saved reply; with actions it is a macro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReply {
    /// Its id; 0 for a new one.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The words, with places to fill in.
    pub text: String,
    /// Its language, BCP 47.
    pub lang: String,
    /// For one team only.
    pub team: Option<TeamId>,
    /// Who keeps it up to date.
    pub owner: Option<MemberId>,
    /// What it does beside the words, as JSON.
    pub actions: String,
    /// When it has to be looked at again; after that it cannot be sent.
    pub review_on: Option<Timestamp>,
    /// How often it was used.
    pub used: i64,
    /// Grows with each change.
    pub version: i64,
}

/// Makes a label.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    name: &str,
    colour: &str,
    now: Timestamp,
) -> Result<LabelId, StoreError> {
    let id = LabelId(tx.next_id(now));
    tx.run(
        "INSERT INTO label (id, workspace_id, name, colour) VALUES ($1, $2, $3, $4)",
        args![id, viewer.workspace, name, colour],
    )
    .await?;
    Ok(id)
}

/// Labels of the workspace, by name.
pub async fn list(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Label>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, name, colour FROM label WHERE workspace_id = $1 ORDER BY name",
            args![viewer.workspace],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Label {
                id: row.id("id")?,
                name: row.text("name")?,
                colour: row.text("colour")?,
            })
        })
        .collect()
}

/// Changes a label.
pub async fn save(tx: &mut Tx, viewer: &Viewer, label: &Label) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE label SET name = $1, colour = $2 WHERE workspace_id = $3 AND id = $4",
            args![&label.name, &label.colour, viewer.workspace, label.id],
        )
        .await?;
    found(rows, "label")
}

/// Removes a label everywhere.
pub async fn remove(tx: &mut Tx, viewer: &Viewer, id: LabelId) -> Result<(), StoreError> {
    found(
        tx.run(
            "DELETE FROM label WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?,
        "label",
    )?;
    tx.run(
        "DELETE FROM conversation_label WHERE workspace_id = $1 AND label_id = $2",
        args![viewer.workspace, id],
    )
    .await?;
    Ok(())
}

const REPLY: &str = "id, name, text, lang, team_id, member_id, actions, review_on, used, version";

fn read_reply(row: &Row) -> Result<SavedReply, StoreError> {
    Ok(SavedReply {
        id: row.int("id")?,
        name: row.text("name")?,
        text: row.text("text")?,
        lang: row.text("lang")?,
        team: row.opt_id("team_id")?,
        owner: row.opt_id("member_id")?,
        actions: row.text("actions")?,
        review_on: row.opt_time("review_on")?,
        used: row.int("used")?,
        version: row.int("version")?,
    })
}

/// Saved replies of the workspace, by name; those of other teams too (the app shows them greyed).
pub async fn replies(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<SavedReply>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {REPLY} FROM saved_reply WHERE workspace_id = $1 ORDER BY name, lang"),
            args![viewer.workspace],
        )
        .await?;
    rows.iter().map(read_reply).collect()
}

/// Stores a new reply (id 0) or a change of one, if nobody changed it since its version. Says its id.
pub async fn save_reply(
    tx: &mut Tx,
    viewer: &Viewer,
    reply: &SavedReply,
    now: Timestamp,
) -> Result<i64, StoreError> {
    if reply.id == 0 {
        let id = tx.next_id(now);
        tx.run(
            "INSERT INTO saved_reply (id, workspace_id, name, text, lang, team_id, member_id, actions, review_on, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![id, viewer.workspace, &reply.name, &reply.text, &reply.lang, reply.team, reply.owner, &reply.actions, reply.review_on, now],
        )
        .await?;
        return Ok(id);
    }
    let rows = tx
        .run(
            "UPDATE saved_reply SET name = $1, text = $2, lang = $3, team_id = $4, member_id = $5, actions = $6, review_on = $7,
             changed_at = $8, version = version + 1 WHERE workspace_id = $9 AND id = $10 AND version = $11",
            args![
                &reply.name,
                &reply.text,
                &reply.lang,
                reply.team,
                reply.owner,
                &reply.actions,
                reply.review_on,
                now,
                viewer.workspace,
                reply.id,
                reply.version
            ],
        )
        .await?;
    unchanged(rows, "the saved reply")?;
    Ok(reply.id)
}

/// Counts a use of a saved reply.
pub async fn reply_used(tx: &mut Tx, viewer: &Viewer, id: i64) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE saved_reply SET used = used + 1 WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?;
    found(rows, "saved reply")
}

/// Removes a saved reply.
pub async fn remove_reply(tx: &mut Tx, viewer: &Viewer, id: i64) -> Result<(), StoreError> {
    found(
        tx.run(
            "DELETE FROM saved_reply WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?,
        "saved reply",
    )
}
