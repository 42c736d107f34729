//! The connector contract: what a network must be able to say and do, and in which words it answers.
//!
//! Written down for people in `docs/specs/connector.md`. A connector keeps nothing that must survive: cursors are opaque
//! to the rest of the house and are stored in the same transaction as the items they cover; what is to be sent arrives
//! frozen in a [`SendJob`], so that sending it twice can be told from sending it once.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use auscult_model::listen::RawEvent;
use auscult_model::post::Post;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use unicode_segmentation::UnicodeSegmentation;

use crate::egress::Egress;

/// Where the present comes from.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A text that is never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, at the moment it is used.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// What a call works with: the one client, the account it acts for, and the present.
#[derive(Clone)]
pub struct Cx {
    /// The one client.
    pub egress: Egress,
    /// The account.
    pub account: Account,
    /// The present.
    pub now: Now,
}

/// A connected account or source, as a connector sees it.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Our channel id: names caches of sign-ins.
    pub channel: i64,
    /// Grows when secret or settings change: a cached sign-in of an older version is dropped.
    pub version: i64,
    /// Where the service is, as `https://social.example`.
    pub base_url: String,
    /// The handle or login name.
    pub handle: String,
    /// Our stable id there (a DID, an account id), once probed.
    pub external_id: String,
    /// Password, token or signing key; empty for open sources.
    pub secret: Secret,
    /// Settings of the connector.
    pub config: serde_json::Value,
}

/// What a channel listens to; stored as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum FeedSpec {
    /// Mentions, replies and quotes of our account.
    Mentions,
    /// Posts of our own account and the answers below them.
    Own,
    /// A search in the network's own words.
    Search {
        /// What is searched.
        query: String,
    },
    /// A hashtag, without the sign.
    Hashtag {
        /// The tag.
        tag: String,
    },
    /// A feed at an address (RSS, Atom, JSON Feed).
    Address {
        /// Where.
        url: String,
        /// What its items are; articles unless said (`comment` for a comments feed, `review` for a review feed).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<auscult_model::post::PostKind>,
    },
    /// Everything, as it happens.
    Stream {
        /// Where, when it is not the account's own service.
        #[serde(default)]
        url: String,
        /// `firehose`, `jetstream`, `user`, `public`, `hashtag:tag`.
        flavour: String,
    },
}

/// The place in a feed; its inside belongs to the connector. JSON with a `v` key.
pub type Cursor = String;

/// How much a call may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Items at most.
    pub items: usize,
    /// Requests at most.
    pub requests: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            items: 500,
            requests: 10,
        }
    }
}

/// An item as heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Inbound {
    /// A post, or a new version of one.
    Post(Box<InboundPost>),
    /// The network says it is gone.
    Deleted {
        /// Its id there, as in [`Post::id`].
        external_id: String,
        /// When, or when we heard.
        at: Timestamp,
    },
    /// Could not be read; kept apart with its bytes, the rest goes on.
    Broken {
        /// Where it stands, as `item 3`.
        place: String,
        /// What was expected.
        reason: String,
        /// The bytes, cut at 64 KiB.
        raw: Vec<u8>,
    },
}

/// A post as heard.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InboundPost {
    /// The canonical post; `id` and `source` name it.
    pub post: Post,
    /// When it was written, if the network says.
    pub posted_at: Option<Timestamp>,
    /// When this version was written (an edit), if the network says.
    pub version_at: Option<Timestamp>,
    /// The network's name of this version (a cid, an edit time); empty when it has none.
    pub version: String,
    /// First post of the thread; its own id when it starts one or nobody knows.
    pub thread_root: String,
    /// What is needed to answer it later (`uri`, `cid`, root …), as JSON; empty when it cannot be answered.
    pub reply_to: String,
    /// Written to us alone.
    pub private: bool,
    /// It mentions or answers our account.
    pub addressed_to_us: bool,
    /// As received.
    pub raw: Option<RawEvent>,
}

