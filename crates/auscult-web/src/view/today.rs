//! Today: who waits for me, what is asked of me, what happened overnight.

use askama::Template;
use jiff::Timestamp;

use crate::charts::Chart;
use crate::filters;
use crate::said::Said;
use crate::ui::{Audience, Avatar, Badge, Due, State};
use crate::view::shell::Shell;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "today.html")]
pub struct TodayPage {
    /// What stands around it.
    pub shell: Shell,
    /// The member's first name.
    pub first_name: String,
    /// The moment, for the date above.
    pub now: Timestamp,
    /// The longest wait in minutes, and by how many it is past its promise.
    pub longest: Option<(i64, i64)>,
    /// A person who may be in danger, first of all.
    pub alarm: Option<Alarm>,
    /// The counts of the strip.
    pub strip: Strip,
    /// Who waits for this member, in groups.
    pub groups: Vec<WaitingGroup>,
    /// How many more wait than are listed.
    pub more: u32,
    /// The oldest open conversation when nothing waits.
    pub oldest: Option<(String, i64)>,
    /// Approvals asked of this member.
    pub approvals: Vec<AskedApproval>,
    /// When people write; `None` leaves the tile out.
    pub hours: Option<HoursTile>,
    /// What happened since the last staffed hour.
    pub overnight: Vec<Happening>,
    /// Since when the list above counts.
    pub overnight_since: Timestamp,
    /// The health of channels, those that need somebody first.
    pub channels: Vec<ChannelLine>,
    /// How many channels there are.
    pub channels_in_all: usize,
    /// A change made because people asked.
    pub said_did: Option<SaidDid>,
    /// Who is in now.
    pub here: Vec<HereNow>,
}

impl TodayPage {
    /// How many channels need somebody.
    pub fn channels_ill(&self) -> usize {
        self.channels
            .iter()
            .filter(|channel| channel.state.class() != "ok-t")
            .count()
    }
}

/// Somebody may come to harm: shown above all else to those with the duty.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// What it is and who has it.
    pub title: Said,
    /// What was done so far.
    pub what: Said,
    /// The clock of the next step.
    pub due: Option<Due>,
}

/// The six counts. `None` is a count that failed and shows as a dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Strip {
    /// Waiting for this member.
    pub mine: Option<u32>,
    /// Waiting for the team.
    pub team: Option<u32>,
    /// Due within the hour.
    pub soon: Option<u32>,
    /// Past the promise.
    pub late: Option<u32>,
    /// Open safety flags; `None` here leaves it out, since it is not for everybody.
    pub safety: Option<u32>,
    /// Approvals asked of this member.
    pub approvals: Option<u32>,
}

/// Conversations that wait in the same way.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingGroup {
    /// `late`, `soon` or nothing, for its colour and its words.
    pub kind: GroupKind,
    /// The conversations.
    pub rows: Vec<WaitingRow>,
}

/// How a group waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupKind {
    /// Past its promise.
    Late,
    /// Due within the hour.
    Soon,
    /// Later.
    Later,
}

/// One conversation that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingRow {
    /// Its path.
    pub path: String,
    /// The channel's icon.
    pub icon: &'static str,
    /// The channel's name.
    pub channel: String,
    /// Who wrote.
    pub person: String,
    /// Who can read it.
    pub audience: Audience,
    /// Labels.
    pub badges: Vec<Badge>,
    /// Their last words.
    pub line: String,
    /// The promise.
    pub due: Option<Due>,
}

/// An approval asked of this member.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedApproval {
    /// Its path.
    pub path: String,
    /// What it is about.
    pub title: String,
    /// Its labels.
    pub badges: Vec<Badge>,
    /// What is asked, by whom, for when.
    pub line: Said,
}

/// When people write, and when somebody is here.
#[derive(Debug, Clone, PartialEq)]
pub struct HoursTile {
    /// The chart.
    pub chart: Chart,
    /// What it says in words, with its interval.
    pub finding: Said,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// Its icon.
    pub icon: &'static str,
    /// Its words.
    pub text: Said,
    /// Where to read on: a path and its words.
    pub link: Option<(String, Said)>,
}

/// A channel's health in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelLine {
    /// Its icon.
    pub icon: &'static str,
    /// Its name.
    pub name: String,
    /// When it last heard something, or what is wrong.
    pub what: Said,
    /// Its state.
    pub state: State,
}

/// You said, we did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidDid {
    /// Their words.
    pub quote: String,
    /// What changed.
    pub changed: String,
    /// Where the conversations are.
    pub path: String,
}

/// A member who is in now.
#[derive(Debug, Clone, PartialEq)]
pub struct HereNow {
    /// Their mark.
    pub avatar: Avatar,
    /// What they do.
    pub doing: Said,
    /// How many conversations they have open.
    pub open: u32,
}
