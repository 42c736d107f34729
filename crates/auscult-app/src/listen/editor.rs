//! The editor of watches and lists: what is wrong with a query, what it would have heard, and its changes.

use std::collections::BTreeMap;

use auscult_model::ids::{ListId, WatchId};
use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_model::search::{PostFilter, Terms};
use auscult_store::watch::{self, ChangeWatch, NewWatch, SaveList};
use auscult_store::{post, search as index};
use auscult_text::matcher::{Buffers, PreparedPost, Scratch, Single, explain, misses};
use auscult_text::watch::notes;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::access::{note, required};
use crate::app::App;
use crate::archive::{self, Marked, QueryFault};
use crate::error::AppError;
use crate::right::Right;

/// Days a backtest looks back.
pub const DAYS: i64 = 30;
/// Candidates of a backtest at most; the newest ones.
const CANDIDATES: u32 = 5_000;
/// Newest posts among which near misses are looked for.
const NEAR_AMONG: u32 = 200;
/// Matches and near misses shown.
const SHOWN: usize = 8;

/// A post that was nearly matched, and what kept it out.
#[derive(Debug, Clone)]
pub struct NearMiss {
    /// The post.
    pub post: StoredPost,
    /// The clause as it is written.
    pub clause: String,
    /// It is there and had to be absent; otherwise it is missing.
    pub is_there: bool,
}

/// What a query would have heard.
#[derive(Debug, Clone, Default)]
pub struct Backtest {
    /// What is wrong with the query; then nothing was looked up.
    pub errors: Vec<QueryFault>,
    /// What it costs, and what may be meant otherwise.
    pub notes: Vec<String>,
    /// How many would have matched.
    pub matched: usize,
    /// Out of how many posts of that time.
    pub out_of: i64,
    /// There were more candidates than were looked at.
    pub is_partial: bool,
    /// Matches of each day, the oldest first.
    pub days: Vec<(String, i64)>,
    /// The newest matches.
    pub newest: Vec<Marked>,
    /// What was nearly matched.
    pub near: Vec<NearMiss>,
    /// Topics of the matches, the most frequent first.
    pub topics: Vec<(String, f64)>,
    /// How long it took.
    pub millis: i64,
}

/// Runs a query over the last thirty days. An empty one hears nothing.
pub async fn backtest(
    app: &App,
    viewer: &Viewer,
    query: &str,
    zone: &TimeZone,
) -> Result<Backtest, AppError> {
    let single = match archive::compile(app, viewer.workspace, query) {
        Ok(Some(single)) => single,
        Ok(None) => return Ok(Backtest::default()),
        Err(errors) => {
            return Ok(Backtest {
                errors,
                ..Backtest::default()
            });
        }
    };
    let now = app.now();
    let filter = PostFilter {
        from: Some(now - SignedDuration::from_hours(24 * DAYS)),
        others_only: true,
        ..PostFilter::default()
    };
    let mut conn = app.read().await?;
    let out_of = post::count(&mut conn, viewer, &filter).await?;
    let candidates = index::posts(
        &mut conn,
        viewer,
        (&single.terms(), &filter),
        None,
        CANDIDATES,
    )
    .await?;
    let newest = index::posts(&mut conn, viewer, (&Terms::Any, &filter), None, NEAR_AMONG).await?;
    drop(conn);
    let is_partial = candidates.len() >= usize::try_from(CANDIDATES).unwrap_or(usize::MAX);
    let worker = single.clone();
    let work = tokio::task::spawn_blocking(move || hits(&worker, candidates, now));
    let matched = work
        .await
        .map_err(|error| AppError::broken(format!("trying a watch: {error}")))?;
    let days = by_day(&matched, zone, now);
    let topics = topics(&matched);
    let total = matched.len();
    let shown: Vec<StoredPost> = matched.into_iter().take(SHOWN).collect();
    let notes = app.watches.with_library(viewer.workspace, |library| {
        notes(query, single.tree(), library)
    });
    Ok(Backtest {
        errors: Vec::new(),
        notes: notes
            .into_iter()
            .map(|note| note.message.to_owned())
            .collect(),
        matched: total,
        out_of,
        is_partial,
        days,
        near: near(app, viewer, query, &single, newest),
        newest: archive::marked(app, viewer.workspace, query, Some(&single), shown),
        topics,
        millis: (app.now().as_millisecond() - now.as_millisecond()).max(0),
    })
}

fn hits(single: &Single, candidates: Vec<StoredPost>, now: Timestamp) -> Vec<StoredPost> {
    let (mut buffers, mut scratch) = (Buffers::default(), Scratch::default());
    let mut matches = |post: &StoredPost| {
        single.matches(
            &PreparedPost::new(&post.post, &mut buffers),
            now,
            &mut scratch,
        )
    };
    candidates
        .into_iter()
        .filter(|post| matches(post))
        .collect()
}

fn by_day(matched: &[StoredPost], zone: &TimeZone, now: Timestamp) -> Vec<(String, i64)> {
    let day = |at: Timestamp| zone.to_datetime(at).date().to_string();
    let mut days: BTreeMap<String, i64> = (0..DAYS)
        .map(|back| (day(now - SignedDuration::from_hours(24 * back)), 0))
        .collect();
    for post in matched {
        if let Some(count) = days.get_mut(&day(post.posted_at)) {
            *count += 1;
        }
    }
    days.into_iter().collect()
}

