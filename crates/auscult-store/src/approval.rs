//! Approvals: a second member's word, bound to the hash of exactly what will go out.

use auscult_model::approval::{Approval, ApprovalTarget, ApprovalWord, AskApproval};
use auscult_model::ids::{ApprovalId, ConversationId, VariantId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::{Arg, args};
use crate::batch::json_text;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, unchanged};
use crate::inbox;
use crate::row::Row;

const COLUMNS: &str = "a.id AS id, a.conversation_id AS conversation_id, a.variant_id AS variant_id, a.audience AS audience, a.text AS text,
  a.text_hash AS text_hash, a.verdict AS verdict, a.asked_by AS asked_by, a.asked_of AS asked_of, a.state AS state, a.decided_by AS decided_by,
  a.note AS note, a.asked_at AS asked_at, a.decided_at AS decided_at";

fn read(row: &Row) -> Result<Approval, StoreError> {
    let target = match (row.opt_id("conversation_id")?, row.opt_id("variant_id")?) {
        (Some(conversation), _) => ApprovalTarget::Answer(conversation),
        (None, Some(variant)) => ApprovalTarget::Variant(variant),
        (None, None) => return Err(StoreError::Broken("an approval of nothing".to_owned())),
    };
    Ok(Approval {
        id: row.id("id")?,
        target,
        audience: row.json("audience")?,
        text: row.text("text")?,
        text_hash: row.text("text_hash")?,
        verdict: row.text("verdict")?,
        asked_by: row.id("asked_by")?,
        asked_of: row.opt_id("asked_of")?,
        state: row.word("state")?,
        decided_by: row.opt_id("decided_by")?,
        note: row.text("note")?,
        asked_at: row.time("asked_at")?,
        decided_at: row.opt_time("decided_at")?,
    })
}

async fn read_all(
    conn: &mut Conn,
    viewer: &Viewer,
    rest: &str,
    more: Vec<Arg>,
) -> Result<Vec<Approval>, StoreError> {
    let mut args = inbox::viewer_args(viewer);
    args.extend(more);
    let sql = format!(
        "SELECT {COLUMNS} FROM approval a WHERE a.workspace_id = $1 AND (a.conversation_id IS NULL OR EXISTS
         (SELECT 1 FROM conversation c WHERE c.id = a.conversation_id AND {})) {rest}",
        inbox::may_see(conn.engine(), viewer)
    );
    conn.all(sql, args).await?.iter().map(read).collect()
}

/// Asks for approval. An earlier open or given one for the same target by the same author is replaced: its text changed.
pub async fn ask(
    tx: &mut Tx,
    viewer: &Viewer,
    ask: &AskApproval,
    now: Timestamp,
) -> Result<ApprovalId, StoreError> {
    let (conversation, variant) = match ask.target {
        ApprovalTarget::Answer(conversation) => {
            inbox::get(tx, viewer, conversation).await?;
            (Some(conversation), None)
        }
        ApprovalTarget::Variant(variant) => (None, Some(variant)),
    };
    tx.run(
        "UPDATE approval SET state = 'replaced', decided_at = $1 WHERE workspace_id = $2 AND state IN ('asked', 'approved') AND asked_by = $3
         AND (conversation_id = $4 OR variant_id = $5)",
        args![now, viewer.workspace, ask.asked_by, conversation, variant],
    )
    .await?;
    let id = ApprovalId(tx.next_id(now));
    tx.run(
        "INSERT INTO approval (id, workspace_id, conversation_id, variant_id, audience, text, text_hash, verdict, asked_by, asked_of, state, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'asked', $11)",
        args![
            id,
            viewer.workspace,
            conversation,
            variant,
            json_text(&ask.audience)?,
            &ask.text,
            &ask.text_hash,
            &ask.verdict,
            ask.asked_by,
            ask.asked_of,
            now
        ],
    )
    .await?;
    follow(tx, viewer, id, ("approval_asked", conversation), now).await?;
    Ok(id)
}

