//! Items handed in by a member's program: the webhook's shapes, with a token as the proof.

use auscult_app::listen::webhook::{self, HookError};
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Caller, Ingest};
use crate::error::ApiError;
use crate::pages::Site;

/// What became of the items.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandedIn {
    /// Items that were new, newer, or deletions.
    accepted: usize,
    /// Items that were known.
    duplicates: usize,
    /// Items that were refused, with their place in the body.
    #[schema(value_type = Vec<Object>)]
    rejected: serde_json::Value,
}

/// Hand items in: one object, `{"items": […]}` with at most 500, or JSON Lines.
#[utoipa::path(post, path = "/items", tag = "listen", request_body = serde_json::Value, security(("token" = ["ingest"])), responses((status = 202, body = HandedIn), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn add(State(site): State<Site>, caller: Caller<Ingest>, headers: HeaderMap, body: Body) -> Result<(StatusCode, Json<HandedIn>), ApiError> {
    let body = to_bytes(body, webhook::BODY).await.map_err(|error| ApiError::too_large(format!("a body has at most 1,048,576 bytes; send it in parts ({error})")))?;
    let pairs: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let taken = webhook::hand_in(&site.app, caller.viewer(), &pairs, &body).await.map_err(ApiError::from)?;
    let rejected = serde_json::to_value(&taken.rejected).unwrap_or_default();
    Ok((StatusCode::ACCEPTED, Json(HandedIn { accepted: taken.accepted, duplicates: taken.duplicates, rejected })))
}

impl From<HookError> for ApiError {
    fn from(error: HookError) -> Self {
        match error {
            HookError::Rejected(rejected) => rejected.into(),
            HookError::App(error) => error.into(),
        }
    }
}
