//! Live events: numbered per workspace in the store, so that a page catches up from a number on any node.
//!
//! The hub only wakes those who wait in this process; the truth is in the store, and other nodes are heard by looking.

use std::time::Duration;

use auscult_model::member::Viewer;
use auscult_store::live::{self, LiveEvent};
use tokio::sync::watch;

use crate::app::App;
use crate::error::AppError;

/// How long a waiting page looks away before it asks the store on its own: another node may have written.
const LOOK: Duration = Duration::from_millis(1_000);

/// Wakes the pages of this process.
#[derive(Debug, Clone)]
pub struct Hub(watch::Sender<u64>);

impl Default for Hub {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Hub {
    /// Something was committed.
    pub fn wake(&self) {
        self.0.send_modify(|turn| *turn = turn.wrapping_add(1));
    }

    /// Waits for the next commit of this process, or a moment.
    pub async fn wait(&self) {
        let mut turn = self.0.subscribe();
        tokio::select! {
            changed = turn.changed() => drop(changed),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// What a page that stands at `number` has missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// These, oldest first.
    Events(Vec<LiveEvent>),
    /// Too much: load the page anew, then go on from this number.
    Reload(i64),
}

/// The number of the last event: where a fresh page starts.
pub async fn last(app: &App, viewer: &Viewer) -> Result<i64, AppError> {
    Ok(live::last(&mut app.read().await?, viewer.workspace).await?)
}

/// What happened after `number`, at once.
pub async fn since(app: &App, viewer: &Viewer, number: i64) -> Result<Missed, AppError> {
    let mut conn = app.read().await?;
    match live::since(&mut conn, viewer.workspace, number).await? {
        Some(events) => Ok(Missed::Events(events)),
        None => Ok(Missed::Reload(
            live::last(&mut conn, viewer.workspace).await?,
        )),
    }
}
