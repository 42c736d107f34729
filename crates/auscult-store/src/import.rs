//! Imports of files, raw events as received, items that could not be read, and webhook deliveries that were seen.

use auscult_model::ids::{ChannelId, ImportId, MemberId, RawEventId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::{Arg, args};
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::listen;
use crate::row::Row;

/// A file import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The file's name.
    pub file_name: String,
    /// Who imported it.
    pub member: Option<MemberId>,
    /// New posts.
    pub stored: i64,
    /// Posts that were there.
    pub known: i64,
    /// Rows that were refused.
    pub refused: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was finished.
    pub ended_at: Option<Timestamp>,
    /// When it was taken back.
    pub rolled_back_at: Option<Timestamp>,
}

/// An item that could not be read, kept aside with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenItem {
    /// Its id; 0 for a new one.
    pub id: i64,
    /// The channel that brought it.
    pub channel: Option<ChannelId>,
    /// The import that brought it.
    pub import: Option<ImportId>,
    /// Where it stood: file and line, or the name on the source.
    pub place: String,
    /// What is wrong, and how to mend it.
    pub reason: String,
    /// The bytes as received.
    pub bytes: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

/// A raw event as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawKept {
    /// Its id.
    pub id: RawEventId,
    /// The channel that brought it.
    pub channel: Option<ChannelId>,
    /// Network or feed.
    pub source: String,
    /// The name on the source.
    pub external_id: String,
    /// The name of the version.
    pub version: String,
    /// What the bytes are.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
}

/// Columns of an item that could not be read.
const BROKEN: &str = "id, channel_id, import_id, place, reason, body, body_bytes, at";

/// Begins an import.
pub async fn begin(
    tx: &mut Tx,
    viewer: &Viewer,
    file_name: &str,
    now: Timestamp,
) -> Result<ImportId, StoreError> {
    let id = ImportId(tx.next_id(now));
    tx.run(
        "INSERT INTO import (id, workspace_id, file_name, member_id, started_at) VALUES ($1, $2, $3, $4, $5)",
        args![id, viewer.workspace, file_name, viewer.member, now],
    )
    .await?;
    Ok(id)
}

/// Ends an import. Its counts of new and known posts grew with each batch; rows refused before are added here.
pub async fn end(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ImportId,
    refused: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE import SET ended_at = $1, refused = refused + $2 WHERE workspace_id = $3 AND id = $4",
            args![now, refused, viewer.workspace, id],
        )
        .await?;
    found(rows, "import")?;
    tx.live(viewer.workspace, "import", id.0, now);
    Ok(())
}

/// Ends an import that stopped on the way, for `why`; the row that says so stands among its refused rows.
pub async fn stop(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ImportId,
    file_name: &str,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    end(tx, viewer, id, 1, now).await?;
    let item = BrokenItem {
        id: 0,
        channel: None,
        import: Some(id),
        place: file_name.to_owned(),
        reason: format!(
            "the import stopped here: {why}. Import the file again: what is stored already is not stored twice"
        ),
        bytes: Vec::new(),
        at: now,
    };
    keep_broken(tx, viewer, &item, now).await
}

/// Ends imports of the workspace that began before `before` and have not ended: their process is gone.
pub async fn stop_forgotten(
    tx: &mut Tx,
    viewer: &Viewer,
    before: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .all(
            "SELECT id, file_name FROM import
             WHERE workspace_id = $1 AND ended_at IS NULL AND rolled_back_at IS NULL AND started_at < $2",
            args![viewer.workspace, before],
        )
        .await?;
    for row in &rows {
        let name = row.text("file_name")?;
        stop(tx, viewer, row.id("id")?, &name, "the program ended", now).await?;
    }
    Ok(())
}

/// Imports of the workspace, newest first.
pub async fn list(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Import>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, file_name, member_id, stored, known, refused, started_at, ended_at, rolled_back_at FROM import
             WHERE workspace_id = $1 ORDER BY id DESC LIMIT 200",
            args![viewer.workspace],
        )
        .await?;
    let import = |row: &Row| {
        Ok(Import {
            id: row.id("id")?,
            file_name: row.text("file_name")?,
            member: row.opt_id("member_id")?,
            stored: row.int("stored")?,
            known: row.int("known")?,
            refused: row.int("refused")?,
            started_at: row.time("started_at")?,
            ended_at: row.opt_time("ended_at")?,
            rolled_back_at: row.opt_time("rolled_back_at")?,
        })
    };
    rows.iter().map(import).collect()
}

/// Takes an import back, 500 posts a call: posts with a conversation stay. Says how many are still to go; at 0
/// it is done. The posts may be imported again.
pub async fn roll_back(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ImportId,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let rows = tx
        .all(
            "SELECT id FROM post WHERE workspace_id = $1 AND import_id = $2 AND conversation_id IS NULL AND removed_at IS NULL ORDER BY id LIMIT 500",
            args![viewer.workspace, id],
        )
        .await?;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    listen::purge_posts(tx, viewer, &ids, now).await?;
    let left = tx
        .one(
            "SELECT CAST(count(*) AS BIGINT) AS n FROM post WHERE workspace_id = $1 AND import_id = $2 AND conversation_id IS NULL AND removed_at IS NULL",
            args![viewer.workspace, id],
        )
        .await?
        .int("n")?;
    if left == 0 {
        tx.run(
            "UPDATE broken_item SET settled_at = $1, body = NULL, body_bytes = NULL WHERE workspace_id = $2 AND import_id = $3 AND settled_at IS NULL",
            args![now, viewer.workspace, id],
        )
        .await?;
        tx.run(
            "UPDATE import SET rolled_back_at = $1 WHERE workspace_id = $2 AND id = $3",
            args![now, viewer.workspace, id],
        )
        .await?;
    }
    // Under a legal hold posts keep their words: there is nothing more to do then.
    Ok(if ids.is_empty() { 0 } else { left })
}

