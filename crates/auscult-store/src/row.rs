//! A row that was read: typed columns by name, from either engine.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::error::StoreError;

/// A row of one of the two engines.
pub(crate) enum Row {
    Lite(SqliteRow),
    Pg(PgRow),
}

impl Row {
    /// A column in any type both engines can give.
    pub(crate) fn get<T>(&self, name: &str) -> Result<T, StoreError>
    where
        T: for<'r> Decode<'r, Sqlite>
            + Type<Sqlite>
            + for<'r> Decode<'r, Postgres>
            + Type<Postgres>,
    {
        let value = match self {
            // SQLite's types belong to values, not to columns: the check would refuse a NULL or a whole number.
            Self::Lite(row) => row.try_get_unchecked::<T, _>(name),
            Self::Pg(row) => row.try_get::<T, _>(name),
        };
        value.map_err(|error| StoreError::Broken(format!("column {name}: {error}")))
    }

    pub(crate) fn int(&self, name: &str) -> Result<i64, StoreError> {
        self.get(name)
    }

    pub(crate) fn opt_int(&self, name: &str) -> Result<Option<i64>, StoreError> {
        self.get(name)
    }

    pub(crate) fn real(&self, name: &str) -> Result<f64, StoreError> {
        self.get(name)
    }

    pub(crate) fn opt_real(&self, name: &str) -> Result<Option<f64>, StoreError> {
        self.get(name)
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, StoreError> {
        self.get(name)
    }

    pub(crate) fn text(&self, name: &str) -> Result<String, StoreError> {
        self.get(name)
    }

    pub(crate) fn opt_text(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.get(name)
    }

    pub(crate) fn opt_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(name)
    }

    /// A small number kept as a BIGINT.
    pub(crate) fn small<T: TryFrom<i64>>(&self, name: &str) -> Result<T, StoreError> {
        let number = self.int(name)?;
        T::try_from(number)
            .ok()
            .ok_or_else(|| StoreError::Broken(format!("column {name}: {number} is out of range")))
    }

    /// An id.
    pub(crate) fn id<T: From<i64>>(&self, name: &str) -> Result<T, StoreError> {
        self.int(name).map(T::from)
    }

    /// An id that may be absent.
    pub(crate) fn opt_id<T: From<i64>>(&self, name: &str) -> Result<Option<T>, StoreError> {
        Ok(self.opt_int(name)?.map(T::from))
    }

    /// An instant.
    pub(crate) fn time(&self, name: &str) -> Result<Timestamp, StoreError> {
        self.int(name).map(instant)
    }

    /// An instant that may be absent.
    pub(crate) fn opt_time(&self, name: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.opt_int(name)?.map(instant))
    }

    /// A word of a closed set.
    pub(crate) fn word<T>(&self, name: &str) -> Result<T, StoreError>
    where
        T: std::str::FromStr<Err = auscult_model::word::UnknownWord>,
    {
        Ok(self.text(name)?.parse()?)
    }

    /// A word of a closed set that may be absent.
    pub(crate) fn opt_word<T>(&self, name: &str) -> Result<Option<T>, StoreError>
    where
        T: std::str::FromStr<Err = auscult_model::word::UnknownWord>,
    {
        Ok(self.opt_text(name)?.map(|word| word.parse()).transpose()?)
    }

    /// A JSON column turned into a type.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, StoreError> {
        Ok(serde_json::from_str(&self.text(name)?)?)
    }
}

/// Milliseconds as an instant; what is out of range becomes 1970.
pub(crate) fn instant(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
