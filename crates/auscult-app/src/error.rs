//! What a use case can refuse, by what the caller can do next.

use auscult_connect::contract::ConnectError;
use auscult_store::StoreError;
use jiff::Timestamp;

/// Why a use case did not happen. A variant says what the caller can do next.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or the viewer may not know of it (the same answer on purpose).
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Somebody else was faster; look again and decide again.
    #[error("changed meanwhile: {0}")]
    Conflict(String),
    /// The viewer may know of it, but not do this; names who can.
    #[error("not allowed: {0}")]
    Forbidden(String),
    /// The input is wrong; names the field, what is wrong and the mend.
    #[error("{field}: {message}")]
    Invalid {
        /// The field or place at fault.
        field: String,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// Too many tries; try again at that time.
    #[error("too many tries, next one at {0}")]
    RetryAt(Timestamp),
    /// The guard stops the text; holds its report as JSON.
    #[error("the guard stopped this text")]
    Guarded(Box<serde_json::Value>),
    /// An outside service did not do its part; try later or mend the connection.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of ours; the details are for the log.
    #[error("{0}")]
    Broken(String),
}

impl AppError {
    /// A fault of ours, with details for the log.
    pub fn broken(message: impl Into<String>) -> Self {
        Self::Broken(message.into())
    }

    /// Wrong input.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            message: message.into(),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::NotFound(what),
            StoreError::Conflict(what) => Self::Conflict(what),
            StoreError::Busy(detail) => {
                Self::Unavailable(format!("the database is busy, try again: {detail}"))
            }
            StoreError::Refused(why) => Self::Unavailable(why),
            StoreError::Broken(detail) => Self::Broken(detail),
        }
    }
}

impl From<ConnectError> for AppError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Settings(why) => Self::invalid("settings", why),
            ConnectError::AccessEnded(why) => Self::invalid("secret", why),
            ConnectError::Gone(why) => Self::invalid("address", why),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
