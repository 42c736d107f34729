//! The check of every unsafe request: it must come from a page of this very origin.
//!
//! A browser says where a request comes from in `Sec-Fetch-Site` and `Origin`; a form of another site, a sub-domain or
//! a sandboxed frame is refused. Requests with a bearer token and no cookie are exempt: no browser adds those alone.
//! The webhook's door is exempt too: it knows no session, and the signature of the body is its proof.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::PageError;

/// Where webhooks come in.
pub const HOOKS: &str = "/hooks/in/";

/// Refuses unsafe requests that do not come from this origin.
pub async fn guard(request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(HOOKS) || is_allowed(request.method(), request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!(
        path = request.uri().path(),
        "refused a request from another origin"
    );
    PageError::ForeignOrigin.into_response()
}

/// Whether a request may go on.
pub fn is_allowed(method: &Method, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    if !headers.contains_key(header::COOKIE) && headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    let site = text(headers, "sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match text(headers, "origin") {
        // Under `Referrer-Policy: no-referrer` a browser names no origin for a form of this very page. A sandboxed frame
        // names none either, but it is cross-site.
        Some("null") | None => site == Some("same-origin"),
        Some(origin) => is_own(origin, text(headers, "host")),
    }
}

fn is_own(origin: &str, host: Option<&str>) -> bool {
    let Some((scheme, name)) = origin.split_once("://") else {
        return false;
    };
    matches!(scheme, "http" | "https") && host.is_some_and(|host| host.eq_ignore_ascii_case(name))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
