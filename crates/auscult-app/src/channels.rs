//! Channels: accounts and sources are tested, connected, listed with their health, paused and removed.

use auscult_connect::contract::{Account, Budget, Connector, Cx, Inbound, Secret};
pub use auscult_connect::contract::{AccountInfo, Capabilities, FeedSpec, Idempotency, TextRule};
use auscult_model::channel::{Channel, Feed, Gap, Health, NewChannel};
use auscult_model::ids::{ChannelId, FeedId};
use auscult_model::member::Viewer;
use auscult_model::post::Post;
use auscult_model::subject::SubjectKind;
use auscult_store::{Conn, channel, feed};
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;
use std::sync::Arc;

use crate::access::{note, required};
use crate::app::App;
use crate::error::AppError;
use crate::listen::webhook;
use crate::right::Right;
use crate::workspace;

/// How many names of the organisation a new account looks for; more can be added.
const NAMES: usize = 5;
/// How many items a test shows.
const SHOWN: usize = 5;

/// What a member enters to connect something.
#[derive(Clone, Default)]
pub struct NewSource {
    /// `bluesky`, `mastodon`, `feed`.
    pub network: String,
    /// A name to show; made from the account when empty.
    pub name: String,
    /// Where the service is, or the address of the feed.
    pub base_url: String,
    /// The handle or login name.
    pub handle: String,
    /// Password, token; empty for open sources.
    pub secret: String,
    /// What to listen to.
    pub feeds: Vec<FeedSpec>,
}

impl std::fmt::Debug for NewSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NewSource")
            .field("network", &self.network)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// What a test of a source found.
#[derive(Debug, Clone, Default)]
pub struct Tested {
    /// Who we are there and what can be done.
    pub account: AccountInfo,
    /// The first items of each feed.
    pub items: Vec<Post>,
    /// What did not work, by feed, in plain words.
    pub problems: Vec<String>,
    /// The feeds as they should be stored (a page's feed was found, an address moved).
    pub feeds: Vec<FeedSpec>,
}

/// A channel with its feeds.
#[derive(Debug, Clone)]
pub struct ChannelState {
    /// The channel.
    pub channel: Channel,
    /// What it can do.
    pub capabilities: Capabilities,
    /// What it listens to.
    pub feeds: Vec<Feed>,
}

/// Looks at a source without storing anything: who are we there, and what would be heard first.
pub async fn test(app: &App, viewer: &Viewer, source: &NewSource) -> Result<Tested, AppError> {
    Right::Channels.demand(viewer)?;
    let connector = connector(app, &source.network)?;
    let account = Account {
        base_url: source.base_url.trim().trim_end_matches('/').to_owned(),
        handle: source.handle.trim().trim_start_matches('@').to_owned(),
        secret: Secret::new(source.secret.trim()),
        ..Account::default()
    };
    let mut cx = Cx {
        egress: app.egress.clone(),
        account,
        now: app.now_for_connectors(),
    };
    let mut tested = Tested {
        account: connector.probe(&cx).await?,
        ..Tested::default()
    };
    cx.account
        .external_id
        .clone_from(&tested.account.external_id);
    let budget = Budget {
        // A feed brings its oldest first: enough to see its newest.
        items: SHOWN * 100,
        requests: 2,
    };
    for spec in &source.feeds {
        let mut spec = spec.clone();
        if matches!(spec, FeedSpec::Stream { .. }) {
            tested.feeds.push(spec);
            continue;
        }
        match connector.poll(&cx, &spec, None, budget).await {
            Ok(page) => {
                if let (Some(moved), FeedSpec::Address { url, .. }) = (page.moved_to, &mut spec) {
                    *url = moved;
                }
                let posts = page.items.into_iter().filter_map(|item| match item {
                    Inbound::Post(inbound) => Some(inbound.post),
                    Inbound::Deleted { .. } | Inbound::Broken { .. } => None,
                });
                let mut posts: Vec<_> = posts.collect();
                // Feeds begin with the newest, networks often with the oldest.
                posts.sort_by_cached_key(|post| Reverse(written(post)));
                tested.items.extend(posts.into_iter().take(SHOWN));
                tested.feeds.push(spec);
            }
            Err(error) => tested.problems.push(error.to_string()),
        }
    }
    Ok(tested)
}

