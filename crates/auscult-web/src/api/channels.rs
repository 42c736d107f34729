//! Channels and how they are; never their secrets.

use auscult_app::channels::{self, ChannelState};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Caller, Read};
use crate::error::ApiError;
use crate::pages::Site;

/// Channels of the workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Channels {
    /// The channels, oldest first.
    items: Vec<Row>,
}

/// A connected account or source.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Channel)]
pub(super) struct Row {
    /// Its id.
    id: String,
    /// Its network.
    network: String,
    /// Its name.
    name: String,
    /// Our handle there.
    handle: Option<String>,
    /// `ok`, `expiring`, `needs_person`, `paused` or `failing`.
    health: String,
    /// What there is to say about its health.
    note: String,
    /// Whether it is switched off.
    off: bool,
    /// Whether answers can be sent.
    replies: bool,
    /// Whether pieces can be published.
    publishes: bool,
    /// When something came in last.
    last_in: Option<String>,
    /// When something went out last.
    last_out: Option<String>,
    /// How many things it listens to.
    feeds: usize,
}

impl Row {
    fn of(state: ChannelState) -> Self {
        let channel = state.channel;
        Self {
            id: channel.id.to_string(),
            network: channel.network,
            name: channel.name,
            handle: channel.handle,
            health: channel.health.to_string(),
            note: channel.health_note,
            off: channel.disabled_at.is_some(),
            replies: state.capabilities.reply,
            publishes: state.capabilities.publish,
            last_in: channel.last_in.map(|at| at.to_string()),
            last_out: channel.last_out.map(|at| at.to_string()),
            feeds: state.feeds.len(),
        }
    }
}

/// Channels and how they are.
#[utoipa::path(get, path = "/channels", tag = "channels", security(("token" = ["read"])), responses((status = 200, body = Channels), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn list(State(site): State<Site>, caller: Caller<Read>) -> Result<Json<Channels>, ApiError> {
    let items = channels::list(&site.app, caller.viewer()).await?;
    Ok(Json(Channels { items: items.into_iter().map(Row::of).collect() }))
}
