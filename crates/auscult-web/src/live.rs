//! Live events from server to browser: one way, numbered, a closed list of kinds, and never the words of a message.

use std::convert::Infallible;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use serde::Serialize;

/// What a live event can say. A browser fetches what it may see; the event only says that there is something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Live {
    /// A conversation is new or has changed.
    Conversation {
        /// Its number.
        number: i64,
    },
    /// Counts of views, tiles or the rail have changed.
    Counts,
    /// A delivery moved on.
    Delivery {
        /// The number of its conversation.
        number: i64,
    },
    /// Somebody opened, left or writes in a conversation.
    Presence {
        /// Its number.
        number: i64,
    },
    /// The safety desk has something new.
    Safety,
    /// A channel's or a source's health has changed.
    Channel,
    /// The plan has changed.
    Plan,
    /// An approval was asked for or given.
    Approval,
}

/// A numbered event of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Its number, growing by workspace.
    pub number: i64,
    /// What it says.
    pub live: Live,
}

impl Numbered {
    /// The frame of the stream.
    pub fn frame(&self) -> Event {
        let data = serde_json::to_string(&self.live).unwrap_or_default();
        Event::default()
            .id(self.number.to_string())
            .event("live")
            .data(data)
    }
}

/// What the polling fallback answers: the events since a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Since {
    /// The last number.
    pub last: i64,
    /// The events after the number asked for.
    pub events: Vec<Live>,
}

/// The number after which a browser wants to hear: what it kept from before wins over the query.
pub fn since(headers: &HeaderMap, query: Option<i64>) -> Option<i64> {
    let kept = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    kept.or(query)
}

/// A stream of events as an answer; a comment every 10 seconds tells the browser that it is still live.
pub fn stream<S>(events: S) -> Sse<impl Stream<Item = Result<Event, Infallible>>>
where
    S: Stream<Item = Result<Event, Infallible>> + Send + 'static,
{
    let beat = Event::default().event("beat").data("1");
    Sse::new(events).keep_alive(
        KeepAlive::new()
            .interval(std::time::Duration::from_secs(10))
            .event(beat),
    )
}
