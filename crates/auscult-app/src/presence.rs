//! The presence audit: what people already say about an organisation, before any account is connected.

use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_model::search::{PostFilter, Terms};
use auscult_model::workspace::WorkspaceSettings;
pub use auscult_store::post::PostCount;
use auscult_store::post::{self, CountBy};
use auscult_store::search;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::app::App;
use crate::channels::{self, NewSource};
use crate::error::AppError;
use crate::listen;
use crate::workspace::{self, Who};

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

/// How many posts the audit names.
const READ_FIRST: usize = 10;

/// Counts what was said about us in the last `days` days; spam and vacancies stay out.
pub async fn audit(
    app: &App,
    viewer: &Viewer,
    days: u32,
    offset_ms: i64,
) -> Result<Presence, AppError> {
    let to = app.now();
    let from = to - SignedDuration::from_hours(24 * i64::from(days.clamp(1, 3_660)));
    let filter = PostFilter {
        from: Some(from),
        to: Some(to),
        about_us: true,
        others_only: true,
        ..PostFilter::default()
    };
    let mut conn = app.read().await?;
    let posts = post::count(&mut conn, viewer, &filter).await?;
    let mut tables = Vec::new();
    for by in [
        CountBy::Source,
        CountBy::Sentiment,
        CountBy::Topic,
        CountBy::Intent,
        CountBy::Lang,
    ] {
        tables.push(post::counts(&mut conn, viewer, &filter, by, None).await?);
    }
    let days = post::counts(&mut conn, viewer, &filter, CountBy::Day, Some(offset_ms)).await?;
    let salient = PostFilter {
        salience_from: Some(50),
        ..filter.clone()
    };
    let mut read_first =
        search::posts(&mut conn, viewer, (&Terms::Any, &salient), None, 200).await?;
    if read_first.len() < READ_FIRST {
        // Where nothing stands out, the most telling of the newest still say more than an empty list.
        read_first = search::posts(&mut conn, viewer, (&Terms::Any, &filter), None, 200).await?;
    }
    read_first.sort_by_key(|post| std::cmp::Reverse(post.findings.salience));
    read_first.truncate(READ_FIRST);
    let asked = PostFilter {
        intents: vec!["question".to_owned(), "seeking_recommendation".to_owned()],
        ..filter
    };
    let questions = search::posts(&mut conn, viewer, (&Terms::Any, &asked), None, 10).await?;
    let mut tables = tables.into_iter();
    let mut next = || tables.next().unwrap_or_default();
    Ok(Presence {
        from,
        to,
        posts,
        sources: next(),
        sentiments: next(),
        topics: next(),
        intents: next(),
        langs: next(),
        days,
        read_first,
        questions,
    })
}

/// What each network or feed brought in the last `days` days, about us or not.
pub async fn by_source(app: &App, viewer: &Viewer, days: u32) -> Result<Vec<PostCount>, AppError> {
    let filter = PostFilter {
        from: Some(app.now() - SignedDuration::from_hours(24 * i64::from(days))),
        others_only: true,
        ..PostFilter::default()
    };
    let mut conn = app.read().await?;
    Ok(post::counts(&mut conn, viewer, &filter, CountBy::Source, None).await?)
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
    let others = PostFilter {
        about_us: true,
        others_only: true,
        ..PostFilter::default()
    };
    let mentions = post::count(&mut conn, viewer, &others).await?;
    let asks = [
        "question",
        "complaint",
        "service_recovery",
        "safety_event",
        "adverse_drug_event",
        "seeking_recommendation",
    ];
    let wanted = PostFilter {
        intents: asks.map(str::to_owned).to_vec(),
        ..others
    };
    Ok(Heard {
        mentions,
        answerable: post::count(&mut conn, viewer, &wanted).await?,
    })
}

/// What the archive says about names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Named {
    /// Posts that hold one of them.
    pub posts: usize,
    /// Whether these are all; of very many the newest are counted.
    pub complete: bool,
    /// By network or feed, the most frequent first.
    pub sources: Vec<(String, usize)>,
    /// By sentiment.
    pub sentiments: Vec<(String, usize)>,
    /// By topic of care.
    pub topics: Vec<(String, usize)>,
    /// By main intent.
    pub intents: Vec<(String, usize)>,
    /// The first words of the most salient ones.
    pub read_first: Vec<String>,
}

