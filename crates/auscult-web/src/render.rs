//! From a view struct to a response: the reader's language, zone and moment are handed in once, here.

use std::any::Any;
use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::PageError;
use crate::locale::Locale;

/// Who reads a page: the language, the zone, the moment, and where the workspace's pages begin.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language.
    pub locale: Arc<Locale>,
    /// The zone times are shown in.
    pub zone: TimeZone,
    /// The moment of the request.
    pub now: Timestamp,
    /// What stands before every path of this workspace; empty when it is the only one.
    pub base: String,
}

impl askama::Values for Reader {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == "reader").then_some(self)
    }
}

/// A page or a fragment as text.
pub fn html(reader: &Reader, view: &impl Template) -> Result<String, PageError> {
    view.render_with_values(reader).map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        PageError::Broken
    })
}

/// A page or a fragment as a response with status 200.
pub fn page(reader: &Reader, view: &impl Template) -> Result<Response, PageError> {
    page_with(StatusCode::OK, reader, view)
}

/// A page or a fragment with another status.
pub fn page_with(
    status: StatusCode,
    reader: &Reader,
    view: &impl Template,
) -> Result<Response, PageError> {
    let body = html(reader, view)?;
    let kind = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Ok((status, [kind], body).into_response())
}