/// What a poll or a stream brings at once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The items, oldest first.
    pub items: Vec<Inbound>,
    /// Where the feed stands after these.
    pub cursor: Option<Cursor>,
    /// There is more right now.
    pub more: bool,
    /// Something was missed from this instant on, with the reason: shown, never silent.
    pub gap: Option<(Timestamp, String)>,
    /// The source asks not to be looked at before.
    pub not_before: Option<Timestamp>,
    /// The source moved for good; store this address.
    pub moved_to: Option<String>,
}

/// What became of a post that was asked for again.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    /// It is there.
    There(Box<InboundPost>),
    /// It is gone.
    Gone {
        /// Its id.
        external_id: String,
    },
}

/// Who an account is and what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountInfo {
    /// Our stable id there.
    pub external_id: String,
    /// Our handle there.
    pub handle: String,
    /// Our name there.
    pub name: String,
    /// What can be done.
    pub capabilities: Capabilities,
}

/// What a connected account can do; computed for each account, never for a network as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, asked for by name"
)]
pub struct Capabilities {
    /// Public posts can be searched.
    pub search: bool,
    /// New posts arrive as they are written.
    pub stream: bool,
    /// Answers can be sent.
    pub reply: bool,
    /// Posts can be published.
    pub publish: bool,
    /// Own posts can be taken down.
    pub withdraw: bool,
    /// What makes a repeated send harmless.
    pub idempotency: Idempotency,
    /// How text is counted.
    pub text: TextRule,
    /// How many days text may be kept; `None` leaves it to the workspace.
    pub keep_days: Option<u32>,
    /// Notes for people: what this server lacks.
    pub notes: Vec<String>,
}

/// What makes a repeated send harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// A key of ours names the effect (record key, transaction id).
    ClientKey,
    /// A header, kept by the server for a while.
    HeaderKey,
    /// Nothing but reading back what is there.
    #[default]
    ReadBack,
}

/// How a network counts text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextRule {
    /// No limit known.
    #[default]
    Free,
    /// Grapheme clusters and UTF-8 bytes (Bluesky 300 / 3,000).
    Graphemes {
        /// Grapheme clusters at most.
        max: u32,
        /// Bytes at most.
        max_bytes: u32,
    },
    /// Characters, each address counting `url`, remote mentions without their host (Mastodon).
    Mastodon {
        /// Characters at most.
        max: u32,
        /// What an address counts.
        url: u32,
    },
}

impl TextRule {
    /// The length of a text as the network counts it: the one counter of the editor and of every sender.
    pub fn count(self, text: &str) -> usize {
        match self {
            Self::Free | Self::Graphemes { .. } => text.graphemes(true).count(),
            Self::Mastodon { url, .. } => crate::mastodon::length(text, url),
        }
    }

    /// How much fits; `None` when no limit is known.
    pub const fn most(self) -> Option<u32> {
        match self {
            Self::Free => None,
            Self::Graphemes { max, .. } | Self::Mastodon { max, .. } => Some(max),
        }
    }
}

/// What is wrong with a text before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable code: `too_long`, `empty`, `alt_text_missing`, `too_many_images`, `no_target`.
    pub code: String,
    /// In plain words, with the mend.
    pub message: String,
}

/// A picture to go with a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// `image/png`, `image/jpeg` …
    pub media_type: String,
    /// The bytes, metadata already stripped.
    pub bytes: Vec<u8>,
    /// What is to be seen, in words.
    pub alt: String,
}

/// One effect on a network, frozen before the first try.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendJob {
    /// Our delivery, for logs.
    pub delivery: i64,
    /// The key made once before the first try; each connector turns it into its own form.
    pub key: String,
    /// The frozen instant that goes out as time of writing.
    pub created_at: Timestamp,
    /// The words.
    pub text: String,
    /// BCP 47.
    pub lang: String,
    /// The `reply_to` of the post that is answered; `None` publishes.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// Handle to be mentioned where an answer needs it.
    #[serde(default)]
    pub mention: Option<String>,
    /// To that person alone.
    #[serde(default)]
    pub private: bool,
    /// Pictures.
    #[serde(default)]
    pub media: Vec<Media>,
}

