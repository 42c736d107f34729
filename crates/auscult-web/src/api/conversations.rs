//! The inbox: views, one conversation, answers, notes, and what is done with it.

use auscult_app::answer::{self, Sending};
use auscult_app::error::AppError;
use auscult_app::inbox::{self, Act};
use auscult_model::inbox::{Conversation, Entry, InboxView, Internal, Priority, QueuePlace, ResolveReason};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, Read, Write};
use super::{Asked, Body, limit};
use crate::error::ApiError;
use crate::pages::Site;

/// Which conversations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `waiting_longest` (unless said), `mine`, `unassigned`, `safety`, `approvals`, `public`, `private`, `snoozed`, `sent_later`, `waiting`, `resolved` or `my_teams`.
    view: Option<String>,
    /// A query of the watch language over their posts, in any state; the view is left aside then.
    #[serde(default)]
    q: String,
    /// The `next` of the page before.
    #[serde(default)]
    after: String,
    /// Rows of a search, 200 at most.
    limit: Option<usize>,
}

/// A page of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Conversations {
    /// The rows, in the order of work.
    items: Vec<Row>,
    /// Where the next page starts.
    next: Option<String>,
}

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub(super) struct Row {
    /// Its number.
    number: i64,
    /// Network or feed.
    source: String,
    /// `public` or `private`.
    reach: String,
    /// `new`, `waiting`, `snoozed` or `resolved`.
    state: String,
    /// Why it is finished.
    resolve_reason: Option<String>,
    /// Name of the person.
    person: String,
    /// Handle of the person.
    handle: String,
    /// The last line, shortened.
    last_line: String,
    /// Who has it.
    assignee: Option<String>,
    /// `low`, `normal` or `high`.
    priority: String,
    /// 0 to 3.
    urgency: u8,
    /// 0 to 100.
    salience: u8,
    /// Whether an answer is owed.
    needs_answer: bool,
    /// Labels.
    labels: Vec<String>,
    /// Since when the person waits.
    waiting_since: Option<String>,
    /// When the next answer is due.
    due_at: Option<String>,
    /// When it was opened.
    opened_at: String,
    /// When we answered first.
    first_reply_at: Option<String>,
    /// When it was resolved.
    resolved_at: Option<String>,
    /// Grows with each change; an answer may name the version it was written against.
    version: i64,
}

/// A conversation and what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Whole {
    /// The conversation.
    conversation: Row,
    /// What was said and done, oldest first.
    entries: Vec<Line>,
}

/// Something in a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Line {
    /// Its place.
    number: i64,
    /// `message`, `note` or `event`.
    kind: String,
    /// `in`, `out` or `within`.
    direction: String,
    /// `public`, `private` or `internal`: internal words never leave the house.
    audience: String,
    /// Name of the author.
    author: String,
    /// The words; empty when they were removed.
    text: String,
    /// Where it can be read.
    url: Option<String>,
    /// When.
    at: String,
}

impl Row {
    fn of(found: Conversation) -> Self {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            number: found.number,
            source: found.source,
            reach: found.reach.to_string(),
            state: found.state.to_string(),
            resolve_reason: found.resolve_reason.map(|reason| reason.to_string()),
            person: found.person_name,
            handle: found.handle,
            last_line: found.last_line,
            assignee: found.assignee.map(|id| id.to_string()),
            priority: found.priority.to_string(),
            urgency: found.urgency,
            salience: found.salience,
            needs_answer: found.needs_answer,
            labels: found.labels,
            waiting_since: time(found.waiting_since),
            due_at: time(found.due_at),
            opened_at: found.opened_at.to_string(),
            first_reply_at: time(found.first_reply_at),
            resolved_at: time(found.resolved_at),
            version: found.version,
        }
    }
}

impl Line {
    fn of(entry: Entry) -> Self {
        Self {
            number: entry.seq,
            kind: entry.kind.to_string(),
            direction: entry.direction.to_string(),
            audience: entry.audience.to_string(),
            author: entry.author_name,
            text: entry.text,
            url: entry.url,
            at: entry.at.to_string(),
        }
    }
}

