//! Feeds: what a channel listens to, where it stands, and who polls it now. Also gaps in what was heard.

use auscult_model::channel::{Feed, FeedLease, Gap};
use auscult_model::ids::{ChannelId, FeedId, WorkspaceId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found, unchanged};
use crate::row::Row;

const COLUMNS: &str = "f.id AS id, f.channel_id AS channel_id, c.network AS network, f.spec AS spec, f.cursor AS cursor,
  f.interval_seconds AS interval_seconds, f.next_poll_at AS next_poll_at, f.last_ok_at AS last_ok_at,
  f.last_error AS last_error, f.failures AS failures, f.active AS active";

/// A lease with the workspace its feed belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedFeed {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The right to poll.
    pub lease: FeedLease,
}

fn read(row: &Row) -> Result<Feed, StoreError> {
    Ok(Feed {
        id: row.id("id")?,
        channel: row.id("channel_id")?,
        network: row.text("network")?,
        spec: row.text("spec")?,
        cursor: row.opt_text("cursor")?,
        interval_seconds: row.small("interval_seconds")?,
        next_poll_at: row.time("next_poll_at")?,
        last_ok_at: row.opt_time("last_ok_at")?,
        last_error: row.text("last_error")?,
        failures: row.small("failures")?,
        active: row.flag("active")?,
    })
}

/// Stores a feed of a channel; it is due at once.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    channel: ChannelId,
    feed: (&str, u32),
    now: Timestamp,
) -> Result<FeedId, StoreError> {
    let (spec, interval_seconds) = feed;
    let id = FeedId(tx.next_id(now));
    let rows = tx
        .run(
            "INSERT INTO feed (id, workspace_id, channel_id, spec, interval_seconds, next_poll_at, created_at)
             SELECT $1, c.workspace_id, c.id, $2, $3, $4, $4 FROM channel c WHERE c.workspace_id = $5 AND c.id = $6",
            args![id, spec, interval_seconds, now, viewer.workspace, channel],
        )
        .await?;
    found(rows, "channel")?;
    Ok(id)
}

/// Feeds of the workspace, oldest first; of one channel when it is named.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    channel: Option<ChannelId>,
) -> Result<Vec<Feed>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {COLUMNS} FROM feed f JOIN channel c ON c.id = f.channel_id
                 WHERE f.workspace_id = $1 AND ($2 IS NULL OR f.channel_id = $2) ORDER BY f.id"
            ),
            args![viewer.workspace, channel],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Changes what a feed asks for, how often, and whether it is on; a new spec starts without cursor.
pub async fn save(tx: &mut Tx, viewer: &Viewer, feed: &Feed) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE feed SET cursor = CASE WHEN spec = $1 THEN cursor ELSE NULL END, spec = $1, interval_seconds = $2,
             active = $3, next_poll_at = $4 WHERE workspace_id = $5 AND id = $6",
            args![&feed.spec, feed.interval_seconds, feed.active, feed.next_poll_at, viewer.workspace, feed.id],
        )
        .await?;
    found(rows, "feed")
}

/// Removes a feed with its gaps.
pub async fn remove(tx: &mut Tx, viewer: &Viewer, id: FeedId) -> Result<(), StoreError> {
    found(
        tx.run(
            "DELETE FROM feed WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?,
        "feed",
    )?;
    tx.run(
        "DELETE FROM gap WHERE workspace_id = $1 AND feed_id = $2",
        args![viewer.workspace, id],
    )
    .await?;
    Ok(())
}

/// Claims up to `limit` due feeds of any workspace until `until`. Two workers never get the same feed.
pub async fn claim_due(
    tx: &mut Tx,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<ClaimedFeed>, StoreError> {
    let sql = format!(
        "WITH due AS MATERIALIZED (
           SELECT id FROM feed WHERE active AND next_poll_at <= $1 AND lease_until <= $1
           ORDER BY next_poll_at, id LIMIT $3 {lock})
         UPDATE feed SET fencing = fencing + 1, lease_until = $2
         WHERE id IN (SELECT id FROM due) RETURNING id",
        lock = tx.skip_locked()
    );
    let claimed = tx.all(sql, args![now, until, limit]).await?;
    let ids: Vec<i64> = claimed
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS}, f.workspace_id AS workspace_id, f.fencing AS fencing FROM feed f JOIN channel c ON c.id = f.channel_id
         WHERE f.id IN {} ORDER BY f.next_poll_at, f.id",
        crate::batch::numbers(tx.engine(), 1)
    );
    let rows = tx.all(sql, args![crate::batch::id_list(ids)]).await?;
    let mut feeds = Vec::with_capacity(rows.len());
    for row in &rows {
        let lease = FeedLease {
            feed: read(row)?,
            fencing: row.int("fencing")?,
            until,
        };
        feeds.push(ClaimedFeed {
            workspace: row.id("workspace_id")?,
            lease,
        });
    }
    Ok(feeds)
}

