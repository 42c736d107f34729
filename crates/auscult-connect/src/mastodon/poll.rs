//! What is new: lists are read forwards by `min_id`, so that nothing between two looks is left out.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::api::Api;
use super::id::{self, Links};
use super::wire::{self, Above, Context, Lens, Notification, Status};
use crate::contract::{Budget, ConnectError, FeedSpec, Inbound, Page};

/// Entries of a page at most.
const PAGE: usize = 40;
/// Pages read backwards on the first look.
const FIRST_PAGES: usize = 3;
/// Own posts whose answers are watched.
const WATCHED: usize = 20;
/// Requests spent on threads in one look, beside those of the list.
const THREADS: usize = 20;

/// The place in a feed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    v: u8,
    /// Everything up to this id was heard.
    pub(super) min_id: String,
    /// A search that is being walked: how far, and the newest id met on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    walk: Option<(usize, String)>,
    /// Own posts and how many answers each had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    answers: BTreeMap<String, f64>,
}

impl Place {
    pub(super) fn at(min_id: String) -> Self {
        Self {
            v: 1,
            min_id,
            ..Self::default()
        }
    }

    /// The place a cursor names; `None` when it is none of ours.
    pub(super) fn read(cursor: &str) -> Option<Self> {
        serde_json::from_str::<Self>(cursor)
            .ok()
            .filter(|place| place.v == 1 && !place.min_id.is_empty())
    }

    pub(super) fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entries {
    /// Posts.
    Statuses,
    /// Notes that name a post.
    Notifications,
}

/// Where a feed is asked.
pub(super) struct List {
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) entries: Entries,
}

impl List {
    fn statuses(path: String) -> Self {
        Self {
            path,
            query: Vec::new(),
            entries: Entries::Statuses,
        }
    }

    /// The list of a feed that is one.
    pub(super) fn of(feed: &FeedSpec) -> Option<Self> {
        match feed {
            FeedSpec::Mentions => Some(Self::mentions()),
            FeedSpec::Hashtag { tag } => Some(Self::tag(tag)),
            FeedSpec::Stream { flavour, .. } => match flavour.split_once(':') {
                Some(("hashtag", tag)) => Some(Self::tag(tag)),
                None if flavour == "public" => {
                    Some(Self::statuses("/api/v1/timelines/public".to_owned()))
                }
                None if flavour == "user" => Some(Self::mentions()),
                Some(_) | None => None,
            },
            FeedSpec::Own | FeedSpec::Search { .. } | FeedSpec::Address { .. } => None,
        }
    }

    fn mentions() -> Self {
        Self {
            path: "/api/v1/notifications".to_owned(),
            query: vec![("types[]", "mention".to_owned())],
            entries: Entries::Notifications,
        }
    }

    fn tag(tag: &str) -> Self {
        let tag = tag.trim_start_matches('#');
        let encoded: String = url::form_urlencoded::byte_serialize(tag.as_bytes()).collect();
        Self::statuses(format!(
            "/api/v1/timelines/tag/{}",
            encoded.replace('+', "%20")
        ))
    }
}

/// Looks at a feed.
pub(super) async fn poll(
    api: &Api,
    feed: &FeedSpec,
    cursor: Option<&str>,
    budget: Budget,
) -> Result<Page, ConnectError> {
    let place = cursor.and_then(Place::read);
    let is_lost = cursor.is_some() && place.is_none();
    let mut look = Look::new(api, budget);
    let place = match feed {
        FeedSpec::Own => look.own(place).await?,
        FeedSpec::Search { query } => look.search(query, place).await?,
        FeedSpec::Address { .. } => return Err(ConnectError::NotOffered("a feed at an address")),
        FeedSpec::Mentions | FeedSpec::Hashtag { .. } | FeedSpec::Stream { .. } => {
            let list = List::of(feed).ok_or(ConnectError::NotOffered("this kind of stream"))?;
            look.list(&list, place).await?
        }
    };
    let mut page = look.finish().await?;
    page.cursor = place.write();
    if is_lost {
        let reason = "the stored place in this feed could not be read; listening began anew";
        page.gap = Some((api.now(), reason.to_owned()));
    }
    Ok(page)
}

