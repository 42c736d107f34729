//! What stands around every page: top bar, rail, messages, palette and the sheet of keys.

use std::sync::Arc;

use crate::assets::Assets;
use crate::router::Visit;
use crate::ui::{Avatar, Flash};

/// The theme a reader chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Reads the cookie; whatever is unknown follows the system.
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// The value of `data-theme`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Pages of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Today.
    Today,
    /// Inbox and everything opened from it.
    Inbox,
    /// Approvals.
    Approvals,
    /// Listen.
    Listen,
    /// Presence audit.
    Presence,
    /// Archive search.
    Search,
    /// Plan.
    Plan,
    /// Measure.
    Measure,
    /// Reputation.
    Reputation,
    /// Programme.
    Programme,
    /// Reports.
    Reports,
    /// Safety desk.
    Safety,
    /// People.
    People,
    /// Channels.
    Channels,
    /// Settings.
    Settings,
    /// None of them.
    #[default]
    Elsewhere,
}

/// One line of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RailLink {
    /// The page.
    pub place: Place,
    /// Its path in the workspace.
    pub path: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// The key of its name.
    pub name: &'static str,
    /// The key that follows `g`.
    pub key: &'static str,
    /// What waits there.
    pub count: u32,
    /// Whether what waits is a matter of safety or a fault.
    pub hot: bool,
}

/// What waits behind the lines of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Conversations that wait for this member.
    pub today: u32,
    /// Conversations that wait for the team.
    pub inbox: u32,
    /// Approvals asked of this member.
    pub approvals: u32,
    /// Pieces that need somebody.
    pub plan: u32,
    /// Open safety flags; `None` hides the desk's count from those without the duty.
    pub safety: Option<u32>,
    /// Channels that need somebody.
    pub channels: u32,
}

/// The workspace in the top bar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkspaceName {
    /// Its name.
    pub name: String,
    /// Where its pages begin, such as `/w/st-brigids`.
    pub base: String,
    /// Whether it is the one shown.
    pub current: bool,
}

impl WorkspaceName {
    /// The two letters of its crest.
    pub fn crest(&self) -> String {
        self.name
            .split_whitespace()
            .filter_map(|word| word.chars().next())
            .take(2)
            .collect::<String>()
            .to_uppercase()
    }
}

/// What stands around a page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The language's tag.
    pub lang: &'static str,
    /// The theme.
    pub theme: Theme,
    /// The nonce of scripts.
    pub nonce: String,
    /// Where style sheet and script are.
    pub assets: Arc<Assets>,
    /// Which page is shown.
    pub place: Place,
    /// Whether the page fills the window and scrolls inside.
    pub fill: bool,
    /// The workspace shown.
    pub workspace: WorkspaceName,
    /// All workspaces of this member.
    pub workspaces: Vec<WorkspaceName>,
    /// The member's name.
    pub member: String,
    /// Who else is in now.
    pub here: Vec<Avatar>,
    /// What waits behind the lines of the rail.
    pub counts: Counts,
    /// A message after something was done.
    pub flash: Option<Flash>,
    /// Whether single keys are on.
    pub keys: bool,
    /// The number of the last live event, when the page is live.
    pub live_since: Option<i64>,
    /// Whether the member may open settings of the workspace.
    pub manages: bool,
    /// Whether this is the filled example and not a real workspace.
    pub example: bool,
}

impl Shell {
    /// The shell of a visit; a handler sets what else it knows.
    pub fn of(
        visit: &Visit,
        place: Place,
        workspace: WorkspaceName,
        member: impl Into<String>,
    ) -> Self {
        Self {
            lang: visit.reader.locale.tag(),
            theme: visit.theme,
            nonce: visit.nonce.0.clone(),
            assets: Arc::clone(&visit.assets),
            place,
            fill: false,
            workspaces: vec![workspace.clone()],
            workspace,
            member: member.into(),
            here: Vec::new(),
            counts: Counts::default(),
            flash: None,
            keys: visit.keys,
            live_since: None,
            manages: true,
            example: false,
        }
    }

