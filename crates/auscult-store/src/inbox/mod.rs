//! The inbox: conversations in the order of the queue, what is in them, and every move they can make.
//!
//! A member with teams sees conversations of no team, of their teams, and their own; owners, managers, members
//! without a team and the system see all. Restricted conversations are for the safety desk.

mod entry;
mod queue;
mod transition;

use auscult_model::ids::{ConversationId, MemberId};
use auscult_model::inbox::{Conversation, Mark};
use auscult_model::member::{Role, Viewer};

use crate::arg::{Arg, args};
use crate::batch::{id_list, numbers};
use crate::db::{Conn, Engine};
use crate::error::StoreError;
use crate::row::Row;

pub(crate) use entry::{NewEntry, append, note_event};
pub use entry::{add_note, entries, entry_of_delivery, open_post};
pub use queue::{COUNT_CAP, counts, list, of_case, of_person};
pub(crate) use transition::answered;
pub use transition::{
    Expected, add_label, assign, mark, remove_label, reopen, resolve, resolve_silent, set_case,
    set_due, set_priority, set_restricted, set_team, set_urgency, snooze, take, wake_due,
};

pub(crate) const COLUMNS: &str = "c.id AS id, c.number AS number, c.channel_id AS channel_id, c.source AS source, c.thread_root AS thread_root,
  c.reach AS reach, c.state AS state, c.resolve_reason AS resolve_reason, c.assignee_id AS assignee_id, c.team_id AS team_id,
  c.priority AS priority, c.urgency AS urgency, c.salience AS salience, c.restricted AS restricted, c.needs_answer AS needs_answer,
  c.mark_held AS mark_held, c.mark_approval AS mark_approval, c.mark_safety AS mark_safety, c.mark_legal AS mark_legal,
  c.mark_external AS mark_external, c.version AS version, c.last_seq AS last_seq, c.waiting_since AS waiting_since, c.due_at AS due_at,
  c.snoozed_until AS snoozed_until, c.opened_at AS opened_at, c.first_reply_at AS first_reply_at, c.resolved_at AS resolved_at,
  c.reopened AS reopened, c.last_at AS last_at, c.last_line AS last_line, c.identity_id AS identity_id, c.person_id AS person_id,
  c.person_name AS person_name, c.handle AS handle, c.post_id AS post_id, c.case_id AS case_id,
  (c.last_seq > COALESCE((SELECT rm.seq FROM read_mark rm WHERE rm.conversation_id = c.id AND rm.member_id = $3), 0)) AS unread";

fn read(row: &Row) -> Result<Conversation, StoreError> {
    let mut marks = Vec::new();
    for (mark, column) in MARKS {
        if row.flag(column)? {
            marks.push(mark);
        }
    }
    Ok(Conversation {
        id: row.id("id")?,
        number: row.int("number")?,
        channel: row.opt_id("channel_id")?,
        source: row.text("source")?,
        thread_root: row.text("thread_root")?,
        reach: row.word("reach")?,
        state: row.word("state")?,
        resolve_reason: row.opt_word("resolve_reason")?,
        assignee: row.opt_id("assignee_id")?,
        team: row.opt_id("team_id")?,
        priority: row.word("priority")?,
        urgency: row.small("urgency")?,
        salience: row.small("salience")?,
        restricted: row.flag("restricted")?,
        needs_answer: row.flag("needs_answer")?,
        marks,
        version: row.int("version")?,
        last_seq: row.int("last_seq")?,
        waiting_since: row.opt_time("waiting_since")?,
        due_at: row.opt_time("due_at")?,
        snoozed_until: row.opt_time("snoozed_until")?,
        opened_at: row.time("opened_at")?,
        first_reply_at: row.opt_time("first_reply_at")?,
        resolved_at: row.opt_time("resolved_at")?,
        reopened: row.int("reopened")?,
        last_at: row.time("last_at")?,
        last_line: row.text("last_line")?,
        identity: row.opt_id("identity_id")?,
        person: row.opt_id("person_id")?,
        person_name: row.text("person_name")?,
        handle: row.text("handle")?,
        post: row.opt_id("post_id")?,
        case: row.opt_id("case_id")?,
        labels: Vec::new(),
        unread: row.flag("unread")?,
    })
}

