//! The audit log: who did what, as a chain of hashes in each workspace. Rows are only added.

use auscult_model::ids::{MemberId, WorkspaceId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::chain::{AuditRow, Link, START, hash_of};
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::row::Row;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number in the workspace.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the system.
    pub member: Option<MemberId>,
    /// Who, in words that stay true when the member is gone.
    pub actor: String,
    /// What was done: `conversation.resolved`, `token.made` …
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// The id of the thing.
    pub subject_id: String,
    /// Details as JSON; no message texts.
    pub detail: String,
    /// The hash of this entry and all before it.
    pub hash: String,
}

/// Something to be noted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Note {
    /// Who, in words.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// The id of the thing.
    pub subject_id: String,
    /// Details as JSON; no message texts.
    pub detail: String,
}

/// What checking a chain found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainCheck {
    /// Every row is as it was written; says how many.
    Whole(i64),
    /// The row with this number was changed, or one is missing before it.
    Broken(i64),
}

/// Notes something; it gets its number and hash when the transaction commits.
pub fn note(tx: &mut Tx, viewer: &Viewer, note: Note, now: Timestamp) {
    let clean = |text: String| text.replace('\0', "");
    tx.pending.audit.push(AuditRow {
        workspace_id: viewer.workspace.0,
        number: 0,
        at: now.as_millisecond(),
        member_id: viewer.member.map(|id| id.0),
        actor: clean(note.actor),
        action: clean(note.action),
        subject_kind: clean(note.subject_kind),
        subject_id: clean(note.subject_id),
        detail: clean(note.detail),
        hash: String::new(),
    });
}

const COLUMNS: &str =
    "workspace_id, number, at, member_id, actor, action, subject_kind, subject_id, detail, hash";

fn read(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        number: row.int("number")?,
        at: row.time("at")?,
        member: row.opt_id("member_id")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject_kind: row.text("subject_kind")?,
        subject_id: row.text("subject_id")?,
        detail: row.text("detail")?,
        hash: row.text("hash")?,
    })
}

/// Entries before a number, newest first; of one action when its beginning is given.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    action: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {COLUMNS} FROM audit_entry WHERE workspace_id = $1 AND number < $2
                 AND ($3 = '' OR substr(action, 1, length($3)) = $3) ORDER BY number DESC LIMIT $4"
            ),
            args![
                viewer.workspace,
                before.unwrap_or(i64::MAX),
                action.unwrap_or_default(),
                limit
            ],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Walks the chain of a workspace from its first row and checks each hash and the end.
pub async fn verify(conn: &mut Conn, workspace: WorkspaceId) -> Result<ChainCheck, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM audit_entry WHERE workspace_id = $1 AND number > $2 ORDER BY number LIMIT 1000"
    );
    let row = |row: &Row| {
        Ok(AuditRow {
            workspace_id: row.int("workspace_id")?,
            number: row.int("number")?,
            at: row.int("at")?,
            member_id: row.opt_int("member_id")?,
            actor: row.text("actor")?,
            action: row.text("action")?,
            subject_kind: row.text("subject_kind")?,
            subject_id: row.text("subject_id")?,
            detail: row.text("detail")?,
            hash: row.text("hash")?,
        })
    };
    walk(conn, workspace, ("audit", &sql), row, |link: &AuditRow| {
        (link.number, link.hash.clone())
    })
    .await
}

/// Walks any chain: rows come from `query`, numbered without gaps up to the end that is kept beside.
pub(crate) async fn walk<L: Link>(
    conn: &mut Conn,
    workspace: WorkspaceId,
    query: (&'static str, &str),
    read: impl Fn(&Row) -> Result<L, StoreError>,
    known: impl Fn(&L) -> (i64, String),
) -> Result<ChainCheck, StoreError> {
    let (chain, sql) = query;
    let end = conn
        .first(
            "SELECT number, hash FROM chain_end WHERE workspace_id = $1 AND chain = $2",
            args![workspace, chain],
        )
        .await?;
    let end = match end {
        Some(row) => (row.int("number")?, row.text("hash")?),
        None => (0, START.to_owned()),
    };
    // A pruned chain begins later: the hash before its first row is kept as a chain of its own.
    let base = format!("{chain}.base");
    let base = conn
        .first(
            "SELECT number, hash FROM chain_end WHERE workspace_id = $1 AND chain = $2",
            args![workspace, base],
        )
        .await?;
    let (mut number, mut hash) = match base {
        Some(row) => (row.int("number")?, row.text("hash")?),
        None => (0, START.to_owned()),
    };
    loop {
        let rows = conn.all(sql.to_owned(), args![workspace, number]).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let link = read(row)?;
            let (at, stored) = known(&link);
            let expected = hash_of(&hash, workspace.0, number + 1, &link.contents());
            if at != number + 1 || stored != expected {
                return Ok(ChainCheck::Broken(number + 1));
            }
            (number, hash) = (at, stored);
        }
    }
    Ok(if (number, hash) == end {
        ChainCheck::Whole(number)
    } else {
        ChainCheck::Broken(number + 1)
    })
}
