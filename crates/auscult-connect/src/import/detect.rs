//! What a file is: encoding, delimiter, where the header stands, which columns fill which fields.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use auscult_model::post::PostKind;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use serde::Serialize;

use super::mapping::{self, Columns, Field, Mapping};
use super::table::{Source, Table};
use super::{Format, ImportError, Options, SAMPLE, check};
use crate::dates::{self, DateOrder, Reading};

/// Rows shown before an import.
const PREVIEW: usize = 50;
/// Rows looked at for what columns hold.
pub(super) const LOOK: usize = 300;

/// What a file was found to be.
#[derive(Debug, Clone, Serialize)]
pub struct Detected {
    /// Rows or JSON Lines.
    pub format: Format,
    /// Name of the encoding, as `UTF-8`.
    pub encoding: String,
    /// What separates cells.
    pub delimiter: Option<char>,
    /// The names of the columns; one that stands twice has a number.
    pub header: Vec<String>,
    /// The line of the header, from 1.
    pub header_line: u64,
    /// The preset that was recognised.
    pub preset: Option<String>,
    /// The mapping that will be used; can be saved and changed.
    pub mapping: Mapping,
    /// The first rows.
    pub preview: Vec<Vec<String>>,
    /// What a person should say before the import, in plain words.
    pub questions: Vec<String>,
    #[serde(skip)]
    pub(super) coding: &'static Encoding,
    /// The bytes hold letters beyond ASCII that are UTF-8 indeed.
    #[serde(skip)]
    pub(super) is_proven: bool,
    /// Field to columns by their place.
    #[serde(skip)]
    pub(super) columns: BTreeMap<Field, Vec<usize>>,
}

/// Looks at the beginning of a file.
pub fn detect(sample: &[u8], options: &Options) -> Result<Detected, ImportError> {
    if sample.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportError::Unreadable("the file is empty".to_owned()));
    }
    let mapping = options.mapping.clone().unwrap_or_default();
    let (coding, is_proven) = coding(sample, mapping.encoding.as_deref())?;
    let text = decoded(sample, coding);
    refuse_other_files(sample, &text)?;
    let format = options.format.unwrap_or_else(|| guess_format(&text));
    let mut detected = Detected {
        format,
        encoding: coding.name().to_owned(),
        delimiter: None,
        header: Vec::new(),
        header_line: 0,
        preset: None,
        mapping,
        preview: Vec::new(),
        questions: Vec::new(),
        coding,
        is_proven,
        columns: BTreeMap::new(),
    };
    if format == Format::Csv {
        look_at_rows(&mut detected, &text, sample.len() >= SAMPLE)?;
    }
    Ok(detected)
}

fn refuse_other_files(sample: &[u8], text: &str) -> Result<(), ImportError> {
    let refuse = |what: &str| Err(ImportError::Unreadable(what.to_owned()));
    if sample.starts_with(b"PK\x03\x04") {
        return refuse(
            "this is a workbook or a zip file; save the sheet as CSV (UTF-8) and import that",
        );
    }
    if sample.starts_with(b"\xd0\xcf\x11\xe0") {
        return refuse("this is an old workbook; save the sheet as CSV (UTF-8) and import that");
    }
    if sample.starts_with(&[0x1f, 0x8b]) {
        return refuse("this file is packed; unpack it first");
    }
    if text.contains('\0') {
        return refuse("this file holds zero bytes and is no text; export it as CSV (UTF-8)");
    }
    if text.trim_start().starts_with("<!DOCTYPE") || text.trim_start().starts_with("<html") {
        return refuse("this is a web page, not an export; the export may need a sign-in");
    }
    Ok(())
}

fn guess_format(text: &str) -> Format {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('{') {
        Format::JsonLines
    } else {
        Format::Csv
    }
}

/// The encoding, and whether letters beyond ASCII prove that it is UTF-8.
fn coding(sample: &[u8], label: Option<&str>) -> Result<(&'static Encoding, bool), ImportError> {
    if let Some(label) = label {
        return Encoding::for_label(label.as_bytes())
            .map(|coding| (coding, true))
            .ok_or_else(|| {
                ImportError::Mapping(format!(
                    "there is no encoding “{label}”; write utf-8, utf-16le or windows-1252"
                ))
            });
    }
    if let Some((coding, _)) = Encoding::for_bom(sample) {
        return Ok((coding, true));
    }
    if let Some(coding) = wide(sample) {
        return Ok((coding, true));
    }
    let is_utf8 = match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && sample.len() >= SAMPLE,
    };
    if is_utf8 {
        return Ok((UTF_8, !sample.is_ascii()));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    Ok((detector.guess(None, chardetng::Utf8Detection::Deny), true))
}

