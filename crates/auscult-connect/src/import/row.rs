//! A row as a post.

use std::io::Read;

use auscult_model::listen::RawEvent;
use auscult_model::post::{Author, Known, Parent, Post, PostKind};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use jiff::Timestamp;

use super::detect::Detected;
use super::mapping::Field;
use super::table::{Fault, Row, Source, Table};
use super::{ImportError, Limits, Options, RowError, zone};
use crate::contract::InboundPost;
use crate::dates::{self, DateRule};
use crate::item::TEXT_MAX;
use crate::{html, identity};

/// The rows of a file as posts.
pub(super) struct Rows<R> {
    table: Table<R>,
    layout: Detected,
    rule: DateRule,
    source: Option<String>,
    limits: Limits,
    fallback: Option<&'static Encoding>,
    is_below_header: bool,
}

impl<R: Read> Rows<R> {
    pub(super) fn new(
        read: R,
        detected: &Detected,
        options: &Options,
    ) -> Result<Self, ImportError> {
        let delimiter = detected
            .delimiter
            .and_then(|letter| u8::try_from(letter).ok())
            .unwrap_or(b',');
        let source = Source::new(read, detected.coding, options.limits.file);
        let mapping = &detected.mapping;
        let rule = DateRule {
            zone: zone(mapping.time_zone.as_deref())?,
            order: mapping.date_order,
        };
        Ok(Self {
            table: Table::new(source, delimiter, options.limits.row),
            layout: detected.clone(),
            rule,
            source: options.source.clone().or_else(|| mapping.source.clone()),
            limits: options.limits,
            fallback: None,
            is_below_header: false,
        })
    }

    pub(super) fn next(&mut self) -> Option<Result<InboundPost, RowError>> {
        loop {
            let row = match self.table.next()? {
                Ok(row) => row,
                Err(fault) if self.is_below_header => return Some(Err(self.explain(fault))),
                Err(_) => continue,
            };
            if self.is_below_header {
                let read = self.post(&row);
                return Some(read.map_err(|error| error.with_row(&row.raw)));
            }
            if row.line >= self.layout.header_line {
                self.is_below_header = true;
                self.table.expect(self.layout.header.len());
            }
        }
    }

    fn explain(&self, fault: Fault) -> RowError {
        match fault {
            Fault::TooLong { line } => {
                let expected = format!("a row of at most {} bytes", self.limits.row);
                RowError::new(
                    line,
                    expected,
                    "look for a quote that never closes, or leave the large cell out",
                )
            }
            Fault::Quote { line, raw } => RowError::new(
                line,
                "quotes that close",
                "close the quote, and write a quote inside a text twice",
            )
            .with_row(&raw),
            Fault::Read { line, error } => RowError::new(
                line,
                "a file that can be read to its end",
                error.to_string(),
            ),
            Fault::TooBig { line } => RowError::new(
                line,
                format!("a file of at most {} bytes", self.limits.file),
                "split the file and import its parts; the rows before this line were read",
            ),
        }
    }

    fn post(&mut self, row: &Row) -> Result<InboundPost, RowError> {
        let extra = row
            .cells
            .get(self.layout.header.len()..)
            .unwrap_or_default();
        if extra
            .iter()
            .any(|cell| !cell.iter().all(u8::is_ascii_whitespace))
        {
            let expected = format!(
                "{} cells, as the header has, not {}",
                self.layout.header.len(),
                row.cells.len()
            );
            return Err(RowError::new(
                row.line,
                expected,
                "put a text that holds the separator in quotes",
            ));
        }
        let mut cells = Vec::with_capacity(row.cells.len());
        for (at, cell) in row.cells.iter().enumerate() {
            let column = self.layout.header.get(at).cloned().unwrap_or_default();
            if cell.len() > self.limits.cell {
                let expected = format!("a cell of at most {} bytes", self.limits.cell);
                return Err(RowError::new(row.line, expected, "shorten the cell").in_column(column));
            }
            cells.push(self.decode(cell).ok_or_else(|| {
                RowError::new(
                    row.line,
                    "UTF-8, as in the rest of the file",
                    "save the file as UTF-8",
                )
                .in_column(column)
            })?);
        }
        let reading = Reading {
            cells: &cells,
            layout: &self.layout,
            rule: &self.rule,
            line: row.line,
        };
        let mut inbound = reading.post(self.source.as_deref())?;
        let object = self
            .layout
            .header
            .iter()
            .cloned()
            .zip(cells.iter().cloned().map(serde_json::Value::from));
        let object: serde_json::Map<String, serde_json::Value> = object.collect();
        inbound.raw = Some(RawEvent {
            bytes: serde_json::to_vec(&object).unwrap_or_default(),
            media_type: "application/json".to_owned(),
        });
        Ok(inbound)
    }

