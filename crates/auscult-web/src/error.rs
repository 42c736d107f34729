//! The one file that turns an error into an answer: a page for people, a problem document for programs.
//!
//! Details go to the log under a reference; the visitor gets the reference, what is kept, and what to do.

use auscult_app::error::AppError;
use auscult_app::listen::webhook::Rejected;
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
            report: None,
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
    /// What the guard, the watch language or a delivery says in its own shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<serde_json::Value>,
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

/// Why a program got no answer: what pages know, and what only programs meet. Codes are stable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// As for pages.
    Page(PageError),
    /// Only for programs.
    Program {
        /// The stable code.
        code: Code,
        /// What is wrong and how to mend it.
        detail: String,
        /// More, in its own shape.
        report: Option<Box<serde_json::Value>>,
    },
}

/// The codes that only programs meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// 401: the bearer token is not known or has ended.
    UnknownToken,
    /// 401: a delivery without a valid signature.
    Unsigned,
    /// 403: the token lacks a scope.
    ScopeMissing,
    /// 403: the member's role does not open it.
    Forbidden,
    /// 400: the body or the query cannot be read.
    Unreadable,
    /// 413: more than is taken at once.
    TooLarge,
    /// 415: another media type.
    MediaType,
    /// 422: nothing in a delivery can be used.
    Unusable,
    /// 422: the guard stops the text.
    Guarded,
    /// 503: something outside is busy; try again.
    Unavailable,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::UnknownToken,
        Self::Unsigned,
        Self::ScopeMissing,
        Self::Forbidden,
        Self::Unreadable,
        Self::TooLarge,
        Self::MediaType,
        Self::Unusable,
        Self::Guarded,
        Self::Unavailable,
    ];

    /// The code, its status and its title: the one table.
    pub const fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::UnknownToken => ("unknown_token", StatusCode::UNAUTHORIZED, "the token is not known or has ended"),
            Self::Unsigned => ("unsigned", StatusCode::UNAUTHORIZED, "no valid signature"),
            Self::ScopeMissing => ("scope_missing", StatusCode::FORBIDDEN, "the token may not do this"),
            Self::Forbidden => ("not_allowed", StatusCode::FORBIDDEN, "not allowed"),
            Self::Unreadable => ("unreadable", StatusCode::BAD_REQUEST, "the request cannot be read"),
            Self::TooLarge => ("too_large", StatusCode::PAYLOAD_TOO_LARGE, "more than is taken at once"),
            Self::MediaType => ("media_type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "this media type is not read here"),
            Self::Unusable => ("unusable", StatusCode::UNPROCESSABLE_ENTITY, "nothing in it can be used"),
            Self::Guarded => ("guard_stopped", StatusCode::UNPROCESSABLE_ENTITY, "the guard stopped this text"),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "try again later"),
        }
    }
}

impl ApiError {
    /// An error of the table with what is wrong.
    pub fn of(code: Code, detail: impl Into<String>) -> Self {
        Self::Program { code, detail: detail.into(), report: None }
    }

    /// An error of the table that brings a report.
    pub fn with_report(code: Code, detail: impl Into<String>, report: serde_json::Value) -> Self {
        Self::Program { code, detail: detail.into(), report: Some(Box::new(report)) }
    }

    /// More than is taken at once.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::of(Code::TooLarge, detail)
    }
}

impl From<PageError> for ApiError {
    fn from(error: PageError) -> Self {
        Self::Page(error)
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Forbidden(why) => Self::of(Code::Forbidden, why),
            AppError::Guarded(report) => Self::with_report(Code::Guarded, "change the text as the report says", *report),
            AppError::Unavailable(why) => Self::of(Code::Unavailable, why),
            other @ (AppError::NotFound(_) | AppError::Conflict(_) | AppError::Invalid { .. } | AppError::RetryAt(_) | AppError::Broken(_)) => {
                Self::Page(crate::pages::answer(&other))
            }
        }
    }
}

impl From<Rejected> for ApiError {
    fn from(rejected: Rejected) -> Self {
        let detail = rejected.to_string();
        match rejected {
            Rejected::Unsigned(_) => Self::of(Code::Unsigned, detail),
            Rejected::TooLarge(_) => Self::of(Code::TooLarge, detail),
            Rejected::MediaType(_) => Self::of(Code::MediaType, detail),
            Rejected::Unusable { rejected, .. } => {
                let report = serde_json::json!({ "accepted": 0, "duplicates": 0, "rejected": rejected });
                Self::with_report(Code::Unusable, detail, report)
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Page(error) => error.into_response(),
            Self::Program { code, detail, report } => {
                let (code, status, title) = code.row();
                let problem = Problem {
                    code,
                    status: status.as_u16(),
                    title: title.to_owned(),
                    detail: Some(detail),
                    report: report.map(|report| *report),
                    reference: None,
                };
                problem.into_response()
            }
        }
    }
}
