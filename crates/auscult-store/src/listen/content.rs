//! What hangs on a post: its raw event, revisions, topics, flags, hits, subjects and search row.

use auscult_model::ids::PostId;
use auscult_model::listen::IngestFrom;
use auscult_model::member::Viewer;
use jiff::Timestamp;
use serde::Serialize;

use super::arrival::{Arrival, POST_COLUMNS, PostRow, RevisionRow, finite};
use crate::arg::args;
use crate::batch::{id_list, json_rows, numbers, rows};
use crate::db::{Engine, Tx};
use crate::error::StoreError;
use crate::search::word_in_index;

/// A version that became the shown one.
pub(crate) struct Written<'a> {
    pub(crate) id: PostId,
    pub(crate) arrival: &'a Arrival<'a>,
    /// It replaces an earlier version.
    pub(crate) revised: bool,
}

/// Puts newer versions in the place of the shown ones.
pub(crate) async fn revise(
    tx: &mut Tx,
    viewer: &Viewer,
    from: &IngestFrom,
    written: &[Written<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let revised: Vec<PostRow<'_>> = written
        .iter()
        .filter(|one| one.revised)
        .map(|one| PostRow::new(one.id.0, viewer, from, one.arrival, now))
        .collect();
    if revised.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE post SET kind = r.kind, body = r.body, author_id = r.author_id, author_handle = r.author_handle, reply_to = r.reply_to,
         posted_at = r.posted_at, version_at = r.version_at, content_hash = r.content_hash, lang = r.lang,
         sentiment = r.sentiment, intent = r.intent, urgency = r.urgency, salience = r.salience, polarity = r.polarity,
         stars = r.stars, findings = r.findings, rules = r.rules, cluster = r.cluster, own = r.own, staff = r.staff,
         restricted = r.restricted FROM {} WHERE post.id = r.id",
        rows(tx.engine(), 1, POST_COLUMNS)
    );
    tx.run(sql, args![json_rows(&revised)?]).await?;
    let ids = id_list(revised.iter().map(|row| row.id));
    forget_children(tx, &ids).await?;
    rewrite_entries(tx, written, now).await
}

/// Shows the new words in the conversation too.
async fn rewrite_entries(
    tx: &mut Tx,
    written: &[Written<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Words {
        post: i64,
        words: String,
    }
    let words: Vec<Words> = written
        .iter()
        .filter(|one| one.revised)
        .map(|one| Words {
            post: one.id.0,
            words: entry_text(one.arrival),
        })
        .collect();
    let sql = format!(
        "UPDATE entry SET text = r.words FROM {} WHERE entry.post_id = r.post AND entry.removed_at IS NULL
         RETURNING entry.conversation_id AS conversation_id, entry.workspace_id AS workspace_id",
        rows(tx.engine(), 1, "post bigint, words text")
    );
    for row in tx.all(sql, args![json_rows(&words)?]).await? {
        tx.live(
            row.id("workspace_id")?,
            "conversation",
            row.int("conversation_id")?,
            now,
        );
    }
    Ok(())
}

/// The words of a post as an entry shows them.
pub(crate) fn entry_text(arrival: &Arrival<'_>) -> String {
    let post = &arrival.new.post;
    match (post.title.as_deref(), post.text.as_deref()) {
        (Some(title), Some(text)) if !title.is_empty() => format!("{title}\n\n{text}"),
        (Some(title), None) => title.to_owned(),
        (_, text) => text.unwrap_or_default().to_owned(),
    }
}

/// Takes away what hangs on posts; `ids` is a JSON array.
pub(crate) async fn forget_children(tx: &mut Tx, ids: &str) -> Result<(), StoreError> {
    let list = numbers(tx.engine(), 1);
    for table in ["post_topic", "post_flag", "post_match", "post_subject"] {
        tx.run(
            format!("DELETE FROM {table} WHERE post_id IN {list}"),
            args![ids],
        )
        .await?;
    }
    forget_search(tx, ids).await
}

/// Takes posts out of the search index; `ids` is a JSON array.
async fn forget_search(tx: &mut Tx, ids: &str) -> Result<(), StoreError> {
    let list = numbers(tx.engine(), 1);
    let name = match tx.engine() {
        Engine::Sqlite => "rowid",
        Engine::Postgres => "id",
    };
    tx.run(
        format!("DELETE FROM post_search WHERE {name} IN {list}"),
        args![ids],
    )
    .await?;
    Ok(())
}

/// Keeps versions that are not shown; one that is kept already stays.
pub(crate) async fn keep_revisions(tx: &mut Tx, older: &[RevisionRow]) -> Result<(), StoreError> {
    if older.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO post_revision (post_id, version_at, content_hash, title, text, heard_at)
         SELECT post_id, version_at, content_hash, title, text, heard_at FROM {} WHERE true
         ON CONFLICT (post_id, version_at, content_hash) DO NOTHING",
        rows(
            tx.engine(),
            1,
            "post_id bigint, version_at bigint, content_hash bigint, title text, text text, heard_at bigint"
        )
    );
    tx.run(sql, args![json_rows(older)?]).await?;
    Ok(())
}

