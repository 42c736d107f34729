//! The figures.

use auscult_app::error::AppError;
use auscult_app::measure;
use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Asked;
use super::caller::{Caller, Read};
use crate::error::ApiError;
use crate::pages::Site;

/// Over which days, in the zone of the workspace.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Period {
    /// The first day, as 2026-11-01; 30 days back unless said.
    from: Option<String>,
    /// The day after the last; now unless said.
    to: Option<String>,
}

/// The figures of a period.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Figures {
    /// Id, value, interval, numerator, denominator, observations, estimator and state of each.
    #[schema(value_type = Vec<Object>)]
    measures: serde_json::Value,
    /// From.
    from: String,
    /// To, exclusive.
    to: String,
}

/// The figures of a period, each with its interval and what can be said.
#[utoipa::path(get, path = "/measures", tag = "measure", params(Period), security(("token" = ["read"])), responses((status = 200, body = Figures), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn measures(State(site): State<Site>, caller: Caller<Read>, Asked(asked): Asked<Period>) -> Result<Json<Figures>, ApiError> {
    let zone = TimeZone::get(&caller.actor.workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
    let now = site.app.now();
    let from = day("from", asked.from.as_deref(), &zone)?.unwrap_or(now - SignedDuration::from_hours(24 * 30));
    let to = day("to", asked.to.as_deref(), &zone)?.unwrap_or(now);
    let found = measure::compute(&site.app, caller.viewer(), from, to).await?;
    let measures = serde_json::to_value(&found.estimates).unwrap_or_default();
    Ok(Json(Figures { measures, from: from.to_string(), to: to.to_string() }))
}

fn day(field: &str, text: Option<&str>, zone: &TimeZone) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let date = text.parse::<Date>().ok().and_then(|date| zone.to_timestamp(date.at(0, 0, 0, 0)).ok());
    date.map(Some).ok_or_else(|| AppError::invalid(field, "write a day as 2026-11-01").into())
}
