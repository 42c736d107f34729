//! The inbound webhook's door, and what probes ask. No session and no origin check here: a signature is the proof.

use auscult_app::listen::webhook;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use crate::error::ApiError;
use crate::pages::Site;

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new().route("/hooks/in/{token}", post(receive)).route("/healthz", get(alive)).route("/readyz", get(ready))
}

async fn receive(State(site): State<Site>, Path(token): Path<String>, headers: HeaderMap, body: Body) -> Result<Response, ApiError> {
    site.web.rates.take(&format!("hook {token}"), crate::rate::HOOKS, site.app.now())?;
    let body = to_bytes(body, webhook::BODY).await.map_err(|error| ApiError::too_large(format!("a body has at most 1,048,576 bytes; send it in parts ({error})")))?;
    let pairs: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let accepted = webhook::receive(&site.app, &token, &pairs, &body).await?;
    Ok((StatusCode::ACCEPTED, Json(accepted)).into_response())
}

/// The process answers.
async fn alive() -> &'static str {
    "ok"
}

/// The store answers too: requests may come.
async fn ready(State(site): State<Site>) -> Response {
    match auscult_app::access::first_run_open(&site.app).await {
        Ok(_) => "ready".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response()
        }
    }
}
