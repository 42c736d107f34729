//! Whether columns hold what their names say. Swapped columns would fill an archive with dates as texts.

use std::collections::BTreeMap;

use super::ImportError;
use super::mapping::Field;
use super::row::{number, rating};
use crate::dates::{self, DateOrder, DateRule};

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Date,
    Web,
    Number,
    Prose,
    Word,
}

impl Look {
    fn of(cell: &str) -> Self {
        let rule = DateRule {
            order: Some(DateOrder::Dmy),
            ..DateRule::default()
        };
        if cell.starts_with("http://") || cell.starts_with("https://") {
            return if cell.contains(char::is_whitespace) {
                Self::Prose
            } else {
                Self::Web
            };
        }
        if number(cell, None).is_some() || (cell.len() < 20 && rating(cell, 5.0, None).is_some()) {
            return Self::Number;
        }
        if dates::parse(cell, &rule).is_some() {
            return Self::Date;
        }
        if cell.split_whitespace().nth(4).is_some() {
            Self::Prose
        } else {
            Self::Word
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Date => "dates",
            Self::Web => "addresses",
            Self::Number => "numbers",
            Self::Prose => "texts",
            Self::Word => "single words",
        }
    }
}

/// A mapped column and how many of its cells look like what.
struct Column<'a> {
    field: Field,
    name: &'a str,
    looks: Vec<Look>,
}

impl Column<'_> {
    fn share(&self, wanted: Look) -> f64 {
        let count = self.looks.iter().filter(|look| **look == wanted).count();
        if self.looks.is_empty() {
            0.0
        } else {
            count as f64 / self.looks.len() as f64
        }
    }

    /// What its field wants to hold; `None` when anything may stand there.
    const fn wanted(&self) -> Option<Look> {
        if matches!(self.field, Field::CreatedAt) {
            Some(Look::Date)
        } else if matches!(self.field, Field::Url) {
            Some(Look::Web)
        } else if matches!(self.field, Field::Stars) {
            Some(Look::Number)
        } else if matches!(self.field, Field::Text) {
            Some(Look::Prose)
        } else {
            None
        }
    }

    /// Whether it holds nearly nothing of what its name says.
    fn is_strange(&self) -> bool {
        match self.wanted() {
            _ if self.looks.is_empty() => false,
            Some(Look::Prose) => self.share(Look::Prose) + self.share(Look::Word) < 0.2,
            Some(Look::Date) => self.share(Look::Date) + self.share(Look::Number) < 0.2,
            Some(wanted) => self.share(wanted) < 0.2,
            None => false,
        }
    }
}

/// Refuses a file whose columns are swapped.
pub(super) fn columns(
    mapped: &BTreeMap<Field, Vec<usize>>,
    header: &[String],
    body: &[Vec<String>],
) -> Result<(), ImportError> {
    let columns: Vec<Column<'_>> = mapped
        .iter()
        .filter_map(|(field, places)| {
            let at = *places.first()?;
            let cells = body
                .iter()
                .filter_map(|row| row.get(at))
                .map(String::as_str);
            let looks = cells
                .filter(|cell| !cell.is_empty())
                .map(Look::of)
                .collect();
            Some(Column {
                field: *field,
                name: header.get(at)?,
                looks,
            })
        })
        .collect();
    for strange in columns.iter().filter(|column| column.is_strange()) {
        let Some(wanted) = strange.wanted() else {
            continue;
        };
        let other = columns
            .iter()
            .find(|other| other.field != strange.field && is_home_of(other, wanted));
        if let Some(other) = other {
            return Err(swapped(strange, other, wanted));
        }
    }
    names_and_texts(&columns)
}

/// Whether a column holds what belongs elsewhere.
fn is_home_of(column: &Column<'_>, wanted: Look) -> bool {
    let own = column.wanted();
    column.share(wanted) >= 0.8 && own != Some(wanted) && !is_counter(column.field)
}

const fn is_counter(field: Field) -> bool {
    matches!(
        field,
        Field::Followers
            | Field::Likes
            | Field::Reposts
            | Field::Replies
            | Field::Views
            | Field::Id
            | Field::Thread
    ) || matches!(
        field,
        Field::Parent | Field::AuthorId | Field::Source | Field::Time
    )
}

fn swapped(strange: &Column<'_>, other: &Column<'_>, wanted: Look) -> ImportError {
    let held = [Look::Date, Look::Web, Look::Number, Look::Prose, Look::Word]
        .into_iter()
        .max_by(|one, two| strange.share(*one).total_cmp(&strange.share(*two)))
        .unwrap_or(Look::Word);
    ImportError::Columns(format!(
        "the column “{}” should hold {} and holds {}, while “{}” holds {}: the two look swapped. \
         Correct the names in the header, or give a mapping that says which is which; nothing was imported",
        strange.name,
        wanted.words(),
        held.words(),
        other.name,
        wanted.words()
    ))
}

/// Texts in the author's column and names in the text's.
fn names_and_texts(columns: &[Column<'_>]) -> Result<(), ImportError> {
    let find = |fields: &[Field]| columns.iter().find(|column| fields.contains(&column.field));
    let Some(text) = find(&[Field::Text]) else {
        return Ok(());
    };
    let Some(author) = find(&[Field::AuthorName, Field::Handle]) else {
        return Ok(());
    };
    let is_enough = text.looks.len() >= 3 && author.looks.len() >= 3;
    if is_enough && text.share(Look::Word) > 0.9 && author.share(Look::Prose) > 0.8 {
        return Err(swapped(text, author, Look::Prose));
    }
    Ok(())
}
