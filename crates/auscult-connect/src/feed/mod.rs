//! Feeds at an address: RSS, Atom and JSON Feed, of articles, of the comments below a blog, of reviews.
//!
//! Only listened to. Asked with what the server said last time, so that nothing new costs nothing; a feed that moved
//! for good is followed and the new address handed back; a page that names its feed leads to it.

mod cursor;
pub mod discover;
mod document;
mod entry;
mod json;
mod poll;
pub mod websub;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::contract::{
    AccountInfo, Budget, Capabilities, ConnectError, Connector, Cx, FeedSpec, Fetched, InboundPost,
    Page, Problem, Reconciled, SendError, SendJob, Sent,
};

pub use document::{Feed, Item, parse};

/// The name of this network.
pub const NETWORK: &str = "feed";

/// The connector. Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Feeds;

#[async_trait]
impl Connector for Feeds {
    fn network(&self) -> &'static str {
        NETWORK
    }

    /// Looks at the feed at the account's address, or at the one its page names: title, and where the feed is.
    async fn probe(&self, cx: &Cx) -> Result<AccountInfo, ConnectError> {
        let (address, feed) = poll::look(cx, &cx.account.base_url).await?;
        let notes =
            vec!["A feed is only listened to; answer at the address of the item.".to_owned()];
        Ok(AccountInfo {
            name: feed
                .title
                .filter(|title| !title.is_empty())
                .unwrap_or_else(|| address.clone()),
            external_id: address,
            handle: String::new(),
            capabilities: Capabilities {
                notes,
                ..Capabilities::default()
            },
        })
    }

    async fn poll(
        &self,
        cx: &Cx,
        feed: &FeedSpec,
        cursor: Option<&str>,
        budget: Budget,
    ) -> Result<Page, ConnectError> {
        let FeedSpec::Address { url, kind } = feed else {
            return Err(ConnectError::NotOffered(
                "listening to anything but an address",
            ));
        };
        poll::poll(cx, url, *kind, cursor, budget).await
    }

    async fn stream(
        &self,
        _cx: &Cx,
        _feed: &FeedSpec,
        _cursor: Option<&str>,
        _out: mpsc::Sender<Page>,
    ) -> Result<(), ConnectError> {
        Err(ConnectError::NotOffered("a stream"))
    }

    async fn fetch(&self, _cx: &Cx, _ids: &[String]) -> Result<Vec<Fetched>, ConnectError> {
        Err(ConnectError::NotOffered("asking for single items"))
    }

    async fn thread(&self, _cx: &Cx, _id: &str) -> Result<Vec<InboundPost>, ConnectError> {
        Err(ConnectError::NotOffered("a thread"))
    }

    fn validate(&self, _capabilities: &Capabilities, _job: &SendJob) -> Vec<Problem> {
        let message =
            "A feed takes no answers; answer at the address of the item and mark it as answered.";
        vec![Problem {
            code: "no_target".to_owned(),
            message: message.to_owned(),
        }]
    }

    async fn send(&self, _cx: &Cx, _job: &SendJob) -> Result<Sent, SendError> {
        Err(SendError::Refused(
            "a feed takes no answers; answer at the address of the item".to_owned(),
        ))
    }

    async fn reconcile(&self, _cx: &Cx, _job: &SendJob) -> Result<Reconciled, ConnectError> {
        Err(ConnectError::NotOffered("sending"))
    }

    async fn withdraw(&self, _cx: &Cx, _external_id: &str) -> Result<(), ConnectError> {
        Err(ConnectError::NotOffered("taking a post down"))
    }
}

#[cfg(test)]
mod tests;
