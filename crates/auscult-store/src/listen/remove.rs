//! Removal: a tombstone that says "this one does not come back", and the purge of the words.

use auscult_model::ids::WorkspaceId;
use auscult_model::member::Viewer;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Serialize;
use sha2::Sha256;

use super::arrival::{Key, KeyRow};
use super::content::forget_children;
use crate::arg::args;
use crate::batch::{id_list, json_rows, numbers, rows};
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::hex;

/// A deletion that a source told.
pub(crate) struct Deletion {
    pub(crate) key: Key,
    pub(crate) hash: String,
    pub(crate) at: Timestamp,
}

/// Why words are removed; kept with the tombstone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    Upstream,
    Erased,
    Expired,
}

impl Gone {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Erased => "erased",
            Self::Expired => "expired",
        }
    }
}

#[derive(Serialize)]
struct TombstoneRow<'a> {
    workspace_id: i64,
    hash: &'a str,
    at: i64,
    why: &'static str,
}

/// What a tombstone is known by: it tells nothing to one who has not the key.
pub(crate) fn tombstone_hash(hash_key: &[u8], workspace: WorkspaceId, key: &Key) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(hash_key) else {
        return String::new(); // a key of any length is taken
    };
    mac.update(&workspace.0.to_be_bytes());
    mac.update(key.source.as_bytes());
    mac.update(&[0]);
    mac.update(key.external_id.as_bytes());
    hex::encode(&mac.finalize().into_bytes())
}

/// Whether a post of this name is barred from coming.
pub async fn is_tombstoned(
    conn: &mut Conn,
    viewer: &Viewer,
    source: &str,
    external_id: &str,
) -> Result<bool, StoreError> {
    let key = Key {
        source: source.to_owned(),
        external_id: external_id.to_owned(),
    };
    let hash = tombstone_hash(conn.hash_key(), viewer.workspace, &key);
    let row = conn
        .first(
            "SELECT at FROM tombstone WHERE workspace_id = $1 AND hash = $2",
            args![viewer.workspace, hash],
        )
        .await?;
    Ok(row.is_some())
}

/// Removes one post by hand: its words go, and it cannot come back.
pub async fn remove(
    tx: &mut Tx,
    viewer: &Viewer,
    post: auscult_model::ids::PostId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = tx
        .first(
            "SELECT source, external_id FROM post WHERE workspace_id = $1 AND id = $2 AND (restricted = FALSE OR $3)",
            args![viewer.workspace, post, viewer.sees_restricted()],
        )
        .await?
        .ok_or(StoreError::NotFound("post"))?;
    let key = Key {
        source: row.text("source")?,
        external_id: row.text("external_id")?,
    };
    let hash = tombstone_hash(tx.hash_key(), viewer.workspace, &key);
    delete_all(
        tx,
        viewer,
        &[Deletion { key, hash, at: now }],
        (Gone::Erased, now),
    )
    .await
}

/// Follows deletions of a source.
pub(crate) async fn delete_upstream(
    tx: &mut Tx,
    viewer: &Viewer,
    deletions: &[Deletion],
    now: Timestamp,
) -> Result<(), StoreError> {
    delete_all(tx, viewer, deletions, (Gone::Upstream, now)).await
}

async fn delete_all(
    tx: &mut Tx,
    viewer: &Viewer,
    deletions: &[Deletion],
    why: (Gone, Timestamp),
) -> Result<(), StoreError> {
    if deletions.is_empty() {
        return Ok(());
    }
    let (gone, now) = why;
    write_stones(tx, viewer, deletions, gone).await?;
    let keys: Vec<KeyRow<'_>> = deletions
        .iter()
        .map(|one| KeyRow {
            source: &one.key.source,
            external_id: &one.key.external_id,
        })
        .collect();
    let sql = format!(
        "SELECT p.id AS id FROM {} JOIN post p ON p.workspace_id = $2 AND p.source = r.source AND p.external_id = r.external_id",
        rows(tx.engine(), 1, "source text, external_id text")
    );
    let found = tx
        .all(sql, args![json_rows(&keys)?, viewer.workspace])
        .await?;
    let ids: Vec<i64> = found
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    purge_posts(tx, viewer, &ids, now).await
}

