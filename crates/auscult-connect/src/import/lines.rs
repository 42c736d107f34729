//! JSON Lines: one object on each line, canonical posts or items of a webhook.

use std::io::Read;

use serde_json::Value;

use super::detect::Detected;
use super::table::Source;
use super::{Limits, RowError};
use crate::contract::InboundPost;
use crate::item::{self, Door, Item};

/// The lines of a file.
pub(super) struct Lines<R> {
    source: Source<R>,
    door: Door,
    row_max: usize,
    line: u64,
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(read: R, door: Door, detected: &Detected, limits: Limits) -> Self {
        let source = Source::new(read, detected.coding, limits.file);
        Self {
            source,
            door,
            row_max: limits.row,
            line: 0,
            ended: false,
        }
    }

    pub(super) fn next(&mut self) -> Option<Result<InboundPost, RowError>> {
        while !self.ended {
            self.line += 1;
            let mut bytes = Vec::new();
            let size = match self.read_line(&mut bytes) {
                Ok(size) => size,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(RowError::new(
                        self.line,
                        "a file that can be read",
                        error.to_string(),
                    )));
                }
            };
            if self.ended && self.source.is_over() {
                return Some(Err(RowError::new(
                    self.line,
                    "a smaller file",
                    "split the file and import its parts",
                )));
            }
            if size > self.row_max {
                let expected = format!("a line of at most {} bytes, not {size}", self.row_max);
                return Some(Err(RowError::new(
                    self.line,
                    expected,
                    "leave the large field out",
                )
                .with_row(b"")));
            }
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                return Some(
                    self.read_item(&bytes)
                        .map_err(|error| error.with_row(&bytes)),
                );
            }
        }
        None
    }

    fn read_line(&mut self, bytes: &mut Vec<u8>) -> std::io::Result<usize> {
        let mut size = 0;
        loop {
            match self.source.next()? {
                None => {
                    self.ended = true;
                    return Ok(size);
                }
                Some(b'\n') => return Ok(size),
                Some(byte) => {
                    size += 1;
                    if size <= self.row_max {
                        bytes.push(byte);
                    }
                }
            }
        }
    }

    fn read_item(&self, bytes: &[u8]) -> Result<InboundPost, RowError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let place = format!(
                "UTF-8, which ends at byte {} of this line",
                error.valid_up_to() + 1
            );
            RowError::new(self.line, place, "save the file as UTF-8")
        })?;
        let text = text.trim_start_matches('\u{feff}');
        let value: Value = serde_json::from_str(text).map_err(|error| {
            RowError::new(
                self.line,
                format!("JSON, which breaks at column {}", error.column()),
                "write one object on each line",
            )
        })?;
        match item::read(&value, &self.door) {
            Ok(Item::Post(post)) => Ok(*post),
            Ok(Item::Deleted { .. }) => Err(RowError::new(
                self.line,
                "a post",
                "an import brings posts; deletions come by webhook",
            )
            .in_column("/deleted")),
            Err(error) => {
                let row = RowError::new(self.line, error.expected, error.mend);
                Err(if error.place.is_empty() {
                    row
                } else {
                    row.in_column(error.place)
                })
            }
        }
    }
}
