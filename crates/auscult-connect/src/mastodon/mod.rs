//! The fediverse through the Mastodon client API: Mastodon itself, and the servers that speak it in part.
//!
//! Asked over HTTP, heard over a WebSocket where one is offered. What a server lacks (streaming, deletion, a key that
//! makes a repeated send harmless) is found out by [`Mastodon::probe`] and said in the capabilities; sending itself
//! never relies on it. A post is named by its `uri`, which is the same on every server that has it.

mod api;
mod count;
mod id;
mod poll;
mod read;
mod send;
mod stream;
pub mod wire;

pub(crate) use count::length;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::contract::{
    AccountInfo, Budget, Capabilities, ConnectError, Connector, Cx, FeedSpec, Fetched, Idempotency,
    InboundPost, Page, Problem, Reconciled, SendError, SendJob, Sent, TextRule,
};
use api::Api;
use wire::{Instance, OwnAccount};

/// The name of this network.
pub const NETWORK: &str = "mastodon";

/// The connector. Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mastodon;

#[async_trait]
impl Connector for Mastodon {
    fn network(&self) -> &'static str {
        NETWORK
    }

    async fn probe(&self, cx: &Cx) -> Result<AccountInfo, ConnectError> {
        let api = Api::new(cx)?;
        let (instance, is_full) = instance(&api).await?;
        if cx.account.secret.expose().is_empty() {
            let name = instance.title.clone().unwrap_or_else(|| api.host());
            let capabilities = Capabilities {
                reply: false,
                publish: false,
                ..capabilities(&instance, is_full)
            };
            return Ok(AccountInfo {
                name,
                capabilities,
                ..AccountInfo::default()
            });
        }
        let own: OwnAccount = api.get("/api/v1/accounts/verify_credentials", &[]).await?;
        Ok(AccountInfo {
            handle: wire::whole_handle(&own.acct, own.url.as_deref(), &api.host()),
            name: own
                .display_name
                .filter(|name| !name.is_empty())
                .unwrap_or(own.username),
            external_id: own.id,
            capabilities: capabilities(&instance, is_full),
        })
    }

    async fn poll(
        &self,
        cx: &Cx,
        feed: &FeedSpec,
        cursor: Option<&str>,
        budget: Budget,
    ) -> Result<Page, ConnectError> {
        poll::poll(&Api::new(cx)?, feed, cursor, budget).await
    }

    async fn stream(
        &self,
        cx: &Cx,
        feed: &FeedSpec,
        cursor: Option<&str>,
        out: mpsc::Sender<Page>,
    ) -> Result<(), ConnectError> {
        stream::run(&Api::new(cx)?, feed, cursor, &out).await
    }

    async fn fetch(&self, cx: &Cx, ids: &[String]) -> Result<Vec<Fetched>, ConnectError> {
        read::fetch(&Api::new(cx)?, ids).await
    }

    async fn thread(&self, cx: &Cx, id: &str) -> Result<Vec<InboundPost>, ConnectError> {
        read::thread(&Api::new(cx)?, id).await
    }

    fn validate(&self, capabilities: &Capabilities, job: &SendJob) -> Vec<Problem> {
        count::problems(capabilities, job)
    }

    async fn send(&self, cx: &Cx, job: &SendJob) -> Result<Sent, SendError> {
        send::send(cx, job).await
    }

    async fn reconcile(&self, cx: &Cx, job: &SendJob) -> Result<Reconciled, ConnectError> {
        send::reconcile(&Api::new(cx)?, job).await
    }

    async fn withdraw(&self, cx: &Cx, external_id: &str) -> Result<(), ConnectError> {
        send::withdraw(&Api::new(cx)?, external_id).await
    }
}

/// What a server says of itself, and whether it knows the newer form.
async fn instance(api: &Api) -> Result<(Instance, bool), ConnectError> {
    match api.get("/api/v2/instance", &[]).await {
        Ok(instance) => Ok((instance, true)),
        Err(ConnectError::Gone(_) | ConnectError::Broken(_)) => {
            let instance = api.get("/api/v1/instance", &[]).await?;
            Ok((instance, false))
        }
        Err(error) => Err(error),
    }
}

/// Which software a server runs, as far as it changes what can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Software {
    /// Mastodon 2.8 or newer, and its forks.
    Mastodon,
    /// Another server that is known to stream and to delete.
    Known,
    /// Anything else.
    Other,
}

fn software(version: &str) -> Software {
    let lower = version.to_lowercase();
    if ["pleroma", "akkoma", "gotosocial", "friendica", "pixelfed"]
        .iter()
        .any(|name| lower.contains(name))
    {
        return Software::Known;
    }
    let mut numbers = lower.split('.');
    let mut next = || numbers.next().and_then(|number| number.parse::<u32>().ok());
    let is_new = matches!((next(), next()), (Some(major), Some(minor)) if (major, minor) >= (2, 8));
    if is_new && !lower.contains('(') {
        Software::Mastodon
    } else {
        Software::Other
    }
}

fn capabilities(instance: &Instance, is_full: bool) -> Capabilities {
    let software = software(&instance.version);
    let has_stream = instance.streaming().is_some() && (is_full || software != Software::Other);
    let statuses = instance
        .configuration
        .clone()
        .unwrap_or_default()
        .statuses
        .unwrap_or_default();
    let max = statuses
        .max_characters
        .or(instance.max_toot_chars)
        .unwrap_or(500);
    let url = statuses.characters_reserved_per_url.unwrap_or(23);
    let mut notes = Vec::new();
    if !has_stream {
        notes.push("This server offers no stream; it is asked again and again instead.".to_owned());
    }
    if software == Software::Other {
        notes
            .push("This server cannot take a post down for us; do it on its own pages.".to_owned());
    }
    if software != Software::Mastodon {
        notes.push("This server keeps no key for what is sent; an unclear outcome is settled by reading back.".to_owned());
    }
    notes.push("Private answers can be read by whoever runs the servers on both sides.".to_owned());
    Capabilities {
        search: software == Software::Mastodon,
        stream: has_stream,
        reply: true,
        publish: true,
        withdraw: software != Software::Other,
        idempotency: if software == Software::Mastodon {
            Idempotency::HeaderKey
        } else {
            Idempotency::ReadBack
        },
        text: TextRule::Mastodon { max, url },
        keep_days: None,
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_can_do_shows_in_its_version() {
        for (version, expected) in [
            ("4.3.0", Software::Mastodon),
            ("4.4.1+glitch", Software::Mastodon),
            ("2.7.4", Software::Other),
            ("2.7.2 (compatible; Pleroma 2.6.0)", Software::Known),
            ("0.17.3 gotosocial", Software::Known),
            ("4.0.0 (not true; really snac/2.75)", Software::Other),
            ("", Software::Other),
        ] {
            assert_eq!(software(version), expected, "{version}");
        }
    }
}
