//! The safety desk: everything on it has a person, a clock and a next step.

use askama::Template;
use jiff::Timestamp;

use crate::filters;
use crate::said::Said;
use crate::ui::{Audience, Avatar, Badge, Due};
use crate::view::shell::Shell;

/// The page. Raises a concern with `number`, `kind` to `/safety/raise`; holds everything with `hold` to `/safety/hold`.
#[derive(Debug, Clone, Template)]
#[template(path = "safety.html")]
pub struct SafetyPage {
    /// What stands around it.
    pub shell: Shell,
    /// Open flags, the most urgent first.
    pub open: Vec<SafetyFlag>,
    /// When the desk was last checked by the machine.
    pub checked: Timestamp,
    /// A source that the desk depends on is down; shown in red, never as an empty desk.
    pub fault: Option<Said>,
    /// Who is on call, and until when.
    pub on_call: Option<(Avatar, Said)>,
    /// Whether all publishing is held.
    pub held: bool,
    /// Closed in the last 30 days.
    pub closed: Vec<ClosedFlag>,
    /// How the desk did: name, share in words.
    pub record: Vec<(Said, Said)>,
    /// Whom a person in danger can call here.
    pub lines: Option<String>,
}

/// One open flag. Posts to `/safety/{id}/take`, `/step` (`step`), `/told` (`who`), `/elements` (`patient`,
/// `reporter`, `product`, `reaction`), `/close` (`outcome`).
#[derive(Debug, Clone)]
pub struct SafetyFlag {
    /// Its id.
    pub id: i64,
    /// Its number as shown.
    pub number: String,
    /// Whether somebody may be in danger now.
    pub crisis: bool,
    /// Its icon.
    pub icon: &'static str,
    /// What it is.
    pub title: Said,
    /// The clock of the next step.
    pub due: Option<Due>,
    /// Who has it.
    pub taken_by: Option<String>,
    /// What was written, and our answers.
    pub words: Vec<SafetyWords>,
    /// The conversation.
    pub path: String,
    /// The steps.
    pub steps: Vec<SafetyStep>,
    /// Who was told: when and what.
    pub log: Vec<(Timestamp, Said)>,
    /// The four elements of an unwanted effect: name in the form, key of its words, what is known.
    pub elements: Option<Vec<(&'static str, &'static str, String)>>,
    /// What happened in the end, as the first signature says.
    pub outcome: String,
    /// Whether this member can sign its closing.
    pub may_close: bool,
}

/// Words on the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct SafetyWords {
    /// The writer's mark.
    pub avatar: Avatar,
    /// The writer.
    pub author: String,
    /// Whether they are ours.
    pub ours: bool,
    /// Who can read them.
    pub audience: Audience,
    /// When.
    pub at: Timestamp,
    /// The words.
    pub text: String,
    /// Where and how they were heard.
    pub footer: Said,
}

/// One step of the protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct SafetyStep {
    /// Its name in the form.
    pub id: String,
    /// What is to be done.
    pub name: Said,
    /// Whether it is done.
    pub done: bool,
    /// Whether it is the next one.
    pub now: bool,
    /// When and by whom it was done, or what helps.
    pub note: Option<Said>,
}

/// A closed flag.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedFlag {
    /// Its number.
    pub number: String,
    /// What it was.
    pub kind: Badge,
    /// How soon it was taken, in minutes.
    pub taken: i64,
    /// How soon it was closed, in minutes.
    pub closed: i64,
    /// Who signed.
    pub signed: String,
    /// What changed.
    pub outcome: String,
}
