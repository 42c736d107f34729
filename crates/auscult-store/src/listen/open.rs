//! Opening a conversation: its number, the account and person it is with, its first place in the queue.

use std::collections::{HashMap, HashSet};

use auscult_model::ids::ConversationId;
use auscult_model::inbox::ConversationState;
use auscult_model::listen::{IngestFrom, Route, RouteTo};
use auscult_model::member::Viewer;
use jiff::Timestamp;
use serde::Serialize;

use super::content::Written;
use super::route::{Opened, Thread, give_up_thread};
use crate::arg::args;
use crate::batch::{json_rows, rows};
use crate::counter;
use crate::db::Tx;
use crate::error::StoreError;

/// A conversation to be opened.
pub(crate) struct Opening<'a> {
    pub(crate) source: &'a str,
    pub(crate) root: &'a str,
    /// The opening message first.
    pub(crate) messages: Vec<&'a Written<'a>>,
    pub(crate) to: RouteTo,
    /// The conversation that had the thread and was resolved long ago.
    pub(crate) instead_of: Option<ConversationId>,
}

/// The root of a message's thread; its own name when it starts one.
pub(crate) fn root_of<'a>(message: &Written<'a>) -> &'a str {
    let new = message.arrival.new;
    if new.thread_root.is_empty() {
        &new.post.id
    } else {
        &new.thread_root
    }
}

/// The last line as the list shows it.
pub(crate) fn last_line(message: &Written<'_>) -> String {
    shorten(
        message
            .arrival
            .new
            .post
            .text
            .as_deref()
            .or(message.arrival.new.post.title.as_deref())
            .unwrap_or_default(),
    )
}

/// The first 140 characters, on one line.
pub(crate) fn shorten(text: &str) -> String {
    let mut line = String::with_capacity(160);
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 560 {
            break;
        }
    }
    line.chars().take(140).collect()
}

/// What of a thread opens a conversation: the first message that is routed there, and all after it.
pub(crate) fn opening(
    thread: Thread<'_>,
    instead_of: Option<ConversationId>,
) -> Option<Opening<'_>> {
    let routed = |message: &Written<'_>| {
        !message.arrival.new.own && matches!(message.arrival.new.route, Route::Conversation(_))
    };
    let place = thread.messages.iter().position(|message| routed(message))?;
    let messages = thread.messages.into_iter().skip(place).collect::<Vec<_>>();
    let Route::Conversation(to) = &messages.first()?.arrival.new.route else {
        return None;
    };
    let to = to.clone();
    Some(Opening {
        source: thread.source,
        root: thread.root,
        messages,
        to,
        instead_of,
    })
}

#[derive(Serialize)]
struct ConversationRow<'a> {
    id: i64,
    workspace_id: i64,
    number: i64,
    channel_id: Option<i64>,
    source: &'a str,
    thread_root: &'a str,
    reach: &'static str,
    state: &'static str,
    team_id: Option<i64>,
    urgency: u8,
    salience: u8,
    restricted: bool,
    needs_answer: bool,
    mark_external: bool,
    last_seq: usize,
    waiting_since: Option<i64>,
    due_at: Option<i64>,
    opened_at: i64,
    first_reply_at: Option<i64>,
    last_at: i64,
    last_line: String,
    identity_id: Option<i64>,
    person_id: Option<i64>,
    person_name: String,
    handle: String,
    post_id: i64,
}

const NAMES: &str = "id, workspace_id, number, channel_id, source, thread_root, reach, state, team_id, urgency, salience, restricted, \
  needs_answer, mark_external, last_seq, waiting_since, due_at, opened_at, first_reply_at, last_at, last_line, identity_id, \
  person_id, person_name, handle, post_id";
const COLUMNS: &str = "id bigint, workspace_id bigint, number bigint, channel_id bigint, source text, thread_root text, reach text, \
  state text, team_id bigint, urgency bigint, salience bigint, restricted boolean, needs_answer boolean, mark_external boolean, \
  last_seq bigint, waiting_since bigint, due_at bigint, opened_at bigint, first_reply_at bigint, last_at bigint, last_line text, \
  identity_id bigint, person_id bigint, person_name text, handle text, post_id bigint";

