//! The archive: a query of the watch language over what was heard. The index proposes, the matcher decides.

use std::sync::Arc;

use auscult_model::ids::{PostId, WorkspaceId};
use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_model::search::{Before, PostFilter, Terms};
use auscult_store::search;
use auscult_text::matcher::{Buffers, PreparedPost, Scratch, Single};
use jiff::Timestamp;

use crate::app::App;
use crate::error::AppError;

/// Posts of a page unless said.
pub const PAGE: usize = 50;
/// Candidates of the first chunk; each further one is four times as large.
const CHUNK: u32 = 200;
/// Candidates of a chunk at most.
const LARGEST: u32 = 3_200;
/// Candidates looked at for one page; then the page ends early and says where to go on.
const LOOKED_AT: usize = 50_000;

/// A page of the archive, newest first.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The posts.
    pub posts: Vec<StoredPost>,
    /// Where the next page starts; `None` at the end.
    pub next: Before,
}

/// Posts for which `query` is true, newest first; an empty query is true for all.
///
/// # Errors
/// [`AppError::Invalid`] with the first fault of the query, its place and the mend.
pub async fn posts(
    app: &App,
    viewer: &Viewer,
    query: (&str, &PostFilter),
    before: Before,
    limit: usize,
) -> Result<Found, AppError> {
    let (text, filter) = query;
    let single = compile(app, viewer.workspace, text)?.map(Arc::new);
    let terms = single.as_ref().map_or(Terms::Any, |single| single.terms());
    let now = app.now();
    let mut conn = app.read().await?;
    let mut found = Found::default();
    let (mut floor, mut chunk, mut looked_at) = (before, CHUNK, 0);
    loop {
        let candidates = search::posts(&mut conn, viewer, (&terms, filter), floor, chunk).await?;
        let is_last = candidates.len() < usize::try_from(chunk).unwrap_or(usize::MAX);
        looked_at += candidates.len();
        floor = candidates.last().map(|post| post.id).or(floor);
        for post in decide(single.clone(), candidates, now).await? {
            if found.posts.len() == limit {
                found.next = found.posts.last().map(|post| post.id);
                return Ok(found);
            }
            found.posts.push(post);
        }
        if is_last {
            return Ok(found);
        }
        if looked_at >= LOOKED_AT {
            found.next = floor;
            return Ok(found);
        }
        chunk = (chunk * 4).min(LARGEST);
    }
}

/// The query, ready to run; `None` when it is empty.
pub(crate) fn compile(
    app: &App,
    workspace: WorkspaceId,
    text: &str,
) -> Result<Option<Single>, AppError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let compiled = app
        .watches
        .with_library(workspace, |library| Single::compile(text, library));
    compiled.map(Some).map_err(|faults| {
        let words = faults.first().map(|fault| {
            let mend = fault
                .suggestion
                .as_ref()
                .map(|mend| format!("; {mend}"))
                .unwrap_or_default();
            format!(
                "at character {}: {}{mend}",
                fault.span.start + 1,
                fault.message
            )
        });
        AppError::invalid(
            "query",
            words.unwrap_or_else(|| "this does not read".to_owned()),
        )
    })
}

/// Whether this is the id of a post; for pages that go on from one.
pub fn before(text: &str) -> Result<Before, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse::<PostId>()
        .map(Some)
        .map_err(|_| AppError::invalid("before", "go on with the `next` of the page before"))
}

/// Matching is pure work on text: it leaves the async threads.
async fn decide(
    single: Option<Arc<Single>>,
    candidates: Vec<StoredPost>,
    now: Timestamp,
) -> Result<Vec<StoredPost>, AppError> {
    let Some(single) = single else {
        return Ok(candidates);
    };
    let work = tokio::task::spawn_blocking(move || {
        let mut buffers = Buffers::default();
        let mut scratch = Scratch::default();
        let mut hits = Vec::new();
        for candidate in candidates {
            let prepared = PreparedPost::new(&candidate.post, &mut buffers);
            if single.matches(&prepared, now, &mut scratch) {
                hits.push(candidate);
            }
        }
        hits
    });
    work.await
        .map_err(|error| AppError::broken(format!("searching: {error}")))
}
