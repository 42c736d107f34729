//! Channels: connected accounts and sources, what they can do, how they are, and their feeds with cursors.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, FeedId};
use crate::word_enum;

word_enum! {
    /// How a channel is.
    Health {
        /// Works.
        Ok = "ok",
        /// Works, but its access ends soon.
        Expiring = "expiring",
        /// Waits for a person to do something.
        NeedsPerson = "needs_person",
        /// Paused by a person or by a hold.
        Paused = "paused",
        /// Fails; tries go on.
        Failing = "failing",
    }
}

/// A connected account or source.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// `bluesky`, `mastodon`, `feed`, `webhook`, `csv` …
    pub network: String,
    /// Its name as shown.
    pub name: String,
    /// Where the service is.
    pub base_url: String,
    /// Our handle there.
    pub handle: Option<String>,
    /// Our stable id there.
    pub external_id: Option<String>,
    /// What the connector was told, as JSON.
    pub config: String,
    /// What the channel can do, as JSON of the connector.
    pub capabilities: String,
    /// How it is.
    pub health: Health,
    /// What there is to say about its health.
    pub health_note: String,
    /// Whether a secret is stored.
    pub has_secret: bool,
    /// When it was switched off.
    pub disabled_at: Option<Timestamp>,
    /// When something came in last.
    pub last_in: Option<Timestamp>,
    /// When something went out last.
    pub last_out: Option<Timestamp>,
    /// When its access ends, where known.
    pub access_until: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A channel to be stored.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewChannel {
    /// `bluesky`, `mastodon`, `feed`, `webhook`, `csv` …
    pub network: String,
    /// Its name as shown.
    pub name: String,
    /// Where the service is.
    pub base_url: String,
    /// Our handle there.
    pub handle: Option<String>,
    /// Our stable id there.
    pub external_id: Option<String>,
    /// What the connector is told, as JSON.
    pub config: String,
    /// What the channel can do, as JSON of the connector.
    pub capabilities: String,
    /// The sealed secret.
    pub secret: Option<Vec<u8>>,
    /// When its access ends, where known.
    pub access_until: Option<Timestamp>,
}

/// One thing a channel listens to, with its place in the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Its id.
    pub id: FeedId,
    /// Its channel.
    pub channel: ChannelId,
    /// The network of its channel.
    pub network: String,
    /// What it asks for, as JSON of the connector.
    pub spec: String,
    /// Where it stands.
    pub cursor: Option<String>,
    /// Seconds between two polls.
    pub interval_seconds: u32,
    /// When it is due.
    pub next_poll_at: Timestamp,
    /// When it was polled with success.
    pub last_ok_at: Option<Timestamp>,
    /// What went wrong last; empty when nothing did.
    pub last_error: String,
    /// Failures in a row.
    pub failures: u32,
    /// Whether it is switched on.
    pub active: bool,
}

/// The right to poll a feed until an instant. A later holder has a higher number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLease {
    /// The feed.
    pub feed: Feed,
    /// Fencing number.
    pub fencing: i64,
    /// When the right ends.
    pub until: Timestamp,
}

/// A hole in what was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Where.
    pub feed: FeedId,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Why, in words.
    pub reason: String,
    /// When it was filled.
    pub filled_at: Option<Timestamp>,
}
