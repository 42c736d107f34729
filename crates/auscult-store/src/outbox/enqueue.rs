//! Into the outbox and, while it has not left, out of it again. Holds of everything outgoing.

use auscult_model::delivery::{DeliveryTarget, NewDelivery, OutgoingHold};
use auscult_model::ids::{ChannelId, ConversationId, DeliveryId, OccurrenceId};
use auscult_model::inbox::{Direction, EntryKind};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use super::{changed, get};
use crate::arg::args;
use crate::batch::json_text;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found, unchanged};
use crate::inbox;

/// What became of a row for the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It is new.
    New(DeliveryId),
    /// The client's key was used before: this is that delivery, nothing was added.
    Known(DeliveryId),
}

impl Enqueued {
    /// The delivery.
    pub const fn id(self) -> DeliveryId {
        match self {
            Self::New(id) | Self::Known(id) => id,
        }
    }
}

/// Puts a frozen text into the outbox. The same client key twice is one delivery.
///
/// [`StoreError::Conflict`] when the conversation changed since the text was written (the draft stays where it
/// is), or when the approval is not given, taken back, or bound to another text.
pub async fn enqueue(
    tx: &mut Tx,
    viewer: &Viewer,
    new: &NewDelivery,
    now: Timestamp,
) -> Result<Enqueued, StoreError> {
    crate::channel::get(tx, viewer, new.channel).await?;
    let id = DeliveryId(tx.next_id(now));
    if !insert(tx, viewer, (id, new), now).await? {
        let row = tx
            .one(
                "SELECT id FROM delivery WHERE workspace_id = $1 AND client_key = $2",
                args![viewer.workspace, &new.client_key],
            )
            .await?;
        return Ok(Enqueued::Known(row.id("id")?));
    }
    use_approval(tx, viewer, new, now).await?;
    match new.target {
        DeliveryTarget::Answer(conversation, version) => {
            show_answer(tx, viewer, (id, new), (conversation, version), now).await?;
        }
        DeliveryTarget::Occurrence(occurrence) => {
            take_occurrence(tx, viewer, (id, new), occurrence).await?;
        }
    }
    changed(tx, id, now).await?;
    Ok(Enqueued::New(id))
}

/// Inserts the row; false when the client's key is taken.
async fn insert(
    tx: &mut Tx,
    viewer: &Viewer,
    what: (DeliveryId, &NewDelivery),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (id, new) = what;
    let (conversation, version, occurrence) = match new.target {
        DeliveryTarget::Answer(conversation, version) => (Some(conversation), Some(version), None),
        DeliveryTarget::Occurrence(occurrence) => (None, None, Some(occurrence)),
    };
    let state = if new.eligible_at > now {
        "planned"
    } else {
        "queued"
    };
    let stored = tx
        .first(
            "INSERT INTO delivery (id, workspace_id, channel_id, client_key, conversation_id, occurrence_id, parent_delivery_id, approval_id,
               member_id, audience, payload, text_hash, against_version, exempt_from_hold, state, eligible_at, late_at, late_policy, send_key, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
             ON CONFLICT (workspace_id, client_key) DO NOTHING RETURNING id",
            args![
                id,
                viewer.workspace,
                new.channel,
                &new.client_key,
                conversation,
                occurrence,
                new.parent,
                new.approval,
                viewer.member,
                json_text(&new.audience)?,
                &new.payload,
                &new.text_hash,
                version,
                new.exempt_from_hold,
                state,
                new.eligible_at,
                new.late_at,
                new.late_policy.as_str(),
                &new.send_key,
                now
            ],
        )
        .await?;
    Ok(stored.is_some())
}

/// Gives a sending of the plan its delivery. It has one at a time; the parts of a thread stand behind their parent.
async fn take_occurrence(
    tx: &mut Tx,
    viewer: &Viewer,
    what: (DeliveryId, &NewDelivery),
    occurrence: OccurrenceId,
) -> Result<(), StoreError> {
    let (id, new) = what;
    let rows = tx
        .run(
            "UPDATE occurrence SET delivery_id = CASE WHEN delivery_id = $4 THEN delivery_id ELSE $1 END, version = version + 1
             WHERE workspace_id = $2 AND id = $3 AND state = 'planned' AND (delivery_id IS NULL OR EXISTS (SELECT 1 FROM delivery d
               WHERE d.id = occurrence.delivery_id AND (d.id = $4 OR d.state IN ('withdrawn', 'refused'))))",
            args![id, viewer.workspace, occurrence, new.parent],
        )
        .await?;
    unchanged(
        rows,
        "this sending has its delivery already, or is out of the plan",
    )
}

