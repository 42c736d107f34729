//! An item as a post.

use auscult_model::listen::RawEvent;
use auscult_model::post::{Author, Parent, Post, PostKind};
use url::Url;

use super::NETWORK;
use super::document::{Feed, Item};
use crate::contract::InboundPost;
use crate::{html, identity};

/// Characters of an article kept: an excerpt with its address; the raw event has what came.
const EXCERPT: usize = 10_000;

/// What the items of a feed are, unless somebody said.
pub(super) fn kind_of(address: &str) -> PostKind {
    let path = Url::parse(address)
        .map(|url| url.path().to_lowercase())
        .unwrap_or_default();
    let is_comments =
        path.contains("/comments/") || path.ends_with("/comments") || path.contains("comments.");
    let is_reviews = path.contains("reviews");
    match (is_comments, is_reviews) {
        (true, _) => PostKind::Comment,
        (false, true) => PostKind::Review,
        (false, false) => PostKind::Article,
    }
}

pub(super) fn inbound(feed: &Feed, item: &Item, address: &str, kind: PostKind) -> InboundPost {
    let (text, mut links, has_image) = words(item);
    if let Some(text) = &text {
        links.extend(html::addresses(text));
    }
    identity::dedupe(&mut links);
    let url = item
        .url
        .clone()
        .filter(|url| url.starts_with("http://") || url.starts_with("https://"));
    let mut post = Post {
        source: Some(NETWORK.to_owned()),
        site: url.as_deref().or(Some(address)).and_then(host),
        kind: Some(kind),
        title: item
            .title
            .as_deref()
            .map(|title| html::to_text(title).text)
            .filter(|title| !title.is_empty()),
        text,
        author: author(item),
        url,
        links,
        lang: item
            .lang
            .clone()
            .or_else(|| feed.lang.clone())
            .filter(|tag| !tag.is_empty()),
        created_at: item.published.map(|at| at.to_string()),
        replies: item.comments,
        has: Some(has(item, has_image)),
        ..Post::default()
    };
    let posted_at = item.published.or(item.updated);
    post.id = id(item, &post, address, posted_at);
    let above = above(item, &post, kind);
    post.parent = above.clone().map(|id| Parent {
        id: Some(id),
        ..Parent::default()
    });
    let thread_root = above.map_or_else(|| post.id.clone(), |above| without_comment(&above));
    InboundPost {
        posted_at,
        version_at: item.updated.filter(|at| Some(*at) != item.published),
        thread_root,
        raw: Some(RawEvent {
            bytes: item.raw.clone(),
            media_type: item.media_type.to_owned(),
        }),
        post,
        ..InboundPost::default()
    }
}

/// `id` or `guid` where it names the item everywhere, else with the host before it; else address or digest.
fn id(item: &Item, post: &Post, address: &str, posted_at: Option<jiff::Timestamp>) -> String {
    if item.id.is_empty() {
        let scoped = Post {
            source: Some(address.to_owned()),
            ..post.clone()
        };
        return identity::derived(&scoped, posted_at);
    }
    let is_everywhere = ["http://", "https://", "tag:", "urn:", "at://"]
        .iter()
        .any(|start| item.id.starts_with(start));
    if is_everywhere {
        item.id.clone()
    } else {
        format!("feed:{}/{}", host(address).unwrap_or_default(), item.id)
    }
}

/// What a comment stands below: what it says it answers, else its article.
fn above(item: &Item, post: &Post, kind: PostKind) -> Option<String> {
    if kind != PostKind::Comment && item.in_reply_to.is_none() {
        return None;
    }
    let own = [Some(item.id.as_str()), post.url.as_deref()];
    let article = || {
        own.into_iter()
            .flatten()
            .find(|id| id.contains('#'))
            .map(without_comment)
    };
    item.in_reply_to.clone().or_else(article)
}

/// The article of an address that points to a comment of it.
fn without_comment(id: &str) -> String {
    match id.split_once('#') {
        Some((article, fragment)) if fragment.to_lowercase().contains("comment") => {
            article.to_owned()
        }
        _ => id.to_owned(),
    }
}

fn words(item: &Item) -> (Option<String>, Vec<String>, bool) {
    let Some((body, is_html)) = &item.content else {
        return (None, Vec::new(), false);
    };
    let (text, links, has_image) = if *is_html || html::has_markup(body) || body.contains('&') {
        let plain = html::to_text(body);
        (
            plain.text,
            plain.links.into_iter().map(|link| link.href).collect(),
            plain.image,
        )
    } else {
        (html::clean(body), Vec::new(), false)
    };
    let text = match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    };
    ((!text.is_empty()).then_some(text), links, has_image)
}

/// Who wrote it; addresses of mail are left out.
fn author(item: &Item) -> Option<Author> {
    let name = item
        .author
        .as_deref()
        .map(html::clean)
        .filter(|name| !name.is_empty() && !name.contains('@'));
    let author = Author {
        name,
        id: item
            .author_url
            .clone()
            .filter(|url| url.starts_with("http")),
        ..Author::default()
    };
    (author != Author::default()).then_some(author)
}

fn has(item: &Item, has_image: bool) -> Vec<String> {
    let mut has: Vec<String> = has_image.then(|| "image".to_owned()).into_iter().collect();
    for media in &item.media {
        has.push(match media.split('/').next() {
            Some("image") => "image".to_owned(),
            Some("video") => "video".to_owned(),
            Some("audio") => "audio".to_owned(),
            _ => "document".to_owned(),
        });
    }
    identity::dedupe(&mut has);
    has
}

fn host(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host_str().map(str::to_owned)
}
