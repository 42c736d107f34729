//! Watches.

use auscult_app::listen::watches::{self, NewWatch};
use auscult_model::watch::Watch;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Body;
use super::caller::{Caller, Read, Write};
use crate::error::ApiError;
use crate::pages::Site;

/// Watches of the workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Watches {
    /// The watches, by name.
    items: Vec<Row>,
}

/// A watch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Watch)]
pub(super) struct Row {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its query.
    query: String,
    /// Whether it runs.
    active: bool,
    /// Whether its hits open conversations.
    opens_conversations: bool,
    /// Grows with each change.
    version: i64,
}

impl Row {
    fn of(watch: Watch) -> Self {
        Self { id: watch.id.to_string(), name: watch.name, query: watch.query, active: watch.active, opens_conversations: watch.opens_conversations, version: watch.version }
    }
}

/// A watch to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWatch)]
pub(super) struct New {
    /// Its name.
    name: String,
    /// A query of the watch language.
    query: String,
    /// Whether it runs; yes unless said.
    active: Option<bool>,
    /// Whether its hits open conversations; yes unless said.
    opens_conversations: Option<bool>,
    /// Why it is made.
    #[serde(default)]
    why: String,
}

/// A watch that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Made {
    /// Its id.
    id: String,
}

/// Watches of the workspace.
#[utoipa::path(get, path = "/watches", tag = "listen", security(("token" = ["read"])), responses((status = 200, body = Watches), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn list(State(site): State<Site>, caller: Caller<Read>) -> Result<Json<Watches>, ApiError> {
    let items = watches::list(&site.app, caller.viewer()).await?;
    Ok(Json(Watches { items: items.into_iter().map(Row::of).collect() }))
}

/// Make a watch.
#[utoipa::path(post, path = "/watches", tag = "listen", request_body = New, security(("token" = ["write"])), responses((status = 201, body = Made), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn add(State(site): State<Site>, caller: Caller<Write>, Body(new): Body<New>) -> Result<(StatusCode, Json<Made>), ApiError> {
    let new = NewWatch { name: new.name, query: new.query, active: new.active.unwrap_or(true), opens_conversations: new.opens_conversations.unwrap_or(true), why: new.why };
    let id = watches::add(&site.app, caller.viewer(), new).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.to_string() })))
}
