//! Channels: accounts and sources with their feeds, tests, new secrets, webhooks.

use auscult_app::channels::{self, ChannelState, FeedSpec, NewSource};
use auscult_app::error::AppError;
use auscult_app::right::Right;
use auscult_model::channel::{Feed, Gap};
use auscult_model::ids::{ChannelId, FeedId};
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::frame;
use crate::error::PageError;
use crate::pages::listen::turn;
use crate::pages::source::test_view;
use crate::pages::words::{Done, health, network};
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::{Badge, Choice, Field, Tone, network_icon};
use crate::view::settings::{ChannelCard, ChannelsPage, FeedLine, Part};

/// The routes of channels.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/settings/channels", get(show).post(connect))
        .route("/settings/channels/webhook", post(webhook))
        .route("/settings/channels/{id}/test", post(test))
        .route("/settings/channels/{id}/pause", post(pause))
        .route("/settings/channels/{id}/remove", post(remove))
        .route("/settings/channels/{id}/secret", post(renew))
        .route("/settings/channels/{id}/feeds", post(add_feed))
        .route("/settings/channels/feeds/{id}/remove", post(remove_feed))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AccountForm {
    network: String,
    server: String,
    handle: String,
    secret: String,
}

async fn view(
    site: &Site,
    signed: &Signed,
    done: &Done,
    form: &AccountForm,
) -> Result<ChannelsPage, PageError> {
    Right::Channels.demand(signed.viewer())?;
    let states = channels::list(&site.app, signed.viewer()).await?;
    let gaps = channels::gaps(&site.app, signed.viewer()).await?;
    let one = |value: &str, key| Choice::new(value, Said::key(key), value == form.network);
    Ok(ChannelsPage {
        shell: frame(signed, done),
        part: Part::Channels,
        channels: states.iter().map(|state| card(state, &gaps)).collect(),
        networks: vec![
            one("bluesky", "network-bluesky"),
            one("mastodon", "network-mastodon"),
            one("feed", "network-feed"),
        ],
        server: Field::with(form.server.clone()),
        handle: Field::with(form.handle.clone()),
        secret: Field::default(),
        test: None,
        webhook: None,
    })
}

fn card(state: &ChannelState, gaps: &[Gap]) -> ChannelCard {
    let channel = &state.channel;
    let can = &state.capabilities;
    let marks = [
        (true, "can-listen"),
        (can.reply, "can-reply"),
        (can.publish, "can-publish"),
    ];
    let open = gaps
        .iter()
        .filter(|gap| gap.filled_at.is_none() && state.feeds.iter().any(|feed| feed.id == gap.feed))
        .count();
    ChannelCard {
        id: channel.id.0,
        icon: network_icon(&channel.network),
        network: network(&channel.network),
        handle: channel
            .handle
            .clone()
            .unwrap_or_else(|| channel.name.clone()),
        state: health(channel),
        step: Some(channel.health_note.clone())
            .filter(|note| !note.is_empty())
            .map(Said::plain),
        heard: channel.last_in,
        sent: channel.last_out,
        can: marks
            .iter()
            .filter(|(can, _)| *can)
            .map(|(_, key)| Badge::new(Tone::Line, Said::key(key)))
            .collect(),
        feeds: state.feeds.iter().map(feed_line).collect(),
        gaps: open,
        is_off: channel.disabled_at.is_some(),
        has_account: matches!(channel.network.as_str(), "bluesky" | "mastodon"),
    }
}

fn feed_line(feed: &Feed) -> FeedLine {
    FeedLine {
        id: feed.id.0,
        what: serde_json::from_str(&feed.spec)
            .map_or_else(|_| Said::plain(feed.spec.clone()), |spec| spec_words(&spec)),
        last: feed.last_ok_at,
        trouble: Some(feed.last_error.clone()).filter(|error| !error.is_empty()),
    }
}

fn spec_words(spec: &FeedSpec) -> Said {
    match spec {
        FeedSpec::Mentions => Said::key("feed-mentions"),
        FeedSpec::Own => Said::key("feed-own"),
        FeedSpec::Search { query } => Said::key("feed-search").with("words", query),
        FeedSpec::Hashtag { tag } => Said::plain(format!("#{tag}")),
        FeedSpec::Address { url, .. } => Said::plain(url.clone()),
        FeedSpec::Stream { flavour, .. } => Said::key("feed-stream").with("flavour", flavour),
    }
}

async fn show(
    State(site): State<Site>,
    signed: Signed,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    page(
        &signed.visit.reader,
        &view(&site, &signed, &done, &AccountForm::default()).await?,
    )
}

