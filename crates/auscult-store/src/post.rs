//! Posts as stored: one by one, by thread, by author, with their versions, and counted for charts.

use std::collections::HashMap;

use auscult_model::ids::{PostId, WatchId};
use auscult_model::listen::{Findings, Revision, StoredPost, TopicFinding};
use auscult_model::member::Viewer;
use auscult_model::post::{Known, Post};
use auscult_model::search::PostFilter;
use jiff::Timestamp;

use crate::arg::{Arg, args};
use crate::batch::{id_list, numbers};
use crate::db::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::search::{bind, conditions};

pub(crate) const COLUMNS: &str = "p.id AS id, p.body AS body, p.posted_at AS posted_at, p.heard_at AS heard_at, p.channel_id AS channel_id,
  p.thread_root AS thread_root, p.reply_to AS reply_to, p.findings AS findings, p.lang AS lang, p.sentiment AS sentiment, p.intent AS intent,
  p.urgency AS urgency, p.salience AS salience, p.polarity AS polarity, p.rules AS rules, p.cluster AS cluster, p.own AS own,
  p.staff AS staff, p.restricted AS restricted, p.conversation_id AS conversation_id,
  (SELECT CAST(count(*) AS BIGINT) FROM post_revision v WHERE v.post_id = p.id) AS older,
  (SELECT c.state FROM conversation c WHERE c.id = p.conversation_id) AS state,
  (SELECT u.name FROM conversation c JOIN member m ON m.id = c.assignee_id JOIN app_user u ON u.id = m.user_id WHERE c.id = p.conversation_id) AS assignee,
  (SELECT t.name FROM conversation c JOIN team t ON t.id = c.team_id WHERE c.id = p.conversation_id) AS team";

/// How many posts share a value, for charts.
#[derive(Debug, Clone, PartialEq)]
pub struct PostCount {
    /// The start of the day, or 0 when not counted by day.
    pub day: Timestamp,
    /// The value: a source, sentiment, topic …; empty when counted by day alone.
    pub value: String,
    /// How many posts.
    pub posts: i64,
    /// The mean polarity of them, -1 to 1.
    pub polarity: f64,
}

/// What posts are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountBy {
    /// Nothing but the day.
    Day,
    /// The network or feed.
    Source,
    /// The sentiment.
    Sentiment,
    /// The main intent.
    Intent,
    /// The language.
    Lang,
    /// The topics of care; a post counts under each.
    Topic,
    /// The flags; a post counts under each.
    Flag,
    /// The watches that match, by id.
    Watch,
    /// The subjects, by id.
    Subject,
    /// The stars of reviews.
    Stars,
}

fn read(row: &Row) -> Result<StoredPost, StoreError> {
    let mut post: Post = row.json("body")?;
    let state = row.opt_text("state")?;
    let status = state.map(|state| match state.as_str() {
        "new" => "open".to_owned(),
        "waiting" => "pending".to_owned(),
        _ => state,
    });
    let findings = Findings {
        json: row.text("findings")?,
        lang: row.text("lang")?,
        sentiment: row.text("sentiment")?,
        intent: row.text("intent")?,
        urgency: row.small("urgency")?,
        salience: row.small("salience")?,
        polarity: row.real("polarity")?,
        topics: Vec::new(),
        flags: Vec::new(),
        rules: row.text("rules")?,
    };
    post.status = status.map_or(Known::Empty, Known::Value);
    post.assignee = row.opt_text("assignee")?.map_or(Known::Empty, Known::Value);
    post.team = row.opt_text("team")?.map_or(Known::Empty, Known::Value);
    if !findings.sentiment.is_empty() {
        post.sentiment = Known::Value(findings.sentiment.clone());
    }
    if !findings.intent.is_empty() {
        post.intent = Known::Value(findings.intent.clone());
    }
    let urgency = ["low", "normal", "high", "critical"]
        .get(usize::from(findings.urgency))
        .copied();
    post.urgency = urgency.map_or(Known::Missing, |word| Known::Value(word.to_owned()));
    Ok(StoredPost {
        id: row.id("id")?,
        post,
        posted_at: row.time("posted_at")?,
        heard_at: row.time("heard_at")?,
        channel: row.opt_id("channel_id")?,
        thread_root: row.text("thread_root")?,
        reply_to: row.text("reply_to")?,
        findings,
        cluster: row.opt_text("cluster")?,
        own: row.flag("own")?,
        staff: row.flag("staff")?,
        restricted: row.flag("restricted")?,
        conversation: row.opt_id("conversation_id")?,
        revisions: row.int("older")? + 1,
        matches: Vec::new(),
    })
}

