//! Watches: saved queries with their history, and the lists they use.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ListId, MemberId, WatchId, WorkspaceId};

/// A saved query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Its id.
    pub id: WatchId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name; `watch:name` in other watches.
    pub name: String,
    /// The query in the watch language.
    pub query: String,
    /// Whether the live engine runs it.
    pub active: bool,
    /// Whether its hits open conversations.
    pub opens_conversations: bool,
    /// Grows with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// An earlier or present wording of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchVersion {
    /// Its number.
    pub version: i64,
    /// The query.
    pub query: String,
    /// Who changed it; `None` for the system.
    pub by: Option<MemberId>,
    /// Why, in words.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// A named list of entries for `list:name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedList {
    /// Its id.
    pub id: ListId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its entries.
    pub entries: Vec<String>,
    /// Grows with each change.
    pub version: i64,
}

/// Everything the live engine needs, with the number that tells whether it changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActiveWatches {
    /// Grows with each change of any watch or list.
    pub change: i64,
    /// All watches of all workspaces, the inactive ones too (other watches may name them).
    pub watches: Vec<Watch>,
    /// All lists.
    pub lists: Vec<NamedList>,
}