/// UTF-16 without a mark: every second byte of plain letters is zero.
fn wide(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from: usize| {
        sample
            .iter()
            .skip(from)
            .step_by(2)
            .take(500)
            .filter(|byte| **byte == 0)
            .count()
    };
    let half = sample.len().min(1000) / 2;
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 2 > half && even == 0 {
        Some(UTF_16LE)
    } else if even * 2 > half && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn decoded(sample: &[u8], coding: &'static Encoding) -> String {
    let (text, _) = coding.decode_with_bom_removal(sample);
    text.into_owned()
}

fn look_at_rows(detected: &mut Detected, text: &str, is_cut: bool) -> Result<(), ImportError> {
    let known = known_names(&detected.mapping)?;
    let delimiter = delimiter(text, &detected.mapping, &known)?;
    let mut rows = rows(text, delimiter);
    if is_cut {
        rows.pop();
    }
    let at = header_at(&rows, &known).ok_or_else(|| no_header(&rows))?;
    let mut rows = rows.into_iter().skip(at);
    let (line, names) = rows.next().unwrap_or_default();
    detected.header = numbered(names);
    detected.header_line = line;
    detected.delimiter = Some(char::from(delimiter));
    fill_columns(detected)?;
    let body: Vec<Vec<String>> = rows.map(|(_, cells)| cells).take(LOOK).collect();
    check::columns(&detected.columns, &detected.header, &body)?;
    settle_dates(detected, &body);
    detected.preview = body.into_iter().take(PREVIEW).collect();
    Ok(())
}

fn rows(text: &str, delimiter: u8) -> Vec<(u64, Vec<String>)> {
    let source = Source::new(text.as_bytes(), UTF_8, u64::MAX);
    let mut table = Table::new(source, delimiter, 1 << 20);
    let read = std::iter::from_fn(|| table.next());
    read.flatten()
        .map(|row| {
            let cells = row
                .cells
                .iter()
                .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
                .collect();
            (row.line, cells)
        })
        .take(LOOK + 60)
        .collect()
}

/// All names that any preset or the mapping knows, folded.
fn known_names(mapping: &Mapping) -> Result<HashSet<String>, ImportError> {
    let (_, presets) = mapping::presets()?;
    let of_presets = presets
        .iter()
        .flat_map(|preset| preset.columns.values().flatten().chain(&preset.marks));
    let of_mapping = mapping.columns.values().flat_map(Columns::names);
    Ok(of_presets
        .chain(of_mapping)
        .map(|name| mapping::fold(name))
        .collect())
}

fn delimiter(text: &str, mapping: &Mapping, known: &HashSet<String>) -> Result<u8, ImportError> {
    if let Some(letter) = mapping.delimiter {
        return u8::try_from(letter)
            .ok()
            .filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r'))
            .ok_or_else(|| {
                ImportError::Mapping(format!(
                    "“{letter}” cannot separate cells; use , ; | or a tab"
                ))
            });
    }
    if let Some(letter) = text
        .strip_prefix("sep=")
        .and_then(|tail| tail.bytes().next())
    {
        return Ok(letter);
    }
    let mut best = (0, 0, b',');
    for candidate in [b',', b';', b'\t', b'|'] {
        let rows = rows(text, candidate);
        let names = rows
            .iter()
            .take(30)
            .map(|(_, cells)| count_known(cells, known))
            .max()
            .unwrap_or_default();
        let widest = rows
            .iter()
            .take(30)
            .map(|(_, cells)| cells.len())
            .max()
            .unwrap_or_default();
        if (names, widest) > (best.0, best.1) {
            best = (names, widest, candidate);
        }
    }
    Ok(best.2)
}

fn count_known(cells: &[String], known: &HashSet<String>) -> usize {
    let names: BTreeSet<String> = cells
        .iter()
        .map(|cell| mapping::fold(cell))
        .filter(|name| known.contains(name))
        .collect();
    names.len()
}

/// The first row that holds three known names; else the one that knows most, if that is half of its cells.
fn header_at(rows: &[(u64, Vec<String>)], known: &HashSet<String>) -> Option<usize> {
    let head: Vec<(usize, usize)> = rows
        .iter()
        .take(30)
        .map(|(_, cells)| (count_known(cells, known), cells.len()))
        .collect();
    if let Some(at) = head.iter().position(|(names, _)| *names >= 3) {
        return Some(at);
    }
    let most = head
        .iter()
        .map(|(names, _)| *names)
        .max()
        .filter(|most| *most > 0)?;
    head.iter()
        .position(|(names, cells)| *names == most && names * 2 >= *cells)
}

fn no_header(rows: &[(u64, Vec<String>)]) -> ImportError {
    let first: String = rows
        .first()
        .map(|(_, cells)| cells.join(" | "))
        .unwrap_or_default()
        .chars()
        .take(120)
        .collect();
    ImportError::Header(format!(
        "no header found; the first line reads “{first}”. A header names its columns, such as date, author, text, url; \
         put one above the rows, or give a mapping that names the columns"
    ))
}

fn numbered(names: Vec<String>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    names
        .into_iter()
        .map(|name| {
            let count = seen.entry(mapping::fold(&name)).or_default();
            *count += 1;
            if *count == 1 {
                name
            } else {
                format!("{name} ({count})")
            }
        })
        .collect()
}

/// Fills each field from the mapping, else from the preset, else from names that mean it anywhere.
fn fill_columns(detected: &mut Detected) -> Result<(), ImportError> {
    let folded: Vec<String> = detected
        .header
        .iter()
        .map(|name| mapping::fold(name))
        .collect();
    let mut taken = BTreeSet::new();
    for (field, columns) in &detected.mapping.columns {
        let mut places = Vec::new();
        for name in columns.names() {
            let at = folded
                .iter()
                .position(|column| *column == mapping::fold(name));
            places.push(at.ok_or_else(|| no_column(*field, name, &detected.header))?);
        }
        taken.extend(places.iter().copied());
        detected.columns.insert(*field, places);
    }
    let is_own = !detected.mapping.columns.is_empty();
    detected.preset = match (&detected.mapping.preset, is_own) {
        (Some(name), _) => Some(name.clone()),
        (None, true) => None,
        (None, false) => Some(best_preset(&folded)?),
    };
    if let Some(name) = detected.preset.clone() {
        fill_from(detected, &folded, &name, &mut taken)?;
        if !is_own {
            fill_from(detected, &folded, "posts", &mut taken)?;
        }
    }
    let has_words = [Field::Text, Field::Title, Field::Stars]
        .iter()
        .any(|field| detected.columns.contains_key(field));
    if !has_words {
        let names = detected.header.join(", ");
        return Err(ImportError::Header(format!(
            "no column holds what people wrote; the columns are: {names}. Name one of them text, or give a mapping"
        )));
    }
    write_mapping(detected);
    Ok(())
}

fn no_column(field: Field, name: &str, header: &[String]) -> ImportError {
    let names = header.join(", ");
    ImportError::Mapping(format!(
        "the mapping takes {field} from a column “{name}”, which the file lacks; it has: {names}"
    ))
}

fn best_preset(folded: &[String]) -> Result<String, ImportError> {
    let (_, presets) = mapping::presets()?;
    let has = |name: &String| folded.contains(&mapping::fold(name));
    let mut best = ("posts".to_owned(), 0);
    for preset in presets {
        let marks = preset.marks.iter().filter(|mark| has(mark)).count();
        let fields = preset
            .columns
            .values()
            .filter(|names| names.iter().any(has))
            .count();
        let score = marks * 3 + fields;
        if marks >= 2 && score > best.1 {
            best = (preset.name.clone(), score);
        }
    }
    Ok(best.0)
}

fn fill_from(
    detected: &mut Detected,
    folded: &[String],
    name: &str,
    taken: &mut BTreeSet<usize>,
) -> Result<(), ImportError> {
    let preset = mapping::preset(name)?;
    if detected.mapping.kind.is_none() {
        detected.mapping.kind = preset.kind;
    }
    let before = taken.clone();
    for (field, names) in &preset.columns {
        if detected.columns.contains_key(field) {
            continue;
        }
        let places: Vec<usize> = names
            .iter()
            .filter_map(|name| {
                folded
                    .iter()
                    .position(|column| *column == mapping::fold(name))
            })
            .filter(|at| !before.contains(at))
            .collect();
        if !places.is_empty() {
            taken.extend(places.iter().copied());
            detected.columns.insert(*field, places);
        }
    }
    Ok(())
}

/// Writes down what was found, so that it can be saved as a mapping.
fn write_mapping(detected: &mut Detected) {
    for (field, places) in &detected.columns {
        let names: Vec<String> = places
            .iter()
            .filter_map(|at| detected.header.get(*at).cloned())
            .collect();
        detected
            .mapping
            .columns
            .insert(*field, Columns::Several(names));
    }
}

/// Day or month first: what the dates of the sample show.
fn settle_dates(detected: &mut Detected, body: &[Vec<String>]) {
    if detected.mapping.date_order.is_none() {
        let places = detected
            .columns
            .get(&Field::CreatedAt)
            .cloned()
            .unwrap_or_default();
        let cells = body
            .iter()
            .flat_map(|row| places.iter().filter_map(|at| row.get(*at)));
        let readings: Vec<Reading> = cells.map(|cell| dates::reading(cell)).collect();
        let shows = |order| readings.contains(&Reading::Shows(order));
        detected.mapping.date_order = match (shows(DateOrder::Dmy), shows(DateOrder::Mdy)) {
            (true, false) => Some(DateOrder::Dmy),
            (false, true) => Some(DateOrder::Mdy),
            (true, true) | (false, false) => None,
        };
        if detected.mapping.date_order.is_none() && readings.contains(&Reading::Twofold) {
            detected.questions.push(
                "The dates can be read with the day first or the month first. Say which: date_order = \"dmy\" or \"mdy\"."
                    .to_owned(),
            );
        }
    }
    if detected.mapping.time_zone.is_none() && detected.columns.contains_key(&Field::CreatedAt) {
        detected.questions.push(
            "Times without an offset are taken as UTC. Say the time zone if they are not."
                .to_owned(),
        );
    }
}

impl Detected {
    /// The kind of rows that name none.
    pub(super) fn kind(&self) -> Option<PostKind> {
        self.mapping.kind
    }
}
