//! The one file that turns an error into an answer: a page for people, a problem document for programs.
//!
//! Details go to the log under a reference; the visitor gets the reference, what is kept, and what to do.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why a request got no page, by what the visitor can do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// There is no such thing, or the visitor may not know of it.
    #[error("not found")]
    NotFound,
    /// Signing in comes first.
    #[error("sign in first")]
    SignIn,
    /// The page exists, but the visitor's role does not open it.
    #[error("not allowed: needs {needs}")]
    NotAllowed {
        /// Which role or duty opens it, as a key of the locale files.
        needs: &'static str,
    },
    /// What was sent cannot be read or is not valid.
    #[error("bad request: {why}")]
    Bad {
        /// What is wrong and how to mend it, for people.
        why: String,
    },
    /// Somebody else changed it meanwhile.
    #[error("changed meanwhile")]
    Conflict,
    /// Too many requests.
    #[error("too many requests, again in {seconds} s")]
    TooMany {
        /// When it may be tried again.
        seconds: u32,
    },
    /// An unsafe request came from another origin.
    #[error("request from another origin")]
    ForeignOrigin,
    /// Something of ours is broken; the log knows what.
    #[error("broken")]
    Broken,
}

impl PageError {
    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::NotAllowed { .. } | Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::Bad { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code of the API's table.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::SignIn => "sign_in_required",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Bad { .. } => "invalid_input",
            Self::Conflict => "changed_meanwhile",
            Self::TooMany { .. } => "too_many_requests",
            Self::ForeignOrigin => "foreign_origin",
            Self::Broken => "broken",
        }
    }

    /// The problem document of this error.
    pub fn problem(&self, reference: Option<&str>) -> Problem {
        let detail = match self {
            Self::Bad { why } => Some(why.clone()),
            Self::NotFound
            | Self::SignIn
            | Self::NotAllowed { .. }
            | Self::Conflict
            | Self::TooMany { .. }
            | Self::ForeignOrigin
            | Self::Broken => None,
        };
        Problem {
            code: self.code(),
            status: self.status().as_u16(),
            title: self.to_string(),
            detail,
            reference: reference.map(str::to_owned),
        }
    }
}

/// An error as programs read it (RFC 9457 with our stable code).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The stable code.
    pub code: &'static str,
    /// The status.
    pub status: u16,
    /// One line.
    pub title: String,
    /// What is wrong and how to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The reference under which the log knows more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, kind, Json(self)).into_response()
    }
}

/// An answer without a body; [`crate::router::pages`] turns it into a page in the reader's language, since only there
/// the language, the nonce and the reference of the request are known.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Self::TooMany { seconds } = &self {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, (*seconds).into());
        }
        response.extensions_mut().insert(self);
        response
    }
}
