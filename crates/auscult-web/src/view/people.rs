//! People: the list, and one of them.

use askama::Template;
use jiff::Timestamp;

use crate::filters;
use crate::said::Said;
use crate::ui::{Avatar, Choice, Empty, Field, Paging};
use crate::view::inbox::{Before, KnownAs};
use crate::view::shell::Shell;

/// `/people?q=`: people, newest first.
#[derive(Debug, Clone, Template)]
#[template(path = "people/page.html")]
pub struct PeoplePage {
    /// What stands around it.
    pub shell: Shell,
    /// What was looked for.
    pub query: String,
    /// The people.
    pub people: Vec<PersonLine>,
    /// The next page.
    pub paging: Paging,
    /// What to say when there is nobody.
    pub empty: Option<Empty>,
}

/// One of them in a list.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Their page.
    pub path: String,
    /// Their mark.
    pub avatar: Avatar,
    /// Their name.
    pub name: String,
    /// What they need.
    pub needs: Vec<Said>,
    /// When we first heard them.
    pub at: Timestamp,
}

/// `/people/{id}`: posts `version`, `name`, `need`, `lang`, `proxy`, `do_not_contact` to itself, `text` to
/// `/people/{id}/note`.
#[derive(Debug, Clone, Template)]
#[template(path = "people/person.html")]
pub struct PersonPage {
    /// What stands around it.
    pub shell: Shell,
    /// Their page.
    pub path: String,
    /// Grows with each change.
    pub version: i64,
    /// Their mark.
    pub avatar: Avatar,
    /// Their name.
    pub name: Field,
    /// When we first heard them.
    pub first_heard: Timestamp,
    /// What they may need, each with whether they do.
    pub needs: Vec<Choice>,
    /// Their language.
    pub lang: Field,
    /// Who may speak for them, and about what.
    pub proxy: Field,
    /// Whether nobody may write to them first.
    pub do_not_contact: bool,
    /// Names we know them by.
    pub known_as: Vec<KnownAs>,
    /// What we talked about.
    pub before: Vec<Before>,
    /// Notes for colleagues.
    pub notes: Vec<NoteLine>,
    /// Whether the reader may change anything.
    pub may_change: bool,
}

/// A note on a person.
#[derive(Debug, Clone)]
pub struct NoteLine {
    /// Who wrote it.
    pub by: String,
    /// The words.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Where to remove it, for one's own.
    pub remove: Option<String>,
}