    /// A cell as text. A file that began as plain ASCII may turn out to be Windows-1252.
    fn decode(&mut self, cell: &[u8]) -> Option<String> {
        if let Ok(text) = std::str::from_utf8(cell) {
            if self.layout.coding == UTF_8 && !cell.is_ascii() && self.fallback.is_none() {
                self.layout.is_proven = true;
            }
            return Some(html::clean(text));
        }
        if self.layout.is_proven {
            return None;
        }
        let fallback = *self.fallback.get_or_insert(WINDOWS_1252);
        let (text, _) = fallback.decode_without_bom_handling(cell);
        Some(html::clean(&text))
    }
}

/// A row while it is read.
struct Reading<'a> {
    cells: &'a [String],
    layout: &'a Detected,
    rule: &'a DateRule,
    line: u64,
}

impl Reading<'_> {
    /// The first column of a field that holds something, with its name.
    fn cell(&self, field: Field) -> Option<(&str, &str)> {
        self.layout.columns.get(&field)?.iter().find_map(|at| {
            let text = self.cells.get(*at)?.trim();
            let text = text
                .strip_prefix("=\"")
                .and_then(|inner| inner.strip_suffix('"'))
                .unwrap_or(text);
            let name = self.layout.header.get(*at)?;
            (!text.is_empty() && !is_nothing(text)).then_some((text, name.as_str()))
        })
    }

    fn text(&self, field: Field) -> Option<String> {
        self.cell(field).map(|(text, _)| text.to_owned())
    }

    fn error(&self, column: &str, expected: &str, mend: &str) -> RowError {
        RowError::new(self.line, expected, mend).in_column(column)
    }

    fn post(&self, source: Option<&str>) -> Result<InboundPost, RowError> {
        let posted_at = self.time()?;
        let url = self.url()?;
        let (title, _) = html::plain_if_markup(self.text(Field::Title));
        let (text, mut links) = html::plain_if_markup(self.text(Field::Text));
        links.extend(text.as_deref().map(html::addresses).unwrap_or_default());
        identity::dedupe(&mut links);
        let stars = self.stars()?;
        if text.is_none() && title.is_none() && stars.is_none() && url.is_none() {
            return Err(self.no_words());
        }
        if text.as_deref().is_some_and(is_too_long) {
            return Err(self.error(
                "text",
                "at most 200,000 characters",
                "shorten the text and keep its address",
            ));
        }
        let mut post = Post {
            title: title.or_else(|| self.about()),
            text,
            author: self.author()?,
            url,
            links,
            lang: self.text(Field::Lang),
            created_at: posted_at.map(|at| at.to_string()),
            country: self
                .text(Field::Country)
                .filter(|country| is_country(country)),
            region: self.text(Field::Region),
            city: self.text(Field::City),
            stars,
            likes: self.count(Field::Likes)?,
            reposts: self.count(Field::Reposts)?,
            replies: self.count(Field::Replies)?,
            views: self.count(Field::Views)?,
            tag: self.tags(),
            ..Post::default()
        };
        self.name(&mut post, source, posted_at);
        let parent = self
            .text(Field::Parent)
            .filter(|id| !identity::is_damaged(id));
        post.parent = parent.map(|id| Parent {
            id: Some(id),
            ..Parent::default()
        });
        post.kind = Some(self.kind(&post));
        let parent_id = post.parent.as_ref().and_then(|parent| parent.id.clone());
        let thread_root = self
            .thread()
            .or(parent_id)
            .unwrap_or_else(|| post.id.clone());
        Ok(InboundPost {
            post,
            posted_at,
            thread_root,
            ..InboundPost::default()
        })
    }

    fn thread(&self) -> Option<String> {
        self.text(Field::Thread)
            .filter(|id| !identity::is_damaged(id))
    }

    fn no_words(&self) -> RowError {
        let columns = self
            .layout
            .columns
            .get(&Field::Text)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let name = columns
            .first()
            .and_then(|at| self.layout.header.get(*at))
            .map_or("text", String::as_str);
        self.error(
            name,
            "what the person wrote",
            "give a text, a title, a rating or an address",
        )
    }

    /// Source and id: the network's own, read from the address if a spreadsheet damaged it, else derived.
    fn name(&self, post: &mut Post, source: Option<&str>, posted_at: Option<Timestamp>) {
        let from_url = post.url.as_deref().and_then(identity::native_id);
        let host = post
            .url
            .as_deref()
            .and_then(|url| url::Url::parse(url).ok())
            .and_then(|url| url.host_str().map(str::to_owned));
        let named = self
            .text(Field::Source)
            .filter(|name| name.len() < 80)
            .map(|name| identity::source(&name));
        let from_host = host.as_deref().and_then(identity::source_of_host);
        let source = from_host
            .or(named)
            .or_else(|| source.map(str::to_owned))
            .unwrap_or_else(|| "csv".to_owned());
        post.source = Some(source);
        let written = self
            .text(Field::Id)
            .map(|id| id.trim_matches('\'').to_owned())
            .filter(|id| !identity::is_damaged(id));
        post.id = match (from_url, written) {
            (Some((_, id)), _) | (None, Some(id)) => id,
            (None, None) => identity::derived(post, posted_at),
        };
    }

    fn kind(&self, post: &Post) -> PostKind {
        if let Some(kind) = self
            .text(Field::Kind)
            .and_then(|name| identity::kind(&name))
        {
            return kind;
        }
        match (self.layout.kind(), post) {
            (Some(kind), _) => kind,
            (None, Post { stars: Some(_), .. }) => PostKind::Review,
            (
                None,
                Post {
                    parent: Some(_), ..
                },
            ) => PostKind::Reply,
            (None, _) => PostKind::Post,
        }
    }

    /// Clinician and place of a review that has no headline: what it is about must be there to be heard.
    fn about(&self) -> Option<String> {
        let parts = [self.text(Field::Provider), self.text(Field::Place)];
        let about = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        (!about.is_empty()).then_some(about)
    }

    fn time(&self) -> Result<Option<Timestamp>, RowError> {
        let Some((date, column)) = self.cell(Field::CreatedAt) else {
            return Ok(None);
        };
        let joined = match self.cell(Field::Time) {
            Some((time, _)) if !date.contains(':') => format!("{date} {time}"),
            _ => date.to_owned(),
        };
        if let Some(at) = dates::parse(&joined, self.rule) {
            return Ok(Some(at));
        }
        Err(match dates::reading(&joined) {
            dates::Reading::Twofold => self.error(
                column,
                "a date that can be read one way",
                "say in the mapping whether the day (date_order = \"dmy\") or the month (\"mdy\") comes first",
            ),
            dates::Reading::Plain | dates::Reading::Shows(_) => {
                self.error(column, "a date", "write it as 2026-11-02 09:14 or 2026-11-02T09:14:05Z")
            }
        })
    }

    fn url(&self) -> Result<Option<String>, RowError> {
        let Some((text, column)) = self.cell(Field::Url) else {
            return Ok(None);
        };
        let address = if text.starts_with("www.") {
            format!("https://{text}")
        } else {
            text.to_owned()
        };
        let is_web = address.starts_with("http://") || address.starts_with("https://");
        if is_web && url::Url::parse(&address).is_ok() {
            return Ok(Some(address));
        }
        Err(self.error(
            column,
            "an address that begins with https://",
            "give the whole address, or leave the cell empty",
        ))
    }

    fn author(&self) -> Result<Option<Author>, RowError> {
        let author = Author {
            id: self
                .text(Field::AuthorId)
                .filter(|id| !identity::is_damaged(id)),
            handle: self
                .text(Field::Handle)
                .map(|handle| handle.trim_start_matches('@').to_owned()),
            name: self.text(Field::AuthorName),
            followers: self.count(Field::Followers)?,
            ..Author::default()
        };
        Ok((author != Author::default()).then_some(author))
    }

    fn count(&self, field: Field) -> Result<Option<f64>, RowError> {
        let Some((text, column)) = self.cell(field) else {
            return Ok(None);
        };
        number(text, self.layout.mapping.decimal)
            .map(Some)
            .ok_or_else(|| self.error(column, "a number", "write digits, or leave the cell empty"))
    }

    fn stars(&self) -> Result<Option<f64>, RowError> {
        let Some((text, column)) = self.cell(Field::Stars) else {
            return Ok(None);
        };
        let scale = self.layout.mapping.scale.unwrap_or(5.0);
        rating(text, scale, self.layout.mapping.decimal)
            .map(Some)
            .ok_or_else(|| {
                let expected = format!("a rating from 0 to {scale}");
                self.error(
                    column,
                    &expected,
                    "write digits; another scale is named in the mapping (scale = 10)",
                )
            })
    }

    fn tags(&self) -> Known<Vec<String>> {
        let text = self.text(Field::Tags).unwrap_or_default();
        let tags = text
            .split([',', ';', '|'])
            .map(str::trim)
            .filter(|tag| !tag.is_empty() && tag.len() <= 100);
        let tags: Vec<String> = tags.map(str::to_owned).take(50).collect();
        if tags.is_empty() {
            Known::Missing
        } else {
            Known::Value(tags)
        }
    }
}

