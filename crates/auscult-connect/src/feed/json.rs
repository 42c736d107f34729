//! JSON Feed, item by item.

use jiff::Timestamp;
use serde_json::Value;

use super::document::{BrokenItem, Feed, Item, NoFeed};
use crate::dates::{self, DateRule};

pub(super) fn parse(text: &str) -> Result<Feed, NoFeed> {
    let feed: Value = serde_json::from_str(text).map_err(|error| {
        NoFeed::Other(format!(
            "the JSON breaks at line {}, column {}",
            error.line(),
            error.column()
        ))
    })?;
    let Some(items) = feed.get("items").and_then(Value::as_array) else {
        return Err(NoFeed::Other(
            "this JSON is no feed: it has no items".to_owned(),
        ));
    };
    let hub = feed
        .get("hubs")
        .and_then(|hubs| hubs.get(0))
        .and_then(|hub| text_of(hub, "url"));
    Ok(Feed {
        title: text_of(&feed, "title"),
        lang: text_of(&feed, "language"),
        minutes: None,
        hub: hub.zip(text_of(&feed, "feed_url")),
        items: items.iter().take(2_000).map(item).collect(),
    })
}

fn item(value: &Value) -> Result<Item, BrokenItem> {
    let raw = serde_json::to_vec(value).unwrap_or_default();
    let broken = |reason: &str| BrokenItem {
        reason: reason.to_owned(),
        raw: raw.get(..64 << 10).unwrap_or(&raw).to_vec(),
    };
    if !value.is_object() {
        return Err(broken("an item is an object"));
    }
    let id = match value.get("id") {
        Some(Value::String(id)) => id.trim().to_owned(),
        Some(id @ Value::Number(_)) => id.to_string(),
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            return Err(broken("an id is a text"));
        }
    };
    let html = text_of(value, "content_html").map(|html| (html, true));
    let plain = text_of(value, "content_text")
        .or_else(|| text_of(value, "summary"))
        .map(|plain| (plain, false));
    let author = value
        .get("authors")
        .and_then(|authors| authors.get(0))
        .or_else(|| value.get("author"));
    let attachments = value
        .get("attachments")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut media: Vec<String> = attachments
        .iter()
        .filter_map(|attachment| text_of(attachment, "mime_type"))
        .collect();
    media.extend(text_of(value, "image").map(|_| "image/*".to_owned()));
    let item = Item {
        id,
        url: text_of(value, "url").or_else(|| text_of(value, "external_url")),
        title: text_of(value, "title"),
        content: html.or(plain),
        author: author.and_then(|author| text_of(author, "name")),
        author_url: author.and_then(|author| text_of(author, "url")),
        published: time_of(value, "date_published"),
        updated: time_of(value, "date_modified"),
        lang: text_of(value, "language"),
        media,
        media_type: "application/json",
        ..Item::default()
    };
    if item.title.is_none() && item.content.is_none() && item.url.is_none() {
        return Err(broken("an item has a text, a title or an address"));
    }
    Ok(Item { raw, ..item })
}

fn text_of(value: &Value, name: &str) -> Option<String> {
    value
        .get(name)
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn time_of(value: &Value, name: &str) -> Option<Timestamp> {
    dates::parse(&text_of(value, name)?, &DateRule::default())
}
