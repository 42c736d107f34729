//! Bluesky and every other server of the AT Protocol: listening by search, notifications, own posts and both kinds of
//! stream; answering under record keys of our own.
//!
//! Without a secret an account is a looker-on: search, hashtags, threads and streams work where the server allows it.

mod cbor;
mod facets;
mod fault;
mod firehose;
mod item;
mod jetstream;
mod own;
mod poll;
mod send;
mod session;
mod stream;
mod thread;
mod tid;
mod wire;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::contract::{
    AccountInfo, Budget, Capabilities, ConnectError, Connector, Cx, FeedSpec, Fetched, Idempotency,
    InboundPost, Page, Problem, Reconciled, SendError, SendJob, Sent,
};

use fault::Fault;
use item::{Viewer, view};
use session::{Call, Sessions};
use wire::{AtUri, PostsWire, Profile};

/// Posts asked for at once.
const AT_ONCE: usize = 25;

/// The connector.
#[derive(Default)]
pub struct Bluesky {
    sessions: Sessions,
}

#[async_trait]
impl Connector for Bluesky {
    fn network(&self) -> &'static str {
        "bluesky"
    }

    async fn probe(&self, cx: &Cx) -> Result<AccountInfo, ConnectError> {
        let signed_in = !cx.account.secret.expose().is_empty();
        let mut info = AccountInfo {
            capabilities: Capabilities {
                stream: true,
                reply: signed_in,
                publish: signed_in,
                withdraw: signed_in,
                idempotency: Idempotency::ClientKey,
                text: send::TEXT,
                ..Capabilities::default()
            },
            ..AccountInfo::default()
        };
        if signed_in {
            let session = self.sessions.session(cx).await?;
            info.name = self
                .display_name(cx, &session.did)
                .await?
                .unwrap_or_default();
            info.external_id = session.did;
            info.handle = session.handle;
        } else {
            let address = session::stream_base(cx, "")?;
            address
                .host_str()
                .unwrap_or_default()
                .clone_into(&mut info.name);
        }
        match self
            .sessions
            .ask(
                cx,
                &Call::get("app.bsky.feed.searchPosts")
                    .with("q", "hospital")
                    .with("sort", "latest")
                    .with("limit", "1"),
            )
            .await
        {
            Ok(_) => info.capabilities.search = true,
            Err(Fault::Told(told)) if told.status != 429 && !told.access_is_over() => {
                info.capabilities
                    .notes
                    .push(format!("search does not answer here ({})", told.words()));
            }
            Err(Fault::Told(told)) if !signed_in && told.access_is_over() => {
                info.capabilities.notes.push(
                    "search needs an account here: enter a handle and an app password".to_owned(),
                );
            }
            Err(fault) => return Err(fault.into()),
        }
        Ok(info)
    }

    async fn poll(
        &self,
        cx: &Cx,
        feed: &FeedSpec,
        cursor: Option<&str>,
        budget: Budget,
    ) -> Result<Page, ConnectError> {
        poll::poll(&self.sessions, cx, feed, cursor, budget).await
    }

    async fn stream(
        &self,
        cx: &Cx,
        feed: &FeedSpec,
        cursor: Option<&str>,
        out: mpsc::Sender<Page>,
    ) -> Result<(), ConnectError> {
        stream::stream(cx, feed, cursor, out).await
    }

    async fn fetch(&self, cx: &Cx, ids: &[String]) -> Result<Vec<Fetched>, ConnectError> {
        let viewer = Viewer {
            did: cx.account.external_id.clone(),
        };
        let mut fetched = Vec::new();
        let known: Vec<&String> = ids.iter().filter(|id| AtUri::parse(id).is_some()).collect();
        for chunk in known.chunks(AT_ONCE) {
            let mut call = Call::get("app.bsky.feed.getPosts");
            for id in chunk {
                call = call.with("uris", id.as_str());
            }
            let answer: PostsWire = self.sessions.ask(cx, &call).await?.json()?;
            let mut unreadable = false;
            let mut there = Vec::new();
            for raw in &answer.posts {
                match view(raw.get(), &viewer) {
                    Ok(found) => there.push(found.inbound),
                    Err(_) => unreadable = true,
                }
            }
            // A post that is there and cannot be read must not be taken for one that is gone.
            if !unreadable {
                if let [first, _, ..] = chunk
                    && there.is_empty()
                {
                    self.confirm_gone(cx, first).await?;
                }
                let gone = chunk
                    .iter()
                    .filter(|id| !there.iter().any(|post| post.post.id == ***id));
                fetched.extend(gone.map(|id| Fetched::Gone {
                    external_id: (*id).clone(),
                }));
            }
            fetched.extend(there.into_iter().map(|post| Fetched::There(Box::new(post))));
        }
        Ok(fetched)
    }

    async fn thread(&self, cx: &Cx, id: &str) -> Result<Vec<InboundPost>, ConnectError> {
        thread::thread(&self.sessions, cx, id).await
    }

    fn validate(&self, capabilities: &Capabilities, job: &SendJob) -> Vec<Problem> {
        send::validate(capabilities, job)
    }

    async fn send(&self, cx: &Cx, job: &SendJob) -> Result<Sent, SendError> {
        send::send(&self.sessions, cx, job).await
    }

    async fn reconcile(&self, cx: &Cx, job: &SendJob) -> Result<Reconciled, ConnectError> {
        send::reconcile(&self.sessions, cx, job).await
    }

    async fn withdraw(&self, cx: &Cx, external_id: &str) -> Result<(), ConnectError> {
        send::withdraw(&self.sessions, cx, external_id).await
    }
}

impl Bluesky {
    /// Many posts gone at once may be an index that lost its memory: one is looked up where its author keeps it, before
    /// anything is deleted here.
    async fn confirm_gone(&self, cx: &Cx, uri: &str) -> Result<(), ConnectError> {
        if self.sessions.kept_by_author(cx, uri).await? {
            return Err(ConnectError::Retry {
                at: None,
                message: "the index hides posts that are still there: looked at again later"
                    .to_owned(),
            });
        }
        Ok(())
    }

    /// The name shown; a server without profiles has none.
    async fn display_name(&self, cx: &Cx, did: &str) -> Result<Option<String>, ConnectError> {
        match self
            .sessions
            .ask(
                cx,
                &Call::get("app.bsky.actor.getProfile").with("actor", did),
            )
            .await
        {
            Ok(response) => Ok(response
                .json::<Profile>()
                .ok()
                .and_then(|profile| profile.display_name)),
            Err(Fault::Told(told)) if told.status != 429 && !told.access_is_over() => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }
}
