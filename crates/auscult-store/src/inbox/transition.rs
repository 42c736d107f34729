//! The moves of a conversation. Each names the version it was decided on: of two that decide at once, one wins.

use auscult_model::ids::{CaseId, ConversationId, LabelId, MemberId, TeamId};
use auscult_model::inbox::{Mark, Priority, ResolveReason};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use super::{MARKS, entry::note_event, get, may_see, viewer_args};
use crate::arg::{Arg, args};
use crate::batch::{id_list, numbers};
use crate::db::Tx;
use crate::error::{StoreError, found};

/// A conversation, and the version of it that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The conversation.
    pub id: ConversationId,
    /// Its version when the decision was made.
    pub version: i64,
}

/// A move: what is set, what must hold beside the version, and what the timeline says.
struct Move {
    /// Assignments with `$5` and following for `values`.
    sets: String,
    /// A condition beginning with AND, or nothing.
    guard: &'static str,
    /// Why the guard refuses, in words.
    refusal: &'static str,
    values: Vec<Arg>,
    event: serde_json::Value,
}

impl Move {
    fn new(sets: &str, values: Vec<Arg>, event: serde_json::Value) -> Self {
        Self {
            sets: sets.to_owned(),
            guard: "",
            refusal: "",
            values,
            event,
        }
    }

    fn only_if(mut self, guard: &'static str, refusal: &'static str) -> Self {
        (self.guard, self.refusal) = (guard, refusal);
        self
    }
}

/// Makes a move and says the new version.
async fn go(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    step: Move,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let mut args = viewer_args(viewer);
    args.extend(args![expected.id]);
    args.extend(step.values);
    args.push(expected.version.into());
    let version = args.len();
    let sql = format!(
        "UPDATE conversation AS c SET version = version + 1, {sets} WHERE {seen} AND c.id = $4 AND c.version = ${version} {guard} RETURNING version",
        sets = step.sets,
        seen = may_see(tx.engine(), viewer),
        guard = step.guard,
    );
    let Some(row) = tx.first(sql, args).await? else {
        let there = get(tx, viewer, expected.id).await?;
        if there.version != expected.version {
            return Err(StoreError::conflict("the conversation"));
        }
        return Err(StoreError::refused(step.refusal));
    };
    note_event(tx, expected.id, viewer.member, &step.event.to_string(), now).await?;
    row.int("version")
}

/// Gives a conversation to a member, or to nobody.
pub async fn assign(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    to: Option<MemberId>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    if let Some(member) = to {
        crate::member::get(tx, viewer, member).await?;
    }
    let event = serde_json::json!({ "what": "assigned", "to": to });
    go(
        tx,
        viewer,
        expected,
        Move::new("assignee_id = $5", args![to], event),
        now,
    )
    .await
}

/// Takes a conversation that nobody has. Of two who take at once, one gets it.
pub async fn take(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let event = serde_json::json!({ "what": "taken" });
    let step = Move::new("assignee_id = $5", args![viewer.member], event).only_if(
        "AND c.assignee_id IS NULL",
        "somebody has this conversation already",
    );
    go(tx, viewer, expected, step, now).await
}

/// Gives a conversation to a team, or to none.
pub async fn set_team(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    team: Option<TeamId>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    if let Some(team) = team {
        let row = tx
            .first(
                "SELECT id FROM team WHERE workspace_id = $1 AND id = $2",
                args![viewer.workspace, team],
            )
            .await?;
        found(u64::from(row.is_some()), "team")?;
    }
    let event = serde_json::json!({ "what": "team", "to": team });
    go(
        tx,
        viewer,
        expected,
        Move::new("team_id = $5", args![team], event),
        now,
    )
    .await
}

/// Puts a conversation to sleep until an instant.
pub async fn snooze(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    until: Timestamp,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let event = serde_json::json!({ "what": "snoozed", "until": until });
    let step = Move::new("state = 'snoozed', snoozed_until = $5", args![until], event).only_if(
        "AND c.state IN ('new', 'waiting', 'snoozed')",
        "a resolved conversation cannot sleep: open it again first",
    );
    go(tx, viewer, expected, step, now).await
}

