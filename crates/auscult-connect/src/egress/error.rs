//! Why a call brought no answer, told apart by whether the request may have been acted upon.

use jiff::Timestamp;

use crate::contract::{ConnectError, SendError};

/// Why there is no answer. Texts name the host and the mend; never a path, a query or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The address itself cannot be used.
    #[error("{0}")]
    Address(String),
    /// The guard holds: private address, other port, other scheme.
    #[error("{0}")]
    Refused(String),
    /// Nothing was asked: no such name, no connection, no trusted certificate.
    #[error("{0}")]
    Unreached(String),
    /// It was asked, and the answer never came or broke off.
    #[error("{0}")]
    Lost(String),
    /// The answer is larger than it may be.
    #[error("{0}")]
    TooBig(String),
    /// It is somewhere else, and following on is not safe.
    #[error("{0}")]
    Redirected(String),
    /// The service asked for a pause that is not over; nothing was asked.
    #[error("{host} asked for a pause until {until}")]
    Throttled {
        /// Who asked.
        host: String,
        /// Until when.
        until: Timestamp,
    },
    /// A WebSocket was answered with a status instead.
    #[error("{host} answered {status} instead of opening a stream")]
    Answered {
        /// Who answered.
        host: String,
        /// The status.
        status: u16,
        /// What it said, cut at 2 KiB. Not printed.
        body: String,
        /// When to come back, if it said so.
        retry_at: Option<Timestamp>,
    },
}

impl From<EgressError> for ConnectError {
    fn from(error: EgressError) -> Self {
        let message = error.to_string();
        match error {
            EgressError::Address(_) | EgressError::Refused(_) | EgressError::Redirected(_) => {
                Self::Settings(message)
            }
            EgressError::Unreached(_) | EgressError::Lost(_) => Self::Retry { at: None, message },
            EgressError::TooBig(_) => Self::Broken(message),
            EgressError::Throttled { until, .. } => Self::Retry {
                at: Some(until),
                message,
            },
            EgressError::Answered {
                status, retry_at, ..
            } => match status {
                401 | 403 => Self::AccessEnded(message),
                404 | 410 => Self::Gone(message),
                429 | 500..=599 => Self::Retry {
                    at: retry_at,
                    message,
                },
                _ => Self::Broken(message),
            },
        }
    }
}

impl From<EgressError> for SendError {
    fn from(error: EgressError) -> Self {
        let message = error.to_string();
        match error {
            EgressError::Address(_)
            | EgressError::Refused(_)
            | EgressError::Redirected(_)
            | EgressError::Unreached(_) => Self::NotNow { at: None, message },
            EgressError::Throttled { until, .. } => Self::NotNow {
                at: Some(until),
                message,
            },
            EgressError::Lost(_) | EgressError::TooBig(_) | EgressError::Answered { .. } => {
                Self::Unknown(message)
            }
        }
    }
}
