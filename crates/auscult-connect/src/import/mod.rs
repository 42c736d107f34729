//! Files of posts: exports of listening tools, review lists, surveys (CSV and kin), and JSON Lines.
//!
//! [`detect`] looks at the beginning of a file and says what it is; [`Reader`] goes through it row by row, in bounded
//! memory, and gives each row as a post or as an error that names line, column and mend. Pure: no network, no store.
//! What an import cannot do is answer: an imported post has no `reply_to`.

mod check;
mod detect;
mod lines;
mod mapping;
mod row;
mod table;

use std::borrow::Cow;
use std::fmt;
use std::io::{Cursor, Read};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use detect::{Detected, detect};
pub use mapping::{Columns, Field, Mapping, Preset, preset, presets};

use crate::contract::InboundPost;
use crate::item::{Door, Ids};
use lines::Lines;
use row::Rows;

/// Bytes looked at to find out what a file is.
pub const SAMPLE: usize = 256 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Rows with a delimiter.
    Csv,
    /// One JSON object on each line.
    JsonLines,
}

/// How much a file may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows.
    pub rows: u64,
    /// Bytes of a row.
    pub row: usize,
    /// Bytes of a cell.
    pub cell: usize,
    /// Bytes of the file.
    pub file: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 2_000_000,
            row: 1 << 20,
            cell: 256 << 10,
            file: 2 << 30,
        }
    }
}

/// What is known before a file is read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the file is; found out unless said.
    pub format: Option<Format>,
    /// Which column is which; a preset is looked for unless said.
    pub mapping: Option<Mapping>,
    /// The source of rows that name none; `csv` or `import` unless said.
    pub source: Option<String>,
    /// How much it may bring.
    pub limits: Limits,
}

/// Why a whole file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The mapping or an option is wrong.
    #[error("{0}")]
    Mapping(String),
    /// There is no header, or it lacks what a post needs.
    #[error("{0}")]
    Header(String),
    /// Columns hold what belongs into others.
    #[error("{0}")]
    Columns(String),
    /// There is nothing, or nothing that is text.
    #[error("{0}")]
    Unreadable(String),
}

/// Why a row is no post. The rows after it go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The line the row begins at, from 1.
    pub line: u64,
    /// The column by its name, or the JSON Pointer of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What was expected.
    pub expected: String,
    /// What mends it.
    pub mend: String,
    /// The row as it stands, cut at 64 KiB.
    pub row: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(formatter, ", “{column}”")?;
        }
        write!(formatter, ": expected {}; {}", self.expected, self.mend)
    }
}

impl std::error::Error for RowError {}

impl RowError {
    fn new(line: u64, expected: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            line,
            column: None,
            expected: expected.into(),
            mend: mend.into(),
            row: String::new(),
        }
    }

    fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    fn with_row(mut self, raw: &[u8]) -> Self {
        let cut = raw.get(..64 << 10).unwrap_or(raw);
        let text = String::from_utf8_lossy(cut);
        text.trim_end_matches(['\r', '\n', '\u{fffd}'])
            .clone_into(&mut self.row);
        self
    }
}

/// The posts of a file.
pub struct Reader<R: Read> {
    detected: Detected,
    rows: Source<R>,
    left: u64,
}

type Replayed<R> = std::io::Chain<Cursor<Vec<u8>>, R>;

enum Source<R: Read> {
    Csv(Box<Rows<Replayed<R>>>),
    JsonLines(Box<Lines<Replayed<R>>>),
}

impl<R: Read> Reader<R> {
    /// Looks at the beginning of a file and makes ready to read it.
    pub fn new(mut read: R, options: &Options) -> Result<Self, ImportError> {
        let mut sample = Vec::new();
        read.by_ref()
            .take(SAMPLE as u64)
            .read_to_end(&mut sample)
            .map_err(|error| {
                ImportError::Unreadable(format!("the file cannot be read: {error}"))
            })?;
        let detected = detect(&sample, options)?;
        let replayed = Cursor::new(sample).chain(read);
        let rows = match detected.format {
            Format::Csv => Source::Csv(Box::new(Rows::new(replayed, &detected, options)?)),
            Format::JsonLines => Source::JsonLines(Box::new(Lines::new(
                replayed,
                door(options)?,
                &detected,
                options.limits,
            ))),
        };
        Ok(Self {
            detected,
            rows,
            left: options.limits.rows,
        })
    }

    /// What the file was found to be.
    pub fn detected(&self) -> &Detected {
        &self.detected
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<InboundPost, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match &mut self.rows {
            Source::Csv(rows) => rows.next(),
            Source::JsonLines(lines) => lines.next(),
        }?;
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        if self.left == 0 {
            let line = match &next {
                Ok(_) => 0,
                Err(error) => error.line,
            };
            return Some(Err(RowError::new(
                line,
                "fewer rows than the limit",
                "split the file and import its parts",
            )));
        }
        Some(next)
    }
}

fn door(options: &Options) -> Result<Door, ImportError> {
    let mapping = options.mapping.clone().unwrap_or_default();
    let named = options.source.clone().or(mapping.source);
    Ok(Door {
        source: named.unwrap_or_else(|| "import".to_owned()),
        ids: Ids::Derived,
        zone: zone(mapping.time_zone.as_deref())?,
    })
}

fn zone(name: Option<&str>) -> Result<TimeZone, ImportError> {
    match name {
        None => Ok(TimeZone::UTC),
        Some(name) => TimeZone::get(name).map_err(|_unknown| {
            ImportError::Mapping(format!(
                "there is no time zone “{name}”; write it as Europe/Dublin or UTC"
            ))
        }),
    }
}

/// A cell for an export that no spreadsheet takes for a formula.
pub fn csv_safe(cell: &str) -> Cow<'_, str> {
    let is_formula = cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    if is_formula {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests;
