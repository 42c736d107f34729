//! Settings of the workspace and of the member. Each page has the same side list.

use askama::Template;
use jiff::Timestamp;

use crate::filters;
use crate::said::Said;
use crate::ui::{Avatar, Badge, Choice, Field, Paging, State};
use crate::view::access::{DayHours, TestResult};
use crate::view::shell::Shell;

/// The pages of the side list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// My settings.
    Me,
    /// Organisation.
    Organisation,
    /// Hours and promises.
    Hours,
    /// Team, roles and invitations.
    Team,
    /// Channels.
    Channels,
    /// Policy: what the guard and approvals do.
    Policy,
    /// Privacy and retention.
    Privacy,
    /// Tokens of the API.
    Tokens,
    /// Audit log.
    Audit,
    /// System health.
    Health,
}

/// The side list: part, path, icon, key of its name. `Me` is open to everybody, the rest to managers and owners.
pub const PARTS: [(Part, &str, &str, &str); 10] = [
    (Part::Me, "/settings/me", "user", "set-me"),
    (
        Part::Organisation,
        "/settings/organisation",
        "map",
        "set-organisation",
    ),
    (Part::Hours, "/settings/hours", "clock", "set-hours"),
    (Part::Team, "/settings/team", "people", "set-team"),
    (
        Part::Channels,
        "/settings/channels",
        "channels",
        "set-channels",
    ),
    (Part::Policy, "/settings/policy", "safety", "set-policy"),
    (Part::Privacy, "/settings/privacy", "lock", "set-privacy"),
    (Part::Tokens, "/settings/tokens", "key", "set-tokens"),
    (Part::Audit, "/settings/audit", "table", "set-audit"),
    (Part::Health, "/settings/health", "heart", "set-health"),
];

/// My settings: posts `name`, `language`, `theme`, `keys`, `signature` to `/settings/me`; `old`, `new` to
/// `/settings/me/password`; signs out elsewhere with `/settings/me/sessions/{id}/end`.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/me.html")]
pub struct MePage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// The name.
    pub name: Field,
    /// The line under a reply.
    pub signature: Field,
    /// Languages.
    pub languages: Vec<Choice>,
    /// Themes.
    pub themes: Vec<Choice>,
    /// Whether single keys are on.
    pub keys: bool,
    /// The old password; its value stays empty.
    pub old: Field,
    /// The new password; its value stays empty.
    pub new: Field,
    /// Where this member is signed in: id, device, last seen, whether it is this one.
    pub sessions: Vec<(String, String, Timestamp, bool)>,
}

/// Organisation: posts `name`, `other_names`, `places`, `clinicians`, `region`, `country`, `zone`, and the contacts
/// `phone`, `mail`, `secure_page`, `patient_advice`, `website`.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/organisation.html")]
pub struct OrganisationPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// The name.
    pub name: Field,
    /// Other names, one a line.
    pub other_names: Field,
    /// Places, one a line.
    pub places: Field,
    /// Clinicians who agreed, one a line.
    pub clinicians: Field,
    /// The law that applies.
    pub regions: Vec<Choice>,
    /// The country.
    pub country: Field,
    /// The time zone.
    pub zone: Field,
    /// Telephone that answers may name.
    pub phone: Field,
    /// Mail address that answers may name.
    pub mail: Field,
    /// Secure page for private words.
    pub secure_page: Field,
    /// The complaints or patient advice service.
    pub patient_advice: Field,
    /// Website.
    pub website: Field,
}

/// Hours and promises: posts the hours as the first run does, and `first`, `next`, `undo`.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/hours.html")]
pub struct HoursPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// Opening hours.
    pub hours: Vec<DayHours>,
    /// Days that differ, one a line: `2026-12-25 closed Christmas`.
    pub exceptions: Field,
    /// Staffed minutes to the first reply.
    pub first: Field,
    /// Staffed minutes to the next reply.
    pub next: Field,
    /// Seconds in which a message can be undone.
    pub undo: Field,
    /// What a conversation that came now would get.
    pub tester: Said,
}

/// One member.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberLine {
    /// Their id.
    pub id: i64,
    /// Their mark.
    pub avatar: Avatar,
    /// Their e-mail.
    pub email: String,
    /// Roles to choose from; posts `role` to `/settings/team/{id}/role`.
    pub roles: Vec<Choice>,
    /// Duties: safety, privacy, risk; posts `duty` to `/settings/team/{id}/duties`.
    pub duties: Vec<Choice>,
    /// When they were last here.
    pub last: Option<Timestamp>,
    /// Whether it is the last owner, who cannot be removed.
    pub last_owner: bool,
    /// Whether they are switched off; posts to `/settings/team/{id}/switch`.
    pub is_off: bool,
}

/// One invitation.
#[derive(Debug, Clone, PartialEq)]
pub struct InvitationLine {
    /// Its id; posts to `/settings/team/invitations/{id}/withdraw`.
    pub id: i64,
    /// To whom.
    pub email: String,
    /// As what.
    pub role: Said,
    /// Until when.
    pub until: Timestamp,
}

/// Team: invites with `email`, `role` to `/settings/team/invite`.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/team.html")]
pub struct TeamPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// The members.
    pub members: Vec<MemberLine>,
    /// Open invitations.
    pub invitations: Vec<InvitationLine>,
    /// The e-mail that was typed.
    pub email: Field,
    /// Roles for an invitation.
    pub roles: Vec<Choice>,
    /// The link of a new invitation, shown once.
    pub link: Option<String>,
}

