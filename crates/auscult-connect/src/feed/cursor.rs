//! The place in a feed: what the server said last time, and which items we have in which version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Items remembered at most.
const MOST: usize = 2_000;

/// The place in a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    v: u8,
    /// Where this was heard; validators of another address mean nothing.
    url: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) etag: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) modified: String,
    /// Digest of an id to digest of its content.
    seen: BTreeMap<String, String>,
}

impl Place {
    pub(super) fn new(url: &str) -> Self {
        Self {
            v: 1,
            url: url.to_owned(),
            ..Self::default()
        }
    }

    /// The place a cursor names, for this address; `None` when it is none of ours.
    pub(super) fn read(cursor: &str, url: &str) -> Option<Self> {
        let place: Self = serde_json::from_str(cursor).ok()?;
        if place.v != 1 {
            return None;
        }
        if place.url == url {
            return Some(place);
        }
        Some(Self {
            url: url.to_owned(),
            etag: String::new(),
            modified: String::new(),
            ..place
        })
    }

    pub(super) fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Whether an item is new, or came back changed.
    pub(super) fn is_news(&self, id: &str, content: &[u8]) -> bool {
        self.seen
            .get(&digest(id.as_bytes()))
            .is_none_or(|known| *known != digest(content))
    }

    /// Forgets what the feed no longer holds.
    pub(super) fn keep_only<'a>(&mut self, ids: impl Iterator<Item = &'a str>) {
        let there: std::collections::BTreeSet<String> =
            ids.map(|id| digest(id.as_bytes())).collect();
        self.seen.retain(|id, _| there.contains(id));
    }

    pub(super) fn remember(&mut self, id: &str, content: &[u8]) {
        if self.seen.len() < MOST {
            self.seen.insert(digest(id.as_bytes()), digest(content));
        }
    }

    /// From now on the server is asked whether anything changed.
    pub(super) fn settle(&mut self, etag: &str, modified: &str) {
        etag.clone_into(&mut self.etag);
        modified.clone_into(&mut self.modified);
    }
}

fn digest(bytes: &[u8]) -> String {
    let whole = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
    whole.get(..16).unwrap_or(&whole).to_owned()
}
