//! Cases above conversations, and the records of the safety desk.

use auscult_model::case::{Case, CaseState, SafetyRecord};
use auscult_model::ids::CaseId;
use auscult_model::inbox::Conversation;
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::json_text;
use crate::counter;
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::inbox;
use crate::row::Row;

const CASE: &str = "id, number, kind, title, state, owner_id, restricted, due_at, law_due_at, outside_reference, outcome, what_changed, told_on,
  published, checklist, version, opened_at, closed_at, closed_by, second_signature";
const SAFETY: &str = "id, conversation_id, post_id, kind, elements, steps, due_at, opened_at, closed_at, closed_by, second_signature, version";

fn read(row: &Row) -> Result<Case, StoreError> {
    Ok(Case {
        id: row.id("id")?,
        number: row.int("number")?,
        kind: row.word("kind")?,
        title: row.text("title")?,
        state: row.word("state")?,
        owner: row.opt_id("owner_id")?,
        restricted: row.flag("restricted")?,
        due_at: row.opt_time("due_at")?,
        law_due_at: row.opt_time("law_due_at")?,
        outside_reference: row.text("outside_reference")?,
        outcome: row.text("outcome")?,
        what_changed: row.text("what_changed")?,
        told_on: row.opt_time("told_on")?,
        published: row.flag("published")?,
        checklist: row.json("checklist")?,
        version: row.int("version")?,
        opened_at: row.time("opened_at")?,
        closed_at: row.opt_time("closed_at")?,
        closed_by: row.opt_id("closed_by")?,
        second_signature: row.opt_id("second_signature")?,
    })
}

fn restricted(viewer: &Viewer) -> &'static str {
    if viewer.sees_restricted() {
        ""
    } else {
        "AND restricted = FALSE"
    }
}

/// Opens a case; its number is given here.
pub async fn open(
    tx: &mut Tx,
    viewer: &Viewer,
    case: &Case,
    now: Timestamp,
) -> Result<Case, StoreError> {
    let id = CaseId(tx.next_id(now));
    let number = counter::take(tx, viewer.workspace, "cases", 1).await?;
    tx.run(
        "INSERT INTO care_case (id, workspace_id, number, kind, title, state, owner_id, restricted, due_at, law_due_at, outside_reference, checklist, opened_at)
         VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, $11, $12)",
        args![
            id,
            viewer.workspace,
            number,
            case.kind.as_str(),
            &case.title,
            case.owner,
            case.restricted,
            case.due_at,
            case.law_due_at,
            &case.outside_reference,
            json_text(&case.checklist)?,
            now
        ],
    )
    .await?;
    tx.live(viewer.workspace, "case", id.0, now);
    let row = tx
        .one(
            format!("SELECT {CASE} FROM care_case WHERE id = $1"),
            args![id],
        )
        .await?;
    read(&row)
}

/// One case.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: CaseId) -> Result<Case, StoreError> {
    let row = conn
        .first(
            format!(
                "SELECT {CASE} FROM care_case WHERE workspace_id = $1 AND id = $2 {}",
                restricted(viewer)
            ),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref().map_or(Err(StoreError::NotFound("case")), read)
}

/// Cases in a state, the first due first; all that are not closed when no state is named. 500 at most.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    state: Option<CaseState>,
) -> Result<Vec<Case>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {CASE} FROM care_case WHERE workspace_id = $1 AND (state = $2 OR ($2 = '' AND state <> 'closed')) {}
                 ORDER BY COALESCE(law_due_at, due_at, 253402300799000), id LIMIT 500",
                restricted(viewer)
            ),
            args![viewer.workspace, state.map_or("", CaseState::as_str)],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Changes a case, if nobody changed it since its version. Closing is [`close`].
