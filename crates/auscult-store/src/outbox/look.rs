//! Looking after deliveries: leases that ended, outcomes nobody knows, windows that closed.

use auscult_model::delivery::{Delivery, DeliveryLease, LookOutcome};
use auscult_model::ids::{DeliveryId, WorkspaceId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use super::{COLUMNS, changed, get, leased, read, send};
use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, unchanged};

/// What a sweep did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Swept {
    /// The call may have been made: now unknown, to be looked for.
    pub unknown: Vec<DeliveryId>,
    /// The call was surely not made: queued again.
    pub queued: Vec<DeliveryId>,
    /// Past their window: wait for a person.
    pub late: Vec<DeliveryId>,
    /// Past their window: left out.
    pub skipped: Vec<DeliveryId>,
}

/// Takes back leases that ended without an outcome. With an attempt row the outcome is unknown and looked for
/// at `check_at`; without one the call was never made.
pub async fn sweep_expired(
    tx: &mut Tx,
    now: Timestamp,
    check_at: Timestamp,
) -> Result<Swept, StoreError> {
    let unknown = moved(
        tx,
        "UPDATE delivery SET state = 'unknown', next_check_at = $2, missed_reads = 0, version = version + 1,
         reason = 'the work on it ended without a word', lease_until = 0
         WHERE state = 'sending' AND lease_until <= $1
         AND EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id = delivery.id AND a.fencing = delivery.fencing) RETURNING id",
        (now, check_at),
    )
    .await?;
    let queued = moved(
        tx,
        "UPDATE delivery SET state = 'queued', version = version + 1, lease_until = 0 WHERE state = 'sending' AND lease_until <= $1 AND lease_until < $2
         AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id = delivery.id AND a.fencing = delivery.fencing) RETURNING id",
        (now, check_at),
    )
    .await?;
    Ok(Swept {
        unknown,
        queued,
        ..Swept::default()
    })
}

/// Deals with what is past its window: it goes out, is left out, or asks, as its policy says.
pub async fn sweep_late(tx: &mut Tx, now: Timestamp) -> Result<Swept, StoreError> {
    let waiting = "state IN ('planned', 'queued', 'not_now') AND late_at IS NOT NULL AND late_at <= $1 AND late_at <= $2";
    let set = |what: &str, policy: &str| {
        format!(
            "UPDATE delivery SET {what}, version = version + 1 WHERE {waiting} AND late_policy = '{policy}' RETURNING id"
        )
    };
    moved(tx, set("late_at = NULL", "publish"), (now, now)).await?;
    let skipped = moved(
        tx,
        set(
            "state = 'withdrawn', reason = 'left out: its time was past'",
            "skip",
        ),
        (now, now),
    )
    .await?;
    let late = moved(
        tx,
        set(
            "state = 'late', reason = 'its time is past: send it now, or leave it out'",
            "ask",
        ),
        (now, now),
    )
    .await?;
    Ok(Swept {
        late,
        skipped,
        ..Swept::default()
    })
}

async fn moved(
    tx: &mut Tx,
    sql: impl Into<crate::db::Sql>,
    times: (Timestamp, Timestamp),
) -> Result<Vec<DeliveryId>, StoreError> {
    let rows = tx.all(sql, args![times.0, times.1]).await?;
    let ids: Vec<DeliveryId> = rows
        .iter()
        .map(|row| row.id("id"))
        .collect::<Result<_, _>>()?;
    for id in &ids {
        changed(tx, *id, times.0).await?;
    }
    Ok(ids)
}

/// Claims up to `limit` deliveries of unknown outcome that are due for a look, until `until`.
pub async fn claim_looks(
    tx: &mut Tx,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<DeliveryLease>, StoreError> {
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT d.id AS id FROM delivery d WHERE d.state = 'unknown' AND d.next_check_at <= $1 AND d.lease_until <= $1
           ORDER BY d.next_check_at, d.id LIMIT $3 {lock})
         UPDATE delivery SET fencing = fencing + 1, lease_until = $2 WHERE id IN (SELECT id FROM due) AND state = 'unknown' RETURNING id",
        lock = tx.skip_locked()
    );
    let rows = tx.all(sql, args![now, until, limit]).await?;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    leased(tx, ids, until).await
}