/// What the network said about a sent text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its id there, as listening will bring it back.
    pub external_id: String,
    /// Where it can be read.
    pub url: Option<String>,
}

/// What reading back found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reconciled {
    /// It is there.
    Found(Sent),
    /// A complete look did not find it.
    NotFound,
    /// Nobody can tell; the reason in words.
    Undecided(String),
}

/// Why a call brought nothing. A variant says what comes next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Try again later.
    #[error("{message}")]
    Retry {
        /// Not before.
        at: Option<Timestamp>,
        /// What happened.
        message: String,
    },
    /// The access is over: a person must sign in again.
    #[error("{0}")]
    AccessEnded(String),
    /// The settings are wrong: names what and the mend.
    #[error("{0}")]
    Settings(String),
    /// It is not there.
    #[error("{0}")]
    Gone(String),
    /// This network cannot do that.
    #[error("{0} is not offered here")]
    NotOffered(&'static str),
    /// The answer was not what the contract says.
    #[error("{0}")]
    Broken(String),
}

/// Why a text did not go out, or whether it did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Refused for now, surely not accepted: try again.
    #[error("{message}")]
    NotNow {
        /// Not before.
        at: Option<Timestamp>,
        /// What happened.
        message: String,
    },
    /// The access is over; the queue is kept.
    #[error("{0}")]
    AccessEnded(String),
    /// Refused for good, in plain words.
    #[error("{0}")]
    Refused(String),
    /// What it answers is gone.
    #[error("{0}")]
    TargetGone(String),
    /// It left, and nobody knows what became of it: reconcile, never send again blindly.
    #[error("{0}")]
    Unknown(String),
}

/// A network. One instance serves every account on it.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Its name: `bluesky`, `mastodon`, `feed`.
    fn network(&self) -> &'static str;

    /// Who the account is and what it may do.
    async fn probe(&self, cx: &Cx) -> Result<AccountInfo, ConnectError>;

    /// What is new since the cursor. Items may come twice; none may be left out without a gap.
    async fn poll(
        &self,
        cx: &Cx,
        feed: &FeedSpec,
        cursor: Option<&str>,
        budget: Budget,
    ) -> Result<Page, ConnectError>;

    /// Runs a stream until it breaks; pages arrive in `out`, each with its cursor. Returns when the connection ends.
    async fn stream(
        &self,
        cx: &Cx,
        feed: &FeedSpec,
        cursor: Option<&str>,
        out: mpsc::Sender<Page>,
    ) -> Result<(), ConnectError>;

    /// Looks again at posts we have (refresh, deletion upstream).
    async fn fetch(&self, cx: &Cx, ids: &[String]) -> Result<Vec<Fetched>, ConnectError>;

    /// The thread around a post, oldest first, as far as the network gives it.
    async fn thread(&self, cx: &Cx, id: &str) -> Result<Vec<InboundPost>, ConnectError>;

    /// What is wrong with a text. Pure: the same function counts in the editor and before sending.
    fn validate(&self, capabilities: &Capabilities, job: &SendJob) -> Vec<Problem>;

    /// Sends. After anything ambiguous the answer is [`SendError::Unknown`].
    async fn send(&self, cx: &Cx, job: &SendJob) -> Result<Sent, SendError>;

    /// Looks whether the effect of `job` is there.
    async fn reconcile(&self, cx: &Cx, job: &SendJob) -> Result<Reconciled, ConnectError>;

    /// Takes an own post down. Doing it twice is fine.
    async fn withdraw(&self, cx: &Cx, external_id: &str) -> Result<(), ConnectError>;
}

/// The length of a text by a network's rule, and the most it takes; `None` where no limit is known. The same function
/// counts in the editor and before sending.
pub fn count(rule: &TextRule, text: &str) -> Option<(usize, u32)> {
    rule.most().map(|most| (rule.count(text), most))
}