impl<'a> ConversationRow<'a> {
    /// Goes through the messages in order: who spoke last decides who waits.
    fn new(viewer: &Viewer, from: &IngestFrom, opening: &Opening<'a>, first: &Written<'_>) -> Self {
        let author = first.arrival.new.post.author.clone().unwrap_or_default();
        let handle = author.handle.unwrap_or_default();
        let mut row = Self {
            id: 0,
            workspace_id: viewer.workspace.0,
            number: 0,
            channel_id: from.channel.map(|id| id.0),
            source: opening.source,
            thread_root: opening.root,
            reach: opening.to.reach.as_str(),
            state: ConversationState::Waiting.as_str(),
            team_id: opening.to.team.map(|id| id.0),
            urgency: 0,
            salience: 0,
            restricted: false,
            needs_answer: false,
            mark_external: false,
            last_seq: opening.messages.len(),
            waiting_since: None,
            due_at: None,
            opened_at: first.arrival.new.posted_at.as_millisecond(),
            first_reply_at: None,
            last_at: 0,
            last_line: String::new(),
            identity_id: None,
            person_id: None,
            person_name: author
                .name
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| handle.clone()),
            handle,
            post_id: first.id.0,
        };
        for message in &opening.messages {
            row.hear(message);
        }
        row
    }

    fn hear(&mut self, message: &Written<'_>) {
        let new = message.arrival.new;
        let posted = new.posted_at.as_millisecond();
        self.last_at = posted;
        self.last_line = last_line(message);
        if new.own {
            self.state = ConversationState::Waiting.as_str();
            (self.waiting_since, self.due_at, self.mark_external) = (None, None, true);
            self.first_reply_at = self.first_reply_at.or(Some(posted));
            return;
        }
        self.salience = self.salience.max(new.findings.salience);
        self.restricted |= new.restricted;
        let Route::Conversation(to) = &new.route else {
            return;
        };
        self.urgency = self.urgency.max(to.urgency);
        self.restricted |= to.restricted;
        if to.needs_answer {
            self.needs_answer = true;
            self.state = ConversationState::New.as_str();
            self.waiting_since = self.waiting_since.or(Some(posted));
            self.due_at = self.due_at.or(to.due_at.map(Timestamp::as_millisecond));
        }
    }
}

/// Opens conversations. Those whose thread was taken by another node meanwhile come back unopened.
pub(crate) async fn open<'a, 'b>(
    tx: &mut Tx,
    viewer: &Viewer,
    from: &IngestFrom,
    openings: &'b [Opening<'a>],
    now: Timestamp,
) -> Result<Opened<'a, 'b>, StoreError> {
    if openings.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let old: Vec<ConversationId> = openings
        .iter()
        .filter_map(|opening| opening.instead_of)
        .collect();
    give_up_thread(tx, &old).await?;
    let accounts = accounts(tx, viewer, openings, now).await?;
    let count = i64::try_from(openings.len()).unwrap_or(i64::MAX);
    let last = counter::take(tx, viewer.workspace, "conversations", count).await?;
    let mut proposed = Vec::with_capacity(openings.len());
    for (opening, number) in openings.iter().zip(last - count + 1..) {
        let Some(first) = opening.messages.first() else {
            continue;
        };
        let mut row = ConversationRow::new(viewer, from, opening, first);
        (row.id, row.number) = (tx.next_id(now), number);
        if let Some((identity, person)) = account_key(first).and_then(|key| accounts.get(&key)) {
            (row.identity_id, row.person_id) = (Some(*identity), Some(*person));
        }
        proposed.push(row);
    }
    let sql = format!(
        "INSERT INTO conversation ({NAMES}, thread_key, mark_safety, first_due_at) SELECT {NAMES}, thread_root, restricted, due_at FROM {} WHERE true
         ON CONFLICT (workspace_id, source, thread_key) DO NOTHING RETURNING id",
        rows(tx.engine(), 1, COLUMNS)
    );
    let stored = tx.all(sql, args![json_rows(&proposed)?]).await?;
    let stored: HashSet<i64> = stored
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    let (mut opened, mut raced) = (Vec::with_capacity(openings.len()), Vec::new());
    for (opening, row) in openings.iter().zip(&proposed) {
        if stored.contains(&row.id) {
            opened.push((ConversationId(row.id), opening));
        } else {
            raced.push(opening);
        }
    }
    Ok((opened, raced))
}