/// Counts posts of others since `from` that hold one of the names; the safety desk stays out.
pub async fn of_names(
    app: &App,
    viewer: &Viewer,
    names: &[String],
    from: Timestamp,
) -> Result<Named, AppError> {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("\"{}\"", name.replace(['"', '\\'], " ")))
        .collect();
    let filter = PostFilter {
        from: Some(from),
        others_only: true,
        ..PostFilter::default()
    };
    let found =
        crate::search::posts(app, viewer, (&quoted.join(" OR "), &filter), None, 10_000).await?;
    let mut posts: Vec<StoredPost> = found
        .posts
        .into_iter()
        .filter(|post| !post.restricted)
        .collect();
    posts.sort_by_key(|post| std::cmp::Reverse(post.findings.salience));
    let first = posts.iter().take(10).map(|post| {
        let words = post
            .post
            .text
            .as_deref()
            .or(post.post.title.as_deref())
            .unwrap_or_default();
        words
            .chars()
            .take(140)
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect()
    });
    Ok(Named {
        posts: posts.len(),
        complete: found.next.is_none(),
        read_first: first.collect(),
        sources: table(
            posts
                .iter()
                .map(|post| post.post.source.clone().unwrap_or_default()),
        ),
        sentiments: table(posts.iter().map(|post| post.findings.sentiment.clone())),
        topics: table(
            posts
                .iter()
                .flat_map(|post| post.findings.topics.iter().map(|topic| topic.id.clone())),
        ),
        intents: table(posts.iter().map(|post| post.findings.intent.clone())),
    })
}

/// Looks at one source; a name that half the web says does not keep anybody waiting for ever.
const ROUNDS: usize = 20;

/// Whom to look for on the web, and where.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Names of the organisation, the most used one first.
    pub names: Vec<String>,
    /// Places of care.
    pub places: Vec<String>,
    /// Clinicians who agreed to be looked for.
    pub clinicians: Vec<String>,
    /// Networks and feeds.
    pub sources: Vec<NewSource>,
}

/// Looks on the web, through the same doors as listening, with an application over an empty store that is thrown away.
/// Says what was found and which sources could not be asked, each with its reason.
///
/// # Errors
/// `Invalid` without a name.
pub async fn look(
    app: &App,
    look: Look,
    from: Timestamp,
) -> Result<(Named, Vec<String>), AppError> {
    let first = look.names.first().cloned().unwrap_or_default();
    let mut tx = app.begin().await?;
    let settings = WorkspaceSettings::default();
    let workspace =
        auscult_store::workspace::add(&mut tx, "look", &first, &settings, app.now()).await?;
    app.commit(tx).await?;
    let viewer = Viewer::system(workspace);
    let who = Who {
        name: first,
        other_names: look.names.iter().skip(1).cloned().collect(),
        places: look.places.clone(),
        clinicians: look.clinicians.clone(),
        // Which law and which crisis lines hold does not matter for looking.
        country: "IE".to_owned(),
        time_zone: "UTC".to_owned(),
        ..Who::default()
    };
    workspace::enter(app, &viewer, who).await?;
    app.watches.refresh(app).await?;
    let mut problems = Vec::new();
    for source in &look.sources {
        if let Err(error) = channels::connect(app, &viewer, source).await {
            problems.push(format!("{} {}: {error}", source.network, source.base_url));
        }
    }
    let mut rounds = 0;
    while listen::once(app).await? > 0 {
        rounds += 1;
        if rounds == ROUNDS {
            problems.push(
                "there is more than was looked at; ask for fewer days or rarer names".to_owned(),
            );
            break;
        }
    }
    for state in channels::list(app, &viewer).await? {
        let failed = state
            .feeds
            .iter()
            .filter(|feed| !feed.last_error.is_empty());
        problems.extend(failed.map(|feed| format!("{}: {}", state.channel.name, feed.last_error)));
    }
    let names = [look.names, look.places, look.clinicians].concat();
    Ok((of_names(app, &viewer, &names, from).await?, problems))
}

fn table(values: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for value in values.filter(|value| !value.is_empty()) {
        *counts.entry(value).or_insert(0) += 1;
    }
    let mut table: Vec<(String, usize)> = counts.into_iter().collect();
    table.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    table
}

/// A topic with how many posts about it are hard and how many good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicShare {
    /// The topic's id.
    pub topic: String,
    /// Posts about it.
    pub posts: i64,
    /// Of these, hard ones.
    pub hard: i64,
    /// Of these, good ones.
    pub good: i64,
}

/// The most frequent topics of an audit with their hard and good posts.
pub async fn topic_shares(
    app: &App,
    viewer: &Viewer,
    audit: &Presence,
    most: usize,
) -> Result<Vec<TopicShare>, AppError> {
    let mut conn = app.read().await?;
    let mut shares = Vec::new();
    for row in audit.topics.iter().take(most) {
        let filter = PostFilter {
            from: Some(audit.from),
            to: Some(audit.to),
            about_us: true,
            others_only: true,
            topic: Some(row.value.clone()),
            ..PostFilter::default()
        };
        let of = |sentiment: &str| PostFilter {
            sentiments: vec![sentiment.to_owned()],
            ..filter.clone()
        };
        let hard = post::count(&mut conn, viewer, &of("negative")).await?;
        let good = post::count(&mut conn, viewer, &of("positive")).await?;
        shares.push(TopicShare {
            topic: row.value.clone(),
            posts: row.posts,
            hard,
            good,
        });
    }
    Ok(shares)
}
