//! The one story of the schema: numbered steps, forward only, the same for both engines.
//!
//! A step's text holds `{ID}`, `{BLOB}` and the like where the engines differ, and blocks between
//! `--! sqlite`, `--! postgres` and `--! both` for what only one of them has. All missing steps run in one
//! transaction: a kill in the middle leaves the old schema.

use crate::arg::args;
use crate::db::{Engine, Store};
use crate::error::StoreError;

/// Every step, oldest first.
const STEPS: &[(i64, &str, &[&str])] = &[(
    1,
    "the house",
    &[
        include_str!("../migrations/0001_people.sql"),
        include_str!("../migrations/0001_listen.sql"),
        include_str!("../migrations/0001_inbox.sql"),
        include_str!("../migrations/0001_publish.sql"),
        include_str!("../migrations/0001_work.sql"),
    ],
)];

/// The schema this program knows.
pub const SCHEMA: i64 = 1;

/// Brings the schema up to date; refuses a newer one.
pub(crate) async fn run(store: &Store) -> Result<(), StoreError> {
    let engine = store.engine();
    let mut conn = store.command().await?;
    let table =
        "CREATE TABLE IF NOT EXISTS schema_step (step BIGINT PRIMARY KEY, name TEXT NOT NULL)";
    // Two processes that start at once may both try to make the table: the second try finds it.
    if conn.script(table.to_owned()).await.is_err() {
        conn.script(table.to_owned()).await?;
    }
    drop(conn);
    let mut tx = store.begin().await?;
    if engine == Engine::Postgres {
        tx.script("LOCK TABLE schema_step IN EXCLUSIVE MODE".to_owned())
            .await?;
    }
    let present = tx
        .one(
            "SELECT CAST(COALESCE(MAX(step), 0) AS BIGINT) AS step FROM schema_step",
            Vec::new(),
        )
        .await?
        .int("step")?;
    if present > SCHEMA {
        return Err(StoreError::Refused(format!(
            "this database was written by a newer version of Auscult (schema {present}, this program knows {SCHEMA}): \
             start that version again, or restore a backup made before the upgrade"
        )));
    }
    for (step, name, texts) in STEPS.iter().filter(|(step, ..)| *step > present) {
        for text in *texts {
            tx.script(for_engine(engine, text)).await?;
        }
        tx.run(
            "INSERT INTO schema_step (step, name) VALUES ($1, $2)",
            args![*step, *name],
        )
        .await?;
        tracing::info!(step, name, "schema brought up to date");
    }
    tx.commit().await
}

/// A step's text in the words of one engine.
fn for_engine(engine: Engine, text: &str) -> String {
    let (mine, other) = match engine {
        Engine::Sqlite => ("--! sqlite", "--! postgres"),
        Engine::Postgres => ("--! postgres", "--! sqlite"),
    };
    let mut kept = String::with_capacity(text.len());
    let mut wanted = true;
    for line in text.lines() {
        match line.trim() {
            "--! both" => wanted = true,
            marker if marker == mine => wanted = true,
            marker if marker == other => wanted = false,
            _ if wanted => {
                kept.push_str(line);
                kept.push('\n');
            }
            _ => {}
        }
    }
    let (id, blob, compact) = match engine {
        Engine::Sqlite => ("INTEGER PRIMARY KEY", "BLOB", "WITHOUT ROWID"),
        Engine::Postgres => ("BIGINT PRIMARY KEY", "BYTEA", ""),
    };
    kept.replace("{ID}", id)
        .replace("{BLOB}", blob)
        .replace("{COMPACT}", compact)
}
