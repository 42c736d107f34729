//! Ingest: a batch of what a source said, in one transaction.
//!
//! Raw events, posts, revisions, findings, search rows, conversations and the feed's cursor move together: a
//! kill in the middle leaves nothing, the same batch again changes nothing. Whatever the order of arrival, the
//! latest version of a post is the one that is shown, and what was deleted does not come back.

mod arrival;
mod content;
mod open;
mod remove;
mod route;

use std::collections::{HashMap, HashSet};

use auscult_model::ids::PostId;
use auscult_model::listen::{IngestFrom, IngestItem, IngestOutcome, IngestResult};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::{json_rows, json_text, rows, texts};
use crate::counter;
use crate::db::Tx;
use crate::error::{StoreError, unchanged};
use arrival::{Arrival, Key, PostRow, group};
use content::Written;

pub(crate) use arrival::finite;
pub(crate) use remove::{Gone, bury, purge_posts};
pub use remove::{is_tombstoned, remove};

/// The most items one batch may hold.
pub const BATCH: usize = 500;

/// On whose behalf, from where and when.
#[derive(Clone, Copy)]
pub(crate) struct Batch<'b> {
    viewer: &'b Viewer,
    from: &'b IngestFrom,
    now: Timestamp,
}

/// Stores a batch. Good items are stored even when others are refused; the outcome has one result for each.
///
/// [`StoreError::Conflict`] when the batch moves a feed's cursor and the lease of the feed went to somebody else.
pub async fn ingest(
    tx: &mut Tx,
    viewer: &Viewer,
    from: &IngestFrom,
    items: &[IngestItem],
    now: Timestamp,
) -> Result<IngestOutcome, StoreError> {
    if items.len() > BATCH {
        return Err(StoreError::Refused(format!(
            "a batch holds {BATCH} items at most, this one has {}",
            items.len()
        )));
    }
    move_cursor(tx, viewer, from, now).await?;
    let batch = Batch { viewer, from, now };
    let mut results: Vec<Option<IngestResult>> = vec![None; items.len()];
    let (arrivals, deleted) = arrival::sort_out(viewer, tx.hash_key(), items, &mut results)?;
    remove::delete_upstream(tx, viewer, &deleted, now).await?;
    let arrivals = without_tombstoned(tx, viewer, arrivals, &mut results).await?;
    let written = store(tx, batch, &arrivals, &mut results).await?;
    let mut outcome = IngestOutcome::default();
    content::write_children(tx, viewer, from, &written, now).await?;
    route::route(tx, batch, &written, &mut outcome).await?;
    outcome.results = results
        .into_iter()
        .map(|result| result.unwrap_or(IngestResult::Deleted))
        .collect();
    finish(tx, viewer, from, &outcome, now).await?;
    Ok(outcome)
}

/// Moves the feed's cursor, if the lease is still ours.
async fn move_cursor(
    tx: &mut Tx,
    viewer: &Viewer,
    from: &IngestFrom,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((feed, fencing, cursor)) = &from.feed else {
        return Ok(());
    };
    let rows = tx
        .run(
            "UPDATE feed SET cursor = COALESCE($1, cursor), last_ok_at = $2
             WHERE workspace_id = $3 AND id = $4 AND fencing = $5 AND lease_until > $2",
            args![cursor, now, viewer.workspace, *feed, *fencing],
        )
        .await?;
    unchanged(rows, "the lease of the feed is over or somebody else's")
}

/// Leaves out what was deleted or erased before.
async fn without_tombstoned<'a>(
    tx: &mut Tx,
    viewer: &Viewer,
    arrivals: Vec<Arrival<'a>>,
    results: &mut [Option<IngestResult>],
) -> Result<Vec<Arrival<'a>>, StoreError> {
    if arrivals.is_empty() {
        return Ok(arrivals);
    }
    let hashes: Vec<&str> = arrivals
        .iter()
        .map(|arrival| arrival.tombstone.as_str())
        .collect();
    let sql = format!(
        "SELECT hash FROM tombstone WHERE workspace_id = $2 AND hash IN {}",
        texts(tx.engine(), 1)
    );
    let rows = tx
        .all(sql, args![json_text(&hashes)?, viewer.workspace])
        .await?;
    let gone: HashSet<String> = rows
        .iter()
        .map(|row| row.text("hash"))
        .collect::<Result<_, _>>()?;
    let mut kept = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        if gone.contains(&arrival.tombstone) {
            set(results, arrival.place, IngestResult::Tombstoned);
        } else {
            kept.push(arrival);
        }
    }
    Ok(kept)
}

fn set(results: &mut [Option<IngestResult>], place: usize, result: IngestResult) {
    if let Some(slot) = results.get_mut(place) {
        *slot = Some(result);
    }
}