const MARKS: [(Mark, &str); 5] = [
    (Mark::Held, "mark_held"),
    (Mark::ApprovalAsked, "mark_approval"),
    (Mark::Safety, "mark_safety"),
    (Mark::LegalHold, "mark_legal"),
    (Mark::External, "mark_external"),
];

/// Whether a viewer sees only conversations of some teams.
pub(crate) fn limited_to_teams(viewer: &Viewer) -> bool {
    viewer.member.is_some()
        && !matches!(viewer.role, Role::Owner | Role::Manager)
        && !viewer.teams.is_empty()
}

/// The first three bound values of every query on conversations: workspace, teams, member.
pub(crate) fn viewer_args(viewer: &Viewer) -> Vec<Arg> {
    let teams = std::iter::once(0).chain(viewer.teams.iter().map(|team| team.0));
    args![
        viewer.workspace,
        id_list(teams),
        viewer.member.unwrap_or(MemberId(0))
    ]
}

/// What lets the viewer of [`viewer_args`] see a conversation `c`.
pub(crate) fn may_see(engine: Engine, viewer: &Viewer) -> String {
    let restricted = if viewer.sees_restricted() {
        ""
    } else {
        " AND c.restricted = FALSE"
    };
    let teams = if limited_to_teams(viewer) {
        format!(
            " AND (c.team_key IN {} OR c.assignee_id = $3)",
            numbers(engine, 2)
        )
    } else {
        String::new()
    };
    format!("c.workspace_id = $1{restricted}{teams}")
}

/// Reads conversations with their labels.
async fn read_all(
    conn: &mut Conn,
    sql: String,
    args: Vec<Arg>,
) -> Result<Vec<Conversation>, StoreError> {
    let rows = conn.all(sql, args).await?;
    let mut conversations: Vec<Conversation> = rows.iter().map(read).collect::<Result<_, _>>()?;
    if conversations.is_empty() {
        return Ok(conversations);
    }
    let sql = format!(
        "SELECT k.conversation_id AS conversation_id, l.name AS name FROM conversation_label k JOIN label l ON l.id = k.label_id
         WHERE k.conversation_id IN {} ORDER BY l.name",
        numbers(conn.engine(), 1)
    );
    let ids = id_list(conversations.iter().map(|conversation| conversation.id.0));
    for row in conn.all(sql, args![ids]).await? {
        let id: ConversationId = row.id("conversation_id")?;
        if let Some(conversation) = conversations
            .iter_mut()
            .find(|conversation| conversation.id == id)
        {
            conversation.labels.push(row.text("name")?);
        }
    }
    Ok(conversations)
}

/// One conversation.
pub async fn get(
    conn: &mut Conn,
    viewer: &Viewer,
    id: ConversationId,
) -> Result<Conversation, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation c WHERE {} AND c.id = $4",
        may_see(conn.engine(), viewer)
    );
    let mut args = viewer_args(viewer);
    args.push(id.into());
    read_all(conn, sql, args)
        .await?
        .pop()
        .ok_or(StoreError::NotFound("conversation"))
}

/// A conversation by its number as shown.
pub async fn by_number(
    conn: &mut Conn,
    viewer: &Viewer,
    number: i64,
) -> Result<Conversation, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation c WHERE {} AND c.number = $4",
        may_see(conn.engine(), viewer)
    );
    let mut args = viewer_args(viewer);
    args.push(number.into());
    read_all(conn, sql, args)
        .await?
        .pop()
        .ok_or(StoreError::NotFound("conversation"))
}
