//! The queue: pages by keyset on stored, indexed columns, and the counts beside the views.

use auscult_model::ids::{CaseId, PersonId};
use auscult_model::inbox::{Conversation, InboxCounts, InboxPage, InboxView, QueuePlace};
use auscult_model::member::Viewer;

use super::{COLUMNS, limited_to_teams, may_see, read_all, viewer_args};
use crate::arg::Arg;
use crate::batch::numbers;
use crate::db::{Conn, Engine};
use crate::error::StoreError;
use crate::search::bind;

/// Counts stop here: a view with this many holds at least as many.
pub const COUNT_CAP: i64 = 1_000;
/// A member of more teams than this is served by one walk instead of one for each team.
const TEAMS_APART: usize = 5;

/// A page of a view after a place, in the order of the queue.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    view: &InboxView,
    after: Option<QueuePlace>,
    limit: u32,
) -> Result<InboxPage, StoreError> {
    let mut args = viewer_args(viewer);
    let branches = branches(conn.engine(), viewer, view, &mut args);
    let after = after.map_or_else(String::new, |place| {
        let parts = [
            place.band,
            place.at,
            place.dullness,
            place.waiting_since,
            place.id,
        ];
        let bound = parts.map(|part| format!("${}", bind(&mut args, part)));
        format!(
            " AND (c.q_band, c.q_at, c.q_dull, c.q_since, c.id) > ({})",
            bound.join(", ")
        )
    });
    let most = bind(&mut args, i64::from(limit) + 1);
    let restricted = if viewer.sees_restricted() {
        ""
    } else {
        " AND c.restricted = FALSE"
    };
    let parts: Vec<String> = branches
        .iter()
        .map(|branch| {
            format!(
                "SELECT * FROM (SELECT c.id AS id, c.q_band AS q_band, c.q_at AS q_at, c.q_dull AS q_dull, c.q_since AS q_since
                 FROM conversation c WHERE {branch}{restricted}{after}
                 ORDER BY c.q_band, c.q_at, c.q_dull, c.q_since, c.id LIMIT ${most}) AS part"
            )
        })
        .collect();
    let order = "q_band, q_at, q_dull, q_since, id";
    let sql = format!(
        "SELECT {COLUMNS}, c.q_band AS q_band, c.q_at AS q_at, c.q_dull AS q_dull, c.q_since AS q_since
         FROM ({} ORDER BY {order} LIMIT ${most}) AS page JOIN conversation c ON c.id = page.id
         ORDER BY c.q_band, c.q_at, c.q_dull, c.q_since, c.id",
        parts.join(" UNION ALL ")
    );
    let mut conversations = read_all(conn, sql, args).await?;
    let more = conversations.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        conversations.pop();
    }
    let next = if more {
        conversations.last().map(place)
    } else {
        None
    };
    Ok(InboxPage {
        conversations,
        next,
    })
}

/// The place of a conversation in the queue; the same rule as the generated columns of the table.
pub(crate) fn place(conversation: &Conversation) -> QueuePlace {
    use auscult_model::inbox::ConversationState as State;
    let ms = |at: Option<jiff::Timestamp>| at.map(jiff::Timestamp::as_millisecond);
    let opened = conversation.opened_at.as_millisecond();
    let since = ms(conversation.waiting_since).unwrap_or(opened);
    let last = conversation.last_at.as_millisecond();
    let (band, at) = match (conversation.state, conversation.urgency) {
        (State::Waiting, _) => (3, last),
        (State::Snoozed, _) => (3, ms(conversation.snoozed_until).unwrap_or(opened)),
        (State::Resolved, _) => (3, -ms(conversation.resolved_at).unwrap_or(last)),
        (State::New, 3..) => (0, since),
        (State::New, urgency) => (
            if urgency == 2 { 1 } else { 2 },
            ms(conversation.due_at).unwrap_or(253_402_300_799_000),
        ),
    };
    QueuePlace {
        band,
        at,
        dullness: 100 - i64::from(conversation.salience),
        waiting_since: since,
        id: conversation.id.0,
    }
}

