//! The outbox: everything that goes out, once.
//!
//! A row is claimed by a lease with a fencing number; the try has its own row before the call; a lease that ends
//! without an outcome makes the row `unknown`, never `queued` again without a look.

mod enqueue;
mod look;
mod send;

use auscult_model::delivery::{Attempt, Delivery, DeliveryLease, DeliveryState};
use auscult_model::ids::{ConversationId, DeliveryId, OccurrenceId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::{Arg, args};
use crate::batch::{id_list, json_text, numbers, texts};
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::inbox;
use crate::row::Row;
use crate::search::bind;

pub use enqueue::{
    Enqueued, enqueue, hold_all, hold_of_conversation, hold_one, holds, release_all, release_one,
    take_back, taken_down,
};
pub use look::{
    Swept, claim_looks, due_not_sent, settle, settle_by_hand, sweep_expired, sweep_late,
};
pub use send::{claim, finish, lease_holds, start_attempt};

const COLUMNS: &str = "d.id AS id, d.workspace_id AS workspace_id, d.channel_id AS channel_id, d.client_key AS client_key, d.conversation_id AS conversation_id,
  d.occurrence_id AS occurrence_id, d.entry_id AS entry_id, d.parent_delivery_id AS parent_delivery_id, d.approval_id AS approval_id,
  d.member_id AS member_id, d.audience AS audience, d.payload AS payload, d.text_hash AS text_hash, d.state AS state, d.held_by AS held_by,
  d.reason AS reason, d.eligible_at AS eligible_at, d.late_at AS late_at, d.send_key AS send_key, d.external_id AS external_id, d.url AS url,
  d.tries AS tries, d.missed_reads AS missed_reads, d.next_check_at AS next_check_at, d.version AS version, d.created_at AS created_at,
  d.sent_at AS sent_at, d.verified_at AS verified_at, d.fencing AS fencing, d.lease_until AS lease_until";

fn read(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.id("id")?,
        channel: row.id("channel_id")?,
        client_key: row.text("client_key")?,
        conversation: row.opt_id("conversation_id")?,
        occurrence: row.opt_id("occurrence_id")?,
        entry: row.opt_id("entry_id")?,
        parent: row.opt_id("parent_delivery_id")?,
        approval: row.opt_id("approval_id")?,
        member: row.opt_id("member_id")?,
        audience: row.json("audience")?,
        payload: row.text("payload")?,
        text_hash: row.text("text_hash")?,
        state: row.word("state")?,
        held_by: row.text("held_by")?,
        reason: row.text("reason")?,
        eligible_at: row.time("eligible_at")?,
        late_at: row.opt_time("late_at")?,
        send_key: row.text("send_key")?,
        external_id: row.opt_text("external_id")?,
        url: row.opt_text("url")?,
        tries: row.int("tries")?,
        missed_reads: row.int("missed_reads")?,
        next_check_at: row.opt_time("next_check_at")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
        sent_at: row.opt_time("sent_at")?,
        verified_at: row.opt_time("verified_at")?,
    })
}

/// A delivery is seen by those who see its conversation; one of the plan by everybody in the workspace.
fn may_see(conn: &Conn, viewer: &Viewer) -> String {
    format!(
        "d.workspace_id = $1 AND (d.conversation_id IS NULL OR EXISTS (SELECT 1 FROM conversation c WHERE c.id = d.conversation_id AND {}))",
        inbox::may_see(conn.engine(), viewer)
    )
}

async fn read_all(
    conn: &mut Conn,
    viewer: &Viewer,
    rest: &str,
    more: Vec<Arg>,
) -> Result<Vec<Delivery>, StoreError> {
    let mut args = inbox::viewer_args(viewer);
    args.extend(more);
    let sql = format!(
        "SELECT {COLUMNS} FROM delivery d WHERE {} {rest}",
        may_see(conn, viewer)
    );
    conn.all(sql, args).await?.iter().map(read).collect()
}

/// One delivery.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: DeliveryId) -> Result<Delivery, StoreError> {
    read_all(conn, viewer, "AND d.id = $4", args![id])
        .await?
        .pop()
        .ok_or(StoreError::NotFound("delivery"))
}

/// The delivery with a client's key.
pub async fn by_client_key(
    conn: &mut Conn,
    viewer: &Viewer,
    key: &str,
) -> Result<Option<Delivery>, StoreError> {
    Ok(read_all(conn, viewer, "AND d.client_key = $4", args![key])
        .await?
        .pop())
}

