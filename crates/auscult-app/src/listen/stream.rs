//! Streams: one task for each, its lease prolonged while it runs, pages joined into durable batches.

use std::time::Duration;

use auscult_connect::contract::{Connector, Cx, FeedSpec, Page};
use auscult_store::feed::{self, ClaimedFeed};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use crate::app::App;
use crate::error::AppError;
use crate::listen::poll::{LEASE, LookError, keep};

/// Pages that wait to be stored; a full queue slows the reader down, so memory stays bounded.
const QUEUE: usize = 64;
/// Pages are joined for this long, or until they fill a batch.
const JOIN: Duration = Duration::from_millis(200);
/// Items of a batch.
const BATCH: usize = 500;
/// The lease is prolonged this often.
const PROLONG: Duration = Duration::from_secs(30);

/// Runs a stream until it breaks or the program stops; says when to connect again.
pub(super) async fn run(
    app: &App,
    claimed: &ClaimedFeed,
    connector: &dyn Connector,
    cx: &Cx,
    spec: &FeedSpec,
) -> Result<Timestamp, LookError> {
    let (sender, mut pages) = mpsc::channel(QUEUE);
    let cursor = claimed.lease.feed.cursor.clone();
    let reading = connector.stream(cx, spec, cursor.as_deref(), sender);
    let storing = async {
        while let Some(first) = pages.recv().await {
            let page = join(first, &mut pages).await;
            keep(app, claimed, page).await?;
        }
        Ok::<(), LookError>(())
    };
    let stopping = app.tasks.stopping();
    tokio::select! {
        (read, stored) = async { tokio::join!(reading, storing) } => { stored?; read?; }
        lost = hold(app, claimed) => return Err(lost),
        () = stopping.cancelled() => return Ok(app.now()),
    }
    Ok(app.now() + SignedDuration::from_secs(1))
}

/// Joins pages that come in quick succession.
async fn join(first: Page, pages: &mut mpsc::Receiver<Page>) -> Page {
    let mut page = first;
    let end = tokio::time::Instant::now() + JOIN;
    while page.items.len() < BATCH {
        let Ok(Some(next)) = tokio::time::timeout_at(end, pages.recv()).await else {
            break;
        };
        page.items.extend(next.items);
        page.cursor = next.cursor.or(page.cursor);
        page.gap = page.gap.or(next.gap);
    }
    page
}

/// Prolongs the lease until somebody else has it.
async fn hold(app: &App, claimed: &ClaimedFeed) -> LookError {
    loop {
        tokio::time::sleep(PROLONG).await;
        if let Err(error) = prolong(app, claimed).await {
            return error.into();
        }
    }
}

async fn prolong(app: &App, claimed: &ClaimedFeed) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    feed::prolong(&mut tx, &claimed.lease, app.now() + LEASE).await?;
    app.commit(tx).await
}
