//! Looking at feeds when they are due: a lease for each look, the cursor in the same transaction as the posts.

use std::time::Duration;

use auscult_connect::contract::{Budget, ConnectError, FeedSpec, Page};
use auscult_model::channel::{Feed, Gap, Health};
use auscult_model::listen::IngestFrom;
use auscult_model::member::Viewer;
use auscult_store::feed::{self, ClaimedFeed};
use auscult_store::{StoreError, channel};
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::channels;
use crate::error::AppError;
use crate::listen::{stream, take};

/// A look is leased for this long; longer than all its requests together.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(180);
/// So many feeds are looked at side by side.
const AT_ONCE: u32 = 8;
/// Pages of one look: a feed that brings more comes again at once.
const PAGES: usize = 8;
/// The longest rest after failures.
const LONGEST_REST: i64 = 3_600;

/// Starts looking at feeds.
pub fn start(app: &App) {
    let looking = app.clone();
    app.tasks.repeat("listen", move || turn(looking.clone()));
}

async fn turn(app: App) -> anyhow::Result<Duration> {
    let claimed = claim(&app).await?;
    let busy = !claimed.is_empty();
    for feed in claimed {
        let app = app.clone();
        app.tasks
            .clone()
            .spawn(async move { run(&app, feed).await });
    }
    Ok(if busy {
        Duration::from_millis(50)
    } else {
        Duration::from_millis(500)
    })
}

async fn claim(app: &App) -> Result<Vec<ClaimedFeed>, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let claimed = feed::claim_due(&mut tx, now, now + LEASE, AT_ONCE).await?;
    app.commit(tx).await?;
    Ok(claimed)
}

/// Looks once at every feed that is due, one after the other, without background work. Says how many.
pub async fn once(app: &App) -> Result<usize, AppError> {
    let claimed = claim(app).await?;
    let looked = claimed.len();
    for feed in claimed {
        run(app, feed).await;
    }
    Ok(looked)
}

async fn run(app: &App, claimed: ClaimedFeed) {
    let result = look(app, &claimed).await;
    let ended = match result {
        Ok(next) => done(app, &claimed, next).await,
        Err(error) => failed(app, &claimed, error).await,
    };
    if let Err(error) = ended {
        tracing::warn!(feed = claimed.lease.feed.id.0, error = %error, "a look at feed {} could not be closed; its lease runs out by itself", claimed.lease.feed.id);
    }
}

async fn look(app: &App, claimed: &ClaimedFeed) -> Result<Timestamp, LookError> {
    let viewer = Viewer::system(claimed.workspace);
    let feed = &claimed.lease.feed;
    let (channel, cx) =
        channels::context(app, &mut app.read().await?, &viewer, feed.channel).await?;
    let connector = channels::connector(app, &channel.network)?;
    let spec: FeedSpec = serde_json::from_str(&feed.spec)
        .map_err(|error| AppError::broken(format!("feed {}: {error}", feed.id)))?;
    if matches!(spec, FeedSpec::Stream { .. }) {
        return stream::run(app, claimed, connector.as_ref(), &cx, &spec).await;
    }
    let mut cursor = feed.cursor.clone();
    for _ in 0..PAGES {
        let page = connector
            .poll(&cx, &spec, cursor.as_deref(), Budget::default())
            .await?;
        let (more, not_before, moved) = (page.more, page.not_before, page.moved_to.clone());
        cursor = page.cursor.clone().or(cursor);
        keep(app, claimed, page).await?;
        if let Some(url) = moved {
            move_address(app, &viewer, feed, &spec, url).await?;
        }
        if !more {
            let pause = SignedDuration::from_secs(i64::from(feed.interval_seconds));
            let next = app.now() + pause;
            return Ok(not_before.map_or(next, |asked| {
                asked.clamp(next, app.now() + SignedDuration::from_hours(24))
            }));
        }
    }
    Ok(app.now())
}

