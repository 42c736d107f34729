//! Watches with their history, and the named lists they use. One change counter tells the live engine when to reload.

use auscult_model::ids::{ListId, WatchId, WorkspaceId};
use auscult_model::member::Viewer;
use auscult_model::watch::{ActiveWatches, NamedList, Watch, WatchVersion};
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::json_text;
use crate::counter;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found, unchanged};
use crate::row::Row;

/// The counter of changes belongs to no workspace.
const EVERYWHERE: WorkspaceId = WorkspaceId(0);
const WATCH: &str =
    "id, workspace_id, name, query, active, opens_conversations, version, created_at, changed_at";
const LIST: &str = "id, workspace_id, name, entries, version";

/// A watch to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWatch {
    /// Its name.
    pub name: String,
    /// The query in the watch language.
    pub query: String,
    /// Whether the live engine runs it.
    pub active: bool,
    /// Whether its hits open conversations.
    pub opens_conversations: bool,
    /// Why it is made, in words.
    pub why: String,
}

/// A named list to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveList {
    /// Its name.
    pub name: String,
    /// Its entries.
    pub entries: Vec<String>,
    /// The version it was made against; 0 for a new one.
    pub version: i64,
}

/// A change of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeWatch {
    /// The watch.
    pub id: WatchId,
    /// The version the change was made against.
    pub version: i64,
    /// What it becomes.
    pub to: NewWatch,
}

fn read_watch(row: &Row) -> Result<Watch, StoreError> {
    Ok(Watch {
        id: row.id("id")?,
        workspace: row.id("workspace_id")?,
        name: row.text("name")?,
        query: row.text("query")?,
        active: row.flag("active")?,
        opens_conversations: row.flag("opens_conversations")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
    })
}

fn read_list(row: &Row) -> Result<NamedList, StoreError> {
    Ok(NamedList {
        id: row.id("id")?,
        workspace: row.id("workspace_id")?,
        name: row.text("name")?,
        entries: row.json("entries")?,
        version: row.int("version")?,
    })
}

/// Stores a watch.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    new: &NewWatch,
    now: Timestamp,
) -> Result<WatchId, StoreError> {
    let id = WatchId(tx.next_id(now));
    tx.run(
        "INSERT INTO watch (id, workspace_id, name, query, active, opens_conversations, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        args![id, viewer.workspace, &new.name, &new.query, new.active, new.opens_conversations, now],
    )
    .await?;
    note_version(tx, viewer, (id, 1), new, now).await?;
    Ok(id)
}

async fn note_version(
    tx: &mut Tx,
    viewer: &Viewer,
    watch: (WatchId, i64),
    new: &NewWatch,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, version) = watch;
    tx.run(
        "INSERT INTO watch_version (watch_id, version, workspace_id, query, member_id, why, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            id,
            version,
            viewer.workspace,
            &new.query,
            viewer.member,
            &new.why,
            now
        ],
    )
    .await?;
    counter::take(tx, EVERYWHERE, "watches", 1).await?;
    tx.live(viewer.workspace, "watches", id.0, now);
    Ok(())
}

/// Changes a watch, if nobody changed it since the version it was made against. Says the new version.
pub async fn change(
    tx: &mut Tx,
    viewer: &Viewer,
    change: &ChangeWatch,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let rows = tx
        .run(
            "UPDATE watch SET name = $1, query = $2, active = $3, opens_conversations = $4, changed_at = $5, version = version + 1
             WHERE workspace_id = $6 AND id = $7 AND version = $8",
            args![
                &change.to.name,
                &change.to.query,
                change.to.active,
                change.to.opens_conversations,
                now,
                viewer.workspace,
                change.id,
                change.version
            ],
        )
        .await?;
    if rows == 0 {
        get(tx, viewer, change.id).await?;
        return Err(StoreError::conflict("the watch"));
    }
    note_version(tx, viewer, (change.id, change.version + 1), &change.to, now).await?;
    Ok(change.version + 1)
}

/// Removes a watch and its hits.
pub async fn remove(tx: &mut Tx, viewer: &Viewer, id: WatchId) -> Result<(), StoreError> {
    found(
        tx.run(
            "DELETE FROM watch WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?,
        "watch",
    )?;
    tx.run(
        "DELETE FROM watch_version WHERE workspace_id = $1 AND watch_id = $2",
        args![viewer.workspace, id],
    )
    .await?;
    tx.run(
        "DELETE FROM post_match WHERE workspace_id = $1 AND watch_id = $2",
        args![viewer.workspace, id],
    )
    .await?;
    counter::take(tx, EVERYWHERE, "watches", 1).await?;
    Ok(())
}

/// One watch.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: WatchId) -> Result<Watch, StoreError> {
    let row = conn
        .first(
            format!("SELECT {WATCH} FROM watch WHERE workspace_id = $1 AND id = $2"),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("watch")), read_watch)
}