fn body(text: Option<String>, bytes: Option<Vec<u8>>) -> Vec<u8> {
    text.map_or_else(|| bytes.unwrap_or_default(), String::into_bytes)
}

fn split(bytes: &[u8]) -> (Arg, Arg) {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => (Arg::from(text), Arg::Bytes(None)),
        Ok(_) | Err(_) => (Arg::Text(None), Arg::from(bytes)),
    }
}

/// Keeps an item that could not be read. What a channel brings again and again, word for word, is kept once until it is
/// settled.
pub async fn keep_broken(
    tx: &mut Tx,
    viewer: &Viewer,
    item: &BrokenItem,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = tx.next_id(now);
    let (text, bytes) = split(&item.bytes);
    let mut values = args![
        id,
        viewer.workspace,
        item.channel,
        item.import,
        &item.place,
        &item.reason,
        now
    ];
    values.extend([text, bytes]);
    tx.run(
        "INSERT INTO broken_item (id, workspace_id, channel_id, import_id, place, reason, at, body, body_bytes)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (SELECT 1 FROM broken_item WHERE workspace_id = $2 AND channel_id = $3
           AND settled_at IS NULL AND (body = $8 OR body_bytes = $9))",
        values,
    )
    .await?;
    Ok(())
}

/// Items that could not be read and are not settled, newest first.
pub async fn broken(
    conn: &mut Conn,
    viewer: &Viewer,
    limit: u32,
) -> Result<Vec<BrokenItem>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {BROKEN} FROM broken_item WHERE workspace_id = $1 AND settled_at IS NULL ORDER BY at DESC, id DESC LIMIT $2"),
            args![viewer.workspace, limit],
        )
        .await?;
    rows.iter().map(item).collect()
}

/// Items of one import that could not be read and are not settled, in the order of the file.
pub async fn broken_of(
    conn: &mut Conn,
    viewer: &Viewer,
    import: ImportId,
    limit: u32,
) -> Result<Vec<BrokenItem>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {BROKEN} FROM broken_item WHERE workspace_id = $1 AND import_id = $2 AND settled_at IS NULL ORDER BY id LIMIT $3"),
            args![viewer.workspace, import, limit],
        )
        .await?;
    rows.iter().map(item).collect()
}

fn item(row: &Row) -> Result<BrokenItem, StoreError> {
    Ok(BrokenItem {
        id: row.int("id")?,
        channel: row.opt_id("channel_id")?,
        import: row.opt_id("import_id")?,
        place: row.text("place")?,
        reason: row.text("reason")?,
        bytes: body(row.opt_text("body")?, row.opt_bytes("body_bytes")?),
        at: row.time("at")?,
    })
}

/// Marks a broken item as dealt with; its bytes go.
pub async fn settle_broken(
    tx: &mut Tx,
    viewer: &Viewer,
    id: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE broken_item SET settled_at = $1, body = NULL, body_bytes = NULL WHERE workspace_id = $2 AND id = $3 AND settled_at IS NULL",
            args![now, viewer.workspace, id],
        )
        .await?;
    found(rows, "item")
}

/// Raw events after an id, oldest first: for a replay through newer rules.
pub async fn raw_after(
    conn: &mut Conn,
    viewer: &Viewer,
    after: Option<RawEventId>,
    limit: u32,
) -> Result<Vec<RawKept>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, channel_id, source, external_id, version, media_type, body, body_bytes, received_at FROM raw_event
             WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            args![viewer.workspace, after.map_or(0, |id| id.0), limit],
        )
        .await?;
    let raw = |row: &Row| {
        Ok(RawKept {
            id: row.id("id")?,
            channel: row.opt_id("channel_id")?,
            source: row.text("source")?,
            external_id: row.text("external_id")?,
            version: row.text("version")?,
            media_type: row.text("media_type")?,
            bytes: body(row.opt_text("body")?, row.opt_bytes("body_bytes")?),
            received_at: row.time("received_at")?,
        })
    };
    rows.iter().map(raw).collect()
}

/// Notes a webhook delivery; false when it was seen before (a replay or a second try).
pub async fn first_time(
    tx: &mut Tx,
    channel: ChannelId,
    delivery: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = tx
        .first(
            "INSERT INTO webhook_seen (channel_id, delivery, at) VALUES ($1, $2, $3) ON CONFLICT (channel_id, delivery) DO NOTHING RETURNING at",
            args![channel, delivery, now],
        )
        .await?;
    Ok(row.is_some())
}

/// Whether a webhook delivery was taken before.
pub async fn was_seen(
    conn: &mut Conn,
    channel: ChannelId,
    delivery: &str,
) -> Result<bool, StoreError> {
    let row = conn
        .first(
            "SELECT at FROM webhook_seen WHERE channel_id = $1 AND delivery = $2",
            args![channel, delivery],
        )
        .await?;
    Ok(row.is_some())
}

/// Forgets webhook deliveries seen before an instant.
pub async fn prune_seen(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run("DELETE FROM webhook_seen WHERE at < $1", args![before])
        .await
}
