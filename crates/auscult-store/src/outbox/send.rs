//! Sending: claim, attempt row, fencing check, call (not here), result row.

use auscult_model::delivery::{DeliveryLease, SendOutcome};
use auscult_model::ids::AttemptId;
use jiff::Timestamp;

use super::{changed, leased};
use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, unchanged};

/// Claims up to `limit` deliveries of any workspace that may go out now, until `until`.
///
/// Passed over: what is held, what is past its window, what waits for its parent, and channels that are switched
/// off or wait for a person. Two workers never get the same row.
pub async fn claim(
    tx: &mut Tx,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<DeliveryLease>, StoreError> {
    let sql = format!(
        "WITH due AS MATERIALIZED (
           SELECT d.id AS id FROM delivery d WHERE d.state IN ('planned', 'queued', 'not_now') AND d.eligible_at <= $1
             AND (d.late_at IS NULL OR d.late_at > $1)
             AND (d.exempt_from_hold OR NOT EXISTS (SELECT 1 FROM outgoing_hold h WHERE h.workspace_id = d.workspace_id
               AND (h.channel_id = 0 OR h.channel_id = d.channel_id)))
             AND (d.parent_delivery_id IS NULL OR EXISTS (SELECT 1 FROM delivery p WHERE p.id = d.parent_delivery_id
               AND p.state IN ('sent', 'verified')))
             AND EXISTS (SELECT 1 FROM channel c WHERE c.id = d.channel_id AND c.disabled_at IS NULL AND c.health NOT IN ('needs_person', 'paused'))
           ORDER BY d.eligible_at, d.id LIMIT $3 {lock})
         UPDATE delivery SET state = 'sending', fencing = fencing + 1, lease_until = $2, tries = tries + 1, version = version + 1
         WHERE id IN (SELECT id FROM due) AND state IN ('planned', 'queued', 'not_now') RETURNING id",
        lock = tx.skip_locked()
    );
    let rows = tx.all(sql, args![now, until, limit]).await?;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    for id in &ids {
        changed(tx, (*id).into(), now).await?;
    }
    leased(tx, ids, until).await
}

/// Writes the row of a try; it has to be durable before the call. `payload_hash` is of what is sent.
pub async fn start_attempt(
    tx: &mut Tx,
    lease: &DeliveryLease,
    payload_hash: &str,
    now: Timestamp,
) -> Result<AttemptId, StoreError> {
    let id = AttemptId(tx.next_id(now));
    let rows = tx
        .run(
            "INSERT INTO attempt (id, workspace_id, delivery_id, number, fencing, send_key, payload_hash, started_at)
             SELECT $1, d.workspace_id, d.id, d.tries, d.fencing, d.send_key, $2, $3 FROM delivery d
             WHERE d.id = $4 AND d.fencing = $5 AND d.state = 'sending' AND d.lease_until > $3",
            args![id, payload_hash, now, lease.delivery.id, lease.fencing],
        )
        .await?;
    unchanged(rows, "the lease of the delivery is over")?;
    Ok(id)
}

/// Whether a lease still holds: asked right before the call.
pub async fn lease_holds(
    conn: &mut Conn,
    lease: &DeliveryLease,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = conn
        .first(
            "SELECT id FROM delivery WHERE id = $1 AND fencing = $2 AND state = 'sending' AND lease_until > $3",
            args![lease.delivery.id, lease.fencing, now],
        )
        .await?;
    Ok(row.is_some())
}

/// Stores what a try came to. A worker that lost its lease gets [`StoreError::Conflict`] and changes nothing,
/// except that a send that went well is told to a row whose outcome was unknown.
pub async fn finish(
    tx: &mut Tx,
    lease: &DeliveryLease,
    outcome: &SendOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = lease.delivery.id;
    let (word, detail) = match outcome {
        SendOutcome::Sent { .. } => ("sent", ""),
        SendOutcome::NotNow { reason, .. } => ("not_now", reason.as_str()),
        SendOutcome::Refused { reason } => ("refused", reason.as_str()),
        SendOutcome::Unknown { reason, .. } => ("unknown", reason.as_str()),
        SendOutcome::Held { reason } => ("held", reason.as_str()),
    };
    let rows = store_outcome(tx, lease, (outcome, word), now).await?;
    unchanged(rows, "the lease of the delivery is over")?;
    tx.run(
        "UPDATE attempt SET ended_at = $1, outcome = $2, detail = $3 WHERE delivery_id = $4 AND fencing = $5 AND ended_at IS NULL",
        args![now, word, detail, id, lease.fencing],
    )
    .await?;
    if let (SendOutcome::Refused { .. }, Some(conversation)) =
        (outcome, lease.delivery.conversation)
    {
        owe_again(tx, conversation, id.0).await?;
    }
    changed(tx, id, now).await
}