/// Stores a page: posts, gap and cursor.
pub(super) async fn keep(app: &App, claimed: &ClaimedFeed, page: Page) -> Result<(), LookError> {
    let viewer = Viewer::system(claimed.workspace);
    let feed = &claimed.lease.feed;
    let now = app.now();
    if let Some((from, reason)) = page.gap {
        let mut tx = app.begin().await?;
        feed::add_gap(
            &mut tx,
            &viewer,
            &Gap {
                feed: feed.id,
                from,
                to: now,
                reason,
                filled_at: None,
            },
            now,
        )
        .await?;
        app.commit(tx).await?;
    }
    let from = IngestFrom {
        channel: Some(feed.channel),
        feed: Some((feed.id, claimed.lease.fencing, page.cursor)),
        import: None,
    };
    take(app, claimed.workspace, from, page.items).await?;
    Ok(())
}

async fn move_address(
    app: &App,
    viewer: &Viewer,
    feed: &Feed,
    spec: &FeedSpec,
    url: String,
) -> Result<(), AppError> {
    let FeedSpec::Address { kind, .. } = spec else {
        return Ok(());
    };
    let moved = FeedSpec::Address { url, kind: *kind };
    let text =
        serde_json::to_string(&moved).map_err(|error| AppError::broken(error.to_string()))?;
    let mut tx = app.begin().await?;
    feed::save(
        &mut tx,
        viewer,
        &Feed {
            spec: text,
            ..feed.clone()
        },
    )
    .await?;
    app.commit(tx).await
}

async fn done(app: &App, claimed: &ClaimedFeed, next: Timestamp) -> Result<(), AppError> {
    let viewer = Viewer::system(claimed.workspace);
    let now = app.now();
    let mut tx = app.begin().await?;
    feed::done(&mut tx, &claimed.lease, now, next).await?;
    channel::set_health(
        &mut tx,
        &viewer,
        claimed.lease.feed.channel,
        (Health::Ok, ""),
        now,
    )
    .await?;
    app.commit(tx).await
}

async fn failed(app: &App, claimed: &ClaimedFeed, error: LookError) -> Result<(), AppError> {
    let viewer = Viewer::system(claimed.workspace);
    let now = app.now();
    let feed = &claimed.lease.feed;
    let doubled = i64::from(feed.interval_seconds.max(5)) << feed.failures.min(10);
    let rest = now + SignedDuration::from_secs(doubled.min(LONGEST_REST));
    let (health, next, words) = match error {
        LookError::Lost => return Ok(()),
        LookError::Connect(ConnectError::Retry { at, message }) => {
            (Health::Failing, at.unwrap_or(rest).max(now), message)
        }
        LookError::Connect(ConnectError::AccessEnded(message)) => (
            Health::NeedsPerson,
            now + SignedDuration::from_secs(LONGEST_REST),
            message,
        ),
        LookError::Connect(
            error @ (ConnectError::Settings(_)
            | ConnectError::Gone(_)
            | ConnectError::NotOffered(_)),
        ) => (
            Health::NeedsPerson,
            now + SignedDuration::from_secs(LONGEST_REST),
            error.to_string(),
        ),
        LookError::Connect(ConnectError::Broken(message)) => (Health::Failing, rest, message),
        LookError::App(error) => (Health::Failing, rest, error.to_string()),
    };
    tracing::warn!(
        feed = feed.id.0,
        network = feed.network,
        words,
        "a look at feed {} failed: {words}",
        feed.id
    );
    let mut tx = app.begin().await?;
    feed::failed(&mut tx, &claimed.lease, &words, next).await?;
    channel::set_health(&mut tx, &viewer, feed.channel, (health, &words), now).await?;
    app.commit(tx).await
}

/// Why a look ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookError {
    /// Another worker holds the feed now.
    #[error("the lease went to another worker")]
    Lost,
    /// The network.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Our side.
    #[error(transparent)]
    App(AppError),
}

impl From<AppError> for LookError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Conflict(_) => Self::Lost,
            other => Self::App(other),
        }
    }
}

impl From<StoreError> for LookError {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}
