//! What the guard is asked about: a draft, the post it answers, and how it would go out.

use serde::{Deserialize, Serialize};

/// Who can read the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anybody.
    #[default]
    Public,
    /// One person, over a channel covered by the workspace's own agreement.
    Private,
}

/// What kind of text it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An answer to somebody.
    #[default]
    Reply,
    /// A post of our own for everybody.
    Post,
    /// A request for reviews, its rule or its recipients.
    Campaign,
}

/// Which law the findings name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// United States.
    #[default]
    Us,
    /// United Kingdom.
    Uk,
    /// European Union.
    Eu,
}

impl Region {
    /// The country whose lines apply where none is set.
    pub const fn default_country(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Uk => "GB",
            Self::Eu => "EU",
        }
    }
}

/// A picture or film that goes out with the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Media {
    /// Description for people who cannot see it.
    pub alt: String,
    /// Whether a person can be seen.
    #[serde(alias = "person")]
    pub shows_person: bool,
    /// The consent on file.
    #[serde(alias = "consent_id")]
    pub consent: Option<String>,
    /// Whether the file carries where it was taken.
    #[serde(alias = "location", alias = "gps")]
    pub has_location: bool,
}

/// Who stands behind the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// A person writes or presses send now.
    #[default]
    Deliberate,
    /// A named person approved these words.
    Named {
        /// Who.
        by: String,
        /// The words that were approved.
        text: String,
    },
    /// A rule would send it.
    Automatic,
}

/// One text to judge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Case {
    /// The post it answers; empty for a text of our own.
    pub post: String,
    /// The text.
    #[serde(alias = "reply")]
    pub draft: String,
    /// Name of the network.
    pub channel: String,
    /// Who can read it.
    pub audience: Audience,
    /// What kind of text it is.
    pub kind: Kind,
    /// Other parts of the same text that stand before it: earlier posts of a thread.
    pub thread: Vec<String>,
    /// Pictures and films.
    pub media: Vec<Media>,
    /// Who stands behind it.
    pub approval: Approval,
    /// Flags of the post, by id; they add to what the guard sees itself.
    pub flags: Vec<String>,
    /// The organisation's own numbers, addresses and links.
    pub contacts: Vec<String>,
    /// The law, where the case brings one.
    pub region: Option<Region>,
    /// The country, where the case brings one.
    pub country: Option<String>,
    /// Whether a safety record is open for the post.
    pub safety_record_open: bool,
}

impl Case {
    /// A reply to a post, everything else as usual.
    pub fn reply(post: &str, draft: &str) -> Self {
        Self {
            post: post.to_owned(),
            draft: draft.to_owned(),
            ..Self::default()
        }
    }

    /// Whether a flag is set.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.flags.iter().any(|set| set == flag)
    }
}