/// Reads posts with their topics, flags, hits and labels.
pub(crate) async fn read_all(
    conn: &mut Conn,
    sql: String,
    args: Vec<Arg>,
) -> Result<Vec<StoredPost>, StoreError> {
    let rows = conn.all(sql, args).await?;
    let mut posts: Vec<StoredPost> = rows.iter().map(read).collect::<Result<_, _>>()?;
    if posts.is_empty() {
        return Ok(posts);
    }
    let json = id_list(posts.iter().map(|post| post.id.0));
    let list = numbers(conn.engine(), 1);
    let places: HashMap<PostId, usize> = posts
        .iter()
        .enumerate()
        .map(|(place, post)| (post.id, place))
        .collect();
    let sql = format!(
        "SELECT 'topic' AS what, post_id, topic AS value, polarity FROM post_topic WHERE post_id IN {list}
         UNION ALL SELECT 'flag', post_id, flag, 0.0 FROM post_flag WHERE post_id IN {list}
         UNION ALL SELECT 'watch', post_id, CAST(watch_id AS TEXT), 0.0 FROM post_match WHERE post_id IN {list}
         UNION ALL SELECT 'label', p.id, l.name, 0.0 FROM post p JOIN conversation_label k ON k.conversation_id = p.conversation_id
           JOIN label l ON l.id = k.label_id WHERE p.id IN {list}"
    );
    for row in conn.all(sql, args![json]).await? {
        let Some(post) = places
            .get(&row.id("post_id")?)
            .and_then(|place| posts.get_mut(*place))
        else {
            continue;
        };
        let value = row.text("value")?;
        match row.text("what")?.as_str() {
            "topic" => post.findings.topics.push(TopicFinding {
                id: value,
                polarity: row.real("polarity")?,
            }),
            "flag" => {
                post.findings.flags.push(value.clone());
                tag(&mut post.post, value);
            }
            "watch" => post.matches.push(WatchId(value.parse().unwrap_or(0))),
            _ => tag(&mut post.post, value),
        }
    }
    for post in &mut posts {
        if !post.findings.topics.is_empty() {
            post.post.topic = Known::Value(
                post.findings
                    .topics
                    .iter()
                    .map(|topic| topic.id.clone())
                    .collect(),
            );
        }
    }
    Ok(posts)
}

fn tag(post: &mut Post, value: String) {
    match &mut post.tag {
        Known::Value(tags) => tags.push(value),
        Known::Missing | Known::Empty => post.tag = Known::Value(vec![value]),
    }
}

/// What lets a viewer see a post `p`, beginning with AND.
pub(crate) fn may_see(viewer: &Viewer) -> &'static str {
    if viewer.sees_restricted() {
        ""
    } else {
        "AND p.restricted = FALSE"
    }
}

/// One post; the shell of a removed one too.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: PostId) -> Result<StoredPost, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post p WHERE p.workspace_id = $1 AND p.id = $2 {}",
        may_see(viewer)
    );
    read_all(conn, sql, args![viewer.workspace, id])
        .await?
        .pop()
        .ok_or(StoreError::NotFound("post"))
}

/// Several posts by id, newest first; those the viewer may not see are left out.
pub async fn several(
    conn: &mut Conn,
    viewer: &Viewer,
    ids: &[PostId],
) -> Result<Vec<StoredPost>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post p WHERE p.workspace_id = $1 AND p.id IN {} {} ORDER BY p.id DESC",
        numbers(conn.engine(), 2),
        may_see(viewer)
    );
    read_all(
        conn,
        sql,
        args![viewer.workspace, id_list(ids.iter().map(|id| id.0))],
    )
    .await
}

/// A post by its name on its source.
pub async fn by_external(
    conn: &mut Conn,
    viewer: &Viewer,
    source: &str,
    external_id: &str,
) -> Result<Option<StoredPost>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post p WHERE p.workspace_id = $1 AND p.source = $2 AND p.external_id = $3 {}",
        may_see(viewer)
    );
    Ok(
        read_all(conn, sql, args![viewer.workspace, source, external_id])
            .await?
            .pop(),
    )
}

/// The posts of a thread, oldest first, 500 at most.
pub async fn thread(
    conn: &mut Conn,
    viewer: &Viewer,
    source: &str,
    root: &str,
) -> Result<Vec<StoredPost>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM post p WHERE p.workspace_id = $1 AND p.source = $2 AND p.thread_root = $3 AND p.removed_at IS NULL {}
         ORDER BY p.posted_at, p.id LIMIT 500",
        may_see(viewer)
    );
    read_all(conn, sql, args![viewer.workspace, source, root]).await
}