/// One channel.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelCard {
    /// Its id; posts to `/settings/channels/{id}/test`, `/pause`, `/remove`, `/secret` (`secret`), `/feeds` (`kind`, `words`).
    pub id: i64,
    /// Its icon.
    pub icon: &'static str,
    /// Its network.
    pub network: String,
    /// Our name there.
    pub handle: String,
    /// Its state.
    pub state: State,
    /// What has to be done by a person.
    pub step: Option<Said>,
    /// When it last heard something.
    pub heard: Option<Timestamp>,
    /// When it last sent something.
    pub sent: Option<Timestamp>,
    /// What it can do: listen, reply, publish.
    pub can: Vec<Badge>,
    /// What it listens to.
    pub feeds: Vec<FeedLine>,
    /// Holes of the last 30 days that are not filled.
    pub gaps: usize,
    /// Whether it is switched off.
    pub is_off: bool,
    /// Whether it is an account whose secret can be renewed.
    pub has_account: bool,
}

/// One thing a channel listens to.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedLine {
    /// Its id; posts to `/settings/channels/feeds/{id}/remove`.
    pub id: i64,
    /// What it asks for.
    pub what: Said,
    /// When it was heard with success.
    pub last: Option<Timestamp>,
    /// What went wrong last.
    pub trouble: Option<String>,
}

/// Channels: connects with `network`, `server`, `handle`, `secret` to `/settings/channels`; makes a webhook with `name`
/// at `/settings/channels/webhook`.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/channels.html")]
pub struct ChannelsPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// The channels.
    pub channels: Vec<ChannelCard>,
    /// Networks that can be connected.
    pub networks: Vec<Choice>,
    /// The server.
    pub server: Field,
    /// Our name there.
    pub handle: Field,
    /// The secret; its value stays empty and is never shown again.
    pub secret: Field,
    /// What a test heard.
    pub test: Option<TestResult>,
    /// Address and secret of a new webhook, shown once.
    pub webhook: Option<(String, String)>,
}

/// One rule of the guard in plain words.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleLine {
    /// Its number, such as G01.
    pub id: String,
    /// What it says.
    pub what: Said,
    /// Why.
    pub why: Said,
    /// What it does: stops, asks a second person, or is off.
    pub does: Vec<Choice>,
    /// Whether the law fixes it.
    pub fixed: bool,
}

/// Policy: posts `approve_public`, `approve_warn`, `words` and for each rule that is not fixed its id.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/policy.html")]
pub struct PolicyPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// Whether every public answer needs a second member.
    pub approve_public: bool,
    /// Our own words to avoid, one a line.
    pub words: Field,
    /// The rules.
    pub rules: Vec<RuleLine>,
    /// Exercises for a team in training.
    pub exercises: Vec<ExerciseLine>,
}

/// An exercise: what would the guard say, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct ExerciseLine {
    /// The words that are answered.
    pub post: String,
    /// The answer.
    pub draft: String,
    /// What the guard says.
    pub verdict: Said,
    /// By which rule.
    pub rule: String,
    /// Why.
    pub why: String,
}

/// What is kept how long.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptLine {
    /// The form's name.
    pub id: &'static str,
    /// What.
    pub what: Said,
    /// How many days.
    pub days: Field,
    /// What the next cleaning would take.
    pub preview: Said,
}

/// Privacy: posts a number of days for each kind.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/privacy.html")]
pub struct PrivacyPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// What is kept how long.
    pub kept: Vec<KeptLine>,
    /// What is kept by law: what and why.
    pub holds: Vec<(String, Said)>,
    /// When the last cleaning ran, and what it said.
    pub cleaned: Option<(Timestamp, Said)>,
}

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenLine {
    /// Its id; posts to `/settings/tokens/{id}/end`.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: String,
    /// When it ends.
    pub until: Option<Timestamp>,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// Tokens: makes one with `name`, `scope` (several), `days`.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/tokens.html")]
pub struct TokensPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// The tokens.
    pub tokens: Vec<TokenLine>,
    /// The name that was typed.
    pub name: Field,
    /// What a token may do.
    pub scopes: Vec<Choice>,
    /// The secret of a new token, shown once.
    pub secret: Option<String>,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditLine {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// What.
    pub what: Said,
    /// About what: words, and a path when there is one.
    pub about: Option<(String, Option<String>)>,
}

/// `/settings/audit?q=…&after=…`.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/audit.html")]
pub struct AuditPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// The words of the filter.
    pub query: String,
    /// The lines, newest first.
    pub lines: Vec<AuditLine>,
    /// Whether the chain holds: its state, and where it breaks.
    pub chain: State,
    /// The way on.
    pub paging: Paging,
}

/// One part of the system.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthLine {
    /// Its name.
    pub name: Said,
    /// Its state.
    pub state: State,
    /// What is known of it.
    pub what: Said,
}

/// System health.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/health.html")]
pub struct HealthPage {
    /// What stands around it.
    pub shell: Shell,
    /// Which part is shown.
    pub part: Part,
    /// The parts.
    pub parts: Vec<HealthLine>,
    /// Failed jobs: id, name, why; posts to `/settings/health/jobs/{id}/again`.
    pub failed: Vec<(i64, String, String)>,
    /// The version.
    pub version: String,
}
