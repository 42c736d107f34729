//! Bytes into rows: delimiter, quotes, line breaks inside quotes, and limits that hold on any input.
//!
//! A row that is too long is passed over without being kept. A quote that never closes costs its own line: the lines
//! after it are read again, a bounded number of times.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8};

/// A row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// The line it begins at, from 1.
    pub(super) line: u64,
    /// Its cells, undecoded.
    pub(super) cells: Vec<Vec<u8>>,
    /// Its bytes.
    pub(super) raw: Vec<u8>,
}

/// Why a row was passed over.
#[derive(Debug)]
pub(super) enum Fault {
    /// More bytes than a row may have.
    TooLong { line: u64 },
    /// A quote opens and never closes, or text follows a closing quote.
    Quote { line: u64, raw: Vec<u8> },
    /// The file could not be read on.
    Read { line: u64, error: io::Error },
    /// More bytes than a file may have.
    TooBig { line: u64 },
}

/// Bytes of a file as UTF-8 (or as they are, when they claim to be UTF-8).
pub(super) struct Source<R> {
    inner: R,
    decoder: Option<Decoder>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    left: u64,
}

impl<R: Read> Source<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding, bytes_max: u64) -> Self {
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_with_bom_removal());
        Self {
            inner,
            decoder,
            buffer: Vec::new(),
            at: 0,
            ended: false,
            left: bytes_max,
        }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<u8>> {
        loop {
            if let Some(byte) = self.buffer.get(self.at) {
                self.at += 1;
                return Ok(Some(*byte));
            }
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Whether the file went over its size.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut chunk = vec![0_u8; 64 * 1024];
        let count = loop {
            match self.inner.read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        chunk.truncate(count);
        self.left = self.left.saturating_sub(count as u64);
        self.ended = count == 0 || self.left == 0;
        self.at = 0;
        self.buffer = match &mut self.decoder {
            None => chunk,
            Some(decoder) => {
                let room = decoder
                    .max_utf8_buffer_length(chunk.len())
                    .unwrap_or(chunk.len() * 4);
                let mut text = String::with_capacity(room);
                let (_, _, _) = decoder.decode_to_string(&chunk, &mut text, self.ended);
                text.into_bytes()
            }
        };
        Ok(())
    }

    fn give_back(&mut self, bytes: &[u8]) {
        let mut buffer = bytes.to_vec();
        buffer.extend_from_slice(self.buffer.get(self.at..).unwrap_or_default());
        self.buffer = buffer;
        self.at = 0;
    }
}

/// The rows of a file.
pub(super) struct Table<R> {
    source: Source<R>,
    delimiter: u8,
    row_max: usize,
    line: u64,
    expected: Option<usize>,
    rereads: u32,
    after_return: bool,
    ended: bool,
}

/// How often lines are read again after a quote that does not close.
const REREADS: u32 = 200;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    Closed,
}

struct Building {
    row: Row,
    cell: Vec<u8>,
    state: State,
    size: usize,
    malformed: bool,
}

impl<R: Read> Table<R> {
    pub(super) fn new(source: Source<R>, delimiter: u8, row_max: usize) -> Self {
        Self {
            source,
            delimiter,
            row_max,
            line: 1,
            expected: None,
            rereads: 0,
            after_return: false,
            ended: false,
        }
    }

    /// From here on rows have this many cells.
    pub(super) fn expect(&mut self, cells: usize) {
        self.expected = Some(cells);
    }

    /// The next row that is not empty.
    pub(super) fn next(&mut self) -> Option<Result<Row, Fault>> {
        while !self.ended {
            match self.row() {
                Ok(Some(row)) if row.cells.iter().all(Vec::is_empty) => {}
                Ok(Some(row)) => return Some(Ok(row)),
                Ok(None) => break,
                Err(fault) => {
                    self.ended = matches!(fault, Fault::Read { .. } | Fault::TooBig { .. });
                    return Some(Err(fault));
                }
            }
        }
        if !self.ended && self.source.is_over() {
            self.ended = true;
            return Some(Err(Fault::TooBig { line: self.line }));
        }
        self.ended = true;
        None
    }

    fn row(&mut self) -> Result<Option<Row>, Fault> {
        let row = Row {
            line: self.line,
            ..Row::default()
        };
        let mut building = Building {
            row,
            cell: Vec::new(),
            state: State::Start,
            size: 0,
            malformed: false,
        };
        loop {
            let read = self.source.next();
            let byte = read.map_err(|error| Fault::Read {
                line: self.line,
                error,
            })?;
            let Some(byte) = byte else {
                return self.end_of_file(building);
            };
            if self.is_second_half(byte) {
                continue;
            }
            building.size += 1;
            if building.size <= self.row_max {
                building.row.raw.push(byte);
            }
            let is_break = byte == b'\n' || byte == b'\r';
            if is_break {
                self.line += 1;
                self.after_return = byte == b'\r';
            }
            if is_break && building.state != State::Quoted {
                building.end_cell();
                return self.finish(building).map(Some);
            }
            building.take(
                if is_break { b'\n' } else { byte },
                self.delimiter,
                self.row_max,
            );
        }
    }

    /// The `\n` of a `\r\n`.
    fn is_second_half(&mut self, byte: u8) -> bool {
        std::mem::take(&mut self.after_return) && byte == b'\n'
    }

