//! Rows for measuring: when items came and were answered, the turns of conversations, counters of posts, money.
//! The estimators are elsewhere; here is only what was stored.

use auscult_model::ids::{AimId, ChannelId, ConversationId, MemberId};
use auscult_model::inbox::{ConversationState, Reach};
use auscult_model::listen::Reading;
use auscult_model::measure::Turn;
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::{json_rows, rows};
use crate::db::{Conn, Tx};
use crate::error::StoreError;
use crate::inbox;
use crate::listen::finite;
use crate::row::Row;

/// An item that came in, for figures about availability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its conversation.
    pub conversation: ConversationId,
    /// The channel.
    pub channel: Option<ChannelId>,
    /// Network or feed.
    pub source: String,
    /// Public thread or private words.
    pub reach: Reach,
    /// Urgency 0 to 3.
    pub urgency: u8,
    /// When it came.
    pub arrived: Timestamp,
    /// Whether an answer was owed.
    pub needs_answer: bool,
    /// When the first answer was due.
    pub due_at: Option<Timestamp>,
    /// When we answered first.
    pub first_reply_at: Option<Timestamp>,
    /// Where it stands.
    pub state: ConversationState,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
}

/// A conversation and the turns in it, for figures about engagement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The conversation.
    pub conversation: ConversationId,
    /// The channel.
    pub channel: Option<ChannelId>,
    /// Network or feed.
    pub source: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its turns in order: when, whose, and a name that is equal for the same account (never shown).
    pub turns: Vec<(Timestamp, Turn, String)>,
}

/// Hours spent or money paid.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Its id; 0 for a new one.
    pub id: i64,
    /// `hours`, `tool`, `paid_media` …
    pub kind: String,
    /// For which channel.
    pub channel: Option<ChannelId>,
    /// For which aim.
    pub aim: Option<AimId>,
    /// Whose time.
    pub member: Option<MemberId>,
    /// Minutes of work.
    pub minutes: f64,
    /// Money, in the workspace's currency.
    pub amount: f64,
    /// What for.
    pub note: String,
    /// When.
    pub on: Timestamp,
}

