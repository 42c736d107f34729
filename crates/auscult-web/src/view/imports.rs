//! Files of posts.

use askama::Template;
use jiff::Timestamp;

use crate::filters;
use crate::said::Said;
use crate::ui::{Field, State};
use crate::view::shell::Shell;

/// `/listen/imports`: posts a form with `file`, `mapping` and `look` to itself.
#[derive(Debug, Clone, Template)]
#[template(path = "listen/imports.html")]
pub struct ImportsPage {
    /// What stands around it.
    pub shell: Shell,
    /// What was imported, newest first.
    pub imports: Vec<ImportLine>,
    /// Whether one of them is still going on.
    pub running: bool,
    /// Which column is which.
    pub mapping: Field,
    /// What a dry run said.
    pub tried: Option<Tried>,
    /// Why the file cannot be read.
    pub trouble: Option<Said>,
    /// Whether the reader may import.
    pub may_change: bool,
}

/// `/listen/imports/{id}`: one import; takes it back with `/listen/imports/{id}/back`.
#[derive(Debug, Clone, Template)]
#[template(path = "listen/import.html")]
pub struct ImportPage {
    /// What stands around it.
    pub shell: Shell,
    /// The import.
    pub one: ImportLine,
    /// Whether it is still going on.
    pub running: bool,
    /// The rows it refused.
    pub rows: Vec<RefusedLine>,
    /// Whether it may be taken back.
    pub may_change: bool,
}

/// One import in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportLine {
    /// Its path.
    pub path: String,
    /// The file's name.
    pub name: String,
    /// When it began.
    pub at: Timestamp,
    /// New, known and refused rows.
    pub counts: Said,
    /// New posts.
    pub stored: i64,
    /// How it stands.
    pub state: State,
}

/// What would happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The file's name.
    pub name: String,
    /// New, known and refused rows.
    pub counts: Said,
    /// Posts that are here with other words.
    pub changed: u64,
    /// The first rows that would be refused.
    pub rows: Vec<RefusedLine>,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// Where it stands in the file.
    pub place: String,
    /// What is wrong and how to mend it.
    pub reason: String,
    /// The row.
    pub row: String,
}
