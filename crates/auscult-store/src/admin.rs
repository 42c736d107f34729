//! Care of the database: backup, integrity, sizes, and whether the search index holds every post.

use std::path::Path;

use serde::Serialize;
use tokio::io::AsyncWriteExt;

use crate::arg::args;
use crate::db::{Engine, Store};
use crate::error::StoreError;

/// How large things are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Stats {
    /// Bytes of the database.
    pub bytes: i64,
    /// Posts with words.
    pub posts: i64,
    /// Conversations.
    pub conversations: i64,
    /// Raw events.
    pub raw_events: i64,
    /// Rows of the search index.
    pub indexed: i64,
}

/// Tables of a logical backup, in an order in which they can be read back. The search index is made anew.
const TABLES: &[&str] = &[
    "instance",
    "workspace",
    "counter",
    "app_user",
    "member",
    "team",
    "team_member",
    "api_token",
    "invitation",
    "subject",
    "named_list",
    "watch",
    "watch_version",
    "saved_view",
    "channel",
    "feed",
    "gap",
    "raw_event",
    "broken_item",
    "import",
    "webhook_seen",
    "post",
    "post_revision",
    "post_topic",
    "post_flag",
    "post_match",
    "post_subject",
    "post_reading",
    "tombstone",
    "person",
    "identity",
    "person_merge",
    "person_note",
    "consent",
    "conversation",
    "entry",
    "label",
    "conversation_label",
    "read_mark",
    "read_log",
    "draft",
    "saved_reply",
    "approval",
    "care_case",
    "safety_record",
    "aim",
    "question",
    "piece",
    "variant",
    "occurrence",
    "delivery",
    "attempt",
    "outgoing_hold",
    "job",
    "schedule",
    "chain_end",
    "audit_entry",
    "decision",
    "legal_hold",
    "cost_entry",
];

/// Writes a backup to a new file: a whole SQLite file, or JSON Lines of every table of PostgreSQL.
///
/// Both are one consistent instant. The file must not be there yet.
pub async fn backup(store: &Store, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::Refused(format!(
            "{}: the file is there already, choose another name",
            to.display()
        )));
    }
    match store.engine() {
        Engine::Sqlite => {
            let path = to.to_str().ok_or_else(|| {
                StoreError::refused("the name of the backup file is not readable text")
            })?;
            let mut conn = store.command().await?;
            conn.run("VACUUM INTO $1", args![path]).await?;
            Ok(())
        }
        Engine::Postgres => export(store, to).await,
    }
}

/// Writes every table as lines `{"table":…,"row":{…}}`, from one snapshot.
async fn export(store: &Store, to: &Path) -> Result<(), StoreError> {
    let broken = |error: std::io::Error| StoreError::Refused(format!("{}: {error}", to.display()));
    let mut tx = store.begin().await?;
    tx.script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY".to_owned())
        .await?;
    let mut file = tokio::fs::File::create_new(to).await.map_err(broken)?;
    let head = format!("{{\"auscult_backup\":1,\"schema\":{}}}\n", crate::SCHEMA);
    file.write_all(head.as_bytes()).await.map_err(broken)?;
    for table in TABLES {
        let name = format!("export_{table}");
        tx.script(format!(
            "DECLARE {name} NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS row FROM {table} t"
        ))
        .await?;
        loop {
            let rows = tx
                .all(format!("FETCH 1000 FROM {name}"), Vec::new())
                .await?;
            if rows.is_empty() {
                break;
            }
            let mut lines = String::new();
            for row in &rows {
                let row = row.text("row")?;
                lines.extend(["{\"table\":\"", table, "\",\"row\":", &row, "}\n"]);
            }
            file.write_all(lines.as_bytes()).await.map_err(broken)?;
        }
        tx.script(format!("CLOSE {name}")).await?;
    }
    file.sync_all().await.map_err(broken)?;
    tx.rollback().await
}