/// Watches of the workspace, by name.
pub async fn list(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Watch>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {WATCH} FROM watch WHERE workspace_id = $1 ORDER BY name, id"),
            args![viewer.workspace],
        )
        .await?;
    rows.iter().map(read_watch).collect()
}

/// The wordings of a watch, newest first.
pub async fn versions(
    conn: &mut Conn,
    viewer: &Viewer,
    id: WatchId,
) -> Result<Vec<WatchVersion>, StoreError> {
    let rows = conn
        .all(
            "SELECT version, query, member_id, why, at FROM watch_version
             WHERE workspace_id = $1 AND watch_id = $2 ORDER BY version DESC",
            args![viewer.workspace, id],
        )
        .await?;
    let version = |row: &Row| {
        Ok(WatchVersion {
            version: row.int("version")?,
            query: row.text("query")?,
            by: row.opt_id("member_id")?,
            why: row.text("why")?,
            at: row.time("at")?,
        })
    };
    rows.iter().map(version).collect()
}

/// The number that grows with each change of any watch or list of any workspace.
pub async fn change_number(conn: &mut Conn) -> Result<i64, StoreError> {
    counter::last(conn, EVERYWHERE, "watches").await
}

/// Everything the live engine needs, of all workspaces.
pub async fn active(conn: &mut Conn) -> Result<ActiveWatches, StoreError> {
    // The number first: a change between the statements is then seen by the next look.
    let change = change_number(conn).await?;
    let watches = conn
        .all(format!("SELECT {WATCH} FROM watch ORDER BY id"), Vec::new())
        .await?;
    let lists = conn
        .all(
            format!("SELECT {LIST} FROM named_list ORDER BY id"),
            Vec::new(),
        )
        .await?;
    Ok(ActiveWatches {
        change,
        watches: watches.iter().map(read_watch).collect::<Result<_, _>>()?,
        lists: lists.iter().map(read_list).collect::<Result<_, _>>()?,
    })
}

/// How often each watch matched since an instant (by the time posts were heard).
pub async fn hits_since(
    conn: &mut Conn,
    viewer: &Viewer,
    since: Timestamp,
) -> Result<Vec<(WatchId, i64)>, StoreError> {
    let rows = conn
        .all(
            "SELECT w.watch_id AS watch_id, CAST(count(*) AS BIGINT) AS hits FROM post_match w JOIN post p ON p.id = w.post_id
             WHERE w.workspace_id = $1 AND p.heard_at >= $2 AND (p.restricted = FALSE OR $3) GROUP BY w.watch_id ORDER BY w.watch_id",
            args![viewer.workspace, since, viewer.sees_restricted()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("watch_id")?, row.int("hits")?)))
        .collect()
}

/// Stores or replaces a named list, if nobody changed it since the version it was made against.
pub async fn save_list(
    tx: &mut Tx,
    viewer: &Viewer,
    list: &SaveList,
    now: Timestamp,
) -> Result<ListId, StoreError> {
    let json = json_text(&list.entries)?;
    let changed = if list.version == 0 {
        let id = tx.next_id(now);
        tx.first(
            "INSERT INTO named_list (id, workspace_id, name, entries, changed_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (workspace_id, name) DO NOTHING RETURNING id",
            args![id, viewer.workspace, &list.name, json, now],
        )
        .await?
    } else {
        tx.first(
            "UPDATE named_list SET entries = $1, version = version + 1, changed_at = $5
             WHERE workspace_id = $2 AND name = $3 AND version = $4 RETURNING id",
            args![json, viewer.workspace, &list.name, list.version, now],
        )
        .await?
    };
    unchanged(u64::from(changed.is_some()), "the list")?;
    counter::take(tx, EVERYWHERE, "watches", 1).await?;
    changed.map_or(Err(StoreError::NotFound("list")), |row| row.id("id"))
}

/// Lists of the workspace, by name.
pub async fn lists(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<NamedList>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {LIST} FROM named_list WHERE workspace_id = $1 ORDER BY name"),
            args![viewer.workspace],
        )
        .await?;
    rows.iter().map(read_list).collect()
}

/// Removes a list.
pub async fn remove_list(tx: &mut Tx, viewer: &Viewer, id: ListId) -> Result<(), StoreError> {
    found(
        tx.run(
            "DELETE FROM named_list WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?,
        "list",
    )?;
    counter::take(tx, EVERYWHERE, "watches", 1).await?;
    Ok(())
}
