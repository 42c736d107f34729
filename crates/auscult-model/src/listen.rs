//! Listening: what one transaction of ingest takes, what it says back, and a post as it is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, ConversationId, FeedId, ImportId, PostId, SubjectId, TeamId, WatchId};
use crate::inbox::Reach;
use crate::post::Post;

/// The bytes of an item as received, before any parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What they are, as `application/json`.
    pub media_type: String,
}

/// What classification says of a post: one JSON text and the columns needed to sort and filter.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Findings {
    /// Everything, as `auscult classify` prints it.
    pub json: String,
    /// Language, BCP 47 or `und`.
    pub lang: String,
    /// `positive`, `neutral`, `negative`, `mixed`.
    pub sentiment: String,
    /// Main intent.
    pub intent: String,
    /// 0 to 3.
    pub urgency: u8,
    /// 0 to 100.
    pub salience: u8,
    /// Polarity from -1 to 1.
    pub polarity: f64,
    /// Topics of care with their polarity.
    pub topics: Vec<TopicFinding>,
    /// Flags by their id.
    pub flags: Vec<String>,
    /// Which rules and weights said so.
    pub rules: String,
}

/// A topic a post speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicFinding {
    /// The topic's id.
    pub id: String,
    /// How it is spoken of, -1 to 1.
    pub polarity: f64,
}

/// Where an item goes in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Route {
    /// Nowhere: it is kept and found by search. An item of a thread that has a conversation is still added to it.
    #[default]
    None,
    /// Into the conversation of its thread; one is opened when there is none.
    Conversation(RouteTo),
}

/// The conversation an item belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTo {
    /// Public thread or private words.
    pub reach: Reach,
    /// Whether an answer is owed.
    pub needs_answer: bool,
    /// Urgency 0 to 3, after all rules.
    pub urgency: u8,
    /// When the first (or next) reply is due.
    pub due_at: Option<Timestamp>,
    /// The team it goes to.
    pub team: Option<TeamId>,
    /// On the safety desk: seen by those with the duty only.
    pub restricted: bool,
}

/// A post on its way into the store.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewPost {
    /// The post itself; its `source` and `id` name it.
    pub post: Post,
    /// When it was written (the connector's time, else the time it was received).
    pub posted_at: Timestamp,
    /// When this version of it was written; a later one wins, whatever the order of arrival.
    pub version_at: Timestamp,
    /// The provider's name of this version, for the raw event; empty when it has none.
    pub version: String,
    /// The first post of its thread (its own id when it starts one).
    pub thread_root: String,
    /// What the connector needs to answer it, as its own JSON; empty when it cannot be answered there.
    pub reply_to: String,
    /// As received.
    pub raw: Option<RawEvent>,
    /// What classification says.
    pub findings: Findings,
    /// Watches that match.
    pub matches: Vec<WatchId>,
    /// Subjects it is about.
    pub subjects: Vec<SubjectId>,
    /// Folded words of title and text, for the search index.
    pub words: Vec<String>,
    /// The near-duplicate cluster, named after its first post: source, space, id there. `None` for a first post.
    pub cluster: Option<String>,
    /// Written by one of our own accounts.
    pub own: bool,
    /// Written by someone on the staff list.
    pub staff: bool,
    /// A crisis post: out of ordinary search, reports and exports.
    pub restricted: bool,
    /// Where it goes in the inbox.
    pub route: Route,
}

/// An item of ingest.
#[derive(Debug, Clone, PartialEq)]
pub enum IngestItem {
    /// A new post or a new version of one.
    Post(Box<NewPost>),
    /// The source says it is gone.
    Deleted {
        /// Network or feed.
        source: String,
        /// Its id there.
        external_id: String,
        /// When it was deleted, or when we heard.
        at: Timestamp,
    },
}

/// Where a batch came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IngestFrom {
    /// The channel.
    pub channel: Option<ChannelId>,
    /// The feed, when its cursor moves with the batch: id, fencing number of the lease, new cursor.
    pub feed: Option<(FeedId, i64, Option<String>)>,
    /// The file import.
    pub import: Option<ImportId>,
}

/// What became of an item, in the order of the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IngestResult {
    /// New here.
    Stored(PostId),
    /// A newer version of a post we have.
    Revised(PostId),
    /// Nothing new: the same, or an older version (kept as a revision).
    Known(PostId),
    /// Removed, or marked so that it cannot come.
    Deleted,
    /// Refused: it was deleted or erased before.
    Tombstoned,
    /// Refused, with the reason; the rest of the batch is stored.
    Refused(String),
}

/// What a batch did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IngestOutcome {
    /// One result for each item.
    pub results: Vec<IngestResult>,
    /// Conversations that were opened.
    pub opened: Vec<ConversationId>,
    /// Conversations that got a message, the reopened ones too.
    pub touched: Vec<ConversationId>,
    /// Conversations that were resolved and are open again.
    pub reopened: Vec<ConversationId>,
}

impl IngestOutcome {
    /// How many items were new.
    pub fn stored(&self) -> usize {
        self.results
            .iter()
            .filter(|result| matches!(result, IngestResult::Stored(_)))
            .count()
    }

    /// How many items were refused.
    pub fn refused(&self) -> usize {
        self.results
            .iter()
            .filter(|result| matches!(result, IngestResult::Refused(_)))
            .count()
    }
}

/// A post as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPost {
    /// Our id.
    pub id: PostId,
    /// The canonical post, workflow fields filled from findings and conversation.
    pub post: Post,
    /// When it was written.
    pub posted_at: Timestamp,
    /// When we heard it.
    pub heard_at: Timestamp,
    /// The channel that brought it.
    pub channel: Option<ChannelId>,
    /// First post of its thread.
    pub thread_root: String,
    /// What the connector needs to answer it, as its own JSON; empty when it cannot be answered there.
    pub reply_to: String,
    /// What classification says.
    pub findings: Findings,
    /// Near-duplicate cluster, named after its first post; `None` for a first post.
    pub cluster: Option<String>,
    /// Written by one of our own accounts.
    pub own: bool,
    /// Written by someone on the staff list.
    pub staff: bool,
    /// A crisis post.
    pub restricted: bool,
    /// Its conversation.
    pub conversation: Option<ConversationId>,
    /// How many versions were seen.
    pub revisions: i64,
    /// Watches that match.
    pub matches: Vec<WatchId>,
}

/// A version of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// When it was written.
    pub at: Timestamp,
    /// Its headline.
    pub title: Option<String>,
    /// Its text.
    pub text: Option<String>,
    /// When we heard it.
    pub heard_at: Timestamp,
}

/// Counters of a post at an instant; cumulative, late, and sometimes falling.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The post.
    pub post: PostId,
    /// When it was read.
    pub at: Timestamp,
    /// Likes or favourites.
    pub likes: Option<f64>,
    /// Reposts, boosts, shares.
    pub reposts: Option<f64>,
    /// Replies or comments.
    pub replies: Option<f64>,
    /// Views.
    pub views: Option<f64>,
}