/// Uses an approval up, if it is given and bound to exactly this text.
async fn use_approval(
    tx: &mut Tx,
    viewer: &Viewer,
    new: &NewDelivery,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(approval) = new.approval else {
        return Ok(());
    };
    let rows = tx
        .run(
            "UPDATE approval SET state = 'used', decided_at = COALESCE(decided_at, $1)
             WHERE workspace_id = $2 AND id = $3 AND state = 'approved' AND text_hash = $4",
            args![now, viewer.workspace, approval, &new.text_hash],
        )
        .await?;
    unchanged(
        rows,
        "the approval is not given, or is bound to another text",
    )
}

/// Shows the answer in its conversation, if that is still the one it was written against.
async fn show_answer(
    tx: &mut Tx,
    viewer: &Viewer,
    what: (DeliveryId, &NewDelivery),
    against: (ConversationId, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, new) = what;
    let (conversation, version) = against;
    let there = inbox::get(tx, viewer, conversation).await?;
    let rows = tx
        .run(
            "UPDATE conversation SET version = version + 1 WHERE id = $1 AND version = $2",
            args![conversation, version],
        )
        .await?;
    unchanged(
        rows,
        "the conversation changed since this answer was written",
    )?;
    let place = match &new.audience {
        auscult_model::inbox::Outward::Public(public) => public.place.as_str(),
        auscult_model::inbox::Outward::Private(private) => private.to.as_str(),
    };
    let entry = inbox::NewEntry {
        kind: EntryKind::Message,
        direction: Direction::Out,
        audience: new.audience.audience(),
        team: None,
        member: viewer.member,
        text: &new.text,
        data: "{}",
        delivery: Some(id),
        parent_external_id: Some(place),
    };
    let entry = inbox::append(tx, conversation, &entry, now).await?;
    tx.run(
        "UPDATE delivery SET entry_id = $1 WHERE id = $2",
        args![entry, id],
    )
    .await?;
    inbox::answered(tx, &[there.id], now).await?;
    if let Some(member) = viewer.member {
        crate::attention::read_up_to_end(tx, conversation, member, now).await?;
    }
    Ok(())
}

/// Takes a delivery back that no try was made of yet. Afterwards [`StoreError::Conflict`]: it has left.
pub async fn take_back(
    tx: &mut Tx,
    viewer: &Viewer,
    id: DeliveryId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let delivery = get(tx, viewer, id).await?;
    let rows = tx
        .run(
            "UPDATE delivery SET state = 'withdrawn', reason = 'taken back before it left', version = version + 1
             WHERE id = $1 AND tries = 0 AND state IN ('planned', 'held', 'queued', 'late')",
            args![id],
        )
        .await?;
    unchanged(rows, "it has left already")?;
    if let Some(conversation) = delivery.conversation {
        tx.run(
            "UPDATE entry SET removed_at = $1, text = '', data = '{\"what\":\"taken_back\"}' WHERE delivery_id = $2",
            args![now, id],
        )
        .await?;
        wait_again(tx, conversation).await?;
    }
    changed(tx, id, now).await
}

/// An answer that stood on its network was taken down; `read_back` is what the network said afterwards. Its words stay in
/// the row for the record, the conversation shows that it is gone.
pub async fn taken_down(
    tx: &mut Tx,
    viewer: &Viewer,
    id: DeliveryId,
    read_back: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let delivery = get(tx, viewer, id).await?;
    let rows = tx
        .run(
            "UPDATE delivery SET state = 'withdrawn', reason = 'taken down', version = version + 1
             WHERE id = $1 AND state IN ('sent', 'verified')",
            args![id],
        )
        .await?;
    unchanged(rows, "it was taken down already")?;
    if let Some(conversation) = delivery.conversation {
        tx.run(
            "UPDATE entry SET removed_at = $1 WHERE delivery_id = $2",
            args![now, id],
        )
        .await?;
        let event =
            serde_json::json!({ "what": "taken_down", "read_back": read_back, "delivery": id });
        inbox::note_event(tx, conversation, viewer.member, &event.to_string(), now).await?;
        wait_again(tx, conversation).await?;
    }
    changed(tx, id, now).await
}