/// Writes posts and revisions, and says what of each key became the shown version.
async fn store<'a>(
    tx: &mut Tx,
    batch: Batch<'_>,
    arrivals: &'a [Arrival<'a>],
    results: &mut [Option<IngestResult>],
) -> Result<Vec<Written<'a>>, StoreError> {
    if arrivals.is_empty() {
        return Ok(Vec::new());
    }
    let Batch { viewer, from, now } = batch;
    let groups = group(arrivals);
    let mut proposed = Vec::with_capacity(groups.len());
    for versions in &groups {
        let id = tx.next_id(now);
        proposed.push(PostRow::new(id, viewer, from, versions.newest, now));
    }
    let stored = arrival::insert_posts(tx, &proposed).await?;
    let known = existing(tx, viewer, &proposed, &stored).await?;
    let mut written = Vec::with_capacity(groups.len());
    let mut older = Vec::new();
    for (versions, row) in groups.iter().zip(proposed) {
        let newest = versions.newest;
        let there = known.get(&newest.key);
        let Some(result) = judge(newest, stored.contains(&row.id).then_some(row.id), there) else {
            set(results, newest.place, IngestResult::Tombstoned);
            continue;
        };
        let id = match (&result, there) {
            (IngestResult::Revised(id), Some(there)) => {
                older.push(there.as_revision());
                written.push(Written {
                    id: *id,
                    arrival: newest,
                    revised: true,
                });
                *id
            }
            (IngestResult::Known(id), Some(there)) => {
                if newest.rank() != there.rank() {
                    older.push(newest.as_revision(there.id, now));
                }
                *id
            }
            _ => {
                written.push(Written {
                    id: PostId(row.id),
                    arrival: newest,
                    revised: false,
                });
                PostId(row.id)
            }
        };
        set(results, newest.place, result);
        for version in &versions.older {
            set(results, version.place, IngestResult::Known(id));
            if version.rank() != newest.rank() {
                older.push(version.as_revision(id.0, now));
            }
        }
    }
    content::revise(tx, viewer, from, &written, now).await?;
    content::keep_revisions(tx, &older).await?;
    Ok(written)
}

/// What becomes of the newest version of a key in a batch: new, a newer version, or nothing new. `None` when the
/// post went away while we looked.
fn judge(
    newest: &Arrival<'_>,
    stored: Option<i64>,
    there: Option<&Existing>,
) -> Option<IngestResult> {
    if let Some(id) = stored {
        return Some(IngestResult::Stored(PostId(id)));
    }
    let there = there?;
    let id = PostId(there.id);
    Some(if newest.rank() > there.rank() {
        IngestResult::Revised(id)
    } else {
        IngestResult::Known(id)
    })
}

/// A post that is there already.
pub(crate) struct Existing {
    id: i64,
    version_at: i64,
    content_hash: i64,
    heard_at: i64,
    body: String,
}

/// Those of the proposed posts that were there already.
async fn existing(
    tx: &mut Tx,
    viewer: &Viewer,
    proposed: &[PostRow<'_>],
    stored: &HashSet<i64>,
) -> Result<HashMap<Key, Existing>, StoreError> {
    let missing: Vec<&PostRow<'_>> = proposed
        .iter()
        .filter(|row| !stored.contains(&row.id))
        .collect();
    let mut known = HashMap::with_capacity(missing.len());
    if missing.is_empty() {
        return Ok(known);
    }
    let keys: Vec<arrival::KeyRow<'_>> = missing.iter().map(|row| row.key()).collect();
    let sql = format!(
        "SELECT p.id AS id, p.source AS source, p.external_id AS external_id, p.version_at AS version_at,
         p.content_hash AS content_hash, p.heard_at AS heard_at, p.body AS body
         FROM {} JOIN post p ON p.workspace_id = $2 AND p.source = r.source AND p.external_id = r.external_id",
        rows(tx.engine(), 1, "source text, external_id text")
    );
    for row in tx
        .all(sql, args![json_rows(&keys)?, viewer.workspace])
        .await?
    {
        let key = Key {
            source: row.text("source")?,
            external_id: row.text("external_id")?,
        };
        known.insert(
            key,
            Existing {
                id: row.int("id")?,
                version_at: row.int("version_at")?,
                content_hash: row.int("content_hash")?,
                heard_at: row.int("heard_at")?,
                body: row.text("body")?,
            },
        );
    }
    Ok(known)
}

/// Counts, the channel's last sign of life, and the word to open pages.
async fn finish(
    tx: &mut Tx,
    viewer: &Viewer,
    from: &IngestFrom,
    outcome: &IngestOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(channel) = from.channel {
        tx.run(
            "UPDATE channel SET last_in = $1 WHERE workspace_id = $2 AND id = $3",
            args![now, viewer.workspace, channel],
        )
        .await?;
    }
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (stored, refused) = (count(outcome.stored()), count(outcome.refused()));
    if let Some(import) = from.import {
        let known = count(outcome.results.len()) - stored - refused;
        tx.run(
            "UPDATE import SET stored = stored + $1, known = known + $2, refused = refused + $3
             WHERE workspace_id = $4 AND id = $5",
            args![stored, known, refused, viewer.workspace, import],
        )
        .await?;
    }
    if stored > 0 {
        tx.live(viewer.workspace, "posts", 0, now);
        counter::take(tx, viewer.workspace, "posts", stored).await?;
    }
    Ok(())
}

/// Routes one post that is stored already, as if it had just come with this route.
pub(crate) async fn route_stored(
    tx: &mut Tx,
    viewer: &Viewer,
    what: (&IngestFrom, &[IngestItem], PostId),
    outcome: &mut IngestOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (from, items, id) = what;
    let mut results = vec![None; items.len()];
    let (arrivals, _) = arrival::sort_out(viewer, tx.hash_key(), items, &mut results)?;
    let written: Vec<Written<'_>> = arrivals
        .iter()
        .map(|arrival| Written {
            id,
            arrival,
            revised: false,
        })
        .collect();
    route::route(tx, Batch { viewer, from, now }, &written, outcome).await
}