/// Items that arrived in a period (its end excluded), oldest first. Restricted ones count only for the safety desk.
pub async fn arrivals(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Arrival>, StoreError> {
    let mut args = inbox::viewer_args(viewer);
    args.extend(args![from, to]);
    let sql = format!(
        "SELECT c.id AS id, c.channel_id AS channel_id, c.source AS source, c.reach AS reach, c.urgency AS urgency, c.opened_at AS opened_at,
         c.needs_answer AS needs_answer, c.first_due_at AS first_due_at, c.first_reply_at AS first_reply_at, c.state AS state, c.resolved_at AS resolved_at
         FROM conversation c WHERE {} AND c.opened_at >= $4 AND c.opened_at < $5 ORDER BY c.opened_at, c.id",
        inbox::may_see(conn.engine(), viewer)
    );
    let arrival = |row: &Row| {
        Ok(Arrival {
            conversation: row.id("id")?,
            channel: row.opt_id("channel_id")?,
            source: row.text("source")?,
            reach: row.word("reach")?,
            urgency: row.small("urgency")?,
            arrived: row.time("opened_at")?,
            needs_answer: row.flag("needs_answer")?,
            due_at: row.opt_time("first_due_at")?,
            first_reply_at: row.opt_time("first_reply_at")?,
            state: row.word("state")?,
            resolved_at: row.opt_time("resolved_at")?,
        })
    };
    conn.all(sql, args).await?.iter().map(arrival).collect()
}

/// Conversations with a turn in a period (its end excluded), with all their turns up to that end, oldest first.
/// Comments of staff are left out; removed words still count as turns; taken-back answers do not.
pub async fn exchanges(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Exchange>, StoreError> {
    let mut args = inbox::viewer_args(viewer);
    args.extend(args![from, to]);
    let sql = format!(
        "SELECT c.id AS id, c.channel_id AS channel_id, c.source AS source, c.opened_at AS opened_at, e.at AS at, e.direction AS direction,
         COALESCE(p.author_id, c.handle, '') AS who
         FROM conversation c JOIN entry e ON e.conversation_id = c.id LEFT JOIN post p ON p.id = e.post_id
         LEFT JOIN delivery d ON d.id = e.delivery_id
         WHERE {} AND e.kind = 'message' AND e.staff = FALSE AND e.at < $5 AND (d.id IS NULL OR d.state IN ('sent', 'verified'))
         AND c.id IN (SELECT t.conversation_id FROM entry t WHERE t.workspace_id = $1 AND t.kind = 'message' AND t.at >= $4 AND t.at < $5)
         ORDER BY c.id, e.seq",
        inbox::may_see(conn.engine(), viewer)
    );
    let mut exchanges: Vec<Exchange> = Vec::new();
    for row in conn.all(sql, args).await? {
        let id: ConversationId = row.id("id")?;
        if exchanges.last().is_none_or(|last| last.conversation != id) {
            exchanges.push(Exchange {
                conversation: id,
                channel: row.opt_id("channel_id")?,
                source: row.text("source")?,
                opened_at: row.time("opened_at")?,
                turns: Vec::new(),
            });
        }
        let turn = if row.text("direction")? == "out" {
            Turn::Own
        } else {
            Turn::Out
        };
        if let Some(exchange) = exchanges.last_mut() {
            exchange
                .turns
                .push((row.time("at")?, turn, row.text("who")?));
        }
    }
    Ok(exchanges)
}

/// What people wrote below our words and in conversations, for figures about the audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Comments {
    /// From people outside.
    pub outside: i64,
    /// From people on the staff list.
    pub staff: i64,
    /// How many accounts wrote them.
    pub people: i64,
}

/// Comments of a period (its end excluded): posts of conversations that are not ours. Restricted ones stay out.
pub async fn comments(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<Comments, StoreError> {
    let row = conn
        .one(
            "SELECT CAST(COALESCE(sum(CASE WHEN p.staff THEN 0 ELSE 1 END), 0) AS BIGINT) AS outside,
             CAST(COALESCE(sum(CASE WHEN p.staff THEN 1 ELSE 0 END), 0) AS BIGINT) AS staff,
             CAST(count(DISTINCT p.source || ' ' || COALESCE(p.author_id, p.author_handle, '')) AS BIGINT) AS people
             FROM post p WHERE p.workspace_id = $1 AND p.posted_at >= $2 AND p.posted_at < $3 AND p.own = FALSE
             AND p.conversation_id IS NOT NULL AND p.restricted = FALSE AND p.removed_at IS NULL",
            args![viewer.workspace, from, to],
        )
        .await?;
    Ok(Comments {
        outside: row.int("outside")?,
        staff: row.int("staff")?,
        people: row.int("people")?,
    })
}

/// How posts speak of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicMood {
    /// The topic; empty for all posts together, by their own sentiment.
    pub topic: String,
    /// Posts that speak well of it.
    pub positive: i64,
    /// Posts that speak badly of it.
    pub negative: i64,
    /// All posts with it.
    pub posts: i64,
}

/// How posts of others in a period (its end excluded) speak of each topic, and of everything; the most frequent topic
/// first. A topic is spoken of well from `felt` on and badly from minus `felt` on. Restricted posts stay out.
pub async fn topic_moods(
    conn: &mut Conn,
    viewer: &Viewer,
    (from, to): (Timestamp, Timestamp),
    felt: f64,
) -> Result<Vec<TopicMood>, StoreError> {
    let posts = "p.workspace_id = $1 AND p.posted_at >= $2 AND p.posted_at < $3 AND p.own = FALSE AND p.restricted = FALSE AND p.removed_at IS NULL";
    let sql = format!(
        "SELECT '' AS topic, CAST(COALESCE(sum(CASE WHEN p.sentiment = 'positive' THEN 1 ELSE 0 END), 0) AS BIGINT) AS positive,
         CAST(COALESCE(sum(CASE WHEN p.sentiment = 'negative' THEN 1 ELSE 0 END), 0) AS BIGINT) AS negative, CAST(count(*) AS BIGINT) AS posts
         FROM post p WHERE {posts}
         UNION ALL SELECT k.topic, CAST(sum(CASE WHEN k.polarity >= $4 THEN 1 ELSE 0 END) AS BIGINT),
         CAST(sum(CASE WHEN k.polarity <= -$4 THEN 1 ELSE 0 END) AS BIGINT), CAST(count(*) AS BIGINT)
         FROM post p JOIN post_topic k ON k.post_id = p.id WHERE {posts} GROUP BY k.topic ORDER BY 4 DESC, 1"
    );
    let rows = conn
        .all(sql, args![viewer.workspace, from, to, felt])
        .await?;
    let mood = |row: &Row| {
        Ok(TopicMood {
            topic: row.text("topic")?,
            positive: row.int("positive")?,
            negative: row.int("negative")?,
            posts: row.int("posts")?,
        })
    };
    rows.iter().map(mood).collect()
}

/// Public complaints of a period (its end excluded) that are still there, and how many of them have an answer.
pub async fn complaints(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<(i64, i64), StoreError> {
    let row = conn
        .one(
            "SELECT CAST(count(*) AS BIGINT) AS posts, CAST(count(c.first_reply_at) AS BIGINT) AS answered
             FROM conversation c JOIN post p ON p.id = c.post_id WHERE c.workspace_id = $1 AND c.opened_at >= $2 AND c.opened_at < $3
             AND c.reach = 'public' AND c.restricted = FALSE AND p.intent IN ('complaint', 'service_recovery') AND p.removed_at IS NULL",
            args![viewer.workspace, from, to],
        )
        .await?;
    Ok((row.int("answered")?, row.int("posts")?))
}

/// How many decisions of each kind a period holds (its end excluded).
pub async fn decisions(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = conn
        .all(
            "SELECT kind, CAST(count(*) AS BIGINT) AS n FROM decision WHERE workspace_id = $1 AND at >= $2 AND at < $3 GROUP BY kind ORDER BY kind",
            args![viewer.workspace, from, to],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("kind")?, row.int("n")?)))
        .collect()
}