/// After a restore nothing goes out by itself: everything in the outbox that has not left is held, and what was
/// under way is unknown. Says how many rows it touched.
pub async fn hold_after_restore(store: &Store) -> Result<u64, StoreError> {
    let mut tx = store.begin().await?;
    let held = tx
        .run(
            "UPDATE delivery SET state = 'held', held_by = 'restored from a backup: look whether it went out before you release it', version = version + 1
             WHERE state IN ('planned', 'queued', 'not_now', 'late')",
            Vec::new(),
        )
        .await?;
    let unknown = tx
        .run(
            "UPDATE delivery SET state = 'unknown', next_check_at = 0, lease_until = 0, missed_reads = 0, reason = 'restored from a backup', version = version + 1
             WHERE state = 'sending'",
            Vec::new(),
        )
        .await?;
    tx.commit().await?;
    Ok(held + unknown)
}

/// What is wrong with the database, in words; nothing when it is whole.
pub async fn check(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut faults = Vec::new();
    let mut conn = store.read().await?;
    if store.engine() == Engine::Sqlite {
        for row in conn.all("PRAGMA quick_check", Vec::new()).await? {
            let word = row.text("quick_check")?;
            if word != "ok" {
                faults.push(word);
            }
        }
    }
    let index = match store.engine() {
        Engine::Sqlite => "SELECT 1 FROM post_search s WHERE s.rowid = p.id",
        Engine::Postgres => "SELECT 1 FROM post_search s WHERE s.id = p.id",
    };
    let row = conn
        .one(
            format!("SELECT CAST(count(*) AS BIGINT) AS n FROM post p WHERE p.removed_at IS NULL AND NOT EXISTS ({index})"),
            Vec::new(),
        )
        .await?;
    let missing = row.int("n")?;
    if missing > 0 {
        faults.push(format!(
            "{missing} posts are not in the search index: build it anew"
        ));
    }
    let row = conn
        .one(
            "SELECT CAST(count(*) AS BIGINT) AS n FROM conversation c WHERE c.last_seq < (SELECT COALESCE(max(e.seq), 0) FROM entry e WHERE e.conversation_id = c.id)",
            Vec::new(),
        )
        .await?;
    if row.int("n")? > 0 {
        faults.push(format!(
            "{} conversations count fewer entries than they hold",
            row.int("n")?
        ));
    }
    Ok(faults)
}

/// How large things are.
pub async fn stats(store: &Store) -> Result<Stats, StoreError> {
    let mut conn = store.read().await?;
    let bytes = match store.engine() {
        Engine::Sqlite => {
            "SELECT CAST(p.page_count * s.page_size AS BIGINT) AS n FROM pragma_page_count() p, pragma_page_size() s"
        }
        Engine::Postgres => "SELECT pg_database_size(current_database()) AS n",
    };
    let bytes = conn.one(bytes, Vec::new()).await?.int("n")?;
    let row = conn
        .one(
            "SELECT (SELECT CAST(count(*) AS BIGINT) FROM post WHERE removed_at IS NULL) AS posts,
             (SELECT CAST(count(*) AS BIGINT) FROM conversation) AS conversations, (SELECT CAST(count(*) AS BIGINT) FROM raw_event) AS raw,
             (SELECT CAST(count(*) AS BIGINT) FROM post_search) AS indexed",
            Vec::new(),
        )
        .await?;
    Ok(Stats {
        bytes,
        posts: row.int("posts")?,
        conversations: row.int("conversations")?,
        raw_events: row.int("raw")?,
        indexed: row.int("indexed")?,
    })
}

/// Keeps the planner's numbers fresh and folds SQLite's log into its file; for a nightly job.
pub async fn tidy(store: &Store) -> Result<(), StoreError> {
    let mut conn = store.command().await?;
    match store.engine() {
        Engine::Sqlite => {
            // The index forgets the words of removed posts only when its parts are merged.
            let merge = "INSERT INTO post_search (post_search) VALUES ('optimize')";
            conn.script(format!(
                "{merge}; PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);"
            ))
            .await
        }
        Engine::Postgres => conn.script("ANALYZE".to_owned()).await,
    }
}