/// A look at a feed while it lasts.
struct Look<'a> {
    api: &'a Api,
    lens: Lens,
    items: usize,
    requests: usize,
    found: Vec<Found>,
    more: bool,
}

/// A post that was found, or what could not be read.
enum Found {
    Status(Box<(Status, Value)>),
    /// One that the server says is addressed to us, whatever its list of mentions says.
    Mention(Box<(Status, Value)>),
    Broken(Inbound),
}

impl<'a> Look<'a> {
    fn new(api: &'a Api, budget: Budget) -> Self {
        let (items, requests) = (budget.items.max(1), budget.requests.max(1));
        Self {
            api,
            lens: api.lens(),
            items,
            requests,
            found: Vec::new(),
            more: false,
        }
    }

    async fn ask(
        &mut self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<(Value, Links), ConnectError> {
        self.requests = self.requests.saturating_sub(1);
        let response = self.api.answer(path, query).await?;
        let links = id::links(response.header("link"));
        Ok((response.json()?, links))
    }

    async fn list(&mut self, list: &List, place: Option<Place>) -> Result<Place, ConnectError> {
        match place {
            None => self.first(list).await,
            Some(place) => self.newer(list, place).await,
        }
    }

    /// The first look: the newest pages, read backwards.
    async fn first(&mut self, list: &List) -> Result<Place, ConnectError> {
        let mut pages: Vec<Vec<Found>> = Vec::new();
        let (mut newest, mut older, mut count) = (None, None, 0);
        while pages.len() < FIRST_PAGES && self.requests > 0 && count < self.items {
            let mut query = list.query.clone();
            let limit = PAGE.min(self.items - count);
            query.push(("limit", limit.to_string()));
            query.extend(older.take().map(|max_id| ("max_id", max_id)));
            let (body, links) = self.ask(&list.path, &query).await?;
            let entries = entries(body)?;
            newest = id::latest(
                newest
                    .into_iter()
                    .chain(entries.iter().filter_map(entry_id)),
            );
            count += entries.len();
            let is_last = entries.len() < limit;
            pages.push(read_entries(entries, list.entries));
            older = links.older;
            if is_last || older.is_none() {
                break;
            }
        }
        self.found.extend(pages.into_iter().rev().flatten());
        Ok(Place::at(newest.unwrap_or_else(|| "0".to_owned())))
    }

    /// What came after the place, page by page.
    async fn newer(&mut self, list: &List, mut place: Place) -> Result<Place, ConnectError> {
        let mut count = 0;
        loop {
            let limit = PAGE.min(self.items.saturating_sub(count).max(1));
            let mut query = list.query.clone();
            query.push(("limit", limit.to_string()));
            query.push(("min_id", place.min_id.clone()));
            let (body, links) = self.ask(&list.path, &query).await?;
            let mut entries = entries(body)?;
            let is_full = entries.len() >= limit;
            // A server that does not know min_id sends what we have again.
            entries
                .retain(|entry| entry_id(entry).is_none_or(|id| id::is_after(&id, &place.min_id)));
            let before = place.min_id.clone();
            let ids = entries.iter().filter_map(entry_id).chain(links.newer);
            place.min_id = id::latest(ids).map_or_else(
                || before.clone(),
                |newest| id::later(Some(before.clone()), &newest),
            );
            count += entries.len();
            self.found.extend(read_entries(entries, list.entries));
            if !is_full || place.min_id == before {
                return Ok(place);
            }
            if self.requests == 0 || count >= self.items {
                self.more = true;
                return Ok(place);
            }
        }
    }

    /// Own posts, and the answers below the latest of them whose number changed.
    async fn own(&mut self, place: Option<Place>) -> Result<Place, ConnectError> {
        let own_id = self.own_id().await?;
        let list = List::statuses(format!("/api/v1/accounts/{own_id}/statuses"));
        let known = place
            .as_ref()
            .map(|place| place.answers.clone())
            .unwrap_or_default();
        let mut place = self.list(&list, place).await?;
        place.answers = known;
        if self.more {
            return Ok(place);
        }
        let query = [
            ("limit", WATCHED.to_string()),
            ("exclude_reblogs", "true".to_owned()),
        ];
        let (body, _) = self.ask(&list.path, &query).await?;
        let mut answers = BTreeMap::new();
        let mut threads = THREADS;
        for entry in entries(body)? {
            let Ok(status) = wire::status(&entry, "own post") else {
                continue;
            };
            let count = status.replies_count.unwrap_or_default();
            let before = place.answers.get(&status.id).copied().unwrap_or_default();
            let is_new = (count - before).abs() > 0.5;
            if is_new && threads == 0 {
                answers.insert(status.id, before);
                continue;
            }
            if is_new {
                threads -= 1;
                let context: Context = self
                    .api
                    .get(&format!("/api/v1/statuses/{}/context", status.id), &[])
                    .await?;
                let below = context
                    .descendants
                    .into_iter()
                    .map(|value| read_status(value, "answer"));
                self.found.extend(below);
            }
            answers.insert(status.id, count);
        }
        place.answers = answers;
        Ok(place)
    }

    async fn own_id(&mut self) -> Result<String, ConnectError> {
        if self.lens.own_id.is_empty() {
            let own: wire::OwnAccount = self
                .api
                .get("/api/v1/accounts/verify_credentials", &[])
                .await?;
            self.lens.own_id = own.id;
        }
        Ok(self.lens.own_id.clone())
    }

    /// A search, walked by offset; the place moves when the walk is over.
    async fn search(&mut self, words: &str, place: Option<Place>) -> Result<Place, ConnectError> {
        let mut place = place.unwrap_or_else(|| Place::at("0".to_owned()));
        let (mut offset, mut newest) = place.walk.take().unwrap_or_default();
        let mut pages = Vec::new();
        loop {
            let mut query = vec![
                ("q", words.to_owned()),
                ("type", "statuses".to_owned()),
                ("limit", PAGE.to_string()),
                ("offset", offset.to_string()),
            ];
            if place.min_id != "0" {
                query.push(("min_id", place.min_id.clone()));
            }
            let (body, _) = self.ask("/api/v2/search", &query).await?;
            let mut entries = entries(body.get("statuses").cloned().unwrap_or_default())?;
            let count = entries.len();
            entries
                .retain(|entry| entry_id(entry).is_none_or(|id| id::is_after(&id, &place.min_id)));
            let is_last = count < PAGE || entries.is_empty();
            let before = (!newest.is_empty()).then(|| newest.clone());
            newest = id::latest(
                before
                    .into_iter()
                    .chain(entries.iter().filter_map(entry_id)),
            )
            .unwrap_or_default();
            pages.push(read_entries(entries, Entries::Statuses));
            offset += count;
            if is_last {
                if !newest.is_empty() {
                    place.min_id = newest;
                }
                break;
            }
            if self.requests == 0 || offset >= self.items.max(PAGE) {
                self.more = true;
                place.walk = Some((offset, newest));
                break;
            }
        }
        self.found.extend(pages.into_iter().rev().flatten());
        Ok(place)
    }

    /// The items with what is above them.
    async fn finish(self) -> Result<Page, ConnectError> {
        let mut threads = Threads::new(self.api, THREADS);
        let mut items = Vec::with_capacity(self.found.len());
        for found in self.found {
            let is_mention = matches!(found, Found::Mention(_));
            match found {
                Found::Status(found) | Found::Mention(found) => {
                    let (status, value) = *found;
                    let above = threads.above(&status).await?;
                    let mut inbound = status.inbound(&value, &self.lens, above);
                    inbound.addressed_to_us |= is_mention && !status.is_own(&self.lens);
                    items.push(Inbound::Post(Box::new(inbound)));
                }
                Found::Broken(broken) => items.push(broken),
            }
        }
        Ok(Page {
            items,
            more: self.more,
            ..Page::default()
        })
    }
}

/// Threads that were looked up.
pub(super) struct Threads<'a> {
    api: &'a Api,
    left: usize,
    known: HashMap<String, Above>,
}

