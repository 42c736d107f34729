//! What runs in the background of a serving process. Every process may run all of it: leases keep them apart.

use std::time::Duration;

use auscult_store::{attention, import, inbox, live, session};
use jiff::SignedDuration;

use crate::app::App;
use crate::deliver;
use crate::listen;
use crate::plan;
use crate::system;

/// Live events are kept this long; a page that was away longer loads anew.
const LIVE: SignedDuration = SignedDuration::from_hours(24);

/// A webhook delivery is known again for this long.
const SEEN: SignedDuration = SignedDuration::from_hours(72);

/// Starts it.
pub fn start(app: &App) {
    listen::start(app);
    deliver::start(app);
    let planning = app.clone();
    app.tasks
        .repeat("plan", move || plan::schedule::turn(planning.clone()));
    let keeping = app.clone();
    app.tasks.repeat("watches", move || {
        let app = keeping.clone();
        async move {
            app.watches.refresh(&app).await?;
            Ok(Duration::from_millis(500))
        }
    });
    let waking = app.clone();
    app.tasks.repeat("wake", move || wake(waking.clone()));
    let tidying = app.clone();
    app.tasks.repeat("tidy", move || tidy(tidying.clone()));
    let cleaning = app.clone();
    app.tasks.repeat("retention", move || {
        let app = cleaning.clone();
        async move {
            system::clean(&app).await?;
            Ok(Duration::from_hours(1))
        }
    });
}

/// Conversations whose rest is over.
async fn wake(app: App) -> anyhow::Result<Duration> {
    let mut tx = app.begin().await?;
    let woken = inbox::wake_due(&mut tx, app.now(), 200).await?;
    if woken.is_empty() {
        tx.rollback().await?;
    } else {
        app.commit(tx).await?;
    }
    Ok(Duration::from_secs(5))
}

/// What is over is forgotten.
async fn tidy(app: App) -> anyhow::Result<Duration> {
    let now = app.now();
    let mut tx = app.begin().await?;
    session::prune(&mut tx, now).await?;
    attention::prune(&mut tx, now).await?;
    live::prune(&mut tx, now - LIVE).await?;
    import::prune_seen(&mut tx, now - SEEN).await?;
    app.commit(tx).await?;
    Ok(Duration::from_mins(10))
}
