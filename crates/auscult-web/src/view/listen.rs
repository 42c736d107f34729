//! Listening: watches and their editor, sources, the presence audit.

use askama::Template;
use jiff::Timestamp;

use crate::charts::{Chart, Diverging, Spark};
use crate::filters;
use crate::said::Said;
use crate::ui::{Badge, Choice, Empty, Field, State};
use crate::view::access::TestResult;
use crate::view::bring::{Bring, Mark};
use crate::view::shell::Shell;

/// `/listen`: watches and sources. Sources: posts `kind`, `address` to `/listen/sources`, tests with
/// `/listen/sources/test`, pauses with `/listen/sources/{id}/pause`.
#[derive(Debug, Clone, Template)]
#[template(path = "listen/page.html")]
pub struct ListenPage {
    /// What stands around it.
    pub shell: Shell,
    /// The watches.
    pub watches: Vec<WatchLine>,
    /// The sources.
    pub sources: Vec<SourceLine>,
    /// Kinds of source that can be added.
    pub kinds: Vec<Choice>,
    /// The address that was typed.
    pub address: Field,
    /// What a test heard.
    pub test: Option<TestResult>,
}

impl ListenPage {
    fn behind(&self) -> usize {
        self.sources
            .iter()
            .filter(|source| source.state.class() != "ok-t")
            .count()
    }
}

/// One watch in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchLine {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// What it looks for, in one line.
    pub what: String,
    /// How many new matches it has.
    pub fresh: i64,
    /// Whether it listens.
    pub state: State,
    /// Matches a day, lately.
    pub spark: Spark,
    /// Whether it is open.
    pub current: bool,
}

/// One source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceLine {
    /// Its id.
    pub id: i64,
    /// Its icon.
    pub icon: &'static str,
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: State,
    /// When it last brought something.
    pub last: Option<Timestamp>,
    /// The usual delay.
    pub delay: Said,
    /// How many posts in 30 days.
    pub month: i64,
    /// What it allows.
    pub allows: Said,
    /// What is wrong and how to mend it.
    pub trouble: Option<Said>,
    /// Whether it is switched off.
    pub is_off: bool,
}

/// The editor of a watch: `/listen/watches/{id}` and `/listen/watches/new`. Posts `name`, `query`, `active`, `opens`, `why`,
/// `version` to its own path, nothing to `{path}/remove`; `/listen/watches/check` answers [`Backtest`];
/// `/listen/watches/bring` fills it from [`Bring`].
#[derive(Debug, Clone, Template)]
#[template(path = "listen/watch.html")]
pub struct WatchPage {
    /// What stands around it.
    pub shell: Shell,
    /// Where it posts to.
    pub path: String,
    /// Its name.
    pub name: Field,
    /// Its query.
    pub query: String,
    /// The form for a query of another suite, on the page of a new watch.
    pub bring: Option<Bring>,
    /// What would have matched, or what is wrong with the query.
    pub backtest: Backtest,
    /// Who changed it last, and when.
    pub changed: Option<(String, Timestamp)>,
    /// Whether a match that needs an answer opens a conversation.
    pub opens: bool,
    /// Whether it listens.
    pub active: bool,
    /// The version it was opened at; 0 for a new one.
    pub version: i64,
    /// Its wordings, newest first.
    pub versions: Vec<Wording>,
    /// Whether this member may change it.
    pub may_change: bool,
    /// All watches, for the side.
    pub watches: Vec<WatchLine>,
    /// Topics of the matches: name, share from 0 to 1.
    pub topics: Vec<(Said, f64)>,
}

/// An earlier or present wording of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Its number.
    pub number: i64,
    /// Who wrote it.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// Why, in words.
    pub why: String,
    /// The query.
    pub query: String,
}

/// `/listen/lists`: posts `name`, `entries`, `version` there, and nothing to `/listen/lists/{id}/remove`.
#[derive(Debug, Clone, Template)]
#[template(path = "listen/lists.html")]
pub struct ListsPage {
    /// What stands around it.
    pub shell: Shell,
    /// The lists.
    pub lists: Vec<ListCard>,
    /// The name of a new one.
    pub name: Field,
    /// Its entries, one a line.
    pub entries: Field,
    /// Whether this member may change them.
    pub may_change: bool,
}