fn is_too_long(text: &str) -> bool {
    text.chars().count() > TEXT_MAX
}

/// Words that exports write where there is nothing.
fn is_nothing(text: &str) -> bool {
    matches!(
        text,
        "null" | "NULL" | "N/A" | "n/a" | "#N/A" | "None" | "-" | "NaN"
    )
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// A number with its thousands, its decimal point or comma, its `K` or `M`.
pub(super) fn number(text: &str, decimal: Option<char>) -> Option<f64> {
    let text = text.trim().replace(['\u{a0}', '\u{202f}', ' ', '\''], "");
    let (digits, factor) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1e3),
        None => text
            .strip_suffix(['m', 'M'])
            .map_or((text.as_str(), 1.0), |digits| (digits, 1e6)),
    };
    let point = decimal.or_else(|| match (digits.rfind(','), digits.rfind('.')) {
        (Some(comma), Some(dot)) => Some(if comma > dot { ',' } else { '.' }),
        (Some(comma), None) => {
            let is_thousands = digits.len() - comma == 4 && !digits.starts_with('0');
            Some(if is_thousands || digits.matches(',').count() > 1 {
                '.'
            } else {
                ','
            })
        }
        (None, _) => Some(if digits.matches('.').count() > 1 {
            ','
        } else {
            '.'
        }),
    });
    let plain: String = digits
        .chars()
        .filter_map(|letter| match letter {
            letter if Some(letter) == point => Some('.'),
            ',' | '.' => None,
            letter => Some(letter),
        })
        .collect();
    let is_plain = plain
        .bytes()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, b'.' | b'-' | b'+'));
    let value: f64 = plain.parse().ok().filter(|_| is_plain)?;
    value.is_finite().then_some(value * factor)
}

/// A rating as stars: `4`, `4,5`, `4/5`, `8 out of 10`, `4 stars`, `★★★★☆`.
pub(super) fn rating(text: &str, scale: f64, decimal: Option<char>) -> Option<f64> {
    let full = text.chars().filter(|letter| *letter == '★').count();
    let empty = text.chars().filter(|letter| *letter == '☆').count();
    if full > 0 && full + empty <= 10 {
        let scale = if empty > 0 {
            (full + empty) as f64
        } else {
            5.0
        };
        return identity::stars(full as f64, scale);
    }
    let lower = text.to_lowercase();
    let words = lower
        .trim_end_matches("stars")
        .trim_end_matches("star")
        .trim();
    let (value, scale) = match words
        .split_once('/')
        .or_else(|| words.split_once(" out of "))
    {
        Some((value, scale)) => (number(value, decimal)?, number(scale, decimal)?),
        None => (number(words, decimal)?, scale),
    };
    identity::stars(value, scale)
}
