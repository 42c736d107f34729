//! Rows out: posts, conversations, decisions, page by page. What is on the safety desk and notes among us stay inside.

use auscult_model::ids::PostId;
use auscult_model::inbox::{Conversation, EntryKind, InboxView, QueuePlace};
use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_model::search::PostFilter;
use auscult_store::{decision, inbox};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::error::AppError;
use crate::right::Right;
use crate::search;

pub use auscult_connect::import::csv_safe;

/// Rows of a page.
const PAGE: u32 = 500;
/// Every conversation is in one of these views.
const VIEWS: [InboxView; 4] = [
    InboxView::WaitingLongest,
    InboxView::Waiting,
    InboxView::Snoozed,
    InboxView::Resolved,
];

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was heard.
    Posts,
    /// Conversations with their messages.
    Conversations,
    /// The decision record.
    Decisions,
}

/// Which rows.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What.
    pub kind: Kind,
    /// A query of the watch language, for posts.
    pub query: String,
    /// Not older than this.
    pub from: Option<Timestamp>,
}

/// Where an export stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    post: Option<PostId>,
    view: usize,
    queue: Option<QueuePlace>,
    decision: Option<i64>,
}

/// A row, as JSON.
pub type Row = Map<String, Value>;

/// A page of rows and where the next one starts; `None` at the end.
pub async fn page(
    app: &App,
    viewer: &Viewer,
    wanted: &Wanted,
    at: Place,
) -> Result<(Vec<Row>, Option<Place>), AppError> {
    Right::Export.demand(viewer)?;
    match wanted.kind {
        Kind::Posts => posts(app, viewer, wanted, at).await,
        Kind::Conversations => conversations(app, viewer, wanted, at).await,
        Kind::Decisions => decisions(app, viewer, wanted, at).await,
    }
}

/// The columns of a table: name, and where the row keeps it.
pub const fn columns(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Posts => &[
            ("id", "/id"),
            ("source", "/source"),
            ("kind", "/kind"),
            ("created_at", "/created_at"),
            ("url", "/url"),
            ("title", "/title"),
            ("text", "/text"),
            ("author_name", "/author/name"),
            ("author_handle", "/author/handle"),
            ("lang", "/lang"),
            ("stars", "/stars"),
            ("sentiment", "/sentiment"),
            ("intent", "/intent"),
            ("urgency", "/urgency"),
            ("salience", "/salience"),
            ("topics", "/topic"),
            ("flags", "/flags"),
            ("heard_at", "/heard_at"),
        ],
        Kind::Conversations => &[
            ("number", "/number"),
            ("source", "/source"),
            ("reach", "/reach"),
            ("state", "/state"),
            ("resolve_reason", "/resolve_reason"),
            ("person", "/person"),
            ("handle", "/handle"),
            ("urgency", "/urgency"),
            ("salience", "/salience"),
            ("needs_answer", "/needs_answer"),
            ("labels", "/labels"),
            ("opened_at", "/opened_at"),
            ("due_at", "/due_at"),
            ("first_reply_at", "/first_reply_at"),
            ("resolved_at", "/resolved_at"),
            ("last_line", "/last_line"),
        ],
        Kind::Decisions => &[
            ("number", "/number"),
            ("at", "/at"),
            ("kind", "/kind"),
            ("member", "/member"),
            ("approved_by", "/approved_by"),
            ("text_hash", "/text_hash"),
            ("rules", "/rules"),
            ("verdict", "/verdict"),
            ("detail", "/detail"),
            ("hash", "/hash"),
        ],
    }
}

/// A value as a cell: lists joined, nothing for null.
pub fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list
            .iter()
            .map(|item| cell(Some(item)))
            .collect::<Vec<_>>()
            .join("; "),
        Some(other) => other.to_string(),
    }
}

