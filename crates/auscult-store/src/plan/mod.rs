//! The plan: aims, questions people ask, pieces with their lineage, variants for channels, and the calendar.

mod calendar;
mod piece;

use auscult_model::ids::{AimId, QuestionId};
use auscult_model::member::Viewer;
use auscult_model::plan::{Aim, Question, QuestionState};
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found, unchanged};
use crate::row::Row;

pub use calendar::{
    calendar, cancel_occurrence, due_occurrences, move_occurrence, occurrence, occurrences_of,
    plan_occurrence,
};
pub use piece::{descendants, piece, pieces, save_piece, save_variant, variant, variants};

/// Stores an aim (its id is given here).
pub async fn add_aim(
    tx: &mut Tx,
    viewer: &Viewer,
    aim: &Aim,
    now: Timestamp,
) -> Result<AimId, StoreError> {
    let id = AimId(tx.next_id(now));
    tx.run(
        "INSERT INTO aim (id, workspace_id, outcome, measure, target, target_on, owner_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, viewer.workspace, &aim.outcome, &aim.measure, aim.target, aim.target_on, aim.owner, now],
    )
    .await?;
    Ok(id)
}

/// Changes an aim.
pub async fn save_aim(tx: &mut Tx, viewer: &Viewer, aim: &Aim) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE aim SET outcome = $1, measure = $2, target = $3, target_on = $4, owner_id = $5, closed_at = $6 WHERE workspace_id = $7 AND id = $8",
            args![&aim.outcome, &aim.measure, aim.target, aim.target_on, aim.owner, aim.closed_at, viewer.workspace, aim.id],
        )
        .await?;
    found(rows, "aim")
}

/// Aims of the workspace, open ones first.
pub async fn aims(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Aim>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, outcome, measure, target, target_on, owner_id, created_at, closed_at FROM aim WHERE workspace_id = $1
             ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, id",
            args![viewer.workspace],
        )
        .await?;
    let aim = |row: &Row| {
        Ok(Aim {
            id: row.id("id")?,
            outcome: row.text("outcome")?,
            measure: row.text("measure")?,
            target: row.opt_real("target")?,
            target_on: row.opt_time("target_on")?,
            owner: row.opt_id("owner_id")?,
            created_at: row.time("created_at")?,
            closed_at: row.opt_time("closed_at")?,
        })
    };
    rows.iter().map(aim).collect()
}

const QUESTION: &str = "id, text, topic, state, asked, links, piece_id, first_at, last_at, version";

fn read_question(row: &Row) -> Result<Question, StoreError> {
    Ok(Question {
        id: row.id("id")?,
        text: row.text("text")?,
        topic: row.text("topic")?,
        state: row.word("state")?,
        asked: row.int("asked")?,
        links: row.text("links")?,
        piece: row.opt_id("piece_id")?,
        first_at: row.time("first_at")?,
        last_at: row.time("last_at")?,
        version: row.int("version")?,
    })
}

/// Stores a new question (id 0), or a change of one, if nobody changed it since its version. Says its id.
pub async fn save_question(
    tx: &mut Tx,
    viewer: &Viewer,
    question: &Question,
    now: Timestamp,
) -> Result<QuestionId, StoreError> {
    if question.id.0 != 0 {
        let rows = tx
            .run(
                "UPDATE question SET text = $1, topic = $2, state = $3, asked = $4, links = $5, piece_id = $6, last_at = $7, version = version + 1
                 WHERE workspace_id = $8 AND id = $9 AND version = $10",
                args![
                    &question.text,
                    &question.topic,
                    question.state.as_str(),
                    question.asked,
                    &question.links,
                    question.piece,
                    question.last_at,
                    viewer.workspace,
                    question.id,
                    question.version
                ],
            )
            .await?;
        unchanged(rows, "the question")?;
        return Ok(question.id);
    }
    let id = QuestionId(tx.next_id(now));
    tx.run(
        "INSERT INTO question (id, workspace_id, text, topic, state, asked, links, piece_id, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            id,
            viewer.workspace,
            &question.text,
            &question.topic,
            question.state.as_str(),
            question.asked,
            &question.links,
            question.piece,
            question.first_at,
            question.last_at
        ],
    )
    .await?;
    Ok(id)
}

/// Questions in a state, asked most often first; all that are open or planned when no state is named.
pub async fn questions(
    conn: &mut Conn,
    viewer: &Viewer,
    state: Option<QuestionState>,
) -> Result<Vec<Question>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {QUESTION} FROM question WHERE workspace_id = $1 AND (state = $2 OR ($2 = '' AND state IN ('open', 'planned')))
                 ORDER BY asked DESC, last_at DESC, id LIMIT 500"
            ),
            args![viewer.workspace, state.map_or("", QuestionState::as_str)],
        )
        .await?;
    rows.iter().map(read_question).collect()
}

/// One question.
pub async fn question(
    conn: &mut Conn,
    viewer: &Viewer,
    id: QuestionId,
) -> Result<Question, StoreError> {
    let row = conn
        .first(
            format!("SELECT {QUESTION} FROM question WHERE workspace_id = $1 AND id = $2"),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("question")), read_question)
}
