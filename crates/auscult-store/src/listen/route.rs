//! Where a new post goes in the inbox: into the conversation of its thread, into a new one, or nowhere.
//!
//! Our own answer that is heard again is not a new message: it closes the loop of its delivery.

use std::collections::HashMap;

use auscult_model::ids::ConversationId;
use auscult_model::inbox::{Audience, Direction, Reach};
use auscult_model::listen::{IngestOutcome, Route, RouteTo};
use auscult_model::member::Viewer;
use jiff::Timestamp;
use serde::Serialize;

use super::Batch;
use super::content::{Written, entry_text};
use super::open::{self, Opening};
use crate::arg::args;
use crate::batch::{id_list, json_rows, json_text, numbers, rows, texts};
use crate::db::Tx;
use crate::error::StoreError;

/// A resolved conversation is opened again by a message within this time; later ones open a new one.
const REOPEN_MS: i64 = 30 * 86_400_000;

/// A conversation that has the thread now.
#[derive(Clone)]
pub(crate) struct There {
    pub(crate) id: ConversationId,
    pub(crate) reach: Reach,
    pub(crate) resolved_at: Option<i64>,
    pub(crate) reopened: i64,
}

/// Messages for one thread, oldest first.
pub(crate) struct Thread<'a> {
    pub(crate) source: &'a str,
    pub(crate) root: &'a str,
    pub(crate) messages: Vec<&'a Written<'a>>,
}

/// Puts the new ones of a batch into conversations.
pub(crate) async fn route(
    tx: &mut Tx,
    batch: Batch<'_>,
    written: &[Written<'_>],
    outcome: &mut IngestOutcome,
) -> Result<(), StoreError> {
    let Batch { viewer, from, now } = batch;
    let fresh: Vec<&Written<'_>> = written.iter().filter(|one| !one.revised).collect();
    let fresh = close_loops(tx, viewer, fresh, now).await?;
    let threads = by_thread(&fresh);
    if threads.is_empty() {
        return Ok(());
    }
    let there = find(tx, viewer, &threads).await?;
    let (mut joins, mut openings) = (Vec::new(), Vec::new());
    for thread in threads {
        match there.get(&(thread.source.to_owned(), thread.root.to_owned())) {
            Some(found) if still_open(found, now) => joins.push((found.clone(), thread)),
            found => {
                if let Some(opening) = open::opening(thread, found.map(|found| found.id)) {
                    openings.push(opening);
                }
            }
        }
    }
    let (opened, raced) = open::open(tx, viewer, from, &openings, now).await?;
    for opening in raced {
        // Another node opened the thread's conversation between our look and our insert.
        let thread = Thread {
            source: opening.source,
            root: opening.root,
            messages: opening.messages.clone(),
        };
        let again = find(tx, viewer, std::slice::from_ref(&thread)).await?;
        if let Some(found) = again.into_values().next() {
            joins.push((found, thread));
        }
    }
    outcome.opened = opened.iter().map(|(id, _)| *id).collect();
    let joined = join(tx, &joins, outcome, now).await?;
    let mut entries = Vec::new();
    for (id, opening) in &opened {
        entries.extend(numbered(*id, opening.to.reach, 0, &opening.messages));
    }
    for ((found, thread), last_seq) in joins.iter().zip(joined) {
        let before = last_seq - i64::try_from(thread.messages.len()).unwrap_or(0);
        entries.extend(numbered(found.id, found.reach, before, &thread.messages));
    }
    outcome.touched = joins.iter().map(|(found, _)| found.id).collect();
    write_entries(tx, viewer, entries, now).await?;
    for id in outcome.opened.iter().chain(&outcome.touched) {
        tx.live(viewer.workspace, "conversation", id.0, now);
    }
    Ok(())
}

fn still_open(found: &There, now: Timestamp) -> bool {
    found
        .resolved_at
        .is_none_or(|resolved| now.as_millisecond() - resolved < REOPEN_MS)
}

/// Our own answers that are heard again: their deliveries are verified, their entries show the post.
async fn close_loops<'a>(
    tx: &mut Tx,
    viewer: &Viewer,
    fresh: Vec<&'a Written<'a>>,
    now: Timestamp,
) -> Result<Vec<&'a Written<'a>>, StoreError> {
    let own: Vec<&str> = fresh
        .iter()
        .filter(|one| one.arrival.new.own)
        .map(|one| one.arrival.key.external_id.as_str())
        .collect();
    if own.is_empty() {
        return Ok(fresh);
    }
    let sql = format!(
        "SELECT id, external_id, COALESCE(conversation_id, 0) AS conversation_id FROM delivery
         WHERE workspace_id = $2 AND external_id IN {}",
        texts(tx.engine(), 1)
    );
    let mut loops = HashMap::new();
    for row in tx
        .all(sql, args![json_text(&own)?, viewer.workspace])
        .await?
    {
        loops.insert(
            row.text("external_id")?,
            (row.int("id")?, row.int("conversation_id")?),
        );
    }
    let mut rest = Vec::with_capacity(fresh.len());
    for one in fresh {
        let Some((delivery, conversation)) = loops
            .get(&one.arrival.key.external_id)
            .filter(|_| one.arrival.new.own)
        else {
            rest.push(one);
            continue;
        };
        tx.run(
            "UPDATE delivery SET state = 'verified', verified_at = $1, sent_at = COALESCE(sent_at, $1), version = version + 1
             WHERE id = $2 AND state IN ('sending', 'sent', 'unknown')",
            args![now, *delivery],
        )
        .await?;
        tx.run(
            "UPDATE entry SET post_id = $1 WHERE delivery_id = $2",
            args![one.id, *delivery],
        )
        .await?;
        if *conversation != 0 {
            tx.run(
                "UPDATE post SET conversation_id = $1 WHERE id = $2",
                args![*conversation, one.id],
            )
            .await?;
            tx.live(viewer.workspace, "conversation", *conversation, now);
        }
    }
    Ok(rest)
}