pub async fn save(
    tx: &mut Tx,
    viewer: &Viewer,
    case: &Case,
    now: Timestamp,
) -> Result<(), StoreError> {
    let open_state = if case.state == CaseState::Closed {
        CaseState::Open
    } else {
        case.state
    };
    let rows = tx
        .run(
            format!(
                "UPDATE care_case SET kind = $1, title = $2, state = CASE WHEN state = 'closed' THEN state ELSE $3 END, owner_id = $4, restricted = $5,
                 due_at = $6, law_due_at = $7, outside_reference = $8, outcome = $9, what_changed = $10, told_on = $11, published = $12,
                 checklist = $13, version = version + 1 WHERE workspace_id = $14 AND id = $15 AND version = $16 {}",
                restricted(viewer)
            ),
            args![
                case.kind.as_str(),
                &case.title,
                open_state.as_str(),
                case.owner,
                case.restricted,
                case.due_at,
                case.law_due_at,
                &case.outside_reference,
                &case.outcome,
                &case.what_changed,
                case.told_on,
                case.published,
                json_text(&case.checklist)?,
                viewer.workspace,
                case.id,
                case.version
            ],
        )
        .await?;
    changed(tx, viewer, case.id, rows, now).await
}

async fn changed(
    tx: &mut Tx,
    viewer: &Viewer,
    id: CaseId,
    rows: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    if rows == 0 {
        get(tx, viewer, id).await?;
        return Err(StoreError::conflict("the case"));
    }
    tx.live(viewer.workspace, "case", id.0, now);
    Ok(())
}

/// Closes a case. A safety case needs a second signature, by another member than the one who closes it: the first
/// call signs, the second one, by somebody else, closes. Says whether it is closed now.
pub async fn close(
    tx: &mut Tx,
    viewer: &Viewer,
    id: CaseId,
    version: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let before = get(tx, viewer, id).await?;
    let needs_two = matches!(
        before.kind,
        auscult_model::case::CaseKind::Safety | auscult_model::case::CaseKind::AdverseEvent
    );
    let first = needs_two && before.closed_by.is_none();
    if needs_two && before.closed_by.is_some() && before.closed_by == viewer.member {
        return Err(StoreError::refused(
            "a safety case needs a second signature: ask another member",
        ));
    }
    let sets = if first {
        "closed_by = $1"
    } else if needs_two {
        "second_signature = $1, state = 'closed', closed_at = $2"
    } else {
        "closed_by = $1, state = 'closed', closed_at = $2"
    };
    let rows = tx
        .run(
            format!(
                "UPDATE care_case SET {sets}, version = version + 1 WHERE workspace_id = $3 AND id = $4 AND version = $5 AND state <> 'closed'"
            ),
            args![viewer.member, now, viewer.workspace, id, version],
        )
        .await?;
    changed(tx, viewer, id, rows, now).await?;
    Ok(!first)
}

/// Opens a closed case again.
pub async fn reopen(
    tx: &mut Tx,
    viewer: &Viewer,
    id: CaseId,
    version: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            format!(
                "UPDATE care_case SET state = 'open', closed_at = NULL, closed_by = NULL, second_signature = NULL, version = version + 1
                 WHERE workspace_id = $1 AND id = $2 AND version = $3 AND state = 'closed' {}",
                restricted(viewer)
            ),
            args![viewer.workspace, id, version],
        )
        .await?;
    changed(tx, viewer, id, rows, now).await
}

/// Conversations of a case, newest first.
pub async fn conversations(
    conn: &mut Conn,
    viewer: &Viewer,
    id: CaseId,
) -> Result<Vec<Conversation>, StoreError> {
    inbox::of_case(conn, viewer, id).await
}

fn read_safety(row: &Row) -> Result<SafetyRecord, StoreError> {
    Ok(SafetyRecord {
        id: row.int("id")?,
        conversation: row.opt_id("conversation_id")?,
        post: row.opt_id("post_id")?,
        kind: row.word("kind")?,
        elements: row.text("elements")?,
        steps: row.json("steps")?,
        due_at: row.opt_time("due_at")?,
        opened_at: row.time("opened_at")?,
        closed_at: row.opt_time("closed_at")?,
        closed_by: row.opt_id("closed_by")?,
        second_signature: row.opt_id("second_signature")?,
        version: row.int("version")?,
    })
}

fn desk_only(viewer: &Viewer) -> Result<(), StoreError> {
    if viewer.sees_restricted() {
        Ok(())
    } else {
        Err(StoreError::NotFound("safety record"))
    }
}