/// A view of the inbox, or a search in it.
#[utoipa::path(get, path = "/conversations", tag = "inbox", params(Which), security(("token" = ["read"])), responses((status = 200, body = Conversations), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn list(State(site): State<Site>, caller: Caller<Read>, Asked(asked): Asked<Which>) -> Result<Json<Conversations>, ApiError> {
    if !asked.q.trim().is_empty() {
        let found = inbox::search(&site.app, caller.viewer(), &asked.q, limit(asked.limit)).await?;
        return Ok(Json(Conversations { items: found.into_iter().map(Row::of).collect(), next: None }));
    }
    let view = view(asked.view.as_deref().unwrap_or("waiting_longest"))?;
    let page = inbox::list(&site.app, caller.viewer(), &view, place(&asked.after)?).await?;
    Ok(Json(Conversations { items: page.conversations.into_iter().map(Row::of).collect(), next: page.next.map(written) }))
}

/// One conversation with its messages, notes and events.
#[utoipa::path(get, path = "/conversations/{number}", tag = "inbox", params(("number" = i64, Path, description = "Its number")), security(("token" = ["read"])), responses((status = 200, body = Whole), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn get(State(site): State<Site>, caller: Caller<Read>, Path(number): Path<i64>) -> Result<Json<Whole>, ApiError> {
    let (conversation, entries) = inbox::look(&site.app, caller.viewer(), number).await?;
    Ok(Json(Whole { conversation: Row::of(conversation), entries: entries.into_iter().map(Line::of).collect() }))
}

/// Who reads an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reader {
    /// Everybody.
    Public,
    /// The person alone.
    Private,
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnswer {
    /// The words.
    text: String,
    /// Who reads them.
    audience: Reader,
    /// A key of the sender's own: the same key twice is one answer.
    client_key: String,
    /// The version of the conversation it was written against; the present one unless said.
    version: Option<i64>,
}

/// What became of an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Answered {
    /// `going_out`, `known` (the key was used before) or `approval_asked`.
    state: &'static str,
    /// The delivery.
    delivery: Option<String>,
    /// The request for approval.
    approval: Option<String>,
    /// When it leaves, unless it is taken back.
    leaves_at: Option<String>,
}

/// Answer: the guard and the approval rules hold here as on the page.
#[utoipa::path(post, path = "/conversations/{number}/answers", tag = "inbox", params(("number" = i64, Path, description = "Its number")), request_body = NewAnswer, security(("token" = ["write"])), responses((status = 202, body = Answered), (status = 200, body = Answered, description = "The key was used before"), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn answer(State(site): State<Site>, caller: Caller<Write>, Path(number): Path<i64>, Body(new): Body<NewAnswer>) -> Result<(StatusCode, Json<Answered>), ApiError> {
    if new.client_key.trim().is_empty() || new.client_key.len() > 200 {
        return Err(AppError::invalid("client_key", "name this answer by a key of 1 to 200 bytes").into());
    }
    let version = match new.version {
        Some(version) => version,
        None => inbox::by_number(&site.app, caller.viewer(), number).await?.version,
    };
    let private = new.audience == Reader::Private;
    let wanted = answer::Answer { number, version, private, text: new.text, key: new.client_key, later: None };
    let sending = answer::send(&site.app, caller.viewer(), &wanted).await?;
    let (status, state, delivery, approval, leaves_at) = match sending {
        Sending::GoingOut(id, at) => (StatusCode::ACCEPTED, "going_out", Some(id.to_string()), None, Some(at.to_string())),
        Sending::Known(id) => (StatusCode::OK, "known", Some(id.to_string()), None, None),
        Sending::Asked(id) => (StatusCode::ACCEPTED, "approval_asked", None, Some(id.to_string()), None),
    };
    Ok((status, Json(Answered { state, delivery, approval, leaves_at })))
}

/// A note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNote {
    /// The words, for us alone.
    text: String,
}