/// What a connected account listens to at first: what is said to it, its own posts, and the organisation's names.
pub async fn account_feeds(
    app: &App,
    viewer: &Viewer,
    network: &str,
) -> Result<Vec<FeedSpec>, AppError> {
    let mut feeds = vec![FeedSpec::Mentions, FeedSpec::Own];
    let subjects = workspace::subjects(app, viewer).await?;
    let ours = subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Organisation);
    let names = ours.flat_map(|subject| std::iter::once(&subject.name).chain(&subject.other_names));
    feeds.extend(names.take(NAMES).map(|name| about(network, name)));
    Ok(feeds)
}

/// How a network is asked for words without an account: some search, some only follow hashtags.
pub fn about(network: &str, words: &str) -> FeedSpec {
    match network {
        "mastodon" => FeedSpec::Hashtag {
            tag: words
                .chars()
                .filter(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect(),
        },
        _ => FeedSpec::Search {
            query: words.to_owned(),
        },
    }
}

/// Where a network is asked when nobody names a server.
pub fn usual_server(network: &str) -> &'static str {
    match network {
        "mastodon" => "https://mastodon.social",
        _ => "https://public.api.bsky.app",
    }
}

/// Reads what was typed as a source that needs no account: a feed's address; words on a network, after the address of a
/// server where it is not the usual one.
pub fn open_source(network: &str, typed: &str, organisation: &str) -> NewSource {
    let typed = typed.trim();
    let (server, words) = match typed.split_once(char::is_whitespace) {
        Some((server, words)) if server.contains("://") => (server, words.trim()),
        None if typed.contains("://") => (typed, ""),
        _ => ("", typed),
    };
    let words = if words.is_empty() {
        organisation
    } else {
        words
    };
    let (base_url, feed) = match network {
        "feed" => (
            typed,
            FeedSpec::Address {
                url: typed.to_owned(),
                kind: None,
            },
        ),
        _ if server.is_empty() => (usual_server(network), about(network, words)),
        _ => (server, about(network, words)),
    };
    NewSource {
        network: network.to_owned(),
        base_url: base_url.to_owned(),
        feeds: vec![feed],
        ..NewSource::default()
    }
}

fn written(post: &Post) -> Option<Timestamp> {
    post.created_at.as_deref()?.parse().ok()
}

/// Tests a source and stores it; listening starts at once.
pub async fn connect(
    app: &App,
    viewer: &Viewer,
    source: &NewSource,
) -> Result<ChannelId, AppError> {
    let tested = test(app, viewer, source).await?;
    if let Some(problem) = tested.problems.first() {
        return Err(AppError::invalid("feeds", problem.clone()));
    }
    let shown = [
        &source.name,
        &tested.account.name,
        &tested.account.handle,
        &source.base_url,
    ];
    let name = shown
        .into_iter()
        .find(|name| !name.trim().is_empty())
        .cloned()
        .unwrap_or_default();
    let new = NewChannel {
        network: source.network.clone(),
        name: required("name", &name, 200)?,
        base_url: source.base_url.trim().trim_end_matches('/').to_owned(),
        handle: Some(tested.account.handle.clone()).filter(|handle| !handle.is_empty()),
        external_id: Some(tested.account.external_id.clone()).filter(|id| !id.is_empty()),
        config: "{}".to_owned(),
        capabilities: serde_json::to_string(&tested.account.capabilities).unwrap_or_default(),
        secret: None,
        access_until: None,
    };
    store(app, viewer, &new, source.secret.trim(), &tested.feeds).await
}

