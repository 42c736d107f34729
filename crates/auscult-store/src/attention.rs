//! Who looks at what: read marks, the read log, and presence on a conversation.

use auscult_model::ids::{ConversationId, MemberId};
use auscult_model::member::Viewer;
use auscult_model::word_enum;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::inbox;

word_enum! {
    /// What a member does on a conversation.
    Doing {
        /// Open, but idle.
        Away = "away",
        /// Looks at it.
        Viewing = "viewing",
        /// Writes; the only one that warns others.
        Editing = "editing",
    }
}

/// A member on a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// What they do.
    pub doing: Doing,
}

/// Marks a conversation as read by the viewer up to an entry; never back, except by [`unread`].
pub async fn read(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ConversationId,
    seq: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    inbox::get(tx, viewer, id).await?;
    let Some(member) = viewer.member else {
        return Ok(());
    };
    tx.run(
        "INSERT INTO read_mark (conversation_id, member_id, workspace_id, seq, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (conversation_id, member_id) DO UPDATE SET at = excluded.at,
         seq = CASE WHEN excluded.seq > read_mark.seq THEN excluded.seq ELSE read_mark.seq END",
        args![id, member, viewer.workspace, seq, now],
    )
    .await?;
    let entry = tx.next_id(now);
    tx.run(
        "INSERT INTO read_log (id, workspace_id, member_id, subject_kind, subject_id, at) VALUES ($1, $2, $3, 'conversation', $4, $5)",
        args![entry, viewer.workspace, member, id, now],
    )
    .await?;
    Ok(())
}

/// Marks what a member wrote themselves as read.
pub(crate) async fn read_up_to_end(
    tx: &mut Tx,
    id: ConversationId,
    member: MemberId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO read_mark (conversation_id, member_id, workspace_id, seq, at)
         SELECT c.id, $1, c.workspace_id, c.last_seq, $2 FROM conversation c WHERE c.id = $3
         ON CONFLICT (conversation_id, member_id) DO UPDATE SET seq = excluded.seq, at = excluded.at",
        args![member, now, id],
    )
    .await?;
    Ok(())
}

/// Marks a conversation as unread for the viewer.
pub async fn unread(tx: &mut Tx, viewer: &Viewer, id: ConversationId) -> Result<(), StoreError> {
    inbox::get(tx, viewer, id).await?;
    tx.run(
        "DELETE FROM read_mark WHERE conversation_id = $1 AND member_id = $2",
        args![id, viewer.member],
    )
    .await?;
    Ok(())
}

/// Says what the viewer does on a conversation, good until an instant.
pub async fn present(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ConversationId,
    doing: (Doing, Timestamp),
    now: Timestamp,
) -> Result<(), StoreError> {
    inbox::get(tx, viewer, id).await?;
    let Some(member) = viewer.member else {
        return Ok(());
    };
    let before = tx
        .first(
            "SELECT doing FROM presence WHERE conversation_id = $1 AND member_id = $2 AND until_at > $3",
            args![id, member, now],
        )
        .await?;
    let before = before.map(|row| row.text("doing")).transpose()?;
    tx.run(
        "INSERT INTO presence (conversation_id, member_id, workspace_id, doing, until_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (conversation_id, member_id) DO UPDATE SET doing = excluded.doing, until_at = excluded.until_at",
        args![id, member, viewer.workspace, doing.0.as_str(), doing.1],
    )
    .await?;
    if before.as_deref() != Some(doing.0.as_str()) {
        tx.live(viewer.workspace, "presence", id.0, now);
    }
    Ok(())
}

/// Says that the viewer left a conversation.
pub async fn left(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ConversationId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "DELETE FROM presence WHERE workspace_id = $1 AND conversation_id = $2 AND member_id = $3",
            args![viewer.workspace, id, viewer.member],
        )
        .await?;
    if rows > 0 {
        tx.live(viewer.workspace, "presence", id.0, now);
    }
    Ok(())
}

/// Who is on conversations of the workspace now; on one of them when it is named.
pub async fn presences(
    conn: &mut Conn,
    viewer: &Viewer,
    conversation: Option<ConversationId>,
    now: Timestamp,
) -> Result<Vec<Presence>, StoreError> {
    let mut args = inbox::viewer_args(viewer);
    args.extend(args![conversation, now]);
    let sql = format!(
        "SELECT p.conversation_id AS conversation_id, p.member_id AS member_id, u.name AS name, p.doing AS doing FROM presence p
         JOIN conversation c ON c.id = p.conversation_id JOIN member m ON m.id = p.member_id JOIN app_user u ON u.id = m.user_id
         WHERE {} AND p.until_at > $5 AND ($4 IS NULL OR p.conversation_id = $4) ORDER BY p.conversation_id, u.name",
        inbox::may_see(conn.engine(), viewer)
    );
    let mut present = Vec::new();
    for row in conn.all(sql, args).await? {
        present.push(Presence {
            conversation: row.id("conversation_id")?,
            member: row.id("member_id")?,
            name: row.text("name")?,
            doing: row.word("doing")?,
        });
    }
    Ok(present)
}

/// Forgets presences that are over.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.run("DELETE FROM presence WHERE until_at <= $1", args![now])
        .await
}