async fn connect(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<AccountForm>,
) -> Result<Response, PageError> {
    let server = form.server.trim().to_owned();
    let with_scheme = if server.is_empty() || server.contains("://") {
        server.clone()
    } else {
        format!("https://{server}")
    };
    let (base_url, feeds) = match form.network.as_str() {
        "feed" => (
            with_scheme.clone(),
            vec![FeedSpec::Address {
                url: with_scheme,
                kind: None,
            }],
        ),
        network => {
            let base = match network {
                "bluesky" if server.is_empty() => "https://bsky.social".to_owned(),
                _ => with_scheme,
            };
            (
                base,
                channels::account_feeds(&site.app, signed.viewer(), network).await?,
            )
        }
    };
    let source = NewSource {
        network: form.network.clone(),
        name: String::new(),
        base_url,
        handle: form.handle.clone(),
        secret: form.secret.clone(),
        feeds,
    };
    match channels::connect(&site.app, signed.viewer(), &source).await {
        Ok(_) => Ok(Redirect::to("/settings/channels?saved=1").into_response()),
        Err(AppError::Invalid { field, message }) => {
            refused(&site, &signed, &form, &field, message).await
        }
        Err(AppError::Unavailable(message)) => {
            refused(&site, &signed, &form, "server", message).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refused(
    site: &Site,
    signed: &Signed,
    form: &AccountForm,
    field: &str,
    message: String,
) -> Result<Response, PageError> {
    let mut view = view(site, signed, &Done::default(), form).await?;
    let wrong = Said::plain(message);
    match field {
        "secret" => view.secret = view.secret.wrong(wrong),
        "handle" | "name" => view.handle = view.handle.wrong(wrong),
        _ => view.server = view.server.wrong(wrong),
    }
    page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &signed.visit.reader,
        &view,
    )
}

#[derive(Deserialize)]
struct WebhookForm {
    name: String,
}

/// Answers with the page itself: path and secret are shown once.
async fn webhook(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<WebhookForm>,
) -> Result<Response, PageError> {
    let (path, secret) = channels::add_webhook(&site.app, signed.viewer(), &form.name).await?;
    let mut view = view(&site, &signed, &Done::default(), &AccountForm::default()).await?;
    let start = site
        .app
        .settings
        .web
        .public_url
        .as_deref()
        .unwrap_or_default()
        .trim_end_matches('/');
    view.webhook = Some((format!("{start}{path}"), secret));
    page(&signed.visit.reader, &view)
}

/// Listens once to the open feeds of a channel. Accounts are tried with their own secret when it is renewed.
async fn test(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ChannelId>,
) -> Result<Response, PageError> {
    let states = channels::list(&site.app, signed.viewer()).await?;
    let state = states
        .iter()
        .find(|state| state.channel.id == id)
        .ok_or(PageError::NotFound)?;
    let channel = &state.channel;
    let source = NewSource {
        network: channel.network.clone(),
        name: channel.name.clone(),
        base_url: channel.base_url.clone(),
        feeds: state
            .feeds
            .iter()
            .filter_map(|feed| serde_json::from_str(&feed.spec).ok())
            .collect(),
        ..NewSource::default()
    };
    let result = test_view(
        channels::test(&site.app, signed.viewer(), &source).await,
        &channel.name,
    )?;
    if signed.visit.fragment {
        return page(&signed.visit.reader, &result);
    }
    let mut view = view(&site, &signed, &Done::default(), &AccountForm::default()).await?;
    view.test = Some(result);
    page(&signed.visit.reader, &view)
}

fn back() -> Response {
    Redirect::to("/settings/channels?saved=1").into_response()
}

async fn pause(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ChannelId>,
) -> Result<Response, PageError> {
    turn(&site, &signed, id).await?;
    Ok(back())
}

async fn remove(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ChannelId>,
) -> Result<Response, PageError> {
    channels::remove(&site.app, signed.viewer(), id).await?;
    Ok(back())
}

#[derive(Deserialize)]
struct SecretForm {
    secret: String,
}

async fn renew(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ChannelId>,
    Form(form): Form<SecretForm>,
) -> Result<Response, PageError> {
    channels::renew(&site.app, signed.viewer(), id, &form.secret).await?;
    Ok(back())
}

#[derive(Deserialize)]
struct FeedForm {
    kind: String,
    #[serde(default)]
    words: String,
}

async fn add_feed(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ChannelId>,
    Form(form): Form<FeedForm>,
) -> Result<Response, PageError> {
    let words = form.words.trim().to_owned();
    let needs = |what: &str| PageError::Bad {
        why: format!("words: {what}"),
    };
    let spec = match form.kind.as_str() {
        "mentions" => FeedSpec::Mentions,
        "own" => FeedSpec::Own,
        "stream" => FeedSpec::Stream {
            url: String::new(),
            flavour: if words.is_empty() {
                "firehose".to_owned()
            } else {
                words
            },
        },
        "search" if words.is_empty() => return Err(needs("say which words to look for")),
        "search" => FeedSpec::Search { query: words },
        "hashtag" if words.is_empty() => return Err(needs("say which hashtag to follow")),
        "hashtag" => FeedSpec::Hashtag {
            tag: words.trim_start_matches('#').to_owned(),
        },
        _ if words.contains("://") => FeedSpec::Address {
            url: words,
            kind: None,
        },
        _ => return Err(needs("write the address of the feed, with https://")),
    };
    channels::add_feed(&site.app, signed.viewer(), id, &spec).await?;
    Ok(back())
}

async fn remove_feed(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<FeedId>,
) -> Result<Response, PageError> {
    channels::remove_feed(&site.app, signed.viewer(), id).await?;
    Ok(back())
}
