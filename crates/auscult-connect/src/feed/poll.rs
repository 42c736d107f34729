//! Looking at a feed.

use auscult_model::post::PostKind;
use jiff::{SignedDuration, Timestamp};

use super::cursor::Place;
use super::discover;
use super::document::{Feed, NoFeed, parse};
use super::entry::{inbound, kind_of};
use crate::contract::{Budget, ConnectError, Cx, Inbound, Page};
use crate::egress::{Method, Response};

/// What we would like to read.
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, application/xml;q=0.9, text/html;q=0.5, */*;q=0.4";
/// Nobody is left alone longer than this.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The feed at an address, or the one its page names first; with the address it was found at.
pub(super) async fn look(cx: &Cx, address: &str) -> Result<(String, Feed), ConnectError> {
    let mut address = whole_address(address)?;
    for _ in 0..2 {
        let response = good(ask(cx, &address, None).await?, false)?;
        match read(&response) {
            Ok(feed) => return Ok((response.url.to_string(), feed)),
            Err(NoFeed::Page(page)) => match discover::feeds(&page, response.url.as_str())
                .into_iter()
                .next()
            {
                Some(named) => address = named.url,
                None => return Err(no_feed_on_page()),
            },
            Err(NoFeed::Other(reason)) => return Err(ConnectError::Broken(reason)),
        }
    }
    Err(no_feed_on_page())
}

fn no_feed_on_page() -> ConnectError {
    ConnectError::Broken(
        "this is a web page that names no feed; enter the address of the feed itself".to_owned(),
    )
}

pub(super) async fn poll(
    cx: &Cx,
    address: &str,
    kind: Option<PostKind>,
    cursor: Option<&str>,
    budget: Budget,
) -> Result<Page, ConnectError> {
    let address = whole_address(address)?;
    let known = cursor.and_then(|cursor| Place::read(cursor, &address));
    let is_lost = cursor.is_some() && known.is_none();
    let response = ask(cx, &address, known.as_ref()).await?;
    let now = (cx.now)();
    if response.status.as_u16() == 304 {
        let not_before = not_before(&response, None, now);
        return Ok(Page {
            cursor: known.as_ref().and_then(Place::write),
            not_before,
            ..Page::default()
        });
    }
    let response = good(response, known.is_some())?;
    let feed = match read(&response) {
        Ok(feed) => feed,
        Err(NoFeed::Page(page)) => return follow(&page, response.url.as_str(), known.is_some()),
        Err(NoFeed::Other(reason)) => return Err(ConnectError::Broken(reason)),
    };
    let place = known.unwrap_or_else(|| Place::new(&address));
    let kind = kind.unwrap_or_else(|| kind_of(&address));
    let mut page = News {
        feed: &feed,
        address: response.url.as_str(),
        kind,
        place,
        budget,
    }
    .page(&response);
    if !page.more {
        page.not_before = not_before(&response, feed.minutes, now);
    }
    page.moved_to = response
        .moved_to
        .as_ref()
        .map(ToString::to_string)
        .filter(|moved| *moved != address);
    if is_lost {
        page.gap = Some((
            now,
            "the stored place in this feed could not be read; listening began anew".to_owned(),
        ));
    }
    Ok(page)
}

/// A page that names its feed leads to it, the first time.
fn follow(page: &str, base: &str, worked_before: bool) -> Result<Page, ConnectError> {
    let named = discover::feeds(page, base)
        .into_iter()
        .next()
        .filter(|named| !worked_before && named.url != base);
    let Some(named) = named else {
        return Err(no_feed_on_page());
    };
    Ok(Page {
        moved_to: Some(named.url),
        more: true,
        ..Page::default()
    })
}

fn whole_address(address: &str) -> Result<String, ConnectError> {
    let address = address.trim();
    if address.is_empty() {
        return Err(ConnectError::Settings(
            "the address of the feed is missing".to_owned(),
        ));
    }
    Ok(if address.contains("://") {
        address.to_owned()
    } else {
        format!("https://{address}")
    })
}

async fn ask(cx: &Cx, address: &str, known: Option<&Place>) -> Result<Response, ConnectError> {
    let mut request = cx
        .egress
        .request(Method::GET, address)
        .header("accept", ACCEPT)
        .credential(cx.account.channel);
    if !cx.account.secret.expose().is_empty() {
        request = request.bearer(&cx.account.secret);
    }
    if let Some(known) = known {
        if !known.etag.is_empty() {
            request = request.header("if-none-match", &known.etag);
        }
        if !known.modified.is_empty() {
            request = request.header("if-modified-since", &known.modified);
        }
    }
    Ok(request.send().await?)
}

fn good(response: Response, worked_before: bool) -> Result<Response, ConnectError> {
    let host = response.url.host_str().unwrap_or_default().to_owned();
    match response.status.as_u16() {
        401 | 403 => Err(ConnectError::AccessEnded(format!(
            "{host} does not let us read this feed; look at its address and access"
        ))),
        404 if worked_before => Err(ConnectError::Retry {
            at: None,
            message: format!("{host} does not find the feed at the moment"),
        }),
        404 => Err(ConnectError::Settings(format!(
            "{host} has no feed at this address; look at the spelling"
        ))),
        410 => Err(ConnectError::Gone(format!(
            "{host} closed this feed for good"
        ))),
        _ => response.good(),
    }
}

fn read(response: &Response) -> Result<Feed, NoFeed> {
    parse(
        &response.bytes,
        response.header("content-type"),
        response.url.as_str(),
    )
}

/// What a feed brings that we do not have.
struct News<'a> {
    feed: &'a Feed,
    address: &'a str,
    kind: PostKind,
    place: Place,
    budget: Budget,
}

impl News<'_> {
    fn page(mut self, response: &Response) -> Page {
        let all = oldest_first(self.entries());
        self.place
            .keep_only(all.iter().map(|entry| entry.id.as_str()));
        let mut items = Vec::new();
        let mut more = false;
        for entry in all {
            if !self.place.is_news(&entry.id, &entry.raw) {
                continue;
            }
            if items.len() >= self.budget.items.max(1) {
                more = true;
                break;
            }
            self.place.remember(&entry.id, &entry.raw);
            items.push(entry.item);
        }
        if more {
            self.place.settle("", "");
        } else {
            self.place
                .settle(response.header("etag"), response.header("last-modified"));
        }
        Page {
            items,
            cursor: self.place.write(),
            more,
            ..Page::default()
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let numbered = self.feed.items.iter().enumerate();
        numbered
            .map(|(at, item)| match item {
                Ok(item) => {
                    let mut inbound = inbound(self.feed, item, self.address, self.kind);
                    inbound.version = version(&item.raw);
                    Entry {
                        id: inbound.post.id.clone(),
                        raw: item.raw.clone(),
                        item: Inbound::Post(Box::new(inbound)),
                    }
                }
                Err(item) => Entry {
                    id: format!("broken:{}", version(&item.raw)),
                    raw: item.raw.clone(),
                    item: Inbound::Broken {
                        place: format!("item {}", at + 1),
                        reason: item.reason.clone(),
                        raw: item.raw.clone(),
                    },
                },
            })
            .collect()
    }
}

/// An item of a feed on its way out.
struct Entry {
    id: String,
    raw: Vec<u8>,
    item: Inbound,
}

/// Feeds put the newest first; what the dates say decides where they say something.
fn oldest_first(mut entries: Vec<Entry>) -> Vec<Entry> {
    let time = |entry: &Entry| match &entry.item {
        Inbound::Post(inbound) => inbound.posted_at,
        Inbound::Deleted { .. } | Inbound::Broken { .. } => None,
    };
    let dated: Vec<Timestamp> = entries.iter().filter_map(time).collect();
    let is_oldest_first = dated
        .first()
        .zip(dated.last())
        .is_some_and(|(first, last)| first < last);
    if !is_oldest_first {
        entries.reverse();
    }
    entries
}

fn version(raw: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let whole = data_encoding::HEXLOWER.encode(&Sha256::digest(raw));
    whole.get(..16).unwrap_or(&whole).to_owned()
}

/// When the source asks to be looked at again.
fn not_before(response: &Response, minutes: Option<u32>, now: Timestamp) -> Option<Timestamp> {
    let control = response.header("cache-control").to_ascii_lowercase();
    let max_age = control.split(',').find_map(|part| {
        part.trim()
            .strip_prefix("max-age=")?
            .trim_matches('"')
            .parse::<i64>()
            .ok()
    });
    let cached = max_age
        .filter(|_| !control.contains("no-cache") && !control.contains("no-store"))
        .unwrap_or_default();
    let asked = minutes
        .map(|minutes| i64::from(minutes) * 60)
        .unwrap_or_default();
    let wait = SignedDuration::from_secs(cached.max(asked).max(0)).min(LONGEST);
    let by_wait = (!wait.is_zero())
        .then(|| now.checked_add(wait).ok())
        .flatten();
    by_wait.max(response.retry_at.filter(|at| *at > now))
}