/// Finishes a conversation with a reason. A finished one cannot be finished again.
pub async fn resolve(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    reason: ResolveReason,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let event = serde_json::json!({ "what": "resolved", "reason": reason });
    let step = Move::new(
        "state = 'resolved', resolve_reason = $5, resolved_at = $6, waiting_since = NULL, due_at = NULL, snoozed_until = NULL",
        args![reason.as_str(), now],
        event,
    )
    .only_if("AND c.state <> 'resolved'", "the conversation is resolved already");
    go(tx, viewer, expected, step, now).await
}

/// Opens a finished conversation again: we owe an answer.
pub async fn reopen(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let event = serde_json::json!({ "what": "reopened" });
    let step = Move::new(
        "state = 'new', resolve_reason = NULL, resolved_at = NULL, reopened = reopened + 1, waiting_since = $5",
        args![now],
        event,
    )
    .only_if("AND c.state = 'resolved'", "the conversation is open");
    go(tx, viewer, expected, step, now).await
}

/// Sets what a member says about the order of work.
pub async fn set_priority(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    priority: Priority,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let event = serde_json::json!({ "what": "priority", "to": priority });
    go(
        tx,
        viewer,
        expected,
        Move::new("priority = $5", args![priority.as_str()], event),
        now,
    )
    .await
}

/// Sets the urgency (0 to 3) and, with it, when the next reply is due.
pub async fn set_urgency(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    urgency: (u8, Option<Timestamp>),
    now: Timestamp,
) -> Result<i64, StoreError> {
    let event = serde_json::json!({ "what": "urgency", "to": urgency.0 });
    let step = Move::new(
        "urgency = $5, due_at = $6, first_due_at = CASE WHEN first_reply_at IS NULL THEN $6 ELSE first_due_at END",
        args![urgency.0.min(3), urgency.1],
        event,
    );
    go(tx, viewer, expected, step, now).await
}

/// Sets when the next reply is due; the old time stays in the timeline.
pub async fn set_due(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    due: Option<Timestamp>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let before = get(tx, viewer, expected.id).await?.due_at;
    let event = serde_json::json!({ "what": "due", "from": before, "to": due });
    go(
        tx,
        viewer,
        expected,
        Move::new("due_at = $5, first_due_at = CASE WHEN first_reply_at IS NULL THEN $5 ELSE first_due_at END", args![due], event),
        now,
    )
    .await
}

/// Moves a conversation to the safety desk (with its posts), or back. Only for those who see restricted ones.
pub async fn set_restricted(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    restricted: bool,
    now: Timestamp,
) -> Result<i64, StoreError> {
    if !restricted && !viewer.sees_restricted() {
        return Err(StoreError::refused(
            "only the safety desk opens a restricted conversation to others",
        ));
    }
    let event = serde_json::json!({ "what": "restricted", "to": restricted });
    let step = Move::new(
        "restricted = $5, mark_safety = $5",
        args![restricted],
        event,
    );
    let version = go(tx, viewer, expected, step, now).await?;
    tx.run(
        "UPDATE post SET restricted = $1 WHERE conversation_id = $2",
        args![restricted, expected.id],
    )
    .await?;
    Ok(version)
}

/// Sets or clears a side mark.
pub async fn mark(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    mark: (Mark, bool),
    now: Timestamp,
) -> Result<i64, StoreError> {
    let (mark, on) = mark;
    let column = MARKS
        .iter()
        .find(|(one, _)| *one == mark)
        .map_or("mark_held", |(_, column)| column);
    let event = serde_json::json!({ "what": "mark", "mark": mark, "on": on });
    go(
        tx,
        viewer,
        expected,
        Move::new(&format!("{column} = $5"), args![on], event),
        now,
    )
    .await
}

/// Ties a conversation to a case, or unties it.
pub async fn set_case(
    tx: &mut Tx,
    viewer: &Viewer,
    expected: Expected,
    case: Option<CaseId>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let event = serde_json::json!({ "what": "case", "to": case });
    go(
        tx,
        viewer,
        expected,
        Move::new("case_id = $5", args![case], event),
        now,
    )
    .await
}