/// The person waits again, since the first word of theirs that is still without an answer.
pub(crate) async fn wait_again(tx: &mut Tx, id: ConversationId) -> Result<(), StoreError> {
    tx.run(
        "UPDATE conversation SET version = version + 1, state = CASE WHEN state = 'waiting' AND needs_answer THEN 'new' ELSE state END,
         waiting_since = (SELECT min(e.at) FROM entry e WHERE e.conversation_id = $1 AND e.direction = 'in'
           AND e.seq > COALESCE((SELECT max(o.seq) FROM entry o WHERE o.conversation_id = $1 AND o.direction = 'out' AND o.removed_at IS NULL), 0))
         WHERE id = $1",
        args![id],
    )
    .await?;
    Ok(())
}

/// Holds one delivery that has not left, until a person releases it.
pub async fn hold_one(
    tx: &mut Tx,
    viewer: &Viewer,
    id: DeliveryId,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    get(tx, viewer, id).await?;
    let rows = tx
        .run(
            "UPDATE delivery SET state = 'held', held_by = $1, version = version + 1
             WHERE id = $2 AND state IN ('planned', 'queued', 'not_now')",
            args![why, id],
        )
        .await?;
    unchanged(rows, "it has left, or is held already")?;
    changed(tx, id, now).await
}

/// Holds what waits to go out in a conversation: the person wrote in between, so the sender is asked again.
pub async fn hold_of_conversation(
    tx: &mut Tx,
    viewer: &Viewer,
    conversation: ConversationId,
    why: &str,
    now: Timestamp,
) -> Result<Vec<DeliveryId>, StoreError> {
    let rows = tx
        .all(
            "UPDATE delivery SET state = 'held', held_by = $1, version = version + 1
             WHERE workspace_id = $2 AND conversation_id = $3 AND state IN ('planned', 'queued') AND tries = 0 RETURNING id",
            args![why, viewer.workspace, conversation],
        )
        .await?;
    let ids: Vec<DeliveryId> = rows
        .iter()
        .map(|row| row.id("id"))
        .collect::<Result<_, _>>()?;
    for id in &ids {
        changed(tx, *id, now).await?;
    }
    Ok(ids)
}

/// Releases a held or late delivery; it goes out at `eligible_at` or at once when that is past.
pub async fn release_one(
    tx: &mut Tx,
    viewer: &Viewer,
    id: DeliveryId,
    eligible_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    get(tx, viewer, id).await?;
    let rows = tx
        .run(
            "UPDATE delivery SET state = CASE WHEN $1 > $2 THEN 'planned' ELSE 'queued' END, held_by = '', eligible_at = $1, late_at = NULL,
             version = version + 1 WHERE id = $3 AND state IN ('held', 'late')",
            args![eligible_at, now, id],
        )
        .await?;
    unchanged(rows, "it is not held")?;
    changed(tx, id, now).await
}

/// Holds everything that goes out, of one channel or of the whole workspace. It never ends by itself.
pub async fn hold_all(
    tx: &mut Tx,
    viewer: &Viewer,
    channel: Option<ChannelId>,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO outgoing_hold (workspace_id, channel_id, reason, member_id, since) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, channel_id) DO UPDATE SET reason = excluded.reason",
        args![viewer.workspace, channel.unwrap_or(ChannelId(0)), why, viewer.member, now],
    )
    .await?;
    tx.live(viewer.workspace, "hold", channel.map_or(0, |id| id.0), now);
    Ok(())
}

/// Ends a hold of everything. What is past its window then asks by its late policy.
pub async fn release_all(
    tx: &mut Tx,
    viewer: &Viewer,
    channel: Option<ChannelId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "DELETE FROM outgoing_hold WHERE workspace_id = $1 AND channel_id = $2",
            args![viewer.workspace, channel.unwrap_or(ChannelId(0))],
        )
        .await?;
    found(rows, "hold")?;
    tx.live(viewer.workspace, "hold", channel.map_or(0, |id| id.0), now);
    Ok(())
}

/// The holds of the workspace.
pub async fn holds(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<OutgoingHold>, StoreError> {
    let rows = conn
        .all(
            "SELECT channel_id, reason, member_id, since FROM outgoing_hold WHERE workspace_id = $1 ORDER BY since",
            args![viewer.workspace],
        )
        .await?;
    let mut holds = Vec::with_capacity(rows.len());
    for row in rows {
        let channel: ChannelId = row.id("channel_id")?;
        holds.push(OutgoingHold {
            channel: (channel.0 != 0).then_some(channel),
            reason: row.text("reason")?,
            member: row.opt_id("member_id")?,
            since: row.time("since")?,
        });
    }
    Ok(holds)
}