/// Write a note among us; it cannot go out.
#[utoipa::path(post, path = "/conversations/{number}/notes", tag = "inbox", params(("number" = i64, Path, description = "Its number")), request_body = NewNote, security(("token" = ["write"])), responses((status = 204), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn note(State(site): State<Site>, caller: Caller<Write>, Path(number): Path<i64>, Body(new): Body<NewNote>) -> Result<StatusCode, ApiError> {
    let conversation = inbox::by_number(&site.app, caller.viewer(), number).await?;
    inbox::add_note(&site.app, caller.viewer(), conversation.id, &Internal::default(), &new.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Doing {
    /// Give it to `member`, or to nobody.
    Assign,
    /// Take it, if nobody has it.
    Take,
    /// Give it to `team`, or to none.
    Team,
    /// Let it rest until `until`.
    Snooze,
    /// Finish it with `reason`.
    Resolve,
    /// Open it again.
    Reopen,
    /// Move it in the order of work to `priority`.
    Priority,
}

/// Something to do with a conversation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAct {
    /// What.
    act: Doing,
    /// The member's id, for `assign`.
    member: Option<String>,
    /// The team's id, for `team`.
    team: Option<String>,
    /// An instant, for `snooze`.
    until: Option<String>,
    /// `answered`, `answered_elsewhere`, `no_answer_needed`, `no_answer`, `spam`, `duplicate` or `handed_over`, for `resolve`.
    reason: Option<String>,
    /// `low`, `normal` or `high`, for `priority`.
    priority: Option<String>,
    /// The version that was seen; the present one unless said.
    version: Option<i64>,
}

/// Assign, take, snooze, resolve, reopen, reorder.
#[utoipa::path(post, path = "/conversations/{number}/act", tag = "inbox", params(("number" = i64, Path, description = "Its number")), request_body = NewAct, security(("token" = ["write"])), responses((status = 204), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn act(State(site): State<Site>, caller: Caller<Write>, Path(number): Path<i64>, Body(new): Body<NewAct>) -> Result<StatusCode, ApiError> {
    let act = new.act()?;
    let conversation = inbox::by_number(&site.app, caller.viewer(), number).await?;
    let version = new.version.unwrap_or(conversation.version);
    inbox::act(&site.app, caller.viewer(), (conversation.id, version), act).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl NewAct {
    fn act(&self) -> Result<Act, ApiError> {
        Ok(match self.act {
            Doing::Assign => Act::Assign(self.member.as_deref().map(|id| read("member", id)).transpose()?),
            Doing::Take => Act::Take,
            Doing::Team => Act::Team(self.team.as_deref().map(|id| read("team", id)).transpose()?),
            Doing::Snooze => Act::Snooze(read("until", self.until.as_deref().unwrap_or_default())?),
            Doing::Resolve => Act::Resolve(read::<ResolveReason>("reason", self.reason.as_deref().unwrap_or("answered"))?),
            Doing::Reopen => Act::Reopen,
            Doing::Priority => Act::Priority(read::<Priority>("priority", self.priority.as_deref().unwrap_or_default())?),
        })
    }
}

fn read<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, ApiError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| AppError::invalid(field, error.to_string()).into())
}

fn view(word: &str) -> Result<InboxView, ApiError> {
    let value = serde_json::Value::from(word);
    serde_json::from_value(value).map_err(|error| AppError::invalid("view", error.to_string()).into())
}

/// The place after which a page starts, as five numbers.
fn place(text: &str) -> Result<Option<QueuePlace>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    let numbers: Vec<i64> = text.split('.').filter_map(|part| part.parse().ok()).collect();
    match numbers.as_slice() {
        [band, at, dullness, waiting_since, id] => Ok(Some(QueuePlace { band: *band, at: *at, dullness: *dullness, waiting_since: *waiting_since, id: *id })),
        _ => Err(AppError::invalid("after", "go on with the `next` of the page before").into()),
    }
}

fn written(place: QueuePlace) -> String {
    format!("{}.{}.{}.{}.{}", place.band, place.at, place.dullness, place.waiting_since, place.id)
}
