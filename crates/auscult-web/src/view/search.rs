//! Archive search: what was said and answered, newest first.

use askama::Template;

use crate::filters;
use crate::said::Said;
use crate::ui::{Choice, Empty, Paging};
use crate::view::listen::{Hit, QueryError};
use crate::view::shell::Shell;

/// `/search?q=…&since=…&source=…&after=…`.
#[derive(Debug, Clone, Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    /// What stands around it.
    pub shell: Shell,
    /// The query.
    pub query: String,
    /// What is wrong with it.
    pub errors: Vec<QueryError>,
    /// Since when; sent as `since`.
    pub since: Vec<Choice>,
    /// Where; sent as `source`.
    pub sources: Vec<Choice>,
    /// How many were found; `None` when nothing was asked.
    pub found: Option<Said>,
    /// Newest first.
    pub hits: Vec<Hit>,
    /// Why there is nothing.
    pub empty: Option<Empty>,
    /// Only posts that say nearly the same are shown.
    pub same: bool,
    /// The index is being made again: how far it is.
    pub coverage: Option<Said>,
    /// The way on.
    pub paging: Paging,
}