/// Deliveries of a conversation, oldest first.
pub async fn of_conversation(
    conn: &mut Conn,
    viewer: &Viewer,
    id: ConversationId,
) -> Result<Vec<Delivery>, StoreError> {
    read_all(
        conn,
        viewer,
        "AND d.conversation_id = $4 ORDER BY d.id",
        args![id],
    )
    .await
}

/// Deliveries of a sending of the plan, oldest first.
pub async fn of_occurrence(
    conn: &mut Conn,
    viewer: &Viewer,
    id: OccurrenceId,
) -> Result<Vec<Delivery>, StoreError> {
    read_all(
        conn,
        viewer,
        "AND d.occurrence_id = $4 ORDER BY d.id",
        args![id],
    )
    .await
}

/// Deliveries in some states, the first due first, `limit` at most.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    states: &[DeliveryState],
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let words = texts(conn.engine(), 4);
    let rest = format!("AND d.state IN {words} ORDER BY d.eligible_at, d.id LIMIT $5");
    read_all(conn, viewer, &rest, args![json_text(states)?, limit]).await
}

/// The tries of a delivery, oldest first.
pub async fn attempts(
    conn: &mut Conn,
    viewer: &Viewer,
    id: DeliveryId,
) -> Result<Vec<Attempt>, StoreError> {
    let mut args = inbox::viewer_args(viewer);
    let id = bind(&mut args, id);
    let sql = format!(
        "SELECT a.id AS id, a.number AS number, a.started_at AS started_at, a.ended_at AS ended_at, a.outcome AS outcome, a.detail AS detail
         FROM attempt a JOIN delivery d ON d.id = a.delivery_id WHERE {} AND d.id = ${id} ORDER BY a.number",
        may_see(conn, viewer)
    );
    let attempt = |row: &Row| {
        Ok(Attempt {
            id: row.id("id")?,
            number: row.int("number")?,
            started_at: row.time("started_at")?,
            ended_at: row.opt_time("ended_at")?,
            outcome: row.opt_text("outcome")?,
            detail: row.text("detail")?,
        })
    };
    conn.all(sql, args).await?.iter().map(attempt).collect()
}

/// How many deliveries of all workspaces stand in each state; for the health page.
pub async fn depth(conn: &mut Conn) -> Result<Vec<(DeliveryState, i64)>, StoreError> {
    let rows = conn
        .all("SELECT state, CAST(count(*) AS BIGINT) AS n FROM delivery GROUP BY state ORDER BY state", Vec::new())
        .await?;
    rows.iter()
        .map(|row| Ok((row.word("state")?, row.int("n")?)))
        .collect()
}

/// Reads leases that were just taken, in the order in which they are due.
async fn leased(
    tx: &mut Tx,
    ids: Vec<i64>,
    until: Timestamp,
) -> Result<Vec<DeliveryLease>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM delivery d WHERE d.id IN {} ORDER BY d.eligible_at, d.id",
        numbers(tx.engine(), 1)
    );
    let rows = tx.all(sql, args![id_list(ids)]).await?;
    let mut leases = Vec::with_capacity(rows.len());
    for row in &rows {
        let lease = DeliveryLease {
            workspace: row.id("workspace_id")?,
            delivery: read(row)?,
            fencing: row.int("fencing")?,
            until,
        };
        leases.push(lease);
    }
    Ok(leases)
}

/// Tells open pages that a delivery and its conversation changed, and gives its state to the plan.
async fn changed(tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<(), StoreError> {
    let row = tx
        .one("SELECT workspace_id, conversation_id, occurrence_id, state FROM delivery WHERE id = $1", args![id])
        .await?;
    let workspace = row.id("workspace_id")?;
    tx.live(workspace, "delivery", id.0, now);
    if let Some(conversation) = row.opt_int("conversation_id")? {
        tx.live(workspace, "conversation", conversation, now);
    }
    if let Some(occurrence) = row.opt_int("occurrence_id")? {
        tx.run(
            "UPDATE occurrence SET state = $1, version = version + 1 WHERE id = $2 AND delivery_id = $3",
            args![row.text("state")?, occurrence, id],
        )
        .await?;
        tx.live(workspace, "plan", occurrence, now);
    }
    Ok(())
}
