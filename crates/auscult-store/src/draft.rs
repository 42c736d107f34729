//! Drafts: one for each conversation and member, saved while they write.

use auscult_model::draft::{Draft, SaveDraft};
use auscult_model::ids::{ConversationId, DraftId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::inbox;
use crate::row::Row;

const COLUMNS: &str = "d.id AS id, d.conversation_id AS conversation_id, d.member_id AS member_id, d.shared AS shared, d.audience AS audience,
  d.text AS text, d.verdict AS verdict, d.against_version AS against_version, d.version AS version, d.saved_at AS saved_at";

fn read(row: &Row) -> Result<Draft, StoreError> {
    Ok(Draft {
        id: row.id("id")?,
        conversation: row.id("conversation_id")?,
        member: row.id("member_id")?,
        shared: row.flag("shared")?,
        audience: row.word("audience")?,
        text: row.text("text")?,
        verdict: row.text("verdict")?,
        against_version: row.int("against_version")?,
        version: row.int("version")?,
        saved_at: row.time("saved_at")?,
    })
}

/// Saves a draft: `version` is the one it was written over, 0 for the first. Says the new version.
///
/// [`StoreError::Conflict`] when it was saved elsewhere meanwhile (another tab): nothing is overwritten.
pub async fn save(
    tx: &mut Tx,
    viewer: &Viewer,
    draft: &SaveDraft,
    version: i64,
    now: Timestamp,
) -> Result<(DraftId, i64), StoreError> {
    inbox::get(tx, viewer, draft.conversation).await?;
    let id = tx.next_id(now);
    let row = tx
        .first(
            "INSERT INTO draft (id, workspace_id, conversation_id, member_id, shared, audience, text, verdict, against_version, version, saved_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10 WHERE $11 = 0 OR EXISTS
               (SELECT 1 FROM draft d WHERE d.conversation_id = $3 AND d.member_id = $4)
             ON CONFLICT (conversation_id, member_id) DO UPDATE SET shared = excluded.shared, audience = excluded.audience,
               text = excluded.text, verdict = excluded.verdict, against_version = excluded.against_version,
               version = draft.version + 1, saved_at = excluded.saved_at WHERE draft.version = $11
             RETURNING id, version",
            args![
                id,
                viewer.workspace,
                draft.conversation,
                draft.member,
                draft.shared,
                draft.audience.as_str(),
                &draft.text,
                &draft.verdict,
                draft.against_version,
                now,
                version
            ],
        )
        .await?
        .ok_or_else(|| StoreError::conflict("the draft was saved elsewhere"))?;
    if draft.shared {
        tx.live(viewer.workspace, "draft", draft.conversation.0, now);
    }
    Ok((row.id("id")?, row.int("version")?))
}

/// The viewer's own draft on a conversation.
pub async fn own(
    conn: &mut Conn,
    viewer: &Viewer,
    conversation: ConversationId,
) -> Result<Option<Draft>, StoreError> {
    let mut args = inbox::viewer_args(viewer);
    args.push(conversation.into());
    let sql = format!(
        "SELECT {COLUMNS} FROM draft d JOIN conversation c ON c.id = d.conversation_id WHERE {} AND d.conversation_id = $4 AND d.member_id = $3",
        inbox::may_see(conn.engine(), viewer)
    );
    conn.first(sql, args).await?.as_ref().map(read).transpose()
}

/// Drafts others share on a conversation.
pub async fn shared(
    conn: &mut Conn,
    viewer: &Viewer,
    conversation: ConversationId,
) -> Result<Vec<Draft>, StoreError> {
    let mut args = inbox::viewer_args(viewer);
    args.push(conversation.into());
    let sql = format!(
        "SELECT {COLUMNS} FROM draft d JOIN conversation c ON c.id = d.conversation_id WHERE {} AND d.conversation_id = $4
         AND d.member_id <> $3 AND d.shared ORDER BY d.saved_at",
        inbox::may_see(conn.engine(), viewer)
    );
    conn.all(sql, args).await?.iter().map(read).collect()
}

/// Throws the viewer's own draft away (it was sent, or given up).
pub async fn discard(
    tx: &mut Tx,
    viewer: &Viewer,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM draft WHERE workspace_id = $1 AND conversation_id = $2 AND member_id = $3",
        args![viewer.workspace, conversation, viewer.member],
    )
    .await?;
    Ok(())
}