impl<'a> Threads<'a> {
    pub(super) fn new(api: &'a Api, left: usize) -> Self {
        Self {
            api,
            left,
            known: HashMap::new(),
        }
    }

    /// What is above a post; nothing when it begins its thread or the server does not say.
    pub(super) async fn above(&mut self, status: &Status) -> Result<Above, ConnectError> {
        let Some(parent_id) = status.in_reply_to_id.clone() else {
            return Ok(Above::default());
        };
        if let Some(above) = self.known.get(&parent_id) {
            return Ok(above.clone());
        }
        if self.left == 0 {
            return Ok(Above::default());
        }
        self.left -= 1;
        let asked = self
            .api
            .get(&format!("/api/v1/statuses/{}/context", status.id), &[])
            .await;
        let context: Context = match asked {
            Ok(context) => context,
            Err(ConnectError::Gone(_) | ConnectError::Broken(_)) => Context::default(),
            Err(error) => return Err(error),
        };
        let ancestors: Vec<Status> = context
            .ancestors
            .iter()
            .filter_map(|value| wire::status(value, "above").ok())
            .collect();
        let above = Above {
            root: ancestors.first().map(Status::name),
            parent: ancestors
                .iter()
                .find(|above| above.id == parent_id)
                .or(ancestors.last())
                .map(|above| above.as_parent(&self.api.host())),
        };
        self.known.insert(parent_id, above.clone());
        Ok(above)
    }
}

