//! What was said before: near-duplicates are recognised as a stream, across restarts and processes.
//!
//! Each process remembers the newest texts of a workspace and reads what others stored meanwhile before each batch. A
//! cluster is named after its first post; nothing is hidden by it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auscult_model::ids::{PostId, WorkspaceId};
use auscult_model::listen::{IngestOutcome, IngestResult};
use auscult_model::member::Viewer;
use auscult_model::post::Post;
use auscult_store::cluster::{self, Told};
use auscult_text::dedupe::{Deduper, Fingerprint, THRESHOLD};

use crate::app::App;
use crate::error::AppError;

/// Pieces of the shortest text that is compared: many people say "Thank you, lovely staff", each for themselves.
const SHORTEST: usize = 48;
/// Texts of a workspace that are remembered after a start; twice as many at most.
const REMEMBERED: u32 = 10_000;

/// The memory of all workspaces.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<Mutex<HashMap<WorkspaceId, Known>>>);

#[derive(Debug)]
struct Known {
    deduper: Deduper,
    latest: PostId,
    /// Stored here since then.
    own: HashSet<PostId>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            deduper: Deduper::new(THRESHOLD),
            latest: PostId(0),
            own: HashSet::new(),
        }
    }
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what others stored since the last time. What a process commits while another one reads may be missed.
    pub(super) async fn catch_up(&self, app: &App, viewer: &Viewer) -> Result<(), AppError> {
        let latest = {
            let mut all = self.lock();
            all.retain(|_, known| known.deduper.texts() <= 2 * REMEMBERED as usize);
            all.entry(viewer.workspace).or_default().latest
        };
        let mut conn = app.read().await?;
        let mut newer = cluster::newer(&mut conn, viewer, latest, REMEMBERED).await?;
        let Some(newest) = newer.last().copied() else {
            return Ok(());
        };
        {
            let mut all = self.lock();
            let known = all.entry(viewer.workspace).or_default();
            newer.retain(|id| !known.own.remove(id));
            known.own.retain(|id| *id > newest);
            known.latest = known.latest.max(newest);
        }
        if newer.is_empty() {
            return Ok(());
        }
        let told = cluster::told(&mut conn, viewer, &newer).await?;
        drop(conn);
        let (memory, workspace) = (self.clone(), viewer.workspace);
        let work = tokio::task::spawn_blocking(move || {
            let read: Vec<(String, Fingerprint)> = told.into_iter().map(fingerprint).collect();
            let mut all = memory.lock();
            let known = all.entry(workspace).or_default();
            for (cluster, fingerprint) in read
                .into_iter()
                .filter(|(_, fingerprint)| fingerprint.pieces() >= SHORTEST)
            {
                known.deduper.restore(&cluster, fingerprint);
            }
        });
        work.await
            .map_err(|error| AppError::broken(format!("remembering what was said: {error}")))
    }

    /// Says which posts this process stored itself: it knows their words already.
    pub(super) fn stored(&self, workspace: WorkspaceId, outcome: &IngestOutcome) {
        let new = outcome.results.iter().filter_map(|result| match result {
            IngestResult::Stored(id) => Some(*id),
            _ => None,
        });
        self.lock().entry(workspace).or_default().own.extend(new);
    }

    /// The cluster of a post whose words were heard before in another post; `None` for the first of its kind, and for
    /// what is too short to tell.
    pub(super) fn cluster(&self, workspace: WorkspaceId, post: &Post) -> Option<String> {
        let fingerprint = Fingerprint::of(post.title.as_deref(), post.text.as_deref());
        if fingerprint.pieces() < SHORTEST {
            return None;
        }
        let name = cluster::name(post.source.as_deref().unwrap_or_default(), &post.id);
        let mut all = self.lock();
        let deduper = &mut all.entry(workspace).or_default().deduper;
        let assigned = deduper.add_fingerprint(&name, fingerprint);
        (assigned.seen_before && assigned.cluster != name).then_some(assigned.cluster)
    }
}

fn fingerprint(told: Told) -> (String, Fingerprint) {
    let fingerprint = Fingerprint::of(told.title.as_deref(), told.text.as_deref());
    (told.cluster, fingerprint)
}