/// Conditions on `c`, each with its own walk along an index; together they are the view, without overlap.
fn branches(engine: Engine, viewer: &Viewer, view: &InboxView, args: &mut Vec<Arg>) -> Vec<String> {
    let visible = may_see_by_team(engine, viewer);
    let plain = |condition: &str| vec![format!("c.workspace_id = $1 AND {condition}{visible}")];
    match view {
        InboxView::Mine => {
            vec!["c.workspace_id = $1 AND c.assignee_id = $3 AND c.state = 'new'".to_owned()]
        }
        InboxView::Unassigned => by_team(
            engine,
            viewer,
            "c.assignee_id IS NULL AND c.state = 'new'",
            args,
        ),
        InboxView::WaitingLongest => by_team(engine, viewer, "c.state = 'new'", args),
        InboxView::Waiting => by_team(engine, viewer, "c.state = 'waiting'", args),
        InboxView::Snoozed => by_team(engine, viewer, "c.state = 'snoozed'", args),
        InboxView::Resolved => by_team(engine, viewer, "c.state = 'resolved'", args),
        InboxView::Safety => plain("c.mark_safety AND c.state <> 'resolved'"),
        InboxView::Approvals => plain("c.mark_approval AND c.state <> 'resolved'"),
        InboxView::Public => plain("c.reach = 'public' AND c.state = 'new'"),
        InboxView::Private => plain("c.reach = 'private' AND c.state = 'new'"),
        InboxView::SentLater => plain(SENT_LATER),
        InboxView::MyTeams => {
            let mut branches = Vec::with_capacity(viewer.teams.len());
            for team in &viewer.teams {
                let team = bind(args, *team);
                branches.push(format!(
                    "c.workspace_id = $1 AND c.team_key = ${team} AND c.state = 'new'"
                ));
            }
            if branches.is_empty() {
                vec!["c.workspace_id = $1 AND 1 = 0".to_owned()]
            } else {
                branches
            }
        }
        InboxView::Team(team) => {
            let team = bind(args, *team);
            each_open_state(&format!("c.team_key = ${team}{visible}"))
        }
        InboxView::Channel(channel) => {
            let channel = bind(args, *channel);
            each_open_state(&format!("c.channel_id = ${channel}{visible}"))
        }
        InboxView::Label(label) => {
            let label = bind(args, *label);
            plain(&format!(
                "c.id IN (SELECT k.conversation_id FROM conversation_label k WHERE k.label_id = ${label} AND k.workspace_id = $1)
                 AND c.state <> 'resolved'"
            ))
        }
    }
}

const SENT_LATER: &str =
    "c.id IN (SELECT d.conversation_id FROM delivery d WHERE d.workspace_id = $1
  AND d.state IN ('planned', 'held') AND d.conversation_id IS NOT NULL)";

fn each_open_state(condition: &str) -> Vec<String> {
    ["new", "waiting", "snoozed"]
        .iter()
        .map(|state| format!("c.workspace_id = $1 AND c.state = '{state}' AND {condition}"))
        .collect()
}

fn may_see_by_team(engine: Engine, viewer: &Viewer) -> String {
    if limited_to_teams(viewer) {
        format!(
            " AND (c.team_key IN {} OR c.assignee_id = $3)",
            numbers(engine, 2)
        )
    } else {
        String::new()
    }
}

/// One walk for each team the viewer sees, as long as these are few: a small team is then as quick as a large one.
fn by_team(engine: Engine, viewer: &Viewer, condition: &str, args: &mut Vec<Arg>) -> Vec<String> {
    if !limited_to_teams(viewer) || viewer.teams.len() > TEAMS_APART {
        return vec![format!(
            "c.workspace_id = $1 AND {condition}{}",
            may_see_by_team(engine, viewer)
        )];
    }
    let mut branches = vec![format!(
        "c.workspace_id = $1 AND c.team_key = 0 AND {condition}"
    )];
    for team in &viewer.teams {
        let team = bind(args, *team);
        branches.push(format!(
            "c.workspace_id = $1 AND c.team_key = ${team} AND {condition}"
        ));
    }
    let elsewhere = numbers(engine, 2);
    branches.push(format!(
        "c.workspace_id = $1 AND c.assignee_id = $3 AND c.team_key NOT IN {elsewhere} AND {condition}"
    ));
    branches
}