    /// The member's mark.
    pub fn me(&self) -> Avatar {
        Avatar::of(&self.member)
    }

    /// The upper lines of the rail.
    pub fn rail(&self) -> Vec<RailLink> {
        let counts = &self.counts;
        let safety = counts.safety.unwrap_or(0);
        vec![
            link(Place::Today, "/today", "today", "nav-today", "t").count(counts.today),
            link(Place::Inbox, "/inbox", "inbox", "nav-inbox", "i").count(counts.inbox),
            link(
                Place::Approvals,
                "/approvals",
                "checkc",
                "nav-approvals",
                "v",
            )
            .count(counts.approvals),
            link(Place::Listen, "/listen", "listen", "nav-listen", "l"),
            link(
                Place::Presence,
                "/presence",
                "presence",
                "nav-presence",
                "n",
            ),
            link(Place::Search, "/search", "search", "nav-search", "f"),
            link(Place::Plan, "/plan", "plan", "nav-plan", "p").count(counts.plan),
            link(Place::Measure, "/measure", "measure", "nav-measure", "m"),
            link(Place::Safety, "/safety", "safety", "nav-safety", "s").hot(safety),
            link(Place::People, "/people", "people", "nav-people", "o"),
        ]
    }

    /// The lower lines of the rail.
    pub fn rail_foot(&self) -> Vec<RailLink> {
        let mut lines = Vec::new();
        if self.manages {
            lines.push(
                link(
                    Place::Channels,
                    "/settings/channels",
                    "channels",
                    "nav-channels",
                    "c",
                )
                .hot(self.counts.channels),
            );
        }
        lines.push(link(
            Place::Settings,
            "/settings",
            "settings",
            "nav-settings",
            ",",
        ));
        lines
    }

    /// The five lines of the bar on a small screen.
    pub fn tabbar(&self) -> Vec<RailLink> {
        const FIVE: [Place; 5] = [
            Place::Today,
            Place::Inbox,
            Place::Plan,
            Place::Measure,
            Place::Safety,
        ];
        self.rail()
            .into_iter()
            .filter(|line| FIVE.contains(&line.place))
            .collect()
    }
}

const fn link(
    place: Place,
    path: &'static str,
    icon: &'static str,
    name: &'static str,
    key: &'static str,
) -> RailLink {
    RailLink {
        place,
        path,
        icon,
        name,
        key,
        count: 0,
        hot: false,
    }
}

impl RailLink {
    const fn count(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    const fn hot(mut self, count: u32) -> Self {
        self.count = count;
        self.hot = true;
        self
    }
}

/// The sheet of keys: the key of each name in the locale files, and the one or two keys to press.
pub const KEYS: [(&str, &str, &str); 25] = [
    ("key-move", "j", "k"),
    ("key-open", "\u{21b5}", ""),
    ("key-reply", "r", ""),
    ("key-note", "n", ""),
    ("key-resolve", "e", ""),
    ("key-resolve-next", "\u{21e7}", "e"),
    ("key-give", "a", ""),
    ("key-take", "i", ""),
    ("key-team", "t", ""),
    ("key-snooze", "s", ""),
    ("key-label", "l", ""),
    ("key-priority", "p", ""),
    ("key-unread", "u", ""),
    ("key-select", "x", ""),
    ("key-macro", "m", ""),
    ("key-concern", "c", ""),
    ("key-piece", "w", ""),
    ("key-approve", "v", ""),
    ("key-search", "/", ""),
    ("key-undo", "z", ""),
    ("key-go", "g", "\u{2026}"),
    ("key-palette", "Ctrl", "K"),
    ("key-send", "Ctrl", "\u{21b5}"),
    ("key-back", "Esc", ""),
    ("key-sheet", "?", ""),
];