#[derive(Serialize)]
struct TopicRow<'a> {
    post_id: i64,
    topic: &'a str,
    workspace_id: i64,
    polarity: f64,
}

#[derive(Serialize)]
struct FlagRow<'a> {
    post_id: i64,
    flag: &'a str,
    workspace_id: i64,
}

#[derive(Serialize)]
struct LinkRow {
    post: i64,
    other: i64,
    workspace: i64,
}

#[derive(Serialize)]
struct SearchRow {
    id: i64,
    workspace_id: i64,
    words: String,
}

/// Writes everything that hangs on the versions that are shown now.
pub(crate) async fn write_children(
    tx: &mut Tx,
    viewer: &Viewer,
    from: &IngestFrom,
    written: &[Written<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    if written.is_empty() {
        return Ok(());
    }
    write_raw(tx, viewer, from, written, now).await?;
    write_findings(tx, viewer, written).await?;
    let workspace_id = viewer.workspace.0;
    let link = |post: PostId, other: i64| LinkRow {
        post: post.0,
        other,
        workspace: workspace_id,
    };
    let matches: Vec<LinkRow> = written
        .iter()
        .flat_map(|one| {
            one.arrival
                .new
                .matches
                .iter()
                .map(|watch| link(one.id, watch.0))
        })
        .collect();
    write_links(tx, "post_match", "watch_id", &matches).await?;
    let subjects: Vec<LinkRow> = written
        .iter()
        .flat_map(|one| {
            one.arrival
                .new
                .subjects
                .iter()
                .map(|subject| link(one.id, subject.0))
        })
        .collect();
    write_links(tx, "post_subject", "subject_id", &subjects).await?;
    write_search(tx, viewer, written).await
}

async fn write_findings(
    tx: &mut Tx,
    viewer: &Viewer,
    written: &[Written<'_>],
) -> Result<(), StoreError> {
    let workspace_id = viewer.workspace.0;
    let (mut topics, mut flags) = (Vec::new(), Vec::new());
    for one in written {
        for topic in &one.arrival.new.findings.topics {
            topics.push(TopicRow {
                post_id: one.id.0,
                topic: &topic.id,
                workspace_id,
                polarity: finite(topic.polarity),
            });
        }
        for flag in &one.arrival.new.findings.flags {
            flags.push(FlagRow {
                post_id: one.id.0,
                flag,
                workspace_id,
            });
        }
    }
    if !topics.is_empty() {
        let sql = format!(
            "INSERT INTO post_topic (post_id, topic, workspace_id, polarity)
             SELECT post_id, topic, workspace_id, polarity FROM {} WHERE true ON CONFLICT (post_id, topic) DO NOTHING",
            rows(tx.engine(), 1, "post_id bigint, topic text, workspace_id bigint, polarity double precision")
        );
        tx.run(sql, args![json_rows(&topics)?]).await?;
    }
    if !flags.is_empty() {
        let sql = format!(
            "INSERT INTO post_flag (post_id, flag, workspace_id) SELECT post_id, flag, workspace_id FROM {} WHERE true
             ON CONFLICT (post_id, flag) DO NOTHING",
            rows(tx.engine(), 1, "post_id bigint, flag text, workspace_id bigint")
        );
        tx.run(sql, args![json_rows(&flags)?]).await?;
    }
    Ok(())
}

async fn write_links(
    tx: &mut Tx,
    table: &str,
    column: &str,
    links: &[LinkRow],
) -> Result<(), StoreError> {
    if links.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO {table} (post_id, {column}, workspace_id) SELECT post, other, workspace FROM {} WHERE true
         ON CONFLICT (post_id, {column}) DO NOTHING",
        rows(tx.engine(), 1, "post bigint, other bigint, workspace bigint")
    );
    tx.run(sql, args![json_rows(links)?]).await?;
    Ok(())
}

async fn write_search(
    tx: &mut Tx,
    viewer: &Viewer,
    written: &[Written<'_>],
) -> Result<(), StoreError> {
    let workspace_id = viewer.workspace.0;
    let search: Vec<SearchRow> = written
        .iter()
        .map(|one| {
            let mut words: Vec<String> = one
                .arrival
                .new
                .words
                .iter()
                .filter_map(|word| word_in_index(word))
                .collect();
            words.sort_unstable();
            words.dedup();
            if tx.engine() == Engine::Sqlite {
                words.push(crate::search::workspace_word(viewer.workspace));
            }
            SearchRow {
                id: one.id.0,
                workspace_id,
                words: words.join(" "),
            }
        })
        .collect();
    let from = rows(tx.engine(), 1, "id bigint, workspace_id bigint, words text");
    let sql = match tx.engine() {
        Engine::Sqlite => {
            format!("INSERT INTO post_search (rowid, words) SELECT id, words FROM {from}")
        }
        Engine::Postgres => format!(
            "INSERT INTO post_search (id, workspace_id, words)
             SELECT id, workspace_id, array_to_tsvector(string_to_array(words, ' ')) FROM {from}"
        ),
    };
    tx.run(sql, args![json_rows(&search)?]).await?;
    Ok(())
}

#[derive(Serialize)]
struct RawRow<'a> {
    id: i64,
    workspace_id: i64,
    channel_id: Option<i64>,
    source: &'a str,
    external_id: &'a str,
    version: String,
    media_type: &'a str,
    body: &'a str,
    received_at: i64,
}

const RAW_NAMES: &str =
    "id, workspace_id, channel_id, source, external_id, version, media_type, body, received_at";
const RAW_COLUMNS: &str = "id bigint, workspace_id bigint, channel_id bigint, source text, external_id text, version text, \
  media_type text, body text, received_at bigint";

/// Keeps the bytes as received: as text where they are text, which is nearly always.
async fn write_raw(
    tx: &mut Tx,
    viewer: &Viewer,
    from: &IngestFrom,
    written: &[Written<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut texts = Vec::new();
    for one in written {
        let Some(raw) = &one.arrival.new.raw else {
            continue;
        };
        let id = tx.next_id(now);
        match std::str::from_utf8(&raw.bytes) {
            Ok(body) if !body.contains('\0') => texts.push(RawRow {
                id,
                workspace_id: viewer.workspace.0,
                channel_id: from.channel.map(|channel| channel.0),
                source: &one.arrival.key.source,
                external_id: &one.arrival.key.external_id,
                version: one.arrival.version_name(),
                media_type: &raw.media_type,
                body,
                received_at: now.as_millisecond(),
            }),
            Ok(_) | Err(_) => {
                let key = &one.arrival.key;
                tx.run(
                    "INSERT INTO raw_event (id, workspace_id, channel_id, source, external_id, version, media_type, body_bytes, received_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (workspace_id, source, external_id, version) DO NOTHING",
                    args![id, viewer.workspace, from.channel, &key.source, &key.external_id, one.arrival.version_name(), &raw.media_type, raw.bytes.as_slice(), now],
                )
                .await?;
            }
        }
    }
    if texts.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO raw_event ({RAW_NAMES}) SELECT {RAW_NAMES} FROM {} WHERE true
         ON CONFLICT (workspace_id, source, external_id, version) DO NOTHING",
        rows(tx.engine(), 1, RAW_COLUMNS)
    );
    tx.run(sql, args![json_rows(&texts)?]).await?;
    Ok(())
}
