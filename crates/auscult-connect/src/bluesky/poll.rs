//! In, by asking: lists that run from the newest back are walked down to where we were before.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::contract::{Budget, ConnectError, Cx, FeedSpec, Inbound, Page};

use super::fault::Fault;
use super::item::{Viewed, Viewer, broken, explain, view};
use super::own;
use super::session::{Call, Sessions};
use super::wire::{FeedItem, FeedWire, NotificationsWire, PostsWire, Reason};

/// How far a walk goes back behind the watermark: clocks differ and indexes lag.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// Ids remembered, so that the overlap is not told again.
const RECENT: usize = 400;
/// Posts of the past that the first walk brings.
const FIRST_WALK: usize = 2000;
/// Entries at the end of a page that must all be old before a walk ends: one wrong clock does not end it.
const OLD_ENOUGH: usize = 5;

/// The place in a feed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    v: u8,
    /// The newest instant of a walk that is over.
    mark: Option<Timestamp>,
    /// Ids heard last, newest first.
    recent: Vec<String>,
    /// A walk that is not over.
    walk: Option<Walk>,
    /// Replies seen below own posts.
    #[serde(skip_serializing_if = "own::Counts::is_empty")]
    pub(super) replies: own::Counts,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Walk {
    token: Option<String>,
    top: Option<Timestamp>,
    fresh: Vec<String>,
    seen: usize,
}

/// One entry of a list.
pub(super) struct Entry {
    at: Option<Timestamp>,
    item: Option<Inbound>,
}

struct Listed {
    entries: Vec<Entry>,
    next: Option<String>,
}

/// What is new in a feed.
pub(super) async fn poll(
    sessions: &Sessions,
    cx: &Cx,
    feed: &FeedSpec,
    cursor: Option<&str>,
    budget: Budget,
) -> Result<Page, ConnectError> {
    let viewer = viewer(sessions, cx, feed).await?;
    let mut page = Page::default();
    let mut place = match cursor.map(read_place) {
        None => Place::default(),
        Some(Some(place)) => place,
        Some(None) => {
            let reason = "the place in this feed could not be read: listening starts again with the newest posts";
            page.gap = Some(((cx.now)(), reason.to_owned()));
            Place::default()
        }
    };
    let mut walker = Walker {
        sessions,
        cx,
        feed,
        viewer: &viewer,
        heard: Vec::new(),
        requests: 0,
    };
    page.more = walker.walk(&mut place, budget).await?;
    let (heard, requests) = (walker.heard, walker.requests);
    page.items = heard
        .into_iter()
        .rev()
        .filter_map(|entry| entry.item)
        .collect();
    if matches!(feed, FeedSpec::Own) && !page.more {
        let left = Budget {
            items: budget.items,
            requests: budget.requests.saturating_sub(requests),
        };
        page.items
            .extend(own::answers(sessions, cx, &viewer, &mut place.replies, left).await?);
    }
    page.cursor = Some(write_place(&place)?);
    Ok(page)
}

fn read_place(cursor: &str) -> Option<Place> {
    serde_json::from_str::<Place>(cursor)
        .ok()
        .filter(|place| place.v == 1)
}

fn write_place(place: &Place) -> Result<String, ConnectError> {
    let place = Place {
        v: 1,
        ..place.clone()
    };
    serde_json::to_string(&place)
        .map_err(|error| ConnectError::Broken(format!("the cursor cannot be written: {error}")))
}

/// Who is looking; feeds of an account need to know.
async fn viewer(sessions: &Sessions, cx: &Cx, feed: &FeedSpec) -> Result<Viewer, ConnectError> {
    let account = &cx.account;
    let needs_account = matches!(feed, FeedSpec::Mentions);
    if account.secret.expose().is_empty() && !needs_account {
        return Ok(Viewer {
            did: account.external_id.clone(),
        });
    }
    Ok(Viewer {
        did: sessions.session(cx).await?.did,
    })
}

struct Walker<'a> {
    sessions: &'a Sessions,
    cx: &'a Cx,
    feed: &'a FeedSpec,
    viewer: &'a Viewer,
    heard: Vec<Entry>,
    requests: usize,
}