/// Posts of one account before a place, newest first.
pub async fn of_author(
    conn: &mut Conn,
    viewer: &Viewer,
    author: (&str, &str),
    before: Option<PostId>,
    limit: u32,
) -> Result<Vec<StoredPost>, StoreError> {
    let (source, author_id) = author;
    let sql = format!(
        "SELECT {COLUMNS} FROM post p WHERE p.workspace_id = $1 AND p.source = $2 AND p.author_id = $3 AND p.id < $4 {}
         ORDER BY p.id DESC LIMIT $5",
        may_see(viewer)
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    read_all(
        conn,
        sql,
        args![viewer.workspace, source, author_id, before, limit],
    )
    .await
}

/// Earlier and later versions of a post that are not the shown one, oldest first.
pub async fn revisions(
    conn: &mut Conn,
    viewer: &Viewer,
    id: PostId,
) -> Result<Vec<Revision>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT v.version_at AS at, v.title AS title, v.text AS text, v.heard_at AS heard_at FROM post_revision v
                 JOIN post p ON p.id = v.post_id WHERE p.workspace_id = $1 AND p.id = $2 {} ORDER BY v.version_at, v.content_hash",
                may_see(viewer)
            ),
            args![viewer.workspace, id],
        )
        .await?;
    let revision = |row: &Row| {
        Ok(Revision {
            at: row.time("at")?,
            title: row.opt_text("title")?,
            text: row.opt_text("text")?,
            heard_at: row.time("heard_at")?,
        })
    };
    rows.iter().map(revision).collect()
}

/// How many posts pass a filter.
pub async fn count(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &PostFilter,
) -> Result<i64, StoreError> {
    let mut args = args![viewer.workspace];
    let filters = conditions(conn.engine(), viewer, filter, &mut args)?;
    let sql = format!(
        "SELECT CAST(count(*) AS BIGINT) AS n FROM post p WHERE p.workspace_id = $1 {filters}"
    );
    conn.one(sql, args).await?.int("n")
}

/// Counts posts that pass a filter by a value and, when `by_day` says how far the zone's midnight is from UTC's
/// in milliseconds, by day. Oldest day first, then the most frequent value.
pub async fn counts(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &PostFilter,
    by: CountBy,
    by_day: Option<i64>,
) -> Result<Vec<PostCount>, StoreError> {
    let mut args = args![viewer.workspace];
    let filters = conditions(conn.engine(), viewer, filter, &mut args)?;
    let (join, value) = match by {
        CountBy::Day => ("", "''"),
        CountBy::Source => ("", "p.source"),
        CountBy::Sentiment => ("", "p.sentiment"),
        CountBy::Intent => ("", "p.intent"),
        CountBy::Lang => ("", "p.lang"),
        CountBy::Topic => ("JOIN post_topic k ON k.post_id = p.id", "k.topic"),
        CountBy::Flag => ("JOIN post_flag k ON k.post_id = p.id", "k.flag"),
        CountBy::Watch => (
            "JOIN post_match k ON k.post_id = p.id",
            "CAST(k.watch_id AS TEXT)",
        ),
        CountBy::Subject => (
            "JOIN post_subject k ON k.post_id = p.id",
            "CAST(k.subject_id AS TEXT)",
        ),
        CountBy::Stars => ("", "CAST(CAST(p.stars AS BIGINT) AS TEXT)"),
    };
    let polarity = if by == CountBy::Topic {
        "k.polarity"
    } else {
        "p.polarity"
    };
    let stars = if by == CountBy::Stars {
        "AND p.stars IS NOT NULL"
    } else {
        ""
    };
    let day = match by_day {
        Some(shift) => {
            let number = bind(&mut args, shift);
            format!("((p.posted_at + ${number}) / 86400000) * 86400000 - ${number}")
        }
        None => "CAST(0 AS BIGINT)".to_owned(),
    };
    let sql = format!(
        "SELECT {day} AS day, {value} AS value, CAST(count(*) AS BIGINT) AS posts, CAST(avg({polarity}) AS DOUBLE PRECISION) AS polarity
         FROM post p {join} WHERE p.workspace_id = $1 {filters} {stars} GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2"
    );
    let mut counts = Vec::new();
    for row in conn.all(sql, args).await? {
        counts.push(PostCount {
            day: row.time("day")?,
            value: row.text("value")?,
            posts: row.int("posts")?,
            polarity: row.real("polarity")?,
        });
    }
    Ok(counts)
}

/// Title and text of posts that pass a filter with the instant they were written, newest first: for terms by day.
pub async fn texts(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &PostFilter,
    limit: u32,
) -> Result<Vec<(Timestamp, String)>, StoreError> {
    let mut args = args![viewer.workspace];
    let filters = conditions(conn.engine(), viewer, filter, &mut args)?;
    let most = bind(&mut args, limit);
    let sql = format!(
        "SELECT p.posted_at AS at, p.body AS body FROM post p WHERE p.workspace_id = $1 {filters} ORDER BY p.posted_at DESC LIMIT ${most}"
    );
    let mut texts = Vec::new();
    for row in conn.all(sql, args).await? {
        let post: Post = row.json("body")?;
        let text = format!(
            "{}\n{}",
            post.title.unwrap_or_default(),
            post.text.unwrap_or_default()
        );
        texts.push((row.time("at")?, text));
    }
    Ok(texts)
}