/// Puts a label on a conversation.
pub async fn add_label(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ConversationId,
    label: LabelId,
    now: Timestamp,
) -> Result<(), StoreError> {
    get(tx, viewer, id).await?;
    let rows = tx
        .run(
            "INSERT INTO conversation_label (conversation_id, label_id, workspace_id)
             SELECT $1, l.id, l.workspace_id FROM label l WHERE l.workspace_id = $2 AND l.id = $3
             ON CONFLICT (conversation_id, label_id) DO UPDATE SET workspace_id = excluded.workspace_id",
            args![id, viewer.workspace, label],
        )
        .await?;
    found(rows, "label")?;
    tx.live(viewer.workspace, "conversation", id.0, now);
    Ok(())
}

/// Takes a label off a conversation.
pub async fn remove_label(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ConversationId,
    label: LabelId,
    now: Timestamp,
) -> Result<(), StoreError> {
    get(tx, viewer, id).await?;
    tx.run(
        "DELETE FROM conversation_label WHERE conversation_id = $1 AND label_id = $2 AND workspace_id = $3",
        args![id, label, viewer.workspace],
    )
    .await?;
    tx.live(viewer.workspace, "conversation", id.0, now);
    Ok(())
}

/// Wakes conversations of all workspaces whose sleep is over, `limit` at most, and says which.
pub async fn wake_due(
    tx: &mut Tx,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<ConversationId>, StoreError> {
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT id FROM conversation WHERE state = 'snoozed' AND snoozed_until <= $1
           ORDER BY snoozed_until LIMIT $2 {lock})
         UPDATE conversation SET state = CASE WHEN waiting_since IS NULL THEN 'waiting' ELSE 'new' END, snoozed_until = NULL,
           version = version + 1 WHERE id IN (SELECT id FROM due) RETURNING id",
        lock = tx.skip_locked()
    );
    woken(
        tx,
        sql,
        args![now, limit],
        serde_json::json!({ "what": "woken" }),
        now,
    )
    .await
}

/// Resolves conversations of a workspace that wait for the person and in which nobody spoke since an instant.
pub async fn resolve_silent(
    tx: &mut Tx,
    viewer: &Viewer,
    silent_since: Timestamp,
    now: Timestamp,
) -> Result<Vec<ConversationId>, StoreError> {
    let sql = "UPDATE conversation SET state = 'resolved', resolve_reason = 'no_answer', resolved_at = $3, version = version + 1
         WHERE id IN (SELECT id FROM conversation WHERE workspace_id = $1 AND state = 'waiting' AND last_at < $2 LIMIT 500)
         AND state = 'waiting' RETURNING id";
    let event = serde_json::json!({ "what": "resolved", "reason": ResolveReason::NoAnswer });
    woken(
        tx,
        sql.to_owned(),
        args![viewer.workspace, silent_since, now],
        event,
        now,
    )
    .await
}

async fn woken(
    tx: &mut Tx,
    sql: String,
    args: Vec<Arg>,
    event: serde_json::Value,
    now: Timestamp,
) -> Result<Vec<ConversationId>, StoreError> {
    let rows = tx.all(sql, args).await?;
    let mut ids: Vec<ConversationId> = rows
        .iter()
        .map(|row| row.id("id"))
        .collect::<Result<_, _>>()?;
    ids.sort_unstable();
    let event = event.to_string();
    for id in &ids {
        note_event(tx, *id, None, &event, now).await?;
    }
    Ok(ids)
}

/// Notes that we answered: the person owes, or nothing is owed. Called when an answer goes to the outbox.
pub(crate) async fn answered(
    tx: &mut Tx,
    ids: &[ConversationId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE conversation SET state = CASE WHEN state = 'resolved' THEN state ELSE 'waiting' END, waiting_since = NULL, due_at = NULL,
         snoozed_until = NULL, mark_approval = FALSE, version = version + 1, last_at = $2 WHERE id IN {}",
        numbers(tx.engine(), 1)
    );
    tx.run(sql, args![id_list(ids.iter().map(|id| id.0)), now])
        .await?;
    Ok(())
}
