//! What went wrong, before it is known whether somebody was reading or sending.

use jiff::Timestamp;

use crate::contract::{ConnectError, SendError};
use crate::egress::EgressError;

/// Why a call brought nothing.
#[derive(Debug)]
pub(super) enum Fault {
    /// No answer.
    Net(EgressError),
    /// An answer that says no.
    Told(Told),
    /// A person must sign in again.
    Access(String),
    /// The settings are wrong.
    Settings(String),
    /// An answer that is not one.
    Broken(String),
}

/// A refusal in the network's words.
#[derive(Debug)]
pub(super) struct Told {
    /// The status.
    pub(super) status: u16,
    /// The name of the error, as `RecordNotFound`; perhaps empty.
    pub(super) name: String,
    /// The message, cleaned.
    pub(super) message: String,
    /// Who said so.
    pub(super) host: String,
    /// When to come back.
    pub(super) retry_at: Option<Timestamp>,
}

impl Told {
    /// The token is over, or none is accepted.
    pub(super) fn access_is_over(&self) -> bool {
        self.status == 401 || matches!(self.name.as_str(), "ExpiredToken" | "InvalidToken")
    }

    /// The account, the password or the token is refused for good.
    pub(super) fn refuses(&self) -> bool {
        let named = matches!(
            self.name.as_str(),
            "AccountTakedown"
                | "AccountDeactivated"
                | "AccountNotFound"
                | "AuthFactorTokenRequired"
                | "AuthMissing"
        );
        self.access_is_over() || named || (self.status == 400 && self.name == "InvalidRequest")
    }

    /// It is not there.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.name.as_str(), "RecordNotFound" | "NotFound") || self.status == 404
    }

    /// In plain words.
    pub(super) fn words(&self) -> String {
        let Self {
            host,
            status,
            name,
            message,
            ..
        } = self;
        match (name.is_empty(), message.is_empty()) {
            (true, _) => format!("{host} answered {status}"),
            (false, true) => format!("{host} answered {status} ({name})"),
            (false, false) => format!("{host} answered {status} ({name}): {message}"),
        }
    }
}

impl From<EgressError> for Fault {
    fn from(error: EgressError) -> Self {
        Self::Net(error)
    }
}

impl From<ConnectError> for Fault {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::AccessEnded(message) => Self::Access(message),
            ConnectError::Settings(message) => Self::Settings(message),
            ConnectError::Retry { .. }
            | ConnectError::Gone(_)
            | ConnectError::NotOffered(_)
            | ConnectError::Broken(_) => Self::Broken(error.to_string()),
        }
    }
}

impl From<Fault> for ConnectError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Net(error) => error.into(),
            Fault::Access(message) => Self::AccessEnded(message),
            Fault::Settings(message) => Self::Settings(message),
            Fault::Broken(message) => Self::Broken(message),
            Fault::Told(told) => {
                let message = told.words();
                if told.status == 429 || told.status >= 500 || told.status == 408 {
                    Self::Retry {
                        at: told.retry_at,
                        message,
                    }
                } else if told.access_is_over()
                    || matches!(told.name.as_str(), "AccountTakedown" | "AccountDeactivated")
                {
                    Self::AccessEnded(message)
                } else if told.is_missing() {
                    Self::Gone(message)
                } else {
                    Self::Broken(message)
                }
            }
        }
    }
}

impl Fault {
    /// Before the effect was asked for: surely not accepted.
    pub(super) fn before_sending(self) -> SendError {
        let refused = matches!(&self, Fault::Told(told) if matches!(told.status, 400 | 403 | 413 | 415) && !told.access_is_over());
        match ConnectError::from(self) {
            ConnectError::AccessEnded(message) => SendError::AccessEnded(message),
            ConnectError::Broken(message) if refused => SendError::Refused(message),
            ConnectError::Retry { at, message } => SendError::NotNow { at, message },
            ConnectError::Settings(message)
            | ConnectError::Gone(message)
            | ConnectError::Broken(message) => SendError::NotNow { at: None, message },
            ConnectError::NotOffered(what) => SendError::Refused(what.to_owned()),
        }
    }

    /// After the effect was asked for: only a clear no is a no.
    pub(super) fn while_sending(self) -> SendError {
        match self {
            Fault::Net(error) => error.into(),
            Fault::Access(message) => SendError::AccessEnded(message),
            Fault::Settings(message) => SendError::NotNow { at: None, message },
            Fault::Broken(message) => SendError::Unknown(message),
            Fault::Told(told) => {
                let message = told.words();
                match told.status {
                    429 => SendError::NotNow {
                        at: told.retry_at,
                        message,
                    },
                    400..=499 if told.access_is_over() || told.name == "AccountTakedown" => {
                        SendError::AccessEnded(message)
                    }
                    408 => SendError::Unknown(message),
                    400..=499 => SendError::Refused(message),
                    _ => SendError::Unknown(message),
                }
            }
        }
    }
}
