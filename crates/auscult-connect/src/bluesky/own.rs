//! Answers below our own posts: a thread is read again when its count of replies has grown.

use std::collections::BTreeMap;

use crate::contract::{Budget, ConnectError, Cx, Inbound};

use super::fault::Fault;
use super::item::{Viewer, view};
use super::session::{Call, Sessions};
use super::thread;
use super::wire::{FeedItem, FeedWire};

/// Replies last seen below each of the newest own posts.
pub(super) type Counts = BTreeMap<String, u64>;

/// Own posts that are watched.
const WATCHED: usize = 50;

/// What was answered below our newest posts since last time.
pub(super) async fn answers(
    sessions: &Sessions,
    cx: &Cx,
    viewer: &Viewer,
    counts: &mut Counts,
    budget: Budget,
) -> Result<Vec<Inbound>, ConnectError> {
    let mut left = budget.requests.saturating_sub(1);
    let mut next = Counts::new();
    let mut items = Vec::new();
    for (uri, replies) in newest(sessions, cx, viewer).await? {
        let before = counts.get(&uri).copied().unwrap_or(0);
        if replies == before || left == 0 {
            // Out of budget: the old count stays, so the next look reads the thread.
            next.insert(uri, before);
            continue;
        }
        left -= 1;
        match thread::below(sessions, cx, viewer, &uri).await {
            Ok(found) => {
                let others = found.into_iter().filter(|post| !is_ours(post, viewer));
                items.extend(others.map(|mut post| {
                    post.addressed_to_us = true;
                    Inbound::Post(Box::new(post))
                }));
                next.insert(uri, replies);
            }
            Err(Fault::Told(told)) if told.is_missing() => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    *counts = next;
    Ok(items)
}

fn is_ours(post: &crate::contract::InboundPost, viewer: &Viewer) -> bool {
    post.post
        .author
        .as_ref()
        .and_then(|author| author.id.as_deref())
        == Some(viewer.did.as_str())
}

async fn newest(
    sessions: &Sessions,
    cx: &Cx,
    viewer: &Viewer,
) -> Result<Vec<(String, u64)>, ConnectError> {
    let actor = if viewer.did.is_empty() {
        cx.account.handle.clone()
    } else {
        viewer.did.clone()
    };
    let call = Call::get("app.bsky.feed.getAuthorFeed")
        .with("actor", actor)
        .with("filter", "posts_with_replies")
        .with("limit", WATCHED.to_string());
    let found: FeedWire = sessions.ask(cx, &call).await?.json()?;
    let mut posts = Vec::new();
    for raw in &found.feed {
        let Ok(item) = serde_json::from_str::<FeedItem<'_>>(raw.get()) else {
            continue;
        };
        if item.reason.is_some() {
            continue;
        }
        if let Ok(viewed) = view(item.post.get(), viewer) {
            let replies = viewed.inbound.post.replies.unwrap_or(0.0).max(0.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count of replies, not below zero"
            )]
            posts.push((viewed.inbound.post.id, replies as u64));
        }
    }
    Ok(posts)
}
