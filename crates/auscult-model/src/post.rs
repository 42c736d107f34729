//! The post: the one canonical form of anything public we heard.
//!
//! Connectors produce it, the text floor reads it, the store keeps it. It is the object of the watch
//! language (docs/specs/watch-language.md, section 1). It never holds anything about a person's health:
//! findings hang on the post, in their own type.

use serde::{Deserialize, Serialize};

/// A workflow field: absent (nobody knows), known to be empty, or a value.
///
/// Serialised as a missing key, `null` and the value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Known<T> {
    /// Nobody has looked yet, or the value had the wrong type.
    #[default]
    Missing,
    /// Looked at, and there is none (`null` or `[]` in JSON).
    Empty,
    /// A value.
    Value(T),
}

impl<T> Known<T> {
    /// True when the field is missing; used to leave the key out when serialising.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Empty => None,
        }
    }
}

impl<T: Serialize> Serialize for Known<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing | Self::Empty => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Known<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Empty, Self::Value))
    }
}

/// What a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostKind {
    /// A post of its own.
    Post,
    /// An answer to another post.
    Reply,
    /// Someone else's post passed on.
    Repost,
    /// A review, with or without stars.
    Review,
    /// A comment below an article or page.
    Comment,
    /// An article, press item or blog entry.
    Article,
}

impl PostKind {
    /// The name used in files, in the store and in the watch language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Reply => "reply",
            Self::Repost => "repost",
            Self::Review => "review",
            Self::Comment => "comment",
            Self::Article => "article",
        }
    }

    /// Reads the name; `None` when it is none of the six.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "post" => Self::Post,
            "reply" => Self::Reply,
            "repost" => Self::Repost,
            "review" => Self::Review,
            "comment" => Self::Comment,
            "article" => Self::Article,
            _ => return None,
        })
    }
}

/// Who wrote a post, as the network shows it. Never a health profile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Author {
    /// The stable id on the network (a DID, an account URI), where it differs from the handle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The handle, without a leading `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// The name as shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The author's own description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// How many accounts follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followers: Option<f64>,
    /// Whether the network calls the account verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
}

/// The post that a post answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parent {
    /// Its id on the same network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its text, where the network sent it along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The handle of its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

/// Anything public we heard: post, reply, repost, review, comment or article.
///
/// Times are RFC 3339 text as the source wrote them here; the store keeps milliseconds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Post {
    /// Unique name of the post on its source (an AT-URI, a status URI, a guid).
    pub id: String,
    /// Network or feed: `bluesky`, `mastodon`, `feed`, `csv`, `google` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Host name; taken from `url` when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PostKind>,
    /// Headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the person wrote, as plain text (HTML already turned into text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where it points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// BCP 47 tag of the platform; `und` and empty count as missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// RFC 3339 instant with offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// ISO 3166-1 country, two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Region, as the source names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// City, as the source names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Stars of a review, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stars: Option<f64>,
    /// Likes or favourites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likes: Option<f64>,
    /// Reposts, boosts, shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reposts: Option<f64>,
    /// Replies or comments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<f64>,
    /// Views, where the network tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<f64>,
    /// What it has: `image`, `video`, `audio`, `gif`, `poll`, `document`, `link`, `question`; `None` = not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has: Option<Vec<String>>,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// Workflow: sentiment label.
    #[serde(default, skip_serializing_if = "Known::is_missing")]
    pub sentiment: Known<String>,
    /// Workflow: main intent.
    #[serde(default, skip_serializing_if = "Known::is_missing")]
    pub intent: Known<String>,
    /// Workflow: `low`, `normal`, `high`, `critical`.
    #[serde(default, skip_serializing_if = "Known::is_missing")]
    pub urgency: Known<String>,
    /// Workflow: `open`, `pending`, `snoozed`, `resolved`.
    #[serde(default, skip_serializing_if = "Known::is_missing")]
    pub status: Known<String>,
    /// Workflow: who has it.
    #[serde(default, skip_serializing_if = "Known::is_missing")]
    pub assignee: Known<String>,
    /// Workflow: which team has it.
    #[serde(default, skip_serializing_if = "Known::is_missing")]
    pub team: Known<String>,
    /// Workflow: topics of care.
    #[serde(default, skip_serializing_if = "Known::is_missing")]
    pub topic: Known<Vec<String>>,
    /// Workflow: labels, and flags by their id.
    #[serde(default, skip_serializing_if = "Known::is_missing")]
    pub tag: Known<Vec<String>>,
}