fn entries(body: Value) -> Result<Vec<Value>, ConnectError> {
    match body {
        Value::Array(entries) => Ok(entries),
        Value::Null => Ok(Vec::new()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => Err(
            ConnectError::Broken("the server answered with something else than a list".to_owned()),
        ),
    }
}

fn entry_id(entry: &Value) -> Option<String> {
    entry.get("id").and_then(Value::as_str).map(str::to_owned)
}

/// The posts of a page, oldest first.
fn read_entries(entries: Vec<Value>, kind: Entries) -> Vec<Found> {
    let ids: Vec<String> = entries.iter().filter_map(entry_id).collect();
    let is_newest_first = ids
        .first()
        .zip(ids.last())
        .is_some_and(|(first, last)| !id::is_after(last, first));
    let numbered = entries.into_iter().enumerate();
    let mut found: Vec<Found> = numbered
        .filter_map(|(at, entry)| {
            let place = format!("item {}", at + 1);
            match kind {
                Entries::Statuses => Some(read_status(entry, &place)),
                Entries::Notifications => read_notification(&entry, &place),
            }
        })
        .collect();
    if is_newest_first {
        found.reverse();
    }
    found
}

fn read_status(value: Value, place: &str) -> Found {
    match wire::status(&value, place) {
        Ok(status) => Found::Status(Box::new((status, value))),
        Err(broken) => Found::Broken(broken),
    }
}

fn read_notification(entry: &Value, place: &str) -> Option<Found> {
    let notification: Result<Notification, _> = serde_json::from_value(entry.clone());
    match notification {
        Ok(notification) if notification.kind == "mention" => {
            match read_status(notification.status.unwrap_or_default(), place) {
                Found::Status(found) => Some(Found::Mention(found)),
                other @ (Found::Mention(_) | Found::Broken(_)) => Some(other),
            }
        }
        Ok(_) => None,
        Err(error) => {
            let mut raw = serde_json::to_vec(entry).unwrap_or_default();
            raw.truncate(64 << 10);
            Some(Found::Broken(Inbound::Broken {
                place: place.to_owned(),
                reason: error.to_string(),
                raw,
            }))
        }
    }
}
