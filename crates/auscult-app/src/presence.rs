//! The presence audit: what people already say about an organisation, before any account is connected.

use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_model::search::{PostFilter, Terms};
use auscult_store::post::{self, CountBy, PostCount};
use auscult_store::search;
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::error::AppError;

/// What was found, with the period it was counted over.
#[derive(Debug, Clone)]
pub struct Presence {
    /// From.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
    /// Posts of others.
    pub posts: i64,
    /// By network or feed.
    pub sources: Vec<PostCount>,
    /// By sentiment.
    pub sentiments: Vec<PostCount>,
    /// By topic, the most frequent first.
    pub topics: Vec<PostCount>,
    /// By main intent.
    pub intents: Vec<PostCount>,
    /// By language.
    pub langs: Vec<PostCount>,
    /// By day in the zone of the workspace.
    pub days: Vec<PostCount>,
    /// What to read first: the most salient, newest first among equals.
    pub read_first: Vec<StoredPost>,
    /// Questions nobody answered here.
    pub questions: Vec<StoredPost>,
}

/// Counts what was heard in the last `days` days; spam and vacancies stay out.
pub async fn audit(app: &App, viewer: &Viewer, days: u32, offset_ms: i64) -> Result<Presence, AppError> {
    let to = app.now();
    let from = to - SignedDuration::from_hours(24 * i64::from(days.clamp(1, 3_660)));
    let filter = PostFilter { from: Some(from), to: Some(to), others_only: true, ..PostFilter::default() };
    let mut conn = app.read().await?;
    let posts = post::count(&mut conn, viewer, &filter).await?;
    let mut tables = Vec::new();
    for by in [CountBy::Source, CountBy::Sentiment, CountBy::Topic, CountBy::Intent, CountBy::Lang] {
        tables.push(post::counts(&mut conn, viewer, &filter, by, None).await?);
    }
    let days = post::counts(&mut conn, viewer, &filter, CountBy::Day, Some(offset_ms)).await?;
    let salient = PostFilter { salience_from: Some(50), ..filter.clone() };
    let mut read_first = search::posts(&mut conn, viewer, (&Terms::Any, &salient), None, 200).await?;
    read_first.sort_by_key(|post| std::cmp::Reverse(post.findings.salience));
    read_first.truncate(10);
    let asked = PostFilter { intents: vec!["question".to_owned(), "seeking_recommendation".to_owned()], ..filter };
    let questions = search::posts(&mut conn, viewer, (&Terms::Any, &asked), None, 10).await?;
    let mut tables = tables.into_iter();
    let mut next = || tables.next().unwrap_or_default();
    Ok(Presence { from, to, posts, sources: next(), sentiments: next(), topics: next(), intents: next(), langs: next(), days, read_first, questions })
}

/// How much was heard so far, for the last step of the set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// Posts of others.
    pub mentions: i64,
    /// Of these, on channels that can answer.
    pub answerable: i64,
}

/// Counts what was heard so far.
pub async fn heard(app: &App, viewer: &Viewer) -> Result<Heard, AppError> {
    let mut conn = app.read().await?;
    let others = PostFilter { others_only: true, ..PostFilter::default() };
    let mentions = post::count(&mut conn, viewer, &others).await?;
    let asks = ["question", "complaint", "service_recovery", "safety_event", "adverse_drug_event", "seeking_recommendation"];
    let wanted = PostFilter { intents: asks.map(str::to_owned).to_vec(), ..others };
    Ok(Heard { mentions, answerable: post::count(&mut conn, viewer, &wanted).await? })
}