impl Walker<'_> {
    /// Walks back until the known is reached or the budget is used up; true when there is more.
    async fn walk(&mut self, place: &mut Place, budget: Budget) -> Result<bool, ConnectError> {
        let mut walk = place.walk.take().unwrap_or_default();
        let stop = place.mark.and_then(|mark| mark.checked_sub(OVERLAP).ok());
        loop {
            let listed = match self.list(walk.token.as_deref(), stop).await {
                // A page token lives short: the walk starts again, what was heard comes twice.
                Err(Fault::Told(told))
                    if told.status == 400 && walk.token.is_some() && !told.access_is_over() =>
                {
                    walk = Walk {
                        seen: walk.seen,
                        ..Walk::default()
                    };
                    self.list(None, stop).await?
                }
                listed => listed?,
            };
            let over = is_over(&listed, stop, walk.token.as_deref());
            self.take(listed.entries, place, &mut walk);
            walk.token = listed.next;
            if over || (place.mark.is_none() && walk.seen >= FIRST_WALK) {
                place.mark = walk.top.max(place.mark);
                place.recent = merge(walk.fresh, &place.recent);
                return Ok(false);
            }
            if self.requests >= budget.requests || self.heard.len() >= budget.items {
                place.walk = Some(walk);
                return Ok(true);
            }
        }
    }

    fn take(&mut self, entries: Vec<Entry>, place: &Place, walk: &mut Walk) {
        for entry in entries {
            walk.top = walk.top.max(entry.at);
            walk.seen += 1;
            let Some(Inbound::Post(post)) = &entry.item else {
                self.heard.push(entry);
                continue;
            };
            let id = &post.post.id;
            if place.recent.contains(id) || walk.fresh.contains(id) {
                continue;
            }
            if walk.fresh.len() < RECENT {
                walk.fresh.push(id.clone());
            }
            self.heard.push(entry);
        }
    }

    async fn list(
        &mut self,
        token: Option<&str>,
        since: Option<Timestamp>,
    ) -> Result<Listed, Fault> {
        self.requests += 1;
        match self.feed {
            FeedSpec::Mentions => self.notifications(token).await,
            FeedSpec::Own => self.own_posts(token).await,
            FeedSpec::Search { query } => self.search(query, token, since).await,
            FeedSpec::Hashtag { tag } => {
                self.search(&format!("#{}", tag.trim_start_matches('#')), token, since)
                    .await
            }
            FeedSpec::Address { .. } => Err(Fault::Settings(
                "an address is listened to as a feed, not on this network".to_owned(),
            )),
            FeedSpec::Stream { .. } => Err(Fault::Settings(
                "a stream is opened, not asked for".to_owned(),
            )),
        }
    }

    async fn search(
        &self,
        query: &str,
        token: Option<&str>,
        since: Option<Timestamp>,
    ) -> Result<Listed, Fault> {
        let call = Call::get("app.bsky.feed.searchPosts")
            .with("q", query)
            .with("sort", "latest")
            .with("limit", "100");
        let call = match since {
            // Inclusive there: the overlap makes that harmless.
            Some(since) => call.with("since", format!("{since:.3}")),
            None => call,
        };
        let found: PostsWire = self
            .sessions
            .ask(self.cx, &with_token(call, token))
            .await?
            .json()?;
        let entries = found
            .posts
            .iter()
            .enumerate()
            .map(|(place, raw)| self.entry(place, raw.get(), Sorted::Written));
        Ok(Listed {
            entries: entries.collect(),
            next: found.cursor,
        })
    }

    async fn notifications(&self, token: Option<&str>) -> Result<Listed, Fault> {
        let call = Call::get("app.bsky.notification.listNotifications")
            .with("limit", "100")
            .with("priority", "false")
            .with("reasons", "mention")
            .with("reasons", "reply")
            .with("reasons", "quote");
        let found: NotificationsWire = self
            .sessions
            .ask(self.cx, &with_token(call, token))
            .await?
            .json()?;
        let mut entries = Vec::new();
        for (place, raw) in found.notifications.iter().enumerate() {
            let reason = serde_json::from_str::<Reason>(raw.get())
                .map(|found| found.reason)
                .unwrap_or_default();
            // Servers that do not know the filter send likes and follows as well.
            if matches!(reason.as_str(), "mention" | "reply" | "quote" | "") {
                entries.push(self.entry(place, raw.get(), Sorted::Indexed));
            }
        }
        Ok(Listed {
            entries,
            next: found.cursor,
        })
    }

    async fn own_posts(&self, token: Option<&str>) -> Result<Listed, Fault> {
        let actor = if self.viewer.did.is_empty() {
            &self.cx.account.handle
        } else {
            &self.viewer.did
        };
        let call = Call::get("app.bsky.feed.getAuthorFeed")
            .with("actor", actor.clone())
            .with("filter", "posts_with_replies")
            .with("limit", "100");
        let found: FeedWire = self
            .sessions
            .ask(self.cx, &with_token(call, token))
            .await?
            .json()?;
        let mut entries = Vec::new();
        for (place, raw) in found.feed.iter().enumerate() {
            match serde_json::from_str::<FeedItem<'_>>(raw.get()) {
                Ok(item) if item.reason.is_some() => {}
                Ok(item) => entries.push(self.entry(place, item.post.get(), Sorted::Written)),
                Err(error) => entries.push(Entry {
                    at: None,
                    item: Some(broken(
                        format!("item {}", place + 1),
                        explain(&error),
                        raw.get().as_bytes(),
                    )),
                }),
            }
        }
        Ok(Listed {
            entries,
            next: found.cursor,
        })
    }

    fn entry(&self, place: usize, json: &str, sorted: Sorted) -> Entry {
        match view(json, self.viewer) {
            Ok(Viewed {
                inbound,
                indexed_at,
            }) => {
                let at = match sorted {
                    Sorted::Written => inbound.posted_at,
                    Sorted::Indexed => indexed_at.or(inbound.posted_at),
                };
                Entry {
                    at,
                    item: Some(Inbound::Post(Box::new(inbound))),
                }
            }
            Err(reason) => Entry {
                at: None,
                item: Some(broken(
                    format!("item {}", place + 1),
                    reason,
                    json.as_bytes(),
                )),
            },
        }
    }
}

/// By which time a list runs.
#[derive(Clone, Copy)]
enum Sorted {
    Written,
    Indexed,
}

fn with_token(call: Call, token: Option<&str>) -> Call {
    match token {
        Some(token) => call.with("cursor", token),
        None => call,
    }
}

fn is_over(listed: &Listed, stop: Option<Timestamp>, token: Option<&str>) -> bool {
    if listed.next.is_none()
        || listed.next.as_deref() == token
        || listed.next.as_deref() == Some("")
    {
        return true;
    }
    let Some(stop) = stop else { return false };
    let mut last = listed
        .entries
        .iter()
        .rev()
        .filter_map(|entry| entry.at)
        .take(OLD_ENOUGH)
        .peekable();
    last.peek().is_some() && last.all(|at| at < stop)
}

fn merge(fresh: Vec<String>, known: &[String]) -> Vec<String> {
    let mut recent = fresh;
    for id in known {
        if recent.len() >= RECENT {
            break;
        }
        if !recent.contains(id) {
            recent.push(id.clone());
        }
    }
    recent.truncate(RECENT);
    recent
}
