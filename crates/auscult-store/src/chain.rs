//! What a transaction writes at its very end: numbered live events, the audit chain and the decision record.
//!
//! Each of these takes a lock on one row of the workspace until the commit. Taken last and always in the same
//! order (audit, decisions, live), two transactions can wait for each other, but never in a circle, and a
//! reader of live events never sees number 8 before number 7.

use auscult_model::ids::WorkspaceId;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::arg::{Arg, args};
use crate::batch::{json_rows, rows};
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::hex;

/// The hash before the first row of a chain.
pub(crate) const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Rows that wait for the end of a transaction.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    live: Vec<LiveRow>,
    pub(crate) audit: Vec<AuditRow>,
    pub(crate) decisions: Vec<DecisionRow>,
}

#[derive(Debug, Serialize)]
struct LiveRow {
    workspace_id: i64,
    number: i64,
    kind: &'static str,
    subject_id: i64,
    at: i64,
}

/// A row of the audit log before it has its number and hash.
#[derive(Debug, Serialize)]
pub(crate) struct AuditRow {
    pub(crate) workspace_id: i64,
    pub(crate) number: i64,
    pub(crate) at: i64,
    pub(crate) member_id: Option<i64>,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) subject_kind: String,
    pub(crate) subject_id: String,
    pub(crate) detail: String,
    pub(crate) hash: String,
}

/// A row of the decision record before it has its number and hash.
#[derive(Debug, Serialize)]
pub(crate) struct DecisionRow {
    pub(crate) workspace_id: i64,
    pub(crate) number: i64,
    pub(crate) id: i64,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) conversation_id: Option<i64>,
    pub(crate) delivery_id: Option<i64>,
    pub(crate) member_id: Option<i64>,
    pub(crate) approved_by: Option<i64>,
    pub(crate) text_hash: String,
    pub(crate) rules: String,
    pub(crate) verdict: String,
    pub(crate) detail: String,
    pub(crate) hash: String,
}

impl Pending {
    pub(crate) fn live(
        &mut self,
        workspace: WorkspaceId,
        kind: &'static str,
        subject: i64,
        now: Timestamp,
    ) {
        let at = now.as_millisecond();
        let same = |row: &LiveRow| {
            row.workspace_id == workspace.0 && row.kind == kind && row.subject_id == subject
        };
        if !self.live.iter().any(same) {
            self.live.push(LiveRow {
                workspace_id: workspace.0,
                number: 0,
                kind,
                subject_id: subject,
                at,
            });
        }
    }
}

/// A row of a chain: its contents, of which the hash is made, and the place of number and hash.
pub(crate) trait Link {
    fn workspace(&self) -> i64;
    /// Everything the hash covers, without number and hash.
    fn contents(&self) -> Vec<String>;
    fn settle(&mut self, number: i64, hash: String);
}

fn shown(number: Option<i64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

impl Link for AuditRow {
    fn workspace(&self) -> i64 {
        self.workspace_id
    }

    fn contents(&self) -> Vec<String> {
        vec![
            self.at.to_string(),
            shown(self.member_id),
            self.actor.clone(),
            self.action.clone(),
            self.subject_kind.clone(),
            self.subject_id.clone(),
            self.detail.clone(),
        ]
    }

    fn settle(&mut self, number: i64, hash: String) {
        self.number = number;
        self.hash = hash;
    }
}

impl Link for DecisionRow {
    fn workspace(&self) -> i64 {
        self.workspace_id
    }

    fn contents(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.at.to_string(),
            self.kind.clone(),
            shown(self.conversation_id),
            shown(self.delivery_id),
            shown(self.member_id),
            shown(self.approved_by),
            self.text_hash.clone(),
            self.rules.clone(),
            self.verdict.clone(),
            self.detail.clone(),
        ]
    }

    fn settle(&mut self, number: i64, hash: String) {
        self.number = number;
        self.hash = hash;
    }
}

