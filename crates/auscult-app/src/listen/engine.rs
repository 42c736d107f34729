//! The compiled watches of all workspaces, kept in step with the store.
//!
//! Matching reads an immutable snapshot; a change edits the engine and publishes the next snapshot. Subjects run as
//! watches of their own, under keys that no watch has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use auscult_model::ids::{SubjectId, WatchId, WorkspaceId};
use auscult_model::member::Viewer;
use auscult_model::post::Post;
use auscult_model::subject::Subject;
use auscult_model::watch::ActiveWatches;
use auscult_store::{subject, watch, workspace};
use auscult_text::matcher::{Buffers, Engine, PreparedPost, Scratch, Snapshot};
use auscult_text::watch::Library;
use jiff::Timestamp;

use crate::app::App;
use crate::error::AppError;

/// Keys of subjects have this bit; ids of watches never do.
const SUBJECT: u64 = 1 << 63;

/// The compiled watches.
#[derive(Debug, Clone, Default)]
pub struct Watches(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    snapshot: RwLock<Arc<Snapshot>>,
}

#[derive(Debug, Default)]
struct State {
    engine: Engine,
    /// The change of the store that is compiled.
    change: Option<i64>,
    /// Version of each watch, with its tenant.
    watches: HashMap<u64, i64>,
    /// Version of each list.
    lists: HashMap<i64, (u64, String, i64)>,
    /// Entries of each subject.
    subjects: HashMap<u64, Vec<String>>,
}

/// Buffers of one worker, used again for each post.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    buffers: Buffers,
    scratch: Scratch,
}

/// What matched: watches and subjects.
pub(crate) type Hits = (Vec<WatchId>, Vec<SubjectId>);

impl Watches {
    /// Which watches and subjects of a workspace a post matches.
    pub(crate) fn matches(
        &self,
        workspace: WorkspaceId,
        post: &Post,
        now: Timestamp,
        desk: &mut Desk,
    ) -> Hits {
        let snapshot = Arc::clone(
            &self
                .0
                .snapshot
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        );
        let prepared = PreparedPost::new(post, &mut desk.buffers);
        let keys = snapshot.matches(Some(tenant(workspace)), &prepared, now, &mut desk.scratch);
        let (mut watches, mut subjects) = (Vec::new(), Vec::new());
        for key in keys {
            let id = (key & !SUBJECT).cast_signed();
            if key & SUBJECT == 0 {
                watches.push(WatchId(id))
            } else {
                subjects.push(SubjectId(id))
            }
        }
        (watches, subjects)
    }

    /// Does something with the lists and watches of a workspace: compile a query, explain a match.
    pub(crate) fn with_library<T>(
        &self,
        workspace: WorkspaceId,
        work: impl FnOnce(&Library) -> T,
    ) -> T {
        let mut state = self.state();
        let empty = Library::new();
        work(state.engine.library(tenant(workspace)).unwrap_or(&empty))
    }

    /// Reads what changed since the last look and publishes it.
    pub async fn refresh(&self, app: &App) -> Result<(), AppError> {
        let mut conn = app.read().await?;
        let change = watch::change_number(&mut conn).await?;
        if self.state().change == Some(change) {
            return Ok(());
        }
        let active = watch::active(&mut conn).await?;
        let mut subjects = Vec::new();
        for found in workspace::list(&mut conn).await? {
            let listened = subject::list(&mut conn, &Viewer::system(found.id)).await?;
            subjects.extend(listened.into_iter().map(|subject| (found.id, subject)));
        }
        let mut state = self.state();
        state.take(&active, &subjects);
        let next = state.engine.snapshot();
        drop(state);
        *self
            .0
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, active: &ActiveWatches, subjects: &[(WorkspaceId, Subject)]) {
        self.take_lists(active);
        self.take_subjects(subjects);
        let mut gone: Vec<u64> = self.watches.keys().copied().collect();
        for found in &active.watches {
            let key = found.id.0.cast_unsigned();
            gone.retain(|old| *old != key);
            if self.watches.insert(key, found.version) != Some(found.version) {
                // Errors are shown where the watch is written; a faulty one matches nothing.
                let faults = self.engine.upsert(
                    tenant(found.workspace),
                    key,
                    &found.name,
                    &found.query,
                    found.active,
                );
                if !faults.is_empty() {
                    tracing::warn!(watch = key, "watch {key} has errors and matches nothing");
                }
            }
        }
        for key in gone {
            self.watches.remove(&key);
            self.engine.remove(key);
        }
        self.change = Some(active.change);
    }

    fn take_lists(&mut self, active: &ActiveWatches) {
        let mut gone: Vec<i64> = self.lists.keys().copied().collect();
        for list in &active.lists {
            gone.retain(|old| *old != list.id.0);
            let known = self
                .lists
                .get(&list.id.0)
                .is_some_and(|(_, _, version)| *version == list.version);
            if !known {
                self.engine
                    .set_list(tenant(list.workspace), &list.name, &list.entries);
                self.lists.insert(
                    list.id.0,
                    (tenant(list.workspace), list.name.clone(), list.version),
                );
            }
        }
        for id in gone {
            if let Some((tenant, name, _)) = self.lists.remove(&id) {
                self.engine.remove_list(tenant, &name);
            }
        }
    }

    fn take_subjects(&mut self, subjects: &[(WorkspaceId, Subject)]) {
        let mut gone: Vec<u64> = self.subjects.keys().copied().collect();
        for (workspace, subject) in subjects.iter().filter(|(_, subject)| subject.active) {
            let key = subject.id.0.cast_unsigned() | SUBJECT;
            gone.retain(|old| *old != key);
            let entries: Vec<String> = std::iter::once(&subject.name)
                .chain(&subject.other_names)
                .cloned()
                .collect();
            if self.subjects.get(&key) == Some(&entries) {
                continue;
            }
            let list = format!("subject-{}", subject.id);
            self.engine.set_list(tenant(*workspace), &list, &entries);
            let faults = self.engine.upsert(
                tenant(*workspace),
                key,
                &list,
                &format!("list:{list}"),
                true,
            );
            if faults.is_empty() {
                self.subjects.insert(key, entries);
            }
        }
        for key in gone {
            self.subjects.remove(&key);
            self.engine.remove(key);
        }
    }
}

fn tenant(workspace: WorkspaceId) -> u64 {
    workspace.0.cast_unsigned()
}