/// A line of CSV whose cells no spreadsheet takes for formulas.
pub fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| {
        let safe = csv_safe(&cell);
        if safe.contains([',', '"', '\n', '\r', ';']) {
            format!("\"{}\"", safe.replace('"', "\"\""))
        } else {
            safe.into_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(",")
}

async fn posts(
    app: &App,
    viewer: &Viewer,
    wanted: &Wanted,
    at: Place,
) -> Result<(Vec<Row>, Option<Place>), AppError> {
    let filter = PostFilter {
        from: wanted.from,
        ..PostFilter::default()
    };
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let found = search::posts(app, viewer, (&wanted.query, &filter), at.post, limit).await?;
    let rows = found
        .posts
        .into_iter()
        .filter(|post| !post.restricted)
        .map(post)
        .collect();
    Ok((
        rows,
        found.next.map(|next| Place {
            post: Some(next),
            ..at
        }),
    ))
}

fn post(stored: StoredPost) -> Row {
    let mut row = match serde_json::to_value(&stored.post) {
        Ok(Value::Object(row)) => row,
        Ok(_) | Err(_) => Row::new(),
    };
    row.insert("created_at".to_owned(), json!(stored.posted_at));
    row.insert("heard_at".to_owned(), json!(stored.heard_at));
    row.insert("salience".to_owned(), json!(stored.findings.salience));
    row.insert("flags".to_owned(), json!(stored.findings.flags));
    row.insert("own".to_owned(), json!(stored.own));
    row
}

async fn conversations(
    app: &App,
    viewer: &Viewer,
    wanted: &Wanted,
    at: Place,
) -> Result<(Vec<Row>, Option<Place>), AppError> {
    let Some(view) = VIEWS.get(at.view) else {
        return Ok((Vec::new(), None));
    };
    let mut conn = app.read().await?;
    let page = inbox::list(&mut conn, viewer, view, at.queue, PAGE).await?;
    let mut rows = Vec::with_capacity(page.conversations.len());
    for found in page.conversations {
        if found.restricted || wanted.from.is_some_and(|from| found.opened_at < from) {
            continue;
        }
        let entries = inbox::entries(&mut conn, viewer, found.id, 0).await?;
        let messages = entries.iter().filter(|entry| entry.kind == EntryKind::Message).map(|entry| {
            json!({ "direction": entry.direction, "audience": entry.audience, "author": entry.author_name, "text": entry.text, "at": entry.at })
        });
        rows.push(conversation(found, messages.collect()));
    }
    let next = match page.next {
        Some(queue) => Place {
            queue: Some(queue),
            ..at
        },
        None => Place {
            view: at.view + 1,
            queue: None,
            ..at
        },
    };
    Ok((rows, Some(next)))
}

fn conversation(found: Conversation, messages: Vec<Value>) -> Row {
    let row = json!({
        "number": found.number,
        "source": found.source,
        "reach": found.reach,
        "state": found.state,
        "resolve_reason": found.resolve_reason,
        "person": found.person_name,
        "handle": found.handle,
        "urgency": found.urgency,
        "salience": found.salience,
        "needs_answer": found.needs_answer,
        "labels": found.labels,
        "opened_at": found.opened_at,
        "due_at": found.due_at,
        "first_reply_at": found.first_reply_at,
        "resolved_at": found.resolved_at,
        "last_line": found.last_line,
        "messages": messages,
    });
    match row {
        Value::Object(row) => row,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Row::new()
        }
    }
}

async fn decisions(
    app: &App,
    viewer: &Viewer,
    wanted: &Wanted,
    at: Place,
) -> Result<(Vec<Row>, Option<Place>), AppError> {
    let found = decision::list(&mut app.read().await?, viewer, None, at.decision, PAGE).await?;
    let last = found.last().map(|decision| decision.number);
    let is_full = found.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
    let kept = found
        .into_iter()
        .filter(|decision| wanted.from.is_none_or(|from| decision.at >= from));
    let rows = kept.map(|decision| {
        let made = decision.decided;
        let mut row = Row::new();
        let pairs = [
            ("number", json!(decision.number)),
            ("at", json!(decision.at)),
            ("kind", json!(made.kind)),
            ("member", json!(decision.member)),
            ("approved_by", json!(made.approved_by)),
            ("text_hash", json!(made.text_hash)),
            ("rules", json!(made.rules)),
            (
                "verdict",
                serde_json::from_str(&made.verdict).unwrap_or_default(),
            ),
            (
                "detail",
                serde_json::from_str(&made.detail).unwrap_or_default(),
            ),
            ("hash", json!(decision.hash)),
        ];
        row.extend(pairs.map(|(name, value)| (name.to_owned(), value)));
        row
    });
    Ok((
        rows.collect(),
        last.filter(|_| is_full).map(|number| Place {
            decision: Some(number),
            ..at
        }),
    ))
}