fn by_thread<'a>(fresh: &[&'a Written<'a>]) -> Vec<Thread<'a>> {
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    let mut threads: Vec<Thread<'a>> = Vec::new();
    for one in fresh {
        let (source, root) = (one.arrival.key.source.as_str(), open::root_of(one));
        let place = *places.entry((source, root)).or_insert_with(|| {
            threads.push(Thread {
                source,
                root,
                messages: Vec::new(),
            });
            threads.len() - 1
        });
        if let Some(thread) = threads.get_mut(place) {
            thread.messages.push(one);
        }
    }
    for thread in &mut threads {
        thread
            .messages
            .sort_by_key(|one| (one.arrival.new.posted_at, one.id));
    }
    threads.sort_by(|one, two| (one.source, one.root).cmp(&(two.source, two.root)));
    threads
}

/// The conversations that have these threads now.
async fn find(
    tx: &mut Tx,
    viewer: &Viewer,
    threads: &[Thread<'_>],
) -> Result<HashMap<(String, String), There>, StoreError> {
    #[derive(Serialize)]
    struct ThreadRow<'a> {
        source: &'a str,
        root: &'a str,
    }
    let keys: Vec<ThreadRow<'_>> = threads
        .iter()
        .map(|thread| ThreadRow {
            source: thread.source,
            root: thread.root,
        })
        .collect();
    let sql = format!(
        "SELECT c.id AS id, c.source AS source, c.thread_key AS thread_key, c.reach AS reach,
         CASE WHEN c.state = 'resolved' THEN c.resolved_at ELSE NULL END AS resolved_at, c.reopened AS reopened
         FROM {} JOIN conversation c ON c.workspace_id = $2 AND c.source = r.source AND c.thread_key = r.root",
        rows(tx.engine(), 1, "source text, root text")
    );
    let mut there = HashMap::new();
    for row in tx
        .all(sql, args![json_rows(&keys)?, viewer.workspace])
        .await?
    {
        let found = There {
            id: row.id("id")?,
            reach: row.word("reach")?,
            resolved_at: row.opt_int("resolved_at")?,
            reopened: row.int("reopened")?,
        };
        there.insert((row.text("source")?, row.text("thread_key")?), found);
    }
    Ok(there)
}

/// What the messages of a batch mean for a conversation that is there.
#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a row of a batch: what is said is yes or no"
)]
struct JoinRow {
    conv: i64,
    n: usize,
    calls: bool,
    answered: bool,
    inbound: bool,
    since: Option<i64>,
    replied: Option<i64>,
    due: Option<i64>,
    newest: i64,
    line: String,
    urgent: u8,
    salient: u8,
    hidden: bool,
}

