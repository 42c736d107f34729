//! The workspace: one organisation's space, and what was settled about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::WorkspaceId;
use crate::word_enum;

word_enum! {
    /// Which law profile the guard and the retention rules follow.
    Law {
        /// United States.
        Us = "us",
        /// United Kingdom.
        Uk = "uk",
        /// European Union.
        Eu = "eu",
    }
}

/// One organisation's space.
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its short name in addresses.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// What was settled about it.
    pub settings: WorkspaceSettings,
    /// Grows with each change; a change names the version it was made against.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Opening hours of one weekday, as wall time; a day may have several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHours {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`; earlier than `from` means over midnight, `24:00` the end of the day.
    pub to: String,
}

/// Another opening on one date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursException {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// What it is called, as a holiday's name.
    #[serde(default)]
    pub name: String,
    /// The hours of that day as `HH:MM` pairs; empty means closed.
    #[serde(default)]
    pub hours: Vec<(String, String)>,
}

/// A way to reach the organisation that answers may name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contacts {
    /// Telephone of the organisation.
    pub phone: Option<String>,
    /// A mail address people may write to.
    pub mail: Option<String>,
    /// A secure page for private words.
    pub secure_page: Option<String>,
    /// The complaints or patient advice service.
    pub patient_advice: Option<String>,
    /// Website.
    pub website: Option<String>,
}

/// How long things are kept, in days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Texts of posts and conversations.
    pub text_days: u32,
    /// Raw events as received.
    pub raw_days: u32,
    /// The decision record.
    pub decision_days: u32,
    /// The audit log.
    pub audit_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            text_days: 730,
            raw_days: 30,
            decision_days: 2_192,
            audit_days: 2_192,
        }
    }
}

/// What the organisation decided about answering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerPolicy {
    /// Every public answer needs a second member, also when the guard allows it.
    pub second_member_always: bool,
    /// How long a sent answer can be taken back, in seconds (10 to 30).
    pub undo_seconds: u32,
    /// Target of the first reply in staffed minutes.
    pub first_reply_minutes: u32,
    /// Target of each later reply in staffed minutes.
    pub next_reply_minutes: u32,
    /// After how many days of silence a waiting conversation is resolved.
    pub no_answer_days: u32,
    /// How a reply is signed, with `{name}` for the member's first name.
    pub signature: String,
}

impl Default for AnswerPolicy {
    fn default() -> Self {
        Self {
            second_member_always: false,
            undo_seconds: 15,
            first_reply_minutes: 240,
            next_reply_minutes: 240,
            no_answer_days: 14,
            signature: String::new(),
        }
    }
}

/// What was settled about a workspace; stored as one JSON text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkspaceSettings {
    /// Which law profile holds.
    pub law: Law,
    /// ISO 3166-1 country; chooses the crisis and emergency lines.
    pub country: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Language of the pages and of answers by default, BCP 47.
    pub locale: String,
    /// Opening hours of the team that answers.
    pub hours: Vec<OpenHours>,
    /// Dates with other hours.
    pub exceptions: Vec<HoursException>,
    /// Ways to reach the organisation.
    pub contacts: Contacts,
    /// Accounts of our own, `network:handle` or a network id; their posts are ours.
    pub own_accounts: Vec<String>,
    /// Accounts of staff: their comments do not count as coming from outside.
    pub staff_accounts: Vec<String>,
    /// How answers go out.
    pub answers: AnswerPolicy,
    /// How long things are kept.
    pub retention: Retention,
    /// Authors are kept as keyed hashes only.
    pub drop_authors: bool,
    /// Pages that are made readable for everybody.
    pub public_archive: bool,
    /// Anything else a newer version stored; kept as it is.
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl Default for WorkspaceSettings {
    fn default() -> Self {
        Self {
            law: Law::Eu,
            country: String::new(),
            time_zone: "UTC".to_owned(),
            locale: "en".to_owned(),
            hours: Vec::new(),
            exceptions: Vec::new(),
            contacts: Contacts::default(),
            own_accounts: Vec::new(),
            staff_accounts: Vec::new(),
            answers: AnswerPolicy::default(),
            retention: Retention::default(),
            drop_authors: false,
            public_archive: false,
            more: serde_json::Map::new(),
        }
    }
}