/// Stores what a look brought. Found: sent. Not found by two complete looks: queued again. Undecided: a person decides.
pub async fn settle(
    tx: &mut Tx,
    lease: &DeliveryLease,
    outcome: &LookOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = lease.delivery.id;
    let guard = "WHERE id = $1 AND fencing = $2 AND state = 'unknown'";
    let rows = match outcome {
        LookOutcome::Found { external_id, url } => {
            let rows = tx
                .run(
                    format!(
                        "UPDATE delivery SET state = 'sent', external_id = $3, url = $4, sent_at = $5, reason = '', lease_until = 0,
                         next_check_at = NULL, version = version + 1 {guard}"
                    ),
                    args![id, lease.fencing, external_id, url, now],
                )
                .await?;
            if rows > 0 {
                send::sent(tx, lease, (external_id, url.as_deref()), now).await?;
            }
            rows
        }
        LookOutcome::NotFound { look_again_at } => {
            tx.run(
                format!(
                    "UPDATE delivery SET state = CASE WHEN missed_reads >= 1 THEN 'queued' ELSE 'unknown' END, missed_reads = missed_reads + 1,
                     next_check_at = $3, lease_until = 0, version = version + 1 {guard}"
                ),
                args![id, lease.fencing, *look_again_at],
            )
            .await?
        }
        LookOutcome::Undecided { reason } => {
            tx.run(
                format!(
                    "UPDATE delivery SET next_check_at = NULL, reason = $3, lease_until = 0, version = version + 1 {guard}"
                ),
                args![id, lease.fencing, reason],
            )
            .await?
        }
        LookOutcome::LookAgain { at, reason } => {
            tx.run(
                format!("UPDATE delivery SET next_check_at = $3, reason = $4, lease_until = 0, version = version + 1 {guard}"),
                args![id, lease.fencing, *at, reason],
            )
            .await?
        }
    };
    unchanged(rows, "the lease of the delivery is over")?;
    changed(tx, id, now).await
}

/// A person's word on a delivery of unknown, refused or late outcome: it is there (with its address), or it is not
/// and goes out again.
pub async fn settle_by_hand(
    tx: &mut Tx,
    viewer: &Viewer,
    id: DeliveryId,
    there: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    get(tx, viewer, id).await?;
    let rows = match there {
        Some(url) => {
            tx.run(
                "UPDATE delivery SET state = 'sent', url = $1, sent_at = COALESCE(sent_at, $2), reason = 'a person saw it there', lease_until = 0,
                 next_check_at = NULL, version = version + 1 WHERE id = $3 AND state IN ('unknown', 'refused', 'late')",
                args![url, now, id],
            )
            .await?
        }
        None => {
            tx.run(
                "UPDATE delivery SET state = 'queued', eligible_at = $1, late_at = NULL, next_check_at = NULL, lease_until = 0, version = version + 1
                 WHERE id = $2 AND state IN ('unknown', 'refused', 'late') AND lease_until <= $1",
                args![now, id],
            )
            .await?
        }
    };
    unchanged(rows, "the delivery is not waiting for a person")?;
    changed(tx, id, now).await
}

/// Deliveries of all workspaces that should have left before an instant and have not: nothing is missed silently.
pub async fn due_not_sent(
    conn: &mut Conn,
    before: Timestamp,
) -> Result<Vec<(WorkspaceId, Delivery)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM delivery d WHERE d.state IN ('planned', 'queued', 'not_now') AND d.eligible_at < $1 ORDER BY d.eligible_at LIMIT 200"
    );
    let rows = conn.all(sql, args![before]).await?;
    rows.iter()
        .map(|row| Ok((row.id("workspace_id")?, read(row)?)))
        .collect()
}
