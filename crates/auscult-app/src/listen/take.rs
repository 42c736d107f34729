//! The one way in: what was heard is understood off the async threads and stored in durable batches.

use std::sync::Arc;

use auscult_connect::contract::Inbound;
use auscult_model::ids::WorkspaceId;
use auscult_model::listen::{IngestFrom, IngestItem, IngestOutcome};
use auscult_model::member::Viewer;
use auscult_store::import::{BrokenItem, keep_broken};
use auscult_store::listen::{BATCH, ingest};

use crate::app::App;
use crate::error::AppError;
use crate::listen::context::Context;
use crate::listen::understand::Understanding;
use crate::safety;

/// Takes what was heard. Good items are kept whatever the others are; the outcome has one result for each item that
/// could be read, in order. The feed's cursor moves with the last batch.
pub async fn take(
    app: &App,
    workspace: WorkspaceId,
    from: IngestFrom,
    items: Vec<Inbound>,
) -> Result<IngestOutcome, AppError> {
    let viewer = Viewer::system(workspace);
    let context = Arc::new(Context::read(&mut app.read().await?, &viewer, from.channel).await?);
    let mut whole = IngestOutcome::default();
    let mut rest = items;
    loop {
        let later = rest.split_off(rest.len().min(BATCH));
        let last = later.is_empty();
        let outcome = batch(app, &viewer, &context, step(&from, last), rest).await?;
        whole.results.extend(outcome.results);
        whole.opened.extend(outcome.opened);
        whole.touched.extend(outcome.touched);
        whole.reopened.extend(outcome.reopened);
        if last {
            return Ok(whole);
        }
        rest = later;
    }
}

/// Only the last batch of a page moves the cursor to its end.
fn step(from: &IngestFrom, last: bool) -> IngestFrom {
    let feed = from
        .feed
        .clone()
        .map(|(id, fencing, cursor)| (id, fencing, cursor.filter(|_| last)));
    IngestFrom {
        channel: from.channel,
        feed,
        import: from.import,
    }
}

async fn batch(
    app: &App,
    viewer: &Viewer,
    context: &Arc<Context>,
    from: IngestFrom,
    items: Vec<Inbound>,
) -> Result<IngestOutcome, AppError> {
    let now = app.now();
    let (broken, readable): (Vec<Inbound>, Vec<Inbound>) = items
        .into_iter()
        .partition(|item| matches!(item, Inbound::Broken { .. }));
    app.seen.catch_up(app, viewer).await?;
    let items = read(app, context, readable).await?;
    let mut tx = app.begin().await?;
    for item in broken {
        if let Inbound::Broken { place, reason, raw } = item {
            tracing::warn!(place, reason, "{place} could not be read: {reason}");
            let kept = BrokenItem {
                id: 0,
                channel: from.channel,
                import: from.import,
                place,
                reason,
                bytes: raw,
                at: now,
            };
            keep_broken(&mut tx, viewer, &kept, now).await?;
        }
    }
    let outcome = ingest(&mut tx, viewer, &from, &items, now).await?;
    // In the same transaction: a flagged post is never there without its record on the desk.
    safety::open_for(app, &mut tx, viewer, &outcome).await?;
    app.commit(tx).await?;
    app.seen.stored(viewer.workspace, &outcome);
    Ok(outcome)
}

/// Understanding is pure work on text: it leaves the async threads.
async fn read(
    app: &App,
    context: &Arc<Context>,
    items: Vec<Inbound>,
) -> Result<Vec<IngestItem>, AppError> {
    let (app, context) = (app.clone(), Arc::clone(context));
    let work = tokio::task::spawn_blocking(move || {
        let mut understanding = Understanding::new(&app, &context);
        items
            .into_iter()
            .filter_map(|item| understanding.item(item))
            .collect()
    });
    work.await
        .map_err(|error| AppError::broken(format!("understanding a batch: {error}")))
}