/// Writes the outcome into the delivery, and says how many rows still belonged to the lease.
async fn store_outcome(
    tx: &mut Tx,
    lease: &DeliveryLease,
    outcome: (&SendOutcome, &str),
    now: Timestamp,
) -> Result<u64, StoreError> {
    let id = lease.delivery.id;
    let (outcome, word) = outcome;
    Ok(match outcome {
        SendOutcome::Sent { external_id, url } => {
            let rows = tx
                .run(
                    "UPDATE delivery SET state = 'sent', external_id = $1, url = $2, sent_at = $3, reason = '', lease_until = 0, next_check_at = NULL,
                     version = version + 1 WHERE id = $4 AND ((fencing = $5 AND state = 'sending') OR state = 'unknown')",
                    args![external_id, url, now, id, lease.fencing],
                )
                .await?;
            if rows > 0 {
                sent(tx, lease, (external_id, url.as_deref()), now).await?;
            }
            rows
        }
        SendOutcome::NotNow { retry_at, reason } => {
            tx.run(
                "UPDATE delivery SET state = 'not_now', eligible_at = $1, reason = $2, lease_until = 0, version = version + 1
                 WHERE id = $3 AND fencing = $4 AND state = 'sending'",
                args![*retry_at, reason, id, lease.fencing],
            )
            .await?
        }
        SendOutcome::Unknown { check_at, reason } => {
            tx.run(
                "UPDATE delivery SET state = 'unknown', next_check_at = $1, missed_reads = 0, reason = $2, lease_until = 0, version = version + 1
                 WHERE id = $3 AND fencing = $4 AND state = 'sending'",
                args![*check_at, reason, id, lease.fencing],
            )
            .await?
        }
        SendOutcome::Refused { reason } | SendOutcome::Held { reason } => {
            tx.run(
                "UPDATE delivery SET state = $1, reason = $2, held_by = CASE WHEN $1 = 'held' THEN $2 ELSE '' END, lease_until = 0,
                 version = version + 1 WHERE id = $3 AND fencing = $4 AND state = 'sending'",
                args![word, reason, id, lease.fencing],
            )
            .await?
        }
    })
}

/// An answer that was refused for good is no answer: the person waits again.
async fn owe_again(
    tx: &mut Tx,
    conversation: auscult_model::ids::ConversationId,
    delivery: i64,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE entry SET data = '{\"what\":\"refused\"}' WHERE delivery_id = $1",
        args![delivery],
    )
    .await?;
    tx.run(
        "UPDATE conversation SET version = version + 1, state = CASE WHEN state = 'waiting' THEN 'new' ELSE state END,
         waiting_since = COALESCE(waiting_since, (SELECT max(e.at) FROM entry e WHERE e.conversation_id = $1 AND e.direction = 'in'))
         WHERE id = $1",
        args![conversation],
    )
    .await?;
    Ok(())
}

/// Tells the conversation and the channel that an answer is out. If listening heard it before its receipt was
/// stored, its entry is joined with ours.
pub(super) async fn sent(
    tx: &mut Tx,
    lease: &DeliveryLease,
    there: (&str, Option<&str>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (external_id, url) = there;
    let id = lease.delivery.id;
    tx.run(
        "UPDATE channel SET last_out = $1 WHERE id = $2",
        args![now, lease.delivery.channel],
    )
    .await?;
    tx.run(
        "UPDATE entry SET external_id = $1, url = $2 WHERE delivery_id = $3",
        args![external_id, url, id],
    )
    .await?;
    if let Some(conversation) = lease.delivery.conversation {
        tx.run(
            "UPDATE conversation SET first_reply_at = COALESCE(first_reply_at, $1), version = version + 1 WHERE id = $2",
            args![now, conversation],
        )
        .await?;
    }
    let heard = tx
        .first(
            "SELECT id FROM post WHERE workspace_id = $1 AND external_id = $2 AND own AND removed_at IS NULL",
            args![lease.workspace, external_id],
        )
        .await?;
    let Some(post) = heard else { return Ok(()) };
    let post = post.int("id")?;
    tx.run(
        "DELETE FROM entry WHERE post_id = $1 AND delivery_id IS NULL",
        args![post],
    )
    .await?;
    // Heard without its receipt it looked like an answer by hand on the site.
    tx.run(
        "UPDATE conversation SET mark_external = EXISTS (SELECT 1 FROM entry e WHERE e.conversation_id = $1
           AND e.direction = 'out' AND e.delivery_id IS NULL) WHERE id = $1 AND mark_external",
        args![lease.delivery.conversation],
    )
    .await?;
    tx.run(
        "UPDATE entry SET post_id = $1 WHERE delivery_id = $2",
        args![post, id],
    )
    .await?;
    tx.run(
        "UPDATE post SET conversation_id = $1 WHERE id = $2",
        args![lease.delivery.conversation, post],
    )
    .await?;
    tx.run(
        "UPDATE delivery SET state = 'verified', verified_at = $1 WHERE id = $2",
        args![now, id],
    )
    .await?;
    Ok(())
}
