//! The content plan: week and month, and the editor of a piece.

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::charts::{Chart, ShareBar};
use crate::filters;
use crate::said::Said;
use crate::ui::{Badge, Choice, Field};
use crate::view::inbox::GuardView;
use crate::view::shell::Shell;

/// `/plan?view=week&from=2026-11-23` and `/plan?view=month&from=2026-11-01`.
#[derive(Debug, Clone, Template)]
#[template(path = "plan/page.html")]
pub struct PlanPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which week or month.
    pub title: Said,
    /// What it says in one sentence.
    pub lede: Said,
    /// Whether the month is shown instead of the week.
    pub month: bool,
    /// Paths of before, now, after.
    pub moves: (String, String, String),
    /// Path of the other view.
    pub other: String,
    /// The days shown: seven, or whole weeks of a month.
    pub days: Vec<PlanDay>,
    /// About us, or about their challenges: words, bar, words at its end.
    pub mix: Vec<(Said, ShareBar)>,
    /// How steadily we were there.
    pub cadence: Option<Chart>,
    /// Questions nobody has answered.
    pub ideas: Vec<Idea>,
    /// Pieces that are on no day yet.
    pub drafts: Vec<PieceCard>,
    /// Whether all publishing is held.
    pub held: bool,
}

/// One day.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanDay {
    /// The day.
    pub date: Date,
    /// Whether it is today.
    pub today: bool,
    /// Whether it lies outside the month shown.
    pub outside: bool,
    /// Its pieces.
    pub pieces: Vec<PieceCard>,
    /// Gaps, such as nobody here, or no post for long.
    pub gaps: Vec<Said>,
}

impl PlanDay {
    fn weekday(&self) -> &'static str {
        crate::time::weekday_short_key(self.date)
    }
}

/// A piece on the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct PieceCard {
    /// Its path.
    pub path: String,
    /// Its time, as HH:MM in the workspace's zone.
    pub time: String,
    /// Its channels: icon and name.
    pub channels: Vec<(&'static str, String)>,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub state: Badge,
    /// From whose side it is told.
    pub stance: Said,
    /// Whether it is about us rather than them.
    pub own: bool,
    /// Whether it is only a draft.
    pub draft: bool,
    /// Why it is held.
    pub held: Option<Said>,
}

/// A question that was asked and not answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Idea {
    /// The question.
    pub question: String,
    /// How often it was asked.
    pub asked: i64,
    /// Where.
    pub channels: String,
    /// A label.
    pub badge: Option<Badge>,
    /// Where to plan it.
    pub path: String,
}

/// `/plan/{id}` and `/plan/new`. Posts `title`, `aim`, `stance`, for each channel `text_{channel}`, and `at` to its own
/// path; `/plan/{id}/schedule`, `/approve`, `/return`, `/ask`, `/cancel`; `/plan/check` answers [`crate::view::inbox::GuardAnswer`].
#[derive(Debug, Clone, Template)]
#[template(path = "plan/piece.html")]
pub struct PiecePage {
    /// What stands around it.
    pub shell: Shell,
    /// Where it posts to, such as `/plan/7`.
    pub path: String,
    /// The version it was read at; 0 for a new one.
    pub version: i64,
    /// Its title.
    pub title: Field,
    /// What it claims, one a line: the claim, its source, the day it is checked again, with bars between.
    pub claims: Field,
    /// The day it has to be looked at again.
    pub review_on: Field,
    /// The question it answers, as the id of a post; empty for none.
    pub question: String,
    /// What it says about itself in one sentence.
    pub lede: Said,
    /// How it stands.
    pub state: Option<Badge>,
    /// Why it is written; from whose side.
    pub stances: Vec<Choice>,
    /// Its aim.
    pub aims: Vec<Choice>,
    /// Its variants.
    pub variants: Vec<Variant>,
    /// Channels that can be added; sent as `add`.
    pub addable: Vec<Choice>,
    /// When it goes out, as `2026-11-23T14:00`.
    pub at: Field,
    /// The zone that time is in.
    pub zone: String,
    /// When it goes out, or went.
    pub sendings: Vec<Sending>,
    /// What has to be done before it may go out.
    pub steps: Vec<PieceStep>,
    /// Checks: tone word ("ok", "warn", "danger"), and the words.
    pub checks: Vec<(Badge, Said)>,
    /// Why it cannot be scheduled now.
    pub blocked: Option<Said>,
    /// Where it comes from.
    pub lineage: Vec<(&'static str, Said, Said)>,
}

/// One sending of a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Sending {
    /// What names it in forms, with its version; `None` when it has left.
    pub cancel: Option<String>,
    /// The channel's icon.
    pub icon: &'static str,
    /// The channel's name.
    pub channel: String,
    /// When.
    pub at: Timestamp,
    /// How it stands.
    pub state: Badge,
}

/// A text for one channel.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The channel's id in forms.
    pub id: String,
    /// The channel's icon.
    pub icon: &'static str,
    /// The channel's name.
    pub channel: String,
    /// Our name there, for the preview.
    pub handle: String,
    /// The text.
    pub text: String,
    /// Length by that network's rule.
    pub count: String,
    /// How many are left; negative when it is too long.
    pub left: i64,
    /// What the guard says.
    pub guard: GuardView,
    /// How the delivery stands, once it went out.
    pub delivery: Option<Badge>,
}

/// One step before a piece may go out.
#[derive(Debug, Clone, PartialEq)]
pub struct PieceStep {
    /// What.
    pub name: Said,
    /// Whether it is done.
    pub done: bool,
    /// Whether it is next.
    pub now: bool,
    /// Whether this member can approve here.
    pub mine: bool,
    /// The request this member can decide: its id and the hash of the words, as `7:ab12`.
    pub approval: String,
    /// By whom and when.
    pub note: Option<Said>,
    /// When it was done.
    pub at: Option<Timestamp>,
}