fn topics(matched: &[StoredPost]) -> Vec<(String, f64)> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for topic in matched.iter().flat_map(|post| &post.findings.topics) {
        *counts.entry(&topic.id).or_default() += 1;
    }
    let total = f64::from(u32::try_from(matched.len()).unwrap_or(u32::MAX)).max(1.0);
    let mut shares: Vec<(String, f64)> = counts
        .into_iter()
        .map(|(topic, count)| (topic.to_owned(), f64::from(count) / total))
        .collect();
    shares.sort_by(|one, other| other.1.total_cmp(&one.1));
    shares.truncate(5);
    shares
}

fn near(
    app: &App,
    viewer: &Viewer,
    query: &str,
    single: &Single,
    posts: Vec<StoredPost>,
) -> Vec<NearMiss> {
    let now = app.now();
    app.watches.with_library(viewer.workspace, |library| {
        let close = |post: StoredPost| {
            let mut buffers = Buffers::default();
            let prepared = PreparedPost::new(&post.post, &mut buffers);
            let mut missing = misses(query, single.tree(), library, &prepared, now);
            let only = missing.pop().filter(|_| missing.is_empty())?;
            // Words of the query have to be there, or every post in its language would be near to it.
            let clauses = explain(query, single.tree(), library, &prepared, now);
            if clauses.iter().all(|clause| clause.hits.is_none()) {
                return None;
            }
            Some(NearMiss {
                clause: only.clause,
                is_there: only.found,
                post,
            })
        };
        posts.into_iter().filter_map(close).take(SHOWN).collect()
    })
}

/// What a member enters for a watch.
#[derive(Debug, Clone, Default)]
pub struct Entered {
    /// Its name.
    pub name: String,
    /// The query.
    pub query: String,
    /// Whether it listens.
    pub active: bool,
    /// Whether its hits open conversations.
    pub opens: bool,
    /// Why it is made or changed.
    pub why: String,
}

/// Makes a watch.
pub async fn add(app: &App, viewer: &Viewer, entered: &Entered) -> Result<WatchId, AppError> {
    let new = checked(app, viewer, entered)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let id = watch::add(&mut tx, viewer, &new, now).await?;
    note(&mut tx, viewer, "watch.made", ("watch", id.0), now);
    app.commit(tx).await?;
    app.watches.refresh(app).await?;
    Ok(id)
}

/// Changes a watch that was seen at `version`.
pub async fn change(
    app: &App,
    viewer: &Viewer,
    seen: (WatchId, i64),
    entered: &Entered,
) -> Result<(), AppError> {
    let to = checked(app, viewer, entered)?;
    let (id, version) = seen;
    let now = app.now();
    let mut tx = app.begin().await?;
    watch::change(&mut tx, viewer, &ChangeWatch { id, version, to }, now).await?;
    note(&mut tx, viewer, "watch.changed", ("watch", id.0), now);
    app.commit(tx).await?;
    app.watches.refresh(app).await
}

/// Removes a watch; what it heard stays.
pub async fn remove(app: &App, viewer: &Viewer, id: WatchId) -> Result<(), AppError> {
    Right::Listen.demand(viewer)?;
    let mut tx = app.begin().await?;
    watch::remove(&mut tx, viewer, id).await?;
    note(&mut tx, viewer, "watch.removed", ("watch", id.0), app.now());
    app.commit(tx).await?;
    app.watches.refresh(app).await
}

fn checked(app: &App, viewer: &Viewer, entered: &Entered) -> Result<NewWatch, AppError> {
    Right::Listen.demand(viewer)?;
    let name = required("name", &entered.name, 120)?;
    match archive::compile(app, viewer.workspace, &entered.query) {
        Ok(Some(_)) => {}
        Ok(None) => return Err(AppError::invalid("query", "please say what to listen for")),
        Err(errors) => {
            let first = errors.first().map(|error| {
                format!(
                    "line {}, column {}: {}. {}",
                    error.line, error.column, error.what, error.mend
                )
            });
            return Err(AppError::invalid(
                "query",
                first.unwrap_or_else(|| "this does not read".to_owned()),
            ));
        }
    }
    Ok(NewWatch {
        name,
        query: entered.query.clone(),
        active: entered.active,
        opens_conversations: entered.opens,
        why: entered.why.trim().to_owned(),
    })
}

/// How often each watch matched since an instant.
pub async fn hits_since(
    app: &App,
    viewer: &Viewer,
    since: Timestamp,
) -> Result<BTreeMap<WatchId, i64>, AppError> {
    Ok(watch::hits_since(&mut app.read().await?, viewer, since)
        .await?
        .into_iter()
        .collect())
}

/// Saves a list that was seen at `version`; 0 makes it.
pub async fn save_list(
    app: &App,
    viewer: &Viewer,
    name: &str,
    entries: Vec<String>,
    version: i64,
) -> Result<(), AppError> {
    Right::Listen.demand(viewer)?;
    let name = required("name", name, 60)?;
    let plain = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_'
    };
    if !name.chars().all(plain) {
        return Err(AppError::invalid(
            "name",
            "use small letters, digits and hyphens, so that list:name can be written",
        ));
    }
    let now = app.now();
    let mut tx = app.begin().await?;
    let id = watch::save_list(
        &mut tx,
        viewer,
        &SaveList {
            name,
            entries,
            version,
        },
        now,
    )
    .await?;
    note(&mut tx, viewer, "list.saved", ("list", id.0), now);
    app.commit(tx).await?;
    app.watches.refresh(app).await
}

/// Removes a list. Watches that name it match nothing until it is back.
pub async fn remove_list(app: &App, viewer: &Viewer, id: ListId) -> Result<(), AppError> {
    Right::Listen.demand(viewer)?;
    let mut tx = app.begin().await?;
    watch::remove_list(&mut tx, viewer, id).await?;
    note(&mut tx, viewer, "list.removed", ("list", id.0), app.now());
    app.commit(tx).await?;
    app.watches.refresh(app).await
}
