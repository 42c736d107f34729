//! Sources on the listening page: what each brings, whether it is behind, and a new one with a live test.

use auscult_app::channels::{self, ChannelState};
use auscult_app::presence;
use auscult_model::ids::ChannelId;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::error::PageError;
use crate::pages::source::{SourceForm, kinds};
use crate::pages::words::health;
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::{Field, State as Shown, Tone, network_icon};
use crate::view::access::TestResult;
use crate::view::listen::{ListenPage, SourceLine};
use crate::view::shell::Place;

/// The routes of sources.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/listen/sources", get(to_list).post(add))
        .route("/listen/sources/test", post(test))
        .route("/listen/sources/{id}/pause", post(pause))
}

async fn to_list(_: Signed) -> Redirect {
    Redirect::to("/listen#sources")
}

/// The page of watches and sources.
pub(super) async fn listen(
    State(site): State<Site>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(
        &signed.visit.reader,
        &view(&site, &signed, "feed", Field::default(), None).await?,
    )
}

async fn view(
    site: &Site,
    signed: &Signed,
    kind: &str,
    address: Field,
    test: Option<TestResult>,
) -> Result<ListenPage, PageError> {
    let states = channels::list(&site.app, signed.viewer()).await?;
    let heard = presence::by_source(&site.app, signed.viewer(), 30).await?;
    let month = |network: &str| {
        heard
            .iter()
            .find(|count| count.value == network)
            .map_or(0, |count| count.posts)
    };
    Ok(ListenPage {
        shell: signed.shell(Place::Listen),
        watches: super::watches::lines(site, signed, None).await?,
        sources: states
            .iter()
            .map(|state| line(state, month(&state.channel.network)))
            .collect(),
        kinds: kinds(kind),
        address,
        test,
    })
}

fn line(state: &ChannelState, month: i64) -> SourceLine {
    let channel = &state.channel;
    let failing = state
        .feeds
        .iter()
        .find(|feed| !feed.last_error.is_empty())
        .map(|feed| feed.last_error.clone());
    let trouble = Some(channel.health_note.clone())
        .filter(|note| !note.is_empty())
        .or(failing);
    let shown = health(channel);
    let behind = shown.tone == Tone::Ok && trouble.is_some();
    let every = state
        .feeds
        .iter()
        .filter(|feed| feed.active)
        .map(|feed| feed.interval_seconds)
        .min();
    SourceLine {
        id: channel.id.0,
        icon: network_icon(&channel.network),
        name: channel.name.clone(),
        state: if behind {
            Shown {
                tone: Tone::Warn,
                text: Said::key("health-failing"),
            }
        } else {
            shown
        },
        last: channel.last_in,
        delay: match every {
            Some(seconds) if seconds < 120 => Said::key("every-seconds").with("n", seconds),
            Some(seconds) => Said::key("every-minutes").with("n", seconds / 60),
            None => Said::key("when-sent"),
        },
        month,
        allows: if state.capabilities.reply {
            Said::key("allows-reply")
        } else {
            Said::key("allows-hear")
        },
        trouble: trouble.map(Said::plain),
        is_off: channel.disabled_at.is_some(),
    }
}

async fn test(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<SourceForm>,
) -> Result<Response, PageError> {
    let result = form.test(&site, &signed).await?;
    let reader = &signed.visit.reader;
    if signed.visit.fragment {
        return page(reader, &result);
    }
    let address = Field::with(form.address);
    page(
        reader,
        &view(&site, &signed, &form.kind, address, Some(result)).await?,
    )
}

async fn add(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<SourceForm>,
) -> Result<Response, PageError> {
    let Some(wrong) = form.connect(&site, &signed).await? else {
        return Ok(Redirect::to("/listen#sources").into_response());
    };
    page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &signed.visit.reader,
        &view(&site, &signed, &form.kind, wrong, None).await?,
    )
}

async fn pause(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ChannelId>,
) -> Result<Response, PageError> {
    turn(&site, &signed, id).await?;
    Ok(Redirect::to("/listen#sources").into_response())
}

/// Switches a channel off, or on when it is off.
pub(crate) async fn turn(site: &Site, signed: &Signed, id: ChannelId) -> Result<(), PageError> {
    let states = channels::list(&site.app, signed.viewer()).await?;
    let found = states
        .iter()
        .find(|state| state.channel.id == id)
        .ok_or(PageError::NotFound)?;
    channels::set_disabled(
        &site.app,
        signed.viewer(),
        id,
        found.channel.disabled_at.is_none(),
    )
    .await?;
    Ok(())
}
