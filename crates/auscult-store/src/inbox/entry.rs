//! What is in a conversation: messages, notes, events. Their numbers are the order of showing.

use auscult_model::ids::{ConversationId, DeliveryId, EntryId, MemberId, PostId};
use auscult_model::inbox::{Audience, Direction, Entry, EntryKind, Internal};
use auscult_model::listen::{IngestFrom, IngestItem, IngestOutcome, NewPost, Route, RouteTo};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use super::{get, limited_to_teams, may_see, viewer_args};
use crate::arg::args;
use crate::batch::numbers;
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::row::Row;
use crate::search::bind;

const COLUMNS: &str = "e.id AS id, e.seq AS seq, e.kind AS kind, e.direction AS direction, e.audience AS audience, e.member_id AS member_id,
  e.author_name AS author_name, e.author_handle AS author_handle, e.text AS text, e.post_id AS post_id, e.delivery_id AS delivery_id,
  e.external_id AS external_id, e.parent_external_id AS parent_external_id, e.url AS url, e.data AS data, e.at AS at, e.removed_at AS removed_at";

fn read(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.id("id")?,
        seq: row.int("seq")?,
        kind: row.word("kind")?,
        direction: row.word("direction")?,
        audience: row.word("audience")?,
        member: row.opt_id("member_id")?,
        author_name: row.text("author_name")?,
        author_handle: row.text("author_handle")?,
        text: row.text("text")?,
        post: row.opt_id("post_id")?,
        delivery: row.opt_id("delivery_id")?,
        external_id: row.opt_text("external_id")?,
        parent_external_id: row.opt_text("parent_external_id")?,
        url: row.opt_text("url")?,
        data: row.text("data")?,
        at: row.time("at")?,
        removed_at: row.opt_time("removed_at")?,
    })
}

/// Entries after a number, in order, 500 at most. Notes for another team stay hidden.
pub async fn entries(
    conn: &mut Conn,
    viewer: &Viewer,
    id: ConversationId,
    after: i64,
) -> Result<Vec<Entry>, StoreError> {
    let mut args = viewer_args(viewer);
    let (id, after) = (bind(&mut args, id), bind(&mut args, after));
    let engine = conn.engine();
    let notes = if limited_to_teams(viewer) {
        format!(
            "AND (e.audience_team_id IS NULL OR e.audience_team_id IN {} OR e.member_id = $3)",
            numbers(engine, 2)
        )
    } else {
        String::new()
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM entry e JOIN conversation c ON c.id = e.conversation_id
         WHERE {} AND e.conversation_id = ${id} AND e.seq > ${after} {notes} ORDER BY e.seq LIMIT 500",
        may_see(engine, viewer)
    );
    conn.all(sql, args).await?.iter().map(read).collect()
}

/// The entry that shows a delivery.
pub async fn entry_of_delivery(
    conn: &mut Conn,
    viewer: &Viewer,
    delivery: DeliveryId,
) -> Result<Option<Entry>, StoreError> {
    let mut args = viewer_args(viewer);
    let delivery = bind(&mut args, delivery);
    let sql = format!(
        "SELECT {COLUMNS} FROM entry e JOIN conversation c ON c.id = e.conversation_id WHERE {} AND e.delivery_id = ${delivery}",
        may_see(conn.engine(), viewer)
    );
    conn.first(sql, args).await?.as_ref().map(read).transpose()
}

/// An entry on its way in, numbered here.
pub(crate) struct NewEntry<'a> {
    pub(crate) kind: EntryKind,
    pub(crate) direction: Direction,
    pub(crate) audience: Audience,
    pub(crate) team: Option<auscult_model::ids::TeamId>,
    pub(crate) member: Option<MemberId>,
    pub(crate) text: &'a str,
    pub(crate) data: &'a str,
    pub(crate) delivery: Option<DeliveryId>,
    pub(crate) parent_external_id: Option<&'a str>,
}