/// Stores a channel that needs no test: a webhook, a file import.
pub(crate) async fn store(
    app: &App,
    viewer: &Viewer,
    new: &NewChannel,
    secret: &str,
    feeds: &[FeedSpec],
) -> Result<ChannelId, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let id = channel::add(&mut tx, viewer, new, now).await?;
    if !secret.is_empty() {
        let sealed = app
            .keys
            .seal(&secret_place(id), secret.as_bytes(), app.entropy.as_ref())?;
        channel::set_secret(&mut tx, viewer, (id, 1), sealed, None).await?;
    }
    for spec in feeds {
        let seconds = match spec {
            FeedSpec::Address { .. } => app.settings.listen.feed_seconds,
            FeedSpec::Mentions
            | FeedSpec::Own
            | FeedSpec::Search { .. }
            | FeedSpec::Hashtag { .. }
            | FeedSpec::Stream { .. } => app.settings.listen.network_seconds,
        };
        let text =
            serde_json::to_string(spec).map_err(|error| AppError::broken(error.to_string()))?;
        feed::add(&mut tx, viewer, id, (&text, seconds), now).await?;
    }
    note(&mut tx, viewer, "channel.connected", ("channel", id.0), now);
    app.commit(tx).await?;
    Ok(id)
}

/// Makes a webhook. Gives its path and its signing secret; both are shown once and kept as hash and sealed.
pub async fn add_webhook(
    app: &App,
    viewer: &Viewer,
    name: &str,
) -> Result<(String, String), AppError> {
    Right::Channels.demand(viewer)?;
    let name = required("name", name, 200)?;
    let token = app.entropy.token();
    let mut bytes = [0_u8; 32];
    app.entropy.fill(&mut bytes);
    let secret = format!("whsec_{}", data_encoding::BASE64.encode(&bytes));
    let taken = channel::list(&mut app.read().await?, viewer).await?;
    let config = webhook::Config {
        source: webhook::free_source(&name, &taken),
        ..webhook::Config::default()
    };
    let new = NewChannel {
        network: webhook::NETWORK.to_owned(),
        name,
        external_id: Some(webhook::door(&token)),
        config: serde_json::to_string(&config)
            .map_err(|error| AppError::broken(error.to_string()))?,
        capabilities: serde_json::to_string(&Capabilities::default()).unwrap_or_default(),
        ..NewChannel::default()
    };
    store(app, viewer, &new, &secret, &[]).await?;
    Ok((format!("/hooks/in/{token}"), secret))
}

/// Every channel with its feeds and health.
pub async fn list(app: &App, viewer: &Viewer) -> Result<Vec<ChannelState>, AppError> {
    let mut conn = app.read().await?;
    let feeds = feed::list(&mut conn, viewer, None).await?;
    let channels = channel::list(&mut conn, viewer).await?;
    let states = channels.into_iter().map(|channel| ChannelState {
        capabilities: capabilities(&channel),
        feeds: feeds
            .iter()
            .filter(|feed| feed.channel == channel.id)
            .cloned()
            .collect(),
        channel,
    });
    Ok(states.collect())
}

/// Holes in what was heard during the last thirty days.
pub async fn gaps(app: &App, viewer: &Viewer) -> Result<Vec<Gap>, AppError> {
    let now = app.now();
    Ok(feed::gaps(
        &mut app.read().await?,
        viewer,
        now - SignedDuration::from_hours(24 * 30),
        now,
    )
    .await?)
}

/// Adds something to listen to on a channel.
pub async fn add_feed(
    app: &App,
    viewer: &Viewer,
    id: ChannelId,
    spec: &FeedSpec,
) -> Result<FeedId, AppError> {
    Right::Channels.demand(viewer)?;
    let now = app.now();
    let text = serde_json::to_string(spec).map_err(|error| AppError::broken(error.to_string()))?;
    let seconds = if matches!(spec, FeedSpec::Address { .. }) {
        app.settings.listen.feed_seconds
    } else {
        app.settings.listen.network_seconds
    };
    let mut tx = app.begin().await?;
    let added = feed::add(&mut tx, viewer, id, (&text, seconds), now).await?;
    note(&mut tx, viewer, "feed.added", ("channel", id.0), now);
    app.commit(tx).await?;
    Ok(added)
}

/// Stops listening to one thing.
pub async fn remove_feed(app: &App, viewer: &Viewer, id: FeedId) -> Result<(), AppError> {
    Right::Channels.demand(viewer)?;
    let mut tx = app.begin().await?;
    feed::remove(&mut tx, viewer, id).await?;
    note(&mut tx, viewer, "feed.removed", ("feed", id.0), app.now());
    app.commit(tx).await
}