/// Keeps the conversation's mark true, writes the timeline, tells open pages.
async fn follow(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ApprovalId,
    what: (&str, Option<ConversationId>),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.live(viewer.workspace, "approval", id.0, now);
    let (what, Some(conversation)) = what else {
        return Ok(());
    };
    tx.run(
        "UPDATE conversation SET mark_approval = EXISTS (SELECT 1 FROM approval a WHERE a.conversation_id = $1 AND a.state = 'asked')
         WHERE id = $1",
        args![conversation],
    )
    .await?;
    let event = serde_json::json!({ "what": what, "approval": id });
    inbox::note_event(tx, conversation, viewer.member, &event.to_string(), now).await?;
    Ok(())
}

/// An approver's word on exactly the text with this hash. The author and the viewer without a member cannot give it.
pub async fn decide(
    tx: &mut Tx,
    viewer: &Viewer,
    approval: (ApprovalId, &str),
    word: (ApprovalWord, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, text_hash) = approval;
    let state = match word.0 {
        ApprovalWord::Approve => "approved",
        ApprovalWord::Return => "returned",
    };
    let before = get(tx, viewer, id).await?;
    let rows = tx
        .run(
            "UPDATE approval SET state = $1, decided_by = $2, note = $3, decided_at = $4
             WHERE workspace_id = $5 AND id = $6 AND state = 'asked' AND text_hash = $7 AND asked_by <> $2
             AND EXISTS (SELECT 1 FROM member m WHERE m.id = $2 AND m.workspace_id = $5 AND m.disabled = FALSE)",
            args![state, viewer.member, word.1, now, viewer.workspace, id, text_hash],
        )
        .await?;
    if rows == 0 {
        if viewer.member.is_none() || viewer.member == Some(before.asked_by) {
            return Err(StoreError::refused(
                "nobody approves their own words: ask another member",
            ));
        }
        return Err(StoreError::conflict(
            "the text changed, or somebody decided already: read it again",
        ));
    }
    let conversation = match before.target {
        ApprovalTarget::Answer(conversation) => Some(conversation),
        ApprovalTarget::Variant(_) => None,
    };
    follow(tx, viewer, id, (state, conversation), now).await
}

/// Takes a request back, also one that was approved and is not used.
pub async fn withdraw(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ApprovalId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let before = get(tx, viewer, id).await?;
    let rows = tx
        .run(
            "UPDATE approval SET state = 'withdrawn', decided_at = $1 WHERE id = $2 AND state IN ('asked', 'approved')",
            args![now, id],
        )
        .await?;
    unchanged(rows, "the approval is used or over")?;
    let conversation = match before.target {
        ApprovalTarget::Answer(conversation) => Some(conversation),
        ApprovalTarget::Variant(_) => None,
    };
    follow(tx, viewer, id, ("approval_withdrawn", conversation), now).await
}

/// One approval.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: ApprovalId) -> Result<Approval, StoreError> {
    read_all(conn, viewer, "AND a.id = $4", args![id])
        .await?
        .pop()
        .ok_or(StoreError::NotFound("approval"))
}

/// Open requests the viewer may decide (not their own), oldest first; with `own` also those they asked for.
pub async fn open(conn: &mut Conn, viewer: &Viewer, own: Own) -> Result<Vec<Approval>, StoreError> {
    let rest = match own {
        Own::With => "AND a.state = 'asked' ORDER BY a.asked_at, a.id",
        Own::Without => {
            "AND a.state = 'asked' AND a.asked_by <> $3 AND (a.asked_of IS NULL OR a.asked_of = $3) ORDER BY a.asked_at, a.id"
        }
    };
    read_all(conn, viewer, rest, Vec::new()).await
}

/// Whether a list of requests holds the viewer's own and those for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// All open requests.
    With,
    /// Only what the viewer may decide.
    Without,
}

/// Approvals of a conversation, oldest first.
pub async fn of_conversation(
    conn: &mut Conn,
    viewer: &Viewer,
    id: ConversationId,
) -> Result<Vec<Approval>, StoreError> {
    read_all(
        conn,
        viewer,
        "AND a.conversation_id = $4 ORDER BY a.id",
        args![id],
    )
    .await
}

/// Approvals of a variant, oldest first.
pub async fn of_variant(
    conn: &mut Conn,
    viewer: &Viewer,
    id: VariantId,
) -> Result<Vec<Approval>, StoreError> {
    read_all(
        conn,
        viewer,
        "AND a.variant_id = $4 ORDER BY a.id",
        args![id],
    )
    .await
}
