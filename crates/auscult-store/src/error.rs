//! What the store can refuse, by what the caller can do next.

use std::time::Duration;

/// Why something was not stored or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row, or the viewer may not know of it (the same answer on purpose).
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Somebody else was faster, or it is there already: look again and decide again.
    #[error("changed meanwhile: {0}")]
    Conflict(String),
    /// The database is busy or away for a moment: the same call may be made again.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The store will not do this; the text says why and what mends it.
    #[error("{0}")]
    Refused(String),
    /// A fault of ours or of the database; the text is for the log.
    #[error("store: {0}")]
    Broken(String),
}

impl StoreError {
    /// How long to wait before the same call is made again; `None` when that would not help.
    pub fn retry_after(&self) -> Option<Duration> {
        matches!(self, Self::Busy(_)).then_some(Duration::from_millis(250))
    }

    pub(crate) fn refused(text: impl Into<String>) -> Self {
        Self::Refused(text.into())
    }

    pub(crate) fn conflict(text: impl Into<String>) -> Self {
        Self::Conflict(text.into())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database) = &error {
            let code = database.code().unwrap_or_default();
            if database.is_unique_violation() {
                return Self::Conflict(format!("already there: {}", database.message()));
            }
            // SQLITE_BUSY, SQLITE_LOCKED and their extended codes; serialization, deadlock, lock time-out, shutdown.
            let busy = [
                "5", "6", "261", "262", "517", "773", "40001", "40P01", "55P03", "57P01", "57P02",
                "57P03", "53300",
            ];
            if busy.contains(&code.as_ref()) {
                return Self::Busy(database.message().to_owned());
            }
            if code == "13" || code == "53100" {
                return Self::Refused(
                    "the disk is full: free some space, then it goes on by itself".to_owned(),
                );
            }
        }
        if matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) {
            return Self::Busy(error.to_string());
        }
        Self::Broken(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(format!("stored JSON: {error}"))
    }
}

impl From<auscult_model::word::UnknownWord> for StoreError {
    fn from(error: auscult_model::word::UnknownWord) -> Self {
        Self::Broken(format!("stored word: {error}"))
    }
}

/// A statement that had to touch a row found none.
pub(crate) fn found(rows: u64, what: &'static str) -> Result<(), StoreError> {
    if rows == 0 {
        Err(StoreError::NotFound(what))
    } else {
        Ok(())
    }
}

/// A statement that named the expected state touched no row: somebody else was faster.
pub(crate) fn unchanged(rows: u64, what: &str) -> Result<(), StoreError> {
    if rows == 0 {
        Err(StoreError::Conflict(what.to_owned()))
    } else {
        Ok(())
    }
}