/// One list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListCard {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// How many entries.
    pub count: usize,
    /// Its entries, one a line.
    pub entries: Field,
    /// The version it was opened at.
    pub version: i64,
}

/// What a query would have heard; a fragment.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "listen/backtest.html")]
pub struct Backtest {
    /// What is wrong with the query, each with its place.
    pub errors: Vec<QueryError>,
    /// What it costs, and what may be meant otherwise.
    pub notes: Vec<String>,
    /// How the query is understood.
    pub understood: String,
    /// How many would have matched.
    pub matched: i64,
    /// There are more; the newest were counted.
    pub is_partial: bool,
    /// Over how many days.
    pub days: i64,
    /// Out of how many posts.
    pub out_of: i64,
    /// How long it took.
    pub millis: i64,
    /// The difference from the saved query.
    pub against_saved: Option<i64>,
    /// The volume by day.
    pub chart: Option<Chart>,
    /// The newest matches.
    pub matches: Vec<Hit>,
    /// What was nearly matched, and what kept it out.
    pub near: Vec<Hit>,
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// A piece of a text that may be marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The words.
    pub text: String,
    /// Whether they matched.
    pub hit: bool,
}

/// One heard text.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its words with what matched.
    pub pieces: Vec<Marked>,
    /// Its language, when it is not the page's.
    pub lang: Option<String>,
    /// The channel's icon.
    pub icon: &'static str,
    /// The channel's name.
    pub channel: String,
    /// When.
    pub at: Timestamp,
    /// What else is to say, such as what kept it out.
    pub note: Option<Said>,
    /// Where it stands: our conversation, or the place itself.
    pub path: Option<String>,
    /// How often nearly the same was said, and where all of it is shown.
    pub said: Option<(Said, String)>,
    /// Labels.
    pub badges: Vec<Badge>,
}

/// `/presence`: what people already say about you.
#[derive(Debug, Clone, Template)]
#[template(path = "listen/presence.html")]
pub struct PresencePage {
    /// What stands around it.
    pub shell: Shell,
    /// What it says in one sentence.
    pub lede: Said,
    /// When it was last made.
    pub made: Option<Timestamp>,
    /// Three findings: head and sentence.
    pub short: Vec<(Said, Said)>,
    /// By network.
    pub networks: Vec<NetworkLine>,
    /// By topic.
    pub topics: Vec<TopicLine>,
    /// Said most, and most worth hearing.
    pub quotes: Vec<Hit>,
    /// Questions that nobody answered here.
    pub questions: Vec<Hit>,
    /// Places they mention.
    pub places: Vec<MentionLine>,
    /// Clinicians they mention who agreed to be listed.
    pub clinicians: Vec<MentionLine>,
    /// Too little was heard yet.
    pub empty: Option<Empty>,
}

/// One network.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkLine {
    /// Its icon.
    pub icon: &'static str,
    /// Its name.
    pub name: String,
    /// What was found there.
    pub found: String,
    /// Whether it is ours.
    pub owned: State,
    /// Mentions.
    pub mentions: i64,
    /// Its share of all mentions, with its interval.
    pub share: Said,
    /// What to do next: path and words.
    pub next: Option<(String, Said)>,
}

/// One topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicLine {
    /// Its name.
    pub name: Said,
    /// Hard against good.
    pub shares: Diverging,
    /// The share of hard ones as shown.
    pub hard: String,
    /// The share of good ones as shown.
    pub good: String,
    /// Mentions.
    pub mentions: i64,
}

/// A place or a clinician.
#[derive(Debug, Clone, PartialEq)]
pub struct MentionLine {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// What people say.
    pub what: String,
    /// Mentions over twelve months.
    pub spark: Option<Spark>,
    /// Mentions.
    pub mentions: i64,
}