/// Switches a channel off, or on again.
pub async fn set_disabled(
    app: &App,
    viewer: &Viewer,
    id: ChannelId,
    disabled: bool,
) -> Result<(), AppError> {
    Right::Channels.demand(viewer)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    channel::set_disabled(&mut tx, viewer, id, disabled.then_some(now)).await?;
    note(
        &mut tx,
        viewer,
        if disabled {
            "channel.off"
        } else {
            "channel.on"
        },
        ("channel", id.0),
        now,
    );
    app.commit(tx).await
}

/// Removes a channel with its feeds; what was heard stays.
pub async fn remove(app: &App, viewer: &Viewer, id: ChannelId) -> Result<(), AppError> {
    Right::Channels.demand(viewer)?;
    let mut tx = app.begin().await?;
    channel::remove(&mut tx, viewer, id).await?;
    note(
        &mut tx,
        viewer,
        "channel.removed",
        ("channel", id.0),
        app.now(),
    );
    app.commit(tx).await
}

/// Gives a channel a new secret, tried first; its queue was kept meanwhile.
pub async fn renew(
    app: &App,
    viewer: &Viewer,
    id: ChannelId,
    secret: &str,
) -> Result<(), AppError> {
    Right::Channels.demand(viewer)?;
    let secret = required("secret", secret, 4_000)?;
    let found = channel::get(&mut app.read().await?, viewer, id).await?;
    let connector = connector(app, &found.network)?;
    let account = Account {
        channel: 0,
        secret: Secret::new(secret.clone()),
        ..account_of(&found, Secret::default())
    };
    connector
        .probe(&Cx {
            egress: app.egress.clone(),
            account,
            now: app.now_for_connectors(),
        })
        .await?;
    let sealed = app
        .keys
        .seal(&secret_place(id), secret.as_bytes(), app.entropy.as_ref())?;
    let mut tx = app.begin().await?;
    channel::set_secret(&mut tx, viewer, (id, found.version), sealed, None).await?;
    channel::set_health(&mut tx, viewer, id, (Health::Ok, ""), app.now()).await?;
    note(
        &mut tx,
        viewer,
        "channel.renewed",
        ("channel", id.0),
        app.now(),
    );
    app.commit(tx).await
}

/// What a channel can do.
pub fn capabilities(channel: &Channel) -> Capabilities {
    serde_json::from_str(&channel.capabilities).unwrap_or_default()
}

/// The connector of a network.
pub(crate) fn connector(app: &App, network: &str) -> Result<Arc<dyn Connector>, AppError> {
    let known = || {
        app.connectors
            .keys()
            .copied()
            .collect::<Vec<_>>()
            .join(", ")
    };
    app.connectors
        .get(network)
        .map(Arc::clone)
        .ok_or_else(|| AppError::invalid("network", format!("{network:?} is none of {}", known())))
}

/// What a call to a channel works with, its secret opened.
pub(crate) async fn context(
    app: &App,
    conn: &mut Conn,
    viewer: &Viewer,
    id: ChannelId,
) -> Result<(Channel, Cx), AppError> {
    let found = channel::get(conn, viewer, id).await?;
    let secret =
        match channel::secret(conn, viewer, id).await? {
            Some(sealed) => {
                let opened = app.keys.open(&secret_place(id), &sealed)?;
                Secret::new(String::from_utf8(opened).map_err(|_| {
                    AppError::broken(format!("the secret of channel {id} is no text"))
                })?)
            }
            None => Secret::default(),
        };
    let account = account_of(&found, secret);
    Ok((
        found,
        Cx {
            egress: app.egress.clone(),
            account,
            now: app.now_for_connectors(),
        },
    ))
}

fn account_of(channel: &Channel, secret: Secret) -> Account {
    Account {
        channel: channel.id.0,
        version: channel.version,
        base_url: channel.base_url.clone(),
        handle: channel.handle.clone().unwrap_or_default(),
        external_id: channel.external_id.clone().unwrap_or_default(),
        secret,
        config: serde_json::from_str(&channel.config).unwrap_or_default(),
    }
}

fn secret_place(id: ChannelId) -> String {
    format!("channel/{id}/secret")
}