async fn write_stones(
    tx: &mut Tx,
    viewer: &Viewer,
    deletions: &[Deletion],
    gone: Gone,
) -> Result<(), StoreError> {
    let stones: Vec<TombstoneRow<'_>> = deletions
        .iter()
        .map(|one| TombstoneRow {
            workspace_id: viewer.workspace.0,
            hash: &one.hash,
            at: one.at.as_millisecond(),
            why: gone.as_str(),
        })
        .collect();
    let sql = format!(
        "INSERT INTO tombstone (workspace_id, hash, at, why) SELECT workspace_id, hash, at, why FROM {} WHERE true
         ON CONFLICT (workspace_id, hash) DO NOTHING",
        rows(tx.engine(), 1, "workspace_id bigint, hash text, at bigint, why text")
    );
    tx.run(sql, args![json_rows(&stones)?]).await?;
    Ok(())
}

/// Bars posts that are in the store from coming back.
pub(crate) async fn bury(
    tx: &mut Tx,
    viewer: &Viewer,
    ids: &[i64],
    why: (Gone, Timestamp),
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT source, external_id FROM post WHERE workspace_id = $2 AND removed_at IS NULL AND id IN {}",
        numbers(tx.engine(), 1)
    );
    let mut deletions = Vec::with_capacity(ids.len());
    for row in tx
        .all(sql, args![id_list(ids.iter().copied()), viewer.workspace])
        .await?
    {
        let key = Key {
            source: row.text("source")?,
            external_id: row.text("external_id")?,
        };
        let hash = tombstone_hash(tx.hash_key(), viewer.workspace, &key);
        deletions.push(Deletion {
            key,
            hash,
            at: why.1,
        });
    }
    write_stones(tx, viewer, &deletions, why.0).await
}

/// Takes the words out of posts, of what hangs on them, and of the entries that show them. Rows and counts stay.
///
/// Posts under a legal hold keep their words.
pub(crate) async fn purge_posts(
    tx: &mut Tx,
    viewer: &Viewer,
    ids: &[i64],
    now: Timestamp,
) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "SELECT p.id AS id FROM post p WHERE p.workspace_id = $2 AND p.id IN {}
         AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = p.conversation_id AND c.mark_legal)
         AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.workspace_id = p.workspace_id AND h.subject_kind = 'post'
           AND h.subject_id = p.id AND h.released_at IS NULL)",
        numbers(tx.engine(), 1)
    );
    let free = tx
        .all(sql, args![id_list(ids.iter().copied()), viewer.workspace])
        .await?;
    let free: Vec<i64> = free
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    if free.is_empty() {
        return Ok(());
    }
    let json = id_list(free);
    let list = numbers(tx.engine(), 1);
    tx.run(
        format!(
            "DELETE FROM raw_event WHERE id IN (SELECT w.id FROM post p JOIN raw_event w ON w.workspace_id = p.workspace_id
             AND w.source = p.source AND w.external_id = p.external_id WHERE p.id IN {list})"
        ),
        args![&json],
    )
    .await?;
    tx.run(
        format!(
            "UPDATE post SET body = '{{\"id\":\"\"}}', external_id = 'gone:' || id, author_id = NULL, author_handle = NULL,
             parent_external_id = NULL, reply_to = '', findings = '{{}}', cluster = NULL, content_hash = 0, removed_at = COALESCE(removed_at, $2)
             WHERE id IN {list}"
        ),
        args![&json, now],
    )
    .await?;
    tx.run(
        format!("DELETE FROM post_revision WHERE post_id IN {list}"),
        args![&json],
    )
    .await?;
    forget_children(tx, &json).await?;
    empty_entries(tx, viewer, &json, now).await
}

/// Empties the entries that show the posts of a JSON array, and the last lines of their conversations.
async fn empty_entries(
    tx: &mut Tx,
    viewer: &Viewer,
    posts: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let list = numbers(tx.engine(), 1);
    let touched = tx
        .all(
            format!(
                "UPDATE entry SET text = '', author_name = '', author_handle = '', url = NULL, external_id = NULL,
                 parent_external_id = NULL, removed_at = COALESCE(removed_at, $2) WHERE post_id IN {list} RETURNING conversation_id"
            ),
            args![posts, now],
        )
        .await?;
    let conversations: Vec<i64> = touched
        .iter()
        .map(|row| row.int("conversation_id"))
        .collect::<Result<_, _>>()?;
    if conversations.is_empty() {
        return Ok(());
    }
    tx.run(
        format!(
            "UPDATE conversation SET version = version + 1, last_line = COALESCE((SELECT substr(e.text, 1, 140) FROM entry e
             WHERE e.conversation_id = conversation.id AND e.kind = 'message' AND e.removed_at IS NULL
             ORDER BY e.seq DESC LIMIT 1), '') WHERE id IN {list}"
        ),
        args![id_list(conversations.iter().copied())],
    )
    .await?;
    for conversation in conversations {
        tx.live(viewer.workspace, "conversation", conversation, now);
    }
    Ok(())
}