/// What names the account of a message's author: network and stable id, or handle.
fn account_key(message: &Written<'_>) -> Option<(String, String)> {
    let author = message.arrival.new.post.author.as_ref()?;
    let name = author
        .id
        .as_ref()
        .or(author.handle.as_ref())
        .filter(|name| !name.is_empty())?;
    Some((message.arrival.key.source.clone(), name.clone()))
}

#[derive(Serialize)]
struct AccountRow {
    id: i64,
    workspace_id: i64,
    source: String,
    external_id: String,
    handle: Option<String>,
    name: Option<String>,
    person_id: i64,
    seen: i64,
}

/// The accounts that open conversations, made where they are new: identity and person of each.
async fn accounts(
    tx: &mut Tx,
    viewer: &Viewer,
    openings: &[Opening<'_>],
    now: Timestamp,
) -> Result<HashMap<(String, String), (i64, i64)>, StoreError> {
    let mut wanted: HashMap<(String, String), AccountRow> = HashMap::new();
    for first in openings
        .iter()
        .filter_map(|opening| opening.messages.first())
    {
        let Some(key) = account_key(first) else {
            continue;
        };
        let author = first.arrival.new.post.author.clone().unwrap_or_default();
        let row = AccountRow {
            id: tx.next_id(now),
            workspace_id: viewer.workspace.0,
            source: key.0.clone(),
            external_id: key.1.clone(),
            handle: author.handle,
            name: author.name,
            person_id: tx.next_id(now),
            seen: now.as_millisecond(),
        };
        wanted.insert(key, row);
    }
    let mut proposed: Vec<AccountRow> = wanted.into_values().collect();
    proposed
        .sort_by(|one, two| (&one.source, &one.external_id).cmp(&(&two.source, &two.external_id)));
    if proposed.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = "id bigint, workspace_id bigint, source text, external_id text, handle text, name text, person_id bigint, seen bigint";
    let sql = format!(
        "INSERT INTO identity (id, workspace_id, source, external_id, handle, name, person_id, first_seen, last_seen)
         SELECT id, workspace_id, source, external_id, handle, name, person_id, seen, seen FROM {} WHERE true
         ON CONFLICT (workspace_id, source, external_id) DO UPDATE SET last_seen = excluded.last_seen,
         handle = COALESCE(excluded.handle, identity.handle), name = COALESCE(excluded.name, identity.name)
         RETURNING id, source, external_id, person_id",
        rows(tx.engine(), 1, columns)
    );
    let mut accounts = HashMap::new();
    for row in tx.all(sql, args![json_rows(&proposed)?]).await? {
        accounts.insert(
            (row.text("source")?, row.text("external_id")?),
            (row.int("id")?, row.int("person_id")?),
        );
    }
    let fresh: HashSet<i64> = accounts.values().map(|(_, person)| *person).collect();
    proposed.retain(|row| fresh.contains(&row.person_id));
    if !proposed.is_empty() {
        let sql = format!(
            "INSERT INTO person (id, workspace_id, name, created_at)
             SELECT person_id, workspace_id, COALESCE(name, handle, external_id), seen FROM {} WHERE true",
            rows(tx.engine(), 1, columns)
        );
        tx.run(sql, args![json_rows(&proposed)?]).await?;
    }
    Ok(accounts)
}
