//! The decision record: who sent what, checked by which rules. It holds hashes, not texts, and outlives them.

use auscult_model::ids::{ConversationId, DecisionId, DeliveryId, MemberId, WorkspaceId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::audit::{ChainCheck, walk};
use crate::chain::DecisionRow;
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::row::Row;

/// A decision to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewDecision {
    /// What was decided: `sent`, `approved`, `returned`, `overridden`, `withdrawn` …
    pub kind: String,
    /// In which conversation.
    pub conversation: Option<ConversationId>,
    /// Which delivery.
    pub delivery: Option<DeliveryId>,
    /// Who approved.
    pub approved_by: Option<MemberId>,
    /// Hash of the text.
    pub text_hash: String,
    /// Version of the rules that checked it.
    pub rules: String,
    /// What they said, as JSON without the text.
    pub verdict: String,
    /// Details as JSON.
    pub detail: String,
}

/// A decision as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number in the workspace.
    pub number: i64,
    /// Its id.
    pub id: DecisionId,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the system.
    pub member: Option<MemberId>,
    /// What was decided.
    pub decided: NewDecision,
    /// The hash of this record and all before it.
    pub hash: String,
}

/// Records a decision; it gets its number and hash when the transaction commits.
pub fn record(tx: &mut Tx, viewer: &Viewer, new: NewDecision, now: Timestamp) -> DecisionId {
    let id = DecisionId(tx.next_id(now));
    let clean = |text: String| text.replace('\0', "");
    tx.pending.decisions.push(DecisionRow {
        workspace_id: viewer.workspace.0,
        number: 0,
        id: id.0,
        at: now.as_millisecond(),
        kind: clean(new.kind),
        conversation_id: new.conversation.map(|id| id.0),
        delivery_id: new.delivery.map(|id| id.0),
        member_id: viewer.member.map(|id| id.0),
        approved_by: new.approved_by.map(|id| id.0),
        text_hash: clean(new.text_hash),
        rules: clean(new.rules),
        verdict: clean(new.verdict),
        detail: clean(new.detail),
        hash: String::new(),
    });
    id
}

const COLUMNS: &str = "workspace_id, number, id, at, kind, conversation_id, delivery_id, member_id, approved_by, text_hash, rules, verdict, detail, hash";

fn read(row: &Row) -> Result<Decision, StoreError> {
    Ok(Decision {
        number: row.int("number")?,
        id: row.id("id")?,
        at: row.time("at")?,
        member: row.opt_id("member_id")?,
        decided: NewDecision {
            kind: row.text("kind")?,
            conversation: row.opt_id("conversation_id")?,
            delivery: row.opt_id("delivery_id")?,
            approved_by: row.opt_id("approved_by")?,
            text_hash: row.text("text_hash")?,
            rules: row.text("rules")?,
            verdict: row.text("verdict")?,
            detail: row.text("detail")?,
        },
        hash: row.text("hash")?,
    })
}

/// Decisions before a number, newest first; of one conversation when it is named.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    conversation: Option<ConversationId>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Decision>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {COLUMNS} FROM decision WHERE workspace_id = $1 AND number < $2 AND ($3 IS NULL OR conversation_id = $3)
                 ORDER BY number DESC LIMIT $4"
            ),
            args![viewer.workspace, before.unwrap_or(i64::MAX), conversation, limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Checks the chain of a workspace's decisions.
pub async fn verify(conn: &mut Conn, workspace: WorkspaceId) -> Result<ChainCheck, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM decision WHERE workspace_id = $1 AND number > $2 ORDER BY number LIMIT 1000"
    );
    let row = |row: &Row| {
        Ok(DecisionRow {
            workspace_id: row.int("workspace_id")?,
            number: row.int("number")?,
            id: row.int("id")?,
            at: row.int("at")?,
            kind: row.text("kind")?,
            conversation_id: row.opt_int("conversation_id")?,
            delivery_id: row.opt_int("delivery_id")?,
            member_id: row.opt_int("member_id")?,
            approved_by: row.opt_int("approved_by")?,
            text_hash: row.text("text_hash")?,
            rules: row.text("rules")?,
            verdict: row.text("verdict")?,
            detail: row.text("detail")?,
            hash: row.text("hash")?,
        })
    };
    walk(
        conn,
        workspace,
        ("decision", &sql),
        row,
        |link: &DecisionRow| (link.number, link.hash.clone()),
    )
    .await
}