/// The hash of a row: over the hash before, the workspace, its number and each field with its length.
pub(crate) fn hash_of(before: &str, workspace: i64, number: i64, contents: &[String]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(before.as_bytes());
    hasher.update(workspace.to_be_bytes());
    hasher.update(number.to_be_bytes());
    for field in contents {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hex::encode(&hasher.finalize())
}

/// Writes what waits. Called once, by the commit.
pub(crate) async fn write_pending(tx: &mut Tx) -> Result<(), StoreError> {
    let mut pending = std::mem::take(&mut tx.pending);
    pending.audit.sort_by_key(|row| row.workspace_id);
    pending.decisions.sort_by_key(|row| row.workspace_id);
    pending.live.sort_by_key(|row| row.workspace_id);
    link_all(tx, "audit", &mut pending.audit).await?;
    if !pending.audit.is_empty() {
        let columns = "workspace_id bigint, number bigint, at bigint, member_id bigint, actor text, action text, \
                       subject_kind text, subject_id text, detail text, hash text";
        insert_rows(tx, "audit_entry", columns, json_rows(&pending.audit)?).await?;
    }
    link_all(tx, "decision", &mut pending.decisions).await?;
    if !pending.decisions.is_empty() {
        let columns = "workspace_id bigint, number bigint, id bigint, at bigint, kind text, conversation_id bigint, \
                       delivery_id bigint, member_id bigint, approved_by bigint, text_hash text, rules text, verdict text, \
                       detail text, hash text";
        insert_rows(tx, "decision", columns, json_rows(&pending.decisions)?).await?;
    }
    write_live(tx, &mut pending.live).await
}

/// Inserts the rows of a JSON text into a table whose columns have the same names.
pub(crate) async fn insert_rows(
    conn: &mut Conn,
    table: &str,
    columns: &str,
    json: String,
) -> Result<u64, StoreError> {
    let names: Vec<&str> = columns
        .split(',')
        .filter_map(|column| column.split_whitespace().next())
        .collect();
    let names = names.join(", ");
    let from = rows(conn.engine(), 1, columns);
    conn.run(
        format!("INSERT INTO {table} ({names}) SELECT {names} FROM {from} WHERE true"),
        args![json],
    )
    .await
}

/// Gives each row its number and hash, and moves the ends of the chains.
async fn link_all<L: Link>(
    tx: &mut Tx,
    chain: &'static str,
    links: &mut [L],
) -> Result<(), StoreError> {
    let mut end: Option<(i64, i64, String)> = None;
    for link in links {
        let workspace = link.workspace();
        let (number, before) = match end.take() {
            Some((same, number, hash)) if same == workspace => (number, hash),
            Some((other, number, hash)) => {
                move_end(tx, other, chain, number, hash).await?;
                lock_end(tx, workspace, chain).await?
            }
            None => lock_end(tx, workspace, chain).await?,
        };
        let hash = hash_of(&before, workspace, number + 1, &link.contents());
        link.settle(number + 1, hash.clone());
        end = Some((workspace, number + 1, hash));
    }
    if let Some((workspace, number, hash)) = end {
        move_end(tx, workspace, chain, number, hash).await?;
    }
    Ok(())
}

async fn lock_end(
    tx: &mut Tx,
    workspace: i64,
    chain: &'static str,
) -> Result<(i64, String), StoreError> {
    let row = tx
        .one(
            "INSERT INTO chain_end (workspace_id, chain, number, hash) VALUES ($1, $2, 0, $3)
             ON CONFLICT (workspace_id, chain) DO UPDATE SET number = chain_end.number RETURNING number, hash",
            args![workspace, chain, START],
        )
        .await?;
    Ok((row.int("number")?, row.text("hash")?))
}

async fn move_end(
    tx: &mut Tx,
    workspace: i64,
    chain: &'static str,
    number: i64,
    hash: String,
) -> Result<(), StoreError> {
    let changes: Vec<Arg> = args![number, hash, workspace, chain];
    tx.run(
        "UPDATE chain_end SET number = $1, hash = $2 WHERE workspace_id = $3 AND chain = $4",
        changes,
    )
    .await?;
    Ok(())
}

async fn write_live(tx: &mut Tx, live: &mut [LiveRow]) -> Result<(), StoreError> {
    if live.is_empty() {
        return Ok(());
    }
    for group in live.chunk_by_mut(|one, two| one.workspace_id == two.workspace_id) {
        let Some(workspace) = group.first().map(|row| row.workspace_id) else {
            continue;
        };
        let count = i64::try_from(group.len()).unwrap_or(i64::MAX);
        let last = crate::counter::take(tx, WorkspaceId(workspace), "live", count).await?;
        for (row, number) in group.iter_mut().zip(last - count + 1..) {
            row.number = number;
        }
    }
    let columns = "workspace_id bigint, number bigint, kind text, subject_id bigint, at bigint";
    insert_rows(tx, "live_event", columns, json_rows(live)?).await?;
    Ok(())
}
