//! The REST API under `/api/v1`: one file for each capability, one caller, one table of errors, one description.
//!
//! Habits (docs/specs/api.md): JSON in and out; unknown fields are refused; lists are `{"items": […], "next": …}` and
//! go on with `next`; ids are texts; instants are RFC 3339; errors are problem documents with a stable code.

mod caller;
mod channels;
mod conversations;
mod guard;
mod items;
mod me;
mod measures;
mod posts;
mod presence;
mod watches;

use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Query, Request};
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Description;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{ApiError, Code, PageError};
use crate::pages::Site;

/// Rows of a page at most.
const MOST: usize = 200;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Auscult",
        version = "1",
        description = "Listening and answering for health care. Send a token as `Authorization: Bearer auscult_…`; each operation names the scope it needs. Errors are problem documents (RFC 9457) with a stable `code`."
    ),
    servers((url = "/api/v1")),
    components(schemas(caller::Problem))
)]
struct Root;

/// The routes of the API and their description.
pub fn routes() -> Router<Site> {
    let (router, description) = parts();
    let text = serde_json::to_value(&description).unwrap_or_default();
    let router = router.route("/openapi.json", get(async move || Json(text))).fallback(async || ApiError::Page(PageError::NotFound));
    Router::new().nest("/api/v1", router.layer(DefaultBodyLimit::disable()))
}

/// The description alone, made from the code.
pub fn description() -> Description {
    parts().1
}

fn parts() -> (Router<Site>, Description) {
    OpenApiRouter::with_openapi(Root::openapi())
        .routes(routes!(me::me))
        .routes(routes!(posts::list))
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::get))
        .routes(routes!(conversations::answer))
        .routes(routes!(conversations::note))
        .routes(routes!(conversations::act))
        .routes(routes!(guard::check))
        .routes(routes!(watches::list, watches::add))
        .routes(routes!(presence::presence))
        .routes(routes!(measures::measures))
        .routes(routes!(channels::list))
        .routes(routes!(items::add))
        .split_for_parts()
}

/// A JSON body; what does not read is said with its place.
struct Body<T>(T);

impl<T: DeserializeOwned> FromRequest<Site> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, site: &Site) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, site).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(ApiError::of(Code::MediaType, "send application/json")),
            Err(JsonRejection::JsonDataError(error)) => Err(ApiError::Page(PageError::Bad { why: error.body_text() })),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(ApiError::too_large("a body has at most 1,048,576 bytes")),
            Err(error) => Err(ApiError::of(Code::Unreadable, error.body_text())),
        }
    }
}

/// The query of an address.
struct Asked<T>(T);

impl<T: DeserializeOwned> FromRequestParts<Site> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, ApiError> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(ApiError::Page(PageError::Bad { why: error.body_text() })),
        }
    }
}

/// How many rows a page has.
fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or(50).clamp(1, MOST)
}