/// Adds an entry at the end of a conversation that the caller checked.
pub(crate) async fn append(
    tx: &mut Tx,
    id: ConversationId,
    new: &NewEntry<'_>,
    now: Timestamp,
) -> Result<EntryId, StoreError> {
    let entry = EntryId(tx.next_id(now));
    let row = tx
        .first(
            "UPDATE conversation SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq, workspace_id",
            args![id],
        )
        .await?
        .ok_or(StoreError::NotFound("conversation"))?;
    let workspace: auscult_model::ids::WorkspaceId = row.id("workspace_id")?;
    tx.run(
        "INSERT INTO entry (id, workspace_id, conversation_id, seq, kind, direction, audience, audience_team_id, member_id, author_name,
           text, delivery_id, parent_external_id, data, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, COALESCE((SELECT u.name FROM member m JOIN app_user u ON u.id = m.user_id
           WHERE m.id = $9), ''), $10, $11, $12, $13, $14)",
        args![
            entry,
            workspace,
            id,
            row.int("last_seq")?,
            new.kind.as_str(),
            new.direction.as_str(),
            new.audience.as_str(),
            new.team,
            new.member,
            new.text,
            new.delivery,
            new.parent_external_id,
            new.data,
            now
        ],
    )
    .await?;
    tx.live(workspace, "conversation", id.0, now);
    Ok(entry)
}

/// Notes that something happened; `data` is JSON with a `what` key.
pub(crate) async fn note_event(
    tx: &mut Tx,
    id: ConversationId,
    member: Option<MemberId>,
    data: &str,
    now: Timestamp,
) -> Result<EntryId, StoreError> {
    let new = NewEntry {
        kind: EntryKind::Event,
        direction: Direction::Within,
        audience: Audience::Internal,
        team: None,
        member,
        text: "",
        data,
        delivery: None,
        parent_external_id: None,
    };
    append(tx, id, &new, now).await
}

/// Adds a note among us. Its audience is [`Internal`]: there is no way from here to the outbox.
pub async fn add_note(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ConversationId,
    note: (&Internal, &str),
    now: Timestamp,
) -> Result<EntryId, StoreError> {
    get(tx, viewer, id).await?;
    let (audience, text) = note;
    let new = NewEntry {
        kind: EntryKind::Note,
        direction: Direction::Within,
        audience: Audience::Internal,
        team: audience.team,
        member: viewer.member,
        text,
        data: "{}",
        delivery: None,
        parent_external_id: None,
    };
    let entry = append(tx, id, &new, now).await?;
    if let Some(member) = viewer.member {
        crate::attention::read_up_to_end(tx, id, member, now).await?;
    }
    Ok(entry)
}

/// Opens a conversation for a post that was heard, or finds the one its thread has.
pub async fn open_post(
    tx: &mut Tx,
    viewer: &Viewer,
    post: PostId,
    to: &RouteTo,
    now: Timestamp,
) -> Result<ConversationId, StoreError> {
    let stored = crate::post::get(tx, viewer, post).await?;
    if let Some(conversation) = stored.conversation {
        return Ok(conversation);
    }
    let new = NewPost {
        posted_at: stored.posted_at,
        version_at: stored.posted_at,
        thread_root: stored.thread_root,
        findings: stored.findings,
        staff: stored.staff,
        restricted: stored.restricted,
        route: Route::Conversation(to.clone()),
        post: stored.post,
        ..NewPost::default()
    };
    let from = IngestFrom {
        channel: stored.channel,
        ..IngestFrom::default()
    };
    let mut outcome = IngestOutcome::default();
    crate::listen::route_stored(
        tx,
        viewer,
        (&from, &[IngestItem::Post(Box::new(new))], post),
        &mut outcome,
        now,
    )
    .await?;
    outcome
        .opened
        .first()
        .or(outcome.touched.first())
        .copied()
        .ok_or(StoreError::NotFound("post"))
}
