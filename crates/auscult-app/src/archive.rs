//! The archive as people read it: hits with the places that matched, how many there are, and what is wrong with a query.

use std::collections::{BTreeMap, BTreeSet};

use auscult_model::ids::{ConversationId, PostId, WorkspaceId};
use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_model::search::{Before, PostFilter};
use auscult_store::{cluster, inbox};
use auscult_text::matcher::{Buffers, PreparedPost, Single, explain};
use auscult_text::watch::{Library, WatchError};
use jiff::Timestamp;

use crate::app::App;
use crate::error::AppError;
use crate::search;

/// Hits are counted exactly up to this many.
const COUNTED: usize = 500;

/// A post with the places that matched, as ranges of code points.
#[derive(Debug, Clone)]
pub struct Marked {
    /// The post.
    pub post: StoredPost,
    /// In its title.
    pub title: Vec<(usize, usize)>,
    /// In its text.
    pub text: Vec<(usize, usize)>,
}

/// What is wrong with a query, and where it is, both from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFault {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// A page of the archive.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Newest first.
    pub hits: Vec<Marked>,
    /// Where the next page starts.
    pub next: Before,
    /// What is wrong with the query; then nothing is found.
    pub errors: Vec<QueryFault>,
    /// How many there are, on the first page.
    pub count: Option<usize>,
    /// There are more than were counted.
    pub is_more: bool,
}

/// Looks a query up, newest first, a page at a time.
pub async fn look(
    app: &App,
    viewer: &Viewer,
    query: &str,
    filter: &PostFilter,
    before: Before,
) -> Result<Found, AppError> {
    let single = match compile(app, viewer.workspace, query) {
        Ok(single) => single,
        Err(errors) => {
            return Ok(Found {
                errors,
                ..Found::default()
            });
        }
    };
    let limit = if before.is_none() {
        COUNTED
    } else {
        search::PAGE
    };
    let found = search::posts(app, viewer, (query, filter), before, limit).await?;
    let total = found.posts.len();
    let mut posts = found.posts;
    let is_more = found.next.is_some();
    let next = if total > search::PAGE {
        posts.get(search::PAGE - 1).map(|post| post.id)
    } else {
        found.next
    };
    posts.truncate(search::PAGE);
    let hits = marked(app, viewer.workspace, query, single.as_ref(), posts);
    Ok(Found {
        hits,
        next,
        errors: Vec::new(),
        count: before.is_none().then_some(total),
        is_more,
    })
}

/// Reads a query with the lists and watches of the workspace; `None` when it is empty.
pub(crate) fn compile(
    app: &App,
    workspace: WorkspaceId,
    query: &str,
) -> Result<Option<Single>, Vec<QueryFault>> {
    if query.trim().is_empty() {
        return Ok(None);
    }
    let compiled = app
        .watches
        .with_library(workspace, |library| Single::compile(query, library));
    compiled.map(Some).map_err(|errors| faults(query, &errors))
}

/// Errors with line and column.
pub(crate) fn faults(query: &str, errors: &[WatchError]) -> Vec<QueryFault> {
    let fault = |error: &WatchError| {
        let before: Vec<char> = query.chars().take(error.span.start).collect();
        let line_start = before
            .iter()
            .rposition(|letter| *letter == '\n')
            .map_or(0, |at| at + 1);
        QueryFault {
            line: before.iter().filter(|letter| **letter == '\n').count() + 1,
            column: before.len() - line_start + 1,
            what: error.message.trim_end_matches('.').to_owned(),
            mend: error.suggestion.clone().unwrap_or_default(),
        }
    };
    errors.iter().map(fault).collect()
}

/// Posts with the places that matched.
pub(crate) fn marked(
    app: &App,
    workspace: WorkspaceId,
    query: &str,
    single: Option<&Single>,
    posts: Vec<StoredPost>,
) -> Vec<Marked> {
    let now = app.now();
    app.watches.with_library(workspace, |library| {
        posts
            .into_iter()
            .map(|post| mark(query, single, library, post, now))
            .collect()
    })
}

fn mark(
    query: &str,
    single: Option<&Single>,
    library: &Library,
    post: StoredPost,
    now: Timestamp,
) -> Marked {
    let (mut title, mut text) = (Vec::new(), Vec::new());
    if let Some(single) = single {
        let mut buffers = Buffers::default();
        let prepared = PreparedPost::new(&post.post, &mut buffers);
        for hit in explain(query, single.tree(), library, &prepared, now)
            .into_iter()
            .filter_map(|clause| clause.hits)
            .flatten()
        {
            match hit.field {
                "title" => title.push((hit.start, hit.end)),
                "text" => text.push((hit.start, hit.end)),
                _ => {}
            }
        }
    }
    Marked {
        title: joined(title),
        text: joined(text),
        post,
    }
}

/// Ranges in order, those that touch made one.
fn joined(mut ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    ranges.sort_unstable();
    let mut whole: Vec<(usize, usize)> = Vec::new();
    for (start, end) in ranges {
        match whole.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => whole.push((start, end)),
        }
    }
    whole
}

/// How often the words of each post were said, where it was more than once, and the cluster that holds them all.
pub async fn said(
    app: &App,
    viewer: &Viewer,
    posts: impl Iterator<Item = &StoredPost>,
) -> Result<BTreeMap<PostId, (String, i64)>, AppError> {
    let clusters: BTreeMap<PostId, String> =
        posts.map(|post| (post.id, cluster_of(post))).collect();
    let names: Vec<String> = clusters.values().cloned().collect();
    let joined = cluster::joined(&mut app.read().await?, viewer, &names).await?;
    let joined: BTreeMap<String, i64> = joined.into_iter().collect();
    let said = |(id, name): (PostId, String)| {
        let later = *joined.get(&name)?;
        Some((id, (name, later + 1)))
    };
    Ok(clusters.into_iter().filter_map(said).collect())
}

fn cluster_of(post: &StoredPost) -> String {
    let own = || {
        cluster::name(
            post.post.source.as_deref().unwrap_or_default(),
            &post.post.id,
        )
    };
    post.cluster.clone().unwrap_or_else(own)
}

/// The numbers of conversations, as far as the viewer may see them.
pub async fn numbers(
    app: &App,
    viewer: &Viewer,
    posts: impl Iterator<Item = &StoredPost>,
) -> Result<BTreeMap<ConversationId, i64>, AppError> {
    let ids: BTreeSet<ConversationId> = posts.filter_map(|post| post.conversation).collect();
    let mut conn = app.read().await?;
    let mut numbers = BTreeMap::new();
    for id in ids {
        if let Ok(found) = inbox::get(&mut conn, viewer, id).await {
            numbers.insert(id, found.number);
        }
    }
    Ok(numbers)
}
