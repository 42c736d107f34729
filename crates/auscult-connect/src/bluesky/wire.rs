//! The network's objects, read leniently: what is not needed is left out, what may be missing is optional.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The collection that holds posts.
pub(super) const POSTS: &str = "app.bsky.feed.post";

/// What a sign-in or its renewal brings.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionWire {
    pub(super) access_jwt: String,
    pub(super) refresh_jwt: String,
    pub(super) did: String,
    #[serde(default)]
    pub(super) handle: String,
    #[serde(default)]
    pub(super) did_doc: Option<DidDoc>,
}

/// Where an account lives.
#[derive(Deserialize, Default)]
pub(super) struct DidDoc {
    #[serde(default)]
    pub(super) service: Vec<DidService>,
}

/// A service of an account.
#[derive(Deserialize)]
pub(super) struct DidService {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default, rename = "serviceEndpoint")]
    pub(super) endpoint: String,
}

/// An error in the network's own words.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ErrorWire {
    pub(super) error: String,
    pub(super) message: String,
}

/// A page of search hits or of posts asked for by id.
#[derive(Deserialize)]
pub(super) struct PostsWire {
    pub(super) posts: Vec<Box<RawValue>>,
    #[serde(default)]
    pub(super) cursor: Option<String>,
}

/// A page of notifications.
#[derive(Deserialize)]
pub(super) struct NotificationsWire {
    pub(super) notifications: Vec<Box<RawValue>>,
    #[serde(default)]
    pub(super) cursor: Option<String>,
}

/// A page of an author's posts.
#[derive(Deserialize)]
pub(super) struct FeedWire {
    pub(super) feed: Vec<Box<RawValue>>,
    #[serde(default)]
    pub(super) cursor: Option<String>,
}

/// One entry of an author's posts.
#[derive(Deserialize)]
pub(super) struct FeedItem<'a> {
    #[serde(borrow)]
    pub(super) post: &'a RawValue,
    /// Why it is here though the author did not write it (a repost).
    #[serde(borrow, default)]
    pub(super) reason: Option<&'a RawValue>,
}

/// A profile, whole or as it comes with a post.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Profile {
    #[serde(default)]
    pub(super) did: String,
    #[serde(default)]
    pub(super) handle: String,
    #[serde(default)]
    pub(super) display_name: Option<String>,
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) followers_count: Option<f64>,
}

/// A post as views and notifications show it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostView {
    pub(super) uri: String,
    pub(super) cid: String,
    pub(super) author: Profile,
    pub(super) record: Record,
    #[serde(default)]
    pub(super) indexed_at: Option<String>,
    /// Why a notification came.
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) reply_count: Option<f64>,
    #[serde(default)]
    pub(super) repost_count: Option<f64>,
    #[serde(default)]
    pub(super) like_count: Option<f64>,
}

/// Only why a notification came.
#[derive(Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    pub(super) reason: String,
}

/// A post as its author wrote it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    #[serde(default)]
    pub(super) text: String,
    #[serde(default)]
    pub(super) created_at: Option<String>,
    #[serde(default)]
    pub(super) langs: Vec<String>,
    #[serde(default)]
    pub(super) facets: Vec<Facet>,
    #[serde(default)]
    pub(super) embed: Option<Embed>,
    #[serde(default)]
    pub(super) reply: Option<ReplyRefs>,
}

/// A stretch of text with a meaning.
#[derive(Deserialize, Default)]
pub(super) struct Facet {
    #[serde(default)]
    pub(super) features: Vec<Feature>,
}

/// What a stretch of text means.
#[derive(Deserialize, Default)]
pub(super) struct Feature {
    #[serde(default)]
    pub(super) uri: Option<String>,
    #[serde(default)]
    pub(super) did: Option<String>,
}

/// What is attached.
#[derive(Deserialize, Default)]
pub(super) struct Embed {
    #[serde(default, rename = "$type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) external: Option<External>,
    #[serde(default)]
    pub(super) media: Option<Box<Embed>>,
    /// The quoted post, or a wrapper around it.
    #[serde(default)]
    pub(super) record: Option<serde_json::Value>,
}

/// A link card.
#[derive(Deserialize, Default)]
pub(super) struct External {
    #[serde(default)]
    pub(super) uri: String,
}

/// What a post answers.
#[derive(Deserialize)]
pub(super) struct ReplyRefs {
    pub(super) root: Ref,
    pub(super) parent: Ref,
}

/// A post in one exact version.
#[derive(Debug, Clone, Deserialize, serde::Serialize, PartialEq, Eq)]
pub(super) struct Ref {
    pub(super) uri: String,
    #[serde(default)]
    pub(super) cid: String,
}

/// What is kept to answer a post later.
#[derive(Debug, Clone, Deserialize, serde::Serialize, PartialEq, Eq)]
pub(super) struct ReplyTo {
    pub(super) uri: String,
    pub(super) cid: String,
    pub(super) root: Ref,
}

/// What writing a record brings.
#[derive(Deserialize)]
pub(super) struct Written {
    pub(super) uri: String,
}

/// A stored record.
#[derive(Deserialize)]
pub(super) struct Stored {
    pub(super) uri: String,
    pub(super) value: Record,
}

/// A handle's account.
#[derive(Deserialize)]
pub(super) struct Resolved {
    pub(super) did: String,
}

/// An uploaded picture.
#[derive(Deserialize)]
pub(super) struct Uploaded {
    pub(super) blob: serde_json::Value,
}

/// The three parts of a record's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AtUri<'a> {
    pub(super) repo: &'a str,
    pub(super) collection: &'a str,
    pub(super) rkey: &'a str,
}

impl<'a> AtUri<'a> {
    /// Reads `at://repo/collection/rkey`.
    pub(super) fn parse(uri: &'a str) -> Option<Self> {
        let mut parts = uri.strip_prefix("at://")?.split('/');
        let (repo, collection, rkey) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none()
            && !repo.is_empty()
            && !collection.is_empty()
            && !rkey.is_empty();
        whole.then_some(Self {
            repo,
            collection,
            rkey,
        })
    }
}