const JOIN_COLUMNS: &str = "conv bigint, n bigint, calls boolean, answered boolean, inbound boolean, since bigint, \
  replied bigint, due bigint, newest bigint, line text, urgent bigint, salient bigint, hidden boolean";

fn join_row(found: &There, thread: &Thread<'_>) -> JoinRow {
    let mut row = JoinRow {
        conv: found.id.0,
        n: thread.messages.len(),
        calls: false,
        answered: false,
        inbound: false,
        since: None,
        replied: None,
        due: None,
        newest: 0,
        line: String::new(),
        urgent: 0,
        salient: 0,
        hidden: false,
    };
    for message in &thread.messages {
        let new = message.arrival.new;
        let posted = new.posted_at.as_millisecond();
        if new.own {
            (row.calls, row.since, row.due, row.answered) = (false, None, None, true);
            row.replied = row.replied.or(Some(posted));
        } else {
            row.inbound = true;
            row.salient = row.salient.max(new.findings.salience);
            row.hidden |= new.restricted;
            if let Route::Conversation(to) = &new.route {
                take_route(&mut row, to, posted);
            }
        }
        row.newest = posted;
        row.line = open::last_line(message);
    }
    row
}

fn take_route(row: &mut JoinRow, to: &RouteTo, posted: i64) {
    row.urgent = row.urgent.max(to.urgency);
    row.hidden |= to.restricted;
    if to.needs_answer {
        row.calls = true;
        row.since = row.since.or(Some(posted));
        let due = to.due_at.map(Timestamp::as_millisecond);
        row.due = match (row.due, due) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
    }
}