    fn end_of_file(&mut self, mut building: Building) -> Result<Option<Row>, Fault> {
        if building.size == 0 || self.source.is_over() {
            return Ok(None);
        }
        building.malformed |= building.state == State::Quoted;
        building.end_cell();
        self.finish(building).map(Some)
    }

    fn finish(&mut self, building: Building) -> Result<Row, Fault> {
        let Building {
            row,
            size,
            malformed,
            ..
        } = building;
        if size > self.row_max {
            return Err(Fault::TooLong { line: row.line });
        }
        let first = row
            .raw
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .map_or(row.raw.len(), |at| at + 1);
        let is_wide = self
            .expected
            .is_some_and(|expected| row.cells.len() > expected);
        let has_more_lines = first < row.raw.len();
        let is_doubtful = malformed || (is_wide && has_more_lines);
        if !is_doubtful {
            return Ok(row);
        }
        if has_more_lines && self.rereads < REREADS {
            self.rereads += 1;
            let (line, rest) = row.raw.split_at(first);
            self.source.give_back(rest);
            self.line = row.line + 1;
            return Err(Fault::Quote {
                line: row.line,
                raw: line.to_vec(),
            });
        }
        if malformed {
            return Err(Fault::Quote {
                line: row.line,
                raw: row.raw,
            });
        }
        Ok(row)
    }
}

impl Building {
    fn take(&mut self, byte: u8, delimiter: u8, row_max: usize) {
        match (self.state, byte) {
            (State::Start, b'"') => self.state = State::Quoted,
            (State::Quoted, b'"') => self.state = State::Closed,
            (State::Closed, b'"') => {
                self.state = State::Quoted;
                self.keep(byte, row_max);
            }
            (State::Start | State::Plain | State::Closed, byte) if byte == delimiter => {
                self.end_cell();
            }
            (State::Start, byte) => {
                self.state = State::Plain;
                self.keep(byte, row_max);
            }
            (State::Closed, b' ') => {}
            (State::Closed, byte) => {
                self.malformed = true;
                self.state = State::Plain;
                self.keep(byte, row_max);
            }
            (State::Plain | State::Quoted, byte) => self.keep(byte, row_max),
        }
    }

    fn keep(&mut self, byte: u8, row_max: usize) {
        if self.size <= row_max {
            self.cell.push(byte);
        }
    }

    fn end_cell(&mut self) {
        self.state = State::Start;
        if self.row.cells.len() < 10_000 {
            self.row.cells.push(std::mem::take(&mut self.cell));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(bytes: &[u8], row_max: usize) -> Table<&[u8]> {
        Table::new(Source::new(bytes, UTF_8, 1 << 40), b',', row_max)
    }

    fn read(
        bytes: &[u8],
        row_max: usize,
        expected: Option<usize>,
    ) -> Vec<Result<Vec<String>, u64>> {
        let mut table = table(bytes, row_max);
        table.expected = expected;
        std::iter::from_fn(|| table.next())
            .map(|row| match row {
                Ok(row) => Ok(row
                    .cells
                    .iter()
                    .map(|cell| String::from_utf8_lossy(cell).into_owned())
                    .collect()),
                Err(
                    Fault::TooLong { line }
                    | Fault::Quote { line, .. }
                    | Fault::Read { line, .. }
                    | Fault::TooBig { line },
                ) => Err(line),
            })
            .collect()
    }

    type Read = Result<Vec<String>, u64>;

    fn cells<const N: usize>(cells: &[&str; N]) -> Read {
        if N == 0 {
            Err(0)
        } else {
            Ok(cells.iter().map(|cell| (*cell).to_owned()).collect())
        }
    }

    #[test]
    fn quotes_and_line_breaks() {
        let rows = read(b"a,\"b\"\"c\",\"d\r\ne\"\r\n\r\nf,,g\rh", 1000, None);
        assert_eq!(
            rows,
            [
                cells(&["a", "b\"c", "d\ne"]),
                cells(&["f", "", "g"]),
                cells(&["h"])
            ]
        );
    }

    #[test]
    fn an_open_quote_costs_its_own_line() {
        let rows = read(b"1,\"open\n2,\"closed\"\n3,plain\n4,\"x\"\n", 1000, Some(2));
        assert_eq!(
            rows,
            [
                Err(1),
                cells(&["2", "closed"]),
                cells(&["3", "plain"]),
                cells(&["4", "x"])
            ]
        );
        assert_eq!(
            read(b"1,\"open\n2,b\n", 1000, Some(2)),
            [Err(1), cells(&["2", "b"])]
        );
    }

    #[test]
    fn a_row_too_long_is_passed_over_and_the_next_is_kept() {
        let mut bytes = b"1,".to_vec();
        bytes.extend(std::iter::repeat_n(b'x', 50_000));
        bytes.extend_from_slice(b"\n2,b\n");
        assert_eq!(read(&bytes, 1000, Some(2)), [Err(1), cells(&["2", "b"])]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec(proptest::collection::vec("[a-z,\"\n ]{0,8}", 3), 1..6)) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let file = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect::<Vec<_>>().join("\r\n");
            let expected: Vec<_> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).map(Ok).collect();
            prop_assert_eq!(read(file.as_bytes(), 10_000, Some(3)), expected);
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..300)) {
            let rows = read(&bytes, 64, Some(2));
            prop_assert!(rows.len() <= bytes.len() + 1);
        }
    }
}
