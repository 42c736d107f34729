//! What the search index is asked: words and prefixes joined by and/or, and typed filters beside them.
//!
//! The index only proposes; the matcher decides. So terms may ask for too little, never for too much.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, PostId, SubjectId, WatchId};

/// What a post must contain to be worth showing to the matcher.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Terms {
    /// Nothing is required: every post is a candidate.
    #[default]
    Any,
    /// Nothing can match.
    Nothing,
    /// A folded word.
    Word(String),
    /// The beginning of a folded word.
    Prefix(String),
    /// All of these.
    All(Vec<Terms>),
    /// One of these.
    OneOf(Vec<Terms>),
}

/// Filters on columns; an empty one lets everything through.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PostFilter {
    /// Networks or feeds.
    pub sources: Vec<String>,
    /// The channel that brought it.
    pub channel: Option<ChannelId>,
    /// A watch that matches.
    pub watch: Option<WatchId>,
    /// A subject it is about.
    pub subject: Option<SubjectId>,
    /// Sentiments.
    pub sentiments: Vec<String>,
    /// Main intents.
    pub intents: Vec<String>,
    /// A topic.
    pub topic: Option<String>,
    /// A flag.
    pub flag: Option<String>,
    /// Languages.
    pub langs: Vec<String>,
    /// Kinds of post.
    pub kinds: Vec<String>,
    /// At least this salience.
    pub salience_from: Option<u8>,
    /// Written at or after.
    pub from: Option<Timestamp>,
    /// Written before.
    pub to: Option<Timestamp>,
    /// Names one of our subjects, or speaks with us.
    pub about_us: bool,
    /// Without posts of our own accounts.
    pub others_only: bool,
    /// A cluster of near-duplicates, by its name.
    pub cluster: Option<String>,
    /// Stars at most (reviews).
    pub stars_to: Option<f64>,
}

/// A page of posts is what stands before this place, newest first.
pub type Before = Option<PostId>;