/// Moves the conversations that are there, and says the last entry number of each.
async fn join(
    tx: &mut Tx,
    joins: &[(There, Thread<'_>)],
    outcome: &mut IngestOutcome,
    now: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    if joins.is_empty() {
        return Ok(Vec::new());
    }
    let changes: Vec<JoinRow> = joins
        .iter()
        .map(|(found, thread)| join_row(found, thread))
        .collect();
    let sql = format!(
        "UPDATE conversation SET last_seq = last_seq + r.n, version = version + 1,
           last_line = CASE WHEN r.newest >= last_at THEN r.line ELSE last_line END,
           last_at = CASE WHEN r.newest > last_at THEN r.newest ELSE last_at END,
           urgency = CASE WHEN r.urgent > urgency THEN r.urgent ELSE urgency END,
           salience = CASE WHEN r.salient > salience THEN r.salient ELSE salience END,
           restricted = (restricted OR r.hidden), mark_safety = (mark_safety OR r.hidden),
           mark_external = (mark_external OR r.answered), needs_answer = (needs_answer OR r.calls),
           reopened = reopened + CASE WHEN r.calls AND state = 'resolved' THEN 1 ELSE 0 END,
           waiting_since = CASE WHEN r.calls AND state = 'new' THEN COALESCE(waiting_since, r.since)
             WHEN r.calls THEN r.since WHEN r.answered THEN NULL ELSE waiting_since END,
           due_at = CASE WHEN r.calls AND state = 'new' THEN COALESCE(due_at, r.due)
             WHEN r.calls THEN r.due WHEN r.answered THEN NULL ELSE due_at END,
           first_reply_at = COALESCE(first_reply_at, r.replied),
           first_due_at = COALESCE(first_due_at, r.due),
           resolved_at = CASE WHEN r.calls THEN NULL ELSE resolved_at END,
           resolve_reason = CASE WHEN r.calls THEN NULL ELSE resolve_reason END,
           snoozed_until = CASE WHEN r.inbound THEN NULL ELSE snoozed_until END,
           state = CASE WHEN r.calls THEN 'new' WHEN r.answered AND state IN ('new', 'snoozed') THEN 'waiting'
             WHEN r.inbound AND state = 'snoozed' THEN 'new' ELSE state END
         FROM {} WHERE conversation.id = r.conv
         RETURNING conversation.id AS id, conversation.last_seq AS last_seq, conversation.reopened AS reopened",
        rows(tx.engine(), 1, JOIN_COLUMNS)
    );
    let mut last = HashMap::new();
    for row in tx.all(sql, args![json_rows(&changes)?]).await? {
        last.insert(row.int("id")?, (row.int("last_seq")?, row.int("reopened")?));
    }
    let mut numbers = Vec::with_capacity(joins.len());
    for (found, _) in joins {
        let (last_seq, reopened) = last
            .get(&found.id.0)
            .copied()
            .unwrap_or((0, found.reopened));
        if reopened > found.reopened {
            outcome.reopened.push(found.id);
            let data = r#"{"what":"reopened"}"#;
            crate::inbox::note_event(tx, found.id, None, data, now).await?;
        }
        numbers.push(last_seq);
    }
    Ok(numbers)
}

/// An entry on its way in.
#[derive(Serialize)]
pub(crate) struct EntryRow {
    id: i64,
    workspace_id: i64,
    conversation_id: i64,
    seq: i64,
    kind: &'static str,
    direction: &'static str,
    audience: &'static str,
    author_name: String,
    author_handle: String,
    staff: bool,
    text: String,
    post_id: i64,
    external_id: String,
    parent_external_id: Option<String>,
    url: Option<String>,
    at: i64,
}

const ENTRY_NAMES: &str = "id, workspace_id, conversation_id, seq, kind, direction, audience, author_name, author_handle, staff, \
  text, post_id, external_id, parent_external_id, url, at";
const ENTRY_COLUMNS: &str = "id bigint, workspace_id bigint, conversation_id bigint, seq bigint, kind text, direction text, \
  audience text, author_name text, author_handle text, staff boolean, text text, post_id bigint, external_id text, \
  parent_external_id text, url text, at bigint";

/// The messages as entries, numbered from after `before`.
fn numbered(
    id: ConversationId,
    reach: Reach,
    before: i64,
    messages: &[&Written<'_>],
) -> Vec<EntryRow> {
    let audience = match reach {
        Reach::Public => Audience::Public,
        Reach::Private => Audience::Private,
    };
    messages
        .iter()
        .zip(before + 1..)
        .map(|(message, seq)| {
            let post = &message.arrival.new.post;
            let author = post.author.clone().unwrap_or_default();
            let direction = if message.arrival.new.own {
                Direction::Out
            } else {
                Direction::In
            };
            EntryRow {
                id: 0,
                workspace_id: 0,
                conversation_id: id.0,
                seq,
                kind: "message",
                direction: direction.as_str(),
                audience: audience.as_str(),
                author_name: author.name.unwrap_or_default(),
                author_handle: author.handle.unwrap_or_default(),
                staff: message.arrival.new.staff,
                text: entry_text(message.arrival),
                post_id: message.id.0,
                external_id: message.arrival.key.external_id.clone(),
                parent_external_id: post.parent.as_ref().and_then(|parent| parent.id.clone()),
                url: post.url.clone(),
                at: message.arrival.new.posted_at.as_millisecond(),
            }
        })
        .collect()
}

async fn write_entries(
    tx: &mut Tx,
    viewer: &Viewer,
    mut entries: Vec<EntryRow>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    for entry in &mut entries {
        entry.id = tx.next_id(now);
        entry.workspace_id = viewer.workspace.0;
    }
    let json = json_rows(&entries)?;
    let from = rows(tx.engine(), 1, ENTRY_COLUMNS);
    tx.run(
        format!("INSERT INTO entry ({ENTRY_NAMES}) SELECT {ENTRY_NAMES} FROM {from} WHERE true"),
        args![&json],
    )
    .await?;
    tx.run(
        format!("UPDATE post SET conversation_id = r.conversation_id FROM {from} WHERE post.id = r.post_id"),
        args![&json],
    )
    .await?;
    Ok(())
}

/// Gives up the thread of conversations that were resolved long ago.
pub(crate) async fn give_up_thread(tx: &mut Tx, ids: &[ConversationId]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE conversation SET thread_key = thread_root || '#' || id WHERE id IN {}",
        numbers(tx.engine(), 1)
    );
    tx.run(sql, args![id_list(ids.iter().map(|id| id.0))])
        .await?;
    Ok(())
}

/// What [`open::open`] gives back: the opened ones, and those whose thread another node opened first.
pub(crate) type Opened<'a, 'b> = (Vec<(ConversationId, &'b Opening<'a>)>, Vec<&'b Opening<'a>>);
