//! Signing in and the first run.

use std::sync::Arc;

use askama::Template;
use jiff::Timestamp;

use crate::assets::Assets;
use crate::filters;
use crate::router::Visit;
use crate::said::Said;
use crate::ui::{Choice, Field};
use crate::view::shell::Theme;

/// What pages outside a workspace need around them.
#[derive(Debug, Clone)]
pub struct Door {
    /// The language's tag.
    pub lang: &'static str,
    /// The theme.
    pub theme: Theme,
    /// The nonce of scripts.
    pub nonce: String,
    /// Where style sheet and script are.
    pub assets: Arc<Assets>,
    /// The languages as (tag, own name).
    pub languages: Vec<(&'static str, &'static str)>,
}

impl Door {
    /// The surroundings of a visit.
    pub fn of(visit: &Visit, languages: Vec<(&'static str, &'static str)>) -> Self {
        Self {
            lang: visit.reader.locale.tag(),
            theme: visit.theme,
            nonce: visit.nonce.0.clone(),
            assets: Arc::clone(&visit.assets),
            languages,
        }
    }
}

/// Why signing in did not work; never says whether an account exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInTrouble {
    /// E-mail and password do not fit.
    NoMatch,
    /// Too many tries.
    Wait {
        /// In how many minutes it may be tried again.
        minutes: i64,
    },
    /// The session ended.
    Ended,
}

/// Sign in: posts `email`, `password`, `next` to `/sign-in`.
#[derive(Debug, Clone, Template)]
#[template(path = "access/sign_in.html")]
pub struct SignInPage {
    /// The surroundings.
    pub door: Door,
    /// The organisation's name.
    pub organisation: String,
    /// The e-mail that was typed.
    pub email: String,
    /// Where to go after signing in.
    pub next: String,
    /// Why it did not work.
    pub trouble: Option<SignInTrouble>,
    /// Whether the filled example can be looked at without an account.
    pub example: bool,
}

/// Accepting an invitation: posts `name`, `password` to the same path.
#[derive(Debug, Clone, Template)]
#[template(path = "access/invitation.html")]
pub struct InvitationPage {
    /// The surroundings.
    pub door: Door,
    /// The organisation's name.
    pub organisation: String,
    /// Who invited.
    pub by: String,
    /// The role that is offered.
    pub role: Said,
    /// The e-mail the invitation went to.
    pub email: String,
    /// The person's name.
    pub name: Field,
    /// The password; its value stays empty.
    pub password: Field,
    /// Until when the invitation holds.
    pub until: Timestamp,
}

/// The two doors of an empty installation: look around, or set up. Both are forms to `/welcome/example` and a link to
/// `/welcome/administrator`.
#[derive(Debug, Clone, Template)]
#[template(path = "access/doors.html")]
pub struct DoorsPage {
    /// The surroundings.
    pub door: Door,
}

/// The example while it is being filled; the page looks again by itself.
#[derive(Debug, Clone, Template)]
#[template(path = "access/example.html")]
pub struct ExamplePage {
    /// The surroundings.
    pub door: Door,
    /// What lets the one who asked in.
    pub ticket: String,
    /// Days of the story that are told.
    pub done: u32,
    /// Days in all.
    pub of: u32,
    /// Why it could not be filled.
    pub trouble: Option<String>,
}

/// The first administrator: posts `name`, `email`, `password` to `/welcome/administrator`.
#[derive(Debug, Clone, Template)]
#[template(path = "access/administrator.html")]
pub struct AdministratorPage {
    /// The surroundings.
    pub door: Door,
    /// Their name.
    pub name: Field,
    /// Their e-mail.
    pub email: Field,
    /// Their password; its value stays empty.
    pub password: Field,
}

/// One day of opening hours.
#[derive(Debug, Clone, PartialEq)]
pub struct DayHours {
    /// The form's name for the day: mon … sun.
    pub id: &'static str,
    /// The day's name.
    pub name: Said,
    /// Whether somebody is here.
    pub open: bool,
    /// From, as HH:MM.
    pub from: String,
    /// To, as HH:MM.
    pub to: String,
}

/// Step 1, who you are: posts `name`, `other_names`, `places`, `clinicians`, `region`, `country`, `zone` and for each day
/// `open_mon`, `from_mon`, `to_mon` … to `/welcome/who`. Lists are one a line.
#[derive(Debug, Clone, Template)]
#[template(path = "access/who.html")]
pub struct WhoPage {
    /// The surroundings.
    pub door: Door,
    /// The organisation's name.
    pub name: Field,
    /// Other names people use, one a line.
    pub other_names: Field,
    /// Places, one a line.
    pub places: Field,
    /// Clinicians who agreed to be listened for, one a line.
    pub clinicians: Field,
    /// The law that applies: us, uk, eu.
    pub regions: Vec<Choice>,
    /// The country, for crisis and emergency lines.
    pub country: Field,
    /// The time zone.
    pub zone: Field,
    /// Time zones to choose from.
    pub zones: Vec<String>,
    /// Opening hours.
    pub hours: Vec<DayHours>,
}

/// A source that was added.
#[derive(Debug, Clone, PartialEq)]
pub struct AddedSource {
    /// Its id in forms.
    pub id: String,
    /// Its icon.
    pub icon: &'static str,
    /// Its name.
    pub name: String,
    /// What it brings.
    pub what: Said,
}

/// Step 2, where to listen: posts `kind` and `address` to `/welcome/where`, tests with `/welcome/where/test`, removes
/// with `/welcome/where/remove`, goes on with `/welcome/done`.
#[derive(Debug, Clone, Template)]
#[template(path = "access/where.html")]
pub struct WherePage {
    /// The surroundings.
    pub door: Door,
    /// Kinds of source: feed, bluesky, mastodon …
    pub kinds: Vec<Choice>,
    /// The address, account or server.
    pub address: Field,
    /// What the last test heard.
    pub test: Option<TestResult>,
    /// Sources that were added.
    pub sources: Vec<AddedSource>,
}

/// One item a test heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardItem {
    /// Who wrote it.
    pub author: String,
    /// Its first words.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// What a test of a source heard; also the fragment of `/welcome/where/test` and `/listen/sources/test`.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "access/test_result.html")]
pub struct TestResult {
    /// The source as it calls itself.
    pub name: String,
    /// Its first items; empty when it was silent.
    pub items: Vec<HeardItem>,
    /// Why it did not work, and how to mend it.
    pub error: Option<Said>,
}

/// Step 3, done: the watches that were made, and what was heard so far. Also answers `/welcome/heard` as a fragment.
#[derive(Debug, Clone, Template)]
#[template(path = "access/done.html")]
pub struct DonePage {
    /// The surroundings.
    pub door: Door,
    /// Names of the watches that were made.
    pub watches: Vec<String>,
    /// How many sources listen.
    pub sources: usize,
    /// What was heard.
    pub heard: Heard,
}

/// What was heard since listening began.
#[derive(Debug, Clone, Template)]
#[template(path = "access/heard.html")]
pub struct Heard {
    /// Mentions so far.
    pub mentions: i64,
    /// How many of them could be answered.
    pub answerable: i64,
    /// Whether there is enough for the presence audit.
    pub enough: bool,
}