#[derive(serde::Serialize)]
struct ReadingRow {
    post: i64,
    at: i64,
    likes: Option<f64>,
    reposts: Option<f64>,
    replies: Option<f64>,
    views: Option<f64>,
}

/// Stores counters of posts of the workspace; a second reading of one instant is left out.
pub async fn add_readings(
    tx: &mut Tx,
    viewer: &Viewer,
    readings: &[Reading],
) -> Result<u64, StoreError> {
    let kept: Vec<ReadingRow> = readings
        .iter()
        .map(|one| ReadingRow {
            post: one.post.0,
            at: one.at.as_millisecond(),
            likes: one.likes.map(finite),
            reposts: one.reposts.map(finite),
            replies: one.replies.map(finite),
            views: one.views.map(finite),
        })
        .collect();
    let sql = format!(
        "INSERT INTO post_reading (post_id, at, workspace_id, likes, reposts, replies, views)
         SELECT p.id, r.at, p.workspace_id, r.likes, r.reposts, r.replies, r.views FROM {} JOIN post p ON p.id = r.post AND p.workspace_id = $2
         WHERE true ON CONFLICT (post_id, at) DO NOTHING",
        rows(
            tx.engine(),
            1,
            "post bigint, at bigint, likes double precision, reposts double precision, replies double precision, views double precision"
        )
    );
    tx.run(sql, args![json_rows(&kept)?, viewer.workspace])
        .await
}

/// Counters of our own posts in a period (its end excluded), by post and time.
pub async fn own_readings(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Reading>, StoreError> {
    let rows = conn
        .all(
            "SELECT g.post_id AS post_id, g.at AS at, g.likes AS likes, g.reposts AS reposts, g.replies AS replies, g.views AS views
             FROM post_reading g JOIN post p ON p.id = g.post_id WHERE p.workspace_id = $1 AND p.own AND g.at >= $2 AND g.at < $3 ORDER BY g.post_id, g.at",
            args![viewer.workspace, from, to],
        )
        .await?;
    let reading = |row: &Row| {
        Ok(Reading {
            post: row.id("post_id")?,
            at: row.time("at")?,
            likes: row.opt_real("likes")?,
            reposts: row.opt_real("reposts")?,
            replies: row.opt_real("replies")?,
            views: row.opt_real("views")?,
        })
    };
    rows.iter().map(reading).collect()
}

/// Notes hours or money and says the id of the note.
pub async fn add_cost(
    tx: &mut Tx,
    viewer: &Viewer,
    cost: &Cost,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let id = tx.next_id(now);
    tx.run(
        "INSERT INTO cost_entry (id, workspace_id, kind, channel_id, aim_id, member_id, minutes, amount, note, on_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![id, viewer.workspace, &cost.kind, cost.channel, cost.aim, cost.member, finite(cost.minutes), finite(cost.amount), &cost.note, cost.on],
    )
    .await?;
    Ok(id)
}

/// Hours and money of a period (its end excluded), oldest first.
pub async fn costs(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Cost>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, kind, channel_id, aim_id, member_id, minutes, amount, note, on_at FROM cost_entry
             WHERE workspace_id = $1 AND on_at >= $2 AND on_at < $3 ORDER BY on_at, id",
            args![viewer.workspace, from, to],
        )
        .await?;
    let cost = |row: &Row| {
        Ok(Cost {
            id: row.int("id")?,
            kind: row.text("kind")?,
            channel: row.opt_id("channel_id")?,
            aim: row.opt_id("aim_id")?,
            member: row.opt_id("member_id")?,
            minutes: row.real("minutes")?,
            amount: row.real("amount")?,
            note: row.text("note")?,
            on: row.time("on_at")?,
        })
    };
    rows.iter().map(cost).collect()
}