/// Opens a record of the safety desk and says its id. The system may do so for a post it heard.
pub async fn open_safety(
    tx: &mut Tx,
    viewer: &Viewer,
    record: &SafetyRecord,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let id = tx.next_id(now);
    tx.run(
        "INSERT INTO safety_record (id, workspace_id, conversation_id, post_id, kind, elements, steps, due_at, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            id,
            viewer.workspace,
            record.conversation,
            record.post,
            record.kind.as_str(),
            &record.elements,
            json_text(&record.steps)?,
            record.due_at,
            now
        ],
    )
    .await?;
    tx.live(viewer.workspace, "safety", id, now);
    Ok(id)
}

/// One record of the safety desk.
pub async fn safety(conn: &mut Conn, viewer: &Viewer, id: i64) -> Result<SafetyRecord, StoreError> {
    desk_only(viewer)?;
    let row = conn
        .first(
            format!("SELECT {SAFETY} FROM safety_record WHERE workspace_id = $1 AND id = $2"),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("safety record")), read_safety)
}

/// Open records, the first due first; closed ones of the last 100 behind them.
pub async fn safety_list(
    conn: &mut Conn,
    viewer: &Viewer,
) -> Result<Vec<SafetyRecord>, StoreError> {
    desk_only(viewer)?;
    let mut rows = conn
        .all(
            format!(
                "SELECT {SAFETY} FROM safety_record WHERE workspace_id = $1 AND closed_at IS NULL ORDER BY COALESCE(due_at, 253402300799000), id"
            ),
            args![viewer.workspace],
        )
        .await?;
    let closed = conn
        .all(
            format!("SELECT {SAFETY} FROM safety_record WHERE workspace_id = $1 AND closed_at IS NOT NULL ORDER BY closed_at DESC, id LIMIT 100"),
            args![viewer.workspace],
        )
        .await?;
    rows.extend(closed);
    rows.iter().map(read_safety).collect()
}

/// How many records are open; everybody may know that, not what they are.
pub async fn safety_open(conn: &mut Conn, viewer: &Viewer) -> Result<i64, StoreError> {
    let row = conn
        .one(
            "SELECT CAST(count(*) AS BIGINT) AS n FROM safety_record WHERE workspace_id = $1 AND closed_at IS NULL",
            args![viewer.workspace],
        )
        .await?;
    row.int("n")
}

/// Changes elements, steps and clock of a record, if nobody changed it since its version.
pub async fn save_safety(
    tx: &mut Tx,
    viewer: &Viewer,
    record: &SafetyRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    desk_only(viewer)?;
    let rows = tx
        .run(
            "UPDATE safety_record SET kind = $1, elements = $2, steps = $3, due_at = $4, version = version + 1
             WHERE workspace_id = $5 AND id = $6 AND version = $7 AND closed_at IS NULL",
            args![
                record.kind.as_str(),
                &record.elements,
                json_text(&record.steps)?,
                record.due_at,
                viewer.workspace,
                record.id,
                record.version
            ],
        )
        .await?;
    crate::error::unchanged(rows, "the safety record")?;
    tx.live(viewer.workspace, "safety", record.id, now);
    Ok(())
}

/// Closes a record by two signatures of two members. Says whether it is closed now.
pub async fn close_safety(
    tx: &mut Tx,
    viewer: &Viewer,
    id: i64,
    version: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let before = safety(tx, viewer, id).await?;
    if before.closed_by.is_some() && before.closed_by == viewer.member {
        return Err(StoreError::refused(
            "a safety record needs a second signature: ask another member",
        ));
    }
    let first = before.closed_by.is_none();
    let sets = if first {
        "closed_by = $1"
    } else {
        "second_signature = $1, closed_at = $2"
    };
    let rows = tx
        .run(
            format!("UPDATE safety_record SET {sets}, version = version + 1 WHERE workspace_id = $3 AND id = $4 AND version = $5 AND closed_at IS NULL"),
            args![viewer.member, now, viewer.workspace, id, version],
        )
        .await?;
    crate::error::unchanged(rows, "the safety record")?;
    tx.live(viewer.workspace, "safety", id, now);
    Ok(!first)
}
