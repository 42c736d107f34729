//! The only networks: one folder for each, one contract ([`contract`]), one suite that all connectors pass.
//!
//! Nothing here knows a database. Everything goes out through the one [`egress`] client.

pub mod bluesky;
pub mod contract;
pub mod dates;
pub mod egress;
pub mod feed;
pub mod html;
pub mod identity;
pub mod import;
pub mod item;
pub mod mastodon;
pub mod webhook;

use std::collections::BTreeMap;
use std::sync::Arc;

use contract::Connector;

/// The connectors by the name of their network.
pub type Registry = BTreeMap<&'static str, Arc<dyn Connector>>;

/// Every connector of this house.
pub fn connectors() -> Registry {
    let all: Vec<Arc<dyn Connector>> = vec![
        Arc::new(bluesky::Bluesky::default()),
        Arc::new(feed::Feeds),
        Arc::new(mastodon::Mastodon),
    ];
    all.into_iter()
        .map(|connector| (connector.network(), connector))
        .collect()
}