/// How many conversations each view holds, [`COUNT_CAP`] at most each.
pub async fn counts(
    conn: &mut Conn,
    viewer: &Viewer,
    now: jiff::Timestamp,
) -> Result<InboxCounts, StoreError> {
    let visible = may_see(conn.engine(), viewer);
    let teams: Vec<String> = viewer.teams.iter().map(|team| team.0.to_string()).collect();
    let my_teams = if teams.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("c.team_key IN ({})", teams.join(", "))
    };
    let mut args = viewer_args(viewer);
    let now = bind(&mut args, now);
    let counted = |name: &str, condition: &str| {
        format!(
            "(SELECT CAST(count(*) AS BIGINT) FROM (SELECT 1 AS one FROM conversation c WHERE {visible} AND {condition}
              LIMIT {COUNT_CAP}) AS few) AS {name}"
        )
    };
    let columns = [
        counted("mine", "c.assignee_id = $3 AND c.state = 'new'"),
        counted("unassigned", "c.assignee_id IS NULL AND c.state = 'new'"),
        counted("waiting_longest", "c.state = 'new'"),
        counted("safety", "c.mark_safety AND c.state <> 'resolved'"),
        counted("approvals", "c.mark_approval AND c.state <> 'resolved'"),
        counted("public", "c.reach = 'public' AND c.state = 'new'"),
        counted("private", "c.reach = 'private' AND c.state = 'new'"),
        counted("snoozed", "c.state = 'snoozed'"),
        counted("sent_later", SENT_LATER),
        counted("waiting", "c.state = 'waiting'"),
        counted("my_teams", &format!("{my_teams} AND c.state = 'new'")),
        counted(
            "overdue",
            &format!(
                "c.state = 'new' AND (c.q_band IN (1, 2) AND c.q_at < ${now} OR c.q_band = 0 AND c.due_at < ${now})"
            ),
        ),
    ];
    let row = conn
        .one(format!("SELECT {}", columns.join(", ")), args)
        .await?;
    Ok(InboxCounts {
        mine: row.int("mine")?,
        unassigned: row.int("unassigned")?,
        waiting_longest: row.int("waiting_longest")?,
        safety: row.int("safety")?,
        approvals: row.int("approvals")?,
        public: row.int("public")?,
        private: row.int("private")?,
        snoozed: row.int("snoozed")?,
        sent_later: row.int("sent_later")?,
        waiting: row.int("waiting")?,
        my_teams: row.int("my_teams")?,
        overdue: row.int("overdue")?,
    })
}

/// Conversations of a person (merged ones too), newest first, 200 at most.
pub async fn of_person(
    conn: &mut Conn,
    viewer: &Viewer,
    person: PersonId,
) -> Result<Vec<Conversation>, StoreError> {
    let mut args = viewer_args(viewer);
    let person = bind(&mut args, person);
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation c WHERE {} AND c.person_id IN (SELECT p.id FROM person p
         WHERE p.workspace_id = $1 AND (p.id = ${person} OR p.merged_into = ${person})) ORDER BY c.id DESC LIMIT 200",
        may_see(conn.engine(), viewer)
    );
    read_all(conn, sql, args).await
}

/// Conversations of a case, newest first.
pub async fn of_case(
    conn: &mut Conn,
    viewer: &Viewer,
    case: CaseId,
) -> Result<Vec<Conversation>, StoreError> {
    let mut args = viewer_args(viewer);
    let case = bind(&mut args, case);
    let sql = format!(
        "SELECT {COLUMNS} FROM conversation c WHERE {} AND c.case_id = ${case} ORDER BY c.id DESC LIMIT 200",
        may_see(conn.engine(), viewer)
    );
    read_all(conn, sql, args).await
}