/// Claims one feed by id, due or not (a "test" or "poll now" by a member).
pub async fn claim(
    tx: &mut Tx,
    viewer: &Viewer,
    id: FeedId,
    now: Timestamp,
    until: Timestamp,
) -> Result<FeedLease, StoreError> {
    let rows = tx
        .run(
            "UPDATE feed SET fencing = fencing + 1, lease_until = $1 WHERE workspace_id = $2 AND id = $3 AND lease_until <= $4",
            args![until, viewer.workspace, id, now],
        )
        .await?;
    unchanged(rows, "the feed is polled right now")?;
    let row = tx
        .one(
            format!("SELECT {COLUMNS}, f.fencing AS fencing FROM feed f JOIN channel c ON c.id = f.channel_id WHERE f.id = $1"),
            args![id],
        )
        .await?;
    Ok(FeedLease {
        feed: read(&row)?,
        fencing: row.int("fencing")?,
        until,
    })
}

/// Prolongs a lease, as long as nobody else took it.
pub async fn prolong(tx: &mut Tx, lease: &FeedLease, until: Timestamp) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE feed SET lease_until = $1 WHERE id = $2 AND fencing = $3",
            args![until, lease.feed.id, lease.fencing],
        )
        .await?;
    unchanged(rows, "the lease of the feed")
}

/// Ends a poll that went well: the feed is due again at `next`. The cursor moved with the posts.
pub async fn done(
    tx: &mut Tx,
    lease: &FeedLease,
    now: Timestamp,
    next: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE feed SET lease_until = 0, next_poll_at = $1, last_ok_at = $2, last_error = '', failures = 0
             WHERE id = $3 AND fencing = $4",
            args![next, now, lease.feed.id, lease.fencing],
        )
        .await?;
    unchanged(rows, "the lease of the feed")
}

/// Ends a poll that failed: the feed is tried again at `next`.
pub async fn failed(
    tx: &mut Tx,
    lease: &FeedLease,
    error: &str,
    next: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE feed SET lease_until = 0, next_poll_at = $1, last_error = $2, failures = failures + 1
             WHERE id = $3 AND fencing = $4",
            args![next, error, lease.feed.id, lease.fencing],
        )
        .await?;
    unchanged(rows, "the lease of the feed")
}

/// Notes a hole in what was heard.
pub async fn add_gap(
    tx: &mut Tx,
    viewer: &Viewer,
    gap: &Gap,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = tx.next_id(now);
    tx.run(
        "INSERT INTO gap (id, workspace_id, feed_id, from_at, to_at, reason, filled_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![id, viewer.workspace, gap.feed, gap.from, gap.to, &gap.reason, gap.filled_at],
    )
    .await?;
    Ok(())
}

/// Holes that touch a period, oldest first.
pub async fn gaps(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Gap>, StoreError> {
    let rows = conn
        .all(
            "SELECT feed_id, from_at, to_at, reason, filled_at FROM gap
             WHERE workspace_id = $1 AND from_at < $3 AND to_at > $2 ORDER BY from_at, id",
            args![viewer.workspace, from, to],
        )
        .await?;
    let gap = |row: &Row| {
        Ok(Gap {
            feed: row.id("feed_id")?,
            from: row.time("from_at")?,
            to: row.time("to_at")?,
            reason: row.text("reason")?,
            filled_at: row.opt_time("filled_at")?,
        })
    };
    rows.iter().map(gap).collect()
}

/// Marks the holes of a feed in a period as filled.
pub async fn fill_gaps(
    tx: &mut Tx,
    viewer: &Viewer,
    feed: FeedId,
    period: (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.run(
        "UPDATE gap SET filled_at = $1 WHERE workspace_id = $2 AND feed_id = $3 AND from_at >= $4 AND to_at <= $5 AND filled_at IS NULL",
        args![now, viewer.workspace, feed, period.0, period.1],
    )
    .await
}
